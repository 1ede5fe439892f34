"""Items on a standing group's agenda, what was decided of them, and the words they are found by."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text
from sqlalchemy import text as sql

from sip.domain.agenda import GroupKind, ItemPurpose, ItemSource, ItemState
from sip.domain.group import SeatFunction
from sip.domain.systemic import SignalKind
from sip.store.tables.base import aggregate_columns, day, metadata, moment, text, texts, uid, uids, whole, words

# No foreign key leads to the reports: what was decided stays when they are disposed of.
agenda_item = Table(
    "agenda_item",
    metadata,
    uid("id", primary_key=True),
    uid("group_id"),
    words("group_kind", GroupKind),
    text("group_area", null=True),
    uid("group_county_id", ForeignKey("county.id"), null=True, index=True),
    text("group_name", server_default=""),
    text("title"),
    text("text"),
    words("purpose", ItemPurpose),
    words("source", ItemSource),
    words("state", ItemState),
    moment("put_at"),
    words("signal_kind", SignalKind, null=True),
    uid("signal_unit_id", null=True),
    whole("signal_count", null=True),
    whole("signal_before", null=True),
    day("signal_since", null=True),
    text("signal_word", null=True),
    uid("signal_other_unit_id", null=True),
    uids("reports"),
    day("sitting_on", null=True),
    moment("dropped_at", null=True),
    text("dropped_because", null=True),
    moment("not_before", null=True),
    text("preparation_owner", null=True),
    whole("preparation_seat", null=True),
    day("preparation_by", null=True),
    moment("preparation_reminded_at", null=True),
    texts("papers", server_default="{}"),
    uid("origin_item_id", null=True),
    uid("origin_group_id", null=True),
    text("origin_group_name", null=True),
    uid("reference_item_id", null=True),
    uid("reference_group_id", null=True),
    text("reference_group_name", null=True),
    moment("reference_referred_at", null=True),
    moment("reference_answered_at", null=True),
    text("reference_answer", null=True),
    day("inquiry_by", null=True),
    texts("inquiry_questions", null=True),
    text("inquiry_about", null=True),
    moment("inquiry_put_at", null=True),
    moment("inquiry_asked_at", null=True),
    moment("inquiry_reminded_at", null=True),
    moment("inquiry_ended_at", null=True),
    *aggregate_columns(),
    Index("ix_agenda_item_group_id_sitting_on", "group_id", "sitting_on"),
    Index("ix_agenda_item_inquiry_by", "inquiry_by", postgresql_where=sql("inquiry_by is not null")),
    Index("ix_agenda_item_due_at", "due_at", postgresql_where=sql("due_at is not null")),
    Index("ix_agenda_item_failures", "retry_at", postgresql_where=sql("failures > 0")),
)


def _of_item() -> ForeignKey:
    return ForeignKey("agenda_item.id", ondelete="CASCADE")


resolution = Table(
    "resolution",
    metadata,
    uid("item_id", _of_item(), primary_key=True),
    whole("number", primary_key=True),
    text("text"),
    text("grounds"),
    day("decided_on"),
    moment("decided_at"),
    text("owner", null=True),
    uid("unit_unit_id", ForeignKey("unit.id"), null=True, index=True),
    text("unit_unit_name", null=True),
    uid("unit_organisation_id", ForeignKey("organisation.id"), null=True),
    uid("unit_principal_id", ForeignKey("principal.id"), null=True),
    day("due_on", null=True),
    whole("reminders"),
    moment("reminded_at", null=True),
    moment("done_at", null=True),
    moment("told_at", null=True),
    text("outcome", null=True),
    CheckConstraint("(owner is null) = (due_on is null) and (owner is null) = (unit_unit_id is null)", name="owned"),
    Index("ix_resolution_decided_on", "decided_on"),
)

seat_reply = Table(
    "seat_reply",
    metadata,
    uid("item_id", _of_item(), primary_key=True),
    whole("seat", primary_key=True),
    words("function", SeatFunction),
    text("wanted"),
    text("principal"),
    texts("answers"),
    moment("answered_at", null=True),
)

# The stems of an item's words: comparing plain text keeps its index behind row-level security, `@@` does not (decision
# 0107). Compared by code point, whatever the database's own collation is: a stem is sought by how it begins.
agenda_word = Table(
    "agenda_word",
    metadata,
    uid("item_id", _of_item(), primary_key=True),
    Column("stem", Text(collation="C"), primary_key=True, nullable=False),
    Index("ix_agenda_word_stem", "stem"),
)
