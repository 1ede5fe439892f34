"""The receivers over a bare socket: what well-behaved clients never send, and what one does when the line breaks."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from sip.addresses import Listen
from sip.edges.mail.addresses import Home
from sip.edges.mail.letters.samples import HOME, REPLY
from sip.edges.mail.ways.receive import MAX_BYTES, MAX_RECIPIENTS, Receiver, Source
from sip.usecases.received.inbound import Envelope
from tests.mail.test_receive import BACK, TO, Kept, kept, lmtp, smtp

__all__ = ["kept", "lmtp", "smtp"]
HEAD = b"Subject: x\r\n\r\n"


@dataclass
class Line:
    """One connection, spoken to in bytes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, *lines: bytes) -> None:
        self.writer.write(b"".join(line + b"\r\n" for line in lines))
        await self.writer.drain()

    async def hear(self) -> bytes:
        """One reply, its last line."""
        while (reply := await asyncio.wait_for(self.reader.readline(), 20))[3:4] == b"-":
            pass
        return reply.rstrip(b"\r\n")

    async def ask(self, *lines: bytes) -> bytes:
        await self.say(*lines)
        return await self.hear()

    def abort(self) -> None:
        """Gone without a goodbye (RST)."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.writer.transport.abort()


_open: list[Line] = []


@pytest.fixture(autouse=True)
async def hung_up() -> AsyncIterator[None]:
    """Every connection is closed when its test ends."""
    yield
    while _open:
        writer = _open.pop().writer
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def dialled(port: int, hello: bytes = b"LHLO") -> Line:
    line = Line(*await asyncio.open_connection("127.0.0.1", port))
    _open.append(line)
    assert (await line.hear()).startswith(b"220")
    assert not hello or (await line.ask(hello + b" mx.ekby.example")).startswith(b"250")
    return line


async def in_data(port: int, *rcpts: str, mail_from: bytes = b"<>", options: bytes = b"") -> Line:
    """A connection that has been told to go on with the mail."""
    line = await dialled(port)
    assert (await line.ask(b"MAIL FROM:" + mail_from + options)).startswith(b"250")
    for rcpt in rcpts or (TO,):
        await line.ask(b"RCPT TO:<" + rcpt.encode() + b">")
    assert (await line.ask(b"DATA")).startswith(b"354")
    return line


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        (b"a\x00b\r\n", b"a\x00b\r\n"),
        (b"a\rb\r\n", b"a\rb\r\n"),
        (b"a\nb\r\n", b"a\nb\r\n"),
        (b"..a\r\n...\r\n", b".a\r\n..\r\n"),
        (b"\xff\xfe \xe5\xe4\xf6 \xc3\xa5\r\n", b"\xff\xfe \xe5\xe4\xf6 \xc3\xa5\r\n"),
        (b"", b""),
        (b"\r\n" * 5000, b"\r\n" * 5000),
        (b"y" * 998 + b"\r\n" + b"y" * 999 + b"\r\n", b"y" * 998 + b"\r\n" + b"y" * 999 + b"\r\n"),
        (b"y" * 900_000 + b"\r\n", b"y" * 900_000 + b"\r\n"),
    ],
    ids=["nul", "bare-cr", "bare-lf", "dots", "8bit", "empty", "blank-lines", "998", "one-long-line"],
)
async def test_every_byte_is_kept_as_it_came(lmtp: int, kept: Kept, sent: bytes, arrives: bytes) -> None:
    line = await in_data(lmtp, options=b" BODY=8BITMIME")
    assert (await line.ask(HEAD + sent + b".")).startswith(b"250")
    assert kept.mails == [(HEAD + arrives, "", (TO,), "lmtp")]


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r"])
async def test_no_second_mail_can_be_smuggled_in(lmtp: int, kept: Kept, end: bytes) -> None:
    """Only CRLF.CRLF ends a mail: what two servers could read differently stays inside the one mail."""
    inside = HEAD + b"a" + end + b"MAIL FROM:<x@x.example>\r\nRCPT TO:<sip@sip.region.example>\r\nDATA\r\n"
    line = await in_data(lmtp)
    assert (await line.ask(inside + b"b\r\n.")).startswith(b"250")
    assert (await line.ask(b"NOOP")).startswith(b"250")
    assert len(kept.mails) == 1
    assert kept.mails[0][0].startswith(HEAD + b"a") and b"MAIL FROM" in kept.mails[0][0]


async def test_what_is_too_large_is_said_in_words_one_can_act_on(lmtp: int, kept: Kept) -> None:
    said = f"552 5.3.4 Larger than {MAX_BYTES} bytes: answer again without attachments".encode()
    line = await dialled(lmtp)
    assert await line.ask(b"MAIL FROM:<a@a.example> SIZE=" + str(MAX_BYTES + 1).encode()) == said
    for content in ((b"y" * 70 + b"\r\n") * 15_000, b"y" * (MAX_BYTES + 100_000) + b"\r\n"):
        line = await in_data(lmtp, TO, "other@sip.region.example", BACK)
        assert await line.ask(content + b".") == said
        assert await line.hear() == said
        assert (await line.ask(b"NOOP")).startswith(b"250")
    assert not kept.mails


async def test_commands_may_come_in_one_piece(lmtp: int, kept: Kept) -> None:
    """PIPELINING (RFC 2920): two mails and the answers to them, in order."""
    line = await dialled(lmtp, b"")
    await line.say(b"LHLO mx.ekby.example")
    offered: list[bytes] = []
    while not offered or offered[-1][3:4] == b"-":
        offered.append(await asyncio.wait_for(line.reader.readline(), 20))
    assert b"250-PIPELINING\r\n" in offered and b"250-8BITMIME\r\n" in offered and b"250-SMTPUTF8\r\n" in offered
    rcpts = [b"RCPT TO:<" + one.encode() + b">" for one in (TO, "anna@sip.region.example", BACK)]
    await line.say(b"MAIL FROM:<>", *rcpts, b"DATA")
    assert [(await line.hear())[:3] for _ in range(5)] == [b"250", b"250", b"550", b"250", b"354"]
    await line.say(HEAD + b".", b"MAIL FROM:<>", rcpts[1], b"DATA", b"QUIT")
    assert [(await line.hear())[:3] for _ in range(6)] == [b"250", b"250", b"250", b"550", b"503", b"221"]
    assert [rcpt for _, _, rcpt, _ in kept.mails] == [(TO, BACK)]


@pytest.mark.parametrize(
    ("sender", "kept_as"),
    [
        ("<år@ö.example>".encode(), "år@ö.example"),
        (b"<a\xff@x.example>", "a?@x.example"),
        (b"<a\x00b@x.example>", "a?b@x.example"),
        (b'<"a b"@x.example>', '"a b"@x.example'),
        (b"<>", ""),
    ],
)
async def test_no_sender_keeps_a_mail_out(lmtp: int, kept: Kept, sender: bytes, kept_as: str) -> None:
    line = await in_data(lmtp, mail_from=sender, options=b" SMTPUTF8")
    assert (await line.ask(HEAD + b".")).startswith(b"250")
    assert kept.mails[0][1] == kept_as


async def test_too_many_recipients_wait_for_the_next_time(lmtp: int, kept: Kept) -> None:
    line = await dialled(lmtp)
    await line.ask(b"MAIL FROM:<>")
    said = [await line.ask(b"RCPT TO:<" + TO.encode() + b">") for _ in range(MAX_RECIPIENTS + 1)]
    assert said[-2].startswith(b"250") and said[-1].startswith(b"452 4.5.3")
    assert (await line.ask(b"DATA")).startswith(b"354")
    await line.say(HEAD + b".")
    assert {(await line.hear())[:3] for _ in range(MAX_RECIPIENTS)} == {b"250"}


@pytest.mark.parametrize("words", [b"\xff\xfe", b"", b"RCPT TO:<" + b"x" * 3000, b"MAIL", b"DATA", b"\x00", b"EHLO x"])
async def test_nonsense_is_refused_and_the_line_stays(lmtp: int, kept: Kept, words: bytes) -> None:
    line = await dialled(lmtp)
    assert (await line.ask(words))[:1] == b"5"
    assert (await line.ask(b"NOOP")).startswith(b"250")


async def test_a_fault_of_ours_loses_nothing_and_says_nothing(
    lmtp: int, kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def falls(*_: object) -> None:
        raise RuntimeError(f"HEMLIGT {REPLY}")

    monkeypatch.setattr(Home, "read", falls)
    line = await dialled(lmtp)
    await line.ask(b"MAIL FROM:<>")
    assert await line.ask(b"RCPT TO:<" + TO.encode() + b">") == b"451 4.3.0 Try again later"
    assert "HEMLIGT" not in caplog.text and REPLY not in caplog.text


@pytest.mark.parametrize("leave", [Line.abort, lambda line: line.writer.close()], ids=["reset", "closed"])
@pytest.mark.parametrize("sent", [b"", HEAD, HEAD + b"half a line", HEAD + b".", HEAD + b".\r"])
async def test_a_mail_that_broke_off_is_no_mail(
    lmtp: int, kept: Kept, sent: bytes, leave: Callable[[Line], None]
) -> None:
    line = await in_data(lmtp)
    line.writer.write(sent)
    await line.writer.drain()
    leave(line)
    again = await in_data(lmtp)
    assert (await again.ask(HEAD + b"whole\r\n.")).startswith(b"250")
    assert [raw for raw, *_ in kept.mails] == [HEAD + b"whole\r\n"]


@pytest.mark.parametrize("source", ["lmtp", "smtp"])
async def test_a_client_that_waits_for_no_answer_sends_again(source: Source) -> None:
    """It went between its last dot and our 250: the mail is kept or not, and the second try is kept for certain."""
    came: list[bytes] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(raw: bytes, envelope: Envelope, source: str) -> None:
        begun.set()
        await go_on.wait()
        came.append(raw)

    await _twice(source, slow, begun, go_on)
    assert came and set(came) == {HEAD}


async def _twice(
    source: Source, store: Callable[[bytes, Envelope, str], Awaitable[None]], begun: asyncio.Event, go_on: asyncio.Event
) -> None:
    receiver = Receiver(Listen("127.0.0.1", 0), source, HOME, store)
    port = (await receiver.start()).port
    hello = b"LHLO" if source == "lmtp" else b"EHLO"
    for first in (True, False):
        line = await dialled(port, hello)
        await line.ask(b"MAIL FROM:<>")
        await line.ask(b"RCPT TO:<" + TO.encode() + b">")
        await line.ask(b"DATA")
        await line.say(HEAD + b".")
        await begun.wait()
        if first:
            line.abort()
        go_on.set()
        if not first:
            assert (await line.hear()).startswith(b"250")
    await receiver.close()
