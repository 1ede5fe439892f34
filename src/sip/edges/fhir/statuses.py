"""Our words and FHIR's, side by side: docs/fhir.md is made from these tables.

The law of this file: what was not recorded is not absent (house, law 9), so a meeting that has ended is fulfilled only
when somebody said that it was held; and a word of FHIR's that says less than ours stands beside an extension with ours.
"""

from collections.abc import Iterable, Mapping

from sip.domain.meeting import Meeting, Party
from sip.domain.standing import Standing, covered, standing
from sip.domain.terms import AnswerKind, MeetingState, Obligation, Outcome

PROPOSED, PENDING, BOOKED, FULFILLED = "proposed", "pending", "booked", "fulfilled"
CANCELLED, NO_SHOW = "cancelled", "noshow"
ACCEPTED, DECLINED, TENTATIVE, NEEDS_ACTION = "accepted", "declined", "tentative", "needs-action"

OUTCOME: Mapping[Outcome, str] = {
    Outcome.HELD: FULFILLED,
    Outcome.PARTY_MISSING: NO_SHOW,
    Outcome.SUBJECT_ABSENT: NO_SHOW,
    Outcome.TECHNICAL: CANCELLED,
}
"""A closed meeting, by what became of it."""

PARTICIPANT: Mapping[Standing, str] = {
    Standing.NOT_CALLED: NEEDS_ACTION,
    Standing.NO_ANSWER: NEEDS_ACTION,
    Standing.ACKNOWLEDGED: NEEDS_ACTION,
    Standing.UNDELIVERABLE: NEEDS_ACTION,
    Standing.ATTENDS: ACCEPTED,
    Standing.NAME_MISSING: ACCEPTED,
    Standing.SUBSTITUTE_ATTENDS: ACCEPTED,
    Standing.SEEKING_SUBSTITUTE: DECLINED,
    Standing.REGRETS: DECLINED,
    Standing.TENTATIVE: TENTATIVE,
    Standing.PROPOSES: TENTATIVE,
    Standing.UNKNOWN_IDENTITY: NEEDS_ACTION,
    Standing.CONTESTS: NEEDS_ACTION,
    Standing.REDIRECTS: NEEDS_ACTION,
    Standing.NOT_OURS: NEEDS_ACTION,
    Standing.INFORMS: DECLINED,
    Standing.REPRESENTED: DECLINED,
    Standing.RELEASED: DECLINED,
    Standing.EXCUSED: DECLINED,
    Standing.REMOVED: DECLINED,
    Standing.REDIRECTED: DECLINED,
}
"""A party, by where it stands."""

RESPONSE: Mapping[AnswerKind, str] = {kind: PARTICIPANT[Standing(kind.value)] for kind in AnswerKind}
"""An answer, by its kind: as the party stands by it, before anybody stood in."""


def status_of(meeting: Meeting, seen: Iterable[Party]) -> str:
    """The Appointment's status for whoever sees these parties: booked when each of them that was called is covered."""
    if meeting.state is MeetingState.CANCELLED:
        return CANCELLED
    if meeting.state is MeetingState.DRAFT:
        return PROPOSED
    if meeting.outcome is not None:
        return OUTCOME[meeting.outcome]
    asked = (party for party in seen if party.active and party.obligation is Obligation.SUMMONED)
    return BOOKED if all(covered(party) for party in asked) else PENDING


def participant_status(party: Party) -> str:
    """How the party stands, in FHIR's words; the side that calls comes."""
    return ACCEPTED if party.obligation is Obligation.CONVENING else PARTICIPANT[standing(party)]
