"""A question goes to the group above or below, and comes back with its answer (rules, section 18 U9)."""

from collections.abc import Iterable
from datetime import datetime

from sip.domain.address import folded
from sip.domain.agenda import (
    AgendaItem,
    Group,
    ItemOrigin,
    ItemPut,
    ItemReferred,
    ItemSource,
    Reference,
    ReferenceAnswered,
)
from sip.domain.change import Refusal
from sip.domain.decision import Reason
from sip.domain.effects import ForItem, Notice, NoticeKind
from sip.domain.item_change import ItemChange
from sip.domain.people import Answerer
from sip.domain.values import replace


def refer(work: ItemChange, event: ItemReferred) -> None:
    """Raises Refusal while another group has it."""
    item = work.item
    if item.reference is not None and item.reference.answered_at is None:
        raise Refusal(Reason.REFERRED_ALREADY, group=item.reference.group_name)
    asked = ItemPut(
        event.item_id, event.group, item.title, event.text.strip(), item.purpose, ItemSource.REFERRED,
        origin=ItemOrigin(item.id, item.group.id, event.of),
    )  # fmt: skip
    sent = Reference(event.item_id, event.group.id, event.to, work.now)
    work.update("item_referred", detail={"group": event.to}, reference=sent)
    work.effects.append(ForItem(event.item_id, asked))


def answered(work: ItemChange, event: ReferenceAnswered) -> None:
    """The last word of the other group stands; one that is referred no more changes nothing."""
    found = work.item.reference
    if found is None or found.item_id != event.item_id:
        return
    told = replace(found, answered_at=work.now, answer=event.answer)
    note = "item_reference_answered" if event.taken_up else "item_reference_dropped"
    work.update(note, detail={"group": found.group_name}, reference=told)
    tell(work, NoticeKind.REFERENCE_ANSWERED, found.group_name)


def answer_origin(work: ItemChange, answer: str, *, taken_up: bool) -> None:
    """What was decided goes back to the group that asked."""
    origin = work.item.origin
    if origin is not None:
        work.effects.append(ForItem(origin.item_id, ReferenceAnswered(work.item.id, answer, taken_up)))


def told_group(state: object, event: object) -> Group | None:
    """The group whose keepers a decision of this event tells."""
    if isinstance(event, ItemPut):
        return None if event.origin is None else event.group
    return state.group if isinstance(event, ReferenceAnswered) and isinstance(state, AgendaItem) else None


def tell(work: ItemChange, kind: NoticeKind, other: str) -> None:
    """Each who keeps the agenda, of a question or an answer that came from the `other` group."""
    work.effects += told_of(work.item, kind, other, work.context.keepers, work.now)


def told_of(item: AgendaItem, kind: NoticeKind, other: str, keepers: Iterable[Answerer], now: datetime) -> list[Notice]:
    """The mails: neither the question nor the answer stands in them, both are on the page that they lead to."""
    detail = {"item": str(item.id), "group": item.group.name, "area": item.group.area or "", "other": other}
    keys = ((f"{kind}/{item.id}/{now.isoformat()}/{folded(who.to.email)}", who) for who in keepers)
    return [Notice(key, kind, who.to, None, "", now, now, now, user_id=who.user_id, detail=detail) for key, who in keys]
