"""What is done with sittings of standing groups: a year's dates called, moved, cancelled, answered; how they follow who
sits (rules, section 18 U7).

The law of this file: who may is asked of the group, which is locked before its sittings; a year's dates are called all
or none.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.bounds import name_fits
from sip.domain.group import GroupState, StandingGroup
from sip.domain.inviting import called_seats
from sip.domain.sitting import (
    DATES_MOST,
    GroupSitting,
    SeatAnswer,
    SeatAnswered,
    SeatMark,
    SeatPresence,
    SeatsAttended,
    SittingCalled,
    SittingCancelled,
    SittingMoved,
    SittingPlace,
    SittingRole,
    SittingSeatsChanged,
)
from sip.domain.worktime import local_day
from sip.store import sitters
from sip.store.aggregates import groups, sittings
from sip.store.db import Database, beyond
from sip.store.seen import groups as seen
from sip.store.seen import sittings as seen_sittings
from sip.usecases.access import Act, require_standing, scope_of
from sip.usecases.commands import Command, handled, moment, unseen
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError, refuse_texts
from sip.usecases.sitting_agenda import go_with, listed_for


@dataclass(frozen=True, slots=True)
class SittingForm:
    """When and where; times aware."""

    start: datetime
    end: datetime
    place: SittingPlace


class _NotDoneError(Exception):
    """One was refused, so none of them is done."""

    def __init__(self, handled: Handled) -> None:
        super().__init__("refused")
        self.handled = handled


def sitting_id(group: UUID, number: int, by: Command) -> UUID:
    """The sitting that the command makes of its date of this number, from 0."""
    return uuid5(NAMESPACE, f"sitting/{group}/{by.event_id}/{number}")


async def call(db: Database, group: UUID, forms: Sequence[SittingForm], by: Command) -> Handled:
    """Calls the year's dates, all or none. Raises NotFoundError, ForbiddenError, and InvalidError without a date, with
    more than six, and for words that cannot be mailed.
    """
    if not forms:
        raise InvalidError([FieldProblem("day_1", "required")])
    if len(forms) > DATES_MOST:
        raise InvalidError([FieldProblem("day_1", "too_many_dates", (("most", str(DATES_MOST)),))])
    kept = [_checked(one) for one in forms]
    done: Handled | None = None
    try:
        async with db.transaction(by.actor) as conn:
            there = await _kept(conn, group, by)
            async with beyond(conn):  # whether she keeps the group has been asked
                known = await groups.with_above(conn, {there.id: there})
                for n, form in enumerate(kept):
                    new = sitting_id(group, n, by)
                    seats = called_seats(known, there, local_day(form.start))
                    event = SittingCalled(new, group, there.name, form.start, form.end, form.place, seats)
                    done = await handled(conn, new, event, by)
                    if done.refused is not None:
                        raise _NotDoneError(done)
    except _NotDoneError as error:
        return error.handled
    assert done is not None
    return done


async def move(db: Database, sitting: UUID, form: SittingForm, by: Command) -> Handled:
    """Another time or place."""
    kept = _checked(form)

    async def event(conn: AsyncConnection, there: StandingGroup) -> SittingMoved:
        seats = called_seats(await groups.with_above(conn, {there.id: there}), there, local_day(kept.start))
        return SittingMoved(kept.start, kept.end, kept.place, seats)

    return await _command(db, sitting, event, by, carries=True)


async def cancel(db: Database, sitting: UUID, reason: str, by: Command) -> Handled:
    """It does not take place; the reason is mailed."""
    refuse_texts({"reason": reason})

    async def event(_: AsyncConnection, __: StandingGroup) -> SittingCancelled:
        return SittingCancelled(reason)

    return await _command(db, sitting, event, by, carries=True)


async def answer(
    db: Database, sitting: UUID, seat: int, role: SittingRole, said: SeatAnswer, by: Command
) -> Handled:  # fmt: skip
    """Who keeps the group notes what somebody has said to her."""

    async def event(_: AsyncConnection, __: StandingGroup) -> SeatAnswered:
        return SeatAnswered(seat, role, said)

    return await _command(db, sitting, event, by)


async def attend(db: Database, sitting: UUID, marks: Mapping[int, SeatPresence], by: Command) -> Handled:
    """Who keeps the group records who came; also where the group has been closed since it was held."""
    event = SeatsAttended(tuple(SeatMark(seat, came) for seat, came in sorted(marks.items())))

    async def made(_: AsyncConnection, __: StandingGroup) -> SeatsAttended:
        return event

    return await _command(db, sitting, made, by, closed=True)


async def answer_by_link(db: Database, entry: UUID, address: str, said: SeatAnswer, by: Command) -> Handled:
    """The mailbox that the link was mailed to answers for an entry of its own; the journal has the entry, and not the
    address. Raises NotFoundError for an entry that is another's, or has been taken back.
    """
    async with db.transaction(by.actor) as conn, beyond(conn):  # who holds the link is the mailbox it was mailed to
        where = await seen_sittings.by_entry(conn, entry)
        held = {} if where is None else await sittings.load_many(conn, [where[1]], lock=True)
        one = next((one for found in held.values() for one in found.state.invitations if one.id == entry), None)
        who = {} if one is None else await sitters.addresses(conn, [one.sitter])
        hers = one is not None and one.sitter in who and folded(who[one.sitter].email) == folded(address)
        if where is None or one is None or not one.active or not hers:
            raise NotFoundError("sitting")
        return await handled(conn, where[1], SeatAnswered(one.seat, one.role, said), by, held)


# -- sittings follow their groups


async def follow_group(conn: AsyncConnection, group: StandingGroup, by: Command) -> None:
    """After something changed in a group, within its transaction: sittings ahead, also those of groups whose seats
    follow it, are called of who sits now; those of a group that is closed are cancelled with it.
    """
    for one in await _with_below(conn, group):
        ids = await seen_sittings.ahead(conn, [one.id], by.now)
        if not ids:
            continue
        known = await groups.with_above(conn, {one.id: one})
        held = await sittings.load_many(conn, ids, lock=True)
        for sitting in ids:
            if sitting not in held:
                continue
            there: GroupSitting = held[sitting].state
            seats = called_seats(known, one, local_day(there.start))
            event: object = SittingSeatsChanged(seats)
            if one.state is GroupState.CLOSED:
                event = SittingCancelled(one.closed_because or "")
            elif seats == there.seats:
                continue
            done = await handled(conn, sitting, event, unseen(by), {sitting: held[sitting]})
            assert done.refused is None, "a group and its sittings stand or fall together"


async def _with_below(conn: AsyncConnection, group: StandingGroup) -> list[StandingGroup]:
    """The group, and those below it, level by level: a seat of theirs may be that of whoever sits here."""
    found, level = [group], [group.id]
    while level:
        ids = [below for one in level for below in await seen.below(conn, one)]
        more = await groups.load_many(conn, sorted(set(ids) - {one.id for one in found}))
        found += [one.state for one in more.values() if one.state.state is not GroupState.CLOSED]
        level = list(more)
    return found


# -- common


def _checked(form: SittingForm) -> SittingForm:
    place = form.place
    refuse_texts({"place": place.text})
    if not name_fits(place.text):
        raise InvalidError([FieldProblem("place", "too_long")])
    if place.video_url and not place.video_url.startswith("https://"):
        raise InvalidError([FieldProblem("video_url", "video_https")])
    return SittingForm(moment("start", form.start), moment("end", form.end), place)


async def _kept(conn: AsyncConnection, group: UUID, by: Command, *, closed: bool = False) -> StandingGroup:
    """The group, locked. Raises NotFoundError, ForbiddenError; NotFoundError where it is closed, unless `closed`."""
    counties = await seen.counties(conn, scope_of(by.actor))
    async with beyond(conn):  # it is asked of the group, which is nobody's to see by itself
        held = (await groups.load_many(conn, [group], lock=True)).get(group)
    found = require_standing(by.actor, None if held is None else held.state, Act.KEEP_GROUPS, counties)
    if found.state is GroupState.CLOSED and not closed:
        raise NotFoundError("group")
    return found


async def _command(
    db: Database, sitting: UUID, event: Callable[[AsyncConnection, StandingGroup], Awaitable[object]], by: Command,
    *, closed: bool = False, carries: bool = False,
) -> Handled:  # fmt: skip
    """`closed`: also of a group that has been closed; `carries`: what is listed for the sitting goes with it."""
    async with db.transaction(by.actor) as conn:
        async with beyond(conn):  # whose it is, before who may
            there = (await sittings.load_many(conn, [sitting])).get(sitting)
        if there is None:
            raise NotFoundError("sitting")
        async with beyond(conn):  # items before the group and the sitting; whether she keeps them is asked next
            listed = await listed_for(conn, there.state, by) if carries else {}
        group = await _kept(conn, there.state.group_id, by, closed=closed)
        async with beyond(conn):
            done = await handled(conn, sitting, await event(conn, group), by)
            if done.refused is None and isinstance(done.state, GroupSitting):
                await go_with(conn, listed, done.state, by)
            return done
