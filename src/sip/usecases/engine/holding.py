"""After a restore: the mails that may have been sent before it, and what a person says of each (rules, section 3).

The law of this file: it works as the worker does, for mail on its way is the worker's alone; what was said of a mail
is told to its meeting by `feed_back`, like any other result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sip.domain.holding import may_end_from
from sip.store.db import Database
from sip.store.post import holding
from sip.store.post.holding import HeldMail, MailHold
from sip.usecases.actor import ENGINE
from sip.usecases.problems import UseCaseError

MOST = 1000


class HoldError(UseCaseError):
    """The hold cannot do what was asked; the text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class HeldPost:
    """The hold, and the mails that somebody has to decide on, the oldest first, at most `MOST`."""

    hold: MailHold
    mails: tuple[HeldMail, ...]
    may_end_from: datetime


async def begin(db: Database, now: datetime, lost_from: datetime | None) -> None:
    """Somebody says that this server was brought back to an earlier moment. Raises HoldError for a time to come."""
    if lost_from is not None and lost_from > now:
        raise HoldError("The moment that the database was brought back to cannot lie ahead.")
    async with db.transaction(ENGINE) as conn:
        await holding.begin(conn, now, lost_from)


async def held(db: Database, now: datetime) -> HeldPost | None:
    """What is held; None where mail leaves as it should. Begins to hold it on a server that is new to the database."""
    async with db.transaction(ENGINE) as conn:
        if not await holding.is_held(conn, now):
            return None
        found = await holding.hold(conn)
        assert found is not None
        return HeldPost(found, tuple(await holding.doubtful(conn, MOST)), may_end_from(found.begun_at))


async def send(db: Database, ids: Sequence[int] | None) -> int:
    """These leave, all where none are named; how many. Raises HoldError where one is not held, and none leaves."""
    async with db.transaction(ENGINE) as conn:
        return _all(ids, await holding.clear(conn, ids))


async def count_as_sent(db: Database, ids: Sequence[int] | None, now: datetime) -> int:
    """These had been sent before; how many. Raises HoldError where one is not held, and none is counted."""
    async with db.transaction(ENGINE) as conn:
        return _all(ids, await holding.count_as_sent(conn, ids, now))


def _all(ids: Sequence[int] | None, done: Sequence[int]) -> int:
    if unknown := sorted(set(ids or ()) - set(done)):
        raise HoldError(
            f"No such mail is held: {', '.join(map(str, unknown))}. `sip held` lists them; nothing was done."
        )
    return len(done)


async def end(db: Database, now: datetime) -> None:
    """Mail leaves as it should again. Raises HoldError while mails are undecided or steps of the lost time may come."""
    async with db.transaction(ENGINE) as conn:
        found = await holding.hold(conn)
        if found is None:
            raise HoldError("No mail is held.")
        if left := await holding.doubtful(conn, MOST):
            many = f"{len(left)} mails wait" if len(left) > 1 else "One mail waits"
            raise HoldError(f"{many} for a decision; `sip held` lists them.")
        if now < (from_ := may_end_from(found.begun_at)):
            raise HoldError(f"Steps of the lost time may still come until {from_:%Y-%m-%d %H:%M} UTC; look again then.")
        await holding.end(conn)
