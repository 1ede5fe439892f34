"""A meeting as an actor sees it: the convener's side everything, a called unit its own parties.

Other units' names are shown where the agreement says so (rules, section 3).
"""

from datetime import date, datetime
from uuid import UUID

from sip.domain.agreement import MeetingKind, Rung
from sip.domain.ladder import open_pause
from sip.domain.meeting import Answer, Attendee, Claim, Meeting, Party, Round
from sip.domain.standing import Standing, covered, standing
from sip.domain.terms import (
    AnswerKind,
    AttendeeRole,
    AttendeeState,
    Basis,
    Channel,
    ClaimKind,
    ClaimState,
    ContestReason,
    Delivery,
    Form,
    Mark,
    MeetingState,
    NextDate,
    Obligation,
    Outcome,
    PauseKind,
    Purpose,
    RegretReason,
)
from sip.edges.api.schemas.common import Out
from sip.edges.api.schemas.in_hand import InHandOut, in_hand_out
from sip.edges.api.schemas.meetings import PlaceBody
from sip.edges.api.schemas.polls import PollOut, poll_out
from sip.usecases.access import convenes, has_party
from sip.usecases.actor import Actor


class ConvenerOut(Out, frozen=True, kw_only=True):
    unit_id: UUID
    unit_name: str
    person: str
    email: str
    phone: str


class IdentityOut(Out, frozen=True, kw_only=True):
    channel: Channel
    at: datetime


class AnswerOut(Out, frozen=True, kw_only=True):
    """The standing answer. `decided`: what it asked has been decided."""

    kind: AnswerKind
    at: datetime
    channel: Channel
    recorded_by: str
    regret_reason: RegretReason | None
    contest_reason: ContestReason | None
    proposed_start: datetime | None
    proposed_end: datetime | None
    target_unit_id: UUID | None
    target_unit_name: str | None
    information_channel: Channel | None
    represented_by: int | None
    decided: bool

    @classmethod
    def of(cls, answer: Answer) -> "AnswerOut":
        return cls(**{name: getattr(answer, name) for name in cls.__struct_fields__})


class AttendeeOut(Out, frozen=True, kw_only=True):
    ordinal: int
    name: str
    role: AttendeeRole
    state: AttendeeState
    email: str | None
    phone: str | None
    function: str | None
    asked_at: datetime | None
    until: datetime | None
    answered_at: datetime | None

    @classmethod
    def of(cls, person: Attendee) -> "AttendeeOut":
        return cls(**{name: getattr(person, name) for name in cls.__struct_fields__})


class PauseOut(Out, frozen=True, kw_only=True):
    kind: PauseKind
    began_at: datetime
    until: datetime
    reason: str | None


class RungOut(Out, frozen=True, kw_only=True):
    """A step of the ladder that has been passed; `fired_at` is null where it was skipped."""

    rung: Rung
    due: datetime
    fired_at: datetime | None


class RoundOut(Out, frozen=True, kw_only=True):
    """What holds from the call, or the last change of time or place."""

    number: int
    began_at: datetime
    acknowledged_at: datetime | None
    promise_until: datetime | None
    undeliverable: bool
    phone_only: bool
    convener_asked: bool
    stands_without: bool
    answer: AnswerOut | None
    pause: PauseOut | None
    rungs: list[RungOut]

    @classmethod
    def of(cls, this: Round) -> "RoundOut":
        pause = open_pause(this)
        held = (
            PauseOut(kind=pause.kind, began_at=pause.began_at, until=pause.until, reason=pause.reason)
            if pause is not None
            else None
        )
        return cls(
            number=this.number,
            began_at=this.began_at,
            acknowledged_at=this.acknowledged_at,
            promise_until=this.promise_until,
            undeliverable=this.undeliverable,
            phone_only=this.phone_only,
            convener_asked=this.convener_asked,
            stands_without=this.stands_without,
            answer=AnswerOut.of(this.answer) if this.answer is not None else None,
            pause=held,
            rungs=[RungOut(rung=r.rung, due=r.due, fired_at=r.fired_at) for r in this.rungs],
        )


class InvitationOut(Out, frozen=True, kw_only=True):
    """An invitation by mail; `attendee` is null for the unit's own. `away_at`: when its mailbox last answered
    automatically, and until which day it said it is away."""

    ordinal: int
    email: str
    attendee: int | None
    sequence: int
    delivery: Delivery
    away_at: datetime | None
    away_until: date | None
    sent_at: datetime | None
    accepted_at: datetime | None
    active: bool


class PartyOut(Out, frozen=True, kw_only=True):
    """A unit at the meeting. `standing` is one word for where it stands, `covered` whether somebody comes."""

    ordinal: int
    unit_id: UUID
    unit_name: str
    organisation_id: UUID
    principal_id: UUID
    obligation: Obligation
    basis: Basis
    agreement: str
    standing: Standing
    covered: bool
    phone: str | None
    other_system: str | None
    released: bool
    excused_at: datetime | None
    redirected_from: int | None
    redirected_to: int | None
    identity: IdentityOut | None
    round: RoundOut | None
    attendees: list[AttendeeOut]
    invitations: list[InvitationOut]
    mark: Mark | None
    reported: bool

    @classmethod
    def of(cls, meeting: Meeting, party: Party) -> "PartyOut":
        plain = (
            "ordinal", "unit_id", "unit_name", "organisation_id", "principal_id", "obligation", "basis", "phone",
            "other_system", "released", "excused_at", "redirected_from", "redirected_to", "mark", "reported",
        )  # fmt: skip
        told = party.identity
        return cls(
            **{name: getattr(party, name) for name in plain},
            agreement=party.rule_set.name,
            standing=standing(party),
            covered=covered(party),
            identity=IdentityOut(channel=told.channel, at=told.at) if told is not None else None,
            round=RoundOut.of(party.round) if party.round is not None else None,
            attendees=[AttendeeOut.of(person) for person in party.attendees],
            invitations=[
                InvitationOut(**{name: getattr(i, name) for name in InvitationOut.__struct_fields__})
                for i in meeting.invitations
                if i.party == party.ordinal
            ],
        )


class ClaimOut(Out, frozen=True, kw_only=True):
    """An answer that came through `invitation` and of which it is not certain whose it is: the convener's side says.

    `email` is who answers by the mail's own words, `sender` its From where that is another; `attendee` is the person of
    the party whose answer it would be (null: the unit's, or a stranger's own).
    """

    ordinal: int
    party: int
    invitation: int
    kind: ClaimKind
    answer: AnswerKind
    email: str
    sender: str | None
    attendee: int | None
    proposed_start: datetime | None
    proposed_end: datetime | None
    at: datetime
    state: ClaimState
    decided_at: datetime | None
    decided_by: str | None

    @classmethod
    def of(cls, claim: Claim) -> "ClaimOut":
        return cls(**{name: getattr(claim, name) for name in cls.__struct_fields__})


class MeetingOut(Out, frozen=True, kw_only=True):
    """A meeting. `parties` are those the reader may see, `claims` theirs, `other_units` names only, where the agreement
    shows them. `in_hand` is the convener's side's."""

    id: UUID
    version: int
    reference: str
    case_id: UUID
    kind: MeetingKind
    purpose: Purpose
    purpose_text: str
    questions: list[str]
    form: Form
    place: PlaceBody
    start: datetime
    end: datetime
    state: MeetingState
    convener: ConvenerOut
    chair_name: str | None
    chair_email: str | None
    follows: UUID | None
    called_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    sequence: int
    revision: int
    moves: int
    parties: list[PartyOut]
    other_units: list[str]
    claims: list[ClaimOut]
    outcome: Outcome | None
    closed_at: datetime | None
    unrecorded: bool
    responsible_principal_id: UUID | None
    next_meeting_on: date | None
    next_date: NextDate
    own_record_copy: bool
    poll: PollOut | None
    in_hand: InHandOut | None


_PLAIN = (
    "id", "reference", "case_id", "kind", "purpose", "purpose_text", "form", "start", "end", "state", "chair_name",
    "chair_email", "follows", "called_at", "cancelled_at", "cancel_reason", "sequence", "revision", "moves", "outcome",
    "closed_at", "unrecorded", "responsible_principal_id", "next_meeting_on", "next_date", "own_record_copy",
)  # fmt: skip


def meeting_out(meeting: Meeting, version: int, actor: Actor) -> MeetingOut:
    """The meeting as this actor sees it."""
    mine = convenes(actor, meeting)
    seen = [p for p in meeting.parties if mine or (has_party(actor, p) and not p.removed)]
    shown = any(p.rule_set.show_other_units for p in seen)
    ordinals = {p.ordinal for p in seen}
    own = meeting.convener
    return MeetingOut(
        **{name: getattr(meeting, name) for name in _PLAIN},
        version=version,
        questions=list(meeting.questions),
        place=PlaceBody.of(meeting.place),
        convener=ConvenerOut(
            unit_id=own.unit_id, unit_name=own.unit_name, person=own.person, email=own.email, phone=own.phone
        ),
        parties=[PartyOut.of(meeting, p) for p in seen],
        claims=[ClaimOut.of(claim) for claim in meeting.claims if claim.party in ordinals],
        poll=None if meeting.poll is None else poll_out(meeting, meeting.poll, actor),
        in_hand=in_hand_out(meeting) if mine else None,
        other_units=[p.unit_name for p in meeting.parties if shown and p.active and p.ordinal not in ordinals],
    )
