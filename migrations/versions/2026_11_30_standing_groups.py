"""standing groups with their seats, bodies and terms, who sits in them, and mails that ask for appointments

Revision: 2026_11_30_standing_groups, after 2026_11_30_registrations
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_standing_groups"
down_revision: str | None = "2026_11_30_registrations"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = (
    "npo", "rpo", "lpo", "lag", "county_consultation", "local_consultation", "managers_network", "care_council",
)  # fmt: skip
FUNCTIONS = (
    "social_services_head", "ifo_manager", "disability_manager", "elderly_care_manager", "pupil_health", "rector",
    "primary_care", "psychiatry", "habilitation", "hospital_care", "politician", "user_representative", "other",
)  # fmt: skip
ENDS = ("resigned", "replaced", "consent_withdrawn", "seat_closed")
WAYS = ("written", "spoken")
_BELONGS = "num_nonnulls(coalesce(meeting_id, deviation_id), unit_id, user_id)"


def upgrade() -> None:
    _belongs("'seal', 'renewal', 'seats_asked', 'seats_lifted'")
    _link("(purpose <> 'appoint')::integer")
    _group()
    _seat()
    _body()
    _term()
    _sitter()


def downgrade() -> None:
    op.execute("delete from link_token where purpose = 'appoint'")
    op.execute("delete from outbox where kind in ('seats_asked', 'seats_lifted')")
    _link("1")
    _belongs("'seal', 'renewal'")
    for table in ("sitter", "seat_term", "seat_body", "group_seat", "standing_group"):
        op.drop_table(table)


def _belongs(alone: str) -> None:
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    said = f"{_BELONGS} between (kind not in ({alone}))::integer and (kind <> 'seal')::integer"
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", said)


def _link(number: str) -> None:
    op.drop_constraint(op.f("ck_link_token_belongs"), "link_token", type_="check")
    said = f"num_nonnulls(coalesce(meeting_id, deviation_id), check_id, user_id) = {number}"
    op.create_check_constraint(op.f("ck_link_token_belongs"), "link_token", said)


def _group() -> None:
    op.create_table(
        "standing_group",
        _uid("id"),
        _text("kind"),
        _text("name"),
        _text("mandate_text"),
        _text("mandate_goal", null=True),
        _day("mandate_ends_on", null=True),
        _day("mandate_report_on", null=True),
        _text("state"),
        _moment("founded_at"),
        _uid("county_id", null=True),
        _text("area", null=True),
        _uid("above_id", null=True),
        _text("above_kind", null=True),
        _moment("closed_at", null=True),
        _text("closed_because", null=True),
        _moment("not_before", null=True),
        _whole("version"),
        _moment("due_at", null=True),
        _moment("retry_at", null=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        _text("last_error", null=True),
        _whole("journal_seq"),
        sa.Column("journal_hash", sa.LargeBinary(), nullable=False),
        _among("standing_group", "kind", KINDS),
        _among("standing_group", "above_kind", KINDS),
        _among("standing_group", "state", ("standing", "closed")),
        sa.CheckConstraint("(above_id is null) = (above_kind is null)", name=op.f("ck_standing_group_above")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_standing_group_county_id")),
        sa.ForeignKeyConstraint(["above_id"], ["standing_group.id"], name=op.f("fk_standing_group_above_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_group")),
    )
    op.create_index(op.f("ix_standing_group_county_id"), "standing_group", ["county_id"])
    op.create_index(op.f("ix_standing_group_above_id"), "standing_group", ["above_id"])
    due, failed = sa.text("due_at is not null"), sa.text("failures > 0")
    op.create_index("ix_standing_group_due_at", "standing_group", ["due_at"], postgresql_where=due)
    op.create_index("ix_standing_group_failures", "standing_group", ["retry_at"], postgresql_where=failed)


def _seat() -> None:
    op.create_table(
        "group_seat",
        _uid("group_id"),
        _whole("number"),
        _text("function"),
        _text("wanted"),
        _moment("since"),
        _whole("turn"),
        sa.Column("above", sa.Integer(), nullable=True),
        _whole("asked"),
        _moment("asked_at", null=True),
        _moment("lifted_at", null=True),
        _day("deferred_until", null=True),
        _text("deferred_because", null=True),
        _day("closed_on", null=True),
        _among("group_seat", "function", FUNCTIONS),
        sa.ForeignKeyConstraint(
            ["group_id"], ["standing_group.id"], name=op.f("fk_group_seat_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "number", name=op.f("pk_group_seat")),
    )


def _body() -> None:
    op.create_table(
        "seat_body",
        _uid("group_id"),
        _whole("seat"),
        _whole("place"),
        _uid("principal_id"),
        _text("principal"),
        _text("name"),
        _text("email"),
        _of_seat("seat_body"),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_seat_body_principal_id")),
        sa.PrimaryKeyConstraint("group_id", "seat", "place", name=op.f("pk_seat_body")),
    )
    op.create_index(op.f("ix_seat_body_principal_id"), "seat_body", ["principal_id"])
    op.create_index("ix_seat_body_email", "seat_body", [sa.text("lower(email)")])


def _term() -> None:
    op.create_table(
        "seat_term",
        _uid("group_id"),
        _whole("seat"),
        _whole("number"),
        _uid("principal_id"),
        _text("principal"),
        _text("decided_by"),
        _uid("representative_id"),
        _day("representative_consent_on", null=True),
        _text("representative_consent_how", null=True),
        _day("first"),
        _day("last", null=True),
        _moment("appointed_at"),
        _uid("substitute_id", null=True),
        _day("substitute_consent_on", null=True),
        _text("substitute_consent_how", null=True),
        _day("decided_on", null=True),
        _text("registration_number", null=True),
        _text("ended", null=True),
        _among("seat_term", "representative_consent_how", WAYS),
        _among("seat_term", "substitute_consent_how", WAYS),
        _among("seat_term", "ended", ENDS),
        _of_seat("seat_term"),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_seat_term_principal_id")),
        sa.PrimaryKeyConstraint("group_id", "seat", "number", name=op.f("pk_seat_term")),
    )
    for column in ("principal_id", "representative_id", "substitute_id"):
        op.create_index(op.f(f"ix_seat_term_{column}"), "seat_term", [column])


def _sitter() -> None:
    op.create_table(
        "sitter",
        _uid("id"),
        _uid("group_id"),
        _text("name", null=True),
        _text("function"),
        _text("email", null=True),
        _text("phone", null=True),
        _moment("gone_at", null=True),
        sa.CheckConstraint("gone_at is null or num_nonnulls(name, email, phone) = 0", name=op.f("ck_sitter_gone")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["standing_group.id"], name=op.f("fk_sitter_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitter")),
    )
    op.create_index(op.f("ix_sitter_group_id"), "sitter", ["group_id"])
    op.create_index("ix_sitter_named", "sitter", ["id"], postgresql_where=sa.text("gone_at is null"))


def _among(table: str, name: str, words: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{name} in ({listed})", name=op.f(f"ck_{table}_{name}"))


def _uid(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.UUID(), nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=null)


def _whole(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _day(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _of_seat(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["group_id", "seat"], ["group_seat.group_id", "group_seat.number"],
        name=op.f(f"fk_{table}_group_id_seat"), ondelete="CASCADE",
    )  # fmt: skip
