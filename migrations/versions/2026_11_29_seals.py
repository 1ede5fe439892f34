"""when a row was recorded is in its hash, and journal and access log are sealed day by day

Who reads and writes: every transaction that journals or records a reading writes `hashing` and `written_in` with its
row, as before. The four tables of seals are written by the sealer alone (a module of the worker, which reads every row
of both logs), and read by it and by the command line that verifies and proves. No page reads them.

Rows that are there keep hashing 1 and are of transaction 0: added with a constant, so that no row is written anew.

Revision: 2026_11_29_seals, after 2026_11_29_folded_addresses
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_seals"
down_revision: str | None = "2026_11_29_folded_addresses"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("journal", sa.Column("hashing", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("ck_journal_hashing"), "journal", "hashing in (1, 2)")
    for table in ("journal", "access_log"):
        op.add_column(table, sa.Column("written_in", sa.BigInteger(), server_default="0", nullable=False))
        op.alter_column(table, "written_in", server_default=sa.text("((pg_current_xact_id())::text)::bigint"))
        op.create_index(f"ix_{table}_written_in_recorded_at", table, ["written_in", "recorded_at"])
    op.create_table(
        "seal_leaf",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("aggregate", sa.UUID(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_seal_leaf")),
    )
    op.create_index(
        "uq_seal_leaf_journal",
        "seal_leaf",
        ["aggregate", "number"],
        unique=True,
        postgresql_where=sa.text("aggregate is not null"),
    )
    op.create_index(
        "uq_seal_leaf_access", "seal_leaf", ["number"], unique=True, postgresql_where=sa.text("aggregate is null")
    )
    op.create_table(
        "seal_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_seal_head")),
    )
    op.create_table(
        "seal_anchor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("way in ('folder', 'mail')", name=op.f("ck_seal_anchor_way")),
        sa.PrimaryKeyConstraint("day", "way", name=op.f("pk_seal_anchor")),
    )
    _belongs("(kind <> 'seal')::integer")
    op.create_table(
        "seal_mark",
        sa.Column("sole", sa.Boolean(), nullable=False),
        sa.Column("taken_in", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sole", name=op.f("ck_seal_mark_sole")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_seal_mark")),
    )


def _belongs(many: str) -> None:
    """To how many of meeting, unit and user a mail on its way out belongs."""
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    counted = f"num_nonnulls(meeting_id, unit_id, user_id) = {many}"
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", counted)


def downgrade() -> None:
    op.execute("delete from outbox where kind = 'seal'")
    _belongs("1")
    for table in ("seal_mark", "seal_anchor", "seal_head", "seal_leaf"):
        op.drop_table(table)
    for table in ("journal", "access_log"):
        op.drop_column(table, "written_in")
    op.drop_column("journal", "hashing")
