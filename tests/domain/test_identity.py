"""What a provider's word must say to be believed: one claim after the other is taken away, changed or made too old."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sip.domain.identity import LOG_OUT_EVENT, Disbelief, Expected, LogOut, ProvidedIdentity, judge, judge_log_out

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
LOA3 = "http://id.sambi.se/loa/loa3"
EXPECTED = Expected("https://idp.example", "sip", ("employeeHsaId",), (LOA3,), "commissionHsaId", timedelta(minutes=1))
WORD: Mapping[str, Any] = {
    "iss": "https://idp.example", "aud": "sip", "sub": "s1", "sid": "session", "nonce": "n", "iat": AT, "exp": AT + 300,
    "auth_time": AT - 10, "acr": LOA3, "employeeHsaId": "SE2321000131-A1", "commissionHsaId": "SE2321000131-U1",
}  # fmt: skip


def test_a_word_that_says_all_of_it_names_somebody() -> None:
    assert judge(WORD, EXPECTED, "n", NOW) == ProvidedIdentity(
        "SE2321000131-A1", "s1", "session", LOA3, "SE2321000131-U1"
    )


@pytest.mark.parametrize(
    ("changed", "doubt"),
    [
        ({"iss": "https://idp.example/"}, Disbelief.ISSUER),
        ({"iss": None}, Disbelief.ISSUER),
        ({"aud": "other"}, Disbelief.AUDIENCE),
        ({"aud": ["sip", "other"]}, Disbelief.AUDIENCE),
        ({"aud": ["sip", "other"], "azp": "other"}, Disbelief.AUDIENCE),
        ({"aud": ["other", "third"], "azp": "sip"}, Disbelief.AUDIENCE),
        ({"aud": "other", "azp": "sip"}, Disbelief.AUDIENCE),
        ({"azp": "other"}, Disbelief.AUDIENCE),
        ({"aud": 5}, Disbelief.AUDIENCE),
        ({"nonce": "other"}, Disbelief.NONCE),
        ({"nonce": None}, Disbelief.NONCE),
        ({"exp": AT - 61}, Disbelief.TIME),
        ({"exp": AT - 60}, Disbelief.TIME),
        ({"exp": None}, Disbelief.TIME),
        ({"exp": True}, Disbelief.TIME),
        ({"exp": 10**30}, Disbelief.TIME),
        ({"exp": 10**16}, Disbelief.TIME),
        ({"exp": float("nan")}, Disbelief.TIME),
        ({"exp": str(AT + 300)}, Disbelief.TIME),
        ({"iat": AT + 61}, Disbelief.TIME),
        ({"iat": None}, Disbelief.TIME),
        ({"iat": True}, Disbelief.TIME),
        ({"nbf": AT + 61}, Disbelief.TIME),
        ({"acr": "http://id.sambi.se/loa/loa2"}, Disbelief.ASSURANCE),
        ({"acr": None}, Disbelief.ASSURANCE),
        ({"acr": [LOA3]}, Disbelief.ASSURANCE),
        ({"employeeHsaId": ""}, Disbelief.SUBJECT),
        ({"employeeHsaId": ["SE2321000131-A1"]}, Disbelief.SUBJECT),
        ({"employeeHsaId": "A" * 256}, Disbelief.SUBJECT),
        ({"sub": ""}, Disbelief.SUBJECT),
        ({"sub": "s" * 256}, Disbelief.SUBJECT),
    ],
)
def test_what_is_not_said_is_not_believed(changed: Mapping[str, Any], doubt: Disbelief) -> None:
    assert judge({**WORD, **changed}, EXPECTED, "n", NOW) is doubt


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": AT - 59},
        {"iat": AT + 60},
        {"aud": ["sip"]},
        {"aud": ["sip", "other"], "azp": "sip"},
        {"commissionHsaId": None},
        {"nbf": AT + 60},
        {"nbf": AT - 60},
        {"nbf": None},
        {"exp": AT + 0.5},
        {"employeeHsaId": "A" * 255},
        {"sid": "s" * 255},
        {"employeeHsaId": "a|b"},
    ],
)
def test_clocks_differ_and_some_things_may_be_missing(changed: Mapping[str, Any]) -> None:
    assert isinstance(judge({**WORD, **changed}, EXPECTED, "n", NOW), ProvidedIdentity)


def test_an_empty_nonce_is_no_nonce() -> None:
    assert judge({**WORD, "nonce": ""}, EXPECTED, "", NOW) is Disbelief.NONCE


def test_several_claims_name_somebody_together_and_cannot_be_shifted() -> None:
    entra = replace(EXPECTED, claims=("tid", "oid"))
    found = judge({**WORD, "tid": "t", "oid": "o"}, entra, "n", NOW)
    assert isinstance(found, ProvidedIdentity)
    assert found.subject == "t|o"
    assert judge({**WORD, "tid": "t"}, entra, "n", NOW) is Disbelief.SUBJECT
    assert judge({**WORD, "tid": "t|o", "oid": "o"}, entra, "n", NOW) is Disbelief.SUBJECT
    assert judge(WORD, replace(EXPECTED, claims=()), "n", NOW) is Disbelief.SUBJECT, "nobody is named by nothing"


def test_where_nothing_is_asked_of_it_any_level_and_no_commission_will_do() -> None:
    plain = Expected("https://idp.example", "sip", ("employeeHsaId",))
    assert judge({**WORD, "acr": None, "auth_time": None}, plain, "n", NOW) == ProvidedIdentity(
        "SE2321000131-A1", "s1", "session", "", ""
    )
    assert (plain.acr, plain.commission, plain.skew, plain.fresh) == ((), "", timedelta(minutes=1), None)
    assert judge({**WORD, "": "SE2321000131-U1"}, plain, "n", NOW) == ProvidedIdentity(
        "SE2321000131-A1", "s1", "session", LOA3, ""
    )


def test_who_confirms_has_just_signed_in_there() -> None:
    fresh = replace(EXPECTED, fresh=timedelta(minutes=5))
    assert isinstance(judge(WORD, fresh, "n", NOW), ProvidedIdentity)
    assert isinstance(judge({**WORD, "auth_time": AT - 360}, fresh, "n", NOW), ProvidedIdentity)
    assert judge({**WORD, "auth_time": AT - 361}, fresh, "n", NOW) is Disbelief.AGE
    assert judge({**WORD, "auth_time": None}, fresh, "n", NOW) is Disbelief.AGE


ENDED: Mapping[str, Any] = {
    "iss": "https://idp.example", "aud": "sip", "iat": AT, "exp": AT + 120, "jti": "j", "sub": "s1", "sid": "session",
    "events": {LOG_OUT_EVENT: {}},
}  # fmt: skip


def test_a_word_of_log_out_names_whose() -> None:
    assert judge_log_out(ENDED, EXPECTED, NOW) == LogOut("s1", "session", "j")
    assert judge_log_out({**ENDED, "sid": None}, EXPECTED, NOW) == LogOut("s1", "", "j")
    assert judge_log_out({**ENDED, "sub": None}, EXPECTED, NOW) == LogOut("", "session", "j")


@pytest.mark.parametrize(
    "changed", [{"iat": AT - 660}, {"iat": AT + 60}, {"exp": AT - 59}, {"exp": None}, {"iat": AT - 600, "exp": AT}]
)
def test_a_word_of_log_out_counts_for_ten_minutes_and_clocks_differ(changed: Mapping[str, Any]) -> None:
    assert judge_log_out({**ENDED, **changed}, EXPECTED, NOW) == LogOut("s1", "session", "j")


@pytest.mark.parametrize(
    ("changed", "doubt"),
    [
        ({"iss": "https://other.example"}, Disbelief.ISSUER),
        ({"aud": "other"}, Disbelief.AUDIENCE),
        ({"events": {}}, Disbelief.EVENT),
        ({"events": None}, Disbelief.EVENT),
        ({"events": LOG_OUT_EVENT}, Disbelief.EVENT),
        ({"events": [LOG_OUT_EVENT]}, Disbelief.EVENT),
        ({"nonce": None}, Disbelief.NONCE),
        ({"aud": ["sip", "other"]}, Disbelief.AUDIENCE),
        ({"nonce": "n"}, Disbelief.NONCE),
        ({"iat": AT - 661}, Disbelief.TIME),
        ({"iat": AT + 61}, Disbelief.TIME),
        ({"iat": None}, Disbelief.TIME),
        ({"exp": AT - 60}, Disbelief.TIME),
        ({"jti": ""}, Disbelief.SUBJECT),
        ({"sub": None, "sid": None}, Disbelief.SUBJECT),
    ],
)
def test_a_word_of_log_out_that_says_something_else_ends_nothing(changed: Mapping[str, Any], doubt: Disbelief) -> None:
    assert judge_log_out({**ENDED, **changed}, EXPECTED, NOW) is doubt
    assert judge(ENDED, EXPECTED, "n", NOW) is Disbelief.NONCE, "nor does it sign anybody in"
