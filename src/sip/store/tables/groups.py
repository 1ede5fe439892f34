"""Standing groups, their seats and terms; and beside them, alone with a name, who sits (rules, section 18)."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Table
from sqlalchemy import text as sql

from sip.domain.group import ConsentWay, GroupState, Readers, SeatFunction, StandingKind, TermEnd
from sip.domain.sitting import SeatAnswer, SeatPresence, SittingRole, SittingState
from sip.store.tables.base import aggregate_columns, day, flag, metadata, moment, text, uid, whole, words

standing_group = Table(
    "standing_group",
    metadata,
    uid("id", primary_key=True),
    words("kind", StandingKind),
    text("name"),
    text("mandate_text"),
    text("mandate_goal", null=True),
    day("mandate_ends_on", null=True),
    day("mandate_report_on", null=True),
    words("state", GroupState),
    moment("founded_at"),
    uid("county_id", ForeignKey("county.id"), null=True, index=True),
    text("area", null=True),
    uid("above_id", ForeignKey("standing_group.id"), null=True, index=True),
    words("above_kind", StandingKind, null=True),
    moment("closed_at", null=True),
    text("closed_because", null=True),
    moment("not_before", null=True),
    words("readers", Readers, server_default=Readers.SIGNED_IN),
    moment("opened_at", null=True),
    *aggregate_columns(),
    CheckConstraint("(readers = 'open') = (opened_at is not null)", name="opened"),
    CheckConstraint("(above_id is null) = (above_kind is null)", name="above"),
    Index("ix_standing_group_due_at", "due_at", postgresql_where=sql("due_at is not null")),
    Index("ix_standing_group_failures", "retry_at", postgresql_where=sql("failures > 0")),
)


def _of_seat() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["group_id", "seat"], ["group_seat.group_id", "group_seat.number"], ondelete="CASCADE")


group_seat = Table(
    "group_seat",
    metadata,
    uid("group_id", ForeignKey("standing_group.id", ondelete="CASCADE"), primary_key=True),
    whole("number", primary_key=True),
    words("function", SeatFunction),
    text("wanted"),
    moment("since"),
    whole("turn"),
    whole("above", null=True),
    whole("asked"),
    moment("asked_at", null=True),
    moment("lifted_at", null=True),
    day("deferred_until", null=True),
    text("deferred_because", null=True),
    day("closed_on", null=True),
)

# The bodies that fill a seat, in the order of their turns. Their addresses are mailboxes, not people's.
seat_body = Table(
    "seat_body",
    metadata,
    uid("group_id", primary_key=True),
    whole("seat", primary_key=True),
    whole("place", primary_key=True),
    uid("principal_id", ForeignKey("principal.id"), index=True),
    text("principal"),
    text("name"),
    text("email"),
    _of_seat(),
    Index("ix_seat_body_email", sql("lower(email)")),
)

seat_term = Table(
    "seat_term",
    metadata,
    uid("group_id", primary_key=True),
    whole("seat", primary_key=True),
    whole("number", primary_key=True),
    uid("principal_id", ForeignKey("principal.id"), index=True),
    text("principal"),
    text("decided_by"),
    uid("representative_id", index=True),
    day("representative_consent_on", null=True),
    words("representative_consent_how", ConsentWay, null=True),
    flag("representative_shown", server_default="false"),
    day("first"),
    day("last", null=True),
    moment("appointed_at"),
    uid("substitute_id", null=True, index=True),
    day("substitute_consent_on", null=True),
    words("substitute_consent_how", ConsentWay, null=True),
    flag("substitute_shown", null=True),
    day("decided_on", null=True),
    text("registration_number", null=True),
    words("ended", TermEnd, null=True),
    _of_seat(),
)

# Who sits, by the id that a term has. No foreign key: the name goes, and the term stays.
sitter = Table(
    "sitter",
    metadata,
    uid("id", primary_key=True),
    uid("group_id", ForeignKey("standing_group.id", ondelete="CASCADE"), index=True),
    text("name", null=True),
    text("function"),
    text("email", null=True),
    text("phone", null=True),
    moment("gone_at", null=True),
    CheckConstraint("gone_at is null or num_nonnulls(name, email, phone) = 0", name="gone"),
    Index("ix_sitter_named", "id", postgresql_where=sql("gone_at is null")),
)

# A date of a group's year.
group_sitting = Table(
    "group_sitting",
    metadata,
    uid("id", primary_key=True),
    uid("group_id", ForeignKey("standing_group.id"), index=True),
    text("group_name"),
    words("state", SittingState),
    moment("starts_at"),
    moment("ends_at"),
    text("place_text"),
    text("place_video_url", null=True),
    moment("called_at"),
    moment("reminded_at", null=True),
    moment("cancelled_at", null=True),
    text("cancelled_because", null=True),
    moment("not_before", null=True),
    *aggregate_columns(),
    CheckConstraint("ends_at > starts_at", name="end"),
    Index("ix_group_sitting_due_at", "due_at", postgresql_where=sql("due_at is not null")),
    Index("ix_group_sitting_failures", "retry_at", postgresql_where=sql("failures > 0")),
)

# The group's seats as they are filled on that day, by the ids of who sits.
sitting_seat = Table(
    "sitting_seat",
    metadata,
    uid("sitting_id", ForeignKey("group_sitting.id", ondelete="CASCADE"), primary_key=True),
    whole("number", primary_key=True),
    words("function", SeatFunction),
    text("wanted"),
    text("principal"),
    uid("representative", null=True),
    uid("substitute", null=True),
    words("came", SeatPresence, null=True),
)

# A calendar entry of one person: its id is the UID. Where she answers is made here, and in no value.
sitting_invitation = Table(
    "sitting_invitation",
    metadata,
    uid("id", primary_key=True),
    uid("sitting_id", ForeignKey("group_sitting.id", ondelete="CASCADE"), index=True),
    whole("seat"),
    uid("sitter", index=True),
    words("role", SittingRole),
    whole("sequence"),
    flag("active"),
    moment("asked_at"),
    words("answer", SeatAnswer, null=True),
    moment("answered_at", null=True),
    text("reply_token", unique=True),
)
