"""Facts of a mail as people read them: days, times, places, and the values that sentences are filled with.

Times are Swedish wall time (Europe/Stockholm), whatever the reader's language. Free text of people never gets here:
a reason is shown only where it comes from a list (rules, section 3); what else was written is read after sign-in.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from sip.domain.effects import Mail, MeetingFacts
from sip.domain.meeting import Place
from sip.domain.people import Language
from sip.domain.terms import Purpose
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import has_word, words, words_of_pre_meeting

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_LOCALES = {Language.SV: "sv_SE", Language.EN: "en_GB"}

# Values out of lists of the domain: detail key -> the table its words stand in.
_LISTED = {
    "reason": "mail.reason",
    "channel": "mail.channel",
    "answer": "mail.answer",
    "statement": "mail.statement",
    "cause": "mail.cause",
    "because": "mail.because",
}
_PLAIN = ("target", "days", "deviation_name", "before", "reporting", "into")
_MOMENTS = ("until", "answer_until", "until_day", "closes_on", "next_on")


def table_of(facts: MeetingFacts, language: Language) -> Mapping[str, str]:
    """The words in which a mail about this meeting is written: a pre-meeting is called by its own name."""
    return words_of_pre_meeting(language) if facts.purpose is Purpose.PRE_MEETING else words(language)


@lru_cache(maxsize=4096)
def day_of(language: Language, day: date, year: bool = False) -> str:
    """`tisdag 17 november`, with the year where it has to stand alone."""
    pattern = words(language)["mail.pattern.day_year" if year else "mail.pattern.day"]
    return format_date(day, pattern, locale=_LOCALES[language])


@lru_cache(maxsize=4096)
def _clock(language: Language, clock: time) -> str:
    return format_time(clock, words(language)["mail.pattern.time"], locale=_LOCALES[language])


def _time_of(language: Language, at: datetime) -> str:
    """A wall time; of the hour that comes twice in the autumn also which of the two."""
    said = _clock(language, at.time())
    if at.utcoffset() == at.replace(fold=1 - at.fold).utcoffset():
        return said
    return words(language)["mail.time_winter" if at.fold else "mail.time_summer"].format(time=said)


def moment(language: Language, at: datetime) -> str:
    """One moment: `tisdag 17 november kl. 10.00`."""
    local = at.astimezone(STOCKHOLM)
    return words(language)["mail.moment"].format(day=day_of(language, local.date()), time=_time_of(language, local))


def span(language: Language, start: datetime, end: datetime, *, year: bool = True) -> str:
    """From start to end: `tisdag 17 november 2026 kl. 10.00–11.00`; the year may be plain from what stands beside."""
    first, last = start.astimezone(STOCKHOLM), end.astimezone(STOCKHOLM)
    key = "mail.span" if first.date() == last.date() else "mail.span_days"
    return words(language)[key].format(
        day=day_of(language, first.date(), year),
        time=_time_of(language, first),
        end_day=day_of(language, last.date()),
        end=_time_of(language, last),
    )


def places(language: Language, facts: MeetingFacts) -> tuple[str, ...]:
    """Where it is, from the structure: room, video, phone; at home without any address (rules, section 1)."""
    return place_lines(language, facts.place)


def place_lines(language: Language, here: Place) -> tuple[str, ...]:
    """The same, of a place by itself."""
    table = words(language)
    if here.kind == "home":
        return (table["mail.place.home"],)
    found = []
    if here.unit and here.room:
        found.append(table["mail.place.room"].format(unit=clean_name(here.unit), room=clean_name(here.room)))
    elif here.unit or here.room:
        found.append(clean_name(here.unit or here.room or ""))
    if here.video_url:
        found.append(table["mail.place.video"].format(video_url=clean(here.video_url, 2000)))
    if here.phone:
        found.append(table["mail.place.phone"].format(phone=clean(here.phone, 60)))
    return tuple(found) or (table["mail.place.untold"],)


def iso(text: str | None) -> datetime | date | None:
    """A moment or a day in ISO 8601; None for what is neither. Without an offset it is UTC."""
    if not text:
        return None
    try:
        if len(text) == len("2026-11-17"):
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def when(language: Language, text: str | None) -> str | None:
    found = iso(text)
    if found is None:
        return None
    return moment(language, found) if isinstance(found, datetime) else day_of(language, found)


def span_from(language: Language, detail: Mapping[str, str], first: str, last: str) -> str | None:
    """The span between two details; only its beginning where the end is missing."""
    start, end = iso(detail.get(first)), iso(detail.get(last))
    if isinstance(start, datetime) and isinstance(end, datetime):
        return span(language, start, end)
    return when(language, detail.get(first))


def listed(language: Language, key: str, value: str | None) -> str | None:
    """The words of a value out of a list of the domain; None for anything else, and for what was not given."""
    table = _LISTED[key]
    return words(language)[f"{table}.{value}"] if value and has_word(language, f"{table}.{value}") else None


def values(mail: Mail, unit: str | None = None) -> dict[str, str]:
    """What the sentences of this mail may say. A value that is not known is not in it. `unit` overrides the name."""
    language, facts, detail = mail.to.language, mail.facts, mail.detail
    table = words(language)
    named = unit or clean_name(mail.unit or "")
    found: dict[str, str | None] = {
        "unit": named or table["mail.your_unit"],
        "unit_unnamed": None if named else "yes",
        "reference": clean(facts.reference, 40),
        "day": moment(language, facts.start),
        "convener_unit": clean_name(facts.convener_unit),
        "convener_person": clean_name(facts.convener_person),
        "convener_phone": clean(facts.convener_phone, 60),
        "deviation_name": table["mail.deviation_name"],
        "grounds_given": table["mail.decision_grounds.text"] if detail.get("grounds") else None,
    }
    found |= {key: listed(language, key, detail.get(key)) for key in _LISTED}
    found |= {key: when(language, detail.get(key)) for key in _MOMENTS}
    found |= {key: clean_name(detail[key]) for key in _PLAIN if detail.get(key)}
    return {key: value for key, value in found.items() if value}


def line(text: str, known: Mapping[str, str]) -> str | None:
    """One sentence with its values; None when it needs one that is not known."""
    try:
        filled = text.format_map(known)
    except KeyError:
        return None
    return filled[:1].upper() + filled[1:] if "unit_unnamed" in known else filled


def lines(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The paragraphs of a text, one a line, without those that need what is not known."""
    filled = (line(part, known) for part in text.splitlines() if part.strip())
    return tuple(part for part in filled if part)
