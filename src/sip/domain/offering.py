"""What a person could do with a meeting now: each act is tried on the rules themselves, and offered if they take it.

The law of this file: it holds no rule. An act is possible when `decide` takes an event of its kind that says nothing
odd, and something comes of it; whoever changes a rule changes what is offered with it. Who may do what is not asked
here (`usecases/access.py`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sip.domain import events as e
from sip.domain.chair import ChairLinkSent
from sip.domain.decide import decide
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.meeting import Meeting, Party, Stamp
from sip.domain.people import Roster
from sip.domain.terms import AnswerKind, Channel, Mark, Obligation, Outcome
from sip.domain.values import replace

_WORD = "x"
_SOON = timedelta(minutes=1)
_OF_THE_CHOICE = frozenset({Reason.CONSENT_NOT_COVERING, Reason.UNKNOWN_UNIT})
"""Refusals of a unit that another choice in the form would not meet: the act itself is possible."""


def refusal(meeting: Meeting, event: object, context: Context) -> Refused | None:
    """Why the rules do not take this event; None where they do."""
    done = decide(meeting, event, context)
    return done if isinstance(done, Refused) else None


def possible(meeting: Meeting, context: Context) -> frozenset[str]:
    """The acts on the meeting as a whole, by their names on its page."""
    meeting = _followed(meeting, context)
    return frozenset(name for name, event in _acts(meeting, context) if _takes(meeting, event, context))


def possible_of(meeting: Meeting, party: Party, context: Context) -> frozenset[str]:
    """The acts on one of its parties."""
    meeting = _followed(meeting, context)
    return frozenset(name for name, event in _party_acts(meeting, party, context) if _takes(meeting, event, context))


def verdicts(meeting: Meeting, party: Party, context: Context) -> dict[e.Verdict, Refused | None]:
    """Why the rules would not take a yes or a no to what the party's answer asks; None where they would."""
    return {one: refusal(meeting, _decided(party, one), context) for one in e.Verdict}


def _followed(meeting: Meeting, context: Context) -> Meeting:
    """The meeting with the mailboxes of today's directory, which every act follows first (section 5 R5): else each
    would seem to change something while one of them waits to be followed.
    """
    done = decide(meeting, e.ContactsChanged(), context)
    return done.state if isinstance(done, Decision) and isinstance(done.state, Meeting) else meeting


def _takes(meeting: Meeting, event: object, context: Context) -> bool:
    chooses = isinstance(event, e.PartyAdded | e.Decided)
    if chooses:
        context = replace(context, rosters={**context.rosters, meeting.case_id: _stranger(meeting)})
    done = decide(meeting, event, context)
    if isinstance(done, Decision):
        return done.state != meeting
    return chooses and done.reason in _OF_THE_CHOICE


def _acts(meeting: Meeting, context: Context) -> Iterator[tuple[str, object]]:
    now, length = context.now, meeting.end - meeting.start
    later = max(meeting.start, now) + _SOON
    convener = meeting.convener
    yield "call", e.Called()
    yield "move", e.Moved(later, later + length, meeting.form, meeting.place)
    yield "text", e.TextChanged(purpose_text=meeting.purpose_text + _WORD)
    yield "add", e.PartyAdded(e.PartyDraft(meeting.case_id, Obligation.INVITED))  # the stranger
    yield "hand_over", e.HandedOver(replace(convener, person=convener.person + _WORD))
    yield "chair_link", ChairLinkSent()
    yield "cancel", e.Cancelled(e.CancelReason.OTHER)
    yield "identity_all", e.IdentityConveyedToAll(Channel.PHONE)
    marks = tuple((p.ordinal, Mark.UNKNOWN) for p in meeting.parties if p.active)
    outcome = Outcome.TECHNICAL if meeting.outcome is not Outcome.TECHNICAL else Outcome.SUBJECT_ABSENT
    yield "attend", e.OutcomeRecorded(outcome, marks, _WORD, reason=_WORD)


def _party_acts(meeting: Meeting, party: Party, context: Context) -> Iterator[tuple[str, object]]:
    ordinal, said = party.ordinal, _said(meeting, context.now)
    if party.obligation is not Obligation.CONVENING:
        yield "answer", e.Answered(ordinal, AnswerKind.TENTATIVE, said)
        yield "substitute", e.SubstituteNamed(ordinal, e.NamedPerson(_WORD), said)
        yield "identity", e.IdentityConveyed(ordinal, Channel.PHONE)
        yield "pause", e.PauseSet(ordinal, _WORD, context.now + _SOON)
        yield "excuse", e.Excused(ordinal, _WORD)
        yield "release", e.Released(ordinal)
        yield "remove", e.PartyRemoved(ordinal)
    for verdict in e.Verdict:
        yield "decide", _decided(party, verdict)
    for claim in meeting.claims:
        if claim.party == ordinal:
            yield "claim", e.ClaimDecided(claim.ordinal, e.Verdict.DECLINE, _WORD)


def _decided(party: Party, verdict: e.Verdict) -> e.Decided:
    return e.Decided(party.ordinal, verdict, grounds=_WORD)


def _said(meeting: Meeting, now: datetime) -> e.Said:
    return e.Said(Channel.PHONE, _WORD, Stamp(meeting.sequence, now, now, "~"))


def _stranger(meeting: Meeting) -> Roster:
    """A unit that stands for any that might be added: nobody's, and beside the convener's own."""
    convener = meeting.convener
    return Roster(meeting.case_id, _WORD, convener.organisation_id, convener.principal_id, addresses=("x@x.example",))
