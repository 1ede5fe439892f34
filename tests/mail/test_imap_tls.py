"""TLS to the IMAP account: the certificate is checked, and nobody can talk us out of it before the password is said."""

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sip.addresses import ImapAccount, ImapTls
from sip.edges.mail.ways.imap import Access, AccountTrouble, Conversation
from tests.mail.imap_server import ImapServer, imap_server


@dataclass(frozen=True)
class Certificate:
    """A server's certificate that nobody but itself has signed, for this machine's address."""

    context: ssl.SSLContext
    path: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(start).not_valid_after(start + timedelta(days=7300)).add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem", folder / "k.pem")
    return Certificate(context, folder / "c.pem")


async def sign_in(server: ImapServer, tls: ImapTls) -> str | None:
    """The trouble it had, None when it was let in."""

    def blocks() -> str | None:
        talk = Conversation(Access(ImapAccount("127.0.0.1", server.port, server.user, server.password, tls)))
        try:
            talk.sign_in()
            talk.close()
        except AccountTrouble as trouble:
            return str(trouble)
        finally:
            talk.cut()
        return None

    return await asyncio.to_thread(blocks)


@pytest.mark.parametrize("tls", ["implicit", "required"])
async def test_the_certificate_is_checked(
    certificate: Certificate, tls: ImapTls, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certificate.context
    wrapped, upgraded = (context, None) if tls == "implicit" else (None, context)
    async with imap_server(wrapped, starttls=upgraded) as server:
        told = await sign_in(server, tls)
        assert told is not None and "cannot be reached" in told and "certificate" in told.lower()
        assert not any("AUTHENTICATE" in said or "LOGIN" in said for said in server.said)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        assert await sign_in(server, tls) is None


async def test_tls_that_is_required_but_not_offered_says_no_password() -> None:
    """Somebody in between has taken the offer away."""
    async with imap_server() as server:
        told = await sign_in(server, "required")
        assert told is not None and "STARTTLS" in told
        assert not any("AUTHENTICATE" in said or "LOGIN" in said for said in server.said)
