"""one count of what is closed: the disposal keeps none of its own, and of protected matters there is a total

The functions of the disposal look once more: no matter goes whose report goes on, and a name gives way only in a batch
that the journal tells of, in the row whose leaf the tombstone names.

Revision: 2026_11_30_one_count, after 2026_11_29_counts
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_one_count"
down_revision: str | None = "2026_11_29_counts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_FORGET_MATTERS = """
    create or replace function forget_matters(wanted uuid[], today date) returns jsonb language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
        met uuid[]; letters bigint[]; n integer; counts jsonb := '{}';
    begin
        if exists (select from case_ c where c.id = any(wanted) and c.legal_hold)
            or exists (select from meeting m where m.case_id = any(wanted) and m.state = 'called')
            or exists (select from meeting m join deviation d on d.meeting_id = m.id
                where m.case_id = any(wanted) and d.state not in ('closed', 'merged', 'withdrawn'))
            or exists (select from legal_hold h where h.first_day <= today
                and (h.last_day is null or h.last_day >= today)
                and (h.case_id = any(wanted)
                    or exists (select from meeting m where m.id = h.meeting_id and m.case_id = any(wanted))
                    or (h.case_id is null and h.meeting_id is null and (
                        exists (select from case_ c join unit u on u.id = c.unit_id
                            where c.id = any(wanted) and u.organisation_id = h.organisation_id)
                        or exists (select from meeting m join party p on p.meeting_id = m.id
                            where m.case_id = any(wanted) and p.organisation_id = h.organisation_id)))))
        then
            raise exception 'a matter is on hold, or goes on';
        end if;
        met := array(select m.id from meeting m where m.case_id = any(wanted));
        letters := array(select distinct o.mail_id from outbox o where o.meeting_id = any(met) and o.mail_id is not null
            and not exists (select from outbox x where x.mail_id = o.mail_id
                and (x.meeting_id is null or x.meeting_id <> all(met))));
        delete from inbound where meeting_id = any(met);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('received', n);
        delete from link_token where meeting_id = any(met);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('links', n);
        delete from deviation where meeting_id = any(met);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('reports', n);
        delete from outbox where meeting_id = any(met);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('mails', n);
        delete from mail where id = any(letters);
        delete from party where meeting_id = any(met);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('parties', n);
        delete from legal_hold where case_id = any(wanted) or meeting_id = any(met);
        delete from meeting where id = any(met);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('meetings', n);
        delete from case_ where id = any(wanted);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('matters', n);
        return counts;
    end $$
"""
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
    op.execute(_FORGET_MATTERS)
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
    """The functions keep the stricter wall: the older program asks for nothing that it refuses."""
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
