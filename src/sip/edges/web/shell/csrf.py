"""Forms can only be sent from our own pages: a token bound to the session, or before sign-in to a cookie of the visit.

The law of this file: a POST to a page without the token, or from another origin, changes nothing. Pages are compressed,
so the token never stands in them as it is: it is masked anew each time (breachattack.com: what is secret must not be
the same bytes in each answer).
"""

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

FIELD = "_csrf"
VISIT_COOKIE = "sip_visit"


def new_visit() -> str:
    """A random name for a visit without sign-in."""
    return secrets.token_urlsafe(24)


def token(secret_key: str, bound_to: str) -> str:
    """The token of a session's secret or of a visit."""
    return hmac.new(secret_key.encode(), f"form/{bound_to}".encode(), "sha256").hexdigest()


def masked(plain: str) -> str:
    """The token for a page: random bytes, then the token's own hidden by them; in hexadecimal."""
    own = bytes.fromhex(plain)
    mask = secrets.token_bytes(len(own))
    return (mask + bytes(a ^ b for a, b in zip(own, mask, strict=True))).hex()


def _unmasked(sent: str) -> str:
    """What `masked` hid; "" where it cannot have been masked."""
    try:
        raw = bytes.fromhex(sent)
    except ValueError:
        return ""
    half = len(raw) // 2
    return bytes(a ^ b for a, b in zip(raw[:half], raw[half:], strict=False)).hex()


def sent_by_us(values: Mapping[str, str], headers: Mapping[str, str], host: str, expected: str) -> bool:
    """Whether a form came from our own page."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is not None and origin != "null" and urlsplit(origin).netloc != host:
        return False
    return hmac.compare_digest(_unmasked(values.get(FIELD, "")).encode(), expected.encode())


def named_by_the_browser(headers: Mapping[str, str], host: str) -> bool:
    """Whether the browser itself says that a form stood on a page of ours, whatever its token is."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return bool(host) and urlsplit(headers.get("origin", "")).netloc == host
