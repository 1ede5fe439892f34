"""Every reason of a refusal is reached, and every command is possible in its states only (docs/states.md)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.chair import ChairLinkSent
from sip.domain.decide import TABLE, decide
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.deviation import (
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationForwarded,
    DeviationMerged,
    DeviationState,
    HearingAnswered,
    MeasureFollowedUp,
    MeasureTaken,
    ReportSide,
    Statement,
    WordSaid,
)
from sip.domain.in_hand import AskedAgain
from sip.domain.meeting import Place, deviation_id
from sip.domain.poll import PollAnswered, PollAsked, PollChoice, PollPicked, PollWithdrawn
from sip.domain.reporting import raised
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Channel,
    Form,
    Mark,
    MeetingState,
    Outcome,
    PlaceKind,
)
from tests.domain.cast import (
    AGREEMENT,
    CARE_CENTRE,
    HOME_CARE,
    SCHOOL,
    SOCIAL,
    World,
    at,
    called,
    draft,
    ident,
    said,
)
from tests.domain.plays import CALL, START, answers, done, named
from tests.domain.refusals import (
    ACCEPT,
    ASKED,
    CALL_IT,
    DAY,
    HOUR,
    NOW,
    ORGANISATIONS,
    REFUSALS,
    SUMMONED,
    S,
    cancelled,
    case,
    claimed,
    closed,
    drafted,
    ended,
    hops,
    just,
    running,
    said_now,
    stands_in,
)
from tests.domain.test_agenda import WRONG


@pytest.mark.parametrize(("setting", "command", "reason"), REFUSALS)
def test_it_is_refused(setting: Callable[[], World], command: Callable[[World], object], reason: Reason) -> None:
    world = setting()
    event = command(world)
    before = world.meeting
    made = world.do(event)
    assert isinstance(made, Refused), made
    assert made.reason is reason
    assert world.meeting == before


POSSIBLE: dict[MeetingState, Callable[[], World]] = {
    MeetingState.DRAFT: drafted, MeetingState.CALLED: running, MeetingState.ENDED: ended,
    MeetingState.CLOSED: closed, MeetingState.CANCELLED: cancelled,
}  # fmt: skip
MAKE: dict[type, Callable[[World], object]] = {
    e.TextChanged: just(e.TextChanged()),
    e.HandedOver: lambda world: e.HandedOver(world.the.convener),
    e.PartyAdded: just(e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, SUMMONED))),
    e.PartyRemoved: just(e.PartyRemoved(2)),
    e.SuccessorCalled: just(e.SuccessorCalled(2, SCHOOL.unit_id)),
    e.Called: CALL_IT,
    e.Moved: just(e.Moved(S + DAY, S + DAY + HOUR, Form.HYBRID, Place(PlaceKind.HOME, phone="010-1"))),
    e.Cancelled: just(e.Cancelled(e.CancelReason.OTHER)),
    e.Answered: said_now(AnswerKind.ATTENDS),
    e.Acknowledged: lambda world: e.Acknowledged(2, said(world)),
    e.AttendeeAnswered: lambda world: e.AttendeeAnswered(2, 1, AttendeeState.ACCEPTED, said(world)),
    e.AttendeeOnLeave: lambda world: e.AttendeeOnLeave(2, 1, said(world)),
    AskedAgain: just(AskedAgain(2)),
    ChairLinkSent: just(ChairLinkSent()),
    e.SubstituteNamed: stands_in(named("Anna")),
    e.IdentityConveyed: just(e.IdentityConveyed(2, Channel.PHONE)),
    e.IdentityConveyedToAll: just(e.IdentityConveyedToAll(Channel.PHONE)),
    e.IdentityKnown: lambda world: e.IdentityKnown(2, said(world)),
    e.PauseSet: just(e.PauseSet(2, "sportlov", at("2026-12-04 08:00"))),
    e.Decided: just(e.Decided(2, ACCEPT)),
    e.Excused: just(e.Excused(2, "skäl")),
    e.Released: just(e.Released(2)),
    e.GoAhead: just(e.GoAhead()),
    e.ConsentChanged: just(e.ConsentChanged()),
    e.Claimed: claimed(),
    e.ClaimDecided: just(e.ClaimDecided(1, ACCEPT, "Clara")),
    e.OutcomeRecorded: just(e.OutcomeRecorded(Outcome.HELD, ((2, Mark.ATTENDED),), "Clara", "skäl")),
    PollAsked: just(ASKED),
    PollAnswered: just(PollAnswered(2, 1, ((1, PollChoice.YES),), "Eva", Channel.PAGE)),
    PollPicked: just(PollPicked(1, 1)),
    PollWithdrawn: just(PollWithdrawn(1)),
}
EVERYWHERE = {
    MeetingState.DRAFT: "TextChanged HandedOver PartyAdded PartyRemoved Called Moved Cancelled IdentityConveyed "
    "IdentityConveyedToAll ConsentChanged PollAsked PollAnswered PollPicked PollWithdrawn",
    MeetingState.CALLED: "HandedOver ConsentChanged SuccessorCalled AttendeeOnLeave AskedAgain ChairLinkSent "
    "TextChanged PartyAdded PartyRemoved Moved Cancelled Answered Acknowledged AttendeeAnswered "
    "SubstituteNamed IdentityConveyed IdentityConveyedToAll IdentityKnown PauseSet Decided Excused Released GoAhead "
    "Claimed ClaimDecided OutcomeRecorded PollAsked PollAnswered PollPicked PollWithdrawn",
    MeetingState.ENDED: "OutcomeRecorded ChairLinkSent",
    MeetingState.CLOSED: "OutcomeRecorded",
    MeetingState.CANCELLED: "",
}
"""Which command of a person is possible in which state at all (docs/states.md)."""


@pytest.mark.parametrize("state", list(MeetingState))
@pytest.mark.parametrize("command", sorted(MAKE, key=str))
def test_a_command_is_possible_in_its_states_only(state: MeetingState, command: type[object]) -> None:
    world = POSSIBLE[state]()
    assert world.the.state is state
    made = world.do(MAKE[command](world))
    impossible = isinstance(made, Refused) and made.reason is Reason.WRONG_STATE
    assert impossible == (command.__name__ not in EVERYWHERE[state].split())


def test_every_command_stands_in_the_tables() -> None:
    assert set(MAKE) == {event for event, row in TABLE.items() if row.command}


MEASURE = MeasureTaken(ReportSide.RECEIVING, "Två läser brevlådan.", "enhetschef", date(2026, 12, 7))
REPORTS: list[tuple[list[object], object, Reason]] = [
    ([], DeviationClosed(), Reason.WRONG_STATE),
    ([HearingAnswered(Statement.RIGHT)], HearingAnswered(Statement.RIGHT), Reason.WRONG_STATE),
    ([HearingAnswered(Statement.NOT_REACHED)], CauseGiven(Cause.OTHER, "Vi ringde."), Reason.WRONG_STATE),
    ([CauseGiven(Cause.OTHER, "Vi ringde.")], CauseGiven(Cause.OTHER, "igen"), Reason.WRONG_STATE),
    ([], CauseGiven(Cause.OTHER, " "), Reason.REASON_MISSING),
    ([], WordSaid(ReportSide.RECEIVING, " "), Reason.REASON_MISSING),
    ([WordSaid(ReportSide.RECEIVING, "Nej.")] * 200, WordSaid(ReportSide.REPORTING, "Jo."), Reason.THREAD_FULL),
    ([], MEASURE, Reason.WRONG_STATE),
    ([HearingAnswered(Statement.RIGHT)], replace(MEASURE, owner=" "), Reason.REASON_MISSING),
    ([HearingAnswered(Statement.RIGHT)], replace(MEASURE, text=""), Reason.REASON_MISSING),
    ([HearingAnswered(Statement.RIGHT)], replace(MEASURE, due_on=date(2026, 12, 6)), Reason.MEASURE_PAST),
    ([HearingAnswered(Statement.RIGHT), *[MEASURE] * 20], MEASURE, Reason.MEASURES_MANY),
    ([HearingAnswered(Statement.RIGHT), MEASURE], MeasureFollowedUp(2, True, "Bra."), Reason.MEASURE_UNKNOWN),
    ([HearingAnswered(Statement.RIGHT), MEASURE], MeasureFollowedUp(1, True, " "), Reason.REASON_MISSING),
    ([CauseGiven(Cause.OTHER, "Vi ringde.")], DeviationClosed(), Reason.REASON_MISSING),
    ([CauseGiven(Cause.OTHER, "Vi ringde."), MEASURE], DeviationClosed(" "), Reason.REASON_MISSING),
    ([HearingAnswered(Statement.RIGHT)], DeviationForwarded(" "), Reason.REASON_MISSING),
    ([], DeviationForwarded("Igen."), Reason.WRONG_STATE),
    ([DeviationMerged(UUID(int=7))], WordSaid(ReportSide.RECEIVING, "Hallå?"), Reason.WRONG_STATE),
]


PRAISED = [CauseGiven(Cause.OTHER, "Vi ringde."), MEASURE, DeviationForwarded("Igen."), DeviationMerged(UUID(int=7))]


@pytest.mark.parametrize("event", PRAISED)
def test_a_good_example_has_nothing_to_answer_mend_or_decide(event: object) -> None:
    world = ended()
    identity = deviation_id(world.the.id, 2, good=True)
    praise = replace(raised(world.the, world.the.party(2), automatic=False), good_example=True)
    assert isinstance(world.report(identity, praise), Decision)
    assert world.report(identity, event) == Refused(Reason.GOOD_EXAMPLE)


@pytest.mark.parametrize(("before", "event", "reason"), REPORTS)
def test_a_report_refuses(before: list[object], event: object, reason: Reason) -> None:
    world = ended()
    done(world, e.OutcomeRecorded(Outcome.HELD, ((2, Mark.ABSENT),), "Clara"))
    identity = deviation_id(world.the.id, 2)
    for one in before:
        assert isinstance(world.report(identity, one), Decision)
    made = decide(world.reports[identity], event, world.context())
    assert isinstance(made, Refused)
    assert made.reason is reason
    assert world.reports[identity].state in DeviationState


def test_no_reason_is_left_out() -> None:
    """A stale version is also a person's command that has seen an older state; `handle` refuses it, above the rules."""
    of_items = {reason for _, reason in WRONG} | {
        Reason.SITTING_PAST,
        Reason.REPORTS_MANY,
        Reason.RESOLUTIONS_MANY,
        Reason.PERSON_NOT_CALLED,
        Reason.REFERRED_ALREADY,
        Reason.INQUIRY_ANSWERED,
        Reason.INQUIRY_OVER,
        Reason.INQUIRY_SOON,
    }
    of_groups = {  # tests/domain/test_seating.py and test_sittings.py reach them
        Reason.CONSENT_MISSING,
        Reason.GROUP_NOT_ABOVE,
        Reason.MANDATE_INCOMPLETE,
        Reason.NOBODY_SITS,
        Reason.NO_SUBSTITUTE,
        Reason.SITTING_PLACE,
        Reason.SEATS_MANY,
        Reason.SEAT_FILLED_BY,
        Reason.SEAT_FOLLOWS,
        Reason.SITTING_AHEAD,
        Reason.SITTING_NOT_BEGUN,
        Reason.TERM_MEETS,
        Reason.TERM_PAST,
    }
    said = {reason for _, _, reason in (*REFUSALS, *REPORTS)}
    assert said | of_items | of_groups | {Reason.GOOD_EXAMPLE} == set(Reason)


@pytest.mark.parametrize(
    ("setting", "event", "detail"),
    [
        (case(consent_organisations=ORGANISATIONS), e.Called(), {"unit": HOME_CARE.name}),
        (ended, e.OutcomeRecorded(Outcome.HELD, (), "Clara"), {"units": HOME_CARE.name}),
        (running, e.PauseSet(2, "x", at("2026-12-05 08:00")), {"latest": "2026-12-04T07:00:00+00:00"}),
        (running, e.PartyRemoved(9), {"what": "party"}),
        (running, e.PartyAdded(e.PartyDraft(HOME_CARE.unit_id, SUMMONED)), {"unit": HOME_CARE.name}),
        (cancelled, e.Called(), {"state": "cancelled"}),
    ],
)
def test_a_refusal_says_what_it_is_about(setting: Callable[[], World], event: object, detail: dict[str, str]) -> None:
    made = setting().do(event)
    assert isinstance(made, Refused)
    assert made.detail == detail


@pytest.mark.parametrize(
    ("form", "where"),
    [
        (Form.PHYSICAL, Place(PlaceKind.ROOM, "Eken")),
        (Form.PHYSICAL, Place(PlaceKind.HOME)),
        (Form.PHONE, Place(PlaceKind.PHONE, phone="010-1")),
        (Form.VIDEO, Place(PlaceKind.VIDEO, video_url="https://mote.example/1")),
        (Form.HYBRID, Place(PlaceKind.HOME, phone="010-1")),
        (Form.HYBRID, Place(PlaceKind.ROOM, "Eken", video_url="https://mote.example/1")),
    ],
)
def test_a_place_that_says_where_is_enough(form: Form, where: Place) -> None:
    assert isinstance(drafted(form=form, place=where).do(e.Called()), Decision)


def test_a_meeting_may_lie_two_years_ahead_and_last_a_day() -> None:
    far = NOW + timedelta(days=731)
    assert isinstance(World(NOW).do(replace(draft(far), end=far + DAY)), Decision)


def test_another_legal_ground_needs_no_consent() -> None:
    world = drafted()
    assert world.case is not None
    world.case = replace(world.case, consent=False, other_legal_ground=True)
    assert isinstance(world.do(e.Called()), Decision)


def test_two_hops_are_possible_by_default() -> None:
    world = running()
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    done(world, e.Decided(2, ACCEPT))
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SCHOOL.unit_id, unit=SOCIAL)
    done(world, e.Decided(3, ACCEPT))
    assert [p.unit_name for p in world.the.parties if p.active] == [CARE_CENTRE.name, SCHOOL.name]
    fourth = replace(SOCIAL, unit_id=ident("Fjärde"), name="Fjärde")
    world.rosters[fourth.unit_id] = fourth
    made = answers(world, AnswerKind.REDIRECTS, target_unit_id=fourth.unit_id, unit=SCHOOL)
    assert isinstance(made, Refused)
    assert (made.reason, made.detail) == (Reason.REDIRECT_TOO_MANY, {"most": "2"})


def test_who_must_attend_itself_may_say_anything_but_that_it_is_not_hers() -> None:
    """The agreement's switch (section 6): the receiver of a redirect attends where no right unit is found."""
    for kind in (AnswerKind.ATTENDS, AnswerKind.REGRETS, AnswerKind.TENTATIVE, AnswerKind.UNKNOWN_IDENTITY):
        world = hops(World(NOW), 2, must_attend=True)
        assert isinstance(answers(world, kind, unit=SOCIAL), Decision)
    world = World(NOW, agreements=(replace(AGREEMENT, rules=replace(AGREEMENT.rules, redirect_must_attend=True)),))
    called(CALL, START, world=world)
    assert isinstance(answers(world, AnswerKind.NOT_OURS), Decision), "nobody redirected to it"
    assert isinstance(answers(hops(World(NOW), 2), AnswerKind.NOT_OURS, unit=SOCIAL), Decision), "no such agreement"
