"""One PostgreSQL for a whole run: the embedded server with its ordinary, durable settings, in a folder of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from sip.store.embedded import ServerHandle, start_or_join
from sip.store.migrate import upgrade

DATABASE = "sip_bench"


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


async def connect(handle: ServerHandle, role: str = "sip_app") -> asyncpg.Connection:
    """A plain connection to the database of the run, as one of the embedded server's roles."""
    return await asyncpg.connect(host=str(handle.socket_dir), port=handle.port, user=role, database=DATABASE, ssl=False)
