"""Endpoints of other systems on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from sip.domain.endpoint import HookState, HookTrouble, OffBecause
from sip.domain.webhook import TYPES, HookType
from sip.edges.api.schemas.common import In, Line, Moment, Out
from sip.store.webhooks import EndpointRecord, HookLine
from sip.usecases.webhooks import EndpointMade, EndpointWanted

Url = Annotated[str, Meta(min_length=10, max_length=500, pattern=r"^https://[!-~]+$(?!\n)")]
Types = Annotated[list[HookType], Meta(min_length=1, max_length=len(TYPES))]


class EndpointIn(In, frozen=True, kw_only=True):
    """Where events are sent, and which. `principal_id`: whose, of a key for the whole installation; else the events
    are those of the key's own place. `endpoint.test` is sent when asked for, and cannot be chosen.
    """

    name: Line
    url: Url
    types: Types
    principal_id: UUID | None = None

    def wanted(self) -> EndpointWanted:
        return EndpointWanted(self.name, self.url, tuple(self.types), self.principal_id)


class EndpointRotateIn(In, frozen=True, kw_only=True):
    """For how many days the secret before signs beside the new one."""

    days: Annotated[int, Meta(ge=0, le=7)] = 1


class EndpointSwitchIn(In, frozen=True, kw_only=True):
    """On, or off."""

    on: bool


class EndpointResendIn(In, frozen=True, kw_only=True):
    """All that happened since then, is asked for now and has not got through. Messages are kept for two weeks."""

    since: Moment


class EndpointResentOut(Out, frozen=True, kw_only=True):
    """How many messages are sent again."""

    messages: int


class EndpointOut(Out, frozen=True, kw_only=True):
    """An endpoint. Without a place it is told of everything. `failing`: the latest try did not get through; `off_at`:
    nothing is sent since then. `old_until`: until when the secret before signs too.
    """

    id: UUID
    name: str
    url: str
    types: list[HookType]
    unit_id: UUID | None
    organisation_id: UUID | None
    principal_id: UUID | None
    made_at: datetime
    old_until: datetime | None
    failing: bool
    off_at: datetime | None
    off_because: OffBecause | None

    @classmethod
    def of(cls, one: EndpointRecord) -> "EndpointOut":
        return cls(
            id=one.id, name=one.name, url=one.url, types=[HookType(kind) for kind in one.types], unit_id=one.unit_id,
            organisation_id=one.organisation_id, principal_id=one.principal_id, made_at=one.made_at,
            old_until=one.old_until, failing=one.failing_since is not None, off_at=one.off_at,
            off_because=one.off_because,
        )  # fmt: skip


class EndpointMadeOut(Out, frozen=True, kw_only=True):
    """An endpoint with its secret, which is shown this once; null where this request had made it before."""

    endpoint: EndpointOut
    secret: Annotated[str | None, Meta(description="`whsec_` and base64, as Standard Webhooks libraries take it.")]

    @classmethod
    def of(cls, made: EndpointMade) -> "EndpointMadeOut":
        return cls(endpoint=EndpointOut.of(made.endpoint), secret=made.secret)


class HookMessageOut(Out, frozen=True, kw_only=True):
    """A message that was sent, or waits: `message_id` is its `webhook-id`, `code` the status that was answered."""

    message_id: str
    type: HookType
    meeting_id: UUID | None
    deviation_id: UUID | None
    state: HookState
    attempts: int
    made_at: datetime
    settled_at: datetime | None
    code: int | None
    trouble: HookTrouble | None

    @classmethod
    def of(cls, line: HookLine) -> "HookMessageOut":
        return cls(
            message_id=line.message_id, type=HookType(line.type), meeting_id=line.meeting_id,
            deviation_id=line.deviation_id, state=line.state, attempts=line.attempts, made_at=line.made_at,
            settled_at=line.settled_at, code=line.code, trouble=line.trouble,
        )  # fmt: skip
