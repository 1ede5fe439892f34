"""One received mail is judged: one outcome and one reason, written with what follows from it in one commit.

The law of this file: judging never raises for what a mail may hold; what cannot be applied is kept with a reason and
listed; a resend and a stale answer change nothing. The order of steps is that of mail-cases, section 2. Locks: meeting
first, the mail's row last (rules, section 2).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.deviation import ReportMailFailed
from sip.domain.events import Bounced
from sip.domain.meeting import Meeting
from sip.store.aggregates import meetings
from sip.store.aggregates.rosters import rosters
from sip.store.post import inbox, tokens
from sip.store.post.inbox import Inbound, Judged
from sip.store.post.outbox import Carried
from sip.store.post.tokens import InvitationRef
from sip.usecases import mailbox_checks
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.engine.handle import World, handle_many
from sip.usecases.engine.work import Handled, Item
from sip.usecases.received import bookings, reports, round_trip, sittings
from sip.usecases.received.addressing import (
    RecipientTag,
    invitation_carried,
    invitation_of,
    mail_of,
    recipient_of,
    uid_of,
)
from sip.usecases.received.heard import Wanted
from sip.usecases.received.meaning import unreadable, wanted, without_token
from sip.usecases.received.outcomes import Why, judged
from sip.usecases.received.parsed import DeliveryReport, ParsedMail

_REPORTED = 300
_NOTED = {
    "stale": Why.STALE,
    "automatic": Why.AUTOMATIC,
    "redirect_stands": Why.REDIRECT_STANDS,
    "not_needed": Why.NOT_NEEDED,
    "refresh_withheld": Why.REFRESH_WITHHELD,
    "claim_refused_before": Why.REFUSED_BEFORE,
    "claim_confirmed_before": Why.ALREADY_APPLIED,
    "forwarded_no": Why.FORWARDED_NO,
}


Place = tuple[UUID, int | None, int | None]
"""A meeting, and its party and invitation where they are known."""


class TakenError(Exception):
    """Somebody else has judged this mail meanwhile: nothing of this transaction may stay."""


async def judge(conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, *, now: datetime, world: World) -> Judged:
    """One mail, within the caller's transaction: outcome, reason and state together.

    Raises when another has judged it meanwhile, so that nothing of this transaction stays.
    """
    to = recipient_of(inbound.recipient)
    if round_trip.is_of(to.token):
        found = judged(Why.ROUND_TRIP)
    elif to.is_bounce or mail.kind in ("bounce", "delay"):
        found = await _machine(conn, inbound, mail, to, now, world)
    else:
        found = await _answer(conn, inbound, mail, to.token, now, world)
    if not await inbox.claim_one(conn, inbound.id):
        raise TakenError
    await inbox.judge(conn, inbound.id, found, now)
    return found


# -- answers


async def _answer(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, token: str | None, now: datetime, world: World
) -> Judged:
    if (word := await reports.judge(conn, inbound, mail, token, now, world)) is not None:
        return word
    addressed = await invitation_of(conn, mail, token)
    ref = addressed.ref
    if ref is None and (check := await mailbox_checks.judge(conn, inbound, mail, token, now, world)) is not None:
        return check
    if ref is None and (sitting := await sittings.judge(conn, inbound, mail, token, now, world)) is not None:
        return sitting
    if ref is None and token is None and (booking := await bookings.judge(conn, inbound, mail, now)) is not None:
        return booking
    if ref is None:
        return judged(_of_none(mail, addressed.why), answered_by=mail.from_email, flags=unreadable(mail))
    if addressed.why is Why.UID_DIFFERS:
        return judged(Why.UID_DIFFERS, ref.meeting_id, ref.party, ref.invitation, answered_by=mail.from_email)
    return await _through(conn, inbound, mail, ref, now, world, proven=addressed.why is None)


def _of_none(mail: ParsedMail, why: Why | None) -> Why:
    """Mail that belongs to nothing of ours: what machines write is only noted."""
    if mail.kind == "auto_reply":
        return Why.AUTO_REPLY if mail.report is None else Why.DELIVERED
    if mail.kind in ("human", "broken") and why is Why.NO_TOKEN:
        return Why(mail.kind)
    return why or Why.UNKNOWN_TOKEN


async def _through(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, ref: InvitationRef, now: datetime, world: World, *,
    proven: bool = True,
) -> Judged:  # fmt: skip
    """The mail through this invitation; an unproven one may ask the convener, and nothing else."""
    loaded = await meetings.load_many(conn, [ref.meeting_id], lock=True)
    meeting = loaded[ref.meeting_id].state
    invitation = meeting.invitation(ref.invitation)
    party = meeting.party(invitation.party)
    roster = (await rosters(conn, [party.unit_id], now)).get(party.unit_id)
    asked = wanted(meeting, invitation, roster, mail, inbound, now)
    if not proven:
        asked = without_token(meeting, invitation, roster, mail, asked)
    if asked.event is None:
        return judged(
            asked.why, meeting.id, party.ordinal, invitation.ordinal, answered_by=asked.who, flags=asked.flags
        )  # fmt: skip
    actor = Actor(ActorKind.MAIL, asked.who, unit_id=party.unit_id, organisation_id=party.organisation_id)
    handled = await _handled(conn, Item(meeting.id, asked.event, inbound.event_id), actor, now, world)
    return judged(
        came_of(asked, handled), meeting.id, party.ordinal, invitation.ordinal, claim=claim_of(inbound, handled),
        answered_by=asked.who, flags=asked.flags,
    )  # fmt: skip


async def _handled(conn: AsyncConnection, item: Item, actor: Actor, now: datetime, world: World) -> Handled:
    batch = await handle_many(conn, [item], actor=actor, now=now, world=world)
    for error in batch.failures.values():
        raise error
    handled = batch.handled[0]
    assert handled is not None
    return handled


def came_of(asked: Wanted, handled: Handled) -> Why:
    """The reason, from what the rules noted."""
    if handled.refused is not None:
        return Why.RULES
    for note in handled.notes:
        if note.kind in _NOTED:
            return _NOTED[note.kind]
    return asked.why


def claim_of(inbound: Inbound, handled: Handled) -> int | None:
    """The claim this very mail made."""
    state = handled.state
    claims = state.claims if isinstance(state, Meeting) else ()
    made = [one.ordinal for one in claims if one.stamp.digest == inbound.sha256.hex()]
    return made[-1] if made else None


# -- what machines write to the envelope's address


async def _machine(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, to: RecipientTag, now: datetime, world: World
) -> Judged:
    """Bounces, delays, and what answering machines, and now and then people, send where a mail of ours came from."""
    carried = await mail_of(conn, mail, to)
    if mail.kind == "bounce":
        return await _bounce(conn, inbound, mail, to, carried, now, world)
    first = next((one for one in carried if one.party is not None), None)
    place = (first.meeting_id, first.party, first.invitation) if first is not None else (None, None, None)
    if mail.kind == "delay":
        return judged(Why.DELAY, *place)
    if mail.report is not None:
        return judged(Why.DELIVERED, *place)
    ref = await invitation_carried(conn, first) if first is not None else None
    if ref is not None and (mail.uid is None or uid_of(mail.uid) == ref.id):
        return await _through(conn, inbound, mail, ref, now, world)
    check = await mailbox_checks.judge(conn, inbound, mail, None, now, world, left_from=to.token)
    if check is not None:
        return check
    return judged(Why.AUTO_REPLY if mail.automatic else Why.NO_TOKEN, *place, answered_by=mail.from_email)


async def _bounce(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, to: RecipientTag, carried: Sequence[Carried],
    now: datetime, world: World,
) -> Judged:  # fmt: skip
    """A permanent failure after the relay had accepted. It names a mail; each ask the mail carried has failed."""
    if not carried:
        check = await mailbox_checks.bounced(conn, mail, to.tag, to.token, now)
        return check or await _bounce_by_reply_token(conn, inbound, mail, to, now, world)
    report = mail.report
    said = " ".join(filter(None, (report.status, report.diagnostic))) if report is not None else ""
    elsewhere = _is_elsewhere(report, [one.email for one in carried])
    items = [
        Item(
            one.meeting_id,
            Bounced(
                one.key, now, one.party, one.invitation, one.attendee, one.email, said[:_REPORTED] or None,
                one.sent_at, one.round, elsewhere,
            ),
            f"{inbound.event_id}/{one.key}",
        )
        for one in carried
        if one.party is not None and one.meeting_id is not None
    ]  # fmt: skip
    alone = [one for one in carried if one.meeting_id is None and one.deviation_id is not None]
    if alone and elsewhere and not items:
        return judged(Why.BOUNCE_ELSEWHERE)
    items += [_of_report(one, said, inbound.event_id) for one in alone if not elsewhere]
    first = carried[0]
    return await _tell_bounces(conn, items, (first.meeting_id, first.party, first.invitation), now, world)


def _of_report(one: Carried, said: str, event_id: str) -> Item:
    """The failure of a mail of a report without a meeting, for that report (rules, section 8 D9)."""
    assert one.deviation_id is not None
    event = ReportMailFailed(one.key, one.kind, one.email, said[:_REPORTED] or None)
    return Item(one.deviation_id, event, f"{event_id}/{one.key}")


def _is_elsewhere(report: DeliveryReport | None, ours: Sequence[str]) -> bool:
    """Whether it names nobody we wrote to: a member that the unit's mail is passed on to, or somebody else's mail."""
    named = report.named if report is not None else ()
    return bool(named) and not {folded(one) for one in ours} & set(named)


async def _bounce_by_reply_token(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, to: RecipientTag, now: datetime, world: World
) -> Judged:
    """A server that answered the reply address instead of the envelope's: its token names the invitation.

    It counts only for a mail of ours, which what came back shows: some programs write to a delegate in our name.
    """
    own = (to.token,) if to.token is not None and not to.is_bounce else ()
    for hint in (*own, *mail.tokens):
        ref = await tokens.invitation_by_reply_token(conn, hint)
        if ref is None:
            continue
        report = mail.report
        if not _is_of_ours(report, ref.reply_token) or _is_elsewhere(report, [ref.email]):
            return judged(Why.BOUNCE_ELSEWHERE, ref.meeting_id, ref.party, ref.invitation)
        said = report.status if report is not None else None
        key = f"{ref.meeting_id}/invitation/{ref.invitation}/returned"
        event = Bounced(key, now, ref.party, ref.invitation, ref.attendee, ref.email, said)
        item = Item(ref.meeting_id, event, inbound.event_id)
        return await _tell_bounces(conn, [item], (ref.meeting_id, ref.party, ref.invitation), now, world)
    return judged(Why.UNKNOWN_BOUNCE)


def _is_of_ours(report: DeliveryReport | None, reply_token: str) -> bool:
    """By what came back. Its Message-ID would have led to our mail before, so one that did not is somebody else's."""
    return report is not None and report.original_message_id is None and report.returned_token == reply_token


async def _tell_bounces(
    conn: AsyncConnection,
    items: Sequence[Item],
    place: tuple[UUID | None, int | None, int | None],
    now: datetime,
    world: World,
) -> Judged:
    """To each meeting that the mail was about; of news that weighs nothing any more the reason says so."""
    if not items:
        return judged(Why.BOUNCE, *place)
    batch = await handle_many(conn, items, actor=Actor(ActorKind.MAIL, name="mailer-daemon"), now=now, world=world)
    for error in batch.failures.values():
        raise error
    noted = [{note.kind for note in handled.notes} for handled in batch.handled if handled is not None]
    if noted and all("bounce_noted" in kinds for kinds in noted):
        elsewhere = all(isinstance(item.event, Bounced) and item.event.elsewhere for item in items)
        return judged(Why.BOUNCE_ELSEWHERE if elsewhere else Why.STALE_NEWS, *place)
    return judged(Why.BOUNCE, *place)
