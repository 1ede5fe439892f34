"""Called units of whom the directory lacks something, the nearest meeting first: found by the database.

The law of this file: as in `dashboard`: it writes nothing, and what is outside the scope is not there. Which units lack
something is asked here, what each lacks is said by the rules (`sip.domain.people.Roster.gaps`); a test holds the two
together. What is read grows with the scope's units, not with meetings: of each the nearest is looked up.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.worktime import local_day
from sip.store import db
from sip.store.seen.scope import Scope, ScopeKind, Seen


@dataclass(frozen=True, slots=True)
class Lacking:
    """A unit that lacks something, with the start of the nearest meeting that it is called to."""

    unit_id: UUID
    name: str
    next_start: datetime


# The units of all that is ahead, one after the other along the index: as many steps as there are units.
_WALK = """with recursive walk (id) as (
 (select p.unit_id from party p where p.ahead_at is not null order by p.unit_id limit 1) union all
 select (select p.unit_id from party p where p.ahead_at is not null and p.unit_id > walk.id order by p.unit_id limit 1)
 from walk where walk.id is not null), """
_ROLES = """(select bool_or(coalesce(x.email, '') <> '') from role r join person x on x.id = r.person_id
 where {where} and {in_force})"""
_NEAREST = ("r.unit_id = c.id", "r.organisation_id = c.organisation_id", "r.principal_id = c.principal_id")


def _in_force(x: str, day: str) -> str:
    return f"({x}.valid_from is null or {x}.valid_from <= {day}) and ({x}.valid_to is null or {x}.valid_to >= {day})"


def _held(where: str, day: str) -> str:
    """Of who holds these roles there: whether any of them can be mailed; null where nobody holds one."""
    return _ROLES.format(where=where, in_force=_in_force("r", day))


def _nearest(role: str, day: str) -> str:
    """Whether the nearest that hold the role can be mailed: the unit's own, else its organisation's, else its
    principal's."""
    held = (_held(f"{place} and r.role = '{role}'", day) for place in _NEAREST)
    return f"coalesce({', '.join(held)}, false)"


def _lacks(day: str) -> str:
    """As `Roster.gaps`."""
    mailbox = f"exists (select 1 from unit_address a where a.unit_id = c.id and {_in_force('a', day)})"
    manager = _held("r.unit_id = c.id and r.role in ('unit_manager', 'deputy')", day)
    head = f"({_nearest('head_of_operations', day)} or {_nearest('contract_officer', day)})"
    return f"""(case when c.phone_only then coalesce(c.phone, '') = '' else not {mailbox} end
 or not coalesce({manager}, false) or not {head} or not {_nearest("coordinator", day)})"""


async def lacking(conn: AsyncConnection, scope: Scope, now: datetime, limit: int) -> tuple[list[Lacking], int]:
    """The first of them, and how many there are."""
    seen = Seen(scope)
    at, day, everything = seen.bind(now), seen.bind(local_day(now)), scope.kind is ScopeKind.EVERYTHING
    sql = f"""{_WALK if everything else "with "}called as materialized (
 select u.id, u.name, u.phone, u.phone_only, u.organisation_id, o.principal_id, n.ahead_at
 from {"walk join unit u on u.id = walk.id" if everything else "unit u"}
 join organisation o on o.id = u.organisation_id cross join lateral (
  select p.ahead_at from party p where p.unit_id = u.id and not p.protected and p.ahead_at > {at}
  order by p.ahead_at limit 1) n
 where {seen.unit()})
 select c.id, c.name, c.ahead_at, count(*) over () from called c where {_lacks(day)}
 order by c.ahead_at, c.name, c.id limit {seen.bind(limit)}"""
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    return [Lacking(*row[:3]) for row in rows], rows[0][3] if rows else 0
