"""What is kept of meetings and of the world around them, as a replay reads it (rules, section 15).

The law of this file: it only reads. Journals come whole, a batch of meetings at a time; the directory as it was on each
day on which its dates changed something.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import RuleSet
from sip.domain.consent_record import ConsentAct, ConsentRecorded
from sip.domain.people import CaseFacts
from sip.domain.played import JournalStep, KeptMatter
from sip.domain.values import replace
from sip.store import cases, db
from sip.store.aggregates import rule_sets
from sip.store.aggregates.event_codec import decode_event, decode_notes

_MEETINGS = """
    select m.id from meeting m where m.called_at is not null and m.starts_at >= $1 and m.starts_at < $2
        and ($3::text is null or m.convener_unit_id = any(array(select u.id from unit u where u.area = $3)))
    order by m.starts_at, m.id
"""
_DISPOSED = """
    select coalesce(sum((d.counts ->> 'meetings')::int), 0)::int from disposal d
    where d.at >= $1 and d.kind = 'disposed'
"""
# Rows of one transaction have one moment of recording: the meeting's come before those that it wanted of its reports.
_STEPS = """
    select t.meeting_id, j.aggregate, j.kind, j.codec, j.data::text, j.notes::text, j.event_id, j.at
    from (
        select id as meeting_id, id as aggregate from unnest($1::uuid[]) as id
        union all select d.meeting_id, d.id from deviation d where d.meeting_id = any($1::uuid[])
    ) t
    join journal j on j.aggregate = t.aggregate and j.outcome <> 'refused'
    order by t.meeting_id, j.recorded_at, j.aggregate <> t.meeting_id, j.aggregate, j.seq
"""
_PEOPLE = """
    select meeting_id, party, ordinal, email_folded from attendee
    where meeting_id = any($1::uuid[]) and coalesce(email_folded, '') <> ''
"""
_RULES = "select meeting_id, ordinal, rule_set from party where meeting_id = any($1::uuid[])"
_BOUNDS = """
    select d.day, array_agg(distinct d.unit_id) from (
        select valid_from as day, unit_id from unit_address where valid_from is not null
        union all select valid_to + 1, unit_id from unit_address where valid_to is not null
        union all select b.day, u.id from (
            select valid_from as day, unit_id, organisation_id, principal_id from role where valid_from is not null
            union all select valid_to + 1, unit_id, organisation_id, principal_id from role where valid_to is not null
        ) b
        join unit u on u.id = b.unit_id or u.organisation_id = b.organisation_id
            or u.organisation_id = any(array(select o.id from organisation o where o.principal_id = b.principal_id))
    ) d where d.day > $1 and d.day <= $2 group by d.day order by d.day
"""


async def meetings(conn: AsyncConnection, since: datetime, before: datetime, area: str | None) -> list[UUID]:
    """Meetings that were called, to be held in this time; of conveners' units in the area, where one is given."""
    return [row[0] for row in await (await db.raw(conn)).fetch(_MEETINGS, since, before, area)]


async def disposed(conn: AsyncConnection, since: datetime) -> int:
    """How many meetings have been disposed of since; whose and of when is not known any more."""
    found: int = await (await db.raw(conn)).fetchval(_DISPOSED, since)
    return found


async def matters(conn: AsyncConnection, ids: Sequence[UUID]) -> list[KeptMatter]:
    """These meetings with their reports, in the order of the ids; one of which nothing is kept has no steps."""
    raw = await db.raw(conn)
    steps: defaultdict[UUID, list[JournalStep]] = defaultdict(list)
    for meeting, aggregate, kind, codec, data, notes, event_id, at in await raw.fetch(_STEPS, list(ids)):
        derived = aggregate != meeting and event_id.startswith("meeting/")
        steps[meeting].append(
            JournalStep(at, aggregate, decode_event(kind, codec, data), decode_notes(notes), derived)
        )  # fmt: skip
    people: defaultdict[UUID, dict[tuple[int, int], str]] = defaultdict(dict)
    for meeting, party, ordinal, email in await raw.fetch(_PEOPLE, list(ids)):
        people[meeting][party, ordinal] = email
    rows = await raw.fetch(_RULES, list(ids))
    known = await rule_sets.load(raw, (row[2] for row in rows))
    rules: defaultdict[UUID, dict[int, RuleSet]] = defaultdict(dict)
    for meeting, party, key in rows:
        rules[meeting][party] = known[key]
    return [KeptMatter(one, tuple(steps[one]), people[one], rules[one]) for one in ids]


@dataclass(frozen=True, slots=True)
class DirectoryDay:
    """A day from which dates in the directory make some units another."""

    day: date
    unit_ids: tuple[UUID, ...]


async def directory_days(conn: AsyncConnection, after: date, until: date) -> list[DirectoryDay]:
    """The days on which addresses or roles begin, or are over, in their order."""
    rows = await (await db.raw(conn)).fetch(_BOUNDS, after, until)
    return [DirectoryDay(row[0], tuple(row[1])) for row in rows]


async def units(conn: AsyncConnection) -> list[UUID]:
    """Every unit there is, or was."""
    return [row[0] for row in await (await db.raw(conn)).fetch("select id from unit")]


Facts = list[tuple[datetime, CaseFacts]]
_EVER = datetime.min.replace(tzinfo=UTC)
_CONSENTS = """
    select j.aggregate, j.at, j.data::text from journal j
    where j.aggregate = any($1::uuid[]) and j.kind = 'ConsentRecorded' order by j.aggregate, j.seq
"""


async def facts(conn: AsyncConnection, case_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """What each case's consent said, from when on, as its journal tells; as it is now where that tells no change."""
    now = await cases.facts(conn, case_ids)
    found: dict[UUID, Facts] = {case_id: [] for case_id in now}
    for case_id, at, data in await (await db.raw(conn)).fetch(_CONSENTS, list(case_ids)):
        if case_id in now:
            record = msgspec.json.decode(data, type=ConsentRecorded)
            if not found[case_id] and record.act in (ConsentAct.WITHDRAWN, ConsentAct.OTHER_GROUND):
                found[case_id].append((_EVER, replace(now[case_id], consent=True, other_legal_ground=False)))
            found[case_id].append((at, _said(now[case_id], record)))
    return {case_id: told if len(told) > 1 else [(_EVER, now[case_id])] for case_id, told in found.items()}


def _said(now: CaseFacts, record: ConsentRecorded) -> CaseFacts:
    return replace(
        now,
        consent=record.act is ConsentAct.RECORDED,
        consent_until=record.until,
        consent_organisations=None if record.organisations is None else frozenset(record.organisations),
        other_legal_ground=record.other_legal_ground,
    )


_HOLDS = """select case when exists (select 1 from meeting) then 'meetings'
 when exists (select 1 from case_) then 'cases'
 when exists (select 1 from journal) then 'a journal' when exists (select 1 from unit) then 'units'
 when exists (select 1 from app_user) then 'users' when exists (select 1 from principal) then 'principals' end"""


async def holds_anything(conn: AsyncConnection) -> str | None:
    """A word for what the database holds of anybody; None where it is empty."""
    found: str | None = await (await db.raw(conn)).fetchval(_HOLDS)
    return found
