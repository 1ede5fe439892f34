"""A question goes to the group above or below, and comes back with its answer (rules, section 18 U9)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sip.domain.agenda import (
    AgendaItem,
    Group,
    GroupKind,
    ItemDropped,
    ItemOrigin,
    ItemPurpose,
    ItemPut,
    ItemReferred,
    ItemScheduled,
    ItemSource,
    ItemState,
    ReferenceAnswered,
    Resolved,
)
from sip.domain.decide import decide
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.effects import ForItem, Notice, NoticeKind
from sip.domain.people import Address, Answerer
from sip.domain.referring import told_group
from tests.domain.cast import at

NOW, TODAY = at("2026-11-02 09:00"), date(2026, 11, 2)
NETWORK, ABOVE = (Group(UUID(int=n), GroupKind.STANDING_GROUP, None, UUID(int=6), "") for n in (5, 7))
ASKS, ASKED = UUID(int=9), UUID(int=10)
PUT = ItemPut(ASKS, NETWORK, "Läkare på möten", "Var tredje.", ItemPurpose.DECISION, ItemSource.BY_HAND)
REFERRED = ItemReferred(ASKED, ABOVE, " Vem bemannar? ", "Länsrådet", "Chefsnätverket")


def take(item: AgendaItem | None, event: object) -> tuple[AgendaItem, list[ForItem], list[str]]:
    found = decide(item, event, Context(NOW))
    assert isinstance(found, Decision) and isinstance(found.state, AgendaItem), found
    sent = [one for one in found.effects if isinstance(one, ForItem)]
    return found.state, sent, [one.kind for one in found.notes]


def both() -> tuple[AgendaItem, AgendaItem]:
    item, (sent,), notes = take(take(None, PUT)[0], REFERRED)
    assert notes == ["item_referred"] and item.state is ItemState.WAITING and sent.id == ASKED
    other, _, _ = take(None, sent.event)
    return item, other


def test_it_is_a_question_of_its_own_there_and_each_names_the_other_group() -> None:
    item, other = both()
    assert (other.group, other.title, other.text) == (ABOVE, PUT.title, "Vem bemannar?")
    assert (other.source, other.purpose) == (ItemSource.REFERRED, ItemPurpose.DECISION)
    assert other.origin == ItemOrigin(ASKS, NETWORK.id, "Chefsnätverket")
    assert item.reference is not None and (item.reference.item_id, item.reference.group_name) == (ASKED, "Länsrådet")
    again = decide(item, REFERRED, Context(NOW))
    assert isinstance(again, Refused) and again.reason is Reason.REFERRED_ALREADY
    assert again.detail == {"group": "Länsrådet"}


def test_what_is_decided_there_comes_back_and_a_later_decision_too() -> None:
    item, other = both()
    other = take(other, ItemScheduled(TODAY))[0]
    for text in ("Regionen bemannar.", "Från våren."):
        other, (sent,), _ = take(other, Resolved(text, "Det är regionens.", TODAY))
        assert sent == ForItem(ASKS, ReferenceAnswered(ASKED, text, taken_up=True))
        item, nothing, notes = take(item, sent.event)
        assert (nothing, notes) == ([], ["item_reference_answered"]), "an answer goes no further"
        assert item.reference is not None and (item.reference.answer, item.reference.answered_at) == (text, NOW)
    assert take(item, REFERRED)[1], "answered, it may be referred again"


def test_that_it_is_not_taken_up_is_an_answer_and_anothers_word_is_none() -> None:
    item, other = both()
    _, (sent,), _ = take(other, ItemDropped("Inte vår fråga."))
    stranger = take(item, ReferenceAnswered(UUID(int=99), "Ja.", taken_up=True))
    assert stranger == (item, [], [])
    told, _, notes = take(item, sent.event)
    assert notes == ["item_reference_dropped"]
    assert told.reference is not None and told.reference.answer == "Inte vår fråga."
    plain = take(take(None, PUT)[0], ItemDropped("Redan ordnat."))
    assert plain[1] == [], "nobody asked for it"


def test_who_keeps_the_agenda_is_told_of_a_question_and_of_each_answer_and_of_nothing_else() -> None:
    disa, tage = (Address(f"{name}@region.example", name) for name in ("disa", "tage"))
    keepers = (Answerer(disa, UUID(int=21)), Answerer(tage, UUID(int=22)))

    def told(item: AgendaItem | None, event: object) -> tuple[AgendaItem, list[Notice]]:
        found = decide(item, event, Context(NOW, keepers=keepers))
        assert isinstance(found, Decision) and isinstance(found.state, AgendaItem)
        return found.state, [one for one in found.effects if isinstance(one, Notice)]

    item, mails = told(None, PUT)
    assert mails == [] and told_group(None, PUT) is None, "what is put by hand is nobody's news"
    item, mails = told(item, REFERRED)
    assert mails == [] and item.reference is not None
    (sent,) = take(take(None, PUT)[0], REFERRED)[1]
    assert told_group(None, sent.event) == ABOVE
    _, mails = told(None, sent.event)
    assert [(Answerer(one.to, one.user_id), one.kind) for one in mails] == [
        (who, NoticeKind.REFERENCE_CAME) for who in keepers
    ]
    said = {"item": str(ASKED), "group": ABOVE.name, "area": "", "other": "Chefsnätverket"}
    assert mails[0].detail == said and len({one.key for one in mails}) == 2
    answer = ReferenceAnswered(ASKED, "Två läkare.", taken_up=True)
    assert told_group(item, answer) == NETWORK
    item, mails = told(item, answer)
    assert [one.kind for one in mails] == [NoticeKind.REFERENCE_ANSWERED] * 2
    assert mails[0].detail["other"] == "Länsrådet" and "Två läkare" not in str(mails[0])
    assert told(item, replace(answer, item_id=UUID(int=99)))[1] == [], "of a question that is referred no more"
