"""How often somebody may try: counted before what is tried is looked at, in the database, for all processes together.

The law of this file: what is kept is a keyed hash of who tried and of what; a try that was right is given back.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sip.edges.services import Services
from sip.edges.web.shell.page import HttpRequest
from sip.store.tries import Tries
from sip.usecases import tries


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most so many tries of a kind in a while, of each."""

    kind: str
    most: int
    lasts: timedelta


Counted = tuple[Throttle, str]
"""Of which kind, and whose."""


async def take(services: Services, *counted: Counted) -> bool:
    """Counts one more of each; False where somebody has to wait, and then nothing is counted."""
    return await tries.take(services.db, _kept(services, counted))


async def give_back(services: Services, *counted: Counted) -> None:
    """What was counted was no wrong try after all."""
    await tries.give_back(services.db, _kept(services, counted))


def _kept(services: Services, counted: tuple[Counted, ...]) -> list[Tries]:
    return [Tries(services.vault.tried(one.kind, whom), one.most, one.lasts) for one, whom in counted]


def client_of(request: HttpRequest) -> str:
    """Whom to count: the client's address, of IPv6 its network, for a client there has a network of its own."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network(f"{host}/64", strict=False))
