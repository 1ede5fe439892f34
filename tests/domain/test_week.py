"""The week's mail to a unit: its head, a line for each meeting, and what is still to be said (rules, section 3)."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from sip.domain import events as e
from sip.domain.effects import Link, Mail, Notice, NoticeKind
from sip.domain.meeting import Meeting
from sip.domain.people import Address, Roster
from sip.domain.standing import standing
from sip.domain.terms import AnswerKind, AttendeeState, Obligation
from sip.domain.values import replace
from sip.domain.week import is_open, mails
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL, World, at, called, draft, ident, said
from tests.domain.standings.every import EVERY_STANDING

MONDAY, NOW = date(2026, 12, 7), at("2026-12-07 08:00")
THIS, NEXT = "2026-12-09 10:00", "2026-12-15 10:00"


def meeting(start: str = THIS, *happens: object) -> Meeting:
    world = called("2026-11-02 10:00", start, [HOME_CARE, SCHOOL])
    for event in happens:
        world.do(event)
    return world.the


def week(*meetings: Meeting, unit: Roster = HOME_CARE) -> list[Mail | Notice]:
    return mails(unit, meetings, NOW, MONDAY)


def told(found: list[Mail | Notice]) -> Iterator[str]:
    for one in found:
        if isinstance(one, Mail):
            asks = " ask" if one.ask else ""
            yield f"{one.facts.start:%d}: {one.detail['standing']}{asks} {one.detail['comes']}".rstrip()


def test_the_head_is_of_no_meeting_and_has_what_is_unanswered_next_week() -> None:
    later = meeting(NEXT)
    (head,) = week(later)
    assert head == Notice(
        f"week/{HOME_CARE.unit_id}/2026-12-07", NoticeKind.WEEK,
        Address("hemtjanst@al.example", HOME_CARE.name, HOME_CARE.language), HOME_CARE.unit_id, HOME_CARE.name, NOW,
        NOW, at("2026-12-11 17:00"), ahead=((later.start, later.reference),),
    )  # fmt: skip


def test_a_line_of_each_meeting_in_its_order_and_an_ask_where_something_is_to_be_said() -> None:
    answered = replace(meeting("2026-12-08 10:00"), id=ident("another"))
    world = World(at("2026-11-02 12:00"), meeting=answered)
    people = (e.NamedPerson("Anna", function="sjuksköterska"), e.NamedPerson("Bo", function="Bo"), e.NamedPerson("Cia"))
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world), names=people))
    world.do(e.AttendeeAnswered(2, 3, AttendeeState.REFUSED, said(world)))
    found = week(meeting(), world.the)
    assert list(told(found)) == ["08: attends Anna, sjuksköterska\nBo", "09: no_answer ask"]
    _, first, second = found
    assert isinstance(first, Mail) and isinstance(second, Mail)
    assert (first.link, second.link) == (None, Link.ANSWER)
    assert second.key.endswith("2026-12-07/hemtjanst@al.example") and second.party == 2
    assert second.detail["obligation"] is Obligation.SUMMONED


@pytest.mark.parametrize(
    ("start", "lines"),
    [
        ("2026-12-07 07:59", 0),  # it has begun
        ("2026-12-07 08:00", 2),
        ("2026-12-13 23:59", 2),
        ("2026-12-14 00:00", 1),  # the next week's, in the head
    ],
)
def test_the_week_ends_with_its_sunday(start: str, lines: int) -> None:
    assert len(week(meeting(start))) == lines


def test_nothing_of_what_is_none_of_its_week() -> None:
    assert week() == []
    assert week(meeting(), unit=replace(HOME_CARE, addresses=())) == []
    assert week(meeting(THIS, e.PartyRemoved(2))) == []
    assert week(meeting(THIS, e.Cancelled(e.CancelReason.OTHER))) == []
    assert week(meeting(NEXT, e.Answered(2, AnswerKind.ATTENDS, SAID, names=(e.NamedPerson("Anna"),)))) == []
    world = World(NOW - timedelta(days=20))
    world.do(draft(at(THIS)))
    assert week(world.the) == []


SAID = said(called("2026-11-02 10:00", NEXT))


def test_the_conveners_own_unit_has_a_line_and_nothing_to_say() -> None:
    assert list(told(week(meeting(), unit=CARE_CENTRE))) == ["09: no_answer"]


OPEN = {
    "no_answer", "acknowledged", "name_missing", "tentative", "regrets", "seeking_substitute",
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY_STANDING)
def test_something_is_to_be_said_where_nobody_is_known_to_come(name: str) -> None:
    world = EVERY_STANDING[name]()
    for party in world.the.parties:
        asked = standing(party) in OPEN and party.obligation is not Obligation.CONVENING
        assert is_open(party) is asked
