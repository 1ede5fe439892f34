"""Who follows open groups by mail: addresses, and until when each has been told."""

from sqlalchemy import CheckConstraint, ForeignKey, Table

from sip.domain.people import Language
from sip.store.tables.base import metadata, moment, text, uid, words

# By the folded address. Not confirmed: nothing is sent but the question.
subscription = Table(
    "subscription",
    metadata,
    uid("group_id", ForeignKey("standing_group.id", ondelete="CASCADE"), primary_key=True),
    text("email", primary_key=True, index=True),
    words("language", Language),
    moment("asked_at"),
    moment("confirmed_at", null=True),
    moment("told_until", null=True),
    CheckConstraint("(confirmed_at is null) = (told_until is null)", name="confirmed"),
)
