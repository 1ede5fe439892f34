"""Answers of a unit (rules, section 6).

Any human answer acknowledges (R2). The later of two answers holds, whichever is processed first (section 3); acts that
engage others (redirect, naming a substitute) apply once and are not undone by a later ordinary answer.
"""

from datetime import timedelta

from sip.domain import escalation, substitution
from sip.domain.address import folded
from sip.domain.attendees import queue_named
from sip.domain.calling import check_time
from sip.domain.change import Change, Refusal
from sip.domain.closing import check_open
from sip.domain.decision import Reason
from sip.domain.effects import StoodDown, Told
from sip.domain.events import (
    Acknowledged,
    Answered,
    Decided,
    NamedPerson,
)
from sip.domain.ladder import halfway, open_pause
from sip.domain.machine import bounded
from sip.domain.meeting import Answer, Party, Pause
from sip.domain.saying import (
    act_of_unit,
    called_party,
    is_automatic,
    is_later,
    is_nameless,
    is_of_old_time,
    lapse_claims,
    receipt,
    stands_as,
    still_engages,
    tell_overtaken,
)
from sip.domain.standing import redirect_pending, someone_stands
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, PauseKind, RegretReason
from sip.domain.values import replace
from sip.domain.worktime import at_hour, local_day

PAUSED_BY = {
    AnswerKind.PROPOSES: (PauseKind.PROPOSAL, "proposal_pause", Told.PROPOSAL),
    AnswerKind.UNKNOWN_IDENTITY: (PauseKind.IDENTITY, "identity_pause", Told.UNKNOWN_IDENTITY),
    AnswerKind.CONTESTS: (PauseKind.CONTEST, "contest_pause", Told.CONTEST),
    AnswerKind.REDIRECTS: (PauseKind.REDIRECT, "redirect_pause", Told.REDIRECT),
    AnswerKind.NOT_OURS: (PauseKind.NOT_OURS, "identity_pause", Told.NOT_OURS),
}
"""Answers that put a question to somebody: the pause each gives, its figure in the agreement, what is told."""


def answer(change: Change, event: Answered) -> None:
    """A unit's answer, by mail, page, phone or another system."""
    party = called_party(change, event.party)
    nameless = event.speaker is None and not event.names and is_nameless(change, event.said, event.invitation)
    yes = nameless and event.kind is AnswerKind.ATTENDS
    if is_automatic(change, party, event.said, event.invitation, nameless_yes=yes):
        return
    if is_of_old_time(change, event.said, party.ordinal):
        return
    engages = event.kind is AnswerKind.REDIRECTS
    if not is_later(party.stamp, event.said.stamp) and not (engages and still_engages(change, party, event.said)):
        change.note("stale", party.ordinal, answer=event.kind)
        stands = stands_as(party, event.kind)
        tell_overtaken(change, party.ordinal, event.said, event.kind, by=party.stamp, stands=stands)
        return
    if redirect_pending(change.round(party.ordinal)) and not engages:
        change.set_party(party.ordinal, stamp=event.said.stamp)
        change.note("redirect_stands", party.ordinal, answer=event.kind)
        return
    _check_answer(change, party, event)
    if party.stamp is None or event.said.stamp > party.stamp:
        change.set_party(party.ordinal, stamp=event.said.stamp)
    change.drop_asks(party.ordinal)
    act_of_unit(change, party.ordinal, event.said, event.invitation)
    lapse_claims(change, party.ordinal, event.said.stamp)
    before = change.round(party.ordinal).answer
    _set_answer(change, event)
    _follow(change, event, fresh=before is None or before.kind is not event.kind)
    receipt(change, party.ordinal, event.kind.value, event.said, event.invitation)


def _follow(change: Change, event: Answered, *, fresh: bool) -> None:
    """What each kind of answer begins or ends; `fresh` when the answer before was another."""
    ordinal = event.party
    if event.kind not in (AnswerKind.ATTENDS, AnswerKind.REGRETS):
        _unsettle_named(change, ordinal)
    match event.kind:
        case AnswerKind.ATTENDS:
            _attends(change, ordinal, event.names or _spoken(change, event))
        case AnswerKind.REGRETS:
            _regrets(change, event, fresh=fresh)
        case AnswerKind.TENTATIVE:
            pass
        case AnswerKind.INFORMS | AnswerKind.REPRESENTED:
            what = Told.INFORMS if event.kind is AnswerKind.INFORMS else Told.REPRESENTED
            change.tell_convener(what, ordinal, **_question_detail(change, event))
        case _:
            _put_question(change, event)


def _spoken(change: Change, event: Answered) -> tuple[NamedPerson, ...]:
    """A colleague's yes enters her by name where the agreement says so; else it is the unit's, and she gave it."""
    entered = event.speaker is not None and change.party(event.party).rule_set.approve_colleagues
    return (event.speaker,) if entered and event.speaker is not None else ()


def _attends(change: Change, ordinal: int, names: tuple[NamedPerson, ...]) -> None:
    """Settled: substitutes asked are thanked off; each person named gets a calendar entry of her own."""
    was_open = change.round(ordinal).substitution_open
    if change.party(ordinal).excused_at is not None:
        change.set_party(ordinal, excused_at=None)
        change.note("excuse_ended", ordinal)
        was_open = True
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
    wanted = {folded(n.email or n.name) for n in names}
    for person in party.attendees:
        if person.stands or person.state is AttendeeState.INVITED:
            if folded(person.email or person.name) in wanted:
                state = person.state if person.stands else AttendeeState.NAMED
                change.put_attendee(ordinal, replace(person, state=state))
            else:
                substitution.stand_down(change, ordinal, person)
    standing = {folded(a.email or a.name) for a in change.party(ordinal).attendees if a.stands}
    for named in names:
        if folded(named.email or named.name) not in standing:
            number = change.round(ordinal).number
            person = substitution.new_attendee(
                change.party(ordinal), named, AttendeeRole.NAMED, AttendeeState.NAMED, number
            )
            change.put_attendee(ordinal, person)
            substitution.request_to(change, ordinal, person)


def _unsettle_named(change: Change, ordinal: int) -> None:
    """The unit no longer says yes: those it named stay invited, and cover nothing until it or they say so again."""
    for person in change.party(ordinal).attendees:
        if person.role is AttendeeRole.NAMED and person.stands:
            change.put_attendee(ordinal, replace(person, state=AttendeeState.INVITED))


def _regrets(change: Change, event: Answered, *, fresh: bool) -> None:
    """Opens substitution: a regret is no excuse in itself (rules, section 6)."""
    ordinal = event.party
    substitution.stand_down_named(change, ordinal, StoodDown.REGRET)
    if not someone_stands(change.party(ordinal)):
        for named in event.stands_in:
            queue_named(change, ordinal, named, event.said)
    if fresh or event.stands_in:
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
        waits = open_pause(change.round(ordinal))
        if waits is not None and waits.kind is kind:
            detail["until"] = waits.until.isoformat()
        change.tell_coordinators(what, ordinal, **detail)
    else:
        change.tell_convener(what, ordinal, **detail)


def _question_detail(change: Change, event: Answered) -> dict[str, str]:
    detail: dict[str, str] = {}
    if event.contest_reason is not None:
        detail["reason"] = event.contest_reason
    times = {"proposed_start": event.proposed_start, "proposed_end": event.proposed_end}
    detail |= {name: time.isoformat() for name, time in times.items() if time is not None}
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
    escalation.end_question_pause(change, ordinal)
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
        escalation.end_question_pause(change, event.party)
    change.note("answered", event.party, answer=event.kind, channel=event.said.channel)


def _check_answer(change: Change, party: Party, event: Answered) -> None:
    roster = change.roster_or_empty(party)
    for named in event.names:
        if named.email and not roster.has_colleague(named.email):
            raise Refusal(Reason.OTHER_ORGANISATION, email=named.email)
    if event.kind is AnswerKind.PROPOSES:
        _check_proposal(change, event)
    if event.kind is AnswerKind.CONTESTS and event.contest_reason is None:
        raise Refusal(Reason.REASON_MISSING)
    if event.kind is AnswerKind.REDIRECTS:
        check_redirect(change, party, event)
    if event.kind is AnswerKind.NOT_OURS and party.redirected_from and party.rule_set.redirect_must_attend:
        raise Refusal(Reason.REDIRECT_TOO_MANY, most=str(party.rule_set.redirect_hops))
    if event.kind is AnswerKind.REPRESENTED:
        by = None if event.represented_by is None else change.party(event.represented_by)
        if by is None or not by.active or by.ordinal == party.ordinal:
            raise Refusal(Reason.NOT_FOUND, what="party")


def _check_proposal(change: Change, event: Answered) -> None:
    if event.proposed_start is None or event.proposed_end is None:
        raise Refusal(Reason.PROPOSED_TIME_MISSING)
    check_time(event.proposed_start, event.proposed_end, change.now)


def check_redirect(change: Change, party: Party, event: Answered | Decided) -> None:
    """A unit of the same principal, not in the chain, at most two hops (rules, section 6).

    Raises Refusal for any other.
    """
    if event.target_unit_id is None:
        raise Refusal(Reason.UNKNOWN_UNIT)
    target = change.roster(event.target_unit_id)
    check_open(change, target)
    if not target.addresses and not target.phone_only:
        raise Refusal(Reason.NO_ADDRESS, unit=target.name)
    if target.principal_id != party.principal_id:
        raise Refusal(Reason.OTHER_PRINCIPAL, unit=target.name)
    chain = _chain(change, party)
    if any(link.unit_id == target.unit_id for link in chain):
        raise Refusal(Reason.REDIRECT_CIRCLE, unit=target.name)
    if len(chain) > party.rule_set.redirect_hops:
        raise Refusal(Reason.REDIRECT_TOO_MANY, most=str(party.rule_set.redirect_hops))
    if any(p.unit_id == target.unit_id and p.active for p in change.meeting.parties):
        raise Refusal(Reason.PARTY_TWICE, unit=target.name)


def _chain(change: Change, party: Party) -> list[Party]:
    """The party, who redirected to it, who redirected to that one, and so on."""
    chain = [party]
    for _ in bounded(len(change.meeting.parties), "a chain of redirects"):
        before = chain[-1].redirected_from
        if before is None:
            break
        chain.append(change.party(before))
    return chain


def acknowledge(change: Change, event: Acknowledged) -> None:
    """R2: a human act without an answer; a promised day holds the rungs until the opening after it.

    Raises Refusal for a day that is past.
    """
    party = called_party(change, event.party)
    if is_automatic(change, party, event.said, None, nameless_yes=True):
        return
    if is_of_old_time(change, event.said, party.ordinal):
        return
    if event.answer_by is not None and event.answer_by < local_day(change.now):
        raise Refusal(Reason.PROMISE_PAST)
    act_of_unit(change, party.ordinal, event.said)
    change.note("acknowledged", party.ordinal, channel=event.said.channel)
    if event.answer_by is not None:
        time = change.worktime(party.ordinal)
        last = min(event.answer_by, local_day(change.meeting.start))
        after = time.opening_from(at_hour(last + timedelta(days=1), 0))
        until = min(after, time.opening_before(change.meeting.start, 4))
        change.set_round(party.ordinal, promise_until=until)
        change.note("promised", party.ordinal, day=event.answer_by.isoformat())
