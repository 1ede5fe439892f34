"""What is counted when a meeting is over and a report heard: equal to a count made straight from journal and rows."""

from typing import Any
from uuid import UUID

from sip.domain.deviation import Cause, Statement
from sip.domain.events import CancelReason
from sip.domain.terms import Mark
from sip.store import db as database
from sip.usecases import deviations, meetings
from sip.usecases.engine import counts
from tests.stories.stage import Stage
from tests.stories.test_no_show import held
from tests.tester import TESTER

# By other tables, and by other words, than the counting goes by.
_OVER = """select aggregate, (array_agg(kind order by seq))[count(*)] from journal where outcome = 'applied'
 and kind in ('OutcomeRecorded', 'Cancelled') group by aggregate"""
_UNITS = """select m.id, u.name, r.answer_kind is not null, p.mark, (select array_agg(g.rung order by g.ordinal)
 from rung g where g.meeting_id = m.id and g.party = p.ordinal and g.fired_at is not null) from meeting m
 join party p on p.meeting_id = m.id join unit u on u.id = p.unit_id
 join party_round r on r.meeting_id = m.id and r.party = p.ordinal and r.number = p.round
 where m.state = 'closed' and p.obligation <> 'convening' order by 1, 2"""
_COUNTED = """select c.meeting_id, u.name, c.answered, c.mark, nullif(c.escalations, '{}') from counted_party c
 join unit u on u.id = c.unit_id order by 1, 2"""


async def _rows(stage: Stage, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    async with stage.made.db.transaction(TESTER) as conn:
        return [tuple(row) for row in await (await database.raw(conn)).fetch(sql, *values)]


async def _reports(stage: Stage) -> list[tuple[Any, ...]]:
    return await _rows(stage, "select state, cause, answer_days, in_time, measures, automatic from counted_report")


async def _answer(stage: Stage, act: Any, report: UUID, *said: Any) -> None:
    await act(stage.made.db, report, *said, stage.by(await stage.now()))
    await stage.work()


async def test_counts_are_what_a_count_from_journal_and_rows_gives(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-09 10:00", ["hemtjanst"])
    await stage.do(meetings.cancel, CancelReason.NO_LONGER_NEEDED)
    cancelled = stage.id
    await held(stage, answered=False)
    await stage.close(hemtjanst=Mark.ABSENT)
    over = dict(await _rows(stage, _OVER))
    counted = await _rows(stage, "select meeting_id, state, month::text, moves, special from counted_meeting")
    assert {row[0] for row in counted} == over.keys()
    assert {row[1:] for row in counted} == {
        ("cancelled", "2026-12-01", 0, False), ("closed", "2026-12-01", 0, False),
    }  # fmt: skip
    parties = await _rows(stage, _UNITS)
    assert parties == await _rows(stage, _COUNTED)
    assert {row[1]: row[3] for row in parties}["Hemtjänsten Al"] == "absent"
    assert all(row[4] for row in parties), "their ladders were climbed"
    assert cancelled not in {row[0] for row in parties}


async def test_a_correction_rewrites_what_was_counted(stage: Stage) -> None:
    await held(stage)
    missed = "select u.name from counted_party c join unit u on u.id = c.unit_id where c.no_show"
    await stage.close(hemtjanst=Mark.ABSENT)
    assert await _rows(stage, missed) == [("Hemtjänsten Al",)]
    places = "select area, organisation_kind, principal_kind from counted_party where area = 'Söder'"
    async with stage.made.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute("update counted_party set area = 'Söder'")
    await stage.close(reason="Kom efter en kvart.", hemtjanst=Mark.LATE)
    assert await _rows(stage, missed) == []
    assert len(await _rows(stage, places)) == 2, "where the unit lay stays as it was first counted"


async def test_a_report_counts_once_it_is_heard_and_not_when_it_is_withdrawn(stage: Stage) -> None:
    await held(stage)
    await stage.close(hemtjanst=Mark.ABSENT)
    assert await _reports(stage) == []
    report = await stage.report("hemtjanst")
    assert report is not None
    await _answer(stage, deviations.hear, report.id, Statement.RIGHT)
    assert await _reports(stage) == [("received", None, None, False, 0, True)]
    await stage.at("2026-12-14 10:00")
    await _answer(stage, deviations.give_cause, report.id, Cause.DOUBLE_BOOKED, "Två möten på samma timme.")
    assert await _reports(stage) == [("answered", "double_booked", 7, True, 0, True)]
    await stage.close(reason="Kom efter en kvart.", hemtjanst=Mark.LATE)
    assert await _reports(stage) == []


async def test_what_was_over_before_there_were_counts_is_counted_once(stage: Stage) -> None:
    await held(stage)
    await stage.close()
    before = await _rows(stage, "select * from counted_party order by ordinal")
    async with stage.made.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        await raw.execute("delete from counted_party")
        await raw.execute("delete from counted_meeting")
        await raw.execute("insert into uncounted (id, kind) values ($1, 'meeting')", stage.id)
    assert await counts.catch_up(stage.made.db) == 1
    assert await _rows(stage, "select * from counted_party order by ordinal") == before
    assert await counts.catch_up(stage.made.db) == 0
