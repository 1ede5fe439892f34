"""Names, addresses and phone numbers of staff in what is kept of a meeting, and the functions they give way to. Pure.

The law of this file: whoever is found by one word of hers gives way by all of them, wherever they stand, also in the
middle of a text. What is a unit's own (its name, mailbox, phone) is nobody's name (rules, section 12 K4).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_ADDRESS = re.compile(r"[^@\s<>,;:/\"]+@[^@\s<>,;:/\"]+\.[^@\s<>,;:/\"]+")
_NAMED = frozenset({
    "recorded_by", "confirmed_by", "decided_by", "chair_name", "convener_person", "person", "by", "by_name", "who",
    "keeper_name", "remark_by", "snooze_by",
})  # fmt: skip
"""Fields that hold a name and nothing else."""
_PHONES = frozenset({"phone", "convener_phone"})
_PARTS = {
    "chair_name": "chair",
    "chair_email": "chair",
    "convener_person": "convener",
    "convener_email": "convener",
    "person": "convener",
}
PARTICIPANT = "participant"
"""The part of whom nothing else is known of; the others are the words of roles."""


@dataclass(slots=True)
class Staff:
    """What is found of the staff of one meeting: by word of hers (folded) the function that it gives way to, and phone
    numbers, which give way to nothing. `units` are words that are units' own, folded.
    """

    units: frozenset[str]
    functions: dict[str, str] = field(default_factory=dict)
    phones: set[str] = field(default_factory=set)

    def add(self, function: str, *words: str | None) -> None:
        """These words are of somebody with this function; what was found first stays."""
        for word in words:
            if self._somebodys(word):
                assert word is not None
                self.functions.setdefault(word.strip().casefold(), function)

    def add_phone(self, phone: str | None) -> None:
        """A number that is no unit's."""
        if self._somebodys(phone):
            assert phone is not None
            self.phones.add(phone.strip())

    def _somebodys(self, word: str | None) -> bool:
        return word is not None and len(word.strip()) > 1 and word.strip().casefold() not in self.units

    def has(self, word: str) -> bool:
        """Whether this is a word of somebody's that is known already."""
        return word.strip().casefold() in self.functions


def find(value: object, said: "Functions", staff: Staff, unit: str) -> None:
    """Adds whoever is named in this JSON. `unit` is the name of the unit that it speaks of, where it names none."""
    if isinstance(value, dict):
        unit = said.unit_of(value.get("party"), unit)
        if isinstance(value.get("name"), str) and ("email" in value or "knows" in value):
            unit = said.place(value.get("email"), unit)
            own = value.get("function") or said.of(value.get("email"))
            function = said.word(own, PARTICIPANT, unit)
            if not staff.units & {_folded(value["name"]), _folded(value.get("email"))}:
                staff.add(function, value["name"], value.get("email"))
        for key, inner in value.items():
            if isinstance(inner, str):
                _field(key, inner, said, staff, unit)
            else:
                find(inner, said, staff, unit)
    elif isinstance(value, list):
        for inner in value:
            find(inner, said, staff, unit)


def _field(key: str, text: str, said: "Functions", staff: Staff, unit: str) -> None:
    part = _PARTS.get(key, PARTICIPANT)
    if key in _PHONES:
        staff.add_phone(text)
    elif key in _NAMED or _ADDRESS.fullmatch(text):
        staff.add(said.word(said.of(text), part, said.place(text, unit)), text)


def _folded(word: object) -> str:
    return word.strip().casefold() if isinstance(word, str) else ""


@dataclass(frozen=True, slots=True)
class Functions:
    """How functions are said: `parts` has the word of each part, `units` the name of each party's unit, `known` what
    the directory calls whoever has an address (folded). `elsewhere` names the unit of who is of another than the text
    speaks of, by address (folded).
    """

    parts: Mapping[str, str]
    units: Mapping[int, str]
    known: Mapping[str, str]
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def unit_of(self, party: object, otherwise: str) -> str:
        """The name of this party's unit."""
        return self.units.get(party, otherwise) if isinstance(party, int) else otherwise

    def of(self, address: object) -> str | None:
        """What the directory calls her."""
        return self.known.get(_folded(address))

    def place(self, address: object, otherwise: str) -> str:
        """The name of her unit."""
        return self.elsewhere.get(_folded(address), otherwise)

    def word(self, own: str | None, part: str, unit: str) -> str:
        """ "handläggare, Hemtjänsten Al"."""
        return f"{(own or '').strip() or self.parts.get(part) or self.parts[PARTICIPANT]}, {unit}"


def is_function(name: str, unit: str) -> bool:
    """Whether this is what `Functions.word` says of somebody of the unit, and nobody's name."""
    return name.endswith(f", {unit}")


class Replacer:
    """Puts functions where words of staff stand."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff

    @cached_property
    def _found(self) -> re.Pattern[str] | None:
        words = sorted((*self._staff.functions, *self._staff.phones), key=len, reverse=True)
        if not words:
            return None
        listed = "|".join(re.escape(word) for word in words)
        return re.compile(rf"(?<![\w@.+-])(?:{listed})(?![\w@-])", re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text, with functions for names and nothing for phone numbers."""
        if self._found is None:
            return text
        return self._found.sub(lambda hit: self._staff.functions.get(hit[0].casefold(), ""), text)

    def json(self, value: Any) -> Any:
        """The same of every text within; keys stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(one) for one in value]
        if isinstance(value, dict):
            return {key: self.json(one) for key, one in value.items()}
        return value


def addresses_in(texts: Iterable[str]) -> set[str]:
    """Every address that stands in these texts, folded."""
    return {hit.casefold() for text in texts for hit in _ADDRESS.findall(text)}
