"""A seat's life: asked, reminded, lifted, filled, put off, left; whose turn it is (rules, section 18)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.domain.asking import ASK_AGAIN, ASKS_MOST, ENDING_DAYS, principals_of
from sip.domain.decide import decide, next_due, overtaken
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.group import (
    ABOVE,
    ConsentWay,
    ConsentWithdrawn,
    GroupAbove,
    GroupClosed,
    GroupEdited,
    GroupFounded,
    GroupSeat,
    Mandate,
    NameShown,
    Readers,
    ReadersChosen,
    SeatAdded,
    SeatBody,
    SeatChanged,
    SeatFilled,
    SeatFunction,
    SeatPutOff,
    SeatTakenOut,
    SeatVacated,
    Sitter,
    StandingGroup,
    StandingKind,
    TermEnd,
)
from sip.domain.people import Address, Answerer
from sip.domain.seating import MOST_BODIES, MOST_SEATS
from sip.domain.worktime import local_day, office_time
from tests.domain.cast import at, ident

REGION = SeatBody(ident("region"), "Region Al", "Hälso- och sjukvårdsnämnden", "hsn@region-al.example")
NORTH = SeatBody(ident("north"), "Norra kommun", "Socialnämnden", "sn@norra.example")
SOUTH = SeatBody(ident("south"), "Södra kommun", "Omsorgsnämnden", "on@sodra.example")
BODIES = (NORTH, SOUTH, REGION)
RECTOR, USER = SeatFunction.RECTOR, SeatFunction.USER_REPRESENTATIVE
FOUNDED = GroupFounded(ident("group"), StandingKind.MANAGERS_NETWORK, " Chefsnätverket ", Mandate("Samordnar."))
ANNA, BO = Sitter(ident("Anna")), Sitter(ident("Bo"))
HEAD = Answerer(Address("chef@norra.example", "Chefen"), ident("user"))
MONDAY = "2026-11-02 10:00"
SWEDEN = ZoneInfo("Europe/Stockholm")


@dataclass
class Room:
    """One group, the moment, and all that was mailed."""

    now: datetime
    group: StandingGroup | None = None
    came: Decision | Refused | None = None
    mails: list[Notice] = field(default_factory=list)
    answerers: dict[Any, tuple[Answerer, ...]] = field(default_factory=lambda: {NORTH.principal_id: (HEAD,)})

    def do(self, event: object) -> "Room":
        self.came = decide(self.group, event, Context(self.now, answerers=self.answerers))
        if isinstance(self.came, Decision):
            assert isinstance(self.came.state, StandingGroup)
            self.group = self.came.state
            self.mails += [one for one in self.came.effects if isinstance(one, Notice)]
        return self

    @property
    def the(self) -> StandingGroup:
        assert self.group is not None
        return self.group

    @property
    def due(self) -> datetime | None:
        return next_due(self.the)

    @property
    def refused(self) -> Reason:
        assert isinstance(self.came, Refused), self.came
        return self.came.reason

    def seat(self, number: int = 1) -> GroupSeat:
        found = self.the.seat(number)
        assert found is not None
        return found

    def until(self, moment: datetime) -> "Room":
        """Every tick that is due until then, at the moment it is due."""
        while self.due is not None and self.due <= moment:
            self.now = self.due
            before = self.due
            self.do(TimePassed())
            assert self.due is None or self.due > before, "a tick settles what was due"
        self.now = moment
        return self

    def on(self, day: str) -> "Room":
        return self.until(at(f"{day} 12:00"))

    def told(self) -> list[tuple[str, str, str]]:
        return [
            (one.kind.value, f"{one.dtstamp.astimezone(SWEDEN):%Y-%m-%d %H:%M}", one.to.email) for one in self.mails
        ]


def room(*seats: object) -> Room:
    made = Room(at(MONDAY)).do(FOUNDED)
    for seat in seats or (SeatAdded(RECTOR, bodies=BODIES[:1]),):
        made.do(seat)
    return made


def test_a_vacant_seat_is_asked_the_next_morning_reminded_twice_and_lifted_once() -> None:
    the = room().on("2027-06-01")
    asked = NoticeKind.SEATS_ASKED.value
    assert the.told() == [
        (asked, "2026-11-03 08:00", NORTH.email),
        (asked, "2026-11-17 08:00", NORTH.email),
        (asked, "2026-12-01 08:00", NORTH.email),
        (NoticeKind.SEATS_LIFTED.value, "2026-12-15 08:00", HEAD.to.email),
    ]
    first, second = the.mails[:2]
    assert (first.link, first.detail["times"], second.detail["times"]) == (Link.APPOINT, "1", "2")
    assert first.detail["seats"] == "rector||" and first.detail["group"] == "Chefsnätverket"
    lifted = the.mails[3]
    assert (lifted.link, lifted.user_id) == (None, HEAD.user_id), "she signs in"
    assert the.due is None and the.seat().lifted_at is not None


def test_nobody_who_answers_is_noted_and_the_seat_rests() -> None:
    the = room()
    the.answerers = {}
    the.on("2027-01-10")
    assert [one.kind for one in the.mails] == [NoticeKind.SEATS_ASKED] * ASKS_MOST and the.due is None
    assert isinstance(the.came, Decision) and the.came.notes[-1].kind == "seat_lifted_empty"


def test_all_seats_of_a_body_are_one_mail_and_what_is_late_is_sent_once_in_office_time() -> None:
    the = room(*(SeatAdded(function, "på deltid", BODIES[:1]) for function in (RECTOR, USER)))
    the.do(SeatAdded(RECTOR, bodies=(SOUTH,)))
    the.now = at("2026-12-24 20:00")
    the.do(TimePassed())
    assert the.mails == [] and the.due == at("2026-12-28 08:00"), "never at night"
    the.now = at("2026-12-28 08:00")
    the.do(TimePassed())
    assert [one.to.email for one in the.mails] == [NORTH.email, SOUTH.email]
    assert the.mails[0].detail["seats"] == "rector||på deltid\nuser_representative||på deltid"
    assert set(principals_of(the.the, TimePassed())) == {NORTH.principal_id, SOUTH.principal_id}
    assert not list(principals_of(the.the, FOUNDED)) and not list(principals_of(None, TimePassed()))


def test_the_turn_goes_on_with_each_term_and_back_to_who_appointed_one_that_leaves() -> None:
    the = room(SeatAdded(RECTOR, bodies=BODIES))
    turns = []
    for year in (2027, 2028, 2029, 2030):
        body = the.seat().asks
        assert body is not None
        turns.append(body.principal)
        the.do(SeatFilled(1, ANNA, date(year, 1, 1), date(year, 12, 31), BO))
    assert turns == ["Norra kommun", "Södra kommun", "Region Al", "Norra kommun"]
    assert [term.principal for term in the.seat().terms] == turns
    the.now = at("2030-03-01 10:00")
    the.do(SeatVacated(1, date(2030, 3, 15)))
    body, term = the.seat().asks, the.seat().terms[-1]
    assert body == NORTH and (term.last, term.ended) == (date(2030, 3, 15), TermEnd.RESIGNED)
    the.do(SeatVacated(1, date(2030, 4, 1)))
    assert the.refused is Reason.TERM_PAST, "a term is not made longer"
    the.until(at("2030-03-04 08:00"))
    assert the.told()[-1][1:] == ("2030-03-04 08:00", NORTH.email), "its end is near, so the rest of it is asked"


def test_an_ending_term_is_asked_of_the_next_in_turn_in_time_and_an_appointment_settles_it() -> None:
    the = room(SeatAdded(RECTOR, bodies=BODIES[:2])).do(SeatFilled(1, ANNA, date(2026, 11, 2), date(2027, 10, 31)))
    the.on("2027-08-31")
    assert the.mails == [] and the.due == at("2027-09-01 08:00")
    the.on("2027-09-02")
    assert the.told() == [(NoticeKind.SEATS_ASKED.value, "2027-09-01 08:00", SOUTH.email)]
    assert the.mails[0].detail["seats"] == "rector|2027-10-31|"
    the.do(SeatFilled(1, BO, date(2027, 11, 1)))
    assert the.due is None and the.seat().asked == 0, "until further notice: nothing more is asked"
    assert the.seat().term_on(date(2027, 10, 31)) and the.seat().term_on(date(2028, 1, 1)).representative == BO


def test_not_before_a_day_because_is_silence_until_then() -> None:
    the = room().on("2026-11-04").do(SeatPutOff(1, date(2027, 2, 6), "Nämnden möts i februari."))
    assert the.seat().deferred_because == "Nämnden möts i februari."
    assert the.due == at("2027-02-08 08:00"), "the first working day from then"
    the.on("2027-02-09")
    assert [one[1] for one in the.told()] == ["2026-11-03 08:00", "2027-02-08 08:00"]
    assert the.mails[-1].detail["times"] == "1"
    for event, reason in (
        (SeatPutOff(1, date(2027, 2, 8), "x"), Reason.MEASURE_PAST),
        (SeatPutOff(1, date(2027, 3, 9), " "), Reason.REASON_MISSING),
    ):
        assert the.do(event).refused is reason
    assert the.do(SeatPutOff(1, date(2027, 2, 9), "I dag.")).seat().deferred_until == date(2027, 2, 9)


AGREED = replace(ANNA, consent_on=date(2026, 11, 1), consent_how=ConsentWay.WRITTEN)


def test_a_user_representative_sits_by_her_consent_and_leaves_with_it() -> None:
    the = room(SeatAdded(USER, bodies=BODIES[:1]))
    for who, beside in ((ANNA, None), (AGREED, BO), (replace(AGREED, consent_on=date(2026, 11, 3)), None)):
        the.do(SeatFilled(1, who, date(2026, 11, 2), None, beside))
        assert the.refused is Reason.CONSENT_MISSING
    the.do(ConsentWithdrawn(1))
    assert the.refused is Reason.NOBODY_SITS
    the.do(
        SeatFilled(
            1, AGREED, date(2026, 11, 2), None, replace(BO, consent_on=AGREED.consent_on, consent_how=ConsentWay.SPOKEN)
        )
    )
    the.do(ConsentWithdrawn(1, substitute=True))
    assert the.seat().terms[0].substitute is None and the.seat().term_on(date(2026, 11, 2)) is not None
    the.now = at("2026-12-01 10:00")
    the.do(ConsentWithdrawn(1))
    term = the.seat().terms[0]
    assert (term.last, term.ended) == (date(2026, 11, 30), TermEnd.CONSENT_WITHDRAWN)
    assert the.seat().asks == NORTH and the.due == at("2026-12-02 08:00"), "vacant, and asked the next morning"


def test_her_name_is_shown_outside_only_where_she_has_agreed_to_just_that_and_is_taken_back_alone() -> None:
    the = room(SeatAdded(USER, bodies=BODIES[:1]), SeatAdded(RECTOR, bodies=BODIES[:1]))
    assert the.do(NameShown(1, True)).refused is Reason.NOBODY_SITS
    the.do(SeatFilled(1, AGREED, date(2026, 11, 2), None, replace(AGREED, id=BO.id)))
    the.do(SeatFilled(2, ANNA, date(2026, 11, 2)))
    assert the.do(NameShown(2, True)).refused is Reason.NOBODY_SITS, "staff are never named outside"
    term = the.seat().terms[0]
    assert (term.representative.shown, term.substitute and term.substitute.shown) == (False, False)
    due = the.due
    the.do(NameShown(1, True))
    term = the.seat().terms[0]
    assert (term.representative.shown, term.substitute and term.substitute.shown) == (True, False)
    the.do(NameShown(1, True, substitute=True)).do(NameShown(1, False))
    term = the.seat().terms[0]
    assert (term.representative.shown, term.substitute and term.substitute.shown) == (False, True)
    assert the.seat().term_on(date(2026, 11, 2)) is not None and the.due == due, "she keeps her seat"


def test_an_opened_group_is_told_from_then_and_shut_and_opened_again_it_begins_anew() -> None:
    the = room()
    assert (the.the.readers, the.the.opened_at) == (Readers.SIGNED_IN, None)
    first = the.now
    the.do(ReadersChosen(Readers.OPEN))
    the.now = at("2026-12-01 10:00")
    the.do(ReadersChosen(Readers.OPEN))
    assert (the.the.readers, the.the.opened_at) == (Readers.OPEN, first), "said again it is what it was"
    the.do(GroupClosed("Klart.")).do(ReadersChosen(Readers.SIGNED_IN))
    assert (the.the.readers, the.the.opened_at) == (Readers.SIGNED_IN, None), "also of one that is closed"
    the.do(ReadersChosen(Readers.OPEN))
    assert the.the.opened_at == the.now


def test_what_cannot_be_kept_is_refused() -> None:
    the = room()
    cases: list[tuple[object, Reason]] = [
        (SeatFilled(2, ANNA, date(2027, 1, 1)), Reason.NOT_FOUND),
        (SeatFilled(1, ANNA, date(2027, 1, 2), date(2027, 1, 1)), Reason.TERM_PAST),
        (SeatFilled(1, ANNA, date(2025, 1, 2), date(2026, 11, 1)), Reason.TERM_PAST),
        (SeatFilled(1, ANNA, date(2027, 1, 1), decided_on=date(2026, 11, 3)), Reason.SITTING_AHEAD),
        (SeatVacated(1, date(2026, 11, 2)), Reason.NOBODY_SITS),
        (SeatAdded(RECTOR), Reason.SEAT_FILLED_BY),
        (SeatAdded(RECTOR, bodies=BODIES[:1] * (MOST_BODIES + 1)), Reason.SEAT_FILLED_BY),
        (SeatAdded(RECTOR, above=1), Reason.GROUP_NOT_ABOVE),
        (SeatChanged(1, RECTOR, bodies=BODIES, turn=3), Reason.SEAT_FILLED_BY),
        (GroupEdited(" ", Mandate("")), Reason.REASON_MISSING),
        (GroupClosed(" "), Reason.REASON_MISSING),
        (FOUNDED, Reason.ALREADY_EXISTS),
    ]
    for event, reason in cases:
        assert the.do(event).refused is reason, event
    the.do(SeatFilled(1, ANNA, date(2027, 1, 1), date(2027, 12, 31)))
    for first, last in (("2027-12-31", None), ("2026-12-01", "2027-01-01"), ("2026-12-01", None)):
        event = SeatFilled(1, BO, date.fromisoformat(first), date.fromisoformat(last) if last else None)
        assert the.do(event).refused is Reason.TERM_MEETS
    for _ in range(MOST_SEATS - 1):
        the.do(SeatAdded(RECTOR, bodies=BODIES))
    assert the.do(SeatAdded(RECTOR, bodies=BODIES)).refused is Reason.SEATS_MANY


def test_a_lag_is_an_assignment_of_the_group_above_and_levels_mirror_each_other() -> None:
    lag = replace(FOUNDED, kind=StandingKind.LAG)
    whole = Mandate("Ta fram en rutin.", "En rutin", date(2027, 5, 1), date(2027, 6, 1))
    above = GroupAbove(ident("lpo"), StandingKind.LPO)
    for event in (lag, replace(lag, above=above), replace(lag, mandate=whole)):
        assert Room(at(MONDAY)).do(event).refused is Reason.MANDATE_INCOMPLETE
    wrong = replace(lag, mandate=whole, above=GroupAbove(ident("npo"), StandingKind.NPO))
    assert Room(at(MONDAY)).do(wrong).refused is Reason.GROUP_NOT_ABOVE
    the = Room(at(MONDAY)).do(replace(lag, mandate=whole, above=above)).do(SeatAdded(RECTOR, above=3))
    assert the.seat().above == 3 and the.seat().asks is None and the.due is None, "it is asked of nobody"
    assert the.do(SeatFilled(1, ANNA, date(2027, 1, 1))).refused is Reason.SEAT_FOLLOWS
    assert the.do(SeatPutOff(1, date(2027, 1, 1), "x")).refused is Reason.SEAT_FOLLOWS


def test_no_kind_of_group_is_above_itself() -> None:
    def up(kind: StandingKind) -> Iterator[StandingKind]:
        for one in ABOVE[kind]:
            yield one
            yield from up(one)

    assert set(ABOVE) == set(StandingKind) and not any(kind in set(up(kind)) for kind in StandingKind)


def test_a_seat_of_another_body_is_asked_anew_and_other_words_are_not() -> None:
    the = room().on("2026-11-04").do(SeatChanged(1, RECTOR, "en rektor", BODIES[:1]))
    assert (the.seat().wanted, the.seat().asked) == ("en rektor", 1)
    the.do(SeatChanged(1, RECTOR, "en rektor", (SOUTH,)))
    assert the.seat().asked == 0
    the.on("2026-11-06")
    assert the.told()[-1][2] == SOUTH.email


def test_a_seat_that_is_taken_out_ends_and_a_closed_group_asks_nobody() -> None:
    the = room().do(SeatFilled(1, ANNA, date(2026, 11, 1), None)).do(SeatTakenOut(1))
    term = the.seat().terms[0]
    assert (term.last, term.ended, the.due) == (date(2026, 11, 2), TermEnd.SEAT_CLOSED, None)
    assert the.do(SeatTakenOut(1)).refused is Reason.NOT_FOUND
    the = room().do(GroupClosed("Uppgått i ett annat."))
    assert the.due is None and the.do(SeatAdded(RECTOR, bodies=BODIES)).refused is Reason.WRONG_STATE


def test_two_people_at_two_seats_do_not_meet() -> None:
    the = room().the
    one, other = SeatPutOff(1, date(2027, 1, 1), "x"), SeatPutOff(2, date(2027, 1, 1), "x")
    assert overtaken(the, one, [one]) and not overtaken(the, one, [other, TimePassed()])
    assert overtaken(the, one, [GroupEdited("Nytt", Mandate(""))])


# -- whatever happens


DAYS = st.integers(-30, 400)
ACTS = st.one_of(
    st.tuples(st.just("fill"), DAYS, st.one_of(st.none(), DAYS)),
    st.tuples(st.just("wait"), st.integers(1, 200), st.none()),
    st.tuples(st.just("leave"), DAYS, st.none()),
    st.tuples(st.just("off"), st.integers(1, 90), st.none()),
    st.tuples(st.just("out"), st.just(0), st.none()),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTS, max_size=14), st.integers(1, 3))
def test_one_body_is_asked_at_a_time_and_never_of_a_seat_that_is_filled(acts: list[Any], bodies: int) -> None:
    the = room(SeatAdded(RECTOR, bodies=BODIES[:bodies]))
    for act, number, more in acts:
        today, before = local_day(the.now), the.seat()
        day = today + timedelta(days=number)
        if act == "wait":
            the.answerers = {body.principal_id: (HEAD,) for body in BODIES}
            _wait(the, the.now + timedelta(days=number))
        elif act == "fill":
            last = None if more is None else day + timedelta(days=more)
            the.do(SeatFilled(1, ANNA, day, last))
            if isinstance(the.came, Decision):
                assert before.asks is not None
                assert the.seat().terms[-1].principal == before.asks.principal
                assert the.seat().turn == (before.turn + 1) % bodies, "the turn goes on, in order"
        elif act == "leave":
            the.do(SeatVacated(1, day))
        elif act == "off":
            the.do(SeatPutOff(1, day, "Nämnden möts då."))
        else:
            the.do(SeatTakenOut(1))
        assert len(the.seat().terms) >= len(before.terms), "nothing of the history is taken away"
        held = [t for t in the.seat().terms if t.last is None or t.last >= t.first]
        assert all(a.last is not None and a.last < b.first for a, b in _pairs(held)), "terms have no day in common"


def _pairs(terms: list[Any]) -> Iterator[tuple[Any, Any]]:
    ordered = sorted(terms, key=lambda one: one.first)
    return pairwise(ordered)


def _wait(the: Room, until: datetime) -> None:
    sent = the.mails[:]
    seat = the.seat()
    the.until(until)
    new = the.mails[len(sent) :]
    for mail in new:
        assert office_time().is_office_time(mail.dtstamp)
        ahead = seat.ahead(local_day(mail.dtstamp))
        near = ahead is None or (
            ahead.last is not None and ahead.last <= local_day(mail.dtstamp) + timedelta(days=ENDING_DAYS)
        )
        assert near and (ahead is None or ahead.last is not None), "a filled seat with term left is never asked"
        assert seat.asks is not None
        assert mail.to.email in (seat.asks.email, HEAD.to.email), "only whose turn it is, and who answers for it"
        assert seat.deferred_until is None or local_day(mail.dtstamp) >= seat.deferred_until
    assert len({mail.dtstamp for mail in new}) == len(new), "never two at once"
    assert len(new) <= ASKS_MOST + 1
    assert all(b.dtstamp >= office_time().plus_days(a.dtstamp, ASK_AGAIN) for a, b in pairwise(new))


@pytest.mark.parametrize("made", ["2026-11-02 07:00", "2026-11-02 17:30", "2026-11-07 12:00"])
def test_what_is_changed_in_a_day_is_asked_at_the_next_opening(made: str) -> None:
    the = Room(at(made)).do(FOUNDED).do(SeatAdded(RECTOR, bodies=BODIES))
    assert the.due == at("2026-11-03 08:00" if "11-02" in made else "2026-11-09 08:00")
