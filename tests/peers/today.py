"""The stage of the stories at the machine's own time, which is the only one that other programs know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from sip.domain.worktime import STOCKHOLM
from tests.stories.stage import Letter, Stage, on_stage
from tests.tester import TESTER

WEEKS = 6


def machine_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the peers read the machine's clock, so their stage does


@asynccontextmanager
async def on_stage_today(database_url: str, relay_port: int = 0, **settings: str) -> AsyncIterator[Stage]:
    """A stage whose clock stands at the machine's time, and that takes answers by SMTP as well."""
    begins = machine_time().astimezone(STOCKHOLM).replace(tzinfo=None).isoformat(" ", "seconds")
    wanted = {"SIP_SMTP_LISTEN": "127.0.0.1:0", **settings}
    async with on_stage(database_url, begins, relay_port=relay_port, settings=wanted) as stage:
        yield stage


def weeks_ahead(stage: Stage, hour: int = 10) -> str:
    """Some weeks from now at this hour in Sweden, as a story says it."""
    assert stage.relay.moment is not None
    day = stage.relay.moment.astimezone(STOCKHOLM) + timedelta(weeks=WEEKS)
    return f"{day:%Y-%m-%d} {hour:02}:00"


async def catch_up(stage: Stage) -> None:
    """The stage's clock goes to the machine's time, so that what a peer does next comes later than what it did."""
    await stage.until(machine_time())


def newest(stage: Stage, address: str, method: str = "REQUEST") -> Letter:
    return [letter for letter in stage.mailbox(address) if letter.method == method][-1]


async def sender_of(stage: Stage, address: str) -> str:
    """The MAIL FROM of our one mail to this address."""
    async with stage.made.db.transaction(TESTER) as conn:
        rows = await conn.execute(text("select mail_from from mail where rcpt = :to"), {"to": address})
        found: str = rows.scalar_one()
    return found
