"""What free text may never carry (domain, section 3).

The one whole number is the tax agency's own example; the others have the birth number 000, which nobody is given, and
their check digit is reckoned here.
"""

from datetime import UTC, datetime

import pytest

from sip.domain.events import Bounced, ClaimDecided, NamedPerson, Said, Verdict
from sip.domain.freetext import (
    MOST,
    Found,
    TextFinding,
    check,
    findings,
    numbers,
    numbers_in_phone,
    numbers_within,
    person_number,
)
from sip.domain.meeting import Place, Stamp
from sip.domain.terms import Channel, PlaceKind

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def number(day: str) -> str:
    """Born on that day (YYMMDD), birth number 000, with its check digit (SKV 704: Luhn)."""
    nine = day + "000"
    total = sum(sum(divmod(int(digit) * (1 + (place + 1) % 2), 10)) for place, digit in enumerate(nine))
    return nine + str(-total % 10)


LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PNR, SAM, PHONE, EMAIL = Found.PERSONNUMMER, Found.SAMORDNINGSNUMMER, Found.PHONE, Found.EMAIL


@pytest.mark.parametrize(
    ("digits", "what"),
    [
        ("8112189876", PNR),
        ("198112189876", PNR),
        ("8112189875", None),  # the check digit
        (number("540101"), PNR),  # twice five is ten, of which one is counted
        ("178112189876", None),  # the century
        ("218112189876", None),
        ("811218987", None),
        ("81121898761", None),
        (number("810018"), None),  # no month
        ("0000000000", None),
        (number("811200"), None),  # no day
        (number("811231"), PNR),
        (number("811232"), None),  # the 32nd
        (number("811261"), SAM),  # a coordination number's day is 60 more
        (number("811291"), SAM),
        (number("811292"), None),
        (number("811260"), None),
        (number("810101"), PNR),
        (number("811301"), None),
        (number("800229"), PNR),
        (number("800230"), None),
        *((number(f"80{month:02}{last}"), PNR) for month, last in enumerate(LAST_DAYS, 1)),
        *((number(f"80{month:02}{last + 1}"), None) for month, last in enumerate(LAST_DAYS, 1)),
    ],
)
def test_which_number_of_a_person(digits: str, what: Found | None) -> None:
    assert person_number(digits) is what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, []),
        ("", []),
        ("Vem gör vad?", []),
        ("811218-9876", [PNR]),
        ("19811218-9876 och igen 811218-9876", [PNR]),
        ("19811218–9876", [PNR]),
        ("8 1 1 2 1 8 9 8 7 6", [PNR]),
        ("８１１２１８９８７６", [PNR]),
        (number("811261"), [SAM]),
        ("ring 040-123 45 67", [PHONE]),
        ("070-1234567", [PHONE]),
        ("+46 70 123 45 67", [PHONE]),
        ("0046701234567", [PHONE]),
        ("anna@al.example", [EMAIL]),
        ("anna (at) al.example", [EMAIL]),
        ("ANNA [AT] AL.EXAMPLE", [EMAIL]),
        ("anna@al.example, 040-123 45 67", [EMAIL, PHONE]),
        ("811218-9876, anna@al.example, 040-123 45 67", [PNR, EMAIL]),
        ("010-123 45 67, 811218-9876", [PNR]),  # an area code ends what is looked at, not the looking
        ("kl 0800-1200", []),
        ("kl 0800 - 1200", []),
        ("2026-11-02 10:00", []),
        ("SoL 2025:400", []),
        ("rum 0412", []),
    ],
)
def test_what_a_text_carries(text: str | None, what: list[Found]) -> None:
    assert list(findings("purpose", text)) == [TextFinding("purpose", found) for found in what]


def test_a_form_names_its_fields() -> None:
    form = {"purpose": "ring 040-123 45 67", "nothing": None, "questions": ["Vem?", "anna@al.example"]}
    assert check(form) == (TextFinding("purpose", PHONE), TextFinding("questions[1]", EMAIL))


def test_a_field_for_phones_takes_phones_and_no_number_of_a_person() -> None:
    assert numbers_in_phone("phone", "070 123 45 67") == ()
    assert numbers_in_phone("phone", " 0701234567 ") == ()
    assert numbers_in_phone("phone", None) == ()
    assert numbers_in_phone("phone", "811218-9876") == (TextFinding("phone", PNR),)
    assert numbers("email", "anna@al.example, 040-123 45 67") == ()
    assert numbers("email", "811218-9876@al.example") == (TextFinding("email", PNR),)


def test_so_much_is_read_and_no_more() -> None:
    """A text, or all texts of a form together: what is longer is refused as too long, whatever it holds."""
    full = "a" * MOST
    assert findings("purpose", full) == numbers("purpose", full) == check({"purpose": full}) == ()
    too_long = (TextFinding("purpose", Found.TOO_LONG),)
    assert (
        findings("purpose", full + "a") == numbers("purpose", full + "a") == check({"purpose": full + "a"}) == too_long
    )
    assert check({"title": full, "questions": ["b"]}) == (TextFinding("questions[0]", Found.TOO_LONG),)


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (Place(PlaceKind.VIDEO, video_url="https://video.region.example/19121212-1212"), ["place.video_url"]),
        (Place(PlaceKind.VIDEO, video_url="https://video.region.example/19121212%2D1212"), ["place.video_url"]),
        (Place(PlaceKind.VIDEO, video_url="https://video.region.example/191212121%3212"), ["place.video_url"]),
        (Place(PlaceKind.VIDEO, video_url="https://video.region.example/j/91234567890?pwd=a1b2c3"), []),
        (Place(PlaceKind.VIDEO, phone="0701234567"), []),
        ({"names": (NamedPerson("Anna", "anna.191212121212@al.example"),)}, ["place.names[0].email"]),
        ([NamedPerson("Anna 19121212\u00ad1212", "anna@al.example")], ["place[0].name"]),
        (Said(Channel.MAIL, "191212121212@al.example", Stamp(0, NOW, NOW, "191212121212")), []),
        (Said(Channel.MAIL, "x", Stamp(0, NOW, NOW, "1"), confirmed_by="191212121212"), []),
        (Said(Channel.MAIL, "x", Stamp(0, NOW, NOW, "1"), reply_to="191212121212@al.example"), ["place.reply_to"]),
        (ClaimDecided(1, Verdict.ACCEPT, "191212121212", "Nora"), []),
        (ClaimDecided(1, Verdict.ACCEPT, "Clara", "19121212-1212"), ["place.name"]),
        (Bounced("191212121212", NOW), []),
        (PlaceKind.VIDEO, []),
    ],
)
def test_every_text_of_a_value_is_looked_at(value: object, fields: list[str]) -> None:
    """Names, addresses and links, wherever they lie; not what names an actor of ours."""
    assert [one.field for one in numbers_within(value, "place")] == fields


def test_no_form_of_ours_needs_more_than_twenty_thousand_characters() -> None:
    assert MOST == 20_000
