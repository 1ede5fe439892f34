"""The service's clock, and the heartbeats it measures."""

from datetime import timedelta

import pytest

from sip.store import clock, heartbeats
from sip.store.db import Database
from tests.domain.cast import at
from tests.tester import TESTER

LATER = at("2031-01-02 10:00")


async def test_set_and_speed_hold_for_everybody(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        before = await clock.now(conn)
        assert await clock.set_clock(conn, LATER, 0) == LATER
    async with db.transaction(TESTER) as conn:
        assert await clock.now(conn) == LATER
        assert await clock.speed(conn) == 0
        assert before < LATER
        await clock.set_clock(conn, LATER, 3600)
        assert await clock.now(conn) >= LATER
        stopped = await clock.set_clock(conn, pace=0)
        assert await clock.now(conn) == stopped


async def test_it_never_goes_back(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        await clock.set_clock(conn, LATER, 0)
        with pytest.raises(clock.ClockBackwards, match="never goes back"):
            await clock.set_clock(conn, LATER - timedelta(seconds=1))
        assert await clock.now(conn) == LATER


async def test_silence_and_its_end(db: Database) -> None:
    start = at("2026-11-02 10:00")
    minute = timedelta(minutes=1)
    async with db.transaction(TESTER) as conn:
        assert await heartbeats.answers_open_from(conn, start) is None  # never installed, never waited for
        await heartbeats.beat(conn, heartbeats.RECEIVER, start)
        await heartbeats.beat(conn, heartbeats.WEB, start)
        assert await heartbeats.answers_open_from(conn, start + 15 * minute) is None
        silent = start + 16 * minute
        assert await heartbeats.answers_open_from(conn, silent) == silent + 5 * minute
        back = start + 60 * minute
        await heartbeats.beat(conn, heartbeats.RECEIVER, back)
        await heartbeats.beat(conn, heartbeats.WEB, back)
        assert await heartbeats.answers_open_from(conn, back) == back + 75 * minute
        for n in range(0, 80, 10):
            await heartbeats.beat(conn, heartbeats.RECEIVER, back + n * minute)
            await heartbeats.beat(conn, heartbeats.WEB, back + n * minute)
        assert await heartbeats.answers_open_from(conn, back + 75 * minute) is None
        assert (await heartbeats.seen(conn))[heartbeats.WEB] == back + 70 * minute
