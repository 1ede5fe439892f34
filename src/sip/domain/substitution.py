"""Come, or send a substitute: the queue of persons asked to stand in (rules, section 7 S1-S4).

Opened by a regret, by a named person's "I cannot come" when nobody else comes, or by a tentative treated as regret;
never by silence. One at a time while there is time for it, all at once when there is not. First acceptance covers.
"""

from collections.abc import Sequence
from datetime import datetime

from sip.domain.address import folded, same
from sip.domain.agreement import Rung
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailKind, StoodDown, Told
from sip.domain.events import NamedPerson
from sip.domain.invitations import cancel_attendee, invite_attendee
from sip.domain.meeting import Answer, Attendee, Meeting, Party, Round
from sip.domain.people import Address, Person
from sip.domain.standing import covered
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, MeetingState, RegretReason
from sip.domain.values import replace
from sip.domain.worktime import DAY_OPENS, OFFICE_HOUR, at_hour, local_day

WINDOW_ENDS = 2  # the opening so many working days before S ends asking one at a time (S2)
ONGOING = (AttendeeState.QUEUED, AttendeeState.ASKED, AttendeeState.SILENT)


def may_ask(meeting: Meeting, *, tick: bool) -> bool:
    """Whether a decision about this meeting may ask somebody to stand in; a tick asks only where that was begun."""
    if meeting.state is not MeetingState.CALLED:
        return False
    if not tick:
        return True
    rounds = [party.round for party in meeting.parties if party.round is not None]
    tentative = (r.answer is not None and r.answer.kind is AnswerKind.TENTATIVE for r in rounds)
    return any(r.substitution_open for r in rounds) or any(tentative)


def first_hour(opened: datetime, start: datetime) -> datetime:
    """On the day itself asks leave from 06; before, at any hour (S2)."""
    six = at_hour(local_day(start), DAY_OPENS)
    return six if local_day(opened) == local_day(start) and opened < six else opened


def open_substitution(change: Change, ordinal: int) -> None:
    """Opened, or reopened after a substitute withdrew; the first person is asked at once."""
    this = change.round(ordinal)
    party = change.party(ordinal)
    if covered(party) or not party.bound or party.other_system is not None:
        return  # called in another system: we only watch (rules, section 1)
    if not this.substitution_open:
        change.set_round(
            ordinal,
            substitution_open=True,
            substitution_exhausted=False,
            substitution_opened_at=change.now,
        )
        change.note("substitution_opened", ordinal)
    ask_next(change, ordinal)


def queue_person(change: Change, ordinal: int, person: NamedPerson, *, vouched: bool = False) -> Attendee:
    """A person named to stand in goes first in the queue. Raises Refusal for another organisation or a second time.

    `vouched`: the convener has said that she is of the organisation, whatever her address.
    """
    party = change.party(ordinal)
    if person.email and not vouched and not change.roster_or_empty(party).has_colleague(person.email):
        raise Refusal(Reason.OTHER_ORGANISATION, email=person.email)
    this = change.round(ordinal)
    known = _same(party, person.email, person.name, this.number)
    if known is not None and known.state is AttendeeState.ENGAGED:
        return known
    if known is not None and (known.asked_at is not None or known.state is not AttendeeState.STOOD_DOWN):
        raise Refusal(Reason.ALREADY_ASKED, name=person.name)
    if len(_of_round(party, this)) >= party.rule_set.substitutes_most:
        raise Refusal(Reason.TOO_MANY_SUBSTITUTES, most=str(party.rule_set.substitutes_most))
    attendee = _new(party, person, AttendeeRole.SUBSTITUTE, AttendeeState.QUEUED, this.number)
    return change.put_attendee(ordinal, attendee)


def ask_next(change: Change, ordinal: int) -> None:
    """The next one, or all who are left when there is no time for one at a time (S2)."""
    party, this = change.party(ordinal), change.round(ordinal)
    if not this.substitution_open:
        return
    if change.now < first_hour(change.now, change.meeting.start):
        return
    asked = [a for a in _of_round(party, this) if a.state is AttendeeState.ASKED]
    if any(a.until is not None for a in asked):
        return
    waiting = _candidates(change, ordinal)
    if not waiting:
        if not asked:
            _exhausted(change, ordinal)
        return
    time = change.worktime(ordinal)
    share = time.between(change.now, time.opening_before(change.meeting.start, WINDOW_ENDS)) / len(waiting)
    if share < OFFICE_HOUR:
        for attendee in waiting:
            _ask(change, ordinal, attendee, None)
        _tell_phones(change, ordinal)
    else:
        _ask(change, ordinal, waiting[0], time.plus(change.now, min(share, time.office_day)))


def _free(change: Change, ordinal: int, waiting: list[Attendee]) -> list[Attendee]:
    """Those of them who neither come to another meeting at this hour nor are on leave that day; the others are passed
    over with a word (S2, S5).
    """
    free = []
    for person in waiting:
        email = "" if person.email is None else folded(person.email)
        away = email in change.context.on_leave
        if not away and email not in change.context.engaged:
            free.append(person)
        elif person.state is not AttendeeState.ENGAGED:
            change.put_attendee(ordinal, replace(person, state=AttendeeState.ENGAGED))
            note = "substitute_on_leave" if away else "substitute_engaged"
            change.note(note, ordinal, attendee=str(person.ordinal))
    return free


def _candidates(change: Change, ordinal: int) -> list[Attendee]:
    """Those not yet asked in this round: named ones first (latest named first), the unit's list, the manager (S1)."""
    party, this = change.party(ordinal), change.round(ordinal)
    roster = change.roster_or_empty(party)
    of_round = _of_round(party, this)
    queued = sorted((a for a in of_round if a.state is AttendeeState.QUEUED), key=lambda a: -a.ordinal)
    passed = [a for a in party.attendees if a.round == this.number and a.state is AttendeeState.ENGAGED]
    found = [*queued, *passed]
    reached = [person for person in roster.managers if person.email]
    managers: Sequence[Person] = () if party.rule_set.law_only else reached[:1]
    # A protected meeting is nobody's but theirs who are named: the list of substitutes hears nothing by itself.
    substitutes = () if change.meeting.protected else roster.substitutes
    listed = [(p, AttendeeRole.SUBSTITUTE) for p in substitutes]
    for person, role in [*listed, *((p, AttendeeRole.MANAGER) for p in managers)]:
        known = _same(replace(party, attendees=(*party.attendees, *found)), person.email, person.name, this.number)
        if person.email and known is None:
            named = NamedPerson(person.name, person.email, person.phone, person.function)
            probe = replace(party, attendees=(*party.attendees, *(a for a in found if a not in party.attendees)))
            found.append(_new(probe, named, role, AttendeeState.QUEUED, this.number))
    room = party.rule_set.substitutes_most - (len(of_round) - len(queued))
    return _free(change, ordinal, found)[: max(room, 0)]


def _ask(change: Change, ordinal: int, attendee: Attendee, until: datetime | None) -> None:
    asked = replace(attendee, state=AttendeeState.ASKED, asked_at=change.now, until=until)
    if asked.email is None:
        change.put_attendee(ordinal, replace(asked, state=AttendeeState.SILENT, until=None))
        return
    change.put_attendee(ordinal, asked)
    change.note("substitute_asked", ordinal, attendee=str(asked.ordinal), role=asked.role)
    detail = {"until": until.isoformat()} if until is not None else {}
    if asked.role is AttendeeRole.MANAGER:
        party = change.party(ordinal)
        change.notice(
            MailKind.SUBSTITUTE_MANAGER,
            Address(asked.email, asked.name, party.language),
            tail=str(asked.ordinal),
            party=ordinal,
            attendee=asked.ordinal,
            ask=True,
            link=Link.MANAGER,
            detail=detail,
        )
    else:
        invite_attendee(change, ordinal, asked, MailKind.ASK_SUBSTITUTE, detail)


def _exhausted(change: Change, ordinal: int) -> None:
    if not change.round(ordinal).substitution_exhausted:
        change.set_round(ordinal, substitution_exhausted=True)
        change.note("substitution_exhausted", ordinal)
        change.tell_convener(Told.SUBSTITUTE_FAILED, ordinal)


def _tell_phones(change: Change, ordinal: int) -> None:
    party = change.party(ordinal)
    numbers = [f"{a.name} {a.phone}" for a in party.attendees if a.state is AttendeeState.ASKED and a.phone]
    change.tell_convener(Told.SUBSTITUTES_BY_PHONE, ordinal, phones="; ".join(numbers) or (party.phone or ""))


def end_ask(change: Change, ordinal: int, attendee: int) -> None:
    """Nobody answered in her time: the next is asked; a late yes is still welcome while nobody covers."""
    person = change.attendee(ordinal, attendee)
    change.put_attendee(ordinal, replace(person, state=AttendeeState.SILENT, until=None))
    change.drop_asks(ordinal, attendee)
    change.note("ask_ended", ordinal, attendee=str(attendee))
    ask_next(change, ordinal)


def close_substitution(change: Change, ordinal: int, *, but: int | None = None) -> None:
    """Covered, or nothing to cover any more: those who had not accepted get CANCEL (S2, S4).

    `but` is she who covers: persons named who were kept from the round before come beside her, or say otherwise (R1).
    """
    this = change.round(ordinal)
    for person in change.party(ordinal).attendees:
        kept = but is not None and person.role is AttendeeRole.NAMED and person.state is AttendeeState.INVITED
        if person.ordinal != but and not kept and person.state in (*ONGOING, AttendeeState.INVITED):
            stand_down(change, ordinal, person)
    if this.substitution_open:
        change.set_round(ordinal, substitution_open=False)
        change.note("substitution_closed", ordinal)


def stand_down(change: Change, ordinal: int, person: Attendee, why: StoodDown | None = None) -> None:
    """No longer needed: CANCEL to her calendar entry, her ask is moot. Without `why` it follows from what she was."""
    change.put_attendee(ordinal, replace(person, state=AttendeeState.STOOD_DOWN, until=None))
    change.drop_asks(ordinal, person.ordinal)
    as_she_was = StoodDown.CHANGED if person.role is AttendeeRole.NAMED else StoodDown.COVERED
    cancel_attendee(change, person, why or as_she_was)


def stand_down_named(change: Change, ordinal: int, why: StoodDown) -> None:
    """The unit does not come after all: those it named, or kept from before, need not either. A substitute stays."""
    for person in change.party(ordinal).attendees:
        named = person.role is AttendeeRole.NAMED and person.stands
        if named or person.state is AttendeeState.INVITED:
            stand_down(change, ordinal, person, why)


def tentative_is_regret(change: Change, ordinal: int) -> None:
    """Still tentative in the end: treated as regret (rules, section 6)."""
    this = change.round(ordinal)
    assert this.answer is not None
    regret = replace(
        this.answer, kind=AnswerKind.REGRETS, at=change.now, since=change.now, regret_reason=RegretReason.NOT_GIVEN
    )
    change.set_round(ordinal, answer=regret)
    change.drop_asks(ordinal)
    stand_down_named(change, ordinal, StoodDown.UNCONFIRMED)
    change.note("tentative_to_regret", ordinal)
    change.tell_convener(Told.REGRET, ordinal, reason=RegretReason.NOT_GIVEN)
    open_substitution(change, ordinal)


def lift_to_head(change: Change, ordinal: int) -> None:
    """S3: still uncovered at Q, or after Q when nobody is left to ask: head of operations, once a round."""
    party = change.party(ordinal)
    change.set_round(ordinal, lifted_to_head=True)
    roster = change.roster_or_empty(party)
    there: dict[str, Address] = {}  # one person can be both, and is mailed once
    for person in (*roster.heads, *roster.contract_officers):
        if person.email:
            there.setdefault(folded(person.email), Address(person.email, person.name, party.language))
    for to in there.values():
        change.notice(MailKind.SUBSTITUTION_HEAD, to, tail="once", party=ordinal, ask=True)
    change.note("substitution_lifted", ordinal)
    if not there:
        change.tell_coordinators(Told.EMPTY_RUNG, ordinal, rung=Rung.STILL_NONE)


def withdraw(change: Change, ordinal: int, person: Attendee, answer: Answer) -> None:
    """She who was to come cannot; when nobody else of the party comes, that is its regret (S1, S4)."""
    change.put_attendee(ordinal, replace(person, state=AttendeeState.WITHDRAWN, answered_at=change.now))
    change.note("attendee_withdrew", ordinal, attendee=str(person.ordinal))
    party = change.party(ordinal)
    if any(a.stands or a.state is AttendeeState.INVITED for a in party.attendees):
        return
    change.set_round(ordinal, answer=answer)
    change.tell_convener(Told.SUBSTITUTE_WITHDREW, ordinal, names=person.name)
    open_substitution(change, ordinal)


def request_to(change: Change, ordinal: int, person: Attendee) -> None:
    """A calendar entry of her own for the person who was named to come."""
    invite_attendee(change, ordinal, person, MailKind.NAMED, {})


def _of_round(party: Party, this: Round) -> list[Attendee]:
    """Those queued or asked to stand in, in this round: persons named to come or kept from before are not counted."""
    return [
        a
        for a in party.attendees
        if a.round == this.number
        and (a.state is AttendeeState.QUEUED or (a.asked_at is not None and a.asked_at >= this.began_at))
    ]


def _same(party: Party, email: str | None, name: str, number: int) -> Attendee | None:
    """Someone of this round with this address (this name, where there is none): no person is asked twice."""
    for person in party.attendees:
        alike = same(person.email, email) if email and person.email else person.name == name
        if alike and person.round == number:
            return person
    return None


def _new(party: Party, person: NamedPerson, role: AttendeeRole, state: AttendeeState, number: int) -> Attendee:
    ordinal = max((a.ordinal for a in party.attendees), default=0) + 1
    return Attendee(
        ordinal, person.name, role, state, number, email=person.email, phone=person.phone, function=person.function
    )


new_attendee = _new
