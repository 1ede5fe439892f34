"""LDIF as LDAP tools write it (RFC 2849): entries with their attributes, each at its line.

Pure. The law of this file: it knows no attribute. What is no LDIF is told with its line, and gives no entry at all.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sip.usecases.directory.rows import DirectoryFileError, wrong_line

_ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)(?:;[A-Za-z0-9;-]*)?")
_UNESCAPED = re.compile(r"\\([0-9A-Fa-f]{2}|.)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the line of its `dn`, the names it lies under (itself first, as attribute and value), and its values
    by attribute in small letters, without options.
    """

    line: int
    path: tuple[tuple[str, str], ...]
    values: dict[str, tuple[str, ...]]

    def one(self, name: str) -> str | None:
        """The first value of an attribute."""
        return next(iter(self.values.get(name, ())), None)


def entries(data: bytes, most_bytes: int) -> Iterator[Entry]:
    """Every entry of a file, in order. Raises DirectoryFileError for what is too large, no UTF-8 or no LDIF."""
    if len(data) > most_bytes:
        raise DirectoryFileError([wrong_line(1, "too_large", most=most_bytes // 1_000_000)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DirectoryFileError([wrong_line(data[: error.start].count(b"\n") + 1, "ldif_utf8")]) from None
    record: list[tuple[int, str]] = []
    for line, said in (*_unfolded(text), (0, "")):
        if said:
            record.append((line, said))
        elif record:
            found = _entry(record)
            record = []
            if found is not None:
                yield found


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines that are continued put together, without comments (RFC 2849, notes 2 and 3)."""
    begun, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(" ") and begun:
            whole += line[1:]
            continue
        if begun and not whole.startswith("#"):
            yield begun, whole
        begun, whole = number, line.rstrip() if not line.strip() else line
    if begun and not whole.startswith("#"):
        yield begun, whole


def _entry(record: list[tuple[int, str]]) -> Entry | None:
    """None of the line that says the version, where it stands alone."""
    if record[0][1].lower().startswith("version:"):
        record = record[1:]
    if not record:
        return None
    line, head = record[0]
    name, dn = _value(line, head)
    if name != "dn":
        raise DirectoryFileError([wrong_line(line, "ldif_dn")])
    values: dict[str, tuple[str, ...]] = {}
    for at, said in record[1:]:
        attribute, value = _value(at, said)
        if attribute == "changetype" and value.lower() != "add":
            raise DirectoryFileError([wrong_line(at, "ldif_change")])
        values[attribute] = (*values.get(attribute, ()), value)
    return Entry(line, _path(line, dn), values)


def _value(line: int, said: str) -> tuple[str, str]:
    name, colon, rest = said.partition(":")
    found = _ATTRIBUTE.fullmatch(name)
    if not colon or found is None or rest.startswith("<"):
        raise DirectoryFileError([wrong_line(line, "ldif_line")])
    if not rest.startswith(":"):
        return found[1].lower(), rest.strip()
    try:
        return found[1].lower(), base64.b64decode(rest[1:].strip(), validate=True).decode("utf-8").strip()
    except (binascii.Error, UnicodeDecodeError):
        # A picture or a certificate is no text, and of no use here.
        return found[1].lower(), ""


def _path(line: int, dn: str) -> tuple[tuple[str, str], ...]:
    """The parts of a distinguished name (RFC 4514), without their escapes."""
    found = []
    for part in re.split(r"(?<!\\),", dn) if dn else ():
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise DirectoryFileError([wrong_line(line, "ldif_dn")])
        found.append((name.strip().lower(), _unescaped(value.strip())))
    return tuple(found)


def _unescaped(value: str) -> str:
    def plain(found: re.Match[str]) -> str:
        return found[1] if len(found[1]) == 1 else chr(int(found[1], 16))

    try:  # bytes of UTF-8 may be escaped one by one
        return _UNESCAPED.sub(plain, value).encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return _UNESCAPED.sub(plain, value)
