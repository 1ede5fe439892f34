"""Who a header names: an address is never put together from a name, and an author who cannot be told is nobody.

The table holds what `email.utils.getaddresses` of Python 3.11.2, 3.11.7, 3.12 and 3.13 read in different ways.
"""

import sys
from email import message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain.address import is_mailable
from sip.edges.mail.received import mime
from sip.edges.mail.received.header_addresses import addresses_in, only_address
from sip.edges.mail.received.imip import parse

EVIL, UNIT = "evil@x.example", "hemtjanst@al.example"


@pytest.mark.parametrize(
    ("value", "author", "listed"),
    [
        (f"<{EVIL}>", EVIL, (EVIL,)),
        (f"{EVIL}", EVIL, (EVIL,)),
        (f"Hemtjänsten <{EVIL.upper()}>", EVIL, (EVIL,)),
        (f'"{UNIT}" <{EVIL}>', EVIL, (EVIL,)),
        (f"{UNIT} <{EVIL}>", EVIL, (EVIL,)),
        (f"=?utf-8?q?=22{UNIT.replace('@', '=40')}=22_=2C?= <{EVIL}>", EVIL, (EVIL,)),
        (f"=?utf-8?q?=3C{UNIT.replace('@', '=40')}=3E?= <{EVIL}>", EVIL, (EVIL,)),
        (f"=?utf-8?q?{UNIT.replace('@', '=40')}?=", None, ()),
        (f"<{EVIL}> {UNIT}", None, ()),
        (f"<{EVIL}>, {UNIT}", None, (EVIL, UNIT)),
        (f"{UNIT}, <{EVIL}>", None, (UNIT, EVIL)),
        (f"{EVIL} ({UNIT})", EVIL, (EVIL,)),
        (f"{UNIT}(a)@x.example", None, ()),
        (f"{UNIT}(", None, ()),
        (f'"{UNIT}', None, ()),
        (f"<<{UNIT}>>", None, ()),
        (f"<{UNIT}><{EVIL}>", None, ()),
        (f"<@x.example:{UNIT}>", None, ()),
        (f"Ek, Anna <{EVIL}>", EVIL, (EVIL,)),
        (f'"Ek, \\"Anna\\"" <{EVIL}>', EVIL, (EVIL,)),
        (f"Anna (i (Al) kommun) <{EVIL}>", EVIL, (EVIL,)),
        (f"unit: {EVIL};", EVIL, (EVIL,)),
        ("undisclosed-recipients:;", None, ()),
        ("", None, ()),
    ],
)
def test_who_a_header_names(value: str, author: str | None, listed: tuple[str, ...]) -> None:
    assert (only_address([value]), addresses_in(value)) == (author, listed), sys.version


def test_two_authors_in_two_headers_are_nobody() -> None:
    message = message_from_string(f"From: <{UNIT}>\nFrom: <{EVIL}>\n\nHej\n")
    assert only_address(mime.written(message, "From")) is None
    assert parse(f"From: <{UNIT}>\r\nFrom: <{EVIL}>\r\n\r\nHej\r\n".encode()).from_email is None


@given(st.text(alphabet='ab@.,;:<>()"\\ =?', max_size=60))
def test_what_is_found_stands_there_and_can_be_mailed(value: str) -> None:
    found = addresses_in(value)
    assert all(is_mailable(one) and one in value for one in found)
    author = only_address([value])
    assert author is None or found == (author,)


def test_a_long_header_costs_no_time() -> None:
    for text in ("(" * 1_000_000, '"' * 1_000_001, "<" * 1_000_000, "a@x.example," * 50_000, "a:" * 500_000):
        addresses_in(text)
