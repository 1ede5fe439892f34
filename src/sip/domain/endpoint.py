"""Where events are sent: which addresses are allowed, how a try is judged, when it is made again, and when an endpoint
is switched off. Pure (rules, section 19).

The law of this file: only 2xx is taken as heard. What did not get through is tried again on one ladder, of three days;
an endpoint through which nothing has come for as long is switched off, and one that says 410 at once.
"""

import hashlib
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.effects import Notice, NoticeKind
from sip.domain.people import Address

LADDER = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
"""The waits between tries (Standard Webhooks 1.0.0, deliverability); after the last the message is given up."""
DEAD_AFTER = timedelta(days=3)
"""So long may every try fail before an endpoint is switched off."""
MOST_ASKED = timedelta(hours=1)
"""The longest rest that an endpoint may ask for (Retry-After)."""
TRY_SECONDS = 15.0
"""How long one try may take in all (Standard Webhooks 1.0.0, request timeouts)."""
MOST_URL = 500
_URL = re.compile(r"https://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?:[/?][!\"$-~]*)?")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class HookTrouble(StrEnum):
    """Why a try did not get through. What the other side wrote in its body is not read."""

    STATUS = "status"
    REDIRECT = "redirect"
    GONE = "gone"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    TLS = "tls"
    NAME = "name"
    ADDRESS = "address"


class HookState(StrEnum):
    """Where a message is: it waits, is on its way, waits to be tried again, was heard, was given up, or left out."""

    WAITING = "waiting"
    SENDING = "sending"
    LATER = "later"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


class OffBecause(StrEnum):
    """Why nothing is sent to an endpoint."""

    BY_HAND = "by_hand"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What one try met: the status, or the trouble that came before there was one; the rest that was asked for."""

    code: int | None = None
    trouble: HookTrouble | None = None
    rest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class HookVerdict:
    """What comes of a try: the message's state, the wait before the next, and how long the endpoint is left alone."""

    state: HookState
    trouble: HookTrouble | None = None
    wait: timedelta | None = None
    rest: timedelta | None = None


def judged(answer: HookAnswer, message: str, attempt: int) -> HookVerdict:
    """What comes of this try, the message's `attempt`th from 1, counted anew when it is sent again."""
    trouble = answer.trouble or _trouble_of(answer.code)
    if trouble is None:
        return HookVerdict(HookState.DELIVERED)
    wait = None if trouble is HookTrouble.GONE else wait_after(message, attempt)
    rest = None if answer.rest is None else min(max(answer.rest, timedelta(0)), MOST_ASKED)
    return HookVerdict(HookState.GIVEN_UP if wait is None else HookState.LATER, trouble, wait, rest)


def _trouble_of(code: int | None) -> HookTrouble | None:
    if code is not None and 200 <= code < 300:
        return None
    if code is not None and 300 <= code < 400:
        return HookTrouble.REDIRECT
    return HookTrouble.GONE if code == 410 else HookTrouble.STATUS


def wait_after(message: str, attempt: int) -> timedelta | None:
    """The wait after the `attempt`th try, a tenth longer at most, so that what failed at once does not come back at
    once; None when it was the last.
    """
    if attempt > len(LADDER):
        return None
    step = LADDER[attempt - 1]
    share = hashlib.sha256(f"{message}/{attempt}".encode()).digest()[0] / 2550
    return step + step * share


def switched_off(trouble: HookTrouble, failing: timedelta) -> OffBecause | None:
    """Whether a failed try ends the endpoint, of which every try has failed for so long."""
    if trouble is HookTrouble.GONE:
        return OffBecause.GONE
    return OffBecause.FAILING if failing >= DEAD_AFTER else None


# -- which addresses


def url_problem(url: str, allowed: Iterable[Network] = ()) -> str | None:
    """Why nothing is sent to this address, as a word; None where it may be. What its name leads to is asked anew at
    each try (`reachable`).
    """
    if re.match(r"(?!https:)[a-z][a-z0-9+.-]*:", url):
        return "endpoint_https"
    found = _URL.fullmatch(url)
    if found is None or len(url) > MOST_URL or not 0 < int(found["port"] or 443) < 65536:
        return "endpoint_url"
    host = found["host"]
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None if "." in host.strip(".") else "endpoint_private"
    return None if reachable(address, allowed) else "endpoint_private"


def reachable(address: _Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether something may be sent there: a public address, or one of a network that the installation names. What
    carries an IPv4 address inside is judged by that.
    """
    for one in (address, *_inside(address)):
        if any(one.version == net.version and one in net for net in allowed):
            return True
    return all(one.is_global and not one.is_multicast for one in (address, *_inside(address)))


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def _inside(address: _Address) -> tuple[_Address, ...]:
    if not isinstance(address, ipaddress.IPv6Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED or address.packed[:12] == bytes(12):
        found.append(ipaddress.IPv4Address(address.packed[12:]))
    return tuple(one for one in found if one is not None)


# -- who is told


def told_off(endpoint_id: UUID, name: str, because: OffBecause, user_id: UUID, to: Address, now: datetime) -> Notice:
    """To one who keeps the endpoint: it was switched off, and why."""
    key = f"endpoint_off/{endpoint_id}/{now.isoformat()}/{user_id}"
    detail = {"name": name, "because": because.value, "page": f"/webhooks/{endpoint_id}"}
    return Notice(key, NoticeKind.ENDPOINT_OFF, to, None, "", now, now, now, user_id=user_id, detail=detail)
