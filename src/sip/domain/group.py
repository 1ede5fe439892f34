"""What is true of a standing group: its mandate, its seats, whose turn each is, and who has been appointed.

The law of this file: no name stands in a group, in what happens to it or in its mails. Who sits is an id; the name
lies beside (`store/sitters.py`), so that it can give way or be erased while the history stays whole (rules,
section 18 U6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

DAY = timedelta(days=1)


class StandingKind(StrEnum):
    """What kind of group: levels of programme areas, and what meets across principals."""

    NPO = "npo"
    RPO = "rpo"
    LPO = "lpo"
    LAG = "lag"
    COUNTY_CONSULTATION = "county_consultation"
    LOCAL_CONSULTATION = "local_consultation"
    MANAGERS_NETWORK = "managers_network"
    CARE_COUNCIL = "care_council"


K = StandingKind
ABOVE: Mapping[StandingKind, tuple[StandingKind, ...]] = {
    K.NPO: (),
    K.RPO: (K.NPO,),
    K.LPO: (K.RPO,),
    K.COUNTY_CONSULTATION: (),
    K.LOCAL_CONSULTATION: (K.COUNTY_CONSULTATION,),
    K.MANAGERS_NETWORK: (K.COUNTY_CONSULTATION,),
    K.CARE_COUNCIL: (K.COUNTY_CONSULTATION,),
    K.LAG: (K.LPO, K.COUNTY_CONSULTATION, K.LOCAL_CONSULTATION, K.MANAGERS_NETWORK, K.CARE_COUNCIL),
}
"""Kinds that can be above each kind. Nothing is above itself, however far one goes up. A LAG is given by what is above.
"""


class GroupState(StrEnum):
    STANDING = "standing"
    CLOSED = "closed"


class Readers(StrEnum):
    """Who reads what is told of a group (rules, section 21 O1): who is signed in, or everybody."""

    SIGNED_IN = "signed_in"
    OPEN = "open"


class SeatFunction(StrEnum):
    """What function the seat wants; a free text beside says more."""

    SOCIAL_SERVICES_HEAD = "social_services_head"
    IFO_MANAGER = "ifo_manager"
    DISABILITY_MANAGER = "disability_manager"
    ELDERLY_CARE_MANAGER = "elderly_care_manager"
    PUPIL_HEALTH = "pupil_health"
    RECTOR = "rector"
    PRIMARY_CARE = "primary_care"
    PSYCHIATRY = "psychiatry"
    HABILITATION = "habilitation"
    HOSPITAL_CARE = "hospital_care"
    POLITICIAN = "politician"
    USER_REPRESENTATIVE = "user_representative"
    OTHER = "other"


class ConsentWay(StrEnum):
    """How a user representative has consented to be kept here."""

    WRITTEN = "written"
    SPOKEN = "spoken"


class TermEnd(StrEnum):
    """Why a term ended before its last day."""

    RESIGNED = "resigned"
    REPLACED = "replaced"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SEAT_CLOSED = "seat_closed"


@dataclass(frozen=True, slots=True)
class SeatBody:
    """A body that appoints to a seat when it is its turn, for its principal; it is asked by mail at `email`."""

    principal_id: UUID
    principal: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Sitter:
    """Who sits, by the id of her name. A user representative has consented, on a day, in some way; `shown`: also to her
    name on the page of an open group.
    """

    id: UUID
    consent_on: date | None = None
    consent_how: ConsentWay | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class SeatTerm:
    """One appointment, numbered from 1: from `first` to `last`, None: until further notice. `decided_by` is the body by
    its name then. A term that ended before its last day says why.
    """

    number: int
    principal_id: UUID
    principal: str
    decided_by: str
    representative: Sitter
    first: date
    last: date | None
    appointed_at: datetime
    substitute: Sitter | None = None
    decided_on: date | None = None
    registration_number: str | None = None
    ended: TermEnd | None = None

    def covers(self, day: date) -> bool:
        """Whether somebody sits by it on this day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class GroupSeat:
    """One seat. `bodies` fill it by turn, term by term; `turn` is the place in them of whose turn it is to appoint.

    `above` is the number of the seat in the group above whose person sits here too: such a seat is never asked of
    anybody. `since` is when what is now being asked began: made, vacated, or appointed. `asked` counts the mails since
    then, or since the day until which it was put off.
    """

    number: int
    function: SeatFunction
    wanted: str
    bodies: tuple[SeatBody, ...]
    since: datetime
    turn: int = 0
    above: int | None = None
    asked: int = 0
    asked_at: datetime | None = None
    lifted_at: datetime | None = None
    deferred_until: date | None = None
    deferred_because: str | None = None
    closed_on: date | None = None
    terms: tuple[SeatTerm, ...] = ()

    @property
    def asks(self) -> SeatBody | None:
        """The body whose turn it is to appoint; None of a seat that follows the level above, or is taken out."""
        return self.bodies[self.turn] if self.bodies and self.above is None and self.closed_on is None else None

    def term_on(self, day: date) -> SeatTerm | None:
        """Who sits on this day."""
        return next((one for one in self.terms if one.covers(day)), None)

    def ahead(self, day: date) -> SeatTerm | None:
        """The term that lasts longest, of those that are not over on this day."""
        ahead = [one for one in self.terms if one.last is None or one.last >= max(one.first, day)]
        return max(ahead, key=lambda one: (one.last is None, one.last or day, one.number), default=None)


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a group is for. An assignment (a LAG's) has a goal, an end, and a day on which it reports back."""

    text: str
    goal: str | None = None
    ends_on: date | None = None
    report_on: date | None = None


@dataclass(frozen=True, slots=True)
class GroupAbove:
    """The group on the level above: of an assignment, who gives it."""

    id: UUID
    kind: StandingKind


@dataclass(frozen=True, slots=True)
class StandingGroup:
    """The aggregate. Without a `county_id` it is of several counties; `area` is a part of its county. `opened_at` is
    since when everybody reads what is told of it.
    """

    id: UUID
    kind: StandingKind
    name: str
    mandate: Mandate
    state: GroupState
    founded_at: datetime
    county_id: UUID | None = None
    area: str | None = None
    above: GroupAbove | None = None
    closed_at: datetime | None = None
    closed_because: str | None = None
    not_before: datetime | None = None
    readers: Readers = Readers.SIGNED_IN
    opened_at: datetime | None = None
    seats: tuple[GroupSeat, ...] = ()

    def seat(self, number: int) -> GroupSeat | None:
        return next((one for one in self.seats if one.number == number), None)


# -- what can happen


@dataclass(frozen=True, slots=True)
class GroupFounded:
    """Somebody founds it."""

    id: UUID
    kind: StandingKind
    name: str
    mandate: Mandate
    county_id: UUID | None = None
    area: str | None = None
    above: GroupAbove | None = None


@dataclass(frozen=True, slots=True)
class GroupEdited:
    """Its name and mandate."""

    name: str
    mandate: Mandate


@dataclass(frozen=True, slots=True)
class GroupClosed:
    """It stands no longer, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReadersChosen:
    """Who reads what is told of it."""

    readers: Readers


@dataclass(frozen=True, slots=True)
class SeatAdded:
    """A further seat: of these bodies by turn, or of whoever has a seat of the group above."""

    function: SeatFunction
    wanted: str = ""
    bodies: tuple[SeatBody, ...] = ()
    above: int | None = None


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """What is wanted of a seat, who fills it, and whose turn it is to appoint next."""

    seat: int
    function: SeatFunction
    wanted: str = ""
    bodies: tuple[SeatBody, ...] = ()
    turn: int = 0
    above: int | None = None


@dataclass(frozen=True, slots=True)
class SeatTakenOut:
    """The group has one seat less; its history stays."""

    seat: int


@dataclass(frozen=True, slots=True)
class SeatFilled:
    """The body whose turn it is has appointed; `decided_by` where it calls itself otherwise than it is kept."""

    seat: int
    representative: Sitter
    first: date
    last: date | None = None
    substitute: Sitter | None = None
    decided_by: str | None = None
    decided_on: date | None = None
    registration_number: str | None = None


@dataclass(frozen=True, slots=True)
class SeatPutOff:
    """Not before this day, because: nobody is asked until then."""

    seat: int
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class SeatVacated:
    """Who sits leaves before her term is over: `last` is her last day."""

    seat: int
    last: date
    why: TermEnd = TermEnd.RESIGNED


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """A user representative, or her substitute, no longer wants to be kept here."""

    seat: int
    substitute: bool = False


@dataclass(frozen=True, slots=True)
class NameShown:
    """A user representative, or her substitute, wants her name on the page of an open group, or no longer."""

    seat: int
    shown: bool
    substitute: bool = False
