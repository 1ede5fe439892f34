"""What of a person's mail joins a report's thread: her words, without what they answer and who signed them."""

from email.message import EmailMessage

import pytest

from sip.edges.mail.received.imip import parse

ANSWERED = "\n\nDen mån 7 dec. 2026 kl 11:30 skrev SIP <sip@sip.example>:\n> Svara senast den 21."
LONG = "\n".join(f"Rad {n}." for n in range(30))


def words(text: str, *, html: bool = False) -> str | None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@al.example", "sip+x@sip.example", "Sv: Stämmer närvaron?"
    message.set_content(text, subtype="html" if html else "plain")
    return parse(message.as_bytes()).words()


@pytest.mark.parametrize(
    "signed",
    [
        "\n\nMed vänlig hälsning\nSara Svarar\n010-319 29 90\nHemtjänsten Al",
        "\n\nMvh Sara",
        "\n\nHälsningar från hemtjänsten,\nSara",
        "\n\nVänligen,\nSara",
        "\n\n-- \nSara Svarar\n010-319 29 90",
        "\n\nSkickat från min iPhone",
        "\n\nHämta Outlook för Android",
        "\n\nKind regards\nSara",
        "",
    ],
)
@pytest.mark.parametrize("answered", [ANSWERED, ""])
def test_the_words_alone(signed: str, answered: str) -> None:
    assert words(f"Vi ringer i morgon.\n\nHur når vi er?{signed}{answered}") == "Vi ringer i morgon.\n\nHur når vi er?"


def test_a_greeting_far_from_the_end_or_within_a_sentence_is_a_word() -> None:
    assert words("Hälsningar till alla som var med.\n" + LONG) == "Hälsningar till alla som var med.\n" + LONG
    assert words("Vi ringde.\nMed vänlig hälsning var det slut på brevet, och vi väntade på besked om "
                 "hur det skulle bli.") is not None  # fmt: skip
    assert words("Vi regardless ringde.") == "Vi regardless ringde."


def test_of_marked_up_text_the_text() -> None:
    assert words("<p>Vi ringer <b>i morgon</b>.</p><p>Mvh<br>Sara</p>", html=True) == "Vi ringer i morgon."


@pytest.mark.parametrize("text", ["", "Mvh Sara", "a" * 20_001], ids=["nothing", "a greeting", "too much"])
def test_nothing_to_add(text: str) -> None:
    assert words(text) is None


def test_what_is_no_persons_mail_has_no_words() -> None:
    message = EmailMessage()
    message["From"], message["Auto-Submitted"] = "a@al.example", "auto-replied"
    message.set_content("Jag är ledig.")
    assert parse(message.as_bytes()).words() is None
    assert "Vi ringer" not in repr(parse(b"From: a@al.example\n\nVi ringer i morgon.")), "in no log"
