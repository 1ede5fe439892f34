"""What an auditor asks: how the seals stand, who read this meeting, what did this user read, what is kept about her.

The law of this file: an auditor asks, of her own place; no question shows anything of a meeting but its reference, and
every question is in the access log itself (decision 0097). Somebody of another principal is shown by unit and role,
never by name: her own principal's auditor knows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.auditing import ReadingState, state_of
from sip.domain.people import Role
from sip.domain.sealing import hash_of_head, read_head
from sip.domain.worktime import at_hour
from sip.store import sealing
from sip.store.aggregates.journal import ActorColumns
from sip.store.db import Database, beyond
from sip.store.seen import about_staff, audit, listings
from sip.store.seen.audit import AccessEntry, ReviewSaid, StaffFound
from sip.store.seen.scope import Scope, Seen
from sip.usecases.access import Act, everywhere, has_role, scope_of
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A row of the access log as an auditor sees it. `own`: somebody of her place read. `unit`: the reader's;
    `reference`: of the meeting that was read, where it is one of her place; `said`: what auditors said of it.
    """

    entry: AccessEntry
    own: bool
    unit: str | None
    reference: str | None
    said: Sequence[ReviewSaid] = ()

    @property
    def state(self) -> ReadingState:
        return state_of(one.verdict for one in self.said)


@dataclass(frozen=True, slots=True)
class Chain:
    """How the seals stand: the last sealed day with its rows and number, where that is kept outside, what is in no
    sealed day yet, and what came of the last time that they were verified.
    """

    day: date | None
    sealed_at: datetime | None
    head: str
    rows: int
    waiting: int
    anchors: Mapping[str, datetime]
    verified: tuple[str, datetime] | None


def require_auditor(actor: Actor) -> None:
    """Raises NotFoundError for who may not ask."""
    if not has_role(actor, Act.AUDIT):
        raise NotFoundError("audit")


def require_whole(actor: Actor) -> None:
    """Raises NotFoundError for who may not ask of the whole installation."""
    require_auditor(actor)
    if not everywhere(actor):
        raise NotFoundError("audit")


def meetings_of(actor: Actor) -> Scope:
    """Whose meetings' references she may know: those that her place convenes or is called to."""
    return replace(scope_of(actor), audits=False)


async def lines(conn: AsyncConnection, actor: Actor, seen: Seen, condition: str, **how: Any) -> list[ReadingLine]:
    """The readings that this condition names, as she sees them; `how` as of `audit.which`."""
    async with beyond(conn):  # whose roles and meetings they are; no row of the log is read here
        found = await audit.which(conn, seen, condition, **how)
    entries = await audit.entries(conn, found)
    units = [one.actor.unit_id for one in entries if one.actor.unit_id is not None]
    names = await listings.place_names(conn, units)
    read = {one.id: _uuid(one.subject_id) for one in entries if one.subject_kind == "meeting"}
    async with beyond(conn):  # references of her place's meetings, and what any auditor has said of what she sees
        references = await audit.references(conn, Seen(meetings_of(actor)), {one for one in read.values() if one})
        said = await audit.said(conn, [one.id for one in entries])
        hidden = await audit.protected(conn, {key for one in entries if (key := _uuid(one.subject_id)) is not None})
    return [
        ReadingLine(
            _shown(one, found[one.id], hidden), found[one.id],
            names.get(one.actor.unit_id) if one.actor.unit_id is not None else None,
            references.get(of) if (of := read.get(one.id)) is not None else None, tuple(said.get(one.id, ())),
        )
        for one in entries
    ]  # fmt: skip


def _shown(entry: AccessEntry, own: bool, hidden: set[UUID]) -> AccessEntry:
    """Without the name of who reads for another principal; who runs the service is nobody's. Of what is `hidden`, since
    it is protected, not which it is (rules, section 13 I3).
    """
    if _uuid(entry.subject_id) in hidden:
        entry = replace(entry, subject_id=None)
    if own or entry.actor.role == Role.ADMINISTRATOR or entry.actor.kind == ActorKind.ENGINE:
        return entry
    who = entry.actor
    return replace(entry, actor=ActorColumns(who.kind, None, None, who.unit_id, who.role))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


async def chain(db: Database, *, actor: Actor, now: datetime) -> Chain:
    """How the seals stand, for everybody the same."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("audit", audit.SEALS, None)
        async with beyond(conn):  # that they were verified is in the log of whoever did it
            verified = await audit.last_verified(conn)
        last, size = await sealing.last_head(conn), await sealing.size(conn)
        if last is None:
            return Chain(None, None, "", 0, size, {}, verified)
        head, anchors = read_head(last.head), await sealing.anchors(conn, last.day)
        return Chain(
            last.day, head.at, hash_of_head(last.head).hex(), head.size, size - head.end, anchors, verified
        )  # fmt: skip


# -- questions


async def find_meeting(db: Database, reference: str, *, actor: Actor, now: datetime) -> UUID | None:
    """The meeting with this reference that her place convenes or is called to; None where there is none."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("find", "meeting", None)
        async with beyond(conn):  # its id, and nothing of it
            return await audit.meeting(conn, Seen(meetings_of(actor)), reference.strip().upper())


async def readers(
    db: Database, meeting_id: UUID, *, before: int | None = None, most: int | None = None, actor: Actor, now: datetime
) -> list[ReadingLine]:
    """Who read this meeting, the earliest first; with `most` the latest first, from those before the row `before`."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("audit", "meeting", meeting_id)
        seen = Seen(scope_of(actor))
        which = f"a.subject_kind = 'meeting' and a.subject_id = {seen.bind(str(meeting_id))}"
        which += seen.given("a.id < {}", before)
        return await lines(conn, actor, seen, which, latest=most is not None, most=most)


async def reference_of(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> str:
    """A meeting's reference. Raises NotFoundError for one that her place neither convenes nor is called to."""
    require_auditor(actor)
    shown = "the page that shows it says what is read"
    async with recorded(db, actor, now, nothing=shown) as (conn, _), beyond(conn):  # its reference, and nothing else
        found = await audit.references(conn, Seen(meetings_of(actor)), [meeting_id])
    if meeting_id not in found:
        raise NotFoundError("meeting")
    return found[meeting_id]


async def find_user(db: Database, email: str, *, actor: Actor, now: datetime) -> StaffFound | None:
    """The user of her place with this address, also one whose role has ended; None where there is none."""
    return await _user(db, actor, now, email=folded(email))


async def user(db: Database, user_id: UUID, *, actor: Actor, now: datetime) -> StaffFound:
    """A user of her place. Raises NotFoundError."""
    found = await _user(db, actor, now, of=user_id)
    if found is None:
        raise NotFoundError("user")
    return found


async def _user(db: Database, actor: Actor, now: datetime, **which: Any) -> StaffFound | None:
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("find", "user", None)
        async with beyond(conn):  # who is a user, and in which roles: name and address alone are read
            return await audit.user(conn, Seen(scope_of(actor)), **which)


async def readings(
    db: Database, user_id: UUID, first: date, last: date, *, before: int | None = None, most: int | None = None,
    actor: Actor, now: datetime,
) -> list[ReadingLine]:  # fmt: skip
    """What this user read on these days, the earliest first; with `most` the latest first, before the row `before`."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("audit", "user", user_id)
        seen = Seen(scope_of(actor))
        since, until = at_hour(first, 0), at_hour(date.fromordinal(last.toordinal() + 1), 0)
        which = f"a.actor_id = {seen.bind(str(user_id))}" + seen.given("a.at >= {}", since)
        which += seen.given("a.at < {}", until) + seen.given("a.id < {}", before)
        return await lines(conn, actor, seen, which, latest=most is not None, most=most)


# -- what is kept about one of the staff (GDPR, article 15)


async def find_staff(db: Database, email: str, *, actor: Actor, now: datetime) -> StaffFound | None:
    """The user or the person of the directory with this address, of her place; None where there is none."""
    return await _staff(db, actor, now, email=folded(email))


async def _staff(db: Database, actor: Actor, now: datetime, **which: Any) -> StaffFound | None:
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("find", "staff", None)
        async with beyond(conn):  # who is a user or in the directory: name and address alone are read
            seen = Seen(scope_of(actor))
            found = await audit.user(conn, seen, **which)
            return found or await audit.person(conn, Seen(scope_of(actor)), **which)


@dataclass(frozen=True, slots=True)
class Extract:
    """Who asked to know, and what is kept about her: rows by table."""

    staff: StaffFound
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


async def extract(db: Database, staff_id: UUID, *, actor: Actor, now: datetime) -> Extract:
    """What is kept about one of the staff of her place, without what was said of meetings. Raises NotFoundError."""
    found = await _staff(db, actor, now, of=staff_id)
    if found is None:
        raise NotFoundError("staff")
    async with recorded(db, actor, now) as (conn, log):
        log.note("extract", "staff", found.id)
        async with beyond(conn):  # hers, wherever it stands; what was said of meetings is left out
            return Extract(found, await about_staff.kept(conn, folded(found.email), brief=True))


async def about(db: Database, email: str, *, actor: Actor, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """What is kept about whoever of the staff has this address, whole: at the command line alone, by who has the whole
    installation in her scope. Raises NotFoundError.
    """
    require_whole(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("extract", "staff", None)
        async with beyond(conn):  # every table, for her who asked to know
            return await about_staff.kept(conn, folded(email))
