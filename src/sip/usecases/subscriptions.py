"""News of open groups by mail: asked for, confirmed, told once a week, ended (rules, section 21 O4).

The law of this file: what is mailed is read by who is nobody, through the views of the wall; and nobody is told who
follows.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sip import retention
from sip.domain import subscription
from sip.domain.address import folded
from sip.domain.effects import Link
from sip.domain.group import GroupState
from sip.domain.people import Address, Language
from sip.domain.subscription import GroupNews
from sip.domain.week import monday_of
from sip.domain.worktime import at_hour, local_day, office_time
from sip.store import heartbeats, subscriptions, told
from sip.store.db import Database
from sip.store.post import tokens
from sip.store.post.outbox import Posting
from sip.store.post.tokens import LinkRef
from sip.store.subscriptions import Subscription
from sip.store.told import OUTSIDE
from sip.usecases.actor import ENGINE, ServicePart
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.told import GroupTold, whole
from sip.usecases.recorded import recorded

DONE = "group_news"
SETTLED = timedelta(minutes=5)
"""What was done this lately waits for the next digest: it may not have been committed when this one is read."""
_NOT_TOLD = "who follows an open group is nobody's to know"


async def ask(db: Database, group_id: UUID, email: str, language: Language, *, now: datetime) -> None:
    """Somebody wants news of an open group at this address, which is asked. Raises NotFoundError for another group."""
    async with recorded(db, ServicePart.OUTSIDE, now, nothing=_NOT_TOLD) as (conn, _):
        group = await told.group(conn, OUTSIDE, group_id)
    if group is None or group.state is GroupState.CLOSED:
        raise NotFoundError("group")
    async with recorded(db, ServicePart.LINKS, now, nothing=_NOT_TOLD) as (conn, _):
        if await subscriptions.ask(conn, group_id, folded(email), language, now):
            posting = Posting()
            posting.mail(subscription.ask(Address(email, "", language), group.name, now), engine=False)
            await posting.write(conn, now)


async def choose(db: Database, ref: LinkRef, wanted: Mapping[UUID, bool], *, now: datetime) -> None:
    """Which groups the mailbox behind a link wants news of, and which no longer."""
    async with recorded(db, ServicePart.LINKS, now, nothing=_NOT_TOLD) as (conn, _):
        email = folded(ref.address)
        await subscriptions.confirm(conn, email, [one for one, yes in wanted.items() if yes], now)
        await subscriptions.end(conn, email, [one for one, yes in wanted.items() if not yes])


async def end_all(db: Database, token: str, *, now: datetime) -> None:
    """The one press of a mail program (RFC 8058). Raises NotFoundError for a link that is not of a mailbox's news."""
    async with recorded(db, ServicePart.LINKS, now, nothing=_NOT_TOLD) as (conn, _):
        ref = await tokens.link(conn, token, now)
        if ref is None or ref.purpose != Link.SUBSCRIPTION:
            raise NotFoundError("link")
        await subscriptions.end(conn, folded(ref.address))


# -- once a week


async def tell(db: Database, now: datetime) -> int:
    """The week's news, if nobody has told them yet; gives how many are told."""
    monday = monday_of(local_day(now))
    if not office_time().is_office_time(now):
        return 0
    async with db.transaction(ENGINE) as conn:
        told_at = (await heartbeats.seen(conn)).get(DONE)
        if told_at is not None and told_at >= at_hour(monday, 0):
            return 0
        await subscriptions.drop_ended(conn, now - retention.SUBSCRIPTION_ASKED.life)
        groups = {one.group_id for one in await subscriptions.confirmed(conn)}
    there, until = await _read(db, groups, now), now - SETTLED
    async with db.transaction(ENGINE) as conn:
        posting, count = Posting(), 0
        for email, theirs in groupby(await subscriptions.confirmed(conn), lambda one: one.email):
            mine = list(theirs)
            news = [found for one in mine if (found := _news(there.get(one.group_id), one, until)) is not None]
            if news:
                to = Address(email, "", mine[0].language)
                posting.mail(subscription.digest(to, news, monday, now), engine=True)
                count += 1
        await posting.write(conn, now)
        await subscriptions.told(conn, until)
        await heartbeats.beat(conn, DONE, now)
    return count


async def _read(db: Database, groups: Iterable[UUID], now: datetime) -> dict[UUID, GroupTold]:
    async with recorded(db, ServicePart.OUTSIDE, now, nothing=_NOT_TOLD) as (conn, _):
        found = {}
        for one in sorted(groups):
            if await told.group(conn, OUTSIDE, one) is not None:
                found[one] = await whole(conn, OUTSIDE, one, now)
        return found


def _news(there: GroupTold | None, one: Subscription, until: datetime) -> GroupNews | None:
    """What is new to this address; None where nothing is."""
    if there is None or one.told_until is None:
        return None
    since = one.told_until
    decisions = tuple(
        (it.decided_on, it.title, it.text) for it in reversed(there.decisions) if since < it.decided_at <= until
    )
    dates = tuple((it.start, it.end) for it in there.sittings if since < it.called_at <= until)
    return GroupNews(one.group_id, there.group.name, decisions, dates) if decisions or dates else None


async def drop_old(db: Database, now: datetime) -> int:
    """Forgets addresses that nothing is to be sent to; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await subscriptions.drop_ended(conn, now - retention.SUBSCRIPTION_ASKED.life)
