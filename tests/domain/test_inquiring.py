"""A question asks the seats of its group, once, reminds once, and keeps each seat's answer (rules, section 18 U11)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from sip.domain.agenda import (
    AgendaItem,
    InquiryAnswered,
    InquiryEnded,
    InquiryMade,
    ItemDropped,
    ItemScheduled,
    Resolved,
    SeatParty,
    SeatReply,
)
from sip.domain.decide import decide, next_due
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.group import SeatFunction
from sip.domain.inquiring import MOST_QUESTIONS, answerable, inquiring
from sip.domain.people import Address
from tests.domain.cast import at
from tests.domain.test_preparing import NETWORK, NOW, PUT

ANNA = SeatParty(1, SeatFunction.IFO_MANAGER, "", "Al kommun", Address("anna@al.example", ""))
REKTOR = SeatParty(2, SeatFunction.RECTOR, "", "Björk kommun", Address("rektor@bjork.example", ""))
PATIENT = SeatParty(3, SeatFunction.USER_REPRESENTATIVE, "", "")
SEATS = (ANNA, REKTOR, PATIENT)
DAY = date(2026, 12, 1)
ASKED = at("2026-11-03 08:00")
AGAIN = at("2026-11-24 08:00")
MADE = InquiryMade((" Vad  fungerade? ", "", "Vad saknades?"), DAY, " Värmeböljan i juli ")


class Played:
    def __init__(self) -> None:
        self.item: AgendaItem
        self.mails: list[Notice] = []
        self.notes: list[str] = []
        made = decide(None, PUT, Context(NOW))
        assert isinstance(made, Decision) and isinstance(made.state, AgendaItem)
        self.item = made.state

    def take(self, event: object, now: datetime = NOW, seats: Sequence[SeatParty] = SEATS) -> Decision | Refused:
        found = decide(self.item, event, Context(now, parties=tuple(seats)))
        if isinstance(found, Decision):
            assert isinstance(found.state, AgendaItem)
            self.item = found.state
            self.mails = [one for one in found.effects if isinstance(one, Notice)]
            self.notes = [one.kind for one in found.notes]
        return found

    def refused(self, event: object, now: datetime = NOW) -> Reason:
        found = self.take(event, now)
        assert isinstance(found, Refused)
        return found.reason

    @property
    def due(self) -> datetime | None:
        return next_due(self.item)


def asked() -> Played:
    """The seats have been asked."""
    the = Played()
    the.take(MADE)
    the.take(TimePassed(), ASKED)
    return the


def test_every_seat_that_is_filled_is_asked_at_the_next_opening() -> None:
    the = Played()
    the.take(MADE)
    found = the.item.inquiry
    assert found is not None and found.questions == ("Vad fungerade?", "Vad saknades?")
    assert (found.about, the.due) == ("Värmeböljan i juli", ASKED)
    assert inquiring(the.item, TimePassed(), NOW) is None and inquiring(the.item, TimePassed(), ASKED) == NETWORK.id
    assert not answerable(the.item, NOW), "nobody has been asked yet"
    the.take(TimePassed(), ASKED)
    assert [one.to for one in the.mails] == [ANNA.to, REKTOR.to], "who has no address is told by phone"
    assert {(one.kind, one.link) for one in the.mails} == {(NoticeKind.SITTING_INQUIRY, Link.SITTING)}
    assert not any(word in str(one) for one in the.mails for word in ("Läkare", "fungerade", "Värme")), "the link's"
    assert the.item.replies == tuple(SeatReply(one.seat, one.function, one.wanted, one.principal) for one in SEATS)
    assert (the.notes, the.due) == (["item_inquiry_asked"], AGAIN)


def test_a_seat_answers_until_the_day_is_over_and_the_last_word_holds() -> None:
    the = asked()
    the.take(InquiryAnswered(2, (" Ingenting. ", "")), ASKED)
    the.take(InquiryAnswered(2, ("Bemanningen.", " Läkare. ", "och mer")), at("2026-12-01 23:30"))
    reply = the.item.reply(2)
    assert reply is not None and reply.answers == ("Bemanningen.", "Läkare."), "to what was asked, and no more"
    assert (the.item.answered, the.notes) == (1, ["item_inquiry_answered"])
    the.take(InquiryAnswered(2, ("Bemanningen.", "Läkare.")), at("2026-12-01 23:40"))
    assert the.notes == [], "the same word"
    assert the.refused(InquiryAnswered(2, ("Allt.",)), at("2026-12-02 00:10")) is Reason.INQUIRY_OVER
    assert the.refused(InquiryAnswered(9, ("Allt.",)), ASKED) is Reason.INQUIRY_OVER
    assert the.refused(InquiryAnswered(1, (" ", "")), ASKED) is Reason.REASON_MISSING


def test_who_has_not_answered_is_reminded_once_five_working_days_before() -> None:
    the = asked()
    the.take(InquiryAnswered(1, ("Allt.",)), ASKED)
    the.take(TimePassed(), AGAIN, (*SEATS, SeatParty(4, SeatFunction.OTHER, "", "Dal kommun", ANNA.to)))
    assert [one.to for one in the.mails] == [REKTOR.to], "a seat that was filled later is no party"
    assert (the.notes, the.due) == (["item_inquiry_reminded"], None)
    the = asked()
    for seat in (1, 2, 3):
        the.take(InquiryAnswered(seat, ("Allt.",)), ASKED)
    assert the.due is None, "all have answered"


def test_asked_late_nobody_is_reminded_and_after_the_day_nobody_is_mailed() -> None:
    the = Played()
    the.take(InquiryMade(("Vad?",), date(2026, 11, 5)))
    the.take(TimePassed(), ASKED)
    assert len(the.mails) == 2 and the.due is None
    late = Played()
    late.take(InquiryMade(("Vad?",), date(2026, 11, 5)))
    late.take(TimePassed(), at("2026-11-06 09:00"))
    assert (late.mails, late.due) == ([], None)


def test_until_somebody_answers_it_may_be_asked_otherwise_and_is_asked_of_all_anew() -> None:
    the = asked()
    the.take(MADE, ASKED)
    assert the.due == AGAIN, "nothing has changed"
    the.take(InquiryMade(("Vad fungerade inte?",), DAY), ASKED)
    assert (the.item.replies, the.due) == ((), at("2026-11-04 08:00"))
    the.take(TimePassed(), at("2026-11-04 08:00"))
    assert len(the.mails) == 2
    the.take(InquiryAnswered(1, ("Larmet.",)), at("2026-11-04 09:00"))
    assert the.refused(MADE, at("2026-11-04 10:00")) is Reason.INQUIRY_ANSWERED


def test_it_is_ended_and_what_was_said_stands() -> None:
    the = Played()
    assert the.refused(InquiryEnded()) is Reason.INQUIRY_OVER
    the = asked()
    the.take(InquiryAnswered(1, ("Larmet.",)), ASKED)
    the.take(InquiryEnded(), ASKED)
    assert (the.due, the.item.answered, the.notes) == (None, 1, ["item_inquiry_ended"])
    assert the.refused(InquiryAnswered(2, ("Allt.",)), ASKED) is Reason.INQUIRY_OVER
    assert the.refused(InquiryEnded(), ASKED) is Reason.INQUIRY_OVER
    empty = asked()
    empty.take(InquiryEnded(), ASKED)
    empty.take(MADE, ASKED)
    assert empty.due == at("2026-11-04 08:00"), "nobody had answered: it may be asked anew"


def test_what_is_decided_or_not_taken_up_asks_and_takes_no_answer() -> None:
    the = asked()
    the.take(ItemScheduled(NOW.date()))
    the.take(Resolved("Vi övar.", "Sju av nio ville det.", NOW.date()))
    assert the.due is None and not answerable(the.item, ASKED)
    assert isinstance(the.take(InquiryAnswered(1, ("Allt.",)), ASKED), Refused)
    the = asked()
    the.take(ItemDropped("Redan utvärderat."))
    assert the.due is None and isinstance(the.take(MADE), Refused)


def test_without_a_filled_seat_it_is_noted() -> None:
    the = Played()
    the.take(MADE)
    the.take(TimePassed(), ASKED, ())
    assert (the.mails, the.notes, the.due) == ([], ["item_inquiry_nobody"], None)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (InquiryMade((" ",), DAY), Reason.REASON_MISSING),
        (InquiryMade(("Vad?",), NOW.date()), Reason.INQUIRY_SOON),
    ],
)
def test_what_is_not_asked(event: InquiryMade, reason: Reason) -> None:
    assert Played().refused(event) is reason


def test_questions_have_a_bound() -> None:
    the = Played()
    the.take(InquiryMade(tuple(f"Fråga {n}?" for n in range(9)), NOW.date() + timedelta(days=1)))
    assert the.item.inquiry is not None and len(the.item.inquiry.questions) == MOST_QUESTIONS
    assert the.item.id == UUID(int=9)
