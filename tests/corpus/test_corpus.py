"""Rewriting keeps every byte that names neither the entry nor an address; and the command runs a folder through."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from tools.corpus.__main__ import line
from tools.corpus.place import Came
from tools.corpus.rewrite import Live, Times, rewritten, wrapped

from sip.domain.standing import Standing

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = Path(__file__).parent / "messages"
REPLY = "sip+abcdefghijklmnopqrstuvwxyz@sip.example"
BOUNCE = "bounce+zyxwvutsrqponmlkjihgfedcba@sip.example"
LIVE = Live("5d397ba9-9b49-598f-8517-50b08e83fcf2@sip.example", REPLY, BOUNCE, "hemtjanst@ekby.example")


def changed(name: str) -> tuple[list[bytes], list[bytes]]:
    """The lines that are no longer there and those that are new."""
    old = (MESSAGES / name).read_bytes()
    new = rewritten(old, LIVE).raw
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return [line for line in before if line not in after], [line for line in after if line not in before]


def test_folds_charset_encoding_and_the_rest_stay() -> None:
    found = rewritten((MESSAGES / "base64-folded.eml").read_bytes(), LIVE)
    assert (found.mail_from, found.rcpt_to) == (LIVE.invited, REPLY)
    gone, new = changed("base64-folded.eml")
    encoded = [line for line in new if len(line) == 78 and line.endswith(b"\r\n")]
    assert [line for line in new if line not in encoded][:5] == [
        f"Received: from x by y for <{REPLY}>;\r\n".encode(),
        b"From: =?utf-8?q?Eva?= <hemtjanst@ekby.example>\r\n",
        b"Sender: Bo <bo@ekby.example>\r\n",
        f" <{REPLY}>\r\n".encode(),
        b"Hej hemtjanst@ekby.example \xe5\r\n",
    ]
    assert b"Cc: other@somewhere.example\r\n" not in gone
    assert b"epilogue eva@elsewhere.example\r\n" not in gone
    assert content(found.raw, "text/calendar").decode() == (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{LIVE.uid[:-1]}\r\n {LIVE.uid[-1:]}\r\n"
        "SUMMARY:Möte hos olle@elsewhere.example\r\nSEQUENCE:3\r\nDTSTAMP:20261103T081502Z\r\n"
        f"ORGANIZER:mailto:{REPLY}\r\n"
        'ATTENDEE;CN="Eva";PARTSTAT=ACCEPTED:MAILTO:hemtjans\r\n t@ekby.example\r\n'
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:olle@elsewhere.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_times_and_sequence_move_to_the_live_meeting_and_a_byte_order_mark_is_skipped() -> None:
    event = (
        "BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:a\r\nSEQUENCE:7\r\nDTSTAMP:20200101T000000Z\r\n"
        "DTSTART;TZID=X:20200302T1\r\n 30000\r\nDTEND;TZID=X:20200302T140000\r\n"
        "X-MS-OLK-ORIGINALSTART;TZID=X:20200301T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    start = datetime(2026, 12, 7, 9, tzinfo=UTC)
    times = Times(start, start + timedelta(hours=1), 2, datetime(2026, 11, 3, 9, tzinfo=UTC))
    live = replace(LIVE, times=times)
    moved = rewritten(
        wrapped(b"\xef\xbb\xbf" + event.replace("1\r\n 30000", "130000").encode(), live), live
    ).raw.decode()
    assert "DTSTART:16010101T030000" in moved and "charset=utf-8; method=COUNTER" in moved
    assert moved[moved.index("BEGIN:VEVENT") :] == (
        f"BEGIN:VEVENT\r\nUID:{LIVE.uid}\r\nSEQUENCE:2\r\nDTSTAMP:20261103T090000Z\r\nDTSTART:20261208T120000Z\r\n"
        "DTEND:20261208T130000Z\r\nX-MS-OLK-ORIGINALSTART:20261207T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def content(raw: bytes, kind: str) -> bytes:
    """The decoded bytes of the part of this type."""
    part = next(part for part in message_from_bytes(raw).walk() if part.get_content_type() == kind)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


@pytest.mark.parametrize("name", ["quoted-encoded-ends", "quoted-plain-ends"])
def test_quoted_printable_is_changed_only_where_something_is_replaced(name: str) -> None:
    raw = (MESSAGES / f"{name}.eml").read_bytes()
    new = rewritten(raw, LIVE).raw
    assert b"SUMMARY:M=C3=B6te=20=\nx=0D=0A" in new or name == "quoted-plain-ends"
    assert max(map(len, new.splitlines())) <= 100
    text = content(new, "text/calendar")
    assert text.count(b"\n") == content(raw, "text/calendar").count(b"\n")
    unfolded = text.replace(b"\r\n ", b"").replace(b"\n ", b"").decode()
    assert f"UID:{LIVE.uid}" in unfolded
    assert f"ORGANIZER:mailto:{REPLY}" in unfolded
    assert f":mailto:{LIVE.invited}" in unfolded
    assert "elsewhere" not in unfolded


def test_a_bounce_names_the_invited_and_comes_to_the_bounce_address() -> None:
    raw = (MESSAGES / "returned.eml").read_bytes()
    found = rewritten(raw, LIVE)
    assert (found.mail_from, found.rcpt_to) == ("", BOUNCE)
    expected = raw.replace(b"To: olle@here.example", f"To: {BOUNCE}".encode())
    for old, new in (("eva@elsewhere", LIVE.invited), ("box7@inside", LIVE.invited), ("olle@here", REPLY)):
        expected = expected.replace(f"{old}.example".encode(), new.encode())
    assert found.raw == expected


def test_an_organizer_who_also_comes_is_ours_and_not_the_invited() -> None:
    text = rewritten((MESSAGES / "request.eml").read_bytes(), LIVE).raw.decode()
    assert text.count(REPLY) == 4
    assert f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{LIVE.invited}" in text


def test_machines_write_to_the_bounce_address_and_strangers_stay_strangers() -> None:
    assert rewritten((MESSAGES / "machine.eml").read_bytes(), LIVE).rcpt_to == BOUNCE
    found = rewritten((MESSAGES / "forwarded-partycrasher.eml").read_bytes(), LIVE, stranger=True)
    assert found.mail_from == "kim@elsewhere.example"
    assert found.raw.count(b"kim@elsewhere.example") == 2


def test_a_wide_charset_is_kept() -> None:
    new = rewritten((MESSAGES / "utf-16.eml").read_bytes(), LIVE).raw
    assert f"UID:{LIVE.uid}\n" in content(new, "text/calendar").decode("utf-16le")


def test_a_part_that_cannot_be_decoded_is_left_as_it_came() -> None:
    raw = b"From: a@b.example\r\nContent-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\nQkVHSU4\r\n"
    assert b"QkVHSU4\r\n" in rewritten(raw, LIVE).raw


def test_a_bare_object_is_wrapped_with_its_own_method() -> None:
    calendar = (MESSAGES / "object.ics").read_bytes()
    mail = wrapped(calendar, LIVE)
    assert mail.endswith(calendar)
    assert b"; method=COUNTER\r\n" in mail
    assert f"UID:{LIVE.uid}\n".encode() in rewritten(mail, LIVE).raw


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tools.corpus", str(folder), *more]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_tells_of_every_message_what_came_of_it() -> None:
    done = run(MESSAGES, "--language", "sv")
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line}
    files = {path.name for path in MESSAGES.iterdir()}
    assert files <= lines.keys()
    assert f"{len(files)} messages" in done.stdout
    for name in ("base64-folded.eml", "quoted-encoded-ends.eml", "quoted-plain-ends.eml", "utf-16.eml"):
        assert "applied" in lines[name], lines[name]
    assert "Kunde inte nås" in lines["returned.eml"]
    assert "ignored" in lines["request.eml"]
    assert "applied" not in lines["forwarded-partycrasher.eml"]


def test_a_lost_message_is_a_fault_and_a_refusal_at_the_door_is_none() -> None:
    lost = line("a.eml", Came(None, None, Standing.NO_ANSWER), "en")
    assert (lost.outcome, lost.fault is not None) == ("LOST", True)
    refused = line("a.eml", Came(None, "(552, b'too large')", Standing.NO_ANSWER), "en")
    assert (refused.outcome, refused.fault) == ("at the door", None)


def test_a_folder_without_messages_is_a_mistake_told_in_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "no .eml or .ics file" in done.stderr
