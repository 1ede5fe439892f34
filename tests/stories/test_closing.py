"""A called unit is merged into another before the meeting (rules, section 5 R6)."""

from datetime import date

from sip.domain.decision import Reason
from sip.domain.needs import Need
from sip.domain.people import Role
from sip.domain.standing import Standing
from sip.store.seen.hands import Looker, Whose
from sip.usecases import meetings
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.directory import edit
from sip.usecases.reading import hands
from tests.stories.county import unit
from tests.stories.stage import CONVENER, Stage, at

OLD, NEW = "hemtjanst@al.example", "boendet@al.example"


async def merge(stage: Stage, last_day: date, successor: str | None = "chefslos", closes: str = "hemtjanst") -> None:
    to = None if successor is None else unit(successor)
    await edit.archive_unit(stage.made.db, unit(closes), last_day, to, actor=CONVENER, now=await stage.now())
    await stage.work()


async def needs(stage: Stage) -> list[tuple[Need, str | None]]:
    actor = Actor(ActorKind.API_KEY, "ada", "Ada", role=Role.ADMINISTRATOR)
    found = await hands.start(stage.made.db, Whose.ALL, None, Looker(""), actor=actor, now=await stage.now())
    there = [(row.meeting, need) for row in found.rows for need in row.needs]
    return [(need.need, None if need.party is None else of.party(need.party).unit_name) for of, need in there]


async def test_one_press_and_the_merged_unit_is_called(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    await stage.at("2026-11-03 10:00")
    await merge(stage, date(2026, 11, 30))
    assert await needs(stage) == [(Need.CLOSES, "Hemtjänsten Al")]
    assert [method for _, method in stage.arrivals(OLD)] == ["REQUEST"], "nobody is taken away by the engine"
    ordinal = (await stage.party("hemtjanst")).ordinal
    await stage.do(meetings.call_successor, ordinal, unit("chefslos"))
    called, cancelled = stage.mailbox(OLD)
    assert (cancelled.method, cancelled.uid) == ("CANCEL", called.uid)
    assert stage.arrivals(NEW) == [("Tue 03 Nov 10:00", "REQUEST")]
    assert await needs(stage) == []
    await stage.replies(NEW, "ACCEPTED")
    assert await stage.stands("chefslos") is Standing.NAME_MISSING
    assert len(stage.mailbox("skolan@al.example")) == 1


async def test_a_unit_that_closes_in_june_is_called_until_june(stage: Stage) -> None:
    await merge(stage, date(2026, 12, 7))
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    (told,) = stage.mailbox("clara@region.example")
    assert "måndag 7 december" in told.subject
    assert "Boendet Al tar över" in told.body
    assert await needs(stage) == []
    moved = await stage.do(meetings.move, start=at("2026-12-08 10:00"), end=at("2026-12-08 11:00"))
    assert moved.refused is not None
    assert moved.refused.reason is Reason.UNIT_SUCCEEDED
    assert moved.refused.detail == {
        "unit": "Hemtjänsten Al", "closes_on": "2026-12-07", "target": "Boendet Al",
    }  # fmt: skip


async def test_a_chain_of_successors_leads_to_the_first_that_is_open_and_a_circle_to_nobody(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await merge(stage, date(2026, 11, 1), "skolan")
    await merge(stage, date(2026, 11, 1), "chefslos", closes="skolan")
    ordinal = (await stage.party("hemtjanst")).ordinal
    wrong = await stage.do(meetings.call_successor, ordinal, unit("skolan"))
    assert wrong.refused is not None
    assert wrong.refused.reason is Reason.NOT_SUCCESSOR
    await merge(stage, date(2026, 11, 1), "hemtjanst", closes="chefslos")
    circle = await stage.do(meetings.call_successor, ordinal, unit("chefslos"))
    assert circle.refused is not None
    assert circle.refused.reason is Reason.NOT_SUCCESSOR
    await merge(stage, date(2027, 6, 30), None, closes="chefslos")
    right = await stage.do(meetings.call_successor, ordinal, unit("chefslos"))
    assert right.refused is None
    assert stage.arrivals(NEW)[0] == ("Mon 02 Nov 10:00", "REQUEST")
