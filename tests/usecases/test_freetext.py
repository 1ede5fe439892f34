"""Free text never carries numbers of persons, phone numbers or addresses; what was found is never repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain.freetext import Found, TextFinding, check, findings, person_number

# The tax agency's published test number, and its shape as a coordination number with a check digit of its own.
PERSON = "191212121212"
COORDINATION = "701063-2391"


@pytest.mark.parametrize(
    "text",
    [
        "gäller 19121212-1212",
        "191212121212",
        "121212-1212",
        "121212+1212",
        "1212121212",
        "12 12 12 12 12",
        "19 12 12 12 - 12 12",
        "1 9 1 2 1 2 1 2 1 2 1 2",
        "121212 – 1212",
        "rum 12, 121212-1212!",
        "１２１２１２－１２１２",
        "(19121212-1212)",
    ],
)
def test_a_personnummer_is_found_however_it_is_written(text: str) -> None:
    assert findings("questions", text) == (TextFinding("questions", Found.PERSONNUMMER),)


@pytest.mark.parametrize("text", [COORDINATION, "19" + COORDINATION, "19701063 2391"])
def test_a_samordningsnummer_is_found(text: str) -> None:
    assert findings("purpose", text) == (TextFinding("purpose", Found.SAMORDNINGSNUMMER),)


@pytest.mark.parametrize(
    "text", ["070-000 00 00", "+46 70 000 00 00", "0046700000000", "08-000 000", "(040) 00 00 00", "ring 0700000000."]
)
def test_a_phone_number_is_found(text: str) -> None:
    assert findings("grounds", text) == (TextFinding("grounds", Found.PHONE),)


@pytest.mark.parametrize("text", ["anna@vard.example", "skriv till a.b@x.example tack", "anna (at) vard.example"])
def test_an_address_is_found(text: str) -> None:
    assert findings("grounds", text) == (TextFinding("grounds", Found.EMAIL),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hur går skolan vidare efter jul?",
        "Mötet 2026-11-02 kl. 10.00-11.30, sal 3",
        "2026-11-02 - 2026-12-07",
        "Öppet 0800-1700",
        "08.00-17.00",
        "vecka 45, 46 och 47",
        "ärende 121212-1213",
        "lag 2017:612 och 2025:400 10 kap. 8 §",
        "SE2321000131-E000000000001",
    ],
)
def test_ordinary_words_and_times_pass(text: str) -> None:
    assert findings("purpose", text) == ()


def test_a_form_is_checked_whole_and_each_finding_names_its_field() -> None:
    found = check({"purpose_text": "mejla x@y.example", "questions": ["bra", "121212-1212"], "note": None})
    assert found == (TextFinding("purpose_text", Found.EMAIL), TextFinding("questions[1]", Found.PERSONNUMMER))


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(findings("f", text), tuple)


@given(st.dates(), st.integers(0, 999))
def test_every_number_with_its_check_digit_is_one(day: object, number: int) -> None:
    nine = f"{day:%y%m%d}{number:03d}"
    valid = [d for d in "0123456789" if person_number(nine + d) is Found.PERSONNUMMER]
    assert len(valid) == 1
