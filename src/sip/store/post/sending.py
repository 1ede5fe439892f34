"""The sender's side of the outbox: claim, bind to composed bytes with a lease, record what the relay said.

A claim takes from each domain what it has room for (`Pace`), the oldest first: no domain's backlog fills a batch.
Two workers may do all of this at once. Rows are locked outbox first, then mail. While bytes travel no lock and no
connection is held: the lease (`mail.retry_at`, machine time) is what keeps others away, and when it lapses the same
bytes are tried again, unless what they carry has become moot. What is compared with machine time is compared with
`statement_timestamp()`: `clock_timestamp()` may change from row to row, so no index is ever used for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.effects import GOES_ALONE, AnyMail, Mail, MailKind, NoticeKind
from sip.store import db
from sip.store.aggregates.event_codec import decode_mail, decode_notice
from sip.store.post.holding import FREE

# One sender at a time may gather ordinary mails, so that one address gets one mail of them.
_GATHERING = 0x51B_0002


@dataclass(frozen=True, slots=True)
class Ask:
    """A claimed row with what only the store knows of it."""

    id: int
    mail: AnyMail
    reply_token: str | None
    thread: str | None
    partstat: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Bytes to be handed to the relay; `attempt` fences a result that comes after its lease."""

    mail_id: int
    attempt: int
    message_id: str
    mail_from: str
    rcpt_to: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Bound:
    """One mail as composed, to be stored before it leaves."""

    asks: tuple[int, ...]
    message_id: str
    bounce_token: str
    mail_from: str
    rcpt_to: str
    domain: str
    data: bytes
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Pace:
    """What one recipient domain is given: tries in the air at once, and tries begun in any minute (0: no limit).

    In machine time, and of all workers together but for those that claim at the very same moment.
    """

    at_once: int
    per_minute: int


_READY = (
    "o.state = 'pending' and (o.not_before is null or o.not_before <= $3)"
    f" and (o.retry_at is null or o.retry_at <= statement_timestamp()) and {FREE}"
)
# What each domain has in the air and was tried with in the last minute, and what is left of its pace, $1 and $2.
_BUSY = """
    busy as (
        select domain, count(*) filter (where state = 'sending' and retry_at > statement_timestamp()) as flying,
            count(*) filter (where tried_at > statement_timestamp() - interval '1 minute') as tried
        from mail
        where (state = 'sending' and retry_at > statement_timestamp())
            or tried_at > statement_timestamp() - interval '1 minute'
        group by domain)
"""
_ROOM = """
    greatest(0, least($1::bigint - coalesce(busy.flying, 0),
        case when $2::bigint = 0 then $1::bigint else $2::bigint - coalesce(busy.tried, 0) end))
"""
# An older calendar mail to the same entry (an invitation, a seat's to a sitting, or a test call) that has neither left
# nor been given up goes first.
_CLAIM_CALENDAR = f"""
    with recursive {_BUSY}, waiting (domain) as (
        (select domain from outbox where state = 'pending' order by domain limit 1)
        union all
        select (select n.domain from outbox n where n.state = 'pending' and n.domain > w.domain order by 1 limit 1)
        from waiting w where w.domain is not null),
    chosen as (
        select c.id from waiting w left join busy on busy.domain = w.domain cross join lateral (
            select o.id from outbox o where o.domain = w.domain and {_READY} and o.method is not null
                and not exists (
                    select 1 from outbox e where e.meeting_id = o.meeting_id and e.invitation = o.invitation
                        and e.method is not null and e.id < o.id and e.state in ('pending', 'claimed'))
                and not exists (
                    select 1 from outbox e where e.check_id = o.check_id and e.id < o.id
                        and e.state in ('pending', 'claimed'))
                and not exists (
                    select 1 from outbox e where e.entry_id = o.entry_id and e.method is not null and e.id < o.id
                        and e.state in ('pending', 'claimed'))
            order by o.id limit {_ROOM}) c
        order by c.id limit $4)
    select o.id from outbox o where o.id in (select id from chosen) and o.state = 'pending'
    order by o.id for update of o skip locked
"""
# What the engine begins waits while anything is due: the tick is not over, more may come to the same address.
_TICKING = """
    exists (select 1 from meeting where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp()))
    or exists (select 1 from deviation where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp()))
    or exists (select 1 from standing_group
        where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp()))
    or exists (select 1 from group_sitting
        where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp()))
"""
_ADDRESSES = f"""
    with {_BUSY}
    select t.recipient from (
        select o.recipient, o.domain, min(o.id) as first,
            row_number() over (partition by o.domain order by min(o.id)) as turn
        from outbox o where {_READY} and o.method is null and not (o.engine and $5)
        group by o.recipient, o.domain) t left join busy on busy.domain = t.domain
    where t.turn <= {_ROOM} order by t.first limit $4
"""
_CLAIM_ORDINARY = f"""
    select o.id from outbox o where {_READY} and o.method is null and not (o.engine and $2)
        and o.recipient = any($1::text[])
    order by o.id for update of o skip locked
"""
_ASKS = """
    select o.id, o.payload::text, coalesce(i.reply_token, u.reply_token, c.reply_token, s.reply_token),
        case when o.entry_id is not null then (select e.message_id from outbox e where e.entry_id = o.entry_id
            and e.message_id is not null order by e.id limit 1)
        when o.check_id is not null then (select e.message_id from outbox e where e.check_id = o.check_id
            and e.message_id is not null order by e.id limit 1)
        when o.meeting_id is null then (select e.message_id from outbox e where e.deviation_id = o.deviation_id
            and e.message_id is not null order by e.id limit 1)
        else (select e.message_id from outbox e where e.meeting_id = o.meeting_id and e.message_id is not null
            and case when o.invitation is null then e.party is not distinct from o.party
                else e.invitation = o.invitation end order by e.id limit 1) end,
        o.meeting_id is null and o.deviation_id is null,
        case when a.state = 'accepted' then 'ACCEPTED' when a.state is not null then 'NEEDS-ACTION'
            when r.answer_kind = 'attends' then 'ACCEPTED' when r.answer_kind = 'tentative' then 'TENTATIVE'
            when r.answer_kind = 'regrets' or s.answer in ('no', 'substitute') then 'DECLINED'
            when s.answer = 'yes' then 'ACCEPTED' when s.answer = 'tentative' then 'TENTATIVE' else 'NEEDS-ACTION' end
    from outbox o
    left join mailbox_check c on c.id = o.check_id
    left join sitting_invitation s on s.id = o.entry_id
    left join invitation v on v.meeting_id = o.meeting_id and v.ordinal = o.invitation
    left join invitation i on i.meeting_id = o.meeting_id and i.ordinal = coalesce(v.copy_of, v.ordinal)
    left join lateral (
        select v.reply_token from invitation v where o.invitation is null and v.meeting_id = o.meeting_id
            and v.party = o.party and v.active and lower(v.email) = o.recipient order by v.ordinal desc limit 1) u on
            true left join attendee a on a.meeting_id = o.meeting_id and a.party = o.party and a.ordinal = o.attendee
            left join party p on p.meeting_id = o.meeting_id and p.ordinal = o.party left join party_round r on
            r.meeting_id = o.meeting_id and r.party = o.party and r.number = p.round where o.id = any($1::bigint[])
            order by o.id
"""


async def claim_calendar(conn: AsyncConnection, now: datetime, limit: int, pace: Pace) -> list[list[Ask]]:
    """REQUESTs and CANCELs that may leave, one to a mail, each invitation's in order."""
    raw = await db.raw(conn)
    ids = [row[0] for row in await raw.fetch(_CLAIM_CALENDAR, pace.at_once, pace.per_minute, now, limit)]
    return [[ask] for ask in await _asks(raw, ids)]


_OWN: tuple[MailKind | NoticeKind, ...] = (
    MailKind.UNUSABLE, MailKind.READING_CODE, NoticeKind.BARRIER, NoticeKind.RESOLUTION_DUE, NoticeKind.SEATS_ASKED,
    NoticeKind.SEATS_LIFTED, NoticeKind.SITTING_REMINDER, NoticeKind.SITTING_PREPARE, NoticeKind.REFERENCE_CAME,
    NoticeKind.REFERENCE_ANSWERED, NoticeKind.SITTING_INQUIRY,
)  # fmt: skip
_ALONE = {kind: -n for n, kind in enumerate(_OWN, 1)}
"""Kinds that are gathered with nothing but their own."""


_PROTECTED = -100
"""Mails of protected meetings say one thing between them, and stand beside no other."""


async def claim_ordinary(conn: AsyncConnection, now: datetime, limit: int, pace: Pace) -> list[list[Ask]]:
    """Ordinary mails that may leave, gathered by address; at most `limit` addresses."""
    raw = await db.raw(conn)
    if not await raw.fetchval("select pg_try_advisory_xact_lock($1)", _GATHERING):
        return []
    ticking = await raw.fetchval(f"select {_TICKING}", now)
    rows = await raw.fetch(_ADDRESSES, pace.at_once, pace.per_minute, now, limit, ticking)
    addresses = [row[0] for row in rows]
    if not addresses:
        return []
    ids = [row[0] for row in await raw.fetch(_CLAIM_ORDINARY, addresses, ticking, now)]
    gathered: dict[tuple[str, int], list[Ask]] = defaultdict(list)
    for ask in await _asks(raw, ids):
        # What answers a received mail leaves alone: it has no return path, and the others need theirs. So does a mail
        # that opens something: nobody forwards it together with a meeting.
        alone = ask.id if ask.mail.kind in GOES_ALONE else _ALONE.get(ask.mail.kind, 0)
        if isinstance(ask.mail, Mail) and ask.mail.facts.protected:
            alone = _PROTECTED if alone == 0 else alone + _PROTECTED
        gathered[folded(ask.mail.to.email), alone].append(ask)
    return list(gathered.values())


async def _asks(raw: Any, ids: list[int]) -> list[Ask]:
    if not ids:
        return []
    rows = await raw.fetch(_ASKS, ids)
    return [Ask(row[0], (decode_notice if row[4] else decode_mail)(row[1]), row[2], row[3], row[5]) for row in rows]


_BIND = """
    insert into mail (message_id, bounce_token, mail_from, rcpt, domain, data, sha256, state, attempts, retry_at,
        tried_at, composed_at)
    select m, b, f, r, o, d, s, 'sending', 1, clock_timestamp() + $8, clock_timestamp(), $9
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bytea[]) with ordinality
        as t(m, b, f, r, o, d, s, n) order by n
    returning id, message_id
"""
_CLAIMED = """
    update outbox o set state = 'claimed', mail_id = t.mail_id, message_id = t.message_id, retry_at = null
    from unnest($1::bigint[], $2::bigint[], $3::text[]) as t(id, mail_id, message_id) where o.id = t.id
"""


async def bind(conn: AsyncConnection, bound: Sequence[Bound], lease: timedelta, now: datetime) -> list[Outgoing]:
    """Stores composed bytes with a lease; after the commit they may travel."""
    if not bound:
        return []
    raw = await db.raw(conn)
    values = ((b.message_id, b.bounce_token, b.mail_from, b.rcpt_to, b.domain, b.data, b.sha256) for b in bound)
    columns = list(zip(*values, strict=True))
    made = {row[1]: row[0] for row in await raw.fetch(_BIND, *columns, lease, now)}
    pairs = [(ask, made[one.message_id], one.message_id) for one in bound for ask in one.asks]
    await raw.execute(_CLAIMED, *zip(*pairs, strict=True))
    return [Outgoing(made[b.message_id], 1, b.message_id, b.mail_from, b.rcpt_to, b.data) for b in bound]


async def fail(conn: AsyncConnection, asks: Sequence[int], reason: str, now: datetime) -> None:
    """No mail can be made of these: given up, as a refusal by the relay would be."""
    await (await db.raw(conn)).execute(
        "update outbox set state = 'failed', settled_at = $3, reason = $2 where id = any($1::bigint[])",
        list(asks),
        reason,
        now,
    )


_PUT_OFF = """
    update outbox set failures = failures + 1, last_error = $2,
        retry_at = clock_timestamp() + least(power(2, least(failures, 6)), 60) * interval '1 minute',
        state = case when old then 'failed' else state end, settled_at = case when old then $4::timestamptz end,
        reason = case when old then $2 end
    from (select id as put, recorded_at <= statement_timestamp() - $3::interval as old
        from outbox where id = any($1::bigint[])) t
    where id = t.put
"""


async def put_off(conn: AsyncConnection, asks: Sequence[int], error: str, give_up: timedelta, now: datetime) -> None:
    """Composing failed by our own fault: tried again after 1, 2, 4 ... minutes of machine time, at most 60.

    What has waited for as long as `give_up` is put aside: it failed, and its meeting is told as of any other mail.
    """
    await (await db.raw(conn)).execute(_PUT_OFF, list(asks), error, give_up, now)


@dataclass(frozen=True, slots=True)
class Unmade:
    """Mails that composing has failed for and is tried again: how many, and what went wrong with the oldest."""

    number: int
    last_error: str


async def unmade(conn: AsyncConnection) -> Unmade | None:
    """Mails that could not be made so far, by our own fault."""
    row = await (await db.raw(conn)).fetchrow(
        "select count(*) over (), coalesce(last_error, '') from outbox where state = 'pending' and failures > 0"
        " order by id limit 1"
    )
    return None if row is None else Unmade(*row)


# What is due is asked again of the locked row: another worker may have leased it while this one waited for the lock.
_WAITING = f"""
    with {_BUSY}
    select o.id, o.mail_id, o.moot, m.attempts, m.message_id, m.mail_from, m.rcpt, m.data,
        (select count(*) from outbox c where c.mail_id = m.id and c.state = 'claimed')
    from mail m join outbox o on o.mail_id = m.id and o.state = 'claimed'
    where m.id in (
        select t.id from (
            select w.*, row_number() over (partition by w.domain, w.moot order by w.retry_at) as turn from (
                select id, domain, retry_at, exists (select 1 from outbox t where t.mail_id = a.id and t.moot) as moot
                from mail a
                where a.retry_at is not null and (a.retry_at <= statement_timestamp() or a.state <> 'sending')
                    and not exists (select 1 from outbox o where o.mail_id = a.id and not o.moot and not {FREE})
                ) w where w.moot or w.retry_at <= statement_timestamp()) t left join busy on busy.domain = t.domain
        where t.moot or t.turn <= {_ROOM} order by t.retry_at limit $3)
    and m.retry_at is not null and (m.retry_at <= statement_timestamp()
        or m.state <> 'sending' and exists (select 1 from outbox t where t.mail_id = m.id and t.moot))
    order by o.id for update of o, m skip locked
"""
_LEASE_AGAIN = """
    update mail set state = 'sending', attempts = attempts + 1, retry_at = clock_timestamp() + $2,
        tried_at = clock_timestamp()
    where id = any($1::bigint[])
"""
_LET_GO_MAIL = """
    update mail set state = 'dropped', retry_at = null, data = null, settled_at = $2 where id = any($1::bigint[])
"""
_LET_GO = """
    update outbox set state = case when moot then 'dropped' else 'pending' end,
        mail_id = case when moot then mail_id end, message_id = case when moot then message_id end,
        settled_at = case when moot then $2::timestamptz end, reason = case when moot then 'moot' end
    where mail_id = any($1::bigint[]) and state = 'claimed'
"""


async def claim_again(conn: AsyncConnection, lease: timedelta, now: datetime, limit: int, pace: Pace) -> list[Outgoing]:
    """Mails whose back-off or lease has ended, with the bytes they had.

    A mail that carries something moot is let go instead: what is moot is dropped, the rest is composed anew.
    """
    raw = await db.raw(conn)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in await raw.fetch(_WAITING, pace.at_once, pace.per_minute, limit):
        found[row[1]].append(row)
    whole = {key: rows for key, rows in found.items() if len(rows) == rows[0][8]}
    moot = [key for key, rows in whole.items() if any(row[2] for row in rows)]
    if moot:
        await raw.execute(_LET_GO, moot, now)
        await raw.execute(_LET_GO_MAIL, moot, now)
    again = [rows[0] for key, rows in whole.items() if key not in moot]
    if again:
        await raw.execute(_LEASE_AGAIN, [row[1] for row in again], lease)
    return [Outgoing(row[1], row[3] + 1, row[4], row[5], row[6], row[7]) for row in again]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one try: sent, later (after `wait`), never or unknown, with the relay's answer."""

    mail_id: int
    attempt: int
    status: str
    code: int | None
    text: str
    wait: timedelta


# "sent" counts whenever it comes; any other answer only from the try that holds the lease.
_RECORD = """
    with done as (
        update mail m set state = t.status, smtp_code = t.code, smtp_text = t.said,
            retry_at = case when t.status in ('later', 'unknown') then clock_timestamp() + t.wait end,
            data = case when t.status in ('later', 'unknown') then m.data end,
            settled_at = case when t.status in ('later', 'unknown') then null else $7::timestamptz end
        from unnest($1::bigint[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::interval[])
            as t(id, attempt, status, code, said, wait)
        where m.id = t.id and m.retry_at is not null and (t.status = 'sent' or m.attempts = t.attempt)
        returning m.id, t.status, t.code, t.said)
    update outbox o set state = case when done.status = 'sent' then 'sent' else 'failed' end,
        settled_at = $7::timestamptz,
        reason = case when done.status = 'sent' then null
            when starts_with(done.said, done.code::text) then done.said else concat_ws(' ', done.code, done.said) end
    from done where o.mail_id = done.id and o.state = 'claimed' and done.status in ('sent', 'never')
"""


async def record(conn: AsyncConnection, results: Sequence[Result], now: datetime) -> None:
    """Writes results on mail and outbox alone; `feedback` takes them to the meetings. `now` is the service's clock."""
    if not results:
        return
    ordered = sorted(results, key=lambda one: one.mail_id)
    columns = zip(*((r.mail_id, r.attempt, r.status, r.code, r.text, r.wait) for r in ordered), strict=True)
    await (await db.raw(conn)).execute(_RECORD, *columns, now)


async def ages(conn: AsyncConnection, mail_ids: Sequence[int]) -> dict[int, timedelta]:
    """How long ago, in machine time, each mail was composed: what giving up is measured by."""
    rows = await (await db.raw(conn)).fetch(
        "select id, clock_timestamp() - recorded_at from mail where id = any($1::bigint[])", list(mail_ids)
    )
    return {row[0]: row[1] for row in rows}
