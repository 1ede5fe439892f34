"""What is offered is what the rules take, in whatever state a meeting has come to; and what is foretold comes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.decide import TABLE, decide
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.foreseeing import Foreseen, foresee
from sip.domain.meeting import Convener, Meeting, Stamp
from sip.domain.offering import possible, possible_of
from sip.domain.terms import AnswerKind, Channel, ClaimKind, Mark, MeetingState, Obligation, Outcome
from tests.domain.cast import HOME_CARE, OUTSIDE, SCHOOL, World, at, called, draft, said
from tests.domain.test_machine import SAMPLES

NOW, START = "2026-11-02 10:00", "2026-12-07 10:00"
EVENTS = [sample for event in TABLE if event is not e.MeetingDrafted for sample in SAMPLES[event]]
AFRESH = Stamp(99, at("2030-01-01 10:00"), at("2030-01-01 10:00"), "z")


def of_meeting(meeting: Meeting, now: Context) -> Iterator[tuple[str, object]]:
    """A person's commands on the whole, written without looking at how they are offered."""
    day = timedelta(days=1)
    begins = max(meeting.start, now.now + timedelta(hours=1)) + timedelta(minutes=5)
    yield "call", e.Called()
    yield "move", e.Moved(begins, begins + timedelta(minutes=30), meeting.form, meeting.place)
    yield "text", e.TextChanged(questions=(*meeting.questions, "Hur går det?"))
    yield "hand_over", e.HandedOver(_other(meeting))
    yield "cancel", e.Cancelled(e.CancelReason.NO_LONGER_NEEDED)
    yield "identity_all", e.IdentityConveyedToAll(Channel.LETTER)
    marks = tuple((p.ordinal, Mark.UNKNOWN) for p in meeting.parties)
    yield "attend", e.OutcomeRecorded(Outcome.HELD, marks, "Clara", "skäl", next_meeting_on=(begins + day).date())


def _other(meeting: Meeting) -> Convener:
    return replace(meeting.convener, phone="010-000 00 99")


def of_party(ordinal: int, meeting: Meeting, now: Context) -> Iterator[tuple[str, object]]:
    how = e.Said(Channel.PHONE, "Clara", AFRESH)
    yield "answer", e.Answered(ordinal, AnswerKind.ATTENDS, how, names=(e.NamedPerson("Någon annan"),))
    yield "substitute", e.SubstituteNamed(ordinal, e.NamedPerson("Ingen förut"), how)
    yield "identity", e.IdentityConveyed(ordinal, Channel.IN_PERSON)
    yield "pause", e.PauseSet(ordinal, "lov", now.now + timedelta(minutes=1))
    yield "excuse", e.Excused(ordinal, "skäl")
    yield "release", e.Released(ordinal)
    yield "remove", e.PartyRemoved(ordinal)


def taken(meeting: Meeting, event: object, context: Context) -> bool:
    done = decide(meeting, event, context)
    return isinstance(done, Decision) and done.state != meeting


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from([0, 0, 1, 9, 24, 24 * 6, 24 * 11])), max_size=12),
    st.booleans(), st.sampled_from([MeetingKind.ADULT, MeetingKind.DISCHARGE]),
)  # fmt: skip
def test_what_is_offered_is_what_the_rules_take(
    play: list[tuple[object, int]], begins_called: bool, kind: MeetingKind
) -> None:
    world = World(at(NOW))
    world.do(draft(at(START), [HOME_CARE, SCHOOL, OUTSIDE], kind))
    if begins_called:
        world.do(e.Called())
    for event, hours in play:
        world.now += timedelta(hours=hours)
        for one in (e.TimePassed(), event):
            world.do(one)
        hold(world.the, world.context())


def hold(meeting: Meeting, context: Context) -> None:
    """`can` is exactly what is not refused."""
    offered = possible(meeting, context)
    for name, event in of_meeting(meeting, context):
        assert (name in offered) == taken(meeting, event, context), name
    for party in meeting.parties:
        theirs = possible_of(meeting, party, context)
        if party.obligation is Obligation.CONVENING:
            assert theirs <= {"decide"}
            continue
        for name, event in of_party(party.ordinal, meeting, context):
            assert (name in theirs) == taken(meeting, event, context), (name, party.ordinal)


def test_a_pause_is_not_offered_when_the_meeting_is_near() -> None:
    world = called(NOW, START)
    party = world.party(HOME_CARE)
    assert "pause" in possible_of(world.the, party, world.context())
    world.now = at("2026-12-07 08:00")
    assert "pause" not in possible_of(world.the, world.party(HOME_CARE), world.context())


def test_a_unit_without_a_duty_is_neither_released_nor_stood_in_for() -> None:
    world = called(NOW, START, obligation=Obligation.INVITED)
    offered = possible_of(world.the, world.party(HOME_CARE), world.context())
    assert "answer" in offered
    assert not offered & {"release", "excuse", "substitute"}


def test_a_unit_that_has_left_is_told_nothing() -> None:
    world = called(NOW, START, tell=False)
    world.do(e.PartyRemoved(2))
    party = next(p for p in world.the.parties if p.ordinal == 2)
    assert not possible_of(world.the, party, world.context())


def test_who_was_excused_is_not_offered_it_again() -> None:
    world = called(NOW, START)
    world.do(e.Excused(2, "skäl"))
    assert "excuse" not in possible_of(world.the, world.party(HOME_CARE), world.context())


# -- what would come


def move(world: World, start: str) -> e.Moved:
    return e.Moved(at(start), at(start) + timedelta(hours=1), world.the.form, world.the.place)


def seen(world: World, event: object) -> Foreseen:
    found = foresee(world.the, event, world.context())
    assert isinstance(found, Foreseen)
    return found


def test_a_move_foretells_who_answers_again() -> None:
    world = called(NOW, START, [HOME_CARE, SCHOOL])
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world)))
    found = seen(world, move(world, "2026-12-08 10:00"))
    assert (found.called, found.answered) == ((2, 3), (2,))
    assert (found.short, found.at_once) == ((), ())
    world.relay = "slow"  # it foretells what is decided, not what the relay says then
    world.do(move(world, "2026-12-08 10:00"))
    assert (found.meeting.start, found.meeting.sequence) == (world.the.start, world.the.sequence)


def test_a_move_foretells_that_the_notice_falls_short_of_the_agreement() -> None:
    world = called(NOW, START, [HOME_CARE, OUTSIDE])
    found = seen(world, move(world, "2026-11-06 10:00"))
    assert found.short == (2,)  # the other's principal has not joined: there was no such report before either
    found = seen(world, move(world, "2026-11-10 10:00"))
    assert found.short == ()


def test_a_move_to_the_same_day_asks_the_convener_at_once() -> None:
    world = called(NOW, START)
    assert seen(world, move(world, "2026-11-02 15:00")).at_once == (2,)


def test_a_move_foretells_who_is_let_go() -> None:
    world = called(NOW, START)
    world.do(e.Answered(2, AnswerKind.REGRETS, said(world), stands_in=(e.NamedPerson("Bo", "bo@al.example"),)))
    assert seen(world, move(world, "2026-12-08 10:00")).stood_down == ("Bo",)


def test_an_accepted_proposal_is_foretold_as_the_move_it_is() -> None:
    world = called(NOW, START, [HOME_CARE, SCHOOL])
    begins = at("2026-12-08 13:00")
    world.do(e.Answered(3, AnswerKind.ATTENDS, said(world)))
    world.do(
        e.Answered(
            2, AnswerKind.PROPOSES, said(world), proposed_start=begins, proposed_end=begins + timedelta(hours=1)
        )
    )  # fmt: skip
    assert seen(world, e.Decided(2, e.Verdict.ACCEPT)).answered == (2, 3)


def test_what_is_refused_is_foretold_as_refused() -> None:
    world = called(NOW, START)
    found = foresee(world.the, move(world, "2026-11-01 10:00"), world.context())
    assert isinstance(found, Refused)
    assert found.reason is Reason.TIME_PAST


# -- identity


def test_all_who_were_not_told_are_told_in_one_act() -> None:
    world = called(NOW, START, [HOME_CARE, SCHOOL], tell=False)
    world.do(e.IdentityConveyed(2, Channel.LETTER))
    made = world.do(e.IdentityConveyedToAll(Channel.PHONE))
    assert isinstance(made, Decision)
    told = [p.identity.channel for p in world.the.parties if p.identity is not None]
    assert told == [Channel.LETTER, Channel.PHONE]
    assert [note.party for note in made.notes if note.kind == "identity_conveyed"] == [3]
    before = world.the
    world.do(e.IdentityConveyedToAll(Channel.LETTER))
    assert world.the == before


def test_a_unit_that_knows_says_so_and_waits_no_more() -> None:
    world = called(NOW, START, tell=False)
    world.do(e.Answered(2, AnswerKind.UNKNOWN_IDENTITY, said(world)))
    world.do(e.IdentityKnown(2, said(world)))
    party = world.party(HOME_CARE)
    assert party.identity is not None
    assert party.identity.channel is Channel.PAGE
    assert party.round is not None
    assert party.round.acknowledged_at is not None
    assert all(pause.ended_at is not None for pause in party.round.pauses)


def test_a_code_for_the_questions_goes_to_the_units_mailbox_and_is_no_answer() -> None:
    world = called(NOW, START)
    world.do(e.ReadingAsked(2))
    (code,) = [mail for mail in world.mails if mail.kind == "reading_code"]
    assert code.to.email == HOME_CARE.addresses[0]
    assert world.the.state is MeetingState.CALLED
    assert world.party(HOME_CARE).round.acknowledged_at is None  # type: ignore[union-attr]  # it was called


def test_attendance_can_be_recorded_anew_whatever_was_recorded() -> None:
    """An outcome that leaves the meeting open, and the same again, are no reason to take the act away."""
    for outcome in Outcome:
        world = called(NOW, START)
        world.run(world.the.end)
        unknown = tuple((party.ordinal, Mark.UNKNOWN) for party in world.the.parties)
        assert isinstance(world.do(e.OutcomeRecorded(outcome, unknown, "Clara", "skäl")), Decision)
        assert "attend" in possible(world.the, world.context()), outcome


def test_a_claim_is_offered_while_it_waits_and_to_its_own_unit() -> None:
    world = called(NOW, START, [HOME_CARE, SCHOOL])
    how = said(world, Channel.MAIL)
    world.do(e.Claimed(2, 2, ClaimKind.PARTY_CRASHER, AnswerKind.ATTENDS, "x@annat.example", how))
    assert "claim" in possible_of(world.the, world.party(HOME_CARE), world.context())
    assert "claim" not in possible_of(world.the, world.party(SCHOOL), world.context())
    world.do(e.ClaimDecided(1, e.Verdict.DECLINE, "Clara"))
    assert "claim" not in possible_of(world.the, world.party(HOME_CARE), world.context())
