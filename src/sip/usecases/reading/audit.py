"""What an auditor asks: who read this meeting, what did this user read, a sample of a month, what is kept about her.

The law of this file: whoever administers the whole installation asks, and every question is in the access log itself.
A sample is drawn by the seal of the month's last day, so nobody can choose it and anybody can draw it again; that it
was reviewed is in the log that it was drawn of (decision 0087).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.sealing import hash_of_head, read_head
from sip.domain.worktime import at_hour, local_day
from sip.store import sealing, users
from sip.store.aggregates.journal import ActorColumns
from sip.store.db import Database
from sip.store.seen import about_staff, audit
from sip.store.seen.access_log import AccessEntry
from sip.usecases.access import Act, has_role
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import NotFoundError, UseCaseError
from sip.usecases.recorded import recorded


class MonthNotOverError(UseCaseError):
    """A sample is wanted of a month that goes on."""

    def __init__(self) -> None:
        super().__init__("That month is not over yet; its sample is drawn by its last seal.")


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows drawn of a month's readings, and which of them have been reviewed."""

    rows: Sequence[AccessEntry]
    reviewed: frozenset[int]


def require_auditor(actor: Actor) -> None:
    """Raises NotFoundError for who may not ask."""
    if not has_role(actor, Act.KEEP_INSTALLATION):
        raise NotFoundError("audit")


async def readers(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> list[AccessEntry]:
    """Who read this meeting, the earliest first."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("audit", "meeting", meeting_id)
        return await audit.of_meeting(conn, meeting_id)


async def readings(
    db: Database, email: str, first: date, last: date, *, actor: Actor, now: datetime
) -> list[AccessEntry]:
    """What the user with this address read on these days. Raises NotFoundError."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await users.by_email(conn, email)
        if found is None:
            raise NotFoundError("user")
        log.note("audit", "user", found.id)
        return await audit.of_actor(conn, str(found.id), at_hour(first, 0), at_hour(_after(last), 0))


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


async def sample(db: Database, month: date, most: int, *, actor: Actor, now: datetime) -> Sample:
    """At most `most` readings of the days of this month, drawn by its last seal.

    Raises MonthNotOverError for one that is not over, NotFoundError for one of which nothing is sealed.
    """
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        numbers = await _drawn(conn, month, most, now)
        log.note("sample", audit.ROW, f"{month:%Y-%m}")
        return Sample(await audit.numbered(conn, numbers), frozenset(await audit.reviewed(conn, numbers)))


async def review(db: Database, month: date, most: int, by: str, *, actor: Actor, now: datetime) -> int:
    """The sample has been reviewed by the user with this address; gives how many rows. What was reviewed before stays.

    Raises what `sample` raises, and NotFoundError for somebody who is no user.
    """
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        numbers = await _drawn(conn, month, most, now)
        who = await users.by_email(conn, by)
        if who is None:
            raise NotFoundError("user")
        left = [one for one in numbers if one not in await audit.reviewed(conn, numbers)]
        name = ActorColumns(ActorKind.USER, str(who.id), who.name, None, actor.role)
        log.note(audit.REVIEW, audit.ROW, *left, by=name)
        return len(left)


async def _drawn(conn: AsyncConnection, month: date, most: int, now: datetime) -> list[int]:
    if (local_day(now).year, local_day(now).month) <= (month.year, month.month):
        raise MonthNotOverError
    heads = [one for one in await sealing.heads(conn) if (one.day.year, one.day.month) == (month.year, month.month)]
    if not heads:
        raise NotFoundError("sealed month")
    seed, found = hash_of_head(heads[-1].head), list[tuple[bytes, int]]()
    for head in map(read_head, (one.head for one in heads)):
        async for lines in sealing.hashes(conn, head.first, head.end):
            found += ((sha256(seed + leaf).digest(), number) for of, number, leaf in lines if of is None)
            found = sorted(found)[:most]
    return [number for _, number in found]


async def about(db: Database, email: str, *, actor: Actor, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """What is kept about whoever of the staff has this address: rows by table (GDPR, article 15)."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("extract", "staff", None)
        return await about_staff.kept(conn, folded(email))
