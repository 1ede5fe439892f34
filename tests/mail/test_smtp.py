"""The sender against real servers: willing, refusing, slow, dropping, with and without TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sip.addresses import Relay, RelayTls
from sip.domain.effects import MailKind
from sip.edges.mail.letters.samples import BOUNCE, composed, mail
from sip.edges.mail.ways.smtp import Sender, SentResult

MAIL = composed(mail(MailKind.CALL))


@dataclass
class Sink:
    """A real server whose words can be chosen."""

    rcpt: str = "250 OK"
    data: str = "250 OK queued as 1"
    drop_after_data: bool = False
    mails: list[Envelope] = field(default_factory=list)
    sessions: list[SMTP] = field(default_factory=list)
    most: int = 0
    busy: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0.01)
        self.busy -= 1
        if self.drop_after_data:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]  # aiosmtpd has no types
        self.mails.append(envelope)
        return self.data

    async def serve(self, **options: object) -> tuple[asyncio.Server, int]:
        loop = asyncio.get_running_loop()

        def protocol() -> SMTP:
            made = SMTP(self, hostname="relay.example", loop=loop, **options)  # type: ignore[arg-type]  # options by name
            self.sessions.append(made)
            return made

        server = await loop.create_server(protocol, "127.0.0.1", 0)
        return server, server.sockets[0].getsockname()[1]


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
async def port(sink: Sink) -> AsyncIterator[int]:
    server, port = await sink.serve()
    yield port
    await stop(server, sink)


async def stop(server: asyncio.Server, sink: Sink) -> None:
    server.close()
    for one in sink.sessions:
        if one.transport is not None:
            one.transport.close()
    await server.wait_closed()
    await asyncio.sleep(0)


def sender(port: int, tls: RelayTls = "off", user: str | None = None, **options: object) -> Sender:
    relay = Relay("127.0.0.1", port, user, "secret" if user else None, tls)
    return Sender(relay, hostname="sip.region.example", **{"timeout": 5.0, **options})  # type: ignore[arg-type]  # options by name


async def test_accepted_over_one_kept_connection(sink: Sink, port: int) -> None:
    ours = sender(port)
    sent = [await ours.send(MAIL) for _ in range(3)]
    await ours.close()
    assert [(one.result, one.code) for one in sent] == [(SentResult.ACCEPTED, 250)] * 3
    assert sent[0].text == "OK queued as 1"
    assert len(sink.sessions) == 1
    taken = sink.mails[0]
    assert (taken.mail_from, taken.rcpt_tos) == (MAIL.mail_from, [MAIL.rcpt_to])
    assert taken.content == MAIL.data


async def test_at_most_so_many_at_once(sink: Sink, port: int) -> None:
    ours = sender(port, connections=3)
    sent = await asyncio.gather(*(ours.send(MAIL) for _ in range(20)))
    await ours.close()
    assert {one.result for one in sent} == {SentResult.ACCEPTED}
    assert 1 <= sink.most <= 3
    assert len(sink.sessions) <= 3


@pytest.mark.parametrize(
    ("rcpt", "data", "result"),
    [
        ("450 4.2.1 Mailbox busy", "250 OK", SentResult.LATER),
        ("550 5.1.1 User unknown", "250 OK", SentResult.NEVER),
        ("530 5.7.0 Must issue a STARTTLS command first", "250 OK", SentResult.LATER),
        ("250 OK", "452 4.3.1 Out of space", SentResult.LATER),
        ("250 OK", "554 5.6.0 Not this\r\n", SentResult.NEVER),
    ],
)
async def test_refusals_keep_the_servers_words(sink: Sink, port: int, rcpt: str, data: str, result: SentResult) -> None:
    sink.rcpt, sink.data = rcpt, data.strip()
    ours = sender(port)
    sent = await ours.send(MAIL)
    refused = rcpt if not rcpt.startswith("250") else data.strip()
    assert (sent.result, sent.code, sent.text) == (result, int(refused[:3]), refused)
    sink.rcpt = sink.data = "250 OK"
    assert (await ours.send(MAIL)).result is SentResult.ACCEPTED
    await ours.close()
    assert len(sink.sessions) == 1


async def test_lost_after_data_is_unknown(sink: Sink, port: int) -> None:
    sink.drop_after_data = True
    ours = sender(port)
    assert (await ours.send(MAIL)).result is SentResult.UNKNOWN
    sink.drop_after_data = False
    assert (await ours.send(MAIL)).result is SentResult.ACCEPTED
    await ours.close()


async def test_nobody_listening_is_later() -> None:
    server, port = await Sink().serve()
    server.close()
    await server.wait_closed()
    sent = await sender(port).send(MAIL)
    assert (sent.result, sent.code) == (SentResult.LATER, None)
    assert sent.text


async def test_a_silent_server_is_later() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    sent = await sender(server.sockets[0].getsockname()[1], timeout=0.2).send(MAIL)
    assert sent.result is SentResult.LATER
    server.close()
    await server.wait_closed()
    await asyncio.sleep(0.05)


async def test_a_connection_that_was_closed_meanwhile_is_opened_anew(sink: Sink, port: int) -> None:
    ours = sender(port)
    assert (await ours.send(MAIL)).result is SentResult.ACCEPTED
    transport = sink.sessions[0].transport
    assert transport is not None
    transport.close()
    assert (await ours.send(MAIL)).result is SentResult.ACCEPTED
    await ours.close()
    assert len(sink.sessions) == 2


@dataclass
class Scripted:
    """A server that offers DSN and goes away after its first mail with 421; it writes down what it is told."""

    told: list[str] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        mails = 0
        writer.write(b"220 relay.example\r\n")
        while line := await reader.readline():
            text = line.decode().strip()
            self.told.append(text)
            if text.startswith("EHLO"):
                writer.write(b"250-relay.example\r\n250 DSN\r\n")
            elif text == "DATA":
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                mails += 1
                writer.write(b"250 OK\r\n")
            elif text.startswith("MAIL") and mails:
                writer.write(b"421 4.7.0 Enough for today\r\n")
                break
            elif text == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 OK\r\n")
        await writer.drain()
        writer.close()


async def test_reports_are_asked_for_by_our_token_and_421_opens_anew() -> None:
    relay = Scripted()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    ours = sender(server.sockets[0].getsockname()[1])
    assert [(await ours.send(MAIL)).result for _ in range(2)] == [SentResult.ACCEPTED] * 2
    await ours.close()
    server.close()
    await server.wait_closed()
    assert f"MAIL FROM:<{MAIL.mail_from}> ENVID={BOUNCE} RET=HDRS" in relay.told
    assert f"RCPT TO:<{MAIL.rcpt_to}> NOTIFY=FAILURE,DELAY" in relay.told
    assert relay.connections == 2


@pytest.fixture(scope="module")
def tls_context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's certificate that nobody has signed."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.example")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(start).not_valid_after(start + timedelta(days=7300)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem", folder / "k.pem")
    return context


def only_anna(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data.login == b"anna" and data.password == b"secret")


@pytest.mark.parametrize(
    ("tls", "user", "result"),
    [
        ("opportunistic", "anna", SentResult.ACCEPTED),
        ("opportunistic", "bo", SentResult.LATER),
        ("required", "anna", SentResult.LATER),
        ("off", None, SentResult.LATER),
    ],
)
async def test_tls_and_login_are_never_the_recipients_fault(
    sink: Sink, tls_context: ssl.SSLContext, tls: RelayTls, user: str | None, result: SentResult
) -> None:
    """`required` checks the certificate, which nobody has signed: nothing is sent."""
    server, port = await sink.serve(
        tls_context=tls_context, require_starttls=True, auth_required=True, authenticator=only_anna
    )
    ours = sender(port, tls, user, timeout=1.0)
    sent = await ours.send(MAIL)
    await ours.close()
    await stop(server, sink)
    assert sent.result is result
    assert len(sink.mails) == (result is SentResult.ACCEPTED)
    assert "secret" not in sent.text


async def test_tls_required_but_not_offered_is_later(sink: Sink, port: int) -> None:
    sent = await sender(port, "required").send(MAIL)
    assert sent.result is SentResult.LATER
    assert not sink.mails
