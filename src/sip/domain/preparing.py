"""A question is prepared: by a function until a day, with papers; on a seat of the group she is reminded once (rules,
section 18 U9).
"""

from datetime import datetime
from uuid import UUID

from sip.domain.agenda import UNDECIDED, AgendaItem, ItemPrepared, Preparation
from sip.domain.change import Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.people import Address
from sip.domain.values import replace
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

AHEAD = 5
"""Working days before the day at whose opening who prepares is reminded; where it was set later, as soon as may be."""
MOST_PAPERS = 10


def prepared(item: AgendaItem, event: ItemPrepared, now: datetime) -> AgendaItem:
    """Raises Refusal for a day that is past, unless it stands already. A change of seat or day is reminded of anew."""
    was = item.preparation
    if event.by is not None and event.by < local_day(now) and (was is None or event.by != was.by):
        raise Refusal(Reason.MEASURE_PAST)
    papers = tuple(one for line in event.papers if (one := " ".join(line.split())))[:MOST_PAPERS]
    owner = event.owner.strip()
    if not owner:
        return replace(item, preparation=None, papers=papers)
    made = Preparation(owner, event.seat, event.by)
    if was is not None and (was.seat, was.by) == (made.seat, made.by):
        made = replace(made, reminded_at=was.reminded_at)
    return replace(item, preparation=made, papers=papers)


def preparation_due(item: AgendaItem) -> datetime | None:
    """When who prepares is reminded; None where she has been, where no seat prepares, and once it is decided."""
    found = item.preparation
    if found is None or found.by is None or found.seat is None or found.reminded_at is not None:
        return None
    if item.state not in UNDECIDED:
        return None
    return office_time().opening_before(at_hour(found.by, OPENS), AHEAD)


def preparing(state: object, event: object, now: datetime) -> tuple[UUID, int] | None:
    """The group and the seat whose address a decision of this event may need."""
    if not isinstance(state, AgendaItem) or not isinstance(event, TimePassed) or state.preparation is None:
        return None
    due, seat = preparation_due(state), state.preparation.seat
    return None if due is None or due > now or seat is None else (state.group.id, seat)


def preparation_mail(item: AgendaItem, to: Address, now: datetime) -> Notice:
    """Neither the question nor who prepares it stands in it: both are on the page behind its link."""
    found = item.preparation
    assert found is not None and found.by is not None
    day = at_hour(found.by, OPENS)
    detail = {"group": item.group.name, "area": item.group.area or ""}
    if item.sitting_on is not None:
        detail["sitting"] = item.sitting_on.isoformat()
    key = f"item-preparation/{item.id}/{found.seat}/{found.by.isoformat()}"
    return Notice(
        key, NoticeKind.SITTING_PREPARE, to, None, "", now, day, day, link=Link.SITTING, detail=detail
    )  # fmt: skip
