"""Where the story is: its time, its step, and in which steps a person did something.

One object, shared by all who play.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Moment:
    """Moved by the engine alone; a new step begins when the clock moves."""

    now: datetime
    step: int = 0
    acted: set[int] = field(default_factory=set)
