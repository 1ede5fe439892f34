"""What a command was decided on, and whether a person has changed just that since (rules, section 2).

A person sees a meeting, thinks, and presses; meanwhile the post has been handed over, another unit has answered and a
reminder has left. Nothing of that makes her decision another one. It is another one where somebody has changed the part
that it is about: another move of the time, another word of the same party. Each event's row says what it rests on and
what it changes; whatever says neither rests on the whole and changes the whole.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any


class MeetingPart(StrEnum):
    """A part of a meeting that people change; a party is its ordinal. EVERYTHING meets every part, itself too."""

    EVERYTHING = "everything"
    SCHEDULE = "schedule"
    TEXT = "text"
    CONVENER = "convener"
    PARTIES = "parties"
    OUTCOME = "outcome"
    POLL = "poll"


Parts = frozenset[MeetingPart | int]

NOTHING: Parts = frozenset()
EVERYTHING: Parts = frozenset({MeetingPart.EVERYTHING})


def party_named(event: Any) -> Parts:
    """The party that the event is about; everything, where it names none."""
    party = getattr(event, "party", None)
    return frozenset({party}) if isinstance(party, int) else EVERYTHING


def meet(rests_on: Parts, changed: Iterable[Parts]) -> bool:
    """Whether something has been changed that a command rests on."""
    for parts in changed:
        both = bool(rests_on) and bool(parts)
        if both and (MeetingPart.EVERYTHING in rests_on | parts or rests_on & parts):
            return True
    return False
