"""What is done with standing groups: founded, their seats made, filled, put off and left (rules, section 18).

The law of this file: who may is asked of the group as it is locked; names are written beside it in the same
transaction, and only where what they came with was taken.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.agenda import board_of
from sip.domain.group import (
    ConsentWithdrawn,
    GroupAbove,
    GroupClosed,
    GroupEdited,
    GroupFounded,
    GroupState,
    Mandate,
    NameShown,
    Readers,
    ReadersChosen,
    SeatAdded,
    SeatBody,
    SeatChanged,
    SeatFilled,
    SeatPutOff,
    SeatTakenOut,
    SeatVacated,
    Sitter,
    StandingGroup,
    StandingKind,
    TermEnd,
)
from sip.domain.worktime import local_day
from sip.store import directory_one, register, sitters
from sip.store.aggregates import groups
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database, beyond
from sip.store.seen import groups as seen
from sip.store.sitters import SitterRecord
from sip.usecases.access import MAY, Act, keeps_standing, require_role, require_standing, scope_of, sees_standing
from sip.usecases.commands import Command, handled
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.engine.handle import Handled
from sip.usecases.group_forms import (
    BodyForm,
    GroupForm,
    SeatForm,
    TermForm,
    refuse_days,
    refuse_seat,
    refuse_term,
    refuse_words,
)
from sip.usecases.problems import (
    FieldProblem,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    refuse_texts,
)
from sip.usecases.sittings import follow_group


def group_id(form: GroupForm, by: Command) -> UUID:
    """The group that this command makes: a local consultation of an area is the area's board."""
    if form.kind is StandingKind.LOCAL_CONSULTATION and form.area:
        return board_of(form.area).id
    return uuid5(NAMESPACE, f"group/{by.event_id}")


async def found(db: Database, form: GroupForm, by: Command) -> Handled:
    """A new group. Raises ForbiddenError, NotFoundError for an unknown county or group above, and InvalidError."""
    require_role(by.actor, Act.KEEP_GROUPS)
    refuse_words(form.name, form.mandate)
    area = form.area if form.kind is StandingKind.LOCAL_CONSULTATION else None
    async with db.transaction(by.actor) as conn:
        counties = await seen.counties(conn, scope_of(by.actor))
        if not keeps_standing(by.actor, form.county_id, counties):
            raise ForbiddenError(MAY[Act.KEEP_GROUPS], Act.KEEP_GROUPS)
        if form.county_id is not None and form.county_id not in {one.id for one in await register.counties(conn)}:
            raise NotFoundError("county")
        async with beyond(conn):  # whether it is in view has been asked
            above = None
            if form.above_id is not None:
                there = (await groups.load_many(conn, [form.above_id])).get(form.above_id)
                if there is None or not sees_standing(by.actor, there.state, counties):
                    raise NotFoundError("group")
                above = GroupAbove(there.state.id, there.state.kind)
            new = group_id(form, by)
            event = GroupFounded(new, form.kind, form.name, form.mandate, form.county_id, area or None, above)
            return await handled(conn, new, event, by)


async def edit(db: Database, group: UUID, name: str, mandate: Mandate, by: Command) -> Handled:
    """Another name, another mandate."""
    refuse_words(name, mandate)
    return await _keep(db, group, GroupEdited(name, mandate), by)


async def close(db: Database, group: UUID, reason: str, by: Command) -> Handled:
    """It stands no longer."""
    refuse_texts({"reason": reason})
    return await _keep(db, group, GroupClosed(reason), by)


async def choose_readers(db: Database, group: UUID, readers: Readers, by: Command) -> Handled:
    """Who reads what is told of it (rules, section 21 O1)."""
    return await _keep(db, group, ReadersChosen(readers), by)


async def add_seat(db: Database, group: UUID, form: SeatForm, by: Command) -> Handled:
    """A further seat. Raises InvalidError for a body that cannot be asked."""

    async def event(conn: AsyncConnection, _: StandingGroup) -> SeatAdded:
        return SeatAdded(form.function, form.wanted, await _bodies(conn, form.bodies), form.above)

    refuse_seat(form)
    return await _command(db, group, event, by, Act.KEEP_GROUPS)


async def change_seat(db: Database, group: UUID, seat: int, form: SeatForm, by: Command) -> Handled:
    """What is wanted, who fills it, whose turn it is. Raises InvalidError as `add_seat`."""

    async def event(conn: AsyncConnection, _: StandingGroup) -> SeatChanged:
        bodies = await _bodies(conn, form.bodies)
        return SeatChanged(seat, form.function, form.wanted, bodies, form.turn, form.above)

    refuse_seat(form)
    return await _command(db, group, event, by, Act.KEEP_GROUPS)


async def take_out(db: Database, group: UUID, seat: int, by: Command) -> Handled:
    """The group has one seat less."""
    return await _keep(db, group, SeatTakenOut(seat), by)


async def fill(db: Database, group: UUID, seat: int, form: TermForm, by: Command) -> Handled:
    """Somebody is appointed, by who keeps the group or answers for the principal."""
    return await _fill(db, group, seat, form, by, Act.APPOINT)


async def put_off(db: Database, group: UUID, seat: int, until: date, reason: str, by: Command) -> Handled:
    """Not before a day, because."""
    return await _put_off(db, group, seat, until, reason, by, Act.APPOINT)


async def vacate(db: Database, group: UUID, seat: int, last: date, why: TermEnd, by: Command) -> Handled:
    """Who sits leaves before her term is over."""
    refuse_days(last=last)

    async def event(_: AsyncConnection, __: StandingGroup) -> SeatVacated:
        return SeatVacated(seat, last, why)

    return await _command(db, group, event, by, Act.APPOINT, seat)


async def withdraw(db: Database, group: UUID, seat: int, substitute: bool, by: Command) -> Handled:
    """A user representative takes her consent back: her name is gone when this is done."""
    gone: list[UUID] = []

    async def event(_: AsyncConnection, there: StandingGroup) -> ConsentWithdrawn:
        its = there.seat(seat)
        term = None if its is None else its.ahead(local_day(by.now))
        sitter = None if term is None else (term.substitute if substitute else term.representative)
        gone.extend([] if sitter is None else [sitter.id])
        return ConsentWithdrawn(seat, substitute)

    async def last(conn: AsyncConnection) -> None:
        for one in gone:
            await sitters.erase(conn, one, by.now)

    return await _command(db, group, event, by, Act.APPOINT, seat, last=last)


async def show_name(db: Database, group: UUID, seat: int, substitute: bool, shown: bool, by: Command) -> Handled:
    """A user representative wants her name on the page of an open group, or no longer."""

    async def event(_: AsyncConnection, __: StandingGroup) -> NameShown:
        return NameShown(seat, shown, substitute)

    return await _command(db, group, event, by, Act.APPOINT, seat)


# -- behind a mailed link: whoever holds it is the mailbox that it was mailed to


async def fill_by_link(db: Database, group: UUID, seat: int, form: TermForm, by: Command) -> Handled:
    """The mailbox of a body appoints. Raises NotFoundError for a seat that is not asked of it now."""
    return await _fill(db, group, seat, form, by, None)


async def put_off_by_link(db: Database, group: UUID, seat: int, until: date, reason: str, by: Command) -> Handled:
    """The mailbox of a body says when. Raises NotFoundError for a seat that is not asked of it now."""
    return await _put_off(db, group, seat, until, reason, by, None)


# -- common


async def _fill(db: Database, group: UUID, seat: int, form: TermForm, by: Command, act: Act | None) -> Handled:
    refuse_term(form)
    made = [
        (one, uuid5(NAMESPACE, f"sitter/{group}/{seat}/{by.event_id}/{n}"))
        for n, one in enumerate((form.representative, form.substitute))
        if one is not None
    ]

    async def event(_: AsyncConnection, __: StandingGroup) -> SeatFilled:
        first, *others = (Sitter(new, one.consent_on, one.consent_how, one.shown) for one, new in made)
        return SeatFilled(
            seat, first, form.first, form.last, others[0] if others else None, form.decided_by, form.decided_on,
            form.registration_number,
        )  # fmt: skip

    async def after(conn: AsyncConnection) -> None:
        await sitters.keep(
            conn, [SitterRecord(new, group, one.name, one.function, one.email, one.phone) for one, new in made]
        )

    return await _command(db, group, event, by, act, seat, after)


async def _put_off(
    db: Database, group: UUID, seat: int, until: date, reason: str, by: Command, act: Act | None
) -> Handled:
    refuse_texts({"reason": reason})
    refuse_days(until=until)

    async def event(_: AsyncConnection, __: StandingGroup) -> SeatPutOff:
        return SeatPutOff(seat, until, reason)

    return await _command(db, group, event, by, act, seat)


async def _keep(db: Database, group: UUID, event: object, by: Command) -> Handled:
    async def made(_: AsyncConnection, __: StandingGroup) -> object:
        return event

    return await _command(db, group, made, by, Act.KEEP_GROUPS)


async def _command(
    db: Database, group: UUID, event: Callable[[AsyncConnection, StandingGroup], Any], by: Command, act: Act | None,
    seat: int | None = None, after: Callable[[AsyncConnection], Any] | None = None,
    last: Callable[[AsyncConnection], Any] | None = None,
) -> Handled:  # fmt: skip
    """One command on a group, in one transaction. Without an `act` it comes by a link: the seat must be asked of the
    mailbox that holds it. `after` writes beside it what was taken; then its sittings follow, and `last` erases.
    """
    async with db.transaction(by.actor) as conn:
        counties = await seen.counties(conn, scope_of(by.actor))
        async with beyond(conn):  # whether she may is asked of the group, which is nobody's to see by itself
            held = await groups.load_many(conn, [group], lock=True)
            there = _may(held.get(group), by, act, counties, seat)
            done = await handled(conn, group, await event(conn, there), by, held)
            if done.refused is None and not done.repeated:
                assert isinstance(done.state, StandingGroup)
                if after is not None:
                    await after(conn)
                await follow_group(conn, done.state, by)
                if last is not None:
                    await last(conn)  # when who leaves has been told
            return done


def _may(
    there: Versioned[StandingGroup] | None, by: Command, act: Act | None, counties: frozenset[UUID], seat: int | None
) -> StandingGroup:
    if act is not None:
        return require_standing(by.actor, None if there is None else there.state, act, counties, seat)
    found = None if there is None or seat is None else there.state.seat(seat)
    body = None if found is None else found.asks
    mine = body is not None and folded(body.email) == folded(by.actor.id or "")
    if there is None or found is None or not found.asked or not mine or there.state.state is GroupState.CLOSED:
        raise NotFoundError("seat")
    return there.state


async def _bodies(conn: AsyncConnection, forms: Iterable[BodyForm]) -> tuple[SeatBody, ...]:
    wanted = list(forms)
    known = await directory_one.principals(conn, sorted({one.principal_id for one in wanted}))
    missing = [n for n, one in enumerate(wanted) if one.principal_id not in known]
    if missing:
        raise InvalidError([FieldProblem(f"body_{n + 1}_principal", "bad_choice") for n in missing])
    return tuple(SeatBody(one.principal_id, known[one.principal_id].name, one.name, one.email) for one in wanted)
