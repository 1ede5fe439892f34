"""A failure of cooperation that had no meeting, from a draft to its end, over real mail (rules, section 8 D9)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from sip.domain.deviation import Category, Cause, DeviationReport, DeviationState, Statement
from sip.domain.failure import FailureDraft, Risk
from sip.domain.people import Role
from sip.store import keeping
from sip.usecases import deviations, failures
from sip.usecases.actor import ENGINE, Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import deviations as reading
from tests.stories.county import unit
from tests.stories.stage import Stage, accepted
from tests.stories.test_report_life import writes

S = DeviationState
HOME_CARE, CARE_CENTRE = "hemtjanst@al.example", "eken@region.example"
MONA, KLARA = UUID(int=701), UUID(int=702)
WRITER = Actor(ActorKind.USER, str(MONA), "Mona Berg", unit("hemtjanst"), Role.UNIT_MANAGER)
ANSWERS = Actor(ActorKind.USER, str(KLARA), "Klara Ek", unit("eken"), Role.UNIT_MANAGER)
SAID = "Läkemedelslistan kom två dagar efter hemgången, till fel enhet."


async def by(stage: Stage, actor: Actor) -> Command:
    return Command(actor, await stage.now(), stage.by(await stage.now()).world, f"alone-{next(stage.numbers)}")


async def users(stage: Stage) -> None:
    async with stage.made.db.transaction(ENGINE) as conn:
        await conn.execute(
            text("insert into app_user (id, email, name, language) values (:a, 'mona@al.example', 'Mona Berg', 'sv'),"
                 " (:b, 'klara@region.example', 'Klara Ek', 'sv')"),
            {"a": MONA, "b": KLARA},
        )  # fmt: skip


def draft(**more: object) -> FailureDraft:
    said = FailureDraft(
        (Category.COMMUNICATION, Category.ROUTINES), SAID, Risk(), unit("hemtjanst"), unit("eken")
    )  # fmt: skip
    return replace(said, **more)  # type: ignore[arg-type]  # fields of a draft


async def sent(stage: Stage, **more: object) -> DeviationReport:
    """Home care writes of the care centre, and sends it."""
    command = await by(stage, WRITER)
    await failures.save(stage.made.db, UUID(int=9), draft(**more), actor=WRITER, now=command.now)
    done = accepted(await failures.send(stage.made.db, UUID(int=9), command))
    await stage.work()
    assert isinstance(done.state, DeviationReport)
    return done.state


async def does(stage: Stage, actor: Actor, act: object, *args: object, **more: object) -> DeviationReport:
    done = await act(stage.made.db, *args, await by(stage, actor), **more)  # type: ignore[operator]  # a use case
    assert isinstance(done, Handled)
    report = accepted(done).state
    await stage.work()
    assert isinstance(report, DeviationReport)
    return report


async def test_from_a_draft_to_its_end(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await users(stage)
    db, first, now = stage.made.db, UUID(int=9), await stage.now()

    # What is wanting is kept as it is; a number of a person is not, and nobody else sees a draft.
    await failures.save(db, first, FailureDraft(description="Listan kom sent."), actor=WRITER, now=now)
    with pytest.raises(InvalidError) as refused:
        await failures.save(db, first, draft(description="Gäller 19121212-1212."), actor=WRITER, now=now)
    assert refused.value.problems[0].code == "freetext.personnummer"
    with pytest.raises(NotFoundError):
        await failures.get(db, first, actor=ANSWERS, now=now)
    with pytest.raises(InvalidError) as wanting:
        await failures.send(db, first, await by(stage, WRITER))
    assert {one.field for one in wanting.value.problems} == {"reporting_unit", "receiving_unit"}
    await stage.at("2027-01-11 10:00")
    now = await stage.now()
    (line,) = await failures.mine(db, actor=WRITER, now=now)
    assert line.draft.description == "Listan kom sent.", "a draft has no end"

    # Sent, it is a matter of its own with a reference, and the unit that it is about is heard first.
    report = await sent(stage, risk=Risk(date(2027, 1, 8), 3, 2))
    assert (report.meeting_id, report.party, report.facts) == (None, None, None)
    assert (report.state, report.severity, report.rule_set.name) == (S.HEARING, 3, "Länsavtalet")
    assert len(report.reference) == len("7F3K-2MQ")
    assert await failures.mine(db, actor=WRITER, now=now) == []
    repeated = await failures.send(db, first, await by(stage, WRITER))
    assert repeated.repeated and isinstance(repeated.state, DeviationReport) and repeated.state.id == report.id
    (heard,) = stage.mailbox(CARE_CENTRE)
    assert heard.subject == f"Hemtjänsten Al har skrivit en avvikelse i samverkan om er, ärende {report.reference}"
    assert "SIP-möte" not in heard.body and "fel enhet" not in heard.body and "/svar/" in heard.body
    (told,) = stage.mailbox(HOME_CARE)
    assert told.subject.startswith("En avvikelse i samverkan har skapats om Vårdcentralen Eken")

    # The life is that of any report: heard, talked about by mail, answered, mended, followed up, closed.
    with pytest.raises(InvalidError) as elsewhere:  # nobody says that somebody was absent
        await does(stage, ANSWERS, deviations.hear, report.id, Statement.WE_WERE_THERE)
    assert [(one.field, one.code) for one in elsewhere.value.problems] == [("statement", "bad_choice")]
    report = await does(stage, ANSWERS, deviations.hear, report.id, Statement.RIGHT)
    await writes(stage, heard, "Vi har bytt rutin för listan.")
    with pytest.raises(InvalidError) as uncalled:  # nobody was called, so nothing can have been wrong with a call
        await does(stage, ANSWERS, deviations.give_cause, report.id, Cause.NOT_RECEIVED, "Aldrig sedd.")
    assert [(one.field, one.code) for one in uncalled.value.problems] == [("cause", "bad_choice")]
    report = await does(stage, ANSWERS, deviations.give_cause, report.id, Cause.WRONG_UNIT, "Fel adress i registret.")
    assert [word.text for word in report.words] == ["Vi har bytt rutin för listan."]
    last = date(2027, 1, 18)
    await does(stage, ANSWERS, deviations.take_measure, report.id, "Adresserna gås igenom.", "enhetschef", last)
    stage.relay.letters.clear()
    await stage.at("2027-01-18 09:00")
    (due,) = stage.mailbox(CARE_CENTRE)
    assert due.subject.startswith("Följ upp en åtgärd")
    report = await does(stage, ANSWERS, deviations.follow_up, report.id, 1, True, "Nu stämmer de.")
    assert report.state is S.FOLLOWED_UP
    report = await does(stage, WRITER, deviations.close, report.id)
    assert report.state is S.CLOSED

    # It counts under its unit, by category, and no meeting is told of.
    async with db.transaction(ENGINE) as conn:
        counted = text("select meeting_id, categories, cause, measures_done from counted_report")
        row = (await conn.execute(counted)).one()
    assert tuple(row) == (None, ["communication", "routines"], "wrong_unit", 1)
    whole = await reading.whole(db, report.id, actor=ANSWERS, now=await stage.now())
    assert whole.meeting is None and "closed" in {note.kind for one in whole.entries for note in one.notes}
    assert stage.relay.letters and not [one for one in stage.relay.letters if "None" in one.body]


async def test_the_next_is_another_and_they_may_be_merged(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await users(stage)
    first = await sent(stage)
    second = await does(stage, WRITER, failures.report, draft())
    assert first.id != second.id and first.reference != second.reference
    for one in (first, second):
        await does(stage, ANSWERS, deviations.hear, one.id, Statement.RIGHT)
    merged = await does(stage, WRITER, deviations.merge, second.id, first.id)
    assert (merged.state, merged.merged_into) == (S.MERGED, first.id)
    forwarded = await does(stage, WRITER, deviations.forward, first.id, "Rutinen är ingens.")
    assert forwarded.state is S.FORWARDED


async def test_nobody_hears_and_it_is_lifted(stage: Stage) -> None:
    """Of Bok, which has joined nothing in common: law only, and still a report's clocks."""
    await stage.at("2026-11-02 10:00")
    await users(stage)
    report = await does(stage, WRITER, failures.report, draft(receiving_unit_id=unit("bok")))
    assert report.rule_set.law_only
    await stage.at("2027-01-04 09:00")
    lifted = [one.subject for one in stage.mailbox("mona@al.example")]
    assert any(one.startswith("Socialtjänsten Bok behöver hjälp att svara") for one in lifted)


async def test_it_goes_as_a_matter(stage: Stage) -> None:
    """Kept by the unit that wrote: on hold it stays, and when its years are over it goes whole, with its mails."""
    await stage.at("2026-11-02 10:00")
    await users(stage)
    report = await sent(stage)
    await does(stage, WRITER, deviations.withdraw, report.id, "raised_by_mistake")
    db, case = stage.made.db, report.case_id
    assert case is not None
    async with db.transaction(ENGINE) as conn:
        found = await keeping.matter(conn, reference=report.reference)
        assert found is not None and found.case_id == case and not found.meetings
        assert len(found.organisations) == 2, "the other unit's authority may hold it, too"
        (log,) = await keeping.logs_of(conn, [found])
        assert log.aggregates == (report.id,)
        counted = await keeping.count(conn, [found])
        assert (counted["reports"], counted["meetings"]) == (1, 0) and counted["mails"] == 3 and counted["links"] == 3
        gone = await keeping.forget(conn, [found], date(2040, 1, 1))
        assert (gone["reports"], gone["matters"], gone["mails"]) == (1, 1, 3)
        left = await conn.execute(text("select count(*) from outbox where deviation_id = :id"), {"id": report.id})
        assert left.scalar_one() == 0
