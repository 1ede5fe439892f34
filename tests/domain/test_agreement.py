"""The agreement: its figures as the rules state them, which one binds, and what a file of one may say."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from sip.domain.agreement import (
    LAW_ONLY,
    LAW_ONLY_DISCHARGE,
    Agreement,
    AgreementError,
    Joining,
    MeetingKind,
    RuleSet,
    Rung,
    rule_set_for,
    rule_set_from,
    senseless,
)  # fmt: skip
from tests.domain.cast import AGREEMENT, AL, BOK, REGION, ident

DAY = date(2026, 11, 2)


def test_the_defaults_are_the_figures_of_the_rules() -> None:
    assert {f.name: getattr(RuleSet(), f.name) for f in fields(RuleSet)} == {
        "name": "default", "version": 1, "law_only": False, "automatic_reports": True, "show_other_units": False,
        "redirect_must_attend": False, "approve_colleagues": False, "survey": False, "minimum_notice": 5,
        "gaps": (3, 2, 2, 1),
        "no_answer_bound": 10, "still_none_bound": 3, "deadline_bound": 3, "question_bound": 2, "proposal_pause": 1,
        "identity_pause": 1, "contest_pause": 2, "redirect_pause": 2, "redirect_hops": 2, "substitutes_most": 5,
        "hearing": 10, "answer_days": 60, "answer_reminders": (30, 10), "head_after": 10, "half_days": frozenset(),
        "half_day_closes": 12, "verified_months": 12, "deviation_name_sv": "avvikelse i samverkan",
        "deviation_name_en": "deviation report",
    }  # fmt: skip


def test_law_only_is_the_mailbox_and_no_automatic_report() -> None:
    """Section 1: reminder and no_acknowledgement alone; in discharge by calendar days and a day's notice (T2)."""
    assert (LAW_ONLY.law_only, LAW_ONLY.automatic_reports, LAW_ONLY.version) == (True, False, 0)
    assert LAW_ONLY.rungs == (Rung.REMINDER, Rung.NO_ACKNOWLEDGEMENT)
    assert RuleSet().rungs == (Rung.REMINDER, Rung.NO_ACKNOWLEDGEMENT, Rung.NO_ANSWER, Rung.STILL_NONE)
    assert replace(LAW_ONLY_DISCHARGE, minimum_notice=5, gaps=(3, 2, 2, 1)) == LAW_ONLY
    assert (LAW_ONLY_DISCHARGE.minimum_notice, LAW_ONLY_DISCHARGE.gaps) == (1, (1, 1, 1, 1))


def version(number: int, **more: Any) -> Agreement:
    named = {"rules": RuleSet(f"rules {number}"), "discharge_rules": RuleSet(f"discharge {number}")}
    return replace(AGREEMENT, id=ident(f"agreement {number}"), version=number, **{**named, **more})


@pytest.mark.parametrize(
    ("agreements", "convener", "party", "kind", "binds"),
    [
        ([], REGION, AL, MeetingKind.ADULT, "law only"),
        ([version(1)], REGION, AL, MeetingKind.ADULT, "rules 1"),
        ([version(1)], REGION, AL, MeetingKind.DISCHARGE, "discharge 1"),
        ([version(1)], REGION, REGION, MeetingKind.ADULT, "rules 1"),  # within the convener's own principal
        ([version(1)], BOK, BOK, MeetingKind.ADULT, "law only"),
        ([version(1)], REGION, BOK, MeetingKind.ADULT, "law only"),
        ([version(1)], BOK, AL, MeetingKind.ADULT, "law only"),
        ([version(1, kinds=frozenset({MeetingKind.LSS}))], REGION, AL, MeetingKind.ADULT, "law only"),
        ([version(1, kinds=frozenset({MeetingKind.LSS}))], REGION, AL, MeetingKind.LSS, "rules 1"),
        ([version(1, valid_from=DAY)], REGION, AL, MeetingKind.ADULT, "rules 1"),
        ([version(1, valid_from=date(2026, 11, 3))], REGION, AL, MeetingKind.ADULT, "law only"),
        ([version(1, valid_to=DAY)], REGION, AL, MeetingKind.ADULT, "rules 1"),
        ([version(1, valid_to=date(2026, 11, 1))], REGION, AL, MeetingKind.ADULT, "law only"),
        # local before regional, then the later in force, then the higher version
        ([version(9), version(1, local=True)], REGION, AL, MeetingKind.ADULT, "rules 1"),
        ([version(9), version(1, valid_from=date(2026, 1, 1))], REGION, AL, MeetingKind.ADULT, "rules 1"),
        ([version(1), version(2)], REGION, AL, MeetingKind.ADULT, "rules 2"),
    ],
)
def test_which_rule_set_binds(agreements: list[Agreement], convener: Any, party: Any, kind: Any, binds: str) -> None:
    assert rule_set_for(agreements, convener, party, kind, DAY).name == binds


def test_law_only_in_discharge() -> None:
    assert rule_set_for([], REGION, AL, MeetingKind.DISCHARGE, DAY) == LAW_ONLY_DISCHARGE


def test_a_file_changes_what_it_names_and_keeps_the_rest() -> None:
    table = {
        "minimum_notice": 0, "gaps": [4, 3, 2, 1], "automatic_reports": False, "half_days": ["skärtorsdagen"],
        "deviation_name_sv": " brist i samverkan ",
    }  # fmt: skip
    made = rule_set_from(table, RuleSet("Länsavtalet", 7, hearing=12), "avtal.toml")
    assert made == RuleSet(
        "Länsavtalet", 7, automatic_reports=False, minimum_notice=0, gaps=(4, 3, 2, 1), hearing=12,
        half_days=frozenset({"skärtorsdagen"}), deviation_name_sv="brist i samverkan",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "raw", "says"),
    [
        ("nonsense", 1, "is no rule"),
        ("name", "x", "is no rule"),
        ("version", 2, "is no rule"),
        ("law_only", True, "is no rule"),
        ("automatic_reports", 1, "true or false"),
        ("minimum_notice", "5", "whole number"),
        ("minimum_notice", True, "whole number"),
        ("minimum_notice", -1, "whole number"),
        ("gaps", (3, 2, 2, 1), "a list of 4"),
        ("gaps", [3, 2, 2], "a list of 4"),
        ("gaps", [3, 2, 2, 0], "a list of 4"),
        ("gaps", [3, 2, 2, True], "a list of 4"),
        ("answer_reminders", [30, 20, 10], "a list of 2"),
        ("half_days", "skärtorsdagen", "names of days"),
        ("half_days", ["skärtorsdagen", 1], "names of days"),
        ("deviation_name_sv", " ", "a text"),
        ("deviation_name_sv", 1, "a text"),
        ("deviation_name_sv", "x" * 201, "one line of at most 200 characters"),
        ("deviation_name_sv", "x\ny", "one line"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_key(key: str, raw: Any, says: str) -> None:
    with pytest.raises(AgreementError) as caught:
        rule_set_from({key: raw}, RuleSet(), "avtal.toml")
    sentence = str(caught.value)
    assert sentence.startswith(f'avtal.toml: "{key}"')
    assert says in sentence


@pytest.mark.parametrize(
    ("figures", "codes"),
    [
        ({}, ()),
        ({"question_bound": 3, "deadline_bound": 3}, ()),
        ({"question_bound": 4, "deadline_bound": 3}, ("question_late",)),
        ({"still_none_bound": 10, "no_answer_bound": 10}, ()),
        ({"still_none_bound": 11, "no_answer_bound": 10}, ("head_first",)),
        ({"answer_reminders": (59, 58)}, ()),
        ({"answer_reminders": (60, 10)}, ("reminders",)),
        ({"answer_reminders": (10, 10)}, ("reminders",)),
        ({"answer_reminders": (10, 30)}, ("reminders",)),
        (
            {"question_bound": 60, "still_none_bound": 60, "answer_days": 30},
            ("question_late", "head_first", "reminders"),
        ),
    ],
)
def test_figures_that_mean_nothing_together(figures: dict[str, Any], codes: tuple[str, ...]) -> None:
    """The question before the deadline, the manager before the head, the earlier reminder first and within the days."""
    assert senseless(replace(RuleSet(), **figures)) == codes


def joined(**dates: Any) -> Agreement:
    return version(1, joinings=frozenset({Joining(AL, **dates)}))


@pytest.mark.parametrize(
    ("agreement", "binds"),
    [
        (joined(), "rules 1"),
        (joined(body="Kommunfullmäktige"), "rules 1"),
        (joined(valid_from=DAY), "rules 1"),
        (joined(valid_from=date(2026, 11, 3)), "law only"),
        (joined(valid_to=DAY), "rules 1"),
        (joined(valid_to=date(2026, 11, 1)), "law only"),
        # what is said of one who is not among the principals says nothing
        (version(1, joinings=frozenset({Joining(BOK, valid_to=date(2026, 11, 1))})), "rules 1"),
    ],
)
def test_a_principal_has_joined_on_the_days_of_its_joining(agreement: Agreement, binds: str) -> None:
    """Section 17 J1."""
    assert rule_set_for([agreement], REGION, AL, MeetingKind.ADULT, DAY).name == binds


def test_the_days_of_a_joining_lie_within_those_of_the_version() -> None:
    one = version(1, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    assert one.days_of(AL) == (date(2026, 1, 1), date(2026, 12, 31))
    assert one.days_of(BOK) is None
    said = replace(one, joinings=frozenset({Joining(AL, valid_from=date(2025, 1, 1), valid_to=date(2026, 6, 30))}))
    assert said.days_of(AL) == (date(2026, 1, 1), date(2026, 6, 30))
    never = replace(one, joinings=frozenset({Joining(AL, valid_from=date(2027, 1, 1))}))
    assert never.days_of(AL) is None and AL not in never.joined_on(date(2027, 1, 2))
    assert one.joined_on(date(2027, 1, 1)) == frozenset()
