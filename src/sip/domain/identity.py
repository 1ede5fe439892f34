"""Who a sign-in provider says somebody is, and whether that is believed. Pure: signatures are looked at before.

The law of this file: every claim that OpenID Connect Core 1.0, section 3.1.3.7 and Back-Channel Logout 1.0, section 2.6
name is held to what was asked for, and what is not said is not believed (decision 0089). `now` is machine time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LOG_OUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOG_OUT_LIVES = timedelta(minutes=10)
"""How old a word of log-out may be, besides the clocks' difference."""

SEPARATOR = "|"
"""Between the values of several claims that name a user together, such as `tid` and `oid`."""


class Disbelief(StrEnum):
    """Why a provider's word was not believed."""

    ISSUER = "issuer"
    AUDIENCE = "audience"
    NONCE = "nonce"
    TIME = "time"
    ASSURANCE = "assurance"
    AGE = "age"
    SUBJECT = "subject"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a provider's word must say. `claims` name the user, together; `acr` holds the levels of assurance of which
    one must be named (none: any); `fresh` is how long ago she may have signed in there (None: any time).
    """

    issuer: str
    client_id: str
    claims: tuple[str, ...]
    acr: tuple[str, ...] = ()
    commission: str = ""
    skew: timedelta = timedelta(minutes=1)
    fresh: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ProvidedIdentity:
    """Whom the provider named: `subject` by the claims that the installation chose, `sub` and `sid` by the provider's
    own. `commission` is the assignment she chose there, "" where none was said.
    """

    subject: str
    sub: str
    sid: str
    acr: str
    commission: str


def judge(claims: Mapping[str, object], expected: Expected, nonce: str, now: datetime) -> ProvidedIdentity | Disbelief:
    """Whom an ID token names, its signature having been found right (OpenID Connect Core 1.0, section 3.1.3.7)."""
    if claims.get("iss") != expected.issuer:
        return Disbelief.ISSUER
    if not _is_for(claims, expected.client_id):
        return Disbelief.AUDIENCE
    if not nonce or claims.get("nonce") != nonce:
        return Disbelief.NONCE
    ends, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if ends is None or issued is None or now >= ends + expected.skew or issued > now + expected.skew:
        return Disbelief.TIME
    not_before = _moment(claims, "nbf")
    if not_before is not None and not_before > now + expected.skew:
        return Disbelief.TIME
    acr = _text(claims, "acr")
    if expected.acr and acr not in expected.acr:
        return Disbelief.ASSURANCE
    if expected.fresh is not None and not _is_fresh(claims, expected.fresh + expected.skew, now):
        return Disbelief.AGE
    named, sub = [_text(claims, claim) for claim in expected.claims], _text(claims, "sub")
    if not sub or not named or not all(named) or (len(named) > 1 and any(SEPARATOR in one for one in named)):
        return Disbelief.SUBJECT
    commission = _text(claims, expected.commission) if expected.commission else ""
    return ProvidedIdentity(SEPARATOR.join(named), sub, _text(claims, "sid"), acr, commission)


@dataclass(frozen=True, slots=True)
class LogOut:
    """Whose sessions a provider has ended: those of its own session `sid`, or every one of `sub`. `jti` names the word,
    which counts once.
    """

    sub: str
    sid: str
    jti: str


def judge_log_out(claims: Mapping[str, object], expected: Expected, now: datetime) -> LogOut | Disbelief:
    """Whom a log-out token speaks of, its signature having been found right (Back-Channel Logout 1.0, section 2.6)."""
    if claims.get("iss") != expected.issuer:
        return Disbelief.ISSUER
    if not _is_for(claims, expected.client_id):
        return Disbelief.AUDIENCE
    events = claims.get("events")
    if not isinstance(events, Mapping) or LOG_OUT_EVENT not in events:
        return Disbelief.EVENT
    if "nonce" in claims:
        return Disbelief.NONCE
    ends, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if issued is None or not now - LOG_OUT_LIVES - expected.skew <= issued <= now + expected.skew:
        return Disbelief.TIME
    if ends is not None and now >= ends + expected.skew:
        return Disbelief.TIME
    found = LogOut(_text(claims, "sub"), _text(claims, "sid"), _text(claims, "jti"))
    return found if found.jti and (found.sub or found.sid) else Disbelief.SUBJECT


def _is_for(claims: Mapping[str, object], client_id: str) -> bool:
    """We are who it is for; where it is for others too, we are the one it was given to."""
    said = claims.get("aud")
    audience = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    given_to = claims.get("azp")
    alone = audience == [client_id] or (client_id in audience and given_to is not None)
    return alone and given_to in (None, client_id)


def _is_fresh(claims: Mapping[str, object], most: timedelta, now: datetime) -> bool:
    when = _moment(claims, "auth_time")
    return when is not None and now - when <= most


def _moment(claims: Mapping[str, object], name: str) -> datetime | None:
    said = claims.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    try:
        return datetime.fromtimestamp(said, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _text(claims: Mapping[str, object], name: str) -> str:
    said = claims.get(name)
    return said if isinstance(said, str) and len(said) <= 255 else ""
