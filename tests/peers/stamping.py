"""A time stamping authority run here: `openssl ts` behind a small HTTP server, under a root made for the test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from sip.seal_stamp import QUERY, REPLY
from tests.peers.programs import need, run

_CONFIG = """\
[ tsa ]
default_tsa = here
[ here ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ stamps ]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


@dataclass(slots=True)
class Authority:
    """Where it is asked, its root, and how it behaves: `away` answers 503, `says` gives these bytes instead."""

    url: str
    root: Path
    config: Path
    folder: Path
    asked: int = 0
    away: bool = False
    says: bytes | None = None

    async def token(self, query: bytes) -> bytes:
        """The reply that openssl gives to this query."""
        asked, reply = self.folder / "query", self.folder / "reply"
        await asyncio.to_thread(asked.write_bytes, query)
        await run("openssl", "ts", "-reply", "-config", self.config, "-queryfile", asked, "-out", reply)
        return await asyncio.to_thread(reply.read_bytes)


async def made(folder: Path) -> tuple[Path, Path]:
    """The root and the configuration of a new authority in this folder."""
    need("openssl")
    config, root = folder / "tsa.cnf", folder / "ca.pem"
    config.write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    new = ("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj")
    await run(*new, "/CN=Rot", "-x509", "-days", "30", "-keyout", folder / "ca.key", "-out", root)
    await run(*new, "/CN=Tidsstämpling", "-utf8", "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr")
    await run(
        "openssl", "x509", "-req", "-in", folder / "tsa.csr", "-CA", root, "-CAkey", folder / "ca.key",
        "-CAcreateserial", "-days", "30", "-extfile", config, "-extensions", "stamps", "-out", folder / "tsa.pem",
    )  # fmt: skip
    return root, config


@contextlib.asynccontextmanager
async def authority(folder: Path) -> AsyncIterator[Authority]:
    """One that answers over HTTP until the block ends."""
    root, config = await made(folder)
    here = Authority("", root, config, folder)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        here.asked += 1
        status, said = "503 Away", b""
        if QUERY in head and not here.away:
            status, said = "200 OK", here.says or await here.token(body)
        about = (f"HTTP/1.1 {status}", f"content-type: {REPLY}", f"content-length: {len(said)}", "connection: close")
        writer.write("\r\n".join((*about, "", "")).encode() + said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    here.url = f"http://{host}:{port}/"
    async with server:
        yield here
