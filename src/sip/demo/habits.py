"""How people behave when a mail comes: at once, late, never, by calendar, by the link, or through others.

The law of this file: a habit is a function from a mail, how many times this was asked, and the story's time to what
will be done and when. It knows only what stands in the mail.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sip.demo.hours import desk_minutes, next_desk, on_day
from sip.demo.letter import ReadMail


@dataclass(frozen=True, slots=True)
class ByCalendar:
    """Presses accept, tentative or decline in the calendar client."""

    partstat: str
    comment: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class ByLink:
    """Opens a link in the mail and fills in the page: `choice` says what is meant, `values` the rest.

    A mail can be about several things; `about` are words that stand above the link that is meant.
    """

    choice: str
    values: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, slots=True)
class OutOfOffice:
    """The mailbox answers by itself that nobody is there."""

    text: str


Deed = ByCalendar | ByLink | OutOfOffice
Reaction = tuple[datetime, Deed]
Habit = Callable[[ReadMail, int, datetime], list[Reaction]]
# What the mails say above the links that these habits know.
HELD = "Blev mötet av?"
STANDS = "Ska mötet bli av som planerat?"
ABSENT = "Ni är registrerade som frånvarande. Stämmer det?"


def _spread(letter: ReadMail, most: int) -> int:
    """Some minutes, different for each mail and the same in every run of the story."""
    return int.from_bytes(sha256(letter.recipient.encode()).digest()[:4], "big") % most


def _asked(letter: ReadMail) -> bool:
    return letter.invite is not None and letter.invite.method == "REQUEST"


def once(deed: Deed, *, minutes: int = 30, ask: int = 1) -> Habit:
    """Does this some desk minutes after the `ask`-th time it was asked in a round."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if not _asked(letter) or asked != ask:
            return []
        return [(desk_minutes(now, minutes + _spread(letter, 20)), deed)]

    return habit


def prompt(comment: str = "") -> Habit:
    """Accepts within the hour, while somebody is at the desk."""
    return once(ByCalendar("ACCEPTED", comment), minutes=20)


def slow(days: int = 1) -> Habit:
    """Accepts some desk days later."""
    return once(ByCalendar("ACCEPTED"), minutes=days * 520)


def reminded() -> Habit:
    """Forgets, and accepts when it is asked again."""
    return once(ByCalendar("ACCEPTED"), minutes=45, ask=2)


def silent() -> Habit:
    """Never answers anything."""
    return lambda letter, asked, now: []


def tentative() -> Habit:
    """Says perhaps, and nothing more."""
    return once(ByCalendar("TENTATIVE"), minutes=40)


def declines(comment: str = "") -> Habit:
    """Says no in the calendar, without naming anybody."""
    return once(ByCalendar("DECLINED", comment), minutes=55)


def by_link(choice: str, *, minutes: int = 30, ask: int = 1, then: Habit | None = None, **values: str) -> Habit:
    """Answers on the page of the link; in a later round, or when asked again, as `then` does."""
    first = once(ByLink(choice, values), minutes=minutes, ask=ask)

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        later = asked > ask or (letter.invite is not None and letter.invite.sequence > 0)
        return then(letter, asked, now) if then is not None and later else first(letter, asked, now)

    return habit


def any_hour(minutes: int = 12) -> Habit:
    """A person with a phone in her pocket, who says yes at any hour."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        return [(now + timedelta(minutes=minutes), ByCalendar("ACCEPTED"))] if _asked(letter) and asked == 1 else []

    return habit


def same_morning(clock: str = "06:50") -> Habit:
    """Meant to come, and says early in the morning of the day that she cannot."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if not _asked(letter) or asked != 1 or letter.invite is None:
            return []
        return [(on_day(letter.invite.start, 0, clock), ByCalendar("DECLINED"))]

    return habit


def refuses(**passes_on: str) -> Habit:
    """Asked to stand in, cannot, and passes it on to a colleague on the page (or to nobody)."""
    return once(ByLink("i_cannot", passes_on), minutes=25)


def automatic() -> Habit:
    """The mailbox accepts by itself; somebody looks when it is asked again, and answers on the page."""
    human = by_link("attends", minutes=50, ask=2)

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if _asked(letter) and asked == 1:
            return [(now + timedelta(seconds=15), ByCalendar("ACCEPTED", automatic=True))]
        return human(letter, asked, now)

    return habit


def away(text: str, days: int = 1) -> Habit:
    """The mailbox says that nobody is there; somebody accepts when they are back."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if not _asked(letter) or asked != 1:
            return []
        back = next_desk(on_day(now, days, "09:10"))
        return [(now + timedelta(seconds=20), OutOfOffice(text)), (back, ByCalendar("ACCEPTED"))]

    return habit


def helps(choice: str, *, minutes: int = 35, **values: str) -> Habit:
    """A manager or a chair who does what an ordinary mail asks, by its link, the first time it comes."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if letter.invite is not None or not letter.links or asked != 1:
            return []
        return [(desk_minutes(now, minutes + _spread(letter, 15)), ByLink(choice, values))]

    return habit


def after_meeting(choice: str, *, minutes: int = 20) -> Habit:
    """A chair who answers at any hour when she is asked whether the meeting was held."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if letter.invite is not None or not letter.links or HELD not in letter.text:
            return []
        return [(now + timedelta(minutes=minutes + _spread(letter, 10)), ByLink(choice, about=HELD))]

    return habit


def decides(choice: str, *, minutes: int = 40) -> Habit:
    """A convener who is asked whether the meeting stands, and says it when she is at her desk."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if letter.invite is not None or not letter.links or STANDS not in letter.text:
            return []
        return [(desk_minutes(now, minutes), ByLink(choice, about=STANDS))]

    return habit


def heard(choice: str, *, minutes: int = 90, **values: str) -> Habit:
    """Says, when somebody is at the desk, whether it is right that nobody came."""

    def habit(letter: ReadMail, asked: int, now: datetime) -> list[Reaction]:
        if letter.invite is not None or not letter.links or ABSENT not in letter.text:
            return []
        return [(desk_minutes(now, minutes), ByLink(choice, values, ABSENT))]

    return habit


def also(*habits: Habit) -> Habit:
    """Does what each of these does."""
    return lambda letter, asked, now: [reaction for habit in habits for reaction in habit(letter, asked, now)]
