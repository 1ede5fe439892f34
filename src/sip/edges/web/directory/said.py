"""Changes of the directory in words: what differs, in the reader's language, with what stood there before.

Pure. A change holds the cells of a directory file; here its columns and values get their words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sip.edges.web.hours import parsed, said_hours
from sip.edges.web.shell.phrases import Phrases
from sip.edges.words import has_word
from sip.store.directory_changes import Cell, ChangeLine

# What the change's own title says already.
_IN_TITLE = {
    "address": ("email", "parent"),
    "role": ("person", "role", "parent", "type"),
    "closed_day": ("from",),
    "principal": ("name",), "organisation": ("name",), "unit": ("name",), "person": ("name",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell that differs: its name, what stood there and what stands there; empty for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change: what, in a sentence, its cells, and who made it when (None before anything is done)."""

    title: str
    cells: tuple[CellView, ...]
    act: str
    by: str | None = None
    at: datetime | None = None
    line: int = 0


def lines(phrases: Phrases, changes: Iterable[ChangeLine]) -> list[ChangeView]:
    """The journal's lines as they are shown."""
    return [
        ChangeView(
            title(phrases, one.change.kind, one.change.act, one.change.called, one.change.cells),
            cells(phrases, one.change.kind, one.change.act, one.change.cells),
            one.change.act,
            one.by.name or one.by.kind,
            one.at,
        )
        for one in changes
    ]


def title(phrases: Phrases, kind: str, act: str, called: tuple[str, ...], of: Iterable[Cell]) -> str:
    """What was changed: "Adressen vc@region.example lades till"."""
    names = dict(zip(("name", "second", "third"), (*called, "", ""), strict=False))
    if kind == "role":
        names["second"] = value(phrases, kind, "role", called[1])
    if kind == "closed_day":
        names["name"] = next((value(phrases, kind, column, after or before) for column, before, after in of), "")
    return phrases.t(f"directory.change.{kind}_{act}", **names)


def cells(phrases: Phrases, kind: str, act: str, of: Iterable[Cell]) -> tuple[CellView, ...]:
    """The cells that say more than the title; of what has gone none."""
    if act == "gone":
        return ()
    told = () if act in ("changed", "archived") and kind != "closed_day" else _IN_TITLE[kind]
    return tuple(
        CellView(
            label(phrases, kind, column), value(phrases, kind, column, before), value(phrases, kind, column, after)
        )
        for column, before, after in of
        if column not in told and (before or after)
    )


def label(phrases: Phrases, kind: str, column: str) -> str:
    """What a column is called where it stands."""
    own = f"directory.column.{kind}_{column}"
    return phrases.t(own if has_word(phrases.language, own) else f"directory.column.{column}")


def value(phrases: Phrases, kind: str, column: str, text: str) -> str:
    """A cell in words: days, roles, flags and kinds as they are said; names and numbers as they are."""
    if not text:
        return ""
    if column == "hours":
        return said_hours(phrases, parsed(text))
    if column in ("from", "to"):
        return "–".join(_day(phrases, part) for part in text.split(" to "))
    if column == "flags":
        return ", ".join(_word(phrases, "directory.flag", flag) for flag in text.split())
    tables = {"role": "role", "language": "directory.language", "type": f"directory.{kind}_type"}
    return _word(phrases, tables[column], text) if column in tables else text


def _word(phrases: Phrases, table: str, key: str) -> str:
    return phrases.t(f"{table}.{key}") if has_word(phrases.language, f"{table}.{key}") else key


def _day(phrases: Phrases, text: str) -> str:
    try:
        return phrases.day(date.fromisoformat(text))
    except ValueError:
        return text
