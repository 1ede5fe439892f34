"""What new meetings of an organisation, or of a whole principal, can begin with."""

from sqlalchemy import CheckConstraint, ForeignKey, Table

from sip.domain.agreement import MeetingKind
from sip.domain.terms import Form, Purpose
from sip.store.tables.base import machine_moment, metadata, moment, text, texts, uid, whole, words

meeting_pattern = Table(
    "meeting_pattern",
    metadata,
    uid("id", primary_key=True),
    text("name"),
    words("kind", MeetingKind),
    words("purpose", Purpose),
    text("purpose_text"),
    texts("questions"),
    words("form", Form, null=True),
    whole("minutes"),
    uid("organisation_id", ForeignKey("organisation.id"), null=True, index=True),
    uid("principal_id", ForeignKey("principal.id"), null=True, index=True),
    moment("made_at"),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint("num_nonnulls(organisation_id, principal_id) = 1", name="whose"),
)
