"""What the convener decides about a party: proposals, contests, redirects, excuses, pauses (rules, sections 5, 6)."""

from sip.domain import calling, escalation, substitution
from sip.domain.answering import check_redirect
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailKind, Told
from sip.domain.events import (
    Decided,
    Excused,
    GoAhead,
    IdentityConveyed,
    IdentityConveyedToAll,
    IdentityKnown,
    Moved,
    PartyDraft,
    PauseSet,
    ReadingAsked,
    Released,
    Verdict,
)
from sip.domain.ladder import open_pause
from sip.domain.meeting import Answer, Identity, Party, Pause
from sip.domain.saying import act_of_unit, called_party, is_of_old_time
from sip.domain.terms import AnswerKind, Channel, Obligation, PauseKind
from sip.domain.values import replace


def decide_question(change: Change, event: Decided) -> None:
    """The convener (for "not ours" the coordinator) decides what a standing answer asks.

    Raises Refusal when nothing waits to be decided.
    """
    party = called_party(change, event.party)
    standing = change.round(event.party).answer
    if standing is None or standing.decided:
        raise Refusal(Reason.NOTHING_TO_DECIDE)
    accepts = event.verdict is Verdict.ACCEPT
    match standing.kind:
        case AnswerKind.PROPOSES:
            _decide_proposal(change, event, standing)
        case AnswerKind.CONTESTS:
            _decide_contest(change, event)
        case AnswerKind.REDIRECTS | AnswerKind.NOT_OURS:
            target = event.target_unit_id or standing.target_unit_id
            if accepts:
                _confirm_redirect(change, party, replace(event, target_unit_id=target))
            else:
                _resume(change, event.party, Told.REDIRECT_REFUSED, event.grounds)
        case AnswerKind.INFORMS | AnswerKind.REPRESENTED:
            if accepts:
                excuse(change, Excused(event.party, event.grounds or standing.kind.value))
            else:
                _resume(change, event.party, Told.EXCUSE_REFUSED, event.grounds)
        case _:
            raise Refusal(Reason.NOTHING_TO_DECIDE)


def let_stand(change: Change, _: GoAhead) -> None:
    """The meeting is held though some do not come: nobody is asked about them again while they do not (L6). Of those
    who do it is taken back with the same decision (`escalation.settle_cover`)."""
    for party in change.meeting.parties:
        if party.bound:
            change.set_round(party.ordinal, stands_without=True)
    change.note("go_ahead")


def _decide_proposal(change: Change, event: Decided, standing: Answer) -> None:
    if event.verdict is Verdict.DECLINE:
        _resume(change, event.party, Told.PROPOSAL_DECLINED, event.grounds)
        return
    assert standing.proposed_start is not None and standing.proposed_end is not None
    meeting = change.meeting
    change.note("proposal_accepted", event.party)
    calling.move(change, Moved(standing.proposed_start, standing.proposed_end, meeting.form, meeting.place))


def _decide_contest(change: Change, event: Decided) -> None:
    if event.verdict is Verdict.ACCEPT:
        release(change, Released(event.party))
        return
    if not (event.grounds or "").strip():
        raise Refusal(Reason.REASON_MISSING)
    _resume(change, event.party, Told.UPHELD, event.grounds)


def _resume(change: Change, ordinal: int, what: Told, grounds: str | None) -> None:
    """Declined, upheld or refused: the ladder resumes from now; the unit is told."""
    escalation.end_question_pause(change, ordinal)
    _decide_answer(change, ordinal)
    change.note("decided", ordinal, what=what)
    _tell_unit(change, ordinal, what, grounds)


def _decide_answer(change: Change, ordinal: int) -> None:
    """What the standing answer asked has been decided."""
    answer = change.round(ordinal).answer
    if answer is not None:
        change.set_round(ordinal, answer=replace(answer, decided=True))


def _tell_unit(change: Change, ordinal: int, what: Told, grounds: str | None = None) -> None:
    to = change.unit_address(change.party(ordinal))
    if to is not None:
        detail = {"what": what.value} | ({"grounds": grounds} if grounds else {})
        tail = change.next_tail(what)
        change.notice(MailKind.DECISION, to, tail=tail, party=ordinal, link=Link.ANSWER, detail=detail)


def release(change: Change, event: Released) -> None:
    """The duty is lifted: the party is invited from now on. Raises Refusal for a party that has no duty."""
    party = called_party(change, event.party)
    if not party.bound:
        raise Refusal(Reason.PARTY_NOT_BOUND)
    escalation.end_question_pause(change, event.party)
    _decide_answer(change, event.party)
    change.set_party(event.party, released=True)
    change.drop_asks(event.party)
    substitution.close_substitution(change, event.party)
    change.note("released", event.party)
    _tell_unit(change, event.party, Told.RELEASED)


def excuse(change: Change, event: Excused) -> None:
    """The convener excuses a party before the start: covered, and no report.

    Raises Refusal without a reason, and for a party that has no duty.
    """
    party = called_party(change, event.party)
    if not event.reason.strip():
        raise Refusal(Reason.REASON_MISSING)
    if not party.bound:
        raise Refusal(Reason.PARTY_NOT_BOUND)
    if party.excused_at is not None:
        return
    escalation.end_question_pause(change, event.party)
    _decide_answer(change, event.party)
    change.set_party(event.party, excused_at=change.now)
    change.drop_asks(event.party)
    substitution.close_substitution(change, event.party)
    change.note("excused", event.party)
    _tell_unit(change, event.party, Told.EXCUSED)


def _confirm_redirect(change: Change, party: Party, event: Decided) -> None:
    """The new party gets its own full ladder; the old one is redirected: CANCEL, no duty, never a report."""
    check_redirect(change, party, event)
    assert event.target_unit_id is not None
    target = change.roster(event.target_unit_id)
    calling.check_consent(change, target.organisation_id, target.name)
    escalation.end_question_pause(change, party.ordinal)
    calling.leave(change, party.ordinal, "redirected")
    wanted = PartyDraft(target.unit_id, party.obligation, party.basis)
    new = calling.new_party(change, wanted, redirected_from=party.ordinal, released=party.released)
    change.set_party(party.ordinal, redirected_to=new.ordinal)
    change.note("redirected", party.ordinal, target=target.name)
    calling.start_party(change, new.ordinal)


def convey_identity(change: Change, event: IdentityConveyed) -> None:
    """The unit was told whom the meeting concerns, outside this service. Raises Refusal for one that has left."""
    if not change.party(event.party).active:
        raise Refusal(Reason.PARTY_INACTIVE)
    _knows(change, event.party, event.channel)
    change.note("identity_conveyed", event.party, channel=event.channel)


def convey_identity_to_all(change: Change, event: IdentityConveyedToAll) -> None:
    """Each called party that had not been told has been now."""
    for party in change.meeting.parties:
        if awaits_identity(party):
            convey_identity(change, IdentityConveyed(party.ordinal, event.channel))


def awaits_identity(party: Party) -> bool:
    """Whether nothing says that this called unit knows whom the meeting concerns."""
    return party.active and party.obligation is not Obligation.CONVENING and party.identity is None


def know_identity(change: Change, event: IdentityKnown) -> None:
    """ "We know whom it concerns", by the unit itself: a human act, and whoever waited to be told waits no more."""
    party = called_party(change, event.party)
    if is_of_old_time(change, event.said, party.ordinal):
        return
    act_of_unit(change, party.ordinal, event.said)
    _knows(change, party.ordinal, event.said.channel)
    change.note("identity_known", party.ordinal, channel=event.said.channel)


def send_reading_code(change: Change, event: ReadingAsked) -> None:
    """A code that opens the free text, to the unit's own mailbox whoever asks (rules, section 3). Where there is none
    nothing is sent, and whoever asks is not told so; of a protected meeting neither (section 13).
    """
    party = called_party(change, event.party)
    if change.meeting.protected:
        return
    change.note("reading_asked", party.ordinal)
    to = change.unit_address(party)
    if to is not None:
        tail = change.next_tail("reading")
        change.notice(MailKind.READING_CODE, to, tail=tail, party=party.ordinal, link=Link.READING)


def _knows(change: Change, ordinal: int, channel: Channel) -> None:
    party = change.party(ordinal)
    if party.identity is None:
        change.set_party(ordinal, identity=Identity(channel, change.now))
    this = party.round
    pause = None if this is None else open_pause(this)
    if pause is not None and pause.kind is PauseKind.IDENTITY:
        escalation.end_pause(change, ordinal, change.now)
    if this is not None and this.answer is not None and this.answer.kind is AnswerKind.UNKNOWN_IDENTITY:
        _decide_answer(change, ordinal)


def pause(change: Change, event: PauseSet) -> None:
    """L8: reason and end are mandatory; at most to the opening 1 wd before S. Raises Refusal for anything else."""
    party = called_party(change, event.party)
    latest = change.worktime(party.ordinal).opening_before(change.meeting.start, 1)
    if not event.reason.strip():
        raise Refusal(Reason.REASON_MISSING)
    if event.until <= change.now:
        raise Refusal(Reason.TIME_PAST)
    if event.until > latest:
        raise Refusal(Reason.PAUSE_TOO_LONG, latest=latest.isoformat())
    if open_pause(change.round(party.ordinal)) is not None:
        escalation.end_pause(change, party.ordinal, change.now)
    pauses = change.round(party.ordinal).pauses
    held = Pause(PauseKind.CONVENER, change.now, event.until, reason=event.reason.strip())
    change.set_round(party.ordinal, pauses=(*pauses, held))
    change.note("paused", party.ordinal, pause=PauseKind.CONVENER, until=event.until.isoformat())
