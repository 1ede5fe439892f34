"""items on a standing group's agenda, what was decided of them, and the words they are found by

Revision: 2026_11_30_agenda, after 2026_11_30_held_mail
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_agenda"
down_revision: str | None = "2026_11_30_held_mail"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ITEM = {
    "group_kind": ("cooperation_board",),
    "purpose": ("information", "discussion", "decision"),
    "source": ("by_hand", "report", "systemic", "roundabout"),
    "state": ("waiting", "listed", "decided", "done", "dropped"),
    "signal_kind": ("cause", "pair", "category", "period"),
}


def upgrade() -> None:
    op.create_table(
        "agenda_item",
        _uid("id"),
        _uid("group_id"),
        _text("group_kind"),
        _text("group_area", null=True),
        _text("title"),
        _text("text"),
        _text("purpose"),
        _text("source"),
        _text("state"),
        _moment("put_at"),
        _text("signal_kind", null=True),
        _uid("signal_unit_id", null=True),
        sa.Column("signal_count", sa.Integer(), nullable=True),
        sa.Column("signal_before", sa.Integer(), nullable=True),
        sa.Column("signal_since", sa.Date(), nullable=True),
        _text("signal_word", null=True),
        _uid("signal_other_unit_id", null=True),
        sa.Column("reports", sa.ARRAY(sa.UUID()), nullable=False),
        sa.Column("sitting_on", sa.Date(), nullable=True),
        _moment("dropped_at", null=True),
        _text("dropped_because", null=True),
        _moment("not_before", null=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("due_at", null=True),
        _moment("retry_at", null=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        _text("last_error", null=True),
        sa.Column("journal_seq", sa.Integer(), nullable=False),
        sa.Column("journal_hash", sa.LargeBinary(), nullable=False),
        *(sa.CheckConstraint(_among(name, words), name=op.f(f"ck_agenda_item_{name}")) for name, words in ITEM.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    op.create_index("ix_agenda_item_group_id_sitting_on", "agenda_item", ["group_id", "sitting_on"])
    op.create_index("ix_agenda_item_due_at", "agenda_item", ["due_at"], postgresql_where=sa.text("due_at is not null"))
    op.create_index("ix_agenda_item_failures", "agenda_item", ["retry_at"], postgresql_where=sa.text("failures > 0"))
    op.create_table(
        "resolution",
        _uid("item_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("text"),
        _text("grounds"),
        sa.Column("decided_on", sa.Date(), nullable=False),
        _moment("decided_at"),
        _text("owner", null=True),
        _uid("unit_unit_id", null=True),
        _text("unit_unit_name", null=True),
        _uid("unit_organisation_id", null=True),
        _uid("unit_principal_id", null=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        _moment("reminded_at", null=True),
        _moment("done_at", null=True),
        _moment("told_at", null=True),
        _text("outcome", null=True),
        sa.CheckConstraint(
            "(owner is null) = (due_on is null) and (owner is null) = (unit_unit_id is null)",
            name=op.f("ck_resolution_owned"),
        ),
        _of_item("resolution"),
        sa.ForeignKeyConstraint(["unit_unit_id"], ["unit.id"], name=op.f("fk_resolution_unit_unit_id")),
        sa.ForeignKeyConstraint(
            ["unit_organisation_id"], ["organisation.id"], name=op.f("fk_resolution_unit_organisation_id")
        ),
        sa.ForeignKeyConstraint(["unit_principal_id"], ["principal.id"], name=op.f("fk_resolution_unit_principal_id")),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_resolution")),
    )
    op.create_index(op.f("ix_resolution_unit_unit_id"), "resolution", ["unit_unit_id"])
    op.create_index("ix_resolution_decided_on", "resolution", ["decided_on"])
    op.create_table(
        "agenda_word",
        _uid("item_id"),
        sa.Column("stem", sa.Text(collation="C"), nullable=False),
        _of_item("agenda_word"),
        sa.PrimaryKeyConstraint("item_id", "stem", name=op.f("pk_agenda_word")),
    )
    op.create_index("ix_agenda_word_stem", "agenda_word", ["stem"])


def downgrade() -> None:
    for table in ("agenda_word", "resolution", "agenda_item"):
        op.drop_table(table)


def _among(name: str, words: Sequence[str]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{name} in ({listed})"


def _uid(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.UUID(), nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _of_item(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["item_id"], ["agenda_item.id"], name=op.f(f"fk_{table}_item_id"), ondelete="CASCADE"
    )
