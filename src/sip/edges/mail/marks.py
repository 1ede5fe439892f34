"""Marks that stand for values while mails are built with the libraries, and content lines folded as icalendar does it.

Marks are private-use characters: names and texts are cleaned of such, so none can be taken for a mark. Those of a
recipient are put in for each mail, those of a meeting once for all of its mails.
"""

import re
from itertools import pairwise

_RECIPIENT = re.compile("\ue100(\\w+)\ue101")
MEETING = re.compile("\ue102(\\w+)\ue103")
Pieces = tuple[str, ...]
"""A text or line with marks of a recipient's: fixed, mark, fixed, ..., fixed."""


def of_recipient(name: str) -> str:
    return f"\ue100{name}\ue101"


def of_meeting(name: str) -> str:
    return f"\ue102{name}\ue103"


def has_recipient(text: str) -> bool:
    return "\ue100" in text


def pieces(text: str) -> Pieces:
    """Split at the recipient's marks."""
    return tuple(_RECIPIENT.split(text))


def fold(line: bytes) -> bytes:
    """A content line in parts of at most 75 octets, never inside a character or an escape, as icalendar folds it."""
    if len(line) < 75:
        return line
    cuts = [0]
    while len(line) - cuts[-1] >= 75:
        cut = cuts[-1] + 74
        while line[cut] & 0xC0 == 0x80:
            cut -= 1
        if line[cut - 1] in b"\\^" and cut - cuts[-1] > 1:
            cut -= 1
        cuts.append(cut)
    cuts.append(len(line))
    return b"\r\n ".join(line[a:b] for a, b in pairwise(cuts))
