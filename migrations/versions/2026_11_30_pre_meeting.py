"""a pre-meeting of professionals is a kind of meeting

Revision: 2026_11_30_pre_meeting, after 2026_11_30_folded_users
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_30_pre_meeting"
down_revision: str | None = "2026_11_30_folded_users"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE = ("child", "adult", "discharge", "lss", "placement", "other")
NOW = ("child", "adult", "discharge", "lss", "placement", "pre_meeting", "other")
TABLES = ("meeting", "meeting_pattern", "counted_meeting")


def upgrade() -> None:
    _allow(NOW)


def downgrade() -> None:
    op.execute("update meeting set kind = 'other' where kind = 'pre_meeting'")
    op.execute("update meeting_pattern set kind = 'other' where kind = 'pre_meeting'")
    op.execute("update counted_meeting set kind = 'other' where kind = 'pre_meeting'")
    # An agreement of pre-meetings alone could not be said before: it is one of other meetings then.
    op.execute(
        "update agreement set kinds = case when kinds = array['pre_meeting'] then array['other']"
        " else array_remove(kinds, 'pre_meeting') end where 'pre_meeting' = any(kinds)"
    )
    _allow(BEFORE)


def _allow(kinds: Sequence[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_kind"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, f"kind in ({listed})")
    op.drop_constraint(op.f("ck_agreement_kinds"), "agreement")
    op.create_check_constraint(op.f("ck_agreement_kinds"), "agreement", f"kinds <@ array[{listed}]")
