"""What becomes of a reading that is looked at: reviewed, followed until it is closed; and who may be both. Pure.

The law of this file: what auditors say of a reading is only added to, and how it stands follows from all of it
(decision 0097). Who read is never who reviews.
"""

from collections.abc import Iterable
from enum import StrEnum

from sip.domain.people import APART, Role


class ReviewWord(StrEnum):
    """What an auditor says of a reading."""

    IN_ORDER = "in_order"
    LOOK_INTO = "look_into"
    """Also what was found on the way, as long as it is open."""
    CLOSED = "closed"


class ReadingState(StrEnum):
    """How a reading stands."""

    WAITING = "waiting"
    IN_ORDER = "in_order"
    OPEN = "open"
    CLOSED = "closed"


_AFTER = {
    ReviewWord.IN_ORDER: ReadingState.IN_ORDER,
    ReviewWord.LOOK_INTO: ReadingState.OPEN,
    ReviewWord.CLOSED: ReadingState.CLOSED,
}
MAY_SAY = {
    ReadingState.WAITING: (ReviewWord.IN_ORDER, ReviewWord.LOOK_INTO),
    ReadingState.IN_ORDER: (ReviewWord.LOOK_INTO,),
    ReadingState.OPEN: (ReviewWord.LOOK_INTO, ReviewWord.CLOSED),
    ReadingState.CLOSED: (ReviewWord.LOOK_INTO,),
}
"""What may be said next: what is to be looked into is followed until it is closed, and may be opened anew."""


def state_of(said: Iterable[ReviewWord]) -> ReadingState:
    """How a reading stands after all that was said of it, in its order."""
    state = ReadingState.WAITING
    for verdict in said:
        state = _AFTER[verdict]
    return state


def needs_reason(verdict: ReviewWord) -> bool:
    """Whether it says nothing without words: why it is looked into, what came of it."""
    return verdict is not ReviewWord.IN_ORDER


def held_apart(roles: Iterable[Role]) -> bool:
    """Whether these roles may be one person's."""
    return not set(roles) >= APART
