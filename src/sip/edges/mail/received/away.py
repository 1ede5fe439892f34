"""The last day that an automatic reply says its mailbox is away: one date, or None where there is any doubt.

The law of this file: nothing but a date leaves it. A date counts only right behind words that say until when or from
when, in Swedish or English; a weekday beside it must be its own; two dates that differ are a doubt. A day alone ("on
Thursday") is a doubt too. What is quoted of our own mail is not read.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sip.domain.worktime import STOCKHOLM
from sip.edges.mail.received import mime

MAX_TEXT = 20_000
MAX_READ = 4_000
_FAR = timedelta(days=200)
_FARTHEST = timedelta(days=730)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari february feb", "mars march mar", "april apr", "maj may", "juni june jun",
            "juli july jul", "augusti august aug", "september sept sep", "oktober october okt oct",
            "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "måndag måndagen mån monday mon", "tisdag tisdagen tis tuesday tue tues",
            "onsdag onsdagen ons wednesday wed", "torsdag torsdagen tors tor thursday thu thur thurs",
            "fredag fredagen fre friday fri", "lördag lördagen lör saturday sat", "söndag söndagen sön sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip


def _any(names: Mapping[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_M, _W = rf"(?:{_any(_MONTHS)})(?![a-zåäö])\.?", rf"(?:{_any(_WEEKDAYS)})(?![a-zåäö])\.?"
_DATE = (
    rf"(?:(?:on |på )?(?P<weekday>{_W}),? ?)?(?:on |the |den |d\. ?)?(?:"
    r"(?P<iso>20\d\d-\d\d-\d\d)(?![\d-])"
    rf"|(?P<day1>\d\d?)(?::?[ae]|st|nd|rd|th)? (?:of )?(?P<month1>{_M})(?:,? (?P<year1>20\d\d))?(?!\d)"
    rf"|(?P<month2>{_M}) (?P<day2>\d\d?)(?:st|nd|rd|th)?(?:,? (?P<year2>20\d\d))?(?![\d:])"
    r"|(?P<a>\d\d?)(?P<mark>[/.])(?P<b>\d\d?)(?:(?:(?P=mark)|[- ])(?P<year3>20\d\d))?(?![\d/:])(?!\.\d)"
    r")"
)
_FROM = r"(?:(?:from |från )?(?:och med |o\.?m\.? )?(?:the |den )?\d\d?(?:[/.]\d\d?| [a-zåäö]{3,9})? ?(?:-|–|to) ?)"
_BACK = (
    r"(?:åter(?:kommer|vänder)?|tillbaka|is back|be back|am back|are back|back|returning|return|returns)"
    r"(?: (?:igen|again|i tjänst|i arbete|på jobbet|på kontoret|på plats|till kontoret|"
    r"(?:at|in|to|into) (?:the |my )?(?:office|work)))?(?: (?:igen|again))?[:,]? (?:from |från |fr\.?o\.?m\.? )?"
)
_THROUGH = (
    r"(?:till och med|t\.? ?o\.? ?m\.?|tom|fram till|until|till|through|thru)(?: och med)?(?: the end of)?:? "
    rf"|(?:borta|frånvarande|ledig|semester|away|leave|vacation|holiday|of office|of the office)[:,]? {_FROM}"
)
_CUED = {
    True: re.compile(rf"(?<![a-zåäö])(?:{_BACK}){_DATE}"),
    False: re.compile(rf"(?<![a-zåäö])(?:{_THROUGH}){_DATE}"),
}
_QUOTED = re.compile(r"^(?:>|-----|_____|från:|from:|ursprungligt meddelande|original message)", re.MULTILINE)
_SWEDISH = re.compile(r"[åäö]|\b(?:jag|och|till|tillbaka|tom|den|inte|svar)\b")
_TAG = re.compile(r"<(/?)([a-z0-9]*)[^<>]*>", re.IGNORECASE)
_UNSHOWN = ("style", "script", "head", "title")


def until(message: mime.Mail, parts: Sequence[mime.Part]) -> date | None:
    """The last day away: the day before its first day back where it says that. Never raises."""
    sent = mime.date_of(message)
    if sent is None:
        return None
    subject = mime.header(message, "Subject")
    return named("\n".join((subject, _text(parts))), sent.astimezone(STOCKHOLM).date())


def named(text: str, sent: date) -> date | None:
    """The last day away that such a text names, written on the day `sent`."""
    quoted = _QUOTED.search(text := text.lower())
    plain = re.sub(r"\s+", " ", (text if quoted is None else text[: quoted.start()])[:MAX_READ])
    swedish = _SWEDISH.search(plain) is not None
    for back in (True, False):
        days = set(_days(plain, sent, back=back, swedish=swedish))
        if days:
            day = days.pop() if len(days) == 1 else None
            last = day - timedelta(days=1) if day is not None and back else day
            return last if last is not None and last >= sent else None
    return None


def _days(text: str, sent: date, *, back: bool, swedish: bool) -> Iterator[date | None]:
    for found in _CUED[back].finditer(text):
        yield _day(found.groupdict(), sent, swedish=swedish)


def _day(said: dict[str, str | None], sent: date, *, swedish: bool) -> date | None:
    day = _date(said, sent, swedish=swedish)
    if day is None or not sent <= day <= sent + _FARTHEST:
        return None
    weekday = said["weekday"]
    return day if weekday is None or _WEEKDAYS[weekday.rstrip(".")] == day.weekday() else None


def _date(said: dict[str, str | None], sent: date, *, swedish: bool) -> date | None:
    try:
        if said["iso"]:
            return date.fromisoformat(said["iso"])
        year = said["year1"] or said["year2"] or said["year3"]
        if said["a"] and said["b"]:
            numbers = _day_and_month(int(said["a"]), int(said["b"]), swedish=swedish or said["mark"] == ".")
            return None if numbers is None else _in_year(*numbers, year, sent)
        month, number = said["month1"] or said["month2"], said["day1"] or said["day2"]
        assert month is not None and number is not None  # the pattern has one of the three forms
        return _in_year(int(number), _MONTHS[month.rstrip(".")], year, sent)
    except ValueError:
        return None


def _day_and_month(a: int, b: int, *, swedish: bool) -> tuple[int, int] | None:
    """16/11 is a day and a month in Swedish; in English either, and only known where one is over 12."""
    if swedish or (a > 12 >= b) or a == b:
        return a, b
    return (b, a) if b > 12 >= a else None


def _in_year(day: int, month: int, year: str | None, sent: date) -> date | None:
    if year is not None:
        return date(int(year), month, day)
    near = [one for n in (0, 1) if sent <= (one := date(sent.year + n, month, day)) <= sent + _FAR]
    return near[0] if near else None


def _text(parts: Sequence[mime.Part]) -> str:
    for kind, read in (("text/plain", str), ("text/html", _without_tags)):
        for part in parts:
            if part.content_type == kind and not part.inside:
                charset = mime.parameter(part.message, "charset")
                return read(mime.decoded(mime.payload(part.message)[:MAX_TEXT], charset))
    return ""


def _without_tags(text: str) -> str:
    """What a page shows, roughly: tags are spaces, and what they hide is left out."""
    shown: list[str] = []
    at, hidden = 0, ""
    for tag in _TAG.finditer(text):
        if not hidden:
            shown.append(text[at : tag.start()])
        name = tag[2].lower()
        if name in _UNSHOWN:
            hidden = "" if tag[1] and name == hidden else hidden or ("" if tag[1] else name)
        at = tag.end()
    if not hidden:
        shown.append(text[at:])
    return html.unescape(" ".join(shown))
