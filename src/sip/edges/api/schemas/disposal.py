"""What an organisation has decided on how long it keeps, its holds, what would go, and what went."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from sip.domain.keeping import LOG_YEARS, MATTER_YEARS, Hold, Policy
from sip.edges.api.schemas.common import In, Line, Out, Words
from sip.store.directory import OrganisationRecord
from sip.store.tombstones import DisposalRecord
from sip.usecases.disposing import DisposalCounts
from sip.usecases.keeping import OrganisationKeeps

Decided = Annotated[
    int, Meta(ge=0, le=2_147_483_647, description="The version of the decision that was read; 0 where there is none.")
]
Reference = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z\-]{1,20}$(?!\n)")]


class KeepingIn(In, frozen=True, kw_only=True):
    """A new version of the decision: for how many years matters and logs are kept, whether what is due goes by itself
    each night, and what the decision is called (a registration number or a day).
    """

    version: Decided = 0
    matter_years: Annotated[int, Meta(ge=MATTER_YEARS.start, le=MATTER_YEARS.stop - 1)]
    log_years: Annotated[int, Meta(ge=LOG_YEARS.start, le=LOG_YEARS.stop - 1)]
    by_itself: bool = False
    decision: Line


class KeepingOut(Out, frozen=True, kw_only=True):
    """A version of the decision."""

    version: int
    matter_years: int
    log_years: int
    by_itself: bool
    decision: str

    @classmethod
    def of(cls, one: Policy) -> "KeepingOut":
        return cls(**{name: getattr(one, name) for name in cls.__struct_fields__})


class HoldIn(In, frozen=True, kw_only=True):
    """A hold on a matter by its reference, on a meeting by its id, else on the whole organisation. `last_day` null:
    until it is ended.
    """

    why: Words
    first_day: date
    last_day: date | None = None
    reference: Reference | None = None
    meeting_id: UUID | None = None


class HoldEndIn(In, frozen=True, kw_only=True):
    """The hold's last day, today at the earliest."""

    last_day: date


class HoldOut(Out, frozen=True, kw_only=True):
    """A hold; of a matter or a meeting, else of the whole organisation."""

    id: UUID
    why: str
    first_day: date
    last_day: date | None
    case_id: UUID | None
    meeting_id: UUID | None

    @classmethod
    def of(cls, one: Hold) -> "HoldOut":
        return cls(**{name: getattr(one, name) for name in cls.__struct_fields__})


class DisposalRecordOut(Out, frozen=True, kw_only=True):
    """One time that something was disposed of: under which version, how much of what, by whom, and the root of its
    tombstones, in hexadecimal.
    """

    id: UUID
    version: int | None
    counts: dict[str, int]
    tombstones: int
    root: str
    by: str
    at: datetime

    @classmethod
    def of(cls, one: DisposalRecord) -> "DisposalRecordOut":
        return cls(
            id=one.id, version=one.policy, counts=dict(one.counts), tombstones=one.tombstones, root=one.root.hex(),
            by=one.by, at=one.at,
        )  # fmt: skip


class KeepsLineOut(Out, frozen=True, kw_only=True):
    """An organisation, what holds there now (null: nothing is decided, and nothing goes), and how many holds go on or
    are to come.
    """

    organisation_id: UUID
    organisation: str
    decision: KeepingOut | None
    holds: int

    @classmethod
    def of(cls, one: OrganisationRecord, policy: Policy | None, holds: int) -> "KeepsLineOut":
        decided = None if policy is None else KeepingOut.of(policy)
        return cls(organisation_id=one.id, organisation=one.name, decision=decided, holds=holds)


class KeepsOut(Out, frozen=True, kw_only=True):
    """What an organisation has decided, the latest first, its holds, and what was disposed of for it."""

    organisation_id: UUID
    organisation: str
    decisions: list[KeepingOut]
    holds: list[HoldOut]
    records: list[DisposalRecordOut]

    @classmethod
    def of(cls, one: OrganisationKeeps) -> "KeepsOut":
        return cls(
            organisation_id=one.organisation.id, organisation=one.organisation.name,
            decisions=[KeepingOut.of(p) for d in one.policies if isinstance(p := d.what, Policy)],
            holds=[HoldOut.of(h) for d in one.holds if isinstance(h := d.what, Hold)],
            records=[DisposalRecordOut.of(r) for r in one.records],
        )  # fmt: skip


class CarryOutIn(In, frozen=True, kw_only=True):
    """What was shown goes; `version` is the decision that it was shown under."""

    version: Decided


class DisposalOut(Out, frozen=True, kw_only=True):
    """How much of what goes, or went; how many matters are kept because they are on hold or go on; and how many logs
    wait for the end of a day. `version` is the decision; 0: nothing is decided.
    """

    version: int
    counts: dict[str, int]
    held: int
    goes_on: int
    unsealed: int

    @classmethod
    def of(cls, version: int, due: DisposalCounts) -> "DisposalOut":
        return cls(version=version, counts=due.counts, held=due.held, goes_on=due.goes_on, unsealed=due.unsealed)
