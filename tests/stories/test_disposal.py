"""A meeting's way out: half a year after it functions stand for names, and after the years of a decision it is gone."""

from datetime import date
from uuid import UUID

from sip.app import seal_key
from sip.domain.keeping import Policy
from sip.store import db as database
from sip.store.tables import metadata
from sip.usecases import disposing, seal_check
from sip.usecases import keeping as deciding
from sip.usecases.directory.keys import key_id
from sip.usecases.keeping import HoldWanted
from sip.usecases.seal_check import Outside, Verified
from tests.stories.stage import CONVENER, Stage, reply_to
from tests.tester import TESTER

HEALTH = key_id("organisation", "region-n")


async def _found(stage: Stage, word: str) -> set[str]:
    """The tables in which this word stands, in any column."""
    async with stage.made.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        sql = 'select exists (select from "{}" t where strpos(lower(t::text), lower($1)) > 0)'
        return {name for name in metadata.tables if await raw.fetchval(sql.format(name), word)}


async def _verified(stage: Stage) -> Verified:
    key = seal_key(stage.made.settings)
    return await seal_check.verify(stage.made.db, Outside({key.public}))


async def _night(stage: Stage, said: str) -> None:
    """It is this time, and the worker keeps house."""
    await stage.at(said)
    done = await stage.made.worker.keep_house(await stage.now())
    assert not done.errors, done.errors


async def test_from_the_call_to_the_end(stage: Stage) -> None:
    """Decided: matters 2 years, logs 5, each night by itself. An inspection holds it from February to May 2031."""
    await stage.call("2026-12-07 10:00")
    asked = stage.mailbox("hemtjanst@al.example")[0]
    answer = reply_to(asked, "ACCEPTED", "hemtjanst@al.example", await stage.now(), {})
    await stage.receive(answer, asked.reply_to, "hemtjanst@al.example")
    await stage.at("2026-12-07 12:00")
    await stage.close()
    reference, meeting = (await stage.meeting()).reference, str(stage.id)
    policy = Policy(HEALTH, 0, 2, 5, True, "HSN 2026-0412")
    await deciding.decide(stage.made.db, policy, actor=CONVENER, now=await stage.now())
    stage.relay.letters.clear()

    await _night(stage, "2027-06-06 03:00")
    assert "meeting" in await _found(stage, "Clara Kallar")
    await _night(stage, "2027-06-08 03:00")
    assert await _found(stage, "Clara Kallar") <= {"person", "directory_change", "access_log", "disposal_policy"}
    assert (await stage.meeting()).convener.person == "sammankallande, Vårdcentralen Eken"

    await _night(stage, "2028-12-07 03:00")
    assert "meeting" in await _found(stage, reference), "its day has come again, and is not over"
    await _night(stage, "2028-12-08 03:00")
    assert "meeting" not in await _found(stage, reference)
    assert {"journal", "access_log"} & await _found(stage, meeting) == {"journal"}
    assert (await _verified(stage)).finding is None

    held = HoldWanted(HEALTH, "Tillsyn 2031-7", date(2031, 2, 3), date(2031, 5, 1))
    await deciding.set_hold(stage.made.db, held, actor=CONVENER, now=await stage.now())
    await _night(stage, "2031-12-08 03:00")
    assert "journal" not in await _found(stage, meeting), "the hold was over, and five years had passed"
    assert await _found(stage, reference) == set()
    # Numbers of rows that were sealed, and nothing that they said.
    assert await _found(stage, meeting) == {"seal_leaf", "tombstone", "counted_meeting", "counted_party"}
    await stage.at("2031-12-09 03:00")
    found = await _verified(stage)
    assert (found.finding, found.gone > 0) == (None, True)
    kept = await deciding.read(stage.made.db, HEALTH, actor=CONVENER, now=await stage.now())
    assert [(one.by, one.policy) for one in kept.records] == [("SIP", 1)] * 2
    assert sum(one.counts.get("meetings", 0) for one in kept.records) == 1


async def test_what_is_on_hold_stays_that_night(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await stage.at("2026-12-07 12:00")
    await stage.close()
    stage.relay.letters.clear()
    policy = Policy(HEALTH, 0, 2, 5, True, "HSN 2026-0412")
    await deciding.decide(stage.made.db, policy, actor=CONVENER, now=await stage.now())
    held = HoldWanted(HEALTH, "Tvist", date(2028, 1, 1), meeting_id=UUID(str(stage.id)))
    hold = await deciding.set_hold(stage.made.db, held, actor=CONVENER, now=await stage.now())
    await _night(stage, "2032-01-01 03:00")
    assert "meeting" in await _found(stage, str(stage.id))
    now = await stage.now()
    await deciding.end_hold(stage.made.db, HEALTH, hold.id, date(2032, 1, 2), actor=CONVENER, now=now)
    await _night(stage, "2032-01-02 03:00")
    assert (await disposing.plan(stage.made.db, HEALTH, actor=CONVENER, now=await stage.now())).held == 1
    await _night(stage, "2032-01-03 03:00")
    assert await _found(stage, str(stage.id)) == {"seal_leaf", "tombstone", "counted_meeting", "counted_party"}
