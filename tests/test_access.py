"""The pages say what the table says, and the table is what the doors ask."""

from pathlib import Path

from litestar.handlers import HTTPRouteHandler
from tools import access, fhir_page

from sip.domain.people import Role
from sip.edges.web.app import PAGES
from sip.usecases.acts import TABLE, Act
from tests import doors

DOCS = Path(__file__).parent.parent / "docs"
ASKED_WITHOUT_A_DOOR = {
    Act.WATCH_AREA: "asked inside /feeds, whose kinds differ", Act.WATCH_GAPS: "shown on the start page or not",
}  # fmt: skip


def test_the_page_is_as_the_code() -> None:
    assert (DOCS / "access.md").read_text(encoding="utf-8") == access.page(), "run: make docs"


def test_the_table_of_the_privacy_page_is_as_the_code() -> None:
    text = (DOCS / "privacy.md").read_text(encoding="utf-8")
    assert text == access.in_privacy(text), "run: make docs"


def test_the_tables_of_fhir_are_as_the_code() -> None:
    text = (DOCS / "fhir.md").read_text(encoding="utf-8")
    assert text == fhir_page.in_page(text), "run: make docs"


def test_every_act_is_told_and_some_role_may() -> None:
    assert set(access.ABOUT) == set(TABLE) == set(Act)
    assert all(rule.roles <= frozenset(Role) and rule.roles for rule in TABLE.values())


def test_every_page_has_its_act_once() -> None:
    named = [(method, path) for method, path, _ in doors.routes()]
    there = {
        (method, path)
        for handler in PAGES if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods - {"HEAD", "OPTIONS"} for path in handler.paths
    }  # fmt: skip
    assert len(named) == len(set(named))
    assert set(named) == there, set(named) ^ there


def test_every_act_has_a_door() -> None:
    through = {opens for *_, opens in doors.routes()} | {opens for _, opens in doors.operations()}
    assert set(Act) - through == set(ASKED_WITHOUT_A_DOOR)
