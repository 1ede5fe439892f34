"""Every word in every standing: what comes of it, as text to be read (`tests/domain/journals/of_words`).

A line beginning with `=` is true since then. `WRITE_JOURNALS=1` writes them anew; what changed is then read as a
change of the rules.
"""

import copy
import os
from pathlib import Path

import pytest

from sip.domain import events as e
from sip.domain.decide import TABLE, next_due
from sip.domain.terms import MeetingState
from tests.domain.cast import World
from tests.domain.journal import came_of
from tests.domain.standings.every import EVERY_STANDING
from tests.domain.words import WORDS

FOLDER = Path(__file__).parent / "journals" / "of_words"
FRESH, TIME = "just_called", "time passes"


def again(world: World) -> World:
    """The same world once more, to go another way."""
    other = copy.copy(world)
    for kept in ("rosters", "reports", "mails", "notes", "keys", "pending", "log", "refused"):
        setattr(other, kept, copy.copy(getattr(world, kept)))
    return other


def comes_of(standing: str) -> dict[str, str]:
    """What comes of each word there, and of the next moment that is due."""
    before = EVERY_STANDING[standing]()
    found = {}
    for word, made in {**WORDS, TIME: _time}.items():
        after = again(before)
        event = made(after)
        after.do(event)
        found[word] = came_of(before, after)
    return found


def _time(world: World) -> object:
    world.now = max(world.now, next_due(world.the) or world.now)
    return e.TimePassed()


def told(came: dict[str, str], fresh: dict[str, str]) -> str:
    """By what comes of them; words of which the same comes as of a unit that was just called in one line."""
    as_fresh = [word for word in came if came[word] == fresh[word] and came is not fresh]
    parts = [f"as {FRESH}: {'; '.join(as_fresh)}\n"] if as_fresh else []
    by: dict[str, list[str]] = {}
    for word, text in came.items():
        if word not in as_fresh:
            by.setdefault(text, []).append(word)
    return "\n".join(parts + [f"{'; '.join(words)}\n{text}\n" for text, words in by.items()])


@pytest.fixture(scope="module")
def fresh() -> dict[str, str]:
    return comes_of(FRESH)


@pytest.mark.parametrize("name", EVERY_STANDING)
def test_what_comes_of_every_word(name: str, fresh: dict[str, str]) -> None:
    came = told(fresh if name == FRESH else comes_of(name), fresh)
    kept = FOLDER / f"{name}.txt"
    if os.environ.get("WRITE_JOURNALS"):
        kept.write_text(came, encoding="utf-8")
    assert came == kept.read_text(encoding="utf-8")


def test_every_text_is_of_a_standing() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(EVERY_STANDING)


def test_all_that_can_happen_to_a_called_meeting_is_a_word() -> None:
    world = EVERY_STANDING[FRESH]()
    said = {type(made(world)) for made in WORDS.values()} | {e.TimePassed}
    assert said == {event for event, row in TABLE.items() if MeetingState.CALLED in row.leads}
