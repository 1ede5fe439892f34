"""uncertain answers, forwarded copies, and what is known of a received mail

Revision: 2026_11_25_claims, after 2026_11_22_first
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_25_claims"
down_revision: str | None = "2026_11_22_first"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_LISTED = "outcome in ({}) and handled_at is null"


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("invitation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("stamp_sequence", sa.Integer(), nullable=False),
        sa.Column("stamp_said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamp_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamp_digest", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("attendee", sa.Integer(), nullable=True),
        sa.Column("proposed_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "answer in ('attends', 'tentative', 'regrets', 'proposes', 'unknown_identity', 'contests', 'redirects',"
            " 'not_ours', 'informs', 'represented')",
            name=op.f("ck_claim_answer"),
        ),
        sa.CheckConstraint("kind in ('unconfirmed', 'party_crasher', 'delegate')", name=op.f("ck_claim_kind")),
        sa.CheckConstraint("state in ('waiting', 'confirmed', 'refused', 'lapsed')", name=op.f("ck_claim_state")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party"],
            ["party.meeting_id", "party.ordinal"],
            name=op.f("fk_claim_meeting_id_party"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "ordinal", name=op.f("pk_claim")),
    )
    op.create_index(
        "ix_claim_waiting", "claim", ["meeting_id"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.add_column("invitation", sa.Column("copy_of", sa.Integer(), nullable=True))
    op.add_column("invitation", sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("away_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("away_until", sa.Date(), nullable=True))
    op.add_column(
        "rule_set", sa.Column("approve_colleagues", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("inbound", sa.Column("claim", sa.Integer(), nullable=True))
    op.add_column("inbound", sa.Column("answered_by", sa.Text(), nullable=True))
    op.add_column("inbound", sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    _outcomes("'applied', 'unchanged', 'refused', 'quarantine', 'ignored', 'unconfirmed'")
    _listed("'refused', 'quarantine', 'unconfirmed'")


def downgrade() -> None:
    op.execute("update inbound set outcome = 'refused' where outcome = 'unconfirmed'")
    _listed("'refused', 'quarantine'")
    _outcomes("'applied', 'unchanged', 'refused', 'quarantine', 'ignored'")
    for table, columns in (
        ("inbound", ("flags", "answered_by", "claim")),
        ("rule_set", ("approve_colleagues",)),
        ("invitation", ("away_until", "away_at", "refreshed_at", "copy_of")),
    ):
        for column in columns:
            op.drop_column(table, column)
    op.drop_table("claim")


def _outcomes(words: str) -> None:
    op.drop_constraint(op.f("ck_inbound_outcome"), "inbound", type_="check")
    op.create_check_constraint(op.f("ck_inbound_outcome"), "inbound", f"outcome in ({words})")


def _listed(words: str) -> None:
    op.drop_index("ix_inbound_not_applied", table_name="inbound")
    op.create_index(
        "ix_inbound_not_applied",
        "inbound",
        ["id"],
        unique=False,
        postgresql_where=sa.text(_LISTED.format(words)),
    )
