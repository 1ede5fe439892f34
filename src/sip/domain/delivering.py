"""What became of our mails: accepted by the relay, given up, bounced (rules, section 5 L1, L7).

Not delivered is never the party's fault: the unit's next address is tried, the clock starts anew, nobody is reported.
"""

from datetime import datetime

from sip.domain import calling, ladder, rounds, substitution
from sip.domain.address import folded, same
from sip.domain.change import Change
from sip.domain.effects import MailKind, Told
from sip.domain.events import Bounced, MailSettled
from sip.domain.meeting import Invitation, Party
from sip.domain.people import Address
from sip.domain.terms import AttendeeRole, AttendeeState, Channel, Delivery, MeetingState, Obligation, SettledAs
from sip.domain.values import replace

CALENDAR_KINDS = frozenset(
    {MailKind.CALL, MailKind.UPDATE, MailKind.TEXT_UPDATE, MailKind.REMINDER, MailKind.RESEND, MailKind.NAMED,
     MailKind.ASK_SUBSTITUTE, MailKind.NEW_MAILBOX}
)  # fmt: skip


def settle(change: Change, event: MailSettled) -> None:
    """The sender's result. A repeat finds nothing left to settle."""
    party = _party_of(change, event)
    if party is not None:
        _settle_rung(change, party, event)
    if event.result is SettledAs.FAILED:
        _failed(change, party, event)
    elif party is not None and event.result is SettledAs.ACCEPTED:
        _accepted(change, party, event)


def bounce(change: Change, event: Bounced) -> None:
    """A permanent failure told after the relay had accepted."""
    party = _party_of(change, event)
    if party is None or not (event.elsewhere or _is_overtaken(change, party, event)):
        _failed(change, party, event)
    else:
        detail = {"reason": event.reason or "", "email": event.email or ""}
        change.note("bounce_noted", event.party, **detail)
        change.tell_convener(Told.BOUNCE_NOTED, event.party, once=event.key, **detail)


def _is_overtaken(change: Change, party: Party, event: Bounced) -> bool:
    """News has its place in time: a failure weighs against what was known when its mail was sent, not against a newer
    round, nor against an answer that has come from that same mailbox since (decision 0022)."""
    this = party.round
    if this is None:  # asked about the time before the call: nothing has overtaken it
        return False
    if event.round is not None and event.round < this.number:
        return True
    since = event.sent_at or this.began_at
    if event.attendee is not None and _is_hers(change, party, event.attendee, event.email):
        answered_at = change.attendee(party.ordinal, event.attendee).answered_at
        return answered_at is not None and answered_at > since
    answer = this.answer
    by_that_way = answer is not None and answer.channel in (Channel.MAIL, Channel.PAGE) and answer.at > since
    written_to = _invitation_of(change, event)
    email = event.email if written_to is None else written_to.email
    proved_at = None if email is None else change.roster_or_empty(party).verified_at(email)
    return by_that_way or (proved_at is not None and proved_at > since)


def _party_of(change: Change, event: MailSettled | Bounced) -> Party | None:
    """The party it was about; what was about the whole meeting went to the convener's side."""
    return next((party for party in change.meeting.parties if party.ordinal == event.party), None)


def _settle_rung(change: Change, party: Party, event: MailSettled) -> None:
    this = party.round
    if this is None:
        return
    rungs = tuple(
        replace(r, pending=r.pending - {event.key}, settled_at=event.at) if event.key in r.pending else r
        for r in this.rungs
    )
    if rungs != this.rungs:
        change.set_round(party.ordinal, rungs=rungs)


def _invitation_of(change: Change, event: MailSettled | Bounced) -> Invitation | None:
    for invitation in change.meeting.invitations:
        if invitation.ordinal == event.invitation:
            return invitation
    return None


def _accepted(change: Change, party: Party, event: MailSettled) -> None:
    """The relay has the invitation: the party's clock starts (L1)."""
    invitation = _invitation_of(change, event)
    if invitation is None or event.kind not in CALENDAR_KINDS or invitation.delivery is Delivery.UNDELIVERABLE:
        return
    change.put_invitation(replace(invitation, delivery=Delivery.ACCEPTED, accepted_at=event.at))
    this = change.party(party.ordinal).round
    if this is None or invitation.attendee is not None or event.round != this.number or this.clock_start is not None:
        return
    start = ladder.clock_start(change.meeting, party, _asked_at(change, party, invitation), event.at)
    change.set_round(party.ordinal, clock_start=start)
    if start >= change.meeting.start:
        change.set_round(party.ordinal, ladder=False)


def _asked_at(change: Change, party: Party, invitation: Invitation) -> datetime:
    this = change.round(party.ordinal)
    return max(this.began_at, invitation.sent_at) if invitation.sent_at is not None else this.began_at


def _failed(change: Change, party: Party | None, event: MailSettled | Bounced) -> None:
    """Given up or bounced: an invitation is undeliverable; an ordinary mail to somebody is told to the coordinator."""
    invitation = _invitation_of(change, event)
    detail = {"reason": event.reason or "", "email": event.email or ""}
    if party is not None and event.attendee is not None and _is_hers(change, party, event.attendee, event.email):
        _attendee_unreached(change, party, event.attendee, event.reason or "")
    elif party is None or invitation is None:
        _tell_of_failure(change, party, event)
    elif invitation.delivery is not Delivery.UNDELIVERABLE:
        change.put_invitation(replace(invitation, delivery=Delivery.UNDELIVERABLE))
        change.note("undeliverable", party.ordinal, **detail)
        if change.meeting.state is MeetingState.CALLED and not change.meeting.started:
            _next_address(change, party, replace(invitation, delivery=Delivery.UNDELIVERABLE), detail)


def _tell_of_failure(change: Change, party: Party | None, event: MailSettled | Bounced) -> None:
    """An ordinary mail failed: those responsible for its recipient are told, once for each address (L7).

    What was meant for the convener's side is told to its unit's mailbox, else to its coordinators; never to others'.
    """
    detail = {"reason": event.reason or "", "email": event.email or ""}
    if f"/{MailKind.SURVEY}/" in event.key:
        return  # it was an offer, and is owed to nobody (section 8 A7)
    convener = change.meeting.convener
    side = {folded(address) for address in (convener.email, change.meeting.chair_email) if address}
    if party is not None and folded(event.email or "") not in side:
        change.note("mail_failed", party.ordinal, **detail)
        if party.active:
            change.tell_coordinators(Told.UNDELIVERABLE, party.ordinal, once=event.email or event.key, **detail)
    elif event.email:
        _tell_conveners_side(change, event.email, detail)


def _tell_conveners_side(change: Change, failed: str, detail: dict[str, str]) -> None:
    own = next(p for p in change.meeting.parties if p.obligation is Obligation.CONVENING and p.active)
    change.note("mail_failed", own.ordinal, **detail)
    mailbox = next((a for a in change.roster_or_empty(own).addresses if not same(a, failed)), None)
    if mailbox is None:
        change.tell_coordinators(Told.CONVENER_UNREACHED, own.ordinal, once=failed, **detail)
        return
    change.notice(
        MailKind.COORDINATOR_TOLD,
        Address(mailbox, own.unit_name, own.language),
        tail=f"{Told.CONVENER_UNREACHED}/{failed}",
        party=own.ordinal,
        detail={"what": Told.CONVENER_UNREACHED, **detail},
    )


def _is_hers(change: Change, party: Party, attendee: int, email: str | None) -> bool:
    """A mail about a person's answer may have gone to a colleague: its failure says nothing of her."""
    hers = change.attendee(party.ordinal, attendee).email
    return email is None or hers is None or same(email, hers)


def _next_address(change: Change, party: Party, failed: Invitation, detail: dict[str, str]) -> None:
    """L7: the unit's next address with A anew; none left: the ladder ends."""
    if not failed.active:
        return
    change.drop_asks(party.ordinal)
    change.put_invitation(replace(failed, active=False))
    email = rounds.next_address(change, party.ordinal)
    if email is not None:
        change.set_round(party.ordinal, clock_start=None)
        rounds.ask_at(change, party.ordinal, email, MailKind.CALL)
        rounds.tell_undeliverable(change, party.ordinal, last=False, target=email, **detail)
    else:
        none_left(change, party, detail)


def none_left(change: Change, party: Party, detail: dict[str, str]) -> None:
    """No address of the unit's is left (L7): the ladder ends, or the duty of a redirect returns."""
    if party.redirected_from is not None:
        _return_duty(change, party, detail)
    else:
        change.set_round(party.ordinal, undeliverable=True, clock_start=None)
        rounds.tell_undeliverable(change, party.ordinal, last=True, **detail)


def _return_duty(change: Change, party: Party, detail: dict[str, str]) -> None:
    """An undeliverable target: the duty returns to the unit that redirected (rules, section 6)."""
    source = party.redirected_from
    assert source is not None
    calling.leave(change, party.ordinal, "undeliverable")
    change.set_party(party.ordinal, removed=True)
    change.set_party(source, redirected_to=None)
    change.note("redirect_returned", source, target=party.unit_name)
    rounds.begin_round(change, source, MailKind.CALL)
    change.tell_convener(Told.REDIRECT_RETURNED, source, target=party.unit_name, **detail)


def _attendee_unreached(change: Change, party: Party, ordinal: int, reason: str) -> None:
    """Bounce of an ask: the next at once (S2). A named person who cannot be reached is told to the convener."""
    person = change.attendee(party.ordinal, ordinal)
    if person.invitation is not None:
        reached = change.meeting.invitation(person.invitation)
        if reached.delivery is Delivery.UNDELIVERABLE:
            return
        change.put_invitation(replace(reached, delivery=Delivery.UNDELIVERABLE))
    change.note("attendee_unreached", party.ordinal, attendee=str(ordinal), reason=reason)
    if person.state is AttendeeState.ASKED and change.meeting.state is MeetingState.CALLED:
        change.put_attendee(party.ordinal, replace(person, state=AttendeeState.BOUNCED, until=None))
        if not change.meeting.started:
            substitution.ask_next(change, party.ordinal)
    elif person.stands and person.role is not AttendeeRole.MANAGER:
        found = {"names": person.name, "email": person.email or "", "reason": reason}
        change.tell_convener(Told.UNDELIVERABLE, party.ordinal, **found)
