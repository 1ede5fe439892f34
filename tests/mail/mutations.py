"""Golden mails made worse: in their bytes, headers, MIME structure and calendar lines.

A mutation is a small value of numbers, so that hypothesis shrinks it and prints one that can be read; `damaged` applies
it to any mail. CI tries 20,000 mails in all, a developer's run some hundreds.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.mail.clear import travelling

IN_CI = 20_000
ELSEWHERE = 400
_FILLED = {
    "token": "abcdefghijklmnopqrstuvwxyz",
    "bounce": "zyxwvutsrqponmlkjihgfedcba",
    "uid": "5d397ba9-9b49-598f-8517-50b08e83fcf2",
}
MAILS = {path.stem: travelling(path.read_bytes(), _FILLED) for path in sorted(Path(__file__).parent.glob("*/*.eml"))}


def tries(part: float) -> settings:
    """How often a test is run that has this part of all mails."""
    many = IN_CI if os.environ.get("CI") else ELSEWHERE
    healthy = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    phases = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]  # explaining takes longer than it helps
    return settings(
        max_examples=max(1, round(many * part)), deadline=None, suppress_health_check=healthy, phases=phases
    )


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change. `at` says where, `value` what, each taken modulo what there is."""

    what: str
    at: int
    value: int


Change = Callable[[bytes, int, int], bytes]

# -- values that something has stumbled over somewhere

AUTHSERV = b"mx.sip.region.example"
VALUES = (
    b"", b"\x00", b"\r", b"\r\n", b"\n\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe5\xe4\xf6", b"\x1b[31m",
    b"A" * 9_000, b"(" * 3_000, b"<" * 500, b'"', b'"' * 501, b";" * 2_000, b":" * 200, b"=" * 76, b"\\" * 501, b"%2B",
    b"=?utf-8?b?AAAA?=", b"=?utf-8?q?=00=0D=0ATo:_x?=", b"=?nothing?q?a?=", b"=?utf-8?b?=", b"=?utf-16?b?/w==?=", b"?=",
    b"@", b"@@", b"a@", b"<a@b>, <c@d>", b"mailto:", b"mailto:a@b.example:mailto:c@d.example", b"MAILTO:%00@a.example",
    b"0", b"-1", b"1" * 400, b"2147483648", b"1e9", b"\xd9\xa3", b"NaN", b"20261399T999999Z", b"00010101T000000Z",
    b"99991231T235959Z", b"20261117", b"20261117T090000", b"20261025T023000", b"TRUE", b"urn:uuid:x", b"/etc/hostname",
    b"../../../../etc/hostname", b"Europe", b"Customized Time Zone", b"FREQ=SECONDLY", b"PT99999999999999H", b"P1Y",
    b"auto-replied", b"no", b"bulk", b"<>", b"multipart/mixed; boundary=",
    AUTHSERV + b"; dmarc=pass header.from=ekby.example",
    AUTHSERV + b"; dkim=pass (((", AUTHSERV + b";;;", AUTHSERV + b" 9; none", AUTHSERV + b'; dmarc=pass header.from="',
    b"multipart/report; report-type=delivery-status",
    b"message/rfc822", b"text/calendar; method=CANCEL", b"\xf0\x9f\x92\xa9", b"\xe2\x80\xae", b"5.1.1", b"failed",
)  # fmt: skip


def _value(number: int) -> bytes:
    return VALUES[number % len(VALUES)]


# -- bytes


def _flip(raw: bytes, at: int, value: int) -> bytes:
    if not raw:
        return raw
    n = at % len(raw)
    return raw[:n] + bytes([value % 256]) + raw[n + 1 :]


def _insert(raw: bytes, at: int, value: int) -> bytes:
    n = at % (len(raw) + 1)
    return raw[:n] + _value(value) + raw[n:]


def _delete(raw: bytes, at: int, value: int) -> bytes:
    n = at % (len(raw) + 1)
    return raw[:n] + raw[n + 1 + value % 100 :]


def _double(raw: bytes, at: int, value: int) -> bytes:
    n = at % (len(raw) + 1)
    return raw[:n] + raw[max(0, n - 1 - value % 300) :]


def _truncate(raw: bytes, at: int, value: int) -> bytes:
    return raw[: at % (len(raw) + 1)]


def _line_ends(raw: bytes, at: int, value: int) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", (b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\r")[value % 5])


BYTES: Mapping[str, Change] = {
    "flip": _flip, "insert": _insert, "delete": _delete, "double": _double, "truncate": _truncate,
    "line ends": _line_ends,
}  # fmt: skip

# -- headers

NAMES = (
    b"From", b"To", b"Sender", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References", b"Content-Type",
    b"Content-Transfer-Encoding", b"Content-Disposition", b"Auto-Submitted", b"Precedence", b"Return-Path",
    b"Delivered-To", b"X-Failed-Recipients", b"List-Id", b"Authentication-Results", b"X-" + b"N" * 500, b"", b"\xe5",
    b"From ",
)  # fmt: skip


def _head(raw: bytes) -> tuple[list[bytes], bytes]:
    head, gap, rest = re.split(rb"(\r?\n\r?\n)", raw, maxsplit=1) if re.search(rb"\r?\n\r?\n", raw) else (raw, b"", b"")
    return re.split(rb"\r?\n(?![ \t])", head), (gap or b"\r\n\r\n") + rest


def _with_head(raw: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    fields, rest = _head(raw)
    return b"\r\n".join(change(fields)) + rest


def _header_gone(raw: bytes, at: int, value: int) -> bytes:
    return _with_head(raw, lambda all_: [one for n, one in enumerate(all_) if n != at % len(all_)])


def _header_twice(raw: bytes, at: int, value: int) -> bytes:
    return _with_head(raw, lambda all_: all_ + [all_[at % len(all_)]] * (1 + value % 3))


def _header_value(raw: bytes, at: int, value: int) -> bytes:
    def change(all_: list[bytes]) -> list[bytes]:
        n = at % len(all_)
        return [*all_[:n], all_[n].partition(b":")[0] + b": " + _value(value), *all_[n + 1 :]]

    return _with_head(raw, change)


def _header_put(raw: bytes, at: int, value: int) -> bytes:
    name = NAMES[at % len(NAMES)]
    return _with_head(raw, lambda all_: [name + b": " + _value(value), *all_])


def _header_end(raw: bytes, at: int, value: int) -> bytes:
    return _with_head(raw, lambda all_: [*all_[: at % len(all_)], b"", *all_[at % len(all_) :]])


HEADERS: Mapping[str, Change] = {
    "header gone": _header_gone, "header twice": _header_twice, "header value": _header_value,
    "header put": _header_put, "header end": _header_end,
}  # fmt: skip

# -- MIME

TYPES = (
    b"text/calendar", b"text/calendar; method=REPLY", b"text/calendar; method=COUNTER", b"application/ics",
    b"text/plain", b"message/rfc822", b"message/delivery-status", b"application/ms-tnef",
    b"multipart/mixed", b"multipart/report", b"x",
    b"message/partial; number=1", b"message/external-body; access-type=URL", b"text/rfc822-headers", b"text/html",
)  # fmt: skip
ENCODINGS = (b"7bit", b"8bit", b"base64", b"quoted-printable", b"x-uuencode", b"binary", b"base64 ", b"gzip", b"")
CHARSETS = (
    b"utf-8", b"iso-8859-1", b"utf-16", b"utf-7", b"us-ascii", b"x-unknown", b"punycode", b"idna",
    b"zlib_codec", b"hex", b"rot13", b"\x00", b'"', b"unicode_escape", b"cp037", b"utf-8" * 50, b"undefined",
)  # fmt: skip


def _of_pool(pattern: bytes, pool: Sequence[bytes]) -> Change:
    """Replaces the chosen match's second group by one of the pool."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def change(raw: bytes, at: int, value: int) -> bytes:
        found = list(compiled.finditer(raw))
        if not found:
            return raw
        one = found[at % len(found)]
        return raw[: one.start(1)] + pool[value % len(pool)] + raw[one.end(1) :]

    return change


def _boundaries(raw: bytes) -> list[re.Match[bytes]]:
    return list(re.finditer(rb"^--[^\r\n]{1,80}\r?\n?", raw, re.MULTILINE))


def _boundary_gone(raw: bytes, at: int, value: int) -> bytes:
    found = _boundaries(raw)
    if not found:
        return raw
    one = found[at % len(found)]
    return raw[: one.start()] + (b"", b"-", b"--x\r\n", one[0][2:], one[0][:-3])[value % 5] + raw[one.end() :]


def _parts_swapped(raw: bytes, at: int, value: int) -> bytes:
    cuts = [one.start() for one in _boundaries(raw)]
    if len(cuts) < 3:
        return raw
    n = at % (len(cuts) - 2)
    m = n + 1 + value % (len(cuts) - n - 2) if len(cuts) - n - 2 > 0 else n + 1
    a, b, c = cuts[n], cuts[n + 1], cuts[m]
    end = cuts[m + 1] if m + 1 < len(cuts) else len(raw)
    return raw[:a] + raw[c:end] + raw[b:c] + raw[a:b] + raw[end:]


def _part_twice(raw: bytes, at: int, value: int) -> bytes:
    cuts = [one.start() for one in _boundaries(raw)]
    if len(cuts) < 2:
        return raw
    n = at % (len(cuts) - 1)
    return raw[: cuts[n]] + raw[cuts[n] : cuts[n + 1]] * (1 + value % 120) + raw[cuts[n + 1] :]


def _nested(raw: bytes, at: int, value: int) -> bytes:
    fields, rest = _head(raw)
    kept = [one for one in fields if not one.lower().startswith(b"content-")]
    inner = b"\r\n".join(one for one in fields if one.lower().startswith(b"content-")) + rest
    for n in range(1 + value % 20):
        inner = b"Content-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n%b\r\n--n%d--\r\n" % (n, n, inner, n)
    return b"\r\n".join(kept) + b"\r\n" + inner


def _forwarded(raw: bytes, at: int, value: int) -> bytes:
    fields, _ = _head(raw)
    kept = b"\r\n".join(one for one in fields if not one.lower().startswith(b"content-"))
    return kept + b"\r\nContent-Type: message/rfc822\r\n\r\n" + raw


MIME: Mapping[str, Change] = {
    "type": _of_pool(rb"^content-type:\s*([^;\r\n]*)", TYPES),
    "type too": _of_pool(rb"^content-type:\s*((?:[^\r\n]|\r?\n[ \t])*)", TYPES),
    "encoding": _of_pool(rb"^content-transfer-encoding:\s*([^\r\n]*)", ENCODINGS),
    "charset": _of_pool(rb"charset=(\"?[^;\"\r\n]*\"?)", CHARSETS),
    "boundary": _of_pool(rb"boundary=(\"?[^;\"\r\n]*\"?)", (b"", b'"', b"x", b"=_b", b'" "', b"b" * 200)),
    "method": _of_pool(rb"method=(\"?[^;\"\r\n]*\"?)", (b"REPLY", b"CANCEL", b"COUNTER", b"REFRESH", b"", b"\xe5")),
    "name": _of_pool(rb"name=(\"?[^;\"\r\n]*\"?)", (b"a.ics", b"winmail.dat", b"*=utf-8''%00", b"", b"*0*=\x00''a")),
    "base64": _of_pool(rb"^([A-Za-z0-9+/]{60,76}=*)\r?$", (b"", b"====", b"A", b"\xff" * 60, b"!" * 77, b"QUJD")),
    "boundary gone": _boundary_gone, "parts swapped": _parts_swapped, "part twice": _part_twice, "nested": _nested,
    "forwarded": _forwarded,
}  # fmt: skip

# -- calendar lines

PROPERTIES = (
    b"UID", b"ATTENDEE", b"ORGANIZER", b"SEQUENCE", b"DTSTAMP", b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"RDATE",
    b"RECURRENCE-ID", b"METHOD", b"STATUS", b"X-MS-OLK-ORIGINALSTART", b"REQUEST-STATUS", b"EXDATE", b"ATTACH",
    b"X" * 90, b"\xe5", b"", b" ", b"BEGIN", b"END", b"VERSION", b"TZID", b"COMMENT;ALTREP", b"GEO",
    b"PERCENT-COMPLETE", b"TRIGGER",
)  # fmt: skip
LINES = (
    b"BEGIN:VEVENT", b"END:VEVENT", b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"BEGIN:VTIMEZONE", b"BEGIN:VALARM",
    b"BEGIN:VTODO", b"METHOD:REPLY", b"METHOD:CANCEL", b"METHOD:COUNTER", b"METHOD:REFRESH", b"RRULE:FREQ=SECONDLY",
    b"RECURRENCE-ID:20261117T090000Z", b"RECURRENCE-ID;RANGE=THISANDFUTURE:20261117T090000Z", b"SEQUENCE:-1",
    b"DTSTART;VALUE=DATE:20261117", b"DTSTART;TZID=Nowhere:20261117T100000", b"DTSTART;TZID=Europe:20261117T100000",
    b"DTSTART;TZID=:20261117T100000", b"DTEND;VALUE=PERIOD:20261117T100000Z/P1D", b"GEO:1e999;x",
    b"TRIGGER:-P99999999D",
    b"X-MS-OLK-ORIGINALSTART;TZID=/x:20261117T100000", b"X-MS-OLK-ORIGINALSTART:99991231T235959Z",
    b"ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=mailto:a@b.example:mailto:c@d.example",
    b'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:a@al.example","mailto:b@al.example":mailto:c@d.example',
    b'ATTENDEE;CN="a \\"b\\" c";PARTSTAT=ACCEPTED:mailto:a@b.example', b"ATTENDEE;PARTSTAT=:mailto:a@b.example",
    b"ATTENDEE:", b"ATTENDEE", b"ORGANIZER:mailto:", b"UID:", b"UID:other", b"TZID:\x00", b"\x00", b"this is no line",
    b" ", b"", b"ATTACH;ENCODING=BASE64;VALUE=BINARY:!!!!", b"REFRESH-INTERVAL;VALUE=DURATION:x", b"\xef\xbb\xbf",
    b"EXDATE;TZID=Nowhere:20261117T100000,x", b"RDATE;VALUE=PERIOD:x/y", b"DTSTAMP:19000229T000000Z", b"CONFERENCE:x",
    b"DTSTART:20261117T090000Z,20261118T090000Z", b"DTSTAMP;TZID=Europe/Stockholm:00010101T000000",
)  # fmt: skip


def flat(raw: bytes) -> bytes | None:
    """The mail as one calendar part in plain sight, so that its lines can be changed; None where it has none."""
    message = message_from_bytes(raw)
    for part in message.walk():
        data = part.get_payload(decode=True)
        if part.get_content_type() == "text/calendar" and isinstance(data, bytes):
            kept = [one for one in _head(raw)[0] if not one.lower().startswith(b"content-")]
            method = re.search(rb"^METHOD:(\w+)", data, re.MULTILINE)
            named = b"; method=" + method[1] if method else b""
            body = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            kept.append(b"Content-Type: text/calendar; charset=utf-8" + named + b"\r\nContent-Transfer-Encoding: 8bit")
            return b"\r\n".join(kept) + b"\r\n\r\n" + body
    return None


def _with_lines(raw: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    fields, rest = _head(raw)
    return b"\r\n".join(fields) + b"\r\n\r\n" + b"\r\n".join(change(rest.lstrip(b"\r\n").split(b"\r\n")))


def _line(change: Callable[[bytes, int], bytes | None]) -> Change:
    """Changes one line, or takes it away."""

    def changed(raw: bytes, at: int, value: int) -> bytes:
        def among(lines: list[bytes]) -> list[bytes]:
            n = at % len(lines)
            new = change(lines[n], value)
            return [*lines[:n], *([] if new is None else [new]), *lines[n + 1 :]]

        return _with_lines(raw, among)

    return changed


def _renamed(line: bytes, value: int) -> bytes:
    name = re.match(rb"[^;:]*", line)
    return PROPERTIES[value % len(PROPERTIES)] + line[name.end() if name else 0 :]


def _revalued(line: bytes, value: int) -> bytes:
    return line.partition(b":")[0] + b":" + _value(value)


def _parameter(line: bytes, value: int) -> bytes:
    names = (
        b"PARTSTAT",
        b"TZID",
        b"VALUE",
        b"DELEGATED-TO",
        b"DELEGATED-FROM",
        b"SENT-BY",
        b"CN",
        b"X-A",
        b"",
        b"ENCODING",
    )
    name = re.match(rb"[^;:]*", line)
    end = name.end() if name else 0
    return line[:end] + b";" + names[value % len(names)] + b"=" + _value(value // len(names)) + line[end:]


def _partstat(line: bytes, value: int) -> bytes:
    known = (b"ACCEPTED", b"DECLINED", b"TENTATIVE", b"DELEGATED", b"NEEDS-ACTION", b"accepted", b"X-NO", b'"', b"\xe5")
    return re.sub(rb"PARTSTAT=[^;:]*", b"PARTSTAT=" + known[value % len(known)].replace(b"\\", b""), line)


def _folded(line: bytes, value: int) -> bytes:
    n = value % (len(line) + 1)
    return line[:n] + (b"\r\n ", b"\n\t", b"\r\n\r\n", b"\r\n", b"\r")[value % 5] + line[n:]


def _line_put(raw: bytes, at: int, value: int) -> bytes:
    def among(lines: list[bytes]) -> list[bytes]:
        n = at % (len(lines) + 1)
        return [*lines[:n], LINES[value % len(LINES)], *lines[n:]]

    return _with_lines(raw, among)


def _lines_swapped(raw: bytes, at: int, value: int) -> bytes:
    def among(lines: list[bytes]) -> list[bytes]:
        n, m = at % len(lines), value % len(lines)
        lines[n], lines[m] = lines[m], lines[n]
        return lines

    return _with_lines(raw, among)


def _objects(raw: bytes, at: int, value: int) -> bytes:
    """The object several times, or several events in it, or a byte order mark in front."""
    return (
        _with_lines(raw, lambda lines: lines * (2 + at % 3)),
        _with_lines(raw, lambda lines: [b"\xef\xbb\xbf" + lines[0], *lines[1:]]),
        raw.replace(b"END:VEVENT", b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT" * (1 + at % 60)),
        raw.replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT\r\n" * (1 + at % 60)),
    )[value % 4]


CALENDAR: Mapping[str, Change] = {
    "line gone": _line(lambda line, value: None), "case": _line(lambda line, value: line.lower()),
    "line twice": _line(lambda line, value: b"\r\n".join([line] * (2 + value % 3))), "partstat": _line(_partstat),
    "renamed": _line(_renamed), "revalued": _line(_revalued), "parameter": _line(_parameter),
    "folded": _line(_folded), "line put": _line_put, "lines swapped": _lines_swapped, "objects": _objects,
}  # fmt: skip

KINDS: Mapping[str, Mapping[str, Change]] = {
    "bytes": BYTES, "headers": HEADERS, "MIME": MIME, "calendar": CALENDAR,
}  # fmt: skip
_CHANGES = {**BYTES, **HEADERS, **MIME, **CALENDAR}
_NUMBERS = st.integers(0, 2**16)


def names(kind: str) -> list[str]:
    """The golden mails that this kind of damage has something to do with."""
    return [name for name, raw in MAILS.items() if kind != "calendar" or flat(raw) is not None]


def mutations(kind: str) -> st.SearchStrategy[list[Mutation]]:
    """One to four changes of a kind, with one of bytes now and then."""
    own = st.builds(Mutation, st.sampled_from(sorted(KINDS[kind])), _NUMBERS, _NUMBERS)
    any_bytes = st.builds(Mutation, st.sampled_from(sorted(BYTES)), _NUMBERS, _NUMBERS)
    return st.lists(st.one_of(own, own, own, any_bytes), min_size=1, max_size=4)


def damaged(raw: bytes, kind: str, changes: Sequence[Mutation]) -> bytes:
    """The mail after these changes; it never grows beyond what the receiver takes."""
    raw = (flat(raw) or raw) if kind == "calendar" else raw
    for one in changes:
        raw = _CHANGES[one.what](raw, one.at, one.value)[:2_000_000]
    return raw
