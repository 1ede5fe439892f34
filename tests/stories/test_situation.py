"""A county's week is counted when it is over, and stays as it was counted (rules, section 20)."""

from datetime import date
from typing import Any
from uuid import UUID

from sip.domain.situation import PARTS, SituationPart
from sip.domain.terms import Mark
from sip.store import db as database
from sip.store import register, situations
from sip.store.register import County
from sip.usecases import meetings
from sip.usecases.directory.keys import key_id
from tests.stories.stage import Stage, at
from tests.tester import TESTER

COUNTY, ELSEWHERE = UUID(int=20), UUID(int=21)
P = SituationPart


async def _counties(stage: Stage) -> None:
    lies = {COUNTY: ("region", "al"), ELSEWHERE: ("bok",)}
    async with stage.made.db.transaction(TESTER) as conn:
        for one, keys in lies.items():
            known = frozenset(key_id("principal", key) for key in keys)
            await register.keep_county(conn, County(one, f"Län {one.int}", known))


async def _kept(stage: Stage, county: UUID = COUNTY) -> dict[date, dict[str, int]]:
    """Each week that is kept, by its figures."""
    done = await stage.made.worker.keep_house(await stage.now())
    assert not done.errors, done.errors
    async with stage.made.db.transaction(TESTER) as conn:
        found = await situations.kept(conn, county, limit=50)
    names = [one.name for figures in PARTS.values() for one in figures]
    return {one.monday: dict(zip(names, (n for part in PARTS for n in one.counts[part]), strict=True)) for one in found}


async def _rows(stage: Stage, sql: str) -> list[tuple[Any, ...]]:
    async with stage.made.db.transaction(TESTER) as conn:
        return [tuple(row) for row in await (await database.raw(conn)).fetch(sql)]


async def test_a_week_is_counted_once_it_is_over_and_never_again(stage: Stage) -> None:
    await _counties(stage)
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-09 10:00", ["hemtjanst", "skolan", "bok"])
    first = stage.id
    await stage.at("2026-12-09 11:30")
    await stage.close(hemtjanst=Mark.ABSENT, skolan=Mark.ATTENDED, bok=Mark.ATTENDED)
    await stage.call("2026-12-15 10:00", ["hemtjanst", "skolan"])
    await stage.replies("skolan@al.example", "DECLINED")
    await stage.call("2026-12-22 10:00", ["hemtjanst", "skolan"])
    await stage.do(meetings.remove_party, (await stage.party("skolan")).ordinal)
    await stage.do(meetings.pause, (await stage.party("hemtjanst")).ordinal, "Värmebölja", at("2026-12-16 10:00"))
    await stage.at("2026-12-13 23:30")
    assert date(2026, 12, 7) not in await _kept(stage), "the week goes on"
    await stage.at("2026-12-14 00:30")
    week = (await _kept(stage))[date(2026, 12, 7)]
    assert (week["meetings"], week["cancelled"]) == (1, 0)
    counted = await _rows(stage, "select bound, no_show, substitute_wanted, substitute_found from counted_party c"
                                 " join principal p on p.id = c.principal_id where p.name <> 'Bok kommun'")  # fmt: skip
    assert week["called"] == len(counted) == 2
    assert week["recorded"] == sum(row[0] for row in counted) and week["no_show"] == sum(row[1] for row in counted) == 1
    assert (week["wanted"], week["found"]) == (sum(row[2] for row in counted), sum(row[3] for row in counted))
    assert (week["planned"], week["paused"], week["asked"], week["unanswered"]) == (2, 1, 3, 2)
    assert week["mailboxes"] > week["unverified"] >= 0
    stage.meeting_id = first
    await stage.close(reason="Kom efter en kvart.", hemtjanst=Mark.LATE)
    assert (await _kept(stage))[date(2026, 12, 7)] == week, "it stays as it was"
    assert (await _kept(stage, ELSEWHERE))[date(2026, 12, 7)]["called"] == 1, "a unit is counted where it lies"
    assert (await _kept(stage, ELSEWHERE))[date(2026, 12, 7)]["meetings"] == 0, "a meeting, where it was called"


async def test_a_week_that_was_missed_is_left_out(stage: Stage) -> None:
    await _counties(stage)
    await stage.at("2026-11-09 08:00")
    await _kept(stage)
    await stage.jump("2026-11-30 08:00")
    assert sorted(await _kept(stage)) == [date(2026, 11, 2), date(2026, 11, 23)]
