"""Keys of other systems: shown once, renewed with an overlap, noted when used, revoked."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from sip.domain.people import Role
from sip.store import api_keys
from sip.store.api_keys import KeyRecord
from sip.store.db import Database
from tests.domain.cast import at
from tests.store.conftest import db
from tests.tester import TESTER

__all__ = ["db"]
NOW = at("2026-11-02 10:00")


async def test_a_key_is_shown_once_and_revoked(db: Database) -> None:
    record = KeyRecord(uuid4(), "planering", Role.ADMINISTRATOR, scopes=("meetings:read",))
    async with db.transaction(TESTER) as conn:
        token = await api_keys.make(conn, record)
        assert await api_keys.opened(conn, token, NOW) == record
        assert await api_keys.opened(conn, token + "x", NOW) is None
        assert [one.key for one in await api_keys.listed(conn)] == [record]
        assert await api_keys.revoke(conn, "planering")
        assert not await api_keys.revoke(conn, "planering")
        assert await api_keys.opened(conn, token, NOW) is None


async def test_a_renewed_key_has_two_secrets_for_a_while(db: Database) -> None:
    record, day = KeyRecord(uuid4(), "planering", Role.CONVENER), timedelta(days=1)
    async with db.transaction(TESTER) as conn:
        first = await api_keys.make(conn, record)
        second = await api_keys.rotate(conn, record.id, NOW + 7 * day)
        assert second is not None
        for moment, opens in ((NOW, True), (NOW + 6 * day, True), (NOW + 7 * day, False)):
            assert (await api_keys.opened(conn, first, moment) is not None) is opens
            assert await api_keys.opened(conn, second, moment) == record
        third = await api_keys.rotate(conn, record.id, NOW + day)
        assert third is not None
        opened = [await api_keys.opened(conn, one, NOW) is not None for one in (first, second, third)]
        assert opened == [False, True, True]  # never three
        assert await api_keys.end_old(conn, record.id)
        assert not await api_keys.end_old(conn, record.id)
        assert await api_keys.opened(conn, second, NOW) is None
        fourth = await api_keys.rotate(conn, record.id, None)
        assert fourth is not None and await api_keys.opened(conn, third, NOW) is None
        await api_keys.rotate(conn, record.id, NOW + day)
        assert await api_keys.revoke(conn, "planering")
        assert await api_keys.opened(conn, fourth, NOW) is None  # nor the one before
        assert await api_keys.rotate(conn, record.id, None) is None


async def test_its_use_is_noted_to_the_hour_each_secret_by_itself(db: Database) -> None:
    record = KeyRecord(uuid4(), "planering", Role.CONVENER)
    async with db.transaction(TESTER) as conn:
        first = await api_keys.make(conn, record)
        assert (await api_keys.listed(conn))[0].used_at is None
        await api_keys.opened(conn, first, NOW)
        used = (await api_keys.listed(conn))[0].used_at
        assert isinstance(used, datetime) and (used.minute, used.second, used.microsecond) == (0, 0, 0)
        await conn.execute(text("update api_key set used_at = used_at - interval '3 days'"))
        await api_keys.rotate(conn, record.id, NOW + timedelta(days=1))
        await api_keys.opened(conn, first, NOW)
        [line] = await api_keys.listed(conn)
        assert line.old_used_at is not None and line.old_used_at >= used
        assert line.used_at is not None and line.used_at < used
