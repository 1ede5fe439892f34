"""Endpoints by key: made, tried, given another secret, switched, and taken away by who administers the place."""

from typing import Any
from uuid import uuid4

import pytest

from sip.domain.people import Role
from sip.domain.webhook import secret_of
from tests.api.conftest import Caller, House
from tests.domain.cast import HOME_CARE, REGION

AL = HOME_CARE.principal_id
BODY = {"name": "Journalen", "url": "https://journal.region.example/sip", "types": ["meeting.moved", "meeting.called"]}


async def made(caller: Caller, **more: object) -> dict[str, Any]:
    answer = await caller("POST", "/webhooks", {**BODY, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_endpoint_lives_from_its_secret_to_its_end(roles: House) -> None:
    one = await made(roles.admin)
    there, path = one["endpoint"], f"/webhooks/{one['endpoint']['id']}"
    assert len(secret_of(one["secret"])) == 32
    assert (there["types"], there["failing"], there["off_at"]) == (["meeting.called", "meeting.moved"], False, None)
    assert (await roles.admin("GET", "/webhooks")).json() == [there] and "secret" not in there
    changed = await roles.admin("PUT", path, {**BODY, "name": "Den nya", "types": ["deviation.closed"]})
    assert (changed.json()["name"], changed.json()["types"]) == ("Den nya", ["deviation.closed"])
    new = (await roles.admin("POST", f"{path}/rotation", {"days": 7})).json()
    assert new["secret"] != one["secret"] and new["endpoint"]["old_until"] is not None
    assert (await roles.admin("POST", f"{path}/test")).status_code == 202
    (line,) = (await roles.admin("GET", f"{path}/messages")).json()["items"]
    assert (line["type"], line["state"], line["attempts"]) == ("endpoint.test", "waiting", 0)
    off = (await roles.admin("PUT", f"{path}/switch", {"on": False})).json()
    assert off["off_because"] == "by_hand"
    refused = await roles.admin("POST", f"{path}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "endpoint_off")
    assert (await roles.admin("GET", f"{path}/messages")).json()["items"][0]["state"] == "dropped"
    assert (await roles.admin("PUT", f"{path}/switch", {"on": True})).json()["off_at"] is None
    assert (await roles.admin("DELETE", path)).status_code == 204
    assert (await roles.admin("GET", path)).status_code == 404


async def test_the_same_request_makes_one_and_shows_its_secret_once(roles: House) -> None:
    first = await roles.admin("POST", "/webhooks", BODY, idempotency_key="a")
    again = await roles.admin("POST", "/webhooks", BODY, idempotency_key="a")
    assert first.json()["secret"] and again.json()["secret"] is None
    assert first.json()["endpoint"] == again.json()["endpoint"]
    assert len((await roles.admin("GET", "/webhooks")).json()) == 1


async def test_who_administers_a_place_keeps_its_own_and_sees_no_other(roles: House) -> None:
    await roles.key("of_al", Role.ADMINISTRATOR, principal_id=AL)
    of_al = roles.keys["of_al"]
    own = (await made(of_al))["endpoint"]
    other = (await made(roles.admin))["endpoint"]
    assert own["principal_id"] == str(AL) and other["principal_id"] is None
    assert [one["id"] for one in (await of_al("GET", "/webhooks")).json()] == [own["id"]]
    assert (await of_al("GET", f"/webhooks/{other['id']}")).status_code == 404
    assert (await of_al("POST", "/webhooks", {**BODY, "principal_id": str(REGION)})).status_code == 404
    by_admin = await roles.admin("POST", "/webhooks", {**BODY, "principal_id": str(AL)})
    assert by_admin.json()["endpoint"]["principal_id"] == str(AL)
    assert len((await roles.admin("GET", "/webhooks")).json()) == 3
    assert (await roles.admin("POST", "/webhooks", {**BODY, "principal_id": str(uuid4())})).status_code == 404


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"url": "https://10.0.0.1/sip"}, "endpoint_private"),
        ({"url": "https://ada:a@journal.example/"}, "endpoint_url"),
        ({"types": ["endpoint.test"]}, "endpoint_types"),
    ],
)  # fmt: skip
async def test_what_cannot_be_an_endpoint_is_said_in_words(roles: House, more: dict[str, object], code: str) -> None:
    answer = await roles.admin("POST", "/webhooks", {**BODY, **more}, accept_language="sv")
    assert answer.status_code == 422, answer.text
    assert [one["code"] for one in answer.json()["errors"]] == [code]


async def test_a_place_has_twenty_at_most(roles: House) -> None:
    for _ in range(20):
        await made(roles.admin)
    full = await roles.admin("POST", "/webhooks", BODY)
    assert (full.status_code, full.json()["code"]) == (409, "endpoints_full")


async def test_a_message_is_sent_again_by_key(roles: House) -> None:
    path = f"/webhooks/{(await made(roles.admin))['endpoint']['id']}"
    await roles.admin("POST", f"{path}/test")
    (line,) = (await roles.admin("GET", f"{path}/messages")).json()["items"]
    for answered in (
        await roles.admin("POST", f"{path}/messages/{line['message_id']}/resending"),
        await roles.admin("POST", f"{path}/resending", {"since": "2026-11-01T00:00:00+01:00"}),
    ):
        assert answered.status_code == 202, answered.text
    assert answered.json() == {"messages": 0}, "a test is sent again alone"
    assert (await roles.admin("POST", f"{path}/messages/msg_none/resending")).status_code == 404
    await roles.admin("PUT", f"{path}/switch", {"on": False})
    refused = await roles.admin("POST", f"{path}/resending", {"since": "2026-11-01T00:00:00+01:00"})
    assert (refused.status_code, refused.json()["code"]) == (409, "endpoint_off")
    await roles.key("of_al", Role.ADMINISTRATOR, principal_id=AL)
    other = await roles.keys["of_al"]("POST", f"{path}/messages/{line['message_id']}/resending")
    assert other.status_code == 404, "another place's is not there"
