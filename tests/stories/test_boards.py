"""A report goes to the board and is followed up a quarter later; a case goes round; a pre-meeting is called (rules,
sections 11 and 16).
"""

import json
from datetime import date
from uuid import uuid4

from sqlalchemy import text

from sip.domain.agenda import ItemState, ResolutionFollowedUp, Resolved, board_of, forwarded_item
from sip.domain.agreement import MeetingKind
from sip.domain.deviation import Statement
from sip.domain.people import Role
from sip.domain.terms import Mark
from sip.usecases import agenda, deviations
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.directory import edit
from sip.usecases.engine.handle import World
from sip.usecases.reading import agenda as reading
from sip.usecases.reading import signals
from sip.usecases.reading.meetings import whole
from tests.stories.county import unit
from tests.stories.stage import CONVENER, Stage, accepted
from tests.tester import TESTER

UNIT, MANAGER = "hemtjanst@al.example", "chef.hemtjanst@al.example"
BOARD = Actor(ActorKind.USER, "lars", "Lars Ledamot", role=Role.BOARD_MEMBER)
COORDINATOR = Actor(ActorKind.USER, "siv", "Siv Holm", role=Role.COORDINATOR)


async def by(stage: Stage, actor: Actor) -> Command:
    return Command(actor, await stage.now(), World(), f"board-{next(stage.numbers)}")


async def forwarded(stage: Stage) -> None:
    """Hemtjänsten did not come; the report is heard and forwarded on 8 December."""
    await stage.call("2026-12-07 10:00", ["hemtjanst"])
    await stage.replies(UNIT, "ACCEPTED")
    await stage.at("2026-12-07 11:30")
    await stage.close(hemtjanst=Mark.ABSENT)
    await stage.at("2026-12-08 09:00")
    report = await stage.report("hemtjanst")
    assert report is not None
    accepted(await deviations.hear(stage.made.db, report.id, Statement.RIGHT, await by(stage, CONVENER)))
    accepted(await deviations.forward(stage.made.db, report.id, "Brevlådan läses inte.", await by(stage, CONVENER)))


async def test_a_forwarded_report_is_decided_and_followed_up_a_quarter_later(stage: Stage) -> None:
    await forwarded(stage)
    report = await stage.report("hemtjanst")
    assert report is not None
    db, item = stage.made.db, forwarded_item(report.id)
    there = await reading.board(db, board_of(None).id, actor=BOARD, now=await stage.now())
    assert [one.id for one in there.waiting] == [item]
    accepted(await agenda.schedule(db, item, date(2026, 12, 14), await by(stage, BOARD)))
    await stage.at("2026-12-14 15:00")
    decision = Resolved(
        "Två läser brevlådan varje dag.", "Tredje gången i höst.", date(2026, 12, 14), "enhetschef",
        unit("hemtjanst"), date(2027, 3, 15),
    )  # fmt: skip
    accepted(await agenda.resolve(db, item, decision, await by(stage, BOARD)))
    stage.relay.letters.clear()

    await stage.at("2027-03-15 09:00")
    (asked,) = [one for one in stage.mailbox(UNIT) if "beslut" in one.subject]
    assert (asked.when, asked.method) == ("Mon 15 Mar 08:00", None)
    assert f"/boards/items/{item}" in asked.body
    assert "brevlådan varje dag" not in asked.body, "what was decided is read after sign-in"
    await stage.at("2027-03-29 07:00")
    assert len([one for one in stage.mailbox(UNIT) if "beslut" in one.subject]) == 1, "the tenth working day is later"
    await stage.at("2027-04-01 09:00")
    assert len([one for one in stage.mailbox(UNIT) if "beslut" in one.subject]) == 2
    told = ResolutionFollowedUp(1, True, "Ingen kallelse har legat oläst sedan dess.")
    head = Actor(ActorKind.USER, "mona", "Mona Berg", unit("hemtjanst"), Role.UNIT_MANAGER)
    accepted(await agenda.follow_up(db, item, told, await by(stage, head)))
    stage.relay.letters.clear()
    await stage.at("2027-06-01 09:00")
    assert [one for one in stage.mailbox(UNIT) if "beslut" in one.subject] == [], "what is done is asked of no more"

    year = await reading.of_year(db, 2026, None, actor=BOARD, now=await stage.now())
    assert [one.id for one in year.put] == [item]
    ((_, decided),) = year.decided
    assert decided.outcome == "Ingen kallelse har legat oläst sedan dess."
    (found,) = await reading.search(db, "oläst brevlådor", actor=BOARD, now=await stage.now())
    assert (found.id, found.state) == (item, ItemState.DONE)


async def test_what_is_to_be_done_follows_the_unit_that_takes_over(stage: Stage) -> None:
    await forwarded(stage)
    report = await stage.report("hemtjanst")
    assert report is not None
    db, item, closed = stage.made.db, forwarded_item(report.id), unit("hemtjanst")
    accepted(await agenda.schedule(db, item, date(2026, 12, 14), await by(stage, BOARD)))
    await stage.at("2026-12-14 15:00")
    day = date(2026, 12, 14)
    for said in ("Två läser brevlådan.", "Ett kort vid telefonen."):
        event = Resolved(said, "Tredje gången.", day, "enhetschef", closed, date(2027, 3, 15))
        accepted(await agenda.resolve(db, item, event, await by(stage, BOARD)))
    head = Actor(ActorKind.USER, "mona", "Mona Berg", closed, Role.UNIT_MANAGER)
    told = ResolutionFollowedUp(2, True, "Det sitter där.")
    accepted(await agenda.follow_up(db, item, told, await by(stage, head)))
    await edit.archive_unit(db, closed, date(2026, 12, 31), unit("chefslos"), actor=CONVENER, now=await stage.now())
    await stage.at("2027-01-04 09:00")
    found = await reading.item(db, item, actor=BOARD, now=await stage.now())
    assert [one.unit.unit_name for one in found.item.resolutions if one.unit] == ["Boendet Al", "Hemtjänsten Al"]
    stage.relay.letters.clear()
    await stage.at("2027-03-15 09:00")
    assert [one.subject for one in stage.mailbox("boendet@al.example") if "beslut" in one.subject] != []
    assert [one for one in stage.mailbox(UNIT) if "beslut" in one.subject] == []


async def test_what_was_forwarded_before_there_were_agendas_is_put_once(stage: Stage) -> None:
    await forwarded(stage)
    report = await stage.report("hemtjanst")
    assert report is not None
    old, other = uuid4(), unit("skolan")
    async with stage.made.db.transaction(TESTER) as conn:
        changed = {"id": str(old), "reporting_unit_id": str(other), "reporting_unit_name": "Skolan Al"}
        await conn.execute(
            text("""insert into deviation select (jsonb_populate_record(d, cast(:changed as jsonb))).* from deviation d
 where id = :report"""),
            {"changed": json.dumps(changed), "report": report.id},
        )  # fmt: skip
    for put in (1, 0):
        done = await stage.made.worker.keep_house(await stage.now())
        assert (done.count("items_put"), done.errors) == (put, [])
        there = await reading.board(stage.made.db, board_of(None).id, actor=BOARD, now=await stage.now())
        assert {one.id: one.reports for one in there.waiting} == {
            forwarded_item(one): (one,) for one in (report.id, old)
        }  # fmt: skip
    assert any("Skolan Al" in one.title for one in there.waiting)


async def test_a_report_that_goes_back_to_its_units_takes_its_question_with_it(stage: Stage) -> None:
    await forwarded(stage)
    report = await stage.report("hemtjanst")
    assert report is not None
    accepted(await deviations.take_back(stage.made.db, report.id, await by(stage, CONVENER)))
    there = await reading.board(stage.made.db, board_of(None).id, actor=BOARD, now=await stage.now())
    assert there.waiting == []
    accepted(await deviations.forward(stage.made.db, report.id, "Igen.", await by(stage, CONVENER)))
    there = await reading.board(stage.made.db, board_of(None).id, actor=BOARD, now=await stage.now())
    assert [(one.text, one.reports) for one in there.waiting] == [("", (report.id,))]


async def test_a_case_that_is_begun_again_and_again_goes_round(stage: Stage) -> None:
    db = stage.made.db
    await stage.call("2026-12-07 10:00", ["hemtjanst"])
    case = (await stage.meeting()).case_id
    await stage.call("2026-12-14 10:00", ["skolan"], case_id=case)
    page = await signals.page(db, actor=COORDINATOR, now=await stage.now())
    assert page.roundabouts == [], "two plans are no circle"
    await stage.call("2026-12-21 10:00", ["hemtjanst", "skolan"], case_id=case)
    page = await signals.page(db, actor=COORDINATOR, now=await stage.now())
    (found,) = page.roundabouts
    assert (found.case_id, found.redirects, found.plans) == (case, 0, 3)
    read = await whole(db, stage.id, actor=CONVENER, now=await stage.now())
    assert read.roundabout == found, "its convener sees it on the meeting's page"
    called = Actor(ActorKind.USER, "mona", "Mona Berg", unit("hemtjanst"), Role.UNIT_MANAGER)
    assert (await whole(db, stage.id, actor=called, now=await stage.now())).roundabout is None
    await stage.at("2027-11-15 10:00")
    page = await signals.page(db, actor=COORDINATOR, now=await stage.now())
    assert page.roundabouts == [], "a year later it is over"


async def test_a_pre_meeting_is_called_at_half_the_notice_and_says_that_the_person_is_not_there(stage: Stage) -> None:
    """Three working days are fair for it, and not for the plan itself."""
    await stage.call("2026-11-06 10:00", ["hemtjanst"], kind=MeetingKind.PRE_MEETING)
    (call,) = stage.mailbox(UNIT)
    assert call.subject.startswith("Kallelse till förmöte")
    assert "Den enskilde är inte med" in call.body
    assert call.calendar is not None and "Förmöte" in str(call.calendar.events[0]["SUMMARY"])
    await stage.replies(UNIT, "ACCEPTED")
    await stage.at("2026-11-06 11:30")
    await stage.close(hemtjanst=Mark.ABSENT)
    assert await stage.report("hemtjanst") is not None

    await stage.at("2026-11-09 09:00")
    await stage.call("2026-11-13 09:00", ["hemtjanst"])
    await stage.replies(UNIT, "ACCEPTED")
    await stage.at("2026-11-13 11:30")
    await stage.close(hemtjanst=Mark.ABSENT)
    assert await stage.report("hemtjanst") is None, "four days are too few for a plan"


async def test_nobody_s_matter_is_told_who_may_not_see_it(stage: Stage) -> None:
    """The coordinator of another municipality sees neither the case that goes round nor its meetings."""
    await stage.call("2026-12-07 10:00", ["hemtjanst"])
    case = (await stage.meeting()).case_id
    for day in ("2026-12-14 10:00", "2026-12-21 10:00"):
        await stage.call(day, ["hemtjanst"], case_id=case)
    other = Actor(ActorKind.USER, "ester", "Ester", unit("bok"), Role.UNIT_MANAGER)
    assert (await signals.page(stage.made.db, actor=other, now=await stage.now())).roundabouts == []
