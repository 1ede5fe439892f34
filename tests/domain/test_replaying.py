"""A kept journal played again: the same rules give what really was, whatever happened."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings

from sip.domain import events as e
from sip.domain.agreement import Agreement, Joining, MeetingKind, Rung, rule_set_for
from sip.domain.decision import AnyState, Context, Decision, Refused
from sip.domain.deviation import DeviationState, HearingAnswered, Statement
from sip.domain.played import JournalStep, KeptMatter
from sip.domain.replay import BEFORE, MAILS, Comparison, joined_then, tried
from sip.domain.replaying import compare
from sip.domain.terms import AnswerKind, Channel, Mark, Outcome, SettledAs
from sip.domain.worktime import local_day
from tests.domain import test_properties
from tests.domain.cast import AGREEMENT, AL, CASE, HOME_CARE, REGION, World, at, called, draft, ident, said
from tests.domain.plays.every import EVERY


@dataclass
class Kept(World):
    """A world that keeps a journal, as the service does, and what the world was like at each moment."""

    steps: list[JournalStep] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    deciding: bool = False
    left: dict[str, SettledAs] = field(default_factory=dict)

    def look(self) -> None:
        """Remembers the world; one that is another in the same moment is so a second later."""
        there = replace(self.context(), rosters=dict(self.rosters))
        last = self.contexts[-1] if self.contexts else there
        if last.now >= there.now and replace(last, now=there.now) != there:
            self.now = last.now + timedelta(seconds=1)
            there = replace(there, now=self.now)
        if last != there or not self.contexts:
            self.contexts.append(there)

    def do(self, event: object) -> Decision | Refused:
        n, before = len(self.steps), self.meeting
        self.look()
        nested, self.deciding = self.deciding, True
        made = super().do(event)
        self.deciding = nested
        if isinstance(made, Refused):
            del self.steps[n:]
            return made
        if isinstance(event, e.MailSettled):
            self.left[event.key] = event.result
        changed = made.state != before or bool(made.effects)
        if changed or not isinstance(event, e.TimePassed):
            self.steps.insert(n, JournalStep(self.now, ident("meeting"), event, made.notes))
        return made

    def report(self, identity: UUID, event: object) -> Decision | Refused:
        known, derived = self.reports.get(identity), self.deciding
        self.look()
        made = super().report(identity, event)
        if isinstance(made, Decision):
            changed = made.state != known or bool(made.effects)
            if changed or not isinstance(event, e.TimePassed):
                self.steps.append(JournalStep(self.now, identity, event, made.notes, derived))
        return made

    def deliver(self, result: SettledAs = SettledAs.ACCEPTED) -> None:
        """What concerns a report moves no meeting."""
        self.pending = [mail for mail in self.pending if mail.deviation_id is None]
        super().deliver(result)

    def tell_of_dropped(self) -> None:
        """What an answer has settled never left; the meeting hears of that, too."""
        self.relay = "slow"
        waiting = {mail.key for mail in self.pending}
        for mail in list(self.mails):
            if mail.deviation_id is None and mail.key not in waiting and mail.key not in self.left:
                self.settle(mail, SettledAs.DROPPED)

    def around(self, trial: Agreement | None = None) -> "Around":
        return Around(self.contexts, trial)

    def compared(self, trial: Agreement | None = None, until: datetime | None = None) -> Comparison:
        people = {(p.ordinal, a.ordinal): a.email for p in self.the.parties for a in p.attendees if a.email}
        matter = KeptMatter(ident("meeting"), tuple(self.steps), people)
        return compare(matter, self.around(), self.around(trial), until or self.now)


@dataclass
class Around:
    """The world as it was, and the agreement that is tried."""

    contexts: list[Context]
    trial: Agreement | None

    def __call__(self, now: datetime, state: AnyState | None, event: object) -> Context:
        found = [one for one in self.contexts if one.now <= now][-1]
        agreements = tried(found.agreements, self.trial, local_day(now)) if self.trial else found.agreements
        return replace(found, now=now, agreements=agreements)


def is_the_same(kept: Kept) -> None:
    """Every figure, and each as it was counted without the replay's code."""
    kept.tell_of_dropped()
    of_all = {one.agreements for one in kept.contexts}
    trial = kept.agreements[0] if len(of_all) == 1 and len(kept.agreements) == 1 else None
    found = kept.compared(trial)
    assert (found.meetings, found.unlike, found.unfit) == (1, 0, 0)
    assert found.same == 1
    assert found.otherwise == found.really
    notes = [note for _, note in kept.notes]
    for rung in Rung:
        fired = sum(note.kind == "rung_fired" and note.detail["rung"] == rung for note in notes)
        assert found.really.counts[f"rung.{rung}"] == fired
    assert found.really.counts["question"] == sum(note.kind == "convener_asked" for note in notes)
    lost = {key for key, result in kept.left.items() if result is SettledAs.DROPPED}
    left = [mail for mail in kept.mails if mail.key not in lost]
    assert sum(found.really.counts[name] for name in MAILS) == len(left)
    raised = [one for one in kept.reports.values() if one.automatic and one.state is not DeviationState.WITHDRAWN]
    assert found.really.counts["report.automatic"] == len(raised)
    answered = sum(found.really.counts[name] for name in BEFORE)
    assert answered >= found.really.counts["parties"]


class KeptPlay(test_properties.Play):
    """The meeting played at random, with its journal kept."""

    of = Kept

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert isinstance(self.world, Kept)
            is_the_same(self.world)


KeptPlay.TestCase.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestKeptPlay = KeptPlay.TestCase


def test_what_an_answer_makes_due_anew_at_the_same_moment_does_not_hide_the_step_before_it() -> None:
    play = KeptPlay()
    play.call(days=1, hour=8, kind=MeetingKind.ADULT, called_at=0)
    play.next_moment()
    play.answer(back=0, channel=Channel.PAGE, kind=AnswerKind.ATTENDS, party=2, person=None)
    play.teardown()


MADE_UP = {
    "a_mail_to_the_convener_comes_back_after_another_unit_took_over", "a_result_that_comes_late_or_names_nothing",
}  # fmt: skip
"""Plays of results that name no mail: the service tells a meeting only of its own."""


@pytest.fixture
def kept_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in {made.__globals__["__name__"] for made in EVERY.values()}:
        monkeypatch.setattr(f"{module}.World", Kept, raising=False)
    monkeypatch.setattr("tests.domain.cast.World", Kept)


@pytest.mark.usefixtures("kept_worlds")
@pytest.mark.parametrize("name", sorted(EVERY.keys() - MADE_UP))
def test_the_same_agreement_gives_what_really_was(name: str) -> None:
    world = EVERY[name]()
    assert isinstance(world, Kept)
    if world.meeting is None or not world.steps:
        pytest.skip("nothing was kept of it")
    is_the_same(world)


# -- under another agreement

QUICK = replace(
    AGREEMENT, rules=replace(AGREEMENT.rules, gaps=(1, 1, 1, 1), no_answer_bound=20, still_none_bound=10),
)  # fmt: skip
CALM = replace(AGREEMENT, rules=replace(AGREEMENT.rules, gaps=(10, 5, 5, 1), no_answer_bound=5, still_none_bound=3))
SILENT = replace(AGREEMENT, rules=replace(AGREEMENT.rules, automatic_reports=False))


def answered_on(day: str, trial: Agreement) -> Comparison:
    """Called on Monday 2 November for 7 December; the unit answers then."""
    world = called("2026-11-02 10:00", "2026-12-07 10:00", world=Kept(at("2026-11-02 10:00")))
    assert isinstance(world, Kept)
    world.run(at(day))
    world.do(e.Answered(world.party(HOME_CARE).ordinal, AnswerKind.ATTENDS, said(world)))
    world.tell_of_dropped()
    return world.compared(trial)


def test_asked_sooner_an_answer_comes_after_more_steps() -> None:
    found = answered_on("2026-11-09 13:00", QUICK)
    assert found.same == 0
    assert [found.really.counts[f"rung.{rung}"] for rung in Rung] == [1, 0, 0, 0]
    assert found.really.counts["before.no_acknowledgement"] == 1
    assert [found.otherwise.counts[f"rung.{rung}"] for rung in Rung] == [1, 1, 1, 0]
    assert found.otherwise.counts["before.still_none"] == 1
    assert (found.really.counts["mail.managers"], found.otherwise.counts["mail.managers"]) == (0, 1)
    assert found.otherwise.by_manager == {"mona@al.example": 1}


def test_asked_later_an_answer_comes_before_any_step() -> None:
    found = answered_on("2026-11-09 13:00", CALM)
    assert found.otherwise.counts["before.reminder"] == 1
    assert sum(found.otherwise.counts[f"rung.{rung}"] for rung in Rung) == 0
    assert found.really.by_unit - found.otherwise.by_unit == {HOME_CARE.unit_id: 1}, "the reminder alone"


def absent(trial: Agreement) -> Comparison:
    world = called("2026-11-02 10:00", "2026-12-07 10:00", world=Kept(at("2026-11-02 10:00")))
    assert isinstance(world, Kept)
    world.run(at("2026-12-07 12:00"))
    marks = tuple((p.ordinal, Mark.ATTENDED if p.ordinal == 1 else Mark.ABSENT) for p in world.the.parties)
    world.do(e.OutcomeRecorded(Outcome.HELD, marks, "chair"))
    world.tell_of_dropped()
    return world.compared(trial, at("2027-02-20 12:00"))


def test_no_report_where_the_agreement_raises_none() -> None:
    found = absent(SILENT)
    assert (found.really.counts["report.automatic"], found.otherwise.counts["report.automatic"]) == (1, 0)
    assert found.really.counts["mail.reports"] > 0 == found.otherwise.counts["mail.reports"]


def test_what_time_has_not_brought_yet_is_not_brought_by_a_replay() -> None:
    """The service stood still after the meeting: nothing of the report has come due in it, nor does it here."""
    found = absent(AGREEMENT)
    assert found.same == 1
    assert found.otherwise == found.really


def test_an_act_that_there_is_nothing_for_is_counted() -> None:
    """Where no report is raised nobody can answer it."""
    world = called("2026-11-02 10:00", "2026-12-07 10:00", world=Kept(at("2026-11-02 10:00")))
    assert isinstance(world, Kept)
    world.run(at("2026-12-07 12:00"))
    marks = tuple((p.ordinal, Mark.ATTENDED if p.ordinal == 1 else Mark.ABSENT) for p in world.the.parties)
    world.do(e.OutcomeRecorded(Outcome.HELD, marks, "chair"))
    (report,) = world.reports
    world.report(report, HearingAnswered(Statement.RIGHT))
    world.tell_of_dropped()
    assert world.compared(SILENT).unfit == 1
    assert world.compared(AGREEMENT).unfit == 0


def test_a_journal_that_the_rules_do_not_give_is_left_out() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00", world=Kept(at("2026-11-02 10:00")))
    assert isinstance(world, Kept)
    world.run(at("2026-11-09 12:00"))
    world.steps = [replace(step, noted=()) if isinstance(step.event, e.TimePassed) else step for step in world.steps]
    found = world.compared(QUICK)
    assert (found.unlike, found.really.counts, found.otherwise.counts) == (1, {}, {})


def test_nothing_of_a_protected_meeting_is_told_apart() -> None:
    world = Kept(at("2026-11-02 10:00"), case=replace(CASE, protected=True))
    world.do(replace(draft(at("2026-12-07 10:00")), user_id=ident("Clara")))
    world.do(e.Called())
    world.run(at("2026-12-07 09:00"))
    world.tell_of_dropped()
    found = world.compared(QUICK)
    assert (found.protected, found.unlike) == (1, 0)
    for tally in (found.really, found.otherwise):
        assert tally.counts["rung.no_answer"] == 1
        assert not (tally.by_unit or tally.by_manager or tally.by_month)


def test_it_goes_before_its_own_versions_and_those_of_its_kind() -> None:
    day = at("2026-11-02 10:00").date()
    other = replace(AGREEMENT, id=ident("another"), valid_from=day, version=9)
    local = replace(AGREEMENT, id=ident("local"), local=True)
    found = tried([AGREEMENT, other, replace(AGREEMENT, version=2)], QUICK, day)
    assert rule_set_for(found, REGION, AL, MeetingKind.ADULT, day) == QUICK.rules
    assert [one.id for one in found if one.id == AGREEMENT.id] == [AGREEMENT.id]
    found = tried([local], QUICK, day)
    assert rule_set_for(found, REGION, AL, MeetingKind.ADULT, day) == local.rules, "a local one goes before"


def test_a_joining_noted_back_in_time_leaves_nothing_out() -> None:
    """The parties were called by law only; the register says since that both had joined. What the joining would have
    meant is a difference of the two plays, and no reason to leave the meeting out.
    """
    first = "2026-11-02 10:00"
    kept = called(first, "2026-12-07 10:00", world=Kept(at(first), agreements=()))
    assert isinstance(kept, Kept)
    kept.run(kept.the.end)
    since = kept.around(AGREEMENT)
    bound = {party.ordinal: party.rule_set for party in kept.the.parties}
    matter = KeptMatter(ident("meeting"), tuple(kept.steps), rules=bound)
    found = compare(matter, since, since, kept.now)
    assert (found.meetings, found.unlike, found.same) == (1, 0, 0)
    assert found.really.counts["rung.no_answer"] == 0, "law only stops at the mailbox"
    assert found.otherwise.counts["rung.no_answer"] == 1
    by_dates = compare(replace(matter, rules={}), since, since, kept.now)
    assert by_dates.same == 1, "by the dates alone its steps would have come late, as in an outage, and no more be told"


def test_who_joins_it_after_that_year_has_joined_it() -> None:
    last = at("2026-12-31 12:00").date()
    later, then = at("2027-03-01 12:00").date(), at("2026-03-01 12:00").date()
    joinings = frozenset({Joining(AL, valid_from=later), Joining(REGION, valid_from=then)})
    found = joined_then(replace(QUICK, joinings=joinings), last)
    assert found.joinings == {Joining(AL), Joining(REGION, valid_from=then)}
