"""Passwords that have leaked somewhere, as a file of this installation's own; nothing is asked over the network.

The law of this file: it is looked into by halves and never read whole, for it may be larger than the memory. Each line
begins with the SHA-1 of a password in hexadecimal, in order: as Pwned Passwords is fetched, ordered by hash.
"""

import mmap
import re
from hashlib import sha1
from pathlib import Path

_DIGITS = 40
_LINE = re.compile(rb"[0-9A-Fa-f]{40}(?::\d+)?")


def parse_breached(value: object) -> Path:
    """The path of such a file. Raises ValueError for another."""
    path = Path(str(value))
    try:
        with path.open("rb") as file:
            lines = [file.readline(200).strip() for _ in range(2)]
    except OSError:
        lines = []
    found = [one for one in lines if one]
    if not path.is_absolute() or not found or any(_LINE.fullmatch(one) is None for one in found):
        raise ValueError("must be the absolute path of a readable file with a SHA-1 in hexadecimal on each line")
    if sorted(one[:_DIGITS].upper() for one in found) != [one[:_DIGITS].upper() for one in found]:
        raise ValueError("names a file that is not in the order of its hashes")
    return path


def is_breached(file: Path, password: str) -> bool:
    """Whether the password stands in this file. Raises OSError where it can be read no longer."""
    wanted = sha1(password.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        low, high = 0, len(lines)
        while low < high:
            begins = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            ends = lines.find(b"\n", begins)
            ends = len(lines) if ends < 0 else ends
            here = bytes(lines[begins : begins + _DIGITS]).upper()
            if here == wanted:
                return True
            low, high = (ends + 1, high) if here < wanted else (low, begins)
    return False
