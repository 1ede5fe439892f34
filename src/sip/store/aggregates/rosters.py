"""Rosters: who can be reached at a unit at one moment, as `decide` sees it (house, law 8).

A role may be held for a unit, for its organisation or for its principal; the nearest that anybody holds counts. A
deputy whose dates are set stands before the manager: that is when the manager is away.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.bounds import LONGEST_MEETING
from sip.domain.people import Language, Person, Role, Roster, Successor
from sip.domain.worktime import local_day
from sip.store import db

_UNITS = """
    select u.id, u.name, u.organisation_id, o.principal_id, u.phone, u.language, u.auto_accepts, u.phone_only,
        u.weekend_staffed, u.inpatient, u.archived_at, u.area
    from unit u join organisation o on o.id = u.organisation_id where u.id = any($1::uuid[])
"""
# A chain of successors is followed to the first that has not closed; one that goes in a circle leads to nobody.
_SUCCESSORS = """
    with recursive chain (unit_id, next_id, step) as (
        select id, successor_id, 1 from unit where id = any($1::uuid[]) and successor_id is not null
        union all select c.unit_id, u.successor_id, c.step + 1 from chain c join unit u on u.id = c.next_id
        where u.archived_at <= $2 and u.successor_id is not null and c.step < 20
    )
    select c.unit_id, s.id, s.name from chain c join unit s on s.id = c.next_id
    where s.archived_at is null or s.archived_at > $2
"""
_ADDRESSES = """
    select a.unit_id, a.email, v.verified_at from unit_address a
        left join verified_mailbox v on v.unit_id = a.unit_id and v.email = lower(a.email)
        where a.unit_id = any($1::uuid[]) and (a.valid_from is null or a.valid_from <= $2)
            and (a.valid_to is null or a.valid_to >= $2) order by a.unit_id, a.ordinal
"""
# No meeting is longer than LONGEST_MEETING: the index on the start finds those that may overlap.
_ENGAGED = """
    select distinct m.id, a.email_folded from meeting m
    join meeting other on other.state = 'called' and other.starts_at < m.ends_at
        and other.starts_at >= m.starts_at - $2::interval and other.ends_at > m.starts_at and other.id <> m.id
        and not other.protected
    join party p on p.meeting_id = other.id and not p.removed
    join attendee a on a.meeting_id = other.id and a.party = p.ordinal
        and a.state in ('named', 'accepted')
    where m.id = any($1::uuid[]) and a.email is not null
"""
_CLOSED = "select unit_id, day from closed_day where unit_id = any($1::uuid[]) and day >= $2"
_DOMAINS = "select organisation_id, domain from organisation_domain where organisation_id = any($1::uuid[])"
_EMAILS = """
    select organisation_id, lower(email) from person where organisation_id = any($1::uuid[]) and email is not null
    union select u.organisation_id, lower(a.email) from unit_address a join unit u on u.id = a.unit_id
        where u.organisation_id = any($1::uuid[])
"""
_ROLES = """
    select r.role, r.unit_id, r.organisation_id, r.principal_id, r.valid_from is not null and r.valid_to is not null,
        p.name, p.email, p.phone, p.function
    from role r join person p on p.id = r.person_id
    where (r.unit_id = any($1::uuid[]) or r.organisation_id = any($2::uuid[]) or r.principal_id = any($3::uuid[]))
        and (r.valid_from is null or r.valid_from <= $4) and (r.valid_to is null or r.valid_to >= $4)
        and r.role in ('unit_manager', 'deputy', 'head_of_operations', 'contract_officer', 'watcher', 'substitute',
            'coordinator', 'administrator')
    order by r.ordinal, p.name, r.id
"""
# Closed days matter from a round's beginning on; a week back covers what is being decided late.
_PAST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Holder:
    person: Person
    dated: bool


_Mailboxes = list[tuple[str, datetime | None]]
Held = dict[tuple[str, UUID], list[_Holder]]


async def rosters(conn: AsyncConnection, unit_ids: Iterable[UUID], now: datetime) -> dict[UUID, Roster]:
    """The units by id as they are at `now`; an unknown id is left out."""
    wanted, raw = list(set(unit_ids)), await db.raw(conn)
    units = await raw.fetch(_UNITS, wanted) if wanted else []
    if not units:
        return {}
    today = local_day(now)
    closing = [row[0] for row in units if row[10] is not None]
    successors = {one: Successor(*who) for one, *who in await raw.fetch(_SUCCESSORS, closing, now)} if closing else {}
    ids = [row[0] for row in units]
    organisations = list({row[2] for row in units})
    addresses = await _mailboxes(raw, ids, today)
    closed = await _lists(raw, _CLOSED, ids, today - _PAST)
    domains = {key: frozenset(values) for key, values in (await _lists(raw, _DOMAINS, organisations)).items()}
    emails = {key: frozenset(values) for key, values in (await _lists(raw, _EMAILS, organisations)).items()}
    held = await _roles(raw, ids, organisations, list({row[3] for row in units}), today)
    return {
        row[0]: _roster(row, addresses[row[0]], closed[row[0]], domains, emails, held, successors.get(row[0]))
        for row in units
    }  # fmt: skip


async def engaged(conn: AsyncConnection, meeting_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Who (folded addresses) comes to another called meeting at the hour of each of these (rules, section 7 S2)."""
    raw = await db.raw(conn)
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for meeting, email in await raw.fetch(_ENGAGED, list(meeting_ids), LONGEST_MEETING):
        found[meeting].add(email)
    return {meeting: frozenset(emails) for meeting, emails in found.items()}


async def _lists(raw: Any, sql: str, *values: Any) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for key, value in await raw.fetch(sql, *values):
        found[key].append(value)
    return found


async def _mailboxes(raw: Any, ids: list[UUID], today: date) -> defaultdict[UUID, _Mailboxes]:
    found: defaultdict[UUID, _Mailboxes] = defaultdict(list)
    for unit, email, verified_at in await raw.fetch(_ADDRESSES, ids, today):
        found[unit].append((email, verified_at))
    return found


async def _roles(raw: Any, units: list[UUID], organisations: list[UUID], principals: list[UUID], today: date) -> Held:
    held: Held = defaultdict(list)
    for role, unit, organisation, principal, dated, name, email, phone, function in await raw.fetch(
        _ROLES, units, organisations, principals, today
    ):
        scope = unit or organisation or principal
        held[role, scope].append(_Holder(Person(name, email, phone, function), dated))
    return held


def _roster(
    row: Any,
    mailboxes: _Mailboxes,
    closed: list[date],
    domains: dict[UUID, frozenset[str]],
    emails: dict[UUID, frozenset[str]],
    held: Held,
    successor: Successor | None,
) -> Roster:
    unit, organisation, principal = row[0], row[2], row[3]
    scopes = (unit, organisation, principal)
    return Roster(
        unit_id=unit,
        name=row[1],
        organisation_id=organisation,
        principal_id=principal,
        phone=row[4],
        area=row[11],
        language=Language(row[5]),
        addresses=tuple(email for email, _ in mailboxes),
        closed_days=frozenset(closed),
        auto_accepts=row[6],
        phone_only=row[7],
        weekend_staffed=row[8],
        inpatient=row[9],
        closes_at=row[10],
        successor=successor,
        verified={folded(email): at for email, at in mailboxes if at is not None},
        mail_domains=domains.get(organisation, frozenset()),
        organisation_emails=emails.get(organisation, frozenset()),
        managers=_managers(held, unit),
        heads=_nearest(held, Role.HEAD_OF_OPERATIONS, scopes),
        contract_officers=_nearest(held, Role.CONTRACT_OFFICER, scopes),
        watchers=_nearest(held, Role.WATCHER, (unit,)),
        substitutes=_nearest(held, Role.SUBSTITUTE, (unit,)),
        coordinators=_nearest(held, Role.COORDINATOR, scopes),
        administrators=_nearest(held, Role.ADMINISTRATOR, scopes),
    )


def _nearest(held: Held, role: Role, scopes: Iterable[UUID]) -> tuple[Person, ...]:
    for scope in scopes:
        found = held.get((role, scope))
        if found:
            return tuple(holder.person for holder in found)
    return ()


def _managers(held: Held, unit: UUID) -> tuple[Person, ...]:
    deputies = held.get((Role.DEPUTY, unit), [])
    away = [one.person for one in deputies if one.dated]
    managers = [one.person for one in held.get((Role.UNIT_MANAGER, unit), [])]
    return (*away, *managers, *(one.person for one in deputies if not one.dated))
