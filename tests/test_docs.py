"""The tour leads through code that is there: each name it gives beside a file is defined in that file."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOUR = " ".join((ROOT / "docs" / "tour.md").read_text(encoding="utf-8").split())
NAMED = re.findall(r"`(src/[\w/]+\.py)`, `([\w.]+)`", TOUR) + [
    (path, name) for name, path in re.findall(r"`([\w.]+)` in `(src/[\w/]+\.py)`", TOUR)
]


def defined(path: Path) -> set[str]:
    """Functions, classes and constants of a module, methods as Class.method."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            members = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{member.name}" for member in members}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_name_on_the_tour_is_where_it_says(path: str, name: str) -> None:
    assert name in defined(ROOT / path)


def test_the_story_on_the_tour_is_told() -> None:
    stories = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TOUR)
    assert stories
    for path, name in stories:
        assert name in defined(ROOT / path)
