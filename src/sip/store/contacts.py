"""Units whose addresses have changed, and the called meetings and open polls that have not followed yet (rules, section
5 R5 and section 9 P2).

The law of this file: a unit stands here from the transaction that changed its addresses, or from the day that a date of
theirs came, until no called meeting and no open poll writes to it elsewhere than today.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

# A change that meets its unit being followed waits, and stands here anew: it is never lost with the row before it.
_NOTE = "on conflict (unit_id) do update set recorded_at = clock_timestamp()"
_IN_FORCE = "(a.valid_from is null or a.valid_from <= $2) and (a.valid_to is null or a.valid_to >= $2)"
_BEHIND = f"""
    select distinct p.meeting_id from party p join meeting m on m.id = p.meeting_id
    join party_round r on r.meeting_id = p.meeting_id and r.party = p.ordinal and r.number = p.round
    left join invitation i on i.meeting_id = p.meeting_id and i.party = p.ordinal and i.attendee is null and i.active
    where p.unit_id = any($1::uuid[]) and m.state = 'called' and m.starts_at > $3 and not m.consent_over
        and not p.removed and p.redirected_to is null and p.other_system is null and not r.phone_only
        and p.meeting_id <> all($5::uuid[]) and case when i.email is not null
            then not exists (select 1 from unit_address a
                where a.unit_id = p.unit_id and lower(a.email) = lower(i.email) and {_IN_FORCE})
            else exists (select 1 from unit_address a where a.unit_id = p.unit_id and {_IN_FORCE} and not exists (
                select 1 from invitation f where f.meeting_id = p.meeting_id and f.party = p.ordinal
                and f.attendee is null and f.delivery = 'undeliverable' and lower(f.email) = lower(a.email))) end
"""
# An open poll, of a draft too, that has asked a unit which has not answered, elsewhere than where it is reached today.
_POLL_BEHIND = f"""
    select p.meeting_id from poll q join meeting m on m.id = q.meeting_id join poll_ask k on k.meeting_id = q.meeting_id
    join party p on p.meeting_id = k.meeting_id and p.ordinal = k.party join unit u on u.id = p.unit_id
    where p.unit_id = any($1::uuid[]) and q.state = 'open' and q.closes_at > $3
        and (m.state = 'draft' or (m.state = 'called' and m.starts_at > $3 and not m.consent_over))
        and not p.removed and p.redirected_to is null and p.meeting_id <> all($5::uuid[])
        and not exists (select 1 from poll_answer w where w.meeting_id = k.meeting_id and w.party = k.party)
        and case when k.email is not null
            then not exists (select 1 from unit_address a
                where a.unit_id = p.unit_id and lower(a.email) = lower(k.email) and {_IN_FORCE})
            else p.other_system is null and not u.phone_only and exists (select 1 from unit_address a
                where a.unit_id = p.unit_id and {_IN_FORCE} and lower(a.email) <> all(
                    select lower(t) from unnest(k.tried) as t)) end
"""
_ALL_BEHIND = f"select meeting_id from ({_BEHIND} union {_POLL_BEHIND}) b order by meeting_id limit $4"


async def note(conn: AsyncConnection, unit_ids: Iterable[UUID]) -> None:
    """The addresses of these units have changed."""
    await (await db.raw(conn)).execute(
        f"insert into contacts_changed (unit_id) select unnest($1::uuid[]) {_NOTE}", sorted(set(unit_ids))
    )


async def note_dates(conn: AsyncConnection, since: date, today: date) -> None:
    """Addresses that have begun or ended after the day `since`, today at the latest, have changed by that."""
    await (await db.raw(conn)).execute(
        "insert into contacts_changed (unit_id) select distinct a.unit_id from unit_address a"
        f" where (a.valid_from > $1 and a.valid_from <= $2) or (a.valid_to >= $1 and a.valid_to < $2) {_NOTE}",
        since,
        today,
    )


async def changed(conn: AsyncConnection, limit: int) -> list[UUID]:
    """Units that have changed and that no other worker follows just now, the oldest change first; locked."""
    rows = await (await db.raw(conn)).fetch(
        "select unit_id from contacts_changed order by recorded_at, unit_id limit $1 for update skip locked", limit
    )
    return [row[0] for row in rows]


async def behind(
    conn: AsyncConnection, unit_ids: Sequence[UUID], today: date, now: datetime, limit: int, aside: Sequence[UUID]
) -> list[UUID]:
    """Called meetings that write to one of these units elsewhere than its addresses in force today, and open polls that
    ask it elsewhere; not those `aside`.

    The same question as `sip.domain.rounds.replaced` and `sip.domain.poll_upkeep`; a test holds each together.
    """
    rows = await (await db.raw(conn)).fetch(_ALL_BEHIND, list(unit_ids), today, now, limit, list(aside))
    return [row[0] for row in rows]


async def followed(conn: AsyncConnection, unit_ids: Sequence[UUID]) -> None:
    """Nothing is behind."""
    await (await db.raw(conn)).execute("delete from contacts_changed where unit_id = any($1::uuid[])", list(unit_ids))
