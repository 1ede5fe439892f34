"""What a use case says when it does not do what was asked: values that edges turn into pages and problem documents.

The law of this file: a row that an actor may not see is not there (`NotFoundError`), so that nobody learns that it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sip.domain.freetext import check, numbers_within


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field: its name, a code that has words in both languages, and the values those words need."""

    field: str
    code: str
    detail: tuple[tuple[str, str], ...] = ()


class UseCaseError(Exception):
    """The base of what a use case refuses."""


class NotFoundError(UseCaseError):
    """There is no such thing, or none that this actor may see. `what` is a noun: meeting, unit, party, ..."""

    def __init__(self, what: str) -> None:
        super().__init__(f"No such {what}.")
        self.what = what


class ForbiddenError(UseCaseError):
    """The actor sees the thing and may not do this to it. `needs` names the roles that may, `act` what it was."""

    def __init__(self, needs: Iterable[str], act: str = "") -> None:
        self.act = act
        self.needs = tuple(sorted(needs))
        super().__init__(f"This takes one of the roles {', '.join(self.needs)}.")


class InvalidError(UseCaseError):
    """Fields that cannot be kept; nothing was written."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in self.problems))


class ConflictError(UseCaseError):
    """The thing has changed since it was read: `version` is what it is now. Or it exists already (`code`)."""

    def __init__(self, code: str, version: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.version = version


def refuse_texts(texts: Mapping[str, str | Iterable[str] | None]) -> None:
    """Raises InvalidError when free text, by field, carries what it may not; the text itself is never repeated."""
    problems = tuple(FieldProblem(f.field, f"freetext.{f.found.value}") for f in check(texts))
    if problems:
        raise InvalidError(problems)


def refuse_numbers(value: object) -> None:
    """Raises InvalidError when any text of a value, also an address, a link or a name, carries a number of a person."""
    problems = tuple(FieldProblem(f.field, f"freetext.{f.found.value}") for f in numbers_within(value))
    if problems:
        raise InvalidError(problems)
