"""an organisation, or a principal, keeps patterns for its new meetings

Revision: 2026_11_29_meeting_pattern, after 2026_11_29_barriers
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_meeting_pattern"
down_revision: str | None = "2026_11_29_barriers"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIME = sa.DateTime(timezone=True)
_KINDS = "kind in ('child', 'adult', 'discharge', 'lss', 'placement', 'other')"
_PURPOSES = "purpose in ('new_plan', 'follow_up', 'changed_needs', 'discharge', 'transition', 'pre_meeting', 'other')"


def upgrade() -> None:
    op.create_table(
        "meeting_pattern",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("purpose_text", sa.Text(), nullable=False),
        sa.Column("questions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("principal_id", sa.UUID(), nullable=True),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("recorded_at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_meeting_pattern_kind")),
        sa.CheckConstraint(_PURPOSES, name=op.f("ck_meeting_pattern_purpose")),
        sa.CheckConstraint("form in ('physical', 'phone', 'video', 'hybrid')", name=op.f("ck_meeting_pattern_form")),
        sa.CheckConstraint("num_nonnulls(organisation_id, principal_id) = 1", name=op.f("ck_meeting_pattern_whose")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_meeting_pattern_organisation_id")
        ),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_meeting_pattern_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_pattern")),
    )
    op.create_index(op.f("ix_meeting_pattern_organisation_id"), "meeting_pattern", ["organisation_id"])
    op.create_index(op.f("ix_meeting_pattern_principal_id"), "meeting_pattern", ["principal_id"])


def downgrade() -> None:
    op.drop_table("meeting_pattern")
