"""A kept journal played again through the rules: as it was, and under another agreement (rules, section 15).

The law of this file: nothing is decided here. What people and mail servers did is taken from the journal at the moment
it was done; what time does is asked of the rules. A play of what really was must give what the journal says, line by
line, or the meeting is left out: so under the same agreement nothing can differ. Pure.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain import events as e
from sip.domain.agreement import RuleSet
from sip.domain.decision import AnyState, Context, Decision
from sip.domain.leaving import leaves
from sip.domain.machine import RuleError, bounded
from sip.domain.meeting import Meeting
from sip.domain.played import Around, JournalStep, KeptMatter, PlayedMail, PlayedMatter, UnlikeError, settles, told
from sip.domain.replay import Comparison, ReplayTally
from sip.domain.terms import MeetingState, SettledAs
from sip.domain.values import replace

MOST_STEPS = 5_000


# -- as it was


@dataclass(frozen=True, slots=True)
class Really:
    """What really was, played again: which rows each step that was due had to wait for (past the last: it still does),
    and when each mail was wanted. What a row did can be due anew at the same moment, and wait for a later one.
    """

    tally: ReplayTally
    taken: Mapping[tuple[UUID, datetime], Sequence[int]]
    wanted: Mapping[str, datetime]
    engaged: frozenset[str]
    protected: bool
    meeting: Meeting


def really(matter: KeptMatter, around: Around) -> Really | None:
    """The journal as it was; None where the rules, with what else is kept, do not give what it says.

    Each party is bound by what it was called under. The register tells who had joined by dates, which may have been
    noted later than they begin: by them a meeting that was called by law only is another, or one of an outage.
    """
    bound = _as_told(matter, _bound_by(matter.rules, around)) if matter.rules else None
    return bound or _as_told(matter, around)


def _bound_by(rules: Mapping[int, RuleSet], around: Around) -> Around:
    told: list[tuple[Context, Context]] = []

    def bound(now: datetime, state: AnyState | None, event: object) -> Context:
        found = around(now, state, event)
        if not told or found is not told[0][0]:  # one world is told for all that happens at a moment
            told[:] = [(found, replace(found, bound=rules))]
        return told[0][1]

    return bound


def _as_told(matter: KeptMatter, around: Around) -> Really | None:
    engaged: set[str] = set()
    ever: set[str] = set()
    run = PlayedMatter(around, lambda: frozenset(engaged))
    taken: defaultdict[tuple[UUID, datetime], list[int]] = defaultdict(list)
    try:
        for n, step in enumerate(matter.steps):
            _look(step, matter, engaged)
            ever |= engaged
            if step.derived:
                _expect(run.wanted, step)
                continue
            if step.at != run.now or isinstance(step.event, e.TimePassed):  # else nothing has come due since
                for target, due in run.due():
                    if due <= step.at:
                        taken[target, due].append(n)
            made = run.take(step.at, step.target, _own(run, step.event))
            run.forget()
            if made is None or ((made.notes or step.noted) and told(made.notes) != told(step.noted)):
                return None
    except (RuleError, UnlikeError):
        return None
    meeting = run.states.get(matter.meeting_id)
    if any(run.wanted.values()) or not isinstance(meeting, Meeting):
        return None
    for left in run.due():
        taken[left].append(len(matter.steps))
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
        raise UnlikeError


def _own(run: PlayedMatter, event: object) -> object:
    """The event, of the mail that was wanted here. Raises UnlikeError for what became of a mail that was not."""
    if not isinstance(event, e.MailSettled | e.Bounced):
        return event
    one = run.about(event)
    if one is None:
        raise UnlikeError
    return _of_mail(event, one)


def _of_mail(event: e.MailSettled | e.Bounced, one: PlayedMail) -> object:
    """The event by the key of this mail, of which is known now whether it left."""
    if isinstance(event, e.MailSettled):
        one.settled, one.dropped = True, event.result is SettledAs.DROPPED
    return event if event.key == one.mail.key else replace(event, key=one.mail.key)


# -- otherwise


class _Player:
    """Plays the same people under other rules."""

    def __init__(self, matter: KeptMatter, around: Around, was: Really) -> None:
        self._matter, self._was = matter, was
        self.run = PlayedMatter(around, lambda: was.engaged)
        self.unfit = 0
        self._waiting: list[tuple[datetime, PlayedMail]] = []

    def play(self, until: datetime) -> None:
        """All steps, and then time alone until then."""
        for n, step in enumerate(self._matter.steps):
            if step.at != self.run.now:
                self._time_until(step.at, n)
            if step.derived:
                continue
            if isinstance(step.event, e.TimePassed):
                due = self.run.due_of(step.target)
                if due is not None and n in self._was.taken.get((step.target, due), ()):
                    self._take(step.at, step.target, step.event)
            elif (event := self._fitting(step.event)) is not None and self._take(step.at, step.target, event) is None:
                self.unfit += 1
        self._time_until(until, len(self._matter.steps))

    def _take(self, now: datetime, target: UUID, event: object) -> Decision | None:
        run = self.run
        made = run.take(now, target, event)
        for asks in run.drops:
            for _, one in self._waiting:
                one.dropped |= settles(asks, one.mail)
        fresh = run.forget()
        self._post([one for one in fresh if self._was.wanted.get(one.mail.key) != one.at], now)
        return made

    def _post(self, made_up: list[PlayedMail], now: datetime) -> None:
        """What nobody was really mailed is taken by the post as soon as it may leave."""
        for one in made_up:
            one.made_up = True
            at = leaves(one.mail, now)
            if at is not None and at > now:
                self._waiting.append((at, one))
            elif not one.dropped:
                self._taken_by_post(now, one)

    def _taken_by_post(self, now: datetime, one: PlayedMail) -> None:
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

    def _waited(self, target: UUID, due: datetime) -> int:
        """The last row that what was due then really waited for; -1 where nothing was."""
        rows = self._was.taken.get((target, due))
        return rows[-1] if rows else -1

    def _time_until(self, moment: datetime, n: int) -> None:
        """Steps and mails that are due before `moment`, but for steps that really waited for row `n` or a later one."""
        for _ in bounded(MOST_STEPS, "a replay"):
            found: tuple[datetime, UUID | PlayedMail] | None = None
            for target, due in self.run.due():
                if due >= moment or self._waited(target, due) >= n:
                    continue
                if found is None or due < found[0]:
                    found = due, target
            for at, one in self._waiting:
                if at < moment and (found is None or at < found[0]):
                    found = at, one
            if found is None:
                return
            now = found[0] if self.run.now is None else max(found[0], self.run.now)
            if isinstance(found[1], PlayedMail):
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
