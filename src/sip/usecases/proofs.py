"""What was sealed of one meeting, as a file that is verified without the service (docs/sealed.md).

The law of this file: a proof holds the rows as they were hashed, word for word, so that whoever has it needs nothing of
us to hash them; and it is verified here from the file alone. It holds what the journal holds of the meeting, staff by
name: it is made at the command line, and its making is recorded.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.merkle import Tree, leaf_hash, root_from_path
from sip.domain.sealing import DayHead, HeadError, read_head
from sip.seal_key import is_signed
from sip.store import sealing, tombstones
from sip.store.db import Database, beyond
from sip.store.sealing import SealedRow, StoredHead
from sip.usecases.actor import Actor
from sip.usecases.problems import NotFoundError, UseCaseError
from sip.usecases.reading.audit import require_whole
from sip.usecases.recorded import recorded

VERSION = 2
"""1 knew no rows in which names gave way; such a file is read as ever."""


class ProofWaitsError(UseCaseError):
    """Names in the meeting gave way, and the day of which the record tells it is not over."""

    def __init__(self) -> None:
        super().__init__("Names in it gave way to functions today; the proof can be made when the day is sealed.")


class ProofError(Exception):
    """A proof does not hold: one sentence that says what."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: rows of the journal and of the access log, from and to which sealed day. In `gave_way` of
    them functions stand for names.
    """

    meeting: UUID
    journal: int
    readings: int
    days: tuple[str, ...]
    gave_way: int = 0


class _Heads:
    """The heads that a proof uses, and the paths of rows to their roots."""

    def __init__(self, conn: AsyncConnection, heads: Sequence[tuple[StoredHead, DayHead]]) -> None:
        self._conn, self._heads = conn, heads
        self._trees: dict[int, Tree] = {}
        self.used: list[dict[str, str]] = []
        self._number: dict[int, int] = {}

    async def place(self, position: int) -> dict[str, Any] | None:
        """Which head, which place in its tree, and the path; None where its day is not sealed."""
        for n, (stored, head) in enumerate(self._heads):
            if head.first <= position < head.end:
                if n not in self._trees:
                    lines = [line async for some in sealing.hashes(self._conn, head.first, head.end) for line in some]
                    self._trees[n] = Tree([leaf for _, _, leaf in lines])
                    self._number[n] = len(self.used)
                    self.used.append({"head": stored.head, "signature": stored.signature.hex()})
                index = position - head.first
                path = [one.hex() for one in self._trees[n].path(index)]
                return {"head": self._number[n], "index": index, "path": path}
        return None


async def prove(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """The proof of all rows of this meeting that are in a sealed day; `waiting` is how many are in none yet.

    Raises NotFoundError for who may not ask, and for a meeting of which nothing has been sealed.
    """
    require_whole(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("prove", "meeting", meeting_id)
        async with beyond(conn):  # a proof holds the rows whole, and is made at the command line alone
            made = await _made(conn, meeting_id, now)
    if made is None:
        raise NotFoundError("sealed meeting")
    return made


async def sealed(conn: AsyncConnection, meeting_id: UUID, now: datetime) -> dict[str, Any] | None:
    """The proof for an export, which has been recorded; None where there is none yet."""
    try:
        return await _made(conn, meeting_id, now)
    except ProofWaitsError:
        return None


async def _made(conn: AsyncConnection, meeting_id: UUID, now: datetime) -> dict[str, Any] | None:
    heads = [(one, read_head(one.head)) for one in await sealing.heads(conn)]
    found = await sealing.of_meeting(conn, meeting_id)
    made, rows, batches = _Heads(conn, heads), list[dict[str, Any]](), dict[UUID, int]()
    records: list[dict[str, Any]] = []
    for position, row in found:
        place = await made.place(position)
        if place is None:
            continue
        said = {"text": row.text.decode(), **place}
        if row.aggregate is not None and not row.holds:
            said["gave_way"] = await _gave_way(conn, made, row, position, batches, records)
        rows.append(said)
    if not rows:
        return None
    return {
        "sip_proof": VERSION,
        "meeting": str(meeting_id),
        "made_at": now.isoformat(),
        "waiting": len(found) - len(rows),
        "heads": made.used,
        "records": records,
        "rows": rows,
    }


async def _gave_way(
    conn: AsyncConnection, made: _Heads, row: SealedRow, position: int, batches: dict[UUID, int],
    records: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The tombstone that says what stands there now, its way to the root of its batch, and which record tells that.

    Raises ProofWaitsError.
    """
    stones = (await tombstones.at(conn, position, position + 1)).get((row.aggregate, row.number), [])
    after = leaf_hash(row.text)
    batch, stone = next(one for one in stones if one[1].after == after)
    if batch not in batches:
        told = await sealing.of_meeting(conn, batch)
        place = await made.place(told[0][0]) if told else None
        if place is None:
            raise ProofWaitsError
        batches[batch] = len(records)
        records.append({"text": told[0][1].text.decode(), **place})
    ours = await tombstones.of_batch(conn, batch)
    index = ours.index(stone)
    path = Tree([tombstones.leaf_of(one) for one in ours]).path(index)
    words = json.dumps(list(stone.words()), separators=(",", ":"))
    return {"stone": words, "record": batches[batch], "index": index, "path": [one.hex() for one in path]}


def check(data: bytes, public: bytes) -> Proven:
    """What the proof shows, under this public key. Raises ProofError with the first thing that does not hold."""
    try:
        said = json.loads(data)
        if said["sip_proof"] not in (1, VERSION):
            raise ProofError("This is a proof of another version.")
        meeting = UUID(said["meeting"])
        heads = [_head(one, public) for one in said["heads"]]
        records = [_record(_row(number, one, heads)) for number, one in enumerate(said.get("records", ()), 1)]
        stones = [_stone(number, one, records) for number, one in enumerate(said["rows"], 1)]
        rows = [
            _row(number, one, heads, stone)
            for number, (one, stone) in enumerate(zip(said["rows"], stones, strict=True), 1)
        ]
        chained = _chain(meeting, rows, stones)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, HeadError):
        raise ProofError("This file is no proof, or a part of it is missing.") from None
    days = tuple(head.day.isoformat() for head in heads)
    return Proven(meeting, chained, len(rows) - chained, days, sum(stone is not None for stone in stones))


def _head(one: Mapping[str, str], public: bytes) -> DayHead:
    head = read_head(one["head"])
    if head.key != public or not is_signed(one["head"], bytes.fromhex(one["signature"]), public):
        raise ProofError(f"The head of {head.day} is not signed under this key.")
    return head


Record = tuple[int, bytes]
"""How many tombstones a batch has, and their root."""
Stone = tuple[bytes, str]
"""Of a row in which names gave way: the hash of its leaf, and its own in the chain."""


def _record(text: str) -> Record:
    said = json.loads(text)[1][6]
    return said["tombstones"], bytes.fromhex(said["root"])


def _stone(number: int, one: Mapping[str, Any], records: Sequence[Record]) -> Stone | None:
    """What the tombstone of a row tells, once it is of this very text and in a batch that a sealed record tells of."""
    given = one.get("gave_way")
    if given is None:
        return None
    size, root = records[given["record"]]
    path = [bytes.fromhex(beside) for beside in given["path"]]
    if root_from_path(leaf_hash(given["stone"].encode()), given["index"], size, path) != root:
        raise ProofError(f"The tombstone of row {number} is not one that a record tells of.")
    aggregate, seq, leaf, own, after = json.loads(given["stone"])
    content = json.loads(one["text"])
    content = content[1] if content[0] == 2 else content[0]
    if [aggregate, seq] != content[:2] or bytes.fromhex(after) != leaf_hash(one["text"].encode()):
        raise ProofError(f"Row {number} of the file is not as its tombstone says.")
    return bytes.fromhex(leaf), own


def _row(number: int, one: Mapping[str, Any], heads: Sequence[DayHead], stone: Stone | None = None) -> str:
    text, path = str(one["text"]), [bytes.fromhex(beside) for beside in one["path"]]
    head = heads[one["head"]]
    leaf = leaf_hash(text.encode()) if stone is None else stone[0]
    if root_from_path(leaf, one["index"], head.size, path) != head.root:
        raise ProofError(f"Row {number} of the file is not in the tree that was signed.")
    return text


def _chain(meeting: UUID, rows: Sequence[str], stones: Sequence[Stone | None]) -> int:
    """How many rows are of the journal: all of them from the first on, each naming the hash of the one before."""
    chain: dict[int, tuple[str, str]] = {}
    for number, (text, stone) in enumerate(zip(rows, stones, strict=True), 1):
        said = json.loads(text)
        if said[0] == "access":
            mine = said[8:10] == ["meeting", str(meeting)]
        else:
            content, before = (said[1], said[5]) if said[0] == 2 else (said[0], said[3])
            mine = content[0] == str(meeting)
            chain[content[1]] = (before, sha256(text.encode()).hexdigest() if stone is None else stone[1])
        if not mine:
            raise ProofError(f"Row {number} of the file is of something else.")
    last = bytes(32).hex()
    for expected, seq in enumerate(sorted(chain), 1):
        if seq != expected or chain[seq][0] != last:
            raise ProofError(f"Row {expected} of the journal is missing from the file.")
        last = chain[seq][1]
    return len(chain)
