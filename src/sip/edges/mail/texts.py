"""Text that is safe to put in a header, a calendar property or a log line.

Names come from a directory that people fill in, server words from anywhere: neither may break a line, hide a direction
change or grow without bound.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def clean(text: str, most: int = 200) -> str:
    """One line without control or format characters, at most `most` characters."""
    spaced = _SPACES.sub(" ", text)
    if not spaced.isascii() or not spaced.isprintable():
        spaced = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    spaced = spaced.strip()
    return spaced if len(spaced) <= most else spaced[: most - 1].rstrip() + "…"


def clean_name(text: str) -> str:
    """A display name, without what makes escapes that Outlook shows (RFC 6868), what looks like an encoded word, and
    the semicolon: at it some readers of calendars cut a name even within quotes.
    """
    plain = text.replace('"', "”").replace("^", "").replace("\\", "/").replace("=?", "?").replace(";", ",")
    return clean(plain, 100)
