"""A county's file is carried out whole, as it was shown, or not at all (rules, section 17 J5)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from sip.domain.agreement import Joining
from sip.domain.people import PrincipalKind, Role
from sip.store import agreements, directory, register
from sip.store.db import Database
from sip.store.directory import PrincipalRecord
from sip.usecases import counties, county_file
from sip.usecases.actor import OPERATOR, Actor, ActorKind
from sip.usecases.county_file import CountyFileError
from sip.usecases.directory.keys import key_id
from sip.usecases.problems import ConflictError, ForbiddenError, NotFoundError
from tests.tester import TESTER
from tests.usecases.test_county_file import COUNTY

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
REGION, NORRDAL = key_id("principal", "region"), key_id("principal", "norrdal")


async def planned(db: Database, said: str) -> list[tuple[int, str, bool, str]]:
    found = await counties.plan(db, county_file.parse(said.encode()), actor=OPERATOR, now=NOW)
    return [(one.line, one.part.value, one.new, one.name) for one in found.changes]


async def carried(db: Database, said: str = COUNTY, mark: str | None = None) -> None:
    await counties.carry_out(db, county_file.parse(said.encode()), mark, actor=OPERATOR, now=NOW)


async def refused(db: Database, said: str) -> list[tuple[int, str]]:
    with pytest.raises(CountyFileError) as raised:
        await carried(db, said)
    return [(one.line, one.code) for one in raised.value.refusals]


async def rows(db: Database) -> list[int]:
    """How much there is of everything that a file writes."""
    names = ("principal", "county", "county_principal", "agreement", "agreement_principal", "directory_change")
    async with db.transaction(TESTER) as conn:
        return [(await conn.execute(text(f"select count(*) from {name}"))).scalar_one() for name in names]


async def test_a_dry_run_tells_all_of_it_and_writes_nothing(db: Database) -> None:
    before = await rows(db)
    assert await planned(db, COUNTY) == [
        (1, "county", True, "Exempellän"), (3, "principal", True, "Region Exempellän"),
        (7, "principal", True, "Norrdals kommun"), (11, "version", True, "Avtalet, 1"),
        (21, "joining", True, "Region Exempellän"), (24, "joining", True, "Norrdals kommun"),
    ]  # fmt: skip
    assert await rows(db) == before


async def test_it_is_carried_out_whole_and_again_it_changes_nothing(db: Database) -> None:
    await carried(db)
    async with db.transaction(TESTER) as conn:
        (county,) = await register.counties(conn)
        (one,) = await agreements.all_agreements(conn)
    assert (county.name, county.principals) == ("Exempellän", frozenset({REGION, NORRDAL}))
    assert one.principals == {REGION, NORRDAL} and one.rules.minimum_notice == 3
    assert one.joining(NORRDAL) == Joining(NORRDAL, "Kommunfullmäktige", date(2026, 4, 20), weight=4100)
    after = await rows(db)
    assert after[-1] == 2, "each new principal stands in the directory's journal"
    assert await planned(db, COUNTY) == []
    await carried(db)
    assert await rows(db) == after


async def test_what_is_now_known_of_a_joining_is_written_and_one_that_is_not_named_stays(db: Database) -> None:
    await carried(db)
    said = COUNTY.replace("weight = 4100", "weight = 4200").replace('[[agreement.joined]]\nprincipal = "region"\n', "")
    found = await counties.plan(db, county_file.parse(said.encode()), actor=OPERATOR, now=NOW)
    assert [(one.part.value, one.new, one.cells) for one in found.changes] == [
        ("joining", False, (("weight", "4100", "4200"),))
    ]
    await carried(db, said, found.mark)
    async with db.transaction(TESTER) as conn:
        (one,) = await agreements.all_agreements(conn)
    assert one.principals == {REGION, NORRDAL} and one.joining(NORRDAL).weight == 4200  # type: ignore[union-attr]  # it is there


async def test_what_was_not_shown_is_not_done(db: Database) -> None:
    found = await counties.plan(db, county_file.parse(COUNTY.encode()), actor=OPERATOR, now=NOW)
    await carried(db, COUNTY.split("[[agreement]]")[0])
    before = await rows(db)
    with pytest.raises(ConflictError):
        await carried(db, COUNTY, found.mark)
    assert await rows(db) == before


async def test_a_version_that_is_there_never_changes_and_nothing_else_of_the_file_is_done(db: Database) -> None:
    await carried(db)
    before = await rows(db)
    new = COUNTY.replace("[[agreement]]", '[[municipality]]\nkey = "soder"\nname = "Söders kommun"\n\n[[agreement]]')
    for old, other in (("minimum_notice = 3", "minimum_notice = 4"), ("2026-05-01", "2026-05-02")):
        assert await refused(db, new.replace(old, other)) == [(15, "version_differs")]
    assert await rows(db) == before


async def test_what_does_not_fit_the_directory_is_told_with_its_line(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        await directory.upsert_principals(conn, [
            PrincipalRecord(REGION, PrincipalKind.REGION, "Region Annan"),
            PrincipalRecord(NORRDAL, PrincipalKind.OTHER, "Norrdals kommun"),
        ])  # fmt: skip
    said = COUNTY + '\n[[agreement.joined]]\nprincipal = "soder"\n'
    assert await refused(db, said) == [(3, "other_name"), (7, "other_kind"), (30, "unknown_principal")]


async def test_a_principal_of_another_key_is_known_by_its_name_and_lies_in_one_county(db: Database) -> None:
    other = UUID(int=7)
    async with db.transaction(TESTER) as conn:
        await directory.upsert_principals(
            conn, [PrincipalRecord(other, PrincipalKind.MUNICIPALITY, "Norrdals kommun")]
        )  # fmt: skip
    await carried(db)
    async with db.transaction(TESTER) as conn:
        (one,) = await agreements.all_agreements(conn)
    assert one.principals == {REGION, other}
    assert await refused(db, COUNTY.replace("Exempellän", "Annat län", 1)) == [
        (3, "other_county"), (7, "other_county"),
    ]  # fmt: skip


async def test_only_who_keeps_the_installation_may_and_the_map_is_for_who_keeps_the_directory(db: Database) -> None:
    await carried(db)
    file = county_file.parse(COUNTY.encode())
    some = Actor(ActorKind.USER, "al", "Al", role=Role.ADMINISTRATOR, principal_id=NORRDAL)
    for act in (counties.plan(db, file, actor=some, now=NOW), counties.carry_out(db, file, None, actor=some, now=NOW)):
        with pytest.raises(ForbiddenError):
            await act
    identity = counties.county_id("exempellän")
    read = await counties.read(db, identity, actor=some, now=NOW)
    assert (len(read.principals), len(read.versions)) == (2, 1)
    with pytest.raises(NotFoundError):
        await counties.read(db, identity, actor=replace(some, role=Role.CONVENER), now=NOW)
    with pytest.raises(NotFoundError):
        await counties.read(db, UUID(int=1), actor=some, now=NOW)
