"""The rules of a poll of times (rules, section 9).

The law of this file: a poll is an offer. It takes answers and sets nothing by itself: no answer to it is an answer to a
call, and who never answers has broken no rule. The convener alone picks; whatever else becomes of the meeting ends it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sip.domain import calling, poll_upkeep
from sip.domain.address import folded, same
from sip.domain.agreement import Agreement, rule_set_for
from sip.domain.change import Change, Refusal, worktime_of
from sip.domain.decision import Reason
from sip.domain.effects import DropAsks, MailboxProved
from sip.domain.events import Moved
from sip.domain.meeting import Meeting, Party
from sip.domain.poll import (
    FEWEST,
    MOST,
    Poll,
    PollAnswer,
    PollAnswered,
    PollAsked,
    PollChoice,
    PollEnd,
    PollPicked,
    PollState,
    PollTime,
    PollWithdrawn,
)
from sip.domain.terms import Channel, MeetingState
from sip.domain.values import replace
from sip.domain.worktime import at_hour, local_day

ONE_DAY = timedelta(days=1)
S = PollState

LEADS: Mapping[type, Mapping[PollState | None, PollState]] = {
    PollAsked: dict.fromkeys((None, *S), S.OPEN),
    PollAnswered: {S.OPEN: S.OPEN},
    PollPicked: {S.OPEN: S.PICKED, S.CLOSED: S.PICKED},
    PollWithdrawn: {S.OPEN: S.ENDED, S.CLOSED: S.ENDED},
}
"""What a person can do with a poll: event -> state it is possible in -> state it leads to."""


def ask(change: Change, event: PollAsked) -> None:
    """Times are asked of, and every party gets its mail; an earlier poll is over with it (P1).

    Raises Refusal for too few or too many times, one that no meeting could have, a last day that is over, no party,
    a consent that does not cover one, and a protected meeting: times may not be mailed.
    """
    meeting = change.meeting
    if meeting.protected:
        raise Refusal(Reason.PROTECTED_NO_POLL)
    state = _leads(meeting.poll, event)
    times = tuple(sorted(set(event.times)))
    if not FEWEST <= len(times) <= MOST:
        raise Refusal(Reason.POLL_TIMES)
    for start, end in times:
        calling.check_time(start, end, change.now)
    asked = poll_upkeep.asked_parties(meeting)
    if not asked:
        raise Refusal(Reason.NO_PARTIES)
    for party in asked:
        calling.check_consent(change, party.organisation_id, party.unit_name)
    case = change.context.case
    assert case is not None, "there is a consent, and so a case"
    poll = Poll(
        number=1 if meeting.poll is None else meeting.poll.number + 1,
        state=state,
        asked_at=change.now,
        closes_at=_closes_at(meeting, times, event.closes_on),
        times=tuple(PollTime(n, start, end) for n, (start, end) in enumerate(times, 1)),
        consent_until=case.ends_on,
    )
    if poll.closes_at <= change.now:
        raise Refusal(Reason.POLL_CLOSES_PAST)
    change.effects.extend(DropAsks(old.party, polls=True) for old in (meeting.poll.asks if meeting.poll else ()))
    change.update(poll=poll)
    change.note("poll_asked", count=str(len(times)), until=poll_upkeep.last_said(poll))


def _closes_at(meeting: Meeting, times: Iterable[tuple[datetime, datetime]], last_day: date) -> datetime:
    """The end of the last day, never later than the last time's start nor than the called meeting's own."""
    bounds = [at_hour(last_day + ONE_DAY, 0), max(start for start, _ in times)]
    if meeting.state is MeetingState.CALLED:
        bounds.append(meeting.start)
    return min(bounds)


def answer(change: Change, event: PollAnswered) -> None:
    """A party's word, or another word than it gave before (P2).

    Raises Refusal for a poll that takes no answer any more, a party that has gone, no choice, and a time that is past.
    """
    poll = _of_number(change, event.number)
    _leads(poll, event)
    party = change.party(event.party)
    if change.now >= poll.closes_at:
        raise Refusal(Reason.POLL_OVER)
    if party not in poll_upkeep.asked_parties(change.meeting):
        raise Refusal(Reason.PARTY_INACTIVE)
    if not event.choices:
        raise Refusal(Reason.POLL_CHOICES)
    said = {(a.party, a.time): a for a in poll.answers}
    new = dict(said)
    for ordinal, choice in event.choices:
        if _time(poll, ordinal).start <= change.now:
            raise Refusal(Reason.TIME_PAST)
        before = said.get((party.ordinal, ordinal))
        if before is None or before.choice is not choice:
            new[party.ordinal, ordinal] = PollAnswer(
                party.ordinal, ordinal, choice, change.now, event.by, event.channel
            )
    _prove(change, party, event)
    if new == said:
        return
    first = party.ordinal not in poll.answered
    poll_upkeep.put(change, answers=tuple(new[key] for key in sorted(new)))
    change.effects.append(DropAsks(party.ordinal, polls=True))
    counts = {choice.value: str(sum(1 for _, c in event.choices if c is choice)) for choice in PollChoice}
    change.note("poll_answered" if first else "poll_answer_changed", party.ordinal, by=event.by, **counts)
    poll_upkeep.tell_all(change)


def _prove(change: Change, party: Party, event: PollAnswered) -> None:
    """A person acted through a link that was mailed to the unit's mailbox: it is read (section 8 A3)."""
    through = next((a for a in change.roster_or_empty(party).addresses if same(event.through, a)), None)
    if event.channel is Channel.PAGE and through is not None:
        change.effects.append(MailboxProved(party.unit_id, folded(through)))


def pick(change: Change, event: PollPicked) -> None:
    """The convener's press: the draft gets the time, the called meeting is moved to it (P3).

    Raises Refusal for a poll that is over, a time that is past, and for all that a move is refused for.
    """
    poll = _of_number(change, event.number)
    state = _leads(poll, event)
    time, meeting = _time(poll, event.time), change.meeting
    calling.check_time(time.start, time.end, change.now)
    poll_upkeep.put(change, state=state, picked=time.ordinal, over_at=change.now)
    change.effects.extend(DropAsks(ask.party, polls=True) for ask in poll.asks)
    change.note("poll_picked", start=time.start.isoformat())
    calling.move(change, Moved(time.start, time.end, meeting.form, meeting.place))


def withdraw(change: Change, event: PollWithdrawn) -> None:
    """The convener needs no answer any more; who had given one is told. Raises Refusal for a poll that is over."""
    poll = _of_number(change, event.number)
    _leads(poll, event)
    poll_upkeep.end(change, PollEnd.WITHDRAWN, tell=True)


def _leads(poll: Poll | None, event: object) -> PollState:
    """Where the event leads. Raises Refusal where it cannot be in this state."""
    found = LEADS[type(event)].get(None if poll is None else poll.state)
    if found is None:
        raise Refusal(Reason.POLL_OVER)
    return found


def _of_number(change: Change, number: int) -> Poll:
    """The poll that somebody saw, which must be the latest. Raises Refusal(POLL_OVER)."""
    poll = change.meeting.poll
    if poll is None or poll.number != number:
        raise Refusal(Reason.POLL_OVER)
    return poll


def _time(poll: Poll, ordinal: int) -> PollTime:
    try:
        return poll.time(ordinal)
    except KeyError:
        raise Refusal(Reason.NOT_FOUND, what="time") from None


def short_notice(meeting: Meeting, start: datetime, now: datetime, agreements: Iterable[Agreement]) -> dict[str, int]:
    """The units to whom a start would give shorter notice than their agreement's, with its days: no report could be
    raised of them by itself (section 8 A3)."""
    known, day, found = tuple(agreements), local_day(now), {}
    for party in poll_upkeep.asked_parties(meeting):
        rules = party.rule_set
        if meeting.state is MeetingState.DRAFT:
            rules = rule_set_for(known, meeting.convener.principal_id, party.principal_id, meeting.kind, day)
        time = worktime_of(meeting, replace(party, rule_set=rules))
        if party.bound and rules.automatic_reports and not time.days_left(now, start, rules.minimum_notice):
            found[party.unit_name] = rules.minimum_notice
    return found
