"""Answers by calendar to what calls a seat to its group's sitting (rules, section 18 U7; RFC 5546, section 3.2.3).

The law of this file: the token of the entry that is answered says whose answer it is; an answer of somebody else, or
one that a machine may have given, is not believed. A no means that the seat's own substitute is to come.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.gathering import declined
from sip.domain.sitting import GroupSitting, SeatAnswer, SeatAnswered, SeatInvitation, SittingState
from sip.store import sitters
from sip.store.aggregates import sittings
from sip.store.aggregates.versioned import Versioned
from sip.store.post.inbox import Inbound, Judged
from sip.store.seen import sittings as seen
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.engine.handle import World, handle
from sip.usecases.received.addressing import uid_of
from sip.usecases.received.meaning import unreadable
from sip.usecases.received.outcomes import Why, judged
from sip.usecases.received.parsed import AttendeeLine, Kind, ParsedMail

_SAID = {"ACCEPTED": SeatAnswer.YES, "DECLINED": SeatAnswer.NO, "TENTATIVE": SeatAnswer.TENTATIVE}
_BY_ITSELF = frozenset({Kind.AUTO_REPLY, Kind.DELAY})


async def judge(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, token: str | None, now: datetime, world: World
) -> Judged | None:
    """What came of it; None where it answers no such entry."""
    where = await _answered(conn, mail, token)
    if where is None:
        return None
    entry, sitting = where
    held = await sittings.load_many(conn, [sitting], lock=True)
    there = held[sitting].state
    one = next(one for one in there.invitations if one.id == entry)
    if mail.uid is not None and uid_of(mail.uid) != entry:
        return judged(Why.UID_DIFFERS)
    if mail.kind in _BY_ITSELF or mail.automatic:
        return judged(Why.AUTO_REPLY if mail.kind in _BY_ITSELF else Why.AUTOMATIC)
    if mail.kind is not Kind.REPLY:
        return judged(_other(mail), flags=unreadable(mail))
    to = (await sitters.addresses(conn, [one.sitter])).get(one.sitter)
    line = None if to is None else _line(mail, folded(to.email))
    if line is None or mail.authentic is False:
        return judged(Why.UNPROVEN)
    said = _SAID.get(line.partstat or "")
    if said is None:
        return judged(Why.NOT_YET)
    if (stale := _stale(there, one, mail, now)) is not None:
        return judged(stale)
    return judged(await _take(conn, held, one, said, mail, inbound, now, world))


async def _answered(conn: AsyncConnection, mail: ParsedMail, token: str | None) -> tuple[UUID, UUID] | None:
    for hint in (token,) if token is not None else tuple(mail.tokens):
        found = await seen.by_reply_token(conn, hint)
        if found is not None:
            return found
    return None


def _other(mail: ParsedMail) -> Why:
    """What is no answer: words, for a person to read; a proposal, which nobody here takes."""
    if mail.kind is Kind.REQUEST_LIKE:
        return Why.REQUEST_LIKE
    return Why.BROKEN if mail.kind is Kind.BROKEN else Why.HUMAN


def _line(mail: ParsedMail, address: str) -> AttendeeLine | None:
    """Her line of the answer, or the only one of a mail that she sent herself."""
    own = next((one for one in mail.attendees if one.email == address), None)
    if own is not None or len(mail.attendees) != 1:
        return own
    return mail.attendees[0] if mail.from_email == address else None


def _stale(there: GroupSitting, one: SeatInvitation, mail: ParsedMail, now: datetime) -> Why | None:
    """Why the answer weighs nothing: the sitting, or the entry, is over; or it is to a time that no longer holds."""
    if there.state is SittingState.CANCELLED:
        return Why.CANCELLED
    if not one.active:
        return Why.REMOVED
    if now >= there.start:
        return Why.LATE
    older = mail.sequence is not None and mail.sequence < one.sequence
    return Why.ANSWERED_OLD_TIME if older and mail.start != there.start else None


async def _take(
    conn: AsyncConnection, held: dict[UUID, Versioned[GroupSitting]], one: SeatInvitation, said: SeatAnswer,
    mail: ParsedMail, inbound: Inbound, now: datetime, world: World,
) -> Why:  # fmt: skip
    ((sitting, there),) = held.items()
    answer = declined(there.state, one.seat, one.role) if said is SeatAnswer.NO else said
    if one.answer is SeatAnswer.NO and answer is SeatAnswer.SUBSTITUTE:
        return Why.ALREADY_APPLIED  # "nobody comes", said on the page, is a no in the calendar too
    event = SeatAnswered(one.seat, one.role, answer, mail.dtstamp or mail.sent_at)
    actor = Actor(ActorKind.MAIL, "sitting")  # her address stands in no journal (section 18 U6)
    done = await handle(
        conn, sitting, event, event_id=inbound.event_id, actor=actor, now=now, world=world, held=held
    )  # fmt: skip
    if done.refused is not None:
        return Why.RULES
    kinds = {note.kind for note in done.notes}
    return Why.STALE if "stale" in kinds else Why.ANSWERED if kinds else Why.ALREADY_APPLIED
