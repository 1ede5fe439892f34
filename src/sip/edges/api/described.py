"""The description as it is served: with names that a generator of clients makes good names of.

The law of this file: names of things in the description are of the API, never of where its code stands, so that a
client that was made of it holds when files move; a file that is sent is described as bytes; a header that an operation
takes is declared on it.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

_PAGES = (re.compile(r"PageOut_[\w.]*?(\w+?)Out_(?=\")"), re.compile(r"PageOut\[(\w+?)Out\](?=\")"))
"""How Litestar names a page of something: as a part of the description, and as its title."""


IF_MATCH, IDEMPOTENCY_KEY = "IfMatch", "IdempotencyKey"
_HEADERS = {
    IF_MATCH: {
        "name": "If-Match", "in": "header", "required": False,
        "description": "The version that was seen, as ETag or `version` said it: refused with 409 when somebody has"
        " changed since what the command rests on. `*`: any. With `version` in the body it must say the same.",
        "schema": {"type": "string", "pattern": r'^(?:(?:W/)?"[0-9]{1,9}"|[0-9]{1,9}|[*])$'},
    },
    IDEMPOTENCY_KEY: {
        "name": "Idempotency-Key", "in": "header", "required": False,
        "description": "A word of one's own for this request: sent again with it, it gives its first response again;"
        " another request with it is refused with 422. Kept for a day.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    },
}  # fmt: skip
WITHOUT_BODY = frozenset({"erase_draft", "remove_party", "drop_snooze", "drop_forwarding", "drop_item_report"})
"""Commands on what has a version that have no body in which to say it."""
OTHER_VERSION = frozenset({"put_disposal_decision", "carry_out_disposal"})
"""Operations whose `version` is not that of what they change."""


class Described(JsonRenderPlugin):
    """The description as JSON, as clients are made of it."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The whole of it."""
        return self.render_json(request, described(openapi_schema))


def described(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with a page of meetings called `MeetingPage`, and files described as bytes."""
    text = msgspec.json.encode(schema).decode()
    for pattern in _PAGES:
        text = pattern.sub(r"\1Page", text)
    found: dict[str, Any] = msgspec.json.decode(text)
    for path in found["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for kind, content in answer.get("content", {}).items():
                    if not kind.endswith("json") and not kind.startswith("text/"):
                        content["schema"] = {"type": "string", "format": "binary"}
    _declare_headers(found)
    return found


def _declare_headers(found: dict[str, Any]) -> None:
    found["components"]["parameters"] = _HEADERS
    for path in found["paths"].values():
        for method, operation in path.items():
            if {"apiKey": []} not in operation.get("security", []):
                continue
            taken = [IDEMPOTENCY_KEY] if method == "post" else []
            if takes_version(operation, found["components"]["schemas"]):
                taken.insert(0, IF_MATCH)
            if taken:
                refs = [{"$ref": f"#/components/parameters/{name}"} for name in taken]
                operation["parameters"] = [*operation.get("parameters", ()), *refs]


def takes_version(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    """Whether a command says which version it was decided on."""
    if operation["operationId"] in WITHOUT_BODY:
        return True
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = [one["$ref"].rpartition("/")[2] for one in (body, *body.get("oneOf", ())) if "$ref" in one]
    says = any("version" in schemas[one].get("properties", {}) for one in named)
    return says and operation["operationId"] not in OTHER_VERSION
