"""Heads and leaves of the sealed days as files, with the time stamp of a head beside them: written once.

The law of this file: what is there is never written over. A file that says something else than what should be written
is a finding, told in a sentence. `DAY.head.json` holds the head's text and its signature, `DAY.tsr` its time stamp as
it came, `DAY.leaves` one line for each row: aggregate and seq, or "access" and its id, and the leaf's hash in
hexadecimal (docs/sealed.md).
"""

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from sip.domain.sealing import HeadError, read_head
from sip.store.sealing import StoredHead
from sip.usecases.seal_check import KeptDay
from sip.usecases.sealing import LeafLine


class OtherSealError(Exception):
    """A file of a sealed day is not what it should be."""


def keep(folder: Path, stored: StoredHead, leaves: Sequence[LeafLine]) -> None:
    """Writes both files of a day, the head last. Raises OSError, and OtherSealError where there is another already."""
    head = json.dumps({"head": stored.head, "signature": stored.signature.hex()}, indent=1) + "\n"
    lines = "".join(f"{aggregate or 'access'} {number} {leaf.hex()}\n" for aggregate, number, leaf in leaves)
    _write(folder / f"{stored.day}.leaves", lines)
    _write(folder / f"{stored.day}.head.json", head)


def keep_token(folder: Path, day: date, token: bytes) -> None:
    """Writes a day's time stamp. A day has one: what a second try brought changes nothing. Raises OSError."""
    file = folder / f"{day}.tsr"
    if not file.exists():
        _written(file, token)


def _write(file: Path, text: str) -> None:
    if file.exists():
        if file.read_text(encoding="utf-8") != text:
            raise OtherSealError(f"{file} says something else than the database; run `sip journal verify --heads`.")
        return
    _written(file, text.encode())


def _written(file: Path, content: bytes) -> None:
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with half.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    half.rename(file)


def kept_days(folder: Path) -> list[KeptDay]:
    """The days in this folder, in their order. Raises OSError, and OtherSealError for a file that is no head."""
    return [_kept(file) for file in sorted(folder.glob("*.head.json"))]


def _kept(file: Path) -> KeptDay:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        text, signature = str(said["head"]), bytes.fromhex(said["signature"])
        day = read_head(text).day
        leaves = file.with_name(f"{day}.leaves")
        lines = _lines(leaves) if leaves.exists() else None
    except (ValueError, KeyError, TypeError, HeadError):
        raise OtherSealError(f"{file} or the leaves beside it are not as they were written.") from None
    stamp = file.with_name(f"{day}.tsr")
    return KeptDay(StoredHead(day, text, signature), lines, stamp.read_bytes() if stamp.exists() else None)


def _lines(file: Path) -> list[LeafLine]:
    split = (line.split(" ") for line in file.read_text(encoding="utf-8").splitlines())
    return [(None if of == "access" else UUID(of), int(number), bytes.fromhex(leaf)) for of, number, leaf in split]
