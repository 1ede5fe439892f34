"""Addresses as people write them in settings, read into values: listeners, the relay, the database, proxies, domains.

The law of this file: each function takes one text and returns a value or raises ValueError with a predicate that ends
the sentence "SIP_X ...", says what to do, and never repeats what may hold a secret.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from sip.domain.address import is_mailable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
RelayTls = Literal["implicit", "required", "opportunistic", "off"]
ImapTls = Literal["implicit", "required", "off"]

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LOCAL_PART = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_DATABASE_OPTIONS = (
    *("host", "port", "prepared_statement_cache_size", "ssl", "sslmode", "target_session_attrs", "timeout"),
)
_SERVERS = ("any", "primary", "read-write", "read-only", "standby", "prefer-standby")


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a server listens: a host and port (0 takes a free one), or the path of a unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that outgoing mail is handed to. `tls`: `implicit` from the first byte (smtps); `required` by
    STARTTLS, certificate checked, else nothing is sent; `opportunistic` by STARTTLS where offered, certificate not
    checked; `off` never. `username` and `password` are both given or both None."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    tls: RelayTls


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """An account on an IMAP server. `tls`: `implicit` from the first byte (imaps); `required` by STARTTLS; the
    certificate is checked in both; `off` never. Without a password it signs in by an access token."""

    host: str
    port: int
    username: str
    password: str | None = field(repr=False)
    tls: ImapTls

    def __str__(self) -> str:
        return f"{self.username} at {self.host}"


def is_loopback(host: str) -> bool:
    """True for a name or address that can only be this machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str) -> tuple[SplitResult, int | None]:
    """The parts of a URL and its port, with a predicate instead of the library's message (which repeats the text)."""
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError:
        raise ValueError("has a host or port that cannot be read; a port is a number from 1 to 65535") from None


def parse_listen(value: object) -> Listen:
    """`host:port`, `[::1]:port` or `unix:/path`. Raises ValueError for anything else."""
    if isinstance(value, Listen):
        return value
    text = str(value)
    if text.startswith("unix:"):
        if not text.startswith("unix:/"):
            raise ValueError("names a unix socket without an absolute path; write unix:/path")
        return Listen(path=text.removeprefix("unix:"))
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host or (":" in host and not bracketed):
        raise ValueError("must be host:port, [address]:port or unix:/path")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError("has a port that is no number from 0 to 65535")
    return Listen(host[1:-1] if bracketed else host, int(port))


def parse_relay(value: object) -> Relay:
    """`smtp://user:password@host:587?tls=required` or `smtps://...`; what each `tls` means is told by `Relay`.

    Raises ValueError for anything else.
    """
    if isinstance(value, Relay):
        return value
    parts, port = _split(str(value))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise ValueError("must be an address such as smtp://user:password@host:587?tls=required")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if set(options) - {"tls"}:
        raise ValueError("has an option after ? that is not tls; write ?tls=required or ?tls=off")
    username = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if (username is None) != (password is None):
        raise ValueError("has a user without a password, or a password without a user; give both or neither")
    tls = _relay_tls(parts.scheme, parts.hostname, options.get("tls"))
    usual = 465 if tls == "implicit" else 587 if username else 25
    return Relay(parts.hostname, port or usual, username, password, tls)


def _relay_tls(scheme: str, host: str, named: str | None) -> RelayTls:
    if scheme in ("smtps", "imaps"):
        if named not in (None, "required"):
            raise ValueError(f"asks for {scheme}:// and another kind of tls at once; leave out ?tls=")
        return "implicit"
    match named:
        case None:
            return "off" if is_loopback(host) else "required"
        case "required" | "off":
            return named
        case "opportunistic":
            if not is_loopback(host):
                raise ValueError(
                    "says tls=opportunistic to another machine; use tls=required, or tls=off to switch it off by name"
                )
            return named
    raise ValueError("has a tls that is unknown; use tls=required, tls=opportunistic or tls=off")


def parse_imap_account(value: object) -> ImapAccount:
    """`imaps://user:password@host:993` or `imap://...?tls=required`; what each `tls` means is told by `ImapAccount`.

    Raises ValueError for anything else.
    """
    if isinstance(value, ImapAccount):
        return value
    parts, port = _split(str(value))
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise ValueError("must be an address such as imaps://user:password@host:993")
    if not parts.username:
        raise ValueError("names no user; write imaps://user:password@host, with %40 for an @ in the user")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = None if set(options) - {"tls"} else _relay_tls(parts.scheme, parts.hostname, options.get("tls"))
    if tls is None or tls == "opportunistic":
        raise ValueError("has an option after ? that is unknown; write ?tls=required or ?tls=off")
    password = unquote(parts.password) if parts.password else None
    return ImapAccount(
        parts.hostname, port or (993 if tls == "implicit" else 143), unquote(parts.username), password, tls
    )


def parse_folder(value: object) -> str:
    """A folder of an IMAP account, as people write its name. Raises ValueError for anything else."""
    name = str(value).strip()
    if not name or not name.isprintable() or set(name) & set('*%"\\'):
        raise ValueError("must be the name of a folder, such as Behandlade or INBOX/Behandlade")
    return name


def parse_token_url(value: object) -> str:
    """Where access tokens are fetched: a secret goes there, so never in the clear to another machine.

    Raises ValueError for anything else.
    """
    parts, _ = _split(str(value))
    host = parts.hostname or ""
    if not host or parts.username or (parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host))):
        raise ValueError("must be an address that begins with https://")
    return str(value)


def parse_service_url(value: object) -> str:
    """Where a service is asked over HTTP for what is no secret. Raises ValueError for anything else."""
    parts, _ = _split(str(value))
    if not parts.hostname or parts.username or parts.scheme not in ("https", "http"):
        raise ValueError("must be an address that begins with https:// or http://")
    return str(value)


def parse_database_url(value: object) -> str:
    """A PostgreSQL URL, given back as SQLAlchemy with asyncpg wants it (`sslmode` becomes `ssl`).

    Raises ValueError for anything else.
    """
    text = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
    parts, _ = _split(text)
    if parts.scheme not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise ValueError("must be an address such as postgresql://user:password@host:5432/sip")
    if not parts.path.strip("/"):
        raise ValueError("names no database; end it with /sip, or what the database is called")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(options) - set(_DATABASE_OPTIONS)):
        raise ValueError(f"has the option {unknown[0]}, which is unknown; known are {', '.join(_DATABASE_OPTIONS)}")
    if "sslmode" in options:
        options["ssl"] = options.pop("sslmode")
    if options.get("ssl", "require") not in _SSL_MODES:
        raise ValueError(f"has an sslmode that is unknown; use one of {', '.join(_SSL_MODES)}")
    if options.get("target_session_attrs", "any") not in _SERVERS:
        raise ValueError(f"has target_session_attrs that are unknown; use one of {', '.join(_SERVERS)}")
    hosts, ports = (options.get(name, "").split(",") for name in ("host", "port"))
    if len(hosts) > 1 and (len(hosts) != len(ports) or not all(hosts) or not all(ports)):
        raise ValueError("names several hosts; say a port for each, as in /sip?host=db1,db2&port=5432,5432")
    query = f"?{urlencode(options, safe='/,')}" if options else ""
    return f"postgresql+asyncpg://{parts.netloc}{parts.path}{query}"


def is_sure_of_database(url: str) -> bool:
    """Whether it is checked who answers at this address of a database, or said by name that it is not, or it is on this
    machine. `url` as `parse_database_url` gives it.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    here = (parts.hostname is None and options.get("host", "/").startswith("/")) or is_loopback(parts.hostname or "")
    return here or options.get("ssl") in ("verify-full", "verify-ca", "disable")


def parse_base_url(value: object) -> str:
    """The origin people reach the service by, without a closing slash. Raises ValueError for anything else."""
    parts, port = _split(str(value))
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://sip.region.example")
    if parts.path not in ("", "/"):
        raise ValueError("has a path after the host; the service has to have a host name of its own")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}"


def parse_domain(value: object) -> str:
    """A mail domain in lower case; letters outside ASCII are written as their xn-- form.

    Raises ValueError for anything else.
    """
    text = str(value).strip().lower().rstrip(".")
    if len(text) > 253 or not _DOMAIN.fullmatch(text):
        raise ValueError("must be a domain name such as sip.region.example")
    return text


def parse_email(value: object) -> str:
    """A mail address of somebody. Raises ValueError for anything else."""
    text = str(value).strip()
    if not is_mailable(text):
        raise ValueError("must be a mail address such as it@region.example")
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def parse_local_part(value: object) -> str:
    """What stands before the + in the service's addresses; short, so that a token fits behind it (RFC 5321: 64).

    Raises ValueError for anything else.
    """
    text = str(value).strip().lower()
    if len(text) > 20 or not _LOCAL_PART.fullmatch(text):
        raise ValueError("must be at most 20 letters, digits, dots and hyphens, such as sip")
    return text


def parse_networks(value: object) -> tuple[Network, ...]:
    """Addresses and networks with commas between; an address is a network of one.

    Raises ValueError for anything else.
    """
    if isinstance(value, tuple):
        return value
    names = [name.strip() for name in str(value).split(",") if name.strip()]
    try:
        return tuple(ipaddress.ip_network(name) for name in names)
    except ValueError:
        raise ValueError("must be addresses or networks with commas between, such as 10.0.0.0/8, ::1") from None
