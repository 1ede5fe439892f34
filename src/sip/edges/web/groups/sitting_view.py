"""Sittings as pages show them: who comes for which seat, and how many seats are covered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sip.domain import presence
from sip.domain.presence import SeatYear
from sip.domain.sitting import GroupSitting, SeatCover, SeatInvitation, SeatPresence, SittingRole, SittingSeat, cover_of
from sip.store.sitters import SitterRecord
from sip.usecases.reading.sittings import GroupSittingRead

TONES = {
    SeatCover.REPRESENTATIVE: "good", SeatCover.SUBSTITUTE: "good", SeatCover.SUBSTITUTE_ASKED: "wait",
    SeatCover.WAITING: "wait", SeatCover.NOBODY: "bad", SeatCover.VACANT: "quiet",
}  # fmt: skip

PRESENCE_TONES = {SeatPresence.REPRESENTATIVE: "good", SeatPresence.SUBSTITUTE: "good", SeatPresence.NOBODY: "bad"}


@dataclass(frozen=True, slots=True)
class CoverLine:
    """One seat at one sitting: who comes for it, and who can answer, with what she has answered."""

    seat: SittingSeat
    cover: SeatCover
    tone: str
    called: tuple[tuple[SeatInvitation, SitterRecord | None], ...]


def cover_lines(read: GroupSittingRead) -> list[CoverLine]:
    """The seats by their numbers."""
    made = []
    for seat in read.sitting.seats:
        found = (read.sitting.invitation(seat.number, role) for role in SittingRole)
        called = tuple((one, read.names.get(one.sitter)) for one in found if one is not None)
        cover = cover_of(read.sitting, seat)
        made.append(CoverLine(seat, cover, TONES[cover], called))
    return made


def counted(there: GroupSitting) -> list[tuple[SeatCover, int]]:
    """How many seats are covered in which way, in the order in which they are told; none of which there is none."""
    covers = [cover_of(there, seat) for seat in there.seats]
    return [(one, covers.count(one)) for one in SeatCover if one in covers]


@dataclass(frozen=True, slots=True)
class AttendanceTold:
    """One year of a group: how many sittings are recorded, and what each seat came to."""

    year: int
    sittings: int
    seats: list[SeatYear]


def attendance_years(there: Sequence[GroupSitting]) -> list[AttendanceTold]:
    """The years in which something is recorded, the latest first."""
    made = []
    for year in presence.years(there):
        held = presence.of_year(there, year)
        made.append(AttendanceTold(year, len(held), presence.counted(held)))
    return made


def came_of(there: GroupSitting) -> tuple[int, int] | None:
    """For how many seats somebody came, of how many that are recorded; None where none is."""
    came = [one.came for one in there.seats if one.came is not None]
    return (len(came) - came.count(SeatPresence.NOBODY), len(came)) if came else None
