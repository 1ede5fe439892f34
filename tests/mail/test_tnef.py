"""What a winmail.dat is, by the one attribute that is read; broken ones say nothing and raise nothing."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.edges.mail.received.imip import parse
from sip.edges.mail.received.tnef import MessageClass, class_of
from sip.edges.words import LANGUAGES, has_word
from sip.usecases.received.parsed import Broken, Kind

GOLDEN = Path(__file__).parent / "golden"
VERSION, CODEPAGE, CLASS, PRIORITY = 0x00089006, 0x00069007, 0x00078008, 0x0004000D


def attribute(number: int, value: bytes, length: int | None = None) -> bytes:
    head = struct.pack("<BII", 1, number, len(value) if length is None else length)
    return head + value + struct.pack("<H", sum(value) & 0xFFFF)


def winmail(name: bytes, *, length: int | None = None) -> bytes:
    """A small winmail.dat: version and code page before the message class, as Outlook writes them."""
    before = attribute(VERSION, struct.pack("<I", 0x10000)) + attribute(CODEPAGE, struct.pack("<II", 1252, 0))
    after = attribute(PRIORITY, struct.pack("<H", 2))
    return struct.pack("<IH", 0x223E9F78, 1) + before + attribute(CLASS, name, length) + after


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        (b"IPM.Microsoft Schedule.MtgRespP\0", MessageClass.YES),
        (b"IPM.Microsoft Schedule.MtgRespN\0", MessageClass.NO),
        (b"IPM.Microsoft Schedule.MtgRespA\0", MessageClass.MAYBE),
        (b"IPM.Schedule.Meeting.Resp.Pos\0", MessageClass.YES),
        (b"Microsoft Mail v3.0 IPM.Microsoft Schedule.MtgReq\0", MessageClass.REQUEST),
        (b"IPM.Microsoft Schedule.MtgCncl\0", MessageClass.CANCEL),
        (b"IPM.Microsoft Mail.Note\0", MessageClass.TEXT),
        (b"ipm.microsoft mail.note", MessageClass.TEXT),
        (b"IPM.Contact\0", MessageClass.OTHER),
        (b"\xff\xfe\0", MessageClass.OTHER),
        (b"", MessageClass.OTHER),
    ],
)
def test_message_classes(name: bytes, meant: MessageClass) -> None:
    assert class_of(winmail(name)) is meant


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x78\x9f\x3e\x22",
        b"PK\x03\x04" + bytes(100),
        winmail(b"IPM.Note\0", length=0xFFFFFFFF),
        winmail(b"x" * 300),
        struct.pack("<IH", 0x223E9F78, 1) + attribute(VERSION, b"", 0xFFFFFFF0),
        struct.pack("<IH", 0x223E9F78, 1) + attribute(PRIORITY, b"") * 2_000 + attribute(CLASS, b"IPM.Note\0"),
    ],
)
def test_what_is_broken_says_nothing(data: bytes) -> None:
    assert class_of(data) is None


@given(st.binary(max_size=200), st.integers(0, 200))
def test_no_bytes_raise(data: bytes, cut: int) -> None:
    class_of(data)
    class_of(struct.pack("<IH", 0x223E9F78, 1) + data)
    class_of(winmail(b"IPM.Note\0")[:cut] + data)


@pytest.mark.parametrize(
    ("name", "meant"), [("tnef", None), ("tnef-accepted", MessageClass.YES), ("tnef-text", MessageClass.TEXT)]
)
def test_golden_mails_are_never_an_answer(name: str, meant: MessageClass | None) -> None:
    found = parse((GOLDEN / f"{name}.eml").read_bytes())
    assert (found.kind, found.broken, found.tnef_class) == (Kind.BROKEN, Broken.TNEF, meant)
    assert (found.attendees, found.uid) == ((), None)


def test_each_class_has_its_words() -> None:
    assert all(has_word(language, f"inbound_flag.tnef_{one}") for language in LANGUAGES for one in MessageClass)
