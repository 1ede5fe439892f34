"""The life of an agenda item: put before a group, listed for a sitting, decided, and followed up until it is done
(rules, section 16 G3-G5).

`TABLE` alone says in which state what is possible, and where it may lead. Nothing that was decided is taken away: a
decision is followed by another, and a follow-up by a later one.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sip.domain.address import folded
from sip.domain.agenda import (
    UNDECIDED,
    AgendaItem,
    InquiryAnswered,
    InquiryEnded,
    InquiryMade,
    ItemDropped,
    ItemEdited,
    ItemPrepared,
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
)
from sip.domain.change import Refusal, said
from sip.domain.conflict import NOTHING
from sip.domain.decision import Context, Decision, Reason
from sip.domain.deviation import Side
from sip.domain.effects import Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.inquiring import answer_inquiry, ask_seats, end_inquiry, inquire, inquiry_due
from sip.domain.item_change import ItemChange
from sip.domain.machine import Leads, Machine, Row, bounded
from sip.domain.people import Address, Roster
from sip.domain.preparing import preparation_due, preparation_mail, prepared
from sip.domain.referring import answer_origin, answered, refer, tell
from sip.domain.values import replace
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

S = ItemState
MOST_RESOLUTIONS, MOST_REPORTS = 20, 200
REMIND_EVERY = 10
"""Working days between reminders of a decision that is not done."""


# -- before the decision


def put(item: AgendaItem | None, event: ItemPut, context: Context) -> Decision:
    """A new item; one that was dropped is put again; one that stands is left as it is, but that what was decided of a
    report waits again when that report comes back.

    Raises Refusal for a sitting that is past, and without a title.
    """
    if item is not None and item.state is not S.DROPPED:
        return _put_again(item, event, context)
    if event.sitting_on is not None and event.sitting_on < local_day(context.now):
        raise Refusal(Reason.SITTING_PAST)
    made = AgendaItem(
        event.id, event.group, said(event.title), event.text.strip(), event.purpose, event.source,
        S.WAITING if event.sitting_on is None else S.LISTED, context.now, event.signal,
        tuple(dict.fromkeys(event.reports))[:MOST_REPORTS], event.sitting_on, origin=event.origin,
    )  # fmt: skip
    work = ItemChange(made, context=context)
    work.update("item_put", detail={"source": event.source})
    if event.origin is not None:
        tell(work, NoticeKind.REFERENCE_CAME, event.origin.group_name)
    return work.decision()


def _put_again(item: AgendaItem, event: ItemPut, context: Context) -> Decision:
    work = ItemChange(item, context=context)
    if event.source is ItemSource.REPORT and item.state not in UNDECIDED:
        reports = tuple(dict.fromkeys((*item.reports, *event.reports)))[:MOST_REPORTS]
        work.update(
            "item_put", detail={"source": event.source}, state=S.WAITING, sitting_on=None, reports=reports,
            dropped_at=None, dropped_because=None,
        )  # fmt: skip
    return work.decision()


def edit(work: ItemChange, event: ItemEdited) -> None:
    work.update("item_edited", title=said(event.title), text=event.text.strip(), purpose=event.purpose)


def prepare(work: ItemChange, event: ItemPrepared) -> None:
    found = prepared(work.item, event, work.now)
    if found != work.item:
        work.update("item_prepared", preparation=found.preparation, papers=found.papers, not_before=None)


def schedule(work: ItemChange, event: ItemScheduled) -> None:
    """Raises Refusal for a sitting that is past."""
    day, before = event.sitting_on, work.item.sitting_on
    if day == before:
        return
    if day is not None and day < work.today:
        raise Refusal(Reason.SITTING_PAST)
    detail = {} if day is None else {"day": day.isoformat()}
    note = "item_unlisted" if day is None else "item_listed" if before is None else "item_deferred"
    work.update(note, detail=detail, sitting_on=day, state=S.WAITING if day is None else S.LISTED)


def drop(work: ItemChange, event: ItemDropped) -> None:
    """What was decided before stands, and is followed up."""
    reason = said(event.reason)
    work.update("item_dropped", state=work.rests(), dropped_at=work.now, dropped_because=reason, sitting_on=None)
    answer_origin(work, reason, taken_up=False)


def link(work: ItemChange, event: ReportLinked) -> None:
    """Raises Refusal for more than can be looked through."""
    reports = work.item.reports
    if event.report_id in reports:
        return
    if len(reports) >= MOST_REPORTS:
        raise Refusal(Reason.REPORTS_MANY, most=str(MOST_REPORTS))
    work.update("item_report_linked", reports=(*reports, event.report_id))


def unlink(work: ItemChange, event: ReportUnlinked | ReportLeft) -> None:
    if event.report_id not in work.item.reports:
        return
    work.update("item_report_unlinked", reports=tuple(one for one in work.item.reports if one != event.report_id))


def leave(work: ItemChange, event: ReportLeft) -> None:
    """What was there for this report alone is not taken up without it; what has been decided stands."""
    alone = work.item.reports == (event.report_id,) and work.item.source is ItemSource.REPORT
    if work.item.state in UNDECIDED and alone:
        note = "item_report_left_again" if work.item.resolutions else "item_report_left"
        work.update(note, state=work.rests(), dropped_at=work.now, dropped_because=None, sitting_on=None)


# -- the decision


def resolve(work: ItemChange, event: Resolved) -> None:
    """Raises Refusal without text or grounds, for a sitting to come, and for a task that lacks owner, unit or day."""
    text, grounds, owner = said(event.text), said(event.grounds), (event.owner or "").strip()
    number = len(work.item.resolutions) + 1
    if number > MOST_RESOLUTIONS:
        raise Refusal(Reason.RESOLUTIONS_MANY, most=str(MOST_RESOLUTIONS))
    if event.decided_on > work.today:
        raise Refusal(Reason.SITTING_AHEAD)
    made = Resolution(number, text, grounds, event.decided_on, work.now)
    given = (bool(owner), event.unit_id is not None, event.due_on is not None)
    if any(given):
        if not all(given):
            raise Refusal(Reason.OWNER_INCOMPLETE)
        made = _owned(work, made, event, owner)
    else:
        made = replace(made, done_at=work.now)
    work.put(made)
    detail = {} if made.unit is None else {"unit": made.unit.unit_name}
    sitting_on = work.item.sitting_on or event.decided_on
    work.update("item_resolved", detail=detail, state=work.rests(), sitting_on=sitting_on)
    answer_origin(work, text, taken_up=True)


def _owned(work: ItemChange, made: Resolution, event: Resolved, owner: str) -> Resolution:
    assert event.due_on is not None and event.unit_id is not None
    if event.due_on < work.today:
        raise Refusal(Reason.MEASURE_PAST)
    roster = work.context.rosters.get(event.unit_id)
    if roster is None:
        raise Refusal(Reason.UNKNOWN_UNIT)
    unit = Side(roster.unit_id, roster.name, roster.organisation_id, roster.principal_id)
    return replace(made, owner=owner, unit=unit, due_on=event.due_on)


def follow_up(work: ItemChange, event: ResolutionFollowedUp) -> None:
    """Raises Refusal without a word of it, and, where it is not done, without a day ahead until which it is waited."""
    outcome, found = said(event.outcome), work.resolution(event.number)
    if found.unit is None:
        raise Refusal(Reason.NOTHING_TO_DECIDE)
    told = replace(found, outcome=outcome, told_at=work.now)
    if event.done:
        told = replace(told, done_at=work.now)
    else:
        if event.due_on is None or event.due_on <= work.today:
            raise Refusal(Reason.MEASURE_PAST)
        told = replace(told, done_at=None, due_on=event.due_on, reminders=0, reminded_at=None)
    work.put(told)
    detail = {"unit": found.unit.unit_name, "done": str(event.done).lower()}
    work.update("item_followed_up", detail=detail, not_before=None)


def succeed(work: ItemChange, event: OwnerSucceeded) -> None:
    """What is not done is the unit's that has taken over from now on; what was done stays whose it was."""
    for one in work.item.resolutions:
        if one.done_at is None and one.unit is not None and one.unit.unit_id == event.before != event.by.unit_id:
            work.put(replace(one, unit=event.by))
            detail = {"before": one.unit.unit_name, "target": event.by.unit_name}
            work.update("item_owner_succeeded", detail=detail)


# -- time


def waited_for(item: AgendaItem) -> tuple[Resolution, datetime] | None:
    """The decision whose next reminder comes first, and when: the opening of its day, then every tenth working day."""
    open_ones = [(one, reminder_due(one)) for one in item.resolutions if one.done_at is None and one.due_on is not None]
    return min(open_ones, key=lambda found: (found[1], found[0].number), default=None)


def reminder_due(one: Resolution) -> datetime:
    """When the next reminder of it leaves, of one that has a day."""
    assert one.due_on is not None
    time = office_time()
    if one.reminded_at is not None:
        return time.opening_from(time.plus_days(one.reminded_at, REMIND_EVERY))
    return time.opening_from(at_hour(one.due_on, OPENS))


def item_due(item: AgendaItem) -> datetime | None:
    """When the item next needs a tick."""
    found = waited_for(item)
    every = (preparation_due(item), inquiry_due(item), None if found is None else found[1])
    dues = [one for one in every if one is not None]
    if not dues:
        return None
    return min(dues) if item.not_before is None else max(min(dues), item.not_before)


def pass_time(work: ItemChange, _: TimePassed) -> None:
    """Reminders that are due, in office time: one of each decision, however long nobody looked."""
    for _turn in bounded(MOST_RESOLUTIONS + 4, "an item's reminders"):
        due = item_due(work.item)
        if due is None or due > work.now:
            return
        if not office_time().is_office_time(work.now):
            work.item = replace(work.item, not_before=office_time().next_open(work.now))
            return
        first = preparation_due(work.item)
        if first is not None and first <= work.now:
            _remind_preparing(work)
            continue
        asked = inquiry_due(work.item)
        if asked is not None and asked <= work.now:
            ask_seats(work)
            continue
        found = waited_for(work.item)
        assert found is not None
        _remind(work, found[0])


def _remind_preparing(work: ItemChange) -> None:
    """Once, and never after the day."""
    found = work.item.preparation
    assert found is not None and found.by is not None
    told = replace(found, reminded_at=work.now)
    if found.by < work.today:
        work.item = replace(work.item, preparation=told, not_before=None)
        return
    to = work.context.holder
    if to is not None:
        work.effects.append(preparation_mail(work.item, to, work.now))
    note = "item_preparation_empty" if to is None else "item_preparation_reminded"
    work.update(note, preparation=told, not_before=None)


def _remind(work: ItemChange, one: Resolution) -> None:
    """The unit's mailbox, and from the second time its manager too. One that reaches nobody waits for its next day, and
    holds up no other decision.
    """
    assert one.unit is not None
    roster = work.context.rosters.get(one.unit.unit_id)
    people = () if roster is None else _told(roster, one.reminders)
    if roster is None or not people:
        work.put(replace(one, reminded_at=work.now))
        work.update("item_reminder_empty", not_before=None)
        return
    for to in people:
        work.effects.append(_notice(work, one, roster, to))
    work.put(replace(one, reminders=one.reminders + 1, reminded_at=work.now))
    work.update("item_reminded", detail={"unit": one.unit.unit_name}, not_before=None)


def _told(roster: Roster, before: int) -> tuple[Address, ...]:
    """Whoever the directory has: the mailbox and, the second time, the managers; else who is above, else who mends the
    directory.
    """
    mailbox = [Address(email, roster.name, roster.language) for email in roster.addresses[:1]]
    managers = [Address(one.email, one.name) for one in roster.managers if one.email]
    found = [*mailbox, *(managers if before or not mailbox else ())]
    for others in (roster.heads, roster.coordinators, roster.administrators):
        found = found or [Address(one.email, one.name) for one in others if one.email]
    return tuple({folded(one.email): one for one in found}.values())


def _notice(work: ItemChange, one: Resolution, roster: Roster, to: Address) -> Notice:
    assert one.due_on is not None
    day = at_hour(one.due_on, OPENS)
    key = f"item/{work.item.id}/{one.number}/{one.due_on.isoformat()}/{one.reminders}/{folded(to.email)}"
    group = work.item.group
    detail = {"item": str(work.item.id), "area": group.area or "", "reminders": str(one.reminders)}
    if group.name:
        detail["group"] = group.name
    return Notice(key, NoticeKind.RESOLUTION_DUE, to, roster.unit_id, roster.name, work.now, day, day, detail=detail)


# -- the table

_STAYS: Leads = {state: (state,) for state in S}
_OPEN: Leads = {state: (state,) for state in UNDECIDED}
_DECIDED = (S.DECIDED, S.DONE)
_RESTS = (S.DROPPED, *_DECIDED)
_PUT: Leads = {
    **dict.fromkeys((None, S.DROPPED), UNDECIDED), **{state: (state, S.WAITING) for state in _DECIDED},
}  # fmt: skip
_AFTER: Leads = {S.LISTED: _DECIDED, S.DECIDED: (S.DECIDED,), S.DONE: _DECIDED}


def _resolved_unit(event: Resolved) -> Iterator[UUID]:
    if event.unit_id is not None:
        yield event.unit_id


def _owners(item: AgendaItem | ItemPut) -> Iterator[UUID]:
    """The units that have something left to do."""
    if isinstance(item, AgendaItem):
        yield from (one.unit.unit_id for one in item.resolutions if one.unit is not None and one.done_at is None)


def _row(leads: Leads, act: Callable[[Any, Any], None], **more: Any) -> Row:
    return Row(leads, act, case=False, **more)


TABLE: Mapping[type, Row] = {
    ItemPut: Row({**_STAYS, **_PUT}, case=False, units=lambda _: ()),
    ItemEdited: _row(_OPEN, edit),
    ItemPrepared: _row(_OPEN, prepare),
    InquiryMade: _row(_OPEN, inquire),
    InquiryEnded: _row(_OPEN, end_inquiry),
    InquiryAnswered: _row(_OPEN, answer_inquiry),
    ItemReferred: _row({state: (state,) for state in S if state is not S.DROPPED}, refer),
    ReferenceAnswered: _row(_STAYS, answered, changes=lambda _: NOTHING),
    ItemScheduled: _row(dict.fromkeys(UNDECIDED, (S.WAITING, S.LISTED)), schedule),
    ReportLinked: _row(_STAYS, link),
    ReportUnlinked: _row(_STAYS, unlink),
    ReportLeft: _row({**_STAYS, **{state: (state, *_RESTS) for state in UNDECIDED}}, leave),
    Resolved: _row(_AFTER, resolve, units=_resolved_unit),
    ResolutionFollowedUp: _row({**_OPEN, **dict.fromkeys(_DECIDED, _DECIDED)}, follow_up),
    OwnerSucceeded: _row(_STAYS, succeed, changes=lambda _: NOTHING),
    ItemDropped: _row(dict.fromkeys(UNDECIDED, _RESTS), drop),
    TimePassed: _row(_STAYS, pass_time, changes=lambda _: NOTHING),
}
"""All that can happen to an item."""


def _decide(item: AgendaItem | None, event: Any, row: Row, context: Context) -> Decision:
    if item is None or row.act is None:
        return put(item, event, context)
    work = ItemChange(item, context=context)
    row.act(work, event)
    return work.decision()


AGENDA_ITEM = Machine(
    kind="agenda_item",
    state=AgendaItem,
    states=ItemState,
    table=TABLE,
    decide=_decide,
    next_due=item_due,
    meeting_id=lambda _: None,
    units=_owners,
)
