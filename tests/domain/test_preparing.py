"""Who prepares a question, until which day, with which papers; and the one reminder (rules, section 18 U9)."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from sip.domain.agenda import (
    AgendaItem,
    Group,
    GroupKind,
    ItemDropped,
    ItemPrepared,
    ItemPurpose,
    ItemPut,
    ItemSource,
    Preparation,
)
from sip.domain.decide import decide, next_due
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.people import Address
from sip.domain.preparing import MOST_PAPERS, preparing
from tests.domain.cast import at

NOW = at("2026-11-02 09:00")
NETWORK = Group(UUID(int=5), GroupKind.STANDING_GROUP, None, UUID(int=6), "Chefsnätverket")
PUT = ItemPut(UUID(int=9), NETWORK, "Läkare på möten", "", ItemPurpose.DECISION, ItemSource.BY_HAND)
ANNA = Address("anna@al.example", "")
DAY = date(2026, 12, 1)


class Played:
    def __init__(self) -> None:
        self.item: AgendaItem | None = None
        self.mails: list[Notice] = []
        self.notes: list[str] = []
        self.take(PUT)

    def take(self, event: object, now: datetime = NOW, holder: Address | None = ANNA) -> Decision | Refused:
        found = decide(self.item, event, Context(now, holder=holder))
        if isinstance(found, Decision):
            assert isinstance(found.state, AgendaItem)
            self.item = found.state
            self.mails = [one for one in found.effects if isinstance(one, Notice)]
            self.notes = [one.kind for one in found.notes]
        return found


def test_whoever_sits_on_the_seat_is_mailed_once_five_working_days_before() -> None:
    the = Played()
    the.take(ItemPrepared(" IFO-chef ", 2, DAY, ("  Underlag   https://al.example/1 ", " ")))
    assert the.item is not None and the.item.preparation == Preparation("IFO-chef", 2, DAY)
    assert the.item.papers == ("Underlag https://al.example/1",)
    due = next_due(the.item)
    assert due == at("2026-11-24 08:00")
    assert preparing(the.item, TimePassed(), NOW) is None and preparing(the.item, TimePassed(), due) == (NETWORK.id, 2)
    the.take(TimePassed(), due)
    (mail,) = the.mails
    assert (mail.to, mail.kind, mail.link) == (ANNA, NoticeKind.SITTING_PREPARE, Link.SITTING)
    assert "Läkare" not in str(mail.detail), "the question is behind the link"
    assert the.notes == ["item_preparation_reminded"] and next_due(the.item) is None
    the.take(ItemPrepared("enhetschef", 2, DAY), due)
    assert next_due(the.item) is None, "the same seat and day"
    the.take(ItemPrepared("enhetschef", 3, DAY), due)
    assert next_due(the.item) == due, "another seat"


def test_set_late_it_is_told_as_soon_as_may_be_and_never_after_the_day() -> None:
    the = Played()
    the.take(ItemPrepared("IFO-chef", 2, date(2026, 11, 3)))
    the.take(TimePassed(), at("2026-11-02 19:00"))
    assert the.mails == [] and the.item is not None
    assert next_due(the.item) == at("2026-11-03 08:00"), "in office time"
    late = Played()
    late.take(ItemPrepared("IFO-chef", 2, date(2026, 11, 3)))
    late.take(TimePassed(), at("2026-11-04 09:00"))
    assert late.mails == [] and late.item is not None and next_due(late.item) is None


def test_a_vacant_seat_is_noted_and_what_is_not_taken_up_is_not_prepared() -> None:
    the = Played()
    the.take(ItemPrepared("IFO-chef", 2, DAY))
    the.take(TimePassed(), at("2026-11-24 08:00"), holder=None)
    assert (the.mails, the.notes) == ([], ["item_preparation_empty"])
    the = Played()
    the.take(ItemPrepared("IFO-chef", 2, DAY))
    the.take(ItemDropped("Redan ordnat."))
    assert the.item is not None and next_due(the.item) is None
    assert isinstance(the.take(ItemPrepared("IFO-chef")), Refused)


@pytest.mark.parametrize("event", [ItemPrepared("IFO-chef"), ItemPrepared("IFO-chef", 2), ItemPrepared("x", None, DAY)])
def test_without_a_seat_or_a_day_nobody_is_mailed(event: ItemPrepared) -> None:
    the = Played()
    the.take(event)
    assert the.item is not None and the.item.preparation is not None and next_due(the.item) is None


def test_a_day_that_is_past_is_refused_unless_it_stands_and_papers_have_a_bound() -> None:
    the, past = Played(), date(2026, 11, 1)
    found = the.take(ItemPrepared("IFO-chef", 2, past))
    assert isinstance(found, Refused) and found.reason is Reason.MEASURE_PAST
    assert the.item is not None
    the.item = replace(the.item, preparation=Preparation("IFO-chef", 2, past))
    many = tuple(f"https://al.example/{n}" for n in range(MOST_PAPERS + 1))
    assert isinstance(the.take(ItemPrepared("rektor", 2, past, many)), Decision)
    assert the.item.preparation == Preparation("rektor", 2, past) and len(the.item.papers) == MOST_PAPERS
    the.take(ItemPrepared())
    left: AgendaItem | None = the.item
    assert left is not None and left.preparation is None and left.papers == ()
