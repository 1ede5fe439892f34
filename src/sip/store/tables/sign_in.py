"""What signing in rests on besides a password: providers' users, second factors, and what counts once."""

from sqlalchemy import ForeignKey, Index, Table

from sip.store.tables.base import machine_moment, metadata, octets, text, uid, whole

# Whom a sign-in provider means by this subject: said by an administrator, never found by an address (decision 0089).
user_identity = Table(
    "user_identity",
    metadata,
    text("provider", primary_key=True),
    text("subject", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), index=True),
    machine_moment("recorded_at", stamped=True),
)

# The assignment at the provider (commissionHsaId) that a role goes with.
role_commission = Table(
    "role_commission",
    metadata,
    uid("user_role_id", ForeignKey("user_role.id", ondelete="CASCADE"), primary_key=True),
    text("commission"),
)

# States and log-out words that have been taken, for as long as they could come again.
used_once = Table(
    "used_once",
    metadata,
    octets("hash", primary_key=True),
    machine_moment("until"),
    Index("ix_used_once_until", "until"),
)

second_factor = Table(
    "second_factor",
    metadata,
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    octets("secret"),
    whole("last_step", server_default="0"),
    machine_moment("recorded_at", stamped=True),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    octets("hash", primary_key=True),
)
