"""A kept journal played again through the rules: as it was, and under another agreement (rules, section 15).

The law of this file: nothing is decided here. What people and mail servers did is taken from the journal at the moment
it was done; what time does is asked of the rules. A play of what really was must give what the journal says, line by
line, or the meeting is left out: so under the same agreement nothing can differ. Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sip.domain import events as e
from sip.domain.decide import decide, next_due
from sip.domain.decision import AnyState, Context, Decision, Note
from sip.domain.deviation import DeviationReport
from sip.domain.effects import POLL_ASKS, DropAsks, ForDeviation, Mail
from sip.domain.leaving import leaves
from sip.domain.machine import RuleError, bounded
from sip.domain.meeting import Meeting
from sip.domain.replay import Comparison, ReplayTally, before_which, counts
from sip.domain.terms import MeetingState, SettledAs
from sip.domain.values import replace
from sip.domain.worktime import local_day

MOST_STEPS = 5_000
_TOLD = ("rung", "attendee")
"""What of a note must come out the same; the rest is names, which may have given way, and moments."""


@dataclass(frozen=True, slots=True)
class JournalStep:
    """One row: what happened to the meeting or a report of it. `derived`: the meeting's own decision wanted it of the
    report."""

    at: datetime
    target: UUID
    event: object
    noted: tuple[Note, ...]
    derived: bool = False


@dataclass(frozen=True, slots=True)
class KeptMatter:
    """A meeting with its reports: all rows that were not refused, in the order in which they were written. `people`:
    the addresses of persons asked or named, by party and attendee."""

    meeting_id: UUID
    steps: tuple[JournalStep, ...]
    people: Mapping[tuple[int, int], str] = field(default_factory=dict)


Around = Callable[[datetime, AnyState | None, object], Context]
"""The world as it was then, for this state and event; nobody in it is engaged elsewhere."""


@dataclass(slots=True)
class _Sent:
    """A mail that was wanted at this moment. `made_up`: no kept word tells what became of it."""

    mail: Mail
    at: datetime
    made_up: bool = False
    settled: bool = False
    dropped: bool = False


class _Unlike(Exception):  # noqa: N818 - no fault: the way out of a play that does not give what was
    """What was kept does not give what really was."""


class _Run:
    """The states of one meeting and its reports while they are played."""

    def __init__(self, around: Around, engaged: Callable[[], frozenset[str]]) -> None:
        self._around, self._engaged = around, engaged
        self.states: dict[UUID, AnyState] = {}
        self.sent: dict[str, _Sent] = {}
        self.new: list[_Sent] = []
        self.drops: list[DropAsks] = []
        self.wanted: dict[UUID, list[tuple[str, ...]]] = {}
        self.tally = ReplayTally()
        self.now: datetime | None = None
        self._steps: list[str] = []

    def take(self, now: datetime, target: UUID, event: object) -> Decision | None:
        """What comes of it; None where it is refused."""
        self.now = now
        state = self.states.get(target)
        context = self._around(now, state, event)
        if engaged := self._engaged():
            context = replace(context, engaged=context.engaged | engaged)
        made = decide(state, event, context)
        if not isinstance(made, Decision):
            return None
        self.states[target] = made.state
        if isinstance(made.state, Meeting):
            self._answers(state, made.state)
        self._count(made.notes)
        for effect in made.effects:
            match effect:
                case Mail():
                    self._want(effect, now)
                case DropAsks():
                    self._drop(effect)
                case ForDeviation():
                    of_report = self.take(now, effect.id, effect.event)
                    self.wanted.setdefault(effect.id, []).extend([told(of_report.notes)] if of_report else [])
        return made

    def _answers(self, before: AnyState | None, after: Meeting) -> None:
        there = {party.ordinal: party for party in before.parties} if isinstance(before, Meeting) else {}
        for party in after.parties:
            was = there.get(party.ordinal)
            if party is was or party.round is None or party.round.answer is None or not counts(party):
                continue
            before_it = None if was is None else was.round
            if before_it is None or before_it.answer is None or before_it.number != party.round.number:
                self._steps.append(before_which(party))

    def _count(self, notes: tuple[Note, ...]) -> None:
        for note in notes:
            if note.kind == "rung_fired":
                self._steps.append(f"rung.{note.detail['rung']}")
            elif note.kind == "convener_asked":
                self._steps.append("question")
            elif note.kind == "no_fair_notice":
                self._steps.append("report.no_fair_notice")

    def _want(self, mail: Mail, now: datetime) -> None:
        """The outbox keeps the first of a key."""
        if mail.key not in self.sent:
            self.sent[mail.key] = one = _Sent(mail, now)
            self.new.append(one)

    def _drop(self, asks: DropAsks) -> None:
        """Asks of this very decision never leave; those that still wait are the player's."""
        for one in self.new:
            one.dropped |= _settles(asks, one.mail)
        self.drops.append(asks)

    def forget(self) -> list[_Sent]:
        """Gives the mails that were wanted since, and begins anew."""
        fresh, self.new = self.new, []
        self.drops.clear()
        return fresh

    def about(self, event: e.MailSettled | e.Bounced) -> _Sent | None:
        """The mail that it is about: by its key, or where a name in that has given way, the first such mail of which
        nothing was known."""
        found = self.sent.get(event.key)
        if found is not None:
            return found
        for one in self.sent.values():
            mail = one.mail
            alike = (mail.party, mail.invitation, mail.attendee, mail.round) == (
                event.party, event.invitation, event.attendee, event.round,
            )  # fmt: skip
            if isinstance(event, e.MailSettled):
                alike &= not one.settled and (mail.kind, mail.rung) == (event.kind, event.rung)
            if alike:
                return one
        return None

    def finished(self, meeting_id: UUID, *, month: bool) -> ReplayTally:
        """All of it, counted. Nothing of one meeting is told by unit, manager or month where `month` is False."""
        meeting = self.states.get(meeting_id)
        assert meeting is None or isinstance(meeting, Meeting)
        named = local_day(meeting.start).month if meeting is not None and month else None
        for step in self._steps:
            self.tally.stepped(step, named)
        units = {party.ordinal: party.unit_id for party in meeting.parties} if meeting is not None else {}
        for one in self.sent.values():
            if not one.dropped:
                self.tally.mailed(one.mail, units.get(one.mail.party or 0), named)
        self.tally.ended(meeting, [state for state in self.states.values() if isinstance(state, DeviationReport)])
        return self.tally


def told(notes: tuple[Note, ...]) -> tuple[str, ...]:
    """The notes as they are compared."""
    return tuple(
        f"{note.kind}/{note.party}/{'/'.join(note.detail.get(word, '') for word in _TOLD)}" for note in notes
    )  # fmt: skip


def _settles(asks: DropAsks, mail: Mail) -> bool:
    asked = mail.ask and (mail.party, mail.attendee) == (asks.party, asks.attendee)
    return asked and (mail.kind in POLL_ASKS) is asks.polls


# -- as it was


@dataclass(frozen=True, slots=True)
class Really:
    """What really was, played again: which row each step that was due had to wait for (past the last: it still does),
    and when each mail was wanted."""

    tally: ReplayTally
    taken: Mapping[tuple[UUID, datetime], int]
    wanted: Mapping[str, datetime]
    engaged: frozenset[str]
    protected: bool
    meeting: Meeting


def really(matter: KeptMatter, around: Around) -> Really | None:
    """The journal as it was; None where the rules, with what else is kept, do not give what it says."""
    engaged: set[str] = set()
    ever: set[str] = set()
    run = _Run(around, lambda: frozenset(engaged))
    taken: dict[tuple[UUID, datetime], int] = {}
    try:
        for n, step in enumerate(matter.steps):
            _look(step, matter, engaged)
            ever |= engaged
            if step.derived:
                _expect(run.wanted, step)
                continue
            if step.at != run.now or isinstance(step.event, e.TimePassed):  # else nothing has come due since
                for target, state in run.states.items():
                    if (due := next_due(state)) is not None and due <= step.at:
                        taken[target, due] = n
            made = run.take(step.at, step.target, _own(run, step.event))
            run.forget()
            if made is None or told(made.notes) != told(step.noted):
                return None
    except (RuleError, _Unlike):
        return None
    meeting = run.states.get(matter.meeting_id)
    if any(run.wanted.values()) or not isinstance(meeting, Meeting):
        return None
    for target, state in run.states.items():
        if (due := next_due(state)) is not None:
            taken[target, due] = len(matter.steps)
    wanted = {key: one.at for key, one in run.sent.items()}
    tally = run.finished(matter.meeting_id, month=not meeting.protected)
    return Really(tally, taken, wanted, frozenset(ever), meeting.protected, meeting)


def _look(step: JournalStep, matter: KeptMatter, engaged: set[str]) -> None:
    """Who was passed over for another meeting or a leave, as the row tells, and who was asked after all."""
    for note in step.noted:
        email = matter.people.get((note.party or 0, int(note.detail.get("attendee", 0))))
        if email is None:
            continue
        if note.kind in ("substitute_engaged", "substitute_on_leave"):
            engaged.add(email)
        elif note.kind == "substitute_asked":
            engaged.discard(email)


def _expect(wanted: dict[UUID, list[tuple[str, ...]]], step: JournalStep) -> None:
    waiting = wanted.get(step.target)
    if not waiting or waiting.pop(0) != told(step.noted):
        raise _Unlike


def _own(run: _Run, event: object) -> object:
    """The event, of the mail that was wanted here. Raises _Unlike for what became of a mail that was not."""
    if not isinstance(event, e.MailSettled | e.Bounced):
        return event
    one = run.about(event)
    if one is None:
        raise _Unlike
    return _of_mail(event, one)


def _of_mail(event: e.MailSettled | e.Bounced, one: _Sent) -> object:
    """The event by the key of this mail, of which is known now whether it left."""
    if isinstance(event, e.MailSettled):
        one.settled, one.dropped = True, event.result is SettledAs.DROPPED
    return event if event.key == one.mail.key else replace(event, key=one.mail.key)


# -- otherwise


class _Player:
    """Plays the same people under other rules."""

    def __init__(self, matter: KeptMatter, around: Around, was: Really) -> None:
        self._matter, self._was = matter, was
        self.run = _Run(around, lambda: was.engaged)
        self.unfit = 0
        self._waiting: list[tuple[datetime, _Sent]] = []

    def play(self, until: datetime) -> None:
        """All steps, and then time alone until then."""
        for n, step in enumerate(self._matter.steps):
            if step.at != self.run.now:
                self._time_until(step.at, n)
            if step.derived:
                continue
            if isinstance(step.event, e.TimePassed):
                state = self.run.states.get(step.target)
                due = None if state is None else next_due(state)
                if due is not None and self._was.taken.get((step.target, due)) == n:
                    self._take(step.at, step.target, step.event)
            elif (event := self._fitting(step.event)) is not None and self._take(step.at, step.target, event) is None:
                self.unfit += 1
        self._time_until(until, len(self._matter.steps))

    def _take(self, now: datetime, target: UUID, event: object) -> Decision | None:
        run = self.run
        made = run.take(now, target, event)
        for asks in run.drops:
            for _, one in self._waiting:
                one.dropped |= _settles(asks, one.mail)
        fresh = run.forget()
        self._post([one for one in fresh if self._was.wanted.get(one.mail.key) != one.at], now)
        return made

    def _post(self, made_up: list[_Sent], now: datetime) -> None:
        """What nobody was really mailed is taken by the post as soon as it may leave."""
        for one in made_up:
            one.made_up = True
            at = leaves(one.mail, now)
            if at is not None and at > now:
                self._waiting.append((at, one))
            elif not one.dropped:
                self._taken_by_post(now, one)

    def _taken_by_post(self, now: datetime, one: _Sent) -> None:
        mail = one.mail
        if mail.deviation_id is not None:
            return  # what concerns a report moves no meeting
        event = e.MailSettled(
            mail.key, SettledAs.ACCEPTED, now, mail.kind, mail.party, mail.invitation, mail.attendee, mail.round,
            mail.rung, mail.to.email,
        )  # fmt: skip
        self._take(now, self._matter.meeting_id, event)

    def _fitting(self, event: object) -> object | None:
        """The event, where there is here, too, what it is about."""
        if isinstance(event, e.MailSettled | e.Bounced):
            one = self.run.about(event)
            return None if one is None or one.made_up else _of_mail(event, one)
        if isinstance(event, e.AttendeeAnswered) and not self._is_she(event):
            self.unfit += 1
            return None
        return event

    def _is_she(self, event: e.AttendeeAnswered) -> bool:
        """A person is numbered in the order of asking, which may be another here."""
        email = self._matter.people.get((event.party, event.attendee))
        meeting = self.run.states.get(self._matter.meeting_id)
        if email is None or not isinstance(meeting, Meeting):
            return True
        people = {
            (party.ordinal, one.ordinal): one.email for party in meeting.parties for one in party.attendees if one.email
        }
        return people.get((event.party, event.attendee), email) == email

    def _time_until(self, moment: datetime, n: int) -> None:
        """Steps and mails that are due before `moment`, but for steps that really waited for row `n` or a later one."""
        for _ in bounded(MOST_STEPS, "a replay"):
            found: tuple[datetime, UUID | _Sent] | None = None
            for target, state in self.run.states.items():
                due = next_due(state)
                if due is None or due >= moment or self._was.taken.get((target, due), -1) >= n:
                    continue
                if found is None or due < found[0]:
                    found = due, target
            for at, one in self._waiting:
                if at < moment and (found is None or at < found[0]):
                    found = at, one
            if found is None:
                return
            now = found[0] if self.run.now is None else max(found[0], self.run.now)
            if isinstance(found[1], _Sent):
                self._waiting.remove((found[0], found[1]))
                if not found[1].dropped:
                    self._taken_by_post(now, found[1])
            else:
                self._take(now, found[1], e.TimePassed())


def compare(matter: KeptMatter, around: Around, other: Around, until: datetime) -> Comparison:
    """The meeting as it was in the world `around` it, and as it would have been in the `other`, until then."""
    was = really(matter, around)
    if was is None:
        return Comparison(meetings=1, unlike=1)
    player = _Player(matter, other, was)
    try:
        player.play(until)
    except RuleError:
        return Comparison(meetings=1, unlike=1)
    there = player.run.states.get(matter.meeting_id)
    would = player.run.finished(matter.meeting_id, month=not was.protected)
    rules = {party.ordinal: party.rule_set for party in was.meeting.parties}
    same = isinstance(there, Meeting) and rules == {party.ordinal: party.rule_set for party in there.parties}
    return Comparison(was.tally, would, 1, int(was.protected), int(same), 0, player.unfit)


def is_kept(meeting: Meeting) -> bool:
    """Whether a replay takes it: it has been called."""
    return meeting.state is not MeetingState.DRAFT and meeting.called_at is not None
