"""What is true of a meeting: its parties, their invitations, answers, substitutes, ladder and attendance.

Frozen values, nothing computed from a clock; the words they hold stand in `terms.py`. Times are aware and in UTC. New
things are named by ordinal, so that the same decision always names them alike (rules, section 2).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sip.domain.agreement import MeetingKind, RuleSet, Rung
from sip.domain.people import Language, NamedUser
from sip.domain.poll import Poll
from sip.domain.terms import (
    AnswerKind,
    AttendeeRole,
    AttendeeState,
    Basis,
    Channel,
    ClaimKind,
    ClaimState,
    ContestReason,
    Delivery,
    Form,
    Mark,
    MeetingState,
    NextDate,
    Obligation,
    Outcome,
    PauseKind,
    PlaceKind,
    Purpose,
    RegretReason,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A structure, never free text: many meetings are at somebody's home (domain, section 3)."""

    kind: PlaceKind
    unit: str | None = None
    room: str | None = None
    video_url: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Convener:
    """The calling unit and the person there who answers the phone."""

    unit_id: UUID
    unit_name: str
    organisation_id: UUID
    principal_id: UUID
    person: str
    email: str
    phone: str
    language: Language = Language.SV


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """Which of two answers is the later: compared field by field (rules, section 3)."""

    sequence: int
    said_at: datetime
    received_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A party's standing answer in this round. `since` is when the first of an unbroken run of the same kind came."""

    kind: AnswerKind
    at: datetime
    since: datetime
    channel: Channel
    recorded_by: str
    regret_reason: RegretReason | None = None
    contest_reason: ContestReason | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    target_unit_id: UUID | None = None
    target_unit_name: str | None = None
    information_channel: Channel | None = None
    represented_by: int | None = None
    decided: bool = False


@dataclass(frozen=True, slots=True)
class RungRecord:
    """A rung that has been passed: skipped when `fired_at` is None. `pending` holds the keys of its unsettled mails."""

    rung: Rung
    due: datetime
    fired_at: datetime | None = None
    pending: frozenset[str] = frozenset()
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is due from `began_at` to `until`; `ended_at` is the moment it really ended."""

    kind: PauseKind
    began_at: datetime
    until: datetime
    ended_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What holds from the call, or from a change of time or place, to the next (rules, section 5 R1)."""

    number: int
    began_at: datetime
    ladder: bool = True
    clock_start: datetime | None = None
    closed_days: frozenset[date] = frozenset()
    closed_days_ignored: bool = False
    phone_only: bool = False
    weekend_staffed: bool = False
    auto_accepts: bool = False
    verified: bool = False
    undeliverable: bool = False
    acknowledged_at: datetime | None = None
    acted_at: datetime | None = None
    promise_until: datetime | None = None
    answer: Answer | None = None
    rungs: tuple[RungRecord, ...] = ()
    pauses: tuple[Pause, ...] = ()
    name_asked: bool = False
    confirm_asked: bool = False
    convener_asked: bool = False
    stands_without: bool = False
    lifted_to_head: bool = False
    substitution_opened_at: datetime | None = None
    substitution_open: bool = False
    substitution_exhausted: bool = False
    phone_told: bool = False
    asked_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """That the unit was told whom the meeting concerns, outside this service: by which channel and when."""

    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class Attendee:
    """A person who comes for the party, or was asked to. `until` ends the ask; the round is the one it was asked in."""

    ordinal: int
    name: str
    role: AttendeeRole
    state: AttendeeState
    round: int
    email: str | None = None
    phone: str | None = None
    function: str | None = None
    invitation: int | None = None
    asked_at: datetime | None = None
    until: datetime | None = None
    answered_at: datetime | None = None
    stamp: Stamp | None = None

    @property
    def stands(self) -> bool:
        return self.state in (AttendeeState.NAMED, AttendeeState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Invitation:
    """One party and one address, with its own UID; `attendee` is None for the unit's own (rules, section 1).

    `sequence` is the SEQUENCE last sent, `rescheduled` R: the SEQUENCE of its last change of time or place. `copy_of`
    is the invitation whose UID and token it carries: a forwarded copy that is cancelled. `away_until` is the last day
    the mailbox said it is away, `refreshed_at` when it was last answered a REFRESH.
    """

    ordinal: int
    party: int
    email: str
    attendee: int | None = None
    sequence: int = 0
    rescheduled: int = 0
    delivery: Delivery = Delivery.PENDING
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    resent_for: int = -1
    active: bool = True
    copy_of: int | None = None
    refreshed_at: datetime | None = None
    away_at: datetime | None = None
    away_until: date | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer that came through `invitation` and waits for the convener's word, for it is not certain whose it is.

    `email` is who answers by the mail's own words, `sender` its From where that is another. `attendee` is the person of
    the party whose answer it would be, None: the unit's, or her own of a party crasher.
    """

    ordinal: int
    party: int
    invitation: int
    kind: ClaimKind
    answer: AnswerKind
    email: str
    stamp: Stamp
    at: datetime
    state: ClaimState = ClaimState.WAITING
    sender: str | None = None
    attendee: int | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None

    @property
    def waits(self) -> bool:
        return self.state is ClaimState.WAITING


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Somebody of a party said herself that she is there; `attendee` is the person that her unit had named, if she is
    one (rules, section 8 A5).
    """

    ordinal: int
    party: int
    name: str
    at: datetime
    attendee: int | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A unit at this meeting (rules, section 1). `ordinal` names it for ever within the meeting."""

    ordinal: int
    unit_id: UUID
    unit_name: str
    organisation_id: UUID
    principal_id: UUID
    obligation: Obligation
    basis: Basis
    rule_set: RuleSet
    phone: str | None = None
    language: Language = Language.SV
    other_system: str | None = None
    redirected_from: int | None = None
    redirected_to: int | None = None
    released: bool = False
    excused_at: datetime | None = None
    removed: bool = False
    identity: Identity | None = None
    stamp: Stamp | None = None
    round: Round | None = None
    attendees: tuple[Attendee, ...] = ()
    mark: Mark | None = None
    reported: bool = False
    report_told: bool = False
    survey_asked: bool = False
    not_before: datetime | None = None

    @property
    def active(self) -> bool:
        """Still of the meeting: neither removed nor redirected to another unit."""
        return not self.removed and self.redirected_to is None

    @property
    def bound(self) -> bool:
        """Under a duty to come that nothing has lifted: only such a party is escalated against or reported."""
        return self.active and self.obligation is Obligation.SUMMONED and not self.released


@dataclass(frozen=True, slots=True)
class KeptBy:
    """Who of the convener's side has the meeting in hand: who it is to the service, and what she is called."""

    id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """The latest note of the convener's side, for itself."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Snooze:
    """What the meeting needs is put off until an hour; nothing of it is put off for the engine (section 5 L9)."""

    until: datetime
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """The aggregate. `sequence` is the SEQUENCE of time and place, `revision` counts every change of what is mailed,
    `told` the notices that may repeat (for their keys). `consent_until` is the consent's last day; `consent_over` says
    that it has passed, and nothing is begun any more. `protected`: its case is, and it is for `named` alone.
    """

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
    state: MeetingState = MeetingState.DRAFT
    chair_name: str | None = None
    chair_email: str | None = None
    follows: UUID | None = None
    called_at: datetime | None = None
    started: bool = False
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    sequence: int = 0
    revision: int = 0
    moves: int = 0
    told: int = 0
    parties: tuple[Party, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    claims: tuple[Claim, ...] = ()
    poll: Poll | None = None
    check_ins: tuple[CheckIn, ...] = ()
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    attendance_step: int = 0
    attendance_asked_at: datetime | None = None
    unrecorded: bool = False
    responsible_principal_id: UUID | None = None
    next_meeting_on: date | None = None
    next_date: NextDate = NextDate.AWAITED
    own_record_copy: bool = False
    consent_until: date | None = None
    consent_told: bool = False
    consent_over: bool = False
    not_before: datetime | None = None
    keeper: KeptBy | None = None
    remark: Remark | None = None
    snooze: Snooze | None = None
    protected: bool = False
    named: tuple[NamedUser, ...] = ()

    @property
    def discharge(self) -> bool:
        """Whether the discharge law's calendar applies (rules, section 4 T2)."""
        return self.kind is MeetingKind.DISCHARGE

    def party(self, ordinal: int) -> Party:
        """The party with this ordinal. Raises KeyError when there is none."""
        for party in self.parties:
            if party.ordinal == ordinal:
                return party
        raise KeyError(ordinal)

    def invitation(self, ordinal: int) -> Invitation:
        """The invitation with this ordinal. Raises KeyError when there is none."""
        for invitation in self.invitations:
            if invitation.ordinal == ordinal:
                return invitation
        raise KeyError(ordinal)


def invitation_id(meeting_id: UUID, ordinal: int) -> UUID:
    """The invitation's id, for its row and its UID: UUIDv5 of aggregate and ordinal (rules, section 2)."""
    return uuid5(meeting_id, f"invitation/{ordinal}")


def deviation_id(meeting_id: UUID, party: int, by: UUID | None = None, *, good: bool = False) -> UUID:
    """The one report there can ever be of this meeting and party (rules, section 2); `by` a called unit, one from each
    (D6). A good example is another.
    """
    return uuid5(meeting_id, f"{'good' if good else 'party'}/{party}{'' if by is None else f'/by/{by}'}")
