"""The wall behind the first: no table stands outside it, and who has not said who she is finds and writes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ProgrammingError

from sip.domain.people import Role
from sip.embedded.server import ServerHandle
from sip.store import db as database
from sip.store import heartbeats, migrate, wall
from sip.store.db import Acting, Database, View, beyond
from sip.store.module_runs import Ran
from sip.store.post import imap_account
from sip.store.tables import metadata
from sip.store.vault import Vault
from sip.usecases import service
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.received import inbound
from sip.usecases.received.inbound import Envelope
from tests.domain.cast import HOME_CARE, at, ident
from tests.store.town import Town, build
from tests.tester import TESTER

_BARE = """select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
 and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid
 and p.polname = 'seen' and p.polroles = array['sip_app'::regrole::oid])) order by 1"""
_HANDED_ROUND = "select tablename from pg_policies where 'public' = any(roles)"


class Nobody:
    """A transaction that says nothing of who acts."""

    setting = ""
    view = View(sees="", kind="", place="", who="")


async def _told(db: Database, actor: Acting, sql: str, *values: Any) -> set[Any]:
    async with db.transaction(actor) as conn:
        return {row[0] for row in await (await database.raw(conn)).fetch(sql, *values)}


async def test_every_table_stands_behind_it(db: Database) -> None:
    assert await _told(db, TESTER, _BARE) == {"alembic_version"}, "which says the version of the tables"
    assert await _told(db, TESTER, _HANDED_ROUND) == set()


def test_every_table_is_in_one_list() -> None:
    lists = [*wall.BY_RULE, *wall.OWN, *wall.OF_SERVICE, *wall.KNOWN]
    assert sorted(lists) == sorted(metadata.tables)
    assert all(len(why) > 10 for why in (wall.KNOWN | wall.OF_SERVICE).values())


async def test_without_an_actor_there_is_nothing(db: Database) -> None:
    await build(db)
    filled = set()
    for table in metadata.tables:
        there = await _told(db, TESTER, f"select count(*) from {table}")
        filled |= {table} if there != {0} else set()
        assert await _told(db, Nobody(), f"select count(*) from {table}") == {0}, table
    assert {"unit", "person", "role", "case_"} <= filled
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with db.transaction(Nobody()) as conn:
            await conn.exec_driver_sql("insert into heartbeat (kind, seen_at) values ('x', now())")


async def test_nothing_is_left_of_an_actor_for_the_next(database_url: str, db: Database) -> None:
    """One connection, used again as it comes from the pool, without the transaction's own beginning."""
    await build(db)
    one = Database(database_url, connections=1)
    try:
        assert await _told(one, TESTER, "select count(*) from unit") != {0}
        async with one._engine.connect() as conn:
            assert (await conn.exec_driver_sql("select count(*) from unit")).scalar() == 0
    finally:
        await one.close()


async def test_parts_of_the_service_see_no_more_than_they_need(db: Database) -> None:
    await build(db)
    for part in (ServicePart.RECEIVER, ServicePart.SESSIONS):
        for table in wall.BY_RULE:
            assert await _told(db, part, f"select count(*) from {table}") == {0}, (part, table)
    for table in (*wall.OWN, *wall.OF_SERVICE):
        assert await _told(db, ServicePart.RECEIVER, f"select count(*) from {table}") == {0}, table


async def test_what_is_beyond_ends_with_its_block(db: Database) -> None:
    await build(db)
    outsider = Actor(ActorKind.USER, "1", "Ulla", ident("Soc Bok"), Role.UNIT_STAFF)
    async with db.transaction(outsider) as conn:
        line = await database.raw(conn)
        assert await line.fetchval("select count(*) from case_") == 0
        async with beyond(conn):
            async with beyond(conn):
                pass
            assert await line.fetchval("select count(*) from case_") > 0
        assert await line.fetchval("select count(*) from case_") == 0
        with pytest.raises(ValueError, match="in it"):
            async with conn.begin_nested(), beyond(conn):
                raise ValueError("in it")
        assert await line.fetchval("select count(*) from case_") == 0


async def test_another_text_of_the_wall_is_noticed(
    db: Database, database_owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with db.transaction(TESTER) as conn:
        assert await migrate.current_is_head(conn)
    with _loosened(monkeypatch):
        async with db.transaction(TESTER) as conn:
            assert not await migrate.current_is_head(conn), "`sip migrate` has to be run"
        migrate.upgrade(database_owner_url)
        async with db.transaction(TESTER) as conn:
            assert await migrate.current_is_head(conn)
    migrate.upgrade(database_owner_url)
    staff = Actor(ActorKind.USER, "1", "Sara", HOME_CARE.unit_id, Role.UNIT_STAFF)
    assert await _told(db, staff, "select count(*) from sketch") == {0}


async def test_a_migration_puts_old_rows_right(town: Town, owner: Database) -> None:
    """While the wall is taken away the owner of the tables sees all rows: else old ones would stay as they were."""
    meeting = await town.call()
    filled = "select cardinality(called_places) from meeting where id = $1"
    assert await _told(town.db, TESTER, filled, meeting) == {3}, "the unit, its organisation and its principal"
    async with owner.transaction(TESTER) as conn:
        for statement in wall.taken_away():
            await conn.exec_driver_sql(statement)
        line = await database.raw(conn)
        await line.execute("alter table meeting drop column called_places")
        with Operations.context(MigrationContext.configure(conn.sync_connection)):
            await conn.run_sync(lambda _: _migration("2026_11_29_called_places").upgrade())
        assert await line.fetchval(filled, meeting) == 3
        await conn.rollback()


def _migration(name: str) -> ModuleType:
    found = ScriptDirectory(str(migrate.migrations_folder())).get_revision(name)
    assert found is not None
    return found.module


@contextmanager
def _loosened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setitem(wall.KNOWN, "sketch", "as another version might have said it")
        patched.delitem(wall.OWN, "sketch")
        yield


async def test_the_receivers_own_role_writes_how_its_modules_went(cluster: ServerHandle, database: str) -> None:
    db = Database(cluster.url(database, "sip_receiver"))
    await service.keep_runs(db, [Ran("beat", 0.1), Ran("imap_account", 0.2, {"taken": 1})])
    await service.keep_runs(db, [Ran("beat", 0.1)])
    await db.close()


async def test_the_receivers_own_role_adds_mail_and_reads_none(cluster: ServerHandle, database: str) -> None:
    """Everything that `sip mail-in` does at the database, as the role that can do nothing else."""
    db = Database(cluster.url(database, "sip_receiver"))
    app, now, vault = Database(cluster.url(database)), at("2026-11-02 10:00"), Vault("a key of the tests, long enough")
    try:
        assert await service.is_migrated(db)
        await service.time_of(db)
        await service.beat(db, heartbeats.RECEIVER, now)
        await service.forget_ways(db, heartbeats.IMAP_ACCOUNT)
        for _ in range(2):  # the same mail twice is one
            await inbound.ingest(db, vault, b"x", Envelope("a@al.example", ("sip@sip.example",)), "lmtp", now)
        assert await _told(app, TESTER, "select mail_from from inbound") == {"a@al.example"}
        place = imap_account.AccountFolder("sip@sip.example", "INBOX", "reader")
        async with db.transaction(ServicePart.RECEIVER) as conn:
            assert await imap_account.take(conn, place) is not None
        for table in set(metadata.tables) - set(migrate.RECEIVER_GRANTS) | {"inbound"}:
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with db.transaction(TESTER) as conn:
                    await conn.exec_driver_sql(f"select count(*) from {table}")
    finally:
        await db.close()
        await app.close()
