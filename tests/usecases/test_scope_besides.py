"""Who sees what stands beside meetings: agenda items, reports without a meeting and what an authority notes of them,
good examples, sums of answers, yearly reports and trials. As `test_scope`, for every actor that there can be: the list,
`access` and the wall behind say the same, and of what is nobody's no row is there.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from sip.domain.agenda import AgendaItem, Group, ItemPurpose, ItemSource, ItemState, Resolution, board_of
from sip.domain.annual import Edition, ReportYear
from sip.domain.deviation import DeviationReport, DeviationState, Measure, ReportSide, Word
from sip.domain.people import Role, Roster
from sip.domain.survey import Voice
from sip.domain.terms import Channel
from sip.store import cases, registrations, replays, survey, wall
from sip.store import db as database
from sip.store.aggregates import agenda as items
from sip.store.aggregates import deviations
from sip.store.cases import CaseRecord
from sip.store.db import Database
from sip.store.replays import ReplayRow
from sip.store.seen import agenda, listings, lists, praises
from sip.store.seen.agenda import ItemQuery
from sip.store.seen.lists import DeviationQuery
from sip.store.seen.scope import ScopeKind
from sip.usecases import access, annual, surveys
from sip.usecases import registrations as registering
from sip.usecases import replays as trials
from sip.usecases.access import scope_of
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.problems import ForbiddenError, NotFoundError
from tests.domain.cast import CARE_CENTRE, HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, at, ident
from tests.store import test_wall_own as own
from tests.store.town import WORLD, build
from tests.tester import TESTER
from tests.usecases import test_scope as town

NOW, MANY, UNITS = town.NOW, town.MANY, town.UNITS
AREAS = ((HOME_CARE, "Nordväst"), (CARE_CENTRE, "Nordväst"), (SOCIAL, "Sydost"), (OUTSIDE, "Utkanten"))
OF_EACH = {scope_of(actor): actor for actor in town.ACTORS}
"""An actor of every scope that there can be."""


def _items() -> list[AgendaItem]:
    """On each board, with something that a unit is to do, that nobody is, and with nothing decided."""
    return [
        AgendaItem(
            ident(f"item {n}"), board_of(area), "Rutin", "Olästa kallelser.", ItemPurpose.DECISION,
            ItemSource.BY_HAND, ItemState.DECIDED if owner else ItemState.WAITING, NOW,
            resolutions=() if owner is None else (_resolution(owner),),
        )
        for n, (area, owner) in enumerate(product((None, "Nordväst", "Sydost", "Utkanten", "Ingens"), (None, *UNITS)))
    ]  # fmt: skip


def _resolution(owner: Roster) -> Resolution:
    due = date(2026, 12, 1)
    return Resolution(1, "Två läser.", "Tredje gången.", NOW.date(), NOW, "enhetschef", town._side(owner), due)


WORDS = (Word(1, ReportSide.REPORTING, NOW, "Vi återkommer.", Channel.PAGE),)
MEASURES = (Measure(1, ReportSide.RECEIVING, "Två läser brevlådan.", "enhetschef", date(2027, 1, 11), NOW),)


def _reports() -> list[DeviationReport]:
    """Of no meeting: in every state between every two units, and as many good examples."""
    rules = town._meetings()[0].parties[0].rule_set
    every = [x for x in product(DeviationState, UNITS, UNITS, (False, True)) if x[1] is not x[2]]
    return [
        DeviationReport(
            ident(f"alone {n}"), None, None, None, town._side(one), town._side(other), rules, (), state, NOW, False,
            good_example=good, case_id=ident(f"case {one.name}"), own_reference=f"{n:04}-ALO",
            words=WORDS, measures=MEASURES,
        )
        for n, (state, one, other, good) in enumerate(every)
    ]  # fmt: skip


@pytest.fixture
async def there(db: Database) -> tuple[list[AgendaItem], list[DeviationReport]]:
    await build(db)
    put, reports = _items(), _reports()
    async with db.transaction(TESTER) as conn:
        for unit, area in AREAS:
            await conn.execute(text("update unit set area = :a where id = :u"), {"a": area, "u": unit.unit_id})
        for n, unit in enumerate(UNITS):
            await cases.save(conn, CaseRecord(ident(f"case {unit.name}"), f"{n}BBB-BBB", unit.unit_id, NOW))
        await items.save_many(conn, [town._versioned(one) for one in put])
        await deviations.save_many(conn, [town._versioned(one) for one in reports])
        for one, side in product(reports, ReportSide):
            await registrations.note(conn, one.id, one.side(side), "ON 2026:1", None, NOW)
        await (await database.raw(conn)).execute(
            town._JOURNALS.replace("select id from meeting", "select id from agenda_item")
        )
    return put, reports


async def test_every_actor_is_shown_the_items_of_her_boards(
    db: Database, there: tuple[list[AgendaItem], list[DeviationReport]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "MOST", MANY)
    put, shown = {one.id: one for one in there[0]}, set()
    for scope, actor in OF_EACH.items():
        async with db.transaction(TESTER) as conn:
            within = await agenda.within(conn, scope)
            allowed = {key for key, one in put.items() if access.sees_item(actor, one, within)}
            assert set(await agenda.listed(conn, scope, ItemQuery())) == allowed, actor
            assert set(await agenda.search(conn, scope, "olästa")) == allowed, actor
            due = {key for key in allowed if put[key].resolutions}
            assert set(await agenda.to_follow(conn, scope, None, None)) == due, actor
            assert set(await agenda.of_year(conn, scope, None, 2026)) == allowed, actor
            groups = {put[key].group.id for key in allowed}
            assert set(await agenda.counted(conn, scope, NOW.date())) == groups, actor
            for group in {one.group.id: one.group for one in put.values()}.values():
                mine = {key for key in due if put[key].group == group}
                assert set(await agenda.decided_on(conn, scope, group.id, NOW.date())) == mine, actor
                assert sum(one.resolutions for one in await agenda.sittings(conn, scope, group.id)) == len(mine), actor
        found = await _behind(db, actor, "agenda_item id", "agenda_word item_id", "resolution item_id")
        assert found == [allowed, allowed, due], actor
        (told,) = await _behind(db, actor, "journal aggregate")
        assert told & set(put) == allowed, actor
        shown.add(len(allowed))
        _by_hand(actor, {put[key].group for key in allowed if not put[key].resolutions})
    assert {0, len(put)} < shown, "nothing, all, and parts of it"


def _by_hand(actor: Actor, groups: set[Group]) -> None:
    """Said once more without the code: whose boards a unit and an auditor see."""
    scope, county = scope_of(actor), board_of(None)
    if scope.audits or scope.kind is ScopeKind.NOTHING:
        assert not groups, actor
    elif scope.place == HOME_CARE.unit_id:
        assert groups == {county, board_of("Nordväst")}, actor
    elif scope.place == SCHOOL.unit_id:
        assert groups == {county}, "it lies in no area"
    elif scope.place == OUTSIDE.principal_id:
        assert groups == {county, board_of("Utkanten")}, actor


async def _behind(db: Database, actor: Actor, *asked: str) -> list[set[Any]]:
    """What the tables give to whoever asks for everything; each is asked as `table column`."""
    found = []
    async with db.transaction(actor) as conn:
        line = await database.raw(conn)
        for table, _, column in (one.partition(" ") for one in asked):
            found.append({row[0] for row in await line.fetch(f"select {column} from {table}")})
    return found


async def test_every_actor_is_shown_the_reports_without_a_meeting_of_her_units(
    db: Database, there: tuple[list[AgendaItem], list[DeviationReport]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "MOST", MANY)
    reports, shown = {one.id: one for one in there[1]}, set()
    since, until = at("2026-11-01 00:00"), at("2026-12-01 00:00")
    for scope, actor in OF_EACH.items():
        allowed = {key for key, one in reports.items() if access.sees_deviation(actor, one)}
        async with db.transaction(TESTER) as conn:
            assert set(await lists.deviations(conn, scope, DeviationQuery(limit=MANY))) == allowed, actor
            assert {line.id for line in await listings.deviations(conn, scope)} == allowed, actor
        found = await _behind(db, actor, "deviation id", "report_registration deviation_id||'/'||organisation_id")
        assert found == [allowed, _registered(actor, [reports[key] for key in allowed])], actor
        assert (
            await _behind(db, actor, "deviation_word deviation_id", "deviation_measure deviation_id") == [allowed] * 2
        )
        (told,) = await _behind(db, actor, "journal aggregate")
        assert told & set(reports) == allowed, actor
        async with db.transaction(actor) as conn:
            thanked = {(one.unit_id, one.by) for one in await praises.between(conn, since, until)}
        good = [reports[key] for key in allowed if reports[key].good_example]
        good = [one for one in good if one.state is not DeviationState.WITHDRAWN]
        assert thanked == {(one.receiving.unit_id, one.reporting.unit_name) for one in good}, actor
        shown.add(len(allowed))
        if not scope.service:
            mine = [key for key in allowed if reports[key].state is DeviationState.HEARING]
            assert not mine or scope.kind is ScopeKind.UNIT or scope.hearings, "who is above the units sees no hearing"
    assert {0, len(reports)} < shown


def _registered(actor: Actor, seen: list[DeviationReport]) -> set[str]:
    """Of what she sees, each side that is hers has noted something; none is for a board."""
    scope = scope_of(actor)
    sides = [(one.id, one.side(side)) for one in seen for side in ReportSide]
    mine = [(key, side) for key, side in sides if scope.service or access.on_side(actor, side)]
    return {f"{key}/{side.organisation_id}" for key, side in mine if not scope.board and not scope.audits}


async def test_units_of_one_authority_note_the_same(
    db: Database, there: tuple[list[AgendaItem], list[DeviationReport]]
) -> None:
    """A report between two units of one authority has one number there, whichever of the two notes it (D10)."""
    sides = (HOME_CARE.unit_id, SOCIAL.unit_id)
    of_both = next(one for one in there[1] if (one.reporting.unit_id, one.receiving.unit_id) == sides)
    users = [Actor(ActorKind.USER, str(ident(str(unit))), "Kim", unit, Role.UNIT_STAFF) for unit in sides]
    for n, actor in enumerate(users):
        by = Command(actor, NOW, WORLD, str(n))
        noted = await registering.note(db, of_both.id, f"VN 2026:{n}", None, by)
        for reader in users:
            assert await registering.of_report(db, of_both.id, actor=reader, now=NOW) == noted


# -- what is nobody's: the use case asks who may


OF_NOBODY = sorted(wall.OF_SERVICE)
PLACES = [{}, {"unit_id": HOME_CARE.unit_id}, {"organisation_id": SCHOOL.organisation_id},
          {"principal_id": OUTSIDE.principal_id}]  # fmt: skip
READERS = [Actor(ActorKind.USER, str(ident("kim")), "Kim", role=role, **place) for role, place in product(Role, PLACES)]
TRIAL, YEAR = ident("trial"), ReportYear(2025)


@pytest.fixture
async def kept(db: Database) -> Database:
    await build(db)
    filled: set[str] = set()
    for table in OF_NOBODY:
        for one in dict.fromkeys((*own._NEEDS.get(table, ()), table)):
            if one not in filled:
                await own._written(db, TESTER, one, ident("ulla"), 1)
            filled.add(one)
    async with db.transaction(TESTER) as conn:
        await survey.add(conn, date(2026, 7, 1), Voice.STAFF, "Nordväst", (1, 1, 1, 1, 1))
        row = ReplayRow(TRIAL, ident("agreement"), "A", "", 2025, None, "waiting", 0, 0, None, "Ada", NOW)
        assert await replays.add(conn, row)
    return db


async def test_no_actor_has_a_row_of_what_is_nobodys(kept: Database) -> None:
    for scope, actor in OF_EACH.items():
        for table in OF_NOBODY:
            async with kept.transaction(actor) as conn:
                count = await conn.scalar(text(f"select count(*) from {table}"))
            assert bool(count) is scope.service, (actor, table)


Reading = Callable[[Database, Actor], Awaitable[object]]
READINGS: dict[str, tuple[Reading, set[Role]]] = {
    "sums": (
        lambda db, actor: surveys.results(db, None, 5, actor=actor, now=NOW),
        {Role.BOARD_MEMBER, Role.COORDINATOR, Role.HEAD_OF_OPERATIONS, Role.ADMINISTRATOR},
    ),
    "yearly report": (
        lambda db, actor: annual.read(db, YEAR, Edition.BOARD, actor=actor, now=NOW, small=5),
        {Role.BOARD_MEMBER, Role.COORDINATOR, Role.ADMINISTRATOR},
    ),
    "yearly reports": (
        lambda db, actor: annual.listed(db, actor=actor, now=NOW),
        {Role.BOARD_MEMBER, Role.COORDINATOR, Role.ADMINISTRATOR},
    ),
    "trial": (lambda db, actor: trials.read(db, TRIAL, actor=actor, now=NOW), {Role.ADMINISTRATOR}),
}  # fmt: skip
"""Who reads it, said once more without the table; and alike, wherever she is."""


@pytest.mark.parametrize("name", READINGS)
async def test_who_reads_what_is_nobodys_is_asked_and_reads_what_others_do(kept: Database, name: str) -> None:
    reading, roles = READINGS[name]
    told = []
    for actor in READERS:
        if actor.role in roles and (name != "trial" or access.everywhere(actor)):
            told.append(await reading(kept, actor))
        else:
            with pytest.raises((ForbiddenError, NotFoundError)):
                await reading(kept, actor)
    assert told and all(one == told[0] for one in told)
