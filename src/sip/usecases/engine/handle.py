"""The one writer of an aggregate: lock, read, decide, write, journal, post (house, law 3; rules, section 2).

The use case opens the transaction; this works in it and never commits. One event and a batch go the same way. In a
batch an aggregate whose rules raise is left as it was and named in `failures`; the rest are written. A database error
spoils the transaction: the caller tries the aggregates one by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.decision import AnyState
from sip.store import db
from sip.store.aggregates import journal
from sip.store.aggregates.registry import AGGREGATES, Aggregate, aggregate_of
from sip.store.aggregates.versioned import Rewrite, Versioned
from sip.store.post import mailbox_checks
from sip.store.post.outbox import Posting
from sip.usecases.actor import Actor
from sip.usecases.engine import calling_out, counts
from sip.usecases.engine.surroundings import Surroundings, World
from sip.usecases.engine.work import Handled, Item, Work

__all__ = ["Batch", "Handled", "Item", "Surroundings", "World", "handle", "handle_loaded", "handle_many"]

CHANNEL = "sip_changed"
_WAIT = "select pg_advisory_xact_lock(hashtextextended(id, 0)) from unnest($1::text[]) as id"
_MOST_NOTIFIED = 7900


@dataclass(slots=True)
class Batch:
    """What came of a batch: in the order of the items, None where the aggregate failed."""

    handled: list[Handled | None] = field(default_factory=list)
    failures: dict[UUID, Exception] = field(default_factory=dict)
    still_due: list[UUID] = field(default_factory=list)


async def handle(
    conn: AsyncConnection,
    target: UUID,
    event: object,
    *,
    event_id: str,
    actor: Actor,
    now: datetime,
    world: World,
    seen_version: int | None = None,
    held: Mapping[UUID, Versioned[Any]] | None = None,
) -> Handled:
    """One event to one aggregate: a meeting, a deviation report, an item of an agenda.

    `held`: the aggregate, where this transaction has locked and read it already; empty, if there is none.
    A repeated `event_id` gives the first outcome; a `seen_version` after which a
    person changed what the command rests on is Refused(STALE_VERSION). Raises what the
    rules raise (RuleError, or any fault in them), with a note of what it was decided for; nothing is written then.
    """
    items = [Item(target, event, event_id, seen_version)]
    loaded = await _locked(conn, items) if held is None else held
    batch = await handle_loaded(conn, loaded, items, actor=actor, now=now, world=world)
    for error in batch.failures.values():
        error.add_note(f"{type(event).__name__} to {target}")
        raise error
    found = batch.handled[0]
    assert found is not None
    return found


async def handle_many(
    conn: AsyncConnection,
    items: Sequence[Item],
    *,
    actor: Actor,
    now: datetime,
    world: World,
    surroundings: Surroundings | None = None,
) -> Batch:
    """Many events, each aggregate's in their order, with few set statements."""
    loaded = await _locked(conn, items)
    return await handle_loaded(conn, loaded, items, actor=actor, now=now, world=world, surroundings=surroundings)


async def _locked(conn: AsyncConnection, items: Iterable[Item]) -> dict[UUID, Versioned[Any]]:
    """The aggregates that these events are for, by id: kind after kind, in the order of their ids (rules, section 2).

    What an event begins may be on its way in another transaction: that is waited for.
    """
    events = [(item.target, item.event) for item in items]
    targets = {target for target, _ in events}
    loaded: dict[UUID, Versioned[Any]] = {}
    for aggregate in AGGREGATES:
        wanted = {target for target, event in events if aggregate.takes(event)} - loaded.keys()
        if wanted:
            loaded |= await aggregate.load_many(conn, sorted(wanted), lock=True)
        begun = {target for target, event in events if aggregate.begins(event)} - loaded.keys()
        if begun:
            raw = await db.raw(conn)
            await raw.execute(_WAIT, [str(target) for target in sorted(begun)])
            loaded |= await aggregate.load_many(conn, sorted(begun), lock=True)
        targets -= begun
    astray = targets - loaded.keys()
    for aggregate in AGGREGATES if astray else ():
        # An event of one kind for another's id: what stands there must be known, or its journal would break.
        loaded |= await aggregate.load_many(conn, sorted(astray - loaded.keys()), lock=True)
    return loaded


async def handle_loaded(
    conn: AsyncConnection,
    loaded: Mapping[UUID, Versioned[Any]],
    items: Sequence[Item],
    *,
    actor: Actor,
    now: datetime,
    world: World,
    surroundings: Surroundings | None = None,
) -> Batch:
    """As `handle_many`, of aggregates this transaction has locked and read already."""
    around = surroundings or Surroundings(now, world)
    await around.read(conn, ((_state(loaded.get(item.target)), item.event) for item in items))
    named = [(item.target, item.event_id) for item in items if item.event_id is not None]
    firsts = await journal.first_outcomes(conn, named)
    works = await _works(conn, loaded, items)
    since = [await _since(conn, loaded, item) for item in items]
    batch = Batch()
    for item, later in zip(items, since, strict=True):
        work = works[item.target]
        first = firsts.get((item.target, item.event_id)) if item.event_id is not None else None
        try:
            handled = work.take(item, first, around, later) if work.error is None else None
            batch.handled.append(handled)
            if work.proved:
                around.prove(work.proved)
        except Exception as error:  # named in the report, and the rest are served
            work.error = error
            batch.handled.append(None)
    others = await _for_others(conn, works, around)
    further = await _for_others(conn, others, around)
    _spread_failures(batch, works, [(works, others), (others, further)], items)
    batch.still_due = [work.id for work in works.values() if work.error is None and work.is_due(now)]
    await _write(conn, [*works.values(), *others.values(), *further.values()], actor, now)
    return batch


def _state(found: Versioned[Any] | None) -> AnyState | None:
    return None if found is None else found.state


async def _since(conn: AsyncConnection, loaded: Mapping[UUID, Versioned[Any]], item: Item) -> list[object]:
    """What happened after the version that somebody saw, where it is not the last."""
    there, seen = loaded.get(item.target), item.seen_version
    if there is None or seen is None or seen >= there.version:
        return []
    return await journal.applied_since(conn, item.target, seen)


async def _works(
    conn: AsyncConnection, loaded: Mapping[UUID, Versioned[Any]], items: Sequence[Item]
) -> dict[UUID, Work]:
    targets = dict.fromkeys(item.target for item in items)
    rowless = [target for target in targets if target not in loaded]
    heads = await journal.heads(conn, rowless) if rowless else {}
    return {target: Work(target, loaded.get(target), heads.get(target)) for target in targets}


async def _for_others(conn: AsyncConnection, works: Mapping[UUID, Work], around: Surroundings) -> dict[UUID, Work]:
    """What meetings want of their deviation reports, and reports of a group's agenda: locked after them, in the order
    of their ids.
    """
    wanted = [(work, item) for work in works.values() if work.error is None for item in work.for_others()]
    if not wanted:
        return {}
    loaded = await _locked(conn, [item for _, item in wanted])
    found = await _works(conn, loaded, [item for _, item in wanted])
    await around.read_of_others(conn, [(_state(loaded.get(item.target)), item.event) for _, item in wanted])
    for parent, item in wanted:
        other = found[item.target]
        try:
            if parent.error is None:
                other.take(item, None, around)
        except Exception as error:  # the meeting fails with its report, and a report with its item
            parent.error = other.error = error
    return found


_Works = Mapping[UUID, Work]


def _spread_failures(
    batch: Batch, works: _Works, steps: Sequence[tuple[_Works, _Works]], items: Sequence[Item]
) -> None:
    """A meeting, its reports and their items stand or fall together; what failed is not in `handled`."""
    tied = [
        (parent, others[item.target])
        for parents, others in steps
        for parent in parents.values()
        for item in parent.for_others()
        if item.target in others
    ]
    for parent, other in (*reversed(tied), *tied):  # up to where it began, then down to all that hangs on it
        parent.error = other.error = parent.error or other.error
    batch.failures.update({work.id: work.error for work in works.values() if work.error is not None})
    for n, item in enumerate(items):
        if item.target in batch.failures:
            batch.handled[n] = None


async def _write(conn: AsyncConnection, works: Iterable[Work], actor: Actor, now: datetime) -> None:
    done = [work for work in works if work.to_write]
    if not done:
        return
    writer = journal.Writer(actor.columns(), now, await journal.recording_moment(conn))
    posting = Posting()
    proved: set[tuple[UUID, str]] = set()
    changes: dict[Aggregate, list[Rewrite[Any]]] = {aggregate: [] for aggregate in AGGREGATES}
    for work in done:
        change = work.write_to(writer, posting, actor=actor, now=now)
        if change is not None:
            changes[aggregate_of(work.state)].append(change)
        proved |= work.proved
    for aggregate, rewritten in changes.items():
        if rewritten:
            await aggregate.save_many(conn, rewritten)
            await counts.write(conn, rewritten)
            await calling_out.keep(conn, rewritten, now)
    await writer.write(conn)
    await posting.write(conn, now)
    await mailbox_checks.verify_all(conn, sorted(proved), now)
    await _notify(conn, [work.id for work in done if work.applied])


async def _notify(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Once per transaction and with ids alone; `*` says that there are too many to name."""
    if ids:
        told = ",".join(map(str, ids))
        payload = told if len(told) <= _MOST_NOTIFIED else "*"
        await (await db.raw(conn)).execute("select pg_notify($1, $2)", CHANNEL, payload)
