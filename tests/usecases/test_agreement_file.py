"""The agreement as a file: the documented defaults are the rules' own, and every mistake gets one sentence."""

from dataclasses import replace

import pytest

from sip.domain.agreement import DISCHARGE_FIGURES, AgreementError, RuleSet
from sip.usecases.agreement_file import default_text, parse, sentences


def test_the_documented_defaults_are_those_of_the_rules() -> None:
    agreement = parse(default_text(), "default").agreement
    rules = RuleSet(name=agreement.name, version=agreement.version)
    assert agreement.rules == rules
    assert agreement.discharge_rules == replace(rules, **DISCHARGE_FIGURES)


def test_it_is_read_out_in_sentences() -> None:
    told = sentences(parse(default_text().replace("principals = []", 'principals = ["region", "norr"]'), "file"))
    assert "It is joined by region, norr." in told
    assert all(sentence.endswith(".") for sentence in told)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("version = 1", "version = 0", 'x.toml: "version" must be a whole number from 1 to 9999.'),
        ("local = false", "local = 1", 'x.toml: "local" must be true or false.'),
        ("valid_from = 2026-01-01", 'valid_from = "2026"', 'x.toml: "valid_from" must be a day'),
        ("# valid_to = 2028", "valid_to = 2020", 'x.toml: "valid_to" is before "valid_from".'),
        ("principals = []", 'principals = ["a", "a"]', 'x.toml: "principals" names something twice.'),
        ('"child", ', '"party", ', 'x.toml: "party" is no kind of meeting'),
        ("gaps = [3, 2, 2, 1]", "gaps = [3, 2]", 'x.toml: "gaps" must be a list of 4 whole numbers from 1 to 60.'),
        ("question_bound = 2", "question_bound = 9", 'x.toml: "question_bound" (9) must not be more'),
        ("answer_reminders = [30, 10]", "answer_reminders = [10, 30]", 'x.toml: "answer_reminders" must fall'),
        ("[rules]", "speed = 3\n[rules]", 'x.toml: "speed" is no key of an agreement'),
        ("[rules]", "[rules]\nspeed = 3", 'x.toml: "speed" is no rule of an agreement'),
        ("[rules]", "[rules", "x.toml is no TOML file"),
        ("hearing = 10", "hearing = 100000", 'x.toml: "hearing" must be a whole number from 0 to 120.'),
        (
            "half_days = []",
            'half_days = ["Skärtorsdag"]',
            'x.toml: "half_days" names "Skärtorsdag", which is no such day',
        ),
        ("valid_from = 2026-01-01", "valid_from = 9999-12-31", 'x.toml: "valid_from" must be from 2000-01-01'),
        ("hearing = 10", f"hearing = {'9' * 5000}", "x.toml is no TOML file: a number in it is too long"),
        ("half_days = []", f"half_days = {'[' * 5000}", "x.toml is no TOML file"),
        ("half_days = []", f"half_days = {'[' * 5000}{']' * 5000}", "x.toml is no TOML file"),
        ("[rules]", "#" * 200_000 + "\n[rules]", "x.toml is longer than an agreement can be"),
    ],
)
def test_a_mistake_gets_one_sentence(old: str, new: str, sentence: str) -> None:
    assert old in default_text()
    with pytest.raises(AgreementError) as caught:
        parse(default_text().replace(old, new, 1), "x.toml")
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)
