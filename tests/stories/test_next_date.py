"""A plan is to be followed up in half a year, and the day passes (rules, section 8 A6)."""

from datetime import date

from sip.domain.agreement import MeetingKind
from sip.domain.attendance import follow_up_id
from sip.domain.events import CancelReason
from sip.domain.meeting import Meeting
from sip.domain.needs import Need
from sip.domain.people import Role
from sip.domain.terms import Mark, MeetingState, NextDate, Outcome
from sip.store.aggregates import meetings as rows
from sip.store.seen.hands import Looker, Whose
from sip.usecases import attendance, meetings, next_dates
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import hands
from tests.stories.stage import Stage, at
from tests.tester import TESTER

CLARA = "clara@region.example"
DAY = date(2027, 6, 9)


async def met(stage: Stage) -> None:
    """A meeting is held; its draft for the follow-up lies there."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await stage.jump("2026-12-07 11:30")
    marks = {party.ordinal: Mark.ATTENDED for party in (await stage.meeting()).parties}

    async def act(db: object, meeting_id: object, by: Command) -> Handled:
        return await attendance.record(db, meeting_id, Outcome.HELD, marks, by, next_meeting_on=DAY)  # type: ignore[arg-type]  # a Database, an id

    assert (await stage.do(act)).refused is None
    await stage.work()


async def needed(stage: Stage) -> list[Need]:
    actor = Actor(ActorKind.API_KEY, "ada", "Ada", role=Role.ADMINISTRATOR)
    found = await hands.start(stage.made.db, Whose.ALL, None, Looker(""), actor=actor, now=await stage.now())
    return [need.need for row in found.rows for need in row.needs]


def told(stage: Stage) -> list[str]:
    return [one.when for one in stage.mailbox(CLARA) if "blev inte av" in one.subject]


async def drafted(stage: Stage) -> Meeting:
    wanted = follow_up_id(stage.id)
    async with stage.made.db.transaction(TESTER) as conn:
        return (await rows.load_many(conn, [wanted]))[wanted].state


async def test_nobody_calls_and_the_plan_is_not_forgotten(stage: Stage) -> None:
    await met(stage)
    assert await needed(stage) == [Need.DRAFT]
    await stage.jump("2027-06-09 12:00")
    assert await needed(stage) == [], "the day has not passed, and the draft's hour has"
    await stage.at("2027-06-10 09:00")
    assert await needed(stage) == [Need.NEXT_DATE]
    assert told(stage) == ["Thu 10 Jun 08:00"]
    letter = stage.mailbox(CLARA)[-1]
    assert "Uppföljningen onsdag 9 juni blev inte av" in letter.subject
    assert "måndag 7 december" in letter.body and "/svar/" in letter.body
    await stage.at("2027-06-29 09:00")
    assert told(stage)[1:] == ["Mon 28 Jun 08:00"]
    await stage.jump("2027-12-01 09:00")
    assert len(told(stage)) == 2 and await needed(stage) == [Need.NEXT_DATE]
    assert (await stage.do(next_dates.end_plan)).refused is None
    assert await needed(stage) == []


async def test_the_draft_is_called_in_time_and_nobody_hears_of_the_date(stage: Stage) -> None:
    await met(stage)
    await stage.jump("2027-05-03 10:00")
    first, following = stage.id, follow_up_id(stage.id)
    stage.meeting_id = following
    made = await stage.do(meetings.edit_text, purpose_text="Uppföljning av planen", questions=("Vad har hänt?",))
    assert made.refused is None, made.refused
    assert (await stage.do(meetings.call)).refused is None
    await stage.at("2027-06-10 09:00")
    assert told(stage) == [] and Need.NEXT_DATE not in await needed(stage)
    async with stage.made.db.transaction(TESTER) as conn:
        assert (await rows.load_many(conn, [first]))[first].state.next_date is NextDate.FOLLOWED


async def test_a_cancelled_follow_up_is_no_meeting_and_another_day_is(stage: Stage) -> None:
    await met(stage)
    await stage.jump("2027-06-01 10:00")
    first = stage.id
    stage.meeting_id = follow_up_id(first)
    await stage.do(meetings.cancel, CancelReason.OTHER)
    stage.meeting_id = first
    await stage.at("2027-06-10 07:00")
    assert await needed(stage) == [Need.NEXT_DATE]
    done = await stage.do(next_dates.draft, date(2027, 6, 21), None)
    assert done.refused is None and isinstance(done.state, Meeting)
    assert done.state.id != follow_up_id(first) and done.state.start == at("2027-06-21 10:00")
    assert await needed(stage) == [Need.DRAFT]
    await stage.at("2027-06-11 09:00")
    assert told(stage) == [], "it is planned"
    await stage.at("2027-06-22 09:00")
    assert await needed(stage) == [Need.NEXT_DATE], "the draft's day has passed, uncalled"
    assert told(stage) == ["Tue 22 Jun 08:00"]


async def test_the_draft_of_the_date_is_moved_while_it_is_one(stage: Stage) -> None:
    await met(stage)
    await stage.jump("2027-06-10 09:00")
    done = await stage.do(next_dates.draft, date(2027, 7, 1), None)
    assert done.refused is None
    moved = await drafted(stage)
    assert (moved.state, moved.start) == (MeetingState.DRAFT, at("2027-07-01 10:00"))
    assert await needed(stage) == [Need.DRAFT]


async def test_a_pre_meeting_of_professionals_follows_up_no_plan(stage: Stage) -> None:
    """Without the person no plan is followed up: her next date is waited for still (section 11)."""
    await met(stage)
    case = (await stage.meeting()).case_id
    await stage.jump("2027-05-24 10:00")
    await stage.call("2027-06-07 10:00", kind=MeetingKind.PRE_MEETING, case_id=case)
    await stage.jump("2027-06-07 11:30")
    await stage.close()
    await stage.at("2027-06-10 09:00")
    assert Need.NEXT_DATE in await needed(stage) and told(stage) == ["Thu 10 Jun 08:00"]
