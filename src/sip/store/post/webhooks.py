"""Messages to other systems on their way: kept with what happened, claimed with a lease, recorded.

The law of this file: as mail does, a message leaves by a claim that is committed before it travels, and is tried again
with the same body when its lease lapses (house, law 7). Whose meetings and reports an endpoint is told of is asked of
`Seen`, when it happens and again before it leaves. Leases and waits are machine time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.endpoint import HookState, HookVerdict
from sip.domain.webhook import HookEvent
from sip.store import db, tables
from sip.store.rows import insert
from sip.store.seen.scope import Scope, Seen
from sip.store.webhooks import COLUMNS, ENDPOINT, OPEN, EndpointRecord


@dataclass(frozen=True, slots=True)
class HookDraft:
    """A message to be kept, whole."""

    endpoint_id: UUID
    message_id: str
    event: HookEvent
    body: bytes


@dataclass(frozen=True, slots=True)
class HookOut:
    """A message that was claimed: `attempt` fences a result that comes after its lease, `turn` is its place on the
    waits since it was last sent again, from 1; `at` is the moment of the try in whole seconds since 1970.
    """

    id: int
    endpoint: EndpointRecord
    message_id: str
    meeting_id: UUID | None
    deviation_id: UUID | None
    body: bytes
    attempt: int
    turn: int
    at: int
    secret: bytes
    old_secret: bytes | None


# -- what happened


async def listening(conn: AsyncConnection, types: Iterable[str]) -> list[EndpointRecord]:
    """The endpoints that are on and ask for one of these."""
    rows = await (await db.raw(conn)).fetch(
        f"select {COLUMNS} from webhook_endpoint e where e.off_at is null and e.types && $1::text[] order by e.id",
        sorted(set(types)),
    )
    return [ENDPOINT.read(row) for row in rows]


async def in_view(conn: AsyncConnection, scope: Scope, meetings: Iterable[UUID], reports: Iterable[UUID]) -> set[UUID]:
    """Which of these are in view for this scope."""
    raw, found = await db.raw(conn), set[UUID]()
    for ids, of_meetings in ((sorted(set(meetings)), True), (sorted(set(reports)), False)):
        if not ids:
            continue
        seen = Seen(scope)
        among = f"x.id = any({seen.bind(ids)}::uuid[])"
        table, rule = ("meeting", seen.meeting("x")) if of_meetings else ("deviation", seen.deviation("x"))
        found |= {
            row[0] for row in await raw.fetch(f"select x.id from {table} x where {among} and {rule}", *seen.values)
        }
    return found


_DRAFT = ("endpoint_id", "message_id", "type", "meeting_id", "deviation_id", "body", "state", "made_at", "retry_at")


async def post(conn: AsyncConnection, drafts: Sequence[HookDraft], now: datetime) -> None:
    """Keeps messages to be sent; one that was kept before is nothing."""
    if not drafts:
        return
    raw = await db.raw(conn)
    machine = await raw.fetchval("select clock_timestamp()")
    rows = [
        (one.endpoint_id, one.message_id, one.event.type, one.event.meeting_id, one.event.deviation_id, one.body,
         HookState.WAITING, now, machine)
        for one in drafts
    ]  # fmt: skip
    await insert(raw, tables.webhook_message, _DRAFT, rows, "on conflict (message_id) do nothing")


# -- on its way

# Of each endpoint so many at once; of one that fails a single one, which shows whether it is back.
_CHOSEN = f"""
    with open as (
        select m.id, m.endpoint_id, row_number() over (partition by m.endpoint_id order by m.id) as turn,
            e.failing_since is null as well
        from webhook_message m join webhook_endpoint e on e.id = m.endpoint_id
        where m.retry_at <= statement_timestamp() and m.state in {OPEN} and e.off_at is null
            and (e.rests_until is null or e.rests_until <= statement_timestamp())),
    busy as (
        select endpoint_id, count(*) as flying from webhook_message
        where retry_at > statement_timestamp() and state = 'sending' group by endpoint_id),
    chosen as (
        select o.id from open o left join busy b on b.endpoint_id = o.endpoint_id
        where o.turn + coalesce(b.flying, 0) <= case when o.well then $1::integer else 1 end
        order by o.id limit $2)
    select m.id from webhook_message m
    where m.id in (select id from chosen) and m.retry_at <= statement_timestamp() and m.state in {OPEN}
    order by m.id for update of m skip locked
"""
_CLAIM = f"""
    with taken as (
        update webhook_message set state = 'sending', attempts = attempts + 1, tried_at = clock_timestamp(),
            retry_at = clock_timestamp() + $2::interval
        where id = any($1::bigint[])
        returning id, endpoint_id, message_id, meeting_id, deviation_id, body, attempts,
            attempts - tries_before as turn, extract(epoch from tried_at)::bigint as at)
    select {COLUMNS}, t.id, t.message_id, t.meeting_id, t.deviation_id, t.body, t.attempts, t.turn, t.at, e.secret,
        case when e.old_until > $3 then e.old_secret end
    from taken t join webhook_endpoint e on e.id = t.endpoint_id order by t.id
"""


async def claim(conn: AsyncConnection, now: datetime, lease: timedelta, each: int, most: int) -> list[HookOut]:
    """Messages that may be sent now, under a lease of machine time; no more than `each` of an endpoint at once. What is
    no longer in the endpoint's view is left out.
    """
    raw = await db.raw(conn)
    ids = [row[0] for row in await raw.fetch(_CHOSEN, each, most)]
    if not ids:
        return []
    width = ENDPOINT.width
    found = []
    for row in await raw.fetch(_CLAIM, ids, lease, now):
        number, message, meeting, report, body, attempt, turn, at, secret, old = row[width:]
        there = ENDPOINT.read(row)
        found.append(HookOut(number, there, message, meeting, report, body, attempt, turn, at, secret, old))
    return await _still_seen(conn, found, now)


async def _still_seen(conn: AsyncConnection, claimed: Sequence[HookOut], now: datetime) -> list[HookOut]:
    seen: dict[Scope, set[UUID]] = {}
    for scope in {one.endpoint.scope for one in claimed}:
        theirs = [one for one in claimed if one.endpoint.scope == scope]
        meetings = [one.meeting_id for one in theirs if one.meeting_id is not None]
        reports = [one.deviation_id for one in theirs if one.deviation_id is not None]
        seen[scope] = await in_view(conn, scope, meetings, reports)
    kept: list[HookOut] = []
    hidden: list[int] = []
    for one in claimed:
        subject = one.meeting_id or one.deviation_id
        if subject is None or subject in seen[one.endpoint.scope]:
            kept.append(one)
        else:
            hidden.append(one.id)
    if hidden:
        await (await db.raw(conn)).execute(
            "update webhook_message set state = 'dropped', retry_at = null, settled_at = $2"
            " where id = any($1::bigint[])",
            hidden, now,
        )  # fmt: skip
    return kept


# That it was heard counts whenever it comes; any other word only from the try that holds the lease.
_RECORD = f"""
    update webhook_message set state = $3, code = $4, trouble = $5,
        retry_at = case when $6::interval is not null then clock_timestamp() + $6::interval end,
        settled_at = case when $6::interval is null then $7::timestamptz end
    where id = $1 and state in {OPEN} and ($3 = 'delivered' or attempts = $2) returning 1
"""


async def record(conn: AsyncConnection, out: HookOut, verdict: HookVerdict, code: int | None, now: datetime) -> bool:
    """Writes what came of a try; False where another try's word counts."""
    rows = await (await db.raw(conn)).fetch(
        _RECORD, out.id, out.attempt, verdict.state, code, verdict.trouble, verdict.wait, now
    )
    return bool(rows)


async def works(conn: AsyncConnection, endpoint_id: UUID) -> None:
    """It has taken a message: whatever was wrong is over."""
    await (await db.raw(conn)).execute(
        "update webhook_endpoint set failing_since = null, rests_until = null where id = $1"
        " and num_nonnulls(failing_since, rests_until) > 0",
        endpoint_id,
    )


async def fails(conn: AsyncConnection, endpoint_id: UUID, rest: timedelta | None) -> timedelta | None:
    """It has not; gives for how long every try has failed, None where it is off or gone. `rest`: nothing is sent there
    for so long.
    """
    found: timedelta | None = await (await db.raw(conn)).fetchval(
        "update webhook_endpoint set failing_since = coalesce(failing_since, clock_timestamp()),"
        " rests_until = case when $2::interval is null then rests_until else clock_timestamp() + $2::interval end"
        " where id = $1 and off_at is null returning clock_timestamp() - failing_since",
        endpoint_id, rest,
    )  # fmt: skip
    return found


# -- sent again

_AGAIN = """
    update webhook_message set state = 'waiting', retry_at = clock_timestamp(), settled_at = null, code = null,
        trouble = null, tries_before = attempts, resent_by = $2
    where endpoint_id = $1 and state not in ('waiting', 'sending') and resent_by is distinct from $2 and
"""


async def again(conn: AsyncConnection, endpoint_id: UUID, message_id: str, act: UUID) -> bool:
    """Has this message sent once more, as it was; what waits or is on its way stays as it is. False where there is
    none.
    """
    raw = await db.raw(conn)
    await raw.execute(f"{_AGAIN} message_id = $3", endpoint_id, act, message_id)
    found = await raw.fetchval(
        "select 1 from webhook_message where endpoint_id = $1 and message_id = $2", endpoint_id, message_id
    )
    return found is not None


async def all_again(conn: AsyncConnection, endpoint: EndpointRecord, since: datetime, act: UUID) -> int:
    """Has all that happened since then, is asked for and has not got through sent once more; gives how many this act
    has sent again, however often it is done.
    """
    raw = await db.raw(conn)
    await raw.execute(
        f"{_AGAIN} state <> 'delivered' and made_at >= $3 and type = any($4::text[])",
        endpoint.id, act, since, list(endpoint.types),
    )  # fmt: skip
    count: int = await raw.fetchval(
        "select count(*) from webhook_message where endpoint_id = $1 and resent_by = $2", endpoint.id, act
    )
    return count


async def missed(conn: AsyncConnection, endpoint: EndpointRecord) -> tuple[int, datetime | None]:
    """How many messages that it asks for have not got through and wait for no first try, and when the first of them
    happened.
    """
    row = await (await db.raw(conn)).fetchrow(
        "select count(*), min(made_at) from webhook_message where endpoint_id = $1 and type = any($2::text[])"
        " and state in ('later', 'given_up', 'dropped')",
        endpoint.id, list(endpoint.types),
    )  # fmt: skip
    return (row[0], row[1]) if row is not None else (0, None)
