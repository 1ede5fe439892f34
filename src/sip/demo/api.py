"""The service's JSON API as another system uses it: with a key, over HTTP, one request at a time.

The law of this file: a repeated POST carries the same idempotency key; what the service refuses comes back as one
sentence.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from sip.demo.wire import Wire


class ApiError(RuntimeError):
    """The service refused: its own sentence, and the code that never changes (RFC 9457)."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(f"{status}: {sentence}")
        self.code = code


class ApiClient:
    """A client with a key. Paths are given after `/api/v1`."""

    def __init__(self, base_url: str, key: str) -> None:
        self._wire = Wire(base_url)
        self._key = key

    def close(self) -> None:
        """Ends the connection."""
        self._wire.close()

    def get(self, path: str, **query: str) -> Any:
        """What is there. Raises ApiError when it is refused."""
        return self._ask("GET", path + (f"?{urlencode(query)}" if query else ""), None)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Makes something. Raises ApiError when it is refused."""
        return self._ask("POST", path, body or {})

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Sets something. Raises ApiError when it is refused."""
        return self._ask("PUT", path, body)

    def all(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.get(path, **({"limit": "200"} | query), **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next")
            if not cursor:
                return

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        data = None if body is None else json.dumps(body).encode()
        got = self._wire.ask(method, f"/api/v1{path}", data, headers)
        answer = json.loads(got.body) if got.body else None
        if got.status >= 400:
            told = answer if isinstance(answer, dict) else {}
            sentence = str(told.get("detail") or told.get("title") or got.text[:200])
            raise ApiError(got.status, str(told.get("code", "")), sentence)
        return answer
