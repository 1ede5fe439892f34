"""Items found by their words behind the wall: by the index, and none of anybody else's (decision 0107)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from sip.domain.agenda import AgendaItem, Group, GroupKind, ItemPurpose, ItemSource, ItemState, Resolution, board_of
from sip.domain.deviation import Side
from sip.domain.people import Role
from sip.store import db as database
from sip.store import register
from sip.store.aggregates import agenda as items
from sip.store.aggregates.versioned import Rewrite, Versioned
from sip.store.db import Database
from sip.store.register import County
from sip.store.seen import agenda
from sip.store.seen.scope import Seen
from sip.usecases import access
from sip.usecases.actor import Actor, ActorKind
from tests.domain.cast import AL, BOK, HOME_CARE, OUTSIDE, REGION, at, ident
from tests.store.town import build
from tests.tester import TESTER

COUNTY, ELSEWHERE = ident("county"), ident("another county")
NOW = at("2026-11-30 09:00")
HOME = Side(HOME_CARE.unit_id, HOME_CARE.name, HOME_CARE.organisation_id, HOME_CARE.principal_id)
DECISION = Resolution(1, "Jouren bemannas.", "Helger.", NOW.date(), NOW, "enhetschef", HOME, date(2027, 3, 1))


def item(n: int, area: str | None, title: str, said: str = "", *resolutions: Resolution) -> AgendaItem:
    state = ItemState.DECIDED if resolutions else ItemState.WAITING
    return AgendaItem(
        UUID(int=n), board_of(area), title, said, ItemPurpose.DECISION, ItemSource.BY_HAND, state, NOW,
        resolutions=resolutions,
    )  # fmt: skip


ITEMS = [
    item(1, "Nordväst", "Rutinen för olästa kallelser", "Brevlådorna bevakas inte."),
    item(2, "Sydost", "Rutiner vid semester"),
    item(3, None, "Gemensam rutin för länet"),
    item(4, "Sydost", "Jour på helger", "", DECISION),
    *(
        replace(item(n, None, "Nätverkets"), group=Group(UUID(int=90 + n), GroupKind.STANDING_GROUP, None, county, "N"))
        for n, county in ((5, COUNTY), (6, ELSEWHERE), (7, None))
    ),
]
"""The last three are of a network of the county, of one of another county, and of several."""


def _user(role: Role, **place: UUID) -> Actor:
    return Actor(ActorKind.USER, str(ident("anna")), "Anna", role=role, **place)


ACTORS = (
    _user(Role.BOARD_MEMBER), _user(Role.BOARD_MEMBER, principal_id=AL), _user(Role.BOARD_MEMBER, principal_id=BOK),
    _user(Role.BOARD_MEMBER, principal_id=REGION), _user(Role.UNIT_MANAGER, unit_id=HOME_CARE.unit_id),
    _user(Role.UNIT_MANAGER, unit_id=OUTSIDE.unit_id), _user(Role.AUDITOR), _user(Role.UNIT_MANAGER),
)  # fmt: skip


@pytest.fixture
async def kept(db: Database) -> None:
    await build(db)
    async with db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set area = 'Nordväst' where id = :id"), {"id": HOME_CARE.unit_id})
        await register.keep_county(conn, County(COUNTY, "Exempel", frozenset({AL, REGION})))
        await register.keep_county(conn, County(ELSEWHERE, "Annat", frozenset({BOK})))
        await items.save_many(conn, [Rewrite(one.id, None, Versioned(one, 1, None, 0, b"")) for one in ITEMS])


@pytest.mark.usefixtures("kept")
async def test_words_are_found_by_their_stem_and_by_how_they_begin(db: Database) -> None:
    async def found(said: str) -> set[int]:
        async with db.transaction(ACTORS[0]) as conn:
            return {one.int for one in await agenda.search(conn, ACTORS[0].scope, said)}

    assert await found("rutinerna") == {1, 2, 3}
    assert await found("olästa rutin") == {1}
    assert await found("kalle") == {1}, "as it begins"
    assert await found("brevlåda") == {1} and await found("bemannade helg") == {4}
    assert await found("och att den") == set(), "stop words alone find nothing"
    assert await found("rutin % _ ' \\ \U0010ffff") == {1, 2, 3}


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("actor", ACTORS, ids=lambda one: f"{one.role}-{one.scope.kind}")
async def test_the_wall_the_lists_and_access_show_the_same(db: Database, actor: Actor) -> None:
    async with db.transaction(actor) as conn:
        raw, seen = await database.raw(conn), Seen(actor.scope)
        within = await agenda.within(conn, actor.scope)
        allowed = {one.id for one in ITEMS if access.sees_item(actor, one, within)}
        listed = {
            row[0] for row in await raw.fetch(f"select t.id from agenda_item t where {seen.item()}", *seen.values)
        }
        assert listed == allowed
        assert {row[0] for row in await raw.fetch("select id from agenda_item")} == allowed
        assert {row[0] for row in await raw.fetch("select distinct item_id from agenda_word")} == allowed
        assert {row[0] for row in await raw.fetch("select item_id from resolution")} <= allowed
    if actor.unit_id == OUTSIDE.unit_id:
        assert allowed == {UUID(int=n) for n in (3, 6, 7)}, "Bok is of the other county"
    if actor.principal_id == AL:
        mine = {UUID(int=n) for n in (1, 3, 4, 5, 7)}
        assert allowed == mine, "its area's, the county's, what its unit does, its county's network's, and of several"
    if actor.principal_id == BOK:
        assert UUID(int=6) in allowed and UUID(int=5) not in allowed


@pytest.mark.usefixtures("kept")
async def test_a_search_behind_the_wall_takes_the_index(db: Database) -> None:
    many = [replace(ITEMS[1], id=UUID(int=1000 + n), title=f"Fråga nummer{n} om semester") for n in range(2000)]
    async with db.transaction(TESTER) as conn:
        await items.save_many(conn, [Rewrite(one.id, None, Versioned(one, 1, None, 0, b"")) for one in many])
    actor = ACTORS[1]
    async with db.transaction(actor) as conn:
        raw = await database.raw(conn)
        plan = "\n".join(
            row[0]
            for row in await raw.fetch(
                "explain select w.item_id from agenda_word w where w.stem >= 'nummer77' and w.stem < 'nummer78'"
            )
        )
    assert "ix_agenda_word_stem" in plan and "Index Cond" in plan, plan
