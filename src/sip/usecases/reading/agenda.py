"""What standing groups have before them and have decided, as an actor may read it (rules, section 16)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import UNDECIDED, AgendaItem, Group, GroupKind, Resolution, Within, board_of, group_of
from sip.domain.deviation import DeviationReport, DeviationState
from sip.domain.group import GroupSeat, StandingGroup
from sip.domain.worktime import local_day
from sip.store.aggregates import agenda as items
from sip.store.aggregates import deviations, journal, sittings
from sip.store.aggregates import groups as standing_groups
from sip.store.aggregates.journal import JournalEntry
from sip.store.db import Database, beyond
from sip.store.seen import agenda, listings, signals
from sip.store.seen import groups as seen_groups
from sip.store.seen import sittings as seen_sittings
from sip.store.seen.agenda import ItemQuery, Sitting
from sip.store.seen.groups import GroupQuery
from sip.store.seen.listings import DeviationLine
from sip.usecases.access import (
    Act,
    everywhere,
    has_role,
    keeps_agenda,
    owns,
    require_group,
    require_item,
    require_role,
    scope_of,
    sees_deviation,
    sees_group,
    sees_item,
)
from sip.usecases.actor import Actor
from sip.usecases.neighbours import neighbours
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded

MOST_GROUPS = 500


@dataclass(frozen=True, slots=True)
class BoardYear:
    """One year of boards: the items that were put before them, and each decision with its item, in the order of their
    days. What was put in the year may be decided in the next, and the other way round. An item says how it stands now:
    `state`, and of each decision `done_at`, `due_on` and `outcome`.
    """

    put: tuple[AgendaItem, ...]
    decided: tuple[tuple[AgendaItem, Resolution], ...]


async def of_year(db: Database, year: int, area: str | None, *, actor: Actor, now: datetime) -> BoardYear:
    """What the board of this area, None: every board in view, was asked and decided in a year, counted in Sweden; for a
    yearly report. Items come from a person, a report, or a suggestion (`source`), which then has what was counted
    (`signal`). Raises ForbiddenError for a role that reads no statistics.
    """
    require_role(actor, Act.READ_STATISTICS)
    async with recorded(db, actor, now) as (conn, log):
        found = await year_of(conn, actor, year, area)
        log.note("read", "agenda", str(year))
        return found


async def year_of(conn: AsyncConnection, actor: Actor, year: int, area: str | None) -> BoardYear:
    """As `of_year`, within a transaction of whoever reads more beside it, and records that."""
    groups = None if area is None else [board_of(area).id]
    found = await whole(conn, await agenda.of_year(conn, scope_of(actor), groups, year))
    found = [one for one in found if one.group.kind is GroupKind.COOPERATION_BOARD]
    put = tuple(one for one in found if local_day(one.put_at).year == year)
    decided = [(one, it) for one in found for it in one.resolutions if it.decided_on.year == year]
    return BoardYear(put, tuple(sorted(decided, key=lambda pair: (pair[1].decided_on, pair[0].put_at))))


async def whole(conn: AsyncConnection, ids: list[UUID]) -> list[AgendaItem]:
    """The items themselves, in this order."""
    there = await items.load_many(conn, ids)
    return [there[one].state for one in ids if one in there]


# -- the pages


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A board in the list: how many questions wait, its next sitting, and how many decisions are to be followed up."""

    group: Group
    waiting: int
    next_sitting: date | None
    open: int


@dataclass(frozen=True, slots=True)
class BoardRead:
    """One board: what waits, what is listed, what is to be followed up (the earliest first), and its sittings. `keeps`:
    the reader keeps its agenda; `dates`: the days ahead to which its seats are called.
    """

    group: Group
    waiting: list[AgendaItem]
    listed: list[AgendaItem]
    to_follow: list[AgendaItem]
    sittings: list[Sitting]
    keeps: bool
    dates: list[date]


@dataclass(frozen=True, slots=True)
class SittingRead:
    """One sitting: its items, and earlier decisions whose day has come by then."""

    group: Group
    day: date
    items: list[AgendaItem]
    to_follow: list[AgendaItem]


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One item with its story. `reports`: the linked ones that the actor sees, `hidden` how many others there are;
    `linkable` those that she could link. `names` are units' by id. `keeps`: she keeps the agenda; `follows`: the
    decisions of which she may say what came; `dates` as of a board. `seats` are the group's,
    where it has any: of who may prepare the question. `near` are the groups that it may be referred to; `beside` those
    of the question it came from, and of the one it was referred as, that the reader sees too.
    """

    item: AgendaItem
    version: int
    entries: list[JournalEntry]
    reports: list[DeviationReport]
    hidden: int
    linkable: list[DeviationLine]
    names: Mapping[UUID, str]
    keeps: bool
    follows: frozenset[int]
    dates: list[date]
    seats: list[GroupSeat]
    near: list[StandingGroup]
    beside: frozenset[UUID]


async def boards(db: Database, *, actor: Actor, now: datetime, standing: bool = False) -> list[BoardLine]:
    """The boards whose agenda the actor sees, the county's last; with `standing` other groups after them, by name."""
    require_role(actor, Act.READ_AGENDA)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "agenda", None)
        scope = scope_of(actor)
        counted = await agenda.counted(conn, scope, local_day(now))
        found = [board_of(area) for area in sorted(await agenda.areas(conn, scope), key=str.casefold)]
        found.append(board_of(None))
        if standing:
            found += [one for one in await _standing(conn, actor) if one not in found]
        return [BoardLine(one, *counted.get(one.id, (0, None, 0))) for one in found]


async def _standing(conn: AsyncConnection, actor: Actor) -> list[Group]:
    """Standing groups as whose agendas the actor reads, by name; a local consultation of an area is its board."""
    known = await agenda.within(conn, scope_of(actor))
    async with beyond(conn):  # of counties in view, and of several
        ids = await seen_groups.page(conn, None if everywhere(actor) else known.counties, GroupQuery(limit=MOST_GROUPS))
        there = await standing_groups.load_many(conn, ids)
    found = dict.fromkeys(group_of(there[one].state) for one in ids)
    return [one for one in found if sees_group(actor, one, known)]


async def page_of(
    db: Database, group_id: UUID, query: ItemQuery, *, actor: Actor, now: datetime
) -> list[AgendaItem]:  # fmt: skip
    """A group's questions in the order in which they were put, with their decisions. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        group = await _group(conn, group_id, actor)
        log.note("list", "agenda", group_id)
        return await whole(conn, await agenda.listed(conn, scope_of(actor), replace(query, group_id=group.id)))


async def _group(conn: AsyncConnection, group_id: UUID, actor: Actor) -> Group:
    """A board, or a standing group as whose agenda it is. Raises NotFoundError for one that the actor does not see."""
    require_role(actor, Act.READ_AGENDA)
    known = await agenda.within(conn, scope_of(actor))
    for one in (board_of(None), *map(board_of, known.areas)):
        if one.id == group_id:
            return require_group(actor, one, Act.READ_AGENDA, known)
    async with beyond(conn):  # it is asked whether she sees it
        there = (await standing_groups.load_many(conn, [group_id])).get(group_id)
    if there is None:
        raise NotFoundError("group")
    return require_group(actor, group_of(there.state), Act.READ_AGENDA, known)


async def board(db: Database, group_id: UUID, *, actor: Actor, now: datetime) -> BoardRead:
    """One board's page. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        group, scope = await _group(conn, group_id, actor), scope_of(actor)
        known = await agenda.within(conn, scope)
        log.note("list", "agenda", group_id)
        found = await whole(conn, await agenda.listed(conn, scope, ItemQuery(group_id, UNDECIDED)))
        return BoardRead(
            group,
            [one for one in found if one.sitting_on is None],
            sorted((one for one in found if one.sitting_on is not None), key=_by_sitting),
            await whole(conn, await agenda.to_follow(conn, scope, group_id, None)),
            await agenda.sittings(conn, scope, group_id),
            keeps_agenda(actor, group, known),
            await _dates(conn, group_id, now),
        )


async def _dates(conn: AsyncConnection, group_id: UUID, now: datetime) -> list[date]:
    """The days ahead to which the group's seats are called, the nearest first."""
    async with beyond(conn):  # whose group it is has been asked
        there = await sittings.load_many(conn, await seen_sittings.ahead(conn, [group_id], now))
    return sorted({local_day(one.state.start) for one in there.values()})


def _by_sitting(item: AgendaItem) -> tuple[date, datetime]:
    assert item.sitting_on is not None
    return item.sitting_on, item.put_at


async def sitting(db: Database, group_id: UUID, day: date, *, actor: Actor, now: datetime) -> SittingRead:
    """One sitting's agenda and what was decided on it. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        group, scope = await _group(conn, group_id, actor), scope_of(actor)
        found = await whole(conn, await agenda.decided_on(conn, scope, group_id, day))
        due = await whole(conn, await agenda.to_follow(conn, scope, group_id, day))
        log.note("read", "agenda_item", *(one.id for one in found))
        if not found:
            log.note("list", "agenda", group_id)
        here = {one.id for one in found}
        return SittingRead(group, day, found, [one for one in due if one.id not in here])


async def item(db: Database, item_id: UUID, *, actor: Actor, now: datetime) -> ItemRead:
    """One item with all around it. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        known, scope = await agenda.within(conn, scope_of(actor)), scope_of(actor)
        there = (await items.load_many(conn, [item_id])).get(item_id)
        found = require_item(actor, None if there is None else there.state, Act.READ_AGENDA, known)
        assert there is not None
        log.note("read", "agenda_item", item_id)
        keeps = keeps_agenda(actor, found.group, known)
        linked = [one.state for one in (await deviations.load_many(conn, found.reports)).values()]
        linked = [one for one in linked if sees_deviation(actor, one) and not one.protected]
        linkable = await listings.deviations(conn, scope) if keeps else []
        units = [] if found.signal is None else [found.signal.unit_id, found.signal.other_unit_id]
        return ItemRead(
            found, there.version, await journal.read(conn, item_id),
            sorted(linked, key=lambda one: one.raised_at), len(found.reports) - len(linked),
            [one for one in linkable if one.id not in found.reports and _is_linkable(one)],
            await signals.names(conn, [one for one in units if one is not None]), keeps,
            frozenset(one.number for one in found.resolutions if keeps or _may_follow(actor, one)),
            await _dates(conn, found.group.id, now) if keeps else [],
            await _seats(conn, found.group.id), await _near(conn, found) if keeps else [],
            await _beside(conn, found, actor, known),
        )  # fmt: skip


async def _near(conn: AsyncConnection, found: AgendaItem) -> list[StandingGroup]:
    async with beyond(conn):  # their names alone are shown; who may refer it has been asked
        return await neighbours(conn, found.group.id)


async def _beside(conn: AsyncConnection, found: AgendaItem, actor: Actor, known: Within) -> frozenset[UUID]:
    ids = [one.item_id for one in (found.origin, found.reference) if one is not None]
    there = await items.load_many(conn, ids) if ids else {}
    return frozenset(one for one, other in there.items() if sees_item(actor, other.state, known))


async def _seats(conn: AsyncConnection, group_id: UUID) -> list[GroupSeat]:
    async with beyond(conn):  # functions alone are shown of them; whether the item is in view has been asked
        there = (await standing_groups.load_many(conn, [group_id])).get(group_id)
    return [] if there is None else [one for one in there.state.seats if one.closed_on is None]


def _may_follow(actor: Actor, resolution: Resolution) -> bool:
    return owns(actor, resolution) and has_role(actor, Act.FOLLOW_RESOLUTION)


def _is_linkable(line: DeviationLine) -> bool:
    return not line.good_example and line.state is not DeviationState.HEARING


async def search(db: Database, said: str, *, actor: Actor, now: datetime) -> list[AgendaItem]:
    """Items in which all of these words stand, the latest first; at most `agenda.MOST`."""
    require_role(actor, Act.READ_AGENDA)
    async with recorded(db, actor, now) as (conn, log):
        found = await whole(conn, await agenda.search(conn, scope_of(actor), said))
        log.note("search", "agenda", None)
        return found
