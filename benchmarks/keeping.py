"""A database of many meetings, kept in a folder: `make bench ARGS="build --meetings 250000 --to FOLDER"`.

It is what the service finds in `SIP_DATA_DIR`, so that pages can be looked at and measured over it.
"""

import asyncio
from pathlib import Path

from benchmarks import growth
from benchmarks.server import Place
from benchmarks.steps import Steps
from sip.embedded.server import start_or_join
from sip.store.migrate import upgrade

NAME = "sip"


def build(folder: Path, meetings: int, steps: Steps) -> None:
    """Fills the database of this folder in place of what is there, and stops its server."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = start_or_join(folder)
    try:
        handle.ensure_database(NAME)
        upgrade(handle.owner_url(NAME))
        asyncio.run(growth.fill(Place(str(handle.socket_dir), handle.port, NAME), meetings, steps))
    finally:
        handle.close()
