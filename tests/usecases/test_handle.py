"""`handle()`: one writer, locked, repeatable, journalled (rules, section 2)."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from sip.domain import events as e
from sip.domain.decide import MEETING, next_due
from sip.domain.decision import Reason
from sip.domain.deviation import DeviationReport, DeviationState, HearingAnswered, Statement
from sip.domain.machine import OffTableError, UnknownEventError
from sip.domain.meeting import Place, Stamp, deviation_id, invitation_id
from sip.domain.terms import AnswerKind, Channel, ContestReason, Form, Mark, MeetingState, Outcome, PlaceKind, SettledAs
from sip.store import db as database
from sip.store.aggregates import deviations, journal
from sip.store.db import Acting, Database, DatabaseAway
from sip.store.post import tokens
from sip.usecases.actor import ENGINE, OPERATOR, ServicePart
from sip.usecases.engine.handle import CHANNEL, handle
from tests.domain import cast
from tests.domain.cast import HOME_CARE, SCHOOL, SOCIAL, at
from tests.store.town import CLARA, QUESTIONS, WORLD, Town
from tests.tester import TESTER


def said(moment: str, sequence: int = 0) -> e.Said:
    when = at(moment)
    return e.Said(Channel.PAGE, "unit", Stamp(sequence, when, when, moment))


def story() -> Iterable[tuple[str, object]]:
    """A life that touches every table: named people, a regret with substitutes, a contest, a pause, a move, the end."""
    anna = e.NamedPerson("Anna Anka", "anna@al.example", "070-1", "sjuksköterska")
    yield "2026-11-03 09:00", e.Acknowledged(2, said("2026-11-03 09:00"))
    yield "2026-11-03 10:00", e.Answered(2, AnswerKind.ATTENDS, said("2026-11-03 10:00"), names=(anna,))
    yield "2026-11-03 11:00", e.Answered(3, AnswerKind.REGRETS, said("2026-11-03 11:00"))
    yield (
        "2026-11-04 09:00",
        e.Answered(4, AnswerKind.CONTESTS, said("2026-11-04 09:00"), contest_reason=ContestReason.NOT_CONCERNED),
    )
    yield "2026-11-05 09:00", e.Decided(4, e.Verdict.DECLINE, grounds="ni behövs")
    yield "2026-11-06 09:00", e.PauseSet(4, "sommarstängt", at("2026-11-13 09:00"))
    yield "2026-11-09 09:00", e.TextChanged(purpose_text="annan text", questions=("En fråga?",))
    yield "2026-11-10 09:00", e.Moved(
        at("2026-12-14 10:00"), at("2026-12-14 11:00"), Form.VIDEO,
        Place(PlaceKind.VIDEO, video_url="https://video.region.example/1"),
    )  # fmt: skip
    yield "2026-11-11 09:00", e.Excused(4, "annan väg")


async def test_what_is_written_reads_back_the_same(town: Town) -> None:
    target = await town.call(units=(HOME_CARE, SCHOOL, SOCIAL))
    for ordinal in (3, 4):
        await town.do(target, e.IdentityConveyed(ordinal, Channel.SDK))
    await town.send()
    for moment, event in story():
        town.now = at(moment)
        made = await town.do(target, event)
        assert made.refused is None, (event, made.refused)
        found = await town.meeting(target)
        assert found.state == made.state, event
        assert found.version == made.version
        assert found.due_at == next_due(found.state)
        await town.send()
        await town.tick()
        await town.send()
    assert found.state.questions == ("En fråga?",)
    for moment in ("2026-12-01 09:00", "2026-12-14 10:30", "2026-12-14 11:30", "2026-12-16 09:00"):
        town.now = at(moment)
        await town.tick()
        await town.send()
        state = await town.meeting(target)
        assert state.due_at == next_due(state.state)
        assert state.due_at is None or state.due_at > town.now
    assert state.state.state is MeetingState.ENDED
    async with town.db.transaction(TESTER) as conn:
        assert await journal.broken_at(conn, target) is None


async def test_odd_letters_survive(town: Town) -> None:
    target = await town.call()
    assert (await town.meeting(target)).state.questions == QUESTIONS


async def test_a_repeated_event_gives_the_first_outcome(town: Town) -> None:
    target = await town.call()
    first = await town.do(target, e.Excused(2, "annan väg"), "form/1")
    again = await town.do(target, e.Excused(2, "annan väg"), "form/1")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.notes == first.notes
    assert again.version == first.version
    async with town.db.transaction(TESTER) as conn:
        assert [entry.event_id for entry in await journal.read(conn, target)].count("form/1") == 1


async def test_a_repeated_refusal_is_the_first_refusal(town: Town) -> None:
    target = await town.draft()
    first = await town.do(target, e.GoAhead(), "form/1")
    assert first.refused is not None
    assert first.refused.reason is Reason.WRONG_STATE
    await town.do(target, e.Called())
    again = await town.do(target, e.GoAhead(), "form/1")
    assert (again.refused, again.repeated) == (first.refused, True)
    async with town.db.transaction(TESTER) as conn:
        assert [entry.reason for entry in await journal.read(conn, target)].count("wrong_state") == 1
        assert await journal.broken_at(conn, target) is None


async def test_a_stale_version_is_refused_with_the_present_state(town: Town) -> None:
    target = await town.call()
    seen = (await town.meeting(target)).version
    assert (await town.do(target, e.Excused(2, "annan väg"), seen=seen)).refused is None
    late = await town.do(target, e.IdentityConveyed(2, Channel.PHONE), seen=seen)
    assert late.refused is not None
    assert late.refused.reason is Reason.STALE_VERSION
    assert late.version == seen + 1
    assert late.state == (await town.meeting(target)).state


async def test_the_machines_bookkeeping_and_other_parts_stand_in_nobodys_way(town: Town) -> None:
    target = await town.call(units=(HOME_CARE, SCHOOL))
    seen = (await town.meeting(target)).version
    settled = e.MailSettled("key", SettledAs.ACCEPTED, town.now, "call", party=2, invitation=1, round=1)
    assert (await town.do(target, settled, actor=ENGINE)).version == seen + 1
    assert (await town.do(target, e.Excused(2, "annan väg"))).refused is None
    now = (await town.meeting(target)).version
    assert now > seen
    assert (await town.do(target, e.TextChanged(purpose_text="x"), seen=seen)).refused is None
    assert (await town.do(target, e.IdentityConveyed(3, Channel.PHONE), seen=seen)).refused is None
    the = (await town.meeting(target)).state
    moved = e.Moved(at("2026-12-08 10:00"), at("2026-12-08 11:00"), the.form, the.place)
    assert (await town.do(target, moved, seen=seen)).refused is None
    after = await town.do(target, e.IdentityConveyed(3, Channel.PHONE), seen=now)
    assert after.refused is not None and after.refused.reason is Reason.STALE_VERSION, "a move is another meeting"
    never = await town.do(target, e.TextChanged(purpose_text="y"), seen=9999)
    assert never.refused is not None and never.refused.reason is Reason.STALE_VERSION


async def test_what_changes_nothing_is_journalled_and_is_no_version(town: Town) -> None:
    target = await town.call()
    before = await town.meeting(target)
    made = await town.do(target, e.ReplySeen("to_older_time", 2, 2, 0))
    assert made.version == before.version
    after = await town.meeting(target)
    assert (after.version, after.journal_seq) == (before.version, before.journal_seq + 1)
    await town.tick()  # nothing is due: no row
    assert (await town.meeting(target)).journal_seq == after.journal_seq


async def test_the_first_command_may_be_refused_twice(town: Town) -> None:
    target = cast.ident("nobody's")
    for event_id in ("a", "b", "b"):
        made = await town.do(target, e.Called(), event_id)
        assert made.refused is not None
        assert made.refused.reason is Reason.NOT_FOUND
        assert made.state is None
    async with town.db.transaction(TESTER) as conn:
        assert [entry.seq for entry in await journal.read(conn, target)] == [1, 2]
        assert await journal.broken_at(conn, target) is None


async def test_nothing_is_kept_when_the_transaction_fails(town: Town) -> None:
    target = await town.draft()
    with pytest.raises(ZeroDivisionError):
        async with town.db.transaction(TESTER) as conn:
            await handle(conn, target, e.Called(), event_id="x", actor=CLARA, now=town.now, world=WORLD)
            raise ZeroDivisionError
    found = await town.meeting(target)
    assert found.state.state is MeetingState.DRAFT
    async with town.db.transaction(TESTER) as conn:
        assert "x" not in [entry.event_id for entry in await journal.read(conn, target)]
        assert await (await database.raw(conn)).fetchval("select count(*) from outbox") == 0


async def _absent(town: Town) -> UUID:
    target = await town.call()
    await town.do(target, e.IdentityConveyed(2, Channel.SDK))
    await town.send()
    town.now = at("2026-11-03 09:00")
    await town.do(target, e.Answered(2, AnswerKind.ATTENDS, said("2026-11-03 09:00")))
    await town.send()
    await town.tick("2026-12-07 10:00")
    await town.tick("2026-12-07 11:00")
    town.now = at("2026-12-07 12:00")
    marks = ((1, Mark.ATTENDED), (2, Mark.ABSENT))
    made = await town.do(target, e.OutcomeRecorded(Outcome.HELD, marks, "Clara"))
    assert made.refused is None, made.refused
    return target


async def _report(town: Town, meeting: UUID) -> DeviationReport:
    key = deviation_id(meeting, 2)
    async with town.db.transaction(TESTER) as conn:
        assert await journal.broken_at(conn, key) is None
        found = (await deviations.load_many(conn, [key]))[key]
        assert found.due_at == next_due(found.state)
        return found.state


async def test_a_report_is_raised_in_the_same_transaction_and_withdrawn_again(town: Town) -> None:
    target = await _absent(town)
    report = await _report(town, target)
    assert (report.state, report.receiving.unit_id) == (DeviationState.HEARING, HOME_CARE.unit_id)
    right = ((1, Mark.ATTENDED), (2, Mark.LATE))
    await town.do(target, e.OutcomeRecorded(Outcome.HELD, right, "Clara", reason="hen kom"))
    assert (await _report(town, target)).state is DeviationState.WITHDRAWN
    again = ((1, Mark.ATTENDED), (2, Mark.ABSENT))
    await town.do(target, e.OutcomeRecorded(Outcome.HELD, again, "Clara", reason="fel person"))
    assert (await _report(town, target)).state is DeviationState.HEARING


async def test_a_report_takes_commands_and_time_of_its_own(town: Town) -> None:
    target = await _absent(town)
    key = deviation_id(target, 2)
    made = await town.do(key, HearingAnswered(Statement.RIGHT), "hearing/1")
    assert isinstance(made.state, DeviationReport)
    assert made.state.state is DeviationState.RECEIVED
    assert (await town.do(key, HearingAnswered(Statement.RIGHT), "hearing/1")).repeated
    assert (await _report(town, target)) == made.state
    report = await town.tick("2027-03-01 08:00")
    assert report.failed == 0
    assert (await _report(town, target)).manager_told


async def test_two_drafts_of_one_id_make_one_meeting(town: Town) -> None:
    event = replace(cast.draft(at("2026-12-07 10:00")), id=cast.ident("same"))
    made = await asyncio.gather(*(town.do(event.id, event, f"draft/{n}") for n in range(4)))
    refusals = [one.refused.reason for one in made if one.refused is not None]
    assert refusals == [Reason.ALREADY_EXISTS] * 3


async def test_of_two_commands_on_one_version_one_is_stale(town: Town) -> None:
    target = await town.call()
    seen = (await town.meeting(target)).version
    texts = [e.TextChanged(purpose_text=f"text {n}") for n in range(4)]
    made = await asyncio.gather(*(town.do(target, text, f"form/{n}", seen) for n, text in enumerate(texts)))
    refusals = [one.refused.reason for one in made if one.refused is not None]
    assert refusals == [Reason.STALE_VERSION] * 3
    async with town.db.transaction(TESTER) as conn:
        assert await journal.broken_at(conn, target) is None


async def test_an_invitation_keeps_its_token_for_ever(town: Town) -> None:
    target = await town.call()
    async with town.db.transaction(TESTER) as conn:
        before = await tokens.invitations_of(conn, target)
    await town.send()
    town.now = at("2026-11-03 10:00")
    await town.do(target, e.Moved(at("2026-12-14 10:00"), at("2026-12-14 11:00"), Form.PHYSICAL,
                                  Place(PlaceKind.HOME)))  # fmt: skip
    await town.send()
    async with town.db.transaction(TESTER) as conn:
        after = await tokens.invitations_of(conn, target)
        assert after == before
        assert len({one.reply_token for one in after}) == len(after) == 2
        for one in after:
            assert one.id == invitation_id(target, one.invitation)
            assert await tokens.invitation_by_reply_token(conn, one.reply_token.upper()) == one
            assert await tokens.invitation_by_uid(conn, one.id) == one
        assert await tokens.invitation_by_reply_token(conn, "a" * 26) is None


async def test_listeners_hear_of_the_meeting_once(town: Town) -> None:
    heard: list[str] = []
    listener = await asyncpg.connect(town.db.asyncpg_url)
    await listener.add_listener(CHANNEL, lambda *told: heard.append(str(told[3])))
    target = await town.call()
    await listener.execute("select 1")
    heard.clear()
    await town.do(target, e.Excused(2, "annan väg"))
    await town.do(target, e.GoAhead())
    await town.do(target, e.ReplySeen("late", 2, 2, 0))
    await listener.execute("select 1")
    await listener.close()
    assert heard == [str(target)]


@pytest.mark.parametrize("actor", [CLARA, ENGINE, OPERATOR, *ServicePart], ids=lambda one: str(one.name))
async def test_a_transaction_knows_who_acts(town: Town, actor: Acting) -> None:
    for begun in (town.db.transaction, town.db.snapshot):
        async with begun(actor) as conn:
            raw = await database.raw(conn)
            assert await raw.fetchval("select current_setting('sip.actor')") == actor.setting
            assert raw.is_in_transaction()
        left = await raw.fetchval("select current_setting('sip.actor', true)")
        assert not left, "the next on this connection must not be taken for the one before"


async def test_nobody_begins_a_transaction_without_saying_who_acts(town: Town) -> None:
    with pytest.raises(TypeError):
        town.db.transaction()  # type: ignore[call-arg]  # that mypy refuses it is the rule
    with pytest.raises(TypeError):
        town.db.snapshot()  # type: ignore[call-arg]  # that mypy refuses it is the rule


async def test_a_lost_database_is_one_sentence() -> None:
    lost = Database("postgresql://sip_app@localhost:1/sip")
    with pytest.raises(DatabaseAway, match=r"The database at localhost cannot be reached .*SIP_DATABASE_URL"):
        async with lost.transaction(TESTER):
            pass
    await lost.close()


async def test_a_command_that_leaves_the_table_is_never_written(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    target = await town.call()
    before = await town.meeting(target)
    row = MEETING.table[e.GoAhead]
    monkeypatch.setitem(MEETING.table, e.GoAhead, replace(row, leads={MeetingState.CALLED: (MeetingState.ENDED,)}))
    with pytest.raises(OffTableError, match="GoAhead led from called to called") as raised:
        await town.do(target, e.GoAhead())
    assert raised.value.__notes__ == [f"GoAhead to {target}"]
    assert await town.meeting(target) == before


async def test_an_event_of_one_kind_for_the_id_of_another_breaks_no_journal(town: Town) -> None:
    target = await town.call()
    with pytest.raises(UnknownEventError, match="meeting: takes no HearingAnswered"):
        await town.do(target, HearingAnswered(Statement.RIGHT))
    async with town.db.transaction(TESTER) as conn:
        assert await journal.broken_at(conn, target) is None
