"""The description as it is served: with names that a generator of clients makes good names of.

The law of this file: names of things in the description are of the API, never of where its code stands, so that a
client that was made of it holds when files move; a file that is sent is described as bytes.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

_PAGES = (re.compile(r"PageOut_[\w.]*?(\w+?)Out_(?=\")"), re.compile(r"PageOut\[(\w+?)Out\](?=\")"))
"""How Litestar names a page of something: as a part of the description, and as its title."""


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
    return found
