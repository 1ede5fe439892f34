"""`sip check` hears itself: out by the relay and in by the receiver; and which leg failed when it does not."""

import asyncio
import smtplib

import pytest

from sip.edges import round_trip
from tests.stories.stage import Letter, Stage


async def brings(stage: Stage, *, back: bool = False, bounces: bool = True) -> None:
    """What the mail server does meanwhile: hands each mail that came to its domain over to the service; without
    `bounces` it loses what comes without a sender, as Exim does that takes away what stands behind the plus.
    """
    where = stage.place.listening["lmtp"]
    seen = 0
    while True:
        await asyncio.sleep(0.05)
        for letter in stage.relay.letters[seen:]:
            seen += 1
            if not bounces and str(letter.message["To"]).startswith("bounce+"):
                continue
            to = str(letter.message["To"]).replace("sip+", "bounce+") if back else letter.to
            await asyncio.to_thread(_hand_over, where.host, where.port, to, letter)


def _hand_over(host: str, port: int, to: str, letter: Letter) -> None:
    with smtplib.LMTP(host, port) as client:
        client.sendmail("", [to], b"Received: from relay.example\r\n" + letter.raw)


async def go(stage: Stage, waits: float = 5.0) -> str:
    made = stage.made
    return await round_trip.go(made.settings, made.db, await stage.now(), waits)


async def test_out_and_in_and_nothing_is_left_to_see_to(stage: Stage) -> None:
    server = asyncio.create_task(brings(stage))
    try:
        assert (await go(stage)).startswith("lmtp")
    finally:
        server.cancel()
    await stage.work()
    assert await stage.outcomes() == [("ignored", "round_trip")] * 2


async def test_a_bounce_does_not_come_in(stage: Stage) -> None:
    server = asyncio.create_task(brings(stage, bounces=False))
    try:
        with pytest.raises(round_trip.LegFailed, match=r"Back: .* bounce\+\.\.\.@sip\.example .* rcpt_include_affixes"):
            await go(stage, 1.5)
    finally:
        server.cancel()


async def test_the_relay_refuses(stage: Stage) -> None:
    stage.relay.away = True
    with pytest.raises(round_trip.LegFailed, match=r"Out: the relay does not take .* \(451 4\.3\.0 try later\)"):
        await go(stage)


async def test_nothing_comes_in(stage: Stage) -> None:
    with pytest.raises(round_trip.LegFailed, match=r"In: .* within 0 s .* sip\.example"):
        await go(stage, 0.3)


async def test_it_comes_back_undelivered(stage: Stage) -> None:
    server = asyncio.create_task(brings(stage, back=True))
    try:
        with pytest.raises(round_trip.LegFailed, match=r"On its way: .* comes back"):
            await go(stage)
    finally:
        server.cancel()
    await stage.work()
    assert set(await stage.outcomes()) == {("ignored", "round_trip")}
