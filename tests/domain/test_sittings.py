"""A group's sittings: called of who sits, answered, stood in for, moved, cancelled (rules, section 18 U7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain import sitting as s
from sip.domain.decide import decide, next_due
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.effects import Link, Method, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.gathering import REMIND, declined, sitting_due
from sip.domain.group import (
    GroupAbove,
    GroupSeat,
    GroupState,
    Mandate,
    SeatBody,
    SeatFunction,
    SeatTerm,
    Sitter,
    StandingGroup,
    StandingKind,
)
from sip.domain.inviting import called_seats, sitters_of
from sip.domain.people import Address
from sip.domain.presence import by_principal, counted, expected_presence, of_year, unrecorded, years
from tests.domain.cast import at

NOW = at("2026-11-02 09:00")
START, END = at("2027-02-09 13:00"), at("2027-02-09 16:00")
ANNA, BO, CAJ, DAG = (UUID(int=n) for n in (1, 2, 3, 4))
KNOWN = {ANNA: Address("anna@al.example", ""), BO: Address("bo@al.example", ""), CAJ: Address("caj@bok.example", "")}
AL = s.SittingSeat(1, SeatFunction.IFO_MANAGER, "", "Al kommun", ANNA, BO)
BOK = s.SittingSeat(2, SeatFunction.RECTOR, "", "Bok kommun", CAJ)
EMPTY = s.SittingSeat(3, SeatFunction.OTHER, "", "Region Exempel")
ROOM = s.SittingPlace("Sal 2")
CALLED = s.SittingCalled(UUID(int=9), UUID(int=8), "Chefsnätverket", START, END, ROOM, (AL, BOK, EMPTY))
R, A = s.SittingRole, s.SeatAnswer


class Played:
    """A sitting that events come to."""

    def __init__(self, called: s.SittingCalled = CALLED, now: datetime = NOW) -> None:
        self.state: s.GroupSitting | None = None
        self.mails: list[Notice] = []
        self.notes: list[str] = []
        self.take(called, now)

    def take(self, event: object, now: datetime = NOW) -> Decision | Refused:
        found = decide(self.state, event, Context(now, sitters=KNOWN))
        if isinstance(found, Decision):
            assert isinstance(found.state, s.GroupSitting)
            self.state = found.state
            self.mails = [one for one in found.effects if isinstance(one, Notice)]
            self.notes = [one.kind for one in found.notes]
        return found

    def said(self) -> list[tuple[str, str | None, int, str]]:
        """What the last event mailed: to whom, how, with which SEQUENCE, of what kind."""
        return sorted((one.to.email[:4], one.method, one.sequence, one.kind) for one in self.mails)

    def cover(self, seat: int) -> s.SeatCover:
        assert self.state is not None
        there = self.state.seat(seat)
        assert there is not None
        return s.cover_of(self.state, there)


def test_each_who_sits_gets_an_entry_of_her_own_and_a_vacant_seat_none() -> None:
    the = Played()
    assert the.said() == [("anna", "REQUEST", 0, "sitting_called"), ("caj@", "REQUEST", 0, "sitting_called")]
    first = the.mails[0]
    assert (first.link, first.entry_id) == (Link.SITTING, s.entry_id(CALLED.id, 1, ANNA))
    assert first.detail["substitute"] == "yes" and the.mails[1].detail["substitute"] == ""
    assert [the.cover(n) for n in (1, 2, 3)] == [s.SeatCover.WAITING, s.SeatCover.WAITING, s.SeatCover.VACANT]
    assert all(one.to.name == "" for one in the.mails), "no name is in the mails of a group"


def test_the_substitute_is_asked_when_the_representative_says_so_and_let_go_when_she_comes_after_all() -> None:
    the = Played()
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.SUBSTITUTE))
    assert the.said() == [("bo@a", "REQUEST", 0, "sitting_called")] and the.mails[0].detail["role"] == "substitute"
    assert the.cover(1) is s.SeatCover.SUBSTITUTE_ASKED
    the.take(s.SeatAnswered(1, R.SUBSTITUTE, A.YES))
    assert the.cover(1) is s.SeatCover.SUBSTITUTE and the.said() == []
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.YES))
    assert the.said() == [("bo@a", "CANCEL", 1, "sitting_stood_down")]
    assert the.cover(1) is s.SeatCover.REPRESENTATIVE
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.SUBSTITUTE))
    assert the.said() == [("bo@a", "REQUEST", 2, "sitting_called")], "the same entry, and its SEQUENCE goes on"
    the.take(s.SeatAnswered(1, R.SUBSTITUTE, A.NO))
    assert the.cover(1) is s.SeatCover.NOBODY
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.NO))
    assert the.said() == [("bo@a", "CANCEL", 3, "sitting_stood_down")], "nobody comes: the substitute is let go"


def test_a_no_in_a_calendar_means_the_substitute_where_there_is_one() -> None:
    the = Played()
    assert the.state is not None
    assert declined(the.state, 1, R.REPRESENTATIVE) is A.SUBSTITUTE
    assert declined(the.state, 2, R.REPRESENTATIVE) is A.NO
    assert declined(the.state, 1, R.SUBSTITUTE) is A.NO


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (s.SeatAnswered(2, R.REPRESENTATIVE, A.SUBSTITUTE), Reason.NO_SUBSTITUTE),
        (s.SeatAnswered(1, R.SUBSTITUTE, A.YES), Reason.NOT_FOUND),
        (s.SeatAnswered(3, R.REPRESENTATIVE, A.YES), Reason.NOT_FOUND),
        (s.SeatAnswered(7, R.REPRESENTATIVE, A.YES), Reason.NOT_FOUND),
        (s.SittingCancelled(" "), Reason.REASON_MISSING),
        (s.SittingMoved(NOW, END, ROOM, ()), Reason.TIME_PAST),
        (s.SittingMoved(END, END, ROOM, ()), Reason.END_BEFORE_START),
        (s.SittingMoved(START, END, s.SittingPlace(" ", " "), ()), Reason.SITTING_PLACE),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(event: object, reason: Reason) -> None:
    the = Played()
    before = the.state
    found = the.take(event)
    assert isinstance(found, Refused) and found.reason is reason and the.state == before


def test_a_substitute_has_no_substitute() -> None:
    the = Played()
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.SUBSTITUTE))
    found = the.take(s.SeatAnswered(1, R.SUBSTITUTE, A.SUBSTITUTE))
    assert isinstance(found, Refused) and found.reason is Reason.NO_SUBSTITUTE


def test_after_the_start_nothing_is_answered_moved_or_cancelled() -> None:
    seats = (AL, BOK, EMPTY)
    for event in (
        s.SeatAnswered(1, R.REPRESENTATIVE, A.YES), s.SittingCancelled("x"),
        s.SittingMoved(START + timedelta(7), END + timedelta(7), ROOM, seats),
    ):  # fmt: skip
        found = Played().take(event, START)
        assert isinstance(found, Refused) and found.reason is Reason.ALREADY_STARTED
    the = Played()
    before = the.state
    the.take(s.SittingSeatsChanged((BOK,)), START)
    assert the.state == before


def test_an_older_word_that_comes_late_weighs_nothing() -> None:
    the = Played()
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.YES), NOW + timedelta(hours=2))
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.NO, NOW + timedelta(hours=1)), NOW + timedelta(hours=3))
    assert the.notes == ["stale"] and the.cover(1) is s.SeatCover.REPRESENTATIVE
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.NO, NOW + timedelta(days=9)), NOW + timedelta(hours=4))
    assert the.state is not None and the.cover(1) is s.SeatCover.NOBODY
    one = the.state.invitation(1, R.REPRESENTATIVE)
    assert one is not None and one.answered_at == NOW + timedelta(hours=4), "nobody has said a thing tomorrow"


def test_another_time_voids_all_answers_and_another_place_none() -> None:
    the = Played()
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.SUBSTITUTE))
    the.take(s.SeatAnswered(2, R.REPRESENTATIVE, A.YES))
    the.take(s.SittingMoved(START, END, s.SittingPlace("Sal 3"), CALLED.seats))
    assert the.said() == [(who, "REQUEST", 1, "sitting_moved") for who in ("anna", "bo@a", "caj@")]
    assert the.cover(2) is s.SeatCover.REPRESENTATIVE and the.cover(1) is s.SeatCover.SUBSTITUTE_ASKED
    week = timedelta(days=7)
    the.take(s.SittingMoved(START + week, END + week, s.SittingPlace("Sal 3"), CALLED.seats))
    assert the.said() == [
        ("anna", "REQUEST", 2, "sitting_moved"), ("bo@a", "CANCEL", 2, "sitting_stood_down"),
        ("caj@", "REQUEST", 2, "sitting_moved"),
    ]  # fmt: skip
    assert the.cover(1) is the.cover(2) is s.SeatCover.WAITING
    the.take(s.SittingMoved(START + week, END + week, s.SittingPlace("Sal 3"), CALLED.seats))
    assert the.said() == [] and the.notes == [], "the same again is nothing"


def test_it_follows_who_sits() -> None:
    the = Played()
    other = replace(AL, representative=CAJ, substitute=None)
    the.take(s.SittingSeatsChanged((other, EMPTY)))
    assert the.said() == [
        ("anna", "CANCEL", 1, "sitting_stood_down"), ("caj@", "CANCEL", 1, "sitting_stood_down"),
        ("caj@", "REQUEST", 0, "sitting_called"),
    ]  # fmt: skip
    the.take(s.SittingSeatsChanged((other, replace(EMPTY, representative=DAG))))
    assert the.said() == [] and "sitting_no_address" in the.notes, "whoever has no address is told by phone"


def test_cancelled_every_calendar_that_has_it_is_told_and_nothing_more_happens() -> None:
    the = Played()
    the.take(s.SittingCancelled("Snöstorm"))
    assert the.said() == [("anna", "CANCEL", 1, "sitting_cancelled"), ("caj@", "CANCEL", 1, "sitting_cancelled")]
    assert all(one.detail["reason"] == "Snöstorm" and one.link is None for one in the.mails)
    assert isinstance(the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.YES)), Refused)
    assert the.state is not None and next_due(the.state) is None


def test_who_has_not_answered_is_reminded_once_in_office_time() -> None:
    the = Played()
    assert the.state is not None and sitting_due(the.state) == at("2027-01-26 08:00"), f"{REMIND} working days before"
    the.take(s.SeatAnswered(2, R.REPRESENTATIVE, A.YES))
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.TENTATIVE))
    the.take(TimePassed(), at("2027-01-26 07:00"))
    assert the.said() == []
    the.take(TimePassed(), at("2027-01-30 09:00"))
    assert the.said() == [] and the.notes == []
    assert next_due(the.state) == at("2027-02-01 08:00"), "a Saturday waits for Monday"
    the.take(TimePassed(), at("2027-02-01 08:00"))
    assert [(one.to.email, one.kind, one.method) for one in the.mails] == [
        ("anna@al.example", NoticeKind.SITTING_REMINDER, None)
    ]
    assert next_due(the.state) is None


def test_whoever_looks_after_the_start_reminds_nobody_and_a_late_call_neither() -> None:
    the = Played()
    the.take(TimePassed(), START)
    assert the.said() == [] and the.state is not None and next_due(the.state) is None
    late = Played(now=at("2027-01-27 09:00"))
    assert late.state is not None and next_due(late.state) is None


def test_the_seats_of_a_day_are_those_of_who_sits_then_also_of_the_level_above() -> None:
    body = SeatBody(UUID(int=30), "Al kommun", "Socialnämnden", "socialnamnden@al.example")
    ends = SeatTerm(1, body.principal_id, "Al kommun", "Socialnämnden", Sitter(ANNA), date(2026, 1, 1),
                    date(2027, 1, 31), NOW, Sitter(BO))  # fmt: skip
    comes = replace(ends, number=2, representative=Sitter(CAJ), substitute=None, first=date(2027, 2, 1), last=None)
    seat = GroupSeat(1, SeatFunction.IFO_MANAGER, "", (body,), NOW, terms=(ends, comes))
    gone = replace(seat, number=2, closed_on=date(2026, 10, 1))
    rpo = StandingGroup(
        UUID(int=40), StandingKind.RPO, "RPO", Mandate(""), GroupState.STANDING, NOW, seats=(seat, gone)
    )
    mirror = GroupSeat(1, SeatFunction.OTHER, "", (), NOW, above=1)
    vacant = GroupSeat(2, SeatFunction.OTHER, "", (body,), NOW)
    lpo = replace(
        rpo, id=UUID(int=41), kind=StandingKind.LPO, above=GroupAbove(rpo.id, rpo.kind), seats=(mirror, vacant)
    )
    known = {rpo.id: rpo, lpo.id: lpo}
    (one,) = called_seats(known, rpo, date(2027, 1, 31))
    assert (one.representative, one.substitute, one.principal) == (ANNA, BO, "Al kommun")
    first, second = called_seats(known, lpo, date(2027, 2, 1))
    assert (first.representative, first.substitute) == (CAJ, None)
    assert (second.representative, second.principal) == (None, "Al kommun")
    assert called_seats({lpo.id: lpo}, lpo, date(2027, 2, 1))[0].representative is None


def test_addresses_are_asked_of_all_who_may_be_mailed() -> None:
    assert sitters_of(None, CALLED) == {ANNA, BO, CAJ}
    the = Played()
    the.take(s.SittingSeatsChanged(()))
    assert sitters_of(the.state, s.SittingSeatsChanged((replace(EMPTY, representative=DAG),))) == {DAG}


EVENTS = st.one_of(
    st.builds(
        s.SeatAnswered, st.integers(1, 3), st.sampled_from(s.SittingRole), st.sampled_from(s.SeatAnswer)
    ),
    st.builds(
        lambda a, b, c: s.SittingSeatsChanged((
            replace(AL, representative=a, substitute=b), replace(BOK, representative=c),
        )),
        st.sampled_from([ANNA, CAJ, None]), st.sampled_from([BO, None]), st.sampled_from([CAJ, ANNA, None]),
    ),
    st.builds(
        lambda days, room: s.SittingMoved(
            START + timedelta(days), END + timedelta(days), s.SittingPlace(room), CALLED.seats
        ),
        st.integers(0, 3), st.sampled_from(["Sal 2", "Sal 3"]),
    ),
    st.just(s.SittingCancelled("x")),
    st.just(TimePassed()),
)  # fmt: skip


@given(st.lists(EVENTS, max_size=12))
def test_each_calendar_ends_with_what_holds_whatever_comes(events: Sequence[object]) -> None:
    """The last calendar mail of an entry is a REQUEST exactly while the entry is in force, at the sitting's time; its
    SEQUENCE only grows; nobody but who sits, and who stands in for her, has one; the same event again mails nothing.
    """
    the = Played()
    last = {one.entry_id: one for one in the.mails if one.method is not None}
    for event in events:
        the.take(event)
        found = [] if the.state is None else the.mails
        for one in found:
            if one.method is not None:
                had = last.get(one.entry_id)
                assert had is None or one.sequence > had.sequence or one.key == had.key
                last[one.entry_id] = one
        the.mails = []
        if not isinstance(event, s.SittingCancelled):
            the.take(event)
            assert the.mails == []
    state = the.state
    assert state is not None
    for invitation in state.invitations:
        mail = last[invitation.id]
        assert (mail.method is Method.REQUEST) is invitation.active and mail.sequence == invitation.sequence
        assert not invitation.active or (mail.start, mail.detail["place"]) == (state.start, state.place.text)
    active = [(one.seat, one.role) for one in state.invitations if one.active]
    assert len(active) == len(set(active))
    for seat in state.seats if state.state is s.SittingState.CALLED else ():
        first = state.invitation(seat.number, R.REPRESENTATIVE)
        assert (None if first is None else first.sitter) == seat.representative
        second = state.invitation(seat.number, R.SUBSTITUTE)
        asked = first is not None and first.answer is A.SUBSTITUTE
        assert (None if second is None else second.sitter) == (seat.substitute if asked else None)


P = s.SeatPresence
HELD = START + timedelta(minutes=5)


def _marked(*marks: tuple[int, s.SeatPresence]) -> s.SeatsAttended:
    return s.SeatsAttended(tuple(s.SeatMark(*one) for one in marks))


def test_who_came_is_recorded_from_the_start_and_may_be_corrected() -> None:
    the = Played()
    early = the.take(_marked((1, P.REPRESENTATIVE)))
    assert isinstance(early, Refused) and early.reason is Reason.SITTING_NOT_BEGUN
    assert the.state is not None and unrecorded(the.state, NOW) == 0 and unrecorded(the.state, HELD) == 2
    the.take(_marked((1, P.SUBSTITUTE)), HELD)
    assert (the.notes, the.mails, unrecorded(the.state, HELD)) == (["sitting_attended"], [], 1)
    the.take(_marked((1, P.NOBODY), (2, P.REPRESENTATIVE)), END + timedelta(days=90))
    assert [one.came for one in the.state.seats] == [P.NOBODY, P.REPRESENTATIVE, None]
    the.take(_marked((2, P.REPRESENTATIVE)), END + timedelta(days=91))
    assert the.notes == [], "the same again is nothing"


@pytest.mark.parametrize("seats", [(), (3,), (7,), (1, 3)])
def test_nobody_is_recorded_for_a_seat_that_is_vacant(seats: tuple[int, ...]) -> None:
    the = Played()
    found = the.take(_marked(*((one, P.NOBODY) for one in seats)), HELD)
    assert isinstance(found, Refused) and found.reason is Reason.NOT_FOUND


def test_nobody_is_recorded_of_what_was_cancelled() -> None:
    the = Played()
    the.take(s.SittingCancelled("Snö."))
    assert isinstance(the.take(_marked((1, P.NOBODY)), HELD), Refused)
    assert the.state is not None and unrecorded(the.state, HELD) == 0


def test_who_was_expected_follows_from_the_answers() -> None:
    the = Played()
    assert the.state is not None
    assert [expected_presence(the.state, one) for one in the.state.seats] == [None, None, None]
    the.take(s.SeatAnswered(1, R.REPRESENTATIVE, A.SUBSTITUTE))
    the.take(s.SeatAnswered(1, R.SUBSTITUTE, A.YES))
    the.take(s.SeatAnswered(2, R.REPRESENTATIVE, A.NO))
    assert [expected_presence(the.state, one) for one in the.state.seats] == [P.SUBSTITUTE, P.NOBODY, None]


def test_a_year_counts_what_is_recorded_by_seat_and_by_principal() -> None:
    def held(start: datetime, end: datetime, *marks: tuple[int, s.SeatPresence]) -> s.GroupSitting:
        the = Played(replace(CALLED, id=UUID(int=start.month), start=start, end=end))
        if marks:
            the.take(_marked(*marks), end)
        assert the.state is not None
        return the.state

    feb = held(START, END, (1, P.REPRESENTATIVE), (2, P.NOBODY))
    apr = held(at("2027-04-13 13:00"), at("2027-04-13 14:30"), (1, P.SUBSTITUTE))
    june = held(at("2027-06-08 13:00"), at("2027-06-08 16:00"))
    newyear = held(at("2028-01-01 00:30"), at("2028-01-01 02:00"), (2, P.NOBODY))
    every = [newyear, june, apr, feb]
    assert years(every) == [2028, 2027], "years are counted in Sweden"
    assert of_year(every, 2027) == [feb, apr], "of june nothing is recorded"
    of = [(one.seat.number, one.of, one.representative, one.substitute, one.nobody) for one in counted([apr, feb])]
    assert of == [(1, 2, 1, 1, 0), (2, 1, 0, 0, 1)]
    paid = [(one.principal, one.of, one.came, one.time) for one in by_principal([feb, apr])]
    assert paid == [("Al kommun", 2, 2, timedelta(hours=4.5)), ("Bok kommun", 1, 0, timedelta())]
