"""Units found by words, a page at a time in Swedish order, and what one unit's page asks beside the directory itself.

The law of this file: as in `dashboard`: it writes nothing, and what is outside the scope is not there. The order is
reckoned by the server, which has no Swedish collation: å, ä and ö are put after z.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.worktime import local_day
from sip.store import db
from sip.store.seen.dashboard import THERE
from sip.store.seen.scope import Scope, Seen

MOST, COUNTED = 45, 500
"""Units of one page, and how many are counted: of more it is said that there are more."""


@dataclass(frozen=True, slots=True)
class UnitHit:
    """One unit of the list: counts and mailbox as they are in force today; `closes_at` is the end of its last day."""

    id: UUID
    name: str
    organisation: str
    principal: str
    hsa_id: str | None
    phone_only: bool
    week_mail: bool
    closes_at: datetime | None
    email: str | None
    substitutes: int
    verified_at: datetime | None

    def archived(self, now: datetime) -> bool:
        """Whether its last day is over."""
        return self.closes_at is not None and self.closes_at <= now


@dataclass(frozen=True, slots=True)
class UnitQuery:
    """What is looked for: every word in name, organisation, principal, HSA-id or mailbox. `among`: these alone."""

    words: tuple[str, ...] = ()
    principal_id: UUID | None = None
    among: Sequence[UUID] | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class UnitsFound:
    """A page of units, how many there are in all (at most one more than are counted), and whether more come after."""

    units: list[UnitHit]
    total: int
    more: bool


def _order(name: str) -> str:
    return f"(translate(lower({name}), 'åäöéèüæø', '{{|}}eey|}}') collate \"C\")"


_SAID = "lower(concat_ws(' ', u.name, o.name, pr.name, u.hsa_id, w.emails))"
_FROM = "from unit u join organisation o on o.id = u.organisation_id join principal pr on pr.id = o.principal_id"
# Read once for all units, and only where words are looked for: looked up for each unit it costs fifty times that.
_EMAILS = """ left join (select a.unit_id, string_agg(a.email, ' ') as emails from unit_address a group by a.unit_id) w
 on w.unit_id = u.id"""


async def units(
    conn: AsyncConnection, scope: Scope, query: UnitQuery, now: datetime, *, after: UUID | None = None
) -> UnitsFound:
    """The first units found within the scope, or those that come after the unit `after`."""
    seen = Seen(scope)
    among = f"{_FROM}{_EMAILS if query.words else ''}"
    wanted = f"{seen.unit()}{_wanted(seen, query, now)}"
    raw = await db.raw(conn)
    counted = f"select count(*) from (select {among} where {wanted} limit {COUNTED + 1}) x"
    total = await raw.fetchval(counted, *seen.values)
    here = ""
    if after is not None:
        last = f"select {_order('w.name')}, w.id from unit w where w.id = {seen.bind(after)}"
        here = f" and ({_order('u.name')}, u.id) > ({last})"
    day = f"{seen.bind(local_day(now))}::date"
    in_force = f"(x.valid_from is null or x.valid_from <= {day}) and (x.valid_to is null or x.valid_to >= {day})"
    # The page first, along the index that has its order, and then what stands in its rows.
    page = f"""select u.id, u.name, o.name as organisation, pr.name as principal, u.hsa_id, u.phone_only, u.week_mail,
 u.archived_at, {_order("u.name")} as place {among} where {wanted}{here} order by {_order("u.name")}, u.id
 limit {MOST + 1}"""
    sql = f"""select u.id, u.name, u.organisation, u.principal, u.hsa_id, u.phone_only, u.week_mail, u.archived_at,
 f.email, (select count(*) from role x where x.unit_id = u.id and x.role = 'substitute' and {in_force}),
 (select v.verified_at from verified_mailbox v where v.unit_id = u.id and v.email = lower(f.email))
 from ({page}) u left join lateral (select x.email from unit_address x where x.unit_id = u.id and {in_force}
 order by x.ordinal limit 1) f on true order by u.place, u.id"""
    rows = await raw.fetch(sql, *seen.values)
    return UnitsFound([UnitHit(*row) for row in rows[:MOST]], total, len(rows) > MOST)


def _wanted(seen: Seen, query: UnitQuery, now: datetime) -> str:
    sql = "" if query.archived else f" and (u.archived_at is null or u.archived_at > {seen.bind(now)})"
    sql += seen.given("pr.id = {}", query.principal_id)
    if query.among is not None:
        sql += f" and u.id = any({seen.bind(list(query.among))}::uuid[])"
    if query.words:
        words = seen.bind([word.lower() for word in query.words])
        sql += f" and not exists (select from unnest({words}::text[]) as t(word) where position(t.word in {_SAID}) = 0)"
    return sql


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A called meeting to come that a unit is a party of, with who convenes it."""

    meeting_id: UUID
    reference: str
    start: datetime
    convener_unit: str


async def open_calls(conn: AsyncConnection, unit_id: UUID, since: datetime) -> list[OpenCall]:
    """The called meetings that begin at `since` or later and have this unit among their parties, the first first."""
    rows = await (await db.raw(conn)).fetch(
        "select m.id, m.reference, m.starts_at, m.convener_unit_name from party p join meeting m on m.id = p.meeting_id"
        f" where p.unit_id = $1 and m.state = 'called' and not m.protected and m.starts_at >= $2 and {THERE}"
        " order by m.starts_at, m.id",
        unit_id,
        since,
    )
    return [OpenCall(*row) for row in rows]


async def sharing(conn: AsyncConnection, emails: Sequence[str], besides: UUID) -> list[tuple[str, UUID, str]]:
    """Which of these mailboxes other units have, too: the address, the unit and its name."""
    rows: Sequence[Any] = await (await db.raw(conn)).fetch(
        "select distinct lower(a.email), u.id, u.name from unit_address a join unit u on u.id = a.unit_id"
        " where lower(a.email) = any($1::text[]) and a.unit_id <> $2 order by 1, 3",
        [email.lower() for email in emails],
        besides,
    )
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A member of staff to choose: name or function, and her organisation."""

    id: UUID
    name: str
    function: str | None
    email: str | None


async def staff(
    conn: AsyncConnection, organisation_id: UUID | None, principal_id: UUID | None, words: Sequence[str], limit: int
) -> list[PersonHit]:
    """Staff of an organisation, or of a principal's, whose name, function or address holds every word, in Swedish
    order.
    """
    rows = await (await db.raw(conn)).fetch(
        "select x.id, x.name, x.function, x.email from person x where ($1::uuid is null or x.organisation_id = $1)"
        " and ($2::uuid is null or x.organisation_id in (select o.id from organisation o where o.principal_id = $2))"
        " and not exists (select from unnest($3::text[]) as t(w)"
        " where position(t.w in lower(concat_ws(' ', x.name, x.function, x.email))) = 0)"
        f" order by {_order('x.name')}, x.id limit $4",
        organisation_id,
        principal_id,
        [word.lower() for word in words],
        limit,
    )
    return [PersonHit(*row) for row in rows]
