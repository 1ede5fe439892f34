"""Meetings as they are sent to us: drafts, texts, schedules, parties, attendance."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.domain.agreement import MeetingKind
from sip.domain.events import CancelReason, PartyDraft
from sip.domain.meeting import Place
from sip.domain.terms import Basis, Form, Mark, Obligation, Outcome, PlaceKind, Purpose
from sip.edges.api.schemas.cases import NewCaseIn
from sip.edges.api.schemas.common import CommandBody, Email, In, Line, Moment, Ordinal, Phone, Text, VideoUrl
from sip.usecases.meetings import DraftForm
from sip.usecases.problems import FieldProblem, InvalidError

Questions = Annotated[list[Text], Meta(max_length=30)]


class PlaceBody(In, frozen=True, kw_only=True):
    """A structure, never free text: many meetings are at somebody's home, whose address is given separately."""

    kind: PlaceKind
    unit: Line | None = None
    room: Line | None = None
    video_url: VideoUrl | None = None
    phone: Phone | None = None

    def value(self) -> Place:
        return Place(self.kind, self.unit, self.room, self.video_url, self.phone)

    @classmethod
    def of(cls, place: Place) -> "PlaceBody":
        return cls(
            kind=place.kind, unit=place.unit, room=place.room, video_url=place.video_url, phone=place.phone
        )  # fmt: skip


class ConvenerBody(In, frozen=True, kw_only=True):
    """The calling unit and the person there who answers the phone."""

    unit_id: UUID
    person: Line
    email: Email
    phone: Phone


class PartyIn(CommandBody, frozen=True, kw_only=True):
    """A unit to call. `other_system`: it is called in another system, and only watched here."""

    unit_id: UUID
    obligation: Obligation = Obligation.SUMMONED
    basis: Basis = Basis.SOL_HSL
    other_system: Line | None = None

    def value(self) -> PartyDraft:
        return PartyDraft(self.unit_id, self.obligation, self.basis, self.other_system)


class MeetingIn(In, frozen=True, kw_only=True):
    """A draft. The convener's own unit becomes a party by itself.

    Of a case that is there (`case_id`), or of a new one (`case`), which comes about with the draft or not at all.
    """

    case_id: UUID | None = None
    case: NewCaseIn | None = None
    kind: MeetingKind
    purpose: Purpose
    start: Moment
    end: Moment
    form: Form
    place: PlaceBody
    convener: ConvenerBody
    purpose_text: Text = ""
    questions: Questions = msgspec.field(default_factory=list)
    parties: Annotated[list[PartyIn], Meta(max_length=50)] = msgspec.field(default_factory=list)
    chair_name: Line | None = None
    chair_email: Email | None = None
    follows: UUID | None = None

    def value(self) -> DraftForm:
        """Raises InvalidError unless it says one case."""
        case = self.case_id if self.case is None else self.case.value()
        if case is None or (self.case_id is not None and self.case is not None):
            raise InvalidError([FieldProblem("case_id", "one_case")])
        return DraftForm(
            case=case,
            kind=self.kind,
            purpose=self.purpose,
            start=self.start,
            end=self.end,
            form=self.form,
            place=self.place.value(),
            convener_unit_id=self.convener.unit_id,
            convener_person=self.convener.person,
            convener_email=self.convener.email,
            convener_phone=self.convener.phone,
            purpose_text=self.purpose_text,
            questions=tuple(self.questions),
            parties=tuple(party.value() for party in self.parties),
            chair_name=self.chair_name,
            chair_email=self.chair_email,
            follows=self.follows,
        )


class TextIn(CommandBody, frozen=True, kw_only=True):
    """Text only: no new round of questions. A field that is left out stays as it is."""

    purpose: Purpose | None = None
    purpose_text: Text | None = None
    questions: Questions | None = None
    chair_name: Line | None = None
    chair_email: Email | None = None


class HandoverIn(CommandBody, frozen=True, kw_only=True):
    """A draft's new convener: any unit may be handed to, and calls from then on."""

    convener: ConvenerBody


class ScheduleIn(CommandBody, frozen=True, kw_only=True):
    """Another time or place: everybody is asked anew. Form and place stay where they are left out."""

    start: Moment
    end: Moment
    form: Form | None = None
    place: PlaceBody | None = None


class CancellationIn(CommandBody, frozen=True, kw_only=True):
    reason: CancelReason = CancelReason.OTHER


class MarkIn(In, frozen=True, kw_only=True):
    """Who came, of one party."""

    party: Ordinal
    mark: Mark


class AttendanceIn(CommandBody, frozen=True, kw_only=True):
    """Did it take place, who came. Every summoned party has a mark; a correction carries a reason."""

    outcome: Outcome
    marks: Annotated[list[MarkIn], Meta(max_length=60)]
    reason: Text | None = None
    responsible_principal_id: UUID | None = None
    next_meeting_on: date | None = None
    own_record_copy: bool = False
