"""On which line of a TOML text a key stands: what the standard library's reader does not tell of a text that it takes.

The law of this file: it is asked only of a text that has been read, so it need not know what is wrong with one. Keys
and heads of tables are found at the beginning of a line, outside texts of several lines (TOML 1.0).
"""

import re
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Where something stands: names of tables and keys, and the numbers of tables in an array, from nil."""

_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEAD = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_PART = re.compile(_NAME)
_LONG = re.compile(r'"""|' + "'''")


@dataclass(slots=True)
class _Walk:
    """The table that lines belong to, how many of each array there have been, and the text that is open."""

    found: dict[Path, int] = field(default_factory=dict)
    table: Path = ()
    count: dict[Path, int] = field(default_factory=dict)
    open: str = ""

    def head(self, array: bool, names: list[str], line: int) -> None:
        path: Path = ()
        for n, name in enumerate(names):
            path = (*path, name)
            last = n == len(names) - 1
            if last and array:
                self.count[path] = self.count.get(path, -1) + 1
            if path in self.count:
                path = (*path, self.count[path])
        self.table = path
        self.found.setdefault(path, line)


def lines_of(text: str) -> dict[Path, int]:
    """The line of each table and key, the first being 1."""
    walk = _Walk()
    for number, line in enumerate(text.splitlines(), 1):
        if not walk.open:
            if head := _HEAD.match(line):
                walk.head(head[1] == "[[", _names(head[2]), number)
            elif key := _KEY.match(line):
                walk.found.setdefault((*walk.table, *_names(key[1])), number)
        for mark in _LONG.findall(_without_comment(line) if not walk.open else line):
            walk.open = mark if not walk.open else "" if walk.open == mark else walk.open
    return walk.found


def _names(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _without_comment(line: str) -> str:
    return re.sub(r"""("[^"]*"|'[^']*')|#.*""", lambda found: found[1] or "", line) if '"""' not in line else line


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of what stands there, or of the nearest around it; 1 where there is none."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1
