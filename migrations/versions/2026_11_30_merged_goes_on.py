"""a merged report goes on until that has ended in which it goes on: the disposal follows it there

Revision: 2026_11_30_merged_goes_on, after 2026_11_30_one_count
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_30_merged_goes_on"
down_revision: str | None = "2026_11_30_one_count"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GOES_ON = """
    create or replace function report_goes_on(wanted uuid) returns boolean language sql stable security definer
    set search_path = public, pg_temp as $$
        with recursive followed (state, merged_into) as (
            select state, merged_into from deviation where id = wanted
            union
            select d.state, d.merged_into from followed f join deviation d on d.id = f.merged_into
                where f.state = 'merged'
        )
        select exists (select from followed where state not in ('closed', 'merged', 'withdrawn'))
    $$
"""
_FORGET_MATTERS = """
    create or replace function forget_matters(wanted uuid[], today date) returns jsonb language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
        met uuid[]; letters bigint[]; n integer; counts jsonb := '{}';
    begin
        if exists (select from case_ c where c.id = any(wanted) and c.legal_hold)
            or exists (select from meeting m where m.case_id = any(wanted) and m.state = 'called')
            or exists (select from meeting m join deviation d on d.meeting_id = m.id
                where m.case_id = any(wanted) and report_goes_on(d.id))
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


def upgrade() -> None:
    op.execute(_GOES_ON)
    op.execute(_FORGET_MATTERS)


def downgrade() -> None:
    """The functions keep the stricter wall: the older program asks for nothing that it refuses."""
