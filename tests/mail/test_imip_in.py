"""Received mail: each golden file becomes the right value, and no bytes whatever raise."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.domain.effects import MailKind
from sip.edges.mail.letters.samples import BOUNCE, HOME, REPLY, composed, mail
from sip.edges.mail.received.imip import parse
from sip.usecases.received.parsed import AttendeeLine, Broken, Kind, ParsedMail

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.parent.glob("*/*.eml"))
UID = "5d397ba9-9b49-598f-8517-50b08e83fcf2@sip.region.example"
UNIT, BO, EVA, SCHOOL = (
    "hemtjansten.norr@ekby.example", "bo.lind@ekby.example", "eva.berg@lovdal.example", "skolan@lovdal.example",
)  # fmt: skip
START = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def golden(name: str) -> ParsedMail:
    return parse((GOLDEN / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    ("name", "attendees", "automatic", "organizer"),
    [
        ("outlook-accepted", [AttendeeLine(UNIT, "ACCEPTED")], False, None),
        ("outlook-declined-on-behalf", [AttendeeLine(UNIT, "DECLINED")], False, None),
        ("exchange-room-accepted", [AttendeeLine(UNIT, "ACCEPTED")], True, None),
        ("exchange-broken-attendee", [AttendeeLine(UNIT, "ACCEPTED")], False, None),
        ("google-accepted", [AttendeeLine(SCHOOL, "ACCEPTED")], False, REPLY),
        ("google-declined", [AttendeeLine(SCHOOL, "DECLINED")], False, REPLY),
        ("apple-tentative", [AttendeeLine(BO, "TENTATIVE")], False, REPLY),
        ("thunderbird-accepted", [AttendeeLine(UNIT, "ACCEPTED")], False, REPLY),
        ("gnus-declined", [AttendeeLine(EVA, "DECLINED")], False, REPLY),
        (
            "notes-delegated",
            [AttendeeLine(UNIT, "DELEGATED", None, (BO,)), AttendeeLine(BO, "NEEDS-ACTION", None, (), (UNIT,))],
            False,
            REPLY,
        ),
        ("two-attendees", [AttendeeLine(SCHOOL, "NEEDS-ACTION"), AttendeeLine(UNIT, "ACCEPTED", BO)], False, REPLY),
    ],
)
def test_answers(name: str, attendees: list[AttendeeLine], automatic: bool, organizer: str | None) -> None:
    found = golden(name)
    assert (found.kind, found.broken, found.method) == (Kind.REPLY, None, "REPLY")
    assert (found.uid, found.sequence, found.start) == (UID, 0, START)
    assert found.attendees == tuple(attendees)
    assert found.automatic is automatic
    assert found.organizer_token == organizer
    assert found.tokens == (REPLY,)
    assert found.dtstamp is not None
    assert found.sent_at is not None
    assert found.message_id is not None


@pytest.mark.parametrize(
    ("name", "kind", "broken"),
    [
        ("refresh", Kind.REFRESH, None),
        ("cancel-to-us", Kind.REQUEST_LIKE, None),
        ("exchange-oof", Kind.AUTO_REPLY, None),
        ("vacation", Kind.AUTO_REPLY, None),
        ("read-receipt", Kind.AUTO_REPLY, None),
        ("human", Kind.HUMAN, None),
        ("tnef", Kind.BROKEN, Broken.TNEF),
        ("broken-calendar", Kind.BROKEN, Broken.BROKEN_CALENDAR),
        ("two-calendars", Kind.BROKEN, Broken.SEVERAL_CALENDARS),
        ("recurrence", Kind.BROKEN, Broken.RECURRENCE),
        ("method-disagrees", Kind.BROKEN, Broken.METHOD_DISAGREES),
        ("delegated-unquoted", Kind.BROKEN, Broken.DELEGATION_UNCLEAR),
        ("forwarded-invitation", Kind.BROKEN, Broken.FORWARDED_CALENDAR),
    ],
)
def test_what_is_no_plain_answer(name: str, kind: Kind, broken: Broken | None) -> None:
    found = golden(name)
    assert (found.kind, found.broken) == (kind, broken)
    assert found.tokens == (REPLY,)


def test_who_wrote_on_whose_behalf() -> None:
    found = golden("outlook-declined-on-behalf")
    assert (found.from_email, found.sender_email) == (UNIT, BO)
    assert found.in_reply_to == ("<bylpl5p4bpzokzkzgyuksjuavq@sip.region.example>",)


def test_a_counter_without_attendee_and_organizer() -> None:
    found = golden("exchange-counter")
    assert (found.kind, found.attendees, found.tokens) == (Kind.COUNTER, (), (REPLY,))
    assert found.start == datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 19, 13, 0, tzinfo=UTC)
    assert found.original_start == START


def test_a_missing_sequence_is_unknown_not_zero() -> None:
    found = golden("latin1-no-sequence")
    assert (found.kind, found.sequence, found.dtstamp) == (Kind.REPLY, None, None)
    assert found.attendees == (AttendeeLine(UNIT, "ACCEPTED"),)


@pytest.mark.parametrize(
    ("name", "kind", "action", "status"),
    [
        ("dsn-failed", Kind.BOUNCE, "failed", "5.1.1"),
        ("dsn-delayed", Kind.DELAY, "delayed", "4.4.1"),
        ("exim-bounce", Kind.BOUNCE, "failed", "5.1.1"),
    ],
)
def test_bounces_name_the_mail_that_came_back(name: str, kind: Kind, action: str, status: str) -> None:
    found = golden(name)
    assert (found.kind, found.automatic) == (kind, True)
    report = found.report
    assert report is not None
    assert (report.action, report.status, report.recipient) == (action, status, UNIT)
    assert report.original_message_id == "<bylpl5p4bpzokzkzgyuksjuavq@sip.region.example>"
    assert report.returned_token == REPLY
    assert report.envelope_id == (None if name == "exim-bounce" else BOUNCE)


def test_nothing_people_wrote_is_kept() -> None:
    for path in FILES:
        said = str(asdict(parse(path.read_bytes())))
        for words in ("SIP-möte", "Vi ses", "Linden", "tillbaka", "kommer gärna", "7F3K"):
            assert words not in said, path.name


def test_our_own_invitation_sent_back_is_never_obeyed() -> None:
    found = parse(composed(mail(MailKind.CALL)).data)
    assert found.kind is Kind.REQUEST_LIKE
    assert found.uid == UID
    assert HOME.reply(found.organizer_token) == f"sip+{REPLY}@sip.region.example"


def multipart(depth: int) -> bytes:
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return b"From: a@a.example\r\n" + head + b"\r\nx"


@pytest.mark.parametrize(
    ("raw", "broken"),
    [
        (multipart(17), Broken.TOO_DEEP),
        (multipart(3000), None),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 200, Broken.TOO_DEEP),
        (b"x" * 12_000_001, Broken.TOO_LARGE),
        (b"Content-Type: multipart/mixed; boundary=b\r\n" + b"\n" * 2_000_000, Broken.TOO_LARGE),
        (
            b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 300,
            Broken.TOO_LARGE,
        ),
        (b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\x00\r\nEND:VCALENDAR\r\n", Broken.BROKEN_CALENDAR),
        (b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\rEND:VCALENDAR\r", Broken.BROKEN_CALENDAR),
        (b"Content-Type: text/calendar\r\n\r\n/etc/hostname", Broken.BROKEN_CALENDAR),
        (b"Content-Type: text/calendar\r\n\r\n", Broken.BROKEN_CALENDAR),
        (b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", Broken.NO_EVENT),
    ],
)  # fmt: skip
def test_limits(raw: bytes, broken: Broken | None) -> None:
    found = parse(raw)
    assert found.kind is Kind.BROKEN
    assert broken is None or found.broken is broken


def test_an_empty_mail_is_somebodys() -> None:
    assert parse(b"").kind is Kind.HUMAN


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_mails_never_raise(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw)))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b"\r\n", b"\n", b"\x00", b"=?", b"?=", b'"', b";", b":", b"--", b"\xff", b"END:\r\n"]),
            )
        )  # fmt: skip
        raw[at : at + data.draw(st.integers(0, 40))] = piece
    assert isinstance(parse(bytes(raw)), ParsedMail)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_random_bytes_never_raise(raw: bytes) -> None:
    assert isinstance(parse(raw), ParsedMail)
    assert isinstance(parse(b"Content-Type: text/calendar; method=REPLY\r\n\r\n" + raw), ParsedMail)
    assert isinstance(parse(b"Content-Type: message/delivery-status\r\n\r\n" + raw), ParsedMail)
