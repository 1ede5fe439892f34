"""Each way in which the database's address may be written reaches it, for the pool and for whoever listens."""

import asyncpg
import pytest
from sqlalchemy import text

from sip.addresses import parse_database_url
from sip.store.db import Database, DatabaseAway
from tests.faults.wire import socket_of, wire
from tests.machine import free_port
from tests.tester import TESTER

SEVERAL = "sslmode=disable&host=127.0.0.1,127.0.0.1&port={dead},{port}"


@pytest.mark.parametrize(
    "where",
    [
        "127.0.0.1:{port}/{database}?sslmode=disable",
        "127.0.0.1:{port}/{database}?sslmode=prefer&timeout=3&prepared_statement_cache_size=50",
        f"/{{database}}?{SEVERAL}",
        f"/{{database}}?{SEVERAL}&target_session_attrs=read-write",
    ],
)
async def test_it_is_reached(database: str, database_url: str, where: str) -> None:
    async with wire(socket_of(database_url)) as line:
        url = parse_database_url(f"postgresql://sip_app@{where}".format(**_at(line.port, database)))
        db = Database(url, 1)
        async with db.transaction(TESTER) as conn:
            assert await conn.scalar(text("select current_user")) == "sip_app"
        await db.close()
        listener = await asyncpg.connect(db.asyncpg_url)
        assert await listener.fetchval("select current_user") == "sip_app"
        await listener.close()


async def test_no_standby_is_there(database: str, database_url: str) -> None:
    """The server is none; the sentence names where was looked."""
    async with wire(socket_of(database_url)) as line:
        where = f"/{{database}}?{SEVERAL}&target_session_attrs=standby".format(**_at(line.port, database))
        db = Database(parse_database_url(f"postgresql://sip_app@{where}"), 1)
        with pytest.raises(DatabaseAway, match=r"at 127\.0\.0\.1,127\.0\.0\.1 cannot be reached"):
            async with db.transaction(TESTER):
                pass
        await db.close()


def _at(port: int, database: str) -> dict[str, int | str]:
    return {"dead": free_port(), "port": port, "database": database}
