"""The time zones that a calendar object brings with it (RFC 5545, section 3.6.5), read by hand.

The law of this file: nothing is expanded and nothing is remembered. The library expands a zone's rule from its
beginning, so that a rule by the second holds it up for hours, and keeps each zone for the life of the process, so that
one sender's "Customized Time Zone" would be used for the next sender's. Here a rule is what clients write: once a year,
on the nth weekday or the day of a month. Any other makes the zone unknown.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

MAX_ZONES = 20
MAX_OBSERVANCES = 40
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?")
_KNOWN = {"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "WKST", "UNTIL"}


@dataclass(frozen=True, slots=True)
class Observance:
    """STANDARD or DAYLIGHT: the offset that holds from its onsets on, each a local time by the offset before it."""

    offset: timedelta
    begins: datetime
    month: int | None = None
    weekday: int | None = None
    nth: int = 0
    until: datetime | None = None

    def last_onset(self, moment: datetime) -> datetime | None:
        """The latest onset not after this local time; None when it has not begun."""
        if self.month is None:
            return self.begins if self.begins <= moment else None
        end = moment if self.until is None else min(moment, self.until)
        for year in (end.year, end.year - 1):
            onset = self._in(year)
            if onset is not None and self.begins <= onset <= end:
                return onset
        return None

    def _in(self, year: int) -> datetime | None:
        assert self.month is not None
        if not 1 <= year <= 9999:
            return None
        first_weekday, days = monthrange(year, self.month)
        if self.weekday is None:
            day = self.nth
        elif self.nth > 0:
            day = 1 + (self.weekday - first_weekday) % 7 + 7 * (self.nth - 1)
        else:
            last_weekday = (first_weekday + days - 1) % 7
            day = days - (last_weekday - self.weekday) % 7 + 7 * (self.nth + 1)
        return self.begins.replace(year=year, month=self.month, day=day) if 1 <= day <= days else None


Zone = Sequence[Observance]


def split(lines: Sequence[str]) -> tuple[list[str], Mapping[str, Zone]]:
    """The unfolded lines without their VTIMEZONEs, and those as zones by TZID."""
    rest: list[str] = []
    found: dict[str, Zone] = {}
    inside: list[str] | None = None
    for line in lines:
        upper = line.strip().upper()
        if inside is None:
            if upper.startswith("BEGIN") and upper.endswith("VTIMEZONE"):
                inside = []
            else:
                rest.append(line)
        elif upper.startswith("END") and upper.endswith("VTIMEZONE"):
            if len(found) < MAX_ZONES:
                found |= _zone(inside)
            inside = None
        else:
            inside.append(line)
    return rest, found


def in_utc(zone: Zone, local: datetime) -> datetime | None:
    """A local time of this zone in UTC; None before anything of it holds."""
    onsets = [(onset, one.offset) for one in zone if (onset := one.last_onset(local)) is not None]
    if not onsets:
        return None
    try:
        return local.replace(tzinfo=timezone(max(onsets)[1])).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _zone(lines: Sequence[str]) -> dict[str, Zone]:
    name = next((value for key, value in _properties(lines) if key == "TZID"), "")
    observances: list[Observance] = []
    block: list[str] = []
    for line in lines:
        upper = line.strip().upper()
        if upper in ("BEGIN:STANDARD", "BEGIN:DAYLIGHT"):
            block = []
        elif upper in ("END:STANDARD", "END:DAYLIGHT"):
            one = _observance(dict(_properties(block)))
            if one is None or len(observances) == MAX_OBSERVANCES:
                return {}
            observances.append(one)
        else:
            block.append(line)
    return {name.strip(): tuple(observances)} if name.strip() and observances else {}


def _properties(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        head, colon, value = line.partition(":")
        if colon:
            yield head.partition(";")[0].strip().upper(), value.strip()


def _observance(said: Mapping[str, str]) -> Observance | None:
    offset, before = _offset(said.get("TZOFFSETTO", "")), _offset(said.get("TZOFFSETFROM", ""))
    begins = _local(said.get("DTSTART", ""))
    if offset is None or begins is None or "RDATE" in said:
        return None
    if not said.get("RRULE"):
        return Observance(offset, begins)
    return _yearly(offset, offset if before is None else before, begins, said["RRULE"].upper())


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    if size >= timedelta(hours=24):
        return None
    return -size if found[1] == "-" else size


def _yearly(offset: timedelta, before: timedelta, begins: datetime, rule: str) -> Observance | None:
    parts = dict(part.partition("=")[::2] for part in rule.split(";") if part)
    if not parts.keys() <= _KNOWN or parts.get("FREQ") != "YEARLY" or parts.get("INTERVAL", "1") != "1":
        return None
    until = _until(parts["UNTIL"], before) if "UNTIL" in parts else None
    month = _number(parts.get("BYMONTH", str(begins.month)), 12)
    monthday = _number(parts.get("BYMONTHDAY", str(begins.day)), 31)
    if month is None or monthday is None or ("UNTIL" in parts and until is None):
        return None
    if "BYDAY" not in parts:
        return Observance(offset, begins, month, None, monthday, until)
    day = _BYDAY.fullmatch(parts["BYDAY"])
    if day is None or "BYMONTHDAY" in parts:
        return None
    return Observance(offset, begins, month, _DAYS.index(day[2]), int(day[1]), until)


def _until(text: str, before: timedelta) -> datetime | None:
    """The last moment at which there may be an onset, by the clock that an onset is told by: UTC where a Z says so
    (RFC 5545, section 3.3.10), else local."""
    said = _local(text.removesuffix("Z"))
    try:
        return said + before if said is not None and text.endswith("Z") else said
    except OverflowError:
        return None


def _number(text: str, most: int) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,2}", text) and 1 <= int(text) <= most else None


def _local(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - local by the zone it is part of
    except ValueError:
        return None
