"""The addresses of a header (RFC 5322, section 3.4), read from its bytes as they came.

The law of this file: addresses are found before encoded words are decoded (RFC 2047, section 6.2), so that a name can
never become an address. Python's own `getaddresses` differs between 3.11.2, 3.11.7 and 3.13 in what it makes of a
malformed header, and is not used: here what is malformed is no address. One pass over the text.
"""

import re
from collections.abc import Iterable, Iterator

from sip.domain.address import folded, is_mailable

_OPEN, _CLOSED = "<", ">"
_PIECES = re.compile(r"\\.|[()\"]|[^\\()\"]+|\\", re.DOTALL)
_TOKENS = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|[<>,;:]|[^\s\"<>,;:]+", re.DOTALL)


def addresses_in(value: str) -> tuple[str, ...]:
    """All addresses that mail can be sent to, folded, in order; what is malformed between the commas is left out."""
    return tuple(email for one in _entries(value) if (email := _address(one)) is not None)


def only_address(values: Iterable[str]) -> str | None:
    """The one address of the one header that names its author; None where there are several, or none to be read.

    An author who cannot be told is nobody: never guessed, for whoever writes the header may want to be taken for
    somebody else (RFC 5322, section 3.6.2, allows several and names no first).
    """
    found = list(values)
    if len(found) != 1:
        return None
    # A name with a comma outside quotes ("Ek, Anna <...>") makes an entry without an address: it names nobody.
    entries = [one for one in _entries(found[0]) if any(token == _OPEN or "@" in token for token in one)]
    return _address(entries[0]) if len(entries) == 1 else None


def _address(tokens: list[str]) -> str | None:
    """Of one entry: what stands in its angle brackets, which end it; without any, its only word."""
    if _OPEN in tokens:
        if tokens.count(_OPEN) != 1 or tokens[-1] != _CLOSED or tokens.count(_CLOSED) != 1:
            return None
        tokens = tokens[tokens.index(_OPEN) + 1 : -1]
    elif _CLOSED in tokens:
        return None
    return folded(tokens[0]) if len(tokens) == 1 and is_mailable(tokens[0]) else None


def _entries(value: str) -> Iterator[list[str]]:
    """The words of each entry: brackets, words, and quoted texts with their quotes."""
    tokens: list[str] = []
    for word in _TOKENS.findall(_without_comments(value)):
        if word == ":" and _OPEN not in tokens:
            tokens = []  # before it stood the name of a group
        elif word in ",;:":
            yield tokens
            tokens = []
        else:
            tokens.append(word)
    yield tokens


def _without_comments(value: str) -> str:
    """A space for each comment, so that no word is put together round one; what is never closed ends in a bracket."""
    kept: list[str] = []
    depth, quoted = 0, False
    for piece in _PIECES.findall(value):
        if piece == '"' and not depth:
            quoted = not quoted
        elif piece in "()" and not quoted:
            depth = max(0, depth + (1 if piece == "(" else -1))
            kept.append(" ")
            continue
        if not depth:
            kept.append(piece)
    return "".join(kept) + (_CLOSED if depth or quoted else "")
