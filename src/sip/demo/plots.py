"""The meetings of the story, as data: who calls whom and when, how each behaves, and what must have come of it.

The law of this file: a plot says what people do, and which absences must lead to a report; it knows nothing of
the rules that make it so. `marks` and `report` are what the story checks in the end (issue A, section 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sip.demo.habits import Habit


@dataclass(frozen=True, slots=True)
class Seat:
    """A unit that is called, how its mailbox behaves, how it is marked, and in which state its report must end."""

    unit: str
    habit: Habit | None = None
    obligation: str = "summoned"
    mark: str = "attended"
    report: str = "none"


@dataclass(frozen=True, slots=True)
class PlotTurn:
    """Something done at a moment, mostly by the convener's side: `act` names it, `unit` the party it is about."""

    when: datetime
    act: str
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plot:
    """One meeting. `people` are the habits of persons by address, `recorded` is by page, api or never.

    `joins` are units that nobody called at first, but another pointed to.
    """

    key: str
    title: str
    convener: str
    called: datetime
    start: datetime
    seats: tuple[Seat, ...]
    kind: str = "adult"
    purpose: str = "follow_up"
    purpose_text: str = "Följa upp insatserna och se om fördelningen mellan oss fungerar."
    questions: tuple[str, ...] = ("Vem gör vad fram till nästa uppföljning?",)
    minutes: int = 60
    form: str = "physical"
    turns: tuple[PlotTurn, ...] = ()
    people: Mapping[str, Habit] = field(default_factory=dict)
    outcome: str = "held"
    recorded: str = "api"
    joins: tuple[Seat, ...] = ()

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(minutes=self.minutes)
