"""The week's mail: who goes where this week, to each unit that wants it, at the opening of its first working day.

A line for each meeting the unit is party to; what nobody has answered yet carries a link, and is an ask: it never
leaves after the answer (rules, section 3). The head is a notice of no meeting, with the next week's unanswered in it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain.address import folded
from sip.domain.change import Change
from sip.domain.decision import Context
from sip.domain.effects import Link, Mail, MailKind, Notice, NoticeKind
from sip.domain.meeting import Meeting, Party
from sip.domain.people import Address, Roster
from sip.domain.standing import Standing, standing
from sip.domain.terms import MeetingState, Obligation
from sip.domain.worktime import CLOSES, OPENS, at_hour, is_working_day

WEEK = timedelta(days=7)
WORKING_WEEK = timedelta(days=4)
SEPARATOR = "\n"
_OPEN = frozenset({
    Standing.NO_ANSWER, Standing.ACKNOWLEDGED, Standing.NAME_MISSING, Standing.TENTATIVE, Standing.REGRETS,
    Standing.SEEKING_SUBSTITUTE,
})  # fmt: skip
"""Where a press on the button helps: nobody has answered, or it is not known who comes."""


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def earlier_working_days(day: date) -> tuple[date, ...]:
    """The working days of its week before this one: a unit that was closed on all of them begins its week today."""
    monday = monday_of(day)
    days = (monday + timedelta(days=n) for n in range((day - monday).days))
    return tuple(one for one in days if is_working_day(one))


def is_open(party: Party) -> bool:
    """Whether the unit still has something to say."""
    return party.obligation is not Obligation.CONVENING and standing(party) in _OPEN


def mails(roster: Roster, meetings: Iterable[Meeting], now: datetime, monday: date) -> list[Mail | Notice]:
    """All of a unit's week from `now` on; nothing when there is nothing. The meetings lie in this week or the next."""
    if not roster.addresses:
        return []
    to = Address(folded(roster.addresses[0]), roster.name, roster.language)
    ends = at_hour(monday + WEEK, 0)
    lines: list[Mail | Notice] = []
    ahead: list[tuple[datetime, str]] = []
    for meeting in sorted(meetings, key=lambda one: (one.start, one.id)):
        for party in _parties(meeting, roster.unit_id):
            if meeting.start >= ends:
                ahead += [(meeting.start, meeting.reference)] if is_open(party) else []
            elif meeting.start >= now:
                lines.append(_line(meeting, party, to, now, monday))
    if not lines and not ahead:
        return []
    return [_head(roster, to, now, monday, tuple(ahead)), *lines]


def _head(roster: Roster, to: Address, now: datetime, monday: date, ahead: tuple[tuple[datetime, str], ...]) -> Notice:
    return Notice(
        key=f"week/{roster.unit_id}/{monday}",
        kind=NoticeKind.WEEK,
        to=to,
        unit_id=roster.unit_id,
        unit=roster.name,
        dtstamp=now,
        start=at_hour(monday, OPENS),
        end=at_hour(monday + WORKING_WEEK, CLOSES),
        ahead=ahead,
    )


def _parties(meeting: Meeting, unit_id: UUID) -> list[Party]:
    if meeting.state is not MeetingState.CALLED:
        return []
    return [party for party in meeting.parties if party.unit_id == unit_id and party.active]


def _line(meeting: Meeting, party: Party, to: Address, now: datetime, monday: date) -> Mail:
    names = SEPARATOR.join(
        f"{person.name}, {person.function}" if person.function and person.function != person.name else person.name
        for person in party.attendees
        if person.stands
    )
    asks = is_open(party)
    return Change(meeting, Context(now)).notice(
        MailKind.WEEK,
        to,
        tail=monday.isoformat(),
        party=party.ordinal,
        ask=asks,
        link=Link.ANSWER if asks else None,
        detail={"standing": standing(party), "comes": names, "obligation": party.obligation},
    )
