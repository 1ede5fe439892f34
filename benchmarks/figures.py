"""A contender's runs as figures: median and spread, as they go to the screen and to JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(slots=True)
class Series:
    """All runs of one contender at one size. `n` is how many it did in each run, `seconds` how long each took."""

    name: str
    n: int
    settings: str = ""
    seconds: list[float] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """How many a second, run by run."""
        return [self.n / second for second in self.seconds]

    @property
    def rate(self) -> float:
        """The median rate."""
        return median(self.rates)

    @property
    def spread(self) -> float:
        """From the slowest to the fastest run, as a part of the median."""
        return (max(self.rates) - min(self.rates)) / self.rate

    def as_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "settings": self.settings,
            "seconds": [round(second, 4) for second in self.seconds],
            "per_second": {
                "median": round(self.rate, 1),
                "min": round(min(self.rates), 1),
                "max": round(max(self.rates), 1),
                "spread": round(self.spread, 3),
            },
            "ms_each": round(1000 / self.rate, 4),
        }


def ratios(series: Mapping[str, Series], ours: str, others: Sequence[str]) -> dict[str, float]:
    """Our median rate over each of the others' ("vs_..."); those that were not run are left out."""
    if ours not in series:
        return {}
    mine = series[ours].rate
    return {f"vs_{other}": round(mine / series[other].rate, 3) for other in others if other in series}
