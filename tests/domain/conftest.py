"""What came of the meetings of each test, beyond what it looks at: in `journals/of_tests`, a file for each of these
files. Read and written anew like the journals of plays (`WRITE_JOURNALS=1`, and then the whole file's tests).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.domain.cast import World
from tests.domain.journal import journal, refusals

FOLDER = Path(__file__).parent / "journals" / "of_tests"
WHOLE = (
    "answering", "claiming", "consent", "hand_over", "in_hand", "leave", "poll", "report_clock", "reporting", "rounds",
    "substitution",
)  # fmt: skip
"""Files whose tests tell what happens to a meeting; of those of the refusals, only what was refused."""

_read: dict[str, dict[str, str]] = {}
_written: dict[str, dict[str, str]] = {}


@pytest.fixture(autouse=True)
def _what_came_of_it(request: pytest.FixtureRequest) -> Iterator[None]:
    World.made.clear()
    about = request.path.stem.removeprefix("test_")
    if about not in (*WHOLE, "refusals") or hasattr(request.function, "hypothesis"):
        yield
        return
    yield
    told = [journal(world) if about in WHOLE else refusals(world) for world in World.made if world.meeting is not None]
    came = "\n".join(told).strip()
    if os.environ.get("WRITE_JOURNALS"):
        _write(about, request.node.name, came)
    elif came or request.node.name in _kept(about):
        assert came == _kept(about).get(request.node.name)


def _kept(about: str) -> dict[str, str]:
    if about not in _read:
        text = (FOLDER / f"{about}.txt").read_text(encoding="utf-8")
        sections = [part.partition("\n") for part in text.split("==== ")[1:]]
        _read[about] = {name: came.strip() for name, _, came in sections}
    return _read[about]


def _write(about: str, name: str, came: str) -> None:
    found = _written.setdefault(about, {})
    if came:
        found[name] = came
    text = "\n\n".join(f"==== {name}\n{came}" for name, came in sorted(found.items()))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{about}.txt").write_text(text + "\n", encoding="utf-8")
