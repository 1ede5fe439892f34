"""Agenda and minutes of a sitting as pages: each as it was looked at."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from sip.domain.agenda import AgendaItem, ItemPurpose, ItemSource, ItemState, Resolution, board_of
from sip.domain.deviation import Side
from sip.edges.archive import sittings
from sip.edges.archive.pdf import pictures
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.reading.agenda import SittingRead
from tests import pictures as golden

PAGES = Path(__file__).parent / "pages"
DAY, NOW = date(2026, 12, 7), datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
BOARD = board_of("Nordväst")
HOME_CARE = Side(UUID(int=1), "Hemtjänsten Al", UUID(int=2), UUID(int=3))


def _decided(number: int, day: date, text: str, due: date | None = None) -> Resolution:
    owner, unit = ("enhetschef", HOME_CARE) if due else (None, None)
    return Resolution(number, text, "Kallelser har legat olästa.", day, NOW, owner, unit, due)


def _item(n: int, title: str, text: str, *made: Resolution, **more: object) -> AgendaItem:
    return AgendaItem(
        UUID(int=n), BOARD, title, text, ItemPurpose.DECISION, ItemSource.BY_HAND, ItemState.LISTED, NOW,
        sitting_on=DAY, resolutions=made, **more,  # type: ignore[arg-type]  # fields by their names
    )  # fmt: skip


FOUND = SittingRead(
    BOARD, DAY,
    items=[
        _item(
            1, "Brevlådan på Hemtjänsten Al bevakas inte", "Sju enheter har skrivit det.\n\nTvå har ändå kommit.",
            _decided(1, date(2026, 9, 7), "Två läser brevlådan varje dag.", date(2026, 12, 1)),
            _decided(2, DAY, "Brevlådan läses också på helger.", date(2027, 3, 8)), reports=(UUID(int=9),),
        ),
        _item(2, "Syftet står inte i kallelsen", ""),
    ],
    to_follow=[_item(3, "Jour över jul", "", _decided(1, date(2026, 9, 7), "En enhet har jour.", date(2026, 12, 1)))],
)  # fmt: skip


@pytest.mark.parametrize("kind", ["agenda", "minutes"])
def test_each_page_is_as_it_was_looked_at(kind: str) -> None:
    document = sittings.of_sitting(FOUND, kind, "Samrådet Nordväst", Phrases("sv"), "Lars Ledamot", NOW)
    golden.held(PAGES, kind, pictures(document, NOW, golden.PPI))


def test_pages_that_look_otherwise_are_told_apart() -> None:
    one, other = (
        pictures(sittings.of_sitting(FOUND, kind, "Samrådet", Phrases("sv"), "Lars", NOW), NOW, 8)[0]
        for kind in ("agenda", "minutes")
    )
    assert golden.apart(one, one) == 0
    assert golden.apart(one, other) > 0.5
