"""Events to other systems: kept with the change they tell of, and sent from there (house, law 7; rules, section 19).

The law of this file: what happened is kept in the transaction of what happened, for each endpoint whose place has it in
view, and leaves afterwards under a lease; while it travels no connection is held. A repeat has the same id and the same
body; only the moment of the try, and so the signature, is new, as the specification asks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import endpoint as rules
from sip.domain import webhook
from sip.domain.endpoint import HookAnswer, HookState, HookVerdict, OffBecause
from sip.domain.webhook import HookEvent
from sip.domain.worktime import local_day
from sip.store import webhooks as kept
from sip.store.aggregates.versioned import Rewrite
from sip.store.db import Database, beyond
from sip.store.post import holding, webhooks
from sip.store.post.outbox import Posting
from sip.store.post.webhooks import HookDraft, HookOut
from sip.store.vault import Vault, WrongKey
from sip.store.webhooks import EndpointRecord
from sip.usecases.actor import ENGINE

LEASE = timedelta(minutes=2)
EACH, MOST = 4, 40
"""How many messages are on their way to one endpoint at once, and in all of one pass."""

CallOut = Callable[[str, Mapping[str, str], bytes], Awaitable[HookAnswer]]
"""Sends these bytes with these headers to this address; trouble on the way is an answer."""


async def keep(conn: AsyncConnection, rewrites: Iterable[Rewrite[Any]], now: datetime) -> None:
    """What these aggregates, which have just been written, tell others."""
    told = [event for one in rewrites for event in _told(one)]
    if not told:
        return
    async with beyond(conn):  # whose endpoints see it is not for whoever changed it to know
        listening = await webhooks.listening(conn, {event.type for event in told})
        if not listening:
            return
        await webhooks.post(conn, await _drafts(conn, listening, told, now), now)


def _told(one: Rewrite[Any]) -> Iterable[HookEvent]:
    old = None if one.old is None else one.old.state
    return () if old is one.new.state else webhook.happened(old, one.new.state, one.new.version)


async def _drafts(
    conn: AsyncConnection, listening: Sequence[EndpointRecord], told: Sequence[HookEvent], now: datetime
) -> list[HookDraft]:
    meetings = [one.meeting_id for one in told if one.meeting_id is not None]
    reports = [one.deviation_id for one in told if one.deviation_id is not None]
    scopes = {one.scope for one in listening}
    seen = {scope: await webhooks.in_view(conn, scope, meetings, reports) for scope in scopes}
    return [
        draft_of(there, event, now)
        for event in told
        for there in listening
        if event.type in there.types and event.subject in seen[there.scope]
    ]


def draft_of(there: EndpointRecord, event: HookEvent, now: datetime) -> HookDraft:
    """The message of an event to an endpoint, whole."""
    return HookDraft(there.id, webhook.message_id(there.id, event), event, webhook.body(event, now))


# -- on its way


@dataclass(slots=True)
class CalledOut:
    """What a pass did."""

    delivered: int = 0
    later: int = 0
    given_up: int = 0
    switched_off: int = 0
    error: str | None = None


async def call_out(db: Database, now: datetime, vault: Vault, send: CallOut) -> CalledOut:
    """Sends what may be sent at `now`, once; what waits behind it has its turn in the next pass."""
    done = CalledOut()
    async with db.transaction(ENGINE) as conn:
        # A copy of the database must not tell others what the first has told them.
        claimed = [] if await holding.is_held(conn, now) else await webhooks.claim(conn, now, LEASE, EACH, MOST)
    if not claimed:
        return done
    answers = await asyncio.gather(*(_sent(one, vault, send) for one in claimed))
    for one, answer in zip(claimed, answers, strict=True):
        if answer is None:
            done.error = str(WrongKey())
            continue
        verdict = rules.judged(answer, one.message_id, one.turn)
        done.switched_off += await _record(db, one, verdict, answer.code, now)
        setattr(done, verdict.state, getattr(done, verdict.state) + 1)
    return done


async def _sent(one: HookOut, vault: Vault, send: CallOut) -> HookAnswer | None:
    """What one try met; None where its secret cannot be read: then its lease lapses, and it is tried again."""
    about = one.endpoint.id.bytes
    try:
        secrets = [vault.uncover(one_of, about) for one_of in (one.secret, one.old_secret) if one_of is not None]
    except WrongKey:
        return None
    return await send(one.endpoint.url, webhook.headers(secrets, one.message_id, one.at, one.body), one.body)


async def _record(db: Database, one: HookOut, verdict: HookVerdict, code: int | None, now: datetime) -> bool:
    """Whether the endpoint was switched off by it."""
    async with db.transaction(ENGINE) as conn:
        counts = await webhooks.record(conn, one, verdict, code, now)
        if verdict.state is HookState.DELIVERED:
            await webhooks.works(conn, one.endpoint.id)
        if not counts or verdict.trouble is None:
            return False
        failing = await webhooks.fails(conn, one.endpoint.id, verdict.rest)
        because = None if failing is None else rules.switched_off(verdict.trouble, failing)
        if because is None or not await kept.switch_off(conn, one.endpoint.id, because, now):
            return False
        await _tell(conn, one.endpoint, because, now)
        return True


async def _tell(conn: AsyncConnection, there: EndpointRecord, because: OffBecause, now: datetime) -> None:
    posting = Posting()
    for user_id, to in await kept.keepers(conn, there, local_day(now)):
        posting.mail(rules.told_off(there.id, there.name, because, user_id, to, now), engine=True)
    await posting.write(conn, now)


async def drop_old(db: Database, now: datetime, life: timedelta) -> int:
    """Removes what was sent long ago; gives how many."""
    async with db.transaction(ENGINE) as conn:
        return await kept.drop_old(conn, now - life, now)
