"""A meeting that a convener booked in her own calendar and invited the service to: a call in the making (rules, 10).

The law of this file: it is no meeting and calls nobody. It is hers alone, holds what a call needs of the booking and
nothing else of it, and becomes a draft when she completes it, signed in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.bounds import FARTHEST, LONGEST_MEETING
from sip.domain.effects import Notice, NoticeKind
from sip.domain.meeting import Place
from sip.domain.people import Address
from sip.domain.sketch import Sketch, SketchParty
from sip.domain.terms import Form, Obligation, PlaceKind
from sip.domain.values import replace

MINUTES = timedelta(minutes=60)


class BookingState(StrEnum):
    """`waiting` to be completed; `taken`: a draft was made of it; `cancelled` in her calendar before that."""

    WAITING = "waiting"
    TAKEN = "taken"
    CANCELLED = "cancelled"


class BookingGap(StrEnum):
    """What could not be taken over, each with a sentence of its own."""

    ALL_DAY = "all_day"
    RECURRING = "recurring"
    NO_TIME = "no_time"
    PAST = "past"
    NO_PLACE = "no_place"
    NO_UNITS = "no_units"


@dataclass(frozen=True, slots=True)
class BookingHeard:
    """What one calendar mail says of it. `units` are those whose mailboxes were invited, `left_out` how many other
    guests there were: who they are is not kept, for one may be the person concerned."""

    sequence: int
    start: datetime | None
    end: datetime | None
    all_day: bool = False
    recurring: bool = False
    video_url: str | None = None
    place_unit: str | None = None
    units: tuple[UUID, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Booking:
    """One of a user's, by her calendar's UID as a hash."""

    id: UUID
    user_id: UUID
    uid_hash: bytes
    sequence: int
    state: BookingState
    heard_at: datetime
    start: datetime | None = None
    end: datetime | None = None
    video_url: str | None = None
    place_unit: str | None = None
    units: tuple[UUID, ...] = ()
    left_out: int = 0
    gaps: tuple[BookingGap, ...] = ()
    meeting_id: UUID | None = None


def begun(booking_id: UUID, user_id: UUID, uid_hash: bytes, heard: BookingHeard, now: datetime) -> Booking:
    """A new one."""
    empty = Booking(booking_id, user_id, uid_hash, heard.sequence, BookingState.WAITING, now)
    return _with(empty, heard, now)


def updated(booking: Booking, heard: BookingHeard, now: datetime) -> Booking:
    """What her calendar says later: while it waits it is followed, and one that was cancelled waits again; of one that
    a draft was made of only the time is remembered. What is not later changes nothing (RFC 5546, section 2.1.5)."""
    if heard.sequence <= booking.sequence:
        return booking
    if booking.state is BookingState.TAKEN:
        return replace(booking, sequence=heard.sequence, start=heard.start, end=heard.end, heard_at=now)
    return _with(replace(booking, state=BookingState.WAITING), heard, now)


def cancelled(booking: Booking, sequence: int, now: datetime) -> Booking:
    """She has taken it out of her calendar; one that a draft was made of stays."""
    if sequence < booking.sequence:
        return booking
    if booking.state is BookingState.TAKEN:
        return replace(booking, sequence=sequence, start=None, end=None, heard_at=now)
    return replace(booking, state=BookingState.CANCELLED, sequence=sequence, heard_at=now)


def taken(booking: Booking, meeting_id: UUID) -> Booking:
    """A draft was made of it."""
    return replace(booking, state=BookingState.TAKEN, meeting_id=meeting_id)


def _with(booking: Booking, heard: BookingHeard, now: datetime) -> Booking:
    start, end = heard.start, heard.end
    if start is not None and end is None and not heard.all_day:
        end = start + MINUTES
    gaps = tuple(_gaps(heard, start, end, now))
    usable = not set(gaps) & {BookingGap.ALL_DAY, BookingGap.NO_TIME, BookingGap.PAST}
    return replace(
        booking,
        sequence=heard.sequence,
        heard_at=now,
        start=start if usable else None,
        end=end if usable else None,
        video_url=heard.video_url,
        place_unit=heard.place_unit,
        units=heard.units,
        left_out=heard.left_out,
        gaps=gaps,
    )


def _gaps(heard: BookingHeard, start: datetime | None, end: datetime | None, now: datetime) -> list[BookingGap]:
    found = []
    if heard.all_day:
        found.append(BookingGap.ALL_DAY)
    elif start is None or end is None or not timedelta(0) < end - start <= LONGEST_MEETING or start - now > FARTHEST:
        found.append(BookingGap.NO_TIME)
    elif start <= now:
        found.append(BookingGap.PAST)
    if heard.recurring:
        found.append(BookingGap.RECURRING)
    if heard.video_url is None and heard.place_unit is None:
        found.append(BookingGap.NO_PLACE)
    if not heard.units:
        found.append(BookingGap.NO_UNITS)
    return found


def sketch_of(booking: Booking, sketch: Sketch) -> Sketch:
    """A meeting in the making, with what was understood; her own unit convenes and is no party."""
    parties = tuple(SketchParty(unit, Obligation.SUMMONED) for unit in booking.units if unit != sketch.convener_unit_id)
    return replace(_scheduled(sketch, booking), parties=parties)


def followed(sketch: Sketch, before: Booking, after: Booking) -> Sketch:
    """What she has begun, after her calendar said something else: what she has changed herself stays hers."""
    was, now = _scheduled(sketch, before), _scheduled(sketch, after)
    if (sketch.start, sketch.minutes) == (was.start, was.minutes):
        sketch = replace(sketch, start=now.start, minutes=now.minutes)
    if (sketch.form, sketch.place) == (was.form, was.place):
        sketch = replace(sketch, form=now.form, place=now.place)
    return sketch


def _scheduled(sketch: Sketch, booking: Booking) -> Sketch:
    minutes = MINUTES if booking.start is None or booking.end is None else booking.end - booking.start
    form, place = None, None
    if booking.place_unit is not None:
        form = Form.HYBRID if booking.video_url else Form.PHYSICAL
        place = Place(PlaceKind.ROOM, booking.place_unit, None, booking.video_url)
    elif booking.video_url is not None:
        form, place = Form.VIDEO, Place(PlaceKind.VIDEO, video_url=booking.video_url)
    return replace(sketch, start=booking.start, minutes=minutes // timedelta(minutes=1), form=form, place=place)


def notice(booking: Booking, kind: NoticeKind, to: Address, units: tuple[str, ...], now: datetime) -> Notice:
    """The one mail that answers: what was understood, and the way to complete it. `units` are names."""
    detail = {"left_out": str(booking.left_out), "gaps": ",".join(booking.gaps), "units": "\n".join(units)}
    if booking.start is not None:
        detail["timed"] = "yes"
    if booking.video_url is not None or booking.place_unit is not None:
        detail["place"] = booking.place_unit or "video"
    return Notice(
        key=f"booking/{booking.id}/{kind}/{booking.sequence}",
        kind=kind,
        to=to,
        unit_id=None,
        unit="",
        dtstamp=now,
        start=booking.start or now,
        end=booking.end or now,
        user_id=booking.user_id,
        booking_id=booking.id,
        meeting_id=booking.meeting_id,
        detail=detail,
    )
