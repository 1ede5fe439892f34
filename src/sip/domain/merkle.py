"""A Merkle tree over rows, hashed as RFC 9162, section 2.1, with SHA-256. Pure.

The law of this file: a leaf is hashed behind the byte 0x00 and a node behind 0x01, so that neither can pass for the
other. Hashes are 32 bytes.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of the tree without leaves (RFC 9162, section 2.1.1)."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Root:
    """The root of a tree whose leaves come one by one: never more is kept than one hash for each of its heights."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """The next leaf's hash."""
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(self._full.pop(), node)
            size >>= 1
        self._full.append(node)
        self.size += 1

    def hash(self) -> bytes:
        """The root over the leaves so far."""
        if not self._full:
            return EMPTY
        *rest, node = self._full
        for left in reversed(rest):
            node = node_hash(left, node)
        return node


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of all leaves."""
    root = Root()
    for leaf in leaves:
        root.add(leaf)
    return root.hash()


class Tree:
    """A whole tree, from which the paths of single leaves are taken."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            paired = [node_hash(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)]
            self._levels.append(paired + below[len(below) & ~1 :])

    def path(self, index: int) -> list[bytes]:
        """The inclusion path of the leaf at `index`, from the bottom up (RFC 9162, section 2.1.3.1)."""
        found = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                found.append(level[beside])
            index >>= 1
        return found


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that this path leads to (RFC 9162, section 2.1.3.2); None where it cannot be one of such a leaf."""
    if not 0 <= index < size:
        return None
    place, last, node = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(beside, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None
