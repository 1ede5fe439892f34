"""What charts and their tables are drawn from: a count with what it is a part of, this year's beside last year's.

The law of this file: a length is worked out here once, and whoever draws it (a page, a document) only places it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

Count = int | None
FULL = 205
"""The length of the longest bar, in a chart's own units; its number stands beside it."""


@dataclass(frozen=True, slots=True)
class CountOf:
    """A count with what it is a part of; None is hidden. `share` is between nothing and one."""

    count: Count
    of: Count

    @property
    def share(self) -> float | None:
        if self.count is None or self.of is None:
            return None
        return self.count / self.of if self.of else 0.0

    def length(self, most: float) -> int:
        """Of its bar, where the longest is `most`."""
        return round(FULL * (self.share or 0.0) / most) if most else 0


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One row: its words, both years, the lists that its numbers lead to, how long half took in both, and its bars."""

    words: str
    now: CountOf
    before: CountOf
    href: str | None = None
    href_before: str | None = None
    halves: tuple[str, str] | None = None
    bar: int = 0
    bar_before: int = 0


def drawn(lines: Sequence[FigureLine]) -> tuple[FigureLine, ...]:
    """The lines with the lengths of their bars, of which the longest share is full."""
    most = max((share for line in lines for share in (line.now.share, line.before.share) if share), default=0.0)
    return tuple(replace(line, bar=line.now.length(most), bar_before=line.before.length(most)) for line in lines)
