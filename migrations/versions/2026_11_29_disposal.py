"""matters are disposed of by their organisation's decision: policies, holds, records, tombstones; names give way

Who reads and writes: whoever administers an organisation writes its policies and holds; the use case of disposal adds
records and tombstones, and calls the functions below, as the worker does. Nothing else deletes a called meeting or
touches a row of the journal: the application's role cannot.

Revision: 2026_11_29_disposal, after 2026_11_29_keys
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_29_disposal"
down_revision: str | None = "2026_11_29_keys"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The last wall: what is on hold, or goes on, is not taken, whatever the statement before it said.
_FORGET_MATTERS = """
    create function forget_matters(wanted uuid[], today date) returns jsonb language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
        met uuid[]; letters bigint[]; n integer; counts jsonb := '{}';
    begin
        if exists (select from case_ c where c.id = any(wanted) and c.legal_hold)
            or exists (select from meeting m where m.case_id = any(wanted) and m.state = 'called')
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
# A row goes only where its tombstone stands, which says what its leaf says, in a batch that the journal tells of.
_FORGET_ROWS = """
    create function forget_rows(batch uuid) returns integer language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare gone integer; n integer;
    begin
        if not exists (select from journal where aggregate = batch and seq = 1) then
            raise exception 'no record of this batch';
        end if;
        delete from journal j using tombstone t join seal_leaf l on l.aggregate = t.aggregate and l.number = t.row
            and l.hash = t.leaf
            where t.disposal_id = batch and t.after is null and j.aggregate = t.aggregate and j.seq = t.row;
        get diagnostics gone = row_count;
        delete from access_log a using tombstone t join seal_leaf l on l.aggregate is null and l.number = t.row
            and l.hash = t.leaf
            where t.disposal_id = batch and t.aggregate is null and t.after is null and a.id = t.row;
        get diagnostics n = row_count;
        return gone + n;
    end $$
"""
_GIVE_WAY = """
    create function row_gives_way(batch uuid, wanted uuid, place integer, who text, called text, said jsonb,
        noted jsonb, told jsonb) returns void language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        update journal j set actor_id = who, actor_name = called, data = said, notes = noted, detail = told
            from tombstone t join seal_leaf l on l.aggregate = t.aggregate and l.number = t.row
            where t.disposal_id = batch and t.after is not null and t.aggregate = wanted and t.row = place
            and j.aggregate = wanted and j.seq = place;
        if not found then
            raise exception 'no tombstone for this row';
        end if;
    end $$
"""
# Mails that belong to no meeting and told of some, and mails that nothing in the outbox tells of any more.
_FORGET_NOTICES = """
    create function forget_notices(before timestamptz, wanted integer) returns integer language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare gone bigint[]; letters bigint[];
    begin
        gone := array(select o.id from outbox o where o.meeting_id is null and o.check_id is null
            and o.settled_at < before and o.state in ('sent', 'failed', 'dropped') order by o.id limit wanted);
        letters := array(select distinct o.mail_id from outbox o where o.id = any(gone) and o.mail_id is not null
            and not exists (select from outbox x where x.mail_id = o.mail_id and x.id <> all(gone)));
        delete from outbox where id = any(gone);
        delete from mail where id = any(letters);
        return coalesce(cardinality(gone), 0);
    end $$
"""


def _actor() -> list[sa.Column[object]]:
    return [
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("actor_unit_id", sa.UUID(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=True),
    ]


def _times() -> list[sa.Column[object]]:
    return [
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "disposal_policy",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("matter_years", sa.Integer(), nullable=False),
        sa.Column("log_years", sa.Integer(), nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        *_actor(),
        *_times(),
        sa.CheckConstraint("matter_years between 2 and 30", name=op.f("ck_disposal_policy_matter_years")),
        sa.CheckConstraint(
            "log_years between 5 and 30 and log_years >= matter_years", name=op.f("ck_disposal_policy_log_years")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_disposal_policy_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_disposal_policy")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=True),
        sa.Column("meeting_id", sa.UUID(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        *_actor(),
        *_times(),
        sa.CheckConstraint("num_nonnulls(case_id, meeting_id) <= 1", name=op.f("ck_legal_hold_what")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_legal_hold_days")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_legal_hold_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    for column in ("organisation_id", "case_id", "meeting_id"):
        op.create_index(f"ix_legal_hold_{column}", "legal_hold", [column])
    _records()
    op.create_index(
        "ix_meeting_names", "meeting", ["ends_at", "id"], postgresql_where=sa.text("names_seq < journal_seq")
    )
    for function in (_FORGET_MATTERS, _FORGET_ROWS, _GIVE_WAY, _FORGET_NOTICES):
        op.execute(function)


def _records() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("policy", sa.Integer(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("tombstones", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        *_actor(),
        *_times(),
        sa.CheckConstraint("kind in ('disposed', 'gave_way')", name=op.f("ck_disposal_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    op.create_index("ix_disposal_organisation_id", "disposal", ["organisation_id"])
    op.create_table(
        "disposed_matter",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("disposal_id", sa.UUID(), nullable=True),
        sa.Column("aggregates", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("cases", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("received", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("organisations", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("called", postgresql.ARRAY(sa.Text()), nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposed_matter")),
    )
    op.create_index("ix_disposed_matter_organisation_id", "disposed_matter", ["organisation_id"])
    op.create_table(
        "tombstone",
        sa.Column("disposal_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("aggregate", sa.UUID(), nullable=True),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["disposal_id"], ["disposal.id"], name=op.f("fk_tombstone_disposal_id")),
        sa.PrimaryKeyConstraint("disposal_id", "number", name=op.f("pk_tombstone")),
    )
    there = sa.text("aggregate is not null")
    op.create_index("ix_tombstone_journal", "tombstone", ["aggregate", "row"], postgresql_where=there)
    op.create_index("ix_tombstone_access", "tombstone", ["row"], postgresql_where=sa.text("aggregate is null"))
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
    op.add_column("meeting", sa.Column("names_seq", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for function in (
        "forget_matters(uuid[], date)",
        "forget_rows(uuid)",
        "row_gives_way(uuid, uuid, integer, text, text, jsonb, jsonb, jsonb)",
        "forget_notices(timestamptz, integer)",
    ):
        op.execute(f"drop function {function}")
    op.drop_index("ix_meeting_names", "meeting")
    op.drop_column("meeting", "names_seq")
    for table in ("statistic_fact", "tombstone", "disposed_matter", "disposal", "legal_hold", "disposal_policy"):
        op.drop_table(table)
