"""How much one who is known asks in a while, counted in each process: nobody fetches all there is at once.

The law of this file: who has asked too much waits, and is told so (429); it holds up nobody else.
"""

from dataclasses import dataclass, field
from time import monotonic

_SWEPT_AT = 5_000


@dataclass(slots=True)
class AskingPace:
    """At most `a_minute` requests of each, which come back evenly; 0 sets no limit."""

    a_minute: int
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def takes(self, who: str, now: float | None = None) -> bool:
        """Counts one more of this one; whether there was room. `now`: seconds of a clock that only goes forward."""
        if not self.a_minute:
            return True
        moment = monotonic() if now is None else now
        left = self._now_left(who, moment)
        if left < 1:
            return False
        if len(self._left) >= _SWEPT_AT:
            self._left = {one: kept for one, kept in self._left.items() if self._now_left(one, moment) < self.a_minute}
        self._left[who] = left - 1, moment
        return True

    def _now_left(self, who: str, moment: float) -> float:
        left, at = self._left.get(who, (float(self.a_minute), moment))
        return min(float(self.a_minute), left + (moment - at) * self.a_minute / 60)
