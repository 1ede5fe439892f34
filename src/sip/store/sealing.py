"""Journal and access log as leaves of a tree: taken in the order of their commits, exactly once, and read back.

The law of this file: a row is taken when no transaction that could still write before it is open. Each row says which
transaction wrote it (`written_in`); those below the oldest open one are settled, so that taking never has to look
back for a row that was committed late. Taken rows stand in `seal_leaf` in an order that is never changed, and the whole
of a row is in its leaf's hash (`sip.domain.merkle`): a journal row's the text that its own hash is of.

A database that was restored from a copy counts its transactions anew, below what the mark says. Then everything that
has no leaf is taken, and the mark is set back.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.merkle import leaf_hash
from sip.store import db, tables
from sip.store.aggregates import journal
from sip.store.aggregates.event_codec import encode
from sip.store.rows import insert

Key = tuple[UUID | None, int]
"""(aggregate, seq) of a row of the journal, (None, id) of one of the access log."""

AT_ONCE = 5_000
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_ACCESS = (
    "a.id, a.actor_kind, a.actor_id, a.actor_name, a.actor_unit_id::text, a.actor_role, a.action, a.subject_kind,"
    " a.subject_id, a.at, a.recorded_at"
)
_BEFORE = "left join journal p on p.aggregate = j.aggregate and p.seq = j.seq - 1"


class SealedRow(NamedTuple):
    """A row as it is now. `holds`: it is as it was hashed and hangs on the row before (always, of the access log)."""

    aggregate: UUID | None
    number: int
    recorded_at: datetime
    text: bytes
    holds: bool


class Leaf(NamedTuple):
    """What was taken at this position, and the row as it is now; None where it is no longer there."""

    position: int
    aggregate: UUID | None
    number: int
    hash: bytes
    row: SealedRow | None


@dataclass(frozen=True, slots=True)
class StoredHead:
    """The head of a day: the text that was signed, and the signature."""

    day: date
    head: str
    signature: bytes


# -- taking

_MARK = "select taken_in, taken_at from seal_mark where sole for update"
_BEGIN = "insert into seal_mark (sole, taken_in, taken_at) values (true, 0, $1) on conflict do nothing"
_SNAPSHOT = """
    select pg_snapshot_xmin(one)::text::bigint, pg_snapshot_xmax(one)::text::bigint from pg_current_snapshot() one
"""


def _wanted(restored: bool) -> str:
    settled = "(x.written_in < $3 or x.written_in >= $4)" if restored else "x.written_in < $3 and $4::bigint > 0"
    one = """
        (select x.written_in, x.recorded_at, {key} from {table} x
         where (x.written_in, x.recorded_at) >= ($1::bigint, $2::timestamptz) and {settled}
           and not exists (select from seal_leaf l where l.aggregate {of} and l.number = x.{number})
         order by x.written_in, x.recorded_at limit $5)"""
    of_journal = one.format(
        key="x.aggregate, x.seq::bigint as number", table="journal", settled=settled, of="= x.aggregate", number="seq"
    )
    of_access = one.format(key="null::uuid, x.id", table="access_log", settled=settled, of="is null", number="id")
    return f"{of_journal} union all {of_access} order by written_in, recorded_at limit $5"


_WANTED = {restored: _wanted(restored) for restored in (False, True)}


async def take(conn: AsyncConnection, limit: int = AT_ONCE) -> int:
    """Takes at most `limit` settled rows that have no leaf yet; gives how many. Others who take wait."""
    raw = await db.raw(conn)
    mark = await raw.fetchrow(_MARK)
    if mark is None:
        await raw.execute(_BEGIN, _EVER)
        mark = await raw.fetchrow(_MARK)
    oldest, newest = await raw.fetchrow(_SNAPSHOT)
    restored = oldest < mark[0]
    since = (0, _EVER) if restored else (mark[0], mark[1])
    found = await raw.fetch(_WANTED[restored], *since, oldest, newest, limit)
    if found:
        await _add(raw, _in_order([(row[2], row[3]) for row in sorted(found, key=itemgetter(1))]))
    reached = (found[-1][0], found[-1][1]) if len(found) == limit and not restored else (oldest, _EVER)
    if reached != (mark[0], mark[1]) and not (restored and len(found) == limit):
        await raw.execute("update seal_mark set taken_in = $1, taken_at = $2 where sole", *reached)
    return len(found)


def _in_order(keys: Sequence[Key]) -> list[Key]:
    """Each aggregate's rows in the order of their seq, whatever the clock said; else as they come."""
    waiting: dict[UUID | None, list[int]] = {}
    for aggregate, number in keys:
        waiting.setdefault(aggregate, []).append(number)
    for numbers in waiting.values():
        numbers.sort(reverse=True)
    return [(aggregate, waiting[aggregate].pop()) for aggregate, _ in keys]


async def _add(raw: Any, keys: Sequence[Key]) -> None:
    first = await raw.fetchval("select coalesce(max(position) + 1, 0) from seal_leaf")
    rows = await _rows(raw, keys)
    leaves = [(first + n, *key, leaf_hash(rows[key].text)) for n, key in enumerate(keys)]
    await insert(raw, tables.seal_leaf, ("position", "aggregate", "number", "hash"), leaves)


_JOURNAL_ROWS = f"""
    select {journal.ROW}, p.hash from unnest($1::uuid[], $2::int[]) t (a, n)
    join journal j on j.aggregate = t.a and j.seq = t.n {_BEFORE}
"""
_ACCESS_ROWS = f"select {_ACCESS} from access_log a where a.id = any($1::bigint[])"


async def _rows(raw: Any, keys: Sequence[Key]) -> dict[Key, SealedRow]:
    journalled = [key for key in keys if key[0] is not None]
    read = [number for aggregate, number in keys if aggregate is None]
    made: list[SealedRow] = []
    if journalled:
        found = await raw.fetch(_JOURNAL_ROWS, [one[0] for one in journalled], [one[1] for one in journalled])
        made += [_of_journal(row) for row in found]
    if read:
        made += [_of_access(row) for row in await raw.fetch(_ACCESS_ROWS, read)]
    return {(row.aggregate, row.number): row for row in made}


def _of_journal(row: Sequence[Any]) -> SealedRow:
    text = journal.text_of(row)
    return SealedRow(row[0], row[1], row[19], text, journal.holds(row, text, row[journal.WIDTH]))


def _of_access(row: Sequence[Any]) -> SealedRow:
    text = encode(["access", *row[:9], journal.in_utc(row[9]), journal.in_utc(row[10])])
    return SealedRow(None, row[0], row[10], text, True)


# -- reading back

_LEAVES = f"""
    select l.position, l.aggregate, l.number, l.hash, {journal.ROW}, p.hash from seal_leaf l
    left join journal j on j.aggregate = l.aggregate and j.seq = l.number {_BEFORE}
    where l.position >= $1 and l.position < $2 and l.aggregate is not null
"""
_ACCESS_LEAVES = f"""
    select l.position, null, l.number, l.hash, {_ACCESS} from seal_leaf l left join access_log a on a.id = l.number
    where l.position >= $1 and l.position < $2 and l.aggregate is null
"""


async def leaves(conn: AsyncConnection, first: int, end: int) -> list[Leaf]:
    """The leaves from position `first` to before `end`, in their order, each with its row."""
    raw = await db.raw(conn)
    found = []
    for sql, made in ((_LEAVES, _of_journal), (_ACCESS_LEAVES, _of_access)):
        for row in await raw.fetch(sql, first, end):
            found.append(Leaf(row[0], row[1], row[2], row[3], None if row[4] is None else made(row[4:])))
    return sorted(found, key=itemgetter(0))


async def size(conn: AsyncConnection) -> int:
    """How many rows have been taken."""
    found: int = await (await db.raw(conn)).fetchval("select coalesce(max(position) + 1, 0) from seal_leaf")
    return found


_HASHES = """
    select aggregate, number, hash from seal_leaf where position >= $1 and position < $2 order by position
"""


async def hashes(conn: AsyncConnection, first: int, end: int) -> AsyncIterator[list[tuple[UUID | None, int, bytes]]]:
    """(aggregate, number, hash) of these leaves in their order, some thousand at a time."""
    raw = await db.raw(conn)
    for at in range(first, end, AT_ONCE):
        yield [tuple(row) for row in await raw.fetch(_HASHES, at, min(at + AT_ONCE, end))]


_BEYOND = """
    (select x.aggregate, x.seq::bigint from journal x where {which} and not exists
        (select from seal_leaf l where l.aggregate = x.aggregate and l.number = x.seq)
     order by x.recorded_at, x.seq limit $1)
    union all
    (select null, x.id from access_log x where {which} and not exists
        (select from seal_leaf l where l.aggregate is null and l.number = x.id) order by x.recorded_at, x.id limit $1)
"""
# Of a transaction that is over, or of one that has never been (unless the database was restored and not sealed since).
_SETTLED = """(x.written_in < (select taken_in from seal_mark) or (
    x.written_in >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    and (select taken_in from seal_mark) <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint))"""


async def left_out(conn: AsyncConnection) -> Key | None:
    """A row that has no leaf though all of its time have been taken: it was put in afterwards."""
    found = await (await db.raw(conn)).fetchrow(_BEYOND.format(which=_SETTLED), 1)
    return None if found is None else (found[0], found[1])


async def not_yet_taken(conn: AsyncConnection) -> list[SealedRow]:
    """The rows that have no leaf yet, as they are now."""
    raw = await db.raw(conn)
    waits = "x.written_in >= coalesce((select taken_in from seal_mark), 0)"
    keys = [(row[0], row[1]) for row in await raw.fetch(_BEYOND.format(which=waits), 1_000_000)]
    rows = await _rows(raw, keys)
    return [rows[key] for key in keys]


_CUT = """
    select m.id, m.journal_seq from {table} m
    left join journal j on j.aggregate = m.id and j.seq = m.journal_seq and j.hash = m.journal_hash
    where j.aggregate is null limit 1
"""


async def cut_end(conn: AsyncConnection) -> Key | None:
    """The last row of a journal whose meeting or report says that there is one, and there is not."""
    raw = await db.raw(conn)
    for table in ("meeting", "deviation"):
        found = await raw.fetchrow(_CUT.format(table=table))
        if found is not None:
            return found[0], found[1]
    return None


async def exists(conn: AsyncConnection, key: Key) -> bool:
    """Whether the row is there now."""
    return key in await _rows(await db.raw(conn), [key])


_OF_MEETING = """
    select l.position, l.aggregate, l.number from seal_leaf l where l.aggregate = $1
    union all
    select l.position, null, l.number from access_log a join seal_leaf l on l.aggregate is null and l.number = a.id
    where a.subject_kind = 'meeting' and a.subject_id = $1::uuid::text
    order by 1
"""


async def of_meeting(conn: AsyncConnection, meeting_id: UUID) -> list[tuple[int, SealedRow]]:
    """What has been taken of a meeting, its journal and who read it: the position and the row."""
    raw = await db.raw(conn)
    found = await raw.fetch(_OF_MEETING, meeting_id)
    rows = await _rows(raw, [(row[1], row[2]) for row in found])
    return [(row[0], rows[row[1], row[2]]) for row in found if (row[1], row[2]) in rows]


# -- heads, and where they were anchored


async def heads(conn: AsyncConnection) -> list[StoredHead]:
    """All heads, in the order of their days."""
    rows = await (await db.raw(conn)).fetch("select day, head, signature from seal_head order by day")
    return [StoredHead(*row) for row in rows]


async def last_head(conn: AsyncConnection) -> StoredHead | None:
    """The newest head."""
    row = await (await db.raw(conn)).fetchrow("select day, head, signature from seal_head order by day desc limit 1")
    return None if row is None else StoredHead(*row)


async def add_head(conn: AsyncConnection, head: StoredHead) -> None:
    """A new day's head."""
    await insert(
        await db.raw(conn), tables.seal_head, ("day", "head", "signature"), [(head.day, head.head, head.signature)]
    )


async def unanchored(conn: AsyncConnection, way: str) -> list[StoredHead]:
    """The heads that have not been anchored this way."""
    rows = await (await db.raw(conn)).fetch(
        "select h.day, h.head, h.signature from seal_head h"
        " where not exists (select from seal_anchor a where a.day = h.day and a.way = $1) order by h.day",
        way,
    )
    return [StoredHead(*row) for row in rows]


async def anchors(conn: AsyncConnection, day: date) -> dict[str, datetime]:
    """The ways by which the head of this day has been anchored, and when."""
    rows = await (await db.raw(conn)).fetch("select way, at from seal_anchor where day = $1 order by way", day)
    return {row[0]: row[1] for row in rows}


async def anchored(conn: AsyncConnection, day: date, way: str, at: datetime, token: bytes | None = None) -> None:
    """The head of this day has been anchored this way, with the token of a time stamp; a second time says nothing."""
    raw = await db.raw(conn)
    row = (day, way, at, token)
    await insert(raw, tables.seal_anchor, ("day", "way", "at", "token"), [row], "on conflict do nothing")


async def tokens(conn: AsyncConnection) -> dict[date, bytes]:
    """By day, the time stamp of its head."""
    rows = await (await db.raw(conn)).fetch("select day, token from seal_anchor where token is not null order by day")
    return {row[0]: row[1] for row in rows}
