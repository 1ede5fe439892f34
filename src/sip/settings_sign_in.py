"""Settings of signing in: how long it lasts, by what it is shown who somebody is, and how much she may then ask."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator
from pydantic_settings import NoDecode

from sip import retention
from sip.breached import parse_breached
from sip.setting import setting, whole
from sip.sign_in_providers import SignInProvider, parse_providers

_SESSION_HOURS = retention.SESSION.life // timedelta(hours=1)
_IDLE_MINUTES = retention.SESSION_IDLE.life // timedelta(minutes=1)
WORKING_DAY = 480
"""Minutes: once a day somebody shows by more than a password who she is (HSLF-FS 2016:40, chapter 3, section 15)."""
OF_PRODUCTION = {"confirm_minutes": 0, "requests_per_minute": 0}
"""What is asked for in production alone."""


class SigningIn(BaseModel):
    """Everybody may have a password; providers stand beside."""

    session_hours: int = whole(_SESSION_HOURS, 1, 168, "How many hours a sign-in lasts at most.")
    session_idle_minutes: int = whole(
        _IDLE_MINUTES,
        5,
        1440,
        "After how many minutes without anything done a sign-in ends. A page that stands open does nothing.",
    )
    sign_in_providers: Annotated[tuple[SignInProvider, ...], NoDecode, BeforeValidator(parse_providers)] = setting(
        (),
        "The file of OpenID Connect providers that people may sign in with besides their passwords, in TOML; "
        "[sign-in.md](sign-in.md) tells how one is connected.",
        shown="none: everybody has a password here",
    )
    confirm_minutes: int = setting(
        WORKING_DAY,
        "Within how many minutes before reading free text, and before administration, somebody must have shown by more "
        "than a password who she is (a provider's `confirming_acr`, or a one-time code); `0` asks nobody.",
        "a whole number from 0 to 720",
        shown="`480`; in demo and test `0`",
        ge=0,
        le=720,
    )
    breached_passwords: Annotated[Path, BeforeValidator(parse_breached)] | None = setting(
        None,
        "A file of passwords that have leaked, which nobody may choose: the SHA-1 of each on a line of its own, in "
        "order, as Pwned Passwords is fetched. It is looked into on this machine.",
        shown="none: the thirty thousand that are used most are refused",
    )
    requests_per_minute: int = setting(
        600,
        "How many pages, or calls of the API, one user or key is answered in a minute by one process; then it waits. "
        "`0` sets no limit.",
        "a whole number from 0 to 1000000",
        shown="`600`; in demo and test `0`",
        ge=0,
        le=1_000_000,
    )
