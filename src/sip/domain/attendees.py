"""Answers of persons: those named to come and those asked to stand in (rules, section 7)."""

from sip.domain import substitution
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Told
from sip.domain.events import (
    AttendeeAnswered,
    AttendeeOnLeave,
    NamedPerson,
    Said,
    SubstituteNamed,
)
from sip.domain.meeting import Answer, Attendee
from sip.domain.saying import (
    act_of_unit,
    called_party,
    is_later,
    is_of_old_time,
    lapse_claims,
    receipt_to_person,
    tell_overtaken,
)
from sip.domain.standing import covered
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, Channel, RegretReason
from sip.domain.values import replace


def answer_of_attendee(change: Change, event: AttendeeAnswered) -> None:
    """A person named or asked says yes, no, or names the next (rules, section 7)."""
    party = called_party(change, event.party)
    person = change.attendee(event.party, event.attendee)
    if event.said.automatic and event.state is AttendeeState.ACCEPTED:
        change.note("automatic", party.ordinal, attendee=str(person.ordinal))
        return
    if is_of_old_time(change, event.said, party.ordinal):
        return
    if not is_later(person.stamp, event.said.stamp):
        change.note("stale", party.ordinal, attendee=str(person.ordinal))
        stands = person.state is event.state
        tell_overtaken(change, party.ordinal, event.said, _word(event.state), by=person.stamp, stands=stands)
        return
    person = change.put_attendee(party.ordinal, replace(person, stamp=event.said.stamp))
    lapse_claims(change, party.ordinal, event.said.stamp, person.ordinal)
    this = change.round(party.ordinal)
    change.set_round(
        party.ordinal, acknowledged_at=this.acknowledged_at or change.now, acted_at=this.acted_at or change.now
    )
    if event.state is AttendeeState.ACCEPTED:
        _accepts(change, party.ordinal, person, event.said)
    elif event.state is AttendeeState.REFUSED:
        _refuses(change, party.ordinal, person, event)
    else:
        change.note("attendee_undecided", party.ordinal, attendee=str(person.ordinal))


def _word(state: AttendeeState) -> AnswerKind:
    """Her answer as a unit would say it."""
    words = {AttendeeState.ACCEPTED: AnswerKind.ATTENDS, AttendeeState.REFUSED: AnswerKind.REGRETS}
    return words.get(state, AnswerKind.TENTATIVE)


def _accepts(change: Change, ordinal: int, person: Attendee, said: Said) -> None:
    party = change.party(ordinal)
    late = not (person.stands or person.state is AttendeeState.INVITED) and covered(party)
    if person.state is AttendeeState.STOOD_DOWN or not party.active or late:
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
    receipt_to_person(change, ordinal, person, AnswerKind.ATTENDS.value, said)


def _refuses(change: Change, ordinal: int, person: Attendee, event: AttendeeAnswered) -> None:
    stood = person.stands or person.state is AttendeeState.INVITED
    asked = person.state in substitution.ONGOING or person.state is AttendeeState.BOUNCED
    if not stood and not asked:
        change.note("not_needed", ordinal, attendee=str(person.ordinal))
        return
    if event.passes_on is not None:
        _pass_on(change, ordinal, event.passes_on)
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
        if event.delegated:
            change.tell_convener(Told.DELEGATE_REFUSED, ordinal, names=person.name)
        change.set_round(ordinal, substitution_exhausted=False)
        substitution.ask_next(change, ordinal)
    receipt_to_person(change, ordinal, person, AnswerKind.REGRETS.value, event.said)


def on_leave(change: Change, event: AttendeeOnLeave) -> None:
    """She does not come after all, by her unit's word (S5): as if she had said so herself, without a receipt to her."""
    party = called_party(change, event.party)
    person = change.attendee(event.party, event.attendee)
    stood = person.stands or person.state is AttendeeState.INVITED
    if not stood and person.state not in (*substitution.ONGOING, AttendeeState.ENGAGED):
        return
    act_of_unit(change, party.ordinal, event.said)
    substitution.stand_down(change, party.ordinal, person)
    if stood:
        regret = Answer(
            AnswerKind.REGRETS, change.now, change.now, event.said.channel, event.said.recorded_by,
            regret_reason=RegretReason.NOT_GIVEN,
        )  # fmt: skip
        substitution.withdraw(change, party.ordinal, change.attendee(party.ordinal, person.ordinal), regret)
    else:
        change.note("attendee_withdrew", party.ordinal, attendee=str(person.ordinal))
        substitution.ask_next(change, party.ordinal)


def _pass_on(change: Change, ordinal: int, named: NamedPerson) -> None:
    """The person she names goes first in the queue; one asked before, or one too many, does not stop her own no."""
    try:
        substitution.queue_person(change, ordinal, named)
    except Refusal as refusal:
        if refusal.reason not in (Reason.ALREADY_ASKED, Reason.TOO_MANY_SUBSTITUTES):
            raise
        change.note("pass_on_refused", ordinal, reason=refusal.reason)


def name_substitute(change: Change, event: SubstituteNamed) -> None:
    """ "Anna stands in": asked, and covers when she accepts; at once when the unit says she knows (S4).

    Raises Refusal for a party that has no duty to come.
    """
    party = called_party(change, event.party)
    if is_of_old_time(change, event.said, party.ordinal):
        return
    if not party.bound:
        raise Refusal(Reason.PARTY_NOT_BOUND)
    if not is_later(party.stamp, event.said.stamp) and covered(party):
        change.note("stale", party.ordinal)
        return
    act_of_unit(change, party.ordinal, event.said)
    lapse_claims(change, party.ordinal, event.said.stamp)
    change.drop_asks(party.ordinal)
    this = change.round(party.ordinal)
    if this.answer is None or this.answer.kind is not AnswerKind.REGRETS:
        regret = Answer(
            AnswerKind.REGRETS, change.now, change.now, event.said.channel, event.said.recorded_by,
            regret_reason=RegretReason.NOT_GIVEN,
        )  # fmt: skip
        change.set_round(party.ordinal, answer=regret)
        _stand_down_named(change, party.ordinal)
    if is_later(party.stamp, event.said.stamp):
        change.set_party(party.ordinal, stamp=event.said.stamp)
    queue_named(change, party.ordinal, event.person, event.said)
    _manager_has_named(change, party.ordinal)
    substitution.open_substitution(change, party.ordinal)
    if change.round(party.ordinal).substitution_open:
        change.set_round(party.ordinal, substitution_exhausted=False)
        substitution.ask_next(change, party.ordinal)


def _manager_has_named(change: Change, ordinal: int) -> None:
    """A manager who was asked to name somebody has been answered for: her ask is over (S1)."""
    for person in change.party(ordinal).attendees:
        if person.role is AttendeeRole.MANAGER and person.state is AttendeeState.ASKED:
            passed = replace(person, state=AttendeeState.REFUSED, until=None, answered_at=change.now)
            change.put_attendee(ordinal, passed)
            change.drop_asks(ordinal, person.ordinal)


def _stand_down_named(change: Change, ordinal: int) -> None:
    for person in change.party(ordinal).attendees:
        if person.stands or person.state is AttendeeState.INVITED:
            substitution.stand_down(change, ordinal, person)


def queue_named(change: Change, ordinal: int, named: NamedPerson, said: Said) -> None:
    person = substitution.queue_person(change, ordinal, named, vouched=said.confirmed_by is not None)
    change.note("substitute_named", ordinal, attendee=str(person.ordinal))
    if (named.knows and said.channel is not Channel.MAIL) or named.email is None:
        accepted = replace(person, state=AttendeeState.ACCEPTED, asked_at=change.now, answered_at=change.now)
        change.put_attendee(ordinal, accepted)
        substitution.request_to(change, ordinal, accepted)
        substitution.close_substitution(change, ordinal, but=person.ordinal)
        change.tell_convener(Told.SUBSTITUTE_FOUND, ordinal, names=named.name)
