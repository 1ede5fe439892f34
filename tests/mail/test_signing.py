"""Signatures that others can check: over a real server unharmed, once per mail, and broken by any change."""

import asyncio
import re
from email import message_from_bytes
from email.policy import default

import dkim
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sip.addresses import Relay
from sip.dkim_key import is_record_of, parse_private_key, pem_of, record_of
from sip.domain.effects import Mail
from sip.domain.people import Language
from sip.edges.checkup import dkim_finding
from sip.edges.findings import Level
from sip.edges.mail.envelope import Composed
from sip.edges.mail.handover import Handover
from sip.edges.mail.letters.samples import BOUNCE, HOME, REPLY, composed, every_preview
from sip.edges.mail.signing import Signer
from sip.edges.mail.ways.smtp import Sender, SentResult
from sip.usecases.engine.delivery import MailSecrets

PREVIEWS = [
    pytest.param(mails, id=f"{name}-{language}")
    for language in Language
    for name, mails in every_preview(language).items()
]  # fmt: skip
CALL = composed(*every_preview(Language.SV)["call"])
PKCS8 = serialization.PrivateFormat.PKCS8


def made(bits: int = 2048) -> str:
    key = rsa.generate_private_key(65537, bits)
    return key.private_bytes(serialization.Encoding.PEM, PKCS8, serialization.NoEncryption()).decode()


@pytest.fixture(scope="module")
def key() -> str:
    return made()


@pytest.fixture(scope="module")
def signer(key: str) -> Signer:
    return Signer("sip.region.example", "sip2026", pem_of(key))


def verified(data: bytes, key: str) -> bool:
    """As a receiver checks it, with the record asked for by name and no network."""
    asked = []

    def dnsfunc(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record_of(key).encode()

    right = bool(dkim.verify(data, dnsfunc=dnsfunc))
    assert set(asked) <= {b"sip2026._domainkey.sip.region.example."}
    return right


@pytest.mark.parametrize("mails", PREVIEWS)
def test_every_mail_is_signed_as_it_is(mails: tuple[Mail, ...], signer: Signer, key: str) -> None:
    ready = composed(*mails)
    signed = signer.signed(ready.data)
    assert signed.endswith(ready.data)
    assert signed.count(b"DKIM-Signature:") == 1
    assert verified(signed, key)
    assert max(map(len, signed.split(b"\r\n"))) <= 120
    assert not message_from_bytes(signed, policy=default).defects


def test_any_change_breaks_it(signer: Signer, key: str) -> None:
    signed = signer.signed(CALL.data)
    places = {
        "subject": signed.index(b"Subject: ") + 20, "from": signed.index(b"From: ") + 7,
        "reply-to": signed.index(REPLY.encode()), "message-id": signed.index(b"Message-ID: <") + 14,
        "plain part": signed.index(b"text/plain") + 200, "calendar part": signed.rindex(b"base64") + 80,
    }  # fmt: skip
    for where, at in places.items():
        changed = bytes([signed[at] ^ 1])
        assert not verified(signed[:at] + changed + signed[at + 1 :], key), where
    assert not verified(signed, made())


@pytest.mark.parametrize("name", [b"From", b"Subject", b"To", b"Reply-To", b"Date", b"Content-Type", b"Message-ID"])
def test_nothing_can_be_added_that_is_there_once(signer: Signer, key: str, name: bytes) -> None:
    signed = signer.signed(CALL.data)
    assert not verified(name + b": somebody@else.example\r\n" + signed, key)
    assert not verified(signed.replace(b"\r\n\r\n", b"\r\n" + name + b": x@else.example\r\n\r\n", 1), key)


def test_what_relays_do_does_not_break_it(signer: Signer, key: str) -> None:
    """Headers on top, other folding, other case of names, white space at the ends of lines."""
    signed = signer.signed(CALL.data)
    head, _, body = signed.partition(b"\r\n\r\n")
    refolded = re.sub(rb"\r\nTo: ([^<\r]+)<", rb"\r\nTo:\r\n \1\r\n\t<", head).replace(
        b"\r\nReply-To:", b"\r\nREPLY-TO:"
    )
    assert refolded != head
    relayed = b"Received: from a by b; Tue, 3 Nov 2026 09:00:00 +0000\r\n" + refolded + b"\r\n\r\n" + body + b"\r\n\r\n"
    assert verified(relayed, key)


class _Keeping:
    def __init__(self) -> None:
        self.content: bytes | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.content = content
        return "250 OK"


async def test_it_holds_after_a_real_server(signer: Signer, key: str) -> None:
    """Delivery composes and signs once; what a server takes can be checked there, and a repeat is the same bytes."""
    kept = _Keeping()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(kept, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    handover = Handover(HOME, "https://sip.region.example", Sender(Relay("127.0.0.1", port, None, None, "off")), signer)
    secrets = MailSecrets(BOUNCE, REPLY, (REPLY,), None, "NEEDS-ACTION", ("7F3KQ-2MX9D",))
    ready = handover.compose(every_preview(Language.SV)["call"], secrets)
    sender = Sender(Relay("127.0.0.1", port, None, None, "off"))
    for _ in range(2):
        sent = await sender.send(Composed(ready.message_id, ready.mail_from, ready.rcpt_to, ready.data))
        assert sent.result is SentResult.ACCEPTED
        assert kept.content == ready.data
    await sender.close()
    server.close()
    await server.wait_closed()
    await asyncio.sleep(0.05)
    assert kept.content is not None
    assert verified(kept.content, key)


def test_the_dns_is_compared_with_the_key(key: str) -> None:
    name, record = "sip2026._domainkey.sip.region.example", record_of(key)
    assert dkim_finding(name, key, [record]).level is Level.GOOD
    assert (
        dkim_finding(name, key, ["v=spf1 -all", record.replace("; ", ";").replace("p=MII", "p = MII")]).level
        is Level.GOOD
    )
    for wrong in ([], [record_of(made())], ["v=DKIM1; p="], [record.replace("k=rsa", "k=ed25519")], ["nonsense"]):
        found = dkim_finding(name, key, wrong)
        assert found.level is Level.BAD
        assert "sip mail dkim" in found.sentence
    assert not is_record_of("", key)


@pytest.mark.parametrize(
    ("pem", "said"),
    [
        ("hemlig", "must be a private key in PEM"),
        (made(1024), "must be an RSA key of at least 2048 bits"),
        (
            ec.generate_private_key(ec.SECP256R1()).private_bytes(
                serialization.Encoding.PEM, PKCS8, serialization.NoEncryption()
            ).decode(),
            "must be an RSA key of at least 2048 bits",
        ),
        (
            rsa.generate_private_key(65537, 2048).private_bytes(
                serialization.Encoding.PEM, PKCS8, serialization.BestAvailableEncryption(b"hemlig")
            ).decode(),
            "without a password",
        ),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_without_repeating_it(pem: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        parse_private_key(pem)
    assert pem not in str(caught.value)
    assert "hemlig" not in str(caught.value)


def test_the_headers_that_end_a_list_are_signed(signer: Signer, key: str) -> None:
    """RFC 8058, section 4: or a receiver offers no press."""
    news = signer.signed(composed(*every_preview(Language.SV)["notice-group_news"]).data)
    assert verified(news, key)
    signature = str(message_from_bytes(news, policy=default)["DKIM-Signature"]).lower()
    for name in ("list-unsubscribe", "list-unsubscribe-post"):
        assert name in re.split(r"[:;=\s]+", signature), name
        changed = re.sub(rf"(?im)^{name}: .*$".encode(), name.encode() + b": <https://evil.example>", news)
        assert not verified(changed, key), name
