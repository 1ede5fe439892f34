"""Golden pictures: pages of documents as they were looked at, kept small, and held against what is made today.

WRITE_GOLDEN=1 writes them anew; then look at each. Two that differ by a hair are the same: another processor rounds
the edge of a letter otherwise.
"""

import os
import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

PPI = 40
_MOST = 0.05
"""How far the shades of two pages may lie apart on average, of 255."""


def held(folder: Path, name: str, pages: Sequence[bytes]) -> None:
    """Raises AssertionError where a page is not as it was looked at, or there are more or fewer."""
    kept = sorted(folder.glob(f"{name}-*.png"))
    if os.environ.get("WRITE_GOLDEN"):
        for one in kept:
            one.unlink()
        folder.mkdir(exist_ok=True)
        for n, page in enumerate(pages, 1):
            (folder / f"{name}-{n}.png").write_bytes(page)
        return
    assert len(kept) == len(pages), f"{name}: {len(kept)} pages were looked at, {len(pages)} are made"
    for file, page in zip(kept, pages, strict=True):
        assert page == file.read_bytes() or apart(page, file.read_bytes()) < _MOST, f"{file.name} looks otherwise"


def apart(one: bytes, other: bytes) -> float:
    """How far apart the shades of two pictures are on average; 255 where they are of another size."""
    (size, first), (other_size, second) = _shades(one), _shades(other)
    if size != other_size:
        return 255.0
    return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / len(first)


def _shades(png: bytes) -> tuple[bytes, bytes]:
    """The head and the bytes of a PNG of eight bits a colour, its lines' filters undone (RFC 2083, section 6)."""
    head, data, at = b"", b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        head = body if kind == b"IHDR" else head
        data += body if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth, colours = struct.unpack(">IIBB", head[:10])
    assert depth == 8
    step = {0: 1, 2: 3, 4: 2, 6: 4}[colours]
    raw, above, made = zlib.decompress(data), bytes(width * step), bytearray()
    for start, end in pairwise(range(0, len(raw) + 1, width * step + 1)):
        above = _line(raw[start], raw[start + 1 : end], above, step)
        made += above
    assert len(made) == width * height * step
    return head, bytes(made)


def _line(how: int, line: bytes, above: bytes, step: int) -> bytes:
    found = bytearray(line)
    for n, value in enumerate(line):
        left, up = found[n - step] if n >= step else 0, above[n]
        corner = above[n - step] if n >= step else 0
        near = left + up - corner
        best = min((left, up, corner), key=lambda one: abs(near - one))
        found[n] = (value + (0, left, up, (left + up) // 2, best)[how]) & 255
    return bytes(found)
