"""Values and rows: a dataclass laid over the columns of its table, by name, both ways.

The law of this file: every field has exactly one column, checked when the program starts. A value inside a value is
flattened with its field's name before it; an absent one is null in all its columns. What is a table of its own
(parties, rungs, ...) is given when the value is read. Enums are StrEnums and stand as their text.

Reading and writing are the inner loop of every timer: fields are fetched by `attrgetter` and `itemgetter`, many at a
time.
"""

import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Table

T = TypeVar("T")
Decode = Callable[[Any], Any]

# `end` is a word of SQL.
RENAMED = {"start": "starts_at", "end": "ends_at"}


@dataclass(frozen=True, slots=True)
class _Nested:
    """A value in field number `field`, in the columns from `at` on."""

    field: int
    name: str
    at: int
    shape: "Shape[Any]"
    optional: bool


class Shape(Generic[T]):
    """How values of `cls` lie in columns named with `prefix`; fields named in `given` have no columns here."""

    def __init__(self, cls: type[T], given: Sequence[str] = (), prefix: str = "") -> None:
        self.cls = cls
        self.columns: list[str] = []
        self._paths: list[str] = []
        self._nested: list[_Nested] = []
        self._given: list[tuple[int, str]] = []
        self._fixes: list[tuple[int, Decode]] = []
        self._places: list[int] = []
        hints = get_type_hints(cls)
        optional: list[tuple[int, str, Any]] = []
        for n, field in enumerate(fields(cls)):  # type: ignore[arg-type]
            self._places.append(0)
            inner, may_be_none = _without_none(hints[field.name])
            if field.name in given:
                self._given.append((n, field.name))
            elif not is_dataclass(inner):
                self._lay_scalar(n, field.name, inner, prefix)
            elif may_be_none:
                optional.append((n, field.name, inner))
            else:
                shape = self._lay_nested(n, field.name, inner, prefix, optional=False)
                self._paths += [f"{field.name}.{path}" for path in shape._paths]
        self._fixed = len(self.columns)
        for n, name, inner in optional:
            self._lay_nested(n, name, inner, prefix, optional=True)
        self.width = len(self.columns)
        self._get = attrgetter(*self._paths)
        self._items: dict[int, Callable[[Any], tuple[Any, ...]]] = {}

    def _lay_scalar(self, field: int, name: str, hint: Any, prefix: str) -> None:
        self._places[field] = len(self.columns)
        self._paths.append(name)
        self.columns.append(f"{prefix}{RENAMED.get(name, name)}")
        decode = _decoder(hint)
        if decode is not None:
            self._fixes.append((field, decode))

    def _lay_nested(self, field: int, name: str, inner: Any, prefix: str, *, optional: bool) -> "Shape[Any]":
        shape: Shape[Any] = Shape(inner, prefix=f"{prefix}{RENAMED.get(name, name)}_")
        if not optional and shape._fixed != shape.width:
            raise TypeError(f"{inner.__name__} has optional values inside and cannot be laid flat")
        self._nested.append(_Nested(field, name, len(self.columns), shape, optional))
        self.columns += shape.columns
        return shape

    def read(self, row: Sequence[Any], start: int = 0, **given: Any) -> T:
        """The value whose columns begin at `start` of the row."""
        items = self._items.get(start)
        if items is None:
            items = self._items[start] = itemgetter(*(start + place for place in self._places))
        values = list(items(row))
        for field, decode in self._fixes:
            value = values[field]
            if value is not None:
                values[field] = decode(value)
        for one in self._nested:
            absent = one.optional and row[start + one.at] is None
            values[one.field] = None if absent else one.shape.read(row, start + one.at)
        for field, name in self._given:
            values[field] = given[name]
        return self.cls(*values)

    def write(self, value: T) -> tuple[Any, ...]:
        """The value's columns, in the order of `columns`."""
        row: tuple[Any, ...] = self._get(value)
        if self._fixed == self.width:
            return row
        for one in self._nested:
            if one.optional:
                inner = getattr(value, one.name)
                row += one.shape.nothing if inner is None else one.shape.write(inner)
        return row

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


def _decoder(hint: Any) -> Decode | None:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member.value: member for member in hint}.__getitem__
    origin = get_origin(hint)
    if origin in (tuple, frozenset):
        inner = _decoder(get_args(hint)[0])
        if inner is None:
            return origin  # type: ignore[no-any-return]
        return lambda values: origin(inner(value) for value in values)
    return None
