"""Another system: a real HTTPS server that keeps what it is sent, and answers as it is told to."""

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = (ipaddress.ip_network("127.0.0.0/8"),)
HANGS, DROPS = "hangs", "drops"


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    line: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` is what it says, in order; then 204. A status with more headers is written whole."""

    port: int
    ca: Path
    answers: list[str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/sip?from=sip"

    @property
    def trusting(self) -> ssl.SSLContext:
        """Whoever connects with this knows the server's certificate."""
        return ssl.create_default_context(cafile=self.ca)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.heard.append(Heard(line, headers, body))
            self.arrived.set()
            said = self.answers.pop(0) if self.answers else "204"
            if said == HANGS:
                await asyncio.sleep(3600)
            if said != DROPS:
                status, _, more = said.partition("\r\n")
                extra = f"{more}\r\n" if more else ""
                writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n{extra}\r\n".encode())
                await writer.drain()
        writer.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of this machine's address, signed by itself: certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "journal.example")])
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
    return folder / "c.pem", folder / "k.pem"


@asynccontextmanager
async def receiver(folder: Path) -> AsyncIterator[Receiver]:
    """The server, while inside."""
    ca, key = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca, key)
    made = Receiver(0, ca)
    server = await asyncio.start_server(made.take, "127.0.0.1", 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
