"""Which called units lack something, in SQL for the start page and in the domain: the same ones, for any directory."""

import random
from datetime import date, timedelta
from uuid import UUID

from sip.domain.people import Gap, PrincipalKind, Role
from sip.store import db as database
from sip.store import directory, tables
from sip.store.aggregates import rosters
from sip.store.directory import AddressRecord, OrganisationRecord, PersonRecord, PrincipalRecord, RoleRecord, UnitRecord
from sip.store.seen import gaps
from sip.store.seen.scope import EVERYTHING, Scope, ScopeKind
from tests.domain.cast import at, ident
from tests.store.town import Town
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")
TODAY = date(2026, 11, 2)
DATES = ((None, None), (None, None), (TODAY, None), (None, TODAY), (date(2026, 11, 3), None), (None, date(2026, 11, 1)))
ROLES = (Role.UNIT_MANAGER, Role.DEPUTY, Role.HEAD_OF_OPERATIONS, Role.CONTRACT_OFFICER, Role.COORDINATOR, Role.WATCHER)
COLUMNS = ("unit_id", "organisation_id", "principal_id")
UNITS = [ident(f"gap unit {n}") for n in range(90)]
PRINCIPALS = [ident(f"gap principal {n}") for n in range(2)]
BOARDS = [ident(f"gap board {n}") for n in range(6)]


async def a_directory(town: Town, draw: random.Random) -> None:
    """Ninety units of six boards of two principals: each may have a mailbox, a telephone alone, and at each of three
    places somebody or nobody of each role, with an address or without, in force today or not."""
    boards = [OrganisationRecord(key, PRINCIPALS[n % 2], str(n)) for n, key in enumerate(BOARDS)]
    units = [
        UnitRecord(key, BOARDS[n % 6], f"Enhet {n}", phone=draw.choice((None, "010-000 00 00")),
                   phone_only=draw.random() < 0.2)
        for n, key in enumerate(UNITS)
    ]  # fmt: skip
    addresses = [AddressRecord(key, 0, "a@al.example", *draw.choice(DATES)) for key in UNITS if draw.random() < 0.9]
    people = [
        PersonRecord(ident(f"gap person {n}"), BOARDS[n % 6], f"Person {n}", draw.choice((None, f"p{n}@al.example")))
        for n in range(40)
    ]
    held: list[RoleRecord] = []
    for share, name, places in (
        (0.75, "unit_id", UNITS),
        (0.5, "organisation_id", BOARDS),
        (0.5, "principal_id", PRINCIPALS),
    ):
        for place in places:
            for role in ROLES:
                if draw.random() < share:
                    key, person = ident(f"gap role {len(held)}"), draw.choice(people).id
                    since, until = draw.choice(DATES)
                    unit, board, owner = (place if name == column else None for column in COLUMNS)
                    held.append(RoleRecord(key, person, role, unit, board, owner, valid_from=since, valid_to=until))
    async with town.db.transaction(TESTER) as conn:
        kinds = (PrincipalKind.REGION, PrincipalKind.MUNICIPALITY)
        found = [PrincipalRecord(key, kind, str(key)) for key, kind in zip(PRINCIPALS, kinds, strict=True)]
        await directory.upsert_principals(conn, found)
        await directory.upsert_organisations(conn, boards)
        await directory.upsert_units(conn, units)
        await directory.replace_addresses(conn, UNITS, addresses)
        await directory.upsert_persons(conn, people)
        await directory.upsert_roles(conn, held)


async def called(town: Town, like: UUID, draw: random.Random) -> dict[UUID, int]:
    """Most units are called, some twice, some to what has been: the hours until the nearest that is ahead."""
    same = [column.name for column in tables.party.columns if column.name not in ("ordinal", "unit_id", "ahead_at")]
    names = ", ".join(f'"{name}"' for name in same)
    nearest: dict[UUID, int] = {}
    async with town.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        for n, unit in enumerate(UNITS * 2):
            hours = draw.choice((None, -5, *range(1, 400)))
            ahead = None if hours is None else NOW + timedelta(hours=hours)
            await raw.execute(
                f"insert into party (ordinal, unit_id, ahead_at, {names}) select $1, $2, $3, {names} from party"
                " where meeting_id = $4 and ordinal = 2",
                100 + n, unit, ahead, like,
            )  # fmt: skip
            if hours is not None and hours > 0:
                nearest[unit] = min(hours, nearest.get(unit, hours))
    return nearest


async def test_the_start_pages_units_are_those_of_whom_the_rules_miss_something(town: Town) -> None:
    draw = random.Random(5)
    await a_directory(town, draw)
    nearest = await called(town, await town.draft(), draw)
    async with town.db.transaction(TESTER) as conn:
        known = await rosters.rosters(conn, UNITS, NOW)
        expected = [key for key in UNITS if key in nearest and known[key].gaps]
        expected.sort(key=lambda key: (nearest[key], known[key].name))
        found, count = await gaps.lacking(conn, EVERYTHING, NOW, 1000)
        assert [one.unit_id for one in found] == expected and count == len(expected)
        assert [one.next_start for one in found] == [NOW + timedelta(hours=nearest[key]) for key in expected]
        assert {gap for key in expected for gap in known[key].gaps} == set(Gap)
        assert 10 < len(expected) < len(nearest), "some lack nothing"
        first, of_all = await gaps.lacking(conn, EVERYTHING, NOW, 10)
        assert ([one.unit_id for one in first], of_all) == (expected[:10], len(expected))
        for scope in (
            Scope(ScopeKind.PRINCIPAL, PRINCIPALS[0]),
            Scope(ScopeKind.ORGANISATION, BOARDS[3]),
            Scope(ScopeKind.UNIT, expected[0]),
        ):
            found, count = await gaps.lacking(conn, scope, NOW, 1000)
            inside = [key for key in expected if getattr(known[key], f"{scope.kind}_id") == scope.place]
            assert [one.unit_id for one in found] == inside, scope
            assert count == len(found) > 0
