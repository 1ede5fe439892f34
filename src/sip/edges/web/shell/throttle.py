"""How often somebody may be wrong: in this process, in the last minutes of machine time."""

import ipaddress
from collections import deque
from time import monotonic

from sip.edges.web.shell.page import HttpRequest

_MOST_KNOWN = 10_000


class Throttle:
    """Counts what was wrong, by whom; `most` in `seconds` is full."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._wrong: dict[str, deque[float]] = {}

    def full(self, whom: str) -> bool:
        """Whether they have to wait."""
        seen = self._wrong.get(whom)
        while seen and seen[0] < monotonic() - self._seconds:
            seen.popleft()
        if seen is not None and not seen:
            del self._wrong[whom]
        return seen is not None and len(seen) >= self._most

    def right(self, whom: str) -> None:
        """The last that was counted was not wrong after all."""
        seen = self._wrong.get(whom)
        if seen:
            seen.pop()

    def wrong(self, whom: str) -> None:
        """Once more."""
        if len(self._wrong) > _MOST_KNOWN:
            self._wrong.clear()
        self._wrong.setdefault(whom, deque()).append(monotonic())


def client_of(request: HttpRequest) -> str:
    """Whom to count: the client's address, of IPv6 its network, for a client there has a network of its own."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network(f"{host}/64", strict=False))
