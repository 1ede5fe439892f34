"""Every simulated client reads our invitation and answers as a calendar parser understands it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from icalendar import Calendar

from sip.demo import clients
from sip.demo.letter import read

from .sample import TOKEN, UID, invitation

NOW = datetime(2026, 11, 2, 8, 12, tzinfo=UTC)
UNIT = "hemtjanst.centrum@alsunda.example"


def answer(style: str, partstat: str = "ACCEPTED", **more: bool) -> tuple[EmailMessage, bytes]:
    reply = clients.Reply(read(invitation(), UNIT), partstat, 'Hemtjänst "Centrum"', NOW, "Åsa kommer", **more)
    message = message_from_bytes(clients.compose(style, reply), policy=policy.default)
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return message, payload


def test_an_invitation_is_read() -> None:
    letter = read(invitation(), UNIT.upper())
    assert letter.recipient == UNIT
    assert letter.answers_to == TOKEN
    assert letter.links == ("http://127.0.0.1:8000/svar/abc123DEF",)
    assert letter.references == ("7F3K-2MQ",)
    assert letter.automatic
    invite = letter.invite
    assert invite is not None
    assert (invite.method, invite.uid, invite.sequence) == ("REQUEST", UID, 0)
    assert (invite.organizer, invite.attendee) == (TOKEN, UNIT)
    assert invite.start == datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


def test_a_broken_calendar_part_stops_nobody() -> None:
    letter = read(invitation().replace(b"base64", b"7bit"), UNIT)
    assert letter.invite is None
    assert letter.references == ("7F3K-2MQ",)


@pytest.mark.parametrize("style", clients.STYLES)
@pytest.mark.parametrize("partstat", clients.PARTSTATS)
def test_an_answer_is_a_calendar_reply(style: str, partstat: str) -> None:
    message, payload = answer(style, partstat)
    assert message["To"].addresses[0].addr_spec == TOKEN
    assert message["From"].addresses[0].addr_spec == UNIT
    assert not message.defects
    calendar = Calendar.from_ical(payload)
    event = calendar.events[0]
    assert not event.errors
    assert str(calendar["METHOD"]) == "REPLY"
    assert (str(event["UID"]), event.sequence) == (UID, 0)
    assert event.attendees[0].email == UNIT
    assert str(event.attendees[0].params["PARTSTAT"]) == partstat
    assert event.stamp == NOW
    assert isinstance(event.start, datetime)
    assert event.start.astimezone(UTC) == datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


def test_exchange_leaves_the_organizer_out_and_names_zones_as_windows_does() -> None:
    _, payload = answer("outlook")
    assert b"ORGANIZER" not in payload
    assert b"W. Europe Standard Time" in payload


def test_apple_leaves_the_method_parameter_out_and_encodes_line_ends() -> None:
    message, payload = answer("apple")
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") is None
    assert b"\r\n" in payload
    raw = part.get_payload()
    assert isinstance(raw, str)
    assert "=0D=0A" in raw


def test_gnus_writes_bare_line_feeds() -> None:
    _, payload = answer("gnus")
    assert b"\r" not in payload


def test_an_automatic_acceptance_says_so() -> None:
    message, _ = answer("outlook", automatic=True)
    assert message["Auto-Submitted"] == "auto-replied"


def test_out_of_office_and_a_returned_mail_are_mails() -> None:
    letter = read(invitation(), UNIT, "bounce+abc@sip.region-asland.example")
    away = message_from_bytes(clients.out_of_office(letter, "Åsa", "Åter på måndag.", NOW), policy=policy.default)
    assert away["Subject"].startswith("Automatiskt svar:")
    assert "Auto-Submitted" not in away
    dsn = message_from_bytes(clients.returned(letter, "mx.dalkoping.example", NOW), policy=policy.default)
    assert dsn.get_content_type() == "multipart/report"
    assert [part.get_content_type() for part in dsn.iter_parts()][1] == "message/delivery-status"
