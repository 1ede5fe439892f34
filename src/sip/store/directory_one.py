"""One thing of the directory by its id, as `directory` has them in lists."""

from collections.abc import Sequence
from typing import Literal, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.codec import Shape
from sip.store.directory import (
    ORGANISATION,
    PERSON,
    PRINCIPAL,
    ROLE,
    UNIT,
    OrganisationRecord,
    PersonRecord,
    PrincipalRecord,
    RoleRecord,
    UnitRecord,
)

T = TypeVar("T")
TAKEN = (IntegrityError, asyncpg.IntegrityConstraintViolationError)
"""What the database raises for a name, number or address that another row has; raw statements raise asyncpg's own."""
REFUSED = (*TAKEN, asyncpg.TransactionRollbackError, asyncpg.QueryCanceledError, asyncpg.DataError)
"""What it raises for a row it does not take, for two writers that wait for each other, and for one who takes too long.
"""


def refused_row(error: BaseException) -> tuple[str, str]:
    """Why, in the server's words with nobody's data in them, and what the server told of the row, for a program."""
    origin = getattr(error, "orig", None)
    cause = (origin.__cause__ or origin) if origin is not None else error
    told = f"{getattr(cause, 'detail', None) or ''} {getattr(cause, 'message', None) or ''}"
    why = getattr(cause, "constraint_name", None) or type(cause).__name__.removesuffix("Error")
    return why, told


async def _one(conn: AsyncConnection, table: str, shape: Shape[T], identity: UUID, lock: bool) -> T | None:
    names = ", ".join(f'"{column}"' for column in shape.columns)
    tail = " for no key update" if lock else ""
    row = await (await db.raw(conn)).fetchrow(f"select {names} from {table} where id = $1{tail}", identity)
    return None if row is None else shape.read(row)


async def principal(conn: AsyncConnection, identity: UUID, *, lock: bool = False) -> PrincipalRecord | None:
    return await _one(conn, "principal", PRINCIPAL, identity, lock)


async def organisation(conn: AsyncConnection, identity: UUID, *, lock: bool = False) -> OrganisationRecord | None:
    return await _one(conn, "organisation", ORGANISATION, identity, lock)


async def unit(conn: AsyncConnection, identity: UUID, *, lock: bool = False) -> UnitRecord | None:
    return await _one(conn, "unit", UNIT, identity, lock)


async def unit_by_hsa_id(conn: AsyncConnection, hsa_id: str) -> UnitRecord | None:
    names = ", ".join(f'"{column}"' for column in UNIT.columns)
    row = await (await db.raw(conn)).fetchrow(f"select {names} from unit where hsa_id = $1", hsa_id)
    return None if row is None else UNIT.read(row)


async def person(conn: AsyncConnection, identity: UUID, *, lock: bool = False) -> PersonRecord | None:
    return await _one(conn, "person", PERSON, identity, lock)


async def role(conn: AsyncConnection, identity: UUID, *, lock: bool = False) -> RoleRecord | None:
    return await _one(conn, "role", ROLE, identity, lock)


async def _several(conn: AsyncConnection, table: str, shape: Shape[T], ids: Sequence[UUID]) -> list[T]:
    names = ", ".join(f'"{column}"' for column in shape.columns)
    rows = await (await db.raw(conn)).fetch(f"select {names} from {table} where id = any($1::uuid[])", list(ids))
    return [shape.read(row) for row in rows]


async def persons(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, PersonRecord]:
    """Those of these members of staff that there are."""
    return {one.id: one for one in await _several(conn, "person", PERSON, ids)}


async def organisations(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, OrganisationRecord]:
    """Those of these organisations that there are."""
    return {one.id: one for one in await _several(conn, "organisation", ORGANISATION, ids)}


async def principals(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, PrincipalRecord]:
    """Those of these principals that there are."""
    return {one.id: one for one in await _several(conn, "principal", PRINCIPAL, ids)}


async def roles_in(
    conn: AsyncConnection, kind: Literal["unit", "organisation", "principal"], identity: UUID
) -> list[RoleRecord]:
    """The roles held in this very place, not in what belongs to it, in the order of their ids."""
    names = ", ".join(f'"{column}"' for column in ROLE.columns)
    sql = f"select {names} from role where {kind}_id = $1 order by id"
    return [ROLE.read(row) for row in await (await db.raw(conn)).fetch(sql, identity)]
