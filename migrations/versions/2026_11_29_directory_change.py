"""a journal of what was changed in the directory, by whom and when

Revision: 2026_11_29_directory_change, after 2026_11_29_in_hand
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_29_directory_change"
down_revision: str | None = "2026_11_29_in_hand"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "directory_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("called", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("actor_unit_id", sa.UUID(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("act in ('new', 'changed', 'archived', 'gone')", name=op.f("ck_directory_change_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_change")),
    )
    op.create_index("ix_directory_change_subject_id", "directory_change", ["subject_id", "id"], unique=False)
    op.create_index(
        "ix_directory_change_person_id",
        "directory_change",
        ["person_id", "id"],
        unique=False,
        postgresql_where=sa.text("person_id is not null"),
    )


def downgrade() -> None:
    op.drop_table("directory_change")
