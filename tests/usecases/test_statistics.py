"""What a board member reads of a county of two, beside what everybody reads and what she may open: attacked with linear
programming over all of it (`tests/domain/test_masking.py`), each principal's months by themselves.
"""

from datetime import UTC, date, datetime

import pytest

from sip.domain.annual import Edition, ReportYear
from sip.domain.figures import FIGURES, Subject, is_told, place_of
from sip.domain.masking import Tally
from sip.domain.people import Role
from sip.store import db as database
from sip.store.db import Database
from sip.usecases import annual
from sip.usecases.access import Act, has_role
from sip.usecases.actor import OPERATOR, Actor, ActorKind
from sip.usecases.reading import statistics
from tests.domain.test_masking import SMALL, Attacker
from tests.tester import TESTER
from tests.usecases.north_west import ident, place

YEAR, AFTER = 2026, datetime(2027, 2, 8, 9, 0, tzinfo=UTC)
CALLS = {"region": {1: 40, 2: 35, 3: 30}, "ask": {1: 12, 2: 2, 3: 9}}
"""Units called in each month: what Ask has in February is few, and the county's February is not."""
BOARD = Actor(ActorKind.USER, str(ident("lars")), "Lars Ledamot", role=Role.BOARD_MEMBER, principal_id=ident("region"))


@pytest.fixture
async def two(db: Database) -> Database:
    """A county of two principals, whose units call their own alone."""
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        for key, kind in (("region", "region"), ("ask", "municipality")):
            await place(raw, key, key, kind)
            for month, many in CALLS[key].items():
                await raw.execute(
                    """insert into counted_party (meeting_id, ordinal, month, unit_id, organisation_id, principal_id,
 caller_unit_id, caller_organisation_id, caller_principal_id, obligation, bound, reached, answered, in_time,
 substitute_wanted, substitute_found, escalations, no_show, organisation_kind, principal_kind)
 select gen_random_uuid(), 1, $1, $2, $3, $4, $2, $3, $4, 'summoned', true, true, true, n % 3 > 0, false, false,
 '{}', n % 5 = 0, 'board', $5 from generate_series(1, $6::int) n""",
                    date(YEAR, month, 1), ident(f"{key}/u"), ident(f"{key}/n"), ident(key), kind, many,
                )  # fmt: skip
    return db


def _reads(
    attacker: Attacker, whole: tuple[int | None, ...], rows: dict[str, dict[str, tuple[int | None, ...]]]
) -> None:
    """A table of whoever is in it: each month is the sum of the months of the principals that it tells of."""
    within = sorted(rows["principal"])
    for n, count in enumerate(whole):
        attacker.adds(n, [("at", one, str(month)) for one in within for month in CALLS["ask"]], count)
        for month, row in rows["month"].items():
            if is_told(Subject.CALLED, "month", FIGURES[Subject.CALLED][n].name):
                attacker.adds(n, [("at", one, month) for one in within], row[n])
        for one, row in rows["principal"].items():
            attacker.adds(n, [("at", one, str(month)) for month in CALLS["ask"]], row[n])


async def test_a_board_member_works_out_no_month_of_another_principal(two: Database) -> None:
    tallies = tuple(Tally(one.name, place_of(Subject.CALLED, one.base)) for one in FIGURES[Subject.CALLED])
    page = await statistics.page(two, YEAR, actor=BOARD, now=AFTER, small=SMALL)
    attacker = Attacker(tallies)
    seen = page.now.counts[Subject.CALLED]
    _reads(attacker, seen.whole, {key: dict(rows) for key, rows in seen.breakdowns.items()})
    for edition in Edition:
        report = await annual.read(two, ReportYear(YEAR), edition, actor=OPERATOR, now=AFTER, small=SMALL)
        told = report.report.now.subjects[Subject.CALLED]
        _reads(attacker, told.whole, {key: dict(rows) for key, rows in told.rows.items()})
    ask, called = str(ident("ask")), place_of(Subject.CALLED, "called")
    for month, many in CALLS["ask"].items():
        can = attacker.can_be("at", ask, str(month), called)
        assert can >= SMALL, f"{many} in month {month} can be {can} values"
    assert not has_role(BOARD, Act.READ_MEETINGS), "she opens no meeting: there is nothing to drill down to"
