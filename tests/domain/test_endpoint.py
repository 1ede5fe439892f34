"""Where events may be sent, when they are tried again, when an endpoint is switched off (rules, section 19 W4-W6)."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from sip.domain.effects import Notice, NoticeKind
from sip.domain.endpoint import (
    DEAD_AFTER,
    LADDER,
    MOST_ASKED,
    HookAnswer,
    HookState,
    HookTrouble,
    OffBecause,
    judged,
    reachable,
    switched_off,
    told_off,
    url_problem,
    wait_after,
)
from sip.domain.people import Address, Language
from tests.domain.cast import ident

OWN = (ipaddress.ip_network("10.20.0.0/16"),)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://journal.region.example/sip", None),
        ("https://journal.region.example:8443/sip?a=b", None),
        ("https://93.184.215.14/", None),
        ("https://10.20.1.2/sip", None),
        ("http://journal.region.example/sip", "endpoint_https"),
        ("ftp://journal.region.example/", "endpoint_https"),
        ("https://ada:word@journal.region.example/", "endpoint_url"),
        ("https://@journal.region.example/", "endpoint_url"),
        ("https://journal.region.example/#a", "endpoint_url"),
        ("https://journal.region.example/\nx", "endpoint_url"),
        ("https://jöurnal.region.example/", "endpoint_url"),
        ("https://journal.region.example:0/", "endpoint_url"),
        ("https://journal.region.example:99999/", "endpoint_url"),
        ("https://[::1/", "endpoint_url"),
        ("https:///sip", "endpoint_url"),
        (f"https://journal.region.example/{'a' * 500}", "endpoint_url"),
        ("https://localhost/", "endpoint_private"),
        ("https://journal/", "endpoint_private"),
        ("https://journal./", "endpoint_private"),
        ("https://127.0.0.1/", "endpoint_private"),
        ("https://10.1.2.3/", "endpoint_private"),
        ("https://[::1]/", "endpoint_private"),
        ("https://169.254.169.254/latest/meta-data", "endpoint_private"),
    ],
)
def test_only_public_https_addresses_and_the_networks_of_ones_own(url: str, problem: str | None) -> None:
    assert url_problem(url, OWN) == problem


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.20.3.4", True), ("::ffff:10.20.3.4", True), ("64:ff9b::5db8:d70e", True),
        ("10.21.0.1", False), ("192.168.1.1", False), ("172.16.0.1", False), ("100.64.0.1", False), ("0.0.0.0", False),
        ("127.0.0.1", False), ("169.254.169.254", False), ("224.0.0.1", False), ("255.255.255.255", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fd00::1", False), ("ff02::1", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("::127.0.0.1", False),
    ],
)  # fmt: skip
def test_an_address_is_judged_by_what_it_carries_inside(address: str, may: bool) -> None:
    assert reachable(ipaddress.ip_address(address), OWN) is may


def test_only_2xx_is_taken_as_heard() -> None:
    def of(code: int) -> tuple[HookState, HookTrouble | None]:
        verdict = judged(HookAnswer(code), "msg_1", 1)
        return verdict.state, verdict.trouble

    for code in (200, 202, 204, 299):
        assert of(code) == (HookState.DELIVERED, None)
    for code in (100, 400, 404, 429, 500, 503):
        assert of(code) == (HookState.LATER, HookTrouble.STATUS)
    assert of(301) == of(308) == (HookState.LATER, HookTrouble.REDIRECT)
    assert of(410) == (HookState.GIVEN_UP, HookTrouble.GONE)
    assert judged(HookAnswer(trouble=HookTrouble.TLS), "msg_1", 1).trouble is HookTrouble.TLS


def test_it_is_tried_again_for_three_days_on_one_ladder() -> None:
    waits = []
    for attempt in range(1, 20):
        if (wait := wait_after("msg_1", attempt)) is None:
            break
        waits.append(wait)
    assert len(waits) == len(LADDER) == 9
    for step, wait in zip(LADDER, waits, strict=True):
        assert step <= wait <= step * 1.1
    assert sum(LADDER, timedelta()) > DEAD_AFTER, "the last try of an endpoint that is dead finds that it is"
    assert wait_after("msg_1", 3) == wait_after("msg_1", 3)
    assert len({wait_after(f"msg_{n}", 3) for n in range(40)}) > 20, "they do not come back together"
    given_up = judged(HookAnswer(500), "msg_1", 10)
    assert (given_up.state, given_up.wait) == (HookState.GIVEN_UP, None)


def test_an_endpoint_may_ask_for_an_hour_of_rest_at_most() -> None:
    for asked, given in ((30, 30), (-5, 0), (86_400, MOST_ASKED.total_seconds())):
        rest = judged(HookAnswer(429, rest=timedelta(seconds=asked)), "msg_1", 1).rest
        assert rest == timedelta(seconds=given)
    assert judged(HookAnswer(429), "msg_1", 1).rest is None


def test_it_is_switched_off_when_every_try_of_three_days_failed_or_at_once_where_it_is_gone() -> None:
    almost = DEAD_AFTER - timedelta(seconds=1)
    assert switched_off(HookTrouble.STATUS, almost) is None
    assert switched_off(HookTrouble.TIMEOUT, DEAD_AFTER) is OffBecause.FAILING
    assert switched_off(HookTrouble.GONE, timedelta()) is OffBecause.GONE


def test_who_keeps_it_is_told_with_its_name_and_why() -> None:
    now, to = datetime(2026, 11, 2, 9, tzinfo=UTC), Address("ada@al.example", "Ada", Language.SV)
    made = told_off(ident("e"), "Journalen", OffBecause.GONE, ident("ada"), to, now)
    assert isinstance(made, Notice) and made.kind is NoticeKind.ENDPOINT_OFF and made.user_id == ident("ada")
    assert made.detail == {"name": "Journalen", "because": "gone", "page": f"/webhooks/{ident('e')}"}
    assert made.key == f"endpoint_off/{ident('e')}/{now.isoformat()}/{ident('ada')}"
