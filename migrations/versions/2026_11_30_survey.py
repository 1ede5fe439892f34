"""what was said after meetings, as sums of a quarter and an area; an agreement may ask

Revision: 2026_11_30_survey, after 2026_11_30_replays
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_survey"
down_revision: str | None = "2026_11_30_replays"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_QUESTIONS = ("purpose", "people", "agreed", "heard")


def upgrade() -> None:
    op.add_column("rule_set", sa.Column("survey", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("party", sa.Column("survey_asked", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "survey_sum",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        *(sa.Column(question, sa.Integer(), nullable=False) for question in _QUESTIONS),
        sa.CheckConstraint(
            "extract(day from quarter) = 1 and extract(month from quarter)::int % 3 = 1",
            name=op.f("ck_survey_sum_quarter"),
        ),
        sa.CheckConstraint("voice in ('staff', 'person')", name=op.f("ck_survey_sum_voice")),
        sa.CheckConstraint(
            " and ".join(f"{question} between 0 and answers" for question in _QUESTIONS),
            name=op.f("ck_survey_sum_parts"),
        ),
        sa.PrimaryKeyConstraint("quarter", "voice", "area", name=op.f("pk_survey_sum")),
    )


def downgrade() -> None:
    op.drop_table("survey_sum")
    op.drop_column("party", "survey_asked")
    op.drop_column("rule_set", "survey")
