"""Received mail is judged: one outcome and one reason per message, written with what follows from it in one commit.

The law of this file: judging never raises for what a mail may hold; what cannot be applied is kept with a reason and
listed; a resend and a stale answer change nothing. The order of steps is that of imip, section 5. Locks: meeting
first, the mail's row last (rules, section 2).
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.events import Bounced
from sip.store import faults, inbox, meetings, outbox, tokens
from sip.store.db import Database, DatabaseAway
from sip.store.inbox import Inbound, Judged
from sip.store.rosters import rosters
from sip.store.tokens import InvitationRef
from sip.store.vault import Vault
from sip.usecases import mailbox_checks, round_trip
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.handle import World, handle_many
from sip.usecases.parsed import Parse, Parsed
from sip.usecases.reply_events import Wanted, wanted
from sip.usecases.reply_reasons import Outcome, Why, judged
from sip.usecases.work import Handled, Item

log = logging.getLogger(__name__)
_REPORTED = 300
_NOTED = {note.value: note for note in (Why.STALE, Why.AUTOMATIC, Why.REDIRECT_STANDS, Why.NOT_NEEDED)}


class _TakenError(Exception):
    """Somebody else has judged this mail meanwhile: nothing of this transaction may stay."""


async def judge_pending(
    db: Database, vault: Vault, parse: Parse, *, now: datetime, world: World, limit: int = 200
) -> int:
    """Judges mails that wait, each in a transaction of its own; gives how many. Never raises for one mail."""
    async with db.transaction() as conn:
        ids = await inbox.unjudged_ids(conn, limit)
    done = 0
    for inbound_id in ids:
        done += await judge_one(db, vault, parse, inbound_id, now=now, world=world) is not None
    return done


async def judge_one(
    db: Database, vault: Vault, parse: Parse, inbound_id: int, *, now: datetime, world: World
) -> Judged | None:
    """Judges one mail. None: it was judged before, another process has it, or it failed and is tried again later."""
    try:
        async with db.transaction() as conn:
            inbound = await inbox.peek(conn, vault, inbound_id)
        if inbound is None:
            return None
        parsed = parse(inbound.raw)  # holds no connection
        async with db.transaction() as conn:
            return await judge(conn, inbound, parsed, now=now, world=world)
    except _TakenError:
        return None
    except DatabaseAway:
        raise
    except Exception as error:
        log.warning("mail %s could not be judged and is tried again: %s", inbound_id, type(error).__name__)
        async with db.transaction() as conn:
            await inbox.put_off(conn, inbound_id, faults.sentence(error))
        return None


async def judge(conn: AsyncConnection, inbound: Inbound, mail: Parsed, *, now: datetime, world: World) -> Judged:
    """One mail, within the caller's transaction: outcome, reason and state together."""
    tag, token = _recipient(inbound.recipient)
    if round_trip.is_of(token):
        found = judged(Why.ROUND_TRIP)
    elif mail.kind == "bounce":
        found = await _bounce(conn, inbound, mail, token if tag == "bounce" else None, now, world)
    elif mail.kind == "delay":
        found = judged(Why.DELAY)
    elif tag == "bounce":
        # Machines write to the envelope's address; what is no report there is an automatic answer, or nothing of ours.
        found = judged(Why.AUTO_REPLY if mail.automatic else Why.NO_TOKEN)
    else:
        found = await _by_token(conn, inbound, mail, token, now, world)
    if not await inbox.claim_one(conn, inbound.id):
        raise _TakenError
    await inbox.judge(conn, inbound.id, found, now)
    return found


def _recipient(address: str) -> tuple[str, str | None]:
    """What stands before and after the + in the envelope's recipient."""
    local = address.lower().rpartition("@")[0] or address.lower()
    tag, _, token = local.replace("%2b", "+").strip('"').partition("+")
    return tag, token or None


# -- answers


async def _by_token(
    conn: AsyncConnection, inbound: Inbound, mail: Parsed, token: str | None, now: datetime, world: World
) -> Judged:
    ref, why = await _invitation(conn, mail, token)
    if ref is None and (check := await mailbox_checks.judge(conn, inbound, mail, token, now, world)) is not None:
        return check
    if ref is None or why is not None:
        place = (ref.meeting_id, ref.party, ref.invitation) if ref is not None else (None, None, None)
        if mail.kind == "auto_reply":
            return judged(Why.AUTO_REPLY, *place)
        return judged(why or Why.UNKNOWN_TOKEN, *place)
    loaded = await meetings.load_many(conn, [ref.meeting_id], lock=True)
    meeting = loaded[ref.meeting_id].state
    invitation = meeting.invitation(ref.invitation)
    party = meeting.party(invitation.party)
    roster = (await rosters(conn, [party.unit_id], now)).get(party.unit_id)
    asked = wanted(meeting, invitation, roster, mail, inbound, now)
    if isinstance(asked, Why):
        return judged(asked, meeting.id, party.ordinal, invitation.ordinal)
    actor = Actor(ActorKind.MAIL, asked.who, unit_id=party.unit_id, organisation_id=party.organisation_id)
    item = Item(meeting.id, asked.event, inbound.event_id)
    batch = await handle_many(conn, [item], actor=actor, now=now, world=world)
    for error in batch.failures.values():
        raise error
    handled = batch.handled[0]
    assert handled is not None
    return judged(_came_of(asked, handled), meeting.id, party.ordinal, invitation.ordinal)


async def _invitation(
    conn: AsyncConnection, mail: Parsed, token: str | None
) -> tuple[InvitationRef | None, Why | None]:
    """The invitation, and why the mail must not be believed. The envelope's token decides; others are hints only."""
    if token is not None:
        ref = await tokens.invitation_by_reply_token(conn, token)
        if ref is None:
            return None, Why.UNKNOWN_TOKEN
        if mail.uid is not None and _uuid(mail.uid) != ref.id:
            return ref, Why.UID_DIFFERS
        return ref, None
    for hint in mail.tokens:
        ref = await tokens.invitation_by_reply_token(conn, hint)
        if ref is not None:
            return await _invitation(conn, mail, hint)
    uid = _uuid(mail.uid)
    ref = await tokens.invitation_by_uid(conn, uid) if uid is not None else None
    if ref is not None:
        return ref, Why.UNCONFIRMED
    if mail.kind in ("human", "broken"):
        return None, Why(mail.kind)
    return None, Why.NO_TOKEN


def _uuid(uid: str | None) -> UUID | None:
    """A UID of ours begins with the invitation's id, as it stands or before an @."""
    if uid is None:
        return None
    try:
        return UUID(uid.partition("@")[0])
    except ValueError:
        return None


def _came_of(asked: Wanted, handled: Handled) -> Why:
    """The reason, from what the rules noted."""
    if handled.refused is not None:
        return Why.RULES
    for note in handled.notes:
        if note.kind in _NOTED:
            return _NOTED[note.kind]
    return asked.why


# -- bounces


async def _bounce(
    conn: AsyncConnection, inbound: Inbound, mail: Parsed, token: str | None, now: datetime, world: World
) -> Judged:
    """A permanent failure after the relay had accepted. It names a mail; each ask the mail carried has failed."""
    report = mail.report
    carried: Sequence[outbox.Carried] = []
    if token is not None:
        carried = await outbox.carried_by_bounce_token(conn, token)
    elif report is not None and report.original_message_id:
        carried = await outbox.carried_by_message_id(conn, report.original_message_id)
    if not carried:
        check = await mailbox_checks.bounced(conn, mail, *_recipient(inbound.recipient), now)
        return check or await _bounce_by_reply_token(conn, inbound, mail, now, world)
    said = " ".join(filter(None, (report.status, report.diagnostic))) if report is not None else ""
    items = [
        Item(
            one.meeting_id,
            Bounced(one.key, now, one.party, one.invitation, one.attendee, one.email, said[:_REPORTED] or None),
            f"{inbound.event_id}/{one.key}",
        )
        for one in carried
        if one.party is not None
    ]
    return await _tell_bounces(conn, items, carried[0].meeting_id, carried[0].party, carried[0].invitation, now, world)


async def _bounce_by_reply_token(
    conn: AsyncConnection, inbound: Inbound, mail: Parsed, now: datetime, world: World
) -> Judged:
    """A server that answered the reply address instead of the envelope's: its token names the invitation."""
    tag, token = _recipient(inbound.recipient)
    for hint in ((token,) if token is not None and tag != "bounce" else ()) + tuple(mail.tokens):
        ref = await tokens.invitation_by_reply_token(conn, hint)
        if ref is None:
            continue
        said = mail.report.status if mail.report is not None else None
        key = f"{ref.meeting_id}/invitation/{ref.invitation}/returned"
        event = Bounced(key, now, ref.party, ref.invitation, ref.attendee, ref.email, said)
        item = Item(ref.meeting_id, event, inbound.event_id)
        return await _tell_bounces(conn, [item], ref.meeting_id, ref.party, ref.invitation, now, world)
    return judged(Why.UNKNOWN_BOUNCE)


async def _tell_bounces(
    conn: AsyncConnection,
    items: Sequence[Item],
    meeting_id: UUID,
    party: int | None,
    invitation: int | None,
    now: datetime,
    world: World,
) -> Judged:
    if items:
        actor = Actor(ActorKind.MAIL, name="mailer-daemon")
        batch = await handle_many(conn, items, actor=actor, now=now, world=world)
        for error in batch.failures.values():
            raise error
    return judged(Why.BOUNCE, meeting_id, party, invitation)


def is_listed(found: Judged) -> bool:
    """Whether a person has to look at it."""
    return found.outcome in (Outcome.REFUSED, Outcome.QUARANTINE)
