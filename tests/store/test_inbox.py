"""Mail that came in: kept once per recipient, encrypted, judged once, listed, read with a trace, removed in time."""

from datetime import timedelta

import pytest

from sip.store import db as database
from sip.store.aggregates.journal import ActorColumns
from sip.store.db import Database
from sip.store.post import inbox
from sip.store.vault import Vault, WrongKey
from tests.domain.cast import at
from tests.store.post_office import to_see_to, unjudged
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")
VAULT = Vault("a key of the tests")
RAW = b"Subject: x\r\n\r\nsecret words\r\n"
KIM = ActorColumns("user", "kim", "Kim", None, "coordinator")


async def _keep(db: Database, raw: bytes = RAW, to: tuple[str, ...] = ("sip@sip.example",)) -> None:
    async with db.transaction(TESTER) as conn:
        await inbox.keep(conn, VAULT, raw, "a@al.example", to, "lmtp", NOW)


async def test_the_same_mail_to_the_same_recipient_is_one_row(db: Database) -> None:
    await _keep(db, to=("a@sip.example", "B@sip.example", "b@sip.example"))
    await _keep(db, to=("b@sip.example", "c@sip.example"))
    async with db.transaction(TESTER) as conn:
        found = await unjudged(conn, VAULT)
    assert [one.recipient for one in found] == ["a@sip.example", "b@sip.example", "c@sip.example"]
    assert {one.raw for one in found} == {RAW}


async def test_nothing_readable_is_stored(db: Database) -> None:
    await _keep(db)
    async with db.transaction(TESTER) as conn:
        stored = await (await database.raw(conn)).fetchval("select raw from inbound")
    assert b"secret" not in stored


async def test_another_key_or_another_row_cannot_be_read(db: Database) -> None:
    await _keep(db)
    async with db.transaction(TESTER) as conn:
        with pytest.raises(WrongKey, match="SIP_SECRET_KEY"):
            await unjudged(conn, Vault("another key"))
    sealed = VAULT.seal(RAW, b"one")
    with pytest.raises(WrongKey):
        VAULT.open(sealed, b"other")


async def test_a_mail_is_judged_once_and_listed_until_seen_to(db: Database) -> None:
    await _keep(db)
    async with db.transaction(TESTER) as conn:
        (one,) = await unjudged(conn, VAULT)
        assert await inbox.claim_one(conn, one.id)
        async with db.transaction(TESTER) as other:
            assert not await inbox.claim_one(other, one.id)
        await inbox.judge(conn, one.id, inbox.Judged("quarantine", "unknown_token"), NOW)
    async with db.transaction(TESTER) as conn:
        await inbox.judge(conn, one.id, inbox.Judged("applied"), NOW)  # too late: the first judgement stands
        (listed,) = await to_see_to(conn)
        assert (listed.outcome, listed.reason) == ("quarantine", "unknown_token")
        assert await inbox.see_to(conn, one.id, NOW)
        assert not await inbox.see_to(conn, one.id, NOW)
        assert await to_see_to(conn) == []
        assert await inbox.unjudged_ids(conn) == []


async def test_what_fails_by_our_own_fault_waits(db: Database) -> None:
    await _keep(db)
    async with db.transaction(TESTER) as conn:
        (key,) = await inbox.unjudged_ids(conn)
        await inbox.put_off(conn, key, "ValueError: x")
        assert await inbox.unjudged_ids(conn) == []
        assert await inbox.peek(conn, VAULT, key) is not None


async def test_old_mail_is_removed_once_it_is_judged(db: Database) -> None:
    await _keep(db)
    async with db.transaction(TESTER) as conn:
        (key,) = await inbox.unjudged_ids(conn)
        assert await inbox.read_raw(conn, VAULT, key) == RAW
        assert await inbox.remove_raw(conn, NOW + timedelta(days=31)) == 0  # not judged yet: never removed
        await inbox.judge(conn, key, inbox.Judged("refused", "late"), NOW)
        assert await inbox.remove_raw(conn, NOW) == 0
        assert await inbox.remove_raw(conn, NOW + timedelta(days=31)) == 1
        assert await inbox.read_raw(conn, VAULT, key) is None
        (listed,) = await to_see_to(conn)
        assert not listed.readable
