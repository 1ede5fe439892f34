"""What is known around a meeting that is being planned: the hours that are taken, and who was called before.

The law of this file: of another meeting its hours alone, and of which unit or person (rules, section 11); what a unit
has called itself is its own to see. A protected meeting is not known here (section 13).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.planning import Hours
from sip.domain.terms import Obligation
from sip.store import db

_UNITS = """select p.unit_id, m.starts_at, m.ends_at from party p join meeting m on m.id = p.meeting_id
 where p.unit_id = any($1::uuid[]) and m.state = 'called' and not m.protected and not p.removed
 and p.redirected_to is null and m.ends_at > $2 and m.starts_at < $3"""
# Who comes, calls or leads, by her address.
_PEOPLE = """select x.email, m.starts_at, m.ends_at from (
 select a.email_folded as email, a.meeting_id from attendee a
  where a.email_folded = any($1::text[]) and a.state in ('named', 'accepted')
 union select c.convener_folded, c.id from meeting c
  where c.convener_folded = any($1::text[]) and c.state = 'called' and c.ends_at > $2 and c.starts_at < $3
 ) x join meeting m on m.id = x.meeting_id and m.state = 'called' and not m.protected
  and m.ends_at > $2 and m.starts_at < $3"""
_SETS = """select m.id, array_agg(p.unit_id order by p.ordinal), array_agg(p.obligation order by p.ordinal)
 from (select id, starts_at from meeting where convener_unit_id = $1 and called_at is not null and not protected
  order by called_at desc limit 60) m
 join party p on p.meeting_id = m.id and p.obligation <> 'convening' and not p.removed and p.redirected_to is null
 join unit u on u.id = p.unit_id and (u.archived_at is null or u.archived_at > $2)
 group by m.id, m.starts_at order by m.starts_at desc, m.id"""

Together = tuple[tuple[UUID, Obligation], ...]
"""Units that were called to one meeting, each with its duty."""


async def taken(
    conn: AsyncConnection, units: Iterable[UUID], emails: Iterable[str], begin: datetime, end: datetime
) -> tuple[dict[UUID, tuple[Hours, ...]], dict[str, tuple[Hours, ...]]]:
    """The hours of called meetings between two moments: by unit, and by person (folded address)."""
    raw = await db.raw(conn)
    by_unit: defaultdict[UUID, list[Hours]] = defaultdict(list)
    for unit, start, ends in await raw.fetch(_UNITS, list(units), begin, end):
        by_unit[unit].append(Hours(start, ends))
    by_person: defaultdict[str, list[Hours]] = defaultdict(list)
    for email, start, ends in await raw.fetch(_PEOPLE, [one.lower() for one in emails], begin, end):
        by_person[email].append(Hours(start, ends))
    return {key: tuple(found) for key, found in by_unit.items()}, {k: tuple(found) for k, found in by_person.items()}


async def together(conn: AsyncConnection, unit: UUID, now: datetime) -> list[Together]:
    """Whom this unit has called lately, meeting by meeting, the latest first."""
    rows = await (await db.raw(conn)).fetch(_SETS, unit, now)
    return [tuple((one, Obligation(duty)) for one, duty in zip(row[1], row[2], strict=True)) for row in rows]
