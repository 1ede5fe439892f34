"""Standing groups as values: locked after meetings, reports and items, in the order of their ids (rules, section 2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.group import GroupSeat, SeatBody, SeatTerm, StandingGroup
from sip.store import db, tables
from sip.store.aggregates.versioned import COLUMNS, Rewrite, Versioned, versioned
from sip.store.codec import Shape
from sip.store.rows import Plan

SHAPE: Shape[StandingGroup] = Shape(StandingGroup, ("seats",)).check(tables.standing_group, COLUMNS)
SEAT: Shape[GroupSeat] = Shape(GroupSeat, ("bodies", "terms")).check(tables.group_seat, ("group_id",))
BODY: Shape[SeatBody] = Shape(SeatBody).check(tables.seat_body, ("group_id", "seat", "place"))
TERM: Shape[SeatTerm] = Shape(SeatTerm).check(tables.seat_term, ("group_id", "seat"))


def _named(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


_HEAD = f"select {_named((*SHAPE.columns, *COLUMNS))} from standing_group"
_READ = f"{_HEAD} where id = any($1::uuid[])"
_LOCK = f"{_READ} order by id for no key update"
_LOCK_DUE = (
    f"{_HEAD} where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp())"
    " order by due_at limit $2 for no key update skip locked"
)
_OF = "where group_id = any($1::uuid[]) order by group_id"
_SEATS = f"select group_id, {_named(SEAT.columns)} from group_seat {_OF}, number"
_BODIES = f"select group_id, seat, {_named(BODY.columns)} from seat_body {_OF}, seat, place"
_TERMS = f"select group_id, seat, {_named(TERM.columns)} from seat_term {_OF}, seat, number"


async def load_many(
    conn: AsyncConnection, ids: Iterable[UUID], *, lock: bool = False
) -> dict[UUID, Versioned[StandingGroup]]:
    """The groups by id, those that exist; with `lock` they are this transaction's until it ends."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK if lock else _READ, list(ids)))


async def lock_free(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Versioned[StandingGroup]]:
    """Those of the groups that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(f"{_LOCK} skip locked", list(ids)))


async def lock_due(conn: AsyncConnection, now: datetime, limit: int) -> dict[UUID, Versioned[StandingGroup]]:
    """The most overdue groups that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK_DUE, now, limit))


async def with_above(conn: AsyncConnection, found: Mapping[UUID, StandingGroup]) -> dict[UUID, StandingGroup]:
    """These groups with every group above them, by id."""
    known = dict(found)
    while missing := {one.above.id for one in known.values() if one.above is not None} - known.keys():
        more = await load_many(conn, sorted(missing))
        if not more:
            break
        known |= {one: there.state for one, there in more.items()}
    return known


async def _whole(raw: Any, rows: Sequence[Any]) -> dict[UUID, Versioned[StandingGroup]]:
    if not rows:
        return {}
    ids = [row[0] for row in rows]
    bodies: dict[tuple[UUID, int], list[SeatBody]] = defaultdict(list)
    for row in await raw.fetch(_BODIES, ids):
        bodies[row[0], row[1]].append(BODY.read(row, 2))
    terms: dict[tuple[UUID, int], list[SeatTerm]] = defaultdict(list)
    for row in await raw.fetch(_TERMS, ids):
        terms[row[0], row[1]].append(TERM.read(row, 2))
    seats: dict[UUID, list[GroupSeat]] = defaultdict(list)
    for row in await raw.fetch(_SEATS, ids):
        key = (row[0], row[1])
        seats[row[0]].append(SEAT.read(row, 1, bodies=tuple(bodies.get(key, ())), terms=tuple(terms.get(key, ()))))
    return {row[0]: versioned(SHAPE.read(row, seats=tuple(seats.get(row[0], ()))), row, SHAPE.width) for row in rows}


_COLUMNS = (*SHAPE.columns[1:], *COLUMNS)


def _row(found: Versioned[StandingGroup]) -> tuple[Any, ...]:
    return (*SHAPE.write(found.state)[1:], *found.columns())


async def save_many(conn: AsyncConnection, changes: Sequence[Rewrite[StandingGroup]]) -> None:
    """Writes what differs, in set statements."""
    plan = Plan((tables.standing_group, tables.group_seat, tables.seat_body, tables.seat_term))
    for change in changes:
        before = None if change.old is None else _row(change.old)
        plan.put(tables.standing_group, ("id",), (change.id,), _COLUMNS, before, _row(change.new))
        old = {} if change.old is None else {seat.number: seat for seat in change.old.state.seats}
        for seat in change.new.state.seats:
            _put_seat(plan, change.id, old.get(seat.number), seat)
    await plan.write(await db.raw(conn))


def _put_seat(plan: Plan, group: UUID, old: GroupSeat | None, new: GroupSeat) -> None:
    if old == new:
        return
    key = (group, new.number)
    was = None if old is None else SEAT.write(old)[1:]
    plan.put(tables.group_seat, ("group_id", "number"), key, SEAT.columns[1:], was, SEAT.write(new)[1:])
    before = [] if old is None else [BODY.write(one) for one in old.bodies]
    after = [BODY.write(one) for one in new.bodies]
    for place in range(max(len(before), len(after))):
        plan.put(
            tables.seat_body, ("group_id", "seat", "place"), (*key, place), BODY.columns,
            before[place] if place < len(before) else None, after[place] if place < len(after) else None,
        )  # fmt: skip
    had = {} if old is None else {one.number: TERM.write(one)[1:] for one in old.terms}
    for row in map(TERM.write, new.terms):
        keys = ("group_id", "seat", "number")
        plan.put(tables.seat_term, keys, (*key, row[0]), TERM.columns[1:], had.get(row[0]), row[1:])
