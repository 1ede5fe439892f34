"""The meeting's end and who came (rules, section 8 A1-A2). Not recorded is not absent."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from sip.domain import next_date, survey
from sip.domain.agreement import MeetingKind
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailKind
from sip.domain.events import MeetingDrafted, OutcomeRecorded, PartyDraft
from sip.domain.meeting import Meeting, Party
from sip.domain.people import Address
from sip.domain.terms import AnswerKind, AttendeeRole, Mark, MeetingState, NextDate, Obligation, Outcome, Purpose
from sip.domain.worktime import STOCKHOLM, office_time

STEPS = (0, 1, 2, 5, 10)
"""Working days after the end: chair asked, chair again, convener, coordinator, then unrecorded (A1)."""
UNRECORDED = len(STEPS)


def meeting_due(meeting: Meeting) -> datetime | None:
    """When the meeting itself next needs a tick: its start, its end, the next request for attendance, its next date."""
    if meeting.state is MeetingState.CALLED:
        due: datetime | None = meeting.end if meeting.started else meeting.start
    elif meeting.state is MeetingState.ENDED and meeting.attendance_step < UNRECORDED:
        due = step_due(meeting, meeting.attendance_step)
        if meeting.not_before is not None:
            due = max(due, meeting.not_before)
    else:
        due = next_date.due(meeting)
    return due


def step_due(meeting: Meeting, step: int) -> datetime:
    """Counted from the end in general office time."""
    return meeting.end if step == 0 else office_time().plus_days(meeting.end, STEPS[step])


def begin(change: Change) -> None:
    """S has come: nothing before the start is asked any more."""
    change.update(started=True)
    change.drop_asks(None)
    for party in change.meeting.parties:
        change.drop_asks(party.ordinal)
        for person in party.attendees:
            change.drop_asks(party.ordinal, person.ordinal)
    change.note("started")


def end(change: Change) -> None:
    """The meeting's time is over; attendance is asked for from now on."""
    change.update(state=MeetingState.ENDED, started=True, not_before=None)
    change.note("ended")


def ask(change: Change) -> None:
    """One step of asking for attendance; several steps late are passed with one mail, to the last of them."""
    meeting = change.meeting
    step = meeting.attendance_step
    while step + 1 < UNRECORDED and step_due(meeting, step + 1) <= change.now:
        step += 1
    if step == UNRECORDED - 1:
        change.update(attendance_step=UNRECORDED, unrecorded=True)
        change.drop_asks(None)
        change.note("unrecorded")
        return
    time = office_time()
    if not time.may_leave(change.now, meeting.start):
        change.update(not_before=time.next_leave(change.now, meeting.start))
        return
    change.update(attendance_step=step + 1, attendance_asked_at=change.now, not_before=None)
    change.note("attendance_asked", step=str(step + 1))
    for to in _asked(change, step):
        change.notice(
            MailKind.ATTENDANCE_REQUEST,
            to,
            tail=str(step + 1),
            ask=True,
            link=Link.CHAIR,
            detail={"step": str(step + 1)},
        )


def _asked(change: Change, step: int) -> list[Address]:
    """The chair twice, then the convener, then the coordinators of the convener's principal."""
    meeting = change.meeting
    convener = Address(meeting.convener.email, meeting.convener.person, meeting.convener.language)
    if step <= 1 and meeting.chair_email:
        return [Address(meeting.chair_email, meeting.chair_name or meeting.convener.unit_name)]
    if step <= 2:
        return [convener]
    roster = change.context.rosters.get(meeting.convener.unit_id)
    people = roster.coordinators if roster is not None else ()
    return [Address(p.email, p.name) for p in people if p.email]


def outcomes(meeting: Meeting) -> tuple[Outcome, ...]:
    """How it can have gone: a person who was not to come has not stayed away from a pre-meeting."""
    if meeting.kind is MeetingKind.PRE_MEETING:
        return tuple(one for one in Outcome if one is not Outcome.SUBJECT_ABSENT)
    return tuple(Outcome)


def record(change: Change, event: OutcomeRecorded) -> None:
    """The outcome and a mark for every summoned party close the meeting; unknown keeps it open (A2).

    Raises Refusal before the start, without a mark for each of them, for a correction without a reason, and for a
    person who did not come to a pre-meeting.
    """
    meeting = change.meeting
    if event.outcome not in outcomes(meeting):
        raise Refusal(Reason.PERSON_NOT_CALLED)
    if meeting.state is MeetingState.CALLED:
        if change.now < meeting.start:
            raise Refusal(Reason.NOT_ENDED)
        if not meeting.started:
            begin(change)
        end(change)
    if meeting.state is MeetingState.CLOSED and not (event.reason or "").strip():
        raise Refusal(Reason.REASON_MISSING)
    marks = dict(event.marks)
    for ordinal in marks:
        change.party(ordinal)
    for party in change.meeting.parties:
        if party.ordinal in marks and party.mark is not marks[party.ordinal]:
            change.set_party(party.ordinal, mark=marks[party.ordinal])
    missing = [p.unit_name for p in change.meeting.parties if must_be_marked(p) and p.mark is None]
    if missing:
        raise Refusal(Reason.MARKS_MISSING, units=", ".join(missing))
    day = event.next_meeting_on or meeting.next_meeting_on
    complete = all(p.mark is not Mark.UNKNOWN for p in change.meeting.parties if must_be_marked(p))
    change.update(
        outcome=event.outcome,
        responsible_principal_id=event.responsible_principal_id or meeting.responsible_principal_id,
        next_meeting_on=day,
        next_date=meeting.next_date if day == meeting.next_meeting_on else NextDate.AWAITED,
        own_record_copy=event.own_record_copy,
        state=MeetingState.CLOSED if complete else MeetingState.ENDED,
        closed_at=(meeting.closed_at or change.now) if complete else None,
        unrecorded=meeting.unrecorded and not complete,
    )
    if complete:
        change.drop_asks(None)
    survey.follow(change)
    change.note("recorded", outcome=event.outcome, complete=str(complete).lower(), reason=event.reason or "")


def must_be_marked(party: Party) -> bool:
    """Every summoned party that is still of the meeting and was not released."""
    return party.bound


def expected_mark(party: Party) -> Mark | None:
    """What "all came as expected" says of a party; None where nobody of it was expected (A1)."""
    if party.excused_at is not None:
        return Mark.EXCUSED
    if party.obligation is Obligation.CONVENING:
        return Mark.ATTENDED
    standing = [person.role for person in party.attendees if person.stands]
    if standing:
        return Mark.ATTENDED if AttendeeRole.NAMED in standing else Mark.SUBSTITUTE_ATTENDED
    answer = party.round.answer if party.round is not None else None
    return Mark.ATTENDED if answer is not None and answer.kind is AnswerKind.ATTENDS else None


def follow_up_id(meeting_id: UUID) -> UUID:
    """The one meeting that a next date makes (A1)."""
    return uuid5(meeting_id, "follow-up")


def follow_up(meeting: Meeting, day: date, user_id: UUID | None = None) -> MeetingDrafted:
    """The draft that follows on this day: at the same time of day, with the parties that are of the meeting (A1);
    `user_id`: who records it, if that is a user.
    """
    begins = datetime.combine(day, meeting.start.astimezone(STOCKHOLM).time(), STOCKHOLM).astimezone(UTC)
    called = (p for p in meeting.parties if p.active and p.obligation is not Obligation.CONVENING)
    parties = (
        PartyDraft(p.unit_id, Obligation.INVITED if p.released else p.obligation, p.basis, p.other_system)
        for p in called
    )
    return MeetingDrafted(
        follow_up_id(meeting.id), meeting.reference, meeting.case_id, meeting.kind, Purpose.FOLLOW_UP, "", (),
        meeting.form, meeting.place, begins, begins + (meeting.end - meeting.start), meeting.convener, tuple(parties),
        meeting.chair_name, meeting.chair_email, meeting.id, user_id,
    )  # fmt: skip
