"""The other lists of the pages: deviation reports, units with their gaps, and how far behind the service is.

The law of this file: as in `dashboard`: it writes nothing, and what is outside the scope is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import DeviationState
from sip.store import db
from sip.store.aggregates.faults import KINDS
from sip.store.seen.dashboard import MOST
from sip.store.seen.scope import Scope, Seen


@dataclass(frozen=True, slots=True)
class DeviationLine:
    """One report in a list; `receives`: the reader's side is the absent party's. Without a meeting it has no start."""

    id: UUID
    reference: str
    meeting_start: datetime | None
    state: DeviationState
    raised_at: datetime
    reporting_unit: str
    receiving_unit: str
    receives: bool
    good_example: bool
    reporting_unit_id: UUID
    party: int | None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the directory, with what an administrator looks for: counts of what is in force today."""

    id: UUID
    name: str
    organisation: str
    principal: str
    principal_id: UUID
    addresses: int
    phone_only: bool
    substitutes: int
    archived: bool
    week_mail: bool
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind the service is: the oldest due step (by its clock), the oldest mail not handed over (machine
    time) and the oldest mail not judged (machine time); None when none waits. `unsent_seconds` is the age of the
    oldest unsent mail in machine time; of the mails that wait at most MOST_WAITING are counted."""

    oldest_due: datetime | None
    oldest_unsent: datetime | None
    oldest_unjudged: datetime | None
    waiting_mail: int
    failing: int
    unsent_seconds: float = 0.0


async def deviations(
    conn: AsyncConnection, scope: Scope, *, meeting: UUID | None = None, who: str | None = None
) -> list[DeviationLine]:
    """Reports within the scope, of one meeting or all, the latest first. `who`: on the page of a protected meeting."""
    seen = Seen(scope, who=who)
    sql = f"""select d.id, coalesce(d.facts_reference, d.own_reference), d.facts_starts_at, d.state, d.raised_at,
 d.reporting_unit_name, d.receiving_unit_name, {seen.covers("d.receiving_")}, d.good_example, d.reporting_unit_id,
 d.party
 from deviation d
 where {seen.deviation()}{seen.given("d.meeting_id = {}", meeting)} order by d.raised_at desc limit {MOST}"""
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    return [DeviationLine(row[0], row[1], row[2], DeviationState(row[3]), *row[4:]) for row in rows]


async def likes(conn: AsyncConnection, scope: Scope, report: UUID) -> list[DeviationLine]:
    """Other reports within the scope that go on between the same two units, the same way round, the latest first."""
    seen = Seen(scope)
    of = seen.bind(report)
    sql = f"""select d.id, coalesce(d.facts_reference, d.own_reference), d.facts_starts_at, d.state, d.raised_at,
 d.reporting_unit_name, d.receiving_unit_name, {seen.covers("d.receiving_")}, d.good_example, d.reporting_unit_id,
 d.party
 from deviation d join deviation o on o.id = {of}::uuid
 where d.id <> o.id and d.reporting_unit_id = o.reporting_unit_id and d.receiving_unit_id = o.receiving_unit_id
 and d.state <> all(array['closed', 'merged', 'withdrawn']) and not d.good_example
 and coalesce(d.facts_protected, false) = coalesce(o.facts_protected, false)
 and {seen.deviation()}
 order by d.raised_at desc limit {MOST}"""
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    return [DeviationLine(row[0], row[1], row[2], DeviationState(row[3]), *row[4:]) for row in rows]


_IN_FORCE = "(x.valid_from is null or x.valid_from <= {0}) and (x.valid_to is null or x.valid_to >= {0})"


async def units(conn: AsyncConnection, scope: Scope, now: datetime, *, archived: bool = False) -> list[UnitLine]:
    """Units within the scope, in no order: the database has no Swedish collation."""
    seen = Seen(scope)
    in_force, closed = _IN_FORCE.format(f"{seen.bind(now.date())}::date"), seen.bind(now)
    sql = f"""select u.id, u.name, o.name, pr.name, pr.id,
 (select count(*) from unit_address x where x.unit_id = u.id and {in_force}),
 u.phone_only,
 (select count(*) from role x where x.unit_id = u.id and x.role = 'substitute' and {in_force}),
 u.archived_at is not null and u.archived_at <= {closed}, u.week_mail,
 (select v.verified_at from verified_mailbox v where v.unit_id = u.id and v.email = (select lower(x.email)
  from unit_address x where x.unit_id = u.id and {in_force} order by x.ordinal limit 1))
 from unit u join organisation o on o.id = u.organisation_id join principal pr on pr.id = o.principal_id
 where {seen.unit()}{"" if archived else f" and (u.archived_at is null or u.archived_at > {closed})"}"""
    return [UnitLine(*row) for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def principals(conn: AsyncConnection) -> Sequence[tuple[UUID, str]]:
    """All principals by id and name."""
    return [(row[0], row[1]) for row in await (await db.raw(conn)).fetch("select id, name from principal")]


async def areas(conn: AsyncConnection) -> Sequence[str]:
    """The areas that units lie in, by name."""
    rows = await (await db.raw(conn)).fetch("select distinct area from unit where area is not null order by area")
    return [row[0] for row in rows]


_FIRST_DUE = " union all ".join(
    f"(select due_at from {kind} where due_at is not null order by due_at limit 1)" for kind in KINDS
)
_FAILING = " + ".join(f"(select count(*) from {kind} where failures > 0)" for kind in KINDS)
MOST_WAITING = 200
"""So many mails that wait are counted: whoever asks whether the service keeps up must not read all that it has left."""
# The oldest of each first, by an index, and no further.
_WAITS = """from outbox where state in ('pending', 'claimed') and (not_before is null or not_before <= $1)
 order by recorded_at"""
_LAG = f"""select
 (select min(due_at) from ({_FIRST_DUE}) x where due_at <= $1),
 o.recorded_at,
 (select recorded_at from inbound where judged_at is null order by id limit 1),
 (select count(*) from (select 1 {_WAITS} limit {MOST_WAITING}) x),
 {_FAILING} + (select count(*) from outbox where state = 'pending' and failures > 0),
 coalesce(extract(epoch from clock_timestamp() - o.recorded_at), 0)::float8
 from (select 1) x left join (select recorded_at {_WAITS} limit 1) o on true"""


async def lag(conn: AsyncConnection, now: datetime) -> Lag:
    """How far behind due steps and mail are."""
    return Lag(*(await (await db.raw(conn)).fetchrow(_LAG, now)))


_NAMES = """select id, name from unit where id = any($1::uuid[])
 union all select id, name from organisation where id = any($1::uuid[])
 union all select id, name from principal where id = any($1::uuid[])"""


async def place_names(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of these units, organisations and principals, by id."""
    return {row[0]: row[1] for row in await (await db.raw(conn)).fetch(_NAMES, list(ids))}
