"""Keys of a file in TOML, each read as what it must be: what is wrong is one sentence, with its code and the key.

The law of this file: nothing is guessed and nothing is put right; `where` begins the sentence and names the place.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sip.domain import bounds
from sip.domain.agreement import AgreementError

_MOST_VERSIONS = 9999


def text(table: Mapping[str, Any], key: str, where: str, *, optional: bool = False) -> str | None:
    """One line, trimmed; None where it is not there and may be left out. Raises AgreementError."""
    value = table.get(key)
    if value is None and optional:
        return None
    if not isinstance(value, str) or not value.strip():
        raise AgreementError(f'{where}: "{key}" must be a text, such as {key} = "...".', "text", key)
    if not bounds.name_fits(value.strip()):
        raise AgreementError(
            f'{where}: "{key}" must be one line of at most {bounds.NAME_MOST} characters.',
            "line", key, most=bounds.NAME_MOST,
        )  # fmt: skip
    return value.strip()


def texts(table: Mapping[str, Any], key: str, where: str, default: list[str] | None = None) -> list[str]:
    """Lines, trimmed, none of them twice. Raises AgreementError."""
    value = table.get(key, default if default is not None else [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise AgreementError(f'{where}: "{key}" must be a list of texts, such as {key} = ["...", "..."].', "texts", key)
    if not all(bounds.name_fits(one) for one in value):
        raise AgreementError(
            f'{where}: "{key}" must hold lines of at most {bounds.NAME_MOST} characters.',
            "line", key, most=bounds.NAME_MOST,
        )  # fmt: skip
    if len(set(value)) < len(value):
        raise AgreementError(f'{where}: "{key}" names something twice.', "twice", key)
    return [one.strip() for one in value]


def whole(
    table: Mapping[str, Any], key: str, where: str, least: int = 1, most: int = _MOST_VERSIONS,
    default: int | None = None,
) -> int:  # fmt: skip
    """A whole number within its bounds; a key without a default must be there. Raises AgreementError."""
    value = table.get(key, default)
    if type(value) is not int or not least <= value <= most:
        raise AgreementError(
            f'{where}: "{key}" must be a whole number from {least} to {most}.', "whole", key, least=least, most=most
        )
    return value


def wholes(
    table: Mapping[str, Any], key: str, where: str, least: int, most: int, default: Sequence[int]
) -> tuple[int, ...]:
    """As many whole numbers as the default has, each within the bounds. Raises AgreementError."""
    value = table.get(key, list(default))
    fits = isinstance(value, list) and all(type(one) is int and least <= one <= most for one in value)
    if not fits or len(value) != len(default):
        raise AgreementError(
            f'{where}: "{key}" must be a list of {len(default)} whole numbers from {least} to {most}.',
            "wholes", key, number=len(default), least=least, most=most,
        )  # fmt: skip
    return tuple(value)


def flag(table: Mapping[str, Any], key: str, where: str) -> bool:
    """True or false; false where it is not there. Raises AgreementError."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise AgreementError(f'{where}: "{key}" must be true or false.', "flag", key)
    return value


def day(table: Mapping[str, Any], key: str, where: str, *, optional: bool = False) -> date | None:
    """A day without a time; None where it is not there and may be left out. Raises AgreementError."""
    value = table.get(key)
    if value is None and optional:
        return None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise AgreementError(
            f'{where}: "{key}" must be a day, such as {key} = 2026-01-31 (without quotes).', "day", key
        )
    if not bounds.day_fits(value):
        raise AgreementError(
            f'{where}: "{key}" must be from {bounds.FIRST_DAY} to {bounds.LAST_DAY}.',
            "day_between", key, first=bounds.FIRST_DAY, last=bounds.LAST_DAY,
        )  # fmt: skip
    return value
