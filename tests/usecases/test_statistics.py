"""What a board member reads of a county of two, beside what everybody reads and what she may open: attacked with linear
programming over all of it (`tests/domain/test_masking.py`), each principal's months by themselves.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median

import pytest

from sip.domain.annual import Edition, ReportYear
from sip.domain.figures import FIGURES, Subject, is_told, place_of
from sip.domain.masking import Tally
from sip.domain.people import Role
from sip.store import db as database
from sip.store.db import Database
from sip.store.seen import counted
from sip.store.seen.counted import CountedQuery
from sip.usecases import annual
from sip.usecases.access import Act, has_role
from sip.usecases.actor import OPERATOR, Actor, ActorKind
from sip.usecases.reading import statistics
from sip.usecases.recorded import recorded
from tests.domain.test_masking import SMALL, Attacker
from tests.tester import TESTER
from tests.usecases import north_west
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


_ROLES = {
    "administrator": Actor(ActorKind.USER, "a", "A", role=Role.ADMINISTRATOR),
    "coordinator": Actor(ActorKind.USER, "c", "C", role=Role.COORDINATOR, principal_id=ident("ek")),
    "head": Actor(ActorKind.USER, "h", "H", role=Role.HEAD_OF_OPERATIONS, organisation_id=ident("ask/n"),
                  principal_id=ident("ask")),
}  # fmt: skip


@pytest.mark.parametrize("role", _ROLES)
async def test_each_figure_counts_as_many_rows_as_its_list_has(db: Database, role: str) -> None:
    """Every figure, of all and of each row of each breakdown; protected meetings are in a total and in no list."""
    await north_west.build(db)
    actor, tried = _ROLES[role], 0
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        for _ in range(7):
            await raw.execute("insert into counted_protected values (gen_random_uuid(), $1)", date(YEAR, 5, 1))
    page = await statistics.page(db, YEAR, actor=actor, now=AFTER, small=SMALL)
    assert page.protected == ((7, 0) if role == "administrator" else None)
    async with recorded(db, actor, AFTER, nothing="counted") as (conn, _):
        for subject, its in page.now.counts.items():
            told = {
                ("", ""): its.whole,
                **{(by, key): row for by, rows in its.breakdowns.items() for key, row in rows.items()},
            }
            for (by, key), row in told.items():
                for n, count in enumerate(row):
                    if by in ("category", "escalation") and n:
                        continue  # how often each is named, and no more
                    query = CountedQuery(YEAR, subject, n, by, key)
                    many, rows = await counted.rows(conn, actor.scope, query)
                    assert (many, len(rows)) == (count, min(many, counted.PAGE)), (subject, n, by, key)
                    tried += bool(many)
        first = CountedQuery(YEAR, Subject.CALLED, 0)
        many, seen = (await counted.rows(conn, actor.scope, first))[0], []
        for at in range(many // counted.PAGE + 1):
            seen += (await counted.rows(conn, actor.scope, replace(first, page=at)))[1]
        assert len(seen) == many
    assert tried > 150


async def test_half_of_each_row_is_told_beside_its_count(db: Database) -> None:
    await north_west.build(db)
    page = await statistics.page(db, YEAR, actor=_ROLES["administrator"], now=AFTER, small=SMALL, time="answered")
    async with db.transaction(TESTER) as conn:
        took = await (await database.raw(conn)).fetch(
            "select month, answered_minutes from counted_party where answered_minutes is not null"
        )
    for month in range(1, 13):
        of = [row[1] for row in took if row[0] == date(YEAR, month, 1)]
        assert page.halves[YEAR]["month"].get(str(month)) == pytest.approx(median(of), abs=0.5)
    board = await statistics.page(db, YEAR, actor=BOARD, now=AFTER, small=SMALL, time="answered")
    assert board.halves == {}, "nothing of each row is told where small numbers are masked"
