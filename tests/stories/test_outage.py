"""When something is down: nothing is lost, nothing is doubled, and afterwards there is no burst."""

import asyncio
from collections import Counter
from dataclasses import replace

from sqlalchemy import text

from sip.domain.standing import Standing
from sip.edges.worker import Worker
from sip.store.post.sending import Pace
from sip.usecases.engine.delivery import DeliveryPolicy
from sip.usecases.engine.surroundings import World
from tests.stories.stage import Stage, at, reply_to
from tests.tester import TESTER


async def test_an_outage_over_the_weekend(stage: Stage) -> None:
    """Down from Thursday to Monday: what was due on Friday leaves once on Monday, and the gaps are kept."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await stage.at("2026-11-05 12:00")
    await stage.jump("2026-11-09 10:00")
    await stage.at("2026-11-20 12:00")
    assert [when for when, _ in stage.arrivals("hemtjanst@al.example")] == [
        "Mon 02 Nov 10:00", "Mon 09 Nov 10:00", "Thu 12 Nov 08:00",
    ]  # fmt: skip


async def test_three_days_away_with_many_overdue(stage: Stage) -> None:
    """One rung each, whatever was missed; one mailbox gets what its rate lets through, and the rest after."""
    await stage.at("2026-11-02 10:00")
    for _ in range(8):
        await stage.call("2026-12-07 10:00")
    await _machine_minute(stage)
    called = len(stage.mailbox("hemtjanst@al.example"))
    paced = replace(stage.made.worker, policy=DeliveryPolicy(pace=Pace(at_once=4, per_minute=3)))
    monday = at("2026-11-09 10:00")
    await stage._set(monday)
    await paced.run_once(monday)
    await paced.run_once(monday)
    assert len(stage.mailbox("hemtjanst@al.example")) == called + 3
    for _ in range(3):
        await _machine_minute(stage)
        await paced.run_once(monday)
    reminders = stage.mailbox("hemtjanst@al.example")[called:]
    assert len({letter.uid for letter in reminders}) == len(reminders) == 8, "one for each meeting"
    async with stage.made.worker.db.transaction(TESTER) as conn:
        rungs = (await conn.execute(text("select count(*) from rung group by meeting_id"))).scalars().all()
    assert rungs == [1] * 8, "Friday's alone: the next keeps its gap from when this one left"


async def _machine_minute(stage: Stage) -> None:
    """A minute of the machine's, by which tries are counted; the story's clock stands still."""
    async with stage.made.worker.db.transaction(TESTER) as conn:
        await conn.execute(text("update mail set tried_at = tried_at - interval '1 minute'"))


async def test_the_relay_is_away(stage: Stage) -> None:
    """4xx is tried again by machine time; the party's clock starts when the relay accepts."""
    stage.relay.away = True
    await stage.call("2026-12-07 10:00")
    stage.nothing_for("hemtjanst@al.example")
    assert (await stage.party("hemtjanst")).round.clock_start is None  # type: ignore[union-attr]  # it has a round
    stage.relay.away = False
    await stage.machine_time_passes()
    assert len(stage.mailbox("hemtjanst@al.example")) == 1
    assert (await stage.party("hemtjanst")).round.clock_start is not None  # type: ignore[union-attr]  # it has a round


async def test_two_workers_at_once(stage: Stage) -> None:
    """Each due step happens once, each mail leaves once."""
    await stage.at("2026-11-02 10:00")
    for _ in range(5):
        await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    await stage._set((await stage.meeting()).start.replace(month=11, day=6, hour=7, minute=0))
    now = await stage.now()
    made = stage.made
    workers = [Worker(made.worker.db, made.vault, made.worker.handover, made.worker.parse, _calm) for _ in range(2)]
    await asyncio.gather(*(worker.run_once(now) for worker in workers for _ in range(3)))
    await stage.work()
    counted = Counter((letter.to, letter.message["Message-ID"]) for letter in stage.relay.letters)
    assert set(counted.values()) == {1}
    assert len(stage.mailbox("hemtjanst@al.example")) == 10


async def test_a_reply_that_was_said_250_is_judged_after_a_restart(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    asked = stage.mailbox("hemtjanst@al.example")[0]
    raw = reply_to(asked, "ACCEPTED", "hemtjanst@al.example", await stage.now(), {})
    to = asked.reply_to
    for _ in range(3):
        await stage.receive(raw, to, "hemtjanst@al.example")
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
    await stage.work()
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING
    assert [outcome for outcome, _ in await stage.outcomes()] == ["applied"], "the same mail thrice is kept once"


async def _calm(now: object) -> World:
    return World()
