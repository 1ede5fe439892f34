"""Who has a meeting in hand: taken over, noted, put off until an hour, and asked again by a person (section 5 L9).

The law of this file: what people do at their dashboard is the meeting's, so it stands in its timeline. Nothing here
moves a rung, ends a pause or answers for anybody: `next_due` is the same before and after. What is put off comes back
at its hour, and at once when something new happens.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sip.domain import next_date, rounds
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import MailKind, Method
from sip.domain.meeting import KeptBy, Meeting, Party, Remark, Snooze
from sip.domain.saying import called_party
from sip.domain.standing import covered, standing
from sip.domain.terms import MeetingState
from sip.domain.worktime import local_day

LONGEST_SNOOZE = timedelta(days=14)
"""How far ahead a need may be put off; never past the start of a meeting that is ahead."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Somebody of the convener's side has the meeting in hand from now on. `by_id` is who it is to the service."""

    by_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Remarked:
    """A note for one's own side ("phoned, will phone again")."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Snoozed:
    """What the meeting needs is put off until an hour, with the reason."""

    until: datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Woken:
    """What was put off is taken up again before its hour."""

    by: str


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A person has the unit asked again, now: its mailbox gets the current REQUEST."""

    party: int


def take_over(change: Change, event: TakenOver) -> None:
    """The same again changes nothing. Raises Refusal as the others do where nothing is needed any more."""
    _needs_somebody(change.meeting)
    keeper = change.meeting.keeper
    if keeper is not None and keeper.id == event.by_id:
        return
    change.update(keeper=KeptBy(event.by_id, event.by, change.now))
    change.note("taken_over", name=event.by)


def remark(change: Change, event: Remarked) -> None:
    """The latest note stands at the need. Raises Refusal without words."""
    _needs_somebody(change.meeting)
    text = event.text.strip()
    if not text:
        raise Refusal(Reason.REASON_MISSING)
    change.update(remark=Remark(text, event.by, change.now))
    change.note("remarked", text=text)


def snooze(change: Change, event: Snoozed) -> None:
    """Raises Refusal without a reason, for a time that has been, and for one that is too far ahead."""
    meeting, reason = change.meeting, event.reason.strip()
    _needs_somebody(meeting)
    if not reason:
        raise Refusal(Reason.REASON_MISSING)
    if event.until <= change.now:
        raise Refusal(Reason.TIME_PAST)
    latest = change.now + LONGEST_SNOOZE
    if change.now < meeting.start:
        latest = min(latest, meeting.start)
    if event.until > latest:
        raise Refusal(Reason.SNOOZE_TOO_LONG, latest=latest.isoformat())
    change.update(snooze=Snooze(event.until, reason, event.by, change.now))
    change.note("snoozed", until=event.until.isoformat(), text=reason)


def wake(change: Change, _: Woken) -> None:
    """The same again changes nothing."""
    if change.meeting.snooze is not None:
        change.update(snooze=None)
        change.note("woken")


def _needs_somebody(meeting: Meeting) -> None:
    """A meeting that is closed needs nobody but for its next date. Raises Refusal."""
    if meeting.state is MeetingState.CLOSED and not next_date.awaited(meeting):
        raise Refusal(Reason.WRONG_STATE, state=meeting.state)


def ask_again(change: Change, event: AskedAgain) -> None:
    """The current REQUEST once more, at any hour, at most once a day for each party; a mailbox that failed is tried
    again from the first address. It is no rung: the ladder keeps its time.

    Raises Refusal for a party that has answered, that we do not write to, or that was asked again today.
    """
    party = called_party(change, event.party)
    this = change.round(party.ordinal)
    if this.answer is not None or covered(party):
        raise Refusal(Reason.NOTHING_TO_ASK)
    if this.asked_again_at is not None and local_day(this.asked_again_at) == local_day(change.now):
        raise Refusal(Reason.ASKED_TODAY)
    addresses = change.roster_or_empty(party).addresses
    if party.other_system is not None or this.phone_only or not addresses:
        raise Refusal(Reason.NO_ADDRESS)
    change.set_round(party.ordinal, asked_again_at=change.now)
    invitation = change.unit_invitation(party.ordinal)
    if invitation is None:
        change.set_round(party.ordinal, undeliverable=False, clock_start=None)
        rounds.ask_at(change, party.ordinal, addresses[0], MailKind.CALL)
    else:
        again = local_day(change.now).isoformat()
        change.request(invitation, MailKind.REMINDER, Method.REQUEST, ask=True, again=again)
    change.note("asked_again", party.ordinal)


def follow(change: Change, before: Meeting) -> None:
    """What was put off comes back at once when something new has happened at one of its parties."""
    kept = change.meeting.snooze
    if kept is not None and kept == before.snooze and situation(before) != situation(change.meeting):
        change.update(snooze=None)
        change.note("snooze_ended")


def situation(meeting: Meeting) -> object:
    """What somebody who put the meeting off had before her; mails handed over and rungs are no news."""
    waiting = tuple(claim.ordinal for claim in meeting.claims if claim.waits)
    ended = meeting.state not in (MeetingState.DRAFT, MeetingState.CALLED)
    poll = meeting.poll
    picks = None if poll is None else (poll.number, poll.state, poll.told_all)
    parties = tuple(_of_party(party) for party in meeting.parties)
    return ended, meeting.unrecorded, meeting.start, waiting, picks, parties


def _of_party(party: Party) -> object:
    this = party.round
    if this is None:
        return party.ordinal, standing(party)
    said = None if this.answer is None else (this.answer.kind, this.answer.at)
    people = tuple((one.ordinal, one.state) for one in party.attendees)
    return party.ordinal, standing(party), said, this.undeliverable, this.convener_asked, people
