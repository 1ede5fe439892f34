"""Draft, call, move, cancel: how rounds begin (rules, section 5 R1; section 8 A2)."""

from datetime import datetime, timedelta
from uuid import UUID

from sip.domain import consent, protected, rounds, substitution
from sip.domain.agreement import LAW_ONLY, MeetingKind
from sip.domain.bounds import FARTHEST, LONGEST_MEETING
from sip.domain.change import Change, Refusal
from sip.domain.closing import check_open
from sip.domain.decision import Context, Decision, Reason
from sip.domain.effects import MailKind, Method, Told
from sip.domain.events import (
    Called,
    Cancelled,
    CancelReason,
    ConsentChanged,
    HandedOver,
    MeetingDrafted,
    Moved,
    PartyAdded,
    PartyDraft,
    PartyRemoved,
    TextChanged,
)
from sip.domain.invitations import cancel_party, new_invitation
from sip.domain.meeting import Convener, Invitation, Meeting, Party
from sip.domain.saying import lapse_claims
from sip.domain.terms import AttendeeState, Form, MeetingState, Obligation, PlaceKind, Purpose
from sip.domain.values import replace
from sip.domain.worktime import local_day


def draft(event: MeetingDrafted, context: Context) -> Decision:
    """A new meeting. The convener's own unit is its first party (`convening`). Raises Refusal, of a protected case
    where no user drafts it.
    """
    check_time(event.start, event.end, context.now)
    purpose = Purpose.PRE_MEETING if event.kind is MeetingKind.PRE_MEETING else event.purpose
    meeting = Meeting(
        event.id, event.reference, event.case_id, event.kind, purpose, event.purpose_text.strip(),
        tuple(q.strip() for q in event.questions if q.strip()), event.form, event.place, event.start, event.end,
        event.convener, chair_name=event.chair_name, chair_email=event.chair_email, follows=event.follows,
    )  # fmt: skip
    if context.case is not None and context.case.protected:
        meeting = protected.named_at_draft(meeting, event.user_id)
    change = Change(meeting, context)
    own = PartyDraft(event.convener.unit_id, Obligation.CONVENING)
    for wanted in (own, *(p for p in event.parties if p.unit_id != own.unit_id)):
        new_party(change, wanted)
    change.note("drafted")
    return change.decision()


def new_party(change: Change, wanted: PartyDraft, **more: object) -> Party:
    """A party of the meeting, not yet called. Raises Refusal for a unit that closes before it, or a party twice."""
    roster = change.roster(wanted.unit_id)
    check_open(change, roster)
    if any(p.unit_id == wanted.unit_id and p.active for p in change.meeting.parties):
        raise Refusal(Reason.PARTY_TWICE, unit=roster.name)
    ordinal = max((p.ordinal for p in change.meeting.parties), default=0) + 1
    party = Party(
        ordinal, roster.unit_id, roster.name, roster.organisation_id, roster.principal_id, wanted.obligation,
        wanted.basis, LAW_ONLY, phone=roster.phone, language=roster.language, other_system=wanted.other_system,
    )  # fmt: skip
    return change.put(replace(party, **more))


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
        if change.round(party.ordinal).convener_asked:
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
    check_time(meeting.start, meeting.end, change.now)
    _check_complete(meeting)
    if meeting.discharge and change.roster(meeting.convener.unit_id).inpatient:
        raise Refusal(Reason.INPATIENT_CALLER)
    for party in meeting.parties:
        check_open(change, change.roster_or_empty(party))
        _check_case(change, party)
    change.update(state=MeetingState.CALLED, called_at=change.now)
    change.note("called")
    for party in meeting.parties:
        rounds.freeze_rules(change, party)
        rounds.begin_round(change, party.ordinal, MailKind.CALL)
    rounds.tell_gaps(change)
    consent.remember(change)


def add_party(change: Change, event: PartyAdded) -> None:
    """Before the call an edit; after it the newcomer alone is called, and no other round begins (R1)."""
    party = new_party(change, event.party)
    change.note("party_added", party.ordinal)
    if change.meeting.state is MeetingState.CALLED:
        _check_case(change, party)
        start_party(change, party.ordinal)


def start_party(change: Change, ordinal: int) -> None:
    """A party that joins a called meeting: its rules are frozen and its own first round begins."""
    rounds.freeze_rules(change, change.party(ordinal))
    rounds.begin_round(change, ordinal, MailKind.CALL)
    rounds.tell_gaps(change, ordinal)


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
    check_time(event.start, event.end, change.now)
    old = {"old_start": meeting.start.isoformat(), "old_end": meeting.end.isoformat()}
    change.update(start=event.start, end=event.end, form=event.form, place=event.place)
    if meeting.state is MeetingState.DRAFT:
        change.note("draft_moved")
        return
    _check_place(change.meeting)
    for party in change.meeting.parties:
        if party.active:
            check_open(change, change.roster_or_empty(party))
            _check_case(change, party)
    change.update(
        sequence=meeting.sequence + 1, revision=meeting.revision + 1, moves=meeting.moves + 1, not_before=None,
        check_ins=(),
    )  # fmt: skip
    change.note("moved", None, **old)
    change.drop_asks(None)
    for party in change.meeting.parties:
        if party.active:
            rounds.begin_round(change, party.ordinal, MailKind.UPDATE, old)
    rounds.tell_gaps(change)


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
            _tell_new_mailbox_too(change, party)
            cancel_party(change, party.ordinal, MailKind.CANCELLED, {"reason": event.reason})


def _tell_new_mailbox_too(change: Change, party: Party) -> None:
    """A unit whose mailbox has changed since it was written to is told in both (R5): in the new one by the old UID, for
    its calendar holds that entry if the mailbox was moved with all that was in it.
    """
    found = rounds.replaced(change, party)
    if found is not None and found.old is not None and found.new is not None:
        copy = new_invitation(change, party.ordinal, found.new)
        change.put_invitation(replace(copy, sequence=found.old.sequence, copy_of=found.old.ordinal))


def follow_consent(change: Change, event: ConsentChanged) -> None:
    """The case's consent is as the context says: given back it cancels, narrowed it takes away whom it left out."""
    case, today = change.context.case, local_day(change.now)
    called = [p for p in change.meeting.parties if p.active and p.obligation is not Obligation.CONVENING]
    left_out = [p for p in called if case is None or not case.covers(p.organisation_id, today)]
    if len(left_out) == len(called):
        cancel(change, Cancelled(CancelReason.CONSENT_WITHDRAWN))
        return
    for party in left_out:
        change.tell_convener(Told.CONSENT_LEFT_OUT, party.ordinal)
        remove_party(change, PartyRemoved(party.ordinal))
    consent.remember(change)


# -- checks


def check_time(start: datetime, end: datetime, now: datetime) -> None:
    """Of every time that a meeting is to have: called, moved to or proposed. Raises Refusal."""
    if start <= now:
        raise Refusal(Reason.TIME_PAST)
    if start - now > FARTHEST:
        raise Refusal(Reason.TIME_TOO_FAR)
    if not timedelta(0) < end - start <= LONGEST_MEETING:
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
    """Raises Refusal for no consent, and for one that does not cover the organisation."""
    case = change.context.case
    if case is None:
        raise Refusal(Reason.NO_CONSENT)
    if case.protected and not change.meeting.protected:
        raise Refusal(Reason.PROTECTED_CASE)  # a meeting that was drafted for everybody in its scope
    if not case.consent and not case.other_legal_ground:
        raise Refusal(Reason.NO_CONSENT)
    if not case.covers(organisation, local_day(change.now)):
        raise Refusal(Reason.CONSENT_NOT_COVERING, unit=unit)
