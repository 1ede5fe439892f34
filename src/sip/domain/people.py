"""Who can be reached, as `decide` sees it: a read-only roster of units and their people at one moment.

Staff only; the person concerned has no value of her own anywhere (domain, section 3). People are resolved when a rung
fires, never frozen (house, law 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sip.domain.address import domain_of, folded


class Language(StrEnum):
    SV = "sv"
    EN = "en"


class PrincipalKind(StrEnum):
    REGION = "region"
    MUNICIPALITY = "municipality"
    OTHER = "other"


class Role(StrEnum):
    """What a person does for a unit, an organisation or a principal; dated in the directory."""

    UNIT_MANAGER = "unit_manager"
    DEPUTY = "deputy"
    HEAD_OF_OPERATIONS = "head_of_operations"
    CONTRACT_OFFICER = "contract_officer"
    WATCHER = "watcher"
    SUBSTITUTE = "substitute"
    COORDINATOR = "coordinator"
    CONVENER = "convener"
    CHAIR = "chair"
    UNIT_STAFF = "unit_staff"
    BOARD_MEMBER = "board_member"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


APART = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Never held by one person: who gives roles is the first whom an auditor looks at (domain, section 2)."""


class Gap(StrEnum):
    """What a unit lacks in the directory, so that a step of the ladder would reach nobody (rules, section 5 L2)."""

    NO_ADDRESS = "no_address"
    NO_PHONE = "no_phone"
    NO_MANAGER = "no_manager"
    NO_HEAD = "no_head"
    NO_COORDINATOR = "no_coordinator"


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox with the name shown beside it and the language its mails are written in."""

    email: str
    name: str
    language: Language = Language.SV


@dataclass(frozen=True, slots=True)
class Answerer:
    """One who is mailed for a principal; `user_id` where she signs in here."""

    to: Address
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class NamedUser:
    """A user who may see a protected meeting, for the party with this ordinal (rules, section 13)."""

    user_id: UUID
    party: int


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: a name or a function alone (staff can have protected identity)."""

    name: str
    email: str | None = None
    phone: str | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Successor:
    """The unit that takes over from one that closes: the first in the chain that has not closed itself."""

    unit_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Roster:
    """One unit as it is now: addresses in the order they are tried, flags, closed days and people in their roles.

    `area` is the part of the county that it lies in, `closes_at` the end of its last day, past or to come. `verified`
    says of its addresses, folded, when each was last seen to be read by a person (rules, section 8 A3).
    """

    unit_id: UUID
    name: str
    organisation_id: UUID
    principal_id: UUID
    phone: str | None = None
    area: str | None = None
    language: Language = Language.SV
    addresses: tuple[str, ...] = ()
    closed_days: frozenset[date] = frozenset()
    auto_accepts: bool = False
    phone_only: bool = False
    weekend_staffed: bool = False
    inpatient: bool = False
    closes_at: datetime | None = None
    successor: Successor | None = None
    verified: Mapping[str, datetime] = field(default_factory=dict)
    mail_domains: frozenset[str] = frozenset()
    organisation_emails: frozenset[str] = frozenset()
    managers: tuple[Person, ...] = ()
    heads: tuple[Person, ...] = ()
    contract_officers: tuple[Person, ...] = ()
    watchers: tuple[Person, ...] = ()
    substitutes: tuple[Person, ...] = ()
    coordinators: tuple[Person, ...] = ()
    administrators: tuple[Person, ...] = ()

    def closed_by(self, moment: datetime) -> bool:
        """Whether the unit's last day is over then."""
        return self.closes_at is not None and self.closes_at <= moment

    def verified_at(self, email: str) -> datetime | None:
        """When a person last acted through this mailbox of the unit's; None where nobody has been seen to read it."""
        return self.verified.get(folded(email))

    def has_colleague(self, email: str) -> bool:
        """Whether the address belongs to the unit's organisation, by directory or mail domain (rules, section 7 S1)."""
        return folded(email) in self.organisation_emails or domain_of(email) in self.mail_domains

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing, in the order in which the steps would come to it."""
        lacks = {
            Gap.NO_ADDRESS: not self.addresses and not self.phone_only,
            Gap.NO_PHONE: self.phone_only and not self.phone,
            Gap.NO_MANAGER: not _reached(self.managers),
            Gap.NO_HEAD: not _reached((*self.heads, *self.contract_officers)),
            Gap.NO_COORDINATOR: not _reached(self.coordinators),
        }
        return tuple(gap for gap, lacking in lacks.items() if lacking)


def _reached(people: tuple[Person, ...]) -> bool:
    """Whether any of them can be mailed."""
    return any(person.email for person in people)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a call needs to know of the case: never who it is about (rules, section 1)."""

    reference: str
    consent: bool
    consent_until: date | None = None
    consent_organisations: frozenset[UUID] | None = field(default=None)
    other_legal_ground: bool = False
    protected: bool = False

    @property
    def ends_on(self) -> date | None:
        """The last day of the consent, None for no end or another legal ground (rules, section 5 R4)."""
        return None if self.other_legal_ground else self.consent_until

    def in_force(self, day: date) -> bool:
        """Whether units may be called at all on this day."""
        given = self.consent and (self.consent_until is None or day <= self.consent_until)
        return self.other_legal_ground or given

    def covers(self, organisation_id: UUID, day: date) -> bool:
        """Whether a unit of this organisation may be called on this day (domain, section 3)."""
        if self.other_legal_ground:
            return True
        if not self.in_force(day):
            return False
        return self.consent_organisations is None or organisation_id in self.consent_organisations
