"""The migrations make exactly the tables of `tables.py`, and the application's role may do no more than it needs."""

import asyncio
from collections import defaultdict
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from sip.embedded.server import ServerHandle
from sip.store import db as database
from sip.store import migrate
from sip.store.db import Database
from sip.store.tables import metadata
from sip.usecases import deviations, service
from sip.usecases.commands import Command
from tests.domain.cast import at
from tests.store.town import WORLD, Town, build
from tests.tester import TESTER
from tests.usecases.test_meetings import CONVENER as CONVENES

_CATALOG = {
    "columns": "select table_name, column_name, data_type, is_nullable, column_default, is_identity"
    " from information_schema.columns where table_schema = 'public' and table_name <> 'alembic_version'",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'alembic_version'",
    "indexes": "select tablename, indexname, indexdef from pg_indexes"
    " where schemaname = 'public' and tablename <> 'alembic_version'",
}

_NAMES = "select table_name, column_name from information_schema.columns where table_schema = 'public'"
_REQUIRED = (
    f"{_NAMES} and is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER'"
)


async def _catalog(url: str) -> dict[str, set[tuple[object, ...]]]:
    engine = create_async_engine(url)
    async with engine.connect() as conn:
        found = {name: {tuple(row) for row in await conn.execute(sa.text(sql))} for name, sql in _CATALOG.items()}
    await engine.dispose()
    return found


async def test_migrations_and_tables_are_the_same(cluster: ServerHandle, database_owner_url: str) -> None:
    """Columns, constraints (checks too, which Alembic does not compare) and indexes."""
    await asyncio.to_thread(migrate.check_drift, database_owner_url)
    cluster.ensure_database("sip_drift")
    engine = create_async_engine(cluster.owner_url("sip_drift"))
    async with engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    await engine.dispose()
    migrated, wanted = await _catalog(database_owner_url), await _catalog(cluster.owner_url("sip_drift"))
    cluster.drop_database("sip_drift")
    for name in _CATALOG:
        assert migrated[name] == wanted[name], name


async def test_the_version_before_writes_into_the_new_tables(cluster: ServerHandle) -> None:
    """During a deployment both run: what a table got after it was made may be left out by who does not know of it."""
    known: dict[str, set[str]] = {}
    added: set[tuple[str, str]] = set()

    def after_each(*, ctx: Any, **_: object) -> None:
        found: dict[str, set[str]] = defaultdict(set)
        for table, column in ctx.connection.execute(sa.text(_NAMES)):
            found[table].add(column)
        added.update((table, one) for table in known.keys() & found.keys() for one in found[table] - known[table])
        known.clear()
        known.update(found)

    cluster.ensure_database("sip_steps")
    made = migrate.config(cluster.owner_url("sip_steps"))
    made.attributes["after_each"] = after_each
    await asyncio.to_thread(command.upgrade, made, "head")
    engine = create_async_engine(cluster.owner_url("sip_steps"))
    async with engine.connect() as conn:
        required = {(row[0], row[1]) for row in await conn.execute(sa.text(_REQUIRED))}
    await engine.dispose()
    cluster.drop_database("sip_steps")
    assert len(added) > 50
    assert added & required == set()


async def test_a_way_back_takes_away_what_the_version_before_cannot_show(
    cluster: ServerHandle, template_database: str
) -> None:
    """Good examples, which it would take for reports; and there is none where a protected meeting has been called."""
    cluster.create_database_from_template("sip_back", template_database)
    back = Database(cluster.owner_url("sip_back"))
    town = Town(back)
    await build(back)
    meeting = await town.call()
    praised = await deviations.praise(back, meeting, 2, "Tack", Command(CONVENES, town.now, WORLD, "praise"))
    assert praised.refused is None
    await _protect(back, "true")
    with pytest.raises(RuntimeError, match="has been called"):
        await asyncio.to_thread(migrate.downgrade, back.url, "2026_11_29_disposal")
    await _protect(back, "false")
    await asyncio.to_thread(migrate.downgrade, back.url, "2026_11_29_called_places")
    async with back.transaction(TESTER) as conn:
        assert await conn.scalar(sa.text("select count(*) from deviation")) == 0
    await back.close()
    cluster.drop_database("sip_back")


async def _protect(db: Database, how: str) -> None:
    """The flag of every case and meeting, which nothing of the service changes."""
    key = "fk_meeting_case_protected"
    async with db.transaction(TESTER) as conn:
        for statement in (
            f"alter table meeting drop constraint {key}",
            f"update case_ set protected = {how}",
            f"update meeting set protected = {how}",
            f"alter table meeting add constraint {key} foreign key (case_id, protected)"
            " references case_ (id, protected)",
        ):
            await conn.execute(sa.text(statement))


async def test_a_second_run_changes_nothing_and_head_is_known(db: Database, database_owner_url: str) -> None:
    await asyncio.to_thread(migrate.upgrade, database_owner_url)
    async with db.transaction(TESTER) as conn:
        assert await migrate.current_is_head(conn)
        assert await migrate.current(conn) == migrate.head()


async def test_a_version_works_on_its_own_tables_and_on_newer_ones(db: Database, database_owner_url: str) -> None:
    before = next(one for one in migrate.versions()[1] if one != migrate.head())
    owner = create_async_engine(database_owner_url)
    for there, works in (("2199_01_01_what_comes", True), (before, False), (migrate.head(), True)):
        async with owner.begin() as conn:
            await conn.execute(sa.text("update alembic_version set version_num = :there"), {"there": there})
        async with db.transaction(TESTER) as conn:
            assert await migrate.serves(conn) is works, there
            assert await migrate.current_is_head(conn) is (there == migrate.head())
        assert (await service.lag(db, at("2026-11-02 10:00")) is not None) is works, there
    await owner.dispose()


async def test_an_empty_database_is_not_current(cluster: ServerHandle) -> None:
    cluster.ensure_database("sip_bare")
    bare = Database(cluster.url("sip_bare"))
    async with bare.transaction(TESTER) as conn:
        assert await migrate.current(conn) is None
        assert not await migrate.current_is_head(conn)
    await bare.close()
    cluster.drop_database("sip_bare")


@pytest.mark.parametrize("table", ["journal", "access_log", "rule_set", "agreement"])
@pytest.mark.parametrize("act", ["update {} set {} = {}", "delete from {}", "truncate {}"])
async def test_the_application_only_appends(db: Database, table: str, act: str) -> None:
    column = list(metadata.tables[table].columns)[1].name
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with db.transaction(TESTER) as conn:
            await conn.execute(sa.text(act.format(table, column, column)))


async def test_the_application_owns_nothing(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        assert await raw.fetchval("select count(*) from pg_class where relowner = current_user::regrole") == 0
        assert not await raw.fetchval("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        async with db.transaction(TESTER) as conn:
            await conn.execute(sa.text("alter table meeting add column x text"))


async def test_every_table_has_its_rights() -> None:
    assert set(migrate.GRANTS) == set(metadata.tables)
