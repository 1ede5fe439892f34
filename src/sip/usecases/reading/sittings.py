"""Sittings of standing groups as they are read: one whole, and what somebody with a link is called to.

The law of this file: as in `groups`: which county the reader belongs to is asked first. Whoever holds a link sees the
entries of its own mailbox, and no name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import presence
from sip.domain.address import folded
from sip.domain.agenda import AgendaItem
from sip.domain.group import GroupState, StandingGroup
from sip.domain.sitting import GroupSitting, SeatInvitation, SittingSeat, SittingState
from sip.domain.worktime import local_day
from sip.store import sitters
from sip.store.aggregates import agenda, groups, journal, sittings
from sip.store.aggregates.journal import JournalEntry
from sip.store.db import Database, beyond
from sip.store.post.tokens import LinkRef
from sip.store.seen import agenda as seen_agenda
from sip.store.seen import groups as seen
from sip.store.seen import sittings as seen_sittings
from sip.store.sitters import SitterRecord
from sip.usecases.access import Act, has_role, keeps_standing, require_role, require_standing, scope_of
from sip.usecases.actor import Actor
from sip.usecases.inquiries import SeatInquiry, asked_of
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class GroupSittingRead:
    """One sitting with its story. `keeps`: the reader keeps its group, which still stands; `attends`: she may record
    who came, also where the group has been closed since. `items`: what is on its agenda, of who may read that;
    `unreached`: invitations in force whose mail did not arrive, and what was said of it.
    """

    sitting: GroupSitting
    version: int
    group: StandingGroup
    names: Mapping[UUID, SitterRecord]
    entries: list[JournalEntry]
    keeps: bool
    attends: bool
    items: list[AgendaItem] | None
    unreached: Mapping[UUID, str]


async def of_group(conn: AsyncConnection, group_id: UUID, now: datetime) -> list[GroupSitting]:
    """A group's sittings, the nearest ahead first and then what has been; whether the group is in view has been
    asked.
    """
    ids = await seen_sittings.of_group(conn, group_id, now)
    found = await sittings.load_many(conn, ids)
    return [found[one].state for one in ids]


async def sitting(db: Database, sitting_id: UUID, *, actor: Actor, now: datetime) -> GroupSittingRead:
    """One sitting. Raises NotFoundError where its group is not in view."""
    require_role(actor, Act.READ_GROUPS)
    async with recorded(db, actor, now) as (conn, log):
        mine = await seen.counties(conn, scope_of(actor))
        async with beyond(conn):  # it is asked of its group whether the reader sees it
            there = (await sittings.load_many(conn, [sitting_id])).get(sitting_id)
            known = {} if there is None else await groups.load_many(conn, [there.state.group_id])
            of = None if there is None else known[there.state.group_id].state
            group = require_standing(actor, of, Act.READ_GROUPS, mine)
            assert there is not None
            names = await sitters.by_id(conn, sorted(_people(there.state)))
            entries = await journal.read(conn, sitting_id)
            asked = [one.id for one in there.state.invitations if one.active]
            unreached = await seen_sittings.unreached(conn, asked)
            items = await _items(conn, there.state) if has_role(actor, Act.READ_AGENDA) else None
        log.note("read", "group_sitting", sitting_id)
        if items:
            log.note("read", "agenda_item", *(one.id for one in items))
        keeps = keeps_standing(actor, group.county_id, mine)
        held = there.state.state is SittingState.CALLED and now >= there.state.start
        return GroupSittingRead(
            there.state, there.version, group, names, entries, keeps and group.state is GroupState.STANDING,
            keeps and held, items, unreached,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AttendanceYear:
    """A group's sittings of one year of which something is recorded, in the order in which they were held."""

    group: StandingGroup
    year: int
    sittings: list[GroupSitting]


async def attendance_year(
    db: Database, group_id: UUID, year: int, *, actor: Actor, now: datetime
) -> AttendanceYear:  # fmt: skip
    """Who came to a group's sittings of a year, by seats and without a name. Raises NotFoundError."""
    require_role(actor, Act.READ_GROUPS)
    async with recorded(db, actor, now) as (conn, log):
        mine = await seen.counties(conn, scope_of(actor))
        async with beyond(conn):  # it is asked whether the reader sees it
            there = (await groups.load_many(conn, [group_id])).get(group_id)
            found = require_standing(actor, None if there is None else there.state, Act.READ_GROUPS, mine)
            held = presence.of_year(await of_group(conn, group_id, now), year)
        if not held:
            raise NotFoundError("attendance")
        log.note("read", "group_sitting", *(one.id for one in held))
        return AttendanceYear(found, year, held)


def _people(there: GroupSitting) -> set[UUID]:
    return {one for seat in there.seats for one in (seat.representative, seat.substitute) if one is not None}


async def _items(conn: AsyncConnection, there: GroupSitting) -> list[AgendaItem]:
    """What the group takes up that day; whether the group is in view has been asked."""
    return (await _agendas(conn, [there])).get(there.id, [])


async def _agendas(conn: AsyncConnection, there: Iterable[GroupSitting]) -> dict[UUID, list[AgendaItem]]:
    days = {one.id: (one.group_id, local_day(one.start)) for one in there}
    listed = await seen_agenda.on_days(conn, set(days.values()))
    found = await agenda.load_many(conn, sorted({item for ids in listed.values() for item in ids}))
    return {one: [found[item].state for item in listed.get(day, []) if item in found] for one, day in days.items()}


@dataclass(frozen=True, slots=True)
class CalledEntry:
    """A sitting that the holder of a link is called to, and for which seat; with what it takes up."""

    sitting: GroupSitting
    version: int
    seat: SittingSeat
    invitation: SeatInvitation
    items: tuple[AgendaItem, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedSittings:
    """What the link of who sits opens: every sitting ahead that her mailbox is called to, the nearest first, and
    what its seats are asked.
    """

    ref: LinkRef
    called: tuple[CalledEntry, ...]
    asked: tuple[SeatInquiry, ...] = ()


async def called(conn: AsyncConnection, ref: LinkRef, now: datetime) -> OpenedSittings:
    """What the mailbox that the link was mailed to is called to now."""
    ids = await seen_sittings.called_at(conn, ref.address, now)
    found = await sittings.load_many(conn, ids)
    wanted = {one.sitter for there in found.values() for one in there.state.invitations if one.active}
    known = await sitters.by_id(conn, sorted(wanted))
    mine = {one.id for one in known.values() if one.email is not None and folded(one.email) == folded(ref.address)}
    items = await _agendas(conn, [one.state for one in found.values()])
    return OpenedSittings(
        ref,
        tuple(entry for one in ids for entry in _entries(found[one].state, found[one].version, mine, items[one])),
        tuple(await asked_of(conn, ref.address, now)),
    )


def _entries(there: GroupSitting, version: int, mine: set[UUID], items: list[AgendaItem]) -> list[CalledEntry]:
    made = []
    for one in there.invitations:
        seat = there.seat(one.seat)
        if one.active and one.sitter in mine and seat is not None:
            made.append(CalledEntry(there, version, seat, one, tuple(items)))
    return made
