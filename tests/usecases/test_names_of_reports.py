"""Six months after its end functions stand where names of staff stood in a report without a meeting (rules, section 12
K4, section 8 D9)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sip.domain.deviation import Category, DeviationReport, WithdrawnBecause
from sip.domain.failure import FailureDraft, Risk
from sip.domain.people import Role
from sip.edges.archive import files
from sip.store import db as database
from sip.store import registrations
from sip.store.aggregates import deviations as aggregates
from sip.store.aggregates import journal
from sip.store.db import Database
from sip.usecases import deviations, exporting, failures, giving_way
from sip.usecases import keeping as deciding
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.keeping import HoldWanted
from sip.usecases.problems import NotFoundError
from tests.domain.cast import CONVENER, HOME_CARE, at
from tests.store.town import WORLD, Town
from tests.tester import TESTER
from tests.usecases.test_disposing import KEEPER, OWN, Archive
from tests.usecases.test_giving_way import HALF_A_YEAR, say

DAG = Actor(ActorKind.USER, "7", "Dag Ny", CONVENER.unit_id, Role.CONVENER)
MANAGER = HOME_CARE.managers[0]
assert MANAGER.email is not None
NAMES = ("Dag Ny", MANAGER.name, MANAGER.email)
APART = {"person", "access_log", "app_user", "api_key"}
NONE = giving_way.GaveWay()


@pytest.fixture
async def ended(town: Town, db: Database, owner: Database, tmp_path: Path) -> AsyncIterator[Archive]:
    """A report of home care that nobody answered, so that its manager was written to, and that was taken back."""
    town.now = at("2026-09-01 10:00")
    by = Command(DAG, town.now, WORLD, "dag")
    draft = FailureDraft(
        (Category.COMMUNICATION,), "Dag Ny fick inget svar.", Risk(), CONVENER.unit_id, HOME_CARE.unit_id
    )
    report = (await failures.report(db, draft, by)).state
    assert isinstance(report, DeviationReport)
    for _ in range(30):
        town.now += timedelta(days=3)
        await town.tick()
        await town.send()
    by = replace(by, now=town.now, event_id="dag 2")
    await deviations.withdraw(db, report.id, WithdrawnBecause.RAISED_BY_MISTAKE, by)
    await town.send()
    made = Archive(db, owner, town, tmp_path, report.id, report.id, report.id)
    await made.seal("2026-12-01 08:00")
    yield made


async def _give_way(made: Archive, now: str | None = None) -> giving_way.GaveWay:
    return await giving_way.give_way(made.db, HALF_A_YEAR if now is None else at(now), say)


async def test_functions_stand_where_names_stood(ended: Archive) -> None:
    assert {"deviation", "journal", "outbox", "mail", "link_token"} <= await ended.found(*NAMES)
    assert await _give_way(ended, "2027-05-28 10:00") == NONE, "not before half a year"
    done = await _give_way(ended)
    assert (done.meetings, done.reports) == (0, 1)
    assert done.rows > 0
    assert await ended.found(*NAMES) - APART == set()
    async with ended.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        said = await raw.fetchval("select description from deviation")
        told = await raw.fetch("select payload::text from outbox where kind = 'deviation_manager'")
        rows = await journal.read(conn, ended.first)
    assert said == f"convener på svenska, {CONVENER.unit_name} fick inget svar."
    assert told
    there = {json.loads(row[0])["to"]["name"] for row in told}
    assert all(name.endswith(f", {HOME_CARE.name}") for name in there), "of her own unit, not of the writing one"
    assert rows[0].actor.id == "7", "the number of an account stays"
    assert await _give_way(ended) == NONE


async def test_the_seals_hold_over_it(ended: Archive) -> None:
    rows = (await _give_way(ended)).rows
    found = await ended.verify()
    assert (found.finding, found.gave_way) == (None, rows)
    await ended.seal("2027-06-09 08:00")
    assert (await ended.verify()).finding is None


async def test_on_a_hold_names_stay(ended: Archive) -> None:
    wanted = HoldWanted(OWN, "Tillsyn", date(2026, 1, 1), date(2027, 6, 8))
    await deciding.set_hold(ended.db, wanted, actor=KEEPER, now=ended.town.now)
    assert await _give_way(ended) == NONE
    assert (await _give_way(ended, "2027-06-09 10:00")).reports == 1


async def test_the_keepers_export_has_it_with_its_own_number_alone(ended: Archive) -> None:
    """And so does the register in the organisation's own file."""
    async with ended.db.transaction(TESTER) as conn:
        report = (await aggregates.load_many(conn, [ended.first]))[ended.first].state
        for side, number in ((report.reporting, "RS 2026-1417"), (report.receiving, "SN 2026-88")):
            await registrations.note(conn, report.id, side, number, None, ended.town.now)
    made = {name: data async for name, data in files.of_organisation(ended.db, OWN, actor=KEEPER, now=HALF_A_YEAR)}
    folder = f"{report.reference}/{report.reference}-{str(report.id)[:8]}"
    assert list(made) == ["organisation.json", "organisation.pdf", f"{folder}.pdf", f"{folder}.json"]
    said = json.loads(made[f"{folder}.json"])
    assert (said["what"], said["id"]) == ("report", str(report.id))
    assert {"case_", "deviation", "outbox"} <= said["rows"].keys()
    assert said["journal"][0]["kind"] == "DeviationRaised"
    for whole in (said, json.loads(made["organisation.json"])):
        assert [row["number"] for row in whole["rows"]["report_registration"]] == ["RS 2026-1417"]
    matter = files.of_matter(ended.db, OWN, report.reference, actor=KEEPER, now=HALF_A_YEAR)
    assert [Path(name).suffix async for name, _ in matter] == [".pdf", ".json"]
    other = replace(KEEPER, organisation_id=HOME_CARE.organisation_id)
    with pytest.raises(NotFoundError):
        await exporting.report(ended.db, report.id, actor=other, now=HALF_A_YEAR)
