"""A failure of cooperation that somebody writes of by hand: what she has said so far, and where else it may belong
(rules, section 8 D9).
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sip.domain.deviation import Category

LEVELS = (1, 2, 3, 4)
"""Of severity and of likelihood, the least first."""
SERIOUS = 3


@dataclass(frozen=True, slots=True)
class Risk:
    """What may be left out: the day on which it happened, how serious it was and how likely it is to come again."""

    happened_on: date | None = None
    severity: int | None = None
    likelihood: int | None = None


@dataclass(frozen=True, slots=True)
class FailureDraft:
    """What the writer has said. Of a meeting it has that and the party, else the two units."""

    categories: tuple[Category, ...] = ()
    description: str = ""
    risk: Risk = field(default_factory=Risk)
    reporting_unit_id: UUID | None = None
    receiving_unit_id: UUID | None = None
    meeting_id: UUID | None = None
    party: int | None = None


def belongs_elsewhere(severity: int | None) -> bool:
    """Whether the pages say where such a thing is to be reported as well: lex Sarah, lex Maria. None is made here."""
    return severity is not None and severity >= SERIOUS


def unusable(risk: Risk, today: date) -> tuple[str, ...]:
    """The fields that cannot be: a day to come, a level that there is not."""
    found = {
        "happened_on": risk.happened_on is not None and risk.happened_on > today,
        "severity": risk.severity is not None and risk.severity not in LEVELS,
        "likelihood": risk.likelihood is not None and risk.likelihood not in LEVELS,
    }
    return tuple(name for name, wrong in found.items() if wrong)
