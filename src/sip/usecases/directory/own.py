"""What a unit changes of its own besides staffing: its opening hours, and its mailboxes one at a time (decision 0079).

The law of this file: a mailbox that nobody has been seen to read is never put first by the unit itself, and one in
force always stays. Whoever keeps the directory changes all of it at once (`edit.set_addresses`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded, same
from sip.domain.opening import OpeningHours, usable
from sip.domain.values import replace
from sip.domain.worktime import local_day
from sip.store import directory, directory_changes, opening_hours
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.store.directory import AddressRecord
from sip.store.directory_changes import DirectoryChange
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.directory.edit import own_unit
from sip.usecases.directory.keeping import keeping
from sip.usecases.mailbox_checks import valid_from
from sip.usecases.problems import FieldProblem, InvalidError
from sip.usecases.recorded import recorded


async def set_hours(db: Database, unit_id: UUID, hours: OpeningHours, *, actor: Actor, now: datetime) -> None:
    """The unit's opening hours, all anew; none: it says nothing of them. What stood there before is told.

    Raises InvalidError for a day that closes before it opens, NotFoundError, ForbiddenError.
    """
    require_role(actor, Act.KEEP_STAFFING)
    if not usable(hours):
        raise InvalidError([FieldProblem("hours", "hours")])
    async with recorded(db, actor, now) as (conn, log):
        await own_unit(conn, unit_id, actor)
        before = (await opening_hours.of_units(conn, [unit_id])).get(unit_id, ())
        await opening_hours.replace(conn, unit_id, hours)
        log.note("change", "unit", unit_id)
        if before != hours:
            cells = (("hours", written(before), written(hours)),)
            change = DirectoryChange(unit_id, None, "hours", "changed", (), cells)
            await directory_changes.add(conn, actor.columns(), now, [change])


def written(hours: OpeningHours) -> str:
    """As the directory's journal keeps them: "0 08:00-16:30 1 08:00-16:30"."""
    return " ".join(f"{one.weekday} {one.opens:%H:%M}-{one.closes:%H:%M}" for one in hours)


class AddressAct(StrEnum):
    """One press on a mailbox of one's own unit."""

    ADD = "add"
    FIRST = "first"
    DROP = "drop"


async def change_address(
    db: Database, unit_id: UUID, email: str, act: AddressAct, *, actor: Actor, now: datetime
) -> None:
    """A mailbox more, last; one of them first; or one of them no longer.

    Raises InvalidError for one that is there already, for putting first what nobody has been seen to read, and for
    taking away the last one in force; NotFoundError, ForbiddenError.
    """
    async with keeping(db, actor, now, ("unit", unit_id), Act.KEEP_UNIT, kept={"email": email}) as conn:
        await own_unit(conn, unit_id, actor)
        held = list(await directory.addresses(conn, [unit_id]))
        match act:
            case AddressAct.ADD:
                wanted = _added(held, unit_id, folded(email))
            case AddressAct.FIRST:
                wanted = await _first(conn, held, unit_id, email, now)
            case AddressAct.DROP:
                wanted = _dropped(held, email, local_day(now))
        anew = [replace(one, ordinal=n) for n, one in enumerate(wanted, 1)]
        await directory.replace_addresses(conn, [unit_id], anew)


def _added(held: Sequence[AddressRecord], unit_id: UUID, email: str) -> list[AddressRecord]:
    if any(same(one.email, email) and one.valid_to is None for one in held):
        raise InvalidError([FieldProblem("email", "mailbox_twice")])
    return [*held, AddressRecord(unit_id, len(held) + 1, email)]


async def _first(
    conn: AsyncConnection, held: Sequence[AddressRecord], unit_id: UUID, email: str, now: datetime
) -> list[AddressRecord]:
    roster = (await rosters(conn, [unit_id], now))[unit_id]
    read_at, since = roster.verified_at(email), await valid_from(conn, now)
    chosen = [one for one in held if same(one.email, email)]
    if not chosen or read_at is None or read_at < since:
        raise InvalidError([FieldProblem("email", "mailbox_unread")])
    return [*chosen, *(one for one in held if one not in chosen)]


def _dropped(held: Sequence[AddressRecord], email: str, today: date) -> list[AddressRecord]:
    rest = [one for one in held if not same(one.email, email)]
    in_force = [
        one
        for one in rest
        if (one.valid_from is None or one.valid_from <= today) and (one.valid_to is None or one.valid_to >= today)
    ]
    if not in_force:
        raise InvalidError([FieldProblem("email", "mailbox_last")])
    return rest
