"""A question asks the seats of its group: up to five questions until a day, by one mail and one reminder; each seat's
answer is its principal's (rules, section 18 U11).
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sip.domain.agenda import (
    UNDECIDED,
    AgendaItem,
    Inquiry,
    InquiryAnswered,
    InquiryEnded,
    InquiryMade,
    SeatParty,
    SeatReply,
)
from sip.domain.change import Refusal, said
from sip.domain.decision import Reason
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.item_change import ItemChange
from sip.domain.people import Address
from sip.domain.values import replace
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

AHEAD = 5
"""Working days before the day at whose opening those who have not answered are reminded."""
MOST_QUESTIONS = 5


def inquire(work: ItemChange, event: InquiryMade) -> None:
    """Raises Refusal without a question, for a day before it could be asked, and once somebody has answered."""
    if work.item.answered:
        raise Refusal(Reason.INQUIRY_ANSWERED)
    questions = tuple(one for line in event.questions if (one := " ".join(line.split())))[:MOST_QUESTIONS]
    said("".join(questions))
    if event.by < local_day(office_time().opening_after(work.now)):
        raise Refusal(Reason.INQUIRY_SOON)
    made = Inquiry(event.by, questions, event.about.strip(), work.now)
    was = work.item.inquiry
    if (
        was is None
        or was.ended_at is not None
        or (was.by, was.questions, was.about) != (made.by, questions, made.about)
    ):
        work.update("item_inquiry", inquiry=made, replies=(), not_before=None)


def end_inquiry(work: ItemChange, _: InquiryEnded) -> None:
    """What was said stands. Raises Refusal where nothing is asked."""
    found = work.item.inquiry
    if found is None or found.ended_at is not None:
        raise Refusal(Reason.INQUIRY_OVER)
    work.update("item_inquiry_ended", inquiry=replace(found, ended_at=work.now), not_before=None)


def answer_inquiry(work: ItemChange, event: InquiryAnswered) -> None:
    """The last word holds. Raises Refusal without a word, of a seat that is not asked, and once it is over."""
    found, reply = work.item.inquiry, work.item.reply(event.seat)
    if found is None or reply is None or not answerable(work.item, work.now):
        raise Refusal(Reason.INQUIRY_OVER)
    answers = tuple(one.strip() for one in (*event.answers, *("",) * MOST_QUESTIONS)[: len(found.questions)])
    said("".join(answers))
    if answers == reply.answers:
        return
    replies = tuple(
        replace(one, answers=answers, answered_at=work.now) if one.seat == event.seat else one
        for one in work.item.replies
    )
    work.update("item_inquiry_answered", detail={"seat": str(event.seat)}, replies=replies)


def answerable(item: AgendaItem, now: datetime) -> bool:
    """Whether its seats may answer: they are asked, until the day is over."""
    found = item.inquiry
    if found is None or found.ended_at is not None or item.state not in UNDECIDED:
        return False
    return bool(item.replies) and local_day(now) <= found.by


# -- time


def inquiry_due(item: AgendaItem) -> datetime | None:
    """When its seats are asked, or those that have not answered are reminded; None: no more."""
    found = item.inquiry
    if found is None or found.ended_at is not None or item.state not in UNDECIDED:
        return None
    if found.asked_at is None:
        return office_time().opening_after(found.put_at)
    if found.reminded_at is not None or all(one.answered_at is not None for one in item.replies):
        return None
    due = office_time().opening_before(at_hour(found.by, OPENS), AHEAD)
    return due if due > found.asked_at else None


def inquiring(state: object, event: object, now: datetime) -> UUID | None:
    """The group whose seats a decision of this event may need."""
    if not isinstance(state, AgendaItem) or not isinstance(event, TimePassed):
        return None
    due = inquiry_due(state)
    return None if due is None or due > now else state.group.id


def ask_seats(work: ItemChange) -> None:
    """The mails that are due; after the day none leaves."""
    found, parties = work.item.inquiry, work.context.parties
    assert found is not None
    if found.asked_at is None:
        replies = tuple(SeatReply(one.seat, one.function, one.wanted, one.principal) for one in parties)
        note = "item_inquiry_asked" if replies else "item_inquiry_nobody"
        told = replace(found, asked_at=work.now)
    else:
        replies, note, told = work.item.replies, "item_inquiry_reminded", replace(found, reminded_at=work.now)
    waited = {one.seat for one in replies if one.answered_at is None}
    if found.by < work.today:
        work.item = replace(work.item, inquiry=told, replies=replies, not_before=None)
        return
    work.effects += _mails(work.item, told, [one for one in parties if one.seat in waited], work.now)
    work.update(note, detail={"seats": str(len(waited))}, inquiry=told, replies=replies, not_before=None)


def _mails(item: AgendaItem, told: Inquiry, parties: list[SeatParty], now: datetime) -> Iterator[Notice]:
    for one in parties:
        if one.to is not None:
            yield inquiry_mail(item, told, one.seat, one.to, now)


def inquiry_mail(item: AgendaItem, told: Inquiry, seat: int, to: Address, now: datetime) -> Notice:
    """Neither the question nor what it asks stands in it: both are on the page behind its link."""
    day, again = at_hour(told.by, OPENS), told.reminded_at is not None
    key = f"item-inquiry/{item.id}/{told.put_at.isoformat()}/{seat}/{'again' if again else 'first'}"
    detail = {"group": item.group.name, "area": item.group.area or "", "again": "yes" if again else ""}
    return Notice(
        key, NoticeKind.SITTING_INQUIRY, to, None, "", now, day, day, link=Link.SITTING, detail=detail
    )  # fmt: skip
