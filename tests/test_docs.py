"""The pages for developers lead through code that is there: each name beside a file is defined in that file."""

import ast
import re
from pathlib import Path

import pytest

from sip.edges.worker import BEAT, HOUSE, IMAP_ACCOUNT, PASS

ROOT = Path(__file__).parent.parent
TOUR, EVENT = (
    " ".join((ROOT / "docs" / page).read_text(encoding="utf-8").split()) for page in ("tour.md", "adding-an-event.md")
)
NAMED = re.findall(r"`(src/[\w/]+\.py)`, `([\w.]+)`", TOUR) + [
    (path, name) for name, path in re.findall(r"`([\w.]+)` in `((?:src|tests)/[\w/]+\.py)`", TOUR + EVENT)
]
EXAMPLES = re.findall(r"\| `(\w+)`, [^|`]*(?:`(\w+)` )?\|([^|]+)\|([^|]*)\|", EVENT)


def defined(path: Path) -> set[str]:
    """Functions, classes and constants of a module, methods as Class.method."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            members = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{member.name}" for member in members}
        for target in node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]:
            if isinstance(target, ast.Name):
                found.add(target.id)
    return found


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_name_on_the_tour_is_where_it_says(path: str, name: str) -> None:
    assert name in defined(ROOT / path)


def test_the_story_on_the_tour_is_told() -> None:
    stories = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TOUR)
    assert stories
    for path, name in stories:
        assert name in defined(ROOT / path)


def test_the_page_on_events_names_files_that_are_there() -> None:
    paths = re.findall(r"`((?:src|tests|docs)/[\w/.]+)`", EVENT)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("event", "use_case", "named", "doors"), EXAMPLES, ids=[one[0] for one in EXAMPLES])
def test_an_event_touches_what_the_page_says(event: str, use_case: str, named: str, doors: str) -> None:
    assert set(re.findall(r"`([\w/.]+)`", named)) == _saying(event, "")
    assert set(re.findall(r"`([\w/.]+)`", doors)) == (_saying(use_case, "edges") if use_case else set())


def test_the_page_on_events_has_its_examples() -> None:
    assert [one[:2] for one in EXAMPLES] == [("Excused", "excuse"), ("CauseGiven", "give_cause"), ("HumanWrote", "")]


def test_who_keeps_it_running_is_told_of_every_module() -> None:
    """In the order they run in."""
    told = (ROOT / "docs" / "running.md").read_text(encoding="utf-8").split("is a list of modules")[1]
    wanted = [*(one.name for one in (*PASS, *HOUSE)), IMAP_ACCOUNT.name, BEAT.name]
    assert re.findall(r"`(\w+)`", told)[: len(wanted)] == wanted


def _saying(word: str, under: str) -> set[str]:
    """The files of the source, from `src/sip` on, that say this word; a made-up year says what it likes."""
    source = ROOT / "src" / "sip"
    said = re.compile(rf"\b{word}\b")
    found = (path for path in (source / under).rglob("*.py") if path.parent.name != "simulation")
    return {path.relative_to(source).as_posix() for path in found if said.search(path.read_text(encoding="utf-8"))}
