"""What a decision wants done: whole values, complete as they were at that moment (house, law 7).

A `Mail` is an ask or a notice to one address about a meeting, a `Notice` one that belongs to no meeting. Keys are
unique in the outbox for ever: the same thing is never sent for two reasons, and a Message-ID is a hash of it. Ordinary
mails (no method) to one address leave bundled as one mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sip.domain.agreement import Rung
from sip.domain.meeting import Place
from sip.domain.people import Address
from sip.domain.terms import Form, Purpose


class Method(StrEnum):
    """The iTIP methods we send (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class MailKind(StrEnum):
    # REQUESTs
    CALL = "call"
    UPDATE = "update"
    TEXT_UPDATE = "text_update"
    REMINDER = "reminder"
    RESEND = "resend"
    NAMED = "named"
    ASK_SUBSTITUTE = "ask_substitute"
    NEW_MAILBOX = "new_mailbox"
    # CANCELs
    CANCELLED = "cancelled"
    REMOVED = "removed"
    STOOD_DOWN = "stood_down"
    OLD_MAILBOX = "old_mailbox"
    # ordinary mails to the unit and its people
    RECEIPT = "receipt"
    UNUSABLE = "unusable"
    NAME_MISSING = "name_missing"
    CONFIRM_TENTATIVE = "confirm_tentative"
    DECISION = "decision"
    READING_CODE = "reading_code"
    LIFT_WATCHERS = "lift_watchers"
    LIFT_MANAGER = "lift_manager"
    LIFT_HEAD = "lift_head"
    SUBSTITUTE_MANAGER = "substitute_manager"
    SUBSTITUTION_HEAD = "substitution_head"
    WEEK = "week"
    POLL = "poll"
    POLL_REMINDER = "poll_reminder"
    POLL_ENDED = "poll_ended"
    SURVEY = "survey"
    # ordinary mails to the convener's side
    CONVENER_QUESTION = "convener_question"
    CONVENER_TOLD = "convener_told"
    COORDINATOR_TOLD = "coordinator_told"
    ATTENDANCE_REQUEST = "attendance_request"
    # ordinary mails to the chair
    CHAIR_LINK = "chair_link"
    CHAIR_OVER = "chair_over"
    # ordinary mails about a deviation report
    DEVIATION_HEARING = "deviation_hearing"
    DEVIATION_RAISED = "deviation_raised"
    DEVIATION_REMINDER = "deviation_reminder"
    DEVIATION_MANAGER = "deviation_manager"
    DEVIATION_HEAD = "deviation_head"
    DEVIATION_ANSWERED = "deviation_answered"
    DEVIATION_DISPUTED = "deviation_disputed"
    DEVIATION_WITHDRAWN = "deviation_withdrawn"
    DEVIATION_DISPUTE_WAITS = "deviation_dispute_waits"
    DEVIATION_DISPUTE_LIFTED = "deviation_dispute_lifted"
    DEVIATION_NOBODY = "deviation_nobody"
    DEVIATION_GOOD = "deviation_good"
    DEVIATION_WORD = "deviation_word"
    DEVIATION_MEASURE = "deviation_measure"
    DEVIATION_MEASURE_DUE = "deviation_measure_due"
    DEVIATION_MEASURE_LIFTED = "deviation_measure_lifted"
    DEVIATION_FOLLOWED_UP = "deviation_followed_up"
    DEVIATION_FORWARDED = "deviation_forwarded"
    DEVIATION_RETURNED = "deviation_returned"
    DEVIATION_CLOSED = "deviation_closed"
    DEVIATION_MERGED = "deviation_merged"
    DEVIATION_TAKEN_OVER = "deviation_taken_over"
    DEVIATION_UNREACHED = "deviation_unreached"


POLL_ASKS = frozenset({MailKind.POLL, MailKind.POLL_REMINDER})
"""Asks that an answer to the poll settles, and nothing else does."""


class Told(StrEnum):
    """What the convener or the coordinator is told; the `what` of CONVENER_TOLD, COORDINATOR_TOLD and DECISION."""

    REGRET = "regret"
    REDIRECT = "redirect"
    NOT_OURS = "not_ours"
    PROPOSAL = "proposal"
    CONTEST = "contest"
    UNKNOWN_IDENTITY = "unknown_identity"
    INFORMS = "informs"
    REPRESENTED = "represented"
    SUBSTITUTE_FOUND = "substitute_found"
    SUBSTITUTE_FAILED = "substitute_failed"
    SUBSTITUTE_WITHDREW = "substitute_withdrew"
    UNIT_COMES_AFTER_ALL = "unit_comes_after_all"
    SUBSTITUTES_BY_PHONE = "substitutes_by_phone"
    UNDELIVERABLE = "undeliverable"
    NEW_MAILBOX = "new_mailbox"
    UNIT_CLOSES = "unit_closes"
    PHONE_TASK = "phone_task"
    WEEKEND_PHONE = "weekend_phone"
    CLOSED_DAYS_IGNORED = "closed_days_ignored"
    NO_FAIR_NOTICE = "no_fair_notice"
    EMPTY_RUNG = "empty_rung"
    REDIRECT_RETURNED = "redirect_returned"
    HANDED_OVER = "handed_over"
    CONVENER_UNREACHED = "convener_unreached"
    CONSENT_ENDS = "consent_ends"
    CONSENT_LAST_DAY = "consent_last_day"
    CONSENT_LEFT_OUT = "consent_left_out"
    RELEASED = "released"
    UPHELD = "upheld"
    EXCUSED = "excused"
    EXCUSE_REFUSED = "excuse_refused"
    PROPOSAL_DECLINED = "proposal_declined"
    REDIRECT_REFUSED = "redirect_refused"
    UNCONFIRMED = "unconfirmed"
    PARTY_CRASHER = "party_crasher"
    DELEGATE = "delegate"
    DELEGATE_REFUSED = "delegate_refused"
    HUMAN_WROTE = "human_wrote"
    PERHAPS_AUTOMATIC = "perhaps_automatic"
    STALE_ANSWER = "stale_answer"
    BOUNCE_NOTED = "bounce_noted"
    CLAIM_CONFIRMED = "claim_confirmed"
    CLAIM_REFUSED = "claim_refused"
    CANDIDATE_CONFIRMED = "candidate_confirmed"
    CANDIDATE_REFUSED = "candidate_refused"
    POLL_ALL = "poll_all"
    POLL_CLOSED = "poll_closed"
    POLL_UNREACHED = "poll_unreached"
    NEXT_DATE = "next_date"


class StoodDown(StrEnum):
    """Why a person need not come after all; the `why` of STOOD_DOWN."""

    COVERED = "covered"
    """Asked to stand in: it is solved in another way."""
    REGRET = "regret"
    """Named to come: the unit has said that it cannot."""
    UNCONFIRMED = "unconfirmed"
    """Named to come: the unit did not confirm its tentative yes."""
    CHANGED = "changed"
    """Named to come: the unit's answer is another now."""
    MOVED = "moved"
    """Asked to stand in at a time that no longer holds."""
    STRANGER = "stranger"
    """Had a copy of somebody else's call, and was not let in."""


class Link(StrEnum):
    """The one page a mailed link opens (rules, section 3)."""

    ANSWER = "answer"
    SUBSTITUTE = "substitute"
    MANAGER = "manager"
    CHAIR = "chair"
    CHECK_IN = "check_in"
    CONVENER = "convener"
    DEVIATION = "deviation"
    MAILBOX = "mailbox"
    POLL = "poll"
    POLL_PICK = "poll_pick"
    NEXT_DATE = "next_date"
    SURVEY = "survey"
    READING = "reading"
    ACCOUNT = "account"
    APPOINT = "appoint"
    SITTING = "sitting"
    SUBSCRIPTION = "subscription"


class Timing(StrEnum):
    """When it may leave: at once, gathered for managers daily, for heads at Monday's opening (rules, section 4 T4)."""

    NOW = "now"
    MORNING = "morning"
    MONDAY = "monday"


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """The meeting as it was when the mail was decided: logistics only. `protected`: hardly any (rules, section 13).

    Without `meeting_id` the mail is of a report without a meeting: `reference` and who wrote it are all there is.
    """

    meeting_id: UUID | None
    reference: str
    start: datetime
    end: datetime
    form: Form
    place: Place
    purpose: Purpose
    convener_unit: str
    convener_person: str
    convener_phone: str
    convener_email: str
    sequence: int
    revision: int
    other_units: tuple[str, ...] = ()
    protected: bool = False

    @property
    def meeting(self) -> UUID:
        """The meeting's id, of what is of one."""
        assert self.meeting_id is not None
        return self.meeting_id


@dataclass(frozen=True, slots=True)
class Mail:
    """One ask or notice to one address.

    `method` is set for calendar mails, which go to one `invitation` each. `ask` says that an answer of that party (or
    attendee) makes it moot. `unit` is the party's unit by name, `detail` further facts by name (times in ISO 8601 UTC).
    `copy_of` is the invitation whose UID and reply token a forwarded copy carries.
    """

    key: str
    kind: MailKind
    to: Address
    facts: MeetingFacts
    dtstamp: datetime
    method: Method | None = None
    invitation: int | None = None
    sequence: int = 0
    party: int | None = None
    attendee: int | None = None
    round: int | None = None
    rung: Rung | None = None
    ask: bool = False
    link: Link | None = None
    unit: str | None = None
    identity_channel: str | None = None
    timing: Timing = Timing.NOW
    not_before: datetime | None = None
    deviation_id: UUID | None = None
    copy_of: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


class NoticeKind(StrEnum):
    """What a unit is mailed without a meeting."""

    MAILBOX_CHECK = "mailbox_check"
    MAILBOX_CHECK_AGAIN = "mailbox_check_again"
    MAILBOX_VERIFIED = "mailbox_verified"
    WEEK = "week"
    # to a convener, of what she booked in her calendar
    BOOKING = "booking"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    # to a user of the service, of her account
    ACCOUNT_INVITATION = "account_invitation"
    ACCOUNT_PASSWORD = "account_password"  # noqa: S105 - the kind of a mail
    # to who administers the service, of what somebody could not use
    BARRIER = "barrier"
    # to who answers for a principal, of an agreement that ends
    RENEWAL = "renewal"
    # to an address outside, of a day's seal
    SEAL = "seal"
    # to a unit, of what a standing group has decided that it does
    RESOLUTION_DUE = "resolution_due"
    # to a manager, of who was grateful to her units in a quarter
    THANKS = "thanks"
    # to a body that appoints, and to who answers for its principal, of a standing group's seats
    SEATS_ASKED = "seats_asked"
    SEATS_LIFTED = "seats_lifted"
    # to who sits in a standing group, or stands in, of one of its sittings
    SITTING_CALLED = "sitting_called"
    SITTING_MOVED = "sitting_moved"
    SITTING_CANCELLED = "sitting_cancelled"
    SITTING_STOOD_DOWN = "sitting_stood_down"
    SITTING_REMINDER = "sitting_reminder"
    SITTING_PREPARE = "sitting_prepare"
    SITTING_INQUIRY = "sitting_inquiry"
    # to who keeps an agenda: a question came from another group; the answer to its own is there
    REFERENCE_CAME = "reference_came"
    REFERENCE_ANSWERED = "reference_answered"
    # to who administers a place, of another system that does not answer
    ENDPOINT_OFF = "endpoint_off"
    # to an address outside, of open groups that it wants to follow, or follows
    SUBSCRIPTION_ASKED = "subscription_asked"
    GROUP_NEWS = "group_news"


ACCOUNT = frozenset({NoticeKind.ACCOUNT_INVITATION, NoticeKind.ACCOUNT_PASSWORD})
SUBSCRIPTIONS = frozenset({NoticeKind.SUBSCRIPTION_ASKED, NoticeKind.GROUP_NEWS})
"""Mails of a list that whoever gets them can end by one press of her mail program (rules, section 21 O4)."""
GOES_ALONE = ACCOUNT | SUBSCRIPTIONS | {NoticeKind.SEAL, NoticeKind.RENEWAL, NoticeKind.THANKS, NoticeKind.ENDPOINT_OFF}
"""Never gathered with another mail to the same address."""
SEATS = frozenset({NoticeKind.SEATS_ASKED, NoticeKind.SEATS_LIFTED})
"""They ask for appointments to standing groups (rules, section 18 U3)."""
SITTINGS = frozenset({
    NoticeKind.SITTING_CALLED, NoticeKind.SITTING_MOVED, NoticeKind.SITTING_CANCELLED, NoticeKind.SITTING_STOOD_DOWN,
    NoticeKind.SITTING_REMINDER, NoticeKind.SITTING_PREPARE, NoticeKind.SITTING_INQUIRY,
})  # fmt: skip
"""They call seats to a sitting of their group: calendar entries, but for reminders (rules, section 18 U7, U9, U11)."""
REFERENCES = frozenset({NoticeKind.REFERENCE_CAME, NoticeKind.REFERENCE_ANSWERED})
"""They tell who keeps an agenda of another group's question or answer (rules, section 18 U9)."""
BOOKINGS = frozenset({NoticeKind.BOOKING, NoticeKind.BOOKING_CHANGED, NoticeKind.BOOKING_CANCELLED})
"""They answer a mail of a convener's calendar (rules, section 10)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to a unit, or to a user of the service, that belongs to no meeting (decisions 0010 and 0071).

    A test call and its end are calendar mails: `check_id` is their UID, `start` and `end` the entry's. The head of a
    week's mail is an ordinary one: `start` and `end` are the week's, `ahead` the next week's unanswered meetings by
    start and reference. A mail of an account goes to `user_id`, from `start` to `end` its link holds, and `unit` is who
    invited. A mail of a booking leads to a page of its user's, who signs in: the booking's, or the
    `meeting_id` that came of it. So does one of a barrier, to the list of them, and one of a renewal, to the version's.
    A renewal's, and one of a seal, which goes to an address outside, hold all they say in `detail`, as thanks do (who
    thanked, by unit), and one of an endpoint (its name, why it was switched off); one of a decision leads to its
    `item`, which stands there. What asks for appointments says in `detail` which seats of which group; what calls to a
    sitting is of the entry with the UID `entry_id`, `start` and `end` are the sitting's, and `detail` says which
    group's, where, and as what she is called.
    """

    key: str
    kind: NoticeKind
    to: Address
    unit_id: UUID | None
    unit: str
    dtstamp: datetime
    start: datetime
    end: datetime
    method: Method | None = None
    sequence: int = 0
    check_id: UUID | None = None
    link: Link | None = None
    ahead: tuple[tuple[datetime, str], ...] = ()
    user_id: UUID | None = None
    booking_id: UUID | None = None
    meeting_id: UUID | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    entry_id: UUID | None = None


AnyMail = Mail | Notice


@dataclass(frozen=True, slots=True)
class DropAsks:
    """Pending asks are moot and never leave (rules, section 3).

    Exactly those of this party and this attendee: attendee None means the asks of the unit itself, party None those
    of the meeting (the convener's question, attendance requests). With `polls` those of its poll of times and no
    other, without it all but those: the two are answered apart.
    """

    party: int | None
    attendee: int | None = None
    polls: bool = False


@dataclass(frozen=True, slots=True)
class ForDeviation:
    """An event for the report of this meeting and party, handled in the same transaction (rules, section 2)."""

    id: UUID
    event: object


@dataclass(frozen=True, slots=True)
class MailboxProved:
    """A person acted through this mailbox of the unit's, or a link mailed there: it is read (rules, section 8 A3)."""

    unit_id: UUID
    email: str


@dataclass(frozen=True, slots=True)
class ForItem:
    """An event for an item on a standing group's agenda, handled in the same transaction."""

    id: UUID
    event: object


Effect = Mail | Notice | DropAsks | ForDeviation | ForItem | MailboxProved
