"""What our own mail server found of the sender (RFC 8601), from the Authentication-Results it wrote and no other.

The law of this file: the topmost field of the configured authserv-id alone is read, for that is the one our server
added last; whoever writes a mail can write such fields too. Nothing is looked up and nothing is guessed: where the
field is missing, broken or about another domain than that of From, nothing is known.
"""

import authres
from authres.core import AuthResError

from sip.edges.mail.received import mime


def verdict(message: mime.Mail, authserv_id: str | None) -> bool | None:
    """True: the domain of From is shown. False: it is forged by its own policy. None: nothing is known."""
    domain = (mime.email_in(mime.header(message, "From")) or "").rpartition("@")[2]
    if not authserv_id or not domain:
        return None
    for value in mime.headers(message, "Authentication-Results"):
        if value.lower().partition(";")[0].split()[:1] != [authserv_id.lower()]:
            continue
        try:
            return _of(authres.AuthenticationResultsHeader.parse_value(value).results, domain)
        except (AuthResError, ValueError, IndexError, AttributeError):
            return None  # ours, and broken: the next may be anybody's
    return None


def _of(results: list[authres.core.AuthenticationResult], domain: str) -> bool | None:
    """DMARC where our server evaluates it; else a signature of the very domain (RFC 7489, section 3.1, strict)."""
    for one in results:
        if one.method == "dmarc" and _property(one, "header", "from") in (domain, ""):
            found = {"pass": True, "fail": False}.get(str(one.result).lower())
            if found is not None:
                return found
    signed = {_property(one, "header", "d") for one in results if one.method == "dkim" and one.result == "pass"}
    return True if domain in signed else None


def _property(result: authres.core.AuthenticationResult, kind: str, name: str) -> str:
    """`header.from=` and the like, its domain in lower case; empty where it is not said."""
    for one in result.properties:
        if one.type == kind and one.name == name:
            return str(one.value).lower().rpartition("@")[2]
    return ""
