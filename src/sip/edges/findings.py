"""What `sip check` finds: how bad it is, what it is about, and a sentence that says what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    GOOD = "good"
    ODD = "odd"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    what: str
    sentence: str


def good(what: str, sentence: str) -> Finding:
    return Finding(Level.GOOD, what, sentence)


def odd(what: str, sentence: str) -> Finding:
    return Finding(Level.ODD, what, sentence)


def bad(what: str, sentence: str) -> Finding:
    return Finding(Level.BAD, what, sentence)
