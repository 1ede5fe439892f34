"""Mails that once were misread, stopped the receiver or would have: what they are now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sip.edges.mail.received.imip import parse
from sip.usecases.received.parsed import AttendeeLine, Kind

GOLDEN = Path(__file__).parent / "golden"
START = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("encoded-word-broken", START),  # one raised on base64 that is none
        ("encoding-with-space", START),  # "base64 " was no encoding to the library
        ("calendar-utf-16", START),  # taken for UTF-8 with NULs
        ("outlook-customized-zone", START),  # each sender's zone of that name is another
        ("zone-by-the-second", None),  # expanded from 1601 on, for hours
    ],
)
def test_answers(name: str, start: datetime | None) -> None:
    found = parse((GOLDEN / f"{name}.eml").read_bytes())
    assert (found.kind, found.broken, found.start) == (Kind.REPLY, None, start)
    assert found.attendees == (AttendeeLine("hemtjansten.norr@ekby.example", "ACCEPTED"),)
    assert found.from_email is not None


def test_an_address_has_no_control_characters() -> None:
    report = parse((GOLDEN / "dsn-control-character.eml").read_bytes()).report
    assert report is not None
    assert report.recipient == "postbox7@inre.ekby.example"
