"""Agreements, the journal, received mail, the clock, and who is asking."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.domain.agreement import Agreement, MeetingKind, RuleSet
from sip.domain.people import Role
from sip.domain.terms import ClaimState
from sip.edges.api.schemas.common import In, Moment, Out
from sip.store.aggregates.journal import JournalEntry
from sip.store.seen.lists import InboundRow
from sip.usecases.actor import ActorKind
from sip.usecases.agreement_file import sentences_of


class AgreementIn(In, frozen=True, kw_only=True):
    """A version, as the text of an agreement file (TOML; the documented default is the pattern)."""

    toml: Annotated[str, Meta(min_length=1, max_length=100_000)]


class AgreementOut(Out, frozen=True, kw_only=True):
    """One version, with its figures and what they mean in sentences."""

    id: UUID
    version: int
    name: str
    local: bool
    principals: list[UUID]
    kinds: list[MeetingKind]
    valid_from: date
    valid_to: date | None
    decided: date | None
    registration_number: str | None
    rules: dict[str, Any]
    discharge_rules: dict[str, Any]
    meaning: list[str]

    @classmethod
    def of(cls, one: Agreement) -> "AgreementOut":
        return cls(
            id=one.id,
            version=one.version,
            name=one.name,
            local=one.local,
            principals=sorted(one.principals),
            kinds=sorted(one.kinds),
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            decided=one.decided,
            registration_number=one.registration_number,
            rules=_figures(one.rules),
            discharge_rules=_figures(one.discharge_rules),
            meaning=sentences_of(one, [str(key) for key in sorted(one.principals)]),
        )


def _figures(rules: RuleSet) -> dict[str, Any]:
    figures: dict[str, Any] = msgspec.to_builtins(rules, order="sorted")
    return figures


class ActorOut(Out, frozen=True, kw_only=True):
    kind: str
    id: str | None
    name: str | None
    unit_id: UUID | None
    role: str | None


class NoteOut(Out, frozen=True, kw_only=True):
    """What a decision found."""

    kind: str
    party: int | None
    detail: dict[str, str]


class EntryOut(Out, frozen=True, kw_only=True):
    """One row of the journal. `outcome`: applied, unchanged or refused (with a reason)."""

    seq: int
    version: int
    at: datetime
    recorded_at: datetime
    kind: str
    outcome: str
    reason: str | None
    actor: ActorOut
    notes: list[NoteOut]

    @classmethod
    def of(cls, entry: JournalEntry) -> "EntryOut":
        who = entry.actor
        return cls(
            seq=entry.seq,
            version=entry.version,
            at=entry.at,
            recorded_at=entry.recorded_at,
            kind=entry.kind,
            outcome=entry.outcome,
            reason=entry.reason,
            actor=ActorOut(kind=who.kind, id=who.id, name=who.name, unit_id=who.unit_id, role=who.role),
            notes=[NoteOut(kind=n.kind, party=n.party, detail=dict(n.detail)) for n in entry.notes],
        )


class InboundOut(Out, frozen=True, kw_only=True):
    """A received mail and what came of it; nothing of its words. `readable`: its raw form is still kept, `waits`: it is
    the key's side that has to see to it. `claim` is the meeting's claim it made, `claim_state` where that stands."""

    id: int
    received_at: datetime
    recipient: str
    mail_from: str
    source: str
    sha256: str
    judged_at: datetime | None
    outcome: str | None
    reason: str | None
    meaning: str | None
    meeting_id: UUID | None
    party: int | None
    invitation: int | None
    unit: str | None
    reference: str | None
    answered_by: str | None
    flags: list[str]
    claim: int | None
    claim_state: ClaimState | None
    waits: bool
    handled_at: datetime | None
    readable: bool

    @classmethod
    def of(cls, row: InboundRow, meaning: str | None) -> "InboundOut":
        other = {"sha256", "meaning", "flags", "claim_state"}
        plain = {name: getattr(row, name) for name in cls.__struct_fields__ if name not in other}
        state = None if row.claim_state is None else ClaimState(row.claim_state)
        return cls(**plain, sha256=row.sha256.hex(), meaning=meaning, flags=list(row.flags), claim_state=state)


class ClockIn(In, frozen=True, kw_only=True):
    """Sets the service's time, its speed, or both; it never goes back."""

    now: Moment | None = None
    speed: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None


class ClockOut(Out, frozen=True, kw_only=True):
    """The service's time; what waits to be done now: steps, asks not sent, results not told, mails not judged; and when
    something is due next."""

    now: datetime
    speed: float
    timers: int
    outbox: int
    feedback: int
    inbox: int
    next_due: datetime | None


class MeOut(Out, frozen=True, kw_only=True):
    """Who is asking: the key's name, its role and where it is held (nowhere: the whole installation), to which scopes
    it is narrowed (none: all that its role may), and when it runs out.
    """

    kind: ActorKind
    name: str | None
    role: Role | None
    unit_id: UUID | None
    organisation_id: UUID | None
    principal_id: UUID | None
    scopes: list[str]
    expires_at: datetime | None
