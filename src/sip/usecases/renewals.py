"""Each principal is asked in time whether it renews an agreement that ends (rules, section 17 J2).

The law of this file: it asks once a working day, at its first look; what was asked is written with the mails that ask
it, so that nothing is asked twice, and a principal nobody answers for is asked of who administers the service.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Address, Answerer
from sip.domain.renewal import Ending, Renewal, ask, endings, to_ask
from sip.domain.worktime import OPENS, at_hour, local_day, office_time
from sip.store import accounts, agreements, directory_one, heartbeats, register
from sip.store.db import Database
from sip.store.post.outbox import Posting
from sip.usecases.actor import ENGINE

DONE = "renewals"


async def ask_due(db: Database, now: datetime) -> int:
    """Asks what is due this morning; gives how many renewals were asked."""
    today = local_day(now)
    if not office_time().is_office_time(now):
        return 0
    async with db.transaction(ENGINE) as conn:
        asked_at = (await heartbeats.seen(conn)).get(DONE)
        if (asked_at is not None and asked_at >= at_hour(today, OPENS)) or not await register.alone(conn):
            return 0
        known = await register.renewals(conn)
        due = to_ask(endings(await agreements.all_agreements(conn), today), known, today)
        asked = await _ask(conn, due, now) if due else 0
        await heartbeats.beat(conn, DONE, now)
    return asked


async def _ask(conn: AsyncConnection, due: list[Ending], now: datetime) -> int:
    today, posting = local_day(now), Posting()
    principals = {one.principal for one in due}
    names = await directory_one.principals(conn, sorted(principals))
    answerable = await register.answerable(conn, principals, today)
    keepers = [
        Answerer(Address(user.email, user.name, user.language), user.id)
        for user in await accounts.administering(conn, today)
    ]
    told = []
    for one in due:
        times = one.reached(today)
        for who in answerable[one.principal] or keepers:
            posting.mail(ask(one, times, who.to, who.user_id, names[one.principal].name, now), engine=True)
        told.append(Renewal(*one.key, times, now))
    await register.keep_asked(conn, told)
    await posting.write(conn, now)
    return len(told)
