"""After a meeting: what those who were there are asked, and what of their answers may be told (section 8 A7 and A8).

The law of this file: no answer is kept. What somebody says is added to the sums of a quarter, an area and a voice, and
of a quarter nothing is told before it is over; then it is told once, for its sums change no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sip.domain.address import folded
from sip.domain.agreement import MeetingKind
from sip.domain.change import Change
from sip.domain.effects import Link, MailKind, Timing
from sip.domain.masking import Breakdown, Masked, Row, Tally, mask, total
from sip.domain.meeting import Party
from sip.domain.people import Address
from sip.domain.terms import Mark, MeetingState, Obligation, Outcome
from sip.domain.worktime import local_day


class Voice(StrEnum):
    """Who says it: staff by a mailed link, the person and hers on a form without a name."""

    STAFF = "staff"
    PERSON = "person"


class SurveyQuestion(StrEnum):
    """What is asked, in words of each voice. Yes is counted; no, and no answer, are not told apart from each other."""

    PURPOSE = "purpose"
    PEOPLE = "people"
    AGREED = "agreed"
    HEARD = "heard"


@dataclass(frozen=True, slots=True)
class SurveyReply:
    """One answer, for as long as it takes to add it up."""

    yes: frozenset[SurveyQuestion]

    def row(self) -> Row:
        """What it adds: one answer, and a yes to each of these."""
        return (1, *(int(question in self.yes) for question in SurveyQuestion))


MEASURES = (Tally("answers", None), *(Tally(question.value, 0) for question in SurveyQuestion))
"""What is told of a row: how many answered, and of these how many said yes to each question."""

CAME = frozenset({Mark.ATTENDED, Mark.LATE, Mark.LEFT_EARLY, Mark.PART, Mark.SUBSTITUTE_ATTENDED})


def quarter_of(moment: datetime) -> date:
    """The first day of its quarter in Sweden: nothing finer is kept of when somebody answered. What began before the
    quarter of now is over, and may be told; who compared two days of this one would read single answers.
    """
    day = local_day(moment)
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def published(areas: Mapping[str, Row], small: int) -> Masked:
    """The sums of one quarter and voice as anybody may read them, and by area, small numbers masked (decision 0101)."""
    whole = total([(0,) * len(MEASURES), *areas.values()])
    return mask(MEASURES, whole, {"area": Breakdown(areas)}, small)


def follow(change: Change) -> None:
    """Once attendance has closed a meeting that was held, those who came are asked, each party once. What has not left
    by the next morning goes where the mark is corrected. After a pre-meeting nobody is asked: it made no plan, and the
    person was not there to be heard.
    """
    meeting = change.meeting
    asks = not meeting.protected and meeting.kind is not MeetingKind.PRE_MEETING
    held = asks and meeting.state is MeetingState.CLOSED and meeting.outcome is Outcome.HELD
    asked = {folded(to.email) for party in meeting.parties if party.survey_asked for to in _whom(change, party)}
    for party in meeting.parties:
        came = held and party.active and party.mark in CAME
        if came and party.rule_set.survey and not party.survey_asked:
            _ask(change, party, asked)
        elif party.survey_asked and not came:
            change.drop_asks(party.ordinal)


def _ask(change: Change, party: Party, asked: set[str]) -> None:
    """Whoever is asked for one party is not asked for another."""
    found = [to for to in _whom(change, party) if folded(to.email) not in asked]
    asked |= {folded(to.email) for to in found}
    change.set_party(party.ordinal, survey_asked=True)
    for to in found:
        change.notice(
            MailKind.SURVEY, to, tail="once", party=party.ordinal, ask=True, link=Link.SURVEY, timing=Timing.MORNING
        )
    if found:
        change.note("survey_asked", party.ordinal)


def _whom(change: Change, party: Party) -> Iterable[Address]:
    """Those who came and have an address; else the mailbox. Of the convening side the chair, else the convener."""
    meeting = change.meeting
    if party.obligation is Obligation.CONVENING:
        convener = meeting.convener
        if meeting.chair_email:
            return [Address(meeting.chair_email, meeting.chair_name or convener.unit_name, convener.language)]
        return [Address(convener.email, convener.person, convener.language)]
    people = list(_persons(party))
    mailbox = change.unit_address(party)
    return people or ([mailbox] if mailbox is not None else [])


def _persons(party: Party) -> Iterator[Address]:
    return (Address(one.email, one.name, party.language) for one in party.attendees if one.stands and one.email)
