"""The file of passwords that have leaked: looked into by halves, and refused where it cannot be."""

from hashlib import sha1
from pathlib import Path

import pytest

from sip.breached import is_breached, parse_breached

LEAKED = [f"en läckt mening {n}" for n in range(257)]


def _hash(password: str) -> str:
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.mark.parametrize("line", ["{}", "{}:17"], ids=["hashes", "counted"])
@pytest.mark.parametrize("between", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("many", [1, 2, 3, 256, 257])
@pytest.mark.parametrize("last", ["", "end"])
def test_what_is_in_it_is_found_and_nothing_else(tmp_path: Path, line: str, between: str, many: int, last: str) -> None:
    path = tmp_path / "leaked.txt"
    said = between.join(line.format(one) for one in sorted(map(_hash, LEAKED[:many])))
    path.write_bytes((said + (between if last else "")).encode())
    assert parse_breached(str(path)) == path
    assert all(is_breached(path, one) for one in LEAKED[:many])
    assert not any(is_breached(path, one) for one in ("en annan mening", "", "\ud800", *LEAKED[many:]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "readable file"),
        ("password\n", "readable file"),
        (f"{'F' * 40}\n{'0' * 40}\n", "order of its hashes"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "leaked.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        parse_breached(str(path))


@pytest.mark.parametrize("path", ["leaked.txt", "/nowhere/leaked.txt", "/"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="absolute path"):
        parse_breached(path)
