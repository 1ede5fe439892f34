"""What is said for one party: answers, substitutes, identity, pauses, decisions."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.domain.events import NamedPerson, Verdict
from sip.domain.terms import AnswerKind, Channel, ContestReason, RegretReason
from sip.edges.api.schemas.common import CommandBody, Email, In, Line, Moment, Ordinal, Phone, Text

ByHand = Literal["page", "phone", "in_person", "other_system"]
Sequence = Annotated[
    int, Meta(ge=0, le=2_147_483_647, description="The meeting's `sequence` that was answered; left out: the present.")
]


class PersonBody(In, frozen=True, kw_only=True):
    """Who comes or stands in. `knows`: the unit says that she knows already."""

    name: Line
    email: Email | None = None
    phone: Phone | None = None
    function: Line | None = None
    knows: bool = False

    def value(self) -> NamedPerson:
        return NamedPerson(self.name, self.email, self.phone, self.function, self.knows)


People = Annotated[list[PersonBody], Meta(max_length=10)]


class AnswerIn(CommandBody, frozen=True, kw_only=True):
    """A unit's answer, as it was given to another system, on the phone or in person."""

    answer: AnswerKind
    channel: ByHand = "other_system"
    sequence: Sequence | None = None
    names: People = msgspec.field(default_factory=list)
    stands_in: People = msgspec.field(default_factory=list)
    regret_reason: RegretReason | None = None
    contest_reason: ContestReason | None = None
    proposed_start: Moment | None = None
    proposed_end: Moment | None = None
    target_unit_id: UUID | None = None
    information_channel: Channel | None = None
    represented_by: Ordinal | None = None


class AcknowledgementIn(CommandBody, frozen=True, kw_only=True):
    """The call was seen; `answer_by` is the day the unit promises to answer."""

    channel: ByHand = "other_system"
    answer_by: date | None = None


class AttendeeAnswerIn(CommandBody, frozen=True, kw_only=True):
    """A person named or asked says yes or no; with a no she may say who could."""

    accepts: bool
    channel: ByHand = "other_system"
    sequence: Sequence | None = None
    passes_on: PersonBody | None = None


class SubstituteIn(CommandBody, frozen=True, kw_only=True):
    """Who stands in: asked by a mail of her own, unless the unit says that she `knows`."""

    person: PersonBody
    channel: ByHand = "other_system"
    sequence: Sequence | None = None


class IdentityIn(CommandBody, frozen=True, kw_only=True):
    """By which channel the unit was told, outside this service, whom the meeting concerns."""

    channel: Literal["phone", "in_person", "other_system", "sdk", "letter"]


class PauseIn(CommandBody, frozen=True, kw_only=True):
    reason: Annotated[Text, Meta(min_length=1)]
    until: Moment


class ExcuseIn(CommandBody, frozen=True, kw_only=True):
    reason: Annotated[Text, Meta(min_length=1)]


class SuccessorIn(CommandBody, frozen=True, kw_only=True):
    """The unit that the directory says takes over."""

    unit_id: UUID


class ClaimDecisionIn(CommandBody, frozen=True, kw_only=True):
    """On a claim. `name` is what a person nobody had called is called from now on."""

    verdict: Verdict
    name: Line | None = None


class DecisionIn(CommandBody, frozen=True, kw_only=True):
    """On what the party's answer asks. A contest: accept releases, decline upholds, with `grounds`."""

    verdict: Verdict
    grounds: Text | None = None
    target_unit_id: UUID | None = None
