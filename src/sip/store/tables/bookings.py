"""What conveners booked in their own calendars and invited the service to; nobody else's to see."""

from sqlalchemy import ForeignKey, Table, UniqueConstraint

from sip.domain.booking import BookingState
from sip.store.tables.base import metadata, moment, octets, text, texts, uid, whole, words

booking = Table(
    "booking",
    metadata,
    uid("id", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE")),
    octets("uid_hash"),
    whole("sequence"),
    words("state", BookingState),
    moment("heard_at", index=True),
    moment("starts_at", null=True),
    moment("ends_at", null=True),
    text("video_url", null=True),
    text("place_unit", null=True),
    texts("units"),
    whole("left_out"),
    texts("gaps"),
    uid("meeting_id", ForeignKey("meeting.id", ondelete="CASCADE"), null=True, index=True),
    UniqueConstraint("user_id", "uid_hash"),
)
