"""Principals, organisations, units with what belongs to them, staff and their roles."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.domain.mailbox_check import CheckState, MailboxCheck
from sip.domain.people import Language, PrincipalKind, Role
from sip.edges.api.schemas.common import Domain, Email, HsaId, In, Line, Out, Phone
from sip.store.directory import (
    AddressRecord,
    OrganisationRecord,
    PersonRecord,
    PrincipalRecord,
    RoleRecord,
    UnitRecord,
)

Day = Annotated[date, Meta(description="A day, such as 2026-01-31.")]
OrganisationKind = Literal["board", "private_provider", "school_owner", "state_agency", "other"]


class PrincipalIn(In, frozen=True, kw_only=True):
    name: Line
    kind: PrincipalKind


class PrincipalOut(Out, frozen=True, kw_only=True):
    id: UUID
    name: str
    kind: PrincipalKind

    @classmethod
    def of(cls, record: PrincipalRecord) -> "PrincipalOut":
        return cls(id=record.id, name=record.name, kind=record.kind)


class OrganisationIn(In, frozen=True, kw_only=True):
    principal_id: UUID
    name: Line
    kind: OrganisationKind = "board"
    mail_domains: Annotated[list[Domain], Meta(max_length=50)] = msgspec.field(default_factory=list)


class OrganisationOut(Out, frozen=True, kw_only=True):
    id: UUID
    principal_id: UUID
    name: str
    kind: str
    mail_domains: list[str]

    @classmethod
    def of(cls, record: OrganisationRecord, domains: list[str]) -> "OrganisationOut":
        return cls(
            id=record.id, principal_id=record.principal_id, name=record.name, kind=record.kind, mail_domains=domains
        )  # fmt: skip


class UnitIn(In, frozen=True, kw_only=True):
    organisation_id: UUID
    name: Line
    hsa_id: HsaId | None = None
    phone: Phone | None = None
    language: Language = Language.SV
    auto_accepts: bool = False
    phone_only: bool = False
    weekend_staffed: bool = False
    inpatient: bool = False
    week_mail: bool = False
    area: Line | None = None


class UnitOut(Out, frozen=True, kw_only=True):
    id: UUID
    organisation_id: UUID
    name: str
    hsa_id: str | None
    phone: str | None
    language: Language
    auto_accepts: bool
    phone_only: bool
    weekend_staffed: bool
    inpatient: bool
    week_mail: bool
    area: str | None
    successor_id: UUID | None
    archived_at: datetime | None
    verified_at: datetime | None

    @classmethod
    def of(cls, record: UnitRecord, verified_at: datetime | None) -> "UnitOut":
        names = [name for name in cls.__struct_fields__ if name != "verified_at"]
        return cls(**{name: getattr(record, name) for name in names}, verified_at=verified_at)


class MailboxCheckOut(Out, frozen=True, kw_only=True):
    """A test call to a unit's mailbox. `answered` takes a person's answer; the unit is then verified."""

    unit_id: UUID
    email: str
    state: CheckState
    asked_at: datetime
    asked_again_at: datetime | None
    settled_at: datetime | None

    @classmethod
    def of(cls, check: MailboxCheck) -> "MailboxCheckOut":
        return cls(**{name: getattr(check, name) for name in cls.__struct_fields__})


class AddressBody(In, frozen=True, kw_only=True):
    """An address of a unit; they are tried in the order given."""

    email: Email
    valid_from: Day | None = None
    valid_to: Day | None = None

    @classmethod
    def of(cls, record: AddressRecord) -> "AddressBody":
        return cls(email=record.email, valid_from=record.valid_from, valid_to=record.valid_to)


class AddressesBody(In, frozen=True, kw_only=True):
    """All addresses of a unit."""

    addresses: Annotated[list[AddressBody], Meta(max_length=20)]


class ClosedDaysBody(In, frozen=True, kw_only=True):
    """All closed days of a unit."""

    days: Annotated[list[Day], Meta(max_length=2000)]


class SubstitutesIn(In, frozen=True, kw_only=True):
    """The unit's substitutes, by person, in the order in which they are asked."""

    persons: Annotated[list[UUID], Meta(max_length=50)]


class PersonIn(In, frozen=True, kw_only=True):
    """A member of staff; the name may be that of a function (staff can have protected identity)."""

    organisation_id: UUID
    name: Line
    email: Email | None = None
    phone: Phone | None = None
    function: Line | None = None


class PersonOut(Out, frozen=True, kw_only=True):
    id: UUID
    organisation_id: UUID
    name: str
    email: str | None
    phone: str | None
    function: str | None

    @classmethod
    def of(cls, record: PersonRecord) -> "PersonOut":
        return cls(**{name: getattr(record, name) for name in cls.__struct_fields__})


class RoleIn(In, frozen=True, kw_only=True):
    """A person's role in exactly one of unit, organisation and principal."""

    person_id: UUID
    role: Role
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None
    ordinal: Annotated[int, Meta(ge=1, le=999)] = 1
    valid_from: Day | None = None
    valid_to: Day | None = None


class RoleOut(Out, frozen=True, kw_only=True):
    id: UUID
    person_id: UUID
    role: Role
    unit_id: UUID | None
    organisation_id: UUID | None
    principal_id: UUID | None
    ordinal: int
    valid_from: date | None
    valid_to: date | None

    @classmethod
    def of(cls, record: RoleRecord) -> "RoleOut":
        return cls(**{name: getattr(record, name) for name in cls.__struct_fields__})


class ArchivingIn(In, frozen=True, kw_only=True):
    """The unit's last day, and the unit that takes over."""

    last_day: Day
    successor_id: UUID | None = None
