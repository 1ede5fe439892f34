"""an authority notes under which number it has registered a report, and when it received it

Who reads and writes: whoever speaks for a unit of that authority which is a side of the report; nobody of the other.

Revision: 2026_11_30_registrations, after 2026_11_30_reports_alone
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_registrations"
down_revision: str | None = "2026_11_30_reports_alone"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "report_registration",
        sa.Column("deviation_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deviation_id"], ["deviation.id"], name=op.f("fk_report_registration_deviation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_report_registration_organisation_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_registration_unit_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_report_registration_principal_id")),
        sa.PrimaryKeyConstraint("deviation_id", "organisation_id", name=op.f("pk_report_registration")),
    )


def downgrade() -> None:
    op.drop_table("report_registration")
