"""The terms of a meeting: every word that its values hold, one enumeration each (domain, section 8)."""

from enum import StrEnum


class MeetingState(StrEnum):
    DRAFT = "draft"
    CALLED = "called"
    ENDED = "ended"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Form(StrEnum):
    PHYSICAL = "physical"
    PHONE = "phone"
    VIDEO = "video"
    HYBRID = "hybrid"


class PlaceKind(StrEnum):
    ROOM = "room"
    VIDEO = "video"
    PHONE = "phone"
    HOME = "home"


class Purpose(StrEnum):
    """The list that may be shown before sign-in; free text may not (rules, section 3)."""

    NEW_PLAN = "new_plan"
    FOLLOW_UP = "follow_up"
    CHANGED_NEEDS = "changed_needs"
    DISCHARGE = "discharge"
    TRANSITION = "transition"
    PRE_MEETING = "pre_meeting"
    OTHER = "other"


class Obligation(StrEnum):
    SUMMONED = "summoned"
    INVITED = "invited"
    CONVENING = "convening"


class Basis(StrEnum):
    """The ground of a duty to attend (domain, section 2)."""

    SOL_HSL = "sol_hsl"
    DISCHARGE_LAW = "discharge_law"
    LOCAL_AGREEMENT = "local_agreement"
    NONE = "none"


class Channel(StrEnum):
    """How an answer came, or how a unit was told whom the meeting concerns."""

    MAIL = "mail"
    PAGE = "page"
    PHONE = "phone"
    IN_PERSON = "in_person"
    OTHER_SYSTEM = "other_system"
    SDK = "sdk"
    LETTER = "letter"


class AnswerKind(StrEnum):
    ATTENDS = "attends"
    TENTATIVE = "tentative"
    REGRETS = "regrets"
    PROPOSES = "proposes"
    UNKNOWN_IDENTITY = "unknown_identity"
    CONTESTS = "contests"
    REDIRECTS = "redirects"
    NOT_OURS = "not_ours"
    INFORMS = "informs"
    REPRESENTED = "represented"


class RegretReason(StrEnum):
    """Never illness: that is health data about staff (domain, section 3)."""

    UNPLANNED_ABSENCE = "unplanned_absence"
    DOUBLE_BOOKED = "double_booked"
    ON_LEAVE = "on_leave"
    NO_CAPACITY = "no_capacity"
    OTHER = "other"
    NOT_GIVEN = "not_given"


class ContestReason(StrEnum):
    NOT_CONCERNED = "not_concerned"
    PURPOSE_UNCLEAR = "purpose_unclear"
    NOTHING_TO_CONTRIBUTE = "nothing_to_contribute"


class AttendeeRole(StrEnum):
    NAMED = "named"
    SUBSTITUTE = "substitute"
    MANAGER = "manager"


class AttendeeState(StrEnum):
    """`named`, `accepted` stand; `queued` waits for her turn; `invited` was kept into a new round, unanswered there;
    `engaged` was passed over, for she comes to another meeting at that hour or is on leave that day.
    """

    QUEUED = "queued"
    ENGAGED = "engaged"
    NAMED = "named"
    INVITED = "invited"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SILENT = "silent"
    BOUNCED = "bounced"
    STOOD_DOWN = "stood_down"


class ClaimKind(StrEnum):
    """Why it is not certain whose an answer is.

    `unconfirmed` speaks for the unit, or for a person it named, and nothing shows that its sender is of it. A
    `party_crasher` was not invited and answers for herself (RFC 5546, section 3.2.3). A `delegate` was named by
    DELEGATED-TO and is not of the organisation (RFC 5546, section 3.2.2.3).
    """

    UNCONFIRMED = "unconfirmed"
    PARTY_CRASHER = "party_crasher"
    DELEGATE = "delegate"


class ClaimState(StrEnum):
    """`lapsed`: a certain answer, a new round or the claimant's own word came before the convener's."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Delivery(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    UNDELIVERABLE = "undeliverable"


class PauseKind(StrEnum):
    PROPOSAL = "proposal"
    IDENTITY = "identity"
    CONTEST = "contest"
    REDIRECT = "redirect"
    NOT_OURS = "not_ours"
    CONVENER = "convener"


class Outcome(StrEnum):
    """Did the meeting take place? (rules, section 8 A1)"""

    HELD = "held"
    PARTY_MISSING = "party_missing"
    SUBJECT_ABSENT = "subject_absent"
    TECHNICAL = "technical"


class NextDate(StrEnum):
    """What has become of the next date that was recorded (rules, section 8 A6)."""

    AWAITED = "awaited"
    TOLD = "told"
    TOLD_AGAIN = "told_again"
    FOLLOWED = "followed"
    PLAN_ENDED = "plan_ended"


class Mark(StrEnum):
    """Who came, party by party (rules, section 8 A1)."""

    ATTENDED = "attended"
    LATE = "late"
    LEFT_EARLY = "left_early"
    PART = "part"
    SUBSTITUTE_ATTENDED = "substitute_attended"
    ABSENT = "absent"
    EXCUSED = "excused"
    UNKNOWN = "unknown"


class SettledAs(StrEnum):
    """How a mail ended: accepted by the relay, given up, or dropped as moot."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    DROPPED = "dropped"
