"""The life of a group's sitting: called with the year's dates, answered seat by seat, moved, cancelled (rules, section
18 U7).

`TABLE` alone says in which state what is possible. The law of this file: who sits on the day has an invitation in
force, and her substitute one while she has said that she does not come herself; nobody else has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sip.domain.change import Refusal
from sip.domain.conflict import NOTHING, Parts
from sip.domain.decision import Context, Decision, Note, Reason
from sip.domain.effects import NoticeKind
from sip.domain.events import TimePassed
from sip.domain.inviting import entry, reminder
from sip.domain.machine import Leads, Machine, Row
from sip.domain.presence import attended
from sip.domain.sitting import (
    GroupSitting,
    SeatAnswer,
    SeatAnswered,
    SeatInvitation,
    SeatPresence,
    SeatsAttended,
    SittingCalled,
    SittingCancelled,
    SittingMoved,
    SittingPlace,
    SittingRole,
    SittingSeat,
    SittingSeatsChanged,
    SittingState,
    entry_id,
)
from sip.domain.values import replace
from sip.domain.working_copy import WorkingCopy
from sip.domain.worktime import office_time

S = SittingState
REMIND = 10
"""Working days before the sitting at whose opening whoever has not answered is reminded, once."""


@dataclass
class SittingChange(WorkingCopy):
    """The working copy of one decision on a sitting."""

    sitting: GroupSitting

    def decision(self) -> Decision:
        return self.decided(self.sitting)

    def note(self, kind: str, seat: int | None = None) -> None:
        self.notes.append(Note(kind, None, {} if seat is None else {"seat": str(seat)}))

    def update(self, **fields: Any) -> None:
        self.sitting = replace(self.sitting, **fields)

    def put(self, one: SeatInvitation) -> None:
        """This invitation as it is now."""
        others = [other for other in self.sitting.invitations if other.id != one.id]
        self.update(invitations=tuple(sorted((*others, one), key=lambda at: (at.seat, at.asked_at, at.id))))

    def mail(self, one: SeatInvitation, kind: NoticeKind) -> None:
        """Her calendar learns of it; where she has no address, somebody has to tell her."""
        to = self.context.sitters.get(one.sitter)
        if to is None:
            self.note("sitting_no_address", one.seat)
        else:
            self.effects.append(entry(self.sitting, one, kind, to, self.now))

    def ask(self, seat: SittingSeat, role: SittingRole) -> None:
        """Whoever this is for the seat has an invitation in force; who had it before, and is another, has none."""
        who = seat.representative if role is SittingRole.REPRESENTATIVE else seat.substitute
        there = self.sitting.invitation(seat.number, role)
        if there is not None and there.sitter == who:
            return
        if there is not None:
            self.take_back(there)
        if who is None:
            return
        new = entry_id(self.sitting.id, seat.number, who)
        had = next((one for one in self.sitting.invitations if one.id == new), None)
        sequence = 0 if had is None else had.sequence + 1
        self.put(SeatInvitation(new, seat.number, who, role, sequence, True, self.now))
        self.note("sitting_asked" if role is SittingRole.REPRESENTATIVE else "sitting_substitute_asked", seat.number)
        made = self.sitting.invitation(seat.number, role)
        assert made is not None
        self.mail(made, NoticeKind.SITTING_CALLED)

    def take_back(self, one: SeatInvitation) -> None:
        gone = replace(one, active=False, sequence=one.sequence + 1)
        self.put(gone)
        cancelled = self.sitting.state is S.CANCELLED
        self.mail(gone, NoticeKind.SITTING_CANCELLED if cancelled else NoticeKind.SITTING_STOOD_DOWN)


# -- called, moved, cancelled


def call_sitting(event: SittingCalled, context: Context) -> Decision:
    """Raises Refusal for a time that is not ahead, and for no place at all."""
    made = GroupSitting(
        event.id, event.group_id, event.group_name, S.CALLED, event.start, event.end, event.place, context.now
    )  # fmt: skip
    work = SittingChange(made, context=context)
    work.update(place=_checked(event.start, event.end, event.place, context.now))
    work.note("sitting_called")
    follow(work, event.seats)
    return work.decision()


def _checked(start: datetime, end: datetime, place: SittingPlace, now: datetime) -> SittingPlace:
    if start <= now:
        raise Refusal(Reason.TIME_PAST)
    if end <= start:
        raise Refusal(Reason.END_BEFORE_START)
    kept = SittingPlace(place.text.strip(), (place.video_url or "").strip() or None)
    if not kept.text and kept.video_url is None:
        raise Refusal(Reason.SITTING_PLACE)
    return kept


def follow(work: SittingChange, seats: tuple[SittingSeat, ...]) -> None:
    """The seats as they are now: who has left is let go, who has come is asked."""
    kept = {one.number for one in seats}
    work.update(seats=seats)
    for one in work.sitting.invitations:
        if one.active and one.seat not in kept:
            work.take_back(one)
    for seat in seats:
        work.ask(seat, SittingRole.REPRESENTATIVE)
        _settle_substitute(work, seat)


def _settle_substitute(work: SittingChange, seat: SittingSeat) -> None:
    """The seat's own substitute is asked while its representative has said so, and let go otherwise."""
    first = work.sitting.invitation(seat.number, SittingRole.REPRESENTATIVE)
    if first is not None and first.answer is SeatAnswer.SUBSTITUTE:
        work.ask(seat, SittingRole.SUBSTITUTE)
        return
    other = work.sitting.invitation(seat.number, SittingRole.SUBSTITUTE)
    if other is not None:
        work.take_back(other)


def move(work: SittingChange, event: SittingMoved) -> None:
    """Another time is another question: all answers are void, and substitutes are let go. Another place is told, and
    the answers stand.
    """
    _still_ahead(work)
    place = _checked(event.start, event.end, event.place, work.now)
    before = work.sitting
    timed = (event.start, event.end) != (before.start, before.end)
    if not timed and place == before.place:
        return
    work.update(start=event.start, end=event.end, place=place, not_before=None)
    if timed:
        work.update(reminded_at=None, called_at=work.now)
    work.note("sitting_moved" if timed else "sitting_place_changed")
    standing = [one for one in before.invitations if one.active]
    for one in standing:
        if timed and one.role is SittingRole.SUBSTITUTE:
            work.take_back(one)
            continue
        anew: dict[str, Any] = {"answer": None, "answered_at": None, "asked_at": work.now} if timed else {}
        work.put(replace(one, sequence=one.sequence + 1, **anew))
    moved = {one.id for one in standing}
    follow(work, event.seats)
    for one in work.sitting.invitations:
        if one.active and one.id in moved:
            work.mail(one, NoticeKind.SITTING_MOVED)


def cancel(work: SittingChange, event: SittingCancelled) -> None:
    """Every calendar that has it is told. Raises Refusal without a reason, and after the start."""
    _still_ahead(work)
    reason = event.reason.strip()
    if not reason:
        raise Refusal(Reason.REASON_MISSING)
    work.update(state=S.CANCELLED, cancelled_at=work.now, cancelled_because=reason)
    work.note("sitting_cancelled")
    for one in work.sitting.invitations:
        if one.active:
            work.take_back(one)


def _still_ahead(work: SittingChange) -> None:
    if work.now >= work.sitting.start:
        raise Refusal(Reason.ALREADY_STARTED)


def follow_seats(work: SittingChange, event: SittingSeatsChanged) -> None:
    """What has begun stays as it was called."""
    if work.now < work.sitting.start and event.seats != work.sitting.seats:
        follow(work, event.seats)


# -- answers


def answer(work: SittingChange, event: SeatAnswered) -> None:
    """The last word that was said holds. Raises Refusal where nobody is asked, where a substitute is to come and the
    seat has none, and after the start.
    """
    _still_ahead(work)
    seat, one = work.sitting.seat(event.seat), work.sitting.invitation(event.seat, event.role)
    if seat is None or one is None:
        raise Refusal(Reason.NOT_FOUND, what="seat")
    said = event.answer
    if said is SeatAnswer.SUBSTITUTE and (event.role is SittingRole.SUBSTITUTE or seat.substitute is None):
        raise Refusal(Reason.NO_SUBSTITUTE)
    at = min(event.said_at or work.now, work.now)
    if one.answered_at is not None and at < one.answered_at:
        work.note("stale", event.seat)
        return
    if said is one.answer:
        return
    work.put(replace(one, answer=said, answered_at=at))
    work.note(f"sitting_answered_{said}", event.seat)
    _settle_substitute(work, seat)


def attend(work: SittingChange, event: SeatsAttended) -> None:
    """Who came; may be corrected. No deviation comes of it."""
    seats = attended(work.sitting, event, work.now)
    if seats == work.sitting.seats:
        return
    work.update(seats=seats)
    came = [one.came for one in seats if one.came is not None]
    there = len(came) - came.count(SeatPresence.NOBODY)
    work.notes.append(Note("sitting_attended", None, {"came": str(there), "of": str(len(came))}))


def declined(sitting: GroupSitting, seat: int, role: SittingRole) -> SeatAnswer:
    """What a no in a calendar means: the seat's own substitute is to come, where it has one."""
    there = sitting.seat(seat)
    return (
        SeatAnswer.SUBSTITUTE
        if role is SittingRole.REPRESENTATIVE and there is not None and there.substitute is not None
        else SeatAnswer.NO
    )


# -- time


def sitting_due(sitting: GroupSitting) -> datetime | None:
    """When those who have not answered are reminded; None once they have been, and where it was called later."""
    if sitting.state is not S.CALLED or sitting.reminded_at is not None:
        return None
    due = office_time().opening_before(sitting.start, REMIND)
    if due <= sitting.called_at:
        return None
    return due if sitting.not_before is None else max(due, sitting.not_before)


def pass_time(work: SittingChange, _: TimePassed) -> None:
    """Reminded in office time, and never after the start."""
    due = sitting_due(work.sitting)
    if due is None or due > work.now:
        return
    if work.now < work.sitting.start and not office_time().is_office_time(work.now):
        work.update(not_before=office_time().next_open(work.now))
        return
    work.update(reminded_at=work.now)
    if work.now >= work.sitting.start:
        return
    waiting = [one for one in work.sitting.invitations if one.active and not one.is_answered]
    for one in waiting:
        to = work.context.sitters.get(one.sitter)
        if to is not None:
            work.effects.append(reminder(work.sitting, one, to, work.now))
    if waiting:
        work.note("sitting_reminded")


# -- the table

_CALLED: Leads = {S.CALLED: (S.CALLED,)}
_STAYS: Leads = {state: (state,) for state in S}


def _nothing(_: object) -> Parts:
    return NOTHING


def _of_seat(event: Any) -> Parts:
    return frozenset({event.seat})


def _of_marks(event: Any) -> Parts:
    return frozenset(one.seat for one in event.marks)


def _row(act: Callable[[Any, Any], None], leads: Leads = _CALLED, **more: Any) -> Row:
    return Row(leads, act, case=False, units=lambda _: (), **more)


TABLE: Mapping[type, Row] = {
    SittingCalled: Row({None: (S.CALLED,)}, case=False, units=lambda _: ()),
    SittingMoved: _row(move),
    SittingCancelled: _row(cancel, {S.CALLED: (S.CANCELLED,)}),
    SittingSeatsChanged: _row(follow_seats, rests_on=_nothing, changes=_nothing),
    SeatAnswered: _row(answer, rests_on=_nothing, changes=_of_seat),
    SeatsAttended: _row(attend, rests_on=_of_marks, changes=_of_marks),
    TimePassed: _row(pass_time, _STAYS, changes=_nothing),
}
"""All that can happen to a sitting."""


def _decide(sitting: GroupSitting | None, event: Any, row: Row, context: Context) -> Decision:
    if sitting is None or row.act is None:
        return call_sitting(event, context)
    work = SittingChange(sitting, context=context)
    row.act(work, event)
    return work.decision()


GROUP_SITTING = Machine(
    kind="group_sitting",
    state=GroupSitting,
    states=SittingState,
    table=TABLE,
    decide=_decide,
    next_due=sitting_due,
    meeting_id=lambda _: None,
    units=lambda _: (),
)
