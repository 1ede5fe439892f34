"""Days of what a unit is mailed without a meeting: when its week begins, when a test call is repeated."""

from datetime import date, timedelta

import pytest

from sip.domain.effects import Link, Method, Notice, NoticeKind
from sip.domain.mailbox_check import (
    MINUTES,
    CheckOutcome,
    CheckState,
    MailboxCheck,
    again,
    again_due,
    call,
    first,
    thanks,
    valid_from,
)
from sip.domain.people import Address
from sip.domain.values import replace
from sip.domain.week import earlier_working_days, monday_of
from tests.domain.cast import HOME_CARE, at, ident, local


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        ((2026, 11, 9), ()),
        ((2026, 11, 10), (date(2026, 11, 9),)),
        ((2027, 3, 30), ()),  # after Easter Monday
        ((2026, 12, 28), ()),
        ((2027, 1, 7), (date(2027, 1, 4), date(2027, 1, 5))),  # Epiphany is the sixth
    ],
)
def test_a_week_begins_with_its_first_working_day(day: tuple[int, int, int], earlier: tuple[date, ...]) -> None:
    assert earlier_working_days(date(*day)) == earlier
    assert monday_of(date(*day)).weekday() == 0


@pytest.mark.parametrize(
    ("asked", "not_yet", "again_at"),
    [
        ("2026-11-03 08:00", "2026-11-09 16:59", "2026-11-10 08:00"),
        ("2026-11-03 15:30", "2026-11-09 16:59", "2026-11-10 08:00"),
        ("2026-11-07 12:00", "2026-11-13 16:59", "2026-11-16 08:00"),
        ("2026-12-22 08:00", "2026-12-30 16:59", "2027-01-04 08:00"),
    ],
)
def test_five_working_days_without_an_answer(asked: str, not_yet: str, again_at: str) -> None:
    assert not at(asked) < again_due(at(not_yet))
    assert at(asked) < again_due(at(again_at))


def test_the_entry_lies_on_the_units_next_working_day() -> None:
    closed = replace(HOME_CARE, closed_days=frozenset({date(2026, 11, 4)}))
    check = first(ident("check"), closed, at("2026-11-03 08:00"))
    assert (local(check.start), local(check.end)) == ("Thu 05 Nov 08:00", "Thu 05 Nov 08:15")
    second = again(check, closed, at("2026-11-10 08:00"))
    assert (local(second.start), second.sequence, second.id) == ("Wed 11 Nov 08:00", 1, check.id)
    keys = {call(check, closed, check.asked_at).key, call(second, closed, second.last_asked_at).key}
    keys.add(thanks(check, closed, check.asked_at).key)
    keys.add(thanks(second, closed, check.asked_at).key)
    assert len(keys) == 4


def test_what_is_known_of_a_check_in_one_word() -> None:
    check = first(ident("check"), HOME_CARE, at("2026-11-03 08:00"))
    assert check.state is CheckState.WAITING
    sent = replace(check, sent_at=check.asked_at)
    assert sent.state is CheckState.UNANSWERED
    assert replace(sent, automatic_at=check.asked_at).state is CheckState.AUTOMATIC
    answered = replace(sent, automatic_at=check.asked_at, outcome=CheckOutcome.ANSWERED, settled_at=check.asked_at)
    assert answered.state is CheckState.ANSWERED


def test_a_test_call_is_a_quarter_of_an_hour_at_the_next_opening() -> None:
    """Section 8 A3: of the unit's first address, or of another one of it; again at the next working day's opening."""
    now, opens = at("2026-11-02 10:00"), at("2026-11-03 08:00")
    made = first(ident("check"), HOME_CARE, now)
    assert made == MailboxCheck(
        ident("check"), HOME_CARE.unit_id, "hemtjanst@al.example", 0, opens, opens + MINUTES, now
    )
    assert first(ident("check"), HOME_CARE, now, "Annan@al.example") == replace(made, email="annan@al.example")
    closed = replace(HOME_CARE, closed_days=frozenset({date(2026, 11, 3)}))
    assert first(ident("check"), closed, now).start == at("2026-11-04 08:00")
    later, then = at("2026-11-10 08:00"), at("2026-11-11 08:00")
    asked = again(made, HOME_CARE, later)
    assert asked == replace(made, sequence=1, start=then, end=then + MINUTES, asked_again_at=later)
    assert (made.last_asked_at, asked.last_asked_at) == (now, later)
    assert again(made, closed, now).start == at("2026-11-04 08:00")


def test_the_mails_of_a_test_call() -> None:
    """A REQUEST with a link; at the answer a CANCEL, which takes the entry and the link away (decision 0010)."""
    now = at("2026-11-02 10:00")
    check = first(ident("check"), HOME_CARE, now)
    asked = Notice(
        f"mailbox/{check.id}/REQUEST/0", NoticeKind.MAILBOX_CHECK,
        Address("hemtjanst@al.example", HOME_CARE.name, HOME_CARE.language), HOME_CARE.unit_id, HOME_CARE.name, now,
        check.start, check.end, Method.REQUEST, 0, check.id, Link.MAILBOX,
    )  # fmt: skip
    assert call(check, HOME_CARE, now) == asked
    once_more = again(check, HOME_CARE, now)
    assert call(once_more, HOME_CARE, now) == replace(
        asked, key=f"mailbox/{check.id}/REQUEST/1", kind=NoticeKind.MAILBOX_CHECK_AGAIN, sequence=1,
        start=once_more.start, end=once_more.end,
    )  # fmt: skip
    assert thanks(check, HOME_CARE, now) == replace(
        asked, key=f"mailbox/{check.id}/CANCEL/1", kind=NoticeKind.MAILBOX_VERIFIED, method=Method.CANCEL, sequence=1,
        link=None,
    )  # fmt: skip


def test_what_was_asked_five_working_days_ago_is_due_whatever_its_hour() -> None:
    assert again_due(at("2026-11-10 08:00")) == at("2026-11-04 00:00")
    assert again_due(at("2026-11-10 16:59")) == at("2026-11-04 00:00")
    assert valid_from(at("2026-11-10 08:00"), 12) == at("2026-11-10 08:00") - timedelta(days=360)
