"""What is true of a deviation report: facts only, functions never names (domain, section 5; rules, section 8 D1-D2)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sip.domain.agreement import RuleSet
from sip.domain.effects import MeetingFacts
from sip.domain.meeting import deviation_id
from sip.domain.terms import Channel


class DeviationState(StrEnum):
    HEARING = "hearing"
    RECEIVED = "received"
    IN_DIALOGUE = "in_dialogue"
    DISPUTED = "disputed"
    ANSWERED = "answered"
    FOLLOWED_UP = "followed_up"
    FORWARDED = "forwarded"
    CLOSED = "closed"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({DeviationState.CLOSED, DeviationState.MERGED, DeviationState.WITHDRAWN})


class ReportSide(StrEnum):
    """Which of the two units between which a report lives."""

    REPORTING = "reporting"
    RECEIVING = "receiving"

    @property
    def other(self) -> "ReportSide":
        return ReportSide.RECEIVING if self is ReportSide.REPORTING else ReportSide.REPORTING


class Category(StrEnum):
    """Several per report (domain, section 5)."""

    COMMUNICATION = "communication"
    PARTY_ABSENT = "party_absent"
    ROUTINES = "routines"
    WHOLE_PERSON = "whole_person"
    INDIVIDUAL_FOCUS = "individual_focus"
    COMPETENCE = "competence"
    RECEPTION = "reception"
    SIP_NOT_USED = "sip_not_used"


class Cause(StrEnum):
    """Causes of absence (domain, section 5). Never illness."""

    NOT_RECEIVED = "not_received"
    RECEIVED_LATE = "received_late"
    MAILBOX_NOT_WATCHED = "mailbox_not_watched"
    WRONG_UNIT = "wrong_unit"
    UNPLANNED_ABSENCE = "unplanned_absence"
    DOUBLE_BOOKED = "double_booked"
    TECHNICAL_FAULT = "technical_fault"
    NOT_CONCERNED = "not_concerned"
    PURPOSE_UNCLEAR = "purpose_unclear"
    CANCELLED_LATE = "cancelled_late"
    OTHER = "other"


class Statement(StrEnum):
    """The reported party's word in the hearing: "Attendance is recorded as absent. Is that right?"; of what somebody
    wrote, that it is right or that the unit sees it otherwise.
    """

    WE_WERE_THERE = "we_were_there"
    WE_HAD_TOLD = "we_had_told"
    NOT_REACHED = "not_reached"
    RIGHT = "right"
    OTHERWISE = "otherwise"


class WithdrawnBecause(StrEnum):
    MARKS_CORRECTED = "marks_corrected"
    DELIVERY_FAILED = "delivery_failed"
    RAISED_BY_MISTAKE = "raised_by_mistake"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two units between which the report lives."""

    unit_id: UUID
    unit_name: str
    organisation_id: UUID
    principal_id: UUID


@dataclass(frozen=True, slots=True)
class Word:
    """What one of the two units has written in the report's thread, numbered from 1."""

    number: int
    side: ReportSide
    at: datetime
    text: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Measure:
    """What a unit does so that it goes better, numbered from 1: `owner` is a function, `due_on` a day in Stockholm.

    `done` and `effect` say at the follow-up whether it was done and what came of it.
    """

    number: int
    side: ReportSide
    text: str
    owner: str
    due_on: date
    taken_at: datetime
    reminded: bool = False
    lifted: bool = False
    followed_at: datetime | None = None
    done: bool | None = None
    effect: str | None = None


@dataclass(frozen=True, slots=True)
class DeviationReport:
    """The aggregate. The convener's own side opens it: notice in working days, moves, purpose given.

    `cause` is the main one, `also` those that contributed. `disputed_days` is how long a dispute or the board took,
    `stepped_at` when somebody was last reminded or it was last lifted. `raisings` counts how often it has been raised:
    corrected and corrected back it is the same report. `merged_into` is the like of it in which it goes on.

    It is of a party of a meeting, or of none: then `case_id` is the matter that it is by itself, and `own_reference`
    what people call that (D9). `severity` and `likelihood` go from 1 to 4.
    """

    id: UUID
    meeting_id: UUID | None
    party: int | None
    facts: MeetingFacts | None
    reporting: Side
    receiving: Side
    rule_set: RuleSet
    categories: tuple[Category, ...]
    state: DeviationState
    raised_at: datetime
    automatic: bool
    raisings: int = 1
    notice_days: int | None = None
    moves: int = 0
    purpose_given: bool = True
    description: str | None = None
    statement: Statement | None = None
    heard_at: datetime | None = None
    received_at: datetime | None = None
    cause: Cause | None = None
    account: str | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: WithdrawnBecause | None = None
    reminders: int = 0
    manager_told: bool = False
    head_told: bool = False
    dispute_steps: int = 0
    disputed_days: int = 0
    stepped_at: datetime | None = None
    not_before: datetime | None = None
    also: tuple[Cause, ...] = ()
    closed_because: str | None = None
    forwarded_at: datetime | None = None
    forwarded_because: str | None = None
    merged_into: UUID | None = None
    good_example: bool = False
    words: tuple[Word, ...] = ()
    measures: tuple[Measure, ...] = ()
    case_id: UUID | None = None
    own_reference: str | None = None
    happened_on: date | None = None
    severity: int | None = None
    likelihood: int | None = None

    @property
    def reference(self) -> str:
        """What people call it: by its meeting's case, or by its own."""
        return self.facts.reference if self.facts is not None else self.own_reference or ""

    @property
    def protected(self) -> bool:
        """Whether it is of a protected meeting (rules, section 13); one without a meeting never is."""
        return self.facts is not None and self.facts.protected

    def is_like(self, other: "DeviationReport") -> bool:
        """Another that goes on between the same two units, the same way round (D5)."""
        units = (self.reporting.unit_id, self.receiving.unit_id)
        there = units == (other.reporting.unit_id, other.receiving.unit_id) and other.state not in ENDED
        return there and not other.good_example and self.protected == other.protected

    def side(self, side: ReportSide) -> Side:
        """The one unit or the other."""
        return self.receiving if side is ReportSide.RECEIVING else self.reporting

    @property
    def is_disputed(self) -> bool:
        """Whether the reporting unit has a dispute to settle, at its own desk or the board's."""
        return self.statement not in (None, Statement.RIGHT) and self.received_at is None

    @property
    def by_called_unit(self) -> bool:
        """Whether a unit writes, and not who convened the meeting: then its mailbox is told (D1)."""
        return self.facts is None or self.reporting.unit_name != self.facts.convener_unit


def statements(report: DeviationReport) -> tuple[Statement, ...]:
    """What the reported party may say: of a recorded absence, or of what somebody wrote (rules, section 8 D1)."""
    if not report.automatic:
        return (Statement.RIGHT, Statement.OTHERWISE)
    return (Statement.RIGHT, Statement.WE_WERE_THERE, Statement.WE_HAD_TOLD, Statement.NOT_REACHED)


def causes(report: DeviationReport) -> tuple[Cause, ...]:
    """What the reported party may give as a cause: nobody was called where there was no meeting (D9)."""
    called = {Cause.NOT_RECEIVED, Cause.RECEIVED_LATE, Cause.PURPOSE_UNCLEAR, Cause.CANCELLED_LATE}
    return tuple(one for one in Cause if report.meeting_id is not None or one not in called)


@dataclass(frozen=True, slots=True)
class DeviationRaised:
    """Raised by the engine (automatic) or by hand; again after a withdrawal: the same report (rules, section 8 A4).

    `by`: the called unit that writes, None for the convener's side. `good_example` is the opposite of a failure (D6).
    Without a meeting it has a case and a reference of its own (D9).
    """

    meeting_id: UUID | None
    party: int | None
    facts: MeetingFacts | None
    reporting: Side
    receiving: Side
    rule_set: RuleSet
    categories: tuple[Category, ...]
    automatic: bool
    notice_days: int | None = None
    moves: int = 0
    purpose_given: bool = True
    description: str | None = None
    by: UUID | None = None
    good_example: bool = False
    case_id: UUID | None = None
    own_reference: str | None = None
    happened_on: date | None = None
    severity: int | None = None
    likelihood: int | None = None

    @property
    def report_id(self) -> UUID:
        """The one report that can come of it (rules, section 2)."""
        if self.meeting_id is not None and self.party is not None:
            return deviation_id(self.meeting_id, self.party, self.by, good=self.good_example)
        assert self.case_id is not None
        return uuid5(self.case_id, "report")


@dataclass(frozen=True, slots=True)
class HearingAnswered:
    statement: Statement
    account: str | None = None


@dataclass(frozen=True, slots=True)
class CauseGiven:
    """The main cause and those that contributed, and the unit's own account."""

    cause: Cause
    account: str
    also: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class WordSaid:
    """A word in the thread, by a page or by mail."""

    side: ReportSide
    text: str
    channel: Channel = Channel.PAGE


@dataclass(frozen=True, slots=True)
class UnitSucceeded:
    """The unit of this side has closed, and `by` has taken over from it (D8)."""

    side: ReportSide
    by: Side


class NoWordBecause(StrEnum):
    """Why what a unit mailed is not in the thread."""

    NUMBER = "number"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class WordUnusable:
    """A mail of one unit that could not join the thread; `to` is its sender, who is told so, None where nobody is."""

    side: ReportSide
    why: NoWordBecause
    to: str | None = None


@dataclass(frozen=True, slots=True)
class ReportMailFailed:
    """A mail of a report without a meeting has failed: the relay gave it up, or a failure was reported afterwards (D9).

    `key` and `kind` are that mail's, `email` is whom it was for and `reason` what the server said.
    """

    key: str
    kind: str
    email: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MeasureTaken:
    """A unit says what it does, which function sees to it, and until when."""

    side: ReportSide
    text: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class MeasureFollowedUp:
    """Whether it was done, and what came of it; said again it is corrected."""

    number: int
    done: bool
    effect: str


@dataclass(frozen=True, slots=True)
class DisputeSettled:
    """The reporting unit keeps the report after a dispute: it goes on as received."""


@dataclass(frozen=True, slots=True)
class DeviationClosed:
    """`reason` is needed where no measure was taken, or one has not been followed up."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DeviationForwarded:
    """To the cooperation board: the two units alone do not come further."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeviationReturned:
    """Back from the board, to where the two units stand."""


@dataclass(frozen=True, slots=True)
class DeviationMerged:
    """The same matter as another report between the same two units, in which it goes on; `reference` is that one's."""

    into: UUID
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class DeviationWithdrawn:
    because: WithdrawnBecause
