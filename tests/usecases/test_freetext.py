"""Free text never carries numbers of persons, phone numbers or addresses; what was found is never repeated."""

from datetime import date, datetime, time
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.se import personnummer

from sip.domain.freetext import MOST, Found, TextFinding, check, findings, numbers, numbers_in_phone, person_number


def midnight(year: int, month: int, day: int) -> datetime:
    """Without a zone, as hypothesis takes its bounds."""
    return datetime.combine(date(year, month, day), time())


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
        "1912\u00ad1212\u00ad1212",
        "191212\u200b12-1212",
        "barn 1, 121212-1212, 3",
        "nr:121212-1212:2",
        "1/121212-1212/2",
        "121212-1212-1",
        "19121212_1212",
        "1912-12-12-1212",
        "1912-12-12 1212",
        "12.12.12-1212",
        "2026-11-02 121212-1212",
        "kl. 10.00 121212-1212",
        "https://video.example/121212-1212",
        "191212121212@vard.example",
    ],
)
def test_a_personnummer_is_found_however_it_is_written(text: str) -> None:
    assert TextFinding("questions", Found.PERSONNUMMER) in findings("questions", text)
    assert numbers("questions", text) == (TextFinding("questions", Found.PERSONNUMMER),)


@pytest.mark.parametrize("text", [COORDINATION, "19" + COORDINATION, "19701063 2391"])
def test_a_samordningsnummer_is_found(text: str) -> None:
    assert findings("purpose", text) == (TextFinding("purpose", Found.SAMORDNINGSNUMMER),)


@pytest.mark.parametrize(
    "text",
    [
        "070-000 00 00",
        "+46 70 000 00 00",
        "0046700000000",
        "08-000 000",
        "(040) 00 00 00",
        "ring 0700000000.",
        "010-010 10 10",
    ],
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
        "2026-05-18 09.30",
        "2026-05-18 kl. 09.30-10.30",
        "2026-05-18T09:30",
        "2026-05-18, 2026-05-19, 09.30",
    ],
)
def test_ordinary_words_and_times_pass(text: str) -> None:
    assert findings("purpose", text) == ()


def test_a_form_is_checked_whole_and_each_finding_names_its_field() -> None:
    found = check({"purpose_text": "mejla x@y.example", "questions": ["bra", "121212-1212"], "note": None})
    assert found == (TextFinding("purpose_text", Found.EMAIL), TextFinding("questions[1]", Found.PERSONNUMMER))


def test_what_is_too_long_is_searched_no_further() -> None:
    assert findings("f", "a" * 20_001) == numbers("f", "a" * 20_001) == (TextFinding("f", Found.TOO_LONG),)
    assert check({"questions": ["a" * 4000] * 6}) == (TextFinding("questions[5]", Found.TOO_LONG),)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(findings("f", text), tuple)


@given(st.dates(), st.integers(0, 999))
def test_every_number_with_its_check_digit_is_one(day: object, number: int) -> None:
    nine = f"{day:%y%m%d}{number:03d}"
    valid = [d for d in "0123456789" if person_number(nine + d) is Found.PERSONNUMMER]
    assert len(valid) == 1


def _printed(number: str, form: int) -> str:
    long, short = number, number[2:]
    return (f"{short[:6]}-{short[6:]}", f"{long[:8]}-{long[8:]}", long, f"{long[:8]} {long[8:]}")[form]


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)), st.integers(0, 999), st.integers(0, 9), st.integers(0, 3))
def test_a_maintained_library_reads_the_same_numbers(day: date, number: int, check_digit: int, form: int) -> None:
    written = _printed(f"{day:%Y%m%d}{number:03d}{check_digit}", form)
    assert bool(numbers("f", written)) == personnummer.is_valid(written.replace(" ", "-"))


_ABROAD_OR_HOME = st.sampled_from(["010", "070", "072", "073", "076", "079", "08", "031", "040", "0435", "0701"])


@given(_ABROAD_OR_HOME, st.text("0123456789", min_size=7, max_size=7), st.integers(0, 3))
def test_a_phone_number_is_never_a_persons_number(area: str, rest: str, form: int) -> None:
    rest = rest[: 10 - len(area)]
    forms = (f"{area}-{rest[:3]} {rest[3:5]} {rest[5:]}", f"{area} {rest}", f"{area}-{rest}", f"{area}{rest}")
    assert numbers_in_phone("phone", forms[form].strip()) == ()


@given(st.datetimes(midnight(2020, 1, 1), midnight(2049, 12, 31)), st.sampled_from([" ", "T", " kl. ", ", "]))
def test_a_day_with_its_time_is_no_number(moment: datetime, between: str) -> None:
    for clock in (f"{moment:%H.%M}", f"{moment:%H:%M}", f"{moment:%H.%M}-{moment:%H.%M}"):
        assert numbers("f", f"{moment:%Y-%m-%d}{between}{clock}") == ()


@pytest.mark.parametrize(
    "unit", ["a", "a.", "0", "01", "1 ", "(at)", "@", "a@", "@a.", "2026-05-18 ", "09.30-", "\u00ad", "."]
)
def test_ten_times_the_text_is_ten_times_the_work(unit: str) -> None:
    """Counted by the processor's time over twentyfold: a square would be four hundredfold."""
    short, long = (_cost(unit * n) for n in (MOST // len(unit) // 20, MOST // len(unit)))
    assert long < 20 * 5 * max(short, 1e-4)


def _cost(text: str) -> float:
    best = 1e9
    for _ in range(3):
        began = process_time()
        findings("f", text)
        best = min(best, process_time() - began)
    return best
