"""A key that is narrowed: what it lacks is 403, whatever its role; each operation has its area."""

from itertools import product

import pytest
import structlog

from sip.domain.people import Role
from sip.store import api_keys
from sip.store.api_keys import KeyRecord
from sip.usecases.key_scopes import AREAS, WORDS, Area, UnknownScopeError, lacking, scopes_of
from tests.api.conftest import Caller, House
from tests.api.test_roles import operations, prepare
from tests.domain.cast import at, ident
from tests.tester import TESTER


async def narrowed(house: House, *scopes: str) -> Caller:
    record = KeyRecord(ident(str(scopes)), str(scopes), Role.ADMINISTRATOR, scopes=scopes, expires_at=at("2027-01-01"))
    async with house.db.transaction(TESTER) as conn:
        return Caller(house.client, await api_keys.make(conn, record))


async def test_a_key_does_what_its_scopes_name_and_no_more(house: House) -> None:
    """Each operation with a key of each scope: 403 and nothing else tells the two apart."""
    given = await prepare(house)
    keys = {word: await narrowed(house, word) for word in WORDS}
    wrong = []
    for n, (operation, method, path) in enumerate(operations(house)):
        area, reads = AREAS[path.split("/")[3]], method == "get"
        for word in WORDS if n % 7 == 0 else (WORDS[n % len(WORDS)], f"{area or Area.MEETINGS}:write"):
            may = area is None or word == f"{area}:write" or (reads and word == f"{area}:read")
            answer = await keys[word](method.upper(), path.format(**given), None if reads else {"unreadable": 1})
            beyond = answer.status_code == 403 and answer.json()["code"] == "beyond_key"
            if beyond is may:
                wrong.append((operation, word, answer.status_code))
    assert not wrong


async def test_a_key_says_what_it_may_and_when_it_runs_out(house: House) -> None:
    key = await narrowed(house, "cases:read", "meetings:write")
    found = (await key("GET", "/me")).json()
    assert (found["scopes"], found["expires_at"]) == (["cases:read", "meetings:write"], "2026-12-31T23:00:00Z")
    refused = await key("POST", "/cases", {}, accept_language="sv")
    assert refused.json()["detail"] == "Nyckeln har inte omfattningen cases:write."
    assert (await house.admin("GET", "/me")).json()["scopes"] == []


async def test_what_a_key_is_refused_stands_in_the_log(roles: House) -> None:
    key = await narrowed(roles, "cases:read")
    with structlog.testing.capture_logs() as logs:
        await key("GET", "/meetings?q=hemligt")
        await roles.keys["chair"]("POST", "/principals", {"name": "Hemligt", "kind": "other"})
        await roles.client.get("/api/v1/me", headers={"Authorization": "Bearer sip_hemligt"})
    found = [line for line in logs if line["event"] == "refused"]
    assert [(line["status"], line["why"], line.get("act")) for line in found] == [
        (403, "beyond_key", "meetings:read"), (403, "forbidden", "keep_directory"), (401, "unauthorized", None),
    ]  # fmt: skip
    assert [line.get("kind") for line in found] == ["api_key", "api_key", None]
    assert "hemligt" not in str(logs).lower()


def test_scopes_narrow_and_never_widen() -> None:
    assert scopes_of(["meetings:write", "meetings:read", "cases:read"]) == ("meetings:write", "cases:read")
    with pytest.raises(UnknownScopeError):
        scopes_of(["meetings:delete"])
    for word, part, writes in product(WORDS, AREAS, (False, True)):
        area = AREAS[part]
        needed = None if area is None else f"{area}:{'write' if writes else 'read'}"
        allowed = lacking((word,), part, writes=writes) is None
        assert allowed is (needed is None or word in (needed, f"{area}:write"))
    assert lacking((), "meetings", writes=True) is None
