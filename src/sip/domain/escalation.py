"""What time does to a called meeting: rungs, ends of asks and pauses, the convener's question (rules, section 5).

Everything that can be due is a `Timer` computed from the state; `next_due` is the earliest of them. What a tick finds
due but may not do now (T3: not at this hour; L1: answers could not come in) is put off by `not_before` in the state.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from sip.domain import ladder, substitution
from sip.domain.agreement import Rung
from sip.domain.change import Change, worktime_of
from sip.domain.effects import Link, MailKind, Method, Told
from sip.domain.machine import bounded
from sip.domain.meeting import Meeting, Party, Round, RungRecord
from sip.domain.people import Address, Person, Roster
from sip.domain.standing import climbs, covered, name_missing
from sip.domain.terms import AnswerKind, AttendeeState, PauseKind
from sip.domain.values import replace
from sip.domain.worktime import OFFICE_HOUR, is_working_day, local_day

MOST_TURNS = 500
"""Far above what one moment can hold for a party: its pauses, every person asked for it, and its rungs."""


class Due(IntEnum):
    """What can be due for a party, in the order it is taken when several are."""

    PAUSE_END = 1
    ASK_END = 2
    ASK_NEXT = 3
    TENTATIVE_END = 4
    CONFIRM = 5
    NAME = 6
    RUNG = 7
    LIFT_SUBSTITUTION = 8
    QUESTION = 9


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """What is due and when: whose ask ends, or which rung is next."""

    due: datetime
    what: Due
    attendee: int = 0
    rung: Rung | None = field(default=None, compare=False)


def timers(meeting: Meeting, party: Party) -> Iterator[Timer]:
    """Everything that is to come for this party before the start, without `not_before`."""
    yield from _acts(meeting, party)
    question = question_due(meeting, party)
    if question is not None:
        yield Timer(question, Due.QUESTION)


def _acts(meeting: Meeting, party: Party) -> Iterator[Timer]:
    """All but the convener's question, which is asked for all parties together."""
    this = party.round
    if this is None or not party.active:
        return
    pause = ladder.open_pause(this)
    if pause is not None:
        yield Timer(pause.until, Due.PAUSE_END)
    held = pause is not None and pause.kind is PauseKind.CONVENER
    if party.bound and party.excused_at is None and not held:
        yield from _duty_timers(meeting, party, this)
    if pause is None and climbs(party, this) and (found := ladder.next_rung(meeting, party)) is not None:
        yield Timer(found[1], Due.RUNG, rung=found[0])


def question_due(meeting: Meeting, party: Party) -> datetime | None:
    """Q (L6), None where there is nothing to ask the convener about this party, or not yet: during a pause."""
    this = party.round
    if this is None or not party.bound or covered(party) or ladder.open_pause(this) is not None:
        return None
    if this.convener_asked or this.stands_without:
        return None
    return ladder.question_time(meeting, party)


def _duty_timers(meeting: Meeting, party: Party, this: Round) -> Iterator[Timer]:
    if this.substitution_open:
        yield from _substitution_timers(meeting, party, this)
    answer = this.answer
    if answer is None:
        return
    time = worktime_of(meeting, party)
    if answer.kind is AnswerKind.TENTATIVE:
        left = time.between(answer.since, meeting.start)
        if not this.confirm_asked:
            yield Timer(max(time.opening_before(meeting.start, 3), time.plus(answer.since, left / 4)), Due.CONFIRM)
        yield Timer(max(time.opening_before(meeting.start, 2), time.plus(answer.since, left / 2)), Due.TENTATIVE_END)
    if name_missing(party, this) and not this.name_asked:
        yield Timer(max(time.opening_before(meeting.start, 3), answer.at), Due.NAME)


def _substitution_timers(meeting: Meeting, party: Party, this: Round) -> Iterator[Timer]:
    asked = [a for a in party.attendees if a.round == this.number and a.state is AttendeeState.ASKED]
    for person in asked:
        if person.until is not None:
            yield Timer(person.until, Due.ASK_END, person.ordinal)
    opened = this.substitution_opened_at
    assert opened is not None
    if not asked and not this.substitution_exhausted:
        yield Timer(substitution.first_hour(opened, meeting.start), Due.ASK_NEXT)
    if not this.lifted_to_head and not party.rule_set.law_only:
        question = ladder.question_time(meeting, party)
        if opened <= question:
            yield Timer(question, Due.LIFT_SUBSTITUTION)
        elif this.substitution_exhausted or any(person.until is None for person in asked):
            yield Timer(opened, Due.LIFT_SUBSTITUTION)


def foreseen(meeting: Meeting, party: Party, now: datetime) -> Timer | None:
    """What comes first for this party, as far as it can be known: until the post has taken the invitation no clock runs
    (L1), but what it will bring is plain, should it be taken now. Of one that nothing is sent to no clock ever runs.
    """
    this = party.round
    unsent = this is not None and (this.undeliverable or this.phone_only or party.other_system is not None)
    if this is not None and this.clock_start is None and not unsent:
        begins = ladder.clock_start(meeting, party, this.began_at, now)
        party = replace(party, round=replace(this, clock_start=begins))
    return min(timers(meeting, party), default=None)


def party_due(meeting: Meeting, party: Party) -> datetime | None:
    """When this party next needs a tick, None when nothing is to come."""
    first = min(timers(meeting, party), default=None)
    if first is None:
        return None
    return first.due if party.not_before is None else max(first.due, party.not_before)


def pass_time(change: Change) -> None:
    """Everything due before the start, for each party, and then one question to the convener (L4, L6)."""
    for party in change.meeting.parties:
        _pass_party(change, party.ordinal)
    ask_convener(change)


def _pass_party(change: Change, ordinal: int) -> None:
    for _ in bounded(MOST_TURNS, f"the steps of party {ordinal}"):
        party = change.party(ordinal)
        if party.not_before is not None and party.not_before > change.now:
            return
        acts = [timer for timer in _acts(change.meeting, party) if timer.due <= change.now]
        if not acts and not _asked_about(change, party):
            return
        if not _may_act(change, ordinal) or not acts:
            return
        _act(change, ordinal, min(acts))


def _may_act(change: Change, ordinal: int) -> bool:
    """T3 and L1; what may not be done now is put off in the state."""
    party = change.party(ordinal)
    gate = change.context.answers_open_from
    if gate is not None and gate > change.now:
        change.set_party(ordinal, not_before=gate)
        return False
    time = worktime_of(change.meeting, party)
    if not time.may_leave(change.now, change.meeting.start):
        change.set_party(ordinal, not_before=time.next_leave(change.now, change.meeting.start))
        return False
    if party.not_before is not None:
        change.set_party(ordinal, not_before=None)
    return True


def _act(change: Change, ordinal: int, timer: Timer) -> None:
    assert timer.what is not Due.QUESTION, "it is asked for all parties together"
    match timer.what:
        case Due.PAUSE_END:
            end_pause(change, ordinal, timer.due, run_out=True)
        case Due.ASK_END:
            substitution.end_ask(change, ordinal, timer.attendee)
        case Due.ASK_NEXT:
            substitution.ask_next(change, ordinal)
        case Due.TENTATIVE_END:
            substitution.tentative_is_regret(change, ordinal)
        case Due.CONFIRM:
            _ask_confirmation(change, ordinal)
        case Due.NAME:
            ask_name(change, ordinal)
        case Due.RUNG:
            _pass_rung(change, ordinal, timer)
        case Due.LIFT_SUBSTITUTION:
            substitution.lift_to_head(change, ordinal)


# -- pauses


def end_pause(change: Change, ordinal: int, at: datetime, *, run_out: bool = False) -> None:
    """f becomes the pause's end; late by an office hour or more, the moment it really ended (no burst)."""
    this = change.round(ordinal)
    pause = ladder.open_pause(this)
    if pause is None:
        return
    time = change.worktime(ordinal)
    ended = change.now if time.between(at, change.now) >= OFFICE_HOUR else at
    pauses = tuple(replace(p, ended_at=ended) if p is pause else p for p in this.pauses)
    change.set_round(ordinal, pauses=pauses)
    change.note("pause_ended", ordinal, pause=pause.kind, run_out=str(run_out).lower())


def end_question_pause(change: Change, ordinal: int) -> None:
    """The pause that a standing answer gave ends now; one that the convener set stays (L8)."""
    pause = ladder.open_pause(change.round(ordinal))
    if pause is not None and pause.kind is not PauseKind.CONVENER:
        end_pause(change, ordinal, change.now)


# -- rungs


def _pass_rung(change: Change, ordinal: int, timer: Timer) -> None:
    party = change.party(ordinal)
    this = change.round(ordinal)
    rung, due = timer.rung, timer.due
    assert rung is not None
    left = ladder.rungs_left(party)
    for dropped in left[: left.index(rung)]:
        change.note("rung_dropped", ordinal, rung=dropped)
    if rung in (Rung.REMINDER, Rung.NO_ACKNOWLEDGEMENT) and this.acknowledged_at is not None:
        _record(change, ordinal, RungRecord(rung, due), "rung_skipped")
    elif _closed_weekend(change, party, this):
        _record(change, ordinal, RungRecord(rung, due), "rung_without_mail")
        _tell_weekend(change, ordinal)
    else:
        _fire(change, ordinal, rung, due)


def _record(change: Change, ordinal: int, record: RungRecord, note: str) -> None:
    change.set_round(ordinal, rungs=(*change.round(ordinal).rungs, record))
    change.note(note, ordinal, rung=record.rung, due=record.due.isoformat())


def _fire(change: Change, ordinal: int, rung: Rung, due: datetime) -> None:
    party = change.party(ordinal)
    if rung in (Rung.REMINDER, Rung.NO_ACKNOWLEDGEMENT):
        keys = _ask_mailbox(change, party, rung)
    else:
        keys = _lift(change, party, rung)
    fired = RungRecord(rung, due, change.now, frozenset(keys))
    _record(change, ordinal, fired, "rung_fired")
    if not keys:
        change.note("rung_empty", ordinal, rung=rung)
        change.tell_coordinators(Told.EMPTY_RUNG, ordinal, rung=rung)


def _ask_mailbox(change: Change, party: Party, rung: Rung) -> list[str]:
    """Asking again repeats the current REQUEST, so that the buttons are at hand (rules, section 3)."""
    keys: list[str] = []
    invitation = change.unit_invitation(party.ordinal)
    if invitation is not None:
        mail = change.request(invitation, MailKind.REMINDER, Method.REQUEST, rung=rung, ask=True)
        keys.append(mail.key)
    if rung is Rung.NO_ACKNOWLEDGEMENT and not party.rule_set.law_only:
        watchers = change.roster_or_empty(party).watchers
        keys += _mail_people(change, party, watchers, MailKind.LIFT_WATCHERS, rung, Link.ANSWER)
    return keys


def _lift(change: Change, party: Party, rung: Rung) -> list[str]:
    roster = change.roster_or_empty(party)
    if rung is Rung.NO_ANSWER:
        return _mail_people(change, party, roster.managers, MailKind.LIFT_MANAGER, rung, Link.MANAGER)
    people = _heads(roster)
    return _mail_people(change, party, people, MailKind.LIFT_HEAD, rung, None)


def _heads(roster: Roster) -> tuple[Person, ...]:
    """Head of operations; for a private provider also the region's contract officer (L2)."""
    return (*roster.heads, *roster.contract_officers)


def _mail_people(
    change: Change, party: Party, people: tuple[Person, ...], kind: MailKind, rung: Rung, link: Link | None
) -> list[str]:
    keys: list[str] = []
    for person in people:
        if person.email and person.email not in {key.rpartition("/")[2] for key in keys}:
            to = Address(person.email, person.name, party.language)
            mail = change.notice(kind, to, tail=rung, party=party.ordinal, rung=rung, ask=True, link=link)
            keys.append(mail.key)
    return keys


def _closed_weekend(change: Change, party: Party, this: Round) -> bool:
    """T2: in discharge, a rung on a Saturday, Sunday or holiday to an address without weekend staff."""
    return change.meeting.discharge and not this.weekend_staffed and not is_working_day(local_day(change.now))


def _tell_weekend(change: Change, ordinal: int) -> None:
    party = change.party(ordinal)
    if not change.round(ordinal).phone_told:
        change.set_round(ordinal, phone_told=True)
        change.tell_convener(Told.WEEKEND_PHONE, ordinal, phones=party.phone or "")


def foresee_weekend(change: Change, ordinal: int) -> None:
    """T2: the convener is told to phone at the call, where a rung on a closed day can be foreseen."""
    party = change.party(ordinal)
    this = change.round(ordinal)
    if not change.meeting.discharge or this.weekend_staffed or not this.ladder:
        return
    if any(not is_working_day(local_day(due)) for _, due in ladder.planned(change.meeting, party, party.rule_set)):
        _tell_weekend(change, ordinal)


# -- single asks


def _ask_unit(change: Change, ordinal: int, kind: MailKind) -> None:
    party = change.party(ordinal)
    to = change.unit_address(party)
    if to is not None:
        # Once in each of its mailboxes: one that it has anew is asked anew (R5).
        asked = change.unit_invitation(ordinal)
        tail = "once" if asked is None else f"once/{asked.ordinal}"
        change.notice(kind, to, tail=tail, party=ordinal, ask=True, link=Link.ANSWER)


def _ask_confirmation(change: Change, ordinal: int) -> None:
    change.set_round(ordinal, confirm_asked=True)
    change.note("confirm_asked", ordinal)
    _ask_unit(change, ordinal, MailKind.CONFIRM_TENTATIVE)


def ask_name(change: Change, ordinal: int) -> None:
    """Who comes? Asked once (rules, section 6)."""
    change.set_round(ordinal, name_asked=True)
    change.note("name_asked", ordinal)
    _ask_unit(change, ordinal, MailKind.NAME_MISSING)


# -- the convener's question


def ask_convener(change: Change) -> None:
    """Go ahead, move or cancel? About every uncovered party whose Q has come, in one mail (L6).

    After a person's act it is asked at any hour; what the engine finds due and may not do now (T3, L1) it has put off.
    """
    asked: list[Party] = []
    for party in change.meeting.parties:
        held = party.not_before is not None and party.not_before > change.now
        if not held and _asked_about(change, party):
            change.set_round(party.ordinal, convener_asked=True)
            change.note("convener_asked", party.ordinal)
            asked.append(change.party(party.ordinal))
    if not asked:
        return
    convener = change.meeting.convener
    to = Address(convener.email, convener.person, convener.language)
    units = "\n".join(party.unit_name for party in asked)
    change.notice(
        MailKind.CONVENER_QUESTION,
        to,
        tail=change.next_tail("question"),
        ask=True,
        link=Link.CONVENER,
        detail={"units": units},
    )


def _asked_about(change: Change, party: Party) -> bool:
    question = question_due(change.meeting, party)
    return question is not None and question <= change.now


def settle_cover(change: Change) -> None:
    """A party that is covered again may be asked about again, should it become uncovered (L6)."""
    for party in change.meeting.parties:
        this = party.round
        if this is not None and (this.convener_asked or this.stands_without) and covered(party):
            change.set_round(party.ordinal, convener_asked=False, stands_without=False)
