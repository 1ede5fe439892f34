"""The service's own mail addresses: made for what leaves, read from what comes back.

A token is 128 bits in lower-case base32, 26 letters: it survives mail systems that change case and fits behind the plus
(RFC 5321, section 4.5.3.1.1). The reply token names an invitation, the bounce token a mail; neither opens a page
(rules, section 3). Read tolerantly: upper case, `%2B` for the plus, quotes round the local part.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

TOKEN = re.compile(r"[a-z2-7]{26}")
_TAGGED = re.compile(r"(?P<base>[a-z0-9.-]+)(?:\+(?P<token>[a-z2-7]{26}))?")
BOUNCE = "bounce"


class RecipientKind(StrEnum):
    BASE = "base"
    REPLY = "reply"
    BOUNCE = "bounce"
    POSTMASTER = "postmaster"


@dataclass(frozen=True, slots=True)
class Recipient:
    """What one of our addresses means; a token where it carries one, in lower case."""

    kind: RecipientKind
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The mail domain and what stands before the plus (`SIP_MAIL_DOMAIN`, `SIP_MAIL_LOCAL_PART`)."""

    domain: str
    local_part: str = "sip"

    @property
    def base(self) -> str:
        return f"{self.local_part}@{self.domain}"

    def reply(self, token: str | None) -> str:
        """The address an invitation is answered to; without a token the service's own."""
        return f"{self.local_part}+{_checked(token)}@{self.domain}" if token else self.base

    def bounce(self, token: str) -> str:
        """The MAIL FROM of one mail: what comes back there names that mail."""
        return f"{BOUNCE}+{_checked(token)}@{self.domain}"

    def read(self, address: str) -> Recipient | None:
        """What the address means here; None when it is none of the shapes that are accepted (rules, section 3)."""
        local, at, domain = _local_and_domain(address)
        if local == "postmaster" and (not at or domain == self.domain.lower()):
            return Recipient(RecipientKind.POSTMASTER)
        found = _TAGGED.fullmatch(local)
        if found is None or domain != self.domain.lower():
            return None
        base, token = found["base"], found["token"]
        if base == self.local_part.lower():
            return Recipient(RecipientKind.REPLY if token else RecipientKind.BASE, token)
        if base == BOUNCE and token:
            return Recipient(RecipientKind.BOUNCE, token)
        return None


def token_in(address: str, base: str | None = None) -> str | None:
    """The token behind the plus of any address, whatever its domain; of that local part only, when given."""
    found = _TAGGED.fullmatch(_local_and_domain(address)[0])
    if found is None or found["token"] is None or (base is not None and found["base"] != base.lower()):
        return None
    return found["token"]


def _local_and_domain(address: str) -> tuple[str, str, str]:
    text = unquote(address.strip().strip("<>")).lower()
    local, at, domain = text.rpartition("@")
    if not at:
        local, domain = text, ""
    return local.strip('"'), at, domain.rstrip(".")


def _checked(token: str) -> str:
    if not TOKEN.fullmatch(token):
        raise ValueError("A mail token is 26 letters of lower-case base32.")
    return token
