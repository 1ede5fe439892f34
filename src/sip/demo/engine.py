"""The story's clock and its order: what is done next, by people or by the service, and never two things at once.

The law of this file: the clock only moves when nothing is on its way any more (no timer overdue, no mail unsent, no
answer unjudged, no mail unread), and then to the next moment at which something is due, in one jump or in small steps.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sip.demo.agenda import Agenda
from sip.demo.hours import STOCKHOLM
from sip.demo.moment import Moment
from sip.demo.postoffice import Arrival, PostOffice

PATIENCE = 60.0
POLL = 0.03
SLICE = 0.2
DAY_MINUTES_A_SECOND = 26.0
NIGHT_MINUTES_A_SECOND = 420.0


@dataclass(frozen=True, slots=True)
class Status:
    """What the service still has to do: how much of it now, in words, and when something is due next."""

    busy: int
    what: str
    next_due: datetime | None


class Clock(Protocol):
    """What the engine needs of the service."""

    def set_clock(self, now: datetime) -> None:
        """Sets the service's clock; it never goes back."""

    def status(self) -> Status:
        """What is still on its way, and when something is due next."""


class Stuck(RuntimeError):  # noqa: N818
    """The service did not come to rest; the text says what it was still doing."""


class Engine:
    """Moves the story on. `read` is given each mail that arrives, `look` is called when all is at rest."""

    def __init__(
        self,
        moment: Moment,
        clock: Clock,
        office: PostOffice | None,
        agenda: Agenda,
        read: Callable[[Arrival], None],
        look: Callable[[], None],
        *,
        pace: float | None,
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._read = read
        self._look = look
        self._pace = pace
        self._office = office
        self._moment = moment

    def run(self, until: datetime) -> None:
        """Plays on to this moment. Raises Stuck when the service does not come to rest."""
        self._clock.set_clock(self._moment.now)
        while self._moment.now < until:
            status = self.settle()
            self._look()
            moments = [m for m in (self._agenda.next, status.next_due, until) if m is not None]
            target = max(min(moments), self._moment.now)
            self._move(min(target, self._slice_end()))
            for act in self._agenda.due(self._moment.now):
                self._moment.acted.add(self._moment.step)
                act(self._moment.now)
        self.settle()
        self._look()

    def settle(self) -> Status:
        """Waits until nothing is on its way any more, reading what arrives meanwhile."""
        waited, quiet = 0.0, 0
        while True:
            arrivals = self._office.fetch() if self._office is not None else []
            for arrival in arrivals:
                self._read(arrival)
            status = self._clock.status()
            quiet = quiet + 1 if not arrivals and not status.busy else 0
            if quiet >= 2:
                return status
            if waited > PATIENCE:
                raise Stuck(f"The service did not come to rest within {PATIENCE:.0f} seconds: {status.what}.")
            time.sleep(POLL)
            waited += POLL

    def _slice_end(self) -> datetime:
        """How far the clock may go at once: any way when nobody watches, else what fits in a fifth of a second."""
        if self._pace is None:
            return datetime.max.replace(tzinfo=STOCKHOLM)
        local = self._moment.now.astimezone(STOCKHOLM)
        by_day = local.weekday() < 5 and 6 <= local.hour < 18
        minutes = (DAY_MINUTES_A_SECOND if by_day else NIGHT_MINUTES_A_SECOND) * self._pace * SLICE
        return self._moment.now + timedelta(minutes=minutes)

    def _move(self, moment: datetime) -> None:
        if self._pace is not None:
            time.sleep(SLICE)
        if moment > self._moment.now:
            self._moment.step += 1
            self._moment.now = moment
            self._clock.set_clock(moment)
