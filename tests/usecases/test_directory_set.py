"""A directory file is carried out as it was checked: as a set, whatever the order of its rows (decision 0044)."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from sip.domain.people import PrincipalKind
from sip.store import directory as rows
from sip.store.db import Database
from sip.store.directory import PrincipalRecord
from sip.usecases.directory import files
from sip.usecases.directory.csv_text import parse, write
from sip.usecases.directory.differences import Differences, RowChange
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import DirectoryFile, DirectoryFileError
from tests.tester import TESTER
from tests.usecases.test_directory import BOSS, NOW

HEAD = "kind;key;parent;name;type;hsa_id;email;role;person;order;from;to;successor;flags;mail_domains\n"
A = """\
principal;p1;;Norr;region;;;;;;;;;;
principal;p2;;Söder;municipality;;;;;;;;;;
organisation;o1;p1;Nämnden;board;;;;;;;;;;norr.example
organisation;o2;p2;Nämnden;board;;;;;;;;;;
organisation;o3;p2;Andra nämnden;board;;;;;;;;;;
unit;u1;o1;Enhet ett;;SE2399990110-E1;;;;;;;;;
unit;u2;o2;Enhet två;;SE2399990110-E2;;;;;;;;;
unit;u3;o2;Enhet tre;;;;;;;;;;weekend_staffed;
address;;u1;;;;ett@norr.example;;;1;;;;;
address;;u1;;;;reserv@norr.example;;;2;;;;;
address;;u2;;;;tva@soder.example;;;1;;;;;
closed_day;;u1;Lov;;;;;;;2026-12-21;2026-12-23;;;
person;a;o1;Anna;;;anna@norr.example;;;;;;;;
person;b;o1;Bo;;;bo@norr.example;;;;;;;;
person;c;o2;Cia;;;anna@norr.example;;;;;;;;
role;;u1;;;;;watcher;a;;;;;;
role;;u2;;;;;watcher;c;;;;;;
"""


def read(text: str) -> DirectoryFile:
    return parse((HEAD + text).encode())


async def bring(db: Database, file: DirectoryFile) -> None:
    await files.import_file(db, file, actor=BOSS, now=NOW)


async def taken_out(db: Database) -> bytes:
    return write(await files.export_file(db, actor=BOSS, now=NOW))


async def compared(db: Database, file: DirectoryFile) -> Differences:
    return await files.compare_file(db, file, actor=BOSS, now=NOW)


SWAPS = {
    "two units swap HSA-ids": [
        ("Enhet ett;;SE2399990110-E1", "Enhet ett;;X"),
        ("-E2", "-E1"),
        ("X", "SE2399990110-E2"),
    ],
    "one person takes another's old address": [("bo@", "x@"), ("Anna;;;anna@", "Anna;;;bo@")],
    "two principals swap names": [("Norr;region", "X;region"), ("Söder", "Norr"), ("X;region", "Söder;region")],
    "an organisation moves to where its name was": [("o2;p2;Nämnden", "o2;p1;Nämnden"), ("o1;p1", "o1;p2")],
    "a unit gives its HSA-id away": [("Enhet ett;;SE2399990110-E1", "Enhet ett;;"), ("-E2", "-E1")],
    "a person gives her address away": [("Anna;;;anna@norr.example", "Anna;;;"), ("bo@", "anna@")],
    "a successor stands later in the file": [(";;;;;;;;;\nunit;u2", ";;;;;;2026-12-31;u3;;\nunit;u2")],
}


@pytest.mark.parametrize("changes", SWAPS.values(), ids=SWAPS)
@pytest.mark.parametrize("backwards", [False, True])
async def test_what_must_be_unique_may_change_hands(
    db: Database, changes: Sequence[tuple[str, str]], backwards: bool
) -> None:
    await bring(db, read(A))
    text = A
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    lines = text.splitlines(keepends=True)
    file = read("".join(reversed(lines)) if backwards else text)
    assert (await compared(db, file)).found
    await bring(db, file)
    assert not (await compared(db, file)).found
    assert write(parse(await taken_out(db))) == await taken_out(db)


async def test_a_move_between_two_that_are_called_alike_is_told(db: Database) -> None:
    """A board named as another principal's: each is said with whose it is."""
    await bring(db, read(A))
    (one,) = (await compared(db, read(A.replace("person;b;o1;", "person;b;o2;")))).found
    assert one.cells == (("parent", "Nämnden (Norr)", "Nämnden (Söder)"),)


def _states() -> st.SearchStrategy[DirectoryFile]:
    """The same things with their names, numbers, addresses and places dealt anew, in any order of rows."""
    base = read(A)
    principals, orgs, units, persons = base.principals, base.organisations, base.units, base.persons
    names = [row.name for row in principals]
    places = [(row.parent, row.name) for row in orgs]
    numbers = [row.hsa_id for row in units]
    mails = [(row.parent, row.email) for row in persons]
    dealt = st.tuples(*(st.permutations(one) for one in (names, places, numbers, mails, base.addresses, base.roles)))

    def made(given: Sequence[Sequence[Any]], order: int) -> DirectoryFile:
        turn = slice(None, None, -1 if order else 1)
        return DirectoryFile(
            [replace(row, name=one) for row, one in zip(principals, given[0], strict=True)][turn],
            [replace(row, parent=p, name=n) for row, (p, n) in zip(orgs, given[1], strict=True)][turn],
            [replace(row, hsa_id=one) for row, one in zip(units, given[2], strict=True)][turn],
            list(base.addresses[: 1 + order])[turn],
            [replace(row, parent=p, email=e) for row, (p, e) in zip(persons, given[3], strict=True)][turn],
            list(base.roles[: 1 + order])[turn],
            list(base.closed_days[:order]),
        )

    return st.builds(made, dealt, st.integers(0, 1))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a=_states(), b=_states())
def test_a_file_of_one_state_makes_that_state_of_any_other(
    property_loop: asyncio.AbstractEventLoop, property_db: Database, a: DirectoryFile, b: DirectoryFile
) -> None:
    """Exported from B and imported onto A gives B, and says before what it changes: all of it, and nothing else."""

    async def play() -> None:
        await bring(property_db, b)
        wanted = await taken_out(property_db)
        await bring(property_db, a)
        there = await taken_out(property_db)
        told = await compared(property_db, parse(wanted))
        assert await taken_out(property_db) == there
        assert bool(told.found) == (there != wanted)
        await bring(property_db, parse(wanted))
        assert await taken_out(property_db) == wanted
        assert not (await compared(property_db, parse(wanted))).found

    property_loop.run_until_complete(play())


@pytest.fixture
def property_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Hypothesis calls plain functions, and a connection belongs to one loop."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def property_db(property_loop: asyncio.AbstractEventLoop, database_url: str) -> Iterator[Database]:
    db = Database(database_url)
    yield db
    property_loop.run_until_complete(db.close())


async def test_differences_are_told_line_by_line(db: Database) -> None:
    await bring(db, read(A))
    file = read(
        "unit;u1;o1;Enhet ett;;SE2399990110-E7;;;;;;;;;\n"
        "address;;u1;;;;ny@norr.example;;;1;;;;;\n"
        "unit;u2;o2;Enhet två;;SE2399990110-E2;;;;;;2026-12-31;u3;;\n"
        "unit;u3;o2;Enhet tre;;;;;;;;;;weekend_staffed;\n"
        "person;d;o1;Dag;;;dag@norr.example;;;;;;;;\n"
        "closed_day;;u3;;;;;;;;2026-12-24;2026-12-25;;;\n"
    )
    before = await taken_out(db)
    told = await compared(db, file)
    assert [(one.line, one.act, one.kind, one.name, one.cells) for one in told.found] == [
        (2, "changed", "unit", "Enhet ett", (("hsa_id", "SE2399990110-E1", "SE2399990110-E7"),)),
        (2, "gone", "address", "ett@norr.example of Enhet ett",
         (("parent", "Enhet ett", ""), ("email", "ett@norr.example", ""), ("order", "1", ""))),
        (2, "gone", "address", "reserv@norr.example of Enhet ett",
         (("parent", "Enhet ett", ""), ("email", "reserv@norr.example", ""), ("order", "2", ""))),
        (2, "gone", "role", "Anna, watcher in Enhet ett",
         (("parent", "Enhet ett", ""), ("type", "unit", ""), ("person", "Anna", ""), ("role", "watcher", ""),
          ("order", "1", ""))),
        (2, "gone", "closed_day", "Enhet ett", (("from", "2026-12-21 to 2026-12-23", ""),)),
        (3, "new", "address", "ny@norr.example of Enhet ett",
         (("parent", "", "Enhet ett"), ("email", "", "ny@norr.example"), ("order", "", "1"))),
        (4, "archived", "unit", "Enhet två", (("successor", "", "Enhet tre"), ("to", "", "2026-12-31"))),
        (4, "gone", "address", "tva@soder.example of Enhet två",
         (("parent", "Enhet två", ""), ("email", "tva@soder.example", ""), ("order", "1", ""))),
        (4, "gone", "role", "Cia, watcher in Enhet två",
         (("parent", "Enhet två", ""), ("type", "unit", ""), ("person", "Cia", ""), ("role", "watcher", ""),
          ("order", "1", ""))),
        (6, "new", "person", "Dag",
         (("parent", "", "Nämnden (Norr)"), ("name", "", "Dag"), ("email", "", "dag@norr.example"))),
        (7, "new", "closed_day", "Enhet tre", (("from", "", "2026-12-24 to 2026-12-25"),)),
    ]  # fmt: skip
    assert (told.count(RowChange.ARCHIVED), told.unchanged) == (1, 1)
    assert await taken_out(db) == before


async def _waits_for_another(db: Database) -> bool:
    async with db.transaction(TESTER) as conn:
        waiting = sa.text("select exists (select 1 from pg_stat_activity where wait_event = 'transactionid')")
        return bool(await conn.scalar(waiting))


async def test_what_another_writes_meanwhile_is_told_with_its_line(db: Database) -> None:
    """The check saw nothing; the database did, and waited for the other to finish."""
    async with db.transaction(TESTER) as conn:
        other = PrincipalRecord(key_id("principal", "x"), PrincipalKind.REGION, "Söder")
        await rows.upsert_principals(conn, [other])
        ours = asyncio.create_task(bring(db, read(A)))
        for _ in range(1000):
            if await _waits_for_another(db):
                break
            await asyncio.sleep(0.01)
    with pytest.raises(DirectoryFileError) as caught:
        await ours
    assert str(caught.value) == "Line 3: there is a principal of that name already (before)."


async def test_what_the_database_alone_refuses_is_a_sentence_with_its_line(
    db: Database, database_owner_url: str
) -> None:
    owner = create_async_engine(database_owner_url)
    async with owner.begin() as conn:
        await conn.execute(sa.text("alter table person add constraint our_own check (name <> 'Bo')"))
    await owner.dispose()
    with pytest.raises(DirectoryFileError) as caught:
        await bring(db, read(A))
    # Behind row-level security the database names no row: it says so (decision 0083).
    said = "Line 1: the database refused the file (our_own) and does not say where. Nothing was imported."
    assert str(caught.value) == said
    async with db.transaction(TESTER) as conn:
        assert await rows.principals(conn) == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("unit;u;o1;Enhet;;SE٢٣٩٩٩٩٠١١٠-E1;;;;;;;;;\n", '"hsa_id" is no HSA-id, such as SE2321000131-E000000000001.'),
        (
            "address;;u1;;;;x@y.example;;;3;;9999-12-31;;;\n",
            '"to" must be from 2000-01-01 to 2099-12-31; leave it empty',
        ),
        ("address;;u1;;;;x@y.example;;;3;0001-01-01;;;;\n", '"from" must be from 2000-01-01 to 2099-12-31'),
    ],
)
def test_what_the_database_would_refuse_or_bend_is_refused_before(row: str, sentence: str) -> None:
    with pytest.raises(DirectoryFileError) as caught:
        read(A + row)
    assert str(caught.value).startswith(f"Line 19: {sentence}")


async def test_the_last_day_of_all_comes_back_as_it_went_in(db: Database) -> None:
    """The greatest day that passes is a day to the database; the year 9999 would have been its `infinity`."""
    await bring(db, read(A + "address;;u1;;;;sist@norr.example;;;3;;2099-12-31;;;\n"))
    async with db.transaction(TESTER) as conn:
        stored = await conn.scalar(sa.text("select valid_to::text from unit_address where valid_to is not null"))
    assert stored == date(2099, 12, 31).isoformat()
    assert not (await compared(db, parse(await taken_out(db)))).found


async def test_a_units_area_comes_back_as_it_went_in_and_goes_with_its_cell(db: Database) -> None:
    rows = ("kind;key;parent;name;type;area\nprincipal;p1;;Norr;region;\norganisation;o1;p1;Nämnden;board;\n"
            "unit;u1;o1;Enhet ett;;{}\n")  # fmt: skip
    await bring(db, parse(rows.format("Nordvästra").encode()))
    out = parse(await taken_out(db))
    assert [one.area for one in out.units] == ["Nordvästra"]
    found = await compared(db, parse(rows.format("Södra").encode()))
    assert [[tuple(cell) for cell in one.cells] for one in found.found] == [[("area", "Nordvästra", "Södra")]]
    await bring(db, parse(rows.format("").encode()))
    assert [one.area for one in parse(await taken_out(db)).units] == [None]


async def test_a_unit_has_no_more_closed_days_than_by_any_other_door(db: Database) -> None:
    years = "".join(f"closed_day;;u1;;;;;;;;{year}-01-01;{year}-12-31;;;\n" for year in range(2026, 2031))
    with pytest.raises(DirectoryFileError, match="Line 23: a unit has at most 1500 closed days in all"):
        await bring(db, read(A + years))
