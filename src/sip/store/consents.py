"""The consent of a case as its journal tells it, and whom a change of it was told.

The law of this file: rows are only added, and are sealed as any of the journal; nobody but the side that keeps the case
is shown them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.consent_record import ConsentMailed, ConsentRecorded
from sip.store import db
from sip.store.aggregates import journal
from sip.store.aggregates.journal import ActorColumns
from sip.store.aggregates.versioned import NO_HASH


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A record, who made it and when; `sent` says of how many of those told the mail has left."""

    record: ConsentRecorded
    by: str
    at: datetime
    sent: int = 0


async def last_mail(conn: AsyncConnection) -> int:
    """The number of the newest mail there is."""
    found: int = await (await db.raw(conn)).fetchval("select coalesce(max(id), 0) from outbox")
    return found


_TAKEN_BACK = """
    select distinct o.meeting_id, p.unit_name from outbox o
    join party p on p.meeting_id = o.meeting_id and p.ordinal = o.party
    where o.meeting_id = any($1) and o.id > $2 and o.method = 'CANCEL' order by o.meeting_id, p.unit_name
"""


async def taken_back(conn: AsyncConnection, meetings: Sequence[UUID], after: int) -> tuple[ConsentMailed, ...]:
    """Units to which a CANCEL of these meetings has been posted since this mail."""
    rows = await (await db.raw(conn)).fetch(_TAKEN_BACK, list(meetings), after)
    return tuple(ConsentMailed(row[0], row[1]) for row in rows)


async def add(
    conn: AsyncConnection, case_id: UUID, event_id: str, record: ConsentRecorded, by: ActorColumns, now: datetime
) -> None:
    """A new row of the case's journal; the same `event_id` again adds nothing. The case is held."""
    if await journal.first_outcomes(conn, [(case_id, event_id)]):
        return
    seq, before = (await journal.heads(conn, [case_id])).get(case_id, (0, NO_HASH))
    writer = journal.Writer(by, now, await journal.recording_moment(conn))
    writer.add((case_id, seq, before), seq + 1, event_id, record, (), journal.APPLIED)
    await writer.write(conn)


_READ = """
    select j.data::text, coalesce(j.actor_name, j.actor_kind), j.at from journal j
    where j.aggregate = $1 and j.kind = 'ConsentRecorded' order by j.seq desc
"""
_SENT = """
    select count(distinct (o.meeting_id, p.unit_name)) from unnest($1::uuid[], $2::text[]) t (m, u)
    join party p on p.meeting_id = t.m and p.unit_name = t.u
    join outbox o on o.meeting_id = p.meeting_id and o.party = p.ordinal and o.method = 'CANCEL' and o.state = 'sent'
"""


async def read(conn: AsyncConnection, case_id: UUID) -> list[ConsentLine]:
    """The records of a case, the latest first."""
    raw = await db.raw(conn)
    found = []
    for data, by, at in await raw.fetch(_READ, case_id):
        record = msgspec.json.decode(data, type=ConsentRecorded)
        told = [one.meeting_id for one in record.told], [one.unit for one in record.told]
        found.append(ConsentLine(record, by, at, await raw.fetchval(_SENT, *told) if record.told else 0))
    return found
