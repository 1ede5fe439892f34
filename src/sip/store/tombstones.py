"""What is left of rows of the journal and the access log that are gone or gave way, and the records of it.

The law of this file: no row goes without its tombstone, and no tombstone counts without its record. A batch is written
whole: its tombstones, its row in `disposal`, and the same said in a row of the journal, which is sealed with the day as
any other. Verifying believes the row of the journal (`sip.usecases.seal_check`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.keeping import RECORDS, Disposed, NamesGaveWay, Tombstone
from sip.domain.merkle import leaf_hash, root_of
from sip.store import db, tables
from sip.store.aggregates import journal
from sip.store.aggregates.event_codec import encode
from sip.store.aggregates.journal import ActorColumns
from sip.store.aggregates.versioned import NO_HASH
from sip.store.keeping import LogOf
from sip.store.rows import insert
from sip.store.sealing import Key

DISPOSED, GAVE_WAY = "disposed", "gave_way"
_ACTOR = ("actor_kind", "actor_id", "actor_name", "actor_unit_id", "actor_role")


def leaf_of(stone: Tombstone) -> bytes:
    """Its leaf in the tree of its batch."""
    return leaf_hash(encode(stone.words()))


def root_of_batch(stones: Iterable[Tombstone]) -> bytes:
    """The root of the tree of a batch."""
    return root_of(leaf_of(one) for one in stones)


@dataclass(frozen=True, slots=True)
class StoneBatch:
    """What a batch is called, whose it is, and what it did. `record` is the text of its row in the journal."""

    id: UUID
    organisation_id: UUID | None
    policy: int | None
    counts: Mapping[str, int]


async def write(
    conn: AsyncConnection, batch: StoneBatch, stones: Sequence[Tombstone], by: ActorColumns, now: datetime
) -> None:
    """Writes a batch with its record; the rows themselves are still there."""
    raw = await db.raw(conn)
    root = root_of_batch(stones)
    counts = dict(batch.counts)
    kind = GAVE_WAY if batch.organisation_id is None else DISPOSED
    row = (
        batch.id, batch.organisation_id, kind, batch.policy, encode(counts).decode(), len(stones), root,
        by.kind, by.id, by.name, by.unit_id, by.role, now,
    )  # fmt: skip
    columns = ("id", "organisation_id", "kind", "policy", "counts", "tombstones", "root", *_ACTOR, "at")
    await insert(raw, tables.disposal, columns, [row])
    event: Disposed | NamesGaveWay
    if batch.organisation_id is None:
        event = NamesGaveWay(counts, len(stones), root.hex())
    else:
        event = Disposed(str(batch.organisation_id), batch.policy or 0, counts, len(stones), root.hex())
    writer = journal.Writer(by, now, await journal.recording_moment(conn))
    writer.add((batch.id, 0, NO_HASH), 1, "record", event, (), journal.APPLIED)
    await writer.write(conn)
    rows = [(batch.id, n, s.aggregate, s.row, s.leaf, s.hash, s.after) for n, s in enumerate(stones)]
    await insert(raw, tables.tombstone, ("disposal_id", "number", "aggregate", "row", "leaf", "hash", "after"), rows)


async def forget_rows(conn: AsyncConnection, batch: UUID) -> int:
    """Takes the rows away of which this batch says that they are gone; gives how many there were."""
    found: int = await (await db.raw(conn)).fetchval("select forget_rows($1)", batch)
    return found


# -- the rows of a log

_READINGS = """
    select a.id, a.at from access_log a where a.subject_kind = any($1::text[]) and a.subject_id = any($2::text[])
"""
_BY_ID = ["meeting", "deviation", "case", "feed"]
_LEAVES = """
    select t.a, t.n, l.hash, coalesce(j.hash, ''::bytea), l.position < $3
    from unnest($1::uuid[], $2::bigint[]) t (a, n)
    left join seal_leaf l on l.number = t.n and (l.aggregate = t.a or (l.aggregate is null and t.a is null))
    left join journal j on j.aggregate = t.a and j.seq = t.n
"""


@dataclass(frozen=True, slots=True)
class LogRows:
    """The rows of a log, when the latest was, and a tombstone for each; None where one is in no sealed day yet."""

    latest: datetime | None
    journal: int
    readings: int
    stones: tuple[Tombstone, ...] | None


async def log_rows(conn: AsyncConnection, log: LogOf, sealed: int) -> LogRows:
    """What the journal and the access log hold of a matter; `sealed` is how many rows are in sealed days."""
    raw = await db.raw(conn)
    ours = await raw.fetch(
        "select aggregate, seq, at from journal where aggregate = any($1)", [*log.aggregates, *log.cases]
    )
    named = [str(one) for one in (*log.aggregates, *log.cases)]
    read = await raw.fetch(_READINGS, _BY_ID, named)
    read += await raw.fetch(_READINGS, ["inbound", "inbound_line"], [str(one) for one in log.received])
    read += await raw.fetch(_READINGS, ["meetings"], [word for one in log.called for word in (one, one.lower())])
    times = [row[2] for row in ours] + [row[1] for row in read]
    keys: list[Key] = [(row[0], row[1]) for row in ours] + [(None, row[0]) for row in read]
    stones = await stones_of(conn, keys, sealed)
    return LogRows(max(times, default=None), len(ours), len(read), stones)


async def stones_of(conn: AsyncConnection, keys: Sequence[Key], sealed: int) -> tuple[Tombstone, ...] | None:
    """A tombstone for each of these rows; None where one of them is in no sealed day."""
    rows = await (await db.raw(conn)).fetch(_LEAVES, [key[0] for key in keys], [key[1] for key in keys], sealed)
    if not all(row[4] for row in rows):
        return None
    return tuple(Tombstone(row[0], row[1], row[2], row[3]) for row in rows)


# -- reading back


async def roots(conn: AsyncConnection) -> dict[UUID, tuple[int, bytes]]:
    """By batch, how many tombstones it has and their root, as the journal tells it."""
    rows = await (await db.raw(conn)).fetch(
        "select j.aggregate, j.data::text from disposal d join journal j on j.aggregate = d.id and j.seq = 1"
        " where j.kind = any($1)",
        [one.__name__ for one in RECORDS],
    )
    said = {row[0]: msgspec.json.decode(row[1]) for row in rows}
    return {batch: (told["tombstones"], bytes.fromhex(told["root"])) for batch, told in said.items()}


_STONE = "t.aggregate, t.row, t.leaf, t.hash, t.after"


async def of_batch(conn: AsyncConnection, batch: UUID) -> list[Tombstone]:
    """The tombstones of a batch in their order."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_STONE} from tombstone t where t.disposal_id = $1 order by t.number", batch
    )
    return [Tombstone(*row) for row in rows]


_AT = f"""
    select t.disposal_id, {_STONE} from seal_leaf l join tombstone t on t.row = l.number and {{}}
    where l.position >= $1 and l.position < $2
"""
_AT_JOURNAL = _AT.format("t.aggregate = l.aggregate")
_AT_ACCESS = _AT.format("t.aggregate is null and l.aggregate is null")


async def at(conn: AsyncConnection, first: int, end: int) -> dict[Key, list[tuple[UUID, Tombstone]]]:
    """The tombstones of the leaves from position `first` to before `end`, each with its batch."""
    raw = await db.raw(conn)
    found: dict[Key, list[tuple[UUID, Tombstone]]] = {}
    for sql in (_AT_JOURNAL, _AT_ACCESS):
        for row in await raw.fetch(sql, first, end):
            stone = Tombstone(*row[1:])
            found.setdefault((stone.aggregate, stone.row), []).append((row[0], stone))
    return found


# -- what was done


@dataclass(frozen=True, slots=True)
class DisposalRecord:
    """One time that something was disposed of."""

    id: UUID
    policy: int | None
    counts: Mapping[str, int]
    tombstones: int
    root: bytes
    by: str
    at: datetime


async def records(conn: AsyncConnection, organisation_id: UUID, limit: int = 200) -> list[DisposalRecord]:
    """What was disposed of for this organisation, the latest first."""
    rows = await (await db.raw(conn)).fetch(
        "select id, policy, counts::text, tombstones, root, coalesce(actor_name, actor_kind), at from disposal"
        " where organisation_id = $1 order by at desc, id limit $2",
        organisation_id,
        limit,
    )
    return [DisposalRecord(row[0], row[1], msgspec.json.decode(row[2]), *row[3:]) for row in rows]
