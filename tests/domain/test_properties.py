"""What holds whatever happens: a meeting played at random, and the promises of the rules checked after every step."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sip.domain import events as e
from sip.domain import reporting
from sip.domain.agreement import MeetingKind, Rung
from sip.domain.change import worktime_of
from sip.domain.decide import decide, next_due
from sip.domain.decision import Decision
from sip.domain.deviation import DeviationState
from sip.domain.effects import Mail
from sip.domain.meeting import deviation_id
from sip.domain.people import Roster
from sip.domain.standing import standing
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ClaimKind, ContestReason, Mark, MeetingState, Outcome
from sip.domain.worktime import STOCKHOLM
from tests.domain.cast import HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, World, at, called, said

MONDAY = at("2026-11-02 10:00")
KINDS = [k for k in AnswerKind if k is not AnswerKind.REPRESENTED]
PEOPLE = ["anna@al.example", "bo@al.example", None]


class Play(RuleBasedStateMachine):
    """One meeting; answers, moves, failing relays, silence and time, in any order."""

    world: World
    of: type[World] = World

    @initialize(
        days=st.integers(1, 40), hour=st.integers(8, 16),
        kind=st.sampled_from([MeetingKind.ADULT, MeetingKind.DISCHARGE]), called_at=st.integers(0, 24 * 6),
    )  # fmt: skip
    def call(self, days: int, hour: int, kind: MeetingKind, called_at: int) -> None:
        now = MONDAY + timedelta(hours=called_at)
        start = (now + timedelta(days=days)).replace(hour=hour, minute=0)
        self.world = self.of(now)
        text = "%Y-%m-%d %H:%M"
        called(
            now.astimezone(STOCKHOLM).strftime(text), start.astimezone(STOCKHOLM).strftime(text),
            [HOME_CARE, SCHOOL, OUTSIDE], kind=kind, world=self.world,
        )  # fmt: skip

    def _do(self, event: object) -> None:
        """The same event twice: the second time nothing is wanted done."""
        before_mails = len(self.world.mails)
        made = self.world.do(event)
        if isinstance(made, Decision) and not isinstance(event, e.PauseSet):
            again = decide(self.world.meeting, event, self.world.context())
            if isinstance(again, Decision):
                extra = [x for x in again.effects if isinstance(x, Mail) and x.key not in self.world.keys]
                assert not extra, f"{type(event).__name__} twice sent {[x.kind for x in extra]}"
        assert len(self.world.mails) >= before_mails

    @rule(
        party=st.integers(2, 4), kind=st.sampled_from(KINDS), channel=st.sampled_from([Channel.PAGE, Channel.MAIL]),
        person=st.sampled_from(PEOPLE), back=st.integers(0, 90),
    )  # fmt: skip
    def answer(self, party: int, kind: AnswerKind, channel: Channel, person: str | None, back: int) -> None:
        start = self.world.the.start + timedelta(days=1)
        names = (e.NamedPerson(person.split("@")[0], person),) if person and kind is AnswerKind.ATTENDS else ()
        stands = (e.NamedPerson(person.split("@")[0], person),) if person and kind is AnswerKind.REGRETS else ()
        moment = self.world.now - timedelta(minutes=back)
        self._do(
            e.Answered(
                party, kind, said(self.world, channel, moment=moment), names=names, stands_in=stands,
                contest_reason=ContestReason.NOT_CONCERNED, proposed_start=start,
                proposed_end=start + timedelta(hours=1), target_unit_id=SOCIAL.unit_id,
                information_channel=Channel.PHONE,
            )
        )  # fmt: skip

    @rule(party=st.integers(2, 4), who=st.integers(1, 8), yes=st.booleans(), channel=st.sampled_from([Channel.MAIL]))
    def person(self, party: int, who: int, yes: bool, channel: Channel) -> None:
        state = AttendeeState.ACCEPTED if yes else AttendeeState.REFUSED
        self._do(e.AttendeeAnswered(party, who, state, said(self.world, channel)))

    @rule(
        party=st.integers(2, 4), kind=st.sampled_from(list(ClaimKind)), back=st.integers(0, 90),
        answer=st.sampled_from([AnswerKind.ATTENDS, AnswerKind.TENTATIVE, AnswerKind.REGRETS, AnswerKind.PROPOSES]),
        email=st.sampled_from(["nagon@annat.example", "anna@al.example"]), person=st.sampled_from([None, None, 1]),
    )  # fmt: skip
    def claim(self, party: int, kind: ClaimKind, back: int, answer: AnswerKind, email: str, person: int | None) -> None:
        """An answer of which it is not certain whose it is: until somebody decides, nothing is otherwise."""
        own = [i for i in self.world.the.invitations if i.party == party]
        before = self.world.the.parties
        start = self.world.the.start + timedelta(days=1)
        how = said(self.world, Channel.MAIL, moment=self.world.now - timedelta(minutes=back))
        ordinal = own[0].ordinal if own else 1
        there = person if any(a.ordinal == person for a in self.world.the.party(party).attendees) else None
        self._do(e.Claimed(party, ordinal, kind, answer, email, how, None, there, start, start + timedelta(hours=1)))
        assert self.world.the.parties == before

    @rule(claim=st.integers(1, 6), yes=st.booleans(), name=st.sampled_from([None, "Nora Ny"]))
    def decide_claim(self, claim: int, yes: bool, name: str | None) -> None:
        self._do(e.ClaimDecided(claim, e.Verdict.ACCEPT if yes else e.Verdict.DECLINE, "Clara", name))

    @rule(invitation=st.integers(1, 8), what=st.integers(0, 2))
    def noted(self, invitation: int, what: int) -> None:
        """What machines and hasty people send: no standing changes."""
        found = [i for i in self.world.the.invitations if i.ordinal == invitation]
        if not found:
            return
        party = found[0].party
        before = [standing(p) for p in self.world.the.parties]
        self._do(
            e.Refreshed(party, invitation) if what == 0
            else e.AutoReplied(party, invitation, self.world.now.date()) if what == 1
            else e.HumanWrote(party, invitation, "hemtjanst@al.example")
        )  # fmt: skip
        assert [standing(p) for p in self.world.the.parties] == before

    @rule(party=st.integers(2, 5), yes=st.booleans())
    def decide_it(self, party: int, yes: bool) -> None:
        verdict = e.Verdict.ACCEPT if yes else e.Verdict.DECLINE
        self._do(e.Decided(party, verdict, "skäl"))

    @rule(
        unit=st.sampled_from([HOME_CARE, SCHOOL]),
        addresses=st.lists(st.sampled_from(["ny@al.example", "annan@al.example"]), unique=True, max_size=2),
        old=st.booleans(),
    )
    def readdress(self, unit: Roster, addresses: list[str], old: bool) -> None:
        """The directory changes: no unit is written to at a mailbox that is no longer its own."""
        known = (*addresses, *(unit.addresses if old else ()))
        self.world.rosters[unit.unit_id] = replace(unit, addresses=known)
        self._do(e.ContactsChanged())
        the = self.world.the
        if the.state is not MeetingState.CALLED or self.world.now >= the.start:
            return
        for party in (p for p in the.parties if p.active and p.unit_id == unit.unit_id):
            used = {i.email for i in the.invitations if i.party == party.ordinal and i.attendee is None and i.active}
            assert used <= set(known)
            assert len(used) <= 1
        again = self.world.do(e.ContactsChanged())
        assert isinstance(again, Decision) and not again.effects

    @rule(days=st.integers(1, 20))
    def move(self, days: int) -> None:
        the = self.world.the
        shift = timedelta(days=days)
        self._do(e.Moved(the.start + shift, the.end + shift, the.form, the.place))

    @rule(party=st.integers(2, 4), hours=st.integers(1, 60))
    def pause(self, party: int, hours: int) -> None:
        self._do(e.PauseSet(party, "sportlov", self.world.now + timedelta(hours=hours)))

    @rule(event=st.sampled_from([e.Excused(2, "skäl"), e.Released(3), e.GoAhead(), e.Acknowledged]))
    def convener(self, event: object) -> None:
        if event is e.Acknowledged:
            event = e.Acknowledged(2, said(self.world), (self.world.now + timedelta(days=2)).date())
        self._do(event)

    @rule(state=st.sampled_from(["accepts", "slow"]))
    def relay(self, state: str) -> None:
        self.world.relay = state
        if state == "accepts":
            self.world.deliver()

    @rule(which=st.integers(0, 20))
    def bounce(self, which: int) -> None:
        if self.world.mails:
            mail = self.world.mails[which % len(self.world.mails)]
            self._do(e.Bounced(mail.key, self.world.now, mail.party, mail.invitation, mail.attendee, mail.to.email))

    @rule(hours=st.integers(0, 80))
    def outage(self, hours: int) -> None:
        """The receiver was silent so long, and is heard again 75 minutes later."""
        self.world.answers_open_from = self.world.now + timedelta(hours=hours, minutes=75)

    @rule(minutes=st.sampled_from([0, 1, 30, 60, 240, 1440, 4320]))
    def time(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)
        fired = self._fired()
        self.world.tick()
        assert max((self._fired()[k] - fired[k] for k in fired), default=0) <= 1, "a burst"
        due = next_due(self.world.the)
        assert due is None or due > self.world.now
        again = self.world.tick()
        assert not again.effects

    @rule()
    def next_moment(self) -> None:
        due = next_due(self.world.the)
        if due is not None:
            self.world.now = max(self.world.now, due)
            self.time(0)

    @precondition(lambda self: self.world.now >= self.world.the.start)
    @rule(marks=st.lists(st.sampled_from(list(Mark)), min_size=6, max_size=6), outcome=st.sampled_from(list(Outcome)))
    def close(self, marks: list[Mark], outcome: Outcome) -> None:
        pairs = tuple((p.ordinal, marks[p.ordinal % 6]) for p in self.world.the.parties)
        self._do(e.OutcomeRecorded(outcome, pairs, "chair", "rättat"))

    def _fired(self) -> dict[int, int]:
        count = {p.ordinal: 0 for p in self.world.the.parties}
        for _, note in self.world.notes:
            if note.kind == "rung_fired" and note.party in count:
                count[note.party] += 1
        return count

    @invariant()
    def a_report_exists_exactly_when_the_rule_says_so(self) -> None:
        if not hasattr(self, "world"):
            return
        the = self.world.the
        for party in the.parties:
            report = self.world.reports.get(deviation_id(the.id, party.ordinal))
            there = report is not None and report.state is not DeviationState.WITHDRAWN
            assert there == reporting.automatic(the, party) == party.reported

    @invariant()
    def nobody_is_asked_to_stand_in_twice_in_a_round(self) -> None:
        if not hasattr(self, "world"):
            return
        asks = [
            (m.party, m.round, m.to.email) for m in self.world.mails
            if m.kind in ("ask_substitute", "substitute_manager")
        ]  # fmt: skip
        assert len(asks) == len(set(asks))

    @invariant()
    def one_claimant_waits_once(self) -> None:
        if not hasattr(self, "world"):
            return
        waiting = [(c.party, c.kind, c.attendee, c.email, c.sender) for c in self.world.the.claims if c.waits]
        assert len(waiting) == len(set(waiting))

    @invariant()
    def rungs_come_in_order_in_allowed_time_and_never_before_their_bound(self) -> None:
        if not hasattr(self, "world"):
            return
        the = self.world.the
        for party in the.parties:
            if party.round is None or not party.active:
                continue
            order = [list(Rung).index(r.rung) for r in party.round.rungs]
            assert order == sorted(set(order))
            for record in party.round.rungs:
                if record.fired_at is not None:
                    assert worktime_of(the, party).may_leave(record.fired_at, the.start)
                    assert record.fired_at >= record.due

    @invariant()
    def after_a_yes_nothing_asks_the_party(self) -> None:
        if not hasattr(self, "world") or self.world.the.state is not MeetingState.CALLED:
            return
        for party in self.world.the.parties:
            answer = party.round.answer if party.round is not None else None
            if answer is not None and answer.kind is AnswerKind.ATTENDS and any(a.stands for a in party.attendees):
                waiting = [m for m in self.world.pending if m.ask and m.party == party.ordinal]
                assert not waiting, [m.kind for m in waiting]


Play.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
TestPlay = Play.TestCase
