"""What auditors keep beside the access log: which readings a month's sample drew, and the words of what they found.

That a reading was reviewed, by whom, when and with what outcome is a row of the access log, and so sealed; it names
the hash of the words that stand here. `place` is the auditor's own: a principal's or an organisation's id, "" for who
audits the whole installation.
"""

from sqlalchemy import BigInteger, Column, Index, Table

from sip.store.tables.base import day, machine_moment, metadata, octets, text, whole

audit_sample = Table(
    "audit_sample",
    metadata,
    text("place", primary_key=True),
    day("month", primary_key=True),
    whole("turn", primary_key=True),
    Column("access_id", BigInteger, nullable=False),
    machine_moment("recorded_at", stamped=True),
    Index("uq_audit_sample_access_id", "place", "month", "access_id", unique=True),
)

audit_reason = Table(
    "audit_reason",
    metadata,
    text("place", primary_key=True),
    Column("access_id", BigInteger, primary_key=True, autoincrement=False),
    octets("hash", primary_key=True),
    text("said"),
    machine_moment("recorded_at", stamped=True),
)
