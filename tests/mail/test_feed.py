"""The bytes of a subscribed calendar: the library's own, the same every time, and right on the nights clocks change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from benchmarks.by_library import calendar_by_library
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from sip.domain.meeting import Place
from sip.domain.people import Language
from sip.domain.standing import Standing
from sip.domain.terms import Form, MeetingState, PlaceKind
from sip.edges.mail.feed import FORMAT, calendar_of, tag_of
from sip.edges.mail.feed_entry import Site
from sip.store.aggregates.journal import ActorColumns
from sip.store.feeds import Feed, FeedKind, FeedRecord
from sip.store.seen.feed_meetings import FeedMeeting, OwnPart, Share
from tests.domain.cast import CARE_CENTRE, HOME_CARE, at, ident

SITE = Site("https://sip.example", "sip.example")
GOLDEN = Path(__file__).parent / "golden"
MEETING = FeedMeeting(
    UUID(int=0x51B), "7F3K-2MQ", Form.HYBRID,
    Place(PlaceKind.ROOM, "Vårdcentralen Eken", "Rum 2", "https://video.region.example/m/4711"),
    at("2026-12-07 10:00"), at("2026-12-07 11:00"), MeetingState.CALLED, 1, at("2026-11-02 10:00"),
    "Vårdcentralen Eken", "Clara Kallar", "010-319 299",
    OwnPart("Hemtjänsten Al", Standing.ATTENDS, ("Anna Ek", "Bo Alm")), others=("Skolan Al",),
)  # fmt: skip


def feed(
    kind: FeedKind = FeedKind.UNIT, language: Language = Language.SV, place: str | None = "Hemtjänsten Al"
) -> Feed:
    unit = HOME_CARE.unit_id if kind is FeedKind.UNIT else None
    record = FeedRecord(ident("feed"), kind, language, at("2026-11-01 10:00"), ident("user"), unit_id=unit)
    return Feed(
        record, True, ActorColumns("user", str(ident("user")), "Sara", None, "unit_staff"), "s@al.example", place
    )


def parsed(meetings: list[FeedMeeting], of: Feed | None = None) -> Calendar:
    found = Calendar.from_ical(calendar_of(of or feed(), meetings, SITE))
    assert isinstance(found, Calendar)
    return found


TEXTS = st.text(st.characters(exclude_characters="\\"), max_size=60)
NAMES = st.text(max_size=80)
PLACES = st.builds(
    Place, st.sampled_from(PlaceKind), st.none() | NAMES, st.none() | NAMES, st.none() | TEXTS, st.none() | TEXTS
)
OWN = st.builds(OwnPart, NAMES, st.sampled_from(Standing), st.lists(NAMES, max_size=3).map(tuple))
MOMENTS = st.integers(-1100, 1000).map(lambda hours: MEETING.start + timedelta(hours=hours))
MEETINGS = st.builds(
    FeedMeeting, st.uuids(), NAMES, st.sampled_from(Form), PLACES, MOMENTS, MOMENTS, st.sampled_from(MeetingState),
    st.integers(0, 99), MOMENTS, NAMES, NAMES, TEXTS, st.none() | OWN, st.integers(0, 9), st.integers(0, 9),
    st.lists(NAMES, max_size=3).map(tuple),
    st.lists(st.tuples(st.sampled_from(Share), st.none() | NAMES), max_size=3).map(tuple),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(MEETINGS, max_size=3), st.sampled_from(FeedKind), st.sampled_from(Language), NAMES)
def test_the_bytes_are_the_librarys(meetings: list[FeedMeeting], kind: FeedKind, language: Language, name: str) -> None:
    of = feed(kind, language, name)
    written = calendar_of(of, meetings, SITE)
    assert written == calendar_by_library(of, meetings, SITE)
    assert calendar_of(of, meetings, SITE) == written
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))


@pytest.mark.parametrize("language", Language)
def test_the_format_is_as_it_was(language: Language) -> None:
    """Bytes that change under the same FORMAT would leave calendars with the old ones: raise it, and write anew."""
    made = calendar_of(
        feed(language=language), [MEETING, replace(MEETING, id=UUID(int=2), state=MeetingState.CANCELLED)], SITE
    )
    assert made == (GOLDEN / f"feed-{FORMAT}-{language}.ics").read_bytes()


def test_nothing_that_programs_stumble_over() -> None:
    calendar = parsed([MEETING, replace(MEETING, id=UUID(int=2))])
    assert not {"METHOD", "UID"} & set(calendar)
    for event in calendar.events:
        assert not {"ATTENDEE", "ORGANIZER"} & set(event)
        assert not event.walk("VALARM")
        assert str(event["UID"]).startswith("feed-")
    raw = calendar_of(feed(), [MEETING], SITE)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in raw and b"X-PUBLISHED-TTL:PT1H\r\n" in raw
    assert b"X-WR-TIMEZONE:Europe/Stockholm\r\n" in raw
    assert "NAME:SIP-möten: Hemtjänsten Al\r\nX-WR-CALNAME:SIP-möten: Hemtjänsten Al\r\n".encode() in raw
    assert raw.count(b"BEGIN:VTIMEZONE") == 1 and b"RRULE" in raw and b"RDATE" not in raw


def test_two_calendars_have_uids_of_their_own_and_a_new_address_keeps_them() -> None:
    other = feed(FeedKind.PERSON)
    again = replace(feed(), record=replace(feed().record, id=ident("another feed of the same unit")))
    uids = [str(parsed([MEETING], one).events[0]["UID"]) for one in (feed(), other, again)]
    assert uids[0] == uids[2] != uids[1]


@pytest.mark.parametrize(
    ("start", "offset"),
    [
        ("2026-10-24 10:00", 2), ("2026-10-25 00:30", 2), ("2026-10-25 03:30", 1), ("2026-10-26 10:00", 1),
        ("2027-03-27 10:00", 1), ("2027-03-28 01:30", 1), ("2027-03-28 03:30", 2), ("2027-03-29 10:00", 2),
    ],
)  # fmt: skip
def test_times_are_right_across_the_nights_the_clocks_change(start: str, offset: int) -> None:
    event = at_time(at(start))
    assert isinstance(event.start, datetime)
    assert event.start.replace(tzinfo=None) == datetime.fromisoformat(start)
    assert event.start.utcoffset() == timedelta(hours=offset)


@pytest.mark.parametrize("minutes", range(-90, 150, 30))
@pytest.mark.parametrize("night", [datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)])
def test_no_hour_of_those_nights_is_moved(night: datetime, minutes: int) -> None:
    moment = night + timedelta(minutes=minutes)
    event = at_time(moment)
    assert (event.start, event.end) == (moment, moment + timedelta(hours=1))


def at_time(moment: datetime) -> Event:
    """The entry of a meeting of an hour from this moment on, read back."""
    return parsed([replace(MEETING, start=moment, end=moment + timedelta(hours=1))]).events[0]


def test_two_thousand_meetings_are_read_back() -> None:
    many = [
        replace(MEETING, id=UUID(int=n), start=MEETING.start + timedelta(hours=n), end=MEETING.end + timedelta(hours=n))
        for n in range(2000)
    ]
    events = parsed(many).events
    assert len({str(event["UID"]) for event in events}) == 2000
    assert [event.start for event in events] == [one.start for one in many]


@pytest.mark.parametrize(
    ("standing", "status", "busy"),
    [
        (Standing.NO_ANSWER, "TENTATIVE", "TENTATIVE"),
        (Standing.TENTATIVE, "TENTATIVE", "TENTATIVE"),
        (Standing.ATTENDS, "CONFIRMED", "BUSY"),
        (Standing.SUBSTITUTE_ATTENDS, "CONFIRMED", "BUSY"),
        (Standing.REGRETS, "CONFIRMED", "FREE"),
        (Standing.EXCUSED, "CONFIRMED", "FREE"),
    ],
)
def test_how_the_time_shows(standing: Standing, status: str, busy: str) -> None:
    event = parsed([replace(MEETING, own=OwnPart("Hemtjänsten Al", standing))]).events[0]
    assert (str(event["STATUS"]), str(event["X-MICROSOFT-CDO-BUSYSTATUS"])) == (status, busy)
    assert str(event["TRANSP"]) == ("TRANSPARENT" if busy == "FREE" else "OPAQUE")


def test_what_has_been_says_no_standing() -> None:
    for state in (MeetingState.ENDED, MeetingState.CLOSED):
        event = parsed([replace(MEETING, state=state)]).events[0]
        assert str(event["SUMMARY"]) == "SIP-möte, ärende 7F3K-2MQ"
        assert "Hemtjänsten Al" not in str(event["DESCRIPTION"])


def test_the_tag_follows_everything_that_the_bytes_do() -> None:
    of, place = feed(), Site("https://other.example", "sip.example")
    other_unit = replace(of, record=replace(of.record, unit_id=CARE_CENTRE.unit_id))
    tags = [
        tag_of(of, "a", SITE), tag_of(of, "b", SITE), tag_of(feed(place="Nytt"), "a", SITE), tag_of(of, "a", place),
        tag_of(feed(language=Language.EN), "a", SITE), tag_of(feed(FeedKind.PERSON), "a", SITE),
        tag_of(other_unit, "a", SITE), tag_of(of, "a", Site(SITE.base_url, "other.example")),
    ]  # fmt: skip
    assert len(set(tags)) == len(tags)
    assert tag_of(feed(), "a", SITE) == tags[0]


def test_a_pre_meeting_is_called_what_it_is() -> None:
    (event,) = parsed([replace(MEETING, is_pre_meeting=True)]).events
    assert str(event["SUMMARY"]).startswith("Förmöte inför SIP, ärende 7F3K-2MQ")
