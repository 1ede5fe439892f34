"""Answers: of a unit, of a person named or asked, and the convener's decisions on them (rules, section 6).

Any human answer acknowledges (R2). The later of two answers holds, whichever is processed first (section 3); acts that
engage others (redirect, naming a substitute) apply once and are not undone by a later ordinary answer.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sip.domain import calling, escalation, substitution
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailKind, Method, Told
from sip.domain.events import (
    Acknowledged,
    Answered,
    AttendeeAnswered,
    Decided,
    Excused,
    IdentityConveyed,
    Moved,
    NamedPerson,
    PartyDraft,
    PauseSet,
    Released,
    ReplySeen,
    Said,
    SubstituteNamed,
    Verdict,
)
from sip.domain.ladder import halfway, open_pause
from sip.domain.meeting import (
    Answer,
    AnswerKind,
    Attendee,
    AttendeeRole,
    AttendeeState,
    Channel,
    Delivery,
    Identity,
    Party,
    Pause,
    PauseKind,
    RegretReason,
    Stamp,
)
from sip.domain.people import Address
from sip.domain.standing import covered, redirect_pending, someone_stands
from sip.domain.worktime import at_hour, local_day

PAUSED_BY = {
    AnswerKind.PROPOSES: (PauseKind.PROPOSAL, "proposal_pause", Told.PROPOSAL),
    AnswerKind.UNKNOWN_IDENTITY: (PauseKind.IDENTITY, "identity_pause", Told.UNKNOWN_IDENTITY),
    AnswerKind.CONTESTS: (PauseKind.CONTEST, "contest_pause", Told.CONTEST),
    AnswerKind.REDIRECTS: (PauseKind.REDIRECT, "redirect_pause", Told.REDIRECT),
    AnswerKind.NOT_OURS: (PauseKind.REDIRECT, "identity_pause", Told.NOT_OURS),
}
"""Answers that put a question to somebody: the pause each gives, its figure in the agreement, what is told."""


def answer(change: Change, event: Answered) -> None:
    """A unit's answer, by mail, page, phone or another system."""
    party = _called_party(change, event.party)
    if _automatic(change, party, event.said, event.invitation, bool(event.names)):
        return
    engages = event.kind is AnswerKind.REDIRECTS
    if not _later(party.stamp, event.said.stamp) and not (engages and _unknown(change, party, event.said)):
        change.note("stale", party.ordinal, answer=event.kind)
        return
    if redirect_pending(change.round(party.ordinal)) and not engages:
        change.set_party(party.ordinal, stamp=event.said.stamp)
        change.note("redirect_stands", party.ordinal, answer=event.kind)
        return
    _check_answer(change, party, event)
    if party.stamp is None or event.said.stamp > party.stamp:
        change.set_party(party.ordinal, stamp=event.said.stamp)
    change.drop_asks(party.ordinal)
    _act_of_unit(change, party.ordinal)
    _set_answer(change, event)
    _follow(change, event)
    _receipt(change, party.ordinal, event.kind.value, event.said, event.invitation)


def _follow(change: Change, event: Answered) -> None:
    """What each kind of answer begins or ends."""
    ordinal = event.party
    match event.kind:
        case AnswerKind.ATTENDS:
            _attends(change, ordinal, event.names)
        case AnswerKind.REGRETS:
            _regrets(change, event)
        case AnswerKind.TENTATIVE:
            change.set_round(ordinal, confirm_asked=change.round(ordinal).confirm_asked)
        case AnswerKind.INFORMS | AnswerKind.REPRESENTED:
            what = Told.INFORMS if event.kind is AnswerKind.INFORMS else Told.REPRESENTED
            change.tell_convener(what, ordinal, **_question_detail(change, event))
        case _:
            _put_question(change, event)


def _attends(change: Change, ordinal: int, names: tuple[NamedPerson, ...]) -> None:
    """Settled: substitutes asked are thanked off; each person named gets a calendar entry of her own."""
    was_open = change.round(ordinal).substitution_open
    if names:
        _replace_named(change, ordinal, names)
    else:
        for person in change.party(ordinal).attendees:
            if person.state is AttendeeState.INVITED:
                change.put_attendee(ordinal, replace(person, state=AttendeeState.NAMED))
    substitution.close_substitution(change, ordinal)
    if was_open:
        change.tell_convener(Told.UNIT_COMES_AFTER_ALL, ordinal)


def _replace_named(change: Change, ordinal: int, names: tuple[NamedPerson, ...]) -> None:
    party = change.party(ordinal)
    wanted = {(n.email or n.name).lower() for n in names}
    for person in party.attendees:
        if person.stands or person.state is AttendeeState.INVITED:
            if (person.email or person.name).lower() in wanted:
                state = person.state if person.stands else AttendeeState.NAMED
                change.put_attendee(ordinal, replace(person, state=state))
            else:
                substitution.stand_down(change, ordinal, person)
    standing = {(a.email or a.name).lower() for a in change.party(ordinal).attendees if a.stands}
    for named in names:
        if (named.email or named.name).lower() not in standing:
            number = change.round(ordinal).number
            person = substitution.new_attendee(
                change.party(ordinal), named, AttendeeRole.NAMED, AttendeeState.NAMED, number
            )
            change.put_attendee(ordinal, person)
            substitution.request_to(change, ordinal, person)


def _regrets(change: Change, event: Answered) -> None:
    """Opens substitution: a regret is no excuse in itself (rules, section 6)."""
    ordinal = event.party
    known = change.round(ordinal).substitution_open and not event.stands_in
    for person in change.party(ordinal).attendees:
        if person.state in (AttendeeState.NAMED, AttendeeState.INVITED):
            substitution.stand_down(change, ordinal, person)
    if known or someone_stands(change.party(ordinal)):
        return
    for named in event.stands_in:
        _name_substitute(change, ordinal, named, event.said)
    reason = event.regret_reason or RegretReason.NOT_GIVEN
    names = ", ".join(named.name for named in event.stands_in)
    change.tell_convener(Told.REGRET, ordinal, reason=reason, names=names)
    substitution.open_substitution(change, ordinal)


def _put_question(change: Change, event: Answered) -> None:
    """Proposal, unknown identity, contest, redirect: the convener is asked and the ladder pauses, once a round."""
    ordinal = event.party
    kind, figure, what = PAUSED_BY[event.kind]
    party = change.party(ordinal)
    _pause(change, ordinal, kind, getattr(party.rule_set, figure))
    detail = _question_detail(change, event)
    if what is Told.NOT_OURS:
        change.tell_coordinators(what, ordinal, **detail)
    else:
        change.tell_convener(what, ordinal, **detail)


def _question_detail(change: Change, event: Answered) -> dict[str, str]:
    detail: dict[str, str] = {}
    if event.contest_reason is not None:
        detail["reason"] = event.contest_reason
    if event.proposed_start is not None and event.proposed_end is not None:
        detail |= {
            "proposed_start": event.proposed_start.isoformat(),
            "proposed_end": event.proposed_end.isoformat(),
        }
    if event.target_unit_id is not None:
        detail["target"] = change.roster(event.target_unit_id).name
    if event.information_channel is not None:
        detail["channel"] = event.information_channel
    if event.represented_by is not None:
        detail["target"] = change.party(event.represented_by).unit_name
    return detail


def _pause(change: Change, ordinal: int, kind: PauseKind, days: int) -> None:
    """At most the days named and never past half the office time left to S; each kind once a round (section 6).

    It takes the place of another question's pause; within one the convener set it is only remembered.
    """
    if any(p.kind is kind for p in change.round(ordinal).pauses):
        return
    _end_question_pause(change, ordinal)
    this = change.round(ordinal)
    time = change.worktime(ordinal)
    until = min(time.plus_days(change.now, days), halfway(time, change.now, change.meeting.start))
    held = open_pause(this) is not None or until <= change.now
    pause = Pause(kind, change.now, change.now, change.now) if held else Pause(kind, change.now, until)
    change.set_round(ordinal, pauses=(*this.pauses, pause))
    if not held:
        change.note("paused", ordinal, pause=kind, until=until.isoformat())


def _set_answer(change: Change, event: Answered) -> None:
    this = change.round(event.party)
    before = this.answer
    since = before.since if before is not None and before.kind is event.kind else change.now
    target = change.roster(event.target_unit_id).name if event.target_unit_id is not None else None
    new = Answer(
        event.kind, change.now, since, event.said.channel, event.said.recorded_by,
        regret_reason=event.regret_reason, contest_reason=event.contest_reason,
        proposed_start=event.proposed_start, proposed_end=event.proposed_end,
        target_unit_id=event.target_unit_id, target_unit_name=target,
        information_channel=event.information_channel, represented_by=event.represented_by,
    )  # fmt: skip
    change.set_round(event.party, answer=new)
    if event.kind not in PAUSED_BY and open_pause(change.round(event.party)) is not None:
        _end_question_pause(change, event.party)
    change.note("answered", event.party, answer=event.kind, channel=event.said.channel)


def _end_question_pause(change: Change, ordinal: int) -> None:
    """An answer that asks nothing ends the pause of one that did; a pause the convener set stays."""
    pause = open_pause(change.round(ordinal))
    if pause is not None and pause.kind is not PauseKind.CONVENER:
        kept = change.round(ordinal).answer
        escalation.end_pause(change, ordinal, change.now)
        change.set_round(ordinal, answer=kept)


def _check_answer(change: Change, party: Party, event: Answered) -> None:
    roster = change.roster_or_empty(party)
    for named in event.names:
        if named.email and not roster.has_colleague(named.email):
            raise Refusal(Reason.OTHER_ORGANISATION, email=named.email)
    if event.kind is AnswerKind.PROPOSES:
        if event.proposed_start is None or event.proposed_end is None:
            raise Refusal(Reason.PROPOSED_TIME_MISSING)
        if event.proposed_start <= change.now:
            raise Refusal(Reason.TIME_PAST)
        if event.proposed_end <= event.proposed_start:
            raise Refusal(Reason.END_BEFORE_START)
    if event.kind is AnswerKind.CONTESTS and event.contest_reason is None:
        raise Refusal(Reason.REASON_MISSING)
    if event.kind is AnswerKind.REDIRECTS:
        if event.target_unit_id is None:
            raise Refusal(Reason.UNKNOWN_UNIT)
        _check_redirect(change, party, event)
    if event.kind is AnswerKind.REPRESENTED:
        by = None if event.represented_by is None else change.party(event.represented_by)
        if by is None or not by.active or by.ordinal == party.ordinal:
            raise Refusal(Reason.NOT_FOUND, what="party")


def _check_redirect(change: Change, party: Party, event: Answered | Decided) -> None:
    """A unit of the same principal, not in the chain, at most two hops (rules, section 6)."""
    if event.target_unit_id is None:
        raise Refusal(Reason.UNKNOWN_UNIT)
    target = change.roster(event.target_unit_id)
    if target.archived:
        raise Refusal(Reason.ARCHIVED_UNIT, unit=target.name)
    if target.principal_id != party.principal_id:
        raise Refusal(Reason.OTHER_PRINCIPAL, unit=target.name)
    chain = [party]
    while (before := chain[-1].redirected_from) is not None:
        chain.append(change.party(before))
    if any(link.unit_id == target.unit_id for link in chain):
        raise Refusal(Reason.REDIRECT_CIRCLE, unit=target.name)
    if len(chain) > party.rule_set.redirect_hops:
        raise Refusal(Reason.REDIRECT_TOO_MANY, most=str(party.rule_set.redirect_hops))
    if any(p.unit_id == target.unit_id and p.active for p in change.meeting.parties):
        raise Refusal(Reason.PARTY_TWICE, unit=target.name)


# -- acknowledgement, identity, pause


def acknowledge(change: Change, event: Acknowledged) -> None:
    """R2: a human act without an answer; a promised day holds the rungs until the opening after it."""
    party = _called_party(change, event.party)
    if _automatic(change, party, event.said, None, True):
        return
    if event.answer_by is not None and event.answer_by < local_day(change.now):
        raise Refusal(Reason.PROMISE_PAST)
    _act_of_unit(change, party.ordinal)
    change.note("acknowledged", party.ordinal, channel=event.said.channel)
    if event.answer_by is not None:
        time = change.worktime(party.ordinal)
        after = time.opening_from(at_hour(event.answer_by + timedelta(days=1), 0))
        until = min(after, time.opening_before(change.meeting.start, 4))
        change.set_round(party.ordinal, promise_until=until)
        change.note("promised", party.ordinal, day=event.answer_by.isoformat())


def _act_of_unit(change: Change, ordinal: int) -> None:
    this = change.round(ordinal)
    change.set_round(ordinal, acknowledged_at=this.acknowledged_at or change.now, acted_at=this.acted_at or change.now)


def convey_identity(change: Change, event: IdentityConveyed) -> None:
    """The unit was told whom the meeting concerns, outside this service."""
    party = change.party(event.party)
    if party.identity is None:
        change.set_party(event.party, identity=Identity(event.channel, change.now))
    change.note("identity_conveyed", event.party, channel=event.channel)
    this = party.round
    pause = None if this is None else open_pause(this)
    if pause is not None and pause.kind is PauseKind.IDENTITY:
        escalation.end_pause(change, event.party, change.now)


def pause(change: Change, event: PauseSet) -> None:
    """L8: reason and end are mandatory; at most to the opening 1 wd before S."""
    party = _called_party(change, event.party)
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


# -- persons


def answer_of_attendee(change: Change, event: AttendeeAnswered) -> None:
    """A person named or asked says yes, no, or names the next (rules, section 7)."""
    party = _called_party(change, event.party)
    person = change.attendee(event.party, event.attendee)
    if event.said.automatic:
        change.note("automatic", party.ordinal, attendee=str(person.ordinal))
        return
    if not _later(person.stamp, event.said.stamp):
        change.note("stale", party.ordinal, attendee=str(person.ordinal))
        return
    person = change.put_attendee(party.ordinal, replace(person, stamp=event.said.stamp))
    this = change.round(party.ordinal)
    change.set_round(party.ordinal, acted_at=this.acted_at or change.now)
    if event.state is AttendeeState.ACCEPTED:
        _accepts(change, party.ordinal, person, event.said)
    elif event.state is AttendeeState.REFUSED:
        _refuses(change, party.ordinal, person, event)
    else:
        change.note("attendee_undecided", party.ordinal, attendee=str(person.ordinal))


def _accepts(change: Change, ordinal: int, person: Attendee, said: Said) -> None:
    if person.state is AttendeeState.STOOD_DOWN or not change.party(ordinal).active:
        change.note("not_needed", ordinal, attendee=str(person.ordinal))
        return
    was = person.state
    change.put_attendee(ordinal, replace(person, state=AttendeeState.ACCEPTED, until=None, answered_at=change.now))
    change.drop_asks(ordinal, person.ordinal)
    change.drop_asks(ordinal)
    change.note("attendee_accepted", ordinal, attendee=str(person.ordinal), role=person.role)
    substitution.close_substitution(change, ordinal, but=person.ordinal)
    if person.role is not AttendeeRole.NAMED and was is not AttendeeState.ACCEPTED:
        change.tell_convener(Told.SUBSTITUTE_FOUND, ordinal, names=person.name)
    _receipt_to_person(change, ordinal, person, AnswerKind.ATTENDS.value, said)


def _refuses(change: Change, ordinal: int, person: Attendee, event: AttendeeAnswered) -> None:
    stood = person.stands or person.state is AttendeeState.INVITED
    asked = person.state in substitution.ONGOING or person.state is AttendeeState.BOUNCED
    if not stood and not asked:
        change.note("not_needed", ordinal, attendee=str(person.ordinal))
        return
    if event.passes_on is not None:
        substitution.queue_person(change, ordinal, event.passes_on)
    change.drop_asks(ordinal, person.ordinal)
    if stood:
        regret = Answer(
            AnswerKind.REGRETS, change.now, change.now, event.said.channel, event.said.recorded_by,
            regret_reason=RegretReason.NOT_GIVEN,
        )  # fmt: skip
        substitution.withdraw(change, ordinal, person, regret)
    else:
        refused = replace(person, state=AttendeeState.REFUSED, until=None, answered_at=change.now)
        change.put_attendee(ordinal, refused)
        change.note("substitute_refused", ordinal, attendee=str(person.ordinal))
        change.set_round(ordinal, substitution_exhausted=False)
        substitution.ask_next(change, ordinal)
    _receipt_to_person(change, ordinal, person, AnswerKind.REGRETS.value, event.said)


def name_substitute(change: Change, event: SubstituteNamed) -> None:
    """ "Anna stands in": asked, and covers when she accepts; at once when the unit says she knows (S4)."""
    party = _called_party(change, event.party)
    if not party.bound:
        raise Refusal(Reason.PARTY_NOT_BOUND)
    if not _later(party.stamp, event.said.stamp) and covered(party):
        change.note("stale", party.ordinal)
        return
    _act_of_unit(change, party.ordinal)
    change.drop_asks(party.ordinal)
    this = change.round(party.ordinal)
    if this.answer is None or this.answer.kind is not AnswerKind.REGRETS:
        regret = Answer(
            AnswerKind.REGRETS, change.now, change.now, event.said.channel, event.said.recorded_by,
            regret_reason=RegretReason.NOT_GIVEN,
        )  # fmt: skip
        change.set_round(party.ordinal, answer=regret)
        _stand_down_named(change, party.ordinal)
    if _later(party.stamp, event.said.stamp):
        change.set_party(party.ordinal, stamp=event.said.stamp)
    _name_substitute(change, party.ordinal, event.person, event.said)
    substitution.open_substitution(change, party.ordinal)
    if change.round(party.ordinal).substitution_open:
        change.set_round(party.ordinal, substitution_exhausted=False)
        substitution.ask_next(change, party.ordinal)


def _stand_down_named(change: Change, ordinal: int) -> None:
    for person in change.party(ordinal).attendees:
        if person.stands or person.state is AttendeeState.INVITED:
            substitution.stand_down(change, ordinal, person)


def _name_substitute(change: Change, ordinal: int, named: NamedPerson, said: Said) -> None:
    person = substitution.queue_person(change, ordinal, named)
    change.note("substitute_named", ordinal, attendee=str(person.ordinal))
    if (named.knows and said.channel is not Channel.MAIL) or named.email is None:
        accepted = replace(person, state=AttendeeState.ACCEPTED, asked_at=change.now, answered_at=change.now)
        change.put_attendee(ordinal, accepted)
        substitution.request_to(change, ordinal, accepted)
        substitution.close_substitution(change, ordinal, but=person.ordinal)
        change.tell_convener(Told.SUBSTITUTE_FOUND, ordinal, names=named.name)


# -- the convener decides


def decide_question(change: Change, event: Decided) -> None:
    """The convener (for "not ours" the coordinator) decides what a standing answer asks."""
    party = _called_party(change, event.party)
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
    this = change.round(ordinal)
    if open_pause(this) is not None:
        escalation.end_pause(change, ordinal, change.now)
    this = change.round(ordinal)
    if this.answer is not None:
        change.set_round(ordinal, answer=replace(this.answer, decided=True))
    change.note("decided", ordinal, what=what)
    _tell_unit(change, ordinal, what, grounds)


def _tell_unit(change: Change, ordinal: int, what: Told, grounds: str | None = None) -> None:
    to = change.unit_address(change.party(ordinal))
    if to is not None:
        detail = {"what": what.value} | ({"grounds": grounds} if grounds else {})
        tail = change.next_tail(what)
        change.notice(MailKind.DECISION, to, tail=tail, party=ordinal, link=Link.ANSWER, detail=detail)


def release(change: Change, event: Released) -> None:
    """The duty is lifted: the party is invited from now on."""
    party = _called_party(change, event.party)
    if not party.bound:
        raise Refusal(Reason.PARTY_NOT_BOUND)
    if open_pause(change.round(event.party)) is not None:
        escalation.end_pause(change, event.party, change.now)
    change.set_party(event.party, released=True)
    change.drop_asks(event.party)
    substitution.close_substitution(change, event.party)
    change.note("released", event.party)
    _tell_unit(change, event.party, Told.RELEASED)


def excuse(change: Change, event: Excused) -> None:
    """The convener excuses a party before the start: covered, and no report."""
    party = _called_party(change, event.party)
    if not event.reason.strip():
        raise Refusal(Reason.REASON_MISSING)
    if not party.bound:
        raise Refusal(Reason.PARTY_NOT_BOUND)
    if party.excused_at is not None:
        return
    this = change.round(event.party)
    if open_pause(this) is not None:
        escalation.end_pause(change, event.party, change.now)
        this = change.round(event.party)
    if this.answer is not None:
        change.set_round(event.party, answer=replace(this.answer, decided=True))
    change.set_party(event.party, excused_at=change.now)
    change.drop_asks(event.party)
    substitution.close_substitution(change, event.party)
    change.note("excused", event.party)
    _tell_unit(change, event.party, Told.EXCUSED)


def _confirm_redirect(change: Change, party: Party, event: Decided) -> None:
    """The new party gets its own full ladder; the old one is redirected: CANCEL, no duty, never a report."""
    _check_redirect(change, party, event)
    assert event.target_unit_id is not None
    target = change.roster(event.target_unit_id)
    calling.check_consent(change, target.organisation_id, target.name)
    if open_pause(change.round(party.ordinal)) is not None:
        escalation.end_pause(change, party.ordinal, change.now)
    calling.leave(change, party.ordinal, "redirected")
    wanted = PartyDraft(target.unit_id, party.obligation, party.basis)
    new = calling.new_party(change, wanted, redirected_from=party.ordinal)
    change.set_party(party.ordinal, redirected_to=new.ordinal)
    change.note("redirected", party.ordinal, target=target.name)
    calling.start_party(change, new.ordinal)


def _receipt(change: Change, ordinal: int, word: str, said: Said, invitation: int | None) -> None:
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


def _receipt_to_person(change: Change, ordinal: int, person: Attendee, word: str, said: Said) -> None:
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


# -- mail that sets no answer


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


# -- helpers


def _called_party(change: Change, ordinal: int) -> Party:
    """A party of a called meeting whose round has begun. Raises Refusal when it has left or the meeting has begun."""
    party = change.party(ordinal)
    if not party.active:
        raise Refusal(Reason.PARTY_INACTIVE)
    if change.now >= change.meeting.start:
        raise Refusal(Reason.ALREADY_STARTED)
    change.round(ordinal)
    return party


def _later(known: Stamp | None, new: Stamp) -> bool:
    return known is None or new > known


def _unknown(change: Change, party: Party, said: Said) -> bool:
    """An act that engages others is not stale for an ordinary answer that overtook it; it applies once."""
    this = change.round(party.ordinal)
    once = not any(p.kind is PauseKind.REDIRECT for p in this.pauses)
    return once and said.stamp.sequence >= change.meeting.sequence


def _automatic(change: Change, party: Party, said: Said, invitation: int | None, named: bool) -> bool:
    """Proves delivery and nothing else: a machine's answer, or one too quick for a hand (rules, section 3)."""
    this = change.round(party.ordinal)
    sent = change.meeting.invitation(invitation).sent_at if invitation is not None else None
    quick = not named and sent is not None and change.now - sent < change.context.automatic_within
    if said.channel is not Channel.MAIL or not (said.automatic or this.auto_accepts or quick):
        return False
    change.note("automatic", party.ordinal)
    if invitation is not None:
        reached = change.meeting.invitation(invitation)
        if reached.delivery is Delivery.PENDING:
            at: datetime = change.now
            change.put_invitation(replace(reached, delivery=Delivery.ACCEPTED, accepted_at=at))
    return True
