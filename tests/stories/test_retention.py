"""The page on privacy says how long what is kept; housekeeping keeps that promise."""

from datetime import timedelta
from uuid import uuid4

from sip import retention
from sip.store import db as database
from sip.store import users
from sip.store.users import UserRecord
from tests.stories.stage import Stage, reply_to
from tests.tester import TESTER


async def test_what_has_had_its_time_is_removed(stage: Stage) -> None:
    """Housekeeping ends what the table of retention (`sip.retention`) says, and nothing younger."""
    await stage.call("2026-12-07 10:00")
    asked = stage.mailbox("hemtjanst@al.example")[0]
    raw = reply_to(asked, "ACCEPTED", "hemtjanst@al.example", await stage.now(), {})
    await stage.receive(raw, asked.reply_to, "hemtjanst@al.example")
    await stage.work()
    made = stage.made
    someone = UserRecord(uuid4(), "kim@al.example", "Kim")
    async with made.db.transaction(TESTER) as conn:
        await users.save_users(conn, [someone])
        await users.begin_session(conn, someone.id, None, timedelta(0))
        await users.begin_session(conn, someone.id, None, timedelta(hours=1))
    tables = {
        "mail as it came": "select count(*) from inbound where raw is not null",
        "links": "select count(*) from link_token",
        "sessions": "select count(*) from web_session",
    }

    async def left() -> dict[str, int]:
        async with made.db.transaction(TESTER) as conn:
            raw_conn = await database.raw(conn)
            return {what: await raw_conn.fetchval(query) for what, query in tables.items()}

    before, day = await left(), timedelta(days=1)
    await made.worker.keep_house(await stage.now())
    assert await left() == before | {"sessions": 1}
    await made.worker.keep_house(await stage.now() + retention.RAW_MAIL.life + day)
    assert await left() == before | {"sessions": 1, "mail as it came": 0}
    await made.worker.keep_house((await stage.meeting()).end + retention.LINK.life)
    assert await left() == {"sessions": 1, "mail as it came": 0, "links": 0}
