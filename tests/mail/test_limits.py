"""What is too much, too deep or no text: each limit of received mail, and that work grows no faster than the mail.

The numbers are those of mail-cases, section 5.
"""

import base64
import gc
import sys
from collections.abc import Callable, Iterator
from time import process_time

import pytest

from sip.edges.mail.letters.samples import REPLY
from sip.edges.mail.received import calendar_object, imip, mime
from sip.edges.mail.received.imip import parse
from sip.edges.mail.ways import receive
from sip.settings import load_settings
from sip.usecases.received.parsed import Broken, Kind

HEAD = f"From: <bo.lind@ekby.example>\r\nTo: sip+{REPLY}@sip.region.example\r\nMIME-Version: 1.0\r\n".encode()
EVENT = "BEGIN:VEVENT\r\nUID:x\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo.lind@ekby.example\r\nEND:VEVENT\r\n"
OBJECT = f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{EVENT}END:VCALENDAR\r\n"

LATIN = OBJECT.replace("UID", "SUMMARY:möte\r\nUID").encode("latin-1")


def calendar(data: bytes, more: str = "; charset=utf-8", encoding: str = "8bit") -> bytes:
    head = f"Content-Type: text/calendar; method=REPLY{more}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return HEAD + head.encode() + data


def ics(events: str = EVENT) -> bytes:
    return calendar(f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{events}END:VCALENDAR\r\n".encode())


def mixed(body: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body


def nested(depth: int) -> bytes:
    levels = [b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth)]
    return HEAD + b"".join(levels) + b"\r\nx"


def test_the_numbers_are_those_of_the_page() -> None:
    assert (mime.MAX_DEPTH, mime.MAX_PARTS, calendar_object.MAX_EVENTS) == (16, 100, 50)
    assert (calendar_object.MAX_BYTES, calendar_object.MAX_LINES) == (300_000, 8_000)
    assert load_settings({"SIP_ENVIRONMENT": "test"}).mail_max_bytes == 10_000_000 < imip.MAX_BYTES
    assert calendar_object.MAX_BYTES < receive.MAX_BYTES == 1_000_000


TABLE: dict[str, tuple[bytes, Kind, Broken | None]] = {
    "as it should be": (ics(), Kind.REPLY, None),
    "over the size": (b"x" * (imip.MAX_BYTES + 1), Kind.BROKEN, Broken.TOO_LARGE),
    "work over the limit": (mixed(b"\n" * 3_000_000), Kind.BROKEN, Broken.TOO_LARGE),
    "calendar over its size": (ics(EVENT + "X:" + "a" * 300_000 + "\r\n"), Kind.BROKEN, Broken.TOO_LARGE),
    "calendar of too many lines": (ics(EVENT + "X:1\r\n" * 8_001), Kind.BROKEN, Broken.TOO_LARGE),
    "201 components": (ics(EVENT * 200), Kind.BROKEN, Broken.TOO_LARGE),
    "depth 16": (nested(16), Kind.HUMAN, None),
    "depth 17": (nested(17), Kind.BROKEN, Broken.TOO_DEEP),
    "100 parts": (mixed(b"--b\r\n\r\nx\r\n" * 99), Kind.HUMAN, None),
    "101 parts": (mixed(b"--b\r\n\r\nx\r\n" * 100), Kind.BROKEN, Broken.TOO_DEEP),
    "messages in messages": (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 18, Kind.BROKEN, Broken.TOO_DEEP),
    "2 calendar objects": (calendar(2 * OBJECT.encode()), Kind.BROKEN, Broken.SEVERAL_CALENDARS),
    "50 events": (ics(EVENT * 50), Kind.BROKEN, Broken.RECURRENCE),
    "51 events": (ics(EVENT * 51), Kind.BROKEN, Broken.SEVERAL_EVENTS),
    "no event": (ics(""), Kind.BROKEN, Broken.NO_EVENT),
    "a rule by the second": (ics(EVENT.replace("END", "RRULE:FREQ=SECONDLY\r\nEND")), Kind.REPLY, None),
    "NUL in the calendar": (calendar(OBJECT.replace("UID", "U\0ID").encode()), Kind.BROKEN, Broken.BROKEN_CALENDAR),
    "NUL in a header": (b"Subject: a\0b\r\n" + ics(), Kind.REPLY, None),
    "bare CR in the calendar": (
        calendar(base64.b64encode(OBJECT.replace("\r\n", "\r").encode()), encoding="base64"),
        Kind.BROKEN,
        Broken.BROKEN_CALENDAR,
    ),
    "bare CR in a header": (b"Subject: a\rb\r\n" + ics(), Kind.REPLY, None),
    "CR CR LF": (calendar(OBJECT.replace("\r\n", "\r\r\n").encode()), Kind.REPLY, None),
    "CR CR LF everywhere": (ics().replace(b"\r\n", b"\r\r\n"), Kind.REPLY, None),
    "CR only": (ics().replace(b"\r\n", b"\r"), Kind.REPLY, None),
    "LF only": (ics().replace(b"\r\n", b"\n"), Kind.REPLY, None),
    "BOM before the mail": (b"\xef\xbb\xbf" + ics(), Kind.REPLY, None),
    "BOM before the calendar": (calendar(b"\xef\xbb\xbf" + OBJECT.encode()), Kind.REPLY, None),
    "blank lines first": (b"\r\n\r\n" + ics(), Kind.REPLY, None),
    "latin-1 said to be UTF-8": (calendar(LATIN), Kind.REPLY, None),
    "UTF-8 said to be latin-1": (calendar(OBJECT.encode(), "; charset=iso-8859-1"), Kind.REPLY, None),
    "an unknown charset": (calendar(OBJECT.encode(), "; charset=x-nothing"), Kind.REPLY, None),
    "a charset that is no charset": (
        calendar(LATIN, "; charset=punycode"),
        Kind.REPLY,
        None,
    ),
    "UTF-16": (
        calendar(base64.b64encode(OBJECT.encode("utf-16")), "; charset=utf-16", "base64"),
        Kind.REPLY,
        None,
    ),
    "UTF-16 by its BOM alone": (
        calendar(base64.b64encode(b"\xff\xfe" + OBJECT.encode("utf-16-le")), "", "base64"),
        Kind.REPLY,
        None,
    ),
    "base64 that is none": (calendar(OBJECT.encode(), encoding="base64"), Kind.BROKEN, Broken.BROKEN_CALENDAR),
    "a space behind the encoding": (
        calendar(base64.b64encode(OBJECT.encode()), encoding="base64 "), Kind.REPLY, None),
    "an unknown encoding": (calendar(OBJECT.encode(), encoding="x-uuencode"), Kind.REPLY, None),
    "TNEF": (mixed(b"--b\r\nContent-Type: application/ms-tnef\r\n\r\nx\r\n"), Kind.BROKEN, Broken.TNEF),
    "no bytes": (b"", Kind.HUMAN, None),
    "only NULs": (b"\0" * 1000, Kind.HUMAN, None),
    "comments in comments": (b"From: " + b"(" * 7_000 + b"\r\n" + ics(), Kind.REPLY, None),
    "a file's name": (calendar(b"/etc/hostname"), Kind.BROKEN, Broken.BROKEN_CALENDAR),
    "XML entities": (
        HEAD + b'Content-Type: text/xml\r\n\r\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        Kind.HUMAN,
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_each_limit(what: str) -> None:
    raw, kind, broken = TABLE[what]
    found = parse(raw)
    assert (found.kind, found.broken) == (kind, broken)


SERVER = "550 5.1.1 no\x1b[31m such\x07 user \u202e" + "x" * 5_000


def test_a_servers_words_are_cleaned_for_pages_and_logs() -> None:
    raw = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\n"
        b"Final-Recipient: rfc822; bo.lind@ekby.example\r\nDiagnostic-Code: smtp; " + SERVER.encode() + b"\r\n--b--\r\n"
    )
    report = parse(raw).report
    assert report is not None and report.diagnostic is not None
    assert report.diagnostic.isprintable()
    assert len(report.diagnostic) <= 300


_WATCHED: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHED is not None and event.startswith(("socket.", "subprocess.", "os.", "urllib.", "ftplib.", "open")):
        _WATCHED.append(f"{event} {arguments}")


def test_nothing_is_fetched_or_opened() -> None:
    """Attachments, conferences, alarms, external bodies and entities name addresses and files: none is followed."""
    global _WATCHED
    lines = (
        'ATTACH:http://127.0.0.1/a\r\nATTACH:file:///etc/hostname\r\nURL:http://127.0.0.1/b\r\n'
        'CONFERENCE;VALUE=URI:http://127.0.0.1/c\r\nORGANIZER;DIR="ldap://127.0.0.1/d":mailto:x@a.example\r\n'
        'DTSTART;TZID=../../../../etc/hostname:20261117T100000\r\nBEGIN:VALARM\r\nACTION:AUDIO\r\nATTACH:/etc/hostname\r\nEND:VALARM\r\n'
    )  # fmt: skip
    external = (
        b'--b\r\nContent-Type: message/external-body; access-type=URL; URL="http://127.0.0.1/e"\r\n\r\n'
        b"Content-Type: text/calendar\r\n\r\n\r\n--b\r\n" + ics(EVENT.replace("END", lines + "END"))[len(HEAD) :]
    )
    mails = [mixed(external), TABLE["a file's name"][0], TABLE["XML entities"][0]]
    parse(mails[0])  # what the libraries load lazily is not the mail's doing
    sys.addaudithook(_watch)
    _WATCHED = []
    try:
        kinds = [parse(raw).kind for raw in mails]
        seen = list(_WATCHED)
    finally:
        _WATCHED = None
    assert kinds == [Kind.REPLY, Kind.BROKEN, Kind.HUMAN]
    assert seen == []


# -- growth: shape of a mail -> its bytes for a size

SHAPES: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "semicolons in a quoted parameter": (
        20_000, lambda n: HEAD + b'Content-Type: text/plain; a="' + b";" * n + b"\r\n\r\n"),
    "folded header": (20_000, lambda n: b"Subject: a\r\n" + b" b\r\n" * n + ics()),
    "headers": (20_000, lambda n: b"X: y\r\n" * n + ics()),
    "recipients": (5_000, lambda n: b"To: a@a.example\r\n" * n + ics()),
    "one long recipient list": (5_000, lambda n: b"To: " + b"a@a.example," * n + b"\r\n" + ics()),
    "encoded words": (2_000, lambda n: b"From: " + b"=?utf-8?q?a?= " * n + b"\r\n" + ics()),
    "brackets": (2_000, lambda n: b"From: " + b"<" * n + b"\r\nReferences: " + b"<" * n + b"\r\n" + ics()),
    "boundaries": (10_000, lambda n: mixed(b"--b\r\n\r\n" * n)),
    "lines that look like boundaries": (20_000, lambda n: mixed(b"--c\r\n" * n)),
    "blocks of a delivery report": (4_000, lambda n: mixed(
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + b"Action: failed\r\n\r\n" * n)),
    "words of a daemon": (40_000, lambda n: b"From: mailer-daemon@a.example\r\n\r\n" + b"a.b-1+5.1." * n),
    "calendar lines": (1_500, lambda n: ics(EVENT + "X-A;B=c:d\r\n" * n)),
    "attendees": (1_000, lambda n: ics(EVENT.replace("END", "ATTENDEE:mailto:b@b.example\r\n" * n + "END"))),
    "broken attendees": (
        500, lambda n: ics(EVENT.replace("END", 'ATTENDEE;CN="a\\"b":mailto:b@b.example\r\n' * n + "END"))),
    "a long calendar line": (60_000, lambda n: ics(EVENT.replace("UID:x", "UID:" + "x" * n))),
    "parameters": (10_000, lambda n: ics(EVENT.replace("UID:x", "UID" + ";A=b" * n + ":x"))),
    "quotes": (10_000, lambda n: ics(EVENT.replace("UID:x", 'UID;A="' + '","' * n + ":x"))),
    "backslashes": (60_000, lambda n: ics(EVENT.replace("UID:x", "UID:" + "\\" * n))),
    "folds": (1_800, lambda n: ics(EVENT.replace("UID:x", "UID:x" + "\r\n x" * n))),
    "zones": (1_000, lambda n: ics(
        "BEGIN:VTIMEZONE\r\nTZID:a\r\n" + "X:1\r\n" * n + "END:VTIMEZONE\r\n" + EVENT)),
    "tags": (3_000, lambda n: b"Auto-Submitted: auto-replied\r\nDate: 3 Nov 2026 08:00:00 +0000\r\n"
        b"Content-Type: text/html\r\n\r\n" + b"<style" * n),
    "words about absence": (1_000, lambda n: b"Auto-Submitted: auto-replied\r\nDate: 3 Nov 2026 08:00:00 +0000\r\n\r\n"
        + "åter från den 1-".encode() * n),
    "attributes of a winmail.dat": (5_000, lambda n: mixed(
        b"--b\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"\x78\x9f\x3e\x22\x01\x00" + (b"\x01" + bytes(8) + bytes(2)) * n))),
    "a charset made for names": (20_000, lambda n: calendar(
        b"\xff" + b"a-" * n + OBJECT.encode(), "; charset=punycode")),
}  # fmt: skip
FOUR_TIMES = 4
# Four times the mail takes four times the work where it grows evenly, and sixteen times where it grows by the square.
MOST = 9.0
LEAST_SECONDS = 0.02
ROUNDS = 6


@pytest.fixture
def no_collector() -> Iterator[None]:
    """The garbage collector walks the heap of the whole test run: that work is not the mail's."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def seconds(raw: bytes) -> float:
    """The processor time of one reading, in seconds: of this process alone, whatever else the machine does."""
    began = process_time()
    parse(raw)
    return process_time() - began


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_no_faster_than_the_mail(shape: str) -> None:
    """A disturbance only adds time, so the least of some rounds is the work: growth by the square stays so in each."""
    size, made = SHAPES[shape]
    one, four = made(size), made(FOUR_TIMES * size)
    small, large = seconds(one), seconds(four)
    for _ in range(ROUNDS):
        small, large = min(small, seconds(one)), min(large, seconds(four))
        if large < MOST * max(small, LEAST_SECONDS):
            return
    pytest.fail(f"{small:.3f} s for the mail and {large:.3f} s for four times it")
