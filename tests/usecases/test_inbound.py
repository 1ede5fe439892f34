"""Mail is kept before it is acknowledged."""

from datetime import timedelta

import pytest

from sip.store import inbox
from sip.store.db import Database, DatabaseAway
from sip.store.vault import Vault
from sip.usecases import inbound
from tests.domain.cast import at

NOW = at("2026-11-02 10:00")
VAULT = Vault("a key of the tests")


async def test_what_is_accepted_is_there(db: Database) -> None:
    for _ in range(2):
        await inbound.accept(db, VAULT, b"x", "a@al.example", ["sip@sip.example", "b@sip.example"], "lmtp", NOW)
    async with db.transaction() as conn:
        found = await inbox.claim_unjudged(conn, VAULT)
    assert [(one.recipient, one.raw, one.received_at) for one in found] == [
        ("sip@sip.example", b"x", NOW),
        ("b@sip.example", b"x", NOW),
    ]


async def test_without_a_database_nothing_is_accepted() -> None:
    lost = Database("postgresql://sip_app@localhost:1/sip")
    with pytest.raises(DatabaseAway):
        await inbound.accept(lost, VAULT, b"x", "a@al.example", ["sip@sip.example"], "lmtp", NOW)
    await lost.close()


async def test_old_content_is_removed_and_the_rest_stays(db: Database) -> None:
    await inbound.accept(db, VAULT, b"x", "a@al.example", ["sip@sip.example"], "lmtp", NOW)
    async with db.transaction() as conn:
        (key,) = await inbox.unjudged_ids(conn)
        await inbox.judge(conn, key, inbox.Judged("quarantine", "unknown_token"), NOW)
    assert await inbound.remove_old(db, NOW + timedelta(days=29), timedelta(days=30)) == 0
    assert await inbound.remove_old(db, NOW + timedelta(days=31), timedelta(days=30)) == 1
    async with db.transaction() as conn:
        assert len(await inbox.not_applied(conn)) == 1
