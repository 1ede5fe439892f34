"""When clocks are wrong, and in the nights when they change: nothing comes twice, at hours of the wall."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from sip.domain.standing import Standing
from sip.store.aggregates import journal
from tests.stories.stage import Stage, on_stage, reply_to
from tests.tester import TESTER

WALL = ZoneInfo("Europe/Stockholm")  # its own, so that it can say that ours is wrong
MAILBOX = "hemtjanst@al.example"
IN_ORDER = ["Mon 02 Nov 09:00", "Fri 06 Nov 08:00", "Tue 10 Nov 08:00"]


@pytest.mark.parametrize(
    ("begins", "meeting", "until"),
    [
        pytest.param("2026-11-09 10:00", "2026-12-14 10:00", "2026-11-19 12:00", id="ordinary"),
        pytest.param("2026-10-19 10:00", "2026-11-23 10:00", "2026-10-29 12:00", id="an hour longer"),
        pytest.param("2026-03-23 10:00", "2026-04-27 10:00", "2026-04-02 12:00", id="an hour shorter"),
    ],
)
async def test_the_night_when_clocks_change_moves_no_reminder(
    begins: str, meeting: str, until: str, database_url: str
) -> None:
    """Whoever says nothing is asked on the same days of the week, when her office opens by the clock on its wall."""
    async with on_stage(database_url, begins) as stage:
        await stage.call(meeting)
        await stage.at(until)
        heard = [f"{letter.arrived.astimezone(WALL):%a %H:%M}" for letter in stage.mailbox(MAILBOX)]
    assert heard == ["Mon 10:00", "Fri 08:00", "Tue 08:00"]


async def _works(stage: Stage, wrong: timedelta) -> None:
    """A worker on a machine whose clock is so much wrong."""
    for _ in range(2):
        done = await stage.made.worker.run_once(await stage.now() + wrong)
        assert not done.errors


async def _rungs(stage: Stage) -> int:
    async with stage.made.db.transaction(TESTER) as conn:
        assert await journal.broken_at(conn, stage.id) is None
        return int(await conn.scalar(text("select count(*) from rung")) or 0)


async def test_a_clock_an_hour_on_asks_early_and_once(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await stage.at("2026-11-06 07:30")
    assert len(stage.mailbox(MAILBOX)) == 1
    await _works(stage, timedelta(hours=1))
    assert (len(stage.mailbox(MAILBOX)), await _rungs(stage)) == (2, 1), "half an hour early"
    await stage.at("2026-11-09 12:00")
    assert (len(stage.mailbox(MAILBOX)), await _rungs(stage)) == (2, 1), "and not again when it is time"
    await stage.at("2026-11-10 12:00")
    assert stage.arrivals(MAILBOX)[2][0] == IN_ORDER[2], "the next one at its time"


async def test_a_clock_that_went_ten_seconds_back_asks_nothing_again(stage: Stage) -> None:
    """An answer counts though it was received, by that clock, ten seconds from now."""
    await stage.call("2026-12-07 10:00")
    await stage.at("2026-11-06 08:00")
    back = timedelta(seconds=-10)
    await _works(stage, back)
    await _works(stage, timedelta(0))
    assert [when for when, _ in stage.arrivals(MAILBOX)] == IN_ORDER[:2]
    await stage.at("2026-11-06 09:00")
    asked = stage.mailbox(MAILBOX)[-1]
    said = reply_to(asked, "ACCEPTED", MAILBOX, await stage.now() + back, {})
    await stage.receive(said, asked.reply_to, MAILBOX)
    await _works(stage, back)
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING
    assert await _rungs(stage) == 1
