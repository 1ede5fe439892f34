"""A contender's runs as figures: median and spread, as they go to the screen and to JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.processor import Processor


@dataclass(slots=True)
class Series:
    """All runs of one contender at one size. `n` is how many it did in each run, `seconds` how long each took."""

    name: str
    n: int
    settings: str = ""
    seconds: list[float] = field(default_factory=list)
    processor: list[Processor] = field(default_factory=list)

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

    def processor_ms(self) -> dict[str, float] | None:
        """Milliseconds of processor time for each, median of the runs; None where it was not read."""
        if len(self.processor) != len(self.seconds):
            return None
        program = median(one.program for one in self.processor) * 1000 / self.n
        server = median(one.server for one in self.processor) * 1000 / self.n
        return {"program": round(program, 4), "server": round(server, 4), "both": round(program + server, 4)}

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
            "processor_ms_each": self.processor_ms(),
        }


def ratios(series: Mapping[str, Series], ours: str, others: Sequence[str]) -> dict[str, float]:
    """Our median rate over each of the others' ("vs_..."); those that were not run are left out."""
    if ours not in series:
        return {}
    mine = series[ours].rate
    return {f"vs_{other}": round(mine / series[other].rate, 3) for other in others if other in series}


def processor_ratios(series: Mapping[str, Series], ours: str, others: Sequence[str]) -> dict[str, float]:
    """How many times our processor time each of the others takes, program and server together."""
    costs = {name: cost["both"] for name, one in series.items() if (cost := one.processor_ms()) is not None}
    if not costs.get(ours):
        return {}
    return {f"vs_{other}": round(costs[other] / costs[ours], 3) for other in others if other in costs}
