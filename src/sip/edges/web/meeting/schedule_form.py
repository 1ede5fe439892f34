"""Time, form and place of a meeting, as the form for a new one and the form for a move have them."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sip.domain.meeting import Meeting, Place
from sip.domain.terms import Form, PlaceKind
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Schedule:
    start: datetime
    end: datetime
    form: Form
    place: Place


def read(reader: Reader) -> Schedule | None:
    """What was filled in, None when something is missing (and said beside its field). What was filled in for another
    form or place is left behind.
    """
    start = reader.moment("day", "from", required=True)
    end = reader.moment("day", "to", required=True)
    form = reader.choice("form", Form, required=True)
    kind = reader.choice("place_kind", PlaceKind, required=True)
    video = reader.text("place_video", most=500) if form in (Form.VIDEO, Form.HYBRID) else ""
    if video and urlsplit(video).scheme != "https":
        reader.wrong("place_video", "reason.place_incomplete")
    in_room = kind is PlaceKind.ROOM
    unit, room = (reader.text(name, most=100) if in_room else "" for name in ("place_unit", "place_room"))
    phone = reader.text("place_phone", most=50) if form is Form.PHONE else ""
    if start is not None and end is not None and end <= start:
        reader.wrong("to", "reason.end_before_start")
    if not reader.right or start is None or end is None or form is None or kind is None:
        return None
    return Schedule(start, end, form, Place(kind, unit or None, room or None, video or None, phone or None))


def values(meeting: Meeting, phrases: Phrases) -> dict[str, str]:
    """The form filled in with what holds now."""
    start, end, place = phrases.local(meeting.start), phrases.local(meeting.end), meeting.place
    return {
        "day": start.date().isoformat(),
        "from": start.strftime("%H:%M"),
        "to": end.strftime("%H:%M"),
        "form": meeting.form,
        "place_kind": place.kind,
        "place_unit": place.unit or "",
        "place_room": place.room or "",
        "place_video": place.video_url or "",
        "place_phone": place.phone or "",
    }
