"""What comes of every standing when nobody says anything more, until attendance is asked for in vain: as text to be
read (`tests/domain/journals/to_the_end`), written anew by `WRITE_JOURNALS=1`.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.domain.journal import came_of
from tests.domain.standings.every import EVERY_STANDING
from tests.domain.test_every_word import again

FOLDER = Path(__file__).parent / "journals" / "to_the_end"


@pytest.mark.parametrize("name", EVERY_STANDING)
def test_what_time_brings(name: str) -> None:
    before = EVERY_STANDING[name]()
    after = again(before)
    after.run(after.the.end + timedelta(days=20))
    came, kept = came_of(before, after, timed=True) + "\n", FOLDER / f"{name}.txt"
    if os.environ.get("WRITE_JOURNALS"):
        FOLDER.mkdir(exist_ok=True)
        kept.write_text(came, encoding="utf-8")
    assert came == kept.read_text(encoding="utf-8")


def test_every_text_is_of_a_standing() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(EVERY_STANDING)
