"""A month's sample is drawn, its readings are reviewed, and what is to be looked into is followed until it is closed.

The law of this file: a sample is drawn by the seal of the month's last day, so that nobody chooses it and anybody can
draw it again. What an auditor says of a reading is a row of the access log that it was read from, with the hash of her
words, and so sealed too; nothing said is ever changed (decision 0097).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.auditing import MAY_SAY, ReadingState, ReviewWord, needs_reason, state_of
from sip.domain.people import Role
from sip.domain.sealing import hash_of_head, read_head
from sip.domain.worktime import local_day
from sip.store import sealing, users
from sip.store.aggregates.journal import ActorColumns
from sip.store.db import Database, beyond
from sip.store.seen import audit
from sip.store.seen.audit import AccessEntry
from sip.store.seen.scope import Seen
from sip.store.users import UserRecord
from sip.usecases.access import scope_of
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import ConflictError, FieldProblem, InvalidError, NotFoundError, UseCaseError, refuse_texts
from sip.usecases.reading.audit import ReadingLine, lines, require_auditor
from sip.usecases.recorded import recorded

_AT_ONCE = 200


class MonthNotOverError(UseCaseError):
    """A sample is wanted of a month that goes on."""

    def __init__(self) -> None:
        super().__init__("That month is not over yet; its sample is drawn by its last seal.")


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows drawn of a month's readings, and which of them have been reviewed."""

    rows: Sequence[AccessEntry]
    reviewed: frozenset[int]


# -- what is drawn


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


async def _drawn(conn: AsyncConnection, actor: Actor, month: date, most: int, now: datetime) -> list[int]:
    """The first `most` readings that she sees, in the order that the month's last seal gives them."""
    if _month(local_day(now)) <= _month(month):
        raise MonthNotOverError
    heads = [one for one in await sealing.heads(conn) if _month(one.day) == _month(month)]
    if not heads:
        raise NotFoundError("sealed month")
    seed, first, end = hash_of_head(heads[-1].head), read_head(heads[0].head).first, read_head(heads[-1].head).end
    found: list[int] = []
    after, at_once = 0, _AT_ONCE
    while len(found) < most:
        some = await audit.drawn(conn, seed, first, end, at_once, after)
        async with beyond(conn):  # whose roles and meetings they are
            hers = await _within(conn, actor, some)
        found += [one for one in some if one in hers]
        if len(some) < at_once:
            break
        after, at_once = after + at_once, at_once * 4
    return found[:most]


async def _within(conn: AsyncConnection, actor: Actor, numbers: Sequence[int]) -> Iterable[int]:
    """Those of these readings that she sees."""
    seen = Seen(scope_of(actor))
    return await audit.which(conn, seen, f"a.id = any({seen.bind(list(numbers))}::bigint[])")


async def _reviewed(conn: AsyncConnection, numbers: Sequence[int]) -> frozenset[int]:
    async with beyond(conn):  # what any auditor has said of what she sees
        return frozenset(await audit.said(conn, numbers))


async def sample(db: Database, month: date, most: int, *, actor: Actor, now: datetime) -> Sample:
    """At most `most` readings of the days of this month, drawn by its last seal; nothing is kept of it.

    Raises MonthNotOverError for one that is not over, NotFoundError for one of which nothing is sealed.
    """
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        numbers = await _drawn(conn, actor, month, most, now)
        log.note("sample", audit.ROW, f"{month:%Y-%m}")
        return Sample(await audit.entries(conn, sorted(numbers)), await _reviewed(conn, numbers))


async def review(db: Database, month: date, most: int, by: str, *, actor: Actor, now: datetime) -> int:
    """The sample has been found in order by the auditor with this address; gives how many rows. What was reviewed
    before stays; what she read herself, and what is not her place's, waits for another.

    Raises what `sample` raises, and NotFoundError for somebody who is no active user with the role of an auditor today.
    """
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        numbers = await _drawn(conn, actor, month, most, now)
        async with beyond(conn):  # who it is that reviewed
            who, places = await _reviewer(conn, by, now)
            hers = {one for place in places for one in await _within(conn, place, numbers)}
        for number in sorted(hers):  # in one order, so that nobody waits for each other
            await audit.lock(conn, number)
        done = await _reviewed(conn, numbers)
        entries = await audit.entries(conn, [one for one in numbers if one in hers and one not in done])
        left = [one.id for one in entries if one.actor.id != str(who.id)]
        name = ActorColumns(ActorKind.USER, str(who.id), who.name, None, Role.AUDITOR)
        log.note(audit.REVIEW, audit.ROW, *left, by=name)
        if not left:
            log.nothing("all of it had been reviewed")
        return len(left)


async def _reviewer(conn: AsyncConnection, email: str, now: datetime) -> tuple[UserRecord, list[Actor]]:
    """Who has this address, and as whom she audits today."""
    who = await users.by_email(conn, email)
    if who is None or not who.active:
        raise NotFoundError("auditor")
    held = await users.grants_of(conn, who.id, local_day(now))
    found = [
        Actor(ActorKind.USER, str(who.id), who.name, one.unit_id, one.role, one.organisation_id, one.principal_id)
        for one in held
        if one.role is Role.AUDITOR
    ]
    if not found:
        raise NotFoundError("auditor")
    return who, found


def _place(actor: Actor) -> str:
    """What is kept is her place's, as row-level security reads it."""
    place = scope_of(actor).place
    return "" if place is None else str(place)


# -- the pages' samples, which are kept


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month that is over and sealed: how many readings of its sample stand how; none where none was drawn."""

    month: date
    states: Mapping[ReadingState, int] = field(default_factory=dict)

    @property
    def drawn(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        return self.states.get(ReadingState.WAITING, 0)


async def months(db: Database, *, actor: Actor, now: datetime) -> list[MonthLine]:
    """The months that are over and sealed, the latest first, each with how its sample stands."""
    require_auditor(actor)
    async with recorded(db, actor, now, nothing="counts of one's own samples") as (conn, _):
        today = _month(local_day(now))
        heads = {date(one.day.year, one.day.month, 1) for one in await sealing.heads(conn) if _month(one.day) < today}
        drawn = await audit.samples(conn)
        numbers = [number for some in drawn.values() for number in some]
        async with beyond(conn):  # what any auditor has said of what was drawn here
            said = await audit.said(conn, numbers)
    found = []
    for month in sorted(heads | drawn.keys(), reverse=True):
        states: dict[ReadingState, int] = {}
        for number in drawn.get(month, ()):
            state = state_of(one.verdict for one in said.get(number, ()))
            states[state] = states.get(state, 0) + 1
        found.append(MonthLine(month, states))
    return found


async def draw(db: Database, month: date, most: int, *, actor: Actor, now: datetime) -> None:
    """Draws the sample of this month for her place and keeps it; what was drawn before stays.

    Raises what `sample` raises.
    """
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        numbers = await _drawn(conn, actor, month, most, now)
        log.note("sample", audit.ROW, f"{month:%Y-%m}")
        if month not in await audit.samples(conn):
            await audit.add_sample(conn, _place(actor), month, numbers)


async def kept_sample(db: Database, month: date, *, actor: Actor, now: datetime) -> list[ReadingLine]:
    """The sample of this month as it was drawn, in its order. Raises NotFoundError where none was."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("audit", audit.ROW, f"{month:%Y-%m}")
        numbers = (await audit.samples(conn)).get(month)
        if numbers is None:
            raise NotFoundError("sample")
        return await _these(conn, actor, numbers)


async def matters(db: Database, *, actor: Actor, now: datetime) -> list[ReadingLine]:
    """The readings that are to be looked into, and have not been closed; the earliest first."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", audit.SAID, None)
        found = await _these(conn, actor, await audit.spoken_of(conn))
        return [one for one in found if one.state is ReadingState.OPEN]


async def _these(conn: AsyncConnection, actor: Actor, numbers: Sequence[int]) -> list[ReadingLine]:
    seen = Seen(scope_of(actor))
    found = await lines(conn, actor, seen, f"a.id = any({seen.bind(list(numbers))}::bigint[])")
    order = {number: n for n, number in enumerate(numbers)}
    return sorted(found, key=lambda one: order[one.entry.id])


async def reading(db: Database, number: int, *, actor: Actor, now: datetime) -> ReadingLine:
    """One reading, with all that was said of it. Raises NotFoundError."""
    require_auditor(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("audit", audit.SAID, number)
        found = await _these(conn, actor, [number])
        if not found:
            raise NotFoundError("reading")
        return found[0]


def own_reading(actor: Actor, line: ReadingLine) -> bool:
    """Whether she read it herself, so that another must review it."""
    return line.entry.actor.id is not None and line.entry.actor.id == actor.id


async def say(
    db: Database, number: int, verdict: ReviewWord, reason: str, known: int, *, actor: Actor, now: datetime
) -> None:
    """An auditor's word on a reading. `known`: how much had been said when she looked.

    Raises NotFoundError, ConflictError where more was said meanwhile or the verdict does not follow, and InvalidError
    for her own reading, a missing reason or what no free text may hold.
    """
    require_auditor(actor)
    refuse_texts({"reason": reason})
    if needs_reason(verdict) and not reason:
        raise InvalidError([FieldProblem("reason", "required")])
    async with recorded(db, actor, now) as (conn, log):
        await audit.lock(conn, number)
        found = await _these(conn, actor, [number])
        if not found:
            raise NotFoundError("reading")
        if own_reading(actor, found[0]):
            raise InvalidError([FieldProblem("", "own_reading")])
        if len(found[0].said) != known or verdict not in MAY_SAY[found[0].state]:
            raise ConflictError("changed")
        if reason:
            await audit.keep_reason(conn, _place(actor), number, reason)
        log.note(audit.REVIEW, audit.SAID, audit.subject_of(number, verdict, reason))
