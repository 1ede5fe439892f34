"""What free text may never carry: numbers of persons, phone numbers and e-mail addresses (domain, section 3).

The law of this file: what was found is named by kind and field, and never repeated: a refusal that quoted the number
would put it in a log. Every pattern is linear: what may repeat is bounded, or cannot be read in two ways, so that a
text of any length costs its length and no more.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum


class Found(StrEnum):
    """What a text carried that it may not."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    PHONE = "phone"
    EMAIL = "email"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One thing found in one field; `field` is the name the edge knows it by, such as `questions[1]`."""

    field: str
    found: Found


_GAP = r"[\s\-\u2010-\u2015\u2212+./_]{0,3}"
_TEN_OR_TWELVE = re.compile(rf"(?<!\d)(?=(\d(?:{_GAP}\d){{9}}(?:{_GAP}\d{_GAP}\d)?)(?!\d))")
_JUST_TEN = re.compile(rf"(?<!\d)(?=(\d(?:{_GAP}\d){{9}})(?!\d))")
_EMAIL = re.compile(r"[^\s@<>]\s?(?:@|\(at\)|\[at\])\s?[^\s@<>]{1,250}\.[^\W\d_]{2}", re.IGNORECASE)
_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[\s\-()/]{0,3}\d){6,14}(?!\d)")
_AT_HOME = re.compile(r"(?<![\w.,:+\-])\(?0[1-9]\d{0,2}\)?(?:[\s\-\u2010-\u2015/]{0,3}\d){5,8}(?![\d:]|[.,]\d)")
# An area code and what parts it from the number: 010-, 070-, 08/, (0435); no number of a person is parted there.
_AREA_CODE = re.compile(r"(?!\d\d\D+\d\d\D+\d\d\D+\d{4}$)(?:08|0[1-9]\d{1,2})[\s\-\u2010-\u2015/]")
_PHONE_FIELD = re.compile(r"0[1-9]\d{6,8}")
# Days and times of day, which are no part of a number beside them. A day that four digits follow, however parted, may
# be the beginning of one (1912-12-12-1212), but for the time of day that is written with a point or a colon.
_DAY = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
_TIME = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?![.:]?\d)"
_CALENDAR = re.compile(
    rf"(?<!\d)(?:{_DAY}(?:[ ,T]{{1,2}}(?:kl\.? ?)?{_TIME}|(?={_GAP}{_DAY})|(?!{_GAP}\d))"
    rf"|(?<!\d[-.:/+]){_TIME}(?:\s?[-\u2013]\s?{_TIME})?(?!{_GAP}\d))"
)
_CLOCK_RANGE = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d\s?[-\u2013]\s?(?:[01]\d|2[0-4])[0-5]\d")
_NO_DIGIT = re.compile(r"\D")
_LAST_DAY_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COORDINATION_SHIFT = 60


MOST = 20_000
"""Characters of all the free text of one form; what is longer is searched no further."""


def findings(field: str, text: str | None) -> tuple[TextFinding, ...]:
    """What `text` carries that it may not, each kind once. Empty when the text may be kept."""
    if not text:
        return ()
    if len(text) > MOST:
        return (TextFinding(field, Found.TOO_LONG),)
    plain = _plain(text)
    persons = list(dict.fromkeys(_person_numbers(plain)))
    emails = [Found.EMAIL] if _EMAIL.search(plain) else []
    phones = [Found.PHONE] if not persons and _has_phone(plain) else []
    return tuple(TextFinding(field, kind) for kind in (*persons, *emails, *phones))


def numbers(field: str, text: str | None) -> tuple[TextFinding, ...]:
    """The numbers of persons alone: for what is an address, a link or a phone number by its nature."""
    if text and len(text) > MOST:
        return (TextFinding(field, Found.TOO_LONG),)
    found = dict.fromkeys(_person_numbers(_plain(text))) if text else {}
    return tuple(TextFinding(field, kind) for kind in found)


def numbers_in_phone(field: str, text: str | None) -> tuple[TextFinding, ...]:
    """The same in a field for phone numbers, where ten digits in a row that begin with 0 are one."""
    return () if text and _PHONE_FIELD.fullmatch(text.strip()) else numbers(field, text)


_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


def _meant(link: str) -> str:
    """A link with its escaped signs as they are meant."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), link)


# What names an actor of ours or a source, and is neither shown to others nor mailed.
_OURS = frozenset({"reference", "recorded_by", "decided_by", "confirmed_by", "stamp", "key"})


def numbers_within(value: object, field: str = "") -> tuple[TextFinding, ...]:
    """Numbers of persons in any text of a value, however deep it lies: names, addresses, links, phone numbers. Fields
    are named by their path. A link is read as it is written and as it is meant (RFC 3986, section 2.1).
    """
    if isinstance(value, str):
        if isinstance(value, Enum):
            return ()
        name = field.rpartition(".")[2]
        if name == "phone":
            return numbers_in_phone(field, value)
        return numbers(field, value) or numbers(field, _meant(value))  # what is too long was found to be so
    if is_dataclass(value) and not isinstance(value, type):
        named = ((one.name, getattr(value, one.name)) for one in fields(value) if one.name not in _OURS)
    elif isinstance(value, Mapping):
        named = ((str(key), one) for key, one in value.items())
    elif isinstance(value, tuple | list | frozenset):
        return tuple(found for n, one in enumerate(value) for found in numbers_within(one, f"{field}[{n}]"))
    else:
        return ()
    inside = f"{field}." if field else ""
    return tuple(found for name, one in named for found in numbers_within(one, f"{inside}{name}"))


def _plain(text: str) -> str:
    """As it is read: widths folded, and what is not seen (soft hyphens, zero-width spaces, marks of direction) gone."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) != "Cf") if not folded.isascii() else folded


def check(texts: Mapping[str, str | Iterable[str] | None]) -> tuple[TextFinding, ...]:
    """All findings in a form: names of fields to texts, or to lists of texts (named `field[0]`, `field[1]`, ...)."""
    found: list[TextFinding] = []
    read = 0
    for field, text in _each(texts):
        read += len(text)
        if read > MOST:
            return (TextFinding(field, Found.TOO_LONG),)
        found += findings(field, text)
    return tuple(found)


def _each(texts: Mapping[str, str | Iterable[str] | None]) -> Iterable[tuple[str, str]]:
    for field, value in texts.items():
        if isinstance(value, str):
            yield field, value
        elif value is not None:
            yield from ((f"{field}[{ordinal}]", text) for ordinal, text in enumerate(value))


def _person_numbers(text: str) -> Iterable[Found]:
    without = _CALENDAR.sub(" \u00b7 ", text)
    for pattern in (_JUST_TEN, _TEN_OR_TWELVE):
        for match in pattern.finditer(without):
            if _AREA_CODE.match(match.group(1)):
                continue
            kind = person_number(_NO_DIGIT.sub("", match.group(1)))
            if kind is not None:
                yield kind


def person_number(digits: str) -> Found | None:
    """Which number of a person these 10 or 12 digits are (a date, a number, a check digit); None when they are none."""
    if len(digits) == 12:
        if digits[:2] not in ("18", "19", "20"):
            return None
        digits = digits[2:]
    if len(digits) != 10:
        return None
    month, day = int(digits[2:4]), int(digits[4:6])
    if not 1 <= month <= 12 or not _check_digit_right(digits):
        return None
    if 1 <= day <= _LAST_DAY_OF_MONTH[month - 1]:
        return Found.PERSONNUMMER
    if 1 <= day - _COORDINATION_SHIFT <= _LAST_DAY_OF_MONTH[month - 1]:
        return Found.SAMORDNINGSNUMMER
    return None


def _check_digit_right(digits: str) -> bool:
    """The modulus-10 check of Swedish person numbers (SKV 704)."""
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (2 - place % 2)
        total += product - 9 if product > 9 else product
    return total % 10 == 0


def _has_phone(text: str) -> bool:
    if _ABROAD.search(text):
        return True
    return any(not _CLOCK_RANGE.fullmatch(match.group().strip()) for match in _AT_HOME.finditer(text))
