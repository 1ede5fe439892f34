"""Disposal: what organisations have decided, what is on hold, what was disposed of, and the tombstones it left.

What was decided and what was done is only added to. A tombstone says of a row of the journal or the access log that it
was removed, or what stands there now in its place; the record of its batch is a row of the journal (decision 0094).
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from sip.store.tables.base import (
    actor_columns,
    day,
    document,
    flag,
    machine_moment,
    metadata,
    moment,
    octets,
    text,
    texts,
    uid,
    whole,
)

disposal_policy = Table(
    "disposal_policy",
    metadata,
    uid("organisation_id", ForeignKey("organisation.id"), primary_key=True),
    whole("version", primary_key=True),
    whole("matter_years"),
    whole("log_years"),
    flag("by_itself"),
    text("decision"),
    *actor_columns(),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint("matter_years between 2 and 30", name="matter_years"),
    CheckConstraint("log_years between 5 and 30 and log_years >= matter_years", name="log_years"),
)

# No foreign key to a meeting or a case: the matter may be gone once the hold is over; then it goes with it.
legal_hold = Table(
    "legal_hold",
    metadata,
    uid("id", primary_key=True),
    uid("organisation_id", ForeignKey("organisation.id"), index=True),
    uid("case_id", null=True, index=True),
    uid("meeting_id", null=True, index=True),
    text("why"),
    day("first_day"),
    day("last_day", null=True),
    *actor_columns(),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint("num_nonnulls(case_id, meeting_id) <= 1", name="what"),
    CheckConstraint("last_day >= first_day", name="days"),
)

# One act of disposal, or of giving way: its record in the journal says the same and is sealed.
disposal = Table(
    "disposal",
    metadata,
    uid("id", primary_key=True),
    uid("organisation_id", null=True, index=True),
    text("kind", CheckConstraint("kind in ('disposed', 'gave_way')", name="kind")),
    whole("policy", null=True),
    document("counts"),
    whole("tombstones"),
    octets("root"),
    *actor_columns(),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
)

# A matter whose rows are gone, while its journal and the readings of it still have their time.
disposed_matter = Table(
    "disposed_matter",
    metadata,
    uid("id", primary_key=True),
    uid("organisation_id", index=True),
    uid("disposal_id", null=True),
    Column("aggregates", ARRAY(UUID(as_uuid=True)), nullable=False),
    Column("cases", ARRAY(UUID(as_uuid=True)), nullable=False),
    Column("received", ARRAY(BigInteger), nullable=False),
    Column("organisations", ARRAY(UUID(as_uuid=True)), nullable=False),
    texts("called"),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
)

tombstone = Table(
    "tombstone",
    metadata,
    uid("disposal_id", ForeignKey("disposal.id"), primary_key=True),
    whole("number", primary_key=True),
    uid("aggregate", null=True),
    Column("row", BigInteger, nullable=False),
    octets("leaf"),
    octets("hash"),
    octets("after", null=True),
    Index("ix_tombstone_journal", "aggregate", "row", postgresql_where=sql("aggregate is not null")),
    Index("ix_tombstone_access", "row", postgresql_where=sql("aggregate is null")),
)
