"""Where a unit can stand when somebody says something: each standing as a small play.

Hemtjänsten is party 2, Skolan party 3. Every word of `words.py` is tried in every standing (`test_every_word.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.domain.cast import HOME_CARE, SCHOOL, World, at, called
from tests.domain.plays import CALL, START

Standing = Callable[[], World]
HOUR = timedelta(hours=1)
STANDINGS: dict[str, Standing] = {}


def standing(made: Standing) -> Standing:
    """Registers a standing under its own name."""
    STANDINGS[made.__name__] = made
    return made


def first(**more: Any) -> World:
    """Two units called on Monday 2 November for 7 December; the county shows a machine by its speed too."""
    world = World(at(CALL), automatic_within=timedelta(minutes=2))
    for unit, changes in more.items():
        roster = {"home": HOME_CARE, "school": SCHOOL}[unit]
        world.rosters[roster.unit_id] = replace(roster, **changes)
    called(CALL, START, [HOME_CARE, SCHOOL], world=world)
    world.now += HOUR
    return world
