"""To what of the API a key's role is narrowed: areas of its addresses, each to read, or to read and write.

The law of this file: a scope takes away and never gives; what is left is asked of the table of acts as for everybody
(`sip.usecases.acts`). A key without scopes may all that its role may.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Area(StrEnum):
    """A part of the API."""

    MEETINGS = "meetings"
    CASES = "cases"
    DEVIATIONS = "deviations"
    BOARDS = "boards"
    GROUPS = "groups"
    INBOUND = "inbound"
    DIRECTORY = "directory"
    DISPOSAL = "disposal"
    AUDIT = "audit"
    WEBHOOKS = "webhooks"


READ, WRITE = "read", "write"
AREAS: Mapping[str, Area | None] = {
    "meetings": Area.MEETINGS, "feeds": Area.MEETINGS, "cases": Area.CASES, "deviations": Area.DEVIATIONS,
    "good-examples": Area.DEVIATIONS, "boards": Area.BOARDS, "groups": Area.GROUPS,
    "inbound": Area.INBOUND, "disposal": Area.DISPOSAL, "audit": Area.AUDIT,
    "webhooks": Area.WEBHOOKS, "me": None, "clock": None,
    **dict.fromkeys(("principals", "organisations", "persons", "roles", "units", "agreements"), Area.DIRECTORY),
    **dict.fromkeys(("Appointment", "AppointmentResponse"), Area.MEETINGS),
    **dict.fromkeys(("HealthcareService", "Organization", "PractitionerRole"), Area.DIRECTORY),
}  # fmt: skip
"""The first part of an address, of FHIR's too -> its area; None: for every key (the clock is there outside production
alone). A subscribed calendar shows meetings to whoever has its address, so it is made and read as they are."""
WORDS = tuple(f"{area}:{how}" for area in Area for how in (READ, WRITE))


class UnknownScopeError(ValueError):
    """A word that is no scope."""


def scopes_of(words: Iterable[str]) -> tuple[str, ...]:
    """The scopes, in one order, without those that another holds. Raises UnknownScopeError."""
    said = set(words)
    if unknown := sorted(said - set(WORDS)):
        raise UnknownScopeError(unknown[0])
    return tuple(one for one in WORDS if one in said and not (one.endswith(f":{READ}") and _writing(one) in said))


def _writing(one: str) -> str:
    return one.replace(f":{READ}", f":{WRITE}")


def lacking(scopes: tuple[str, ...], part: str, *, writes: bool) -> str | None:
    """The scope that a request of this part of the API needs and the key has not; None where it may. What is written
    may be read.
    """
    area = AREAS[part]
    if not scopes or area is None:
        return None
    needed = f"{area}:{WRITE if writes else READ}"
    return None if needed in scopes or _writing(needed) in scopes else needed
