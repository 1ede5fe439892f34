"""What a person wrote, as text: charsets that lie, HTML alone, quotes, and bytes that nobody should be shown."""

import base64
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.edges.mail.received.markup import text_of
from sip.edges.mail.received.plain import MOST_HTML, MOST_LETTERS, Words, words_of
from tests.mail.test_imip_in import FILES

SAID = "Vi kommer på måndag, men först klockan två."
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:hemligt\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def letter(body: bytes, content_type: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"From: <hemtjanst@al.example>\r\nMIME-Version: 1.0\r\n{more}Content-Type: {content_type}\r\n\r\n"
    return head.encode() + body


def parts(*inner: bytes, kind: str = "alternative") -> bytes:
    body = b"".join(b"--b\r\n" + one + b"\r\n" for one in inner) + b"--b--\r\n"
    return letter(body, f'multipart/{kind}; boundary="b"')


def part(content_type: str, body: str, disposition: str | None = None) -> bytes:
    more = f"\r\nContent-Disposition: {disposition}" if disposition else ""
    return f"Content-Type: {content_type}{more}\r\n\r\n{body}\r\n".encode()


def said(raw: bytes) -> str:
    found = words_of(raw)
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    ("written_in", "claimed"),
    [
        ("utf-8", "utf-8"), ("utf-8", "us-ascii"), ("utf-8", "iso-8859-1"), ("utf-8", "no-such-charset"),
        ("latin-1", "iso-8859-1"), ("latin-1", "utf-8"), ("latin-1", "us-ascii"), ("cp1252", "x-unknown"),
        ("utf-16", "utf-16"), ("utf-7", "utf-7"), ("utf-8", "punycode"), ("latin-1", "base64"), ("utf-8-sig", "utf-8"),
    ],
)  # fmt: skip
def test_a_charset_is_believed_only_where_the_bytes_agree(written_in: str, claimed: str) -> None:
    assert said(letter(SAID.encode(written_in), f"text/plain; charset={claimed}")) == SAID


def test_base64_and_quoted_printable_are_read() -> None:
    assert said(letter(base64.encodebytes(SAID.encode()), Content_Transfer_Encoding="base64")) == SAID
    assert said(letter(b"Vi h=C3=B6rs=\r\n av.", Content_Transfer_Encoding="quoted-printable")) == "Vi hörs av."


def test_html_alone_is_shown_without_its_markup() -> None:
    html = (
        "<html><head><title>Sv: kallelse</title><style>p {color: red}</style></head><body><!-- en <b>kommentar</b> -->"
        "<p>Hej!</p><p>Vi <b>kommer</b>&nbsp;kl.&#32;10 &amp; g&aring;r 11.</p><ul><li>Anna</li><li>Bo</li></ul>"
        '<script>alert("ut")</script><img src="https://spion.example/x.gif" alt="x"><a href="https://x.example">här</a>'
        "5 < 6</body></html>"
    )
    assert said(letter(html.encode(), "text/html; charset=utf-8")) == (
        "Hej!\n\nVi kommer kl. 10 & går 11.\n\n- Anna\n- Bo\n\nhär5 < 6"
    )


def test_the_plain_part_is_preferred_and_an_empty_one_is_not() -> None:
    html = part("text/html; charset=utf-8", "<p>I HTML</p>")
    assert said(parts(part("text/plain; charset=utf-8", "I klartext"), html)) == "I klartext"
    assert said(parts(part("text/plain; charset=utf-8", " \r\n "), html)) == "I HTML"


def test_calendars_attachments_and_inner_messages_are_never_shown() -> None:
    inner = "Content-Type: text/plain\r\n\r\nnågon annans brev\r\n"
    raw = parts(
        part("text/plain; charset=utf-8", f"Se bilagan.\r\n{CALENDAR}Hälsningar"),
        part("text/calendar; method=REPLY", CALENDAR), part("text/plain", "en bilaga", 'attachment; filename="a.txt"'),
        part("message/rfc822", inner), kind="mixed",
    )  # fmt: skip
    text = said(raw)
    assert text == "Se bilagan.\n\nHälsningar"
    assert words_of(letter(CALENDAR.encode(), "text/calendar; method=REPLY")) is None
    assert words_of(letter(CALENDAR.encode())) is None


@pytest.mark.parametrize(
    "original",
    [
        "Den mån 2 nov. 2026 kl 09:00 skrev SIP-samordning <sip@sip.example>:\n> Ni är kallade.\n>\n> Svara här",
        "On Mon, Nov 2, 2026 at 9:00 AM SIP-samordning <\nsip@sip.example> wrote:\n\n> Ni är kallade.",
        "-----Ursprungligt meddelande-----\nFrån: SIP\nNi är kallade.",
        "Från: SIP-samordning <sip@sip.example>\nSkickat: den 2 november 2026\nNi är kallade.",
        "________________________________\nFrån: SIP-samordning\nNi är kallade.",
        "> Ni är kallade.",
    ],
)
def test_the_original_is_kept_apart(original: str) -> None:
    assert words_of(letter(f"{SAID}\n\n{original}\n".encode())) == Words(SAID, original)


def test_what_is_written_between_or_below_the_quoted_lines_is_hers() -> None:
    between = "> Kan ni komma?\nJa.\n> Klockan tio?\nNej, två."
    assert words_of(letter(f"Hej\n{between}".encode())) == Words(f"Hej\n{between}")
    below = "> Kan ni komma?\n\nJa."
    assert words_of(letter(below.encode())) == Words(below)


def test_a_quote_in_html_is_kept_apart_too() -> None:
    html = f"<div>{SAID}</div><div>Den 2 nov. skrev SIP:</div><blockquote><p>Ni är kallade.</p></blockquote>"
    found = words_of(letter(html.encode(), "text/html; charset=utf-8"))
    assert found == Words(SAID, "Den 2 nov. skrev SIP:\n\n> Ni är kallade.")


def test_nothing_invisible_is_shown() -> None:
    assert said(letter("a\x00b\x07c\u202ed\u200be\ufeff\x1b[31mf".encode())) == "abcde[31mf"


def test_a_long_one_is_cut_and_says_so() -> None:
    found = words_of(letter(b"ord " * MOST_LETTERS))
    assert found is not None and found.cut and len(found.text) <= MOST_LETTERS
    found = words_of(letter(b"<p>x</p>" + b"<!-- y -->" * (MOST_HTML // 10), "text/html"))
    assert found == Words("x", "", True)


@pytest.mark.parametrize("piece", ["<!--", "</", "<a b='", "<script>", "<blockquote>", "<![", "&#9", "İ<b>x</b>"])
def test_hostile_markup_ends(piece: str) -> None:
    text_of(piece * 50_000)


def test_deep_and_costly_mails_are_no_exception() -> None:
    deep = b"x"
    for n in range(40):
        deep = f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() + deep
    assert words_of(deep) is None
    assert words_of(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 900_000) is None
    assert words_of(letter(b"")) is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_of_every_golden_mail_there_are_words_without_a_calendar(path: Path) -> None:
    found = words_of(path.read_bytes())
    assert found is None or "BEGIN:V" not in found.text + found.quoted


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["text/plain", "text/html; charset=utf-16", "multipart/mixed"]))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    words_of(letter(body, content_type))
