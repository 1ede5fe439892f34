"""When a renewal is asked, and when nothing is (rules, section 17 J2)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sip.domain.agreement import Agreement, Joining
from sip.domain.people import Address
from sip.domain.renewal import Ending, Renewal, RenewalAnswer, ask, endings, to_ask
from tests.domain.cast import AGREEMENT, AL, BOK, REGION, ident

LAST = date(2026, 12, 31)
TODAY = date(2026, 11, 2)


def version(n: int = 1, **more: Any) -> Agreement:
    return replace(AGREEMENT, version=n, **{"valid_from": date(2025, 1, 1), "valid_to": LAST, **more})


def ends(*versions: Agreement, today: date = TODAY) -> list[tuple[int, object, date]]:
    return [(one.agreement.version, one.principal, one.last) for one in endings(versions, today)]


def test_a_version_ends_for_each_who_joined_it_unless_something_follows() -> None:
    both = sorted([(1, REGION, LAST), (1, AL, LAST)], key=str)
    assert sorted(ends(version()), key=str) == both
    assert ends(version(valid_to=None)) == []
    assert ends(version(), today=date(2027, 1, 1)) == []
    follows = version(2, valid_from=date(2027, 1, 1), valid_to=None)
    assert ends(version(), follows) == []
    assert sorted(ends(version(), replace(follows, valid_from=date(2027, 1, 2))), key=str) == both, "a day between"
    assert sorted(ends(version(), replace(follows, id=ident("another"))), key=str) == both, "another agreement"


def test_who_has_not_joined_what_follows_is_asked_alone() -> None:
    follows = version(2, valid_from=date(2027, 1, 1), valid_to=None, principals=frozenset({REGION, BOK}))
    assert ends(version(), follows) == [(1, AL, LAST)]
    later = replace(
        follows, principals=frozenset({REGION, AL}), joinings=frozenset({Joining(AL, valid_from=date(2027, 2, 1))})
    )
    assert ends(version(), later) == [(1, AL, LAST)]


def test_a_joining_that_ends_is_an_end_of_its_own() -> None:
    one = version(valid_to=None, joinings=frozenset({Joining(AL, valid_to=date(2026, 11, 30))}))
    assert ends(one) == [(1, AL, date(2026, 11, 30))]
    assert ends(replace(one, joinings=frozenset({Joining(AL, valid_from=date(2030, 1, 1))}))) == []


@pytest.mark.parametrize(
    ("before", "reached"),
    [(181, 0), (180, 1), (91, 1), (90, 2), (31, 2), (30, 3), (0, 3)],
)  # fmt: skip
def test_three_moments_before_the_end(before: int, reached: int) -> None:
    assert Ending(version(), AL, LAST).reached(LAST - timedelta(days=before)) == reached


@pytest.mark.parametrize(
    ("known", "due"),
    [([], True), ([{"asked": 1}], True), ([{"asked": 2}], False), ([{"asked": 3}], False),
     ([{"answer": RenewalAnswer.RENEWS}], False), ([{"asked": 1, "answer": RenewalAnswer.LEAVES}], False)],
)  # fmt: skip
def test_each_moment_is_asked_once_and_an_answer_ends_it(known: list[dict[str, Any]], due: bool) -> None:
    """Ninety days before: the second moment, the first of which may have been missed."""
    end = Ending(version(), AL, LAST)
    found = to_ask([end], [Renewal(AGREEMENT.id, 1, AL, **one) for one in known], LAST - timedelta(days=90))
    assert found == ([end] if due else [])


def test_nothing_is_asked_before_the_first_moment() -> None:
    assert to_ask([Ending(version(), AL, LAST)], [], LAST - timedelta(days=181)) == []


def test_the_mail_says_which_and_when_and_its_key_is_of_the_time_and_the_address() -> None:
    now = datetime(2026, 11, 2, 8, tzinfo=UTC)
    mail = ask(Ending(version(), AL, LAST), 2, Address("Avtal@al.example", "Avtal"), None, "Al kommun", now)
    assert mail.key == f"renewal/{AGREEMENT.id}/1/{AL}/2/avtal@al.example"
    assert mail.detail == {
        "agreement": AGREEMENT.name, "version": "1", "principal": "Al kommun", "last": "2026-12-31", "times": "2",
        "page": f"/agreements/{AGREEMENT.id}/1",
    }  # fmt: skip
    assert (mail.unit_id, mail.user_id, mail.method) == (None, None, None)
