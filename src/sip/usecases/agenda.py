"""What is done with a standing group's agenda: put, listed, decided, followed up (rules, section 16 G3-G5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import (
    AgendaItem,
    Group,
    GroupKind,
    ItemDropped,
    ItemEdited,
    ItemPrepared,
    ItemPurpose,
    ItemPut,
    ItemReferred,
    ItemScheduled,
    ItemSource,
    ReportLinked,
    ReportUnlinked,
    ResolutionFollowedUp,
    Resolved,
    Within,
    group_of,
)
from sip.domain.bounds import NAME_MOST, day_fits
from sip.domain.deviation import DeviationState
from sip.domain.group import GroupSeat, GroupState
from sip.domain.preparing import MOST_PAPERS
from sip.domain.systemic import Signal
from sip.store.aggregates import agenda, deviations
from sip.store.aggregates import groups as standing_groups
from sip.store.db import Database, beyond
from sip.store.seen.agenda import within
from sip.usecases.access import Act, require_group, require_item, require_resolution, scope_of, sees_deviation
from sip.usecases.actor import Actor
from sip.usecases.commands import Command, handled
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.engine.handle import Handled
from sip.usecases.neighbours import neighbours
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError, refuse_texts

PAPER_MOST = 2_000
"""Letters of a paper's line, its address with them."""


@dataclass(frozen=True, slots=True)
class ItemForm:
    """What somebody puts before a group. `signal` and `reports` come with a suggestion."""

    title: str
    text: str
    purpose: ItemPurpose
    sitting_on: date | None = None
    source: ItemSource = ItemSource.BY_HAND
    signal: Signal | None = None
    reports: tuple[UUID, ...] = ()


def item_id(by: Command) -> UUID:
    """The item that this command makes: the same for the same form."""
    return uuid5(NAMESPACE, f"item/{by.event_id}")


async def put(db: Database, group: Group, form: ItemForm, by: Command) -> Handled:
    """A question before a group in view, with the reports that the actor may see. Raises NotFoundError where the group
    has been closed.
    """
    _refuse(title=form.title, text=form.text)
    _refuse_day("sitting_on", form.sitting_on)
    async with db.transaction(by.actor) as conn:
        require_group(by.actor, group, Act.KEEP_AGENDA, await within(conn, scope_of(by.actor)))
        await _refuse_closed(conn, group)
        reports = await _linkable(conn, form.reports, by.actor)
        event = ItemPut(
            item_id(by), group, form.title, form.text, form.purpose, form.source, form.signal, reports,
            form.sitting_on,
        )  # fmt: skip
        return await handled(conn, event.id, event, by)


async def edit(db: Database, item: UUID, title: str, text: str, purpose: ItemPurpose, by: Command) -> Handled:
    """Other words, until it has been decided."""
    _refuse(title=title, text=text)
    return await keep(db, item, ItemEdited(title, text, purpose), by)


async def prepare(db: Database, item: UUID, event: ItemPrepared, by: Command) -> Handled:
    """Who prepares it until which day, and its papers. Raises InvalidError for a seat that the group has not, for one
    or a day without an owner, and for papers without an address.
    """
    refuse_texts({"owner": event.owner, "papers": [_title_of(one) for one in event.papers]})
    _refuse_day("by", event.by)
    problems = []
    if not event.owner.strip() and (event.seat is not None or event.by is not None):
        problems.append(FieldProblem("owner", "required"))
    if len(event.owner) > NAME_MOST:
        problems.append(FieldProblem("owner", "too_long"))
    if len(event.papers) > MOST_PAPERS:
        problems.append(FieldProblem("papers", "papers_many", (("most", str(MOST_PAPERS)),)))
    elif not all(_is_paper(one) for one in event.papers):
        problems.append(FieldProblem("papers", "paper_https"))
    if event.seat is not None:
        seats = await seats_of(db, item, by)
        if seats is not None and all(one.number != event.seat for one in seats):
            problems.append(FieldProblem("seat", "bad_choice"))
    if problems:
        raise InvalidError(problems)
    return await keep(db, item, event, by)


async def seats_of(db: Database, item: UUID, by: Command) -> list[GroupSeat] | None:
    """The seats that the item's group has; None of an item that is not in view, of which nothing is said."""
    async with db.transaction(by.actor) as conn:
        there = (await agenda.load_many(conn, [item])).get(item)
        if there is None:
            return None
        async with beyond(conn):  # of the group that the item is of, which she sees
            group = (await standing_groups.load_many(conn, [there.state.group.id])).get(there.state.group.id)
    return [] if group is None else [one for one in group.state.seats if one.closed_on is None]


def _title_of(paper: str) -> str:
    return paper.strip().rpartition(" ")[0]


def _is_paper(line: str) -> bool:
    """It ends with an address that can be opened, and is no longer than that."""
    address = line.split()[-1] if line.split() else ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and len(line) <= PAPER_MOST


async def refer(db: Database, item: UUID, to: UUID, text: str, by: Command) -> Handled:
    """The question goes to a group above or below its own, which still stands. Raises InvalidError for another."""
    _refuse(text=text)
    async with db.transaction(by.actor) as conn:
        held = await agenda.load_many(conn, [item], lock=True)
        there = held[item].state if held else None
        found = require_item(by.actor, there, Act.KEEP_AGENDA, await within(conn, scope_of(by.actor)))
        async with beyond(conn):  # of the group itself, and of those next to it
            near = {one.id: one for one in await neighbours(conn, found.group.id)}
            own = (await standing_groups.load_many(conn, [found.group.id])).get(found.group.id)
        if to not in near or own is None:
            raise InvalidError([FieldProblem("group", "bad_choice")])
        new = uuid5(NAMESPACE, f"referred/{by.event_id}")
        event = ItemReferred(new, group_of(near[to]), text, near[to].name, own.state.name)
        return await handled(conn, item, event, by, held)


async def schedule(db: Database, item: UUID, sitting_on: date | None, by: Command) -> Handled:
    """Which sitting takes it up; None: none yet."""
    _refuse_day("sitting_on", sitting_on)
    return await keep(db, item, ItemScheduled(sitting_on), by)


async def drop(db: Database, item: UUID, reason: str, by: Command) -> Handled:
    """The group does not take it up."""
    refuse_texts({"reason": reason})
    return await keep(db, item, ItemDropped(reason), by)


async def link(db: Database, item: UUID, report: UUID, by: Command) -> Handled:
    """A report that the actor sees is of the same question. Raises InvalidError for another, and for a protected
    meeting's.
    """
    async with db.transaction(by.actor) as conn:
        held = await agenda.load_many(conn, [item], lock=True)
        there = held[item].state if held else None
        require_item(by.actor, there, Act.KEEP_AGENDA, await within(conn, scope_of(by.actor)))
        if not await _linkable(conn, (report,), by.actor):
            raise InvalidError([FieldProblem("report", "bad_choice")])
        return await handled(conn, item, ReportLinked(report), by, held)


async def unlink(db: Database, item: UUID, report: UUID, by: Command) -> Handled:
    """A report is of another question."""
    return await keep(db, item, ReportUnlinked(report), by)


async def resolve(db: Database, item: UUID, event: Resolved, by: Command) -> Handled:
    """The group has decided; with something to do, by a function in a unit until a day. Raises InvalidError."""
    _refuse(text=event.text, grounds=event.grounds)
    refuse_texts({"owner": event.owner})
    if len(event.owner or "") > NAME_MOST:
        raise InvalidError([FieldProblem("owner", "too_long")])
    _refuse_day("due_on", event.due_on)
    return await keep(db, item, event, by)


async def follow_up(db: Database, item: UUID, event: ResolutionFollowedUp, by: Command) -> Handled:
    """What came of a decision: by who keeps the agenda, or who heads the unit that was to do it."""
    _refuse(outcome=event.outcome)
    _refuse_day("due_on", event.due_on)
    return await _command(
        db, item, event, by, lambda there, known: require_resolution(by.actor, there, event.number, known)
    )


async def _refuse_closed(conn: AsyncConnection, group: Group) -> None:
    if group.kind is GroupKind.STANDING_GROUP:
        async with beyond(conn):  # it has been asked whether she keeps it
            there = (await standing_groups.load_many(conn, [group.id])).get(group.id)
        if there is None or there.state.state is GroupState.CLOSED:
            raise NotFoundError("group")


def _refuse(**texts: str) -> None:
    """Raises InvalidError for what free text may not carry."""
    refuse_texts(texts)


def _refuse_day(field: str, day: date | None) -> None:
    if day is not None and not day_fits(day):
        raise InvalidError([FieldProblem(field, "day_out_of_range")])


async def _linkable(conn: AsyncConnection, reports: tuple[UUID, ...], actor: Actor) -> tuple[UUID, ...]:
    """Those that the actor sees, which are heard, and of no protected meeting."""
    found = await deviations.load_many(conn, reports)
    return tuple(
        one
        for one in reports
        if one in found
        and sees_deviation(actor, found[one].state)
        and not found[one].state.protected
        and found[one].state.state is not DeviationState.HEARING
    )


May = Callable[[AgendaItem | None, Within], object]


async def keep(db: Database, item: UUID, event: object, by: Command) -> Handled:
    """What who keeps its agenda does with an item. Raises NotFoundError, ForbiddenError."""
    return await _command(
        db, item, event, by, lambda there, known: require_item(by.actor, there, Act.KEEP_AGENDA, known)
    )


async def _with_origin(conn: AsyncConnection, item: UUID) -> list[UUID]:
    """The item, and the one that it was referred from, which may be told: both are locked in the order of their ids."""
    async with beyond(conn):  # it may be a group's that she does not see
        there = (await agenda.load_many(conn, [item])).get(item)
    origin = None if there is None else there.state.origin
    return [item] if origin is None else sorted((item, origin.item_id))


async def _command(db: Database, item: UUID, event: object, by: Command, may: May) -> Handled:
    """One command on an item, in one transaction."""
    async with db.transaction(by.actor) as conn:
        held = await agenda.load_many(conn, await _with_origin(conn, item), lock=True)
        may(held[item].state if item in held else None, await within(conn, scope_of(by.actor)))
        return await handled(conn, item, event, by, held)
