"""What counts as an answer: human or automatic, later or stale; and the receipt for it (rules, section 3)."""

from datetime import datetime, timedelta

from sip.domain.address import folded, same
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailboxProved, MailKind, Method, Told
from sip.domain.events import AutoReplied, HumanWrote, Refreshed, ReplySeen, Said
from sip.domain.meeting import Attendee, Invitation, Party, Stamp
from sip.domain.people import Address
from sip.domain.terms import AnswerKind, Channel, ClaimKind, ClaimState, Delivery, MeetingState, PauseKind
from sip.domain.values import replace
from sip.domain.worktime import local_day

REFRESH_EVERY = timedelta(hours=1)


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


def is_automatic(change: Change, party: Party, said: Said, invitation: int | None, *, nameless_yes: bool) -> bool:
    """A machine's yes proves delivery and nothing else (rules, section 3); whatever else a mail says is a person's, or
    waits for the convener's word, and is never dropped here."""
    this = change.round(party.ordinal)
    sent = None if invitation is None else last_sent(change.meeting.invitation(invitation))
    quick = sent is not None and change.now - sent < change.context.automatic_within
    by_hand = said.channel is not Channel.MAIL or said.confirmed_by is not None
    if by_hand or not nameless_yes or not (said.automatic or this.auto_accepts or quick):
        return False
    change.note("automatic", party.ordinal)
    reached = None if invitation is None else change.meeting.invitation(invitation)
    if reached is not None and reached.delivery is Delivery.PENDING:
        change.put_invitation(replace(reached, delivery=Delivery.ACCEPTED))
    return True


def is_nameless(change: Change, said: Said, invitation: int | None) -> bool:
    """Whether nobody but the invited mailbox itself is named as who answered; of a mail with a machine's mark the name
    says nothing."""
    if said.automatic or invitation is None or "@" not in said.recorded_by:
        return True
    return same(said.recorded_by, change.meeting.invitation(invitation).email)


def tell_overtaken(
    change: Change, ordinal: int, said: Said, kind: AnswerKind, *, by: Stamp | None, stands: bool
) -> None:
    """An answer by mail that came too late to count and says something else than what stands: never swallowed.

    `by` is the stamp that overtook it: its own when the same word is delivered twice, which is no news.
    """
    if said.channel is Channel.MAIL and not stands and by != said.stamp:
        detail = {"answer": kind.value, "email": said.recorded_by}
        change.tell_convener(Told.STALE_ANSWER, ordinal, once=said.stamp.digest, **detail)


def stands_as(party: Party, kind: AnswerKind) -> bool:
    """Whether this is the unit's answer as it stands."""
    answer = party.round.answer if party.round is not None else None
    return answer is not None and answer.kind is kind


def last_sent(invitation: Invitation) -> datetime | None:
    """When a REQUEST last went to this invitation: decided, or accepted by the relay, whichever is later."""
    return max((at for at in (invitation.sent_at, invitation.accepted_at) if at is not None), default=None)


def is_of_old_time(change: Change, said: Said, ordinal: int) -> bool:
    """An answer to a time that has been changed since: by mail stale, on a form refused, to show the new time.

    Raises Refusal for the form.
    """
    if said.stamp.sequence >= change.meeting.sequence:
        return False
    if said.channel is not Channel.MAIL:
        raise Refusal(Reason.STALE_VERSION)
    change.note("stale", ordinal)
    return True


def act_of_unit(change: Change, ordinal: int, said: Said, through: int | None = None) -> None:
    """A human act: it acknowledges, and by mail or mailed link it proves the mailbox (R2; section 8 A3).

    `through` is the invitation that it came through, where that is known.
    """
    proved = _mailbox_of(change, ordinal, said, through)
    if proved is not None and said.confirmed_by is None and not said.automatic:
        change.effects.append(MailboxProved(change.party(ordinal).unit_id, folded(proved)))
    this = change.round(ordinal)
    change.set_round(ordinal, acknowledged_at=this.acknowledged_at or change.now, acted_at=this.acted_at or change.now)


def _mailbox_of(change: Change, ordinal: int, said: Said, through: int | None) -> str | None:
    """Which of the unit's mailboxes it came through: the invited one, or the one that the link was mailed to. None for
    whoever signed in or telephoned, and for a link in somebody's own mail."""
    if said.channel not in (Channel.MAIL, Channel.PAGE):
        return None
    units = [i for i in change.meeting.invitations if i.party == ordinal and i.attendee is None]
    for invitation in units:
        if invitation.ordinal == through or (through is None and same(invitation.email, said.reply_to)):
            return invitation.email
    return None


def lapse_claims(change: Change, ordinal: int, stamp: Stamp | None, attendee: int | None = None) -> None:
    """A certain answer overtakes older uncertain ones in the same name, the unit's or a person's; a new round (None)
    overtakes them all."""
    for claim in change.meeting.claims:
        if not claim.waits or claim.party != ordinal:
            continue
        in_its_name = claim.kind is not ClaimKind.PARTY_CRASHER and claim.attendee == attendee
        if stamp is None or (in_its_name and claim.stamp < stamp):
            change.put_claim(replace(claim, state=ClaimState.LAPSED))


def receipt(change: Change, ordinal: int, word: str, said: Said, invitation: int | None) -> None:
    """The answering person gets one receipt; an answer recorded for the unit gets none (rules, section 3)."""
    if said.channel not in (Channel.MAIL, Channel.PAGE) or said.confirmed_by is not None:
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
    if person.email and said.channel in (Channel.MAIL, Channel.PAGE) and said.confirmed_by is None:
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
    """A reply that sets no answer: journalled; the current REQUEST (CANCEL) goes once more, or its sender is told."""
    invitation = _invitation(change, event.invitation)
    change.note("reply_seen", event.party, outcome=event.outcome)
    _tell_unusable(change, invitation, event.unusable_to, event.outcome)
    if not event.resend or invitation.resent_for == invitation.sequence:
        return
    change.put_invitation(replace(invitation, resent_for=invitation.sequence))
    if invitation.active:
        change.request(invitation, MailKind.RESEND, Method.REQUEST)
        return
    meeting = change.meeting
    off = meeting.state is MeetingState.CANCELLED
    of_unit = invitation.attendee is None and change.party(event.party).active
    kind = MailKind.CANCELLED if off else MailKind.OLD_MAILBOX if of_unit else MailKind.REMOVED
    detail = {"reason": meeting.cancel_reason} if off and meeting.cancel_reason else {}
    change.request(invitation, kind, Method.CANCEL, again="again", detail=detail)


def refresh(change: Change, event: Refreshed) -> None:
    """The newest REQUEST to that invitation only, at most once an hour (mail-cases, case 24)."""
    invitation = _invitation(change, event.invitation)
    last = invitation.refreshed_at
    answerable = change.meeting.state is MeetingState.CALLED and invitation.active
    if not answerable or (last is not None and change.now - last < REFRESH_EVERY):
        change.note("refresh_withheld", event.party)
        return
    change.put_invitation(replace(invitation, refreshed_at=change.now))
    change.note("refreshed", event.party)
    change.request(invitation, MailKind.RESEND, Method.REQUEST, again=f"{change.now:%Y%m%dT%H%M%S}")


def see_auto_reply(change: Change, event: AutoReplied) -> None:
    """Noted beside the invitation, never an answer and never answered (RFC 3834)."""
    change.party(event.party)
    detail = {"until": event.until.isoformat()} if event.until is not None else {}
    change.note("mailbox_away_until" if detail else "mailbox_away", event.party, **detail)
    if event.invitation is not None:
        invitation = _invitation(change, event.invitation)
        change.put_invitation(replace(invitation, away_at=change.now, away_until=event.until))


def see_words(change: Change, event: HumanWrote) -> None:
    """The convener is told that there is something to read, and the writer that it is no answer: once a day each."""
    invitation = _invitation(change, event.invitation)
    change.note("human_wrote", event.party)
    once = f"{invitation.ordinal}/{local_day(change.now).isoformat()}"
    change.tell_convener(Told.HUMAN_WROTE, event.party, once=once)
    _tell_unusable(change, invitation, event.unusable_to, "human")


def _invitation(change: Change, ordinal: int) -> Invitation:
    try:
        return change.meeting.invitation(ordinal)
    except KeyError:
        raise Refusal(Reason.NOT_FOUND, what="invitation") from None


def tell_it_waits(change: Change, invitation: int, to: str | None) -> None:
    """Whoever answered learns that it waits for the convener's word: once an invitation and day."""
    _tell_unusable(change, _invitation(change, invitation), to, "waits")


def _tell_unusable(change: Change, invitation: Invitation, to: str | None, why: str) -> None:
    """Whoever sent it learns that it did not count: once an invitation and day, with the button that does."""
    if to is None or not (invitation.active and change.now < change.meeting.start):
        return
    party = change.party(invitation.party)
    change.notice(
        MailKind.UNUSABLE,
        Address(to, party.unit_name, party.language),
        tail=f"{invitation.ordinal}/{local_day(change.now).isoformat()}",
        party=party.ordinal,
        attendee=invitation.attendee,
        link=Link.ANSWER,
        detail={"why": why if why in ("human", "waits", "person_number") else "unusable"},
    )
