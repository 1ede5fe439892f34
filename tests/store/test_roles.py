"""What each of the service's roles may do at the database, asked of the database itself and tried."""

import asyncio
import re
from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from sip import app
from sip.edges import checkup
from sip.embedded.cluster import ROLES
from sip.ground import StartError
from sip.settings import load_settings
from sip.store import db as database
from sip.store import migrate
from sip.store.db import Database
from sip.store.tables import metadata
from sip.usecases import service
from sip.usecases.actor import ENGINE
from tests.domain.cast import at
from tests.store.test_wall import Nobody
from tests.store.town import build
from tests.tester import TESTER

_GRANTED = """
select c.relname, lower(a.privilege_type) from pg_class c, aclexplode(c.relacl) a
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.grantee = $1::text::regrole
union select c.relname, lower(a.privilege_type) || ' of columns' from pg_class c
 join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.grantee = $1::text::regrole
"""
SECRETS = ("password_hash", "failed_sign_ins", "locked_until", "signed_in_at")


def _said(grants: dict[str, str]) -> dict[str, set[str]]:
    """Rights by table; `update of a column` for what holds of columns alone."""
    found = {}
    for table, rights in grants.items():
        columns = {part.split(" (")[0].split()[-1] for part in rights.split(")") if " (" in part}
        whole = {one for one in ("select", "insert", "update", "delete") if one in rights} - columns
        found[table] = whole | {f"{one} of columns" for one in columns}
    return found


def _as(url: str, role: str) -> str:
    return url.replace("sip_service@", f"{role}@")


async def _has(owner: Database, role: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    async with owner.transaction(TESTER) as conn:
        for table, right in await (await database.raw(conn)).fetch(_GRANTED, role):
            found[table].add(right)
    found.pop("alembic_version", None)
    return found


@pytest.mark.parametrize(
    ("role", "grants"),
    [
        (migrate.APP_ROLE, migrate.GRANTS),
        (migrate.ENGINE_ROLE, migrate.ENGINE_GRANTS),
        (migrate.RECEIVER_ROLE, migrate.RECEIVER_GRANTS),
    ],
)
async def test_each_role_has_what_is_said_and_no_more(owner: Database, role: str, grants: dict[str, str]) -> None:
    assert await _has(owner, role) == _said(grants)


_CALLED = """
select p.oid::regprocedure::text, case a.grantee when 0 then 'public' else a.grantee::regrole::text end
 from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
 where p.pronamespace = 'public'::regnamespace and p.prosecdef and a.grantee <> p.proowner
"""


async def test_what_works_with_its_owners_rights_is_called_by_whom_it_is_said(owner: Database) -> None:
    async with owner.transaction(TESTER) as conn:
        found = {(row[0], row[1]) for row in await (await database.raw(conn)).fetch(_CALLED)}
        said = {
            (str(await conn.scalar(text("select (:name)::regprocedure::text"), {"name": name})), caller)
            for name, callers in migrate.FUNCTION_GRANTS.items()
            for caller in callers
        }
    assert found == said
    assert all(caller != "public" for _, caller in found)


async def test_no_role_owns_or_passes_anything(owner: Database) -> None:
    async with owner.transaction(TESTER) as conn:
        rows = await conn.execute(
            text(
                "select rolname from pg_roles where rolname = any(:roles) and (rolsuper or rolbypassrls"
                " or rolcreaterole or rolcreatedb or exists (select from pg_class c where c.relowner = pg_roles.oid))"
            ),
            {"roles": [role for role in ROLES if role not in ("sip_admin", "sip_owner")]},
        )
        assert rows.all() == []


def test_the_worker_reads_no_secret_and_the_pages_write_no_mail() -> None:
    for table in ("api_key", "second_factor", "recovery_code", "user_identity", "role_commission", "saved_view", "feed",
                  "feed_secret", "barrier"):  # fmt: skip
        assert table not in migrate.ENGINE_GRANTS
    assert not any(name in migrate.ENGINE_GRANTS["app_user"] for name in SECRETS)
    assert not [name for name, rights in migrate.GRANTS.items() if name.startswith("seal_") and rights != "select"]
    assert migrate.GRANTS["mail"] == "select"


@pytest.fixture
async def engine(database_url: str) -> Any:
    db = Database(_as(database_url, migrate.ENGINE_ROLE))
    yield db
    await db.close()


async def test_the_workers_role_is_denied_what_is_not_its_own(db: Database, engine: Database) -> None:
    await build(db)
    denied = [f"select count(*) from {table}" for table in set(metadata.tables) - set(migrate.ENGINE_GRANTS)]
    denied += [f"select {name} from app_user" for name in SECRETS]
    denied += ["select hash from web_session", "select body from idempotency", "delete from journal",
               "update access_log set at = now()", "update person set name = 'x'",
               "insert into user_role default values", "update app_user set name = 'x'"]  # fmt: skip
    for statement in denied:
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with engine.transaction(ENGINE) as conn:
                await conn.exec_driver_sql(statement)


async def test_the_workers_role_stands_behind_the_wall(db: Database, engine: Database) -> None:
    await build(db)
    for table in set(migrate.ENGINE_GRANTS) - {
        "app_user",
        "web_session",
        "used_once",
        "idempotency",
        "directory_upload",
    }:
        async with engine.transaction(Nobody()) as conn:
            assert await conn.scalar(text(f"select count(*) from {table}")) == 0, table
    async with engine.transaction(ENGINE) as conn:
        assert await conn.scalar(text("select count(*) from unit")) != 0


async def test_the_worker_does_all_of_its_modules_as_itself(database_url: str) -> None:
    settings = load_settings({"SIP_ENVIRONMENT": "test"})
    pages, engine = _as(database_url, migrate.APP_ROLE), _as(database_url, migrate.ENGINE_ROLE)
    async with app.parts(settings, pages, engine) as made:
        await build(made.db)
        for now in (at("2026-11-02 10:00"), at("2026-11-09 08:00")):
            for done in (await made.worker.run_once(now), await made.worker.keep_house(now)):
                assert done.errors == []
                await service.keep_runs(made.worker.db, done.ran)
        with pytest.raises(StartError, match="connect as sip_engine"):
            await app.check_worker(made.db)
        await app.check_worker(made.worker.db)


_OPEN = """insert into standing_group (id, kind, name, mandate_text, state, founded_at, readers, opened_at, version,
 journal_seq, journal_hash) values (:id, 'care_council', 'Vårdsrådet', '', 'standing', :at, 'open', :at, 1, 0, '')"""
_SITS = """insert into group_sitting (id, group_id, group_name, state, starts_at, ends_at, place_text, called_at,
 version, journal_seq, journal_hash) values (:id, :id, '', 'called', :start, :end, 'Sal 2', :called, 1, 0, '')"""
_FOLLOWS = """insert into subscription (group_id, email, language, asked_at, confirmed_at, told_until)
 values (:id, 'nils@brev.example', 'sv', :at, :at, :at)"""


async def test_the_worker_tells_followers_as_itself_through_the_views(database_url: str) -> None:
    settings, group = load_settings({"SIP_ENVIRONMENT": "test"}), UUID(int=7)
    pages, engine = _as(database_url, migrate.APP_ROLE), _as(database_url, migrate.ENGINE_ROLE)
    async with app.parts(settings, pages, engine) as made:
        await build(made.db)
        given = {"id": group, "at": at("2026-11-02 10:00"), "called": at("2026-11-04 10:00")}
        given |= {"start": at("2027-02-09 13:00"), "end": at("2027-02-09 16:00")}
        async with made.db.transaction(TESTER) as conn:
            for sql in (_OPEN, _SITS, _FOLLOWS):
                await conn.execute(text(sql), {name: given[name] for name in re.findall(r":(\w+)", sql)})
        done = await made.worker.run_once(at("2026-11-09 08:00"))
        assert done.errors == [] and done.count("told") == 1
        async with made.db.transaction(TESTER) as conn:
            assert await conn.scalar(text("select count(*) from outbox where kind = 'group_news'")) == 1


@pytest.mark.parametrize("role", [migrate.APP_ROLE, migrate.ENGINE_ROLE, migrate.RECEIVER_ROLE])
async def test_the_check_answers_as_every_role(db: Database, database_url: str, role: str) -> None:
    """In a container each process has its own: what that may not read is said, in a sentence."""
    settings = load_settings({"SIP_ENVIRONMENT": "test"})
    found = await asyncio.to_thread(
        checkup.run, settings, _as(database_url, role), lambda: at("2026-11-02 10:00"), send=False
    )
    titles = {one.what: one.level for one in found}
    assert ("Received mail" in titles) is (role == migrate.RECEIVER_ROLE)
    assert ("Mailboxes" in titles) is (role != migrate.RECEIVER_ROLE)
    assert titles["Database role"] == "good"


async def test_without_the_role_the_pages_may_do_the_workers_work(
    database_owner_url: str, owner: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation that has not made it yet goes on as before, and is told; made later, it has its rights by
    running `sip migrate` again, and the pages lose theirs."""
    pages = Database(_as(database_url, migrate.APP_ROLE))
    try:
        with monkeypatch.context() as patched:
            patched.setattr(migrate, "ENGINE_ROLE", "sip_not_made")
            migrate.upgrade(database_owner_url)
            assert await service.may_work(pages)
            assert not await service.engine_is_apart(pages)
            await app.check_worker(pages)
        for _ in range(2):  # the second changes nothing, and says nothing twice
            migrate.upgrade(database_owner_url)
        assert await service.engine_is_apart(pages)
        assert not await service.may_work(pages)
        assert await _has(owner, migrate.APP_ROLE) == _said(migrate.GRANTS)
    finally:
        await pages.close()
