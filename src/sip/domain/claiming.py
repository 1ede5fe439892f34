"""Answers of which it is not certain whose they are: the convener's side says (mail-cases, cases 16-19, 31, 33).

The law of this file: a claim changes nothing of the party until it is confirmed, and then what it would have changed
had it been certain from the start: a later certain answer still wins. A refused claim leaves the duty where it was.
The unit is told of either. One claimant has one claim waiting; her newer word takes the place of her older.
"""

from sip.domain import substitution
from sip.domain.address import folded, same
from sip.domain.answering import answer
from sip.domain.attendees import answer_of_attendee, name_substitute
from sip.domain.calling import check_time
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailKind, Told
from sip.domain.events import (
    Answered,
    AttendeeAnswered,
    ClaimDecided,
    Claimed,
    NamedPerson,
    Said,
    SubstituteNamed,
    Verdict,
)
from sip.domain.invitations import cancel_copy, invite_attendee
from sip.domain.meeting import Attendee, Claim, Party, Stamp
from sip.domain.saying import (
    called_party,
    is_automatic,
    is_later,
    is_of_old_time,
    stands_as,
    tell_it_waits,
    tell_overtaken,
)
from sip.domain.standing import redirect_pending
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, Channel, ClaimKind, ClaimState, RegretReason
from sip.domain.values import replace

BRINGS = frozenset({AnswerKind.ATTENDS, AnswerKind.TENTATIVE})
"""What a person nobody invited can say that matters: her no changes nothing."""
_TOLD = {
    ClaimKind.UNCONFIRMED: Told.UNCONFIRMED,
    ClaimKind.PARTY_CRASHER: Told.PARTY_CRASHER,
    ClaimKind.DELEGATE: Told.DELEGATE,
}
_SAID_BEFORE = {ClaimState.REFUSED: "claim_refused_before", ClaimState.CONFIRMED: "claim_confirmed_before"}
_STATES = {AnswerKind.ATTENDS: AttendeeState.ACCEPTED, AnswerKind.REGRETS: AttendeeState.REFUSED}


def claim(change: Change, event: Claimed) -> None:
    """An answer that waits for the convener's word. A machine's, an overtaken one and a stranger's no are none."""
    party = called_party(change, event.party)
    if _is_machine(change, party, event) or is_of_old_time(change, event.said, party.ordinal):
        return
    if event.proposed_start is not None and event.proposed_end is not None:
        check_time(event.proposed_start, event.proposed_end, change.now)
    latest = _latest(change, event)
    if latest is not None and latest.state in _SAID_BEFORE and _repeats(latest, event):
        change.note(_SAID_BEFORE[latest.state], party.ordinal)
        return
    newest = latest.stamp if latest is not None else None
    if not (is_later(newest, event.said.stamp) and is_later(_known(change, event), event.said.stamp)):
        change.note("stale", party.ordinal)
        stands = stands_as(party, event.answer)
        tell_overtaken(change, party.ordinal, event.said, event.answer, by=newest, stands=stands)
        return
    waits = latest if latest is not None and latest.waits else None
    no = event.kind is ClaimKind.PARTY_CRASHER and event.answer not in BRINGS
    ordinal = waits.ordinal if waits is not None else max((c.ordinal for c in change.meeting.claims), default=0) + 1
    made = Claim(
        ordinal, event.party, event.invitation, event.kind, event.answer, folded(event.email), event.said.stamp,
        change.now, ClaimState.LAPSED if no else ClaimState.WAITING, event.sender, event.attendee,
        event.proposed_start, event.proposed_end,
    )  # fmt: skip
    change.put_claim(made)
    if no:
        change.note("forwarded_no", party.ordinal)
        return
    change.note("claimed", party.ordinal, claim=event.kind, answer=event.answer, email=_speaker(made))
    if waits is None or waits.answer is not made.answer:
        change.tell_convener(_what(event), event.party, email=_speaker(made), answer=event.answer)
    tell_it_waits(change, event.invitation, event.tell)


def _what(event: Claimed) -> Told:
    """What is in doubt: whether a person gave it at all, or whose it is."""
    machine = event.kind is ClaimKind.UNCONFIRMED and event.said.automatic
    return Told.PERHAPS_AUTOMATIC if machine else _TOLD[event.kind]


def _is_machine(change: Change, party: Party, event: Claimed) -> bool:
    """A nameless yes in the unit's own name; that its own calendar accepts by itself says nothing of the calendar of
    whoever got its call on."""
    own = same(event.email, change.meeting.invitation(event.invitation).email)
    nameless = own and (event.sender is None or event.said.automatic)
    yes = event.kind is ClaimKind.UNCONFIRMED and event.answer is AnswerKind.ATTENDS
    return is_automatic(change, party, event.said, event.invitation, nameless_yes=nameless and yes)


def _latest(change: Change, event: Claimed) -> Claim | None:
    """The claimant's newest word of this kind, whatever became of it."""
    mine = [c for c in change.meeting.claims if _same(c, event)]
    return max(mine, key=lambda c: c.stamp, default=None)


def _repeats(known: Claim, event: Claimed) -> bool:
    """The same word about the same time, delivered again; what was refused is not asked about again at all."""
    same = known.answer is event.answer and known.stamp.sequence == event.said.stamp.sequence
    return same and (known.state is ClaimState.REFUSED or known.stamp.said_at == event.said.stamp.said_at)


def _known(change: Change, event: Claimed) -> Stamp | None:
    """The stamp of the answer that this would take the place of: none for a stranger's own."""
    if event.attendee is not None:
        return change.attendee(event.party, event.attendee).stamp
    return None if event.kind is ClaimKind.PARTY_CRASHER else change.party(event.party).stamp


def _same(known: Claim, event: Claimed) -> bool:
    mine = (event.party, event.kind, event.attendee, folded(event.email), event.sender)
    return (known.party, known.kind, known.attendee, known.email, known.sender) == mine


def _speaker(claimed: Claim) -> str:
    return claimed.sender or claimed.email


def decide_claim(change: Change, event: ClaimDecided) -> None:
    """Confirmed or refused, once. What a round or a later answer has overtaken can no longer be confirmed.

    Raises Refusal for that, and for one that was decided before.
    """
    claimed = change.claim(event.claim)
    party = called_party(change, claimed.party)
    if claimed.state is ClaimState.LAPSED:
        raise Refusal(Reason.CLAIM_OVERTAKEN)
    if not claimed.waits:
        raise Refusal(Reason.NOTHING_TO_DECIDE)
    if event.verdict is Verdict.ACCEPT and redirect_pending(change.round(party.ordinal)):
        raise Refusal(Reason.CLAIM_OVERTAKEN)  # the redirect stands until it is decided; then this can be
    if event.verdict is Verdict.ACCEPT:
        _confirm(change, party, claimed, event.name, event.decided_by)
    else:
        _refuse(change, party, claimed, event.decided_by)


def _confirm(change: Change, party: Party, claimed: Claim, name: str | None, by: str) -> None:
    _decided(change, claimed, ClaimState.CONFIRMED, by)
    change.note("claim_confirmed", party.ordinal, claim=claimed.kind, answer=claimed.answer, email=_speaker(claimed))
    if claimed.kind is ClaimKind.UNCONFIRMED:
        _apply(change, claimed, by)
        _tell_unit(change, party, claimed, Told.CLAIM_CONFIRMED)
        return
    person = _enter(change, party, claimed, name, by)
    _tell_unit(change, party, claimed, Told.CANDIDATE_CONFIRMED, names=person.name)


def _refuse(change: Change, party: Party, claimed: Claim, by: str) -> None:
    """The duty stays with the unit; a stranger's copy in her calendar is cancelled."""
    _decided(change, claimed, ClaimState.REFUSED, by)
    change.note("claim_refused", party.ordinal, claim=claimed.kind, email=_speaker(claimed))
    if claimed.kind is ClaimKind.UNCONFIRMED:
        _tell_unit(change, party, claimed, Told.CLAIM_REFUSED)
        return
    number = change.round(party.ordinal).number
    named = NamedPerson(_name(claimed, None), claimed.email)
    person = substitution.new_attendee(party, named, AttendeeRole.SUBSTITUTE, AttendeeState.STOOD_DOWN, number)
    change.put_attendee(party.ordinal, person)
    cancel_copy(change, change.meeting.invitation(claimed.invitation), person)
    _tell_unit(change, party, claimed, Told.CANDIDATE_REFUSED)


def _decided(change: Change, claimed: Claim, state: ClaimState, by: str) -> None:
    change.put_claim(replace(claimed, state=state, decided_at=change.now, decided_by=by))


def _apply(change: Change, claimed: Claim, by: str) -> None:
    """As if it had been certain: the stamp is its own, so that a later answer keeps its place."""
    said = Said(Channel.MAIL, _speaker(claimed), claimed.stamp, confirmed_by=by)
    if claimed.attendee is not None:
        state = _STATES.get(claimed.answer, AttendeeState.ASKED)
        answer_of_attendee(change, AttendeeAnswered(claimed.party, claimed.attendee, state, said))
        return
    event = Answered(
        claimed.party, claimed.answer, said, claimed.invitation,
        regret_reason=RegretReason.NOT_GIVEN if claimed.answer is AnswerKind.REGRETS else None,
        proposed_start=claimed.proposed_start, proposed_end=claimed.proposed_end,
    )  # fmt: skip
    answer(change, event)


def _enter(change: Change, party: Party, claimed: Claim, name: str | None, by: str) -> NamedPerson:
    """She gets an invitation of her own: her yes covers, her "perhaps" is asked again, a delegate stands in (S4)."""
    named = NamedPerson(_name(claimed, name), claimed.email)
    if claimed.kind is ClaimKind.DELEGATE and party.bound:
        said = Said(Channel.MAIL, _speaker(claimed), claimed.stamp, confirmed_by=by)
        name_substitute(change, SubstituteNamed(party.ordinal, named, said))
        return named
    this = change.round(party.ordinal)
    change.set_round(
        party.ordinal, acknowledged_at=this.acknowledged_at or change.now, acted_at=this.acted_at or change.now
    )
    asked = _asked_already(party, claimed.email)
    if asked is not None:  # by the unit's list, since she wrote: her word answers that ask, and she is asked once
        said = Said(Channel.MAIL, _speaker(claimed), claimed.stamp, confirmed_by=by)
        state = _STATES.get(claimed.answer, AttendeeState.ASKED)
        answer_of_attendee(change, AttendeeAnswered(party.ordinal, asked.ordinal, state, said))
        return named
    comes = claimed.kind is ClaimKind.PARTY_CRASHER and claimed.answer is AnswerKind.ATTENDS
    role = AttendeeRole.SUBSTITUTE if _regrets(change, party.ordinal) else AttendeeRole.NAMED
    state = AttendeeState.ACCEPTED if comes else AttendeeState.ASKED
    person = substitution.new_attendee(party, named, role, state, this.number)
    person = replace(
        person, stamp=claimed.stamp, answered_at=change.now if comes else None, asked_at=None if comes else change.now
    )
    change.put_attendee(party.ordinal, person)
    change.drop_asks(party.ordinal)
    invite_attendee(change, party.ordinal, person, MailKind.NAMED if comes else MailKind.ASK_SUBSTITUTE, {})
    if comes:
        substitution.close_substitution(change, party.ordinal, but=person.ordinal)
    return named


def _asked_already(party: Party, email: str) -> Attendee | None:
    """The attendee whose address it is, who was asked or comes: both are of the round that runs (R1)."""
    for person in party.attendees:
        there = person.stands or person.state in (AttendeeState.ASKED, AttendeeState.INVITED)
        if there and same(person.email, email):
            return person
    return None


def _regrets(change: Change, ordinal: int) -> bool:
    standing = change.round(ordinal).answer
    return standing is not None and standing.kind is AnswerKind.REGRETS


def _name(claimed: Claim, name: str | None) -> str:
    """Staff by the name the convener gives, else by what stands before the @."""
    return (name or "").strip() or claimed.email.partition("@")[0]


def _tell_unit(change: Change, party: Party, claimed: Claim, what: Told, **detail: str) -> None:
    to = change.unit_address(change.party(party.ordinal))
    if to is not None:
        facts = {"what": what.value, "email": _speaker(claimed), "answer": claimed.answer.value, **detail}
        tail = change.next_tail(what)
        change.notice(MailKind.DECISION, to, tail=tail, party=party.ordinal, link=Link.ANSWER, detail=facts)
