"""One reader at a time: taken, held, lost, put off, given back."""

from sqlalchemy import text

from sip.store.db import Database
from sip.store.post import imap_account
from sip.store.post.imap_account import AccountFolder, Position
from tests.domain.cast import at
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")
ONE, OTHER = (
    AccountFolder("box at mail.example", "INBOX", "one"),
    AccountFolder("box at mail.example", "INBOX", "other"),
)


async def test_one_reader_at_a_time(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        assert await imap_account.take(conn, ONE) == Position(0, 0)
        assert await imap_account.take(conn, OTHER) is None
        assert await imap_account.hold(conn, ONE, Position(7, 3))
        assert not await imap_account.hold(conn, OTHER, Position(7, 9))
        assert await imap_account.take(conn, AccountFolder(ONE.account, "Else", "other")) == Position(0, 0)
        await imap_account.at_the_end(conn, ONE, NOW)
        assert await imap_account.take(conn, OTHER) == Position(7, 3)


async def test_a_hold_that_ran_out_is_lost(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        await imap_account.take(conn, ONE)
        await conn.execute(text("update mailbox set held_until = clock_timestamp() - interval '1 second'"))
        assert await imap_account.take(conn, OTHER) == Position(0, 0)
        assert not await imap_account.hold(conn, ONE, Position(7, 3))
        await imap_account.at_the_end(conn, ONE, NOW)
        await imap_account.put_off(conn, ONE, "too late to matter")
        assert await imap_account.state(conn, ONE.account, ONE.folder) == imap_account.State(None, 0, None)
        assert await imap_account.hold(conn, OTHER, Position(7, 3))


async def test_trouble_rests_longer_each_time_and_is_forgotten_at_the_end(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        for failures, minutes in enumerate((1, 2, 4, 5, 5), 1):
            assert await imap_account.take(conn, ONE) is not None
            await imap_account.put_off(conn, ONE, "No.")
            assert await imap_account.take(conn, ONE) is None and await imap_account.take(conn, OTHER) is None
            rest = "select round(extract(epoch from retry_at - clock_timestamp()) / 60)::int from mailbox"
            assert await conn.scalar(text(rest)) == minutes
            assert await imap_account.state(conn, ONE.account, ONE.folder) == imap_account.State(None, failures, "No.")
            await conn.execute(text("update mailbox set retry_at = clock_timestamp()"))
        await imap_account.take(conn, OTHER)
        await imap_account.at_the_end(conn, OTHER, NOW)
        assert await imap_account.state(conn, ONE.account, ONE.folder) == imap_account.State(NOW, 0, None)
    async with db.transaction(TESTER) as conn:
        assert await imap_account.state(conn, "nobody", "INBOX") is None
