"""The head of a day, and the mail of its seal: what is signed, hashed and sent outside (rules, section 2)."""

import json
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from sip.domain import seal_mail
from sip.domain.effects import ACCOUNT, BOOKINGS, GOES_ALONE, Notice, NoticeKind
from sip.domain.people import Address
from sip.domain.sealing import NO_HEAD, DayHead, HeadError, day_to_seal, hash_of_head, read_head
from tests.domain.cast import at

MOMENT = datetime(2026, 11, 3, 7, tzinfo=UTC)
HEAD = DayHead(
    date(2026, 11, 2), 3, 4, b"\x01" * 32, NO_HEAD, MOMENT, MOMENT.replace(minute=1), b"\x02" * 32
)  # fmt: skip
TEXT = (
    '{"at":"2026-11-03T07:00:00+00:00","day":"2026-11-02","first":3,"key":"' + "02" * 32 + '","previous":"'
    + "00" * 32 + '","recorded_at":"2026-11-03T07:01:00+00:00","root":"' + "01" * 32 + '","sip_head":1,"size":4}'
)  # fmt: skip


def test_a_head_is_one_text_that_whoever_keeps_it_can_make_again() -> None:
    """Sorted keys and nothing between, so that the text that is signed is the text that is seen."""
    assert HEAD.text() == TEXT
    assert read_head(TEXT) == HEAD
    assert HEAD.end == 7
    assert hash_of_head(TEXT) == sha256(TEXT.encode()).digest()


def _but(**changed: object) -> str:
    said = {**json.loads(TEXT), **changed}
    return json.dumps(
        {key: value for key, value in said.items() if value != "-"}, sort_keys=True, separators=(",", ":")
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "[]",
        "5",
        "null",
        "{}",
        TEXT + " ",
        TEXT.replace(":3,", ": 3,"),
        _but(day="-"),
        _but(day=20261102),
        _but(day="2026-11-31"),
        _but(root="xy"),
        _but(root=5),
        _but(key=None),
        _but(sip_head=2),
        _but(more="x"),
        json.dumps(json.loads(TEXT), separators=(",", ":"), sort_keys=True).replace("+00:00", "Z"),
    ],
)
def test_nothing_else_is_a_head(wrong: str) -> None:
    with pytest.raises(HeadError):
        read_head(wrong)


@pytest.mark.parametrize(
    ("now", "last", "day"),
    [
        ("2026-11-03 00:00", None, date(2026, 11, 2)),
        ("2026-11-02 23:59", None, date(2026, 11, 1)),
        ("2026-11-02 23:59", date(2026, 11, 1), None),
        ("2026-11-03 00:00", date(2026, 11, 1), date(2026, 11, 2)),
        ("2026-11-03 23:59", date(2026, 11, 2), None),
        ("2026-11-09 12:00", date(2026, 11, 2), date(2026, 11, 8)),
        ("2026-11-02 12:00", date(2026, 11, 5), None),
    ],
)
def test_the_day_that_is_over_and_has_no_head(now: str, last: date | None, day: date | None) -> None:
    assert day_to_seal(at(now), last) == day


def test_the_mail_of_a_seal_holds_counts_and_hashes_and_goes_alone() -> None:
    made = seal_mail.told(HEAD, "seal@archive.example", MOMENT)
    assert made == Notice(
        "seal/2026-11-02", NoticeKind.SEAL, Address("seal@archive.example", ""), None, "", MOMENT, MOMENT, MOMENT,
        detail={"day": "2026-11-02", "rows": "4", "root": "01" * 32, "head": hash_of_head(TEXT).hex()},
    )  # fmt: skip
    assert {kind.value for kind in GOES_ALONE} == {
        "seal",
        "account_invitation",
        "account_password",
        "endpoint_off",
        "group_news",
        "subscription_asked",
        "renewal",
        "thanks",
    }
    assert {kind.value for kind in ACCOUNT} == {"account_invitation", "account_password"}
    assert {kind.value for kind in BOOKINGS} == {"booking", "booking_changed", "booking_cancelled"}
