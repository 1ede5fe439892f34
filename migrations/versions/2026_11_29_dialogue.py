"""a report is talked about, acted upon, forwarded, merged and closed with a reason

Revision: 2026_11_29_dialogue, after 2026_11_29_called_places
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_dialogue"
down_revision: str | None = "2026_11_29_called_places"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE = ("hearing", "received", "disputed", "answered", "closed", "withdrawn")
NOW = (
    "hearing", "received", "in_dialogue", "disputed", "answered", "followed_up", "forwarded", "closed", "merged",
    "withdrawn",
)  # fmt: skip
CHANNELS = ("mail", "page", "phone", "in_person", "other_system", "sdk", "letter")


def upgrade() -> None:
    op.add_column("deviation", sa.Column("also", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.alter_column("deviation", "also", server_default=None)
    op.add_column("deviation", sa.Column("closed_because", sa.Text(), nullable=True))
    op.add_column("deviation", _moment("forwarded_at", nullable=True))
    op.add_column("deviation", sa.Column("forwarded_because", sa.Text(), nullable=True))
    op.add_column("deviation", sa.Column("merged_into", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_deviation_merged_into"), "deviation", "deviation", ["merged_into"], ["id"], ondelete="SET NULL"
    )
    op.add_column("deviation", sa.Column("good_example", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("deviation", "good_example", server_default=None)
    op.drop_constraint(op.f("uq_deviation_meeting_id_party"), "deviation")
    op.create_unique_constraint(
        op.f("uq_deviation_meeting_id_party_reporting_unit_id_good_example"),
        "deviation",
        ["meeting_id", "party", "reporting_unit_id", "good_example"],
    )
    _allow(NOW)
    op.create_table(
        "deviation_word",
        _number(),
        *_key("deviation_word"),
        _side("deviation_word"),
        _moment("at"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.CheckConstraint(f"channel in ({_listed(CHANNELS)})", name=op.f("ck_deviation_word_channel")),
    )
    op.create_table(
        "deviation_measure",
        _number(),
        *_key("deviation_measure"),
        _side("deviation_measure"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _moment("taken_at"),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        _moment("followed_at", nullable=True),
        sa.Column("done", sa.Boolean(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("deviation_measure")
    op.drop_table("deviation_word")
    op.execute("delete from deviation where good_example")  # the version before knows reports alone
    op.execute("update deviation set state = 'received' where state in ('in_dialogue', 'forwarded')")
    op.execute("update deviation set state = 'answered' where state = 'followed_up'")
    op.execute("update deviation set state = 'closed' where state = 'merged'")
    _allow(BEFORE)
    # One for a meeting and party: those beside it could not have been written before.
    op.execute(
        "delete from deviation d using deviation o where o.meeting_id = d.meeting_id and o.party = d.party"
        " and (d.raised_at, d.id) > (o.raised_at, o.id)"
    )
    op.drop_constraint(op.f("uq_deviation_meeting_id_party_reporting_unit_id_good_example"), "deviation")
    op.create_unique_constraint(op.f("uq_deviation_meeting_id_party"), "deviation", ["meeting_id", "party"])
    op.drop_column("deviation", "good_example")
    op.drop_constraint(op.f("fk_deviation_merged_into"), "deviation")
    for column in ("merged_into", "forwarded_because", "forwarded_at", "closed_because", "also"):
        op.drop_column("deviation", column)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _allow(states: Sequence[str]) -> None:
    op.drop_constraint(op.f("ck_deviation_state"), "deviation")
    op.create_check_constraint(op.f("ck_deviation_state"), "deviation", f"state in ({_listed(states)})")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number() -> sa.Column[object]:
    return sa.Column("number", sa.Integer(), nullable=False)


def _key(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("deviation_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deviation_id"], ["deviation.id"], name=op.f(f"fk_{table}_deviation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("deviation_id", "number", name=op.f(f"pk_{table}")),
    )


def _side(table: str) -> sa.Column[object]:
    return sa.Column(
        "side", sa.Text(), sa.CheckConstraint("side in ('reporting', 'receiving')", name=op.f(f"ck_{table}_side")),
        nullable=False,
    )  # fmt: skip
