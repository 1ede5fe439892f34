"""How a round begins for a party, and what the convener must know of it at once (rules, section 5 R1, L7; T1, T2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sip.domain import closing, escalation, substitution
from sip.domain.address import folded, same
from sip.domain.agreement import rule_set_for
from sip.domain.change import Change
from sip.domain.effects import MailKind, StoodDown, Told
from sip.domain.invitations import new_invitation, send_request
from sip.domain.meeting import Invitation, Party, Round
from sip.domain.people import Roster
from sip.domain.saying import lapse_claims
from sip.domain.terms import AttendeeState, Delivery, Obligation
from sip.domain.values import replace
from sip.domain.worktime import local_day, office_time


def begin_round(change: Change, ordinal: int, kind: MailKind, detail: Mapping[str, str] | None = None) -> None:
    """R1: nothing is answered or acknowledged; closed days and flags are frozen; the unit and its kept people asked."""
    party = change.party(ordinal)
    roster = change.roster_or_empty(party)
    number = party.round.number + 1 if party.round is not None else 1
    change.drop_asks(ordinal)
    this = Round(
        number,
        change.now,
        closed_days=_closed_days(roster, change.now, change.meeting.start),
        phone_only=roster.phone_only,
        weekend_staffed=roster.weekend_staffed,
        auto_accepts=roster.auto_accepts,
    )
    if not change.meeting.discharge and _closed_throughout(party, this, change.now, change.meeting.start):
        this = replace(this, closed_days_ignored=True)
    change.set_party(ordinal, round=this, excused_at=None, not_before=None)
    lapse_claims(change, ordinal, None)
    late = change.meeting.start <= change.worktime(ordinal).opening_after(change.now)
    change.set_round(ordinal, ladder=not late)
    change.note("round_began", ordinal, number=str(number))
    _invite_unit(change, ordinal, kind, detail)
    _keep_people(change, ordinal, kind, detail)


def _invite_unit(change: Change, ordinal: int, kind: MailKind, detail: Mapping[str, str] | None) -> None:
    party = change.party(ordinal)
    this = change.round(ordinal)
    if party.other_system is not None or this.phone_only:
        return
    invitation = change.unit_invitation(ordinal)
    if invitation is None or invitation.delivery is Delivery.UNDELIVERABLE:
        email = next_address(change, ordinal)
        if email is None:
            change.set_round(ordinal, undeliverable=True)
            return
        invitation = new_invitation(change, ordinal, email)
    set_verified(change, ordinal, invitation.email)
    send_request(change, invitation, kind, detail=detail)


def next_address(change: Change, ordinal: int) -> str | None:
    """The unit's first address that has not been found undeliverable at this meeting (L7)."""
    failed = {
        folded(i.email) for i in change.meeting.invitations
        if i.party == ordinal and i.attendee is None and i.delivery is Delivery.UNDELIVERABLE
    }  # fmt: skip
    roster = change.roster_or_empty(change.party(ordinal))
    return next((address for address in roster.addresses if folded(address) not in failed), None)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A unit's mailbox that is no longer its own, and the one that is; either may be missing."""

    old: Invitation | None
    new: str | None


def replaced(change: Change, party: Party) -> Replaced | None:
    """Whether the unit is reached elsewhere today than it was asked (R5); None for one that we do not write to."""
    this, roster = party.round, change.context.rosters.get(party.unit_id)
    if roster is None or this is None or not party.active or party.other_system is not None or this.phone_only:
        return None
    old = change.unit_invitation(party.ordinal)
    if old is not None and any(same(old.email, address) for address in roster.addresses):
        return None
    new = next_address(change, party.ordinal)
    return None if old is None and new is None else Replaced(old, new)


def ask_at(change: Change, ordinal: int, email: str, kind: MailKind) -> None:
    """The round goes on at another of the unit's mailboxes."""
    set_verified(change, ordinal, email)
    send_request(change, new_invitation(change, ordinal, email), kind)


def _keep_people(change: Change, ordinal: int, kind: MailKind, detail: Mapping[str, str] | None) -> None:
    """Those who were to come stay invited and are asked again; those only asked get CANCEL (R1)."""
    number = change.round(ordinal).number
    for person in change.party(ordinal).attendees:
        if person.state in substitution.ONGOING:
            substitution.stand_down(change, ordinal, person, StoodDown.MOVED)
        elif person.stands or person.state is AttendeeState.INVITED:
            change.put_attendee(ordinal, replace(person, state=AttendeeState.INVITED, round=number))
            if person.invitation is not None:
                send_request(change, change.meeting.invitation(person.invitation), kind, detail=detail)


def tell_gaps(change: Change, only: int | None = None) -> None:
    """What the convener must know at once: phone tasks, no address, ignored closed days, weekends; late calls (L6)."""
    for party in change.meeting.parties:
        this = party.round
        if this is None or not party.active or (only is not None and party.ordinal != only):
            continue
        if party.obligation is not Obligation.CONVENING:
            closing.tell_closing(change, party.ordinal)
        if this.phone_only:
            change.tell_convener(Told.PHONE_TASK, party.ordinal, phones=party.phone or "")
        if this.undeliverable:
            tell_undeliverable(change, party.ordinal, last=True)
        if this.closed_days_ignored:
            change.tell_convener(Told.CLOSED_DAYS_IGNORED, party.ordinal)
        if party.bound:
            escalation.foresee_weekend(change, party.ordinal)


def tell_undeliverable(change: Change, ordinal: int, *, last: bool, **detail: str) -> None:
    """The convener always; the coordinator when no address is left (L7)."""
    change.tell_convener(Told.UNDELIVERABLE, ordinal, **detail)
    if last:
        change.tell_coordinators(Told.UNDELIVERABLE, ordinal, **detail)


def freeze_rules(change: Change, party: Party) -> None:
    """The agreement the party's principal shares with the convener's, as it is now (rules, section 1)."""
    meeting, bound = change.meeting, change.context.bound.get(party.ordinal)
    rules = bound or rule_set_for(
        change.context.agreements,
        meeting.convener.principal_id,
        party.principal_id,
        meeting.kind,
        local_day(change.now),
    )
    change.set_party(party.ordinal, rule_set=rules)


def _closed_days(roster: Roster, now: datetime, start: datetime) -> frozenset[date]:
    """The unit's closed days from the round's beginning to the meeting."""
    first, last = local_day(now), local_day(start)
    return frozenset(day for day in roster.closed_days if first <= day <= last)


def _closed_throughout(party: Party, this: Round, now: datetime, start: datetime) -> bool:
    """T1: closed days that leave under one working day between call and S are ignored."""
    if not this.closed_days:
        return False
    rules = party.rule_set
    return not office_time(this.closed_days, rules.half_days, rules.half_day_closes).days_left(now, start, 1)


def set_verified(change: Change, ordinal: int, email: str) -> None:
    """Whether the mailbox that the round asks is read: a human act through it, or an answered test call, within the
    agreement's months (30 days each)."""
    party = change.party(ordinal)
    at = change.roster_or_empty(party).verified_at(email)
    since = change.now - timedelta(days=30 * party.rule_set.verified_months)
    change.set_round(ordinal, verified=at is not None and at >= since)
