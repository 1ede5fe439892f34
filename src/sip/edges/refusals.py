"""What is kept of who was let in and who was not: one line in the log for each, of the service's own words alone.

The law of this file: a user or a key is named by its id, whoever is not known by a keyed hash of what she called
herself, a client by its network; nothing that was sent, no address of mail, no token stands in a line (ASVS 16.3).
"""

import ipaddress
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from sip.edges.services import Services
from sip.usecases.actor import Actor

log = structlog.get_logger("sip.security")
State = Mapping[Any, Any]
_WHO, _WHY, _ACT = "sip_refused_who", "sip_refused_why", "sip_refused_act"
_NOT_FOUND, _UNKNOWN = 404, 401
_REFUSED = {_UNKNOWN: "not_signed_in", 403: "forbidden", _NOT_FOUND: "not_there", 429: "too_many"}


def asks(state: dict[str, Any], actor: Actor) -> None:
    """It is known who asks."""
    state[_WHO] = actor


def because(state: dict[str, Any], why: str, act: str = "") -> None:
    """Why the request is refused, in a word of ours, and what act it asked for."""
    state[_WHY], state[_ACT] = why, act


def told(scope: Mapping[str, Any], status: int, route: str) -> None:
    """A line for an answer that refuses something. What is not there is told of whoever is known, and of nobody else:
    anybody may ask for anything.
    """
    state: Mapping[str, Any] = scope.get("state") or {}
    actor: Actor | None = state.get(_WHO)
    if status not in _REFUSED or (status == _NOT_FOUND and actor is None):
        return
    who = {} if actor is None else {"who": actor.id, "kind": str(actor.kind), "role": actor.role and str(actor.role)}
    why = state.get(_WHY) or _REFUSED[status]
    act = {"act": str(state[_ACT])} if state.get(_ACT) else {}
    log.warning(
        "refused", status=status, why=why, method=scope.get("method"), route=route, **act, **who, **_from(scope)
    )


def signed_in(scope: Mapping[str, Any], user_id: UUID | None, by: str) -> None:
    """Somebody has signed in: by a password, a code or a provider's name."""
    log.info("signed in", who=None if user_id is None else str(user_id), by=by, **_from(scope))


def not_signed_in(scope: Mapping[str, Any], services: Services, why: str, by: str, called: str = "") -> None:
    """Somebody was not let in. `called`: the address she gave, of which a hash is kept, the same each time."""
    who = {"hash": services.vault.tried("log", called.strip().lower()).hex()[:16]} if called else {}
    log.warning("not signed in", why=why, by=by, **who, **_from(scope))


def signed_out(scope: Mapping[str, Any], actor: Actor) -> None:
    """Somebody has ended her session."""
    log.info("signed out", who=actor.id, **_from(scope))


def _from(scope: Mapping[str, Any]) -> dict[str, str]:
    """The client's network: the first 24 bits of an address, of IPv6 the first 64."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return {}
    bits = 24 if address.version == 4 else 64
    return {"network": str(ipaddress.ip_network(f"{address}/{bits}", strict=False))}
