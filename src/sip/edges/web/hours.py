"""A unit's opening hours in words: weekdays that are alike stand together ("mån–fre 08.00–16.30")."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from sip.domain.opening import OpenDay, OpeningHours
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.phrases import Phrases

_MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
WEEK = tuple(range(7))


def weekday(phrases: Phrases, day: int) -> str:
    """A weekday's short name; 0 is Monday."""
    return phrases.weekday(_MONDAY + timedelta(days=day))


def said_hours(phrases: Phrases, hours: OpeningHours) -> str:
    """All of a week; "" of a unit that has said nothing."""
    return ", ".join(_said(phrases, hours))


def _said(phrases: Phrases, hours: OpeningHours) -> Iterator[str]:
    alike = groupby(enumerate(hours), key=lambda pair: (pair[1].weekday - pair[0], pair[1].opens, pair[1].closes))
    for _, group in alike:
        days = [one for _, one in group]
        names = weekday(phrases, days[0].weekday)
        if len(days) > 1:
            names += f"–{weekday(phrases, days[-1].weekday)}"
        yield f"{names} {said_day(phrases, days[0])}"


def said_day(phrases: Phrases, day: OpenDay) -> str:
    """From and to."""
    return phrases.t("our_unit.hours_span", opens=f"{day.opens:%H.%M}", closes=f"{day.closes:%H.%M}")


def parsed(text: str) -> OpeningHours:
    """What the directory's journal keeps of them (`sip.usecases.directory.own.written`)."""
    parts = text.split()
    found = []
    for day, span in zip(parts[::2], parts[1::2], strict=True):
        opens, _, closes = span.partition("-")
        found.append(OpenDay(int(day), time.fromisoformat(opens), time.fromisoformat(closes)))
    return tuple(found)


def values(hours: OpeningHours) -> dict[str, str]:
    """The form with what stands there."""
    found: dict[str, str] = {}
    for one in hours:
        found |= {f"opens_{one.weekday}": f"{one.opens:%H:%M}", f"closes_{one.weekday}": f"{one.closes:%H:%M}"}
    return found


def read(reader: Reader) -> OpeningHours:
    """The form as it was sent: a day without times is one on which the unit is not open."""
    found = []
    for day in WEEK:
        opens, closes = reader.clock(f"opens_{day}"), reader.clock(f"closes_{day}")
        if opens is None and closes is None:
            continue
        for name, at in (("opens", opens), ("closes", closes)):
            if at is None and not reader.state.error(f"{name}_{day}"):
                reader.wrong(f"{name}_{day}", "form_words.required")
        if opens is not None and closes is not None:
            if closes <= opens:
                reader.wrong(f"closes_{day}", "our_unit.closes_first")
            found.append(OpenDay(day, opens, closes))
    return tuple(found)
