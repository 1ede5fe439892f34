"""The last day an automatic reply is away: one date that its words say plainly, or none."""

from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.edges.mail.received import away, mime
from sip.edges.mail.received.imip import parse
from sip.usecases.received.parsed import Kind

SENT = date(2026, 11, 3)
LAST, BACK = date(2026, 11, 16), date(2026, 11, 15)


@pytest.mark.parametrize(
    "text",
    [
        "Jag är åter den 16 november.",
        "Hej! Jag är tillbaka måndag 16/11.",
        "tillbaka 16.11.2026",
        "Frånvarande till och med 2026-11-16",
        "Ledig t.o.m. 16 nov",
        "Jag är ledig t o m den 16:e november.",
        "Åter i tjänst mån 16 nov",
        "Jag återkommer den 16 november 2026.",
        "Jag är på semester 2-16 november",
        "Jag är på semester 2/11-16/11.",
        "Fram till 16 november svarar ingen här.",
        "Jag är borta till och med 13 november, åter måndag 16 november.",
        "Back on 16 November",
        "I am back in the office on Monday, 16 November.",
        "I am away until Nov 16th.",
        "I will return on Monday, November 16, 2026.",
        "Away until November 16 at 10:00",
        "Out of office from 2 Nov to 16 Nov",
        "On vacation through 2026-11-16.",
        "Back 11/16",
        "Jag är\n tillbaka\n 16/11 2026",
    ],
)
def test_a_date_said_plainly(text: str) -> None:
    back = any(word in text.lower() for word in ("åter", "tillbaka", "back", "return"))
    assert away.named(text, SENT) == (BACK if back else LAST)


@pytest.mark.parametrize(
    "text",
    [
        "Jag läser min post igen på torsdag.",
        "I'm out of the office Friday.",
        "Jag återkommer så snart jag kan.",
        "Tillbaka tisdag den 16 november",  # it is a Monday
        "Back 11/5",  # November or May
        "Jag är tillbaka den 30 februari.",
        "Jag är tillbaka den 1 oktober.",  # past, and eleven months to the next
        "Åter den 2 november 2026",  # yesterday
        "Åter den 3 november",  # today
        "Åter den 16 november 2056",
        "Eva är åter den 16 november och Bo är åter den 18 november.",
        "Telefontid 9.00 till 16.30",
        "Mötet är den 16 november.",
        "åter 16-17 november",
        "> Jag är åter den 16 november.",
        "Tack!\n-----Ursprungligt meddelande-----\nåter den 16 november",
        "",
    ],
)
def test_any_doubt_is_none(text: str) -> None:
    assert away.named(text, SENT) is None


def test_the_year_is_the_next_that_fits() -> None:
    assert away.named("Åter den 7 januari", SENT) == date(2027, 1, 6)
    assert away.named("Tjänstledig till den 31 augusti 2027", SENT) == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("exchange-oof", date(2026, 11, 8)),
        ("vacation", None),
        ("outlook-away-html", BACK),
        ("google-vacation", BACK),
    ],
)
def test_golden_replies(name: str, day: date | None) -> None:
    found = parse((Path(__file__).parent / "golden" / f"{name}.eml").read_bytes())
    assert (found.kind, found.away_until) == (Kind.AUTO_REPLY, day)


def reply(body: str, subject: str = "", subtype: str = "plain", dated: bool = True) -> date | None:
    mail = EmailMessage()
    mail["Auto-Submitted"] = "auto-replied"
    if dated:
        mail["Date"] = "Tue, 3 Nov 2026 08:00:00 +0100"
    mail["Subject"] = subject
    mail.set_content(body, subtype=subtype)
    return parse(mail.as_bytes()).away_until


def test_subject_and_html_are_read_and_what_a_page_hides_is_not() -> None:
    assert reply("Hej", "Autosvar: åter 16/11") == BACK
    shown = "<style>p { color: red }</style><p>Jag &auml;r <b>&aring;ter</b>&nbsp;den 16 november</p>"
    assert reply(shown, subtype="html") == BACK
    assert reply("<style>åter den 16 november</style><p>Hej</p>", subtype="html") is None


def test_without_a_date_header_nothing_is_known() -> None:
    assert reply("Jag är åter den 16 november.", dated=False) is None


WORDS = (
    "åter", "back", "until", "till", "t.o.m.", "den", "16", "/", ".", "-", "november", "Nov", "2026", "måndag", "99",
    "2026-13-40", "th", ":", "<p>", "</style>", "<style>",
)  # fmt: skip


@given(st.text(max_size=400) | st.lists(st.sampled_from(WORDS)).map(" ".join), st.dates(max_value=date(9990, 1, 1)))
def test_no_text_raises_and_a_day_is_near(text: str, sent: date) -> None:
    day = away.named(text, sent)
    assert day is None or 0 <= (day - sent).days <= 730
    message = mime.parse_message(b"Content-Type: text/html\r\n\r\n" + text.encode("utf-8", "replace"))
    assert away.until(message, mime.parts_of(message)[0]) is None
