"""A meeting as an Appointment, as whoever asks may see it.

The law of this file: logistics only. No Patient, no person by name, none of the free text; what a called unit may not
see of the others is not there.
"""

from sip.domain.meeting import Meeting, Party, Place
from sip.domain.standing import standing
from sip.domain.terms import MeetingState, Obligation, PlaceKind
from sip.edges.fhir import definitions as d
from sip.edges.fhir.answering import meta, moment
from sip.edges.fhir.names import MEETING_KIND, PURPOSE, REFERENCE, URI, Resource, coded, reference, said
from sip.edges.fhir.statuses import ACCEPTED, participant_status, status_of
from sip.usecases.actor import Actor
from sip.usecases.reading.appointments import ShownMeeting, parties_seen

_PLACE = "place"


def appointment(shown: ShownMeeting, actor: Actor) -> Resource:
    """The Appointment."""
    meeting = shown.meeting
    seen = parties_seen(actor, meeting)
    place = _place(meeting.place)
    return {
        "resourceType": "Appointment",
        "id": str(meeting.id),
        "meta": meta(shown.version, shown.changed_at),
        **({"contained": [place]} if place is not None else {}),
        "extension": _extensions(meeting),
        "identifier": [
            {"system": URI, "value": f"urn:uuid:{meeting.id}"},
            {"system": REFERENCE, "value": meeting.reference},
        ],
        "status": status_of(meeting, seen),
        "serviceType": [coded(MEETING_KIND, meeting.kind.value)],
        "reasonCode": [coded(PURPOSE, meeting.purpose.value)],
        "start": moment(meeting.start),
        "end": moment(meeting.end),
        "participant": _participants(meeting, seen, has_place=place is not None),
    }


def _extensions(meeting: Meeting) -> list[Resource]:
    found = [said(d.MEETING_STATE, meeting.state.value), said(d.MEETING_FORM, meeting.form.value)]
    if meeting.outcome is not None:
        found.append(said(d.MEETING_OUTCOME, meeting.outcome.value))
    return found


def _participants(meeting: Meeting, seen: list[Party], *, has_place: bool) -> list[Resource]:
    """The side that calls, then the called units that are in view, then the place."""
    found = [_participant(party, called=meeting.state is not MeetingState.DRAFT) for party in seen]
    if all(party.unit_id != meeting.convener.unit_id for party in seen):
        own = meeting.convener
        actor = reference("HealthcareService", own.unit_id, own.unit_name)
        calls = [said(d.PARTY_OBLIGATION, Obligation.CONVENING.value)]
        found.insert(0, {"extension": calls, "actor": actor, "required": "required", "status": ACCEPTED})
    if has_place:
        found.append({"actor": {"reference": f"#{_PLACE}"}, "status": ACCEPTED})
    return found


def _participant(party: Party, *, called: bool) -> Resource:
    told = [said(d.PARTY, party.ordinal), said(d.PARTY_OBLIGATION, party.obligation.value)]
    if called and party.obligation is not Obligation.CONVENING:
        told.append(said(d.PARTY_STANDING, standing(party).value))
    if party.mark is not None:
        told.append(said(d.PARTY_ATTENDANCE, party.mark.value))
    bound = party.bound or party.obligation is Obligation.CONVENING
    return {
        "extension": told,
        "actor": reference("HealthcareService", party.unit_id, party.unit_name),
        "required": "required" if bound else "optional",
        "status": participant_status(party),
    }


def _place(place: Place) -> Resource | None:
    """Where it is held, contained: a structure of the meeting's own. Of a home nothing is said."""
    if place.kind is PlaceKind.HOME:
        return None
    name = ", ".join(part for part in (place.unit, place.room) if part)
    ways = [("url", place.video_url), ("phone", place.phone)]
    telecom = [{"system": system, "value": value} for system, value in ways if value]
    if not name and not telecom:
        return None
    return {
        "resourceType": "Location",
        "id": _PLACE,
        **({"name": name} if name else {}),
        "mode": "instance",
        **({"telecom": telecom} if telecom else {}),
    }
