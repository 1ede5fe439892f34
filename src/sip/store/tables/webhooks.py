"""Endpoints of other systems, and the messages that are sent to them (rules, section 19).

webhook_message: waiting -> sending (lease) -> delivered | later | given_up, or dropped.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table
from sqlalchemy import text as sql

from sip.domain.endpoint import HookState, HookTrouble, OffBecause
from sip.store.tables.base import machine_moment, metadata, moment, number, octets, text, texts, uid, whole, words

# Whose meetings and reports it is told of: its place, or all without one. Secrets are sealed by the installation's key.
webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    uid("id", primary_key=True),
    text("name"),
    text("url"),
    texts("types"),
    uid("unit_id", ForeignKey("unit.id"), null=True),
    uid("organisation_id", ForeignKey("organisation.id"), null=True),
    uid("principal_id", ForeignKey("principal.id"), null=True),
    octets("secret"),
    octets("old_secret", null=True),
    moment("old_until", null=True),
    moment("made_at"),
    moment("off_at", null=True),
    words("off_because", OffBecause, null=True),
    machine_moment("failing_since", null=True),
    machine_moment("rests_until", null=True),
    CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name="place"),
    CheckConstraint("(old_secret is null) = (old_until is null)", name="old"),
    CheckConstraint("(off_at is null) = (off_because is null)", name="off"),
)

# `body` is references alone, and the same at each try. A test is of no meeting and no report.
webhook_message = Table(
    "webhook_message",
    metadata,
    number(),
    uid("endpoint_id", ForeignKey("webhook_endpoint.id", ondelete="CASCADE")),
    text("message_id", unique=True),
    text("type"),
    uid("meeting_id", ForeignKey("meeting.id", ondelete="CASCADE"), null=True),
    uid("deviation_id", ForeignKey("deviation.id", ondelete="CASCADE"), null=True),
    octets("body"),
    words("state", HookState),
    whole("attempts", server_default="0"),
    whole("tries_before", server_default="0"),  # when it was last sent again: the waits begin anew from there
    uid("resent_by", null=True),  # the act that last sent it again
    machine_moment("retry_at", null=True),
    machine_moment("tried_at", null=True),
    moment("made_at"),
    moment("settled_at", null=True),
    whole("code", null=True),
    words("trouble", HookTrouble, null=True),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint("num_nonnulls(meeting_id, deviation_id) <= 1", name="subject"),
    CheckConstraint("(retry_at is not null) = (state in ('waiting', 'sending', 'later'))", name="retry"),
    CheckConstraint("(settled_at is null) = (state in ('waiting', 'sending', 'later'))", name="settled"),
    Index("ix_webhook_message_endpoint_id", "endpoint_id", "id"),
    Index("ix_webhook_message_retry_at", "retry_at", postgresql_where=sql("retry_at is not null")),
    Index("ix_webhook_message_made_at", "made_at"),
    Index("ix_webhook_message_meeting_id", "meeting_id", postgresql_where=sql("meeting_id is not null")),
    Index("ix_webhook_message_deviation_id", "deviation_id", postgresql_where=sql("deviation_id is not null")),
)
