"""What was last read of units from an export of HSA, field by field (rules, section 22 H2)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, tables
from sip.store.rows import insert

_COLUMNS = ("unit_id", "field", "value")


async def every(conn: AsyncConnection) -> dict[tuple[UUID, str], str]:
    """The last value read, by unit and field."""
    rows = await (await db.raw(conn)).fetch("select unit_id, field, value from hsa_value")
    return {(row[0], row[1]): row[2] for row in rows}


async def keep(conn: AsyncConnection, values: Sequence[tuple[UUID, str, str]]) -> None:
    """These are the last values read now."""
    conflict = "on conflict (unit_id, field) do update set value = excluded.value, recorded_at = clock_timestamp()"
    await insert(await db.raw(conn), tables.hsa_value, _COLUMNS, list(values), conflict)
