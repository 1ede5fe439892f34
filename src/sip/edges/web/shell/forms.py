"""What somebody filled in, read into values, with a sentence beside each field that cannot be read.

The law of this file: a wrong field is a sentence, never an exception to the reader; what was filled in comes back as it
was; times are said in Stockholm's and kept in UTC, and a time that the change of clocks leaves out is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sip.domain.address import is_mailable
from sip.domain.bounds import day_fits
from sip.domain.events import NamedPerson
from sip.edges.web.shell.phrases import STOCKHOLM, Phrases

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_LONGEST = 2000

E = TypeVar("E", bound=StrEnum)


@dataclass(slots=True)
class FormState:
    """One form: what was filled in and what is wrong, by field. `prefix` keeps ids apart on a page with many forms;
    `choices` are what may have been meant, by field: values and words.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    prefix: str = ""
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What was filled in."""
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        """The sentence beside the field, empty when it is right."""
        return self.errors.get(name, "")

    def id(self, name: str) -> str:
        """The field's id on the page."""
        return f"{self.prefix}{name}"


class Reader:
    """Reads the fields of one form one by one; afterwards `state.errors` says what is wrong."""

    def __init__(self, values: Mapping[str, str], phrases: Phrases, prefix: str = "") -> None:
        self.state = FormState({name: text.strip() for name, text in values.items()}, {}, prefix)
        self._phrases = phrases

    @property
    def right(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.state.errors

    def wrong(self, name: str, key: str, **values: object) -> None:
        """Says what is wrong with a field; the first sentence stays."""
        self.state.errors.setdefault(name, self._phrases.t(key, **values))

    def text(self, name: str, *, required: bool = False, most: int = _LONGEST) -> str:
        """The text, without space around it."""
        value = self.state.value(name).replace("\x00", "")
        if required and not value:
            self.wrong(name, "form_words.required")
        if len(value) > most:
            self.wrong(name, "form_words.too_long")
            return ""  # what is too long is read no further: nothing is searched in it
        return value

    def email(self, name: str, *, required: bool = False) -> str | None:
        """An address, None when it is empty or wrong."""
        value = self.text(name, required=required, most=254)
        if value and not is_mailable(value):
            self.wrong(name, "form_words.bad_email")
            return None
        return value or None

    def choice(self, name: str, enum: type[E], *, required: bool = False) -> E | None:
        """One of an enumeration's values."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            return enum(value)
        except ValueError:
            self.wrong(name, "form_words.bad_choice")
            return None

    def one_of(self, name: str, choices: tuple[str, ...], *, required: bool = True) -> str:
        """One of these words, "" when none."""
        value = self.text(name, required=required)
        if value and value not in choices:
            self.wrong(name, "form_words.bad_choice")
            return ""
        return value

    def uuid(self, name: str, *, required: bool = False) -> UUID | None:
        """The id of something chosen from a list."""
        value = self.text(name, required=required)
        try:
            return UUID(value) if value else None
        except ValueError:
            self.wrong(name, "form_words.bad_choice")
            return None

    def whole(self, name: str) -> int | None:
        """A number the page put there itself, None when it is missing or spoilt."""
        value = self.state.value(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A day, written 2026-11-24."""
        value = self.text(name, required=required)
        try:
            found = date.fromisoformat(value) if value else None
        except ValueError:
            self.wrong(name, "form_words.bad_day")
            return None
        if found is not None and not day_fits(found):
            self.wrong(name, "form_words.day_out_of_range")
            return None
        return found

    def clock(self, name: str, *, required: bool = False) -> time | None:
        """A time of day, written 13.30 or 13:30."""
        value = self.text(name, required=required)
        if not value:
            return None
        match = _TIME.fullmatch(value)
        if match is None:
            self.wrong(name, "form_words.bad_time")
            return None
        return time(int(match[1]), int(match[2]))

    def moment(self, day: str, clock: str, *, required: bool = False) -> datetime | None:
        """A day and a time of day in Stockholm, as UTC. Of a time that comes twice the first is meant."""
        on, at = self.day(day, required=required), self.clock(clock, required=required)
        if on is None or at is None:
            if on is not None and at is None and not self.state.error(clock):
                self.wrong(clock, "form_words.required")
            return None
        local = datetime.combine(on, at, STOCKHOLM)
        try:
            utc = local.astimezone(UTC)
        except OverflowError:
            self.wrong(day, "form_words.bad_day")
            return None
        if utc.astimezone(STOCKHOLM).replace(tzinfo=None) != local.replace(tzinfo=None):
            self.wrong(clock, "form_words.no_such_time")
            return None
        return utc

    def person(self, name: str, *, knows: bool = False) -> NamedPerson | None:
        """Who comes: the fields `{name}_name`, `_email` and `_phone`. None when nobody is named."""
        called = self.text(f"{name}_name", most=100)
        email = self.email(f"{name}_email")
        phone = self.text(f"{name}_phone", most=50)
        if not called and not email:
            return None
        return NamedPerson(called or email or "", email, phone or None, None, knows)
