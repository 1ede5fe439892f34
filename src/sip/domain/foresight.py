"""What a call would do, before anybody makes it: the meeting as it would be, the mails, the ladder with its days.

The law of this file: nothing is reckoned here that the rules reckon. The call is decided on a meeting nobody keeps,
by the same `decide`; of the post it is supposed that each mail is taken at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain import ladder
from sip.domain.agreement import Rung
from sip.domain.decide import decide
from sip.domain.decision import Context, Refused
from sip.domain.effects import Mail
from sip.domain.events import Called, IdentityConveyed, MeetingDrafted
from sip.domain.meeting import Meeting, Party
from sip.domain.terms import Channel, Obligation
from sip.domain.values import replace


@dataclass(frozen=True, slots=True)
class StepAhead:
    """A rung and when it would be due, had nobody answered."""

    rung: Rung
    due: datetime


@dataclass(frozen=True, slots=True)
class PartyAhead:
    """What lies before one party: its rungs, when the convener is asked about it, until when it must have been told
    whom the meeting concerns, and the call it would get (None: none is mailed).
    """

    party: Party
    steps: tuple[StepAhead, ...] = ()
    question: datetime | None = None
    deadline: datetime | None = None
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a call would give: `refused` says why there would be none; the meeting is as far as it came."""

    meeting: Meeting | None
    parties: tuple[PartyAhead, ...] = ()
    refused: Refused | None = None


def foresee(drafted: MeetingDrafted, told: Mapping[UUID, Channel], context: Context) -> Ahead:
    """What a draft and its call would give now. `told`: the units that know whom it concerns, and how."""
    first = decide(None, drafted, context)
    if isinstance(first, Refused):
        return Ahead(None, refused=first)
    meeting = first.state
    assert isinstance(meeting, Meeting)
    for party in meeting.parties:
        if party.unit_id in told:
            known = decide(meeting, IdentityConveyed(party.ordinal, told[party.unit_id]), context)
            assert not isinstance(known, Refused) and isinstance(known.state, Meeting)
            meeting = known.state
    called = decide(meeting, Called(), context)
    if isinstance(called, Refused):
        return Ahead(meeting, tuple(PartyAhead(party) for party in meeting.parties), called)
    assert isinstance(called.state, Meeting)
    mails = {one.party: one for one in called.effects if isinstance(one, Mail) and one.invitation is not None}
    done = called.state
    return Ahead(done, tuple(_ahead(done, party, mails.get(party.ordinal), context.now) for party in done.parties))


def _ahead(meeting: Meeting, party: Party, mail: Mail | None, now: datetime) -> PartyAhead:
    this = party.round
    assert this is not None
    if party.obligation is Obligation.CONVENING:
        return PartyAhead(party, mail=mail)
    question = ladder.question_time(meeting, party) if party.bound else None
    if mail is None or not this.ladder:
        return PartyAhead(party, (), question, None, mail)
    begun = replace(this, clock_start=ladder.clock_start(meeting, party, now, now))
    asked = replace(party, round=begun)
    plan = ladder.ladder_of(meeting, asked).plan(ladder.point_of(meeting, asked), ladder.rungs_left(asked))
    steps = tuple(StepAhead(rung, due) for rung, due in plan)
    question = ladder.question_time(meeting, asked) if asked.bound else None
    return PartyAhead(party, steps, question, ladder.deadline(meeting, asked) if asked.bound else None, mail)
