"""Whatever passes a door can be reckoned with: no date, period, figure or length makes a rule raise or never end."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.domain import bounds
from sip.domain import events as e
from sip.domain.agreement import AgreementError, MeetingKind, RuleSet, rule_set_from
from sip.domain.decide import decide, next_due
from sip.domain.decision import AnyState, Decision, Reason, Refused
from sip.domain.terms import AnswerKind, Channel, ClaimKind, Mark, MeetingState, Outcome
from sip.domain.worktime import discharge_time, half_day_names, office_time
from tests.domain.cast import AGREEMENT, HOME_CARE, SCHOOL, World, called, draft, said


def midnight(year: int, month: int, day: int) -> datetime:
    """Without a zone, as hypothesis takes its bounds."""
    return datetime.combine(date(year, month, day), time())


ANY_DAY = st.dates() | st.sampled_from([date.min, date.max, date(2062, 11, 9), bounds.LAST_DAY])
ANY_TIME = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)]
)
NOW = st.datetimes(midnight(2026, 1, 1), midnight(2097, 6, 1), timezones=st.just(UTC))


def _figure(key: str, default: object) -> st.SearchStrategy[object]:
    least, most = bounds.FIGURES[key]
    number = st.integers(least, most) | st.sampled_from([least, most])
    return st.lists(number, min_size=len(default), max_size=len(default)) if isinstance(default, tuple) else number


FIGURES = st.fixed_dictionaries(
    {}, optional={key: _figure(key, getattr(RuleSet(), key)) for key in bounds.FIGURES}
) | st.fixed_dictionaries(
    {key: st.just(most) for key, (_, most) in bounds.FIGURES.items() if key != "gaps"}
    | {
        "gaps": st.just([60] * 4),
        "answer_reminders": st.just([730, 729]),
    }
)
CLOSED = st.lists(st.tuples(st.integers(-30, 800), st.integers(0, bounds.LONGEST_CLOSED - 1)), max_size=4)


def test_every_figure_of_an_agreement_has_its_bounds() -> None:
    figures = {f.name for f in fields(RuleSet) if isinstance(getattr(RuleSet(), f.name), int | tuple)}
    figures -= {f.name for f in fields(RuleSet) if isinstance(getattr(RuleSet(), f.name), bool)} | {"version"}
    assert figures == bounds.FIGURES.keys()


@settings(max_examples=25, deadline=None)
@given(
    now=NOW, ahead=st.timedeltas(timedelta(minutes=1), bounds.FARTHEST), long=st.timedeltas(timedelta(minutes=1),
    bounds.LONGEST_MEETING), kind=st.sampled_from([MeetingKind.ADULT, MeetingKind.DISCHARGE]), figures=FIGURES,
    closed=CLOSED, promise=ANY_DAY, proposed=ANY_TIME, pause=ANY_TIME, moved=ANY_TIME,
)  # fmt: skip
def test_a_meeting_of_any_figures_runs_to_its_end(
    now: datetime, ahead: timedelta, long: timedelta, kind: MeetingKind, figures: dict[str, object],
    closed: list[tuple[int, int]], promise: date, proposed: datetime, pause: datetime, moved: datetime,
) -> None:  # fmt: skip
    now, start = now.replace(microsecond=0), (now + ahead).replace(microsecond=0) + timedelta(minutes=1)
    rules = rule_set_from(figures, RuleSet(), "x")
    world = World(now, agreements=(replace(AGREEMENT, rules=rules, discharge_rules=rules),))
    away = frozenset(now.date() + timedelta(days=first + n) for first, length in closed for n in range(length + 1))
    world.rosters = {one: replace(roster, closed_days=away) for one, roster in world.rosters.items()}
    drafted = replace(draft(start, [HOME_CARE, SCHOOL], kind), end=start + long)
    if isinstance(world.do(drafted), Refused):
        return
    assert isinstance(world.do(e.Called()), Decision)
    for event in (
        e.Acknowledged(2, said(world), promise),
        e.Answered(2, AnswerKind.PROPOSES, said(world), proposed_start=proposed, proposed_end=proposed),
        e.PauseSet(3, "väntar", pause),
        e.Moved(moved, moved, drafted.form, drafted.place),
        e.OutcomeRecorded(Outcome.PARTY_MISSING, ((2, Mark.ABSENT), (3, Mark.ABSENT)), "Clara"),
    ):
        world.do(event)
    world.run(start + timedelta(days=60))
    world.do(e.OutcomeRecorded(Outcome.PARTY_MISSING, ((2, Mark.ABSENT), (3, Mark.ABSENT)), "Clara"))
    assert world.the.state is not MeetingState.CALLED
    for _, report in list(world.reports.items()):
        state: AnyState = report
        for _ in range(50):
            due = next_due(state)
            if due is None:
                break
            world.now = max(world.now, due)
            made = decide(state, e.TimePassed(), world.context())
            assert isinstance(made, Decision)
            state = made.state
        else:
            raise AssertionError("it never ends")


@pytest.mark.parametrize("start", [datetime(9999, 12, 31, 23, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)])
def test_no_other_time_is_proposed_so_far_ahead(start: datetime) -> None:
    """By mail, page or API: a time that no meeting may have is no proposal, certain or claimed."""
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE])
    end = start + timedelta(minutes=30)
    certain = e.Answered(2, AnswerKind.PROPOSES, said(world), proposed_start=start, proposed_end=end)
    claimed = e.Claimed(
        2,
        2,
        ClaimKind.UNCONFIRMED,
        AnswerKind.PROPOSES,
        "a@al.example",
        said(world, Channel.MAIL),
        None,
        None,
        start,
        end,
    )
    for event in (certain, claimed):
        refused = world.do(event)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.TIME_TOO_FAR


def test_a_promise_for_a_day_after_the_meeting_holds_to_its_last_days() -> None:
    """R2: no rung until the opening after the day, at most the opening 4 wd before S."""
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE])
    assert isinstance(world.do(e.Acknowledged(2, said(world), date(2062, 11, 9))), Decision)
    this = world.party(HOME_CARE).round
    assert this is not None
    assert this.promise_until == office_time().opening_before(world.the.start, 4)


@settings(max_examples=10, deadline=None)
@given(st.datetimes(midnight(2020, 1, 2), midnight(2065, 1, 1), timezones=st.just(UTC)), st.integers(1, 700))
def test_the_line_of_office_time_has_no_end(moment: datetime, days: int) -> None:
    """Laid further it says the same, and what is added can be taken away; twenty years of it are laid at once."""
    for line in (office_time(), discharge_time(), office_time(frozenset({moment.date()}))):
        later = line.plus_days(moment, days)
        assert later >= moment
        assert line.at(line.position(later)) == line.next_open(later)
        assert line.longer().plus_days(moment, days) == later
        assert line.opening_before(later, days) <= later


def test_a_calendar_that_is_closed_for_as_long_as_it_was_laid_opens_again() -> None:
    years = frozenset(date(2020, 1, 1) + timedelta(days=n) for n in range(366 * 25))
    line, asked = office_time(years), datetime(2026, 11, 2, 9, tzinfo=UTC)
    opens = line.opening_from(asked)
    assert opens.date() > max(years)
    assert line.plus(asked, timedelta(hours=1)) == opens + timedelta(hours=1)
    assert line.position(asked) == timedelta(0)
    assert not line.is_office_time(asked) and line.plus_days(asked, 0) == opens


@pytest.mark.parametrize("name", ["Skärtorsdag", "skärtorsdagen ", "", "påsk"])
def test_a_half_day_that_no_year_has_is_said_to_be_none(name: str) -> None:
    with pytest.raises(AgreementError, match="which is no such day"):
        rule_set_from({"half_days": [name]}, RuleSet(), "x")
    assert "skärtorsdagen" in half_day_names()


@pytest.mark.parametrize(("key", "figure"), [(key, most + 1) for key, (_, most) in bounds.FIGURES.items()])
def test_a_figure_beyond_its_bounds_is_refused(key: str, figure: int) -> None:
    default = getattr(RuleSet(), key)
    raw = [figure] * len(default) if isinstance(default, tuple) else figure
    with pytest.raises(AgreementError, match=key):
        rule_set_from({key: raw}, RuleSet(), "x")


def test_a_name_is_one_line_without_control_characters() -> None:
    assert bounds.name_fits("Åsa Öst, 2 tr") and bounds.name_fits("a" * 200)
    assert not bounds.name_fits("a" * 201)
    for odd in ("\n", "\x7f", "\u2028", "\u2029", "\ud800"):
        assert not bounds.name_fits(f"Åsa{odd}Öst")


def test_the_days_and_the_lengths_that_fit() -> None:
    assert bounds.day_fits(date(2000, 1, 1)) and bounds.day_fits(date(2099, 12, 31))
    assert not bounds.day_fits(date(1999, 12, 31)) and not bounds.day_fits(date(2100, 1, 1))
    assert bounds.closed_fits(date(2026, 1, 1), date(2027, 1, 1))
    assert not bounds.closed_fits(date(2026, 1, 1), date(2027, 1, 2))
    assert not bounds.closed_fits(date(1999, 12, 31), date(2000, 1, 1))
    assert not bounds.closed_fits(date(2099, 12, 31), date(2100, 1, 1))
    assert bounds.in_utc(datetime(2026, 1, 1)) is None  # noqa: DTZ001 - a time without a zone is what is tried
    assert bounds.in_utc(datetime(2099, 12, 31, 23, tzinfo=UTC)) == datetime(2099, 12, 31, 23, tzinfo=UTC)
    assert bounds.in_utc(datetime(2100, 1, 1, tzinfo=UTC)) is None
    assert bounds.in_utc(datetime.max.replace(tzinfo=UTC)) is None
    assert (timedelta(days=731), timedelta(days=1)) == (bounds.FARTHEST, bounds.LONGEST_MEETING)
    assert (bounds.MOST_CLOSED_DAYS, bounds.NAME_MOST, bounds.TEXT_MOST, bounds.EMAIL_MOST) == (1500, 200, 4000, 254)


def test_the_figures_an_agreement_may_have() -> None:
    """What an official may write (rules, section 1); in working days, days, hours, months, hops and persons."""
    days = dict.fromkeys(["minimum_notice", "no_answer_bound", "still_none_bound", "deadline_bound", "question_bound"])
    pauses = dict.fromkeys(["proposal_pause", "identity_pause", "contest_pause", "redirect_pause"], (0, 30))
    assert dict.fromkeys(days, (0, 60)) | pauses | {
        "gaps": (1, 60), "redirect_hops": (0, 5), "substitutes_most": (0, 20), "hearing": (0, 120),
        "answer_days": (1, 730), "answer_reminders": (1, 730), "head_after": (0, 120), "half_day_closes": (9, 16),
        "verified_months": (0, 120),
    } == bounds.FIGURES  # fmt: skip
