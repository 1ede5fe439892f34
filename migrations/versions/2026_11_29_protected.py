"""meetings of protected cases, and the users they are for

Revision: 2026_11_29_protected, after 2026_11_29_disposal
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_protected"
down_revision: str | None = "2026_11_29_disposal"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_FLAGS = (("meeting", "protected"), ("party", "protected"), ("deviation", "facts_protected"))


def upgrade() -> None:
    for table, column in _FLAGS:
        op.add_column(table, sa.Column(column, sa.Boolean(), server_default="false", nullable=False))
    # No such meeting has been called, but drafts there may be: who heads the unit sees them, and names who else may.
    op.execute("update meeting m set protected = true from case_ c where c.id = m.case_id and c.protected")
    op.execute("update party p set protected = true from meeting m where m.id = p.meeting_id and m.protected")
    op.create_unique_constraint("uq_case__protected", "case_", ["id", "protected"])
    op.create_foreign_key(
        "fk_meeting_case_protected", "meeting", "case_", ["case_id", "protected"], ["id", "protected"]
    )
    op.create_index("ix_meeting_protected", "meeting", ["starts_at"], postgresql_where=sa.text("protected"))
    op.create_table(
        "named_user",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party"], ["party.meeting_id", "party.ordinal"], name=op.f("fk_named_user_meeting_id_party"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_named_user_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", name=op.f("pk_named_user")),
    )  # fmt: skip
    op.create_index("ix_named_user_user_id", "named_user", ["user_id"])


def downgrade() -> None:
    """Raises where a protected meeting has been called: the version before would show it to its whole scope."""
    called = sa.text("select exists (select from meeting where protected and called_at is not null)")
    if op.get_bind().scalar(called):
        raise RuntimeError("A protected meeting has been called, and the version before does not protect it: stay.")
    op.drop_table("named_user")
    op.drop_index("ix_meeting_protected", "meeting")
    op.drop_constraint("fk_meeting_case_protected", "meeting", type_="foreignkey")
    op.drop_constraint("uq_case__protected", "case_", type_="unique")
    for table, column in reversed(_FLAGS):
        op.drop_column(table, column)
