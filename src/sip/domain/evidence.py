"""What counts as an answer: human or automatic, later or stale; and the receipt for it (rules, section 3)."""

from dataclasses import replace
from datetime import datetime

from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailboxProved, MailKind, Method
from sip.domain.events import (
    ReplySeen,
    Said,
)
from sip.domain.meeting import (
    Attendee,
    Channel,
    Delivery,
    Invitation,
    Party,
    PauseKind,
    Stamp,
)
from sip.domain.people import Address


def called_party(change: Change, ordinal: int) -> Party:
    """A party of a called meeting whose round has begun. Raises Refusal when it has left or the meeting has begun."""
    party = change.party(ordinal)
    if not party.active:
        raise Refusal(Reason.PARTY_INACTIVE)
    if change.now >= change.meeting.start:
        raise Refusal(Reason.ALREADY_STARTED)
    change.round(ordinal)
    return party


def is_later(known: Stamp | None, new: Stamp) -> bool:
    return known is None or new > known


def still_engages(change: Change, party: Party, said: Said) -> bool:
    """An act that engages others is not stale for an ordinary answer that overtook it; it applies once."""
    this = change.round(party.ordinal)
    once = not any(p.kind is PauseKind.REDIRECT for p in this.pauses)
    return once and said.stamp.sequence >= change.meeting.sequence


def is_automatic(change: Change, party: Party, said: Said, invitation: int | None, named: bool) -> bool:
    """Proves delivery and nothing else: a machine's answer, or one too quick for a hand (rules, section 3)."""
    this = change.round(party.ordinal)
    sent = None if invitation is None else last_sent(change.meeting.invitation(invitation))
    quick = not named and sent is not None and change.now - sent < change.context.automatic_within
    if said.channel is not Channel.MAIL or not (said.automatic or this.auto_accepts or quick):
        return False
    change.note("automatic", party.ordinal)
    reached = None if invitation is None else change.meeting.invitation(invitation)
    if reached is not None and reached.delivery is Delivery.PENDING:
        change.put_invitation(replace(reached, delivery=Delivery.ACCEPTED))
    return True


def last_sent(invitation: Invitation) -> datetime | None:
    """When a REQUEST last went to this invitation: decided, or accepted by the relay, whichever is later."""
    return max((at for at in (invitation.sent_at, invitation.accepted_at) if at is not None), default=None)


def is_of_old_time(change: Change, said: Said, ordinal: int) -> bool:
    """An answer to a time that has been changed since: by mail stale, on a form refused, to show the new time."""
    if said.stamp.sequence >= change.meeting.sequence:
        return False
    if said.channel is not Channel.MAIL:
        raise Refusal(Reason.STALE_VERSION)
    change.note("stale", ordinal)
    return True


def act_of_unit(change: Change, ordinal: int, said: Said) -> None:
    """A human act: it acknowledges, and by mail or mailed link it proves the mailbox (R2; section 8 A3)."""
    if said.channel in (Channel.MAIL, Channel.PAGE):
        change.effects.append(MailboxProved(change.party(ordinal).unit_id))
    this = change.round(ordinal)
    change.set_round(ordinal, acknowledged_at=this.acknowledged_at or change.now, acted_at=this.acted_at or change.now)


def receipt(change: Change, ordinal: int, word: str, said: Said, invitation: int | None) -> None:
    """The answering person gets one receipt; an answer recorded for the unit gets none (rules, section 3)."""
    if said.channel not in (Channel.MAIL, Channel.PAGE):
        return
    party = change.party(ordinal)
    email = said.reply_to
    if email is None and invitation is not None:
        email = change.meeting.invitation(invitation).email
    to = Address(email, party.unit_name, party.language) if email else change.unit_address(party)
    if to is not None:
        tail = said.stamp.digest
        change.notice(MailKind.RECEIPT, to, tail=tail, party=ordinal, link=Link.ANSWER, detail={"answer": word})


def receipt_to_person(change: Change, ordinal: int, person: Attendee, word: str, said: Said) -> None:
    if person.email and said.channel in (Channel.MAIL, Channel.PAGE):
        party = change.party(ordinal)
        change.notice(
            MailKind.RECEIPT,
            Address(person.email, person.name, party.language),
            tail=said.stamp.digest,
            party=ordinal,
            attendee=person.ordinal,
            link=Link.SUBSTITUTE,
            detail={"answer": word},
        )


def see_reply(change: Change, event: ReplySeen) -> None:
    """A reply to an older time or a cancelled meeting: journalled; the current REQUEST (CANCEL) goes once more."""
    try:
        invitation = change.meeting.invitation(event.invitation)
    except KeyError:
        raise Refusal(Reason.NOT_FOUND, what="invitation") from None
    change.note("reply_seen", event.party, outcome=event.outcome)
    if not event.resend or invitation.resent_for == invitation.sequence:
        return
    change.put_invitation(replace(invitation, resent_for=invitation.sequence))
    method = Method.REQUEST if invitation.active else Method.CANCEL
    change.request(invitation, MailKind.RESEND if invitation.active else MailKind.REMOVED, method)
