"""What cannot be, and why: a setting, a command in it, the reason of the refusal (rules, sections 1, 5 to 8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.chair import ChairLinkSent
from sip.domain.check_in import MOST
from sip.domain.decision import Reason
from sip.domain.in_hand import AskedAgain, Remarked, Snoozed, TakenOver
from sip.domain.meeting import Place
from sip.domain.next_date import PlanEnded
from sip.domain.people import Successor
from sip.domain.poll import PollAnswered, PollAsked, PollPicked
from sip.domain.protected import MOST as MOST_NAMED
from sip.domain.protected import UserNamed, UserUnnamed
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Channel,
    ClaimKind,
    ContestReason,
    Form,
    Mark,
    Obligation,
    Outcome,
    PlaceKind,
)
from tests.domain.cast import (
    AGREEMENT,
    BOK,
    CARE_CENTRE,
    CASE,
    CONVENER,
    HOME_CARE,
    OUTSIDE,
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

R = Reason
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW, S = at(CALL), at(START)
ASKED = PollAsked(((S - DAY, S - DAY + HOUR), (S + DAY, S + DAY + HOUR)), date(2026, 11, 20))
SUMMONED = Obligation.SUMMONED
TAKES_OVER = Successor(SCHOOL.unit_id, SCHOOL.name)


def nothing() -> World:
    return World(NOW)


def drafted(event: e.MeetingDrafted | None = None, **more: Any) -> World:
    world = World(NOW)
    done(world, replace(event or draft(S), **more))
    return world


def running() -> World:
    return called(CALL, START)


def begun() -> World:
    world = called(CALL, START)
    world.now = S
    return world


def ended() -> World:
    world = called(CALL, START)
    world.run(at("2026-12-07 11:00"))
    return world


def closed() -> World:
    world = ended()
    done(world, e.OutcomeRecorded(Outcome.HELD, ((2, Mark.ATTENDED),), "Clara"))
    return world


def cancelled() -> World:
    world = called(CALL, START)
    done(world, e.Cancelled(e.CancelReason.OTHER))
    return world


def said_now(kind: AnswerKind, party: int = 2, **more: Any) -> Callable[[World], object]:
    return lambda world: e.Answered(party, kind, said(world), **more)


def proposal(start: timedelta, end: timedelta) -> Callable[[World], object]:
    return lambda world: e.Answered(
        2, AnswerKind.PROPOSES, said(world), proposed_start=world.now + start, proposed_end=world.now + end
    )


def redirect(target: Any, party: int = 2) -> Callable[[World], object]:
    return said_now(AnswerKind.REDIRECTS, party, target_unit_id=target)


def stands_in(person: e.NamedPerson, party: int = 2) -> Callable[[World], object]:
    return lambda world: e.SubstituteNamed(party, person, said(world))


def acting(*events: Callable[[World], object]) -> Callable[[], World]:
    """A called meeting to which these have happened."""

    def made() -> World:
        world = running()
        for event in events:
            done(world, event(world))
        return world

    return made


def knowing(**rosters: Any) -> Callable[[], World]:
    """A called meeting; then the directory changes for the social services."""

    def made() -> World:
        world = running()
        world.rosters[SOCIAL.unit_id] = replace(SOCIAL, **rosters)
        return world

    return made


def case(**facts: Any) -> Callable[[], World]:
    def made() -> World:
        world = drafted()
        assert world.case is not None
        world.case = replace(world.case, **facts)
        return world

    return made


def hops(world: World, most: int, *, must_attend: bool = False) -> World:
    rules = replace(AGREEMENT.rules, redirect_hops=most, redirect_must_attend=must_attend)
    world.agreements = (replace(AGREEMENT, rules=rules),)
    called(CALL, START, world=world)
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    done(world, e.Decided(2, e.Verdict.ACCEPT))
    return world


def place(form: Form, kind: PlaceKind, **more: str) -> Callable[[], World]:
    return lambda: drafted(form=form, place=Place(kind, **more))


def claimed(kind: ClaimKind = ClaimKind.UNCONFIRMED) -> Callable[[World], object]:
    return lambda world: e.Claimed(2, 2, kind, AnswerKind.ATTENDS, "nora@annat.example", said(world, Channel.MAIL))


def just(event: object) -> Callable[[World], object]:
    return lambda _: event


ORGANISATIONS = frozenset({CARE_CENTRE.organisation_id})
ACCEPT, DECLINE = e.Verdict.ACCEPT, e.Verdict.DECLINE
CALL_IT = just(e.Called())
NOTHING = R.NOTHING_TO_DECIDE
REFUSALS: list[tuple[Callable[[], World], Callable[[World], object], Reason]] = [
    # what is not there
    (nothing, CALL_IT, R.NOT_FOUND),
    (running, just(e.PartyRemoved(9)), R.NOT_FOUND),
    (running, lambda w: e.AttendeeAnswered(2, 9, AttendeeState.ACCEPTED, said(w)), R.NOT_FOUND),
    (running, just(e.ClaimDecided(9, ACCEPT, "Clara")), R.NOT_FOUND),
    (running, just(e.Refreshed(2, 9)), R.NOT_FOUND),
    (running, just(e.AutoReplied(9)), R.NOT_FOUND),
    (running, said_now(AnswerKind.REPRESENTED), R.NOT_FOUND),
    (running, said_now(AnswerKind.REPRESENTED, represented_by=2), R.NOT_FOUND),
    (running, said_now(AnswerKind.REPRESENTED, represented_by=9), R.NOT_FOUND),
    (ended, just(e.OutcomeRecorded(Outcome.HELD, ((9, Mark.ATTENDED),), "Clara")), R.NOT_FOUND),
    # a draft and its call
    (drafted, just(draft(S)), R.ALREADY_EXISTS),
    (nothing, just(draft(NOW)), R.TIME_PAST),
    (nothing, just(draft(NOW + timedelta(days=731, seconds=1))), R.TIME_TOO_FAR),
    (nothing, just(replace(draft(S), end=S)), R.END_BEFORE_START),
    (nothing, just(replace(draft(S), end=S + DAY + timedelta(seconds=1))), R.END_BEFORE_START),
    (nothing, just(draft(S, [replace(HOME_CARE, unit_id=ident("okänd"))])), R.UNKNOWN_UNIT),
    (nothing, just(draft(S, [HOME_CARE, HOME_CARE])), R.PARTY_TWICE),
    (lambda: drafted(purpose_text=" "), CALL_IT, R.NO_PURPOSE),
    (lambda: drafted(questions=(" ",)), CALL_IT, R.NO_QUESTIONS),
    (lambda: drafted(parties=()), CALL_IT, R.NO_PARTIES),
    (lambda: old_draft(), CALL_IT, R.TIME_PAST),
    (running, just(e.TextChanged(questions=())), R.NO_QUESTIONS),
    (place(Form.PHYSICAL, PlaceKind.ROOM, room="2"), CALL_IT, R.PLACE_INCOMPLETE),
    (place(Form.PHYSICAL, PlaceKind.VIDEO, video_url="https://mote.example/1"), CALL_IT, R.PLACE_INCOMPLETE),
    (place(Form.VIDEO, PlaceKind.VIDEO), CALL_IT, R.PLACE_INCOMPLETE),
    (place(Form.PHONE, PlaceKind.PHONE), CALL_IT, R.PLACE_INCOMPLETE),
    (place(Form.PHONE, PlaceKind.HOME), CALL_IT, R.PLACE_INCOMPLETE),
    (place(Form.HYBRID, PlaceKind.ROOM, unit="Eken"), CALL_IT, R.PLACE_INCOMPLETE),
    (place(Form.HYBRID, PlaceKind.PHONE, phone="010-1"), CALL_IT, R.PLACE_INCOMPLETE),
    (running, just(e.Moved(S + DAY, S + DAY + HOUR, Form.PHONE, Place(PlaceKind.PHONE))), R.PLACE_INCOMPLETE),
    (running, just(e.Moved(NOW, NOW + HOUR, Form.HYBRID, Place(PlaceKind.HOME))), R.TIME_PAST),
    (case(consent=False), CALL_IT, R.NO_CONSENT),
    (lambda: called_without_case(), CALL_IT, R.NO_CONSENT),
    (case(protected=True), CALL_IT, R.PROTECTED_CASE),
    (case(consent_until=date(2026, 11, 1)), CALL_IT, R.CONSENT_NOT_COVERING),
    (case(consent_organisations=ORGANISATIONS), CALL_IT, R.CONSENT_NOT_COVERING),
    (lambda: inpatient(), CALL_IT, R.INPATIENT_CALLER),
    # parties that come and go
    (running, just(e.PartyAdded(e.PartyDraft(HOME_CARE.unit_id, SUMMONED))), R.PARTY_TWICE),
    (knowing(closes_at=S), just(e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, SUMMONED))), R.UNIT_CLOSES),
    (knowing(closes_at=S, successor=TAKES_OVER), just(e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, SUMMONED))),
     R.UNIT_SUCCEEDED),
    (running, just(e.PartyRemoved(1)), R.PARTY_INACTIVE),
    (acting(just(e.PartyRemoved(2))), just(e.PartyRemoved(2)), R.PARTY_INACTIVE),
    (acting(just(e.PartyRemoved(2))), said_now(AnswerKind.ATTENDS), R.PARTY_INACTIVE),
    (acting(just(e.PartyRemoved(2))), just(e.Excused(2, "skäl")), R.PARTY_INACTIVE),
    (acting(just(e.Released(2))), just(e.Released(2)), R.PARTY_NOT_BOUND),
    (acting(just(e.Released(2))), just(e.Excused(2, "skäl")), R.PARTY_NOT_BOUND),
    (acting(just(e.Released(2))), stands_in(named("Anna")), R.PARTY_NOT_BOUND),
    (running, just(e.Released(1)), R.PARTY_NOT_BOUND),
    # a poll of times
    (running, just(PollAsked(ASKED.times[:1], ASKED.closes_on)), R.POLL_TIMES),
    (running, just(PollAsked(ASKED.times, date(2026, 11, 1))), R.POLL_CLOSES_PAST),
    (running, just(PollPicked(1, 1)), R.POLL_OVER),
    (acting(just(ASKED)), just(PollAnswered(2, 1, (), "Eva", Channel.PAGE)), R.POLL_CHOICES),
    # too late
    (begun, said_now(AnswerKind.ATTENDS), R.ALREADY_STARTED),
    (begun, just(e.Cancelled(e.CancelReason.OTHER)), R.ALREADY_STARTED),
    (begun, just(e.Moved(S + DAY, S + DAY + HOUR, Form.HYBRID, Place(PlaceKind.HOME))), R.ALREADY_STARTED),
    (begun, just(e.TextChanged(purpose_text="ny")), R.ALREADY_STARTED),
    (begun, just(e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, SUMMONED))), R.ALREADY_STARTED),
    (begun, just(e.PartyRemoved(2)), R.ALREADY_STARTED),
    (begun, just(e.GoAhead()), R.ALREADY_STARTED),
    (begun, just(e.ConsentChanged()), R.ALREADY_STARTED),
    (begun, just(e.HandedOver(CONVENER)), R.ALREADY_STARTED),
    (running, just(e.HandedOver(replace(CONVENER, principal_id=BOK))), R.OTHER_PRINCIPAL),
    (begun, just(e.Excused(2, "skäl")), R.ALREADY_STARTED),
    # answers
    (running, said_now(AnswerKind.ATTENDS, names=(e.NamedPerson("X", "x@annat.example"),)), R.OTHER_ORGANISATION),
    (running, stands_in(e.NamedPerson("X", "x@annat.example")), R.OTHER_ORGANISATION),
    (running, said_now(AnswerKind.PROPOSES), R.PROPOSED_TIME_MISSING),
    (running, lambda w: e.Answered(2, AnswerKind.PROPOSES, said(w), proposed_start=S), R.PROPOSED_TIME_MISSING),
    (running, lambda w: e.Answered(2, AnswerKind.PROPOSES, said(w), proposed_end=S), R.PROPOSED_TIME_MISSING),
    (running, proposal(timedelta(0), HOUR), R.TIME_PAST),
    (running, proposal(DAY, DAY), R.END_BEFORE_START),
    (running, said_now(AnswerKind.CONTESTS), R.REASON_MISSING),
    (running, lambda w: e.Acknowledged(2, said(w), date(2026, 11, 1)), R.PROMISE_PAST),
    (lambda: moved(), lambda w: e.Answered(2, AnswerKind.ATTENDS, replace(said(w), stamp=old(w))), R.STALE_VERSION),
    (acting(stands_in(named("Anna"))), stands_in(named("Anna")), R.ALREADY_ASKED),
    (acting(*(stands_in(named(n)) for n in "ABCDE")), stands_in(named("F")), R.TOO_MANY_SUBSTITUTES),
    # redirects
    (running, redirect(None), R.UNKNOWN_UNIT),
    (running, redirect(ident("okänd")), R.UNKNOWN_UNIT),
    (knowing(closes_at=S), redirect(SOCIAL.unit_id), R.UNIT_CLOSES),
    (running, just(e.SuccessorCalled(2, SCHOOL.unit_id)), R.NOT_SUCCESSOR),
    (knowing(addresses=()), redirect(SOCIAL.unit_id), R.NO_ADDRESS),
    (running, redirect(OUTSIDE.unit_id), R.OTHER_PRINCIPAL),
    (running, redirect(HOME_CARE.unit_id), R.REDIRECT_CIRCLE),
    (lambda: hops(World(NOW), 9), redirect(HOME_CARE.unit_id, 3), R.REDIRECT_CIRCLE),
    (lambda: hops(World(NOW), 1), redirect(SCHOOL.unit_id, 3), R.REDIRECT_TOO_MANY),
    (lambda: hops(World(NOW), 2, must_attend=True), said_now(AnswerKind.NOT_OURS, 3), R.REDIRECT_TOO_MANY),
    (lambda: called(CALL, START, [HOME_CARE, SCHOOL]), redirect(SCHOOL.unit_id), R.PARTY_TWICE),
    # the convener's decisions
    (running, just(e.Decided(2, ACCEPT)), R.NOTHING_TO_DECIDE),
    (acting(said_now(AnswerKind.ATTENDS)), just(e.Decided(2, ACCEPT)), R.NOTHING_TO_DECIDE),
    (acting(said_now(AnswerKind.UNKNOWN_IDENTITY)), just(e.Decided(2, ACCEPT)), R.NOTHING_TO_DECIDE),
    (acting(said_now(AnswerKind.INFORMS), just(e.Decided(2, DECLINE))), just(e.Decided(2, ACCEPT)), NOTHING),
    (acting(said_now(AnswerKind.NOT_OURS)), just(e.Decided(2, ACCEPT)), R.UNKNOWN_UNIT),
    (
        acting(said_now(AnswerKind.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)),
        just(e.Decided(2, DECLINE, " ")), R.REASON_MISSING,
    ),
    (lambda: redirected_beyond_consent(), just(e.Decided(2, ACCEPT)), R.CONSENT_NOT_COVERING),
    (running, just(e.Excused(2, " ")), R.REASON_MISSING),
    (running, just(e.PauseSet(2, " ", NOW + DAY)), R.REASON_MISSING),
    (running, just(e.PauseSet(2, "sportlov", NOW)), R.TIME_PAST),
    (running, just(e.PauseSet(2, "sportlov", at("2026-12-04 08:01"))), R.PAUSE_TOO_LONG),
    # answers of which it is not certain whose they are
    (acting(claimed(), just(e.ClaimDecided(1, DECLINE, "Clara"))), just(e.ClaimDecided(1, ACCEPT, "C")), NOTHING),
    (acting(claimed(), said_now(AnswerKind.TENTATIVE)), just(e.ClaimDecided(1, ACCEPT, "Clara")), R.CLAIM_OVERTAKEN),
    (lambda: claimed_beside_a_redirect(), just(e.ClaimDecided(1, ACCEPT, "Clara")), R.CLAIM_OVERTAKEN),
    # who has it in hand, and who is there
    (running, just(Snoozed(NOW + timedelta(days=14, seconds=1), "x", "Siv")), R.SNOOZE_TOO_LONG),
    (running, just(Snoozed(NOW, "x", "Siv")), R.TIME_PAST),
    (running, just(Snoozed(NOW + HOUR, " ", "Siv")), R.REASON_MISSING),
    (running, just(Remarked(" ", "Siv")), R.REASON_MISSING),
    (acting(said_now(AnswerKind.TENTATIVE)), just(AskedAgain(2)), R.NOTHING_TO_ASK),
    (acting(just(AskedAgain(2))), just(AskedAgain(2)), R.ASKED_TODAY),
    (closed, just(PlanEnded()), R.NO_NEXT_DATE),
    (closed, just(TakenOver("siv", "Siv")), R.WRONG_STATE),
    (acting(just(e.TextChanged(chair_email=""))), just(ChairLinkSent()), R.NO_CHAIR),
    (running, just(e.CheckedIn(2, name="Anna")), R.CHECK_IN_EARLY),
    (begun, just(e.CheckedIn(2, name=" ")), R.CHECK_IN_NAMELESS),
    (lambda: crowded(), just(e.CheckedIn(2, name="En till")), R.TOO_MANY_CHECK_INS),
    # whom it is for
    (lambda: guarded(), just(ASKED), R.PROTECTED_NO_POLL),
    (lambda: guarded(), just(UserUnnamed(ident("Clara"))), R.LAST_NAMED),
    (lambda: guarded(MOST_NAMED - 1), just(UserNamed(ident("Nils"), 1)), R.TOO_MANY_NAMED),
    # the end
    (running, just(e.OutcomeRecorded(Outcome.HELD, ((2, Mark.ATTENDED),), "Clara")), R.NOT_ENDED),
    (ended, just(e.OutcomeRecorded(Outcome.HELD, (), "Clara")), R.MARKS_MISSING),
    (closed, just(e.OutcomeRecorded(Outcome.HELD, ((2, Mark.ABSENT),), "Clara", " ")), R.REASON_MISSING),
]  # fmt: skip


def guarded(more: int = 0) -> World:
    """A draft of a protected case, for who drafted it and so many more."""
    world = World(NOW, case=replace(CASE, protected=True))
    done(world, replace(draft(S), user_id=ident("Clara")))
    for number in range(more):
        done(world, UserNamed(ident(f"user {number}"), 1))
    return world


def old_draft() -> World:
    world = drafted()
    world.now = S
    return world


def crowded() -> World:
    world = begun()
    for number in range(MOST):
        done(world, e.CheckedIn(2, name=f"Nummer {number}"))
    return world


def called_without_case() -> World:
    world = drafted()
    world.case = None
    return world


def inpatient() -> World:
    world = World(NOW)
    world.rosters[CARE_CENTRE.unit_id] = replace(CARE_CENTRE, inpatient=True)
    done(world, draft(S, kind=MeetingKind.DISCHARGE))
    return world


def moved() -> World:
    world = running()
    done(world, e.Moved(S + DAY, S + DAY + HOUR, world.the.form, world.the.place))
    return world


def old(world: World) -> Any:
    return replace(said(world).stamp, sequence=0)


def redirected_beyond_consent() -> World:
    world = running()
    world.rosters[SOCIAL.unit_id] = replace(SOCIAL, organisation_id=ident("Socialnämnden Al"))
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    assert world.case is not None
    world.case = replace(world.case, consent_organisations=frozenset({HOME_CARE.organisation_id}))
    return world


def claimed_beside_a_redirect() -> World:
    world = running()
    early = said(world, moment=NOW - HOUR)
    done(world, claimed()(world))
    done(world, e.Answered(2, AnswerKind.REDIRECTS, early, target_unit_id=SOCIAL.unit_id))
    return world
