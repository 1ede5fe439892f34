"""The directory file into a real database: all or nothing, twice the same, and out again."""

from dataclasses import replace
from datetime import date

import pytest

from sip.demo.county import AGREEMENT, DIRECTORY
from sip.domain.agreement import AgreementError
from sip.domain.people import Language, Role
from sip.store import directory as rows
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.usecases import agreement_file, agreements, users
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.directory import files
from sip.usecases.directory.csv_text import parse, write
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import DirectoryFileError
from sip.usecases.users import GrantScope, UserError
from tests.domain.cast import at
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")
BOSS = Actor(ActorKind.USER, "boss", "boss", role=Role.ADMINISTRATOR)
HEAD = "kind;key;parent;name;type;email;phone;role;person;order;from;to;successor\n"


async def load(db: Database, data: bytes) -> files.Imported:
    return await files.import_file(db, parse(data), actor=BOSS, now=NOW)


async def test_the_county_comes_in_and_out_and_in_again(db: Database) -> None:
    told: dict[str, int] = {}
    done = await files.import_file(
        db, parse(DIRECTORY.read_bytes()), actor=BOSS, now=NOW, progress=lambda what, rows: told.update({what: rows})
    )
    assert (done.principals, done.organisations, done.units) == (5, 15, 33)
    written = ["principals", "organisations", "units", "addresses", "closed days", "persons", "roles"]
    assert list(told) == ["compared", *written, "told"]
    through = list(told.values())
    assert through == sorted(through), "it never goes back"
    rows = len(parse(DIRECTORY.read_bytes()))
    assert 0 < told["compared"] <= rows // 3 < told["roles"] <= 2 * rows // 3 < told["told"] <= rows
    out = await files.export_file(db, actor=BOSS, now=NOW)
    again = parse(write(out))
    assert await files.import_file(db, again, actor=BOSS, now=NOW) == done
    assert write(await files.export_file(db, actor=BOSS, now=NOW)) == write(out)
    async with db.transaction(TESTER) as conn:
        unit = key_id("unit", "vc-norrangen")
        roster = (await rosters(conn, [unit], NOW))[unit]
    assert roster.name == "Vårdcentralen Norrängen" and roster.addresses and roster.managers


async def test_a_file_that_does_not_fit_leaves_nothing(db: Database) -> None:
    with pytest.raises(DirectoryFileError) as caught:
        await load(
            db,
            (
                HEAD + "principal;r;;Region;region;;;;;;;;\n"
                "principal;q;;Region;region;;;;;;;;\n"
                "organisation;o;nowhere;Nämnden;board;;;;;;;;\n"
                "unit;u;o;Enheten;;;;;;;;;u\n"
                "address;;u;;;a@x.example;;;;1;;;\n"
                "address;;u;;;b@x.example;;;;1;;;\n"
                "role;;u;;;;;watcher;nobody;;;;\n"
            ).encode(),
        )
    assert [str(error) for error in caught.value.errors] == [
        "Line 3: there is a principal of that name already (line 2).",
        'Line 4: "parent": there is no principal "nowhere", neither in this file nor before.',
        'Line 5: "successor": a unit cannot take over from itself.',
        'Line 7: "order" 1 is that of line 6: number the addresses 1, 2, 3.',
        'Line 8: "person": there is no person "nobody", neither in this file nor before.',
    ]
    async with db.transaction(TESTER) as conn:
        assert await rows.principals(conn) == []


async def test_what_stands_in_the_file_is_set_and_the_rest_stays(db: Database) -> None:
    await load(
        db,
        (
            HEAD + "principal;r;;Region;region;;;;;;;;\norganisation;o;r;Nämnden;board;;;;;;;;\n"
            "unit;u;o;Enheten;;;0980-319 201;;;;;;\nunit;v;o;Andra;;;;;;;;;\n"
            "address;;u;;;old@x.example;;;;1;;;\naddress;;v;;;v@x.example;;;;1;;;\n"
            "closed_day;;u;Lov;;;;;;;2026-12-21;2026-12-23;\n"
            "person;p;o;Anna;;anna@x.example;;;;;;;\nrole;;u;;;;;watcher;p;;;;\nrole;;v;;;;;watcher;p;;;;\n"
        ).encode(),
    )
    u, v = key_id("unit", "u"), key_id("unit", "v")
    await load(db, (HEAD + "unit;u;o;Enheten;;;;;;;;2026-12-31;v\naddress;;u;;;new@x.example;;;;1;;;\n").encode())
    async with db.transaction(TESTER) as conn:
        units = await rows.units_by_id(conn, [u, v])
        assert [one.email for one in await rows.addresses(conn, [u])] == ["new@x.example"]
        assert [one.email for one in await rows.addresses(conn, [v])] == ["v@x.example"]
        assert await rows.closed_days(conn, [u]) == []
        assert [one.unit_id for one in await rows.roles(conn)] == [v]
    assert units[u].successor_id == v
    assert units[u].archived_at == at("2027-01-01 00:00")
    assert (units[u].phone, units[u].language) == (None, Language.SV)
    file = await files.export_file(db, actor=BOSS, now=NOW)
    assert next(row.archived_on for row in file.units if row.key == str(u)) == date(2026, 12, 31)


async def test_an_agreement_is_kept_for_principals_that_are_there(db: Database) -> None:
    file = agreement_file.parse(AGREEMENT.read_text(encoding="utf-8"), "agreement.toml")
    with pytest.raises(AgreementError, match='no principal "region"'):
        await agreements.keep(db, file, actor=BOSS, now=NOW)
    await load(db, DIRECTORY.read_bytes())
    kept = await agreements.keep(db, file, actor=BOSS, now=NOW)
    assert kept.rules.minimum_notice == 3
    changed = replace(file, agreement=replace(kept, registration_number="other"))
    with pytest.raises(AgreementError, match="raise the version number"):
        await agreements.keep(db, changed, actor=BOSS, now=NOW)


async def test_a_user_gets_the_scope_the_directory_gives_her_role(db: Database) -> None:
    await load(db, DIRECTORY.read_bytes())

    async def add(email: str, role: Role, scope: GrantScope | None = None, name: str | None = None) -> list[object]:
        grants = await users.add_user(
            db, email, role, "hash", name=name, scope=scope or GrantScope(), actor=BOSS, now=NOW
        )
        return [one.unit_id or one.organisation_id or one.principal_id for one in grants]

    assert await add("eva.ringdahl@region-asland.example", Role.CONVENER) == [key_id("unit", "vc-norrangen")]
    assert await add("x@region.example", Role.ADMINISTRATOR, name="Drift") == [None]
    assert await add("x@region.example", Role.COORDINATOR, GrantScope(principal="region")) == [
        key_id("principal", "region")
    ]
    with pytest.raises(UserError, match="give a name"):
        await add("y@region.example", Role.CONVENER)
    with pytest.raises(UserError, match="--unit KEY"):
        await add("y@region.example", Role.CONVENER, name="Y")
    with pytest.raises(UserError, match="no such unit"):
        await add("y@region.example", Role.CONVENER, GrantScope(unit="nowhere"), name="Y")
