"""What our own mail server found of the sender (RFC 8601), from the Authentication-Results it wrote and no other.

The law of this file: the topmost field of the configured authserv-id alone is read, for that is the one our server
added last; whoever writes a mail can write such fields too. Nothing is looked up and nothing is guessed: where the
field is missing, cannot be read or is about another domain than that of From, nothing is known.
"""

import contextlib

import authres
from authres.core import AuthResError

from sip.domain.address import domain_of
from sip.edges.mail.received import mime
from sip.edges.mail.received.header_addresses import only_address

MOST_METHODS = 30


def verdict(message: mime.Mail, authserv_id: str | None) -> bool | None:
    """True: the domain of From is shown. False: it is forged by its own policy. None: nothing is known."""
    domain = domain_of(only_address(mime.written(message, "From")) or "")
    if not authserv_id or not domain:
        return None
    for value in mime.headers(message, "Authentication-Results"):
        if value.lower().partition(";")[0].split()[:1] == [authserv_id.lower()]:
            return _of(_results(value), domain)  # ours, and be it broken: the next may be anybody's
    return None


def _results(value: str) -> list[authres.core.AuthenticationResult]:
    """Method by method, for one that the library cannot read (Exim's of a peer by IPv6) costs it the whole field."""
    server, *methods = _split(value)
    found: list[authres.core.AuthenticationResult] = []
    for method in methods[:MOST_METHODS]:
        with contextlib.suppress(AuthResError, ValueError, IndexError, AttributeError):
            found += authres.AuthenticationResultsHeader.parse_value(f"{server};{method}").results
    return found


def _split(value: str) -> list[str]:
    """Apart at the semicolons outside quotes and comments."""
    parts, depth, quoted, begun = [], 0, False, 0
    for place, letter in enumerate(value):
        if letter == '"' and value[place - 1 : place] != "\\":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth = max(0, depth + (1 if letter == "(" else -1))
        elif letter == ";" and not quoted and not depth:
            parts.append(value[begun:place])
            begun = place + 1
    return [*parts, value[begun:]]


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
