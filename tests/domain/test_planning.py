"""What is proposed before a call: a duty, times that fit, what is to be known of a time; and what the call would do."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.domain import events as e
from sip.domain.agreement import LAW_ONLY, MeetingKind, RuleSet, Rung
from sip.domain.decision import Context, Reason
from sip.domain.foresight import Ahead, foresee
from sip.domain.meeting import Place
from sip.domain.opening import OpenDay, usable, within
from sip.domain.people import CaseFacts, PrincipalKind
from sip.domain.planning import (
    Caution,
    Hours,
    Invitee,
    Warned,
    cautions,
    fair_notice,
    proposed_obligation,
    proposed_times,
    worktime_for,
)
from sip.domain.sketch import Ground, Sketch, SketchParty, SketchStep, first_missing
from sip.domain.terms import Channel, Form, MeetingState, Obligation, PlaceKind, Purpose
from tests.domain.cast import AGREEMENT, ALL, CASE, CONVENER, HOME_CARE, OUTSIDE, SCHOOL, at, ident, local

RULES = RuleSet(name="Länsavtalet")
MONDAY = at("2026-11-02 10:00")
OPEN = (OpenDay(0, time(8), time(16)), OpenDay(1, time(9), time(13)))
UNIT = Invitee(HOME_CARE.unit_id, HOME_CARE.name, RULES, bound=True)


def warned(start: str, *invitees: Invitee, minutes: int = 60, kind: MeetingKind = MeetingKind.ADULT) -> list[str]:
    found = cautions(MONDAY, at(start), at(start) + timedelta(minutes=minutes), kind, invitees)
    return [f"{one.caution} {one.name or ''}".strip() for one in found]


def test_the_duty_is_the_principals() -> None:
    assert [proposed_obligation(kind) for kind in PrincipalKind] == [
        Obligation.SUMMONED, Obligation.SUMMONED, Obligation.INVITED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "more", "said"),
    [
        ("2026-11-24 09:00", {}, []),
        ("2026-11-24 16:00", {}, []),
        ("2026-11-24 16:01", {}, ["out_of_hours"]),
        ("2026-11-24 07:30", {}, ["out_of_hours"]),
        ("2026-11-28 09:00", {}, ["not_working_day"]),
        ("2026-12-24 09:00", {}, ["not_working_day"]),
        ("2026-11-24 09:00", {"closed_days": frozenset({date(2026, 11, 24)})}, ["closed_day Hemtjänsten Al"]),
        ("2026-11-24 09:00", {"hours": OPEN}, []),
        ("2026-11-24 12:30", {"hours": OPEN}, ["outside_hours Hemtjänsten Al"]),
        ("2026-11-24 08:59", {"hours": OPEN}, ["outside_hours Hemtjänsten Al"]),
        ("2026-11-25 09:00", {"hours": OPEN}, ["not_open Hemtjänsten Al"]),
        (
            "2026-11-24 09:00",
            {"hours": OPEN[:1], "closed_days": frozenset({date(2026, 11, 24)})},
            ["closed_day Hemtjänsten Al"],
        ),
        ("2026-11-24 09:00", {"substitutes": False}, ["no_substitute Hemtjänsten Al"]),
        ("2026-11-24 09:00", {"substitutes": False, "bound": False}, []),
        ("2026-11-09 10:00", {}, []),
        ("2026-11-09 09:00", {}, ["short_notice Hemtjänsten Al"]),
        ("2026-11-09 09:00", {"rules": LAW_ONLY}, []),
        ("2026-11-09 09:00", {"bound": False}, []),
    ],
)
def test_what_is_to_be_known_of_a_time(start: str, more: dict[str, object], said: list[str]) -> None:
    assert warned(start, replace(UNIT, **more)) == said  # type: ignore[arg-type]  # fields by name


def test_the_hours_that_the_unit_has_said_for_that_day_are_named() -> None:
    start = at("2026-11-24 12:30")
    found = cautions(MONDAY, start, start + timedelta(hours=1), MeetingKind.ADULT, [replace(UNIT, hours=OPEN)])
    assert found == (Warned(Caution.OUTSIDE_HOURS, "Hemtjänsten Al", open=OPEN[1]),)
    start += timedelta(days=1)
    found = cautions(MONDAY, start, start + timedelta(hours=1), MeetingKind.ADULT, [replace(UNIT, hours=OPEN)])
    assert found == (Warned(Caution.NOT_OPEN, "Hemtjänsten Al"),)


def test_office_time_ends_on_the_second() -> None:
    start, end = at("2026-11-24 16:00"), at("2026-11-24 17:00")
    assert cautions(MONDAY, start, end, MeetingKind.ADULT, []) == ()
    late = cautions(MONDAY, start, end + timedelta(seconds=1), MeetingKind.ADULT, [])
    assert late == (Warned(Caution.OUT_OF_HOURS),)


def test_another_meeting_is_met_where_the_hours_overlap() -> None:
    taken = Hours(at("2026-11-24 10:00"), at("2026-11-24 11:00"))
    one = replace(UNIT, taken=(taken,))
    assert warned("2026-11-24 09:00", one) == []
    assert warned("2026-11-24 09:01", one) == ["taken Hemtjänsten Al"]
    assert warned("2026-11-24 10:59", one) == ["taken Hemtjänsten Al"]
    assert warned("2026-11-24 11:00", one) == []


def test_closed_days_count_for_the_notice_and_the_days_of_it_are_named() -> None:
    one = replace(UNIT, closed_days=frozenset({date(2026, 11, 5)}))
    start = at("2026-11-09 12:00")
    found = cautions(MONDAY, start, start + timedelta(hours=1), MeetingKind.ADULT, [one])
    assert found == (Warned(Caution.SHORT_NOTICE, "Hemtjänsten Al", 5),)


def test_in_discharge_a_calendar_day_is_notice_and_a_weekend_no_bar() -> None:
    one = replace(UNIT, rules=replace(RULES, minimum_notice=1))
    assert warned("2026-11-04 10:00", one, kind=MeetingKind.DISCHARGE) == []
    assert warned("2026-11-03 08:00", one, kind=MeetingKind.DISCHARGE) == ["short_notice Hemtjänsten Al"]
    found = proposed_times(MONDAY, 60, MeetingKind.DISCHARGE, [one, Invitee(None, "Clara")])
    assert [local(one) for one in found[:2]] == ["Tue 03 Nov 13:00", "Wed 04 Nov 13:00"], "no time for a substitute"


def test_the_notice_is_reckoned_in_the_units_own_days_and_half_days() -> None:
    """T1: its closed days, and the eves that its agreement names; who has no rules has office time alone."""
    wednesday = date(2026, 11, 4)
    assert not worktime_for(None, replace(UNIT, closed_days=frozenset({wednesday}))).is_office_time(
        at("2026-11-04 10:00")
    )
    person = Invitee(None, "Clara", closed_days=frozenset({wednesday}))
    assert not worktime_for(None, person).is_office_time(at("2026-11-04 10:00"))
    assert worktime_for(None, person).is_office_time(at("2026-11-05 10:00"))
    half = replace(RULES, half_days=frozenset({"skärtorsdagen"}), half_day_closes=11)
    thursday = worktime_for(MeetingKind.ADULT, replace(UNIT, rules=half))
    assert thursday.is_office_time(at("2027-03-25 10:59")) and not thursday.is_office_time(at("2027-03-25 11:00"))
    assert worktime_for(MeetingKind.DISCHARGE, person).is_office_time(at("2026-11-04 21:00"))


def test_how_far_times_are_looked_for() -> None:
    """Five at most, within sixty days, from tomorrow on; none where nothing fits."""
    free = Invitee(None, "Clara")
    assert [local(one) for one in proposed_times(MONDAY, 60, None, [free])] == [
        "Tue 03 Nov 09:00", "Wed 04 Nov 13:00", "Thu 05 Nov 10:30", "Fri 06 Nov 14:30", "Mon 09 Nov 09:00",
    ]  # fmt: skip
    assert len(proposed_times(MONDAY, 60, None, [free], most=2)) == 2
    everywhere = proposed_times(MONDAY, 60, None, [free], most=100)
    assert local(everywhere[-1]) == "Wed 30 Dec 14:30"
    thursday = proposed_times(at("2026-11-12 10:00"), 60, None, [free], most=100)
    assert local(thursday[-1]).startswith("Mon 11 Jan")
    until = Hours(MONDAY, at("2026-12-30 12:00"))
    assert [local(one) for one in proposed_times(MONDAY, 60, None, [replace(free, taken=(until,))])] == [
        "Wed 30 Dec 14:30"
    ]
    assert proposed_times(MONDAY, 600, None, [free]) == ()


def test_times_are_proposed_a_day_each_after_notice_and_a_substitutes_turn() -> None:
    found = proposed_times(MONDAY, 60, MeetingKind.ADULT, [UNIT])
    assert [local(one) for one in found] == [
        "Thu 12 Nov 14:30", "Fri 13 Nov 09:00", "Mon 16 Nov 13:00", "Tue 17 Nov 10:30", "Wed 18 Nov 14:30",
    ]  # fmt: skip


def test_a_day_on_which_all_hours_are_taken_is_passed_over() -> None:
    whole_day = Hours(at("2026-11-12 08:00"), at("2026-11-12 17:00"))
    found = proposed_times(MONDAY, 60, MeetingKind.ADULT, [UNIT, Invitee(None, "Clara", taken=(whole_day,))])
    assert local(found[0]) == "Fri 13 Nov 09:00"


DAYS = st.dates(date(2026, 11, 1), date(2027, 1, 31))


@settings(max_examples=40)
@given(
    now=st.integers(0, 130_000), minutes=st.sampled_from([15, 60, 90, 180]),
    closed=st.frozensets(DAYS, max_size=20), taken=st.lists(st.tuples(DAYS, st.integers(6, 18)), max_size=30),
    notice=st.integers(0, 15), kind=st.sampled_from([MeetingKind.CHILD, MeetingKind.DISCHARGE]),
)  # fmt: skip
def test_nothing_is_to_be_warned_of_at_a_proposed_time(
    now: int, minutes: int, closed: frozenset[date], taken: list[tuple[date, int]], notice: int, kind: MeetingKind
) -> None:
    moment = at("2026-10-01 00:00") + timedelta(minutes=now)
    busy = tuple(
        Hours(at(f"{day} {hour:02}:00"), at(f"{day} {hour:02}:00") + timedelta(hours=2)) for day, hour in taken
    )
    one = replace(UNIT, closed_days=closed, rules=replace(RULES, minimum_notice=notice), taken=busy)
    found = proposed_times(moment, minutes, kind, [one, Invitee(None, "Clara", taken=busy[:2])])
    assert list(found) == sorted(set(found))
    for start in found:
        assert start > moment
        assert cautions(moment, start, start + timedelta(minutes=minutes), kind, [one]) == ()
        assert fair_notice(moment, start, kind, one)


# -- what the call would do

DRAFTED = e.MeetingDrafted(
    ident("meeting"), "7F3K-2MQ", ident("case"), MeetingKind.ADULT, Purpose.NEW_PLAN, "Plan", ("Vem gör vad?",),
    Form.PHYSICAL, Place(PlaceKind.ROOM, "Eken"), at("2026-12-07 10:00"), at("2026-12-07 11:00"), CONVENER,
    (
        e.PartyDraft(HOME_CARE.unit_id, Obligation.SUMMONED), e.PartyDraft(SCHOOL.unit_id, Obligation.INVITED),
        e.PartyDraft(OUTSIDE.unit_id, Obligation.SUMMONED),
    ),
)  # fmt: skip


def ahead(drafted: e.MeetingDrafted = DRAFTED, case: CaseFacts | None = CASE, told: bool = False) -> Ahead:
    known = {HOME_CARE.unit_id: Channel.PHONE} if told else {}
    return foresee(drafted, known, Context(MONDAY, ALL, (AGREEMENT,), case))


def test_the_ladder_is_that_of_the_rules() -> None:
    """The first worked example of rules, section 5."""
    own, home_care, school, outside = ahead().parties
    assert [(step.rung, local(step.due)) for step in home_care.steps] == [
        (Rung.REMINDER, "Fri 06 Nov 08:00"), (Rung.NO_ACKNOWLEDGEMENT, "Tue 10 Nov 08:00"),
        (Rung.NO_ANSWER, "Mon 23 Nov 08:00"), (Rung.STILL_NONE, "Wed 02 Dec 08:00"),
    ]  # fmt: skip
    assert local(home_care.question) == "Thu 03 Dec 08:00"
    assert local(home_care.deadline) == "Wed 02 Dec 08:00"
    assert [step.rung for step in school.steps] == [Rung.REMINDER]
    assert school.question is None
    assert outside.party.rule_set.law_only
    assert [step.rung for step in outside.steps] == [Rung.REMINDER, Rung.NO_ACKNOWLEDGEMENT]
    assert own.steps == ()


def test_each_party_has_its_call_and_nobody_else_a_mail() -> None:
    found = ahead(told=True)
    assert found.meeting is not None and found.meeting.state is MeetingState.CALLED
    assert [one.mail.to.email for one in found.parties if one.mail] == [
        "vc@region.example", "hemtjanst@al.example", "skolan@al.example", "soc@bok.example",
    ]  # fmt: skip
    assert [one.mail.identity_channel for one in found.parties if one.mail] == [None, "phone", None, None]


def test_called_in_another_system_there_is_no_mail_and_no_ladder_but_the_question() -> None:
    parties = (replace(DRAFTED.parties[0], other_system="Lifecare"),)
    _, home_care = ahead(replace(DRAFTED, parties=parties)).parties
    assert home_care.mail is None and home_care.steps == ()
    assert home_care.question is not None


@pytest.mark.parametrize(
    ("changed", "case", "reason"),
    [
        ({}, None, Reason.NO_CONSENT),
        ({}, replace(CASE, protected=True), Reason.PROTECTED_CASE),
        ({"purpose_text": ""}, CASE, Reason.NO_PURPOSE),
        ({"start": at("2026-10-30 10:00"), "end": at("2026-10-30 11:00")}, CASE, Reason.TIME_PAST),
    ],
)
def test_why_there_would_be_no_call(changed: dict[str, object], case: CaseFacts | None, reason: Reason) -> None:
    found = ahead(replace(DRAFTED, **changed), case)  # type: ignore[arg-type]  # fields by name
    assert found.refused is not None and found.refused.reason is reason
    assert (found.meeting is None) == (reason in (Reason.TIME_PAST, Reason.PROTECTED_CASE))


def test_a_late_call_has_no_ladder() -> None:
    late = replace(DRAFTED, start=at("2026-11-02 15:00"), end=at("2026-11-02 16:00"))
    _, home_care, *_ = ahead(late).parties
    assert home_care.steps == () and home_care.mail is not None


# -- which step is not done


def test_the_first_step_that_is_not_done() -> None:
    sketch = Sketch()
    assert first_missing(sketch) is SketchStep.WHO
    party = SketchParty(HOME_CARE.unit_id, Obligation.SUMMONED)
    sketch = replace(
        sketch, convener_unit_id=CONVENER.unit_id, convener_person="Clara", convener_email="clara@region.example",
        convener_phone="010-1", parties=(party,),
    )  # fmt: skip
    assert first_missing(sketch) is SketchStep.WHAT
    sketch = replace(sketch, kind=MeetingKind.ADULT, purpose=Purpose.NEW_PLAN, questions=("Vem gör vad?",))
    assert first_missing(sketch) is SketchStep.WHEN
    sketch = replace(sketch, form=Form.PHYSICAL, place=Place(PlaceKind.ROOM, "Eken"), start=MONDAY)
    assert first_missing(sketch) is SketchStep.CONSENT
    sketch = replace(sketch, ground=Ground.CONSENT, identity_said=True)
    assert first_missing(sketch) is SketchStep.CONSENT
    assert first_missing(replace(sketch, consent_given="Muntligt")) is None
    assert first_missing(replace(sketch, ground=Ground.EXISTING)) is SketchStep.CONSENT
    assert first_missing(replace(sketch, ground=Ground.OTHER)) is None


def test_a_time_is_proposed_in_the_units_own_hours() -> None:
    found = proposed_times(MONDAY, 60, MeetingKind.ADULT, [replace(UNIT, hours=OPEN)])
    assert found
    assert all(within(OPEN, one, one + timedelta(minutes=60)) for one in found)


def test_hours_move_no_clock() -> None:
    """Office time is the county's (rules, section 4 T1): notice is counted alike."""
    start = at("2026-11-09 10:00")
    assert fair_notice(MONDAY, start, MeetingKind.ADULT, UNIT)
    assert fair_notice(MONDAY, start, MeetingKind.ADULT, replace(UNIT, hours=(OpenDay(0, time(10), time(11)),)))


@pytest.mark.parametrize(
    ("hours", "may"),
    [
        ((), True),
        (OPEN, True),
        ((OPEN[0], OPEN[0]), False),
        ((OpenDay(0, time(8), time(8)),), False),
        ((OpenDay(7, time(8), time(9)),), False),
        ((OpenDay(-1, time(8), time(9)),), False),
        ((OpenDay(6, time(8), time(9)),), True),
    ],
)
def test_a_week_has_each_day_once_and_closes_after_it_opens(hours: tuple[OpenDay, ...], may: bool) -> None:
    assert usable(hours) is may


@pytest.mark.parametrize(
    ("start", "end", "lies"),
    [
        ("2026-11-24 09:00", "2026-11-24 13:00", True),  # a Tuesday, from nine to one
        ("2026-11-24 09:00", "2026-11-24 13:01", False),
        ("2026-11-24 08:59", "2026-11-24 10:00", False),
        ("2026-11-24 12:00", "2026-11-25 10:00", False),  # until another day
        ("2026-11-25 09:00", "2026-11-25 10:00", False),  # not open
    ],
)
def test_a_meeting_lies_in_the_units_hours_from_its_first_minute_to_its_last(start: str, end: str, lies: bool) -> None:
    assert within(OPEN, at(start), at(end)) is lies
    assert within((), at(start), at(end)), "of one that has said nothing nothing is said"
