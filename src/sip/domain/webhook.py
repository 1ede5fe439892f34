"""What another system is told of by itself: which changes are events, what an event says, and how it is signed. Pure.

The law of this file: an event is references alone: its kind, the ids of what it is of, and where the API gives the
rest to whoever may read it. No name, no text, no hour but its own (rules, section 19). Form and signature are those of
the Standard Webhooks specification 1.0.0.
"""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sip.domain.deviation import DeviationReport, DeviationState
from sip.domain.meeting import Meeting
from sip.domain.terms import MeetingState, Outcome

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - how every such secret begins


class HookType(StrEnum):
    """The kinds of events. `TEST` is what somebody sends by a press, and is asked for by nobody."""

    MEETING_CALLED = "meeting.called"
    MEETING_MOVED = "meeting.moved"
    MEETING_ANSWERED = "meeting.answered"
    MEETING_HELD = "meeting.held"
    MEETING_NOT_HELD = "meeting.not_held"
    MEETING_CANCELLED = "meeting.cancelled"
    DEVIATION_RAISED = "deviation.raised"
    DEVIATION_RECEIVED = "deviation.received"
    DEVIATION_ANSWERED = "deviation.answered"
    DEVIATION_CLOSED = "deviation.closed"
    DEVIATION_WITHDRAWN = "deviation.withdrawn"
    TEST = "endpoint.test"


TYPES = tuple(one for one in HookType if one is not HookType.TEST)
"""What an endpoint may ask for."""


@dataclass(frozen=True, slots=True)
class HookEvent:
    """One change: of a meeting or of a report, at which version; `party` is the ordinal of who answered."""

    type: HookType
    version: int
    meeting_id: UUID | None = None
    deviation_id: UUID | None = None
    party: int | None = None

    @property
    def subject(self) -> UUID | None:
        """What it is of; None for a test."""
        return self.meeting_id or self.deviation_id


def happened(old: object, new: object, version: int) -> Iterator[HookEvent]:
    """What a change from one state to the next tells others; nothing of what is neither meeting nor report."""
    if isinstance(new, Meeting) and (old is None or isinstance(old, Meeting)):
        for kind, party in _of_meeting(old, new):
            yield HookEvent(kind, version, meeting_id=new.id, party=party)
    if isinstance(new, DeviationReport) and (old is None or isinstance(old, DeviationReport)):
        for kind in _of_report(old, new):
            yield HookEvent(kind, version, deviation_id=new.id)


def _of_meeting(old: Meeting | None, new: Meeting) -> Iterator[tuple[HookType, int | None]]:
    was = old.state if old is not None else MeetingState.DRAFT
    if new.called_at is None:
        return
    if old is None or old.called_at is None:
        yield HookType.MEETING_CALLED, None
    elif (old.start, old.end, old.place, old.form) != (new.start, new.end, new.place, new.form):
        yield HookType.MEETING_MOVED, None
    for party in _answered(old, new):
        yield HookType.MEETING_ANSWERED, party
    if new.state is MeetingState.CANCELLED and was is not MeetingState.CANCELLED:
        yield HookType.MEETING_CANCELLED, None
    if new.outcome is not None and (old is None or old.outcome is not new.outcome):
        held = new.outcome is Outcome.HELD
        yield HookType.MEETING_HELD if held else HookType.MEETING_NOT_HELD, None


def _answered(old: Meeting | None, new: Meeting) -> Iterator[int]:
    """The parties of which another answer stands than before, in their order; that one was taken back tells nothing."""
    before = {one.ordinal: one.round.answer for one in (old.parties if old else ()) if one.round is not None}
    for party in new.parties:
        now = party.round.answer if party.round is not None else None
        then = before.get(party.ordinal)
        if now is not None and (then is None or (then.kind, then.at) != (now.kind, now.at)):
            yield party.ordinal


_TOLD_OF = {
    DeviationState.ANSWERED: HookType.DEVIATION_ANSWERED,
    DeviationState.CLOSED: HookType.DEVIATION_CLOSED,
    DeviationState.MERGED: HookType.DEVIATION_WITHDRAWN,
    DeviationState.WITHDRAWN: HookType.DEVIATION_WITHDRAWN,
}


def _of_report(old: DeviationReport | None, new: DeviationReport) -> Iterator[HookType]:
    if old is None or old.raisings != new.raisings:
        yield HookType.DEVIATION_RAISED
    elif old.state is DeviationState.HEARING and new.state is DeviationState.RECEIVED:
        yield HookType.DEVIATION_RECEIVED
    if new.state in _TOLD_OF and (old is None or old.state is not new.state):
        yield _TOLD_OF[new.state]


# -- the message


def message_id(endpoint_id: UUID, event: HookEvent) -> str:
    """The message's id, the same however often it is made, and without a full stop, which the signature divides by."""
    said = f"{event.type}/{event.subject}/{event.version}/{event.party}"
    return f"msg_{uuid5(endpoint_id, said).hex}"


def body(event: HookEvent, at: datetime) -> bytes:
    """What is sent: references alone. `path` is where the API gives what it is of."""
    data: dict[str, object] = {}
    if event.meeting_id is not None:
        data = {"meeting_id": str(event.meeting_id), "path": f"/api/v1/meetings/{event.meeting_id}"}
    if event.deviation_id is not None:
        data = {"deviation_id": str(event.deviation_id), "path": f"/api/v1/deviations/{event.deviation_id}"}
    if event.subject is not None:
        data["version"] = event.version
    if event.party is not None:
        data["party"] = event.party
    moment = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    said = {"type": event.type.value, "timestamp": moment, "data": data}
    return json.dumps(said, separators=(",", ":")).encode()


def secret_text(secret: bytes) -> str:
    """How a secret is shown, this once: `whsec_` and base64."""
    return f"{SECRET_PREFIX}{b64encode(secret).decode()}"


def secret_of(shown: str) -> bytes:
    """What `secret_text` shows. Raises ValueError for what is none."""
    if not shown.startswith(SECRET_PREFIX):
        raise ValueError(SECRET_PREFIX)
    return b64decode(shown.removeprefix(SECRET_PREFIX), validate=True)


def signature(secret: bytes, message: str, at: int, content: bytes) -> str:
    """HMAC-SHA-256 over id, moment of the try (whole seconds since 1970) and the bytes that are sent."""
    digest = hmac.new(secret, f"{message}.{at}.".encode() + content, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"


def headers(secrets: Iterable[bytes], message: str, at: int, content: bytes) -> dict[str, str]:
    """The three headers; while two secrets hold there are two signatures, the newer first."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signature(one, message, at, content) for one in secrets),
    }
