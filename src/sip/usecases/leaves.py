"""A unit's people who are away for some days, and what that does to the meetings they were to come to (rules, S5).

The law of this file: the days are kept, why is not. Each meeting takes its own event through `handle()`; what one of
them refuses stands beside, and holds up no other.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.bounds import LONGEST_CLOSED, day_fits
from sip.domain.decision import Refused
from sip.domain.events import AttendeeOnLeave
from sip.domain.meeting import Attendee, Meeting, Party
from sip.domain.terms import AttendeeState, Channel
from sip.domain.worktime import at_hour, local_day
from sip.store import leaves
from sip.store.aggregates import meetings
from sip.store.db import Database, beyond
from sip.store.leaves import LeaveRecord
from sip.store.seen import week
from sip.usecases import answers
from sip.usecases.access import Act
from sip.usecases.commands import Command
from sip.usecases.directory import edit
from sip.usecases.engine.handle import Item, handle_many
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError, refuse_texts
from sip.usecases.recorded import recorded

LONGEST = LONGEST_CLOSED
_AWAY = timedelta(days=1)
_COMES = frozenset({
    AttendeeState.NAMED, AttendeeState.ACCEPTED, AttendeeState.INVITED, AttendeeState.ASKED, AttendeeState.QUEUED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sought:
    """One meeting that she was to come to, and why nothing could be done about it, None where it was."""

    meeting: Meeting
    refused: Refused | None


async def go(
    db: Database, unit_id: UUID, name: str, email: str | None, first: date, last: date, by: Command
) -> list[Sought]:
    """She is away from `first` to `last`: kept, and said in each meeting of the unit that she was to come to then.

    Raises NotFoundError and ForbiddenError for another unit, InvalidError for days that cannot be.
    """
    refuse_texts({"name": name})
    if not (day_fits(first) and day_fits(last)):
        raise InvalidError([FieldProblem("first_day", "unusable")])
    if last < first or last < local_day(by.now):
        raise InvalidError([FieldProblem("last_day", "dates")])
    if (last - first).days >= LONGEST:
        raise InvalidError([FieldProblem("last_day", "longest_period", (("most", str(LONGEST)),))])
    identity = uuid5(unit_id, f"leave/{by.event_id}")
    record = LeaveRecord(identity, unit_id, name, None if email is None else folded(email), first, last)
    return await _say(db, record, by, new=True)


async def again(db: Database, unit_id: UUID, leave_id: UUID, by: Command) -> list[Sought]:
    """As `go`, for the meetings in which she was named afterwards. Raises NotFoundError."""
    async with db.transaction(by.actor) as conn:
        record = await _own(conn, unit_id, leave_id)
    return await _say(db, record, by, new=False)


async def take_back(db: Database, unit_id: UUID, leave_id: UUID, by: Command) -> None:
    """She is not away after all; what has followed of it stays. Raises NotFoundError."""
    async with recorded(db, by.actor, by.now) as (conn, log):
        await edit.own_unit_for(conn, unit_id, by.actor, Act.KEEP_STAFFING)
        await _own(conn, unit_id, leave_id)
        await leaves.remove(conn, leave_id)
        log.note("change", "leave", leave_id)


async def _own(conn: AsyncConnection, unit_id: UUID, leave_id: UUID) -> LeaveRecord:
    found = await leaves.one(conn, leave_id)
    if found is None or found.unit_id != unit_id:
        raise NotFoundError("leave")
    return found


async def _say(db: Database, record: LeaveRecord, by: Command, *, new: bool) -> list[Sought]:
    async with recorded(db, by.actor, by.now) as (conn, log):
        await edit.own_unit_for(conn, record.unit_id, by.actor, Act.KEEP_STAFFING)
        log.note("change", "leave", record.id)
        if new:
            await leaves.keep(conn, record)
        found = [(one, party, person) for one in await _meetings(conn, record, by) for party, person in of(record, one)]
        items = [
            Item(
                meeting.id,
                AttendeeOnLeave(party.ordinal, person.ordinal, answers.said(Channel.PAGE, meeting.sequence, by)),
                f"{by.event_id}/{party.ordinal}.{person.ordinal}",
            )
            for meeting, party, person in found
        ]
        async with beyond(conn):  # as in `commands.handled`
            batch = await handle_many(conn, items, actor=by.actor, now=by.now, world=by.world)
        for error in batch.failures.values():
            raise error
    return [
        Sought(meeting, None if done is None else done.refused)
        for (meeting, _, _), done in zip(found, batch.handled, strict=True)
    ]


async def _meetings(conn: AsyncConnection, record: LeaveRecord, by: Command) -> list[Meeting]:
    """The unit's called meetings on those days that have not begun, by their start."""
    begins, ends = max(at_hour(record.first_day, 0), by.now), at_hour(record.last_day + _AWAY, 0)
    ids = (await week.meetings_of(conn, [record.unit_id], begins, ends)).get(record.unit_id, [])
    found = await meetings.load_many(conn, ids)
    return sorted((one.state for one in found.values()), key=lambda meeting: (meeting.start, meeting.id))


def of(record: LeaveRecord, meeting: Meeting) -> list[tuple[Party, Attendee]]:
    """As whom she would come to this meeting: of her unit's party, while she stands, is asked or waits to be."""
    return [
        (party, person)
        for party in meeting.parties
        if party.unit_id == record.unit_id and party.active
        for person in party.attendees
        if person.state in _COMES and is_she(record, person)
    ]


def is_she(record: LeaveRecord, person: Attendee) -> bool:
    """By address, where both have one; else by name."""
    if record.email is not None and person.email is not None:
        return folded(person.email) == record.email
    return person.name.strip().casefold() == record.name.strip().casefold()
