"""What organisations have decided on how long they keep, their holds, and the matters that are due (rules, section 12).

The law of this file: it finds, counts and keeps; what is due is the domain's to say (`sip.domain.keeping`), and to take
rows away is the database's own functions' alone (`forget_matters`), which look once more for a hold. A report goes on
(`report_goes_on`) until it has ended, and a merged one until that has in which it goes on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.keeping import Hold, Matter, Policy
from sip.store import db, tables
from sip.store.aggregates.journal import ActorColumns
from sip.store.rows import insert

_ACTOR = ("actor_kind", "actor_id", "actor_name", "actor_unit_id", "actor_role")


def _who(actor: ActorColumns) -> tuple[object, ...]:
    return actor.kind, actor.id, actor.name, actor.unit_id, actor.role


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """Something that was decided, by whom, and when."""

    what: Policy | Hold
    by: str
    at: datetime


# -- decisions

_POLICY = "organisation_id, version, matter_years, log_years, by_itself, decision"
_POLICIES = (
    f"select {_POLICY}, coalesce(actor_name, actor_kind), at from disposal_policy"
    " where organisation_id = $1 order by version desc"
)


async def policies(conn: AsyncConnection, organisation_id: UUID) -> list[DecidedBy]:
    """Every version, the latest first."""
    rows = await (await db.raw(conn)).fetch(_POLICIES, organisation_id)
    return [DecidedBy(Policy(*row[:6]), row[6], row[7]) for row in rows]


async def latest(conn: AsyncConnection) -> dict[UUID, Policy]:
    """What holds now, by organisation."""
    rows = await (await db.raw(conn)).fetch(
        f"select distinct on (organisation_id) {_POLICY} from disposal_policy order by organisation_id, version desc"
    )
    return {row[0]: Policy(*row) for row in rows}


async def decide(conn: AsyncConnection, policy: Policy, by: ActorColumns, at: datetime) -> None:
    """A new version."""
    columns = (*_POLICY.split(", "), *_ACTOR, "at")
    row = (
        policy.organisation_id, policy.version, policy.matter_years, policy.log_years, policy.by_itself,
        policy.decision, *_who(by), at,
    )  # fmt: skip
    await insert(await db.raw(conn), tables.disposal_policy, columns, [row])


# -- holds

_HOLD = "id, organisation_id, why, first_day, last_day, case_id, meeting_id"


async def holds(conn: AsyncConnection, organisation_id: UUID | None = None) -> list[DecidedBy]:
    """Every hold, or those that this organisation has set, the latest first."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_HOLD}, coalesce(actor_name, actor_kind), at from legal_hold"
        " where $1::uuid is null or organisation_id = $1 order by first_day desc, id",
        organisation_id,
    )
    return [DecidedBy(Hold(*row[:7]), row[7], row[8]) for row in rows]


async def protected_holds(conn: AsyncConnection, organisation_id: UUID) -> frozenset[UUID]:
    """Which of its holds are of a protected matter."""
    rows = await (await db.raw(conn)).fetch(
        "select h.id from legal_hold h where h.organisation_id = $1 and exists (select 1 from case_ c where c.protected"
        " and (c.id = h.case_id or exists (select 1 from meeting m where m.id = h.meeting_id and m.case_id = c.id)))",
        organisation_id,
    )
    return frozenset(row[0] for row in rows)


async def set_hold(conn: AsyncConnection, hold: Hold, by: ActorColumns, at: datetime) -> None:
    """A new hold."""
    row = (
        hold.id, hold.organisation_id, hold.why, hold.first_day, hold.last_day, hold.case_id, hold.meeting_id,
        *_who(by), at,
    )  # fmt: skip
    await insert(await db.raw(conn), tables.legal_hold, (*_HOLD.split(", "), *_ACTOR, "at"), [row])


async def end_hold(conn: AsyncConnection, hold_id: UUID, last_day: date) -> None:
    """Its last day."""
    await (await db.raw(conn)).execute("update legal_hold set last_day = $2 where id = $1", hold_id, last_day)


# -- matters

# In the order that `_MATTER` and `Matter` take them. Whoever takes part: the keeper first.
_OF_MATTER = """
    select c.id, array(select m.id from meeting m where m.case_id = c.id order by m.id),
        array(select u.organisation_id from unit u where u.id = c.unit_id)
            || array(select distinct p.organisation_id from meeting m join party p on p.meeting_id = m.id
                where m.case_id = c.id order by 1)
            || array(select d.receiving_organisation_id from deviation d where d.case_id = c.id),
        exists (select from meeting m where m.case_id = c.id and m.state = 'called')
            or exists (select from meeting m join deviation d on d.meeting_id = m.id
                where m.case_id = c.id and report_goes_on(d.id))
            or exists (select from deviation d where d.case_id = c.id and report_goes_on(d.id))
            or exists (select from meeting m join meeting o on o.follows = m.id
                where m.case_id = c.id and o.case_id <> c.id),
        c.legal_hold, c.created_at, c.protected
    from case_ c
"""
_PAST = f"""{_OF_MATTER}
    where c.unit_id = any(array(select u.id from unit u where u.organisation_id = $1))
        and greatest(c.created_at, c.consent_withdrawn_at) < $2 and (c.created_at, c.id) > ($3, $4)
        and not exists (select from meeting m where m.case_id = c.id
            and greatest(m.ends_at, m.closed_at, m.cancelled_at) >= $2)
        and not exists (select from meeting m join deviation d on d.meeting_id = m.id where m.case_id = c.id
            and greatest(d.raised_at, d.answered_at, d.closed_at, d.withdrawn_at) >= $2)
        and not exists (select from deviation d where d.case_id = c.id
            and greatest(d.raised_at, d.answered_at, d.closed_at, d.withdrawn_at) >= $2)
    order by c.created_at, c.id limit $5
"""
Place = tuple[datetime, UUID]
"""Where a matter stands in the order that they are taken in."""


async def past(
    conn: AsyncConnection, organisation_id: UUID, since: datetime, after: Place, limit: int
) -> list[tuple[Place, Matter]]:
    """Matters of which nothing has happened from `since` on, the oldest first."""
    rows = await (await db.raw(conn)).fetch(_PAST, organisation_id, since, *after, limit)
    return [((row[5], row[0]), _matter(row)) for row in rows]


def _matter(row: Any) -> Matter:
    return Matter(row[0], tuple(row[1]), tuple(dict.fromkeys(row[2])), row[3], row[4], row[6])


async def matter(
    conn: AsyncConnection, *, case: UUID | None = None, reference: str | None = None, meeting: UUID | None = None,
    report: UUID | None = None,
) -> Matter | None:  # fmt: skip
    """The matter that is this case, has this reference, or is of this meeting or of this report without one."""
    raw = await db.raw(conn)
    if case is not None:
        row = await raw.fetchrow(f"{_OF_MATTER} where c.id = $1", case)
    elif meeting is not None:
        row = await raw.fetchrow(
            f"{_OF_MATTER} where c.id = (select m.case_id from meeting m where m.id = $1)", meeting
        )
    elif report is not None:
        row = await raw.fetchrow(
            f"{_OF_MATTER} where c.id = (select d.case_id from deviation d where d.id = $1)", report
        )
    else:
        row = await raw.fetchrow(f"{_OF_MATTER} where c.reference = $1", (reference or "").upper())
    return None if row is None else _matter(row)


async def lock_organisation(conn: AsyncConnection, organisation_id: UUID) -> None:
    """Decisions, holds and disposals of one organisation wait for each other."""
    await (await db.raw(conn)).execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 12))", f"disposal {organisation_id}"
    )


async def references(conn: AsyncConnection, cases: Iterable[UUID]) -> dict[UUID, str]:
    """What people call these cases."""
    rows = await (await db.raw(conn)).fetch("select id, reference from case_ where id = any($1)", list(set(cases)))
    return dict(rows)


_LOCK = "select id from case_ where id = any($1::uuid[]) order by id for update"
_ALONE = "meeting_id is null and deviation_id in (select d.id from deviation d where d.case_id = any($1))"
_COUNTED: Mapping[str, str] = {
    "matters": "select count(*) from case_ where id = any($1)",
    "meetings": "select count(*) from meeting where case_id = any($1)",
    "parties": "select count(*) from party where meeting_id = any($2)",
    "reports": "select count(*) from deviation where meeting_id = any($2) or case_id = any($1)",
    "mails": f"select count(*) from outbox where meeting_id = any($2) or {_ALONE}",
    "received": "select count(*) from inbound where meeting_id = any($2)",
    "links": f"select count(*) from link_token where meeting_id = any($2) or {_ALONE}",
}
MATTER_WORDS = tuple(_COUNTED)
LOG_WORDS = ("journal", "readings")


async def count(conn: AsyncConnection, matters: Sequence[Matter]) -> dict[str, int]:
    """What would go with them, by word."""
    raw = await db.raw(conn)
    cases = [one.case_id for one in matters]
    met = [meeting for one in matters for meeting in one.meetings]
    asked = ", ".join(f"({sql})" for sql in _COUNTED.values())
    row = await raw.fetchrow(f"select {asked} from (select $1::uuid[], $2::uuid[]) given", cases, met)
    return dict(zip(_COUNTED, row, strict=True))


async def lock(conn: AsyncConnection, matters: Sequence[Matter]) -> None:
    """So that nothing begins in them, and no hold is set, while they go."""
    await (await db.raw(conn)).fetch(_LOCK, [one.case_id for one in matters])


async def forget(conn: AsyncConnection, matters: Sequence[Matter], today: date) -> dict[str, int]:
    """Takes all rows of these matters away, and gives how many of what went. The database refuses what is on hold."""
    found = await (await db.raw(conn)).fetchval(
        "select forget_matters($1, $2)::text", [one.case_id for one in matters], today
    )
    gone: dict[str, int] = msgspec.json.decode(found)
    return gone


# -- what the log of a matter that is gone is found by


@dataclass(frozen=True, slots=True)
class LogOf:
    """By what the log of a matter is found: its meetings and reports, cases, received mails, and references. Of these
    organisations it was.
    """

    id: UUID
    aggregates: tuple[UUID, ...]
    cases: tuple[UUID, ...]
    received: tuple[int, ...]
    organisations: tuple[UUID, ...]
    called: tuple[str, ...]


_LOG_OF = """
    select c.id, array(select m.id from meeting m where m.case_id = c.id)
            || array(select d.id from meeting m join deviation d on d.meeting_id = m.id where m.case_id = c.id)
            || array(select d.id from deviation d where d.case_id = c.id),
        array[c.id],
        array(select i.id from meeting m join inbound i on i.meeting_id = m.id where m.case_id = c.id),
        array(select u.organisation_id from unit u where u.id = c.unit_id)
            || array(select p.organisation_id from meeting m join party p on p.meeting_id = m.id
                where m.case_id = c.id)
            || array(select d.receiving_organisation_id from deviation d where d.case_id = c.id),
        array[c.reference]
    from case_ c where c.id = any($1::uuid[])
"""


async def logs_of(conn: AsyncConnection, matters: Sequence[Matter]) -> list[LogOf]:
    """By what the logs of matters that are still there will be found."""
    rows = await (await db.raw(conn)).fetch(_LOG_OF, [one.case_id for one in matters])
    return [_log_of(row) for row in rows]


def _log_of(row: Any) -> LogOf:
    return LogOf(row[0], *(tuple(one) for one in row[1:6]))


async def remember(
    conn: AsyncConnection, organisation_id: UUID, disposal_id: UUID | None, logs: Iterable[LogOf], at: datetime
) -> None:
    """Keeps by what the logs of these are found, until they go."""
    columns = (
        "id",
        "organisation_id",
        "disposal_id",
        "aggregates",
        "cases",
        "received",
        "organisations",
        "called",
        "at",
    )
    rows = [
        (
            one.id, organisation_id, disposal_id, list(one.aggregates), list(one.cases), list(one.received),
            sorted(set(one.organisations)), list(one.called), at,
        )
        for one in logs
    ]  # fmt: skip
    await insert(await db.raw(conn), tables.disposed_matter, columns, rows)


async def remembered(
    conn: AsyncConnection, organisation_id: UUID, after: Place, limit: int
) -> list[tuple[Place, LogOf]]:
    """Logs of matters that are gone, in the order in which those went."""
    rows = await (await db.raw(conn)).fetch(
        "select id, aggregates, cases, received, organisations, called, at from disposed_matter"
        " where organisation_id = $1 and (at, id) > ($2, $3) order by at, id limit $4 for update",
        organisation_id, *after, limit,
    )  # fmt: skip
    return [((row[6], row[0]), _log_of(row)) for row in rows]


async def forgotten(conn: AsyncConnection, logs: Iterable[LogOf]) -> None:
    """The logs of these are gone too: nothing is to be found any more."""
    await (await db.raw(conn)).execute("delete from disposed_matter where id = any($1)", [one.id for one in logs])
