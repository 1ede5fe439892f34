"""What people of the simulated county do when they are asked, by how often and by which mail.

The law of this file: what somebody does follows from the seed and the mail alone, so that every run of a year is the
same. Desk hours are the demo's.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sip.demo.hours import desk_minutes
from sip.domain import events as e
from sip.domain.attendance import must_be_marked
from sip.domain.deviation import Cause, Statement
from sip.domain.effects import Mail, MailKind, Told
from sip.domain.meeting import Party
from sip.domain.standing import covered
from sip.domain.terms import AnswerKind, AttendeeRole, Channel, ContestReason, Mark, Outcome, RegretReason
from sip.edges.simulation.people import Population, Workplace
from sip.store.db import Database
from sip.usecases import answers, attendance, deviations, meetings
from sip.usecases.actor import Actor
from sip.usecases.commands import Command
from sip.usecases.engine.work import Handled
from sip.usecases.reading import meetings as reading

K = MailKind
A = AnswerKind
Deed = Callable[[Database, Command], Awaitable[Handled]]
"""Something that is done, by a command that says when and by whom."""
_HOUR, _DAY = 60, 525
_CALLS = frozenset({K.CALL, K.UPDATE, K.NEW_MAILBOX})
_SAYS = (
    (0.60, A.ATTENDS), (0.08, A.REGRETS), (0.04, A.TENTATIVE), (0.03, A.PROPOSES), (0.02, A.CONTESTS),
    (0.01, A.INFORMS),
)  # fmt: skip
"""How units answer their first call; the rest forget it."""
_AGAIN = {K.REMINDER: 0.45, K.LIFT_WATCHERS: 0.25, K.LIFT_MANAGER: 0.5, K.LIFT_HEAD: 0.5}
"""How many of those who have not answered do when they are asked again so."""


_Ask = tuple[UUID, int, int]
"""A meeting, a party and a round of it."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody will do, and when. `key` tells it from every other."""

    at: datetime
    key: str
    actor: Actor
    do: Deed
    meeting: UUID


def _mark(party: Party, drawn: float) -> Mark:
    """Who said yes comes, as a rule; of the others, some."""
    if party.excused_at is not None:
        return Mark.EXCUSED
    if covered(party):
        instead = any(one.stands and one.role is not AttendeeRole.NAMED for one in party.attendees)
        return Mark.ABSENT if drawn < 0.03 else Mark.SUBSTITUTE_ATTENDED if instead else Mark.ATTENDED
    return Mark.ABSENT if drawn < 0.6 else Mark.ATTENDED


class Habits:
    """Everybody's."""

    def __init__(self, population: Population, seed: int) -> None:
        self._people = population
        self._seed = seed
        self._decided: set[_Ask] = set()

    def chance(self, *of: object) -> Random:
        """The same for the same things, in every run."""
        return Random("/".join(map(str, (self._seed, *of))))  # noqa: S311 - a county that is made up

    def react(
        self, mail: Mail, whose: Callable[[UUID, int], Workplace], caller: Workplace, now: datetime
    ) -> list[Reaction]:
        """What comes of a mail that is read now; `whose`: the unit of a party, `caller`: who called."""
        chance = self.chance(mail.key)
        deed: tuple[float, Actor, Deed] | None = None
        party = None if mail.party is None else whose(mail.facts.meeting, mail.party)
        if mail.deviation_id is not None:
            deed = self._of_report(mail, party, caller, chance)
        elif mail.kind is K.CONVENER_QUESTION:
            deed = self._question(mail, caller, chance)
        elif mail.kind is K.ATTENDANCE_REQUEST:
            deed = self._attendance(mail, caller, chance)
        elif mail.kind is K.CONVENER_TOLD:
            deed = self._told(mail, caller, chance)
        elif party is not None and mail.attendee is not None:
            deed = self._person(mail, party, chance)
        elif party is not None and party.key != caller.key:
            deed = self._unit(mail, party, chance)
        if deed is None:
            return []
        minutes, actor, do = deed
        return [Reaction(desk_minutes(now, minutes), f"simulated/{mail.key}", actor, do, mail.facts.meeting)]

    # -- the called unit

    def _unit(self, mail: Mail, party: Workplace, chance: Random) -> tuple[float, Actor, Deed] | None:
        assert mail.party is not None
        this = (mail.facts.meeting, mail.party, mail.round or 0)
        if this in self._decided and mail.kind is not K.NAME_MISSING:
            return None
        if mail.kind in _CALLS:
            drawn = chance.random()
            for share, kind in _SAYS:
                if drawn < share:
                    return self._says(mail, party, kind, chance.expovariate(1 / (2.0 * _DAY)) + 10, this, chance)
                drawn -= share
            return None
        if mail.kind in _AGAIN and chance.random() < _AGAIN[mail.kind]:
            return self._says(mail, party, A.ATTENDS, 20 + chance.random() * _DAY, this, chance)
        if mail.kind is K.CONFIRM_TENTATIVE and chance.random() < 0.6:
            return self._says(mail, party, A.ATTENDS, 30 + chance.random() * 4 * _HOUR, this, chance)
        return None

    def _says(
        self, mail: Mail, party: Workplace, kind: AnswerKind, minutes: float, this: _Ask, chance: Random
    ) -> tuple[float, Actor, Deed]:
        if kind is not A.TENTATIVE:
            self._decided.add(this)
        ordinal, sequence, invitation = this[1], mail.facts.sequence, mail.invitation
        start = mail.facts.start + timedelta(days=1 + chance.randrange(5))
        while start.weekday() > 4:
            start += timedelta(days=1)

        def do(db: Database, by: Command) -> Awaitable[Handled]:
            answered = e.Answered(
                ordinal, kind, answers.said(Channel.PAGE, sequence, by), invitation,
                names=(e.NamedPerson(party.person),) if kind is A.ATTENDS else (),
                regret_reason=RegretReason.DOUBLE_BOOKED if kind is A.REGRETS else None,
                contest_reason=ContestReason.NOT_CONCERNED if kind is A.CONTESTS else None,
                proposed_start=start if kind is A.PROPOSES else None,
                proposed_end=start + timedelta(hours=1) if kind is A.PROPOSES else None,
                information_channel=Channel.LETTER if kind is A.INFORMS else None,
            )  # fmt: skip
            return answers.answer(db, this[0], answered, by)

        return minutes, party.actor, do

    def _person(self, mail: Mail, party: Workplace, chance: Random) -> tuple[float, Actor, Deed] | None:
        if mail.kind not in (K.ASK_SUBSTITUTE, K.SUBSTITUTE_MANAGER) or chance.random() < 0.25:
            return None
        yes, meeting = chance.random() < 0.6, mail.facts.meeting
        ordinal, attendee, sequence = mail.party or 0, mail.attendee or 0, mail.facts.sequence

        def do(db: Database, by: Command) -> Awaitable[Handled]:
            how = answers.said(Channel.PAGE, sequence, by)
            return answers.answer_as_attendee(db, meeting, ordinal, attendee, yes, how, by)

        return 15 + chance.random() * 3 * _HOUR, party.actor, do

    # -- who calls

    def _question(self, mail: Mail, caller: Workplace, chance: Random) -> tuple[float, Actor, Deed] | None:
        drawn, meeting = chance.random(), mail.facts.meeting
        if drawn < 0.85:
            return 30 + chance.random() * _HOUR, caller.convener, lambda db, by: meetings.go_ahead(db, meeting, by)
        if drawn < 0.92:
            reason = e.CancelReason.PARTY_MISSING
            return _HOUR, caller.convener, lambda db, by: meetings.cancel(db, meeting, reason, by)
        return None

    def _attendance(self, mail: Mail, caller: Workplace, chance: Random) -> tuple[float, Actor, Deed] | None:
        if chance.random() < 0.1:
            return None
        meeting, draws = mail.facts.meeting, [chance.random() for _ in range(20)]

        async def do(db: Database, by: Command) -> Handled:
            found = (await reading.one(db, meeting, actor=by.actor, now=by.now)).state
            marks = {
                party.ordinal: _mark(party, draws[party.ordinal % len(draws)])
                for party in found.parties if must_be_marked(party)
            }  # fmt: skip
            return await attendance.record(db, meeting, Outcome.HELD, marks, by)

        return 15 + chance.random() * _HOUR, caller.convener, do

    def _told(self, mail: Mail, caller: Workplace, chance: Random) -> tuple[float, Actor, Deed] | None:
        what, ordinal, meeting = mail.detail.get("what"), mail.party or 0, mail.facts.meeting
        if what not in (Told.PROPOSAL, Told.CONTEST, Told.INFORMS):
            return None
        accepts = chance.random() < (0.5 if what == Told.CONTEST else 0.35)

        def do(db: Database, by: Command) -> Awaitable[Handled]:
            verdict = e.Verdict.ACCEPT if accepts else e.Verdict.DECLINE
            grounds = None if accepts else "Ni behövs vid mötet."
            return meetings.decide(db, meeting, ordinal, verdict, by, grounds=grounds)

        return 20 + chance.random() * _DAY, caller.convener, do

    # -- after a no-show

    def _of_report(
        self, mail: Mail, party: Workplace | None, caller: Workplace, chance: Random
    ) -> tuple[float, Actor, Deed] | None:
        report = mail.deviation_id
        assert report is not None
        if party is None:
            return None
        if mail.kind is K.DEVIATION_HEARING and chance.random() < 0.6:
            right = chance.random() < 0.9
            statement = Statement.RIGHT if right else Statement.WE_WERE_THERE
            return 2 * _HOUR, party.actor, lambda db, by: deviations.hear(db, report, statement, by)
        if mail.kind in (K.DEVIATION_RAISED, K.DEVIATION_REMINDER) and chance.random() < 0.5:
            cause = chance.choice([Cause.DOUBLE_BOOKED, Cause.MAILBOX_NOT_WATCHED, Cause.UNPLANNED_ABSENCE])
            account = "Kallelsen lästes för sent."
            return 3 * _DAY, party.actor, lambda db, by: deviations.give_cause(db, report, cause, account, by)
        if mail.kind is K.DEVIATION_ANSWERED and chance.random() < 0.5:
            return 2 * _DAY, caller.convener, lambda db, by: deviations.close(db, report, by, reason="Vi är överens.")
        return None
