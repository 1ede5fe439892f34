"""A unit's answer as an AppointmentResponse, out and in.

The law of this file: what comes in is an answer of a unit, through the command that every answer takes. What of it
cannot be kept is refused, never dropped: names and free text among it.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.domain.events import Answered, Said
from sip.domain.meeting import Meeting, Party
from sip.domain.terms import AnswerKind, RegretReason
from sip.edges.api.problems import ApiProblem
from sip.edges.api.said import field_problem
from sip.edges.api.schemas.common import In, Moment
from sip.edges.fhir import definitions as d
from sip.edges.fhir.answering import meta, moment
from sip.edges.fhir.asked import referred
from sip.edges.fhir.names import DEFINITION, Resource, reference, said
from sip.edges.fhir.statuses import RESPONSE
from sip.usecases.problems import FieldProblem
from sip.usecases.reading.appointments import PartyAnswer

_PATHLESS = "data"
Short = Annotated[str, Meta(max_length=500)]


def response_id(meeting_id: UUID, party: int) -> str:
    """The id of the one answer that stands for a party."""
    return f"{meeting_id}.{party}"


def ids_of(text: str) -> tuple[UUID, int] | None:
    """The meeting and the party in an id; None for what is none of ours."""
    meeting, _, party = text.partition(".")
    try:
        number = int(party) if party.isascii() and party.isdigit() and len(party) < 7 else 0
        return (UUID(meeting), number) if number else None
    except ValueError:
        return None


def response(found: PartyAnswer) -> Resource:
    """The AppointmentResponse."""
    meeting, party = found.shown.meeting, found.party
    assert party.round is not None and party.round.answer is not None
    answer = party.round.answer
    told = [said(d.PARTY, party.ordinal), said(d.ANSWER, answer.kind.value)]
    if answer.regret_reason is not None:
        told.append(said(d.REGRET_REASON, answer.regret_reason.value))
    times = (("start", answer.proposed_start), ("end", answer.proposed_end))
    return {
        "resourceType": "AppointmentResponse",
        "id": response_id(meeting.id, party.ordinal),
        "meta": meta(found.shown.version, answer.at),
        "extension": told,
        "appointment": reference("Appointment", meeting.id),
        **{name: moment(at) for name, at in times if at is not None},
        "actor": reference("HealthcareService", party.unit_id, party.unit_name),
        "participantStatus": RESPONSE[answer.kind],
    }


# -- in


class ReferenceIn(In, frozen=True, kw_only=True):
    """A Reference by its address; what it is called is read over."""

    reference: Short
    type: Short | None = None
    display: Short | None = None


class ExtensionIn(In, frozen=True, kw_only=True, rename="camel"):
    """One of the extensions that an answer may carry."""

    url: Short
    value_code: Short | None = None
    value_positive_int: int | None = None


class ResponseIn(In, frozen=True, kw_only=True, rename="camel"):
    """An AppointmentResponse as it is sent. `id`, `meta`, `text`, `language` and `identifier` are read over: a client's
    library writes them by itself, and nothing of them is kept.
    """

    resource_type: Literal["AppointmentResponse"]
    appointment: ReferenceIn
    actor: ReferenceIn
    participant_status: Short
    start: Moment | None = None
    end: Moment | None = None
    extension: Annotated[list[ExtensionIn], Meta(max_length=10)] = msgspec.field(default_factory=list)
    id: Any = None
    meta: Any = None
    text: Any = None
    language: Any = None
    identifier: Any = None


def read(body: bytes) -> ResponseIn:
    """The AppointmentResponse in a body. Raises ApiProblem (400), with each element that cannot be read."""
    try:
        return msgspec.json.decode(body, type=ResponseIn)
    except msgspec.ValidationError as error:
        raise ApiProblem(400, "fhir_body", errors=(field_problem(str(error), _PATHLESS),)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ApiProblem(400, "fhir_json") from None


def meeting_id_of(data: ResponseIn) -> UUID:
    """Which meeting is answered. Raises ApiProblem (400)."""
    return referred(data.appointment.reference, "Appointment", "appointment")


def unit_id_of(data: ResponseIn) -> UUID:
    """Which unit answers. Raises ApiProblem (400)."""
    return referred(data.actor.reference, "HealthcareService", "actor")


def event_of(data: ResponseIn, meeting: Meeting, party: Party, how: Said) -> Answered:
    """The answer as the domain knows it. Raises ApiProblem: 422 for what cannot be said so, 409 where the answer is for
    another time than the meeting's.
    """
    kind, reason = _kind(data), _codes(data, party).get(d.REGRET_REASON)
    proposes = kind is AnswerKind.PROPOSES
    if not proposes:
        _same_time(data, meeting)
    if reason is not None and kind is not AnswerKind.REGRETS:
        raise _wrong("extension", "fhir_reason")
    return Answered(
        party=party.ordinal,
        kind=kind,
        said=how,
        regret_reason=None if reason is None else RegretReason(reason),
        proposed_start=data.start if proposes else None,
        proposed_end=data.end if proposes else None,
    )


def _kind(data: ResponseIn) -> AnswerKind:
    times = data.start is not None or data.end is not None
    match data.participant_status:
        case "accepted":
            return AnswerKind.ATTENDS
        case "declined":
            return AnswerKind.REGRETS
        case "tentative" if times:
            if data.start is None or data.end is None:
                raise _wrong("start" if data.start is None else "end", "fhir_both_times")
            return AnswerKind.PROPOSES
        case "tentative":
            return AnswerKind.TENTATIVE
        case _:
            raise _wrong("participantStatus", "fhir_status")


def _codes(data: ResponseIn, party: Party) -> dict[str, str]:
    """The extensions that say something; those of an answer that was read, and is sent back changed, say it again."""
    found = {}
    for one in data.extension:
        name = one.url.removeprefix(DEFINITION)
        if name == d.REGRET_REASON and one.value_code in tuple(RegretReason):
            found[name] = one.value_code
        elif name == d.PARTY and one.value_positive_int == party.ordinal:
            continue
        else:
            raise _wrong("extension", "fhir_extension")
    return found


def _same_time(data: ResponseIn, meeting: Meeting) -> None:
    for given, held in ((data.start, meeting.start), (data.end, meeting.end)):
        if given is not None and given != held:
            raise ApiProblem(409, "fhir_other_time")


def _wrong(element: str, word: str) -> ApiProblem:
    """One sentence, with the element that it is about."""
    return ApiProblem(422, word, errors=(FieldProblem(element, word, (("word", f"problem.{word}"),)),))
