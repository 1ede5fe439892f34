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

from sip.domain.merkle import Tree, leaf_hash, root_from_path
from sip.domain.sealing import DayHead, HeadError, read_head
from sip.seal_key import is_signed
from sip.store import sealing
from sip.store.db import Database, beyond
from sip.usecases.actor import Actor
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.audit import require_whole
from sip.usecases.recorded import recorded

VERSION = 1


class ProofError(Exception):
    """A proof does not hold: one sentence that says what."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: rows of the journal and of the access log, from and to which sealed day."""

    meeting: UUID
    journal: int
    readings: int
    days: tuple[str, ...]


async def prove(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """The proof of all rows of this meeting that are in a sealed day; `waiting` is how many are in none yet.

    Raises NotFoundError for who may not ask, and for a meeting of which nothing has been sealed.
    """
    require_whole(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("prove", "meeting", meeting_id)
        heads = [(one, read_head(one.head)) for one in await sealing.heads(conn)]
        async with beyond(conn):  # a proof holds the rows whole, and is made at the command line alone
            found = await sealing.of_meeting(conn, meeting_id)
        used: list[dict[str, str]] = []
        rows: list[dict[str, Any]] = []
        for stored, head in heads:
            inside = [(position, row) for position, row in found if head.first <= position < head.end]
            if not inside:
                continue
            lines = [line async for some in sealing.hashes(conn, head.first, head.end) for line in some]
            tree = Tree([leaf for _, _, leaf in lines])
            for position, row in inside:
                index = position - head.first
                path = [one.hex() for one in tree.path(index)]
                rows.append({"text": row.text.decode(), "head": len(used), "index": index, "path": path})
            used.append({"head": stored.head, "signature": stored.signature.hex()})
        if not rows:
            raise NotFoundError("sealed meeting")
    return {
        "sip_proof": VERSION,
        "meeting": str(meeting_id),
        "made_at": now.isoformat(),
        "waiting": len(found) - len(rows),
        "heads": used,
        "rows": rows,
    }


def check(data: bytes, public: bytes) -> Proven:
    """What the proof shows, under this public key. Raises ProofError with the first thing that does not hold."""
    try:
        said = json.loads(data)
        if said["sip_proof"] != VERSION:
            raise ProofError("This is a proof of another version.")
        meeting = UUID(said["meeting"])
        heads = [_head(one, public) for one in said["heads"]]
        rows = [_row(number, one, heads) for number, one in enumerate(said["rows"], 1)]
        chained = _chain(meeting, rows)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, HeadError):
        raise ProofError("This file is no proof, or a part of it is missing.") from None
    return Proven(meeting, chained, len(rows) - chained, tuple(head.day.isoformat() for head in heads))


def _head(one: Mapping[str, str], public: bytes) -> DayHead:
    head = read_head(one["head"])
    if head.key != public or not is_signed(one["head"], bytes.fromhex(one["signature"]), public):
        raise ProofError(f"The head of {head.day} is not signed under this key.")
    return head


def _row(number: int, one: Mapping[str, Any], heads: Sequence[DayHead]) -> str:
    text, path = str(one["text"]), [bytes.fromhex(beside) for beside in one["path"]]
    head = heads[one["head"]]
    if root_from_path(leaf_hash(text.encode()), one["index"], head.size, path) != head.root:
        raise ProofError(f"Row {number} of the file is not in the tree that was signed.")
    return text


def _chain(meeting: UUID, rows: Sequence[str]) -> int:
    """How many rows are of the journal: all of them from the first on, each naming the hash of the one before."""
    chain: dict[int, tuple[str, str]] = {}
    for number, text in enumerate(rows, 1):
        said = json.loads(text)
        if said[0] == "access":
            mine = said[8:10] == ["meeting", str(meeting)]
        else:
            content, before = (said[1], said[5]) if said[0] == 2 else (said[0], said[3])
            mine = content[0] == str(meeting)
            chain[content[1]] = (before, sha256(text.encode()).hexdigest())
        if not mine:
            raise ProofError(f"Row {number} of the file is of something else.")
    last = bytes(32).hex()
    for expected, seq in enumerate(sorted(chain), 1):
        if seq != expected or chain[seq][0] != last:
            raise ProofError(f"Row {expected} of the journal is missing from the file.")
        last = chain[seq][1]
    return len(chain)
