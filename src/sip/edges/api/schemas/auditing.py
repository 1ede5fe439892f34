"""What an auditor asks of the access log, and how the seals stand."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sip.domain.auditing import ReadingState, ReviewWord
from sip.edges.api.schemas.common import Email, In, Out
from sip.edges.api.schemas.disposal import Reference
from sip.store.seen.audit import ReviewSaid
from sip.usecases.reading.audit import Chain, Extract, ReadingLine


class SealsOut(Out, frozen=True, kw_only=True):
    """How the seals stand: the last sealed day with its rows, its head (hexadecimal) and when that was kept where
    outside; how many rows wait for a seal; what came of the last verification (`verify`: it held), and when.
    """

    day: date | None
    sealed_at: datetime | None
    head: str
    rows: int
    waiting: int
    anchors: dict[str, datetime]
    verified: str | None
    verified_at: datetime | None

    @classmethod
    def of(cls, one: Chain) -> "SealsOut":
        verified, at = one.verified or (None, None)
        return cls(
            day=one.day, sealed_at=one.sealed_at, head=one.head, rows=one.rows, waiting=one.waiting,
            anchors=dict(one.anchors), verified=verified, verified_at=at,
        )  # fmt: skip


class AuditSearchIn(In, frozen=True, kw_only=True):
    """Whom or what is asked for: a meeting by its reference, one of the staff by her address. It stands in the body,
    for addresses of requests are kept in logs.
    """

    reference: Reference | None = None
    email: Email | None = None


class AuditFoundOut(Out, frozen=True, kw_only=True):
    """The ids to ask further with; null for what is not there, or not of the key's place."""

    meeting_id: UUID | None = None
    user_id: UUID | None = None
    staff_id: UUID | None = None


class ReviewSaidOut(Out, frozen=True, kw_only=True):
    """What an auditor said of a reading; `reason` null: the words are no longer those that were sealed."""

    verdict: ReviewWord
    reason: str | None
    by: str
    at: datetime

    @classmethod
    def of(cls, one: ReviewSaid) -> "ReviewSaidOut":
        return cls(verdict=one.verdict, reason=one.reason, by=one.by, at=one.at)


class ReadingOut(Out, frozen=True, kw_only=True):
    """A row of the access log. Who read for another principal is shown by unit and role, without name and id."""

    number: int
    at: datetime
    recorded_at: datetime
    action: str
    subject_kind: str
    subject_id: str | None
    kind: str
    actor_id: str | None
    name: str | None
    unit: str | None
    role: str | None
    own: bool
    reference: str | None
    state: ReadingState
    said: list[ReviewSaidOut]

    @classmethod
    def of(cls, line: ReadingLine) -> "ReadingOut":
        row = line.entry
        return cls(
            number=row.id, at=row.at, recorded_at=row.recorded_at, action=row.action, subject_kind=row.subject_kind,
            subject_id=row.subject_id, kind=row.actor.kind, actor_id=row.actor.id, name=row.actor.name, unit=line.unit,
            role=row.actor.role, own=line.own, reference=line.reference, state=line.state,
            said=[ReviewSaidOut.of(one) for one in line.said],
        )  # fmt: skip


class ExtractOut(Out, frozen=True, kw_only=True):
    """What is kept about one of the staff (GDPR, article 15), rows by table, without what was said of meetings."""

    staff_id: UUID
    email: str
    name: str
    rows: dict[str, list[dict[str, Any]]]

    @classmethod
    def of(cls, one: Extract) -> "ExtractOut":
        rows = {table: [dict(row) for row in found] for table, found in one.rows.items()}
        return cls(staff_id=one.staff.id, email=one.staff.email, name=one.staff.name, rows=rows)
