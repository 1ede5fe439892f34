"""Sittings of standing groups as values: locked after the groups, in the order of their ids (rules, section 2).

The law of this file: a reply token is made here, with its invitation, and no value holds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.sitting import GroupSitting, SeatInvitation, SittingSeat
from sip.store import db, tables
from sip.store.aggregates.versioned import COLUMNS, Rewrite, Versioned, versioned
from sip.store.codec import Shape
from sip.store.post.tokens import new_token
from sip.store.rows import Plan

SHAPE: Shape[GroupSitting] = Shape(GroupSitting, ("seats", "invitations")).check(tables.group_sitting, COLUMNS)
SEAT: Shape[SittingSeat] = Shape(SittingSeat).check(tables.sitting_seat, ("sitting_id",))
INVITATION: Shape[SeatInvitation] = Shape(SeatInvitation).check(
    tables.sitting_invitation, ("sitting_id", "reply_token")
)


def _named(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


_HEAD = f"select {_named((*SHAPE.columns, *COLUMNS))} from group_sitting"
_READ = f"{_HEAD} where id = any($1::uuid[])"
_LOCK = f"{_READ} order by id for no key update"
_LOCK_DUE = (
    f"{_HEAD} where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp())"
    " order by due_at limit $2 for no key update skip locked"
)
_OF = "where sitting_id = any($1::uuid[]) order by sitting_id"
_SEATS = f"select sitting_id, {_named(SEAT.columns)} from sitting_seat {_OF}, number"
_INVITATIONS = f"select sitting_id, {_named(INVITATION.columns)} from sitting_invitation {_OF}, seat, asked_at, id"


async def load_many(
    conn: AsyncConnection, ids: Iterable[UUID], *, lock: bool = False
) -> dict[UUID, Versioned[GroupSitting]]:
    """The sittings by id, those that exist; with `lock` they are this transaction's until it ends."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK if lock else _READ, list(ids)))


async def lock_free(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Versioned[GroupSitting]]:
    """Those of the sittings that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(f"{_LOCK} skip locked", list(ids)))


async def lock_due(conn: AsyncConnection, now: datetime, limit: int) -> dict[UUID, Versioned[GroupSitting]]:
    """The most overdue sittings that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK_DUE, now, limit))


async def _whole(raw: Any, rows: Sequence[Any]) -> dict[UUID, Versioned[GroupSitting]]:
    if not rows:
        return {}
    ids = [row[0] for row in rows]
    seats: dict[UUID, list[SittingSeat]] = defaultdict(list)
    for row in await raw.fetch(_SEATS, ids):
        seats[row[0]].append(SEAT.read(row, 1))
    invitations: dict[UUID, list[SeatInvitation]] = defaultdict(list)
    for row in await raw.fetch(_INVITATIONS, ids):
        invitations[row[0]].append(INVITATION.read(row, 1))
    return {
        row[0]: versioned(
            SHAPE.read(row, seats=tuple(seats.get(row[0], ())), invitations=tuple(invitations.get(row[0], ()))),
            row,
            SHAPE.width,
        )
        for row in rows
    }


_COLUMNS = (*SHAPE.columns[1:], *COLUMNS)
_OF_INVITATION = ("sitting_id", *INVITATION.columns[1:])


def _row(found: Versioned[GroupSitting]) -> tuple[Any, ...]:
    return (*SHAPE.write(found.state)[1:], *found.columns())


async def save_many(conn: AsyncConnection, changes: Sequence[Rewrite[GroupSitting]]) -> None:
    """Writes what differs, in set statements; an invitation keeps its reply token."""
    plan = Plan((tables.group_sitting, tables.sitting_seat, tables.sitting_invitation))
    for change in changes:
        before = None if change.old is None else _row(change.old)
        plan.put(tables.group_sitting, ("id",), (change.id,), _COLUMNS, before, _row(change.new))
        old = None if change.old is None else change.old.state
        _put_seats(plan, change.id, () if old is None else old.seats, change.new.state.seats)
        had = {} if old is None else {one.id: one for one in old.invitations}
        for one in change.new.state.invitations:
            _put_invitation(plan, change.id, had.get(one.id), one)
    await plan.write(await db.raw(conn))


def _put_seats(plan: Plan, sitting: UUID, old: Sequence[SittingSeat], new: Sequence[SittingSeat]) -> None:
    before, after = ({one.number: SEAT.write(one)[1:] for one in seats} for seats in (old, new))
    for number in sorted(before.keys() | after.keys()):
        key = (sitting, number)
        plan.put(
            tables.sitting_seat, ("sitting_id", "number"), key, SEAT.columns[1:], before.get(number), after.get(number)
        )


def _put_invitation(plan: Plan, sitting: UUID, old: SeatInvitation | None, new: SeatInvitation) -> None:
    row = (sitting, *INVITATION.write(new)[1:])
    if old is None:
        columns = (*_OF_INVITATION, "reply_token")
        plan.put(tables.sitting_invitation, ("id",), (new.id,), columns, None, (*row, new_token()))
    else:
        was = (sitting, *INVITATION.write(old)[1:])
        plan.put(tables.sitting_invitation, ("id",), (new.id,), _OF_INVITATION, was, row)
