"""What the reader of bodies and parameters says of a field, as a field and words of ours in the caller's language.

The law of this file: what is told is the field and what it may be, never what was sent. The sentences are msgspec's own
(its `ValidationError`), in English and without codes, so they are told apart by their form.
"""

import re
from collections.abc import Mapping

from sip.domain import bounds
from sip.usecases.problems import FieldProblem

BODY = "data"
"""Where the whole body is meant; so Litestar names it."""

READ = "validation"
"""The code of a field that cannot be read as it is described; one that can, and cannot be kept, has one of its own."""

_PATH = re.compile(r" - at `\$?\.?(.*?)`$")
# The first group is the field inside the one that the path leads to, where msgspec names one.
_MISSING = re.compile(r"Object missing required field `([^`]*)`")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]*)`")
_DAY = re.compile(r"Day out of range in `([^`]*)`")
_LEAST = re.compile(r"Expected `\w+` (?:of length )?(?:>=|>) (-?[0-9.]+)")
_MOST = re.compile(r"Expected `\w+` (?:of length )?(?:<=|<) (-?[0-9.]+)")
_LENGTH = re.compile(r"Expected `\w+` of length ")
_KIND = re.compile(r"Expected `(\w+)[^`]*`, got `")
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Invalid (?:RFC3339|ISO8601|epoch|date|time)|timezone"), "moment"),
    (re.compile(r"Invalid UUID"), "id"),
    (re.compile(r"Invalid enum value"), "choice"),
    (re.compile(r"matching regex"), "form"),
)
# Parameters whose own name is a word of Litestar's.
_RENAMED: Mapping[str, str] = {"in_state": "state"}
_KINDS: Mapping[str, str] = {"str": "text", "int": "whole", "bool": "yes_no", "array": "list", "object": "object"}


def day_out_of_range(name: str) -> str:
    """What the base of bodies says of a day or time where none may lie; read below."""
    return f"Day out of range in `{name}`"


def names_a_field(text: str) -> bool:
    """Whether the sentence is about a field, and not about the body as a whole."""
    return _PATH.search(text) is not None


def field_problem(text: str, key: str | None = None) -> FieldProblem:
    """The field and what it may be, from a sentence that msgspec wrote; `key` is where Litestar saw it."""
    found = _PATH.search(text)
    path, said = (found[1], text[: found.start()]) if found else ("", text)
    path = path or ("" if key in (None, BODY) else _RENAMED.get(str(key), str(key)))
    if day := _DAY.match(said):
        first, last = bounds.FIRST_DAY.year, bounds.LAST_DAY.year
        return _problem(_in(path, day[1]), "day", {"first": first, "last": last}, code="time_unusable")
    for pattern, word in ((_MISSING, "missing"), (_UNKNOWN, "unknown")):
        if inner := pattern.match(said):
            return _problem(_in(path, inner[1]), word)
    for pattern, word in ((_LEAST, "least"), (_MOST, "most")):
        if bound := pattern.match(said):
            return _problem(path or BODY, f"{word}_long" if _LENGTH.match(said) else word, {"bound": bound[1]})
    for pattern, word in _WORDS:
        if pattern.search(said):
            return _problem(path or BODY, word)
    kind = _KIND.match(said)
    return _problem(path or BODY, _KINDS.get(kind[1], "other") if kind else "other")


def _in(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _problem(field: str, word: str, values: Mapping[str, object] | None = None, *, code: str = READ) -> FieldProblem:
    return FieldProblem(
        field, code, (("word", f"problem.read.{word}"), *((name, str(value)) for name, value in (values or {}).items()))
    )
