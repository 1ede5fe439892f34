"""What commands have in common: free text checked, the meeting seen, the event handled, one transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import bounds
from sip.domain.meeting import Meeting
from sip.store.aggregates import meetings
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database, beyond
from sip.usecases.access import Act, require_meeting
from sip.usecases.actor import Actor, user_of
from sip.usecases.engine.handle import Handled, World, handle
from sip.usecases.problems import FieldProblem, InvalidError, refuse_numbers, refuse_texts

BY_FORM = "form/"
"""What the id of a command begins with that came by one of our forms, behind a mailed link or after signing in."""

Texts = Mapping[str, str | Iterable[str] | None]


@dataclass(frozen=True, slots=True)
class Command:
    """Who commands, when, and what makes a repetition known. `seen_version` is the version the person saw."""

    actor: Actor
    now: datetime
    world: World
    event_id: str
    seen_version: int | None = None

    @property
    def user_id(self) -> UUID | None:
        """Who it is, where that is a user of the service."""
        return user_of(self.actor)


async def meeting_of(conn: AsyncConnection, meeting_id: UUID) -> Meeting | None:
    """The meeting as it is, unlocked: to see who may do what."""
    found = (await meetings.load_many(conn, [meeting_id])).get(meeting_id)
    return None if found is None else found.state


Held = Mapping[UUID, Versioned[Any]]
May = Callable[[Meeting | None], object]


async def hold(conn: AsyncConnection, meeting_id: UUID) -> tuple[Meeting | None, Held]:
    """The meeting, locked and read once: to see who may do what, and then for `handled`. Whoever locks its case too
    locks the case first, and reads the meeting by `meeting_of`.
    """
    held = await meetings.load_many(conn, [meeting_id], lock=True)
    return (held[meeting_id].state if meeting_id in held else None), held


async def command(
    db: Database, meeting_id: UUID, by: Command, may: Act | May, event: object, texts: Texts | None = None
) -> Handled:
    """One command on a meeting, in one transaction; `may` is the act that her role must allow, or what raises where she
    may not. Raises InvalidError for what free text may not carry.
    """
    refuse_texts(texts or {})
    async with db.transaction(by.actor) as conn:
        meeting, held = await hold(conn, meeting_id)
        if isinstance(may, Act):
            require_meeting(by.actor, meeting, may)
        else:
            may(meeting)
        return await handled(conn, meeting_id, event, by, held)


async def handled(conn: AsyncConnection, target: UUID, event: object, by: Command, held: Held | None = None) -> Handled:
    """`handle()` with what a command carries; `held`: the aggregate, where it is locked and read already. Raises
    InvalidError for a number of a person anywhere in what the command says: all of it may be mailed.
    """
    refuse_numbers(event)
    async with beyond(conn):  # what is decided rests on the whole of it, and on what others are told
        return await handle(
            conn,
            target,
            event,
            event_id=by.event_id,
            actor=by.actor,
            now=by.now,
            world=by.world,
            seen_version=by.seen_version,
            held=held,
        )


def moment(field: str, value: datetime) -> datetime:
    """The time in UTC. Raises InvalidError when it has no zone, or lies where no meeting can."""
    utc = bounds.in_utc(value)
    if utc is None:
        raise InvalidError([FieldProblem(field, "time_unusable")])
    return utc


def unseen(by: Command) -> Command:
    """What follows by itself rests on no version that somebody saw."""
    return Command(by.actor, by.now, by.world, by.event_id)
