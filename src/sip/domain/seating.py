"""The life of a standing group: founded, its seats filled, put off and vacated, closed (rules, section 18).

`TABLE` alone says in which state what is possible, and where it may lead. Nothing is taken away: a seat that is taken
out and a term that has ended stay in the group.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sip.domain.asking import ASKS_MOST, asking, group_due, lifting, seat_due
from sip.domain.change import Refusal, said
from sip.domain.conflict import NOTHING, Parts
from sip.domain.decision import Context, Decision, Note, Reason
from sip.domain.events import TimePassed
from sip.domain.group import (
    ABOVE,
    DAY,
    ConsentWithdrawn,
    GroupClosed,
    GroupEdited,
    GroupFounded,
    GroupSeat,
    GroupState,
    Mandate,
    NameShown,
    Readers,
    ReadersChosen,
    SeatAdded,
    SeatBody,
    SeatChanged,
    SeatFilled,
    SeatFunction,
    SeatPutOff,
    SeatTakenOut,
    SeatTerm,
    SeatVacated,
    Sitter,
    StandingGroup,
    StandingKind,
    TermEnd,
)
from sip.domain.machine import Leads, Machine, Row
from sip.domain.values import replace
from sip.domain.working_copy import WorkingCopy
from sip.domain.worktime import office_time

S = GroupState
MOST_SEATS, MOST_BODIES, MOST_TERMS = 60, 20, 60


@dataclass
class GroupChange(WorkingCopy):
    """The working copy of one decision on a group."""

    group: StandingGroup

    def decision(self) -> Decision:
        return self.decided(self.group)

    def update(self, note: str, seat: int | None = None, **fields: Any) -> None:
        self.group = replace(self.group, **fields)
        self.notes.append(Note(note, None, {} if seat is None else {"seat": str(seat)}))

    def seat(self, number: int) -> GroupSeat:
        """Raises Refusal for one that is not there, or is taken out."""
        found = self.group.seat(number)
        if found is None or found.closed_on is not None:
            raise Refusal(Reason.NOT_FOUND, what="seat")
        return found

    def put(self, seat: GroupSeat, note: str, *, anew: bool = True) -> None:
        """This seat as it is now; `anew`: what was asked before is settled, and what is asked begins now."""
        if anew:
            seat = replace(
                seat, since=self.now, asked=0, asked_at=None, lifted_at=None, deferred_until=None,
                deferred_because=None,
            )  # fmt: skip
        others = [one for one in self.group.seats if one.number != seat.number]
        seats = tuple(sorted((*others, seat), key=lambda one: one.number))
        self.update(note, seat.number, seats=seats, not_before=None)


# -- the group


def found_group(event: GroupFounded, context: Context) -> Decision:
    """Raises Refusal without a name, under a group of no such level, and for an assignment without goal or days."""
    if event.above is not None and event.above.kind not in ABOVE[event.kind]:
        raise Refusal(Reason.GROUP_NOT_ABOVE)
    mandate = _mandate(event.kind, event.mandate)
    if event.kind is StandingKind.LAG and event.above is None:
        raise Refusal(Reason.MANDATE_INCOMPLETE)
    made = StandingGroup(
        event.id, event.kind, said(event.name), mandate, S.STANDING, context.now, event.county_id, event.area,
        event.above,
    )  # fmt: skip
    work = GroupChange(made, context=context)
    work.update("group_founded")
    return work.decision()


def _mandate(kind: StandingKind, mandate: Mandate) -> Mandate:
    """As it is kept: an assignment has all of its parts, and reports back when it is over at the latest by its end."""
    found = Mandate(mandate.text.strip(), (mandate.goal or "").strip() or None, mandate.ends_on, mandate.report_on)
    if kind is StandingKind.LAG and None in (found.goal, found.ends_on, found.report_on):
        raise Refusal(Reason.MANDATE_INCOMPLETE)
    return found


def edit_group(work: GroupChange, event: GroupEdited) -> None:
    work.update("group_edited", name=said(event.name), mandate=_mandate(work.group.kind, event.mandate))


def close_group(work: GroupChange, event: GroupClosed) -> None:
    """Nobody is asked any more; who sits does so until her term is over."""
    work.update("group_closed", state=S.CLOSED, closed_at=work.now, closed_because=said(event.reason))


def choose_readers(work: GroupChange, event: ReadersChosen) -> None:
    """Open, it is told from now on; what was before was not written for everybody."""
    if event.readers is work.group.readers:
        return
    opens = event.readers is Readers.OPEN
    opened_at = work.now if opens else None
    work.update("group_opened" if opens else "group_shut", readers=event.readers, opened_at=opened_at)


# -- its seats


def add_seat(work: GroupChange, event: SeatAdded) -> None:
    """Raises Refusal for more than can be looked through, and for a seat that nobody fills."""
    number = len(work.group.seats) + 1
    if number > MOST_SEATS:
        raise Refusal(Reason.SEATS_MANY, most=str(MOST_SEATS))
    _check_filled_by(work, event.bodies, event.above)
    seat = GroupSeat(number, event.function, event.wanted.strip(), event.bodies, work.now, above=event.above)
    work.put(seat, "seat_added")


def _check_filled_by(work: GroupChange, bodies: tuple[SeatBody, ...], above: int | None) -> None:
    if above is not None and work.group.above is None:
        raise Refusal(Reason.GROUP_NOT_ABOVE)
    if (above is None) is not bool(bodies) or len(bodies) > MOST_BODIES:
        raise Refusal(Reason.SEAT_FILLED_BY)


def change_seat(work: GroupChange, event: SeatChanged) -> None:
    """Raises Refusal for a seat that nobody fills, and for a turn of nobody. Asked anew only where it is another's."""
    seat = work.seat(event.seat)
    _check_filled_by(work, event.bodies, event.above)
    if event.bodies and event.turn not in range(len(event.bodies)):
        raise Refusal(Reason.SEAT_FILLED_BY)
    new = replace(
        seat, function=event.function, wanted=event.wanted.strip(), bodies=event.bodies, above=event.above,
        turn=event.turn if event.bodies else 0,
    )  # fmt: skip
    if new != seat:
        work.put(new, "seat_changed", anew=new.asks != seat.asks)


def take_out(work: GroupChange, event: SeatTakenOut) -> None:
    seat = work.seat(event.seat)
    ended = _ended(seat, work.today, TermEnd.SEAT_CLOSED)
    work.put(replace(ended, closed_on=work.today), "seat_taken_out")


def fill(work: GroupChange, event: SeatFilled) -> None:
    """A term of the body whose turn it is; then it is the next one's. Raises Refusal for a term without days, one that
    meets another, a decision to come, and a user representative without consent.
    """
    seat = work.seat(event.seat)
    body = seat.asks
    if body is None:
        raise Refusal(Reason.SEAT_FOLLOWS)
    if len(seat.terms) >= MOST_TERMS:
        raise Refusal(Reason.SEATS_MANY, most=str(MOST_TERMS))
    _check_term(work, seat, event)
    term = SeatTerm(
        len(seat.terms) + 1, body.principal_id, body.principal, (event.decided_by or "").strip() or body.name,
        event.representative, event.first, event.last, work.now, event.substitute, event.decided_on,
        (event.registration_number or "").strip() or None,
    )  # fmt: skip
    turn = (seat.turn + 1) % len(seat.bodies)
    work.put(replace(seat, terms=(*seat.terms, term), turn=turn), "seat_filled")


def _check_term(work: GroupChange, seat: GroupSeat, event: SeatFilled) -> None:
    if event.last is not None and (event.last < event.first or event.last < work.today):
        raise Refusal(Reason.TERM_PAST)
    if event.decided_on is not None and event.decided_on > work.today:
        raise Refusal(Reason.SITTING_AHEAD)
    if any(_meet(one, event) for one in seat.terms):
        raise Refusal(Reason.TERM_MEETS)
    if seat.function is SeatFunction.USER_REPRESENTATIVE:
        for one in (event.representative, event.substitute):
            if one is not None and (one.consent_on is None or one.consent_how is None or one.consent_on > work.today):
                raise Refusal(Reason.CONSENT_MISSING)


def _meet(term: SeatTerm, event: SeatFilled) -> bool:
    """Whether the two have a day in common; a term that ended before it began has none."""
    if term.last is not None and term.last < term.first:
        return False
    return (term.last is None or event.first <= term.last) and (event.last is None or term.first <= event.last)


def put_off(work: GroupChange, event: SeatPutOff) -> None:
    """The body is asked anew from that day. Raises Refusal for a day that is past, and without a reason."""
    seat = work.seat(event.seat)
    if seat.asks is None:
        raise Refusal(Reason.SEAT_FOLLOWS)
    if event.until < work.today:
        raise Refusal(Reason.MEASURE_PAST)
    reason = said(event.reason)
    work.put(seat, "seat_put_off")
    kept = replace(work.seat(event.seat), deferred_until=event.until, deferred_because=reason)
    work.group = replace(
        work.group, seats=tuple(kept if one.number == kept.number else one for one in work.group.seats)
    )


def vacate(work: GroupChange, event: SeatVacated) -> None:
    """Her term is cut; what is left of it is for the same body to fill. Raises Refusal where nobody sits."""
    seat = work.seat(event.seat)
    term = seat.ahead(work.today)
    if term is None:
        raise Refusal(Reason.NOBODY_SITS)
    last = max(event.last, term.first - DAY)
    if term.last is not None and last >= term.last:
        raise Refusal(Reason.TERM_PAST)
    work.put(_cut(seat, term, last, event.why), "seat_vacated")


def _cut(seat: GroupSeat, term: SeatTerm, last: date, why: TermEnd) -> GroupSeat:
    """The seat with this term ending then; whoever appointed it has its turn again."""
    terms = tuple(replace(one, last=last, ended=why) if one.number == term.number else one for one in seat.terms)
    places = [n for n, body in enumerate(seat.bodies) if body.principal_id == term.principal_id]
    return replace(seat, terms=terms, turn=places[0] if places else seat.turn)


def _ended(seat: GroupSeat, today: date, why: TermEnd) -> GroupSeat:
    """The seat with every term over that is not."""
    terms = tuple(
        one
        if one.last is not None and one.last <= today
        else replace(one, last=max(today, one.first - DAY) if one.first <= today else one.first - DAY, ended=why)
        for one in seat.terms
    )
    return replace(seat, terms=terms)


def _consented(work: GroupChange, seat: GroupSeat, *, substitute: bool) -> tuple[SeatTerm, Sitter]:
    """The term ahead, and who sits or stands in by it. Raises Refusal where none does who has consented to be kept."""
    term = seat.ahead(work.today)
    who = None if term is None else (term.substitute if substitute else term.representative)
    if term is None or who is None or who.consent_on is None:
        raise Refusal(Reason.NOBODY_SITS)
    return term, who


def withdraw_consent(work: GroupChange, event: ConsentWithdrawn) -> None:
    """A representative leaves her seat at once, a substitute her place beside it. Raises Refusal where none sits."""
    seat = work.seat(event.seat)
    term, _ = _consented(work, seat, substitute=event.substitute)
    if event.substitute:
        terms = tuple(replace(one, substitute=None) if one.number == term.number else one for one in seat.terms)
        work.put(replace(seat, terms=terms), "seat_consent_withdrawn", anew=False)
        return
    last = min(work.today - DAY, term.last or work.today)
    work.put(_cut(seat, term, max(last, term.first - DAY), TermEnd.CONSENT_WITHDRAWN), "seat_consent_withdrawn")


def show_name(work: GroupChange, event: NameShown) -> None:
    """Raises Refusal where none sits who has consented to be kept here."""
    seat = work.seat(event.seat)
    term, who = _consented(work, seat, substitute=event.substitute)
    if who.shown is event.shown:
        return
    now = replace(who, shown=event.shown)
    kept = replace(term, substitute=now) if event.substitute else replace(term, representative=now)
    terms = tuple(kept if one.number == term.number else one for one in seat.terms)
    work.put(replace(seat, terms=terms), "seat_name_shown" if event.shown else "seat_name_hidden", anew=False)


# -- time


def pass_time(work: GroupChange, _: TimePassed) -> None:
    """What is due, in office time: each seat once, however long nobody looked."""
    due = group_due(work.group)
    if due is None or due > work.now:
        return
    if not office_time().is_office_time(work.now):
        work.group = replace(work.group, not_before=office_time().next_open(work.now))
        return
    ready = [seat for seat in work.group.seats if (at := seat_due(seat)) is not None and at <= work.now]
    asked = [seat for seat in ready if seat.asked < ASKS_MOST]
    lifted = [seat for seat in ready if seat.asked >= ASKS_MOST]
    work.effects += asking(work.group, asked, work.now)
    mails = lifting(work.group, lifted, work.context.answerers, work.now)
    work.effects += mails
    for seat in asked:
        note = "seat_asked" if seat.asked == 0 else "seat_reminded"
        work.put(replace(seat, asked=seat.asked + 1, asked_at=work.now), note, anew=False)
    for seat in lifted:
        work.put(replace(seat, lifted_at=work.now), "seat_lifted" if mails else "seat_lifted_empty", anew=False)


# -- the table

_STANDS: Leads = {S.STANDING: (S.STANDING,)}
_STAYS: Leads = {state: (state,) for state in S}


def _of_seat(event: Any) -> Parts:
    return frozenset({event.seat})


def _row(act: Callable[[Any, Any], None], leads: Leads = _STANDS, **more: Any) -> Row:
    return Row(leads, act, case=False, units=lambda _: (), **more)


def _seat_row(act: Callable[[Any, Any], None]) -> Row:
    return _row(act, rests_on=_of_seat, changes=_of_seat)


TABLE: Mapping[type, Row] = {
    GroupFounded: Row({None: (S.STANDING,)}, case=False, units=lambda _: ()),
    GroupEdited: _row(edit_group),
    GroupClosed: _row(close_group, {S.STANDING: (S.CLOSED,)}),
    ReadersChosen: _row(choose_readers, _STAYS),
    SeatAdded: _row(add_seat),
    SeatChanged: _seat_row(change_seat),
    SeatTakenOut: _seat_row(take_out),
    SeatFilled: _seat_row(fill),
    SeatPutOff: _seat_row(put_off),
    SeatVacated: _row(vacate, _STAYS, rests_on=_of_seat, changes=_of_seat),
    ConsentWithdrawn: _row(withdraw_consent, _STAYS, rests_on=_of_seat, changes=_of_seat),
    NameShown: _row(show_name, _STAYS, rests_on=_of_seat, changes=_of_seat),
    TimePassed: _row(pass_time, _STAYS, changes=lambda _: NOTHING),
}
"""All that can happen to a group."""


def _decide(group: StandingGroup | None, event: Any, row: Row, context: Context) -> Decision:
    if group is None or row.act is None:
        return found_group(event, context)
    work = GroupChange(group, context=context)
    row.act(work, event)
    return work.decision()


STANDING_GROUP = Machine(
    kind="standing_group",
    state=StandingGroup,
    states=GroupState,
    table=TABLE,
    decide=_decide,
    next_due=group_due,
    meeting_id=lambda _: None,
    units=lambda _: (),
)
