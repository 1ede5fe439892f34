"""Two years of counts of a made-up county by set-based SQL: a region, twenty municipalities, three hundred units.

Four called units to a meeting, a report for each hundredth of those that answered. What looks drawn by lot is a hash of
a number, so that every run counts the same.
"""

from dataclasses import dataclass

import asyncpg

from sip.embedded.cluster import SUPERUSER
from sip.embedded.server import ServerHandle
from sip.store.migrate import upgrade

YEAR = 2026


@dataclass(frozen=True, slots=True)
class CountedPlace:
    """A database with its counts, and how many called units there are in both years."""

    database: str
    url: str
    owner_url: str
    parties: int


_UNITS = """
    insert into principal (id, name, kind) select md5('p' || k)::uuid, 'Huvudman ' || k,
        case when k = 0 then 'region' else 'municipality' end from generate_series(0, 20) k;
    insert into organisation (id, principal_id, name, kind)
    select md5('o' || k)::uuid, md5('p' || k)::uuid, 'Nämnd ' || k, case when k % 7 = 6 then 'private_provider'
        else 'board' end from generate_series(0, 20) k;
    insert into unit (id, organisation_id, name, phone, language, area)
    select md5('u' || k)::uuid, md5('o' || case when k % 3 = 0 then 0 else k % 20 + 1 end)::uuid, 'Enhet ' || k, '',
        'sv', 'Område ' || k % 4 from generate_series(0, 299) k;
    create temp table place as select row_number() over (order by u.id)::int - 1 as k, u.id as unit_id,
        o.id as organisation_id, p.id as principal_id, u.area, o.kind as organisation_kind, p.kind as principal_kind
    from unit u join organisation o on o.id = u.organisation_id join principal p on p.id = o.principal_id;
"""
_DRAWN = "(hashtextextended({}::text, {}) & 2147483647)::bigint % {}"
_MEETINGS = f"""
    insert into counted_meeting (meeting_id, month, unit_id, organisation_id, principal_id, kind, purpose, form, state,
        outcome, moves, special, over_at, area, organisation_kind, principal_kind)
    select md5('m' || n)::uuid, make_date({YEAR} - (n % 2)::int, ({_DRAWN.format("n", 1, 12)} + 1)::int, 1), unit_id,
        organisation_id, principal_id,
        (array['child', 'adult', 'discharge', 'lss', 'placement', 'other'])[{_DRAWN.format("n", 2, 6)} + 1], 'new_plan',
        (array['physical', 'video', 'phone', 'hybrid'])[{_DRAWN.format("n", 3, 4)} + 1],
        case when {_DRAWN.format("n", 4, 8)} = 0 then 'cancelled' else 'closed' end,
        case when {_DRAWN.format("n", 4, 8)} = 0 then null else 'held' end, ({_DRAWN.format("n", 5, 6)} / 5)::int,
        {_DRAWN.format("n", 6, 50)} = 0, now(), area, organisation_kind, principal_kind
    from generate_series(0, 2 * {{n}} - 1) n join place on place.k = {_DRAWN.format("n", 7, 300)};
"""
_PARTIES = f"""
    insert into counted_party (meeting_id, ordinal, month, unit_id, organisation_id, principal_id, caller_unit_id,
        caller_organisation_id, caller_principal_id, obligation, bound, reached, answered, in_time,
        acknowledged_minutes, answered_minutes, substitute_wanted, substitute_found, escalations, highest, mark,
        no_show, area, organisation_kind, principal_kind)
    select m.meeting_id, j, m.month, p.unit_id, p.organisation_id, p.principal_id, m.unit_id, m.organisation_id,
        m.principal_id, 'summoned', d % 20 > 0, true, d % 16 > 0, d % 16 > 2,
        case when d % 16 > 0 then (d % 4000)::int end, case when d % 16 > 0 then (d % 5000)::int end, d % 7 = 0,
        d % 21 = 0, case when d % 3 = 0 then '{{reminder}}'::text[] else '{{}}' end,
        case when d % 3 = 0 then 'reminder' end, 'attended', d % 20 > 0 and d % 17 = 0, p.area, p.organisation_kind,
        p.principal_kind
    from counted_meeting m, generate_series(2, 5) j,
        lateral (select {_DRAWN.format("(m.meeting_id::text || j)", 8, 1_000_000)} as d) x
        join place p on p.k = x.d % 300 where m.state = 'closed';
"""
_REPORTS = """
    insert into counted_report (deviation_id, meeting_id, month, reporting_unit_id, reporting_organisation_id,
        reporting_principal_id, unit_id, organisation_id, principal_id, automatic, good_example, categories, cause,
        state, due_at, answer_days, in_time, measures, measures_done, area, organisation_kind, principal_kind)
    select gen_random_uuid(), c.meeting_id, c.month, c.caller_unit_id, c.caller_organisation_id, c.caller_principal_id,
        c.unit_id, c.organisation_id, c.principal_id, true, c.answered_minutes % 10 = 9, '{party_absent,routines}',
        (array['double_booked', 'unplanned_absence', 'mailbox_not_watched', 'other'])[c.answered_minutes % 4 + 1],
        'closed', now(), c.answered_minutes % 70, c.answered_minutes % 70 < 60, c.answered_minutes % 3,
        c.answered_minutes % 2, c.area, c.organisation_kind, c.principal_kind
    from counted_party c where c.answered_minutes % 100 = 9;
    analyze;
"""


def migrated(handle: ServerHandle, name: str) -> None:
    """An empty database of this name, with its tables."""
    handle.ensure_database(name)
    upgrade(handle.owner_url(name))


async def build(handle: ServerHandle, name: str, n: int) -> CountedPlace:
    """Fills a migrated database with the counts of `n` meetings a year."""
    owner = await asyncpg.connect(
        host=str(handle.socket_dir), port=handle.port, user=SUPERUSER, database=name, ssl=False
    )
    for made in (_UNITS, _MEETINGS.format(n=n), _PARTIES, _REPORTS):
        await owner.execute(made)
    parties = await owner.fetchval("select count(*) from counted_party")
    await owner.close()
    return CountedPlace(name, handle.url(name), handle.owner_url(name), parties)
