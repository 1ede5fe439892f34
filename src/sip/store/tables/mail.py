"""Mail on its way out (asks in `outbox`, bytes in `mail`), mailed links, and mail that came in.

A row of the outbox belongs to a meeting, or to a unit or a user alone (decisions 0010 and 0071); a seal to nobody,
a renewal, and what asks for appointments or calls to a group's sitting, to a user or nobody.

outbox: pending -> claimed (bound to a mail) -> sent | failed, or dropped as moot or superseded.
mail:   sending (lease) -> sent | later | never | unknown, or dropped (rules, section 3).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from sip.store.tables.base import (
    document,
    flag,
    machine_moment,
    metadata,
    moment,
    number,
    octets,
    text,
    texts,
    uid,
    whole,
)

mail = Table(
    "mail",
    metadata,
    number(),
    text("message_id", unique=True),
    text("bounce_token", CheckConstraint("bounce_token ~ '^[a-z2-7]{26}$'", name="bounce_token"), unique=True),
    text("mail_from"),
    text("rcpt"),
    text("domain", null=True),
    octets("data", null=True),
    octets("sha256"),
    text(
        "state",
        CheckConstraint("state in ('sending', 'sent', 'later', 'never', 'unknown', 'dropped')", name="state"),
    ),
    whole("attempts"),
    machine_moment("retry_at", null=True),
    machine_moment("tried_at", null=True),
    moment("composed_at"),
    moment("settled_at", null=True),
    machine_moment("recorded_at", stamped=True),
    whole("smtp_code", null=True),
    text("smtp_text", null=True),
    CheckConstraint("(retry_at is not null) = (state in ('sending', 'later', 'unknown'))", name="retry"),
    CheckConstraint("retry_at is null or data is not null", name="data"),
    Index("ix_mail_retry_at", "retry_at", postgresql_where=sql("retry_at is not null")),
    Index("ix_mail_tried_at", "tried_at"),
)

outbox = Table(
    "outbox",
    metadata,
    number(),
    text("key", unique=True),
    uid("meeting_id", ForeignKey("meeting.id", ondelete="CASCADE"), null=True),
    uid("unit_id", ForeignKey("unit.id"), null=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), null=True),
    uid("check_id", ForeignKey("mailbox_check.id"), null=True),
    uid("entry_id", null=True),
    uid("deviation_id", null=True),
    whole("party", null=True),
    whole("invitation", null=True),
    whole("attendee", null=True),
    whole("round", null=True),
    text("rung", null=True),
    text("kind"),
    text("method", CheckConstraint("method in ('REQUEST', 'CANCEL')", name="method"), null=True),
    text("recipient"),
    text("domain", Computed("split_part(recipient, '@', 2)", persisted=True)),
    text("language"),
    text("timing"),
    moment("not_before", null=True),
    flag("ask"),
    flag("engine"),
    flag("cleared", server_default="false"),
    document("payload"),
    text("state", CheckConstraint("state in ('pending', 'claimed', 'sent', 'failed', 'dropped')", name="state")),
    flag("moot"),
    Column("mail_id", BigInteger, ForeignKey("mail.id"), nullable=True),
    text("message_id", null=True),
    moment("settled_at", null=True),
    text("reason", null=True),
    machine_moment("fed_back_at", null=True),
    machine_moment("retry_at", null=True),
    whole("failures", server_default="0"),
    text("last_error", null=True),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint(
        "num_nonnulls(coalesce(meeting_id, deviation_id), unit_id, user_id) between"
        " (kind not in ('seal', 'renewal', 'seats_asked', 'seats_lifted', 'sitting_called', 'sitting_moved',"
        " 'sitting_cancelled', 'sitting_stood_down', 'sitting_reminder', 'sitting_prepare', 'sitting_inquiry',"
        " 'subscription_asked', 'group_news'))::integer and (kind <> 'seal')::integer",
        name="belongs",
    ),
    CheckConstraint("method is null or num_nonnulls(invitation, check_id, entry_id) = 1", name="calendar"),
    CheckConstraint("state <> 'claimed' or mail_id is not null", name="claimed"),
    CheckConstraint("(settled_at is not null) = (state in ('sent', 'failed', 'dropped'))", name="settled"),
    Index("ix_outbox_meeting_id", "meeting_id", "invitation"),
    Index("ix_outbox_user_id", "user_id", "id", postgresql_where=sql("user_id is not null")),
    Index("ix_outbox_deviation_id", "deviation_id", postgresql_where=sql("deviation_id is not null")),
    Index("ix_outbox_check_id", "check_id", postgresql_where=sql("check_id is not null")),
    Index("ix_outbox_entry_id", "entry_id", postgresql_where=sql("entry_id is not null")),
    Index("ix_outbox_pending", "id", postgresql_where=sql("state = 'pending'")),
    Index("ix_outbox_failing", "id", postgresql_where=sql("state = 'pending' and failures > 0")),
    Index("ix_outbox_pending_domain", "domain", "id", postgresql_where=sql("state = 'pending'")),
    Index("ix_outbox_unsent", "recorded_at", postgresql_where=sql("state in ('pending', 'claimed')")),
    Index("ix_outbox_mail_id", "mail_id", postgresql_where=sql("mail_id is not null")),
    Index(
        "ix_outbox_to_feed_back",
        "id",
        postgresql_where=sql("state in ('sent', 'failed', 'dropped') and fed_back_at is null"),
    ),
)

# Stored hashed; token and short code themselves stand in the mail alone. Bound to party, address and purpose.
link_token = Table(
    "link_token",
    metadata,
    octets("hash", primary_key=True),
    octets("code_hash", null=True, unique=True),
    text("purpose"),
    uid("meeting_id", ForeignKey("meeting.id", ondelete="CASCADE"), null=True, index=True),
    uid("check_id", ForeignKey("mailbox_check.id"), null=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), null=True),
    whole("party", null=True),
    whole("attendee", null=True),
    whole("invitation", null=True),
    uid("deviation_id", null=True),
    text("address"),
    Column("mail_id", BigInteger, ForeignKey("mail.id", ondelete="CASCADE"), nullable=False, index=True),
    moment("expires_at"),
    CheckConstraint(
        "num_nonnulls(coalesce(meeting_id, deviation_id), check_id, user_id)"
        " = (purpose not in ('appoint', 'sitting', 'subscription'))::integer",
        name="belongs",
    ),
    Index("ix_link_token_deviation_id", "deviation_id", postgresql_where=sql("deviation_id is not null")),
    Index("ix_link_token_expires_at", "expires_at"),
    Index("ix_link_token_user_id", "user_id", postgresql_where=sql("user_id is not null")),
)

inbound = Table(
    "inbound",
    metadata,
    number(),
    octets("raw", null=True),
    text("recipient"),
    octets("sha256"),
    text("mail_from"),
    text("source"),
    moment("received_at"),
    machine_moment("recorded_at", stamped=True),
    moment("judged_at", null=True),
    text(
        "outcome",
        CheckConstraint(
            "outcome in ('applied', 'unchanged', 'refused', 'quarantine', 'ignored', 'unconfirmed')", name="outcome"
        ),
        null=True,
    ),
    text("reason", null=True),
    uid("meeting_id", null=True, index=True),
    whole("party", null=True),
    whole("invitation", null=True),
    whole("claim", null=True),
    text("answered_by", null=True),
    texts("flags", server_default="{}"),
    whole("attempts", server_default="0"),
    machine_moment("retry_at", null=True),
    text("last_error", null=True),
    moment("handled_at", null=True),
    UniqueConstraint("recipient", "sha256"),
    CheckConstraint("(judged_at is null) = (outcome is null)", name="judged"),
    Index("ix_inbound_raw", "received_at", postgresql_where=sql("raw is not null")),
    Index("ix_inbound_unjudged", "id", postgresql_where=sql("judged_at is null")),
    Index(
        "ix_inbound_not_applied",
        "id",
        postgresql_where=sql("outcome in ('refused', 'quarantine', 'unconfirmed') and handled_at is null"),
    ),
)

# One row: which server and database this was last served from. Found elsewhere it was restored or copied, and mail is
# held: `since` (machine time), `begun_at` (the service's), and `lost_from`, the last moment that its data knew.
mail_hold = Table(
    "mail_hold",
    metadata,
    Column("sole", Boolean, CheckConstraint("sole", name="sole"), primary_key=True, server_default=sql("true")),
    text("server"),
    Column("database", BigInteger, nullable=False),
    machine_moment("since", null=True),
    moment("begun_at", null=True),
    moment("lost_from", null=True),
    CheckConstraint("num_nonnulls(since, begun_at) in (0, 2)", name="held"),
)
