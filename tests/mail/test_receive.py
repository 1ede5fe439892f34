"""The receivers, spoken to by the standard library's clients."""

import asyncio
import smtplib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sip.addresses import Listen
from sip.edges.mail.letters.samples import BOUNCE, HOME, REPLY
from sip.edges.mail.ways.receive import Receiver, Source
from sip.usecases.received.inbound import Envelope

RAW = b"From: a@a.example\r\nSubject: x\r\n\r\n.dot\r\nhej\r\n"
TO = f"sip+{REPLY}@sip.region.example"
BACK = f"bounce+{BOUNCE}@sip.region.example"


@dataclass
class Kept:
    """A store that can be away."""

    mails: list[tuple[bytes, str, tuple[str, ...], str]] = field(default_factory=list)
    trouble: Exception | None = None

    async def store(self, raw: bytes, envelope: Envelope, source: str) -> None:
        if self.trouble:
            raise self.trouble
        await asyncio.sleep(0)
        self.mails.append((raw, envelope.mail_from, envelope.recipients, source))


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def lmtp(kept: Kept) -> AsyncIterator[int]:
    async for port in listening("lmtp", kept):
        yield port


@pytest.fixture
async def smtp(kept: Kept) -> AsyncIterator[int]:
    async for port in listening("smtp", kept):
        yield port


async def listening(source: Source, kept: Kept) -> AsyncIterator[int]:
    receiver = Receiver(Listen("127.0.0.1", 0), source, HOME, kept.store)
    yield (await receiver.start()).port
    await receiver.close()


def lmtp_session(port: int, rcpts: list[str], raw: bytes = RAW) -> tuple[list[int], list[bytes]]:
    """RCPT codes, and the replies after DATA: one for each recipient (RFC 2033)."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock, sock.makefile("rwb") as line:

        def say(text: bytes) -> bytes:
            line.write(text + b"\r\n")
            line.flush()
            return line.readline()

        line.readline()
        reply = say(b"LHLO mx.ekby.example")
        while reply[3:4] == b"-":
            reply = line.readline()
        assert say(b"MAIL FROM:<>").startswith(b"250")
        codes = [int(say(b"RCPT TO:<" + rcpt.encode() + b">")[:3]) for rcpt in rcpts]
        assert say(b"DATA").startswith(b"354")
        line.write(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        line.flush()
        replies = [line.readline() for code in codes if code == 250]
        assert say(b"NOOP").startswith(b"250")
        return codes, replies


async def test_lmtp_answers_once_for_each_recipient(lmtp: int, kept: Kept) -> None:
    codes, replies = await asyncio.to_thread(lmtp_session, lmtp, [TO, "anna@sip.region.example", BACK])
    assert codes == [250, 550, 250]
    assert [reply[:3] for reply in replies] == [b"250", b"250"]
    assert kept.mails == [(RAW, "", (TO, BACK), "lmtp")]


async def test_lmtp_by_the_standard_librarys_client(lmtp: int, kept: Kept) -> None:
    def send() -> dict[str, tuple[int, bytes]]:
        with smtplib.LMTP("127.0.0.1", lmtp, local_hostname="mx.ekby.example") as client:
            return client.sendmail("a@a.example", [TO, "other@sip.region.example"], RAW)

    refused = await asyncio.to_thread(send)
    assert {address: code for address, (code, _) in refused.items()} == {"other@sip.region.example": 550}
    assert kept.mails == [(RAW, "a@a.example", (TO,), "lmtp")]


@pytest.mark.parametrize("trouble", [ConnectionError("gone"), RuntimeError("HEMLIGT")])
async def test_nothing_is_lost_while_the_database_is_away(
    lmtp: int, kept: Kept, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    kept.trouble = trouble
    _, replies = await asyncio.to_thread(lmtp_session, lmtp, [TO, BACK])
    assert [reply[:3] for reply in replies] == [b"451", b"451"]
    assert "HEMLIGT" not in caplog.text
    kept.trouble = None
    _, replies = await asyncio.to_thread(lmtp_session, lmtp, [TO])
    assert [reply[:3] for reply in replies] == [b"250"]
    assert len(kept.mails) == 1


async def test_too_large_is_refused_once_for_each_recipient(lmtp: int, kept: Kept) -> None:
    _, replies = await asyncio.to_thread(
        lmtp_session, lmtp, [TO, BACK], b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 15_000
    )
    assert [reply[:3] for reply in replies] == [b"552", b"552"]
    assert not kept.mails


async def test_long_lines_are_taken(lmtp: int, kept: Kept) -> None:
    long = b"Subject: x\r\n\r\n" + b"y" * 20_000 + b"\r\n"
    await asyncio.to_thread(lmtp_session, lmtp, [TO], long)
    assert kept.mails[0][0] == long


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (TO.upper(), 250),
        (TO.replace("+", "%2B"), 250),
        ("sip@sip.region.example", 250),
        ("postmaster@sip.region.example", 250),
        ("postmaster", 250),
        (BACK, 250),
        ("bounce@sip.region.example", 550),
        (f"sip+{REPLY}x@sip.region.example", 550),
        ("sip@elsewhere.example", 550),
    ],
)
async def test_recipients_are_judged_by_shape(smtp: int, kept: Kept, address: str, code: int) -> None:
    def ask() -> int:
        with smtplib.SMTP("127.0.0.1", smtp, local_hostname="mx.ekby.example") as client:
            client.ehlo()
            client.mail("a@a.example")
            return client.docmd(f"RCPT TO:<{address}>")[0]

    assert await asyncio.to_thread(ask) == code


async def test_smtp_by_the_standard_librarys_client(smtp: int, kept: Kept) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", smtp, local_hostname="mx.ekby.example") as client:
            client.sendmail("a@a.example", [TO, BACK], RAW)
            client.sendmail("b@b.example", [TO], RAW)

    await asyncio.to_thread(send)
    assert [(mail_from, rcpts, source) for _, mail_from, rcpts, source in kept.mails] == [
        ("a@a.example", (TO, BACK), "smtp"),
        ("b@b.example", (TO,), "smtp"),
    ]


async def test_a_unix_socket_is_made_and_removed(tmp_path: Path, kept: Kept) -> None:
    path = tmp_path / "lmtp.sock"
    for _ in range(2):
        receiver = Receiver(Listen(path=str(path)), "lmtp", HOME, kept.store)
        await receiver.start()
        assert path.is_socket()
        reader, writer = await asyncio.open_unix_connection(path)
        assert (await reader.readline()).startswith(b"220")
        await receiver.close()
        assert await reader.read() == b""
        writer.close()
        assert not path.exists()


async def test_a_file_in_the_way_is_left_alone(tmp_path: Path, kept: Kept) -> None:
    path = tmp_path / "lmtp.sock"
    path.write_text("mine")
    with pytest.raises(OSError, match="in use"):
        await Receiver(Listen(path=str(path)), "lmtp", HOME, kept.store).start()
    assert path.read_text() == "mine"
