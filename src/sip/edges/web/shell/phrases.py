"""Times, standings and people said in words, in the reader's language. Times are shown in Europe/Stockholm.

The law of this file: it knows no request and no database; the same values always give the same words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from sip.domain.agenda import ItemState
from sip.domain.decision import Refused
from sip.domain.deviation import DeviationState
from sip.domain.standing import Standing
from sip.domain.terms import ClaimState, Mark, MeetingState, Obligation, Purpose
from sip.edges.words import has_word, word, words, words_of_pre_meeting
from sip.usecases.received.outcomes import MailOutcome

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_GOOD = frozenset(
    {Standing.ATTENDS, Standing.NAME_MISSING, Standing.SUBSTITUTE_ATTENDS, Standing.RELEASED, Standing.EXCUSED}
)
_BAD = frozenset({Standing.UNDELIVERABLE, Standing.REGRETS})
_QUIET = frozenset({Standing.NO_ANSWER, Standing.NOT_CALLED, Standing.REMOVED, Standing.REDIRECTED})


def tone(standing: str) -> str:
    """good, wait, bad or quiet: how a standing is coloured. The word itself always stands beside."""
    if standing in _GOOD:
        return "good"
    if standing in _BAD:
        return "bad"
    return "quiet" if standing in _QUIET else "wait"


def state_tone(state: str) -> str:
    """How a meeting's state is coloured."""
    return {MeetingState.CLOSED: "good", MeetingState.ENDED: "wait", MeetingState.CALLED: "good"}.get(
        MeetingState(state), "quiet"
    )


def deviation_tone(state: str) -> str:
    """How a report's state is coloured."""
    if state in (DeviationState.CLOSED, DeviationState.ANSWERED, DeviationState.FOLLOWED_UP):
        return "good"
    return "quiet" if state in (DeviationState.WITHDRAWN, DeviationState.MERGED) else "wait"


def item_tone(state: str) -> str:
    """How the state of an agenda's item is coloured."""
    return {ItemState.DONE: "good", ItemState.DROPPED: "quiet"}.get(ItemState(state), "wait")


def mark_tone(mark: str) -> str:
    """How a mark of attendance is coloured."""
    if mark == Mark.ABSENT:
        return "bad"
    return "wait" if mark == Mark.UNKNOWN else "quiet" if mark == Mark.EXCUSED else "good"


def tel(phone: str) -> str:
    """A number that can be dialled, as the address of a link (RFC 3966)."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")


def inbound_tone(outcome: str) -> str:
    """How what came of a received mail is coloured."""
    return {
        MailOutcome.APPLIED: "good",
        MailOutcome.UNCONFIRMED: "wait",
        MailOutcome.REFUSED: "wait",
        MailOutcome.QUARANTINE: "bad",
    }.get(MailOutcome(outcome), "quiet")


def claim_tone(state: str) -> str:
    """How the state of an uncertain answer is coloured."""
    return {ClaimState.CONFIRMED: "good", ClaimState.REFUSED: "bad", ClaimState.WAITING: "wait"}.get(
        ClaimState(state), "quiet"
    )


@lru_cache(maxsize=4096)
def _said_day(day: date, pattern: str, language: str) -> str:
    """A page says the same few days again and again, and babel reads its pattern anew each time."""
    return format_date(day, pattern, locale="sv_SE" if language == "sv" else "en_GB")


@cache
def _all_of(language: str, table: str) -> tuple[str, ...]:
    """The values that a table of the words has, in the order of the file."""
    return tuple(key.removeprefix(f"{table}.") for key in words(language) if key.startswith(f"{table}."))


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one language."""

    language: str

    def t(self, key: str, /, **values: object) -> str:
        """The words of a key."""
        return word(self.language, key, **values)

    def t_of(self, purpose: Purpose, key: str, /, **values: object) -> str:
        """The words of a key, said of a meeting of this purpose: a pre-meeting is called by its own name."""
        table = words_of_pre_meeting(self.language) if purpose is Purpose.PRE_MEETING else words(self.language)
        return table[key].format_map(values)

    def fill(self, key: str, facts: Mapping[str, str]) -> str:
        """The words of a key with facts of which some may be missing; a missing one is said as a dash."""
        return words(self.language)[key].format_map(_Facts(facts))

    def local(self, moment: datetime) -> datetime:
        """In Sweden; the last and the first hours of the calendar, which have no such time, as they are."""
        try:
            return moment.astimezone(STOCKHOLM)
        except OverflowError:
            return moment

    def clock(self, moment: datetime) -> str:
        """10.30 in Swedish, 10:30 in English."""
        return self.local(moment).strftime("%H.%M" if self.language == "sv" else "%H:%M")

    def span(self, start: datetime, end: datetime) -> str:
        """From and to; the day of the end is said when it is another."""
        until = self.clock(end) if self.local(start).date() == self.local(end).date() else self.moment(end)
        return f"{self.clock(start)}–{until}"

    def day(self, moment: datetime | date) -> str:
        """tis 24 nov 2026."""
        return self._date(moment, "EEE d MMM y")

    def long_day(self, moment: datetime | date) -> str:
        """tisdag 24 november 2026."""
        return self._date(moment, "EEEE d MMMM y")

    def weekday(self, moment: datetime | date) -> str:
        return self._date(moment, "EEE").rstrip(".")

    def date_number(self, moment: datetime) -> str:
        return str(self.local(moment).day)

    def month(self, moment: datetime) -> str:
        return self._date(moment, "MMM").rstrip(".")

    def long_month(self, day: date) -> str:
        """oktober 2026."""
        return self._date(day, "LLLL y")

    def moment(self, moment: datetime) -> str:
        """Day and time of day, without the year."""
        return f"{self._date(moment, 'EEE d MMM')} {self.clock(moment)}"

    def _date(self, moment: datetime | date, pattern: str) -> str:
        day = self.local(moment).date() if isinstance(moment, datetime) else moment
        return _said_day(day, pattern, self.language)

    def options(self, table: str, only: Sequence[str] | None = None) -> list[tuple[str, str]]:
        """Values and words of an enumeration, in the order of the file or of `only`."""
        return [
            (value, self.t(f"{table}.{value}")) for value in (_all_of(self.language, table) if only is None else only)
        ]

    def coverage(self, line: Any) -> str:
        """How many of a meeting's parties are settled."""
        called = [p for p in line.parties if p.obligation != Obligation.CONVENING]
        good = sum(tone(p.standing) == "good" for p in called)
        if not called:
            return self.t("coverage.none")
        if good == len(called):
            return self.t("coverage.one" if good == 1 else "coverage.all", total=good)
        return self.t("coverage.some", good=good, total=len(called))

    def reason(self, key: str | None, table: str) -> str:
        """The words of a reason that may be of a kind we have no words for: then the reason itself."""
        if key is None:
            return ""
        full = f"{table}.{key}"
        return self.t(full) if has_word(self.language, full) else key

    def refused(self, refused: Refused) -> str:
        """Why a command was refused, and what to do."""
        facts = dict(refused.detail)
        if "closes_on" in facts:
            facts["closes_on"] = self.day(date.fromisoformat(facts["closes_on"]))
        if "latest" in facts:
            facts["latest"] = self.moment(datetime.fromisoformat(facts["latest"]))
        return self.fill(f"reason.{refused.reason}", facts)

    def names(self, names: Iterable[str]) -> list[str]:
        """Names in Swedish order, which the database does not know."""
        return sorted(names, key=sort_key)

    def globals(self) -> dict[str, Any]:
        """What the templates call."""
        own = (
            "t",
            "clock",
            "span",
            "day",
            "long_day",
            "weekday",
            "date_number",
            "month",
            "long_month",
            "moment",
            "options",
            "coverage",
        )
        found: dict[str, Any] = {name: getattr(self, name) for name in own}
        found |= {
            "language": self.language,
            "tone": tone,
            "tel": tel,
            "state_tone": state_tone,
            "deviation_tone": deviation_tone,
            "item_tone": item_tone,
            "mark_tone": mark_tone,
            "inbound_tone": inbound_tone,
            "claim_tone": claim_tone,
            "inbound_reason": partial(self.reason, table="inbound"),
        }
        return found


_ORDER = {letter: n for n, letter in enumerate("abcdefghijklmnopqrstuvwxyzåäö")}


def sort_key(name: str) -> tuple[tuple[int, str], ...]:
    """The Swedish order: å, ä and ö last, case without weight."""
    folded = name.casefold().replace("é", "e").replace("ü", "y").replace("æ", "ä").replace("ø", "ö")
    return tuple((_ORDER.get(letter, -1), letter) for letter in folded)
