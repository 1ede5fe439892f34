"""One sign-in provider, spoken to: its metadata and keys, the way to it, and what it gives for a code.

The law of this file: what a provider says is believed when a key that it publishes today has signed it by a public-key
algorithm, and its metadata when they call it by the issuer that was configured (OpenID Connect Discovery 1.0, section
4.3). Its keys are fetched anew where one is not known. No connection to the database is held here (house, law 5).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sip.domain.identity import Expected
from sip.sign_in_providers import SignInProvider

log = structlog.get_logger("sip.web.providers")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
METADATA_SECONDS = 600.0
KEYS_AGAIN_SECONDS = 2.0
"""No more often are keys fetched for what is signed by one that is not known: whoever sends such costs little."""

_SECONDS = 10.0
_MOST = 500_000


class ProviderAwayError(Exception):
    """It could not be reached, or answered what nobody can use."""


class NotSignedError(Exception):
    """Its word is not signed by a key that it publishes now."""


@dataclass(frozen=True, slots=True)
class WayThere:
    """What somebody takes along to a provider and must come back with: `state` names the try."""

    provider: str
    state: str
    nonce: str
    verifier: str


def new_way(provider: str) -> WayThere:
    """By chance, 256 bits each (RFC 7636, section 4.1)."""
    return WayThere(provider, *(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(slots=True)
class Provider:
    """A provider as this process knows it. `back` is the address that people come back to, the provider's own."""

    known: SignInProvider
    back: str
    _metadata: Mapping[str, Any] = field(default_factory=dict)
    _metadata_until: float = 0.0
    _keys: KeySet | None = None
    _keys_at: float = float("-inf")

    def expected(self, acr: tuple[str, ...]) -> Expected:
        """What its word must say."""
        one = self.known
        return Expected(one.issuer, one.client_id, one.claims, acr, one.commission, one.clock_skew)

    async def metadata(self) -> Mapping[str, Any]:
        """Its own description, kept for some minutes. Raises ProviderAwayError."""
        if monotonic() >= self._metadata_until:
            found = await self._fetched(f"{self.known.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.known.issuer:
                raise self._away("its metadata name another issuer")
            self._metadata, self._metadata_until = found, monotonic() + METADATA_SECONDS
        return self._metadata

    async def way_to(self, way: WayThere, acr: tuple[str, ...], *, anew: bool, language: str) -> str:
        """The address where somebody signs in: authorization code with PKCE S256. `anew`: she must show who she is,
        also where she is signed in there. Raises ProviderAwayError.
        """
        asked = {"nonce": way.nonce, "response_mode": "query", "ui_locales": language}
        if acr:
            asked["acr_values"] = " ".join(acr)
        if anew:
            asked |= {"prompt": "login", "max_age": "0"}
        address = await self._endpoint("authorization_endpoint")
        async with self._client() as client:
            made, _ = client.create_authorization_url(address, state=way.state, code_verifier=way.verifier, **asked)
        return str(made)

    async def comes_from_it(self, issuer: str | None) -> bool:
        """Whether the answer that somebody brings back names this provider (RFC 9207, section 2.4): always where the
        provider says that it names itself. Raises ProviderAwayError.
        """
        names_itself = (await self.metadata()).get("authorization_response_iss_parameter_supported") is True
        return issuer == self.known.issuer if issuer is not None or names_itself else True

    async def redeem(self, code: str, way: WayThere) -> tuple[str, Mapping[str, Any]]:
        """The ID token for a code, and its claims; what it does not say of the user is asked for, and believed where it
        is of the same `sub` (OpenID Connect Core 1.0, section 5.3.2). Raises ProviderAwayError and NotSignedError.
        """
        address = await self._endpoint("token_endpoint")
        try:
            async with self._client() as client:
                given = await client.fetch_token(address, code=code, code_verifier=way.verifier)
        except OAuthError as error:
            log.warning("code refused", provider=self.known.name, why=str(error.error)[:60])
            raise NotSignedError from None
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise self._away(type(error).__name__) from None
        token = given.get("id_token")
        if not isinstance(token, str):
            raise NotSignedError
        claims = await self.claims(token)
        wanted = {*self.known.claims, self.known.commission} - {""}
        address = (await self.metadata()).get("userinfo_endpoint", "")
        if wanted <= claims.keys() or not address:
            return token, claims
        more = await self._fetched(address, {"authorization": f"Bearer {given.get('access_token', '')}"})
        if more.get("sub") != claims.get("sub"):
            raise NotSignedError
        return token, {**{name: more[name] for name in wanted & more.keys()}, **claims}

    async def claims(self, token: str) -> Mapping[str, Any]:
        """What a signed token says. Raises NotSignedError, and ProviderAwayError where its keys are not to be had."""
        offered = (await self.metadata()).get("id_token_signing_alg_values_supported", ["RS256"])
        algorithms = [one for one in ALGORITHMS if one in offered]
        for anew in (False, True):
            try:
                return dict(jwt.decode(token, await self._key_set(anew=anew), algorithms=algorithms).claims)
            except (JoseError, ValueError):
                continue
        raise NotSignedError

    async def _key_set(self, *, anew: bool) -> KeySet:
        age = monotonic() - self._keys_at
        if self._keys is None or age >= METADATA_SECONDS or (anew and age >= KEYS_AGAIN_SECONDS):
            found = (await self._fetched(await self._endpoint("jwks_uri"))).get("keys")
            listed = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
            usable = [one for one in listed if one.get("kty") in ("RSA", "EC", "OKP") and one.get("use") != "enc"]
            try:
                self._keys = KeySet.import_key_set({"keys": usable})
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise self._away(f"its keys: {type(error).__name__}") from None
            self._keys_at = monotonic()
        return self._keys

    async def log_out_way(self, id_token: str, back: str) -> str | None:
        """Where somebody is signed out of the provider too, and from where she comes back (RP-Initiated Logout 1.0);
        None where it is not offered, or away.
        """
        try:
            address = (await self.metadata()).get("end_session_endpoint") if self.known.end_session else None
            if not address:
                return None
            self._check(address)
        except ProviderAwayError:
            return None
        asked = {"client_id": self.known.client_id, "post_logout_redirect_uri": back}
        if id_token:
            asked["id_token_hint"] = id_token
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def _endpoint(self, name: str) -> str:
        said = (await self.metadata()).get(name)
        self._check(said)
        return str(said)

    def _check(self, address: object) -> None:
        """An address of the provider's is as safe as its issuer's."""
        secure = "https" if self.known.issuer.startswith("https:") else "http"
        if not isinstance(address, str) or urlsplit(address).scheme not in ("https", secure):
            raise self._away("its metadata name no address that can be used")

    def _client(self) -> AsyncOAuth2Client:
        secret = self.known.client_secret
        return AsyncOAuth2Client(
            self.known.client_id, secret or None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=" ".join(self.known.scopes), redirect_uri=self.back, code_challenge_method="S256",
            timeout=_SECONDS, follow_redirects=False,
        )  # fmt: skip

    async def _fetched(self, address: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """A document of the provider's. Raises ProviderAwayError."""
        self._check(address)
        try:
            async with (
                httpx2.AsyncClient(timeout=_SECONDS, follow_redirects=False) as client,
                client.stream("GET", address, headers={"accept": "application/json", **(headers or {})}) as answer,
            ):
                answer.raise_for_status()
                raw = b""
                async for part in answer.aiter_bytes():
                    raw += part
                    if len(raw) > _MOST:
                        raise self._away("its answer is too long")
                said = httpx2.Response(200, content=raw).json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise self._away(type(error).__name__) from None
        if not isinstance(said, dict):
            raise self._away("its answer is no object")
        return said

    def _away(self, why: str) -> ProviderAwayError:
        log.warning("sign-in provider away", provider=self.known.name, why=why)
        return ProviderAwayError(why)


def all_of(known: tuple[SignInProvider, ...], base_url: str) -> Mapping[str, Provider]:
    """Every provider of the installation by name."""
    base = base_url.rstrip("/")
    return {one.name: Provider(one, f"{base}/sign-in/with/{one.name}/back") for one in known}
