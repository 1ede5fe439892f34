"""A made-up year, counted and played again: what a replay says really was is what anybody can count in the tables."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from sip.domain.agreement import Agreement, Rung
from sip.domain.figures import Subject
from sip.domain.replay import MAILS
from sip.domain.values import replace
from sip.edges.simulation.year import NotEmptyError, check, simulate
from sip.embedded.server import ServerHandle
from sip.store import agreements
from sip.store.db import Database
from sip.usecases import replaying
from sip.usecases.actor import OPERATOR
from sip.usecases.reading import statistics
from sip.usecases.replaying import Replayed, Trial
from tests.tester import TESTER

MANY, SEED = 8, 4
END = datetime(2026, 12, 31, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
async def year(cluster: ServerHandle, template_database: str) -> AsyncIterator[Database]:
    """A small year of the simulated county, which these tests only read."""
    cluster.create_database_from_template("sip_year", template_database)
    db = Database(cluster.url("sip_year"))
    await simulate(db, 2026, MANY, SEED)
    yield db
    await db.close()
    cluster.drop_database("sip_year")


async def rows(db: Database, sql: str) -> list[Any]:
    line = await asyncpg.connect(db.asyncpg_url)
    try:
        async with line.transaction():
            await line.execute("select set_config('sip.sees', 'service', true)")
            return list(await line.fetch(sql))
    finally:
        await line.close()


async def agreement(db: Database) -> Agreement:
    async with db.transaction(TESTER) as conn:
        [found] = await agreements.all_agreements(conn)
    return found


async def replayed(db: Database, trial: Agreement, processes: int = 0) -> Replayed:
    return await replaying.replay(db, Trial(trial, 2026, None, END), processes=processes)


async def test_what_really_was_is_what_anybody_counts(year: Database) -> None:
    """By statements of another hand: over the journal's words, the outbox and the reports."""
    same = await replayed(year, await agreement(year))
    found = same.found
    assert (found.meetings, found.unlike, found.unfit, found.same) == (MANY, 0, 0, MANY)
    assert found.otherwise == found.really, "the same agreement, the same year"

    noted = await rows(
        year,
        "select n ->> 'kind', n -> 'detail' ->> 'rung', count(*) from journal j, jsonb_array_elements(j.notes) n"
        " group by 1, 2",
    )
    count = {(kind, rung): number for kind, rung, number in noted}
    assert count["rung_fired", "reminder"] > 0, "somebody had to be reminded"
    for rung in Rung:
        assert found.really.counts[f"rung.{rung}"] == count.get(("rung_fired", rung), 0)
    assert found.really.counts["question"] == count.get(("convener_asked", None), 0)

    left = await rows(
        year, "select count(*), count(distinct recipient) from outbox where state = 'sent' and meeting_id is not null"
    )
    waiting = await rows(year, "select count(*) from outbox where state = 'pending' and meeting_id is not null")
    assert sum(found.really.counts[name] for name in MAILS) == left[0][0] + waiting[0][0]
    reports = await rows(year, "select count(*) from deviation where automatic and state <> 'withdrawn'")
    assert found.really.counts["report.automatic"] == reports[0][0] > 0


async def test_the_statistics_are_what_the_journal_says(year: Database) -> None:
    """The counts that each closing wrote, beside counts of the journal's own lines."""
    read = await statistics.page(year, 2026, actor=OPERATOR, now=END, small=5)
    over = await rows(
        year,
        "select count(distinct aggregate) filter (where kind = 'OutcomeRecorded'),"
        " count(distinct aggregate) filter (where kind = 'Cancelled') from journal where outcome = 'applied'",
    )
    held, cancelled = over[0]
    meetings = read.now.counts[Subject.MEETINGS].whole
    assert (meetings[0], meetings[1], meetings[2]) == (held + cancelled, cancelled, held)
    raised = await rows(
        year,
        "select count(distinct aggregate) from journal where kind = 'DeviationRaised' and aggregate in"
        " (select id from deviation where state not in ('hearing', 'withdrawn', 'merged'))",
    )
    assert read.now.counts[Subject.REPORTS].whole[0] == raised[0][0]
    absent = await rows(
        year,
        "select count(*) from journal j, jsonb_array_elements(j.data -> 'marks') m where j.kind = 'OutcomeRecorded'"
        " and j.outcome = 'applied' and m ->> 1 = 'absent'",
    )
    assert read.now.counts[Subject.CALLED].whole[7] == absent[0][0] > 0


async def test_another_agreement_asks_otherwise_and_several_processes_agree(year: Database) -> None:
    kept = await agreement(year)
    quick = replace(kept, rules=replace(kept.rules, gaps=(1, 1, 1, 1), no_answer_bound=20, still_none_bound=15))
    one, several = await replayed(year, quick), await replayed(year, quick, processes=2)
    assert several.found == one.found
    really, tried = one.found.really.counts, one.found.otherwise.counts
    assert tried["rung.no_answer"] > really["rung.no_answer"]
    assert tried["mail.managers"] > really["mail.managers"]
    assert tried["before.reminder"] < really["before.reminder"]
    assert tried["parties"] == really["parties"]
    before = await rows(year, "select count(*), max(seq), max(recorded_at) from journal")
    await replayed(year, quick)
    assert await rows(year, "select count(*), max(seq), max(recorded_at) from journal") == before, "it only reads"


async def test_the_same_seed_makes_the_same_year(year: Database, database_url: str) -> None:
    """But for when each row was written, which is the machine's."""
    told = (
        "select aggregate, seq, kind, event_id, data::text, notes::text, outcome, actor_id, at from journal"
        " order by 1, 2"
    )
    again = Database(database_url)
    await simulate(again, 2026, MANY, SEED)
    assert await rows(again, told) == await rows(year, told)
    await again.close()


async def test_a_year_is_made_up_in_an_empty_database_only(year: Database) -> None:
    with pytest.raises(NotEmptyError, match="This database holds meetings already"):
        await check(year, production=False)
    with pytest.raises(NotEmptyError, match="in production"):
        await check(year, production=True)
