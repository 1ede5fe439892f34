"""Polls of times on the wire: the times asked of, whom, what they said, and the commands."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from sip.domain.meeting import Meeting
from sip.domain.poll import FEWEST, MOST, Poll, PollChoice, PollEnd, PollState
from sip.domain.terms import Channel
from sip.edges.api.schemas.common import CommandBody, In, Moment, Ordinal, Out
from sip.usecases.access import convenes, has_party
from sip.usecases.actor import Actor

Number = Annotated[int, Meta(ge=1, le=100_000, description="Which of the meeting's polls was seen.")]


class PollTimeIn(In, frozen=True, kw_only=True):
    """One of the times asked of."""

    start: Moment
    end: Moment


class PollIn(CommandBody, frozen=True, kw_only=True):
    """Two to six times, and the last day for answers. An earlier poll of the meeting is over with it."""

    times: Annotated[list[PollTimeIn], Meta(min_length=FEWEST, max_length=MOST)]
    closes_on: date


class PollChoiceIn(In, frozen=True, kw_only=True):
    """What a party says of one time."""

    time: Ordinal
    choice: PollChoice


class PollAnswerIn(CommandBody, frozen=True, kw_only=True):
    """A party's choices; times that are left out stay as they were."""

    number: Number
    choices: Annotated[list[PollChoiceIn], Meta(min_length=1, max_length=MOST)]
    channel: Channel = Channel.OTHER_SYSTEM


class PollPickIn(CommandBody, frozen=True, kw_only=True):
    """The time that the draft gets, or that the called meeting is moved to."""

    number: Number
    time: Ordinal


class PollEndIn(CommandBody, frozen=True, kw_only=True):
    """No answer is needed any more."""

    number: Number


class PollAnswerOut(Out, frozen=True, kw_only=True):
    """A party's word about one time."""

    party: int
    time: int
    choice: PollChoice
    at: datetime
    by: str
    channel: Channel


class PollTimeOut(Out, frozen=True, kw_only=True):
    """A time with how many have said what of it; the counts are the convener's side's to see."""

    ordinal: int
    start: datetime
    end: datetime
    yes: int | None
    if_need_be: int | None
    no: int | None


class PollAskOut(Out, frozen=True, kw_only=True):
    """That a party is asked: at which address, null where it is telephoned."""

    party: int
    email: str | None
    asked_at: datetime


class PollOut(Out, frozen=True, kw_only=True):
    """A meeting's latest poll of times; `answers` and `asked` are those the reader may see."""

    number: int
    state: PollState
    asked_at: datetime
    closes_at: datetime
    times: list[PollTimeOut]
    asked: list[PollAskOut]
    answers: list[PollAnswerOut]
    picked: int | None
    over_at: datetime | None
    ended_because: PollEnd | None


_PLAIN = ("number", "state", "asked_at", "closes_at", "picked", "over_at", "ended_because")


def poll_out(meeting: Meeting, poll: Poll, actor: Actor) -> PollOut:
    """The poll as this actor sees it: all of it for the convener's side, else her own unit's part."""
    mine = convenes(actor, meeting)
    seen = {party.ordinal for party in meeting.parties if mine or has_party(actor, party)}

    def count(time: int, choice: PollChoice) -> int | None:
        return poll.count(time, choice) if mine else None

    return PollOut(
        **{name: getattr(poll, name) for name in _PLAIN},
        times=[
            PollTimeOut(
                ordinal=time.ordinal,
                start=time.start,
                end=time.end,
                yes=count(time.ordinal, PollChoice.YES),
                if_need_be=count(time.ordinal, PollChoice.IF_NEED_BE),
                no=count(time.ordinal, PollChoice.NO),
            )
            for time in poll.times
        ],
        asked=[
            PollAskOut(party=ask.party, email=ask.email, asked_at=ask.asked_at)
            for ask in poll.asks
            if ask.party in seen
        ],
        answers=[msgspec.convert(msgspec.to_builtins(a), PollAnswerOut) for a in poll.answers if a.party in seen],
    )
