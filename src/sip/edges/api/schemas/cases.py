"""Cases, their consent, and each unit's own record number."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.edges.api.schemas.common import In, Line, Out, Text
from sip.usecases.cases import CaseView, Consent, NewCase


class ConsentBody(In, frozen=True, kw_only=True):
    """The consent, or that another legal ground is documented in the unit's own system (never which).

    `given` says how the consent was given; null: there is none. `organisations`: null covers every organisation, a list
    those alone.
    """

    given: Line | None = None
    scope: Text | None = None
    until: date | None = None
    organisations: Annotated[list[UUID], Meta(max_length=200)] | None = None
    other_legal_ground: bool = False

    def value(self) -> Consent:
        return Consent(
            given=self.given is not None,
            how=self.given,
            scope=self.scope,
            until=self.until,
            organisations=tuple(dict.fromkeys(self.organisations)) if self.organisations is not None else None,
            other_legal_ground=self.other_legal_ground,
        )


_PROTECTED = (
    "The case concerns a protected identity. Such a case and its meetings are for named, signed-in users alone, on the"
    " pages: true is refused here (409, `protected_case`), and no operation shows one."
)


class NewCaseIn(In, frozen=True, kw_only=True):
    """A case that comes about with a meeting; the convener's unit keeps it."""

    consent: ConsentBody = msgspec.field(default_factory=ConsentBody)
    protected: Annotated[bool, Meta(description=_PROTECTED)] = False

    def value(self) -> NewCase:
        return NewCase(consent=self.consent.value(), protected=self.protected)


class CaseIn(NewCaseIn, frozen=True, kw_only=True):
    """A case by itself; a meeting of it can be drafted later."""

    unit_id: UUID


class RecordNumberBody(In, frozen=True, kw_only=True):
    """The unit's own number; null takes it away. Numbers of persons are refused."""

    record_number: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[\w\-./ ]{1,60}$(?!\n)")] | None


class CaseOut(Out, frozen=True, kw_only=True):
    """`record_number` is that of the asking unit, never another's."""

    id: UUID
    reference: str
    unit_id: UUID
    created_at: datetime
    consent: ConsentBody
    consent_withdrawn_at: datetime | None
    protected: bool
    legal_hold: bool
    record_number: str | None

    @classmethod
    def of(cls, view: CaseView) -> "CaseOut":
        record = view.record
        consent = ConsentBody(
            given=record.consent_given if record.consent else None,
            scope=record.consent_scope,
            until=record.consent_until,
            organisations=list(view.organisations) if record.consent_limited else None,
            other_legal_ground=record.other_legal_ground,
        )
        return cls(
            id=record.id,
            reference=record.reference,
            unit_id=record.unit_id,
            created_at=record.created_at,
            consent=consent,
            consent_withdrawn_at=record.consent_withdrawn_at,
            protected=record.protected,
            legal_hold=record.legal_hold,
            record_number=view.record_number,
        )
