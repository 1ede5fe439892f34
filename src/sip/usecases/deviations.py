"""A deviation report's life by hand, from raising one to its end (rules, section 8 D1-D5)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.bounds import NAME_MOST, day_fits
from sip.domain.deviation import (
    Category,
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationForwarded,
    DeviationMerged,
    DeviationRaised,
    DeviationReport,
    DeviationReturned,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    MeasureFollowedUp,
    MeasureTaken,
    ReportSide,
    Side,
    Statement,
    WithdrawnBecause,
    WordSaid,
    causes,
    statements,
)
from sip.domain.failure import Risk
from sip.domain.meeting import Meeting, Party
from sip.domain.reporting import raised
from sip.domain.terms import MeetingState, Obligation
from sip.store.aggregates import deviations
from sip.store.db import Database, beyond
from sip.usecases.access import (
    MAY,
    Act,
    convenes,
    has_party,
    on_side,
    require_deviation,
    require_role,
    side_of,
)
from sip.usecases.actor import Actor, by_mail
from sip.usecases.commands import Command, Held, handled
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


@dataclass(frozen=True, slots=True)
class ByHand:
    """What somebody writes of a party: a failure, or a good example."""

    categories: tuple[Category, ...] = ()
    words: str = ""
    risk: Risk = field(default_factory=Risk)
    good: bool = False


async def praise(db: Database, meeting_id: UUID, about: int, words: str, by: Command) -> Handled:
    """A good example, of a party or of the convener's side, with words or none (rules, section 8 D6)."""
    return await _raise(db, meeting_id, about, ByHand(words=words, good=True), by)


async def raise_by_hand(
    db: Database,
    meeting_id: UUID,
    about: int,
    categories: tuple[Category, ...],
    description: str,
    by: Command,
    risk: Risk | None = None,
) -> Handled:
    """A report about a party, by the convener's side; or about the convener's side, by a called unit.

    There is one report per meeting and party for ever; about the convener's side, one from each called unit. Raises
    ConflictError (already_exists) for a second one, and InvalidError without a category.
    """
    if not categories:
        raise InvalidError([FieldProblem("categories", "required")])
    return await _raise(db, meeting_id, about, ByHand(categories, description, risk or Risk()), by)


async def _raise(db: Database, meeting_id: UUID, about: int, said: ByHand, by: Command) -> Handled:
    refuse_texts({"description": said.words})
    async with db.transaction(by.actor) as conn:
        return await raised_on(conn, meeting_id, about, said, by)


async def raised_on(conn: AsyncConnection, meeting_id: UUID, about: int, said: ByHand, by: Command) -> Handled:
    """As `raise_by_hand`, within a transaction of whoever does more; the words have been checked."""
    meeting = (await required(conn, meeting_id, by.actor)).state
    require_role(by.actor, Act.RAISE_DEVIATION)
    event = _raising(meeting, about, said, by.actor)
    async with beyond(conn):  # also one that is being heard, which who raises may not see
        there = await report_of(conn, event.report_id) is not None
        there = there or await deviations.is_raised(
            conn, meeting_id, about, event.reporting.unit_id, good=said.good
        )  # fmt: skip
    if there:
        raise ConflictError("already_exists")
    return await handled(conn, event.report_id, event, by)


def _raising(meeting: Meeting, about: int, said: ByHand, actor: Actor) -> DeviationRaised:
    if meeting.state is MeetingState.DRAFT:
        raise ConflictError("wrong_state")
    try:
        party = meeting.party(about)
    except KeyError:
        raise NotFoundError("party") from None
    event = replace(
        raised(
            meeting, party, automatic=False, description=said.words.strip() or None, categories=said.categories
        ),
        good_example=said.good, happened_on=said.risk.happened_on, severity=said.risk.severity,
        likelihood=said.risk.likelihood,
    )  # fmt: skip
    if party.obligation is not Obligation.CONVENING:
        if by_mail(actor) or not convenes(actor, meeting):
            raise ForbiddenError(MAY[Act.RAISE_DEVIATION], Act.RAISE_DEVIATION)
        return event
    own = next((p for p in meeting.parties if p.ordinal != about and _speaks_for(actor, p)), None)
    if own is None or (convenes(actor, meeting) and not by_mail(actor)):
        raise InvalidError([FieldProblem("party", "own_side")])
    return replace(event, reporting=_side(own), by=own.unit_id)


def _speaks_for(actor: Actor, party: Party) -> bool:
    """Whose word it is: behind a mailed link that of the unit it was mailed to, else of a unit in scope."""
    return party.unit_id == actor.unit_id if by_mail(actor) else has_party(actor, party)


def _side(party: Party) -> Side:
    return Side(party.unit_id, party.unit_name, party.organisation_id, party.principal_id)


async def report_of(conn: AsyncConnection, report_id: UUID) -> DeviationReport | None:
    """The report as it is, unlocked."""
    found = (await deviations.load_many(conn, [report_id])).get(report_id)
    return None if found is None else found.state


async def hear(
    db: Database, report_id: UUID, statement: Statement, by: Command, *, account: str | None = None
) -> Handled:
    """The absent party's word: "Attendance is recorded as absent. Is that right?" Raises InvalidError for a word that
    is no answer to what the report says: "we were there" to what somebody wrote by hand.
    """

    def given(report: DeviationReport) -> HearingAnswered:
        if statement not in statements(report):
            raise InvalidError([FieldProblem("statement", "bad_choice")])
        return HearingAnswered(statement, account)

    return await _command(db, report_id, given, by, Act.ANSWER_DEVIATION, account=account)


async def give_cause(
    db: Database, report_id: UUID, cause: Cause, account: str, by: Command, *, also: tuple[Cause, ...] = ()
) -> Handled:
    """The absent party's main cause, those that contributed, and its account. Raises InvalidError for a cause that the
    report cannot have: of a call, where there was no meeting (rules, section 8 D9).
    """

    def given(report: DeviationReport) -> CauseGiven:
        known = causes(report)
        wrong = [field for field, one in (("cause", cause), *(("also", one) for one in also)) if one not in known]
        if wrong:
            raise InvalidError([FieldProblem(field, "bad_choice") for field in dict.fromkeys(wrong)])
        return CauseGiven(cause, account, also)

    return await _command(db, report_id, given, by, Act.ANSWER_DEVIATION, account=account)


async def settle_dispute(db: Database, report_id: UUID, by: Command) -> Handled:
    """The reporting unit keeps the report after a dispute."""
    return await _command(db, report_id, DisputeSettled(), by, Act.SETTLE_DEVIATION)


async def say(db: Database, report_id: UUID, text: str, by: Command, *, side: ReportSide | None = None) -> Handled:
    """A word in the thread, of the unit that the actor speaks for: by a mailed link it is that of `side`."""

    def word(report: DeviationReport) -> WordSaid:
        return WordSaid(side or side_of(by.actor, report), text)

    return await _command(db, report_id, word, by, Act.DISCUSS_DEVIATION, text=text)


async def take_measure(
    db: Database, report_id: UUID, text: str, owner: str, due_on: date, by: Command, *, side: ReportSide | None = None
) -> Handled:
    """A measure of the unit that the actor speaks for, or of `side`; `owner` is a function. Raises InvalidError for a
    name's address, as in any free text.
    """
    if not day_fits(due_on):
        raise InvalidError([FieldProblem("due_on", "unusable")])
    if len(owner.strip()) > NAME_MOST:
        raise InvalidError([FieldProblem("owner", "too_long")])

    def measure(report: DeviationReport) -> MeasureTaken:
        return MeasureTaken(side or side_of(by.actor, report), text, owner, due_on)

    return await _command(db, report_id, measure, by, Act.DISCUSS_DEVIATION, text=text, owner=owner)


async def follow_up(
    db: Database, report_id: UUID, number: int, done: bool, effect: str, by: Command, *, side: ReportSide | None = None
) -> Handled:
    """What came of a measure, said by the unit that took it. Raises ForbiddenError for the other's."""

    def followed(report: DeviationReport) -> MeasureFollowedUp:
        taken = next((one for one in report.measures if one.number == number), None)
        own = taken is None or ((side or taken.side) is taken.side and on_side(by.actor, report.side(taken.side)))
        if not own:
            raise ForbiddenError(MAY[Act.DISCUSS_DEVIATION], Act.DISCUSS_DEVIATION)
        return MeasureFollowedUp(number, done, effect)

    return await _command(db, report_id, followed, by, Act.DISCUSS_DEVIATION, effect=effect)


async def close(db: Database, report_id: UUID, by: Command, *, reason: str | None = None) -> Handled:
    """The reporting unit closes a report that is followed up; with a reason, also one that is not."""
    return await _command(db, report_id, DeviationClosed(reason), by, Act.SETTLE_DEVIATION, reason=reason)


async def forward(db: Database, report_id: UUID, reason: str, by: Command) -> Handled:
    """The reporting unit takes it to the cooperation board."""
    return await _command(db, report_id, DeviationForwarded(reason), by, Act.SETTLE_DEVIATION, reason=reason)


async def take_back(db: Database, report_id: UUID, by: Command) -> Handled:
    """The reporting unit has it back from the board."""
    return await _command(db, report_id, DeviationReturned(), by, Act.SETTLE_DEVIATION)


async def merge(db: Database, report_id: UUID, into: UUID, by: Command) -> Handled:
    """The report goes on in its like. Raises InvalidError where that is no open report between the same two units, the
    same way round.
    """
    async with db.transaction(by.actor) as conn:
        held = await deviations.load_many(conn, [report_id, into], lock=True)  # both, in the order of their ids
        report = await _may(conn, held, report_id, by, Act.SETTLE_DEVIATION)
        try:
            other = await _may(conn, held, into, by, Act.SETTLE_DEVIATION)
        except NotFoundError:
            other = report
        if other.id == report.id or not report.is_like(other):
            raise InvalidError([FieldProblem("into", "no_like")])
        return await handled(conn, report_id, DeviationMerged(into, other.reference), by, held)


async def withdraw(db: Database, report_id: UUID, because: WithdrawnBecause, by: Command) -> Handled:
    """The reporting unit takes the report back."""
    return await _command(db, report_id, DeviationWithdrawn(because), by, Act.SETTLE_DEVIATION)


async def _command(
    db: Database,
    report_id: UUID,
    event: object | Callable[[DeviationReport], object],
    by: Command,
    act: Act,
    **texts: str | None,
) -> Handled:
    """One command on a report, in one transaction; an event that depends on the report is made of it."""
    refuse_texts(texts)
    async with db.transaction(by.actor) as conn:
        held = await deviations.load_many(conn, [report_id], lock=True)
        report = await _may(conn, held, report_id, by, act)
        return await handled(conn, report_id, event(report) if callable(event) else event, by, held)


async def _may(conn: AsyncConnection, held: Held, report_id: UUID, by: Command, act: Act) -> DeviationReport:
    """This report of those held. Raises NotFoundError or ForbiddenError where the actor may not do this with it."""
    there = held[report_id].state if report_id in held else None
    return require_deviation(by.actor, there, act, named=await named_for(conn, there, by.actor))
