"""What was changed in the directory, by whom and when: only added to, in the transaction of the change (house, law 13).

A change is of one thing that somebody looks up: a principal, an organisation, a unit or a person. What belongs to a
place (an address, a closed day, a role) is a change of that place, and a role one of its person too.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, tables
from sip.store.aggregates.journal import ActorColumns
from sip.store.rows import Told, insert_in_parts, silently

Cell = tuple[str, str, str]
"""A column of the directory's file, what stood there and what stands there; "" for nothing."""

_ACTOR = ("actor_kind", "actor_id", "actor_name", "actor_unit_id", "actor_role")
_WHAT = ("subject_id", "person_id", "kind", "act", "called", "cells")


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """One thing that differs afterwards. `act`: new, changed, archived or gone; `kind` and columns as in the file,
    `called` its name, or the names that tell which address or role it is.
    """

    subject_id: UUID
    person_id: UUID | None
    kind: str
    act: str
    called: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change read back: who made it, and when by the service's clock."""

    id: int
    change: DirectoryChange
    by: ActorColumns
    at: datetime


async def add(
    conn: AsyncConnection, by: ActorColumns, at: datetime, changes: Sequence[DirectoryChange], told: Told = silently
) -> None:
    """Writes them, in their order."""
    who = (by.kind, by.id, by.name, by.unit_id, by.role, at)
    rows = [
        (
            one.subject_id,
            one.person_id,
            one.kind,
            one.act,
            list(one.called),
            json.dumps(one.cells, ensure_ascii=False),
            *who,
        )
        for one in changes
    ]
    await insert_in_parts(await db.raw(conn), tables.directory_change, (*_WHAT, *_ACTOR, "at"), rows, told=told)


async def latest(conn: AsyncConnection, subject: UUID, limit: int, *, before: int | None = None) -> list[ChangeLine]:
    """The changes of one thing, the latest first; those of what is older than the change numbered `before`."""
    rows = await (await db.raw(conn)).fetch(
        f"select id, {', '.join(_WHAT[:-1])}, cells::text, {', '.join(_ACTOR)}, at from directory_change"
        " where (subject_id = $1 or person_id = $1) and ($2::bigint is null or id < $2) order by id desc limit $3",
        subject,
        before,
        limit,
    )
    return [
        ChangeLine(
            row[0],
            DirectoryChange(row[1], row[2], row[3], row[4], tuple(row[5]), tuple(map(tuple, json.loads(row[6])))),
            ActorColumns(*row[7:12]),
            row[12],
        )
        for row in rows
    ]
