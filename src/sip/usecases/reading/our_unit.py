"""A unit as its own people see it: what it is called to, who goes where, who is away, and who stands in.

The law of this file: one's own unit alone. Names of the organisation's staff are shown to choose from, without their
ways to be reached; addresses of the unit's mailboxes stand for those who work there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.bounds import FARTHEST
from sip.domain.mailbox_check import MailboxCheck
from sip.domain.meeting import Attendee, Meeting, Party
from sip.domain.opening import OpeningHours
from sip.domain.people import Role, Roster
from sip.domain.week import is_open
from sip.domain.worktime import local_day
from sip.store import directory, leaves, opening_hours
from sip.store.aggregates import meetings, rosters
from sip.store.db import Database
from sip.store.directory import AddressRecord, PersonRecord, RoleRecord
from sip.store.leaves import LeaveRecord
from sip.store.post import mailbox_checks
from sip.store.seen import week
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.directory import edit
from sip.usecases.leaves import is_she, of
from sip.usecases.mailbox_checks import valid_from
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class Going:
    """One meeting of the unit's that comes, as one of its parties; `away` are those who stand and are on leave."""

    meeting: Meeting
    party: Party
    away: tuple[Attendee, ...]

    @property
    def open(self) -> bool:
        """Whether the unit has something to say still."""
        return is_open(self.party)


@dataclass(frozen=True, slots=True)
class LeaveRead:
    """Days away, with the meetings that still count on her, and those where she had stood."""

    record: LeaveRecord
    counted_on: tuple[Going, ...]
    others: tuple[Going, ...]


@dataclass(frozen=True, slots=True)
class Someone:
    """One who can be said to be on leave: somebody of the unit's, or whom it has named."""

    key: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class OurUnit:
    """The page of one unit. `staff` are those of its organisation, by id; roles in their order."""

    roster: Roster
    going: list[Going]
    leaves: list[LeaveRead]
    people: list[Someone]
    staff: dict[UUID, PersonRecord]
    substitutes: list[RoleRecord]
    deputies: list[RoleRecord]
    managers: list[RoleRecord]
    hours: OpeningHours
    closed_days: list[date]
    addresses: Sequence[AddressRecord]
    check: MailboxCheck | None
    read_since: datetime


def unit_of(actor: Actor) -> UUID:
    """The actor's own unit. Raises NotFoundError where her role is not a unit's."""
    if actor.unit_id is None:
        raise NotFoundError("unit")
    require_role(actor, Act.SEE_OWN_UNIT)
    return actor.unit_id


async def page(db: Database, *, actor: Actor, now: datetime) -> OurUnit:
    """All of it. Raises NotFoundError for who has no unit, ForbiddenError for a role that is not of one."""
    unit_id = unit_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        unit = await edit.own_unit_for(conn, unit_id, actor, Act.SEE_OWN_UNIT)
        roster = (await rosters.rosters(conn, [unit_id], now))[unit_id]
        today = local_day(now)
        away = await leaves.of_unit(conn, unit_id, today)
        going = await _going(conn, unit_id, away, now)
        log.note("list", "meeting", *[one.meeting.id for one in going])
        held = sorted(await directory.roles(conn, unit_id), key=lambda one: (one.ordinal, one.id))
        staff = {one.id: one for one in await directory.persons(conn, unit.organisation_id)}
        lasting = [one for one in held if one.valid_to is None or one.valid_to >= today]
        return OurUnit(
            roster,
            going,
            [_leave(one, going) for one in away],
            _people(lasting, staff, going),
            staff,
            [one for one in lasting if one.role is Role.SUBSTITUTE],
            [one for one in lasting if one.role is Role.DEPUTY],
            [one for one in lasting if one.role is Role.UNIT_MANAGER],
            (await opening_hours.of_units(conn, [unit_id])).get(unit_id, ()),
            [day for _, day in await directory.closed_days(conn, [unit_id]) if day >= today],
            [
                one
                for one in await directory.addresses(conn, [unit_id])
                if one.valid_to is None or one.valid_to >= today
            ],
            (await mailbox_checks.latest(conn, [unit_id])).get(unit_id),
            await valid_from(conn, now),
        )


async def _going(conn: AsyncConnection, unit_id: UUID, away: Sequence[LeaveRecord], now: datetime) -> list[Going]:
    """The unit's called meetings that have not begun, by their start."""
    ids = (await week.meetings_of(conn, [unit_id], now, now + FARTHEST)).get(unit_id, [])
    found = await meetings.load_many(conn, ids)
    in_order = sorted((one.state for one in found.values()), key=lambda one: (one.start, one.id))
    return [
        Going(meeting, party, tuple(who for who in party.attendees if who.stands and _is_away(who, meeting, away)))
        for meeting in in_order
        for party in meeting.parties
        if party.unit_id == unit_id and party.active
    ]


def _is_away(person: Attendee, meeting: Meeting, away: Sequence[LeaveRecord]) -> bool:
    day = local_day(meeting.start)
    return any(one.first_day <= day <= one.last_day and is_she(one, person) for one in away)


def _leave(record: LeaveRecord, going: Sequence[Going]) -> LeaveRead:
    then = [one for one in going if record.first_day <= local_day(one.meeting.start) <= record.last_day]
    counted_on = [one for one in then if any(party is one.party for party, _ in of(record, one.meeting))]
    others = [one for one in then if one not in counted_on and any(is_she(record, who) for who in one.party.attendees)]
    return LeaveRead(record, tuple(counted_on), tuple(others))


def _people(held: Sequence[RoleRecord], staff: dict[UUID, PersonRecord], going: Sequence[Going]) -> list[Someone]:
    """Those with a role in the unit and those it has named, each once, in no order."""
    known = [(person.name, person.email) for one in held if (person := staff.get(one.person_id)) is not None]
    known += [(who.name, who.email) for one in going for who in one.party.attendees if who.stands]
    found: dict[str, Someone] = {}
    for name, email in known:
        key = folded(email) if email else name.strip().casefold()
        found.setdefault(key, Someone(key, name, email))
    return list(found.values())
