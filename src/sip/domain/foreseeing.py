"""What would come of an event, had it happened: told before somebody presses.

The law of this file: it holds no rule. `decide` itself decides, and the meeting as it would be is compared with the
meeting as it is; nothing is written, and what would be mailed is dropped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sip.domain import ladder
from sip.domain.decide import decide
from sip.domain.decision import Context, Refused
from sip.domain.meeting import Meeting, Party
from sip.domain.reporting import enough_notice
from sip.domain.terms import AttendeeState, MeetingState, Obligation


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an event would change for the called parties, by their ordinals.

    `called`: they get a new call and begin a new round. `answered`: of them those whose word would no longer hold.
    `short`: their absence would no longer be reported by itself, for the notice falls short of their agreement's.
    `at_once`: no reminders fit any more, the convener is asked about them at once. `stood_down` are the names of those
    who were asked to stand in and would not be needed.
    """

    meeting: Meeting
    called: tuple[int, ...] = ()
    answered: tuple[int, ...] = ()
    short: tuple[int, ...] = ()
    at_once: tuple[int, ...] = ()
    stood_down: tuple[str, ...] = ()


def foresee(meeting: Meeting, event: object, context: Context) -> Foreseen | Refused:
    """What would come of this event now; Refused as `decide` would refuse it."""
    done = decide(meeting, event, context)
    if isinstance(done, Refused):
        return done
    after = done.state
    assert isinstance(after, Meeting)
    if after.state is not MeetingState.CALLED:
        return Foreseen(after)
    before = {party.ordinal: party for party in meeting.parties}
    called = [p for p in after.parties if _asked_anew(before.get(p.ordinal), p)]
    return Foreseen(
        after,
        called=_ordinals(called),
        answered=_ordinals(p for p in called if _has_said(before.get(p.ordinal))),
        short=_ordinals(p for p in called if _falls_short(before.get(p.ordinal), p, meeting, after, context)),
        at_once=_ordinals(p for p in called if p.bound and not _climbs(p)),
        stood_down=tuple(name for p in called for name in _let_go(before.get(p.ordinal), p)),
    )


def _ordinals(parties: Iterable[Party]) -> tuple[int, ...]:
    return tuple(party.ordinal for party in parties)


def _asked_anew(before: Party | None, after: Party) -> bool:
    if after.obligation is Obligation.CONVENING or after.round is None:
        return False
    return before is None or before.round is None or before.round.number != after.round.number


def _climbs(after: Party) -> bool:
    assert after.round is not None, "it is asked anew"
    return after.round.ladder


def _has_said(before: Party | None) -> bool:
    if before is None or before.round is None:
        return False
    return before.round.answer is not None or before.round.acknowledged_at is not None


def _falls_short(before: Party | None, after: Party, meeting: Meeting, would: Meeting, context: Context) -> bool:
    """Only where the event takes the report away: one that there was none of before is no news."""
    assert after.round is not None, "it is asked anew"
    if not after.bound or not after.rule_set.automatic_reports:
        return False
    begins = ladder.clock_start(would, after, after.round.began_at, context.now)
    if enough_notice(would, after, begins):
        return False
    if before is None or before.round is None:
        return True
    begun = before.round.clock_start or ladder.clock_start(meeting, before, before.round.began_at, context.now)
    return enough_notice(meeting, before, begun)


def _let_go(before: Party | None, after: Party) -> Iterator[str]:
    """Who was asked to stand in, or waited for her turn, and would not be asked any more."""
    asked = {p.ordinal for p in before.attendees if p.state is AttendeeState.ASKED} if before is not None else set()
    for person in after.attendees:
        if person.ordinal in asked and person.state is AttendeeState.STOOD_DOWN:
            yield person.name
