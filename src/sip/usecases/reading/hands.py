"""What the start page shows: the meetings that need a hand of the reader's, what she put off, reports that wait for
her, and what comes. What is needed is asked of the rules; which meetings to ask them of, of what stands beside each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import needs, next_date
from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting
from sip.domain.needs import Need, NeedOf
from sip.domain.people import Roster
from sip.domain.terms import MeetingState
from sip.store import next_dates
from sip.store.aggregates import deviations, meetings, rosters
from sip.store.db import Database, beyond
from sip.store.seen import dashboard, hands, listings, lists
from sip.store.seen.dashboard import MeetingLine
from sip.store.seen.hands import HandPage, Looker, MayNeed, Whose
from sip.store.seen.scope import Scope
from sip.usecases.access import MAY, Act, convenes, has_party, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.reading import gaps, matters
from sip.usecases.reading.gaps import GapsRead
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded

ROWS, NEEDS = 18, 22
"""Meetings in the first view, and needs in all of them; the next ones are a press away."""

COMING = 6
_PAGES = 4
_MUST: Mapping[Need, Act] = {
    Need.CLAIM: Act.CONVENE,
    Need.QUESTION: Act.CONVENE,
    Need.CLOSES: Act.CONVENE,
    Need.POLL: Act.CONVENE,
    Need.DRAFT: Act.CONVENE,
    Need.NEXT_DATE: Act.CONVENE,
    Need.ATTENDANCE: Act.RECORD,
    Need.UNDELIVERABLE: Act.ANSWER,
    Need.UNCOVERED: Act.ANSWER,
    Need.ANSWER: Act.ANSWER,
}
"""What the reader must be able to do about a need for it to be one of hers."""


@dataclass(frozen=True, slots=True)
class HandRead:
    """A meeting with what it needs of the reader, the first to be too late first. `convening`: her side called it.
    `closing` are called units that close before it begins."""

    meeting: Meeting
    version: int
    needs: tuple[NeedOf, ...]
    convening: bool
    closing: Mapping[UUID, Roster]


@dataclass(frozen=True, slots=True)
class StartRead:
    """The start page. `total` is how many meetings may need a hand, `more` where the next page begins; `principals` are
    names by id. `matters`: how many protected meetings are for its reader.
    """

    rows: list[HandRead]
    total: int
    more: tuple[datetime, UUID] | None
    put_off: list[HandRead]
    reports: list[DeviationReport]
    coming: list[MeetingLine]
    inbound: int
    gaps: GapsRead
    principals: Mapping[UUID, str]
    matters: int = 0


@dataclass(frozen=True, slots=True)
class RowsRead:
    """What has become of some meetings: those that need a hand still, their lines, and how many there are in all."""

    rows: list[HandRead]
    lines: list[MeetingLine]
    total: int
    principals: Mapping[UUID, str]


async def start(
    db: Database, whose: Whose, after: tuple[datetime, UUID] | None, looker: Looker, *, actor: Actor, now: datetime
) -> StartRead:
    """The whole page. Raises ForbiddenError for who sees no meetings."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "meetings", None)
        scope = scope_of(actor)
        rows, total, more = await _page(conn, scope, looker, whose, after, actor, now)
        put_off = await hands.put_off(conn, scope, looker, whose, now)
        aside = await _read(conn, [MayNeed(one, now, False) for one in put_off], actor, now, asked=False)
        heard = await hands.heard(conn, scope) if actor.role in MAY[Act.ANSWER_DEVIATION] else []
        reports = await deviations.load_many(conn, heard)
        return StartRead(
            rows, total, more, aside, [reports[one].state for one in heard if one in reports],
            await dashboard.coming(conn, scope, now, COMING), await _inbound(conn, scope, actor),
            await gaps.of_coming(conn, actor=actor, now=now), await _principals(conn, [*rows, *aside]),
            await matters.count(conn, actor, now),
        )  # fmt: skip


async def rows(
    db: Database, whose: Whose, only: Sequence[UUID] | None, looker: Looker, *, actor: Actor, now: datetime
) -> RowsRead:
    """What an open page asks for when something has changed: these meetings, or (None) its first page anew."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now, nothing="an open page was recorded when it was opened") as (conn, _):
        scope = scope_of(actor)
        found, total = await hands.may_need(conn, scope, looker, HandPage(whose, None, ROWS, among=only), now)
        read = await _read(conn, found, actor, now)
        lines = await dashboard.coming(conn, scope, now, COMING, only=only)
        return RowsRead(read, lines, total, await _principals(conn, read))


async def one(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> HandRead:
    """One meeting with what it needs of the reader, if anything. Raises NotFoundError where she does not see it."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        await required(conn, meeting_id, actor)
        there, _ = await hands.may_need(conn, scope_of(actor), Looker(""), HandPage(only=[meeting_id]), now)
        may = MayNeed(meeting_id, now, any(one.closes for one in there))
        return (await _read(conn, [may], actor, now, asked=False))[0]


async def _page(
    conn: AsyncConnection, scope: Scope, looker: Looker, whose: Whose, after: tuple[datetime, UUID] | None,
    actor: Actor, now: datetime,
) -> tuple[list[HandRead], int, tuple[datetime, UUID] | None]:  # fmt: skip
    """A page of rows. What stands beside a meeting may be too early: then one looks further."""
    read: list[HandRead] = []
    total, at = 0, after
    for _ in range(_PAGES):
        found, total = await hands.may_need(conn, scope, looker, HandPage(whose, at, ROWS), now)
        fresh = await _read(conn, found, actor, now)
        fits = fitting(fresh, NEEDS - sum(len(row.needs) for row in read))
        read += fits
        last = found[-1] if found else None
        if len(fits) < len(fresh):
            last = next(one for one in found if one.id == read[-1].meeting.id)
        at = (last.too_late, last.id) if last and (len(found) == ROWS or len(fits) < len(fresh)) else None
        if at is None or len(fits) < len(fresh) or len(read) >= ROWS // 2:
            break
    return sorted(read, key=lambda row: (row.needs[0].too_late, row.meeting.start)), total, at


def fitting(read: Sequence[HandRead], needs_left: int = NEEDS) -> list[HandRead]:
    """The first of these whose needs are together no more than that; always one."""
    found: list[HandRead] = []
    for row in read:
        needs_left -= len(row.needs)
        if found and needs_left < 0:
            break
        found.append(row)
    return found


async def _read(
    conn: AsyncConnection, found: Sequence[MayNeed], actor: Actor, now: datetime, *, asked: bool = True
) -> list[HandRead]:
    """These meetings with what the reader has to see to; `asked`: only where there is something."""
    loaded = await meetings.load_many(conn, [one.id for one in found])
    closing = await _closing(conn, [loaded[one.id].state for one in found if one.closes and one.id in loaded], now)
    followed = await _followed(conn, [one.state for one in loaded.values()], now)
    read = []
    for may in found:
        if may.id not in loaded:
            continue
        there = loaded[may.id]
        shut = closing if may.closes else {}
        needed = tuple(needed_of(there.state, actor, now, shut, followed=may.id in followed))
        if needed or not asked:
            read.append(HandRead(there.state, there.version, needed, convenes(actor, there.state), shut))
    return read


def needed_of(
    meeting: Meeting, actor: Actor, now: datetime, closing: Mapping[UUID, Roster], *, followed: bool = False
) -> list[NeedOf]:
    """What the meeting needs of the actor now: as its convener's side, else for her own units alone."""
    if convenes(actor, meeting):
        shut = [p.ordinal for p in meeting.parties if p.unit_id in closing]
        asked: Iterable[NeedOf] = needs.of_convener(meeting, shut, followed=followed)
    else:
        own = [needs.of_unit(meeting, p) for p in meeting.parties if has_party(actor, p)]
        asked = [need for need in own if need is not None]
    return [need for need in needs.active(asked, now) if actor.role in MAY[_MUST[need.need]]]


async def _followed(conn: AsyncConnection, those: Sequence[Meeting], now: datetime) -> set[UUID]:
    """Those of these with a next date that another meeting has come for."""
    waiting = [meeting.id for meeting in those if next_date.awaited(meeting)]
    if not waiting:
        return set()
    async with beyond(conn):  # whether there is one, wherever it is
        return set(await next_dates.followers(conn, waiting, now))


async def _closing(conn: AsyncConnection, those: Sequence[Meeting], now: datetime) -> dict[UUID, Roster]:
    """Units that will have closed when one of these begins."""
    if not those:
        return {}
    latest = max(meeting.start for meeting in those)
    ids = {party.unit_id for meeting in those for party in meeting.parties if meeting.state is MeetingState.CALLED}
    return {key: one for key, one in (await rosters.rosters(conn, ids, now)).items() if one.closed_by(latest)}


async def _inbound(conn: AsyncConnection, scope: Scope, actor: Actor) -> int:
    """Received mails that wait; what made a claim stands by its meeting instead."""
    if actor.role not in MAY[Act.READ_INBOUND]:
        return 0
    return await lists.inbound_waiting(conn, scope, claims=False)


async def _principals(conn: AsyncConnection, read: Iterable[HandRead]) -> dict[UUID, str]:
    ids = {party.principal_id for row in read for party in row.meeting.parties}
    return await listings.place_names(conn, list(ids)) if ids else {}
