"""What a handler has at hand: the services, who asks, the command's frame, and cursors."""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid5

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType

from sip.domain.agenda import AgendaItem
from sip.domain.bounds import in_utc
from sip.domain.decision import Reason
from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting
from sip.domain.sitting import GroupSitting
from sip.edges.api.door import STATE
from sip.edges.api.problems import ApiProblem
from sip.edges.api.schemas.boards import ItemOut
from sip.edges.api.schemas.common import Bare, PageOut
from sip.edges.api.schemas.deviations import DeviationOut
from sip.edges.api.schemas.groups import GroupSittingLineOut
from sip.edges.api.schemas.meeting_out import MeetingOut, meeting_out
from sip.edges.api.schemas.others import EntryOut
from sip.edges.services import Services
from sip.store.aggregates.journal import JournalEntry
from sip.store.api_keys import KeyRecord
from sip.store.db import Database
from sip.usecases.access import require_deviation, require_meeting
from sip.usecases.actor import Actor
from sip.usecases.commands import Command
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.engine.handle import Handled

T = TypeVar("T")
O = TypeVar("O")  # noqa: E741 - the one sent
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"|(\d{1,9})')
MOST, USUAL = 200, 50


class JournalOf(Protocol):
    """What reads the journal of one kind of aggregate."""

    def __call__(
        self, db: Database, of: UUID, after: int, limit: int, /, *, actor: Actor, now: datetime
    ) -> Awaitable[list[JournalEntry]]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """One request: who asks (`actor`) with which `key`, the id of what she does, her language, and the version she says
    she saw.
    """

    services: Services
    actor: Actor
    key: KeyRecord
    event_id: str
    language: str
    if_match: int | None

    async def command(self, version: int | None = None) -> Command:
        """The frame of a command. Raises ApiProblem where If-Match and the body name different versions."""
        if version is not None and self.if_match is not None and version != self.if_match:
            raise ApiProblem(400, "versions_differ")
        now = await self.now()
        world = await self.services.world(now)
        seen = version if version is not None else self.if_match
        return Command(self.actor, now, world, self.event_id, seen)

    async def bare(self, data: Bare | None) -> Command:
        """The frame of a command whose body may be left out."""
        return await self.command(data.version if data is not None else None)

    async def now(self) -> datetime:
        return await self.services.clock.now()

    def new_id(self, kind: str) -> UUID:
        """The id of what this request makes: the same request repeated makes the same."""
        return uuid5(NAMESPACE, f"{kind}/{self.event_id}")

    def meeting(self, found: Handled, status: int = 200) -> Response[MeetingOut]:
        """The meeting as it is now. Raises ApiProblem, the problem that kept the command from being done."""

        def shown(state: Meeting) -> MeetingOut:
            return meeting_out(state, found.version, self.actor)

        return _answered(found, Meeting, lambda state: require_meeting(self.actor, state), shown, status)

    def deviation(self, found: Handled, status: int = 200) -> Response[DeviationOut]:
        """The report as it is now. Raises ApiProblem, as above."""

        def shown(state: DeviationReport) -> DeviationOut:
            return DeviationOut.of(state, found.version)

        return _answered(found, DeviationReport, lambda state: require_deviation(self.actor, state), shown, status)

    def item(self, found: Handled, status: int = 200) -> Response[ItemOut]:
        """The board's question as it is now, which the use case has asked whether she may keep. Raises ApiProblem."""

        def shown(state: AgendaItem) -> ItemOut:
            return ItemOut.of(state, found.version)

        def there(state: AgendaItem | None) -> AgendaItem:
            if state is None:
                raise ApiProblem(404, "not_found")
            return state

        return _answered(found, AgendaItem, there, shown, status)

    def sitting(self, found: Handled) -> None:
        """Raises ApiProblem, the problem that kept a command on a group's sitting from being done; whether she may
        has been asked.
        """
        if found.refused is not None:
            there = found.state if isinstance(found.state, GroupSitting) else None
            present = None if there is None else GroupSittingLineOut.told(there, found.version)
            raise _refused(found.refused.reason, found.version, present, found.refused.detail)

    async def journal(self, read: JournalOf, of: UUID, after: int, limit: int) -> PageOut[EntryOut]:
        """A page of the journal of one aggregate, from the row after this `seq` on."""
        found = await read(self.services.db, of, after, limit, actor=self.actor, now=await self.now())
        return page([EntryOut.of(one) for one in found], limit, cursor_of(found[-1].seq) if found else None)


def _answered(
    found: Handled, kind: type[T], require: Callable[[T | None], T], shown: Callable[[T], O], status: int
) -> Response[O]:
    """What came of a command on an aggregate of this kind, for an actor who may see it."""
    state = found.state if isinstance(found.state, kind) else None
    if found.refused is not None:
        present = None if state is None else shown(state)
        raise _refused(found.refused.reason, found.version, present, found.refused.detail)
    return tagged(shown(require(state)), found.version, status)


def _refused(reason: Reason, version: int, present: object, detail: Any) -> ApiProblem:
    if reason is Reason.NOT_FOUND:
        return ApiProblem(404, "not_found")
    return ApiProblem(
        409, reason.value, version=version, present=present if reason is Reason.STALE_VERSION else None, **detail
    )


def tagged(body: O, version: int, status: int = 200) -> Response[O]:
    """A response with its version as ETag."""
    return Response(body, status_code=status, media_type=MediaType.JSON, headers={"ETag": f'"{version}"'})


async def provide_desk(request: Request[Any, Any, Any]) -> Desk:
    """The desk of this request; `Door` has let it in."""
    actor, key, event_id, language = request.scope["state"][STATE]
    services: Services = request.state.services
    return Desk(services, actor, key, event_id, language, _if_match(request.headers.get("if-match")))


def _if_match(value: str | None) -> int | None:
    if value is None or value.strip() == "*":
        return None
    found = _ETAG.fullmatch(value.strip())
    if found is None:
        raise ApiProblem(400, "version_unusable")
    return int(found[1] or found[2])


# -- pages


def cursor_of(*parts: object) -> str:
    """A cursor: opaque, and of use to the same list only."""
    plain = msgspec.json.encode([p.isoformat() if isinstance(p, datetime) else str(p) for p in parts])
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def read_parts(cursor: str, count: int) -> list[str]:
    """The parts of a cursor. Raises ApiProblem (400) for one that has not so many."""
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        parts = msgspec.json.decode(plain, type=list[str])
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise ApiProblem(400, "cursor_unusable") from None
    if len(parts) != count:
        raise ApiProblem(400, "cursor_unusable")
    return parts


def read_id(cursor: str | None) -> UUID | None:
    """The last id of the page before. Raises ApiProblem (400) for a cursor that is none of ours."""
    if not cursor:
        return None
    try:
        return UUID(read_parts(cursor, 1)[0])
    except ValueError:
        raise ApiProblem(400, "cursor_unusable") from None


def read_number(cursor: str | None) -> int | None:
    """The last number of the page before. Raises ApiProblem (400) for a cursor that is none of ours."""
    if not cursor:
        return None
    part = read_parts(cursor, 1)[0]
    if not re.fullmatch(r"\d{1,18}", part, re.ASCII):
        raise ApiProblem(400, "cursor_unusable")
    return int(part)


def read_moment_and_id(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The last (time, id) of the page before. Raises ApiProblem (400) for a cursor that is none of ours."""
    if not cursor:
        return None
    moment, identity = read_parts(cursor, 2)
    try:
        at, last = in_utc(datetime.fromisoformat(moment)), UUID(identity)
    except ValueError:
        raise ApiProblem(400, "cursor_unusable") from None
    if at is None:
        raise ApiProblem(400, "cursor_unusable")
    return at, last


def read_name_and_id(cursor: str | None) -> tuple[str, UUID] | None:
    """The last (name, id) of the page before. Raises ApiProblem (400) for a cursor that is none of ours."""
    if not cursor:
        return None
    name, identity = read_parts(cursor, 2)
    try:
        last = UUID(identity)
    except ValueError:
        raise ApiProblem(400, "cursor_unusable") from None
    if "\x00" in name:  # PostgreSQL keeps no NUL
        raise ApiProblem(400, "cursor_unusable")
    return name, last


def page(items: Sequence[T], limit: int, last: str | None) -> PageOut[T]:
    """A page of at most `limit`; `last` is the cursor after its last item, given on only when the page is full."""
    return PageOut(items=list(items), next=last if len(items) >= limit else None)
