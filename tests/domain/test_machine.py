"""The tables are the machines: what they name happens, nothing else does, what breaks them is raised by name."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.domain import agenda, escalation, hearing, in_hand, ladder, needs, news, reporting
from sip.domain import deviation as reports
from sip.domain import events as e
from sip.domain import group as groups
from sip.domain import sitting as sittings
from sip.domain.agenda import (
    AgendaItem,
    InquiryAnswered,
    InquiryEnded,
    InquiryMade,
    ItemDropped,
    ItemEdited,
    ItemPrepared,
    ItemPurpose,
    ItemPut,
    ItemReferred,
    ItemScheduled,
    ItemSource,
    ItemState,
    OwnerSucceeded,
    ReferenceAnswered,
    ReportLeft,
    ReportLinked,
    ReportUnlinked,
    Resolution,
    ResolutionFollowedUp,
    Resolved,
    board_of,
)
from sip.domain.asking import ENDING_DAYS
from sip.domain.chair import ChairLinkSent
from sip.domain.change import Change, Refusal
from sip.domain.decide import MACHINES, MEETING, decide, next_due
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.deviation import (
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationForwarded,
    DeviationMerged,
    DeviationRaised,
    DeviationReport,
    DeviationReturned,
    DeviationState,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    Measure,
    MeasureFollowedUp,
    MeasureTaken,
    NoWordBecause,
    ReportMailFailed,
    ReportSide,
    Side,
    Statement,
    UnitSucceeded,
    WithdrawnBecause,
    Word,
    WordSaid,
    WordUnusable,
)
from sip.domain.gathering import GROUP_SITTING
from sip.domain.hearing import DEVIATION
from sip.domain.machine import EndlessError, OffTableError, Row, RuleError, UnknownEventError
from sip.domain.meeting import Meeting
from sip.domain.next_date import PlanEnded
from sip.domain.people import Successor
from sip.domain.poll import PollAnswered, PollAsked, PollChoice, PollPicked, PollWithdrawn
from sip.domain.protected import UserNamed, UserUnnamed
from sip.domain.report_clock import Step
from sip.domain.reporting import raised
from sip.domain.resolving import AGENDA_ITEM
from sip.domain.seating import STANDING_GROUP
from sip.domain.standing import awaits_convener
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Channel,
    ClaimKind,
    Mark,
    MeetingState,
    Obligation,
    Outcome,
    SettledAs,
)
from tests.domain.cast import CASE, CONVENER, HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, World, at, called, draft, ident, said

CALLED_AT, START = "2026-11-02 10:00", "2026-12-07 10:00"
EVENING = at("2026-12-07 16:00")


def _world() -> World:
    """A called meeting with a proposal, a claim and a substitute asked: every command has something to work on."""
    world = called(CALLED_AT, START, [HOME_CARE, SCHOOL, SOCIAL], tell=False)
    for told in (1, 2, 3):
        world.do(e.IdentityConveyed(told, Channel.PHONE))
    taken_over = Successor(OUTSIDE.unit_id, OUTSIDE.name)
    world.rosters[SOCIAL.unit_id] = replace(SOCIAL, closes_at=world.the.start, successor=taken_over)
    earlier = world.the.start - timedelta(days=1)
    answer = e.Answered(
        2, AnswerKind.PROPOSES, said(world), proposed_start=earlier, proposed_end=earlier + timedelta(hours=1)
    )
    world.do(answer)
    world.do(e.Answered(3, AnswerKind.REGRETS, said(world), stands_in=(e.NamedPerson("Bo", "bo@al.example"),)))
    world.do(e.Claimed(4, 4, ClaimKind.PARTY_CRASHER, AnswerKind.ATTENDS, "x@annat.example", said(world, Channel.MAIL)))
    world.do(PollAsked((*OTHER_DAYS, (world.the.start, world.the.end)), at("2026-11-12 10:00").date()))
    return world


OTHER_DAYS = ((at("2026-12-03 10:00"), at("2026-12-03 11:00")),)
DOMAIN = Path(hearing.__file__).parent
WORLD = _world()
PERSON = e.NamedPerson("Eva", "eva@al.example")
MARKS = tuple((p.ordinal, Mark.ABSENT) for p in WORLD.the.parties)
RAISED = raised(WORLD.the, WORLD.party(HOME_CARE), automatic=False)
LATER = at("2028-01-03 12:00").date()
PUT = ItemPut(
    UUID(int=3), board_of("Nordväst"), "Brevlådor", "Läses de?", ItemPurpose.DISCUSSION, ItemSource.BY_HAND,
    reports=(UUID(int=7),),
)  # fmt: skip
BODY = groups.SeatBody(UUID(int=21), "Al kommun", "Socialnämnden", "socialnamnden@al.example")
FOUNDED = groups.GroupFounded(
    UUID(int=20), groups.StandingKind.CARE_COUNCIL, "Vårdsrådet", groups.Mandate("Samordnar.")
)
WHERE = sittings.SittingPlace("Sal 2")
SEAT = sittings.SittingSeat(1, groups.SeatFunction.RECTOR, "", "Al kommun", UUID(int=24), UUID(int=25))
SAT = sittings.SittingCalled(UUID(int=26), UUID(int=20), "Vårdsrådet", WORLD.the.start, WORLD.the.end, WHERE, (SEAT,))
OTHER_DAY = (WORLD.the.start - timedelta(days=1), WORLD.the.end - timedelta(days=1))

SAMPLES: Mapping[type, tuple[object, ...]] = {
    e.MeetingDrafted: (draft(at(START)),),
    e.TextChanged: (e.TextChanged(purpose_text="Annat"),),
    e.HandedOver: (e.HandedOver(CONVENER),),
    e.PartyAdded: (e.PartyAdded(e.PartyDraft(OUTSIDE.unit_id, Obligation.SUMMONED)),),
    e.PartyRemoved: (e.PartyRemoved(2),),
    e.SuccessorCalled: (e.SuccessorCalled(4, OUTSIDE.unit_id),),
    e.Called: (e.Called(),),
    e.Moved: (e.Moved(*OTHER_DAY, WORLD.the.form, WORLD.the.place),),
    e.Cancelled: (e.Cancelled(e.CancelReason.OTHER),),
    e.Answered: (e.Answered(2, AnswerKind.ATTENDS, said(WORLD), names=(PERSON,)),),
    e.Acknowledged: (e.Acknowledged(2, said(WORLD)),),
    e.AttendeeAnswered: (e.AttendeeAnswered(3, 1, AttendeeState.ACCEPTED, said(WORLD)),),
    e.SubstituteNamed: (e.SubstituteNamed(3, PERSON, said(WORLD)),),
    e.AttendeeOnLeave: (e.AttendeeOnLeave(3, 1, said(WORLD)),),
    e.IdentityConveyed: (e.IdentityConveyed(2, Channel.PHONE),),
    e.IdentityConveyedToAll: (e.IdentityConveyedToAll(Channel.PHONE),),
    e.IdentityKnown: (e.IdentityKnown(2, said(WORLD)),),
    e.ReadingAsked: (e.ReadingAsked(2),),
    e.PauseSet: (e.PauseSet(2, "sportlov", at("2026-11-10 10:00")),),
    e.Decided: (e.Decided(2, e.Verdict.ACCEPT),),
    e.Excused: (e.Excused(2, "skäl"),),
    e.Released: (e.Released(2),),
    e.ConsentChanged: (e.ConsentChanged(),),
    e.ContactsChanged: (e.ContactsChanged(),),
    e.GoAhead: (e.GoAhead(),),
    e.Claimed: (e.Claimed(2, 2, ClaimKind.PARTY_CRASHER, AnswerKind.ATTENDS, "y@annat.example", said(WORLD)),),
    e.ClaimDecided: (e.ClaimDecided(1, e.Verdict.DECLINE, "Clara"),),
    e.OutcomeRecorded: (
        e.OutcomeRecorded(Outcome.HELD, MARKS, "chair", "rättat"),
        e.OutcomeRecorded(Outcome.HELD, (*MARKS[:-1], (MARKS[-1][0], Mark.UNKNOWN)), "chair", "rättat"),
    ),
    in_hand.TakenOver: (in_hand.TakenOver("siv", "Siv Holm"),),
    in_hand.Remarked: (in_hand.Remarked("Ringt, återkommer.", "Siv Holm"),),
    in_hand.Snoozed: (
        in_hand.Snoozed(WORLD.now + timedelta(hours=2), "väntar", "Siv Holm"),
        in_hand.Snoozed(EVENING + timedelta(hours=2), "väntar", "Siv Holm"),
    ),
    in_hand.Woken: (in_hand.Woken("Siv Holm"),),
    in_hand.AskedAgain: (in_hand.AskedAgain(4),),
    PlanEnded: (PlanEnded(),),
    ChairLinkSent: (ChairLinkSent(),),
    UserNamed: (UserNamed(ident("Nils"), 2),),
    UserUnnamed: (UserUnnamed(ident("Nils")),),
    e.CheckedIn: (e.CheckedIn(2, name="Anna Ek"),),
    e.MailSettled: tuple(e.MailSettled("k", result, WORLD.now, "call", 2, 2) for result in SettledAs),
    e.Bounced: (e.Bounced("k", WORLD.now, 2, 2),),
    e.ReplySeen: (e.ReplySeen("stale", 2, 2, 0, resend=True),),
    e.Refreshed: (e.Refreshed(2, 2),),
    e.AutoReplied: (e.AutoReplied(2, 2),),
    e.HumanWrote: (e.HumanWrote(2, 2),),
    e.TimePassed: (e.TimePassed(),),
    PollAsked: (PollAsked((OTHER_DAY, (WORLD.the.start, WORLD.the.end)), at("2026-11-12 10:00").date()),),
    PollAnswered: (PollAnswered(2, 1, ((1, PollChoice.YES),), "Eva", Channel.PAGE),),
    PollPicked: (PollPicked(1, 1),),
    PollWithdrawn: (PollWithdrawn(1),),
    DeviationRaised: (RAISED, replace(RAISED, good_example=True)),
    HearingAnswered: tuple(HearingAnswered(statement) for statement in Statement),
    CauseGiven: (CauseGiven(Cause.DOUBLE_BOOKED, "Två möten samma tid."),),
    DisputeSettled: (DisputeSettled(),),
    WordSaid: (WordSaid(ReportSide.REPORTING, "Vad hände?"), WordSaid(ReportSide.RECEIVING, "Vi återkommer.")),
    UnitSucceeded: (
        UnitSucceeded(ReportSide.RECEIVING, Side(UUID(int=8), "Hemtjänsten Nya", UUID(int=9), UUID(int=9))),
    ),
    WordUnusable: (WordUnusable(ReportSide.RECEIVING, NoWordBecause.NUMBER, "hemtjanst@al.example"),),
    ReportMailFailed: (ReportMailFailed("k", "deviation_hearing", "hemtjanst@al.example"),),
    MeasureTaken: (
        MeasureTaken(ReportSide.RECEIVING, "Två läser brevlådan.", "enhetschef", at("2028-01-01 12:00").date()),
    ),
    MeasureFollowedUp: (MeasureFollowedUp(1, True, "Ingen kallelse har legat oläst."),),
    DeviationForwarded: (DeviationForwarded("Vi kommer inte längre."),),
    DeviationReturned: (DeviationReturned(),),
    DeviationMerged: (DeviationMerged(UUID(int=7)),),
    DeviationClosed: (DeviationClosed("Vi är överens."), DeviationClosed()),
    DeviationWithdrawn: (DeviationWithdrawn(WithdrawnBecause.RAISED_BY_MISTAKE),),
    ItemPut: (PUT, replace(PUT, sitting_on=LATER), replace(PUT, source=ItemSource.REPORT)),
    ItemEdited: (ItemEdited("Brevlådor", "Läses de?", ItemPurpose.DECISION),),
    ItemScheduled: (ItemScheduled(LATER), ItemScheduled(None)),
    ItemPrepared: (ItemPrepared("rektor", 1, LATER, ("Underlag https://al.example/1",)), ItemPrepared()),
    InquiryMade: (InquiryMade(("Vad fungerade?",), LATER, "Värmeböljan"),),
    InquiryEnded: (InquiryEnded(),),
    InquiryAnswered: (InquiryAnswered(1, ("Larmet.",)),),
    ReportLinked: (ReportLinked(UUID(int=8)),),
    ReportUnlinked: (ReportUnlinked(UUID(int=7)),),
    ReportLeft: (ReportLeft(UUID(int=7)),),
    OwnerSucceeded: (
        OwnerSucceeded(HOME_CARE.unit_id, Side(UUID(int=8), "Hemtjänsten Nya", UUID(int=9), UUID(int=9))),
    ),
    Resolved: (
        Resolved("Två läser.", "Tre rapporter.", WORLD.now.date()),
        Resolved("Två läser.", "Tre rapporter.", WORLD.now.date(), "enhetschef", HOME_CARE.unit_id, LATER),
    ),
    ResolutionFollowedUp: (
        ResolutionFollowedUp(1, True, "Det görs."),
        ResolutionFollowedUp(1, False, "Inte än.", LATER),
    ),
    ItemReferred: (ItemReferred(UUID(int=44), board_of("Sydost"), "Vad gäller?", "Rådet", "Nätverket"),),
    ReferenceAnswered: (ReferenceAnswered(UUID(int=44), "Ja.", True),),
    ItemDropped: (ItemDropped("Redan ordnat."),),
    groups.GroupFounded: (FOUNDED,),
    groups.GroupEdited: (groups.GroupEdited("Vårdsrådet", groups.Mandate("Uppdrag")),),
    groups.GroupClosed: (groups.GroupClosed("Uppgått i ett annat."),),
    groups.SeatAdded: (groups.SeatAdded(groups.SeatFunction.RECTOR, bodies=(BODY,)),),
    groups.SeatChanged: (groups.SeatChanged(1, groups.SeatFunction.OTHER, "någon", (BODY,)),),
    groups.SeatTakenOut: (groups.SeatTakenOut(1),),
    groups.SeatFilled: (groups.SeatFilled(1, groups.Sitter(UUID(int=22)), LATER),),
    groups.SeatPutOff: (groups.SeatPutOff(1, LATER, "Nämnden möts då."),),
    groups.SeatVacated: (groups.SeatVacated(1, WORLD.now.date()),),
    sittings.SittingCalled: (SAT,),
    sittings.SittingMoved: (sittings.SittingMoved(*OTHER_DAY, WHERE, (SEAT,)),),
    sittings.SittingCancelled: (sittings.SittingCancelled("Snöstorm."),),
    sittings.SittingSeatsChanged: (sittings.SittingSeatsChanged(()),),
    sittings.SeatAnswered: tuple(
        sittings.SeatAnswered(1, sittings.SittingRole.REPRESENTATIVE, answer) for answer in sittings.SeatAnswer
    ),
    sittings.SeatsAttended: (
        sittings.SeatsAttended((sittings.SeatMark(1, sittings.SeatPresence.REPRESENTATIVE),)),
        sittings.SeatsAttended((sittings.SeatMark(1, sittings.SeatPresence.NOBODY),)),
    ),
    groups.ConsentWithdrawn: (groups.ConsentWithdrawn(2), groups.ConsentWithdrawn(2, substitute=True)),
    groups.ReadersChosen: tuple(groups.ReadersChosen(one) for one in groups.Readers),
    groups.NameShown: (groups.NameShown(2, True), groups.NameShown(2, True, substitute=True)),
}


def _groups() -> dict[StrEnum | None, tuple[groups.StandingGroup | None, ...]]:
    """A group with a vacant seat, one that a user representative has, and one whose last term nears its end."""
    made = decide(None, FOUNDED, _context(WORLD.now))
    assert isinstance(made, Decision) and isinstance(made.state, groups.StandingGroup)
    day, body = WORLD.now.date(), BODY
    agreed = groups.Sitter(UUID(int=23), day, groups.ConsentWay.SPOKEN)
    term = groups.SeatTerm(1, body.principal_id, body.principal, body.name, agreed, day, None, WORLD.now, agreed)
    ending = replace(term, last=day + timedelta(days=ENDING_DAYS))
    seats = [groups.GroupSeat(n, groups.SeatFunction.OTHER, "", (body,), WORLD.now) for n in (1, 2, 3, 4)]
    bare = replace(made.state, seats=(seats[0],))
    whole = replace(
        bare,
        seats=(
            seats[0], replace(seats[1], terms=(term,)), replace(seats[2], terms=(ending,)),
            replace(seats[3], asked=3, asked_at=WORLD.now),
        ),
    )  # fmt: skip
    taken = replace(whole, seats=(replace(seats[0], terms=(term,)), *whole.seats[1:]))
    return {
        None: (None,),
        groups.GroupState.STANDING: (bare, whole, taken),
        groups.GroupState.CLOSED: (replace(taken, state=groups.GroupState.CLOSED, closed_at=WORLD.now),),
    }


def _sittings() -> dict[StrEnum | None, tuple[sittings.GroupSitting | None, ...]]:
    """A sitting that nobody has answered, and one that a substitute is asked about."""
    made = decide(None, SAT, _context(WORLD.now))
    assert isinstance(made, Decision) and isinstance(made.state, sittings.GroupSitting)
    asked = decide(
        made.state,
        sittings.SeatAnswered(1, sittings.SittingRole.REPRESENTATIVE, sittings.SeatAnswer.SUBSTITUTE),
        _context(WORLD.now),
    )
    assert isinstance(asked, Decision) and isinstance(asked.state, sittings.GroupSitting)
    return {
        None: (None,),
        sittings.SittingState.CALLED: (made.state, asked.state),
        sittings.SittingState.CANCELLED: (replace(made.state, state=sittings.SittingState.CANCELLED),),
    }


def _meetings() -> dict[StrEnum | None, Meeting | None]:
    """The meeting in each of its states."""
    made = decide(None, draft(at(START), [HOME_CARE, SCHOOL]), _context(WORLD.now))
    assert isinstance(made, Decision)
    asked = decide(made.state, SAMPLES[PollAsked][0], _context(WORLD.now))
    assert isinstance(asked, Decision)
    return {
        None: None,
        MeetingState.DRAFT: _is_meeting(asked.state),
        MeetingState.CALLED: WORLD.the,
        MeetingState.ENDED: replace(WORLD.the, state=MeetingState.ENDED, started=True),
        MeetingState.CLOSED: replace(
            WORLD.the, state=MeetingState.CLOSED, started=True, next_meeting_on=WORLD.the.start.date()
        ),
        MeetingState.CANCELLED: replace(WORLD.the, state=MeetingState.CANCELLED),
    }


def _context(now: datetime) -> Context:
    return replace(WORLD.context(), now=now)


def _is_meeting(state: object) -> Meeting:
    assert isinstance(state, Meeting)
    return state


def _reports() -> dict[StrEnum | None, tuple[DeviationReport | None, ...]]:
    """Reports of each state, as different as they come: with a word in the thread, a measure, one followed up."""
    made = decide(None, RAISED, _context(WORLD.now))
    assert isinstance(made, Decision)
    assert isinstance(made.state, DeviationReport)
    bare, now = made.state, WORLD.now
    word = replace(bare, words=(Word(1, ReportSide.RECEIVING, now, "Vi återkommer.", Channel.PAGE),))
    measure = Measure(1, ReportSide.RECEIVING, "Två läser brevlådan.", "enhetschef", WORLD.now.date(), now)
    followed = (replace(measure, followed_at=now, done=True, effect="Bättre."),)
    answered = replace(bare, answered_at=now)
    open_one, two = (
        replace(answered, measures=(measure,)),
        replace(answered, measures=(measure, replace(measure, number=2))),
    )
    whole = replace(answered, measures=followed)
    disputed = replace(bare, statement=Statement.WE_WERE_THERE, heard_at=now)
    of_state = {
        DeviationState.HEARING: (bare, word),
        DeviationState.RECEIVED: (bare, replace(bare, measures=followed), replace(bare, good_example=True)),
        DeviationState.IN_DIALOGUE: (word, replace(word, measures=followed), replace(word, good_example=True)),
        DeviationState.DISPUTED: (bare, word),
        DeviationState.ANSWERED: (answered, open_one, two),
        DeviationState.FOLLOWED_UP: (whole,),
        DeviationState.FORWARDED: (bare, word, answered, whole, disputed),
    }
    return {
        None: (None,),
        **{state: tuple(replace(one, state=state) for one in of_state.get(state, (bare,))) for state in DeviationState},
    }


def _items() -> dict[StrEnum | None, tuple[AgendaItem | None, ...]]:
    """Items of each state: of a report alone and by hand; decided with something to do, and with nothing; and put again
    after either; one that asks a seat.
    """
    made = decide(None, PUT, _context(WORLD.now))
    assert isinstance(made, Decision)
    assert isinstance(made.state, AgendaItem)
    by_hand, of_report = made.state, replace(made.state, source=ItemSource.REPORT)
    own = reports.Side(HOME_CARE.unit_id, HOME_CARE.name, HOME_CARE.organisation_id, HOME_CARE.principal_id)
    day = WORLD.now.date()
    to_do = Resolution(1, "Två läser.", "Tre rapporter.", day, WORLD.now, "enhetschef", own, day)
    again = tuple(replace(of_report, resolutions=(one,)) for one in (to_do, replace(to_do, done_at=WORLD.now)))
    both: dict[ItemState, tuple[AgendaItem, ...]] = {ItemState.DROPPED: (by_hand, of_report)}
    inquiry = agenda.Inquiry(LATER, ("Vad fungerade?",), "", WORLD.now, WORLD.now)
    reply = agenda.SeatReply(1, groups.SeatFunction.RECTOR, "", "Al kommun")
    asking = replace(by_hand, inquiry=inquiry, replies=(reply,))
    both[ItemState.WAITING] = (by_hand, of_report, *again, asking)
    both[ItemState.LISTED] = tuple(replace(one, sitting_on=day) for one in both[ItemState.WAITING])
    decided = {
        ItemState.DECIDED: (replace(by_hand, resolutions=(to_do,)),),
        ItemState.DONE: (replace(by_hand, resolutions=(replace(to_do, done_at=WORLD.now),)),),
    }
    return {
        None: (None,),
        **{state: tuple(replace(one, state=state) for one in found) for state, found in {**both, **decided}.items()},
    }


STATES: Mapping[str, Mapping[StrEnum | None, tuple[Any, ...]]] = {
    MEETING.kind: {state: (one,) for state, one in _meetings().items()}, DEVIATION.kind: _reports(),
    AGENDA_ITEM.kind: _items(), STANDING_GROUP.kind: _groups(),
    GROUP_SITTING.kind: _sittings(),
}  # fmt: skip
TIMES = (WORLD.now, EVENING, WORLD.now + timedelta(days=400))
ROWS = [
    pytest.param(machine, event, id=f"{machine.kind}-{event.__name__}")
    for machine in MACHINES
    for event in machine.table
]


def _outcomes(machine: Any, state: StrEnum | None, event: type) -> Iterator[Decision | Refused]:
    for sample, before in product(SAMPLES[event], STATES[machine.kind][state]):
        for now, case in product(TIMES, (CASE, replace(CASE, consent=False))):
            yield decide(before, sample, replace(_context(now), case=case))


@pytest.mark.parametrize(("machine", "event"), ROWS)
def test_an_event_leads_where_its_row_says_and_nowhere_else(machine: Any, event: type) -> None:
    leads = machine.table[event].leads
    for state in (None, *machine.states):
        outcomes = list(_outcomes(machine, state, event))
        if state in leads:
            reached = {found.state.state for found in outcomes if isinstance(found, Decision)}
            assert reached == set(leads[state]), state
            continue
        reason = Reason.NOT_FOUND if state is None else Reason.ALREADY_EXISTS if set(leads) == {None} else None
        expected = Refused(Reason.WRONG_STATE, {"state": str(state)}) if reason is None else Refused(reason)
        assert outcomes == [expected] * len(outcomes), state


@pytest.mark.parametrize(("machine", "event"), ROWS)
def test_a_decision_off_the_table_is_raised(machine: Any, event: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each target of the row is taken away in turn: what still would lead there is a fault."""
    row = machine.table[event]
    for state, targets in row.leads.items():
        for target in targets:
            left = tuple(one for one in targets if one is not target)
            monkeypatch.setitem(machine.table, event, replace(row, leads={**row.leads, state: left}))
            with pytest.raises(OffTableError, match=f"{event.__name__} led from {state or 'nothing'} to {target}"):
                list(_outcomes(machine, state, event))


def test_every_event_has_its_row() -> None:
    """What stands beside the events and is none is a part of one."""
    declared = {
        cls for module in (e, news, reports, in_hand, agenda) for cls in vars(module).values()
        if is_dataclass(cls) and cls.__module__ == module.__name__
    }  # fmt: skip
    taken = {event for machine in MACHINES for event in machine.table}
    assert declared - taken == {
        e.PartyDraft, e.NamedPerson, e.Said, reports.Side, DeviationReport, Word, Measure,
        AgendaItem, Resolution, agenda.Group, agenda.Within, agenda.Preparation, agenda.ItemOrigin, agenda.Reference,
        agenda.Inquiry, agenda.SeatReply, agenda.SeatParty,
    }  # fmt: skip


@dataclass(frozen=True)
class Unheard:
    """An event of nobody's."""


@pytest.mark.parametrize("state", [None, WORLD.the, STATES[DEVIATION.kind][DeviationState.RECEIVED][0]], ids=type)
def test_an_event_that_nobody_declared_is_no_tick(state: Any) -> None:
    with pytest.raises(UnknownEventError, match="Unheard"):
        decide(state, Unheard(), _context(EVENING))


def test_an_event_of_another_kind_is_no_tick() -> None:
    with pytest.raises(UnknownEventError, match="deviation: takes no Excused"):
        decide(STATES[DEVIATION.kind][DeviationState.HEARING][0], e.Excused(2, "skäl"), _context(EVENING))
    with pytest.raises(UnknownEventError, match="meeting: takes no DisputeSettled"):
        decide(WORLD.the, DisputeSettled(), _context(EVENING))


def test_before_there_is_anything_nothing_else_happens() -> None:
    assert decide(None, DisputeSettled(), _context(EVENING)) == Refused(Reason.NOT_FOUND)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([sample for event in DEVIATION.table for sample in SAMPLES[event]]),
            st.sampled_from([0, 1, 9, 24, 24 * 11, 24 * 61]),
        ),
        max_size=25,
    )
)
def test_a_report_played_at_random_keeps_to_its_table(play: list[tuple[object, int]]) -> None:
    now = WORLD.now
    made = decide(None, RAISED, _context(now))
    assert isinstance(made, Decision)
    state = made.state
    for event, hours in play:
        now += timedelta(hours=hours)
        found = decide(state, event, _context(now))
        assert (state.state in DEVIATION.table[type(event)].leads) or isinstance(found, Refused)
        if isinstance(found, Decision):
            assert found.state.state in DEVIATION.table[type(event)].leads[state.state]
            state = found.state
        if isinstance(event, e.TimePassed):
            due = next_due(state)
            assert due is None or due > now


# -- rules that never end


def test_a_report_that_stays_due_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(hearing.STEPS, Step.REMINDER, lambda _: None)
    with pytest.raises(EndlessError, match="a report's steps: no end after 100 turns"):
        decide(STATES[DEVIATION.kind][DeviationState.RECEIVED][0], e.TimePassed(), _context(at("2027-03-09 10:00")))


def test_a_party_that_stays_due_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalation, "_act", lambda *_: None)
    with pytest.raises(EndlessError, match="the steps of party 2"):
        decide(WORLD.the, e.TimePassed(), _context(at("2026-12-03 10:00")))


def test_redirects_in_a_circle_are_no_hang() -> None:
    """A state that no rule makes; a person's command on it is a fault and no page that waits for ever."""
    parties = tuple(replace(p, redirected_from=3 if p.ordinal == 2 else 2) for p in WORLD.the.parties)
    broken = replace(WORLD.the, parties=parties)
    event = e.Answered(2, AnswerKind.REDIRECTS, said(WORLD), target_unit_id=OUTSIDE.unit_id)
    other = {**WORLD.rosters, OUTSIDE.unit_id: replace(OUTSIDE, principal_id=HOME_CARE.principal_id)}
    with pytest.raises(EndlessError, match="a chain of redirects"):
        decide(broken, event, replace(_context(WORLD.now), rosters=other))


ENDING = {
    "worktime.py: reaching": "each turn lays twenty years more",
    "worktime.py: at": "each turn lays twenty years more",
    "worktime.py: plus_days": "each turn lays twenty years more",
    "masking.py: _hide": "each turn hides one row of those that are left",
    "merkle.py: add": "the size loses a digit each turn",
    "merkle.py: __init__": "each level is half of the one below",
    "merkle.py: root_from_path": "the place loses a digit each turn",
    "attendance.py: ask": "the step grows up to the last",
    "hearing.py: _remind": "the reminder grows up to the last",
    "ladder.py: plan": "the rungs that are left grow fewer",
    "sketch.py: follow_up": "each turn is a day later, and no month is without a working day",
}
"""Loops of the domain without a bound of their own, and why they end."""


def test_no_other_loop_of_the_domain_is_without_a_bound() -> None:
    found = {
        f"{path.name}: {function.name}"
        for path in DOMAIN.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and any(isinstance(node, ast.While) for node in ast.walk(function))
    }
    assert found == set(ENDING), "use sip.domain.machine.bounded, or say why it ends"


def test_a_fault_of_the_rules_is_no_refusal() -> None:
    assert all(issubclass(kind, RuleError) for kind in (EndlessError, OffTableError, UnknownEventError))
    assert Row({None: ()}).begins


def test_before_the_call_a_party_has_no_round_no_ladder_and_needs_nobody() -> None:
    """Nothing that is asked of a draft's parties fails for want of a round; what needs one is refused."""
    the = _is_meeting(STATES[MEETING.kind][MeetingState.DRAFT][0])
    party = the.parties[1]
    change = Change(the, _context(WORLD.now))
    with pytest.raises(Refusal, match="wrong_state"):
        change.round(2)
    with pytest.raises(Refusal, match="wrong_state"):
        change.set_round(2, ladder=False)
    assert ladder.planned(the, party, party.rule_set) == ()
    assert escalation.party_due(the, party) is None
    assert escalation.foreseen(the, party, WORLD.now) is None
    assert awaits_convener(the) == [] and awaits_convener(WORLD.the) == []
    uncalled = replace(the, state=MeetingState.CALLED)
    assert [one.need for one in needs.of_convener(uncalled) if one.party is not None] == []
    assert needs.of_unit(uncalled, party) is None and needs.hand_of_unit(the, party) is None
    assert not reporting.automatic(replace(uncalled, state=MeetingState.CLOSED), replace(party, mark=Mark.ABSENT))
