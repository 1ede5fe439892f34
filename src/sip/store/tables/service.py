"""Who signs in (users, API keys, sessions), what makes a request repeatable, the service's clock and its heartbeats."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from sip.domain.people import Language, Role
from sip.store.tables.base import (
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
    words,
)

app_user = Table(
    "app_user",
    metadata,
    uid("id", primary_key=True),
    text("email"),
    text("email_folded", Computed("lower(email)", persisted=True)),
    text("name"),
    text("password_hash", null=True),
    words("language", Language),
    flag("active", server_default="true"),
    uid("person_id", ForeignKey("person.id"), null=True),
    machine_moment("recorded_at", stamped=True),
    machine_moment("signed_in_at", null=True),
    whole("failed_sign_ins", server_default="0"),
    machine_moment("locked_until", null=True),
    texts("muted", server_default="{}"),
    UniqueConstraint("email_folded"),
)

user_role = Table(
    "user_role",
    metadata,
    uid("id", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), index=True),
    words("role", Role),
    uid("unit_id", ForeignKey("unit.id"), null=True),
    uid("organisation_id", ForeignKey("organisation.id"), null=True),
    uid("principal_id", ForeignKey("principal.id"), null=True),
    day("valid_from", null=True),
    day("valid_to", null=True),
    CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name="scope"),
)

api_key = Table(
    "api_key",
    metadata,
    uid("id", primary_key=True),
    text("name", unique=True),
    octets("hash", unique=True),
    words("role", Role),
    uid("unit_id", ForeignKey("unit.id"), null=True),
    uid("organisation_id", ForeignKey("organisation.id"), null=True),
    uid("principal_id", ForeignKey("principal.id"), null=True),
    machine_moment("recorded_at", stamped=True),
    machine_moment("revoked_at", null=True),
    moment("expires_at", null=True),
    texts("scopes", server_default="{}"),
    machine_moment("used_at", null=True),
    octets("old_hash", null=True, unique=True),
    moment("old_until", null=True),
    machine_moment("old_used_at", null=True),
    CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name="scope"),
)

tries = Table(
    "tries",
    metadata,
    octets("hash", primary_key=True),
    Column("number", Integer, nullable=False),
    machine_moment("until"),
    Index("ix_tries_until", "until"),
)

_IN_AN_HOUR = sql("now() + interval '1 hour'")

web_session = Table(
    "web_session",
    metadata,
    octets("hash", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), index=True),
    uid("user_role_id", ForeignKey("user_role.id", ondelete="SET NULL"), null=True),
    text("csrf_secret"),
    machine_moment("recorded_at", stamped=True),
    machine_moment("expires_at"),
    text("device", server_default=""),
    text("provider", null=True),
    text("provider_sub", null=True),
    text("provider_sid", null=True),
    text("commission", null=True),
    octets("id_token", null=True),
    machine_moment("confirmed_at", null=True),
    Column("idle_at", DateTime(timezone=True), nullable=False, server_default=_IN_AN_HOUR),
    Index("ix_web_session_expires_at", "expires_at"),
)

# A search in the list of meetings that somebody wants back, by the name she gave it.
saved_view = Table(
    "saved_view",
    metadata,
    uid("id", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE")),
    text("name"),
    text("query"),
    UniqueConstraint("user_id", "name"),
)

idempotency = Table(
    "idempotency",
    metadata,
    text("actor", primary_key=True),
    text("key", primary_key=True),
    octets("request_hash"),
    whole("status", null=True),
    text("headers", null=True),
    octets("body", null=True),
    machine_moment("recorded_at", stamped=True),
    Index("ix_idempotency_recorded_at", "recorded_at"),
)

# One row, shared by all processes, in demo and test alone; in production it stays empty.
service_clock = Table(
    "service_clock",
    metadata,
    Column("sole", Boolean, CheckConstraint("sole", name="sole"), primary_key=True),
    moment("anchor"),
    machine_moment("real_anchor"),
    Column("speed", Float, CheckConstraint("speed >= 0", name="speed"), nullable=False),
)

# What somebody could not use (law 2018:1937, section 13): told without sign-in, kept until somebody has seen to it.
barrier = Table(
    "barrier",
    metadata,
    uid("id", primary_key=True),
    text("said"),
    text("place", null=True),
    text("email", null=True),
    moment("told_at"),
    moment("handled_at", null=True),
    text("handled_by", null=True),
    machine_moment("recorded_at", stamped=True),
)

# `back_at` is when it was heard again after a silence (rules, section 5 L1).
heartbeat = Table(
    "heartbeat",
    metadata,
    text("kind", primary_key=True),
    moment("seen_at"),
    moment("back_at", null=True),
    machine_moment("recorded_at", stamped=True),
)

# The last run of each module, whichever process ran it (`sip.edges.modules`).
module_run = Table(
    "module_run",
    metadata,
    text("name", primary_key=True),
    machine_moment("ran_at"),
    Column("seconds", Float, nullable=False),
    document("results"),
    text("error", null=True),
    whole("failures", server_default="0"),
)
