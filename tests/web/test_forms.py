"""What was filled in becomes values, or a sentence beside its field."""

from datetime import UTC, date, datetime

import pytest

from sip.domain.terms import Mark
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.naming import named
from sip.edges.web.shell.phrases import Phrases, sort_key

SV = Phrases("sv")


def reader(**values: str) -> Reader:
    return Reader(values, SV)


@pytest.mark.parametrize("said", ["13.30", "13:30"])
def test_a_time_in_winter_is_an_hour_before(said: str) -> None:
    assert reader(d="2026-11-24", t=said).moment("d", "t") == datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_leave_out_is_refused() -> None:
    form = reader(d="2027-03-28", t="02.30")
    assert form.moment("d", "t") is None
    assert "klockan ställs om" in form.state.error("t")


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    assert reader(d="2026-10-25", t="02.30").moment("d", "t") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("said", ["24-11-2026", "2026-13-01", "snart"])
def test_a_day_that_cannot_be_read_is_told(said: str) -> None:
    form = reader(d=said)
    assert form.day("d") is None
    assert form.state.error("d") == "Skriv dagen som 2026-11-24."


def test_a_choice_that_is_not_offered_is_told() -> None:
    form = reader(m="asleep")
    assert form.choice("m", Mark) is None
    assert form.state.error("m")


def test_nothing_is_no_date_and_no_error() -> None:
    form = reader(d="")
    assert form.day("d") is None
    assert form.right


def test_who_comes_is_a_name_an_address_and_a_phone() -> None:
    person = reader(first_name="Anna Ek", first_email="anna@al.example", first_phone="010-319 212").person("first")
    assert person is not None
    assert (person.name, person.email, person.phone) == ("Anna Ek", "anna@al.example", "010-319 212")


def test_half_an_address_is_told() -> None:
    form = reader(first_name="Anna", first_email="anna@")
    form.person("first")
    assert "hel e-postadress" in form.state.error("first_email")


def test_swedish_letters_come_last() -> None:
    assert sorted(["Östra", "Älgen", "Ål", "Zeta", "alm", "Alma"], key=sort_key) == [
        "alm", "Alma", "Zeta", "Ål", "Älgen", "Östra",
    ]  # fmt: skip


def test_times_are_said_in_each_language() -> None:
    start, end = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    assert SV.span(start, end) == "10.00–11.30"
    assert Phrases("en").span(start, end) == "10:00–11:30"
    assert SV.long_day(start) == "tisdag 24 november 2026"
    assert Phrases("en").long_day(date(2026, 11, 24)) == "Tuesday 24 November 2026"


def test_a_sentence_at_the_head_names_its_field() -> None:
    field = '<label class="ds-label" for="{0}">{1} <span class="soft small">(frivilligt)</span></label><input id="{0}">'
    said = "".join(f'<li><a href="#{one}">Fyll i det här.</a></li>' for one in ("day", "who", "how", "alone"))
    page = (
        f'<div class="note bad" role="alert" id="errors" tabindex="-1"><ul>{said}</ul></div>'
        f"{field.format('day', 'Till dagen')}{field.format('who', 'Vem kommer?')}"
        '<fieldset class="ds-fieldset" id="how"><legend class="ds-label">Hur <b>nåddes</b> ni?</legend></fieldset>'
        '<p id="alone"><a href="#day">Fyll i det här.</a></p>'
    )
    made = named(page)
    assert '<a href="#day">Till dagen: Fyll i det här.</a></li>' in made
    assert '<a href="#who">Vem kommer? Fyll i det här.</a></li>' in made
    assert '<a href="#how">Hur nåddes ni? Fyll i det här.</a></li>' in made
    assert '<a href="#alone">Fyll i det här.</a></li>' in made
    assert made.endswith('<p id="alone"><a href="#day">Fyll i det här.</a></p>'), "what is no summary is left alone"
