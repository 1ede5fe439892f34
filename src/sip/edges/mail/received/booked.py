"""What an invitation that somebody booked in a calendar says beside its time: a day, a series, a video link, a place.

The law of this file: lines are read by hand and few of them. SUMMARY and DESCRIPTION are not among them, but for the
one address of a Teams meeting: what people write there may be about a person. No series is expanded.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from sip.usecases.received.parsed import Booked

_BLOCK = re.compile(r"\s*(BEGIN|END)\s*:\s*([A-Za-z0-9-]{1,40})\s*$", re.IGNORECASE)
_URL = re.compile(r"https://[!-~]{1,490}")
# Where calendars say how to join: Exchange, Google, and RFC 7986, section 5.11.
_JOIN = ("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-GOOGLE-CONFERENCE", "CONFERENCE", "X-MICROSOFT-ONLINEMEETINGCONFLINK")
_TEAMS = re.compile(r"https://teams\.(?:microsoft|live)\.com/(?:l/meetup-join|meet)/[!-~]{1,440}")
_DAY = re.compile(r"\d{8}\s*$")
_SERIES = ("RRULE", "RDATE", "RECURRENCE-ID")
_MOST = 500


def read(lines: Iterable[str], organizer: str | None, uid: str | None) -> Booked:
    """Of the unfolded lines of one object, whose other events and parts do not count."""
    said = _of_event(lines)
    names = {name for name, _ in said}
    start = next((whole for name, whole in said if name == "DTSTART"), "")
    place = next((_text(whole) for name, whole in said if name == "LOCATION"), "")
    return Booked(
        uid=uid,
        organizer=organizer,
        all_day="VALUE=DATE:" in start.upper().replace(" ", "") or bool(_DAY.search(start.rpartition(":")[2])),
        recurring=bool(names & set(_SERIES)),
        video_url=_video(said, place),
        place=re.sub(r"https?://\S+", "", place).strip(" ;,|/") or None,
    )


def _of_event(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Names and whole lines of the first event's own properties."""
    found: list[tuple[str, str]] = []
    inside: list[str] = []
    for line in lines:
        block = _BLOCK.fullmatch(line)
        if block is None:
            if inside == ["VEVENT"]:
                found.append((re.split("[;:]", line, maxsplit=1)[0].strip().upper(), line))
            continue
        name = block[2].upper()
        if block[1].upper() == "BEGIN" and name != "VCALENDAR":
            inside.append(name)
        elif inside and name == inside[-1]:
            inside.pop()
            if name == "VEVENT" and not inside:
                break
    return found


def _video(said: list[tuple[str, str]], place: str) -> str | None:
    """The first address to join by: where calendars say it, in the place, or Teams' own in the text."""
    for name in _JOIN:
        for _, whole in (one for one in said if one[0] == name):
            if (found := _URL.search(whole)) is not None:
                return _usable(found.group())
    if (found := _URL.search(place)) is not None:
        return _usable(found.group())
    described = next((_text(whole) for name, whole in said if name == "DESCRIPTION"), "")
    teams = _TEAMS.search(described)
    return None if teams is None else _usable(teams.group())


def _usable(url: str) -> str | None:
    plain = url.rstrip(">\"').,;\\")
    parts = urlsplit(plain)
    return plain if parts.hostname and "." in parts.hostname and parts.username is None else None


def _text(whole: str) -> str:
    """The value of a line as text, its escapes undone (RFC 5545, section 3.3.11)."""
    quoted = False
    for place, letter in enumerate(whole):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            value = whole[place + 1 : place + 1 + _MOST * 8]
            return re.sub(r"\\([nN,;\\])", lambda one: " " if one[1] in "nN" else one[1], value).strip()
    return ""
