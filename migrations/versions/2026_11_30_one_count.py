"""one count of what is closed: the disposal keeps none of its own, and of protected matters there is a total

A name gives way only in a batch that the journal tells of, in the row whose leaf the tombstone names.

Revision: 2026_11_30_one_count, after 2026_11_29_counts
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_one_count"
down_revision: str | None = "2026_11_29_counts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GIVE_WAY = """
    create or replace function row_gives_way(batch uuid, wanted uuid, place integer, who text, called text, said jsonb,
        noted jsonb, told jsonb) returns void language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        if not exists (select from journal where aggregate = batch and seq = 1) then
            raise exception 'no record of this batch';
        end if;
        update journal j set actor_id = who, actor_name = called, data = said, notes = noted, detail = told
            from tombstone t join seal_leaf l on l.aggregate = t.aggregate and l.number = t.row and l.hash = t.leaf
            where t.disposal_id = batch and t.after is not null and t.aggregate = wanted and t.row = place
            and j.aggregate = wanted and j.seq = place;
        if not found then
            raise exception 'no tombstone for this row';
        end if;
    end $$
"""


def upgrade() -> None:
    op.execute(_GIVE_WAY)
    op.drop_table("statistic_fact")
    op.create_table(
        "counted_protected",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_counted_protected")),
    )
    # Those that were over before are counted by the worker's house-keeping.
    op.execute(
        "insert into uncounted (id, kind) select id, 'meeting' from meeting"
        " where state in ('closed', 'cancelled') and called_at is not null and protected"
        " on conflict do nothing"
    )


def downgrade() -> None:
    """The function keeps the stricter wall: the older program asks for nothing that it refuses."""
    op.drop_table("counted_protected")
    op.create_table(
        "statistic_fact",
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_statistic_fact_unit_id")),
        sa.UniqueConstraint(
            "unit_id",
            "month",
            "what",
            "word",
            name=op.f("uq_statistic_fact_unit_id_month_what_word"),
            postgresql_nulls_not_distinct=True,
        ),
    )
