"""The envelope read back from headers: which header is believed, and that no bytes whatever stop it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.edges.mail.letters.samples import BOUNCE, HOME, REPLY
from sip.edges.mail.ways.delivered_to import envelope_of
from sip.usecases.received.inbound import Envelope

OTHER = "q7m3kx2vbn4tfa6hzwcy5rds2e"
TO = f"sip+{REPLY}@sip.region.example"
ELSE = f"sip+{OTHER}@sip.region.example"
BACK = f"bounce+{BOUNCE}@sip.region.example"
BASE = "sip@sip.region.example"


@pytest.mark.parametrize(
    ("headers", "recipients"),
    [
        (f"To: {TO}", (TO,)),
        (f"To: Mötet <{TO.upper()}>, other@x.example", (TO,)),
        (f"Delivered-To: {TO}\r\nTo: {ELSE}", (TO,)),
        (f"Delivered-To: box@region.example\r\nX-Original-To: {TO}\r\nTo: {ELSE}", (TO,)),
        (f"Envelope-To: {TO}\r\nTo: {ELSE}", (TO,)),
        (f"X-Forwarded-To: {TO}\r\nTo: {ELSE}", (TO,)),
        (f"X-MS-Exchange-Organization-OriginalEnvelopeRecipients: smtp:{TO};\r\nTo: {ELSE}", (TO,)),
        (f"X-MS-Exchange-Organization-Something-Recipient: rfc822;{TO}\r\nTo: {ELSE}", (TO,)),
        (f"To: box@region.example\r\nCc: {TO}, {ELSE}", (TO, ELSE)),
        (f"To: {TO},\r\n {TO}", (TO,)),
        (f"To: {BACK}", (BACK,)),
        (f"To: {TO.replace('+', '%2B')}", (TO.replace("+", "%2b"),)),
        (f"To: =?utf-8?q?M=C3=B6tet?= <{TO}>", (TO,)),
        (f"To: {BASE}", (BASE,)),
        ("To: undisclosed-recipients:;", (BASE,)),
        (f"To: sip+{REPLY}@elsewhere.example", (BASE,)),
        (f"To: {TO}.evil.example", (BASE,)),
        (f"To: sip+{REPLY}x@sip.region.example", (BASE,)),
        (f"Subject: {TO}", (BASE,)),
        (f"Subject: x\r\n\r\nTo: {TO}", (BASE,)),
        ("", (BASE,)),
    ],
)
def test_the_recipient_is_what_servers_wrote_before_what_senders_did(headers: str, recipients: tuple[str, ...]) -> None:
    for newline in ("\r\n", "\n"):
        raw = f"{headers}\r\n\r\nHej\r\n".replace("\r\n", newline).encode()
        assert envelope_of(raw, HOME).recipients == recipients


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ("Return-Path: <a@x.example>\r\nFrom: b@x.example", "a@x.example"),
        ("Return-Path: <>\r\nFrom: b@x.example", ""),
        ("From: Bo <B@x.example>", "b@x.example"),
        ("Subject: x", "unknown"),
        ("Return-Path: x\r\nFrom: b@x.example", "b@x.example"),
        ("From: b@x.example, c@x.example", "unknown"),
    ],
)
def test_the_sender_is_the_return_path(headers: str, sender: str) -> None:
    assert envelope_of(f"{headers}\r\n\r\n".encode(), HOME).mail_from == sender


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"To: ", b"Delivered-To: =?x?b?", b"\xef\xbb\xbf\r\nReturn-Path:"])
)
def test_any_bytes_have_an_envelope(raw: bytes, before: bytes) -> None:
    found = envelope_of(before + raw, HOME)
    assert isinstance(found, Envelope) and found.recipients
