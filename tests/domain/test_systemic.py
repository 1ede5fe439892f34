"""When reports look like more than one failure: a unit against its own year before (rules, section 16 G1-G2)."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sip.domain.deviation import Category, Cause
from sip.domain.systemic import (
    Reported,
    Roundabout,
    Signal,
    SignalKind,
    by_chance,
    looked_at,
    months_before,
    signals,
    stands_out,
)

TODAY, UNIT, OTHER, THIRD = date(2026, 11, 30), UUID(int=1), UUID(int=2), UUID(int=3)
NOW, LAST_YEAR = date(2026, 10, 1), date(2026, 3, 1)
_ids = iter(range(100, 10_000))


def report(month: date = NOW, *, by: UUID = OTHER, cause: Cause | None = None, **more: object) -> Reported:
    categories = more.get("categories", (Category.PARTY_ABSENT,))
    assert isinstance(categories, tuple)
    return Reported(UUID(int=next(_ids)), month, UNIT, by, cause, categories)


def kinds(reports: list[Reported]) -> list[tuple[SignalKind, int, int]]:
    return [(one.signal.kind, one.signal.count, one.signal.before) for one in signals(reports, TODAY)]


def test_three_of_the_same_cause_where_there_were_none() -> None:
    reports = [report(cause=Cause.MAILBOX_NOT_WATCHED, by=UUID(int=n)) for n in (5, 6, 7)]
    (found,) = signals(reports, TODAY)
    assert found.signal == Signal(SignalKind.CAUSE, UNIT, 3, 0, date(2026, 9, 1), Cause.MAILBOX_NOT_WATCHED)
    assert found.reports == tuple(sorted(one.report_id for one in reports))


def test_two_are_chance_and_a_unit_that_always_has_many_is_as_it_was() -> None:
    assert signals([report(), report()], TODAY) == []
    assert signals([report() for _ in range(3)] + [report(LAST_YEAR) for _ in range(4)], TODAY) == []
    assert kinds([report() for _ in range(4)] + [report(LAST_YEAR) for _ in range(4)])[0][1:] == (4, 4)


def test_each_kind_is_found_by_what_is_the_same() -> None:
    others = [UUID(int=n) for n in (5, 6, 7)]
    causes = [Cause.WRONG_UNIT, Cause.DOUBLE_BOOKED, Cause.OTHER]
    seen = [(Category.ROUTINES,), (Category.COMPETENCE,), (Category.RECEPTION,)]
    mixed = list(zip(others, causes, seen, strict=True))
    pair = [report(cause=cause, categories=said) for _, cause, said in mixed]
    assert [one.signal.kind for one in signals(pair, TODAY)] == [SignalKind.PAIR]
    assert signals(pair, TODAY)[0].signal.other_unit_id == OTHER
    category = [report(by=by, cause=cause) for by, cause, _ in mixed]
    assert [one.signal.kind for one in signals(category, TODAY)] == [SignalKind.CATEGORY]
    period = [report(by=by, cause=cause, categories=said) for by, cause, said in mixed]
    assert [one.signal.kind for one in signals(period, TODAY)] == [SignalKind.PERIOD]


def test_the_same_reports_are_one_signal_and_others_another() -> None:
    same = [report(cause=Cause.OTHER) for _ in range(3)]
    assert [one.signal.kind for one in signals(same, TODAY)] == [SignalKind.CAUSE]
    more = [*same, report(cause=Cause.WRONG_UNIT)]
    assert [one.signal.kind for one in signals(more, TODAY)] == [SignalKind.CAUSE, SignalKind.PAIR]


def test_what_is_older_than_fifteen_months_or_ahead_does_not_count() -> None:
    assert looked_at(TODAY) == (date(2025, 9, 1), date(2026, 9, 1))
    three = [report(date(2026, 9, 1)), report(date(2026, 11, 1)), report()]
    assert len(signals([*three, *(report(date(2025, 8, 1)) for _ in range(9))], TODAY)) == 1
    assert signals([*three[:2], report(date(2026, 12, 1))], TODAY) == []
    assert signals([*three[:2], report(date(2026, 8, 1))], TODAY) == []


def test_one_unit_is_never_compared_with_another() -> None:
    """Whatever happens elsewhere, what is said of a unit is the same."""
    mine = [report() for _ in range(3)]
    elsewhere = [Reported(UUID(int=next(_ids)), NOW, THIRD, OTHER, None, ()) for _ in range(50)]
    assert [one for one in signals([*elsewhere, *mine], TODAY) if one.signal.unit_id == UNIT] == signals(mine, TODAY)


def test_the_months_go_over_the_year() -> None:
    assert [months_before(date(2026, 2, 9), n) for n in (0, 1, 2, 14)] == [
        date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1), date(2024, 12, 1),
    ]  # fmt: skip


@given(st.integers(0, 200), st.integers(0, 60))
def test_more_is_never_less_of_a_signal(before: int, count: int) -> None:
    assert not stands_out(count, before) or stands_out(count + 1, before)
    assert stands_out(count, before) or not stands_out(count, before + 1)
    assert 0 <= by_chance(count, before + 0.5) <= 1


def test_a_case_goes_round_by_two_redirects_or_three_plans() -> None:
    def one(redirects: int, plans: int) -> bool:
        return Roundabout(UUID(int=1), "7F3K-2MQ", redirects, plans).goes_round

    assert [one(1, 2), one(2, 1), one(0, 3)] == [False, True, True]
