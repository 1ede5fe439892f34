"""Users, keys and sessions."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

from sip.domain.people import Role
from sip.store import users
from sip.store.db import Database, raw
from sip.store.users import GrantRecord, UserRecord
from sip.usecases.actor import ServicePart
from tests.domain.cast import HOME_CARE, at
from tests.store.town import Town
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")

DAY = date(2026, 11, 2)
KIM = UserRecord(uuid4(), "Kim@al.example", "Kim Samordnare")


def test_a_password_is_kept_as_argon2id_and_never_twice_alike() -> None:
    first, second = users.hash_password("rätt häst"), users.hash_password("rätt häst")
    assert first.startswith("$argon2id$") and first != second
    assert users.check_password(second, "rätt häst") and not users.check_password(second, "fel häst")


async def test_a_session_holds_a_role_and_ends(town: Town) -> None:
    grant = GrantRecord(uuid4(), KIM.id, Role.COORDINATOR, unit_id=HOME_CARE.unit_id)
    ended = GrantRecord(uuid4(), KIM.id, Role.ADMINISTRATOR, valid_to=date(2026, 10, 1))
    async with town.db.transaction(TESTER) as conn:
        await users.save_users(conn, [KIM])
        await users.set_password(conn, KIM.id, users.hash_password("rätt häst"))
        await users.save_grants(conn, [grant, ended])
        assert await users.grants_of(conn, KIM.id, DAY) == [grant]
        found = await users.for_sign_in(conn, " kim@AL.example ")
        assert found is not None
        assert users.check_password(found.password_hash, "rätt häst")
        assert not users.check_password(found.password_hash, "fel häst")
        assert not users.check_password(None, "rätt häst")
        token, csrf = await users.begin_session(conn, KIM.id, grant.id, timedelta(hours=8))
        session = await users.session(conn, token, DAY, timedelta(hours=1))
        assert session is not None
        assert (session.user, session.grant, session.csrf_secret) == (KIM, grant, csrf)
        assert not await users.choose_role(conn, token, uuid4())
        assert await users.session(conn, token + "x", DAY, timedelta(hours=1)) is None
        await users.set_password(conn, KIM.id, users.hash_password("ny häst"))
        assert await users.session(conn, token, DAY, timedelta(hours=1)) is None
        late, _ = await users.begin_session(conn, KIM.id, None, timedelta(0))
        assert await users.session(conn, late, DAY, timedelta(hours=1)) is None


async def test_who_signs_in_is_found_by_an_index_behind_the_wall(db: Database) -> None:
    """Row-level security keeps an index from what is asked of a function, as lower(), and leaves it to equality."""
    asked: list[str] = []
    async with db.transaction(ServicePart.SESSIONS) as conn:
        line = await raw(conn)
        assert await line.fetchval("select row_security_active('app_user')")
        line.add_query_logger(lambda said: asked.append(said.query))
        await users.for_sign_in(conn, KIM.email)
        await users.by_email(conn, KIM.email)
        await asyncio.sleep(0)
    found = [query for query in asked if "from app_user u where" in query]
    assert len(found) == 2
    async with db.transaction(ServicePart.SESSIONS) as conn:
        line = await raw(conn)
        for query in found:
            plan = "\n".join(row[0] for row in await line.fetch(f"explain {query.replace('$1', repr(KIM.email))}"))
            assert "Index Cond: (email_folded" in plan, plan


async def test_too_many_failures_lock(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        await users.save_users(conn, [KIM])
        for _ in range(users.FAILURES_BEFORE_LOCK):
            found = await users.for_sign_in(conn, KIM.email)
            assert found is not None
            assert not found.locked
            await users.count_sign_in(conn, KIM.id)
        found = await users.for_sign_in(conn, KIM.email)
        assert found is not None
        assert found.locked
        await users.note_sign_in(conn, KIM.id)
        found = await users.for_sign_in(conn, KIM.email)
        assert found is not None
        assert not found.locked


async def test_a_lock_that_has_run_out_is_out(db: Database) -> None:
    """One wrong password more, a day later, locks nobody."""
    async with db.transaction(TESTER) as conn:
        await users.save_users(conn, [KIM])
        for _ in range(users.FAILURES_BEFORE_LOCK):
            await users.count_sign_in(conn, KIM.id)
        await (await raw(conn)).execute("update app_user set locked_until = locked_until - interval '1 day'")
        await users.count_sign_in(conn, KIM.id)
        found = await users.for_sign_in(conn, KIM.email)
        assert found is not None
        assert not found.locked
        for _ in range(users.FAILURES_BEFORE_LOCK - 1):
            await users.count_sign_in(conn, KIM.id)
        again = await users.for_sign_in(conn, KIM.email)
        assert again is not None
        assert again.locked
        await users.count_sign_in(conn, None)
