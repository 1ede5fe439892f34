"""Every event in every standing of a report, and what time brings to it, as text to be read
(`tests/domain/journals/of_reports`; rules, section 8 D1-D2). `WRITE_JOURNALS=1` writes them anew.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from sip.domain import deviation as d
from sip.domain import events as e
from sip.domain.decide import decide, next_due
from sip.domain.decision import Decision, Refused
from sip.domain.people import Person
from sip.domain.reporting import raised
from sip.domain.terms import Channel
from tests.domain.cast import HOME_CARE, World, at, called, local
from tests.domain.journal import fields_of, line_of, pairs_of
from tests.domain.plays import CALL, START

FOLDER = Path(__file__).parent / "journals" / "of_reports"
RAISED_AT = at("2026-12-07 12:00")
GIVEN = d.CauseGiven(d.Cause.DOUBLE_BOOKED, " Två möten samma tid. ")
MEASURE = d.MeasureTaken(d.ReportSide.RECEIVING, "Två läser brevlådan.", "enhetschef", date(2027, 1, 11))
FOLLOWED = d.MeasureFollowedUp(1, True, "Ingen kallelse har legat oläst.")
NEW = d.Side(UUID(int=8), "Hemtjänsten Nya", UUID(int=9), UUID(int=9))
TIME = "time passes"


@dataclass
class Told:
    """One report, its world, and what came of the latest event."""

    world: World
    opening: d.DeviationRaised
    report: d.DeviationReport | None = None
    came: Decision | Refused | None = None

    def do(self, event: object) -> "Told":
        self.came = decide(self.report, event, self.world.context())
        if isinstance(self.came, Decision):
            assert isinstance(self.came.state, d.DeviationReport)
            self.report = self.came.state
        return self

    def until(self, moment: str) -> "Told":
        """Every due moment on the way."""
        while (due := self.due) is not None and due <= at(moment):
            self.world.now = max(due, self.world.now)
            self.do(e.TimePassed())
        self.world.now = at(moment)
        return self

    @property
    def due(self) -> datetime | None:
        return None if self.report is None else next_due(self.report)


def begun(*, automatic: bool = True, by_called_unit: bool = False, nobody: bool = False, good: bool = False) -> Told:
    world = called(CALL, START)
    opening = raised(world.the, world.party(HOME_CARE), automatic=automatic, description=None if automatic else "Sent.")
    if by_called_unit:
        opening = replace(opening, reporting=opening.receiving, receiving=opening.reporting)
    opening = replace(opening, good_example=good)
    if nobody:
        bare = replace(HOME_CARE, managers=(Person("Utan"),), heads=(), contract_officers=(), coordinators=())
        world.rosters[HOME_CARE.unit_id] = bare
    world.now = RAISED_AT
    return Told(world, opening).do(opening)


STANDINGS: dict[str, Callable[[], Told]] = {
    "raised": begun,
    "raised_by_hand": lambda: begun(automatic=False),
    "raised_by_a_called_unit": lambda: begun(automatic=False, by_called_unit=True),
    "heard_right": lambda: begun().until("2026-12-08 09:00").do(d.HearingAnswered(d.Statement.RIGHT, "Vi glömde.")),
    "disputed": lambda: begun().until("2026-12-08 09:00").do(d.HearingAnswered(d.Statement.NOT_REACHED)),
    "disputed_and_lifted": lambda: begun().do(d.HearingAnswered(d.Statement.WE_HAD_TOLD)).until("2027-01-15 10:00"),
    "disputed_and_settled": lambda: (
        begun().do(d.HearingAnswered(d.Statement.WE_WERE_THERE)).until("2026-12-30 10:00").do(d.DisputeSettled())
    ),
    "not_heard": lambda: begun().until("2026-12-22 10:00"),
    "reminded": lambda: begun().until("2027-01-08 10:00"),
    "lifted": lambda: begun().until("2027-02-09 10:00"),
    "nobody_to_lift_it_to": lambda: begun(nobody=True).until("2027-02-09 10:00"),
    "answered": lambda: begun().until("2026-12-09 09:00").do(GIVEN),
    "in_dialogue": lambda: (
        begun().do(d.HearingAnswered(d.Statement.RIGHT)).do(d.WordSaid(d.ReportSide.REPORTING, "Hur gör vi?"))
    ),
    "a_measure_is_taken": lambda: begun().do(GIVEN).do(MEASURE),
    "a_measure_is_late": lambda: begun().do(GIVEN).do(MEASURE).until("2027-01-12 10:00"),
    "followed_up": lambda: begun().do(GIVEN).do(MEASURE).do(FOLLOWED),
    "a_dispute_with_the_board": lambda: (
        begun()
        .do(d.HearingAnswered(d.Statement.NOT_REACHED))
        .until("2026-12-08 09:00")
        .do(d.DeviationForwarded("Igen."))
    ),
    "with_the_board": lambda: begun().until("2026-12-08 09:00").do(GIVEN).do(d.DeviationForwarded("Igen.")),
    "merged": lambda: begun().do(d.DeviationMerged(UUID(int=7))),
    "a_good_example": lambda: begun(automatic=False, good=True),
    "closed": lambda: begun().do(GIVEN).do(d.DeviationClosed("Vi är överens.")),
    "withdrawn": lambda: begun().do(d.DeviationWithdrawn(d.WithdrawnBecause.MARKS_CORRECTED)),
    "raised_again": lambda: _again(begun().do(d.DeviationWithdrawn(d.WithdrawnBecause.DELIVERY_FAILED))),
}


def _says(one: d.Statement, _: Told) -> d.HearingAnswered:
    return d.HearingAnswered(one, "Så var det.")


WORDS: dict[str, Callable[[Told], object]] = {
    **{f"it says {one}": partial(_says, one) for one in d.Statement},
    "it gives a cause": lambda _: GIVEN,
    "it gives no account": lambda _: replace(GIVEN, account=" "),
    "the dispute is settled": lambda _: d.DisputeSettled(),
    "the reporting unit writes": lambda _: d.WordSaid(d.ReportSide.REPORTING, "Hur gör vi?"),
    "the receiving unit writes, by mail": lambda _: d.WordSaid(d.ReportSide.RECEIVING, "Så här.", Channel.MAIL),
    "its unit has a successor": lambda _: d.UnitSucceeded(d.ReportSide.RECEIVING, NEW),
    "a mail cannot join the thread": lambda _: d.WordUnusable(
        d.ReportSide.RECEIVING, d.NoWordBecause.NUMBER, "sara@al.example"
    ),
    "a mail of it fails": lambda _: d.ReportMailFailed("k", "deviation_hearing", "hemtjanst@al.example", "550 5.1.1"),
    "a measure is taken": lambda _: MEASURE,
    "the first measure is followed up": lambda _: FOLLOWED,
    "it goes to the board": lambda _: d.DeviationForwarded("Vi kommer inte längre."),
    "it comes back": lambda _: d.DeviationReturned(),
    "it goes on in another": lambda _: d.DeviationMerged(UUID(int=7), "2222-ABC"),
    "it is closed": lambda _: d.DeviationClosed(),
    "it is closed with a reason": lambda _: d.DeviationClosed("Vi är överens."),
    "it is withdrawn": lambda _: d.DeviationWithdrawn(d.WithdrawnBecause.RAISED_BY_MISTAKE),
    "it is raised": lambda told: told.opening,
}


def _again(told: Told) -> Told:
    told.world.now = at("2026-12-08 09:00")
    return told.do(told.opening)


def came_of(before: d.DeviationReport | None, told: Told) -> str:
    if isinstance(told.came, Refused):
        return f"  refused: {told.came.reason} {pairs_of(told.came.detail)}".rstrip()
    assert told.came is not None
    lines = [line_of(thing) for thing in (*told.came.notes, *told.came.effects)]
    was, now = ({} if one is None else fields_of(one) for one in (before, told.report))
    changed = {key: value for key, value in now.items() if was.get(key) != value}
    gone = " ".join(f"-{key}" for key in was if key not in now)
    lines += [f"= {pairs_of(changed)} {gone}".rstrip()] if changed or gone else []
    lines += [f"= next {local(told.due) if told.due else 'nothing'}"]
    return "\n".join(f"  {' '.join(line.split())}" for line in lines)


@pytest.mark.parametrize("name", STANDINGS)
def test_what_comes_of_it(name: str) -> None:
    parts = []
    for word, made in WORDS.items():
        told = STANDINGS[name]()
        before = told.report
        told.do(made(told))
        parts.append(f"{word}\n{came_of(before, told)}\n")
    told, turns = STANDINGS[name](), 0
    while told.due is not None:
        before, told.world.now, turns = told.report, max(told.due, told.world.now), turns + 1
        told.do(e.TimePassed())
        parts.append(f"{TIME}, {local(told.world.now)}\n{came_of(before, told)}\n")
        if turns == 12:
            break
    came, kept = "\n".join(parts), FOLDER / f"{name}.txt"
    if os.environ.get("WRITE_JOURNALS"):
        FOLDER.mkdir(exist_ok=True)
        kept.write_text(came, encoding="utf-8")
    assert came == kept.read_text(encoding="utf-8")


def test_every_text_is_of_a_standing() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(STANDINGS)
