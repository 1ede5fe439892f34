"""What is true of a standing group's sitting: when and where, which seats are called to it, and what each answered.

The law of this file: as in `group`: no name. Who sits is an id, and where she is mailed is asked when the mail is made
(rules, section 18 U7). No person is concerned, so there is no consent, no identity and no deviation.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sip.domain.group import SeatFunction

DATES_MOST = 6
"""Dates of a group that are called at once."""
_NAMESPACE = UUID("5f0f7a06-6f0c-5d0e-8f53-0a1b4f1d7a12")


class SittingState(StrEnum):
    CALLED = "called"
    CANCELLED = "cancelled"


class SittingRole(StrEnum):
    """As what somebody is called: who sits, or who stands in where she cannot."""

    REPRESENTATIVE = "representative"
    SUBSTITUTE = "substitute"


class SeatAnswer(StrEnum):
    """`substitute`: not herself, the seat's own substitute comes. `tentative` only a calendar says: it is no answer."""

    YES = "yes"
    SUBSTITUTE = "substitute"
    NO = "no"
    TENTATIVE = "tentative"


class SeatCover(StrEnum):
    """Who comes for a seat, as people see it at once."""

    REPRESENTATIVE = "representative"
    SUBSTITUTE = "substitute"
    SUBSTITUTE_ASKED = "substitute_asked"
    NOBODY = "nobody"
    WAITING = "waiting"
    VACANT = "vacant"


class SeatPresence(StrEnum):
    """Who came for a seat, as it was recorded afterwards. Not recorded is not absent (house, law 9)."""

    REPRESENTATIVE = "representative"
    SUBSTITUTE = "substitute"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class SittingSeat:
    """A seat of the group on the day of the sitting: whose it is, who sits and who stands in, by the ids of their
    names; None: nobody. `came` is recorded once it has begun.
    """

    number: int
    function: SeatFunction
    wanted: str
    principal: str
    representative: UUID | None = None
    substitute: UUID | None = None
    came: SeatPresence | None = None


@dataclass(frozen=True, slots=True)
class SeatInvitation:
    """One person's calendar entry: `id` is its UID, `sequence` as in iCalendar. Not `active`: it has been taken back.

    `answered_at` is when it was said, which may be before it came.
    """

    id: UUID
    seat: int
    sitter: UUID
    role: SittingRole
    sequence: int
    active: bool
    asked_at: datetime
    answer: SeatAnswer | None = None
    answered_at: datetime | None = None

    @property
    def is_answered(self) -> bool:
        return self.answer not in (None, SeatAnswer.TENTATIVE)


@dataclass(frozen=True, slots=True)
class SittingPlace:
    """Where: a room in words, an address of a video meeting, or both. Nobody's home: no person is concerned."""

    text: str = ""
    video_url: str | None = None


@dataclass(frozen=True, slots=True)
class GroupSitting:
    """The aggregate. `group_name` as it was when it was called."""

    id: UUID
    group_id: UUID
    group_name: str
    state: SittingState
    start: datetime
    end: datetime
    place: SittingPlace
    called_at: datetime
    reminded_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_because: str | None = None
    not_before: datetime | None = None
    seats: tuple[SittingSeat, ...] = ()
    invitations: tuple[SeatInvitation, ...] = ()

    def seat(self, number: int) -> SittingSeat | None:
        return next((one for one in self.seats if one.number == number), None)

    def invitation(self, seat: int, role: SittingRole) -> SeatInvitation | None:
        """The one in force."""
        found = (one for one in self.invitations if one.seat == seat and one.role is role and one.active)
        return next(found, None)


def entry_id(sitting: UUID, seat: int, sitter: UUID) -> UUID:
    """The UID of the calendar entry of who sits, or stands in, at one sitting: one for ever."""
    return uuid5(_NAMESPACE, f"{sitting}/{seat}/{sitter}")


def cover_of(sitting: GroupSitting, seat: SittingSeat) -> SeatCover:
    """Who comes for the seat, as far as has been said."""
    one = sitting.invitation(seat.number, SittingRole.REPRESENTATIVE)
    if one is None:
        return SeatCover.VACANT
    if one.answer is SeatAnswer.YES:
        return SeatCover.REPRESENTATIVE
    if not one.is_answered:
        return SeatCover.WAITING
    other = sitting.invitation(seat.number, SittingRole.SUBSTITUTE)
    if other is None or other.answer is SeatAnswer.NO:
        return SeatCover.NOBODY
    return SeatCover.SUBSTITUTE if other.answer is SeatAnswer.YES else SeatCover.SUBSTITUTE_ASKED


# -- what can happen


@dataclass(frozen=True, slots=True)
class SittingCalled:
    """A date of the group's year, with the seats as they are filled on that day."""

    id: UUID
    group_id: UUID
    group_name: str
    start: datetime
    end: datetime
    place: SittingPlace
    seats: tuple[SittingSeat, ...]


@dataclass(frozen=True, slots=True)
class SittingMoved:
    """Another time, another place, or both; `seats` as they are filled on the new day."""

    start: datetime
    end: datetime
    place: SittingPlace
    seats: tuple[SittingSeat, ...]


@dataclass(frozen=True, slots=True)
class SittingCancelled:
    """It does not take place, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class SittingSeatsChanged:
    """Seats have been made, filled, left or taken out since: the group's word, never a person's."""

    seats: tuple[SittingSeat, ...]


@dataclass(frozen=True, slots=True)
class SeatAnswered:
    """Somebody answered for a seat, as `role`; `said_at` where it was said before it came."""

    seat: int
    role: SittingRole
    answer: SeatAnswer
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeatMark:
    """Who came for this seat."""

    seat: int
    came: SeatPresence


@dataclass(frozen=True, slots=True)
class SeatsAttended:
    """Who came, seat by seat. A seat without a mark stays as it was."""

    marks: tuple[SeatMark, ...]
