"""Mail is kept before it is acknowledged, whatever way it came."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from sip.store.db import Database, DatabaseAway
from sip.store.post import inbox
from sip.store.vault import Vault
from sip.usecases.received import inbound
from sip.usecases.received.door import MailDoor
from sip.usecases.received.inbound import Envelope
from tests.domain.cast import at
from tests.store.post_office import to_see_to, unjudged
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")
VAULT = Vault("a key of the tests")
ENVELOPE = Envelope("a@al.example", ("sip@sip.example", "b@sip.example"))


async def test_what_is_taken_in_is_there_once(db: Database) -> None:
    for source in ("lmtp", "smtp", "imap", "push"):
        await inbound.ingest(db, VAULT, b"x", ENVELOPE, source, NOW)
    async with db.transaction(TESTER) as conn:
        found = await unjudged(conn, VAULT)
    assert [(one.recipient, one.raw, one.received_at, one.source) for one in found] == [
        ("sip@sip.example", b"x", NOW, "lmtp"),
        ("b@sip.example", b"x", NOW, "lmtp"),
    ]


async def test_without_a_database_nothing_is_taken_in() -> None:
    lost = Database("postgresql://sip_app@localhost:1/sip")
    with pytest.raises(DatabaseAway):
        await inbound.ingest(lost, VAULT, b"x", ENVELOPE, "lmtp", NOW)
    await lost.close()


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\r", b"\n\r\n.\r", b"\xff\xfe\x00=?x?", b"\x00" * 100_000])
@pytest.mark.parametrize("sender", ["", "\x00@x", "\udcff@x.example", "a\rb\n@x", "å@ö.example", "x" * 5000])
async def test_no_bytes_and_no_envelope_keep_a_mail_out(db: Database, raw: bytes, sender: str) -> None:
    await inbound.ingest(db, VAULT, raw, Envelope(sender, ("sip@sip.example",)), "lmtp", NOW)
    async with db.transaction(TESTER) as conn:
        (found,) = await unjudged(conn, VAULT)
    assert found.raw == raw
    assert len(found.mail_from) <= inbound.LONGEST_ADDRESS and (sender or not found.mail_from)


def test_a_mail_to_nobody_is_none() -> None:
    with pytest.raises(ValueError, match="nobody"):
        Envelope("a@al.example", ())


async def test_what_could_not_be_kept_is_listed_for_a_person(db: Database) -> None:
    judged = inbox.Judged("refused", "broken")
    for _ in range(2):
        await inbound.ingest_refused(db, VAULT, b"Subject: x\r\n", ENVELOPE, "imap", NOW, judged)
    async with db.transaction(TESTER) as conn:
        assert await inbox.unjudged_ids(conn) == []
        listed = await to_see_to(conn)
    assert [(one.recipient, one.outcome, one.reason) for one in listed] == [
        ("b@sip.example", "refused", "broken"),
        ("sip@sip.example", "refused", "broken"),
    ]


async def test_old_content_is_removed_and_the_rest_stays(db: Database) -> None:
    await inbound.ingest(db, VAULT, b"x", Envelope("a@al.example", ("sip@sip.example",)), "lmtp", NOW)
    async with db.transaction(TESTER) as conn:
        (key,) = await inbox.unjudged_ids(conn)
        await inbox.judge(conn, key, inbox.Judged("quarantine", "unknown_token"), NOW)
    assert await inbound.remove_old(db, NOW + timedelta(days=29), timedelta(days=30)) == 0
    assert await inbound.remove_old(db, NOW + timedelta(days=31), timedelta(days=30)) == 1
    async with db.transaction(TESTER) as conn:
        assert len(await to_see_to(conn)) == 1


async def test_what_waits_to_be_judged_is_never_too_old(db: Database) -> None:
    """It failed by our own fault: a year later it is there as it came, and those who run the service are told."""
    await inbound.ingest(db, VAULT, b"x", ENVELOPE, "lmtp", NOW)
    async with db.transaction(TESTER) as conn:
        assert await inbox.stuck(conn) is None
        for key in await inbox.unjudged_ids(conn):
            await inbox.put_off(conn, key, "ValueError: a fault of ours")
    assert await inbound.remove_old(db, NOW + timedelta(days=365), timedelta(days=30)) == 0
    async with db.transaction(TESTER) as conn:
        assert await inbox.stuck(conn) == inbox.Stuck(2, NOW, "ValueError: a fault of ours")
        await conn.execute(text("update inbound set retry_at = null"))
        assert [one.raw for one in await unjudged(conn, VAULT)] == [b"x", b"x"]


async def test_what_comes_at_one_moment_is_kept_by_one_commit(db: Database) -> None:
    """Forty mails on as many connections, each there before it is said so."""
    door = MailDoor(db, VAULT)

    async def hand_over(n: int) -> None:
        to = f"sip+{n}@sip.example"
        await door.take(b"x" * n, Envelope("a@al.example", (to,)), "lmtp", NOW)
        async with db.transaction(TESTER) as conn:
            there = await conn.execute(text("select count(*) from inbound where recipient = :to"), {"to": to})
            assert there.scalar_one() == 1

    await asyncio.gather(*(hand_over(n) for n in range(40)))
    async with db.transaction(TESTER) as conn:
        commits = await conn.execute(text("select count(distinct xmin::text) from inbound"))
        assert commits.scalar_one() == 1


async def test_a_mail_that_cannot_be_kept_keeps_no_other_out(db: Database) -> None:
    door = MailDoor(db, VAULT)
    found = await asyncio.gather(
        *(door.take(b"x", Envelope("", (f"{n}@sip.example",)), "\x00" if n == 2 else "lmtp", NOW) for n in range(5)),
        return_exceptions=True,
    )
    assert [one is None for one in found] == [True, True, False, True, True]
    async with db.transaction(TESTER) as conn:
        assert [one.recipient for one in await unjudged(conn, VAULT)] == [f"{n}@sip.example" for n in (0, 1, 3, 4)]


async def test_without_a_database_the_door_takes_nothing() -> None:
    lost = Database("postgresql://sip_app@localhost:1/sip")
    door = MailDoor(lost, VAULT)
    found = await asyncio.gather(*(door.take(b"x", ENVELOPE, "lmtp", NOW) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(one, DatabaseAway) for one in found)
    await lost.close()


async def test_whoever_hangs_up_while_waiting_holds_up_nobody(db: Database) -> None:
    door = MailDoor(db, VAULT)
    takes = [asyncio.create_task(door.take(b"x", Envelope("", (f"{n}@sip.example",)), "lmtp", NOW)) for n in range(3)]
    await asyncio.sleep(0)
    takes[1].cancel()
    await asyncio.gather(takes[0], takes[2])
    async with db.transaction(TESTER) as conn:
        assert len(await unjudged(conn, VAULT)) >= 2
