"""The worst mails over the real LMTP receiver: each is kept and judged with a reason, or refused aloud."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sip.addresses import Listen
from sip.edges.mail.addresses import Home
from sip.edges.mail.ways.receive import Receiver
from sip.store.seen import lists
from sip.store.seen.lists import InboundRow
from sip.store.seen.scope import EVERYTHING
from sip.usecases.received import inbound
from sip.usecases.received.inbound import Envelope
from tests.mail.test_limits import TABLE
from tests.store.town import Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, Post

MOST = 1_000_000
MAILS = {what: raw for what, (raw, _, _) in TABLE.items() if len(raw) < MOST}


@pytest.fixture
async def post(town: Town) -> Post:
    return Post(town)


@pytest.fixture
async def door(post: Post) -> AsyncIterator[Listen]:
    async def store(raw: bytes, envelope: Envelope, source: str) -> None:
        await inbound.ingest(post.town.db, post.vault, raw, envelope, source, post.town.now)

    receiver = Receiver(Listen("127.0.0.1", 0), "lmtp", Home(DOMAIN), store, max_bytes=MOST)
    yield await receiver.start()
    await receiver.close()


async def hand_over(door: Listen, to: str, raw: bytes) -> str:
    """The receiver's last word about the bytes as they are: no client tidies them up on the way."""
    reader, writer = await asyncio.open_connection(door.host, door.port)
    try:
        answer = await reader.readline()
        for line in (b"LHLO mx.example", b"MAIL FROM:<a@a.example>", f"RCPT TO:<{to}>".encode(), b"DATA"):
            writer.write(line + b"\r\n")
            while (answer := await reader.readline())[3:4] == b"-":
                pass
        assert answer.startswith(b"354"), answer
        writer.write(raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
        return (await asyncio.wait_for(reader.readline(), 60)).decode()
    finally:
        writer.close()


async def rows(post: Post) -> list[InboundRow]:
    async with post.town.db.transaction(TESTER) as conn:
        return await lists.inbound(conn, EVERYTHING, None, False, None, 10_000)


async def test_each_is_judged_or_refused_aloud(post: Post, door: Listen) -> None:
    target = await post.town.call()
    to = f"sip+{(await post.ref(target, 'hemtjanst@al.example')).reply_token}@{DOMAIN}"
    taken = 0
    for what, raw in MAILS.items():
        said = await hand_over(door, to, raw)
        assert said[:3] in ("250", "500", "552", "554"), f"{what}: {said}"
        taken += said.startswith("250")
    await post.judge()
    found = await rows(post)
    assert len(found) == taken
    assert taken >= len(MAILS) - 3
    assert all(row.outcome and row.reason for row in found)


async def test_what_is_too_large_is_refused_with_552(post: Post, door: Listen) -> None:
    said = await hand_over(door, f"sip@{DOMAIN}", b"Subject: x\r\n\r\n" + b"a line\r\n" * 200_000)
    assert said.startswith("552")
    assert await rows(post) == []
