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
POLL = 0.02
SLICE = 0.2
CATCH_UP = 3.0
MORNING, EVENING = 6, 18
DAY_MINUTES_A_SECOND = 40.0
NIGHT_MINUTES_A_SECOND = 600.0


@dataclass(frozen=True, slots=True)
class Status:
    """What the service still has to do: how much of it now, in words, and when something is due next."""

    busy: int
    what: str
    next_due: datetime | None


class SettableClock(Protocol):
    """What the engine needs of the service."""

    def set_clock(self, now: datetime) -> Status:
        """Sets the service's clock, which never goes back, and says how things are then."""

    def status(self) -> Status:
        """What is still on its way, and when something is due next."""


class NeverAtRest(RuntimeError):  # noqa: N818 - a state of the story, not a fault
    """The service did not come to rest; the text says what it was still doing."""


class Engine:
    """Moves the story on. `read` is given each mail that arrives, `look` is called when all is at rest.

    `pace` None: the clock jumps. 1: a working week in about two minutes; smaller is slower.
    """

    def __init__(
        self,
        moment: Moment,
        clock: SettableClock,
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
        self._office = office
        self._moment = moment
        self._status = Status(1, "everything", None)
        self._moved = time.monotonic()
        self.pace = pace

    def run(self, until: datetime) -> None:
        """Plays on to this moment. Raises NeverAtRest when the service does not come to rest."""
        self._status = self._clock.set_clock(self._moment.now)
        while self._moment.now < until:
            status = self.settle()
            moments = [m for m in (self._agenda.next, status.next_due, until) if m is not None]
            target = max(min(moments), self._moment.now)
            self._move(min(target, self._slice_end()))
            for act in self._agenda.due(self._moment.now):
                self._moment.acted.add(self._moment.step)
                act(self._moment.now)
                self._status = Status(1, "what a person did", None)
        self.settle()

    def settle(self) -> Status:
        """Waits until nothing is on its way any more, reading what arrives meanwhile.

        The service says it is at rest before the boxes are emptied: what it has sent lies in them then.
        """
        status, waited, stirred = self._status, 0.0, False
        while True:
            stirred = stirred or bool(status.busy)
            for arrival in self._office.fetch() if self._office is not None else ():
                self._read(arrival)
                stirred = True
            if not status.busy:
                break
            if waited > PATIENCE:
                raise NeverAtRest(f"The service did not come to rest within {PATIENCE:.0f} seconds: {status.what}.")
            time.sleep(POLL)
            waited += POLL
            status = self._clock.status()
        if stirred:
            self._look()
        self._status = status
        return status

    def _slice_end(self) -> datetime:
        """How far the clock may go at once: any way when nobody watches, else as far as its pace has come by now.

        It moves some times a second; what took longer is caught up with, so that the pace holds on a slow machine.
        """
        if self.pace is None:
            return datetime.max.replace(tzinfo=STOCKHOLM)
        time.sleep(max(0.0, self._moved + SLICE - time.monotonic()))
        passed, self._moved = min(time.monotonic() - self._moved, CATCH_UP), time.monotonic()
        local = self._moment.now.astimezone(STOCKHOLM)
        by_day = local.weekday() < 5 and MORNING <= local.hour < EVENING
        minutes = (DAY_MINUTES_A_SECOND if by_day else NIGHT_MINUTES_A_SECOND) * self.pace * passed
        return min(self._moment.now + timedelta(minutes=minutes), _next_turn(local))

    def _move(self, moment: datetime) -> None:
        if moment > self._moment.now:
            self._moment.step += 1
            self._moment.now = moment
            self._status = self._clock.set_clock(moment)


def _next_turn(local: datetime) -> datetime:
    """When the day or the night begins next: the pace changes there."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    turns = (midnight + timedelta(hours=hours) for hours in (MORNING, EVENING, 24 + MORNING))
    return next(turn for turn in turns if turn > local)
