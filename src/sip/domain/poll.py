"""A poll of times: what a meeting's parties are asked before a time is set or changed, and what they said.

A poll belongs to its meeting, one at a time; a later one takes the place of the earlier, which the journal remembers.
Frozen values, and the events that make them; the rules stand in `polling.py` (rules, section 9).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sip.domain.terms import Channel

FEWEST, MOST = 2, 6
"""So many times a poll asks of: one is a proposal, and more than six nobody reads on a phone."""


class PollState(StrEnum):
    """`open` takes answers; `closed` waits for the convener; `picked` and `ended` are over."""

    OPEN = "open"
    CLOSED = "closed"
    PICKED = "picked"
    ENDED = "ended"


class PollEnd(StrEnum):
    """Why a poll ended without a time picked from it."""

    WITHDRAWN = "withdrawn"
    CALLED = "called"
    MOVED = "moved"
    CANCELLED = "cancelled"
    CONSENT = "consent"
    STARTED = "started"


class PollChoice(StrEnum):
    YES = "yes"
    IF_NEED_BE = "if_need_be"
    NO = "no"


@dataclass(frozen=True, slots=True)
class PollTime:
    """One of the times asked of, in their order."""

    ordinal: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PollAsk:
    """That a party is asked: at `email`, None where only a telephone reaches it. `tried` are mailboxes that failed."""

    party: int
    email: str | None
    asked_at: datetime
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """A party's word about one time, as it stands, with who gave it, how and when."""

    party: int
    time: int
    choice: PollChoice
    at: datetime
    by: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Poll:
    """The meeting's latest poll. `closes_at` is the first moment that takes no answer any more, `consent_until` the
    last day of the consent that it asks on.
    """

    number: int
    state: PollState
    asked_at: datetime
    closes_at: datetime
    times: tuple[PollTime, ...]
    asks: tuple[PollAsk, ...] = ()
    answers: tuple[PollAnswer, ...] = ()
    reminded: bool = False
    told_all: bool = False
    picked: int | None = None
    over_at: datetime | None = None
    ended_because: PollEnd | None = None
    consent_until: date | None = None
    not_before: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether something is still to come of it: answers, or the convener's pick."""
        return self.state in (PollState.OPEN, PollState.CLOSED)

    def time(self, ordinal: int) -> PollTime:
        """The time with this ordinal. Raises KeyError when there is none."""
        for time in self.times:
            if time.ordinal == ordinal:
                return time
        raise KeyError(ordinal)

    def ask(self, party: int) -> PollAsk | None:
        """That this party is asked, if it is."""
        return next((ask for ask in self.asks if ask.party == party), None)

    def of(self, party: int) -> Mapping[int, PollAnswer]:
        """What the party has said, by time."""
        return {answer.time: answer for answer in self.answers if answer.party == party}

    @property
    def answered(self) -> frozenset[int]:
        """The parties that have said anything."""
        return frozenset(answer.party for answer in self.answers)

    def count(self, time: int, choice: PollChoice) -> int:
        """How many parties have chosen this of a time."""
        return sum(1 for answer in self.answers if answer.time == time and answer.choice is choice)

    @property
    def best_first(self) -> tuple[PollTime, ...]:
        """The times, the one that suits most parties first: fewest no, then most yes, then the earliest."""
        return tuple(
            sorted(
                self.times,
                key=lambda t: (self.count(t.ordinal, PollChoice.NO), -self.count(t.ordinal, PollChoice.YES), t.start),
            )
        )


# -- what happens to it


@dataclass(frozen=True, slots=True)
class PollAsked:
    """The convener asks of these times, from start to end each; answers are taken until the end of that day."""

    times: tuple[tuple[datetime, datetime], ...]
    closes_on: date


@dataclass(frozen=True, slots=True)
class PollAnswered:
    """A party's choices by time; what is not among them stays as it was. `number` is the poll that was shown, `through`
    the address of the mailed link it came through."""

    party: int
    number: int
    choices: tuple[tuple[int, PollChoice], ...]
    by: str
    channel: Channel
    through: str | None = None


@dataclass(frozen=True, slots=True)
class PollPicked:
    """The convener takes one of the times: the draft's, or the one that the called meeting is moved to."""

    number: int
    time: int


@dataclass(frozen=True, slots=True)
class PollWithdrawn:
    """The convener needs no answer any more."""

    number: int
