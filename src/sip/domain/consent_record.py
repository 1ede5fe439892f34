"""What a case's journal tells of its consent: what it says each time, and whom a change was told (rules, section 5 R4).
Pure.

The law of this file: a record is written once and never asked by a rule; what holds now stands with the case.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class ConsentAct(StrEnum):
    """What was done with it."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"
    OTHER_GROUND = "other_ground"
    """It was withdrawn, and the meetings are held on another legal ground."""
    REFUSED = "refused"
    """It was not given."""


@dataclass(frozen=True, slots=True)
class ConsentMailed:
    """A unit whose call to this meeting was taken back because of it."""

    meeting_id: UUID
    unit: str


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """What the consent says from now on: its scope and how it was given in words, its last day, which organisations it
    covers (None: all that are called), and whether there is another legal ground, never which. `told` are those whose
    call was taken back in the same commit.
    """

    act: ConsentAct
    scope: str | None = None
    how: str | None = None
    until: date | None = None
    organisations: tuple[UUID, ...] | None = None
    other_legal_ground: bool = False
    told: tuple[ConsentMailed, ...] = ()
