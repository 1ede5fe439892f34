"""What comes of each play, to the last note, mail and dropped ask, as text to be read (`tests/domain/journals`).

`WRITE_JOURNALS=1` writes them anew; what changed is then read as a change of the rules.
"""

import os
from pathlib import Path

import pytest

from tests.domain.journal import journal
from tests.domain.plays.every import EVERY

FOLDER = Path(__file__).parent / "journals"


@pytest.mark.parametrize("name", EVERY)
def test_what_comes_of(name: str) -> None:
    came = journal(EVERY[name]())
    kept = FOLDER / f"{name}.txt"
    if os.environ.get("WRITE_JOURNALS"):
        kept.write_text(came, encoding="utf-8")
    assert came == kept.read_text(encoding="utf-8")


def test_every_journal_is_of_a_play() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(EVERY)
