"""Making frozen values quickly: a tick makes dozens for each meeting, most of them copies in which one field changed.

A frozen dataclass writes its fields one by one past its own lock, ten times as slowly as one that is not frozen. So a
value is made as a *twin*: a class with the same fields in the same places and no lock, whose instance becomes the
value as soon as it is whole. Nobody ever holds the twin.

What pays for it: copies made four to six times as fast as by `dataclasses` (docs/benchmarks.md, "Values and rows in
memory").
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, make_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def maker(cls: Any) -> Callable[..., Any]:
    """Makes values of `cls`, a frozen dataclass with slots, of all its fields in their order."""
    twin = make_dataclass(f"{cls.__name__}Twin", [field.name for field in fields(cls)], slots=True, eq=False)

    def make(*values: Any) -> Any:
        made = twin(*values)
        made.__class__ = cls
        return made

    return make


@cache
def _parts(cls: Any) -> tuple[Callable[..., Any], Callable[[Any], tuple[Any, ...]], Mapping[str, int]]:
    names = [field.name for field in fields(cls)]
    return maker(cls), attrgetter(*names), {name: n for n, name in enumerate(names)}


def replace(value: T, **changes: Any) -> T:
    """As `dataclasses.replace`, for values of at least two fields. Raises KeyError for a field that is not there."""
    cls: Any = type(value)
    make, read, places = _parts(cls)
    found = list(read(value))
    for name, new in changes.items():
        found[places[name]] = new
    made: T = make(*found)
    return made
