"""The journal (chained per aggregate) and the access log: append-only, the application's role cannot change a row."""

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint

from sip.store.tables.base import (
    actor_columns,
    document,
    machine_moment,
    metadata,
    moment,
    number,
    octets,
    text,
    uid,
    whole,
)

# No foreign key: refused first commands have no aggregate, and the journal outlives what it tells of.
journal = Table(
    "journal",
    metadata,
    uid("aggregate", primary_key=True),
    whole("seq", primary_key=True),
    whole("version"),
    text("event_id"),
    text("kind"),
    whole("codec"),
    document("data"),
    document("notes"),
    text("outcome", CheckConstraint("outcome in ('applied', 'unchanged', 'refused')", name="outcome")),
    text("reason", null=True),
    document("detail", null=True),
    *actor_columns(),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
    octets("prev_hash"),
    octets("hash"),
    UniqueConstraint("aggregate", "event_id"),
    CheckConstraint("seq > 0", name="seq"),
)

access_log = Table(
    "access_log",
    metadata,
    number(),
    *actor_columns(),
    text("action"),
    text("subject_kind"),
    text("subject_id", null=True),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
    Index("ix_access_log_subject_kind_subject_id", "subject_kind", "subject_id"),
    Index("ix_access_log_actor_id_recorded_at", "actor_id", "recorded_at"),
)
