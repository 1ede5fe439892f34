"""The calendar part says what went in, to a library that is not ours to bend, whatever the meeting and the night."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]  # dateutil has no types
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from sip.domain.effects import Mail, MailKind, Method
from sip.domain.meeting import Place
from sip.domain.people import Address, Language
from sip.domain.terms import Form, PlaceKind
from sip.edges.mail.envelope import Code, Composed, OutgoingEnvelope, Way, uid_of
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import description_of
from sip.edges.mail.letters.samples import BOUNCE, CANCELS, FACTS, HOME, LINK, REPLY, REQUESTS, composed, mail
from sip.edges.mail.prepared import Composer
from sip.edges.mail.texts import clean_name

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CHANGES = (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC))
COMPOSER = Composer(HOME, most=8)

near_a_change = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-26 * 60, 26 * 60),
)
any_time = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis wants bounds without a zone
    lambda at: at.replace(second=0, microsecond=0)
)
named = st.text(alphabet="abcåäöÅÄÖé ,;:.\"'’\\^()<>-ß🙂\r\n\t", max_size=60)
places = st.builds(
    Place,
    st.sampled_from(list(PlaceKind)),
    unit=st.none() | named,
    room=st.none() | named,
    video_url=st.sampled_from([None, "https://video.region.example/m/4711?a=1;b=2,c"]),
    phone=st.sampled_from([None, "010-123 45 67,,4711#"]),
)


@st.composite
def invitations(draw: st.DrawFn) -> tuple[Mail, OutgoingEnvelope]:
    kind = draw(st.sampled_from([*REQUESTS, *CANCELS]))
    start = draw(st.one_of(near_a_change, any_time))
    facts = replace(
        FACTS,
        meeting_id=UUID(int=draw(st.integers(0, 2**128 - 1)), version=4),
        start=start,
        end=start + timedelta(minutes=draw(st.sampled_from([15, 30, 60, 90, 24 * 60]))),
        form=draw(st.sampled_from(list(Form))),
        place=draw(places),
        convener_unit=draw(named),
        other_units=tuple(draw(st.lists(named, max_size=2))),
    )
    made = mail(
        kind,
        draw(st.sampled_from(list(Language))),
        facts=facts,
        to=Address("enhet@ekby.example", draw(named)),
        unit=draw(st.none() | named),
        sequence=draw(st.integers(0, 40)),
        invitation=draw(st.integers(1, 60)),
        dtstamp=draw(any_time),
    )
    link = LINK if made.method is Method.REQUEST else None
    partstat = draw(st.sampled_from(["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"]))
    code = Code("7F3KQ-2MX9D", "sip.region.example/kod")
    return made, OutgoingEnvelope(BOUNCE, REPLY, (link,), partstat=partstat, codes=(code,))


def parsed(ready: Composed) -> tuple[Any, Any]:
    """The calendar and its event; the library types every property as any of thirty."""
    part = next(p for p in message_from_bytes(ready.data).walk() if p.get_content_type() == "text/calendar")
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")
    found = Calendar.from_ical(data)
    (event,) = found.walk("VEVENT")
    assert found.errors == event.errors == []
    assert part.get_param("method") == str(found["METHOD"])
    return found, event


@settings(max_examples=150, deadline=None)
@given(invitations())
def test_a_parser_reads_the_values_that_went_in(drawn: tuple[Mail, OutgoingEnvelope]) -> None:
    made, envelope = drawn
    found, event = parsed(COMPOSER.compose([made], envelope))
    request = made.method is Method.REQUEST
    assert found["METHOD"] == made.method
    assert event["UID"] == uid_of(made, HOME)
    assert event["SEQUENCE"] == made.sequence
    assert event["DTSTAMP"].dt == made.dtstamp
    # In UTC: Python never calls a moment in a doubled hour equal to one of another zone (PEP 495).
    assert [event[name].dt.astimezone(UTC) for name in ("DTSTART", "DTEND")] == [made.facts.start, made.facts.end]
    assert event["STATUS"] == ("CONFIRMED" if request else "CANCELLED")
    assert str(event["LOCATION"]) == " / ".join(wording.places(made.to.language, made.facts))
    assert event["ORGANIZER"] == f"mailto:{HOME.reply(REPLY)}"
    assert clean_name(made.facts.convener_unit) in event["ORGANIZER"].params["CN"]
    assert event["ATTENDEE"] == "mailto:enhet@ekby.example"
    assert event["ATTENDEE"].params["CN"] == (clean_name(made.to.name) or "enhet@ekby.example")
    assert event["ATTENDEE"].params.get("PARTSTAT") == (envelope.partstat if request else None)
    way = Way(LINK, envelope.codes[0]) if request else None
    assert str(event["DESCRIPTION"]) == description_of(made, way, clean_name(made.unit or "") or None)
    assert event.get("URL") == (LINK if request else None)


@settings(max_examples=200, deadline=None)
@given(near_a_change, st.sampled_from([15, 30, 60, 180]))
def test_the_zone_that_is_sent_along_gives_the_same_moment(start: datetime, minutes: int) -> None:
    """Read by another library from our own VTIMEZONE, as a client does that knows no Europe/Stockholm of its own."""
    end = start + timedelta(minutes=minutes)
    ready = composed(mail(MailKind.CALL, facts=replace(FACTS, start=start, end=end)))
    part = next(p for p in message_from_bytes(ready.data).walk() if p.get_content_type() == "text/calendar")
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    zone = tzical(io.StringIO(data.decode().replace("\r\n", "\n"))).get("Europe/Stockholm")
    text = data.decode().replace("\r\n ", "").partition("BEGIN:VEVENT")[2]
    for name, moment in (("DTSTART", start), ("DTEND", end)):
        match = re.search(rf"\r\n{name}(;TZID=Europe/Stockholm)?:(\d{{8}}T\d{{6}})(Z?)\r\n", text)
        assert match is not None
        wall = datetime.strptime(match[2], "%Y%m%dT%H%M%S").replace(tzinfo=UTC if match[3] else zone)
        assert wall.astimezone(UTC) == moment


@pytest.mark.parametrize(
    ("start", "written"),
    [
        ("2026-10-24T22:30", ";TZID=Europe/Stockholm:20261025T003000"),
        ("2026-10-25T00:30", ":20261025T003000Z"),  # the first half past two: wall time does not say which,
        ("2026-10-25T01:30", ":20261025T013000Z"),  # and readers differ
        ("2026-10-25T02:30", ";TZID=Europe/Stockholm:20261025T033000"),
        ("2027-03-28T00:30", ";TZID=Europe/Stockholm:20270328T013000"),
        ("2027-03-28T01:30", ";TZID=Europe/Stockholm:20270328T033000"),  # there is no half past two
    ],
)
def test_the_nights_of_the_changes(start: str, written: str) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)
    ready = composed(mail(MailKind.CALL, facts=replace(FACTS, start=at, end=at + timedelta(minutes=15))))
    part = next(p for p in message_from_bytes(ready.data).walk() if p.get_content_type() == "text/calendar")
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    assert f"\r\nDTSTART{written}\r\n" in data.decode()


def test_people_read_which_of_the_two_hours_is_meant() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert wording.span(Language.SV, first, second) == (
        "söndag 25 oktober 2026 kl. 02.30 (sommartid)–02.30 (vintertid)"
    )
    assert "02:30 (winter time)" in wording.moment(Language.EN, second)
    assert "(" not in wording.moment(Language.SV, datetime(2026, 10, 25, 2, 30, tzinfo=UTC))
    assert "(" not in wording.moment(Language.SV, datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
