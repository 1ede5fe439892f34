"""Clients that generators make of the API's description work, as made: openapi-python-client and openapi-typescript.

Each lists meetings, reads one, answers it twice under one key, and reads a problem, over real HTTP.
"""

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from sip.domain.people import Role
from sip.store import api_keys
from sip.store.api_keys import KeyRecord
from tests.peers.programs import HERE, MODULES, need, need_path, run
from tests.stories.county import unit
from tests.stories.stage import Stage, on_stage
from tests.tester import TESTER

# Files come as bytes; the generator knows those by one name alone.
_CONFIG = """\
content_type_overrides:
  application/pdf: application/octet-stream
  application/zip: application/octet-stream
  message/rfc822: application/octet-stream
post_hooks: []
"""
_TSCONFIG = {
    "compilerOptions": {
        "strict": True, "noUncheckedIndexedAccess": True, "target": "es2022", "module": "es2022",
        "moduleResolution": "bundler", "types": [], "lib": ["es2022", "dom"], "outDir": "out", "skipLibCheck": True,
    },
    "files": ["client.ts"],
}  # fmt: skip


@dataclass
class Served:
    """A service at work with a meeting that a unit is called to, the unit's key, and the description as a file."""

    stage: Stage
    address: str
    key: str
    description: Path

    async def came(self, said: str) -> None:
        """What a client told is what there is."""
        party = await self.stage.party("hemtjanst")
        assert json.loads(said) | {"start": ""} == {
            "listed": 1, "start": "", "standing": "attends", "same": True, "missing": "not_found",
        }  # fmt: skip
        assert [person.name for person in party.attendees] == ["Anna Svensson"]


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with on_stage(database_url, "2026-11-02 09:00", pages=True) as stage:
        await stage.call("2026-12-07 10:00")
        where = stage.place.listening["http"]
        address, description = f"http://{where.host}:{where.port}", tmp_path / "openapi.json"
        async with httpx.AsyncClient() as client:
            description.write_bytes((await client.get(f"{address}/api/schema/openapi.json")).content)
        async with stage.made.db.transaction(TESTER) as conn:
            key = await api_keys.make(conn, KeyRecord(UUID(int=8), "record", Role.UNIT_STAFF, unit("hemtjanst")))
        yield Served(stage, address, key, description)


async def test_openapi_python_client(served: Served, tmp_path: Path) -> None:
    """Made without a warning: nothing of the description is left out."""
    generator = need_path(Path(sys.executable).parent / "openapi-python-client")
    config = tmp_path / "config.yml"
    config.write_text(_CONFIG, encoding="utf-8")
    made = await run(
        generator, "generate", "--path", served.description, "--config", config, "--meta", "none", "--output-path",
        tmp_path / "sip_client", "--fail-on-warning",
    )  # fmt: skip
    assert "WARNING" not in made
    said = await run(sys.executable, HERE / "client.py", served.address, served.key, PYTHONPATH=str(tmp_path))
    await served.came(said)


async def test_openapi_typescript(served: Served, tmp_path: Path) -> None:
    """The types are strict, and the client of them runs."""
    need("node")
    for name in ("openapi-typescript", "openapi-fetch", "typescript"):
        need_path(MODULES / name)
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "tsconfig.json").write_text(json.dumps(_TSCONFIG), encoding="utf-8")
    (tmp_path / "client.ts").write_bytes((HERE / "client.ts").read_bytes())
    programs = MODULES / ".bin"
    await run(
        programs / "openapi-typescript", served.description, "-o", tmp_path / "schema.ts",
        "--default-non-nullable=false",
    )  # fmt: skip
    assert "sip.edges" not in (tmp_path / "schema.ts").read_text(encoding="utf-8")
    await run("node", programs / "tsc", "-p", tmp_path)
    await served.came(await run("node", tmp_path / "out" / "client.js", served.address, served.key))
