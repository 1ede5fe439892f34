"""An ordinary Friday in a county, over the copies of one meeting: what comes is spread over units and weeks, three of
four parties have answered, and of every tenth unit the directory lacks a manager.

What stands beside a meeting for lists is written as the service writes it: of the value, by the rules.
"""

from collections.abc import Iterator
from uuid import UUID

import asyncpg

from benchmarks import county
from sip.store.aggregates import beside, meetings
from sip.store.db import Database
from sip.usecases.actor import ENGINE

_BATCH = 250

# From Monday on, 15 minutes and a day apart, over six weeks; parties of the k-th meeting are the k-th copies.
_SPREAD = """
    update meeting m set starts_at = h.at, ends_at = h.at + interval '1 hour',
        convener_unit_id = md5('{care}' || h.n % {units} + 1)::uuid
    from (select id, n, timestamptz '{now}' + interval '3 days'
            + (n % 6 * 7 + n / 6 % 5) * interval '1 day' + n / 30 % 32 * interval '15 minutes' as at
        from (select id, row_number() over (order by id) as n from meeting where state = 'called') x) h
    where m.id = h.id;
    update party p set unit_id = md5(p.unit_id::text || h.n % {units} + 1)::uuid
    from (select id, row_number() over (order by id) as n from meeting where state = 'called') h
    where h.id = p.meeting_id;
"""
# By the party's own hash: 75 of 100 come (most by name), 5 regret, 4 ask for another time, 16 say nothing.
_ANSWERED = """
    with asked as (select r.meeting_id, r.party,
            ('x' || left(md5(r.meeting_id::text || r.party), 6))::bit(24)::int % 100 as chance
        from party_round r join meeting m on m.id = r.meeting_id
        join party p on p.meeting_id = r.meeting_id and p.ordinal = r.party
        where m.state = 'called' and p.obligation <> 'convening')
    update party_round r set answer_kind = case when chance < 75 then 'attends' when chance < 80 then 'regrets'
            else 'proposes' end, answer_at = timestamptz '{now}' - interval '2 days', answer_decided = false,
        answer_since = timestamptz '{now}' - interval '2 days', answer_channel = 'mail', answer_recorded_by = 'x',
        answer_regret_reason = case when chance between 75 and 79 then 'other' end,
        answer_proposed_start = case when chance >= 80 then timestamptz '{now}' + interval '60 days' end,
        answer_proposed_end = case when chance >= 80 then timestamptz '{now}' + interval '60 days 1 hour' end
    from asked a where a.meeting_id = r.meeting_id and a.party = r.party and chance < 84;
    insert into attendee (meeting_id, party, ordinal, name, role, state, round)
    select r.meeting_id, r.party, 1, 'Eva Lund', 'named', 'named', r.number
    from party_round r join meeting m on m.id = r.meeting_id
    where m.state = 'called' and r.answer_kind = 'attends' and left(md5(r.party || r.meeting_id::text), 1) < 'd';
"""
_STAFF = """
    insert into unit_address (unit_id, ordinal, email) select u.id, 0, 'e' || u.n || '@al.example'
    from (select id, row_number() over (order by id) as n from unit) u
    where not exists (select 1 from unit_address a where a.unit_id = u.id);
    insert into person (id, organisation_id, name, email) select md5('chef' || u.id)::uuid, u.organisation_id,
        'Chef ' || u.n, 'chef' || u.n || '@al.example'
        from (select *, row_number() over (order by id) as n from unit) u;
    insert into role (id, person_id, role, unit_id) select md5('r' || u.id)::uuid, md5('chef' || u.id)::uuid,
        'unit_manager', u.id from (select *, row_number() over (order by id) as n from unit) u where n % 10 > 0;
    insert into role (id, person_id, role, organisation_id) select md5(k || o.id::text)::uuid, x.id, k, o.id
    from organisation o cross join unnest(array['head_of_operations', 'coordinator']) k cross join lateral (
        select id from person where organisation_id = o.id order by id limit 1) x;
"""


async def make(app: Database, owner: asyncpg.Connection, units: int) -> None:
    """Of what `benchmarks.decade` has built, with `units` copies of each unit."""
    for sql in (_SPREAD, _ANSWERED, _STAFF):
        await owner.execute(sql.format(care=county.CARE, units=units, now=county.REMINDER_AT.isoformat()))
    ids = [row[0] for row in await owner.fetch("select id from meeting where state = 'called' order by id")]
    for batch in _batches(ids):
        await _write_beside(app, owner, batch)
    await owner.execute("vacuum analyze")


def _batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    for first in range(0, len(ids), _BATCH):
        yield ids[first : first + _BATCH]


async def _write_beside(app: Database, owner: asyncpg.Connection, ids: list[UUID]) -> None:
    async with app.transaction(ENGINE) as conn:
        found = {key: beside.of(one.state) for key, one in (await meetings.load_many(conn, ids)).items()}
    await owner.executemany(
        "update meeting set hand_from = $2, too_late_at = $3, called_places = $4 where id = $1",
        [(key, *one.meeting) for key, one in found.items()],
    )
    await owner.executemany(
        "update party set hand_from = $3, too_late_at = $4, ahead_at = $5, meets_at = $6, protected = $7"
        " where meeting_id = $1 and ordinal = $2",
        [(key, ordinal, *moments) for key, one in found.items() for ordinal, moments in one.parties.items()],
    )
