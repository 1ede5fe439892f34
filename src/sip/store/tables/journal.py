"""The journal (chained per aggregate) and the access log: append-only, the application's role cannot change a row.

`written_in` is the number of the transaction that wrote the row (0: before it was kept): by it the sealer knows which
rows nobody can add to any more (`sip.store.sealing`).
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

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

_WRITTEN_IN = sql("((pg_current_xact_id())::text)::bigint")

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
    whole("hashing", server_default="1"),
    octets("prev_hash"),
    octets("hash"),
    Column("written_in", BigInteger, server_default=_WRITTEN_IN, nullable=False),
    UniqueConstraint("aggregate", "event_id"),
    CheckConstraint("seq > 0", name="seq"),
    CheckConstraint("hashing in (1, 2)", name="hashing"),
    Index("ix_journal_written_in_recorded_at", "written_in", "recorded_at"),
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
    Column("written_in", BigInteger, server_default=_WRITTEN_IN, nullable=False),
    Index("ix_access_log_written_in_recorded_at", "written_in", "recorded_at"),
    Index("ix_access_log_subject_kind_subject_id", "subject_kind", "subject_id"),
    Index("ix_access_log_actor_id_recorded_at", "actor_id", "recorded_at"),
)
