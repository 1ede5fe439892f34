"""When the rungs are due: pure arithmetic on office time (rules, section 5 L1-L3).

A rung's *point* is where the next gap begins. The plan is made anew from each point, so only its first rung binds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sip.domain.agreement import RuleSet, Rung
from sip.domain.change import worktime_of
from sip.domain.meeting import Meeting, Party, Pause, Round, RungRecord
from sip.domain.terms import Obligation
from sip.domain.values import replace
from sip.domain.worktime import OFFICE_HOUR, Worktime, at_hour, local_day

DROP_ORDER = (Rung.NO_ACKNOWLEDGEMENT, Rung.REMINDER, Rung.STILL_NONE)
PLACE = {rung: n for n, rung in enumerate(Rung)}
BUNDLED_DAYS = 2  # T4 holds with at least this many working days left


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a plan needs: the calendar, the start S, the deadline D and the figures of the agreement."""

    time: Worktime
    start: datetime
    deadline: datetime
    rules: RuleSet

    def gap(self, rung: Rung) -> int:
        return self.rules.gaps[PLACE[rung]]

    def bound(self, rung: Rung) -> datetime | None:
        """The moment before which this rung is never due (L2)."""
        if rung is Rung.NO_ANSWER:
            return self.time.opening_before(self.start, self.rules.no_answer_bound)
        if rung is Rung.STILL_NONE:
            return self.time.opening_before(self.start, self.rules.still_none_bound)
        return None

    def bundled(self, moment: datetime) -> bool:
        """Whether the morning mail (T4) holds at this moment; never in discharge (T2)."""
        return not self.time.discharge and self.time.days_left(moment, self.start, BUNDLED_DAYS)

    def first(self, point: datetime, rungs: tuple[Rung, ...]) -> tuple[Rung, datetime] | None:
        """The next rung and its due time, None when none fits any more."""
        return _first(self, point, rungs) if rungs else None

    def plan(self, point: datetime, rungs: tuple[Rung, ...]) -> Iterator[tuple[Rung, datetime]]:
        """Every rung to come, had nothing been late."""
        while (found := self.first(point, rungs)) is not None:
            yield found
            rung, point = found
            rungs = rungs[rungs.index(rung) + 1 :]

    def uncompressed(self, point: datetime, rungs: tuple[Rung, ...]) -> list[tuple[Rung, datetime]]:
        spread: list[tuple[Rung, datetime]] = []
        for rung in rungs:
            due = self.time.plus_days(point, self.gap(rung))
            bound = self.bound(rung)
            if bound is not None and bound > due:
                due = bound
            if self.bundled(due):
                due = self.time.opening_from(due)
            spread.append((rung, due))
            point = due
        return spread

    def compressed(self, point: datetime, rungs: tuple[Rung, ...]) -> tuple[Rung, datetime] | None:
        office = self.time.between(point, self.deadline)
        kept, share = self._shares(office, rungs)
        if not kept:
            return None
        due = self.time.plus(point, share)
        opening = self.time.opening_of_day(due)
        if opening is not None and self.bundled(due) and self.time.between(point, opening) >= OFFICE_HOUR:
            due = opening
        return kept[0], due

    def _shares(self, office: timedelta, rungs: tuple[Rung, ...]) -> tuple[tuple[Rung, ...], timedelta]:
        """Which rungs fit, and the first one's share of the office time to the deadline (L3)."""
        gaps = [self.gap(rung) for rung in rungs]
        if office * min(gaps) / sum(gaps) >= OFFICE_HOUR:
            return rungs, office * gaps[0] / sum(gaps)
        for drop in (None, *DROP_ORDER):
            rungs = tuple(rung for rung in rungs if rung is not drop)
            if not rungs:
                break
            if office / len(rungs) >= OFFICE_HOUR:
                return rungs, office / len(rungs)
        return (), timedelta(0)


# Asked for again whenever something else happens to the meeting.
@lru_cache(maxsize=4096)
def _first(ladder: Ladder, point: datetime, rungs: tuple[Rung, ...]) -> tuple[Rung, datetime] | None:
    spread = ladder.uncompressed(point, rungs)
    return spread[0] if spread[-1][1] <= ladder.deadline else ladder.compressed(point, rungs)


def clock_start(meeting: Meeting, party: Party, began: datetime, accepted: datetime) -> datetime:
    """A: the round's beginning, or the acceptance when over an office hour later; in discharge from noon (L1, T2)."""
    time = worktime_of(meeting, party)
    start = began if time.between(began, accepted) <= OFFICE_HOUR else accepted
    return max(noon_after(began), start) if meeting.discharge else start


def noon_after(moment: datetime) -> datetime:
    """12:00 of the day when called by 12:00, else of the next (T2)."""
    noon = at_hour(local_day(moment), 12)
    return noon if moment <= noon else at_hour(local_day(moment) + timedelta(days=1), 12)


def open_pause(this: Round) -> Pause | None:
    """The pause that holds now, if any."""
    for pause in this.pauses:
        if pause.ended_at is None:
            return pause
    return None


def deadline(meeting: Meeting, party: Party) -> datetime:
    """D: the later of the opening 3 wd before S and half the office time from A (or the last pause) to S (L3)."""
    this = party.round
    assert this is not None
    begin = this.clock_start or this.began_at
    for pause in this.pauses:
        begin = max(begin, pause.ended_at or pause.until)
    return _deadline(worktime_of(meeting, party), begin, meeting.start, party.rule_set.deadline_bound)


# Asked for again and again within one decision, of the same few moments.
@lru_cache(maxsize=4096)
def _deadline(time: Worktime, begin: datetime, start: datetime, bound: int) -> datetime:
    return max(time.opening_before(start, bound), halfway(time, begin, start))


def halfway(time: Worktime, begin: datetime, end: datetime) -> datetime:
    """The moment when half the office time between two moments has passed."""
    return time.plus(begin, time.between(begin, end) / 2)


def question_time(meeting: Meeting, party: Party) -> datetime:
    """Q: when the convener is asked about this party while it is uncovered (L6)."""
    this = party.round
    assert this is not None
    if not this.ladder:
        return this.began_at
    bound = worktime_of(meeting, party).opening_before(meeting.start, party.rule_set.question_bound)
    return max(bound, deadline(meeting, party))


def ladder_of(meeting: Meeting, party: Party) -> Ladder:
    return Ladder(worktime_of(meeting, party), meeting.start, deadline(meeting, party), party.rule_set)


def rungs_of(party: Party) -> tuple[Rung, ...]:
    """All for a summoned party, the reminder for an invited one, none for the convener's own (L7)."""
    if party.bound:
        return party.rule_set.rungs
    return () if party.obligation is Obligation.CONVENING else (Rung.REMINDER,)


def rungs_left(party: Party) -> tuple[Rung, ...]:
    """Those after the last one passed, in order."""
    rungs = rungs_of(party)
    assert party.round is not None
    if not party.round.rungs:
        return rungs
    furthest = max(PLACE[record.rung] for record in party.round.rungs)
    return tuple(rung for rung in rungs if PLACE[rung] > furthest)


def planned(meeting: Meeting, party: Party, rules: RuleSet) -> tuple[tuple[Rung, datetime], ...]:
    """When each rung would be due under these rules if the party never answered, from where its clock started, or will
    when its call is accepted at once; nothing for a party that has not been called.
    """
    if party.round is None:
        return ()
    this = party.round
    begins = this.clock_start or clock_start(meeting, party, this.began_at, this.began_at)
    under = replace(party, rule_set=rules, round=replace(this, clock_start=begins))
    return tuple(ladder_of(meeting, under).plan(begins, rungs_of(under)))


def rung_point(time: Worktime, record: RungRecord) -> datetime:
    """f: the due time, or the firing or settling when that was an office hour or more later (L1)."""
    point = record.due
    for late in (record.fired_at, record.settled_at):
        if late is not None and time.between(record.due, late) >= OFFICE_HOUR:
            point = max(point, late)
    return point


def point_of(meeting: Meeting, party: Party) -> datetime:
    """Where the next gap begins: A, the last rung's point, or the end of a pause, whichever is latest."""
    this = party.round
    assert this is not None and this.clock_start is not None
    point = this.clock_start
    if this.rungs:
        point = max(point, rung_point(worktime_of(meeting, party), this.rungs[-1]))
    for pause in this.pauses:
        if pause.ended_at is not None:
            point = max(point, pause.ended_at)
    return point


def next_rung(meeting: Meeting, party: Party) -> tuple[Rung, datetime] | None:
    """The next rung of this party and when it is due; None while a mail of its predecessor is unsettled (L1)."""
    this = party.round
    assert this is not None
    if this.rungs and this.rungs[-1].pending:
        return None
    left = rungs_left(party)
    if not left:
        return None
    found = ladder_of(meeting, party).first(point_of(meeting, party), left)
    if found is None:
        return None
    rung, due = found
    if this.promise_until is not None and rung in (Rung.NO_ANSWER, Rung.STILL_NONE):
        due = max(due, this.promise_until)
    return rung, due
