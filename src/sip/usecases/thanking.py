"""The quarter's good examples are gathered into one mail to each manager (rules, section 8 D11).

The law of this file: it goes once, in office time; a worker that looks twice, or two at once, write the same mail,
which the outbox keeps once.
"""

from datetime import date, datetime, timedelta

from sip.domain.address import folded
from sip.domain.people import Address, Roster
from sip.domain.thanks import Praised, may_go, quarter_before, thanks
from sip.domain.worktime import at_hour, local_day, office_time
from sip.store import heartbeats
from sip.store.aggregates import rosters
from sip.store.db import Database
from sip.store.post.outbox import Posting
from sip.store.seen import praises
from sip.usecases.actor import ENGINE

DONE = "thanks"


async def thank(db: Database, now: datetime) -> int:
    """Thanks for the quarter that is over, if nobody has yet; gives how many are thanked."""
    today = local_day(now)
    if not (may_go(today) and office_time().is_office_time(now)):
        return 0
    quarter = quarter_before(today)
    since, until = _midnight(quarter.first), _midnight(quarter.last + timedelta(days=1))
    async with db.transaction(ENGINE) as conn:
        thanked_at = (await heartbeats.seen(conn)).get(DONE)
        if thanked_at is not None and thanked_at >= until:
            return 0
        praised = await praises.between(conn, since, until)
        there = await rosters.rosters(conn, sorted({one.unit_id for one in praised}), now)
        told: dict[str, tuple[Address, list[Praised]]] = {}
        for one in praised:
            for to in _whom(there.get(one.unit_id)):
                told.setdefault(folded(to.email), (to, []))[1].append(one)
        posting = Posting()
        for to, theirs in told.values():
            posting.mail(thanks(quarter, to, theirs, now), engine=True)
        await posting.write(conn, now)
        await heartbeats.beat(conn, DONE, now)
    return len(told)


def _whom(roster: Roster | None) -> list[Address]:
    """The unit's managers; without any its mailbox."""
    if roster is None:
        return []
    managers = [Address(one.email, one.name, roster.language) for one in roster.managers if one.email]
    return managers or [Address(one, roster.name, roster.language) for one in roster.addresses[:1]]


def _midnight(day: date) -> datetime:
    return at_hour(day, 0)
