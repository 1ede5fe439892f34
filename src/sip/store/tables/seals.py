"""The seals of journal and access log: the leaves in their order, a signed head for each day, where it was anchored.

The sealer alone writes them, and only adds (`seal_mark`, its place, moves on); whoever verifies or proves reads them.
They hold numbers and hashes, no words of anybody.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Table
from sqlalchemy import text as sql

from sip.store.tables.base import day, machine_moment, metadata, moment, octets, text, uid

# A row of the journal (aggregate, seq) or, without an aggregate, of the access log (its id). No foreign key: that the
# row is no longer there must be seen.
seal_leaf = Table(
    "seal_leaf",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    uid("aggregate", null=True),
    Column("number", BigInteger, nullable=False),
    octets("hash"),
    Index("uq_seal_leaf_journal", "aggregate", "number", unique=True, postgresql_where=sql("aggregate is not null")),
    Index("uq_seal_leaf_access", "number", unique=True, postgresql_where=sql("aggregate is null")),
)

seal_head = Table(
    "seal_head",
    metadata,
    day("day", primary_key=True),
    text("head"),
    octets("signature"),
)

seal_anchor = Table(
    "seal_anchor",
    metadata,
    day("day", primary_key=True),
    text("way", CheckConstraint("way in ('folder', 'mail', 'timestamp')", name="way"), primary_key=True),
    moment("at"),
    octets("token", null=True),
    machine_moment("recorded_at", stamped=True),
)

seal_mark = Table(
    "seal_mark",
    metadata,
    Column("sole", Boolean, CheckConstraint("sole", name="sole"), primary_key=True),
    Column("taken_in", BigInteger, nullable=False),
    machine_moment("taken_at"),
)
