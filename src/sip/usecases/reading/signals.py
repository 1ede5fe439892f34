"""Suggestions that failures are more than one failure, for those who may read each report of them (rules, section 16
G1-G2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import AgendaItem, Group, ItemState, board_for
from sip.domain.meeting import Meeting
from sip.domain.systemic import LATELY, YEAR_DAYS, Roundabout, Signal, Suggestion, looked_at, months_before, signals
from sip.domain.worktime import local_day
from sip.store.db import Database
from sip.store.seen import agenda
from sip.store.seen import signals as seen
from sip.store.seen.agenda import ItemQuery
from sip.usecases.access import Act, convenes, has_role, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.reading.agenda import whole
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class SuggestionRead:
    """One suggestion with the board that it would go to, and the item in which it has been put since, if any."""

    found: Suggestion
    group: Group
    item: AgendaItem | None


@dataclass(frozen=True, slots=True)
class SignalsRead:
    """What stands out among the units in view, in the order of their names, and cases that go round."""

    suggestions: list[SuggestionRead]
    names: Mapping[UUID, str]
    roundabouts: list[Roundabout]


async def page(db: Database, *, actor: Actor, now: datetime) -> SignalsRead:
    """All that is suggested within the actor's scope. Raises ForbiddenError for a role that reads none."""
    require_role(actor, Act.WATCH_SIGNALS)
    async with recorded(db, actor, now) as (conn, log):
        found = await suggested(conn, actor, now)
        units = [one.found.signal.unit_id for one in found]
        others = [one.found.signal.other_unit_id for one in found if one.found.signal.other_unit_id is not None]
        names = await seen.names(conn, [*units, *others])
        round_and_round = []
        if has_role(actor, Act.READ_MEETINGS):
            round_and_round = await seen.roundabouts(conn, scope_of(actor), now - timedelta(days=YEAR_DAYS))
        log.note("list", "signals", None)
    found.sort(key=lambda one: names.get(one.found.signal.unit_id, "").casefold())
    return SignalsRead(found, names, round_and_round)


async def suggested(conn: AsyncConnection, actor: Actor, now: datetime) -> list[SuggestionRead]:
    """What stands out now, with what has become of it."""
    today = local_day(now)
    first, _ = looked_at(today)
    found = signals(await seen.reported(conn, scope_of(actor), first), today)
    if not found:
        return []
    units = {one.signal.unit_id for one in found} | {one.signal.other_unit_id for one in found} - {None}
    areas = await seen.area_of(conn, [one for one in units if one is not None])
    states = [state for state in ItemState if state is not ItemState.DROPPED]
    since = min(_earliest(one.signal) for one in found)
    put = await whole(conn, await agenda.listed(conn, scope_of(actor), ItemQuery(states=states, signal_since=since)))
    return [SuggestionRead(one, board_for(_areas(one, areas)), _put_as(one, put)) for one in found]


def _areas(one: Suggestion, areas: Mapping[UUID, str | None]) -> tuple[str | None, ...]:
    other = one.signal.other_unit_id
    return (areas.get(one.signal.unit_id), None if other is None else areas.get(other))


def _earliest(signal: Signal) -> date:
    """The first month from which a signal that is this one's was counted."""
    return months_before(signal.since, LATELY - 1)


def _put_as(one: Suggestion, put: list[AgendaItem]) -> AgendaItem | None:
    """The latest item of the same signal that was counted from months of this one's."""
    mine = one.signal
    same = [
        item
        for item in put
        if item.signal is not None
        and (item.signal.kind, item.signal.unit_id, item.signal.word, item.signal.other_unit_id)
        == (mine.kind, mine.unit_id, mine.word, mine.other_unit_id)
        and item.signal.since >= _earliest(mine)
    ]
    return same[-1] if same else None


async def of_case(conn: AsyncConnection, meeting: Meeting, actor: Actor, now: datetime) -> Roundabout | None:
    """Whether the meeting's case goes round, for its convener's side."""
    if meeting.protected or not convenes(actor, meeting):
        return None
    since = now - timedelta(days=YEAR_DAYS)
    found = await seen.roundabouts(conn, scope_of(actor), since, meeting.case_id)
    return found[0] if found else None
