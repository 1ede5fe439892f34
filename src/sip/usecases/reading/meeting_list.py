"""The list of meetings: a page of what is searched for, how many there are, and the searches that the reader keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sip.store import saved_views
from sip.store.db import Database
from sip.store.saved_views import SavedView
from sip.store.seen import listings, meeting_list
from sip.store.seen.dashboard import MeetingLine
from sip.store.seen.meeting_list import ListQuery
from sip.usecases.access import Act, require_role, scope_of
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import ForbiddenError, NotFoundError
from sip.usecases.recorded import recorded

MOST_WRITTEN = 2000
"""Meetings of one file."""


@dataclass(frozen=True, slots=True)
class ListRead:
    """One page, how many there are in all (at most `meeting_list.MOST_COUNTED`), whether there are more after it, the
    principals and areas to choose between, and the reader's own searches."""

    lines: list[MeetingLine]
    count: int
    more: bool
    principals: Sequence[tuple[UUID, str]]
    areas: Sequence[str]
    views: Sequence[SavedView]


async def listed(db: Database, query: ListQuery, *, actor: Actor, now: datetime) -> ListRead:
    """What the page shows. Raises NotFoundError for who sees no meetings."""
    _see(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "meetings", query.words or None)
        scope = scope_of(actor)
        found = await meeting_list.listed(conn, scope, replace(query, limit=query.limit + 1))
        own = actor.kind is ActorKind.USER and actor.id is not None
        return ListRead(
            found[: query.limit], await meeting_list.counted(conn, scope, query), len(found) > query.limit,
            await listings.principals(conn), await listings.areas(conn),
            await saved_views.of_user(conn, UUID(actor.id)) if own else (),
        )  # fmt: skip


async def to_write(db: Database, query: ListQuery, *, actor: Actor, now: datetime) -> list[MeetingLine]:
    """All of it, for a file. Raises NotFoundError for who sees no meetings."""
    _see(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("export", "meetings", query.words or None)
        return await meeting_list.listed(conn, scope_of(actor), replace(query, after=None, limit=MOST_WRITTEN))


async def of_ids(db: Database, ids: Sequence[UUID], *, actor: Actor, now: datetime) -> list[MeetingLine]:
    """Those of the meetings that the reader sees, to say what came of what she did with them. Raises ForbiddenError."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now, nothing="they stood on the page that she sent") as (conn, _):
        return await meeting_list.in_view(conn, scope_of(actor), ids)


def _see(actor: Actor) -> None:
    try:
        require_role(actor, Act.READ_MEETINGS)
    except ForbiddenError as error:
        raise NotFoundError("meetings") from error
