"""The page of states says what the code does: it is made from the tables that are the machines."""

from pathlib import Path

from tools import diagrams

PAGE = Path(__file__).parent.parent / "docs" / "states.md"


def test_the_page_is_made_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == diagrams.page(), "run: make docs"
