"""What a subscribed calendar shows, read straight from the tables (house, law 11): which meetings, and what of each.

The law of this file: `stamp` and `meetings` choose alike, and the stamp names the head of each meeting's journal. So
where the stamp is the same, everything that `meetings` gives is the same, and nothing had to be read to know it. Read
both in one snapshot. Cases with protected identity are in no calendar, nor is anybody's free text.

A meeting is in the calendar from its call until some weeks after its start; a cancelled one until as long after it was
cancelled. The bound moves at midnight, and what it leaves behind leaves the stamp too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip import retention
from sip.domain.address import folded
from sip.domain.meeting import Place
from sip.domain.standing import Standing
from sip.domain.terms import AttendeeRole, Form, MeetingState, Obligation, PlaceKind
from sip.domain.worktime import at_hour, local_day
from sip.store import db
from sip.store.feeds import Feed, FeedKind
from sip.store.seen.dashboard import THERE, party_rows
from sip.store.seen.scope import EVERYTHING, Seen

MOST = 5000
"""The most meetings of one calendar, the earliest first."""

_COMES = "('named', 'accepted')"
_ASKED = "('named', 'accepted', 'asked', 'invited')"
_LIFTED = frozenset({Standing.RELEASED, Standing.EXCUSED})
_SILENT = frozenset({Standing.NOT_CALLED, Standing.UNDELIVERABLE, Standing.NO_ANSWER, Standing.ACKNOWLEDGED})


class Share(StrEnum):
    """Why a meeting is in a person's own calendar."""

    CONVENES = "convenes"
    CHAIRS = "chairs"
    COMES = "comes"
    STANDS_IN = "stands_in"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class OwnPart:
    """The calendar's own unit at the meeting: where it stands, and who comes for it."""

    unit: str
    standing: Standing
    coming: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedMeeting:
    """One meeting as a calendar shows it. `changed_at` is when anything about it was last recorded.

    `own` is the called unit's part in a unit's calendar; `called` and `answered` count the units that are asked, for
    those who follow the answers; `others` are the units that the agreement shows; `shares` are a person's.
    """

    id: UUID
    reference: str
    form: Form
    place: Place
    start: datetime
    end: datetime
    state: MeetingState
    sequence: int
    changed_at: datetime
    convener_unit: str
    convener_person: str
    convener_phone: str
    own: OwnPart | None = None
    called: int = 0
    answered: int = 0
    others: tuple[str, ...] = ()
    shares: tuple[tuple[Share, str | None], ...] = ()
    is_pre_meeting: bool = False


def since(now: datetime) -> datetime:
    """The midnight from which on meetings are shown."""
    return at_hour(local_day(now) - retention.FEED_MEETING.life, 0)


_MEETING = "select m.id, m.journal_seq, m.starts_at from meeting m"
_OF_PARTY = f"join party p on p.meeting_id = m.id and {THERE}"


def _chosen(seen: Seen, feed: Feed, begins: datetime) -> str:
    """The meetings of the calendar: those of its scope in which the side that called, or a party that is still there,
    is the scope's; a person's are her own."""
    since = f"{seen.bind(begins)}::timestamptz"
    live = (
        f"m.called_at is not null and m.state <> 'draft' and m.starts_at >= {since}"
        f" and (m.cancelled_at is null or m.cancelled_at >= {since})"
        " and not exists (select 1 from case_ c where c.id = m.case_id and c.protected)"
    )
    if feed.record.kind is FeedKind.PERSON:
        email = f"lower({seen.bind(feed.email)})"
        chosen = f"""{_MEETING} where m.convener_folded = {email} and {live}
 union {_MEETING} where m.chair_folded = {email} and {live}
 union {_MEETING} {_OF_PARTY} join attendee a on a.meeting_id = p.meeting_id and a.party = p.ordinal
 where a.email_folded = {email} and a.state in {_ASKED} and {live}"""
    else:
        there = f"{THERE} and p.obligation <> 'convening' and {seen.covers('p.')}"
        chosen = f"""{_MEETING} where {seen.meeting()} and {live} and ({seen.covers("m.convener_")}
 or exists (select 1 from party p where p.meeting_id = m.id and {there}))"""
    return f"({chosen} order by starts_at, id limit {MOST})"


_COMING = f"""select a.meeting_id, a.name from attendee a join party p on p.meeting_id = a.meeting_id
 and p.ordinal = a.party where a.meeting_id = any($1::uuid[]) and p.unit_id = $2 and {THERE} and a.state in {_COMES}
 order by a.meeting_id, a.party, a.ordinal"""
_SHARES = f"""select a.meeting_id, p.unit_name, a.role, a.state in {_COMES} from attendee a
 join party p on p.meeting_id = a.meeting_id and p.ordinal = a.party where a.meeting_id = any($1::uuid[])
 and a.email_folded = lower($2) and a.state in {_ASKED} and {THERE} order by a.meeting_id, a.party, a.ordinal"""


async def stamp(conn: AsyncConnection, feed: Feed, begins: datetime) -> str:
    """What all that the calendar shows from `begins` on depends on, in one word and one statement."""
    seen = Seen(feed.record.scope)
    sql = f"""select coalesce(md5(string_agg(x.id::text || '/' || x.journal_seq, ' ' order by x.starts_at, x.id)), '')
 from {_chosen(seen, feed, begins)} x"""
    found: str = await (await db.raw(conn)).fetchval(sql, *seen.values)
    return found


async def meetings(conn: AsyncConnection, feed: Feed, begins: datetime) -> list[FeedMeeting]:
    """What the calendar shows, by start."""
    raw, kind, seen = await db.raw(conn), feed.record.kind, Seen(feed.record.scope)
    sql = f"""select m.id, m.reference, m.form, m.place_kind, m.place_unit, m.place_room, m.place_video_url,
 m.place_phone, m.starts_at, m.ends_at, m.state, m.sequence, coalesce(j.at, m.called_at), m.convener_unit_name,
 m.convener_person, m.convener_phone, m.convener_email, m.chair_email,
 m.kind = 'pre_meeting'
 from {_chosen(seen, feed, begins)} x join meeting m on m.id = x.id
 left join journal j on j.aggregate = m.id and j.seq = m.journal_seq order by m.starts_at, m.id"""
    rows = await raw.fetch(sql, *seen.values)
    if kind is FeedKind.PERSON:
        assert feed.email is not None
        return await _a_persons(conn, rows, feed.email)
    parties = await party_rows(conn, feed.record.scope, [row[0] for row in rows])
    coming: dict[UUID, list[str]] = defaultdict(list)
    if kind is FeedKind.UNIT:
        for meeting, name in await raw.fetch(_COMING, [row[0] for row in rows], feed.record.unit_id):
            coming[meeting].append(name)
    found = []
    for row in rows:
        there = parties.get(row[0], ())
        own = _own(there, coming.get(row[0], ())) if kind is FeedKind.UNIT else None
        others = _others(there, beside=kind is FeedKind.UNIT)
        found.append(_meeting(row, own, *_counts(there, own), others, ()))
    return found


async def _a_persons(conn: AsyncConnection, rows: list[Any], email: str) -> list[FeedMeeting]:
    address = folded(email)
    shares: dict[UUID, list[tuple[Share, str | None]]] = defaultdict(list)
    for row in rows:
        if row[16].lower() == address:
            shares[row[0]].append((Share.CONVENES, None))
        if row[17] is not None and row[17].lower() == address:
            shares[row[0]].append((Share.CHAIRS, None))
    parties, raw = await party_rows(conn, EVERYTHING, list(shares)), await db.raw(conn)
    for meeting, unit, role, comes in await raw.fetch(_SHARES, [row[0] for row in rows], email):
        known = Share.STANDS_IN if role == AttendeeRole.SUBSTITUTE else Share.COMES
        shares[meeting].append((known if comes else Share.ASKED, unit))
    return [
        _meeting(row, None, *_counts(parties.get(row[0], ()), None), (), tuple(shares[row[0]])) for row in rows
    ]  # fmt: skip


# A row of parties is as `party_rows` says.


def _own(parties: Iterable[Any], coming: Iterable[str]) -> OwnPart | None:
    """The called unit's own part; None where it convenes."""
    for row in parties:
        if row[5] and row[3] != Obligation.CONVENING:
            return OwnPart(row[2], Standing(row[4]), tuple(coming))
    return None


def _counts(parties: Iterable[Any], own: OwnPart | None) -> tuple[int, int]:
    """How many are asked, and how many have answered, of those the reader follows: all of a meeting her side convenes,
    else her own."""
    if own is not None:
        return 0, 0
    asked = [
        Standing(row[4]) for row in parties if row[3] != Obligation.CONVENING and (row[5] or row[6])
    ]  # fmt: skip
    bound = [standing for standing in asked if standing not in _LIFTED]
    return len(bound), sum(standing not in _SILENT for standing in bound)


def _others(parties: list[Any] | tuple[()], beside: bool) -> tuple[str, ...]:
    """The called units, where the rule set of the reader's own side shows them (rules, section 3); `beside` her own."""
    if not any(row[5] and row[7] for row in parties):
        return ()
    return tuple(row[2] for row in parties if row[3] != Obligation.CONVENING and not (beside and row[5]))


def _meeting(
    row: Any,
    own: OwnPart | None,
    called: int,
    answered: int,
    others: tuple[str, ...],
    shares: tuple[tuple[Share, str | None], ...],
) -> FeedMeeting:
    return FeedMeeting(
        row[0],
        row[1],
        Form(row[2]),
        Place(PlaceKind(row[3]), *row[4:8]),
        row[8],
        row[9],
        MeetingState(row[10]),
        row[11],
        row[12],
        row[13],
        row[14],
        row[15],
        own,
        called,
        answered,
        others,
        shares,
        row[18],
    )
