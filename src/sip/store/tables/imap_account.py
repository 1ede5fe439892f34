"""What has been read of the IMAP account."""

from sqlalchemy import BigInteger, Column, Table

from sip.store.tables.base import machine_moment, metadata, moment, text, whole

# Up to `last_uid`, as counted under `uid_validity` (RFC 9051, section 2.3.1.1), all has been taken in and moved away.
# `reader` is the process that reads now, while `held_until` has not passed; `read_at` is when it was last at its end.
# The table keeps the name it was born with: processes of an earlier version may still read it.
imap_account = Table(
    "mailbox",
    metadata,
    text("account", primary_key=True),
    text("folder", primary_key=True),
    Column("uid_validity", BigInteger, nullable=False, server_default="0"),
    Column("last_uid", BigInteger, nullable=False, server_default="0"),
    text("reader", null=True),
    machine_moment("held_until", null=True),
    machine_moment("retry_at", null=True),
    whole("failures", server_default="0"),
    text("last_error", null=True),
    moment("read_at", null=True),
    machine_moment("recorded_at", stamped=True),
)
