"""Kinds of mail that once were misread, each with its brothers (decisions 0021, 0022); whole mails are in cases/."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sip.edges.mail.received import calendar_object, zones
from sip.edges.mail.received.imip import parse
from sip.edges.mail.received.plain import words_of
from sip.usecases.received.parsed import Kind, ParsedMail

CASES = Path(__file__).parent / "cases"
UNIT = "hemtjanst@al.example"


ABSENT = (
    "Fr=C3=A5nvarande:", "Ute_av_kontoret:", "Autosvar:", "Automatiskt_svar:", "Automaattinen_vastaus:",
    "Frav=C3=A6r:", "Automatisk_svar:", "Frav=C3=A6rende:",
)  # fmt: skip


def daemon(words: str, headers: str = "", sender: str = "Mailer-Daemon@mx.example") -> ParsedMail:
    raw = f"From: <{sender}>\r\nSubject: x\r\n{headers}Content-Type: text/plain\r\n\r\n{words}\r\n"
    return parse(raw.encode(), mail_from="")


@pytest.mark.parametrize(
    ("words", "headers", "kind"),
    [
        ("450 4.2.0 greylisted; I'm not going to try again", "", Kind.BOUNCE),
        ("451 try later, then 554 delivery error", "", Kind.BOUNCE),
        ("4.4.1 and at last 5.4.7", "", Kind.BOUNCE),
        ("450 busy", f"X-Failed-Recipients: {UNIT}\r\n", Kind.BOUNCE),
        ("450 busy", "", Kind.DELAY),
        ("4.4.1 will try for 5 days", "", Kind.DELAY),
        ("450 busy\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nSubject: 550 5.1.1", "", Kind.DELAY),
        ("450 busy\r\n\r\nReceived: by x\r\nSubject: 550 5.1.1", "", Kind.DELAY),
        ("I wish you a good day", "", Kind.AUTO_REPLY),
    ],
)
def test_a_failure_is_final_where_anything_says_so_and_nothing_returned_says_so(
    words: str, headers: str, kind: Kind
) -> None:
    assert daemon(words, headers).kind is kind


def test_a_library_knows_the_words_of_servers_that_we_do_not() -> None:
    words = (
        "Hi. This is the qmail-send program at mx.example.\r\nI'm afraid I wasn't able to deliver your message to the"
        " following addresses.\r\nThis is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        f"<{UNIT}>:\r\nSorry, no mailbox here by that name.\r\n\r\n--- Below this line is a copy of the message.\r\n"
    )
    found = daemon(words, sender="root@mx.example")
    assert found.kind is Kind.BOUNCE
    assert found.report is not None and found.report.recipient == UNIT


def dsn(fields: str) -> ParsedMail:
    raw = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n{fields}\r\n--b--\r\n"
    )
    return parse(raw.encode(), mail_from="")


@pytest.mark.parametrize(
    ("written", "reading"),
    [
        ("rfc822;anna+2Bsip@al.example", "anna+sip@al.example"),
        ("rfc822; Anna+sip@AL.example", "anna+sip@al.example"),
        ("rfc822;a+3Db@al.example", "a=b@al.example"),
        ("utf-8; <anna+2Bsip@al.example>", "anna+sip@al.example"),
    ],
)
def test_addresses_come_back_in_xtext_and_out_of_it(written: str, reading: str) -> None:
    report = dsn(
        f"\r\nFinal-Recipient: rfc822; x@y.example\r\nOriginal-Recipient: {written}\r\nAction: failed\r\n"
    ).report
    assert report is not None and reading in report.named


def test_an_envelope_id_comes_back_in_any_case() -> None:
    report = dsn(
        "Original-Envelope-Id: ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\n"
    ).report
    assert report is not None and report.envelope_id == "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("Status: 4.4.7\r\nAction: failed\r\n", Kind.BOUNCE),
        ("Status: 4.4.7\r\nDiagnostic-Code: smtp; 554 gave up\r\n", Kind.BOUNCE),
        ("Status: 4.4.7\r\n", Kind.DELAY),
        ("Status: 5.1.1\r\nAction: delayed\r\n", Kind.DELAY),
    ],
)
def test_the_fields_of_a_report_come_before_its_looks(fields: str, kind: Kind) -> None:
    assert dsn(f"\r\nFinal-Recipient: rfc822; {UNIT}\r\n{fields}").kind is kind


@pytest.mark.parametrize(
    "field",
    [
        "mx.example; iprev=pass (x) smtp.remote-ip=2001:db8::1; dmarc=pass header.from=al.example",
        'mx.example; spf=pass smtp.client-ip="[2001:db8::1]:25" x=;;; dmarc=pass header.from=al.example',
        "mx.example; dmarc=pass header.from=al.example; iprev=fail policy.iprev=2001:db8::1 (no; name)",
    ],
)
def test_one_method_that_cannot_be_read_costs_the_others_nothing(field: str) -> None:
    raw = f"From: <{UNIT}>\r\nAuthentication-Results: {field}\r\n\r\nHej\r\n"
    assert parse(raw.encode(), authserv_id="mx.example").authentic is True


@pytest.mark.parametrize(
    ("headers", "mail_from", "machine"),
    [
        ("", "", True),
        ("", "a@al.example", False),
        ("Return-Path: <>\r\n", None, True),
        ("Return-Path: <>\r\n", "a@al.example", False),
        ("X-Autoresponder: yes\r\n", "a@al.example", True),
        ("X-FC-MachineGenerated: true\r\n", "a@al.example", True),
        ("X-Apple-Action: VACATION\r\n", "a@al.example", True),
        ("Auto-Submitted: auto-generated\r\n", "a@al.example", True),
        ("Auto-Submitted: no\r\n", "a@al.example", False),
        *((f"Precedence: bulk\r\nSubject: =?utf-8?q?{word}?= x\r\n", "a@al.example", True) for word in ABSENT),
        ("Subject: Automatiska fel i kallelsen\r\n", "a@al.example", False),
    ],
)  # fmt: skip
def test_machines_are_told_by_what_only_they_do(headers: str, mail_from: str | None, machine: bool) -> None:
    raw = f"From: <a@al.example>\r\n{headers}\r\nHej\r\n"
    assert (parse(raw.encode(), mail_from=mail_from).kind is Kind.AUTO_REPLY) is machine


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ("Auto-Submitted: auto-generated", False),
        ("Auto-Submitted: auto-notified", False),
        ("X-MS-Exchange-Inbox-Rules-Loop: a@al.example", False),
        ("X-Auto-Response-Suppress: All", False),
        ("Auto-Submitted: auto-replied (vacation)", True),
        ("X-Autoreply: yes", True),
    ],
)
def test_of_an_answer_only_a_machines_own_marks_count(headers: str, automatic: bool) -> None:
    raw = (
        f"From: <{UNIT}>\r\n{headers}\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\n"
        f"METHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x\r\nATTENDEE;PARTSTAT=DECLINED:mailto:{UNIT}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = parse(raw.encode(), mail_from=UNIT)
    assert (found.kind, found.automatic) == (Kind.REPLY, automatic)


@pytest.mark.parametrize("name", ["45a", "45b", "45c", "45d"])
def test_what_a_person_is_told_to_read_is_never_an_empty_page(name: str) -> None:
    (path,) = CASES.glob(f"{name}-*.eml")
    raw = path.read_bytes().replace(b"{token}", b"abcdefghijklmnopqrstuvwxyz")
    assert parse(raw).kind is Kind.HUMAN
    words = words_of(raw)
    assert words is not None and words.text
    assert name != "45d" or "först efter tio" in words.text


def test_a_mail_signed_as_a_whole_is_cut_off_anywhere_without_harm() -> None:
    (path,) = CASES.glob("45d-*.eml")
    raw = path.read_bytes()
    for end in range(0, len(raw), 61):
        assert parse(raw[:end]).kind in (Kind.HUMAN, Kind.BROKEN)
        words_of(raw[:end])


def test_a_bad_line_of_one_guest_does_not_take_the_speakers_away() -> None:
    text = (
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:x\nATTENDEE;PARTSTAT=ACCEPTED:mailto:gast@al.example\n"
        f'ATTENDEE;CN="Anna \\"A\\" Ek";PARTSTAT=DECLINED:mailto:{UNIT}\nEND:VEVENT\nEND:VCALENDAR\n'
    )
    found = calendar_object.read(text.encode(), "REPLY")
    assert [(one.email, one.partstat) for one in found.attendees] == [
        ("gast@al.example", "ACCEPTED"), (UNIT, "DECLINED"),
    ]  # fmt: skip


def test_an_onset_exactly_at_until_is_one() -> None:
    """UNTIL is in UTC: 01:00 UTC is the 02:00 by the clock before it (RFC 5545, section 3.6.5)."""
    rule = "BEGIN:DAYLIGHT\nDTSTART:19960331T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
    rule += "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20270328T010000Z\nEND:DAYLIGHT\n"
    rest = "BEGIN:STANDARD\nDTSTART:19961027T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
    rest += "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\n"
    zone = zones.split(f"BEGIN:VTIMEZONE\nTZID:X\n{rule}{rest}END:VTIMEZONE".split("\n"))[1]["X"]
    noon = datetime(2027, 3, 28, 12, 0)  # noqa: DTZ001 - a wall clock's time is what is read
    assert zones.in_utc(zone, noon) == datetime(2027, 3, 28, 10, 0, tzinfo=UTC)
