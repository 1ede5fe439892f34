"""Matters are disposed of whole, as was shown, and the seals hold over what is gone (rules, section 12)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.deviation import DeviationMerged, DeviationWithdrawn, WithdrawnBecause
from sip.domain.keeping import Policy, Tombstone
from sip.domain.people import Role
from sip.domain.reporting import raised
from sip.domain.terms import Channel
from sip.edges import seal_folder
from sip.store import cases, keeping, tombstones
from sip.store import db as database
from sip.store.db import Database
from sip.store.tables import metadata
from sip.usecases import disposing, seal_check
from sip.usecases import keeping as deciding
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.disposing import DisposalCounts
from sip.usecases.keeping import HoldWanted
from sip.usecases.problems import ConflictError, ForbiddenError, InvalidError, NotFoundError
from sip.usecases.recorded import recorded
from sip.usecases.seal_check import Outside, Verified, Wrong
from sip.usecases.sealing import Sealing, seal
from tests.domain import cast
from tests.domain.cast import CONVENER, HOME_CARE, SCHOOL, at, ident
from tests.store.town import CASE, CLARA, QUICK, Town
from tests.tester import TESTER
from tests.usecases.test_sealing import KEY

COUNTED = {"counted_meeting"}  # what it counts as, with an id that leads nowhere any more
OWN = CONVENER.organisation_id
KEEPER = Actor(ActorKind.USER, "ada", "Ada Arkiv", role=Role.ADMINISTRATOR, organisation_id=OWN)
LATER = at("2032-03-01 10:00")
"""More than five years after everything in the archive."""


@dataclass
class Archive:
    """Three matters of one organisation that are over, one without a meeting, and one that goes on; all sealed."""

    db: Database
    owner: Database
    town: Town
    folder: Path
    first: UUID
    second: UUID
    going: UUID

    async def seal(self, now: str) -> None:
        await seal(self.db, Sealing(KEY, partial(seal_folder.keep, self.folder)), at(now))

    async def verify(self, *, kept: bool = True) -> Verified:
        days = seal_folder.kept_days(self.folder) if kept else ()
        return await seal_check.verify(self.db, Outside({KEY.public}, days))

    async def decide(self, matter: int = 5, log: int = 5, version: int = 0) -> Policy:
        wanted = Policy(OWN, version, matter, log, False, "RS 2026-12")
        return await deciding.decide(self.db, wanted, actor=KEEPER, now=self.town.now)

    async def plan(self) -> DisposalCounts:
        return await disposing.plan(self.db, OWN, actor=KEEPER, now=LATER)

    async def carry_out(self) -> DisposalCounts:
        return await disposing.carry_out(self.db, OWN, actor=KEEPER, now=LATER)

    async def rows(self) -> dict[str, int]:
        async with self.db.transaction(TESTER) as conn:
            raw = await database.raw(conn)
            return {name: await raw.fetchval(f'select count(*) from "{name}"') for name in metadata.tables}

    async def found(self, *words: str) -> set[str]:
        """The tables in which one of these words stands, in any column."""
        async with self.owner.transaction(TESTER) as conn:
            raw = await database.raw(conn)
            return {
                name
                for name in metadata.tables
                for word in words
                if await raw.fetchval(f"select exists (select from \"{name}\" t where t::text ilike '%{word}%')")
            }


async def _call(town: Town, name: str, start: str, case: str) -> UUID:
    """A meeting of a case of its own."""
    async with town.db.transaction(TESTER) as conn:
        record = await cases.get(conn, CASE)
        assert record is not None
        await cases.save(conn, replace(record, id=ident(case), reference=f"{case}-ABC"))
    drafted = cast.draft(at(start), (HOME_CARE, SCHOOL))
    made = replace(drafted, id=ident(name), case_id=ident(case), reference=f"{case}-ABC")
    assert (await town.do(made.id, made)).refused is None
    for ordinal in range(3):
        await town.do(made.id, e.IdentityConveyed(ordinal, Channel.SDK))
    assert (await town.do(made.id, e.Called())).refused is None
    await town.send()
    return made.id


@pytest.fixture
async def archive(town: Town, db: Database, owner: Database, tmp_path: Path) -> AsyncIterator[Archive]:
    first = await _call(town, "first", "2026-12-07 10:00", "1111")
    second = await _call(town, "second", "2026-12-08 10:00", "2222")
    for meeting in (first, second):
        await town.do(meeting, e.Cancelled(e.CancelReason.OTHER))
    await town.send(QUICK)
    async with recorded(db, CLARA, town.now) as (_, log):
        log.note("read", "meeting", first, second)
        log.note("list", "meetings", "1111-abc")
    made = Archive(db, owner, town, tmp_path, first, second, await _call(town, "going", "2027-11-08 10:00", "3333"))
    await made.seal("2026-11-03 08:00")
    yield made


async def test_nothing_goes_before_something_was_decided(archive: Archive) -> None:
    assert not (await archive.plan()).anything
    with pytest.raises(ConflictError, match="nothing_decided"):
        await archive.carry_out()


async def test_what_is_done_is_what_was_shown(archive: Archive) -> None:
    """By count, word by word, and by the rows of the tables themselves."""
    await archive.decide()
    before = await archive.rows()
    shown = await archive.plan()
    assert (shown.counts["matters"], shown.counts["meetings"], shown.counts["parties"]) == (3, 2, 6)
    assert min(shown.counts[word] for word in ("mails", "links", "journal", "readings")) > 0
    done = await archive.carry_out()
    assert done.counts == shown.counts
    after = await archive.rows()
    tables = {
        "matters": "case_", "meetings": "meeting", "parties": "party", "reports": "deviation", "mails": "outbox",
        "received": "inbound", "links": "link_token",
    }  # fmt: skip
    assert {word: before[table] - after[table] for word, table in tables.items()} == {
        word: shown.counts[word] for word in tables
    }
    assert after["tombstone"] == shown.counts["journal"] + shown.counts["readings"]
    assert not (await archive.plan()).anything, "what is done is not due again"


async def test_nothing_of_the_matter_is_found_any_more_and_the_seals_hold(archive: Archive) -> None:
    await archive.decide()
    words = (str(archive.first), str(archive.second), str(ident("1111")), "1111-ABC", "2222-ABC")
    assert {"meeting", "journal", "access_log", "case_", "outbox", "party"} <= await archive.found(*words)
    assert (await archive.verify()).finding is None
    await archive.carry_out()
    # What is left are numbers of rows: leaves that were sealed, and their tombstones.
    assert await archive.found(*words) == {"seal_leaf", "tombstone", *COUNTED}
    assert await archive.found("1111-ABC", "2222-ABC", str(ident("1111"))) == set()
    for kept in (True, False):
        found = await archive.verify(kept=kept)
        assert (found.finding, found.gave_way) == (None, 0)
        assert found.gone > 0
    await archive.seal("2032-03-02 08:00")
    assert (await archive.verify()).finding is None
    assert await archive.found(str(archive.going)) >= {"meeting", "journal", "party"}


@pytest.mark.parametrize("on", ["meeting", "reference", "organisation", "flag"])
async def test_a_hold_keeps_all_of_it(archive: Archive, on: str) -> None:
    await archive.decide()
    if on == "flag":
        async with archive.db.transaction(TESTER) as conn:
            record = await cases.get(conn, ident("1111"))
            assert record is not None
            await cases.save(conn, replace(record, legal_hold=True))
    else:
        wanted = HoldWanted(OWN, "Tillsyn hos IVO", date(2030, 1, 1))
        if on == "meeting":
            wanted = replace(wanted, meeting_id=archive.first)
        if on == "reference":
            wanted = replace(wanted, reference="1111-abc")
        await deciding.set_hold(archive.db, wanted, actor=KEEPER, now=archive.town.now)
    before = await archive.found(str(archive.first))
    shown = await archive.plan()
    kept = 3 if on == "organisation" else 1
    assert (shown.held, shown.counts["matters"]) == (kept, 3 - kept)
    done = await archive.carry_out()
    assert done.counts == shown.counts
    assert before <= await archive.found(str(archive.first))
    assert "meeting" in await archive.found(str(archive.first))
    assert (await archive.verify()).finding is None


async def test_the_database_refuses_what_is_on_hold_whatever_asks(archive: Archive) -> None:
    wanted = HoldWanted(OWN, "Tvist", date(2026, 1, 1), meeting_id=archive.first)
    hold = await deciding.set_hold(archive.db, wanted, actor=KEEPER, now=archive.town.now)
    day = LATER.date()
    async with archive.db.transaction(TESTER) as conn:
        held = await keeping.matter(conn, meeting=archive.first)
        going = await keeping.matter(conn, meeting=archive.going)
    assert held is not None and going is not None
    for one in (held, going):
        with pytest.raises(Exception, match="on hold, or goes on"):
            async with archive.db.transaction(TESTER) as conn:
                await keeping.forget(conn, [one], day)
    await deciding.end_hold(archive.db, OWN, hold.id, date(2031, 1, 1), actor=KEEPER, now=archive.town.now)
    async with archive.db.transaction(TESTER) as conn:
        assert (await keeping.forget(conn, [held], day))["meetings"] == 1


async def _report(archive: Archive, meeting_id: UUID) -> UUID:
    """A report by hand on the home care, of this meeting."""
    meeting = (await archive.town.meeting(meeting_id)).state
    event = raised(meeting, next(p for p in meeting.parties if p.unit_id == HOME_CARE.unit_id), automatic=False)
    made = event.report_id
    assert (await archive.town.do(made, event)).refused is None
    return made


async def test_a_report_merged_into_one_that_goes_on_keeps_its_matter_until_that_has_ended(archive: Archive) -> None:
    await archive.decide()
    ours, between, other = [await _report(archive, one) for one in (archive.first, archive.second, archive.going)]
    for one, into in ((ours, between), (between, other)):
        assert (await archive.town.do(one, DeviationMerged(into))).refused is None
    await archive.seal("2026-11-04 08:00")
    assert (await archive.plan()).counts["meetings"] == 0, "it is followed from merge to merge"
    async with archive.db.transaction(TESTER) as conn:
        held = await keeping.matter(conn, meeting=archive.first)
    assert held is not None
    with pytest.raises(Exception, match="goes on"):
        async with archive.db.transaction(TESTER) as conn:
            await keeping.forget(conn, [held], LATER.date())
    await archive.town.do(other, DeviationWithdrawn(WithdrawnBecause.RAISED_BY_MISTAKE))
    await archive.seal("2026-11-05 08:00")
    assert (await archive.plan()).counts["meetings"] == 2


async def test_the_log_has_its_own_time(archive: Archive) -> None:
    await archive.decide(matter=2, log=10)
    done = await archive.carry_out()
    assert (done.counts["matters"], done.counts["journal"]) == (3, 0)
    assert "journal" in await archive.found(str(archive.first))
    later = at("2037-03-01 10:00")
    shown = await disposing.plan(archive.db, OWN, actor=KEEPER, now=later)
    assert shown.counts["matters"] == 0
    assert shown.counts["journal"] > 0
    await disposing.carry_out(archive.db, OWN, actor=KEEPER, now=later)
    assert await archive.found(str(archive.first)) == {"seal_leaf", "tombstone", *COUNTED}
    assert (await archive.verify()).finding is None


async def test_what_is_not_sealed_waits(archive: Archive) -> None:
    await archive.decide()
    async with recorded(archive.db, CLARA, archive.town.now) as (_, log):
        log.note("read", "meeting", archive.first)
    shown = await archive.plan()
    assert (shown.unsealed, shown.counts["matters"]) == (1, 3)
    await archive.carry_out()
    assert "access_log" in await archive.found(str(archive.first))
    await archive.seal("2032-03-02 08:00")
    await archive.carry_out()
    assert await archive.found(str(archive.first)) == {"seal_leaf", "tombstone", *COUNTED}
    assert (await archive.verify()).finding is None


async def test_what_was_counted_stays_and_leads_nowhere(archive: Archive) -> None:
    await archive.decide()
    await archive.carry_out()
    async with archive.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        rows = await raw.fetch("select unit_id, month, state from counted_meeting")
        there = await raw.fetchval("select count(*) from counted_meeting c join meeting m on m.id = c.meeting_id")
    assert [tuple(row) for row in rows] == [(CONVENER.unit_id, date(2026, 12, 1), "cancelled")] * 2
    assert there == 0


async def test_each_time_is_recorded_and_the_record_is_sealed(archive: Archive) -> None:
    policy = await archive.decide()
    done = await archive.carry_out()
    kept = await deciding.read(archive.db, OWN, actor=KEEPER, now=LATER)
    assert [(one.by, one.policy, one.at) for one in kept.records] == [("Ada Arkiv", policy.version, LATER)] * 2
    assert done.batches == 2
    told: dict[str, int] = {}
    for one in kept.records:
        told |= one.counts
    assert told == done.counts
    async with archive.db.transaction(TESTER) as conn:
        stones = [await tombstones.of_batch(conn, one.id) for one in kept.records]
        raw = await database.raw(conn)
        data = await raw.fetchval("select data::text from journal where aggregate = $1", kept.records[0].id)
    assert [tombstones.root_of_batch(some) for some in stones] == [one.root for one in kept.records]
    assert json.loads(data)["root"] == kept.records[0].root.hex()


@pytest.mark.parametrize(
    ("act", "wrong"),
    [
        ("update tombstone set leaf = 'x' where number = 0", Wrong.TOMBSTONES),
        ("delete from tombstone where number = 0", Wrong.TOMBSTONES),
        ("insert into tombstone select disposal_id, 999, aggregate, row, leaf, hash from tombstone limit 1",
         Wrong.TOMBSTONES),
        ("delete from journal where kind = 'Disposed'", Wrong.REMOVED),
        ("update journal set data = jsonb_set(data, '{policy}', '9') where kind = 'Disposed'", Wrong.CHANGED),
    ],
)  # fmt: skip
async def test_who_touches_what_is_left_is_found(archive: Archive, act: str, wrong: Wrong) -> None:
    await archive.decide()
    await archive.carry_out()
    await archive.seal("2032-03-02 08:00")
    assert (await archive.verify()).finding is None
    async with archive.owner.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(act)
    found = (await archive.verify()).finding
    assert found is not None
    assert found.wrong is wrong


async def test_a_row_that_is_removed_without_a_record_is_found_as_ever(archive: Archive) -> None:
    await archive.decide()
    await archive.carry_out()
    async with archive.owner.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        await raw.execute("delete from journal where aggregate = $1 and seq = 2", archive.going)
    found = (await archive.verify()).finding
    assert found is not None
    assert (found.wrong, found.key) == (Wrong.REMOVED, (archive.going, 2))


async def test_a_row_goes_only_for_a_tombstone_that_says_what_its_leaf_says(archive: Archive) -> None:
    """What the application's role may ask of the database, and no more."""
    rows = await archive.rows()
    async with archive.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        stone = Tombstone(archive.going, 1, b"made up", b"")
        batch = tombstones.StoneBatch(ident("batch"), OWN, 1, {})
        await tombstones.write(conn, batch, [stone], KEEPER.columns(), LATER)
        assert await raw.fetchval("select forget_rows($1)", batch.id) == 0
    with pytest.raises(Exception, match="no record"):
        async with archive.db.transaction(TESTER) as conn:
            await tombstones.forget_rows(conn, ident("another"))
    assert (await archive.rows())["journal"] == rows["journal"] + 1


async def test_who_may(archive: Archive) -> None:
    other = Actor(ActorKind.USER, "x", "X", role=Role.ADMINISTRATOR, organisation_id=HOME_CARE.organisation_id)
    staff = Actor(ActorKind.USER, "y", "Y", role=Role.COORDINATOR, organisation_id=OWN)
    wanted = Policy(OWN, 0, 5, 5, False, "x")
    for actor, error in ((other, NotFoundError), (staff, ForbiddenError)):
        for act in (
            deciding.decide(archive.db, wanted, actor=actor, now=LATER),
            deciding.read(archive.db, OWN, actor=actor, now=LATER),
            disposing.plan(archive.db, OWN, actor=actor, now=LATER),
            disposing.carry_out(archive.db, OWN, actor=actor, now=LATER),
            deciding.set_hold(archive.db, HoldWanted(OWN, "x", LATER.date()), actor=actor, now=LATER),
        ):
            with pytest.raises(error):
                await act
    taking_part = HoldWanted(HOME_CARE.organisation_id, "Tvist", LATER.date(), reference="1111-ABC")
    await deciding.set_hold(archive.db, taking_part, actor=other, now=LATER)
    elsewhere = replace(taking_part, reference="7F3K-2MQ")
    with pytest.raises(InvalidError, match="not_part"):
        await deciding.set_hold(archive.db, elsewhere, actor=other, now=LATER)


async def test_a_decision_is_a_version_and_is_taken_of_what_was_seen(archive: Archive) -> None:
    assert (await archive.decide()).version == 1
    with pytest.raises(ConflictError, match="changed"):
        await archive.decide(version=0)
    assert (await archive.decide(3, 7, version=1)).version == 2
    with pytest.raises(ConflictError, match="changed"):
        await disposing.carry_out(archive.db, OWN, actor=KEEPER, now=LATER, version=1)
    with pytest.raises(InvalidError, match="log_years"):
        await archive.decide(3, 4, version=2)


async def test_a_hold_is_ended_and_not_taken_up_again(archive: Archive) -> None:
    now = archive.town.now
    hold = await deciding.set_hold(archive.db, HoldWanted(OWN, "Tvist", date(2026, 1, 1)), actor=KEEPER, now=now)
    with pytest.raises(InvalidError, match="days"):
        await deciding.end_hold(archive.db, OWN, hold.id, now.date() - timedelta(1), actor=KEEPER, now=now)
    await deciding.end_hold(archive.db, OWN, hold.id, now.date(), actor=KEEPER, now=now)
    with pytest.raises(ConflictError, match="hold_over"):
        await deciding.end_hold(archive.db, OWN, hold.id, LATER.date(), actor=KEEPER, now=LATER)
    with pytest.raises(InvalidError, match="no_reason"):
        await deciding.set_hold(archive.db, HoldWanted(OWN, " ", date(2026, 1, 1)), actor=KEEPER, now=now)
