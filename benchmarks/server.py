"""One PostgreSQL for a whole run: the embedded server with its ordinary, durable settings, in a folder of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg

from sip.embedded.server import ServerHandle, start_or_join
from sip.store.migrate import upgrade

DATABASE = "sip_bench"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is, for processes that use it and do not keep it."""

    socket_dir: str
    port: int
    database: str = DATABASE

    def url(self, role: str = "sip_service") -> str:
        return f"postgresql+asyncpg://{role}@/{self.database}?host={quote(self.socket_dir)}&port={self.port}"


@contextmanager
def server() -> Iterator[ServerHandle]:
    """A fresh server with the migrated database; gone afterwards, whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="sip-bench-"))
    folder.chmod(0o711)  # root runs the server as another user, who must get through
    try:
        handle = start_or_join(folder / "data")
        try:
            handle.ensure_database(DATABASE)
            upgrade(handle.owner_url(DATABASE))
            yield handle
        finally:
            handle.destroy()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def place_of(handle: ServerHandle) -> Place:
    return Place(str(handle.socket_dir), handle.port)


async def connect(place: Place, role: str = "sip_service") -> asyncpg.Connection:
    """A plain connection to the database of the run, as one of the embedded server's roles."""
    return await asyncpg.connect(host=place.socket_dir, port=place.port, user=role, database=place.database, ssl=False)
