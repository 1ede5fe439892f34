"""Making frozen values quickly: a tick makes dozens for each meeting, most of them copies in which one field changed.

A frozen dataclass writes its fields one by one past its own lock, ten times as slowly as one that is not frozen. So a
value is made as a *twin*: a class with the same fields in the same places and no lock, whose instance becomes the
value as soon as it is whole. Nobody ever holds the twin.

What pays for it: copies made some ten times as fast as by `dataclasses` (docs/benchmarks.md, "Values and rows in
memory").
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, make_dataclass
from functools import cache
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
def _copier(cls: Any) -> Callable[[Any, Mapping[str, Any]], Any]:
    """Copies a value of `cls` field by field, and writes what changes over it, while it is still a twin."""
    names = [field.name for field in fields(cls)]
    twin = make_dataclass(f"{cls.__name__}Twin", names, slots=True, eq=False, init=False)
    known = {"cls": cls, "twin": twin, "empty": object.__new__}
    lines = [
        "def copied(value, changes):",
        " made = empty(twin)",
        *(f" made.{name} = value.{name}" for name in names),
        " for name in changes:",
        "  setattr(made, name, changes[name])",
        " made.__class__ = cls",
        " return made",
    ]
    exec("\n".join(lines), known)  # noqa: S102 - of names of fields alone, as dataclasses does it
    made: Callable[[Any, Mapping[str, Any]], Any] = known["copied"]
    return made


def replace(value: T, **changes: Any) -> T:
    """As `dataclasses.replace`, for frozen values. Raises AttributeError for a field that is not there."""
    cls: Any = type(value)
    made: T = _copier(cls)(value, changes)
    return made
