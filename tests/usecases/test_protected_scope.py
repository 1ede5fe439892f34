"""Who sees a protected meeting, said in Python, in SQL and by the wall behind: the same for every actor there can be.

In no list of anybody's it stands; what opens one page is for who is named and has it in her scope, and for who heads a
unit of it.
"""

from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting
from sip.domain.people import NamedUser, Role
from sip.domain.terms import MeetingState
from sip.store import cases, users
from sip.store import db as database
from sip.store.aggregates import deviations, meetings
from sip.store.cases import CaseRecord
from sip.store.db import Acting, Database, beyond
from sip.store.post import inbox
from sip.store.seen import listings, lists, matters
from sip.store.seen.scope import ScopeKind, Seen
from sip.store.vault import Vault
from sip.usecases import access
from sip.usecases.access import scope_of
from sip.usecases.actor import ENGINE, Actor, ActorKind
from tests.domain.cast import CARE_CENTRE, ident
from tests.store.town import build
from tests.tester import TESTER
from tests.usecases import test_scope as town

NAMED, OTHER, CASE = ident("the named user"), ident("another user"), ident("protected case")
PLACES = town.PLACES
ACTORS = tuple(
    Actor(kind, str(who), "Kim", unit, role, organisation, principal)
    for kind, who, role, (unit, organisation, principal) in product(
        (ActorKind.USER, ActorKind.API_KEY), (NAMED, OTHER), (*Role, None), PLACES
    )
)
OF_MEETING = ("party", "party_round", "attendee", "invitation", "named_user", "claim")


def _protected() -> list[Meeting]:
    every = [one for one in town._meetings() if one.state in (MeetingState.DRAFT, MeetingState.CALLED)]
    return [
        replace(one, id=ident(f"protected {n}"), case_id=CASE, reference=f"P{n:03}-000", protected=True,
                named=(NamedUser(NAMED, 1 + n % 2),) if n % 3 else ())
        for n, one in enumerate(every)
    ]  # fmt: skip


@pytest.fixture
async def made(db: Database) -> list[Meeting]:
    await build(db)
    found = _protected()
    reports = [replace(one, id=ident(f"protected {one.id}")) for one in town._reports(found)]
    async with db.transaction(TESTER) as conn:
        await users.save_users(
            conn, [users.UserRecord(one, f"{one}@sip.example", "Nils Nilsson") for one in (NAMED, OTHER)]
        )
        await cases.save(conn, CaseRecord(CASE, "PPPP-PPP", CARE_CENTRE.unit_id, town.NOW, protected=True))
        await meetings.save_many(conn, [town._versioned(one) for one in found])
        await deviations.save_many(conn, [town._versioned(one) for one in reports])
        for n, meeting in enumerate(found[:40]):
            await inbox.keep(
                conn, Vault("a key of the tests, long enough"), b"x", "", [f"{n}@s.example"], "lmtp", town.NOW
            )
            (key,) = await inbox.unjudged_ids(conn)
            await inbox.judge(conn, key, inbox.Judged("refused", "late", meeting.id, 1), town.NOW)
        await (await database.raw(conn)).execute(town._JOURNALS)
    return found


async def _reports_of(db: Database) -> list[DeviationReport]:
    async with db.transaction(ENGINE) as conn:
        ids = [row[0] for row in await (await database.raw(conn)).fetch("select id from deviation")]
        return [one.state for one in (await deviations.load_many(conn, ids)).values()]


async def test_every_actor_is_shown_what_she_is_named_in(db: Database, made: list[Meeting]) -> None:
    there, reports = {one.id: one for one in made}, await _reports_of(db)
    assert all(one.protected for one in reports)
    kinds = {(scope_of(actor), actor.id): actor for actor in ACTORS if actor.kind is ActorKind.USER}
    shown, read = set(), set()
    for (scope, who), actor in kinds.items():
        allowed = {key for key, one in there.items() if access.sees(actor, one)}
        mine = {one.id for one in reports if access.sees_deviation(actor, one, named=one.meeting_id in allowed)}
        shown.add(bool(allowed))
        async with db.transaction(actor) as conn:
            line = await database.raw(conn)

            async def told(sql: str, line: Any = line) -> set[UUID]:
                return {row[0] for row in await line.fetch(sql)}

            assert await told("select id from meeting") == allowed, actor
            for table in OF_MEETING:
                found = await told(f"select meeting_id from {table}")
                assert found <= allowed, (actor, table)
                read |= {table} if found else set()
            assert await told("select meeting_id from party") == allowed, actor
            assert await told("select id from deviation") == {
                one.id for one in reports if one.id in mine and one.meeting_id in allowed
            }, actor
            assert await told("select meeting_id from inbound") <= allowed, actor
            convened = {key for key in allowed if access.convenes(actor, there[key])}
            assert await told("select distinct aggregate from journal") <= convened | mine, actor
            assert bool(await told("select id from case_ where protected")) is bool(allowed), actor
        async with db.transaction(TESTER) as conn:
            seen = Seen(scope, who=who)
            if scope.kind is not ScopeKind.NOTHING:
                sql = f"select m.id from meeting m where {seen.meeting()}"
                found = {row[0] for row in await (await database.raw(conn)).fetch(sql, *seen.values)}
                assert found == allowed, actor
            assert {one.id for one in await matters.listed(conn, scope, who or "", town.NOW)} <= allowed
            assert await lists.named_in_case(conn, scope, who, CASE) is bool(allowed)
    assert shown == {True, False}
    assert {"party", "named_user"} <= read, "what a meeting has, who may sees"


async def test_in_no_list_is_there_anything(db: Database, made: list[Meeting], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "MOST", town.MANY)
    there = town.There({one.id: one for one in made}, {}, {}, {}, {}, {})
    nothing = town.There({}, {}, {}, {}, {}, {})
    async with db.transaction(TESTER) as conn:
        for scope in {scope_of(actor): 0 for actor in ACTORS}:
            shown = await town._listed(conn, scope)
            assert not (shown.meetings | shown.deviations | shown.inbound | shown.journals), scope
            assert CASE not in shown.cases
            await town._pages_say_the_same(conn, scope, replace(shown, inbound=set()), there)
            if not scope.board and scope.kind is not ScopeKind.NOTHING:
                await town._calendar_says_the_same(conn, scope, shown, nothing)


async def test_a_key_sees_nothing_whatever_it_is_called(db: Database, made: list[Meeting]) -> None:
    for actor in ACTORS:
        if actor.kind is not ActorKind.API_KEY or actor.id != str(OTHER):
            continue
        assert not any(access.sees(actor, one) for one in made), actor


async def test_a_meeting_of_a_protected_case_cannot_be_kept_as_another(db: Database, made: list[Meeting]) -> None:
    """Whatever the program thinks: the database holds the two together."""
    one = replace(made[0], id=ident("as another"), protected=False, named=())
    with pytest.raises(Exception, match="fk_meeting_case_protected"):
        async with db.transaction(ENGINE) as conn:
            await meetings.save_many(conn, [town._versioned(one)])


async def test_what_is_beyond_sees_all(db: Database, made: list[Meeting]) -> None:
    nobody: Acting = Actor(ActorKind.USER, str(OTHER), "Kim", None, Role.ADMINISTRATOR)
    async with db.transaction(nobody) as conn:
        line = await database.raw(conn)
        assert await line.fetchval("select count(*) from meeting") == 0
        async with beyond(conn):  # as the engine, which sends and counts
            assert await line.fetchval("select count(*) from meeting") == len(made)
