"""Draft, call, move, cancel: how rounds begin (rules, section 5 R1; section 8 A2)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain import escalation, substitution
from sip.domain.agreement import LAW_ONLY, rule_set_for
from sip.domain.change import Change, Refusal
from sip.domain.decision import Context, Decision, Reason
from sip.domain.effects import MailKind, Method, Told
from sip.domain.events import (
    Called,
    Cancelled,
    HandedOver,
    MeetingDrafted,
    Moved,
    PartyAdded,
    PartyDraft,
    PartyRemoved,
    TextChanged,
)
from sip.domain.invitations import cancel_party, new_invitation, send_request
from sip.domain.meeting import Convener, Invitation, Meeting, Party, Round
from sip.domain.people import Roster
from sip.domain.saying import lapse_claims
from sip.domain.terms import AttendeeState, Delivery, Form, MeetingState, Obligation, PlaceKind
from sip.domain.worktime import local_day, office_time

FARTHEST = timedelta(days=731)  # a meeting lies at most two years ahead


def draft(event: MeetingDrafted, context: Context) -> Decision:
    """A new meeting. The convener's own unit is its first party (`convening`)."""
    _check_time(event.start, event.end, context.now)
    meeting = Meeting(
        event.id, event.reference, event.case_id, event.kind, event.purpose, event.purpose_text.strip(),
        tuple(q.strip() for q in event.questions if q.strip()), event.form, event.place, event.start, event.end,
        event.convener, chair_name=event.chair_name, chair_email=event.chair_email, follows=event.follows,
    )  # fmt: skip
    change = Change(meeting, context)
    own = PartyDraft(event.convener.unit_id, Obligation.CONVENING)
    for wanted in (own, *(p for p in event.parties if p.unit_id != own.unit_id)):
        new_party(change, wanted)
    change.note("drafted")
    return change.decision()


def new_party(change: Change, wanted: PartyDraft, **more: object) -> Party:
    """A party of the meeting, not yet called. Raises Refusal for an archived unit or a party twice."""
    roster = change.roster(wanted.unit_id)
    if roster.archived:
        raise Refusal(Reason.ARCHIVED_UNIT, unit=roster.name)
    if any(p.unit_id == wanted.unit_id and p.active for p in change.meeting.parties):
        raise Refusal(Reason.PARTY_TWICE, unit=roster.name)
    ordinal = max((p.ordinal for p in change.meeting.parties), default=0) + 1
    party = Party(
        ordinal, roster.unit_id, roster.name, roster.organisation_id, roster.principal_id, wanted.obligation,
        wanted.basis, LAW_ONLY, phone=roster.phone, language=roster.language, other_system=wanted.other_system,
    )  # fmt: skip
    return change.put(replace(party, **more))  # type: ignore[arg-type]  # fields of Party by name


def change_text(change: Change, event: TextChanged) -> None:
    """Text only: SEQUENCE and known answers stay; the called are sent the current REQUEST again."""
    meeting = change.meeting
    wanted = {
        "purpose": event.purpose,
        "purpose_text": event.purpose_text.strip() if event.purpose_text is not None else None,
        "questions": tuple(q.strip() for q in event.questions if q.strip()) if event.questions is not None else None,
        "chair_name": event.chair_name,
        "chair_email": event.chair_email,
    }
    new = {key: value for key, value in wanted.items() if value is not None and value != getattr(meeting, key)}
    if not new:
        return
    mailed = {"purpose", "purpose_text", "questions"} & new.keys()
    change.update(**new)
    change.note("text_changed", fields=",".join(sorted(new)))
    if meeting.state is MeetingState.DRAFT:
        return
    _check_complete(change.meeting)
    if mailed:
        _update_text(change)


def _update_text(change: Change) -> None:
    """The called are sent the current REQUEST again: no new round, SEQUENCE and answers stay (R1)."""
    change.update(revision=change.meeting.revision + 1)
    for invitation in change.meeting.invitations:
        if invitation.active and _still_concerned(change, invitation):
            change.request(invitation, MailKind.TEXT_UPDATE, Method.REQUEST)


def hand_over(change: Change, event: HandedOver) -> None:
    """Another convener: of any unit for a draft (T2); once called, of the same principal (illness, leaving).

    Whoever takes over is told what waits; questions already put are put to her; everybody called gets an update of
    text, with the person and phone number to turn to. Raises Refusal for a unit of another
    principal, and for a ward where the discharge law applies (T2).
    """
    old, new = change.meeting.convener, event.convener
    if new == old:
        return
    called = change.meeting.state is MeetingState.CALLED
    if called and new.principal_id != old.principal_id:
        raise Refusal(Reason.OTHER_PRINCIPAL)
    if called and change.meeting.discharge and change.roster(new.unit_id).inpatient:
        raise Refusal(Reason.INPATIENT_CALLER)
    change.update(convener=new)
    if new.unit_id != old.unit_id:
        _change_convening_party(change, old, new)
    change.note("handed_over", unit=new.unit_name, person=new.person)
    if not called:
        return
    _update_text(change)
    change.drop_asks(None)
    for party in change.meeting.parties:
        if party.round is not None and party.round.convener_asked:
            change.set_round(party.ordinal, convener_asked=False)
    change.tell_convener(Told.HANDED_OVER, None, before=old.person)


def _change_convening_party(change: Change, old: Convener, new: Convener) -> None:
    """The new unit convenes; that the old one did, or that the new one was called, ends."""
    gone = (old.unit_id, new.unit_id)
    if change.meeting.state is MeetingState.DRAFT:
        change.update(parties=tuple(p for p in change.meeting.parties if p.unit_id not in gone))
        new_party(change, PartyDraft(new.unit_id, Obligation.CONVENING))
        return
    for party in change.meeting.parties:
        if party.active and party.unit_id in gone:
            leave(change, party.ordinal, "handed_over")
            change.set_party(party.ordinal, removed=True)
    taking_over = new_party(change, PartyDraft(new.unit_id, Obligation.CONVENING))
    _check_case(change, taking_over)
    start_party(change, taking_over.ordinal)


def _still_concerned(change: Change, invitation: Invitation) -> bool:
    """Whether she may still come: one who said no, or was never reached, is not written to again."""
    if invitation.attendee is None:
        return True
    person = change.attendee(invitation.party, invitation.attendee)
    return person.stands or person.state in (AttendeeState.INVITED, *substitution.ONGOING)


def call(change: Change, event: Called) -> None:
    """The call: everything it needs is there, and each party's first round begins (domain, section 4).

    Raises Refusal for what is missing, and for an inpatient unit that calls (rules, section 4 T2).
    """
    meeting = change.meeting
    _check_time(meeting.start, meeting.end, change.now)
    _check_complete(meeting)
    if meeting.discharge and change.roster(meeting.convener.unit_id).inpatient:
        raise Refusal(Reason.INPATIENT_CALLER)
    for party in meeting.parties:
        _check_case(change, party)
    change.update(state=MeetingState.CALLED, called_at=change.now)
    change.note("called")
    for party in meeting.parties:
        freeze_rules(change, party)
        begin_round(change, party.ordinal, MailKind.CALL)
    _tell_gaps(change)


def add_party(change: Change, event: PartyAdded) -> None:
    """Before the call an edit; after it the newcomer alone is called, and no other round begins (R1)."""
    party = new_party(change, event.party)
    change.note("party_added", party.ordinal)
    if change.meeting.state is MeetingState.CALLED:
        _check_case(change, party)
        start_party(change, party.ordinal)


def start_party(change: Change, ordinal: int) -> None:
    """A party that joins a called meeting: its rules are frozen and its own first round begins."""
    freeze_rules(change, change.party(ordinal))
    begin_round(change, ordinal, MailKind.CALL)
    _tell_gaps(change, ordinal)


def remove_party(change: Change, event: PartyRemoved) -> None:
    """A party goes: CANCEL to it alone. Raises Refusal for one that has gone, and for the convening party."""
    party = change.party(event.party)
    if not party.active or party.obligation is Obligation.CONVENING:
        raise Refusal(Reason.PARTY_INACTIVE)
    if change.meeting.state is MeetingState.DRAFT:
        change.update(parties=tuple(p for p in change.meeting.parties if p.ordinal != party.ordinal))
    else:
        leave(change, party.ordinal, "removed")
        change.set_party(party.ordinal, removed=True)
    change.note("party_removed", party.ordinal, unit=party.unit_name)


def leave(change: Change, ordinal: int, reason: str) -> None:
    """A party leaves the meeting: its asks are moot, its people's calendar entries are cancelled."""
    change.drop_asks(ordinal)
    lapse_claims(change, ordinal, None)
    for person in change.party(ordinal).attendees:
        change.drop_asks(ordinal, person.ordinal)
    cancel_party(change, ordinal, MailKind.REMOVED, {"reason": reason})


def move(change: Change, event: Moved) -> None:
    """New time or place: SEQUENCE rises and a new round begins for every party (R1)."""
    meeting = change.meeting
    same = (meeting.start, meeting.end, meeting.form, meeting.place) == (
        event.start, event.end, event.form, event.place,
    )  # fmt: skip
    if same:
        return
    _check_time(event.start, event.end, change.now)
    old = {"old_start": meeting.start.isoformat(), "old_end": meeting.end.isoformat()}
    change.update(start=event.start, end=event.end, form=event.form, place=event.place)
    if meeting.state is MeetingState.DRAFT:
        change.note("draft_moved")
        return
    _check_place(change.meeting)
    change.update(
        sequence=meeting.sequence + 1, revision=meeting.revision + 1, moves=meeting.moves + 1, not_before=None
    )
    change.note("moved", None, **old)
    change.drop_asks(None)
    for party in change.meeting.parties:
        if party.active:
            begin_round(change, party.ordinal, MailKind.UPDATE, old)
    _tell_gaps(change)


def cancel(change: Change, event: Cancelled) -> None:
    """Before the start only (A2); everybody is told, and every reminder stops."""
    called = change.meeting.state is MeetingState.CALLED
    change.update(state=MeetingState.CANCELLED, cancelled_at=change.now, cancel_reason=event.reason.value)
    change.note("cancelled", reason=event.reason)
    if called:
        change.drop_asks(None)
        for party in change.meeting.parties:
            change.drop_asks(party.ordinal)
            for person in party.attendees:
                change.drop_asks(party.ordinal, person.ordinal)
            cancel_party(change, party.ordinal, MailKind.CANCELLED, {"reason": event.reason})


# -- rounds


def begin_round(change: Change, ordinal: int, kind: MailKind, detail: dict[str, str] | None = None) -> None:
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
        verified=_verified(roster, change.now, party.rule_set.verified_months),
    )
    if not change.meeting.discharge and _closed_throughout(party, this, change.now, change.meeting.start):
        this = replace(this, closed_days_ignored=True)
    change.set_party(ordinal, round=this, excused_at=None, not_before=None)
    lapse_claims(change, ordinal, None)
    late = change.meeting.start <= change.worktime(ordinal).opening_after(change.now)
    change.set_round(ordinal, ladder=not late)
    change.note("round_began", ordinal, number=str(number))
    _invite_unit(change, ordinal, kind, detail or {})
    _keep_people(change, ordinal, kind, detail or {})


def _invite_unit(change: Change, ordinal: int, kind: MailKind, detail: dict[str, str]) -> None:
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
    send_request(change, invitation, kind, detail=detail)


def next_address(change: Change, ordinal: int) -> str | None:
    """The unit's first address that has not been found undeliverable at this meeting (L7)."""
    failed = {
        i.email for i in change.meeting.invitations
        if i.party == ordinal and i.attendee is None and i.delivery is Delivery.UNDELIVERABLE
    }  # fmt: skip
    roster = change.roster_or_empty(change.party(ordinal))
    return next((address for address in roster.addresses if address not in failed), None)


def _keep_people(change: Change, ordinal: int, kind: MailKind, detail: dict[str, str]) -> None:
    """Those who were to come stay invited and are asked again; those only asked get CANCEL (R1)."""
    number = change.round(ordinal).number
    for person in change.party(ordinal).attendees:
        if person.state in substitution.ONGOING:
            substitution.stand_down(change, ordinal, person)
        elif person.stands or person.state is AttendeeState.INVITED:
            change.put_attendee(ordinal, replace(person, state=AttendeeState.INVITED, round=number))
            if person.invitation is not None and change.meeting.invitation(person.invitation).active:
                send_request(change, change.meeting.invitation(person.invitation), kind, detail=detail)


def _tell_gaps(change: Change, only: int | None = None) -> None:
    """What the convener must know at once: phone tasks, no address, ignored closed days, weekends; late calls (L6)."""
    for party in change.meeting.parties:
        this = party.round
        if this is None or not party.active or (only is not None and party.ordinal != only):
            continue
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
    meeting = change.meeting
    rules = rule_set_for(
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


def _verified(roster: Roster, now: datetime, months: int) -> bool:
    """A human act or an answered test call within the agreement's months (30 days each)."""
    return roster.verified_at is not None and roster.verified_at >= now - timedelta(days=30 * months)


# -- checks


def _check_time(start: datetime, end: datetime, now: datetime) -> None:
    if start <= now:
        raise Refusal(Reason.TIME_PAST)
    if start > now + FARTHEST:
        raise Refusal(Reason.TIME_TOO_FAR)
    if end <= start or end > start + timedelta(days=1):
        raise Refusal(Reason.END_BEFORE_START)


def _check_complete(meeting: Meeting) -> None:
    if not meeting.purpose_text:
        raise Refusal(Reason.NO_PURPOSE)
    if not meeting.questions:
        raise Refusal(Reason.NO_QUESTIONS)
    if not any(p.obligation is not Obligation.CONVENING and p.active for p in meeting.parties):
        raise Refusal(Reason.NO_PARTIES)
    _check_place(meeting)


def _check_place(meeting: Meeting) -> None:
    """The place must say where, for the form chosen."""
    place, form = meeting.place, meeting.form
    complete = {
        PlaceKind.ROOM: bool(place.unit),
        PlaceKind.VIDEO: bool(place.video_url),
        PlaceKind.PHONE: bool(place.phone),
        PlaceKind.HOME: True,
    }[place.kind]
    fits = {
        Form.PHYSICAL: place.kind in (PlaceKind.ROOM, PlaceKind.HOME),
        Form.PHONE: place.kind is PlaceKind.PHONE,
        Form.VIDEO: place.kind is PlaceKind.VIDEO,
        Form.HYBRID: place.kind in (PlaceKind.ROOM, PlaceKind.HOME) and bool(place.video_url or place.phone),
    }[form]
    if not (complete and fits):
        raise Refusal(Reason.PLACE_INCOMPLETE)


def _check_case(change: Change, party: Party) -> None:
    """Consent, or another documented ground, that covers the party's organisation on this day (domain, section 3)."""
    check_consent(change, party.organisation_id, party.unit_name)


def check_consent(change: Change, organisation: UUID, unit: str) -> None:
    """Raises Refusal for a protected case, no consent, or one that does not cover the organisation."""
    case = change.context.case
    if case is None:
        raise Refusal(Reason.NO_CONSENT)
    if case.protected:
        raise Refusal(Reason.PROTECTED_CASE)
    if not case.consent and not case.other_legal_ground:
        raise Refusal(Reason.NO_CONSENT)
    if not case.covers(organisation, local_day(change.now)):
        raise Refusal(Reason.CONSENT_NOT_COVERING, unit=unit)
