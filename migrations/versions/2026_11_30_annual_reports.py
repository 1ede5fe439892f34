"""yearly reports: what the board writes, a year's frozen counts, and the editions published

Revision: 2026_11_30_annual_reports, after 2026_11_30_merged_goes_on
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_30_annual_reports"
down_revision: str | None = "2026_11_30_merged_goes_on"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _recorded() -> sa.Column[object]:
    stamped = sa.text("clock_timestamp()")
    return sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=stamped, nullable=False)


def upgrade() -> None:
    op.create_table(
        "annual_text",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _recorded(),
        sa.CheckConstraint(
            "part in ('summary', 'meetings', 'absence', 'reports', 'causes', 'measures', 'systemic', 'good', "
            "'special', 'comparison')",
            name=op.f("ck_annual_text_part"),
        ),
        sa.PrimaryKeyConstraint("year", "area", "part", name=op.f("pk_annual_text")),
    )
    op.create_table(
        "annual_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("frozen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        _recorded(),
        sa.PrimaryKeyConstraint("year", "area", name=op.f("pk_annual_year")),
    )
    op.create_table(
        "annual_edition",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        _recorded(),
        sa.CheckConstraint("edition in ('board', 'public')", name=op.f("ck_annual_edition_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_edition")),
        sa.UniqueConstraint(
            "year", "area", "edition", "version", name=op.f("uq_annual_edition_year_area_edition_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("annual_edition")
    op.drop_table("annual_year")
    op.drop_table("annual_text")
