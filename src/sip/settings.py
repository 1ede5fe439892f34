"""Settings: what the installation decides, read once at the start from variables named SIP_*.

The law of this file: a wrong setting stops the start with one sentence that says what to do; a secret is never echoed;
nothing is guessed silently. Each variable may instead be given as SIP_..._FILE, the name of a file that holds the
value. An empty variable counts as not set. `docs/settings.md` is made from the class below by `make docs`
(`settings_page.py`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from sip import retention
from sip.addresses import (
    Listen,
    Network,
    Relay,
    is_loopback,
    is_sure_of_database,
    parse_base_url,
    parse_database_url,
    parse_domain,
    parse_email,
    parse_listen,
    parse_local_part,
    parse_networks,
    parse_relay,
)
from sip.dkim_key import parse_private_key, parse_selector
from sip.setting import folder as _folder
from sip.setting import key as _key
from sip.setting import setting as _setting
from sip.setting import whole as _whole
from sip.settings_seals import Seals
from sip.settings_sign_in import OF_PRODUCTION, SigningIn
from sip.settings_watchdog import Watching
from sip.settings_ways_in import WaysIn, incomplete

__all__ = ["Listen", "Relay", "Settings", "SettingsError", "load_settings"]

PREFIX = "SIP_"

# Variables with the prefix that are not settings of the service and are let through, as patterns, with the reason.
OTHER_VARIABLES: Mapping[str, str] = {
    "SIP_PORT": "set by Kubernetes where a service is named `sip`",
    "SIP_PORT_*": "set by Kubernetes where a service is named `sip`",
    "SIP_SERVICE_*": "set by Kubernetes where a service is named `sip`",
}

# What demo and test use where production must say its own. The key is known to every reader, so production refuses it.
MADE_UP_KEY = "a made-up key for demonstrations and tests only"
MADE_UP_DOMAIN = "sip.example"
REQUIRED_IN_PRODUCTION = ("secret_key", "mail_domain", "base_url")


class SettingsError(ValueError):
    """One sentence per wrong setting; `problems` holds them one by one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def _listen_or_off(value: object) -> Listen | None:
    return None if value in (None, "off") else parse_listen(value)


class Settings(WaysIn, Seals, SigningIn, Watching, BaseSettings):
    """All settings of one process, checked and immutable. `load_settings` makes it from the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=False)

    environment: Literal["production", "demo", "test"] = _setting(
        "production",
        "What the installation is: `production`, `demo` or `test`. The last two let the clock be set and need no "
        "secrets; never use them for real people.",
        "production, demo or test",
    )
    database_url: Annotated[SecretStr, BeforeValidator(parse_database_url)] | None = _setting(
        None,
        "The PostgreSQL database (15 or newer), `postgresql://user:password@host:5432/sip?sslmode=verify-full`. The "
        "user should own nothing and be no superuser. Several servers: `postgresql://user:password@/sip?host=db1,db2&"
        "port=5432,5432&target_session_attrs=read-write&sslmode=verify-full`.",
        shown="the embedded server in `SIP_DATA_DIR`, which is not for production data",
        secret=True,
    )
    database_owner_url: Annotated[SecretStr, BeforeValidator(parse_database_url)] | None = _setting(
        None,
        "The same database, as the role that owns the tables. Only `sip migrate` uses it.",
        shown="`SIP_DATABASE_URL`",
        secret=True,
    )
    database_connections: int = _whole(10, 2, 200, "The most connections that one process keeps to the database.")
    data_dir: Annotated[Path, BeforeValidator(_folder)] = _setting(
        Path("/"),
        "The folder of the embedded database server.",
        shown="`$XDG_DATA_HOME/sip`, else `~/.local/share/sip`",
    )
    pg_bin: Annotated[Path, BeforeValidator(_folder)] | None = _setting(
        None,
        "The folder of the programs `postgres` and `initdb` (15 or newer) for the embedded server.",
        shown="those installed with SIP, else those of the system",
    )
    http_listen: Annotated[Listen, BeforeValidator(parse_listen)] = _setting(
        Listen("127.0.0.1", 8000),
        "Where pages and API answer: `host:port` (port 0 takes a free one) or `unix:/path`.",
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(parse_networks)] = _setting(
        parse_networks("127.0.0.1, ::1"),
        "The proxies in front whose word about a client's address is believed, with commas between.",
        shown="`127.0.0.1, ::1`",
    )
    base_url: Annotated[str, BeforeValidator(parse_base_url)] = _setting(
        "",
        "The address people reach the service by; links in mail begin with it. https in production.",
        shown="none: production must say it; in demo and test `http://` and `SIP_HTTP_LISTEN`",
    )
    secret_key: Annotated[SecretStr, BeforeValidator(_key)] = _setting(
        SecretStr(""),
        "Signs sessions and links. At least 32 characters, by chance, the same in all processes of the installation.",
        shown="none: production must say it; in demo and test a made-up one that is no secret",
        secret=True,
    )
    lmtp_listen: Annotated[Listen | None, BeforeValidator(_listen_or_off)] = _setting(
        Listen("127.0.0.1", 8024),
        "Where the mail server hands over answers by LMTP: `host:port`, `unix:/path` or `off`.",
    )
    smtp_listen: Annotated[Listen | None, BeforeValidator(_listen_or_off)] = _setting(
        None,
        "Where answers are received by SMTP: `host:port` or `off`. It filters nothing: put a mail server in front.",
        shown="`off`",
    )
    mail_max_bytes: int = _whole(10_000_000, 100_000, 100_000_000, "The largest mail that is received, in bytes.")
    raw_mail_days: int = _whole(
        retention.RAW_MAIL.life.days, 1, 3650, "How many days received mail is kept as it came."
    )
    small_number: int = _whole(5, 2, 100, "Counts below this are masked in what is published of the statistics.")
    webhook_networks: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(parse_networks)] = _setting(
        (),
        "Networks besides the public internet that events may be sent to (`/webhooks`), with commas between: those of "
        "systems that run beside this one. Everything reachable there can be sent a POST by an administrator.",
        shown="none: public addresses alone",
    )
    smtp_url: Annotated[Relay, BeforeValidator(parse_relay)] = _setting(
        Relay("127.0.0.1", 25, None, None, "off"),
        "The relay that outgoing mail is handed to, `smtp://user:password@host:587?tls=required` or `smtps://...`. To "
        "another machine TLS is `required` and its certificate checked, unless `tls=off` switches it off by name; to "
        "this machine it is `off`, unless `required` or `opportunistic` is said.",
        shown="`smtp://127.0.0.1:25?tls=off`",
        secret=True,
    )
    smtp_connections: int = _whole(8, 1, 50, "The most connections that are kept to the relay.")
    mail_domain_at_once: int = _whole(
        4,
        1,
        50,
        "How many mails to one recipient domain may be on their way at once; never all of `SIP_SMTP_CONNECTIONS` where "
        "there are several, so that one domain that is slow or greylists holds up no other.",
    )
    mail_domain_per_minute: int = _whole(
        600, 0, 1_000_000, "How many tries one recipient domain gets in a minute; `0` sets no limit."
    )
    mail_domain: Annotated[str, BeforeValidator(parse_domain)] = _setting(
        "",
        "The domain of the service's own mail addresses.",
        shown=f"none: production must say it; in demo and test `{MADE_UP_DOMAIN}`",
    )
    mail_local_part: Annotated[str, BeforeValidator(parse_local_part)] = _setting(
        "sip", "What stands before the `+` in the address an invitation is answered to, `sip+token@domain`."
    )
    mail_authserv_id: str | None = _setting(
        None,
        "The name under which this installation's own mail server writes Authentication-Results (RFC 8601). Its word "
        "on a sender counts as evidence, and it must remove such fields that others wrote. Not set: none is believed.",
        shown="none",
    )
    mailbox_checks: bool = _setting(
        True,
        "Whether units are asked by a test call, when an address is taken into use and yearly, if anybody reads their "
        "mailbox. `sip unit verify` asks whatever this says.",
        "true or false",
        "`true`; in demo and test `false`",
    )
    mailbox_checks_a_day: int = _whole(200, 1, 10_000, "The most units that are asked so in a day.")
    contact_email: Annotated[str, BeforeValidator(parse_email)] | None = _setting(
        None,
        "Whom the mail administrators of other organisations write to; shown on the page `/mail` for them.",
        shown="none: the page says to ask the organisation that runs the service",
    )
    dkim_selector: Annotated[str, BeforeValidator(parse_selector)] | None = _setting(
        None,
        "Signs outgoing mail (DKIM) under this selector, with `SIP_DKIM_PRIVATE_KEY`; for those whose relay does not.",
        shown="none: mail is not signed here",
    )
    dkim_private_key: Annotated[SecretStr, BeforeValidator(parse_private_key)] | None = _setting(
        None,
        "The RSA key, at least 2048 bits, in PEM; best as `SIP_DKIM_PRIVATE_KEY_FILE`. `sip mail dkim` prints its "
        "DNS record.",
        shown="none: mail is not signed here",
        secret=True,
    )
    dkim_domain: Annotated[str, BeforeValidator(parse_domain)] | None = _setting(
        None,
        "The domain that signs, `SIP_MAIL_DOMAIN` or one above it.",
        shown="`SIP_MAIL_DOMAIN`",
    )
    tick_seconds: float = _setting(
        5.0,
        "How often due steps and unsent mail are looked for, in seconds.",
        "a number from 0.05 to 60",
        "`5`",
        ge=0.05,
        le=60,
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "How much is logged: `debug`, `info`, `warning` or `error`.", "debug, info, warning or error"
    )
    log_json: bool = _setting(False, "Whether log lines are JSON, for machines that collect them.", "true or false")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the caller hands over: `load_settings` reads the environment, and a test or the demo its own."""
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _made_up(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Outside production nothing needs to be said."""
        if values.get("environment", "production") == "production":
            return values
        listen = str(values.get("http_listen", cls.model_fields["http_listen"].default))
        base_url = "http://localhost" if listen.startswith("unix:") else f"http://{listen}"
        made_up = {"secret_key": MADE_UP_KEY, "mail_domain": MADE_UP_DOMAIN, "base_url": base_url}
        return {**made_up, "mailbox_checks": False, **OF_PRODUCTION, **values}

    @model_validator(mode="after")
    def _signing(self) -> Self:
        """Selector and key go together, and the domain is one that DMARC takes for ours (RFC 7489, section 3.1)."""
        if (self.dkim_selector is None) != (self.dkim_private_key is None):
            raise ValueError("SIP_DKIM_SELECTOR and SIP_DKIM_PRIVATE_KEY go together: set both, or neither")
        if not f".{self.mail_domain}".endswith(f".{self.signing_domain}"):
            raise ValueError(f"SIP_DKIM_DOMAIN must be {self.mail_domain} or a domain above it")
        return self

    @property
    def signing_domain(self) -> str:
        """The `d=` of signatures."""
        return self.dkim_domain or self.mail_domain

    @property
    def is_production(self) -> bool:
        """Whether real people depend on it: no settable clock, no made-up secrets."""
        return self.environment == "production"

    @property
    def sqlalchemy_url(self) -> str | None:
        """The database as SQLAlchemy and asyncpg want it, with its password; None means the embedded server."""
        return None if self.database_url is None else self.database_url.get_secret_value()

    @property
    def sqlalchemy_owner_url(self) -> str | None:
        """The same database as the owner of its tables, for migrations; None means the embedded server."""
        owner = self.database_owner_url or self.database_url
        return None if owner is None else owner.get_secret_value()


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that `environ` gives. Raises SettingsError with one sentence for each that is wrong."""
    values: dict[str, str] = {}
    named: dict[str, str] = {}
    problems: list[str] = []
    for variable in sorted(name for name, value in environ.items() if name.startswith(PREFIX) and value):
        try:
            field, value = _read(variable, environ[variable])
            if field in values:
                raise ValueError(f"and {named[field]} are both set; keep one")
        except ValueError as error:
            problems.append(_full_stop(f"{variable} {error}"))
        else:
            if field:
                values[field], named[field] = value, variable
    settings = None
    try:
        settings = Settings.model_validate({"data_dir": default_data_dir(environ), **values})
    except ValidationError as error:
        problems += [_sentence(named, values, cast("dict[str, Any]", one)) for one in error.errors()]
    if values.get("environment", "production") == "production":
        problems += _missing_in_production(environ)
        problems += _made_up_in_production(settings, named) if settings else []
        problems += _unchecked_in_production(settings, named) if settings else []
    problems += incomplete(settings) if settings else []
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """The per-user data folder: $XDG_DATA_HOME/sip, else ~/.local/share/sip (XDG Base Directory Specification)."""
    base = environ.get("XDG_DATA_HOME", "")
    if base.startswith("/"):
        return Path(base) / "sip"
    home = environ.get("HOME", "")
    return (Path(home) if home else Path.home()) / ".local" / "share" / "sip"


def _read(variable: str, value: str) -> tuple[str, str]:
    """The field and value of one variable; ("", "") for one that is let through. ValueError holds a predicate."""
    field = variable.removeprefix(PREFIX).lower()
    if field in Settings.model_fields:
        return field, value
    field = field.removesuffix("_file")
    if variable.endswith("_FILE") and field in Settings.model_fields:
        return field, _file_value(value)
    if any(fnmatchcase(variable, pattern) for pattern in OTHER_VARIABLES):
        return "", ""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    near = difflib.get_close_matches(variable, known, n=1, cutoff=0.5)
    raise ValueError("is not a setting" + (f"; did you mean {near[0]}?" if near else ""))


def _file_value(path: str) -> str:
    """What a secret's file holds, without the newline an editor leaves at its end."""
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"names {path}, which cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"names {path}, which is no UTF-8 text") from None
    if not text:
        raise ValueError(f"names {path}, which is empty")
    return text


def _sentence(named: Mapping[str, str], values: Mapping[str, str], error: Mapping[str, Any]) -> str:
    """One of pydantic's findings as a sentence. A parser of ours has the words; else the field says what it must be."""
    if not error["loc"]:
        return _full_stop(str(error["ctx"]["error"]))
    field = str(error["loc"][0])
    variable = named.get(field, PREFIX + field.upper())
    if error["type"] == "value_error":
        return _full_stop(f"{variable} {error['ctx']['error']}")
    extra = cast("dict[str, Any]", Settings.model_fields[field].json_schema_extra)
    is_what = "" if extra["secret"] or variable.endswith("_FILE") else f" is {values.get(field)!r}; it"
    return f"{variable}{is_what} must be {extra['must']}."


def _full_stop(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def _missing_in_production(environ: Mapping[str, str]) -> Iterator[str]:
    for field in REQUIRED_IN_PRODUCTION:
        variable = PREFIX + field.upper()
        if not (environ.get(variable) or environ.get(f"{variable}_FILE")):
            yield f"{variable} must be set in production (or set SIP_ENVIRONMENT=demo to try things out)."


def _unchecked_in_production(settings: Settings, named: Mapping[str, str]) -> Iterator[str]:
    """What goes over a network is checked whom it goes to, or it is said by name that it is not (ASVS 12.3.2)."""
    for field in ("database_url", "database_owner_url"):
        url: SecretStr | None = getattr(settings, field)
        if url is not None and not is_sure_of_database(url.get_secret_value()):
            yield (
                f"{named[field]} must end with ?sslmode=verify-full, so that it is known who answers; or with"
                " ?sslmode=disable, where nobody else is on the network between."
            )


def _made_up_in_production(settings: Settings, named: Mapping[str, str]) -> Iterator[str]:
    if settings.secret_key.get_secret_value() == MADE_UP_KEY:
        yield f"{named['secret_key']} is the made-up key of demonstrations; make one of your own: openssl rand -hex 32."
    host = urlsplit(settings.base_url).hostname
    if settings.base_url.startswith("http://") and host and not is_loopback(host):
        yield f"{named['base_url']} must begin with https:// in production."
