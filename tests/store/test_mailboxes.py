"""One reader at a time: taken, held, lost, put off, given back."""

from sqlalchemy import text

from sip.store import mailboxes
from sip.store.db import Database
from sip.store.mailboxes import Place, Position
from tests.domain.cast import at

NOW = at("2026-11-02 10:00")
ONE, OTHER = Place("box at mail.example", "INBOX", "one"), Place("box at mail.example", "INBOX", "other")


async def test_one_reader_at_a_time(db: Database) -> None:
    async with db.transaction() as conn:
        assert await mailboxes.take(conn, ONE) == Position(0, 0)
        assert await mailboxes.take(conn, OTHER) is None
        assert await mailboxes.hold(conn, ONE, Position(7, 3))
        assert not await mailboxes.hold(conn, OTHER, Position(7, 9))
        assert await mailboxes.take(conn, Place(ONE.account, "Else", "other")) == Position(0, 0)
        await mailboxes.at_the_end(conn, ONE, NOW)
        assert await mailboxes.take(conn, OTHER) == Position(7, 3)


async def test_a_hold_that_ran_out_is_lost(db: Database) -> None:
    async with db.transaction() as conn:
        await mailboxes.take(conn, ONE)
        await conn.execute(text("update mailbox set held_until = clock_timestamp() - interval '1 second'"))
        assert await mailboxes.take(conn, OTHER) == Position(0, 0)
        assert not await mailboxes.hold(conn, ONE, Position(7, 3))
        await mailboxes.at_the_end(conn, ONE, NOW)
        await mailboxes.put_off(conn, ONE, "too late to matter")
        assert await mailboxes.state(conn, ONE.account, ONE.folder) == mailboxes.State(None, 0, None)
        assert await mailboxes.hold(conn, OTHER, Position(7, 3))


async def test_trouble_rests_longer_each_time_and_is_forgotten_at_the_end(db: Database) -> None:
    async with db.transaction() as conn:
        for failures, minutes in enumerate((1, 2, 4, 5, 5), 1):
            assert await mailboxes.take(conn, ONE) is not None
            await mailboxes.put_off(conn, ONE, "No.")
            assert await mailboxes.take(conn, ONE) is None and await mailboxes.take(conn, OTHER) is None
            rest = "select round(extract(epoch from retry_at - clock_timestamp()) / 60)::int from mailbox"
            assert await conn.scalar(text(rest)) == minutes
            assert await mailboxes.state(conn, ONE.account, ONE.folder) == mailboxes.State(None, failures, "No.")
            await conn.execute(text("update mailbox set retry_at = clock_timestamp()"))
        await mailboxes.take(conn, OTHER)
        await mailboxes.at_the_end(conn, OTHER, NOW)
        assert await mailboxes.state(conn, ONE.account, ONE.folder) == mailboxes.State(NOW, 0, None)
    async with db.transaction() as conn:
        assert await mailboxes.state(conn, "nobody", "INBOX") is None
