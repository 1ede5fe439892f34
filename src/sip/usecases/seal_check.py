"""Whether journal and access log are what was sealed: the first row that is not is named.

The law of this file: nothing in the database is believed for itself. Rows are hashed anew here and held against the
leaves, the leaves against the signed heads, the heads against each other and against what was kept outside. Only
what was kept outside can show that the owner of the database wrote everything anew, and only kept leaves name the row.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.keeping import Tombstone
from sip.domain.merkle import Root, leaf_hash, root_of
from sip.domain.sealing import NO_HEAD, DayHead, HeadError, hash_of_head, read_head
from sip.domain.worktime import at_hour
from sip.seal_key import is_signed
from sip.seal_stamp import StampError, Stamps
from sip.store import sealing, tombstones
from sip.store.db import Database
from sip.store.sealing import AT_ONCE, Key, Leaf, StoredHead
from sip.store.seen import audit
from sip.usecases.actor import Actor, ServicePart
from sip.usecases.recorded import recorded
from sip.usecases.sealing import LeafLine

LATE = timedelta(hours=1)
"""No transaction is open for so long: what says that it was recorded longer before the last seal was put in later."""

STAMPED_WITHIN = timedelta(days=4)
"""From the beginning of its day: a head is made when that is over, and the newest one alone is stamped."""


class Wrong(StrEnum):
    """What is wrong with a row, or with the head of a day."""

    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
    REORDERED = "reordered"
    GAP = "gap"
    """A row was taken out with its leaf; what is named is the row after it, or none where it was the last."""
    REWRITTEN = "rewritten"
    """The rows of a day are not the sealed ones, and without its kept leaves it cannot be said which."""
    HEAD_LOST = "head_lost"
    HEAD_CHANGED = "head_changed"
    SIGNATURE = "signature"
    UNKNOWN_HEAD = "unknown_head"
    KEPT_LEAVES = "kept_leaves"
    TOMBSTONES = "tombstones"
    """The tombstones of a disposal are not those that its sealed record tells of."""
    STAMP = "stamp"
    """The time stamp of a head is not of it, or of nobody whom the verifier knows."""
    STAMPED_LATE = "stamped_late"
    """A head was stamped long after its day: it is not the one that was made then."""


@dataclass(frozen=True, slots=True)
class SealFault:
    """The first thing that is wrong: the row (`sealing.Key`), or the day, or what was given as a head's hash."""

    wrong: Wrong
    key: Key | None = None
    day: date | None = None
    head: bytes | None = None
    batch: UUID | None = None


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A head as it was kept outside, and the lines of its leaves where these were kept too."""

    stored: StoredHead
    leaves: Sequence[LeafLine] | None = None
    token: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """What the verifier has from outside the database: public keys, kept days, hashes of heads from mails, and whose
    time stamps are believed.
    """

    keys: Collection[bytes]
    days: Sequence[KeptDay] = ()
    heads: Collection[bytes] = ()
    stamps: Stamps | None = None


@dataclass(slots=True)
class Verified:
    """How far it was verified, `rows` of which `waiting` are in no sealed day yet, `gone` were disposed of and of
    `gave_way` names gave way to functions, both as sealed records tell; and how many heads' time stamps. `finding`
    None: all holds.
    """

    rows: int = 0
    days: int = 0
    waiting: int = 0
    gone: int = 0
    gave_way: int = 0
    stamps: int = 0
    finding: SealFault | None = None


Stones = Mapping[Key, Sequence[Tombstone]]
Progress = Callable[[int, int], None]
"""Rows done, and rows in all."""


@dataclass(frozen=True, slots=True)
class _Day:
    head: DayHead
    leaves: Sequence[LeafLine] | None
    before: datetime | None
    """When the day before was sealed."""
    known: frozenset[Key] = field(default_factory=frozenset)


class _Faulty(Exception):  # noqa: N818 - carries the first finding out of the walk
    def __init__(self, finding: SealFault) -> None:
        self.finding = finding


async def verify(db: Database, outside: Outside, progress: Progress = lambda done, of: None) -> Verified:
    """Verifies every row of both logs, as they are at this moment."""
    done = Verified()
    async with db.snapshot(ServicePart.SEALER) as conn:
        try:
            await _verify(conn, outside, done, progress)
        except _Faulty as found:
            done.finding = found.finding
    return done


class _Stones:
    """The tombstones that are proven: those of batches whose root the journal tells, which is verified as any row."""

    def __init__(self, batches: Collection[UUID]) -> None:
        self._batches = batches

    async def among(self, conn: AsyncConnection, found: Sequence[Leaf]) -> dict[Key, list[Tombstone]]:
        """Of these leaves, by row."""
        if not self._batches or not found:
            return {}
        there = await tombstones.at(conn, found[0].position, found[-1].position + 1)
        return {key: [one for batch, one in stones if batch in self._batches] for key, stones in there.items()}


async def _proven(conn: AsyncConnection) -> _Stones:
    told = await tombstones.roots(conn)
    for batch, (number, root) in told.items():
        stones = await tombstones.of_batch(conn, batch)
        if len(stones) != number or tombstones.root_of_batch(stones) != root:
            raise _Faulty(SealFault(Wrong.TOMBSTONES, batch=batch))
    return _Stones(frozenset(told))


async def tell(db: Database, done: Verified, *, actor: Actor, now: datetime) -> None:
    """Writes in the access log that the seals were verified, and whether all of it held; auditors see the last."""
    async with recorded(db, actor, now) as (_, log):
        log.note(audit.VERIFIED if done.finding is None else audit.FAULTY, audit.SEALS, None)


async def _verify(conn: AsyncConnection, outside: Outside, done: Verified, progress: Progress) -> None:
    stones = await _proven(conn)
    stored = {one.day: one for one in await sealing.heads(conn)}
    size = await sealing.size(conn)
    end = 0
    for day in _days(stored, outside):
        await _walk_day(conn, day, done, stones, lambda: progress(done.rows, size))
        theirs = stored.get(day.head.day)
        if theirs is None or theirs.head != day.head.text():
            raise _Faulty(SealFault(Wrong.HEAD_LOST if theirs is None else Wrong.HEAD_CHANGED, day=day.head.day))
        done.days += 1
        end = day.head.end
    for first in range(end, size, AT_ONCE):
        found = await sealing.leaves(conn, first, min(first + AT_ONCE, size))
        _whole(found, first, min(first + AT_ONCE, size), await stones.among(conn, found), done)
        done.rows, done.waiting = done.rows + len(found), done.waiting + len(found)
        progress(done.rows, size)
    await _beyond(conn, done)
    await _stamped(conn, outside, stored, done)
    hashes = {hash_of_head(one.head) for one in stored.values()}
    for head in outside.heads:
        if head not in hashes:
            raise _Faulty(SealFault(Wrong.UNKNOWN_HEAD, head=head))


async def _stamped(conn: AsyncConnection, outside: Outside, stored: Mapping[date, StoredHead], done: Verified) -> None:
    """Each head's stamp, kept outside or in the database, is of that head, and of its time."""
    if outside.stamps is None:
        return
    tokens = await sealing.tokens(conn) | {one.stored.day: one.token for one in outside.days if one.token is not None}
    for day, token in sorted(tokens.items()):
        if day not in stored:
            raise _Faulty(SealFault(Wrong.HEAD_LOST, day=day))
        try:
            at = outside.stamps.moment(token, stored[day].head)
        except StampError:
            raise _Faulty(SealFault(Wrong.STAMP, day=day)) from None
        if at > at_hour(day, 0) + STAMPED_WITHIN:
            raise _Faulty(SealFault(Wrong.STAMPED_LATE, day=day))
        done.stamps += 1


def _days(stored: dict[date, StoredHead], outside: Outside) -> Iterator[_Day]:
    """The days in their order, as they were kept outside where they were; each must hang on the one before."""
    kept = {one.stored.day: one for one in outside.days}
    previous, end, before = NO_HEAD, 0, None
    for day in sorted({*stored, *kept}):
        one = kept.get(day) or KeptDay(stored[day])
        try:
            head = read_head(one.stored.head)
        except HeadError:
            raise _Faulty(SealFault(Wrong.HEAD_CHANGED, day=day)) from None
        if head.key not in outside.keys or not is_signed(one.stored.head, one.stored.signature, head.key):
            raise _Faulty(SealFault(Wrong.SIGNATURE, day=day))
        if (head.day, head.previous, head.first) != (day, previous, end):
            raise _Faulty(SealFault(Wrong.HEAD_CHANGED, day=day))
        if one.leaves is not None and root_of(leaf for _, _, leaf in one.leaves) != head.root:
            raise _Faulty(SealFault(Wrong.KEPT_LEAVES, day=day))
        known = frozenset((aggregate, number) for aggregate, number, _ in one.leaves or ())
        yield _Day(head, one.leaves, before, known)
        previous, end, before = hash_of_head(one.stored.head), head.end, head.recorded_at


async def _walk_day(
    conn: AsyncConnection, day: _Day, done: Verified, stones: _Stones, tell: Callable[[], None]
) -> None:
    root, seen, turned = Root(), dict[UUID, int](), None
    for first in range(day.head.first, day.head.end, AT_ONCE):
        end = min(first + AT_ONCE, day.head.end)
        found = await sealing.leaves(conn, first, end)
        theirs = await stones.among(conn, found)
        if day.leaves is not None:
            await _as_kept(conn, found, first, end, day, theirs)
        _whole(found, first, end, theirs, done)
        for leaf in found:
            root.add(leaf.hash)
            if leaf.aggregate is not None:
                if turned is None and seen.get(leaf.aggregate, 0) > leaf.number:
                    turned = (leaf.aggregate, leaf.number)
                seen[leaf.aggregate] = leaf.number
            if day.before is not None and leaf.row is not None and leaf.row.recorded_at < day.before - LATE:
                raise _Faulty(SealFault(Wrong.ADDED, (leaf.aggregate, leaf.number), day.head.day))
        done.rows += len(found)
        tell()
    if root.hash() != day.head.root:
        wrong = Wrong.REWRITTEN if turned is None else Wrong.REORDERED
        raise _Faulty(SealFault(wrong, turned, day.head.day))


async def _as_kept(
    conn: AsyncConnection, found: Sequence[Leaf], first: int, end: int, day: _Day, stones: Stones
) -> None:
    """Holds the leaves of the database against those that were kept: the first that differs tells what was done."""
    assert day.leaves is not None
    at = {leaf.position: leaf for leaf in found}
    for position in range(first, end):
        aggregate, number, kept = day.leaves[position - day.head.first]
        key, leaf = (aggregate, number), at.get(position)
        if leaf is not None and (leaf.aggregate, leaf.number, leaf.hash) == (aggregate, number, kept):
            if _stands(leaf) or _replaced(leaf, stones) is not None:
                continue
            _row(leaf)
        if not await sealing.exists(conn, key):
            raise _Faulty(SealFault(Wrong.REMOVED, key, day.head.day))
        if leaf is None or (leaf.aggregate, leaf.number) == key:
            raise _Faulty(SealFault(Wrong.CHANGED, key, day.head.day))
        theirs = (leaf.aggregate, leaf.number)
        raise _Faulty(SealFault(Wrong.REORDERED if theirs in day.known else Wrong.ADDED, theirs, day.head.day))


def _whole(found: Sequence[Leaf], first: int, end: int, stones: Stones, done: Verified) -> None:
    """Every position has a leaf, and every leaf its row, or a tombstone that is proven."""
    for position, leaf in zip(range(first, end), found, strict=False):
        if leaf.position != position:
            raise _Faulty(SealFault(Wrong.GAP, (leaf.aggregate, leaf.number)))
        if _stands(leaf):
            continue
        stone = _replaced(leaf, stones)
        if stone is None:
            _row(leaf)
        elif stone.after is None:
            done.gone += 1
        else:
            done.gave_way += 1
    if len(found) < end - first:
        raise _Faulty(SealFault(Wrong.GAP))


def _stands(leaf: Leaf) -> bool:
    return leaf.row is not None and leaf.row.holds and leaf_hash(leaf.row.text) == leaf.hash


def _replaced(leaf: Leaf, stones: Stones) -> Tombstone | None:
    """The tombstone that says of this leaf that the row is as it is now: gone, or with functions for names."""
    now = None if leaf.row is None else leaf_hash(leaf.row.text)
    mine = stones.get((leaf.aggregate, leaf.number), ())
    return next((one for one in mine if one.leaf == leaf.hash and one.after == now), None)


def _row(leaf: Leaf) -> None:
    wrong = Wrong.REMOVED if leaf.row is None else Wrong.CHANGED
    raise _Faulty(SealFault(wrong, (leaf.aggregate, leaf.number)))


async def _beyond(conn: AsyncConnection, done: Verified) -> None:
    """What no leaf tells of: rows put in afterwards, ends cut off, and rows that wait to be taken."""
    added = await sealing.left_out(conn)
    if added is not None:
        raise _Faulty(SealFault(Wrong.ADDED, added))
    for row in await sealing.not_yet_taken(conn):
        done.rows, done.waiting = done.rows + 1, done.waiting + 1
        if not row.holds:
            raise _Faulty(SealFault(Wrong.CHANGED, (row.aggregate, row.number)))
    cut = await sealing.cut_end(conn)
    if cut is not None:
        raise _Faulty(SealFault(Wrong.REMOVED, cut))
