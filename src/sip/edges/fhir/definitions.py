"""What FHIR has no words for: our extensions, each with the StructureDefinition that says what it means."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, Form, Mark, MeetingState, Obligation, Outcome, RegretReason
from sip.edges.fhir.names import DEFINITION, Resource

MADE = "2026-11-30"
"""When the definitions last changed their meaning."""
MEETING_STATE, MEETING_OUTCOME, MEETING_FORM = "meeting-state", "meeting-outcome", "meeting-form"
PARTY, PARTY_OBLIGATION, PARTY_STANDING = "party", "party-obligation", "party-standing"
PARTY_ATTENDANCE = "party-attendance"
ANSWER, REGRET_REASON = "answer", "regret-reason"
_APPOINTMENT, _PARTICIPANT, _RESPONSE = "Appointment", "Appointment.participant", "AppointmentResponse"


@dataclass(frozen=True, slots=True)
class Definition:
    """One extension: where it stands, what it says, and the codes that it may be; without codes it is a number."""

    id: str
    where: tuple[str, ...]
    title: str
    about: str
    codes: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"{DEFINITION}{self.id}"

    @property
    def value(self) -> str:
        """The type of its value."""
        return "code" if self.codes else "positiveInt"


def _words(kind: type[StrEnum], without: Iterable[StrEnum] = ()) -> tuple[str, ...]:
    left_out = frozenset(without)
    return tuple(one.value for one in kind if one not in left_out)


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        MEETING_STATE, (_APPOINTMENT,), "Where the meeting is in its life",
        "The service's own state. An ended meeting of which nobody has said whether it was held keeps its status.",
        _words(MeetingState),
    ),
    Definition(
        MEETING_OUTCOME, (_APPOINTMENT,), "What became of the meeting",
        "Said by the chair or the convener afterwards. Both kinds of absence are noshow in FHIR, a technical fault is"
        " cancelled.",
        _words(Outcome),
    ),
    Definition(
        MEETING_FORM, (_APPOINTMENT,), "How the meeting is held", "In a room, by phone, by video, or several at once.",
        _words(Form),
    ),
    Definition(
        PARTY, (_PARTICIPANT, _RESPONSE), "The party's number",
        "Names the called unit for ever within the meeting, as in the API's addresses.",
    ),
    Definition(
        PARTY_OBLIGATION, (_PARTICIPANT,), "Whether the unit must come",
        "Summoned has a duty to come, invited has none, convening is the side that calls.",
        _words(Obligation),
    ),
    Definition(
        PARTY_STANDING, (_PARTICIPANT,), "Where the party stands",
        "One word, the same whichever way the answer came; FHIR has four for these.",
        _words(Standing, (Standing.REMOVED, Standing.REDIRECTED)),
    ),
    Definition(
        PARTY_ATTENDANCE, (_PARTICIPANT,), "Whether the party came",
        "Recorded party by party after the meeting: FHIR can say noshow of a whole appointment alone. Where it is"
        " missing nothing was recorded, which is not an absence.",
        _words(Mark),
    ),
    Definition(
        ANSWER, (_RESPONSE,), "What the unit answered",
        "The kind of the answer, where FHIR's four words say less.",
        _words(AnswerKind),
    ),
    Definition(
        REGRET_REASON, (_RESPONSE,), "Why the unit cannot come",
        "Never illness, which is health data about staff.",
        _words(RegretReason),
    ),
)  # fmt: skip


def structure_definition(one: Definition) -> Resource:
    """The definition as FHIR has it: an Extension whose url and kind of value are fixed."""
    may_be = f" One of: {', '.join(one.codes)}." if one.codes else ""
    return {
        "resourceType": "StructureDefinition",
        "id": one.id,
        "url": one.url,
        "version": "1.0.0",
        "name": "".join(part.capitalize() for part in one.id.split("-")),
        "title": one.title,
        "status": "active",
        "date": MADE,
        "description": one.about + may_be,
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": where} for where in one.where],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": [
            {"id": "Extension", "path": "Extension", "short": one.title, "definition": one.about + may_be,
             "min": 0, "max": "1"},
            {"id": "Extension.extension", "path": "Extension.extension", "max": "0"},
            {"id": "Extension.url", "path": "Extension.url", "fixedUri": one.url},
            {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "type": [{"code": one.value}]},
        ]},
    }  # fmt: skip
