"""sittings of standing groups, with the seats and the people that are called to them, and the mails that call

Revision: 2026_11_30_group_sittings, after 2026_11_30_standing_groups
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_group_sittings"
down_revision: str | None = "2026_11_30_standing_groups"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FUNCTIONS = (
    "social_services_head", "ifo_manager", "disability_manager", "elderly_care_manager", "pupil_health", "rector",
    "primary_care", "psychiatry", "habilitation", "hospital_care", "politician", "user_representative", "other",
)  # fmt: skip
ROLES = ("representative", "substitute")
ANSWERS = ("yes", "substitute", "no", "tentative")
_BELONGS = "num_nonnulls(coalesce(meeting_id, deviation_id), unit_id, user_id)"
_BEFORE = "'seal', 'renewal', 'seats_asked', 'seats_lifted'"
_KINDS = "'sitting_called', 'sitting_moved', 'sitting_cancelled', 'sitting_stood_down', 'sitting_reminder'"
_OPENS = "num_nonnulls(coalesce(meeting_id, deviation_id), check_id, user_id)"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("entry_id", sa.UUID(), nullable=True))
    there = sa.text("entry_id is not null")
    op.create_index("ix_outbox_entry_id", "outbox", ["entry_id"], postgresql_where=there)
    _outbox(f"{_BEFORE}, {_KINDS}", "num_nonnulls(invitation, check_id, entry_id) = 1")
    _link("(purpose not in ('appoint', 'sitting'))::integer")
    _sitting()
    _seat()
    _invitation()


def downgrade() -> None:
    for table in ("sitting_invitation", "sitting_seat", "group_sitting"):
        op.drop_table(table)
    op.execute("delete from link_token where purpose = 'sitting'")
    op.execute("delete from outbox where kind like 'sitting_%'")
    _link("(purpose <> 'appoint')::integer")
    _outbox(_BEFORE, "num_nonnulls(invitation, check_id) = 1")
    op.drop_index("ix_outbox_entry_id", table_name="outbox")
    op.drop_column("outbox", "entry_id")


def _outbox(alone: str, calendar: str) -> None:
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    said = f"{_BELONGS} between (kind not in ({alone}))::integer and (kind <> 'seal')::integer"
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", said)
    op.drop_constraint(op.f("ck_outbox_calendar"), "outbox", type_="check")
    op.create_check_constraint(op.f("ck_outbox_calendar"), "outbox", f"method is null or {calendar}")


def _link(number: str) -> None:
    op.drop_constraint(op.f("ck_link_token_belongs"), "link_token", type_="check")
    op.create_check_constraint(op.f("ck_link_token_belongs"), "link_token", f"{_OPENS} = {number}")


def _sitting() -> None:
    op.create_table(
        "group_sitting",
        _uid("id"),
        _uid("group_id"),
        _text("group_name"),
        _text("state"),
        _moment("starts_at"),
        _moment("ends_at"),
        _text("place_text"),
        _text("place_video_url", null=True),
        _moment("called_at"),
        _moment("reminded_at", null=True),
        _moment("cancelled_at", null=True),
        _text("cancelled_because", null=True),
        _moment("not_before", null=True),
        _whole("version"),
        _moment("due_at", null=True),
        _moment("retry_at", null=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        _text("last_error", null=True),
        _whole("journal_seq"),
        sa.Column("journal_hash", sa.LargeBinary(), nullable=False),
        _among("group_sitting", "state", ("called", "cancelled")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_group_sitting_end")),
        sa.ForeignKeyConstraint(["group_id"], ["standing_group.id"], name=op.f("fk_group_sitting_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_sitting")),
    )
    op.create_index(op.f("ix_group_sitting_group_id"), "group_sitting", ["group_id"])
    due, failed = sa.text("due_at is not null"), sa.text("failures > 0")
    op.create_index("ix_group_sitting_due_at", "group_sitting", ["due_at"], postgresql_where=due)
    op.create_index("ix_group_sitting_failures", "group_sitting", ["retry_at"], postgresql_where=failed)


def _seat() -> None:
    op.create_table(
        "sitting_seat",
        _uid("sitting_id"),
        _whole("number"),
        _text("function"),
        _text("wanted"),
        _text("principal"),
        _uid("representative", null=True),
        _uid("substitute", null=True),
        _among("sitting_seat", "function", FUNCTIONS),
        _of_sitting("sitting_seat"),
        sa.PrimaryKeyConstraint("sitting_id", "number", name=op.f("pk_sitting_seat")),
    )


def _invitation() -> None:
    op.create_table(
        "sitting_invitation",
        _uid("id"),
        _uid("sitting_id"),
        _whole("seat"),
        _uid("sitter"),
        _text("role"),
        _whole("sequence"),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("asked_at"),
        _text("answer", null=True),
        _moment("answered_at", null=True),
        _text("reply_token"),
        _among("sitting_invitation", "role", ROLES),
        _among("sitting_invitation", "answer", ANSWERS),
        _of_sitting("sitting_invitation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_invitation")),
        sa.UniqueConstraint("reply_token", name=op.f("uq_sitting_invitation_reply_token")),
    )
    for column in ("sitting_id", "sitter"):
        op.create_index(op.f(f"ix_sitting_invitation_{column}"), "sitting_invitation", [column])


def _of_sitting(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["sitting_id"], ["group_sitting.id"], name=op.f(f"fk_{table}_sitting_id"), ondelete="CASCADE"
    )


def _among(table: str, name: str, words: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{name} in ({listed})", name=op.f(f"ck_{table}_{name}"))


def _uid(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.UUID(), nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=null)


def _whole(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)
