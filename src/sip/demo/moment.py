"""Where the story is: its time, its step, in which steps a person did something, which matters have been touched.

One object, shared by all who play.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Moment:
    """Moved by the engine alone; a new step begins when the clock moves. `touched` is emptied when the story looks."""

    now: datetime
    step: int = 0
    acted: set[int] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
