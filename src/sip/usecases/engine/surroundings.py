"""What `decide` is given of the world around an aggregate: rosters of all units concerned, agreements, the case's
facts.

Read in the same transaction as the aggregate. A tick of many batches may share one of these: its moment is one and
the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded, same
from sip.domain.agenda import AgendaItem, Group, SeatParty
from sip.domain.agreement import Agreement
from sip.domain.asking import principals_of
from sip.domain.decide import case_of, may_ask, units_of
from sip.domain.decision import AnyState, Context, Follower
from sip.domain.group import GroupState
from sip.domain.inquiring import inquiring
from sip.domain.inviting import called_seats, sitters_of
from sip.domain.next_date import looks
from sip.domain.people import Address, Answerer, CaseFacts, Roster
from sip.domain.preparing import preparing
from sip.domain.referring import told_group
from sip.domain.worktime import local_day
from sip.store import accounts, agenda_keepers, agreements, cases, leaves, next_dates, register, sitters
from sip.store.aggregates import groups, rosters
from sip.store.db import beyond


@dataclass(frozen=True, slots=True)
class World:
    """Facts of the process, not of the database (see `Context`)."""

    automatic_within: timedelta = timedelta(0)
    answers_open_from: datetime | None = None

    def closed_until(self, moment: datetime) -> "World":
        """The same, when answers cannot be held against a party before this moment either (rules, section 5 L1)."""
        known = self.answers_open_from
        return replace(self, answers_open_from=moment if known is None else max(known, moment))


class Surroundings:
    """Rosters and agreements as they are at `now`, read once."""

    def __init__(self, now: datetime, world: World) -> None:
        self._now = now
        self._world = world
        self._rosters: dict[UUID, Roster] = {}
        self._asked: set[UUID] = set()
        self._agreements: tuple[Agreement, ...] | None = None
        self._cases: dict[UUID, CaseFacts] = {}
        self._engaged: dict[UUID, frozenset[str]] = {}
        self._on_leave: dict[UUID, frozenset[str]] = {}
        self._followers: dict[UUID, Follower] = {}
        self._answerers: dict[UUID, tuple[Answerer, ...]] = {}
        self._sitters: dict[UUID, Address] = {}
        self._holders: dict[UUID, Address] = {}
        self._parties: dict[UUID, tuple[SeatParty, ...]] = {}
        self._keepers: dict[Group, tuple[Answerer, ...]] = {}

    async def read(self, conn: AsyncConnection, pairs: Iterable[tuple[AnyState | None, object]]) -> None:
        """Reads what these (state, event) pairs concern and is not known yet; cases and engagements anew each time."""
        units: set[UUID] = set()
        known_cases: set[UUID] = set()
        asking: set[UUID] = set()
        looking: set[UUID] = set()
        principals: set[UUID] = set()
        sitting: set[UUID] = set()
        prepared: dict[UUID, tuple[UUID, int]] = {}
        asked: set[UUID] = set()
        for state, event in pairs:
            units.update(units_of(state, event))
            principals.update(principals_of(state, event))
            sitting.update(sitters_of(state, event))
            seat = preparing(state, event, self._now)
            if state is not None and seat is not None:
                prepared[state.id] = seat
            group = inquiring(state, event, self._now) if isinstance(state, AgendaItem) else None
            if group is not None:
                asked.add(group)
            if state is not None and may_ask(state, event):
                asking.add(state.id)
            if state is not None and looks(state, event):
                looking.add(state.id)
            case = case_of(state, event)
            if case is not None:
                known_cases.add(case)
        missing = units - self._asked
        if missing:
            self._rosters.update(await rosters.rosters(conn, missing, self._now))
            self._asked |= missing
        if self._agreements is None:
            self._agreements = await agreements.all_agreements(conn)
        self._cases = await _facts(conn, known_cases) if known_cases else {}
        self._engaged = await _engaged(conn, asking) if asking else {}
        self._on_leave = await leaves.by_meeting(conn, asking) if asking else {}
        missing = principals - self._answerers.keys()
        if missing:
            self._answerers.update(await _answerers(conn, missing, self._now))
        self._sitters = await sitters.addresses(conn, sitting) if sitting else {}
        self._holders = await _holders(conn, prepared, self._now) if prepared else {}
        self._parties = await _parties(conn, asked, self._now) if asked else {}
        self._followers = await next_dates.followers(conn, looking, self._now) if looking else {}

    def prove(self, mailboxes: Iterable[tuple[UUID, str]]) -> None:
        """These mailboxes of units are read, as an event before the next one of the same batch has shown."""
        for unit_id, email in mailboxes:
            roster = self._rosters.get(unit_id)
            if roster is not None and any(same(email, address) for address in roster.addresses):
                at = max(self._now, roster.verified_at(email) or self._now)
                self._rosters[unit_id] = replace(roster, verified={**roster.verified, folded(email): at})

    async def read_of_others(self, conn: AsyncConnection, pairs: Iterable[tuple[AnyState | None, object]]) -> None:
        """Reads what these need besides, which follow from others: whom they tell. All else was read with those."""
        told = {group for state, event in pairs if (group := told_group(state, event)) is not None}
        self._keepers = await _keepers(conn, told, self._now) if told else {}

    def context(self, state: AnyState | None, event: object) -> Context:
        """What `decide` is given for this event, of what was read."""
        case = case_of(state, event)
        group = told_group(state, event) if self._keepers else None
        asks = inquiring(state, event, self._now) if self._parties else None
        return Context(
            now=self._now,
            rosters=self._rosters,
            agreements=self._agreements or (),
            case=None if case is None else self._cases.get(case),
            answers_open_from=self._world.answers_open_from,
            automatic_within=self._world.automatic_within,
            engaged=frozenset() if state is None else self._engaged.get(state.id, frozenset()),
            on_leave=frozenset() if state is None else self._on_leave.get(state.id, frozenset()),
            follower=None if state is None else self._followers.get(state.id),
            answerers=self._answerers,
            sitters=self._sitters,
            holder=None if state is None else self._holders.get(state.id),
            parties=() if asks is None else self._parties.get(asks, ()),
            keepers=() if group is None else self._keepers.get(group, ()),
        )


async def _answerers(
    conn: AsyncConnection, principals: Iterable[UUID], now: datetime
) -> dict[UUID, tuple[Answerer, ...]]:
    """Who answers for each principal, as for renewals; with nobody, who administers the service."""
    today = local_day(now)
    async with beyond(conn):  # users' own rows
        keepers = tuple(
            Answerer(Address(user.email, user.name, user.language), user.id)
            for user in await accounts.administering(conn, today)
        )
        found = await register.answerable(conn, principals, today)
    return {principal: tuple(theirs) or keepers for principal, theirs in found.items()}


async def _holders(
    conn: AsyncConnection, prepared: Mapping[UUID, tuple[UUID, int]], now: datetime
) -> dict[UUID, Address]:
    """By item, where who sits today on the seat that prepares it is mailed."""
    async with beyond(conn):  # the worker asks, of groups that nobody is shown by it
        found = await groups.load_many(conn, {group for group, _ in prepared.values()})
        known = await groups.with_above(conn, {one: there.state for one, there in found.items()})
        who: dict[UUID, UUID] = {}
        for item, (group, seat) in prepared.items():
            seats = called_seats(known, known[group], local_day(now)) if group in known else ()
            sitter = next((one.representative for one in seats if one.number == seat), None)
            if sitter is not None:
                who[item] = sitter
        to = await sitters.addresses(conn, set(who.values()))
    return {item: to[sitter] for item, sitter in who.items() if sitter in to}


async def _parties(
    conn: AsyncConnection, asked: Iterable[UUID], now: datetime
) -> dict[UUID, tuple[SeatParty, ...]]:  # fmt: skip
    """By group, those of its seats that are filled today; of one that is closed nobody is asked."""
    async with beyond(conn):  # as of holders
        found = await groups.load_many(conn, asked)
        known = await groups.with_above(conn, {one: there.state for one, there in found.items()})
        seats = {
            one: [seat for seat in called_seats(known, there.state, local_day(now)) if seat.representative is not None]
            for one, there in found.items()
            if there.state.state is not GroupState.CLOSED
        }
        who = {seat.representative for every in seats.values() for seat in every if seat.representative is not None}
        to = await sitters.addresses(conn, who)
    return {
        one: tuple(
            SeatParty(seat.number, seat.function, seat.wanted, seat.principal, to.get(seat.representative))
            for seat in every if seat.representative is not None
        )
        for one, every in seats.items()
    }  # fmt: skip


async def _keepers(conn: AsyncConnection, told: Iterable[Group], now: datetime) -> dict[Group, tuple[Answerer, ...]]:
    async with beyond(conn):  # users' own rows, of a group that whoever refers may not see
        return await agenda_keepers.of_groups(conn, told, local_day(now))


async def _facts(conn: AsyncConnection, known: Iterable[UUID]) -> dict[UUID, CaseFacts]:
    async with beyond(conn):  # whether it is protected must be known of a case that nobody may see yet
        return await cases.facts(conn, known)


async def _engaged(conn: AsyncConnection, asking: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    async with beyond(conn):  # also at meetings that are nobody's business here: she is not asked, and no more is said
        return await rosters.engaged(conn, asking)
