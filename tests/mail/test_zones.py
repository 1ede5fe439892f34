"""Zones that a calendar object brings: right as the real ones, never expanded, never remembered for the next mail."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sip.edges.mail.received import zones
from sip.edges.mail.received.calendar_object import read

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(*numbers: int) -> datetime:
    return datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - a wall clock's time is what is read


def zone(standard: str, daylight: str = "", name: str = "Mellanzon") -> list[str]:
    blocks = [f"BEGIN:STANDARD\n{standard}\nEND:STANDARD"] if standard else []
    blocks += [f"BEGIN:DAYLIGHT\n{daylight}\nEND:DAYLIGHT"] if daylight else []
    return "\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}", *blocks, "END:VTIMEZONE"]).split("\n")


def observance(start: str, before: str, after: str, rule: str = "") -> str:
    line = f"\nRRULE:{rule}" if rule else ""
    return f"DTSTART:{start}\nTZOFFSETFROM:{before}\nTZOFFSETTO:{after}{line}"


OUTLOOK = zone(
    observance("16010101T030000", "+0200", "+0100", "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10"),
    observance("16010101T020000", "+0100", "+0200", "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3"),
)
MOZILLA = zone(
    observance("19701025T030000", "+0200", "+0100", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
    observance("19700329T020000", "+0100", "+0200", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
)


@pytest.mark.parametrize("lines", [OUTLOOK, MOZILLA])
@given(moment=st.datetimes(local(1997, 1, 1), local(2037, 1, 1)).map(lambda one: one.replace(microsecond=0)))
@example(moment=local(2026, 10, 24, 12, 0))
@example(moment=local(2026, 10, 25, 12, 0))
@example(moment=local(2027, 3, 27, 12, 0))
@example(moment=local(2027, 3, 28, 12, 0))
def test_as_in_the_real_stockholm(lines: list[str], moment: datetime) -> None:
    real = moment.replace(tzinfo=STOCKHOLM)
    hour = timedelta(hours=1)
    if len({one.utcoffset() for one in (real - hour, real, real + hour)}) > 1:
        return  # within an hour of a change a local time is twofold, or none
    assert zones.in_utc(zones.split(lines)[1]["Mellanzon"], moment) == real.astimezone(UTC)


def test_nth_weekday_fixed_day_and_an_end() -> None:
    new_york = zone(
        observance("20071104T020000", "-0400", "-0500", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
        observance("20070311T020000", "-0500", "-0400", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
    )
    found = zones.split(new_york)[1]["Mellanzon"]
    for moment in (local(2026, 3, 7, 12), local(2026, 3, 9, 12), local(2026, 11, 2, 12)):
        assert zones.in_utc(found, moment) == moment.replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    ended = zone(
        observance("20000101T000000", "+0300", "+0100", "FREQ=YEARLY;UNTIL=20051231T000000Z"),
        observance("20000601T000000", "+0100", "+0300", "FREQ=YEARLY;BYMONTHDAY=1;UNTIL=20041231T000000Z"),
    )
    at = local(2026, 7, 1, 12)
    assert zones.in_utc(zones.split(ended)[1]["Mellanzon"], at) == datetime(2026, 7, 1, 11, tzinfo=UTC)


def test_before_a_zone_begins_nothing_is_known() -> None:
    found = zones.split(zone(observance("20200101T000000", "+0100", "+0100")))[1]["Mellanzon"]
    assert zones.in_utc(found, local(2019, 1, 1)) is None
    assert zones.in_utc(found, local(2026, 1, 1, 12)) == datetime(2026, 1, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;UNTIL=20380101T000000Z",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12",
        "FREQ=YEARLY;BYHOUR=1;BYMINUTE=2;BYSECOND=3",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTHDAY=999999999999999999999",
        "FREQ=YEARLY;BYDAY=9SU",
        "FREQ=YEARLY;UNTIL=never",
        "nonsense",
    ],
)
def test_a_rule_that_no_client_writes_makes_the_zone_unknown(rule: str) -> None:
    two = [
        observance("16010101T020000", before, after, rule) for before, after in (("+0100", "+0200"), ("+0200", "+0100"))
    ]
    assert zones.split(zone(*two))[1] == {}
    assert reply("\n".join(zone(*two))) is None


def reply(zone_lines: str, name: str = "Mellanzon") -> datetime | None:
    event = f"BEGIN:VEVENT\nUID:x\nDTSTART;TZID={name}:20261117T100000\nEND:VEVENT"
    said = "\n".join(
        line for line in ("BEGIN:VCALENDAR", "METHOD:REPLY", zone_lines, event, "END:VCALENDAR", "") if line
    )
    return read(said.encode(), "REPLY").start


def test_a_zone_of_one_mail_is_not_used_for_the_next() -> None:
    """Outlook calls any zone it has no name for "Customized Time Zone": each sender's is another."""
    name = "Customized Time Zone"
    tokyo = zone(observance("16010101T000000", "+0900", "+0900"), name=name)
    here = zone(observance("16010101T000000", "+0100", "+0100"), name=name)
    assert reply("\n".join(tokyo), name) == datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
    assert reply("\n".join(here), name) == datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
    assert reply("", name) is None


def test_a_zone_without_end_takes_what_follows_with_it() -> None:
    assert zones.split(["BEGIN:VEVENT", "BEGIN:VTIMEZONE", "TZID:x"]) == (["BEGIN:VEVENT"], {})
    folded = 'BEGIN;X=":":vtimezone'
    assert zones.split(["A:1", folded, "TZID:x", "END:VTIMEZONE", "B:2"]) == (["A:1", "B:2"], {})


@given(st.lists(st.sampled_from([*OUTLOOK, "RRULE:FREQ=YEARLY;BYDAY=5SU;BYMONTH=2", "DTSTART:00010101T000000",
    "DTSTART:99991231T235959", "TZOFFSETTO:-9999", "TZOFFSETTO:+2359", "TZID:", "x"]), max_size=30),
    st.datetimes())  # fmt: skip
def test_no_lines_raise(lines: list[str], moment: datetime) -> None:
    _, found = zones.split(lines)
    for one in found.values():
        zones.in_utc(one, moment)
