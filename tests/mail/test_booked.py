"""An invitation of somebody's own calendar, sent to us: what is read of it, and what is not (rules, section 10 B1)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sip.edges.mail.received import booked
from sip.edges.mail.received.imip import parse
from sip.usecases.received.parsed import Kind

GOLDEN = Path(__file__).parent / "golden"
TEAMS = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_Abc%40thread.v2/0?context=%7b%7d"
NINE = datetime(2026, 12, 7, 9, tzinfo=UTC)


def lines(*more: str) -> list[str]:
    return ["BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VEVENT", "UID:a", *more, "END:VEVENT", "END:VCALENDAR"]


@pytest.mark.parametrize(
    ("name", "kind", "video", "place", "recurring"),
    [
        ("booked-outlook-teams", Kind.REQUEST_LIKE, TEAMS, "Microsoft Teams-möte", False),
        (
            "booked-google",
            Kind.REQUEST_LIKE,
            "https://meet.google.com/pyb-ndcu-hhc",
            "Hemma hos Nora, Storgatan 1",
            False,
        ),
        ("booked-apple", Kind.HUMAN, None, "Vårdcentralen Eken", True),
    ],
)
def test_what_calendars_send(name: str, kind: Kind, video: str | None, place: str, recurring: bool) -> None:
    mail = parse((GOLDEN / f"{name}.eml").read_bytes())
    assert (mail.kind, mail.method, mail.start) == (kind, "REQUEST", NINE)
    assert mail.booked is not None
    assert (mail.booked.video_url, mail.booked.place, mail.booked.recurring) == (video, place, recurring)
    assert mail.booked.organizer == "clara@region.example"
    assert "Nora" not in repr(mail)


@pytest.mark.parametrize(
    ("start", "whole"),
    [("DTSTART;VALUE=DATE:20261207", True), ("DTSTART:20261207", True), ("DTSTART:20261207T090000Z", False)],
)
def test_a_whole_day(start: str, whole: bool) -> None:
    assert booked.read(lines(start), None, "a").all_day is whole


@pytest.mark.parametrize(
    ("line", "url"),
    [
        (
            "LOCATION:Teams: https://teams.microsoft.com/l/meetup-join/1\\, rum 2",
            "https://teams.microsoft.com/l/meetup-join/1",
        ),
        ('CONFERENCE;VALUE=URI;LABEL="Möte: här":https://video.region.example/m/1', "https://video.region.example/m/1"),
        (f"DESCRIPTION:Anslut: <{TEAMS}>\\n", TEAMS),
        ("DESCRIPTION:Läs mer på https://journal.region.example/nora", None),
        ("LOCATION:http://video.region.example/m/1", None),
        ("LOCATION:https://nora:hemlig@video.region.example/m/1", None),
        ("X-MICROSOFT-SKYPETEAMSMEETINGURL:https://localhost/", None),
    ],
)
def test_a_link_to_join_by(line: str, url: str | None) -> None:
    assert booked.read(lines(line), None, "a").video_url == url


def test_what_stands_in_an_alarm_or_a_second_event_is_not_the_meetings() -> None:
    inside = ["BEGIN:VALARM", "LOCATION:Nej", "RRULE:FREQ=DAILY", "END:VALARM"]
    second = ["BEGIN:VEVENT", "LOCATION:https://video.region.example/2", "END:VEVENT"]
    found = booked.read([*lines(*inside)[:-1], *second], None, "a")
    assert (found.place, found.recurring, found.video_url) == (None, False, None)


def test_an_answer_to_us_is_no_booking() -> None:
    assert parse((GOLDEN / "google-accepted.eml").read_bytes()).booked is None
