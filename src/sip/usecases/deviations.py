"""A deviation report's life by hand: raising one, hearing, cause, dispute, close, withdrawal (rules, section 8 D1)."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import (
    Category,
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationRaised,
    DeviationReport,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    Side,
    Statement,
    WithdrawnBecause,
)
from sip.domain.meeting import Meeting, Party, deviation_id
from sip.domain.reporting import raised
from sip.domain.terms import MeetingState, Obligation
from sip.store.aggregates import deviations
from sip.store.db import Database, beyond
from sip.usecases.access import (
    MAY,
    Act,
    convenes,
    has_party,
    require_deviation,
    require_role,
)
from sip.usecases.actor import Actor
from sip.usecases.commands import Command, handled
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import (
    ConflictError,
    FieldProblem,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    refuse_texts,
)
from sip.usecases.reading.deviations import named_for
from sip.usecases.reading.meetings import required


async def raise_by_hand(
    db: Database, meeting_id: UUID, about: int, categories: tuple[Category, ...], description: str, by: Command
) -> Handled:
    """A report about a party, by the convener's side; or about the convener's side, by a called unit.

    There is one report per meeting and party for ever. Raises ConflictError (already_exists) for a second one, and
    InvalidError without a category.
    """
    refuse_texts({"description": description})
    if not categories:
        raise InvalidError([FieldProblem("categories", "required")])
    async with db.transaction(by.actor) as conn:
        meeting = (await required(conn, meeting_id, by.actor)).state
        require_role(by.actor, Act.RAISE_DEVIATION)
        event = _raising(meeting, about, categories, description, by.actor)
        report_id = deviation_id(meeting_id, about)
        async with beyond(conn):  # also one that is being heard, which who raises may not see
            there = await report_of(conn, report_id) is not None
        if there:
            raise ConflictError("already_exists")
        return await handled(conn, report_id, event, by)


def _raising(
    meeting: Meeting, about: int, categories: tuple[Category, ...], description: str, actor: Actor
) -> DeviationRaised:
    if meeting.state is MeetingState.DRAFT:
        raise ConflictError("wrong_state")
    try:
        party = meeting.party(about)
    except KeyError:
        raise NotFoundError("party") from None
    event = raised(meeting, party, automatic=False, description=description.strip(), categories=categories)
    if party.obligation is not Obligation.CONVENING:
        if not convenes(actor, meeting):
            raise ForbiddenError(MAY[Act.RAISE_DEVIATION], Act.RAISE_DEVIATION)
        return event
    own = next((p for p in meeting.parties if p.ordinal != about and has_party(actor, p)), None)
    if own is None or convenes(actor, meeting):
        raise InvalidError([FieldProblem("party", "own_side")])
    return replace(event, reporting=_side(own))


def _side(party: Party) -> Side:
    return Side(party.unit_id, party.unit_name, party.organisation_id, party.principal_id)


async def report_of(conn: AsyncConnection, report_id: UUID) -> DeviationReport | None:
    """The report as it is, unlocked."""
    found = (await deviations.load_many(conn, [report_id])).get(report_id)
    return None if found is None else found.state


async def hear(
    db: Database, report_id: UUID, statement: Statement, by: Command, *, account: str | None = None
) -> Handled:
    """The absent party's word: "Attendance is recorded as absent. Is that right?" """
    return await _command(db, report_id, HearingAnswered(statement, account), by, Act.ANSWER_DEVIATION, account)


async def give_cause(db: Database, report_id: UUID, cause: Cause, account: str, by: Command) -> Handled:
    """The absent party's cause and account."""
    return await _command(db, report_id, CauseGiven(cause, account), by, Act.ANSWER_DEVIATION, account)


async def settle_dispute(db: Database, report_id: UUID, by: Command) -> Handled:
    """The reporting unit keeps the report after a dispute."""
    return await _command(db, report_id, DisputeSettled(), by, Act.SETTLE_DEVIATION)


async def close(db: Database, report_id: UUID, by: Command) -> Handled:
    """The reporting unit closes an answered report."""
    return await _command(db, report_id, DeviationClosed(), by, Act.SETTLE_DEVIATION)


async def withdraw(db: Database, report_id: UUID, because: WithdrawnBecause, by: Command) -> Handled:
    """The reporting unit takes the report back."""
    return await _command(db, report_id, DeviationWithdrawn(because), by, Act.SETTLE_DEVIATION)


async def _command(
    db: Database, report_id: UUID, event: object, by: Command, act: Act, account: str | None = None
) -> Handled:
    """One command on a report, in one transaction."""
    refuse_texts({"account": account})
    async with db.transaction(by.actor) as conn:
        held = await deviations.load_many(conn, [report_id], lock=True)
        report = held[report_id].state if held else None
        require_deviation(by.actor, report, act, named=await named_for(conn, report, by.actor))
        return await handled(conn, report_id, event, by, held)
