"""Users as a CSV file: one role of one user on each line (`sip user import`, docs/running.md).

The law of this file: every error is told with its line; a file with an error gives no users at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sip.domain.address import folded, is_mailable
from sip.domain.freetext import numbers
from sip.domain.people import Role
from sip.usecases.directory.csv_lines import lines_of
from sip.usecases.directory.rows import DirectoryFileError, LineError, wrong_line

HEADER = ("email", "role", "name", "unit", "organisation", "principal", "password")
PASSWORD_LEAST = 12
MOST_BYTES = 5_000_000
_SCOPE = ("unit", "organisation", "principal")


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user and one role. `name` empty: from the directory; no unit, organisation or principal: as the directory says.

    `password` is the first one, left empty for a user who has one, or whose other line gives it.
    """

    line: int
    email: str
    role: Role
    name: str | None = None
    unit: str | None = None
    organisation: str | None = None
    principal: str | None = None
    password: str | None = None


@lru_cache(maxsize=1)
def _known_bad() -> frozenset[str]:
    # Loaded when a password is chosen: 12 MB that most processes never need.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # it has no types

    return frozenset(FREQUENCY_LISTS["passwords"])


def is_known_bad(password: str) -> bool:
    """Whether it stands among the thirty thousand that are used most (the list of the package zxcvbn), in any case of
    letters, or is one of them twice.
    """
    folded = password.lower()
    half = folded[: len(folded) // 2]
    return folded in _known_bad() or (folded == half * 2 and half in _known_bad())


def parse(data: bytes) -> tuple[UserRow, ...]:
    """The users a file names. Raises DirectoryFileError with every error of every line."""
    errors: list[LineError] = []
    rows: list[UserRow] = []
    for line, cells in lines_of(data, MOST_BYTES, _check_header):
        wrong = [wrong_line(line, "said", sentence=sentence) for sentence in _wrong(cells)]
        errors += wrong
        if not wrong:
            values = {name: cells.get(name) or None for name in HEADER[2:]}
            rows.append(UserRow(line, folded(cells["email"]), Role(cells["role"]), **values))
    if not errors and not rows:
        errors.append(wrong_line(1, "said", sentence="there is nobody under the header."))
    if errors:
        raise DirectoryFileError(errors)
    return tuple(rows)


def _wrong(cells: dict[str, str]) -> Iterator[str]:
    if not is_mailable(cells.get("email", "")):
        yield '"email" is no e-mail address that mail can be sent to.'
    if cells.get("role", "") not in set(Role):
        yield f'"role" must be one of {", ".join(Role)}.'
    if sum(bool(cells.get(name)) for name in _SCOPE) > 1:
        yield "name one of unit, organisation and principal, not several."
    if cells.get("password") and len(cells["password"]) < PASSWORD_LEAST:
        yield f"a password has at least {PASSWORD_LEAST} characters."
    if is_known_bad(cells.get("password", "")):
        yield "the password is one that many use, and the first that are tried; choose another."
    for name in (n for n in HEADER if n != "password"):
        if numbers(name, cells.get(name)):
            yield f'"{name}" looks like a personal number; none may be kept here.'


def _check_header(header: Sequence[str]) -> None:
    if not {"email", "role"} <= set(header) <= set(HEADER) or len(set(header)) < len(header):
        raise DirectoryFileError([wrong_line(1, "header", header=";".join(HEADER))])
