"""The lines of a calendar entry, as clients write them (RFC 5545): folding, escaping, times, time zones.

The law of this file: text in, text out; nothing here knows what an answer is.
"""

from datetime import UTC, datetime

from sip.demo.hours import STOCKHOLM

WINDOWS_ZONE = "W. Europe Standard Time"


def ics(lines: list[str]) -> str:
    return "".join(fold(line) + "\r\n" for line in lines)


def fold(line: str) -> str:
    """75 octets a line, never inside a character (RFC 5545, 3.1)."""
    out, room = [], 75
    for character in line:
        size = len(character.encode())
        if size > room:
            out.append("\r\n ")
            room = 74
        out.append(character)
        room -= size
    return "".join(out)


def quoted_printable(text: str) -> str:
    """Every octet that is not a plain one encoded, line ends too; soft breaks keep lines under 76."""
    out, room = [], 72
    for octet in text.encode():
        piece = chr(octet) if 33 <= octet <= 126 and octet != 61 else f"={octet:02X}"
        if len(piece) > room:
            out.append("=\r\n")
            room = 72
        out.append(piece)
        room -= len(piece)
    return "".join(out)


def esc(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def quoted(value: str) -> str:
    return value.replace('"', "'").replace("\n", " ")


def param(value: str) -> str:
    return f'"{quoted(value)}"' if any(c in value for c in ',;:"') else value


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def local(moment: datetime) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y%m%dT%H%M%S}"


def windows_zone() -> list[str]:
    rule = "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH="
    return [
        "BEGIN:VTIMEZONE", f"TZID:{WINDOWS_ZONE}",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", f"{rule}10", "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", f"{rule}3", "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]  # fmt: skip


def stockholm() -> list[str]:
    return [
        "BEGIN:VTIMEZONE", "TZID:Europe/Stockholm", "X-LIC-LOCATION:Europe/Stockholm",
        "BEGIN:DAYLIGHT", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "TZNAME:CEST",
        "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT",
        "BEGIN:STANDARD", "DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZNAME:CET",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE",
    ]  # fmt: skip
