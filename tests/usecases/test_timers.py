"""Time: each due step once, never early, whatever the workers do; a failing meeting does not hold up the rest."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest

from sip.domain import escalation
from sip.domain.change import Change
from sip.domain.decide import decide as real
from sip.domain.decision import Context
from sip.domain.events import TimePassed
from sip.domain.meeting import Meeting
from sip.domain.terms import MeetingState
from sip.store import db as database
from sip.store.aggregates import faults, journal
from sip.store.db import Database
from sip.usecases.engine import work
from sip.usecases.engine.timers import run_due
from tests.domain.cast import at
from tests.store.town import WORLD, Town
from tests.tester import TESTER

REMINDER = "2026-11-06 08:00"


async def _ticks(town: Town, target: UUID) -> int:
    async with town.db.transaction(TESTER) as conn:
        assert await journal.broken_at(conn, target) is None
        return [entry.kind for entry in await journal.read(conn, target)].count("TimePassed")


async def _many(town: Town, count: int) -> list[UUID]:
    targets = [await town.call(f"meeting {n}") for n in range(count)]
    await town.send()
    return targets


async def test_nothing_is_early(town: Town) -> None:
    target = await town.call()
    await town.send()
    assert (await town.tick("2026-11-06 07:59")).handled == 0
    assert (await town.tick(REMINDER)).handled == 1
    assert (await town.tick(REMINDER)).handled == 0
    assert await _ticks(town, target) == 1


async def test_workers_at_once_take_each_turn_once(town: Town) -> None:
    targets = await _many(town, 25)
    town.now = at(REMINDER)
    other = Database(town.db.url)
    reports = await asyncio.gather(
        *(run_due(which, town.now, WORLD, limit=3, workers=2) for which in (town.db, other, town.db))
    )
    await other.close()
    assert sum(report.handled for report in reports) == len(targets)
    assert {await _ticks(town, target) for target in targets} == {1}
    async with town.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        assert await raw.fetchval("select count(*) from outbox where kind = 'reminder'") == len(targets)
        assert await raw.fetchval("select count(*) from rung") == len(targets)


async def test_a_tick_after_an_outage_takes_what_is_due_once(town: Town) -> None:
    target = await town.call()
    await town.send()
    await town.tick("2026-11-25 09:00")
    before = len(town.relay.tries)
    await town.send()
    await town.tick()
    await town.send()
    assert len(town.relay.tries) - before <= 2  # no burst: one rung of the ladder
    assert await _ticks(town, target) == 1


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> set[UUID]:
    """Meetings whose rules raise, as a fault in them would."""
    bad: set[UUID] = set()

    def decide(state: object, event: object, context: Context) -> object:
        if isinstance(state, Meeting) and state.id in bad and isinstance(event, TimePassed):
            raise ArithmeticError("a fault in the rules\nwith details")
        return real(state, event, context)  # type: ignore[arg-type]  # passed on as it is

    monkeypatch.setattr(work, "decide", decide)
    return bad


async def test_a_meeting_whose_rules_raise_is_put_aside(town: Town, raising: set[UUID]) -> None:
    targets = await _many(town, 3)
    raising.add(targets[1])
    report = await town.tick(REMINDER)
    assert (report.handled, report.failed) == (2, 1)
    assert [await _ticks(town, target) for target in targets] == [1, 0, 1]
    async with town.db.transaction(TESTER) as conn:
        (fault,) = await faults.all_faults(conn)
    assert (fault.id, fault.failures, fault.last_error) == (targets[1], 1, "ArithmeticError: a fault in the rules")
    assert fault.retry_at is not None
    assert (await town.tick()).handled == 0  # it waits for its turn
    raising.clear()
    await _retry_now(town)
    assert (await town.tick()).handled == 1
    async with town.db.transaction(TESTER) as conn:
        assert await faults.all_faults(conn) == []
    assert await _ticks(town, targets[1]) == 1


def _no_step(change: Change, *_: object) -> None:
    """A rule that leaves due what it was to do."""


def _astray(change: Change, *_: object) -> None:
    """A rule that leads where the table does not."""
    change.update(state=MeetingState.CANCELLED)


BROKEN = [
    ("_act", _no_step, "EndlessError: the steps of party 2: no end after 500 turns"),
    ("pass_time", _astray, "OffTableError: meeting: TimePassed led from called to cancelled"),
]


@pytest.mark.parametrize(("rule", "broken", "told"), BROKEN, ids=["endless", "off the table"])
async def test_a_broken_rule_puts_its_meeting_aside(
    town: Town, monkeypatch: pytest.MonkeyPatch, rule: str, broken: Callable[..., None], told: str
) -> None:
    """It neither hangs nor is written, and the rest are served."""
    targets = await _many(town, 3)
    as_it_is = getattr(escalation, rule)

    def stands(change: Change, *given: object) -> None:
        (broken if change.meeting.id == targets[1] else as_it_is)(change, *given)

    monkeypatch.setattr(escalation, rule, stands)
    report = await town.tick(REMINDER)
    assert (report.handled, report.failed) == (2, 1)
    assert [await _ticks(town, target) for target in targets] == [1, 0, 1]
    assert (await town.meeting(targets[1])).state.state is MeetingState.CALLED
    async with town.db.transaction(TESTER) as conn:
        (fault,) = await faults.all_faults(conn)
    assert (fault.id, fault.last_error) == (targets[1], told)
    assert fault.retry_at is not None
    assert (await town.tick()).failed == 0  # it waits for its turn


async def _retry_now(town: Town) -> None:
    async with town.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute("update meeting set retry_at = null where retry_at is not null")


async def test_a_database_error_in_a_batch_is_tried_one_by_one(town: Town, owner: Database) -> None:
    targets = await _many(town, 3)
    async with owner.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        await raw.execute(
            f"create function spoil() returns trigger language plpgsql as $$ begin"
            f" if new.aggregate = '{targets[2]}' then raise 'disk full'; end if; return new; end $$"
        )
        await raw.execute("create trigger spoil before insert on journal for each row execute function spoil()")
    report = await town.tick(REMINDER)
    assert (report.handled, report.failed) == (2, 1)
    assert [await _ticks(town, target) for target in targets] == [1, 1, 0]
    async with town.db.transaction(TESTER) as conn:
        (fault,) = await faults.all_faults(conn)
        assert fault.id == targets[2]
        assert "disk full" in fault.last_error
    async with owner.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute("drop trigger spoil on journal")
    await _retry_now(town)
    assert (await town.tick()).handled == 1


async def test_what_is_still_due_after_its_turn_is_no_endless_loop(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.call()
    await town.send()
    monkeypatch.setattr(work, "next_due", lambda state: at("2026-11-06 08:00"))
    report = await asyncio.wait_for(town.tick(REMINDER), 10)
    assert report.handled + report.failed == 1
    async with town.db.transaction(TESTER) as conn:
        (fault,) = await faults.all_faults(conn)
        assert "Still due" in fault.last_error
        late = await faults.oldest_due(conn, at("2026-11-06 08:10"))
        assert late is not None
        assert late.total_seconds() == 600
