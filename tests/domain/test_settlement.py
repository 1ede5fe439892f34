"""What is shared makes up what was paid, to the öre (rules, section 17 J4)."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain.agreement import Joining
from sip.domain.people import PrincipalKind
from sip.domain.settlement import Bearer, Cost, bearers, settle
from tests.domain.cast import AGREEMENT, AL, BOK, REGION, ident

PLACES = {
    REGION: ("Region", PrincipalKind.REGION), AL: ("Al", PrincipalKind.MUNICIPALITY),
    BOK: ("Bok", PrincipalKind.MUNICIPALITY),
}  # fmt: skip


def cost(principal: UUID, ore: int) -> Cost:
    return Cost(ident(f"{principal} {ore}"), AGREEMENT.id, 2026, principal, "hyra", ore)


def bearer(name: str, weight: int = 1, days: int = 365, *, region: bool = False) -> Bearer:
    return Bearer(
        ident(name), name, PrincipalKind.REGION if region else PrincipalKind.MUNICIPALITY, days, weight * days
    )


def test_half_is_the_regions_and_half_the_municipalities() -> None:
    one = replace(AGREEMENT, valid_from=date(2025, 1, 1), valid_to=None, principals=frozenset({REGION, AL, BOK}))
    lines = settle([cost(REGION, 100_000), cost(AL, 20_000)], bearers([one], 2026, PLACES), 50)
    assert [(line.bearer.name, line.bears, line.paid, line.balance) for line in lines] == [
        ("Region", 60_000, 100_000, -40_000), ("Al", 30_000, 20_000, 10_000), ("Bok", 30_000, 0, 30_000),
    ]  # fmt: skip


def test_who_joined_in_july_bears_its_days_and_who_is_larger_bears_more() -> None:
    joined = frozenset({Joining(BOK, valid_from=date(2026, 7, 1), weight=3), Joining(AL, weight=3)})
    one = replace(
        AGREEMENT, valid_from=date(2025, 1, 1), valid_to=None, principals=frozenset({REGION, AL, BOK}), joinings=joined
    )
    found = bearers([one], 2026, PLACES)
    assert [(b.name, b.weighed, b.days) for b in found] == [("Region", 365, 365), ("Al", 1095, 365), ("Bok", 552, 184)]
    region, al, bok = settle([cost(REGION, 549 * 200)], found, 50)
    assert (region.bears, al.bears, bok.bears) == (549 * 100, 365 * 100, 184 * 100)


def test_a_day_is_counted_once_over_versions_and_who_left_before_bears_nothing() -> None:
    first = replace(AGREEMENT, valid_from=date(2025, 1, 1), valid_to=None, principals=frozenset({REGION, AL, BOK}),
                    joinings=frozenset({Joining(BOK, valid_to=date(2025, 12, 31))}))  # fmt: skip
    second = replace(AGREEMENT, version=2, valid_from=date(2026, 6, 1), valid_to=None,
                     principals=frozenset({REGION, AL}), joinings=frozenset({Joining(AL, weight=7)}))  # fmt: skip
    assert [(b.name, b.weighed, b.days) for b in bearers([second, first], 2026, PLACES)] == [
        ("Region", 365, 365), ("Al", 151 + 7 * 214, 365),
    ]  # fmt: skip


@pytest.mark.parametrize("payer", [REGION, BOK])
def test_who_has_paid_and_had_not_joined_gets_it_back(payer: UUID) -> None:
    """A joining that was put right after its cost was noted; its side may have nobody on it."""
    one = replace(AGREEMENT, valid_from=date(2025, 1, 1), valid_to=None, principals=frozenset({AL}))
    costs = [cost(payer, 301), cost(AL, 100)]
    lines = settle(costs, bearers([one], 2026, PLACES, [payer, AL]), 50)
    assert {line.bearer.principal: line.balance for line in lines} == {payer: -301, AL: 301}
    assert {line.bearer.principal: (line.share, line.bearer.days) for line in lines} == {
        payer: (Fraction(0), 0),
        AL: (Fraction(1), 365),
    }
    assert settle([cost(payer, 301)], bearers([], 2026, PLACES, [payer]), 50) == []


def test_a_side_with_nobody_leaves_its_part_to_the_other() -> None:
    lines = settle([cost(ident("a"), 300)], [bearer("a"), bearer("b"), bearer("c")], 50)
    assert [line.bears for line in lines] == [100, 100, 100]
    assert [line.bears for line in settle([cost(ident("r"), 300)], [bearer("r", region=True)], 30)] == [300]
    assert settle([cost(ident("a"), 300)], [], 50) == []


def test_what_is_left_over_goes_to_the_largest_remainders_then_by_name() -> None:
    lines = settle([cost(ident("a"), 100)], [bearer("a"), bearer("b"), bearer("c")], 50)
    assert [line.bears for line in lines] == [34, 33, 33]
    lines = settle([cost(ident("a"), 10)], [bearer("a", 10), bearer("b", 4), bearer("c", 1)], 50)
    assert [line.bears for line in lines] == [7, 3, 0]  # 6.67, 2.67 and 0.67: in order of name


@pytest.mark.parametrize("share", [0, 50, 100])
def test_the_regions_part_may_be_all_or_nothing(share: int) -> None:
    region, al = settle([cost(ident("a"), 1000)], [bearer("r", region=True), bearer("a")], share)
    assert (region.bears, al.bears) == (10 * share, 10 * (100 - share))


@given(
    st.lists(st.tuples(st.integers(1, 10_000_000), st.integers(1, 366), st.booleans()), min_size=1, max_size=20),
    st.lists(st.integers(1, 10**12), max_size=5), st.integers(0, 100),
)  # fmt: skip
def test_the_parts_make_up_the_whole(among: list[tuple[int, int, bool]], paid: list[int], share: int) -> None:
    theirs = [bearer(str(n), weight, days, region=region) for n, (weight, days, region) in enumerate(among)]
    lines = settle([cost(theirs[0].principal, ore) for ore in paid], theirs, share)
    assert sum(line.share for line in lines) == Fraction(1)
    assert sum(line.bears for line in lines) == sum(paid) and sum(line.balance for line in lines) == 0
    assert all(abs(line.bears - line.share * sum(paid)) < 1 for line in lines)
