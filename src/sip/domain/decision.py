"""What a decision is made with and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.agenda import AgendaItem, SeatParty
from sip.domain.agreement import Agreement, RuleSet
from sip.domain.deviation import DeviationReport
from sip.domain.effects import Effect
from sip.domain.group import StandingGroup
from sip.domain.meeting import Meeting
from sip.domain.people import Address, Answerer, CaseFacts, Roster
from sip.domain.sitting import GroupSitting


class Reason(StrEnum):
    """Why a command is refused. Each has its sentence for people, in both languages, on the edges."""

    ALREADY_EXISTS = "already_exists"
    NOT_FOUND = "not_found"
    STALE_VERSION = "stale_version"
    WRONG_STATE = "wrong_state"
    TIME_PAST = "time_past"
    TIME_TOO_FAR = "time_too_far"
    END_BEFORE_START = "end_before_start"
    ALREADY_STARTED = "already_started"
    NO_PURPOSE = "no_purpose"
    NO_QUESTIONS = "no_questions"
    NO_PARTIES = "no_parties"
    PARTY_TWICE = "party_twice"
    PARTY_INACTIVE = "party_inactive"
    PARTY_NOT_BOUND = "party_not_bound"
    NO_CONSENT = "no_consent"
    CONSENT_NOT_COVERING = "consent_not_covering"
    PROTECTED_CASE = "protected_case"
    PROTECTED_NO_POLL = "protected_no_poll"
    LAST_NAMED = "last_named"
    TOO_MANY_NAMED = "too_many_named"
    PLACE_INCOMPLETE = "place_incomplete"
    UNKNOWN_UNIT = "unknown_unit"
    UNIT_CLOSES = "unit_closes"
    UNIT_SUCCEEDED = "unit_succeeded"
    NOT_SUCCESSOR = "not_successor"
    INPATIENT_CALLER = "inpatient_caller"
    OTHER_PRINCIPAL = "other_principal"
    REDIRECT_CIRCLE = "redirect_circle"
    REDIRECT_TOO_MANY = "redirect_too_many"
    OTHER_ORGANISATION = "other_organisation"
    NO_ADDRESS = "no_address"
    NO_CHAIR = "no_chair"
    NO_NEXT_DATE = "no_next_date"
    ALREADY_ASKED = "already_asked"
    TOO_MANY_SUBSTITUTES = "too_many_substitutes"
    NOTHING_TO_DECIDE = "nothing_to_decide"
    CLAIM_OVERTAKEN = "claim_overtaken"
    PAUSE_TOO_LONG = "pause_too_long"
    REASON_MISSING = "reason_missing"
    GOOD_EXAMPLE = "good_example"
    THREAD_FULL = "thread_full"
    MEASURE_PAST = "measure_past"
    MEASURES_MANY = "measures_many"
    MEASURE_UNKNOWN = "measure_unknown"
    MARKS_MISSING = "marks_missing"
    NOT_ENDED = "not_ended"
    PROPOSED_TIME_MISSING = "proposed_time_missing"
    PROMISE_PAST = "promise_past"
    POLL_OVER = "poll_over"
    POLL_TIMES = "poll_times"
    POLL_CHOICES = "poll_choices"
    POLL_CLOSES_PAST = "poll_closes_past"
    SNOOZE_TOO_LONG = "snooze_too_long"
    NOTHING_TO_ASK = "nothing_to_ask"
    ASKED_TODAY = "asked_today"
    PERSON_NOT_CALLED = "person_not_called"
    SITTING_PAST = "sitting_past"
    SITTING_AHEAD = "sitting_ahead"
    REPORTS_MANY = "reports_many"
    RESOLUTIONS_MANY = "resolutions_many"
    OWNER_INCOMPLETE = "owner_incomplete"
    GROUP_NOT_ABOVE = "group_not_above"
    MANDATE_INCOMPLETE = "mandate_incomplete"
    SEATS_MANY = "seats_many"
    SEAT_FILLED_BY = "seat_filled_by"
    SEAT_FOLLOWS = "seat_follows"
    TERM_PAST = "term_past"
    TERM_MEETS = "term_meets"
    NOBODY_SITS = "nobody_sits"
    CONSENT_MISSING = "consent_missing"
    SITTING_PLACE = "sitting_place"
    NO_SUBSTITUTE = "no_substitute"
    SITTING_NOT_BEGUN = "sitting_not_begun"
    REFERRED_ALREADY = "referred_already"
    INQUIRY_ANSWERED = "inquiry_answered"
    INQUIRY_OVER = "inquiry_over"
    INQUIRY_SOON = "inquiry_soon"
    CHECK_IN_EARLY = "check_in_early"
    CHECK_IN_NAMELESS = "check_in_nameless"
    TOO_MANY_CHECK_INS = "too_many_check_ins"


@dataclass(frozen=True, slots=True)
class Follower:
    """A later meeting of the same case: drafted for or called to a time that is ahead, until then; else it has been."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The world at the moment of a decision. `now` is the service's clock, aware UTC.

    `answers_open_from` is set while, and for a while after, the receiver or the web was silent (rules, section 5 L1).
    `automatic_within`: a nameless answer this soon after sending is no human act (0 in test and demo).
    `engaged`: those of the units' people, by folded address, who come to another called meeting at this one's hour.
    `on_leave`: those who are away on its day. `follower`: what came where a next date is waited for. `answerers`: who
    is mailed for each principal that a group's seats are of. `bound`: where what has been is played again, the rules
    that each party was really called under, by its number. `sitters`: where who sits in a group is mailed, by the id of
    her name; without an address she is not there. `holder`: where who sits on the seat that prepares an item is mailed.
    `parties`: the seats that are filled today of the group whose seats an item asks.
    `keepers`: who keeps the agenda that another group's question or answer comes to.
    """

    now: datetime
    rosters: Mapping[UUID, Roster] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()
    case: CaseFacts | None = None
    answers_open_from: datetime | None = None
    automatic_within: timedelta = timedelta(0)
    engaged: frozenset[str] = frozenset()
    on_leave: frozenset[str] = frozenset()
    follower: Follower | None = None
    answerers: Mapping[UUID, tuple[Answerer, ...]] = field(default_factory=dict)
    bound: Mapping[int, RuleSet] = field(default_factory=dict)
    sitters: Mapping[UUID, Address] = field(default_factory=dict)
    holder: Address | None = None
    parties: tuple[SeatParty, ...] = ()
    keepers: tuple[Answerer, ...] = ()


AnyState = Meeting | DeviationReport | AgendaItem | StandingGroup | GroupSitting
"""An aggregate of any kind, as a value; what each kind is to the rules stands in `MACHINES`."""


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the journal's and the timeline's: what this decision found, by kind, party and plain facts."""

    kind: str
    party: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state whole, what we want done, and what to remember of it. An unchanged state is no new version."""

    state: AnyState
    effects: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A person's impossible command; nothing changes."""

    reason: Reason
    detail: Mapping[str, str] = field(default_factory=dict)
