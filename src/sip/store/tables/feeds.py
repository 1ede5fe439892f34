"""Subscribed calendars: whose they are, what they show, and the secrets in their addresses, as hashes."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table
from sqlalchemy import text as sql

from sip.domain.people import Language
from sip.store.tables.base import metadata, moment, octets, text, uid, words

# A feed belongs to a user, in one of her roles, or to an API key, and ends with it. `user_role_id` is null for a
# person's own meetings, which need no certain role, and when the role was taken away.
feed = Table(
    "feed",
    metadata,
    uid("id", primary_key=True),
    text("kind", CheckConstraint("kind in ('unit', 'person', 'area', 'group')", name="kind")),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), null=True, index=True),
    uid("user_role_id", ForeignKey("user_role.id", ondelete="SET NULL"), null=True),
    uid("api_key_id", ForeignKey("api_key.id"), null=True, index=True),
    uid("unit_id", ForeignKey("unit.id"), null=True, index=True),
    uid("organisation_id", ForeignKey("organisation.id"), null=True),
    uid("principal_id", ForeignKey("principal.id"), null=True),
    words("language", Language),
    moment("made_at"),
    moment("revoked_at", null=True),
    uid("group_id", ForeignKey("standing_group.id"), null=True, index=True),
    CheckConstraint("(kind = 'group') = (group_id is not null)", name="group"),
    CheckConstraint("num_nonnulls(user_id, api_key_id) = 1", name="owner"),
    CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name="scope"),
    CheckConstraint(
        "case kind when 'unit' then unit_id is not null"
        " when 'person' then user_id is not null and num_nonnulls(unit_id, organisation_id, principal_id) = 0"
        " else true end",
        name="whose",
    ),
)

# A rotated secret stays, so that its address says that it has ended instead of that it never was.
feed_secret = Table(
    "feed_secret",
    metadata,
    octets("hash", primary_key=True),
    uid("feed_id", ForeignKey("feed.id", ondelete="CASCADE")),
    moment("made_at"),
    moment("ended_at", null=True),
    Index("ix_feed_secret_feed_id", "feed_id"),
    Index("uq_feed_secret_current", "feed_id", unique=True, postgresql_where=sql("ended_at is null")),
)
