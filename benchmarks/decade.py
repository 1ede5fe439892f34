"""Meetings that have been, thousands of them, by set-based SQL: what a service that has run for long reads past.

One meeting is made and called by the service, the others are copies of it (`benchmarks.due_meetings`), spread over
five hundred units: ended, their mails sent long ago, three received mails each. A handful still live: of their mails
some wait and some were put off. Nothing vacuums by itself, so that every page counted was read for the one who counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from uuid import UUID

import asyncpg

from benchmarks import county, due_meetings
from sip.store.db import Database


@dataclass(frozen=True, slots=True)
class Decade:
    """How many meetings there are, how many of them are still to come, and over how many units those of the past go."""

    meetings: int = 10_000
    alive: int = 20
    units: int = 500
    others: int = 0
    """Units called to each meeting beside the first."""

    @property
    def step(self) -> int:
        """Minutes from one of the past to the next, so that they fill some nine years whatever their number."""
        return max(1, 4_800_000 // self.meetings)


# What is changed is changed where the copies are kept, without indexes, before they are put into the tables.
_UNITS = """
    insert into unit (id, organisation_id, name, phone, language)
    select md5(u.id::text || k)::uuid, u.organisation_id, u.name || ' ' || k, u.phone, u.language
    from unit u, generate_series(1, {units}) k
"""
_PAST = """
    update kept.meeting m set state = 'closed', due_at = null, outcome = 'held', hand_from = null, too_late_at = null,
        starts_at = m.starts_at - n_ * interval '{step} minutes' - interval '100 days',
        ends_at = m.ends_at - n_ * interval '{step} minutes' - interval '100 days',
        convener_unit_id = md5('{care}' || n_ % {units} + 1)::uuid
    where n_ > {alive};
    update kept.party p set unit_id = md5(p.unit_id::text || n_ % {units} + 1)::uuid, hand_from = null,
        too_late_at = null, ahead_at = null where n_ > {alive};
    update kept.party p set meets_at = m.starts_at, ahead_at = case when p.ahead_at is not null then m.starts_at end
        from kept.meeting m where m.n_ = p.n_;
    update kept.meeting m set called_places = c.places from (
        select p.n_, array_agg(distinct x.id order by x.id) as places from kept.party p,
        unnest(array[p.unit_id, p.organisation_id, p.principal_id]) x(id)
        where p.obligation <> 'convening' and not p.removed group by p.n_) c where c.n_ = m.n_;
"""
# The first half of what lives has mails that wait, some of them no calendar mails; the second, such as were put off.
_MAILS = """
    insert into mail (message_id, bounce_token, mail_from, rcpt, domain, sha256, data, state, attempts, retry_at,
        tried_at, composed_at, settled_at)
    select md5(key), translate(rpad(md5(key), 26, 'a'), '0189', 'wxyz'), 'b@sip.example', recipient,
        split_part(recipient, '@', 2), '', '', case when n_ > {alive} then 'sent' else 'later' end, 1,
        case when n_ <= {alive} then now() - interval '1 minute' end,
        now() - n_ * interval '1 minute' - interval '1 day', now(), case when n_ > {alive} then now() end
    from kept.outbox where n_ > {alive} / 2;
    update kept.outbox o set state = case when m.id is null then 'pending' when m.state = 'sent' then 'sent'
            else 'claimed' end,
        settled_at = m.settled_at, fed_back_at = m.settled_at, mail_id = m.id, message_id = m.message_id,
        method = case when o.n_ > {alive} / 4 then o.method end, engine = false,
        invitation = case when o.n_ > {alive} / 4 then o.invitation end
    from kept.outbox k left join mail m on m.message_id = md5(k.key) where k.key = o.key;
"""
_RECEIVED = """
    insert into inbound (recipient, sha256, mail_from, source, received_at, judged_at, outcome, meeting_id, party,
        handled_at)
    select 'sip@sip.example', sha256((h.n || '/' || k)::bytea), 'hemtjanst@al.example', 'lmtp', now(), now(),
        case when k = 1 and h.n > 200 then 'refused' else 'applied' end, h.id, 2,
        case when k = 1 and h.n > 200 then now() end
    from kept.herd h, generate_series(1, 3) k;
    insert into inbound (recipient, sha256, mail_from, source, received_at)
    select 'sip@sip.example', sha256(k::text::bytea), 'hemtjanst@al.example', 'lmtp', now() from generate_series(1, 3)
        as k;
"""
_INDEXES = """
    select indexname, indexdef from pg_indexes i where schemaname = 'public' and tablename = any($1::text[])
        and not exists (select 1 from pg_constraint c where c.conname = i.indexname)
"""


def unit(pattern: UUID, k: int) -> UUID:
    """The id of the k-th copy of this unit."""
    return UUID(hex=md5(f"{pattern}{k}".encode(), usedforsecurity=False).hexdigest())


def silently(_: str) -> None:
    """Nobody watches."""


STEPS = 6 + len(due_meetings.COPIED)
"""How often `build` says what it has done."""


async def build(app: Database, owner: asyncpg.Connection, size: Decade, told: Callable[[str], None] = silently) -> None:
    """Fills a migrated, empty database: a second or so for each ten thousand meetings. `told` hears of each step."""
    others = county.OTHERS[: size.others]
    await county.build(app, others)
    await county.call(app, county.MEETING, others)
    await due_meetings.keep(owner, size.meetings, 2 + len(others))
    told("copies of a meeting")
    for table in ("mail", "inbound", "journal", *due_meetings.COPIED):
        await owner.execute(f"alter table {table} set (autovacuum_enabled = off)")
    for what, change in (("units", _UNITS), ("years", _PAST), ("mails", _MAILS)):
        told(what)
        await owner.execute(change.format(alive=size.alive, units=size.units, step=size.step, care=county.CARE))
    indexes = await owner.fetch(_INDEXES, list(due_meetings.COPIED))
    for name, _ in indexes:  # made once of all rows, which takes a fraction of keeping them row by row
        await owner.execute(f"drop index {name}")
    for table in due_meetings.COPIED:
        await due_meetings.fill(owner, table, size.meetings)
        told(table)
    for _, sql in indexes:
        await owner.execute(sql)
    told("indexes")
    await owner.execute(_RECEIVED)
    told("received mail")
    await owner.execute("drop schema kept cascade")
    await owner.execute("vacuum analyze")
