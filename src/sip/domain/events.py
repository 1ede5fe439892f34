"""What happened, or what somebody wants: one frozen value each.

Commands of people, words of the mail floor, and time. `TimePassed` carries nothing: the time is the context's. Every
event reaches `decide` with an `event_id` kept by `handle()`; a person's command also carries the version it saw.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sip.domain.agreement import MeetingKind
from sip.domain.meeting import Convener, Place, Stamp
from sip.domain.news import AutoReplied as AutoReplied
from sip.domain.news import Bounced as Bounced
from sip.domain.news import HumanWrote as HumanWrote
from sip.domain.news import MailSettled as MailSettled
from sip.domain.news import Refreshed as Refreshed
from sip.domain.news import ReplySeen as ReplySeen
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Basis,
    Channel,
    ClaimKind,
    ContestReason,
    Form,
    Mark,
    Obligation,
    Outcome,
    Purpose,
    RegretReason,
)


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A unit to call, with its duty and the ground of it."""

    unit_id: UUID
    obligation: Obligation
    basis: Basis = Basis.SOL_HSL
    other_system: str | None = None


@dataclass(frozen=True, slots=True)
class MeetingDrafted:
    id: UUID
    reference: str
    case_id: UUID
    kind: MeetingKind
    purpose: Purpose
    purpose_text: str
    questions: tuple[str, ...]
    form: Form
    place: Place
    start: datetime
    end: datetime
    convener: Convener
    parties: tuple[PartyDraft, ...]
    chair_name: str | None = None
    chair_email: str | None = None
    follows: UUID | None = None
    user_id: UUID | None = None
    """Who drafts it, where that is a user: of a protected case nobody else may (rules, section 13)."""


@dataclass(frozen=True, slots=True)
class TextChanged:
    """Text only: no new round, SEQUENCE kept. None leaves a field as it is."""

    purpose: Purpose | None = None
    purpose_text: str | None = None
    questions: tuple[str, ...] | None = None
    chair_name: str | None = None
    chair_email: str | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A draft gets another convener: a ward drafts, the care contact in open care calls (rules, section 4 T2)."""

    convener: Convener


@dataclass(frozen=True, slots=True)
class PartyAdded:
    party: PartyDraft


@dataclass(frozen=True, slots=True)
class PartyRemoved:
    party: int


@dataclass(frozen=True, slots=True)
class SuccessorCalled:
    """The unit that takes over from a party's, which closes before the meeting, is called in its place (R6)."""

    party: int
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class Called:
    pass


@dataclass(frozen=True, slots=True)
class Moved:
    """A change of time or place: a new round (rules, section 5 R1). Before the call it just edits the draft."""

    start: datetime
    end: datetime
    form: Form
    place: Place


class CancelReason(StrEnum):
    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PARTY_MISSING = "party_missing"
    CONVENER_UNAVAILABLE = "convener_unavailable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cancelled:
    reason: CancelReason


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Who comes or stands in. `knows` is the unit's word that she knows already (rules, section 7 S4)."""

    name: str
    email: str | None = None
    phone: str | None = None
    function: str | None = None
    knows: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """How an answer came and who recorded it; `automatic` proves delivery and nothing else (rules, section 3).

    `confirmed_by` is who vouched for an answer of which it was not certain whose it is: it answers for the unit, and
    proves nothing of the mailbox.
    """

    channel: Channel
    recorded_by: str
    stamp: Stamp
    automatic: bool = False
    reply_to: str | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A unit's answer. `invitation` is the one it came through, where it came by mail or a mailed link.

    `speaker` is a colleague nobody invited who gave it from a forwarded call; the agreement may say that she comes.
    """

    party: int
    kind: AnswerKind
    said: Said
    invitation: int | None = None
    names: tuple[NamedPerson, ...] = ()
    stands_in: tuple[NamedPerson, ...] = ()
    regret_reason: RegretReason | None = None
    contest_reason: ContestReason | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    target_unit_id: UUID | None = None
    information_channel: Channel | None = None
    represented_by: int | None = None
    speaker: NamedPerson | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A human act without an answer; `answer_by` is the day the unit promises to answer."""

    party: int
    said: Said
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class AttendeeAnswered:
    """The answer of a person who was named or asked: ACCEPTED, REFUSED (she passes on to `passes_on`, or not).

    `delegated`: the unit had handed its duty to her itself, so that her no puts it back (RFC 5546, section 3.2.2.3).
    """

    party: int
    attendee: int
    state: AttendeeState
    said: Said
    passes_on: NamedPerson | None = None
    delegated: bool = False


@dataclass(frozen=True, slots=True)
class SubstituteNamed:
    """The unit, its manager or the convener names who stands in (rules, section 7)."""

    party: int
    person: NamedPerson
    said: Said


@dataclass(frozen=True, slots=True)
class AttendeeOnLeave:
    """The unit says that a person of its own is away on the meeting's day; why is not said (rules, section 7 S5)."""

    party: int
    attendee: int
    said: Said


@dataclass(frozen=True, slots=True)
class Claimed:
    """An answer came of which it is not certain whose it is: the convener's side has to say (see `Claim`).

    `tell` is the address that hears that it waits: of one that a machine may have sent.
    """

    party: int
    invitation: int
    kind: ClaimKind
    answer: AnswerKind
    email: str
    said: Said
    sender: str | None = None
    attendee: int | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    tell: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimDecided:
    """The convener's side says whose it is. `name` is how a party crasher or delegate is called from now on."""

    claim: int
    verdict: "Verdict"
    decided_by: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityConveyed:
    party: int
    channel: Channel


@dataclass(frozen=True, slots=True)
class IdentityConveyedToAll:
    """Everybody called who had not been told whom the meeting concerns has been, all by the same channel."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class IdentityKnown:
    """The unit itself says that it knows whom the meeting concerns (rules, section 6)."""

    party: int
    said: Said


@dataclass(frozen=True, slots=True)
class ReadingAsked:
    """Whoever holds a link asks for the code that opens the free text: it goes to the unit's mailbox (section 3)."""

    party: int


@dataclass(frozen=True, slots=True)
class PauseSet:
    party: int
    reason: str
    until: datetime


class Verdict(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Decided:
    """The convener's decision on what a standing answer asks: proposal, contest, redirect, informs, represented.

    For a contest ACCEPT releases and DECLINE upholds, with `grounds`. For "not ours" the coordinator names
    `target_unit_id`. An accepted proposal moves the meeting; `place` and `form` stay.
    """

    party: int
    verdict: Verdict
    grounds: str | None = None
    target_unit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Excused:
    """The convener excuses a party before the start."""

    party: int
    reason: str


@dataclass(frozen=True, slots=True)
class Released:
    """The convener lifts a party's duty: it becomes invited."""

    party: int


@dataclass(frozen=True, slots=True)
class ConsentChanged:
    """The case's consent was given back, changed or renewed: what it is now stands in the context (section 5 R4)."""


@dataclass(frozen=True, slots=True)
class ContactsChanged:
    """The directory has other addresses than the call: what they are now stands in the context (section 5 R5)."""


@dataclass(frozen=True, slots=True)
class GoAhead:
    """The convener's answer to the question: the meeting stands."""


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """Attendance, first time or corrected. Marks by party ordinal; a correction carries its reason (section 8 A2)."""

    outcome: Outcome
    marks: tuple[tuple[int, Mark], ...]
    recorded_by: str
    reason: str | None = None
    responsible_principal_id: UUID | None = None
    next_meeting_on: date | None = None
    own_record_copy: bool = False


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """Somebody is there, by her own word: a person that her unit has named, or who she says she is (section 8 A5)."""

    party: int
    attendee: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class TimePassed:
    pass
