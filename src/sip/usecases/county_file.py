"""A county as one file (TOML): its principals, its agreements with their figures, and who has joined what.

The law of this file: everything that is wrong is told, each with its line, as a code that has words in the pages'
languages (`county_file`); nothing is guessed. `default_county.toml` beside it documents every key.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from sip.domain.agreement import Agreement, AgreementError, Joining
from sip.domain.bounds import name_fits
from sip.domain.freetext import numbers_within
from sip.domain.people import PrincipalKind
from sip.usecases import agreement_file, toml_keys
from sip.usecases.directory.keys import key_id
from sip.usecases.toml_lines import Path, line_of, lines_of

MOST_BYTES = 1_000_000
_WEIGHT_MOST = 10_000_000
_KEYS: Mapping[str, frozenset[str]] = {
    "county": frozenset(("county", "region", "municipality", "agreement")),
    "place": frozenset(("key", "name")),
    "joined": frozenset(
        ("principal", "body", "decided", "registration_number", "valid_from", "valid_to", "weight")
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CountyRefusal:
    """What is wrong on one line; `facts` are what the words of `code` need."""

    line: int
    code: str
    facts: tuple[tuple[str, str], ...] = ()


class CountyFileError(ValueError):
    """All that is wrong with a county's file, in order of its lines."""

    def __init__(self, refusals: Sequence[CountyRefusal]) -> None:
        self.refusals = tuple(sorted(refusals, key=lambda one: one.line))
        super().__init__(", ".join(f"line {one.line}: {one.code}" for one in self.refusals))


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A principal of the county, as the file has it."""

    line: int
    key: str
    name: str
    kind: PrincipalKind


@dataclass(frozen=True, slots=True)
class FileJoining:
    """A joining of an agreement by the key of its principal; of `joining` the id follows from the key alone."""

    line: int
    key: str
    joining: Joining


@dataclass(frozen=True, slots=True)
class FileAgreement:
    """A version, with nobody joined; who has stands in `joined`."""

    line: int
    agreement: Agreement
    joined: tuple[FileJoining, ...]


@dataclass(frozen=True, slots=True)
class CountyFile:
    """A whole county as its file has it."""

    line: int
    name: str
    places: tuple[FilePlace, ...]
    agreements: tuple[FileAgreement, ...]


def default_text() -> str:
    """The documented file to begin from: a made-up county."""
    return files("sip.usecases").joinpath("default_county.toml").read_text(encoding="utf-8")


def refusal(line: int, code: str, **facts: object) -> CountyRefusal:
    """One, with its facts as texts."""
    return CountyRefusal(line, code, tuple((name, str(value)) for name, value in facts.items()))


def parse(data: bytes) -> CountyFile:
    """The county that a file describes. Raises CountyFileError with all that is wrong with it by itself."""
    text = _text(data)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise CountyFileError([refusal(_line_in(error), "not_toml")]) from None
    reader = _CountyReader(lines_of(text))
    county = reader.county(table)
    if reader.wrong:
        raise CountyFileError(reader.wrong)
    return county


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise CountyFileError([refusal(1, "too_large", most=MOST_BYTES // 1000)])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CountyFileError([refusal(data[: error.start].count(b"\n") + 1, "not_utf8")]) from None


def _line_in(error: BaseException) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else 1


@dataclass(slots=True)
class _CountyReader:
    """What has been found wrong so far, and where things stand."""

    lines: dict[Path, int]
    wrong: list[CountyRefusal]

    def __init__(self, lines: dict[Path, int]) -> None:
        self.lines, self.wrong = lines, []

    def no(self, path: Path, code: str, **facts: object) -> None:
        self.wrong.append(refusal(line_of(self.lines, path), code, **facts))

    def failed(self, path: Path, error: AgreementError) -> None:
        inner = (*path, *error.within)
        self.no((*inner, error.key) if error.key else inner, error.code, **error.facts)

    def known(self, table: Mapping[str, Any], what: str, path: Path) -> None:
        for key in sorted(table.keys() - _KEYS[what]):
            self.no((*path, key), "no_key", key=key[:40])

    def county(self, table: Mapping[str, Any]) -> CountyFile:
        self.known(table, "county", ())
        name = self._line(table, "county", ())
        places = [
            *self._places(table, "region", PrincipalKind.REGION),
            *self._places(table, "municipality", PrincipalKind.MUNICIPALITY),
        ]
        self._twice(places)
        agreements = [
            found
            for path, one in self._tables(table, "agreement", ())
            if (found := self._agreement(path, one)) is not None
        ]
        seen: set[tuple[object, int]] = set()
        for one in agreements:
            if (key := (one.agreement.id, one.agreement.version)) in seen:
                self.wrong.append(refusal(one.line, "version_twice", name=one.agreement.name, n=one.agreement.version))
            seen.add(key)
        return CountyFile(line_of(self.lines, ("county",)), name, tuple(places), tuple(agreements))

    def _line(self, table: Mapping[str, Any], key: str, path: Path) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self.no((*path, key), "text", key=key)
            return ""
        if not name_fits(value.strip()):
            self.no((*path, key), "line", key=key, most=200)
        if any(numbers_within(value)):
            self.no((*path, key), "number", key=key)
        return value.strip()

    def _tables(self, table: Mapping[str, Any], key: str, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        found = table.get(key, [])
        if isinstance(found, dict):
            yield (*path, key), found
        elif isinstance(found, list) and all(isinstance(one, dict) for one in found):
            yield from (((*path, key, n), one) for n, one in enumerate(found))
        else:
            self.no((*path, key), "table", key=key)

    def _places(self, table: Mapping[str, Any], key: str, kind: PrincipalKind) -> Iterator[FilePlace]:
        for path, one in self._tables(table, key, ()):
            self.known(one, "place", path)
            yield FilePlace(
                line_of(self.lines, path), self._line(one, "key", path), self._line(one, "name", path), kind
            )

    def _twice(self, places: Sequence[FilePlace]) -> None:
        if not places:
            self.no((), "no_places")
        for what in ("key", "name"):
            seen: set[str] = set()
            for place in places:
                value = getattr(place, what).casefold()
                if value and value in seen:
                    self.wrong.append(refusal(place.line, "twice", key=getattr(place, what)))
                seen.add(value)

    def _agreement(self, path: Path, table: Mapping[str, Any]) -> FileAgreement | None:
        own = {key: value for key, value in table.items() if key not in ("joined", "principals")}
        try:
            made = agreement_file.of_table(own, "").agreement
        except AgreementError as error:
            self.failed(path, error)
            made = None
        joined = [
            found for at, one in self._tables(table, "joined", path) if (found := self._joined(at, one)) is not None
        ]
        if "principals" in table:
            self.no((*path, "principals"), "principals")
        seen: set[str] = set()
        for one in joined:
            if one.key.casefold() in seen:
                self.wrong.append(refusal(one.line, "twice", key=one.key))
            seen.add(one.key.casefold())
        if made is None:
            return None
        if any(numbers_within((made.name, made.registration_number))):
            self.no(path, "number", key="name")
        return FileAgreement(line_of(self.lines, path), replace(made, principals=frozenset()), tuple(joined))

    def _joined(self, path: Path, table: Mapping[str, Any]) -> FileJoining | None:
        self.known(table, "joined", path)
        key = self._line(table, "principal", path)
        try:
            first = toml_keys.day(table, "valid_from", "", optional=True)
            last = toml_keys.day(table, "valid_to", "", optional=True)
            joining = Joining(
                key_id("principal", key),
                toml_keys.text(table, "body", "", optional=True),
                toml_keys.day(table, "decided", "", optional=True),
                toml_keys.text(table, "registration_number", "", optional=True),
                first,
                last,
                toml_keys.whole(table, "weight", "", 1, _WEIGHT_MOST, 1),
            )
        except AgreementError as error:
            self.failed(path, error)
            return None
        if first is not None and last is not None and last < first:
            self.no((*path, "valid_to"), "days_order", key="valid_to")
        for name in ("body", "registration_number"):
            if any(numbers_within(getattr(joining, name))):
                self.no((*path, name), "number", key=name)
        return FileJoining(line_of(self.lines, path), key, joining) if key else None
