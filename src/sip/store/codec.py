"""Values and rows: a dataclass laid over the columns of its table, by name, both ways.

The law of this file: every field has exactly one column, checked when the program starts. A value inside a value is
flattened with its field's name before it; an absent one is null in all its columns. What is a table of its own
(parties, rungs, ...) is given when the value is read. Enums are StrEnums and stand as their text.

Reading and writing are the inner loop of every timer, so both are compiled when the program starts, as dataclasses are:
one expression that takes a row apart and makes the value of it, and one that does the reverse. What pays for it: rows
read three to four times, written six to nine times as fast as field by field (docs/benchmarks.md, "Values and rows in
memory").
"""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Table

from sip.domain.values import maker

T = TypeVar("T")
Decode = Callable[[Any], Any]

# `end` is a word of SQL.
RENAMED = {"start": "starts_at", "end": "ends_at"}


@dataclass(frozen=True, slots=True)
class _Field:
    """One field in the columns from `at` on: a scalar, or a value laid flat. One that is given has no columns."""

    name: str
    at: int = 0
    given: bool = False
    shape: "Shape[Any] | None" = None
    optional: bool = False
    words: Mapping[Any, Any] | None = None
    decode: Decode | None = None


class Shape(Generic[T]):
    """How values of `cls` lie in columns named with `prefix`; fields named in `given` have no columns here.

    `read(row, start=0, **given)` gives the value whose columns begin at `start` of the row, `write(value)` its columns
    in the order of `columns`.
    """

    def __init__(self, cls: type[T], given: Sequence[str] = (), prefix: str = "") -> None:
        self.cls = cls
        self.columns: list[str] = []
        hints = get_type_hints(cls)
        self._fields = [
            _Field(field.name, given=True) if field.name in given else self._lay(field.name, hints[field.name], prefix)
            for field in fields(cls)  # type: ignore[arg-type]  # always a dataclass
        ]
        self.width = len(self.columns)
        names: dict[str, Any] = {}
        self.read: Callable[..., T] = self._reader(names)
        self.write: Callable[[T], tuple[Any, ...]] = _compiled(f"({self._columns_of('value', names)})", "value", names)

    def _lay(self, name: str, hint: Any, prefix: str) -> _Field:
        inner, optional = _without_none(hint)
        column, at = f"{prefix}{RENAMED.get(name, name)}", len(self.columns)
        if is_dataclass(inner):
            shape: Shape[Any] = Shape(inner, prefix=f"{column}_")  # type: ignore[arg-type]  # always a dataclass
            self.columns += shape.columns
            return _Field(name, at, shape=shape, optional=optional)
        self.columns.append(column)
        return _Field(name, at, words=_words(inner), decode=_decoder(inner))

    def _reader(self, names: dict[str, Any]) -> Callable[..., T]:
        given = "".join(f", {field.name}" for field in self._fields if field.given)
        taken = "".join(f"c{n}, " for n in range(self.width))
        made: Callable[..., T] = _compiled(
            self._value(names, 0),
            f"row, start=0{', *' if given else ''}{given}",
            names,
            before=f"{taken}= row[start : start + {self.width}]",
        )
        return made

    def _value(self, names: dict[str, Any], start: int) -> str:
        """The expression that makes a value of the columns c{start}, c{start + 1}, ..."""
        arguments = [
            field.name if field.given else _value_of(field, f"c{start + field.at}", start + field.at, names)
            for field in self._fields
        ]
        return f"{_known(names, _maker(self.cls))}({', '.join(arguments)})"

    def _columns_of(self, value: str, names: dict[str, Any]) -> str:
        """The expressions of the columns of `value`, each with a comma after it."""
        found = ""
        for field in self._fields:
            if field.given:
                continue
            own = f"{value}.{field.name}"
            if field.shape is None:
                found += f"{own}, "
            elif field.optional:
                nothing, write = _known(names, field.shape.nothing), _known(names, field.shape.write)
                found += f"*({nothing} if {own} is None else {write}({own})), "
            else:
                found += field.shape._columns_of(own, names)
        return found

    @property
    def nothing(self) -> tuple[None, ...]:
        """The columns of a value that is not there."""
        return (None,) * self.width

    def check(self, table: Table, besides: Sequence[str] = ()) -> "Shape[T]":
        """Raises TypeError unless table and shape have the same columns, apart from those named."""
        there, here = set(table.columns.keys()) - set(besides), set(self.columns)
        if there != here:
            raise TypeError(f"{table.name} and {self.cls.__name__} differ: {sorted(there ^ here)}")
        return self


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return hint, False


def _value_of(field: _Field, column: str, at: int, names: dict[str, Any]) -> str:
    """The expression that makes a field's value of its column, or of its columns from number `at` on."""
    if field.shape is not None:
        value = field.shape._value(names, at)
        return f"None if {column} is None else {value}" if field.optional else value
    if field.words is not None:
        return f"{_known(names, field.words)}[{column}]"
    if field.decode is not None:
        return f"None if {column} is None else {_known(names, field.decode)}({column})"
    return column


def _maker(cls: Any) -> Callable[..., Any]:
    quick = cls.__dataclass_params__.frozen and hasattr(cls, "__slots__")
    return maker(cls) if quick else cls


def _known(names: dict[str, Any], thing: Any) -> str:
    """A name that the compiled code finds the thing under."""
    name = f"k{len(names)}"
    names[name] = thing
    return name


def _compiled(expression: str, parameters: str, names: dict[str, Any], before: str = "pass") -> Any:
    """A function of these parameters that gives the expression; made of the names of our own fields, never of data."""
    exec(f"def made({parameters}):\n    {before}\n    return {expression}\n", names)  # noqa: S102 - built from our own field names
    return names.pop("made")


def _words(hint: Any) -> Mapping[Any, Any] | None:
    """The members of an enum by their text, and None, which stands for itself."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {None: None, **{member.value: member for member in hint}}
    return None


def _decoder(hint: Any) -> Decode | None:
    origin = get_origin(hint)
    if origin not in (tuple, frozenset):
        return None
    words = _words(get_args(hint)[0])
    if words is None:
        return origin  # type: ignore[no-any-return]  # an enumeration
    return lambda values: origin(words[value] for value in values)
