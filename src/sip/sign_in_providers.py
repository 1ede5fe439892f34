"""The file of sign-in providers (SIP_SIGN_IN_PROVIDERS): one TOML table for each, read once at the start.

The law of this file: a wrong line stops the start with a sentence that names the provider and the word; a secret stands
in a file of its own, and in no sentence. It stands on no floor. `docs/sign-in.md` explains each word.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sip.addresses import is_loopback

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_KNOWN = frozenset({
    "name", "label", "issuer", "client_id", "client_secret_path", "scopes", "claims", "acr", "confirming_acr",
    "commission", "clock_skew_seconds", "end_session",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignInProvider:
    """One provider. `name` stands in addresses and beside every user it knows; `label` by language; `claims` name the
    user, together; one of `acr` must be said at each sign-in, one of `confirming_acr` where somebody confirms who she
    is (none: this provider confirms nobody). Without a secret it knows us by PKCE alone.
    """

    name: str
    label: Mapping[str, str]
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    acr: tuple[str, ...]
    confirming_acr: tuple[str, ...]
    commission: str
    clock_skew: timedelta
    end_session: bool


def parse_providers(value: object) -> tuple[SignInProvider, ...]:
    """The providers of the file with this path. Raises ValueError with a predicate."""
    if isinstance(value, tuple):
        return value
    path = Path(str(value))
    if not path.is_absolute():
        raise ValueError("must be an absolute path")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"names {path}, which cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"names {path}, which is no TOML: {error}") from None
    tables = said.get("provider")
    if set(said) != {"provider"} or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ValueError(f"names {path}, which must hold [[provider]] tables and nothing else")
    found = tuple(_provider(path, number, one) for number, one in enumerate(tables, 1))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise ValueError(f"names {path}, where two providers have one name")
    return found


def _provider(path: Path, number: int, table: dict[str, Any]) -> SignInProvider:
    read = _Table(path, table.get("name", number), table)
    for word in table.keys() - _KNOWN:
        read.wrong(word, "is no word of this file")
    name, skew = read.text("name"), table.get("clock_skew_seconds", 60)
    if not _NAME.fullmatch(name):
        read.wrong("name", "must be of small letters, digits and hyphens, 31 at most")
    if isinstance(skew, bool) or not isinstance(skew, int) or not 0 <= skew <= 300:
        read.wrong("clock_skew_seconds", "must be a whole number from 0 to 300")
    if not isinstance(table.get("end_session", True), bool):
        read.wrong("end_session", "must be true or false")
    scopes = read.texts("scopes", ("openid",))
    if "openid" not in scopes:
        read.wrong("scopes", 'must hold "openid"')
    claims = read.texts("claims", ())
    if not claims:
        read.wrong("claims", "must name the claims that name a user")
    if "email" in claims:
        read.wrong("claims", "must not be an address of mail: who owns it can change")
    return SignInProvider(
        name, read.label(), read.issuer(), read.text("client_id"), read.secret(), scopes, claims,
        read.texts("acr", ()), read.texts("confirming_acr", ()), read.text("commission", ""),
        timedelta(seconds=skew), table.get("end_session", True),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Table:
    path: Path
    name: object
    table: dict[str, Any]

    def wrong(self, word: str, why: str) -> None:
        raise ValueError(f"names {self.path}, where `{word}` of provider {self.name} {why}")

    def text(self, word: str, default: str | None = None) -> str:
        said = self.table.get(word, default)
        if not isinstance(said, str) or (not said and default is None) or len(said) > 500:
            self.wrong(word, "must be a text" if word in self.table else "is missing")
        return str(said)

    def texts(self, word: str, default: tuple[str, ...]) -> tuple[str, ...]:
        said = self.table.get(word, list(default))
        if not isinstance(said, list) or not all(isinstance(one, str) and one and " " not in one for one in said):
            self.wrong(word, "must be a list of texts without spaces")
        return tuple(said)

    def label(self) -> Mapping[str, str]:
        said = self.table.get("label", {})
        if (
            not isinstance(said, dict)
            or set(said) != {"sv", "en"}
            or not all(isinstance(s, str) for s in said.values())
        ):
            self.wrong("label", 'must be { sv = "...", en = "..." }')
        return dict(said)

    def issuer(self) -> str:
        said = self.text("issuer")
        parts = urlsplit(said)
        local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or local):
            self.wrong("issuer", "must be the https address that the provider calls itself by")
        return said

    def secret(self) -> str:
        if "client_secret_path" not in self.table:
            return ""
        path = Path(self.text("client_secret_path"))
        try:
            said = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            said = ""
        if not path.is_absolute() or not said:
            self.wrong("client_secret_path", "must be the absolute path of a file with the secret in it")
        return said
