"""a report may be of no meeting: it is a matter of its own, with a reference, and is kept and disposed of as one

Who reads and writes: a report and its mails as before (the one writer; both units read). `report_draft` is its
writer's own, as a sketch of a meeting is.

Revision: 2026_11_30_reports_alone, after 2026_11_30_counted_areas
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_30_reports_alone"
down_revision: str | None = "2026_11_30_counted_areas"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIME = sa.DateTime(timezone=True)
_OF_MEETING = (
    "meeting_id", "party", "facts_meeting_id", "facts_reference", "facts_starts_at", "facts_ends_at", "facts_form",
    "facts_place_kind", "facts_purpose", "facts_convener_unit", "facts_convener_person", "facts_convener_phone",
    "facts_convener_email", "facts_sequence", "facts_revision", "facts_other_units", "facts_protected",
)  # fmt: skip
_WITHIN = "between (kind not in ('seal', 'renewal'))::integer and (kind <> 'seal')::integer"
_BELONGS = {
    "outbox": (
        f"num_nonnulls(coalesce(meeting_id, deviation_id), unit_id, user_id) {_WITHIN}",
        f"num_nonnulls(meeting_id, unit_id, user_id) {_WITHIN}",
    ),
    "link_token": (
        "num_nonnulls(coalesce(meeting_id, deviation_id), check_id, user_id) = 1",
        "num_nonnulls(meeting_id, check_id, user_id) = 1",
    ),
}
_ALONE = {
    "goes_on": "or exists (select from deviation d where d.case_id = any(wanted) and report_goes_on(d.id))",
    "held": "or exists (select from deviation d where d.case_id = any(wanted)"
    " and h.organisation_id in (d.reporting_organisation_id, d.receiving_organisation_id))",
    "told": "array(select d.id from deviation d where d.case_id = any(wanted))",
}
_NONE_ALONE = {"goes_on": "", "held": "", "told": "'{}'"}
_FORGET_MATTERS = """
    create or replace function forget_matters(wanted uuid[], today date) returns jsonb language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
        met uuid[]; told uuid[]; letters bigint[]; n integer; counts jsonb := '{{}}';
    begin
        if exists (select from case_ c where c.id = any(wanted) and c.legal_hold)
            or exists (select from meeting m where m.case_id = any(wanted) and m.state = 'called')
            or exists (select from meeting m join deviation d on d.meeting_id = m.id
                where m.case_id = any(wanted) and report_goes_on(d.id))
            {goes_on}
            or exists (select from legal_hold h where h.first_day <= today
                and (h.last_day is null or h.last_day >= today)
                and (h.case_id = any(wanted)
                    or exists (select from meeting m where m.id = h.meeting_id and m.case_id = any(wanted))
                    or (h.case_id is null and h.meeting_id is null and (
                        exists (select from case_ c join unit u on u.id = c.unit_id
                            where c.id = any(wanted) and u.organisation_id = h.organisation_id)
                        or exists (select from meeting m join party p on p.meeting_id = m.id
                            where m.case_id = any(wanted) and p.organisation_id = h.organisation_id)
                        {held}))))
        then
            raise exception 'a matter is on hold, or goes on';
        end if;
        met := array(select m.id from meeting m where m.case_id = any(wanted));
        told := {told};
        letters := array(select distinct o.mail_id from outbox o where o.mail_id is not null
            and (o.meeting_id = any(met) or (o.meeting_id is null and o.deviation_id = any(told)))
            and not exists (select from outbox x where x.mail_id = o.mail_id
                and coalesce(x.meeting_id = any(met), x.deviation_id = any(told), false) is false));
        delete from inbound where meeting_id = any(met);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('received', n);
        delete from link_token where meeting_id = any(met) or (meeting_id is null and deviation_id = any(told));
        get diagnostics n = row_count; counts := counts || jsonb_build_object('links', n);
        delete from deviation where meeting_id = any(met) or id = any(told);
        get diagnostics n = row_count; counts := counts || jsonb_build_object('reports', n);
        delete from outbox where meeting_id = any(met) or (meeting_id is null and deviation_id = any(told));
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
# Mails of a report stay with it, as those of a meeting do.
_FORGET_NOTICES = """
    create or replace function forget_notices(before timestamptz, wanted integer) returns integer language plpgsql
    security definer
    set search_path = public, pg_temp as $$
    declare gone bigint[]; letters bigint[];
    begin
        gone := array(select o.id from outbox o where o.meeting_id is null and o.check_id is null
            and o.deviation_id is null
            and o.settled_at < before and o.state in ('sent', 'failed', 'dropped') order by o.id limit wanted);
        letters := array(select distinct o.mail_id from outbox o where o.id = any(gone) and o.mail_id is not null
            and not exists (select from outbox x where x.mail_id = o.mail_id and x.id <> all(gone)));
        delete from outbox where id = any(gone);
        delete from mail where id = any(letters);
        return coalesce(cardinality(gone), 0);
    end $$
"""


def upgrade() -> None:
    for column in _OF_MEETING:
        op.alter_column("deviation", column, nullable=True)
    op.alter_column("counted_report", "meeting_id", nullable=True)
    op.add_column("deviation", sa.Column("case_id", sa.UUID(), nullable=True))
    op.add_column("deviation", sa.Column("own_reference", sa.Text(), nullable=True))
    op.add_column("deviation", sa.Column("happened_on", sa.Date(), nullable=True))
    op.add_column("deviation", sa.Column("severity", sa.Integer(), nullable=True))
    op.add_column("deviation", sa.Column("likelihood", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_deviation_case_id"), "deviation", "case_", ["case_id"], ["id"])
    op.create_index(op.f("ix_deviation_case_id"), "deviation", ["case_id"])
    op.create_check_constraint(op.f("ck_deviation_belongs"), "deviation", "num_nonnulls(meeting_id, case_id) = 1")
    risk = "severity between 1 and 4 and likelihood between 1 and 4"
    op.create_check_constraint(op.f("ck_deviation_risk"), "deviation", risk)
    for table, (new, _) in _BELONGS.items():
        op.drop_constraint(op.f(f"ck_{table}_belongs"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_belongs"), table, new)
        op.create_index(
            f"ix_{table}_deviation_id", table, ["deviation_id"], postgresql_where=sa.text("deviation_id is not null")
        )
    op.create_table(
        "report_draft",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("recorded_at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_report_draft_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_draft")),
    )
    op.create_index(op.f("ix_report_draft_user_id"), "report_draft", ["user_id"])
    op.execute(_FORGET_MATTERS.format_map(_ALONE))
    op.execute(_FORGET_NOTICES)


def downgrade() -> None:
    """The version before knows reports of meetings alone. The functions keep the stricter wall."""
    op.execute(_FORGET_MATTERS.format_map(_NONE_ALONE))
    op.execute("delete from link_token where meeting_id is null and deviation_id is not null")
    op.execute("delete from outbox where meeting_id is null and deviation_id is not null")
    op.execute("delete from counted_report where meeting_id is null")
    op.execute("delete from deviation where meeting_id is null")
    op.drop_table("report_draft")
    for table, (_, old) in _BELONGS.items():
        op.drop_index(f"ix_{table}_deviation_id", table)
        op.drop_constraint(op.f(f"ck_{table}_belongs"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_belongs"), table, old)
    op.drop_constraint(op.f("ck_deviation_risk"), "deviation", type_="check")
    op.drop_constraint(op.f("ck_deviation_belongs"), "deviation", type_="check")
    for column in ("case_id", "own_reference", "happened_on", "severity", "likelihood"):
        op.drop_column("deviation", column)
    op.alter_column("counted_report", "meeting_id", nullable=False)
    for column in _OF_MEETING:
        op.alter_column("deviation", column, nullable=False)
