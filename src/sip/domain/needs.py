"""What needs a person's hand at a meeting, from when, and when it is too late (rules, section 5 L9).

The law of this file: a need is read from the state alone, with no clock: `since` is the hour from which it is one,
`too_late` the hour after which a hand helps less, and between them it is `active`. So what is stored beside a meeting
(`hand_of`, `hand_of_unit`) is right until somebody changes the meeting, whatever the time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sip.domain import attendance, ladder, next_date
from sip.domain.change import worktime_of
from sip.domain.meeting import Meeting, Party, Round
from sip.domain.poll import Poll
from sip.domain.poll_upkeep import asked_parties
from sip.domain.standing import Standing, covered, standing
from sip.domain.terms import MeetingState, Obligation
from sip.domain.worktime import discharge_time, local_day, office_time

SOON = timedelta(days=5)
"""How near its start a meeting with somebody missing needs a hand even before the engine has asked (calendar days)."""

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


class Need(StrEnum):
    """Why a meeting needs a hand, most pressing first."""

    CLAIM = "claim"
    QUESTION = "question"
    UNDELIVERABLE = "undeliverable"
    CLOSES = "closes"
    UNCOVERED = "uncovered"
    ATTENDANCE = "attendance"
    ANSWER = "answer"
    POLL = "poll"
    DRAFT = "draft"
    NEXT_DATE = "next_date"


QUESTIONS = frozenset(
    {
        Standing.PROPOSES,
        Standing.CONTESTS,
        Standing.REDIRECTS,
        Standing.UNKNOWN_IDENTITY,
        Standing.NOT_OURS,
        Standing.INFORMS,
        Standing.REPRESENTED,
    }
)
"""Standings that wait for the convener (or, for NOT_OURS, the coordinator) to decide."""


@dataclass(frozen=True, slots=True)
class NeedOf:
    """One need of a meeting, of a party where it is one's, and of a claim where it is one. It ends at `until`."""

    need: Need
    since: datetime
    too_late: datetime
    party: int | None = None
    claim: int | None = None
    until: datetime = NEVER


@dataclass(frozen=True, slots=True)
class HandFrom:
    """From when a meeting, or a party of it, needs a hand at all, and when the first of it is too late."""

    since: datetime
    too_late: datetime


def of_convener(meeting: Meeting, closing: Iterable[int] = (), *, followed: bool = False) -> list[NeedOf]:
    """All that the convener's side has or will have to see to. `closing`: parties whose unit closes before then;
    `followed`: the case has a later meeting, or one on its way."""
    if next_date.awaited(meeting):
        return [] if followed else [
            NeedOf(Need.NEXT_DATE, next_date.passed_at(meeting), next_date.told_again_at(meeting))
        ]  # fmt: skip
    picks = [_pick(meeting, poll) for poll in (meeting.poll,) if poll is not None and poll.waits]
    if meeting.state is MeetingState.DRAFT:
        since = max((one.until for one in picks), default=ALWAYS)  # until then its time is still asked for
        return [*picks, NeedOf(Need.DRAFT, since, _notice(meeting, meeting.start), until=meeting.start)]
    if meeting.state not in (MeetingState.CALLED, MeetingState.ENDED):
        return []
    last = attendance.step_due(meeting, attendance.UNRECORDED - 1)
    found = [*picks, NeedOf(Need.ATTENDANCE, meeting.end, last)]
    if meeting.state is MeetingState.CALLED and not meeting.started:
        shut = frozenset(closing)
        for party in _called(meeting):
            found += _of_party(meeting, party, party.ordinal in shut)
    return found


def of_unit(meeting: Meeting, party: Party) -> NeedOf | None:
    """What a called unit itself has to see to: an answer, who comes once that was asked, and, for its coordinator, what
    it says is not its own."""
    this = party.round
    waits = meeting.state is MeetingState.CALLED and not meeting.started
    if not waits or this is None or not party.active or party.obligation is Obligation.CONVENING:
        return None
    word, until = standing(party), meeting.start
    if word is Standing.NOT_OURS and this.answer is not None and not this.answer.decided:
        return NeedOf(Need.QUESTION, this.answer.at, _pause_ends(meeting, party, this), party.ordinal, until=until)
    asked = word is Standing.NAME_MISSING and this.name_asked
    if not (asked or word in (Standing.NO_ANSWER, Standing.ACKNOWLEDGED)):
        return None
    since = this.promise_until if this.promise_until is not None and not asked else this.began_at
    too_late = ladder.deadline(meeting, party) if party.bound and not asked else _last_day(meeting, party)
    return NeedOf(Need.ANSWER, since, too_late, party.ordinal, until=until)


def active(needs: Iterable[NeedOf], now: datetime) -> list[NeedOf]:
    """Those that are needs now, the first to be too late first."""
    order = {need: n for n, need in enumerate(Need)}
    there = [one for one in needs if one.since <= now < one.until]
    return sorted(there, key=lambda one: (one.too_late, order[one.need], one.party or 0))


def hand_of(meeting: Meeting) -> HandFrom | None:
    """What stands beside the meeting for the convener's side; put off, it begins at that hour."""
    found = _hand(of_convener(meeting))
    if found is None or meeting.snooze is None:
        return found
    return HandFrom(max(found.since, meeting.snooze.until), found.too_late)


def hand_of_unit(meeting: Meeting, party: Party) -> HandFrom | None:
    """What stands beside the party for its own unit."""
    found = of_unit(meeting, party)
    return None if found is None else HandFrom(found.since, found.too_late)


def ahead(meeting: Meeting, party: Party) -> datetime | None:
    """The start of a called meeting that is ahead, for a unit that is called to it."""
    waits = meeting.state is MeetingState.CALLED and not meeting.started
    return meeting.start if waits and party.active and party.obligation is not Obligation.CONVENING else None


class Urgency(StrEnum):
    """The groups of a dashboard: by the day on which it is too late."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "week"
    LATER = "later"


def urgency(too_late: datetime, now: datetime) -> Urgency:
    """By Sweden's days; what is past is today's. The week is that of Monday to Sunday; on Friday, Saturday and Sunday
    the next working day counts as tomorrow, for nobody is there before."""
    today, day = local_day(now), local_day(too_late)
    if day <= today:
        return Urgency.TODAY
    opening = office_time().opening_after(_last_opening(now))
    if day <= max(today + timedelta(days=1), local_day(opening)):
        return Urgency.TOMORROW
    sunday = today + timedelta(days=6 - today.weekday())
    return Urgency.WEEK if day <= sunday else Urgency.LATER


def _last_opening(now: datetime) -> datetime:
    """Now, or today's opening where it is ahead: the next after that is another day's."""
    opening = office_time().opening_of_day(now)
    return now if opening is None else max(now, opening)


def _hand(needs: Iterable[NeedOf]) -> HandFrom | None:
    there = list(needs)
    if not there:
        return None
    return HandFrom(min(one.since for one in there), min(one.too_late for one in there))


def _called(meeting: Meeting) -> Iterator[Party]:
    return (p for p in meeting.parties if p.active and p.obligation is not Obligation.CONVENING)


def _of_party(meeting: Meeting, party: Party, closes: bool) -> list[NeedOf]:
    this, until = party.round, meeting.start
    if this is None:
        return []
    question = ladder.question_time(meeting, party)
    claims = [c for c in meeting.claims if c.waits and c.party == party.ordinal]
    found = [NeedOf(Need.CLAIM, claim.at, question, party.ordinal, claim.ordinal, until) for claim in claims]
    word, answer = standing(party), this.answer
    if word in QUESTIONS and answer is not None and not answer.decided:
        ends = _pause_ends(meeting, party, this)
        return [*found, NeedOf(Need.QUESTION, answer.at, ends, party.ordinal, until=until)]
    if closes:
        return [*found, NeedOf(Need.CLOSES, ALWAYS, question, party.ordinal, until=until)]
    if this.stands_without or (party.bound and covered(party)):
        return found
    if word is Standing.UNDELIVERABLE or (this.phone_only and word is Standing.NO_ANSWER):
        return [*found, NeedOf(Need.UNDELIVERABLE, ALWAYS, question, party.ordinal, until=until)]
    if party.bound and not claims:
        since = ALWAYS if this.convener_asked else meeting.start - SOON
        found.append(NeedOf(Need.UNCOVERED, since, _last_day(meeting, party), party.ordinal, until=until))
    return found


def _pause_ends(meeting: Meeting, party: Party, this: Round) -> datetime:
    """A question waits while its pause does; then the ladder goes on without an answer."""
    pause = ladder.open_pause(this)
    return ladder.question_time(meeting, party) if pause is None else pause.until


def _last_day(meeting: Meeting, party: Party) -> datetime:
    """The opening of the last working day before the start: later, nobody else can make herself free."""
    return worktime_of(meeting, party).opening_before(meeting.start, 1)


def _notice(meeting: Meeting, start: datetime) -> datetime:
    """Until when units can be called to a start with the notice that the agreements ask for (R1)."""
    time = discharge_time() if meeting.discharge else office_time()
    called = list(_called(meeting))
    days = 1 if meeting.discharge else max((party.rule_set.minimum_notice for party in called), default=5)
    return time.opening_before(start, days)


def _pick(meeting: Meeting, poll: Poll) -> NeedOf:
    """One of the poll's times is to be picked, once nobody is waited for: when answers end, or all have answered. It is
    too late when the first of the times that the end leaves with fair notice loses it."""
    starts = sorted(time.start for time in poll.times)
    until = min(starts[-1], meeting.start) if meeting.state is MeetingState.CALLED else starts[-1]
    fair = [at for at in (_notice(meeting, start) for start in starts) if at > poll.closes_at]
    since = poll.closes_at
    if all(party.ordinal in poll.answered for party in asked_parties(meeting)):
        since = min(since, max((answer.at for answer in poll.answers), default=poll.asked_at))
    return NeedOf(Need.POLL, since, min([until, *fair]), until=until)
