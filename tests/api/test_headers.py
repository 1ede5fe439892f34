"""The headers that operations take are declared on them: If-Match on every command on what has a version, and
Idempotency-Key on every POST.
"""

from typing import Any

import pytest

from sip.edges.api.described import IDEMPOTENCY_KEY, IF_MATCH
from tests.api.conftest import House

MAKES = {
    "add_meeting", "add_case", "add_deviation", "add_good_example", "add_item", "put_consent", "withdraw_consent",
    "put_registration",
}  # fmt: skip
"""Commands that rest on no version: what they make is new, or has none."""


def _operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(method, one) for path in description["paths"].values() for method, one in path.items()]


def _declared(operation: dict[str, Any]) -> set[str]:
    return {one["$ref"].rpartition("/")[2] for one in operation.get("parameters", ()) if "$ref" in one}


def _commands(house: House) -> set[str]:
    """Handlers that make a command of what they are sent, by the names in their code."""
    every = [one for route in house.app.routes for one in getattr(route, "route_handlers", ())]
    return {one.handler_name for one in every if {"command", "bare"} & set(one.fn.__code__.co_names)}


@pytest.mark.parametrize(("name", "header"), [(IF_MATCH, "If-Match"), (IDEMPOTENCY_KEY, "Idempotency-Key")])
async def test_a_header_is_described_once(house: House, name: str, header: str) -> None:
    description = (await house.client.get("/api/schema/openapi.json")).json()
    declared = description["components"]["parameters"][name]
    assert (declared["name"], declared["in"], declared["required"]) == (header, "header", False)


async def test_every_operation_declares_the_headers_that_it_takes(house: House) -> None:
    description, commands = (await house.client.get("/api/schema/openapi.json")).json(), _commands(house)
    seen = 0
    for method, one in _operations(description):
        name, declared = one["operationId"], _declared(one)
        by_key = {"apiKey": []} in one["security"]
        assert (IDEMPOTENCY_KEY in declared) is (method == "post" and by_key), name
        handler = name if name in commands else name.replace("post_", "put_", 1)
        takes = by_key and handler in commands - MAKES and method != "get"
        assert (IF_MATCH in declared) is takes, name
        seen += takes
    assert seen > 50
