"""Settings: every default, every sentence, and that no sentence tells a secret."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from sip.settings import MADE_UP_KEY, Listen, Relay, Settings, SettingsError, load_settings
from sip.settings_page import settings_reference

ROOT = Path(__file__).parent.parent
KEY = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "HOME": "/home/someone",
    "SIP_SECRET_KEY": KEY,
    "SIP_MAIL_DOMAIN": "sip.region.example",
    "SIP_BASE_URL": "https://sip.region.example",
}


def problems(**variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings({**PRODUCTION, **variables})
    return caught.value.problems


def test_production_says_what_it_needs_and_nothing_more() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"HOME": "/home/someone"})
    assert str(caught.value).splitlines() == [
        f"{name} must be set in production (or set SIP_ENVIRONMENT=demo to try things out)."
        for name in ("SIP_SECRET_KEY", "SIP_MAIL_DOMAIN", "SIP_BASE_URL")
    ]
    settings = load_settings(PRODUCTION)
    assert settings.is_production
    assert settings.sqlalchemy_url is None
    assert settings.http_listen == Listen("127.0.0.1", 8000)
    assert settings.lmtp_listen == Listen("127.0.0.1", 8024)
    assert settings.smtp_listen is None
    assert settings.smtp_url == Relay("127.0.0.1", 25, None, None, "off")


@pytest.mark.parametrize("environment", ["demo", "test"])
def test_outside_production_nothing_needs_to_be_said(environment: str) -> None:
    settings = load_settings({"HOME": "/home/someone", "SIP_ENVIRONMENT": environment, "SIP_HTTP_LISTEN": "[::1]:8001"})
    assert not settings.is_production
    assert settings.mail_domain == "sip.example"
    assert settings.base_url == "http://[::1]:8001"
    assert len(settings.secret_key.get_secret_value()) >= 32


def test_in_production_everybody_confirms_once_a_day() -> None:
    assert load_settings(PRODUCTION).confirm_minutes == 480
    assert load_settings({**PRODUCTION, "SIP_CONFIRM_MINUTES": "0"}).confirm_minutes == 0
    assert load_settings({"HOME": "/home/someone", "SIP_ENVIRONMENT": "test"}).confirm_minutes == 0


def test_made_up_values_are_refused_in_production() -> None:
    assert "made-up key" in problems(SIP_SECRET_KEY=MADE_UP_KEY)[0]
    assert problems(SIP_BASE_URL="http://sip.region.example") == (
        "SIP_BASE_URL must begin with https:// in production.",
    )
    assert load_settings({**PRODUCTION, "SIP_BASE_URL": "http://[::1]:8000/"}).base_url == "http://[::1]:8000"


def test_the_data_folder_is_per_user() -> None:
    assert load_settings(PRODUCTION).data_dir == Path("/home/someone/.local/share/sip")
    assert load_settings({**PRODUCTION, "XDG_DATA_HOME": "/srv/data"}).data_dir == Path("/srv/data/sip")
    assert load_settings({**PRODUCTION, "SIP_DATA_DIR": "/srv/sip"}).data_dir == Path("/srv/sip")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}z\n")
    without = {name: value for name, value in PRODUCTION.items() if name != "SIP_SECRET_KEY"}
    assert load_settings({**without, "SIP_SECRET_KEY_FILE": str(file)}).secret_key == SecretStr(f"{KEY}z")
    assert problems(SIP_SECRET_KEY_FILE=str(file)) == (
        "SIP_SECRET_KEY_FILE and SIP_SECRET_KEY are both set; keep one.",
    )
    file.write_text("short")
    with pytest.raises(SettingsError, match=r"SIP_SECRET_KEY_FILE must have at least 32 characters"):
        load_settings({**without, "SIP_SECRET_KEY_FILE": str(file)})
    with pytest.raises(SettingsError) as caught:
        load_settings({**without, "SIP_SECRET_KEY_FILE": "/nowhere/key"})
    assert caught.value.problems == (
        "SIP_SECRET_KEY_FILE names /nowhere/key, which cannot be read: No such file or directory.",
    )


def test_an_unknown_variable_is_told_with_its_nearest() -> None:
    assert problems(SIP_SMPT_URL="smtp://localhost", SIP_XYZZY="1") == (
        "SIP_SMPT_URL is not a setting; did you mean SIP_SMTP_URL?",
        "SIP_XYZZY is not a setting.",
    )
    load_settings({**PRODUCTION, "SIP_SERVICE_HOST": "10.0.0.1", "SIP_PORT": "tcp://10.0.0.1:80", "SIP_LOG_LEVEL": ""})


@pytest.mark.parametrize(
    ("variable", "value", "predicate"),
    [
        ("SIP_ENVIRONMENT", "prod", "is 'prod'; it must be production, demo or test"),
        ("SIP_SMTP_CONNECTIONS", "0", "is '0'; it must be a whole number from 1 to 50"),
        ("SIP_LOG_JSON", "perhaps", "is 'perhaps'; it must be true or false"),
        ("SIP_TICK_SECONDS", "soon", "is 'soon'; it must be a number from 0.05 to 60"),
        ("SIP_DATA_DIR", "here", "must be an absolute path"),
        ("SIP_HTTP_LISTEN", "8000", "must be host:port, [address]:port or unix:/path"),
        ("SIP_HTTP_LISTEN", "::1:80", "must be host:port, [address]:port or unix:/path"),
        ("SIP_LMTP_LISTEN", "localhost:lmtp", "has a port that is no number from 0 to 65535"),
        ("SIP_LMTP_LISTEN", "unix:run", "names a unix socket without an absolute path; write unix:/path"),
        ("SIP_MAIL_DOMAIN", "sip@x", "must be a domain name such as sip.region.example"),
        ("SIP_MAIL_LOCAL_PART", "a+b", "must be at most 20 letters, digits, dots and hyphens, such as sip"),
        (
            "SIP_BASE_URL",
            "https://x.example/sip",
            "has a path after the host; the service has to have a host name of its own",
        ),
        ("SIP_TRUSTED_PROXIES", "proxy", "must be addresses or networks with commas between, such as 10.0.0.0/8, ::1"),
    ],
)
def test_a_wrong_value_is_told_in_a_sentence(variable: str, value: str, predicate: str) -> None:
    assert problems(**{variable: value}) == (f"{variable} {predicate}.",)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SIP_DATABASE_URL", "mysql://u:hemlig@h/x", "must be an address such as postgresql://"),
        ("SIP_DATABASE_URL", "postgresql://u:hemlig@h", "names no database"),
        ("SIP_DATABASE_URL", "postgresql://u:hemlig@h:hemlig/x", "has a host or port that cannot be read"),
        ("SIP_DATABASE_URL", "postgresql://u:hemlig@h/x?sslmode=hemlig", "has an sslmode that is unknown"),
        (
            "SIP_DATABASE_URL",
            "postgresql://u@/x?target_session_attrs=hemlig",
            "has target_session_attrs that are unknown",
        ),
        (
            "SIP_DATABASE_URL",
            "postgresql://u@/x?host=db1.example,db2.example",
            "names several hosts; say a port for each",
        ),
        ("SIP_DATABASE_URL", "postgresql://u:hemlig@h/x?color=hemlig", "has the option color, which is unknown"),
        ("SIP_SMTP_URL", "http://u:hemlig@h", "must be an address such as smtp://"),
        ("SIP_SMTP_URL", "smtp://:hemlig@h", "has a user without a password"),
        ("SIP_SMTP_URL", "smtp://u:hemlig@h?tls=hemlig", "has a tls that is unknown"),
        ("SIP_SMTP_URL", "smtp://u:hemlig@h?tls=opportunistic", "says tls=opportunistic to another machine"),
        ("SIP_SMTP_URL", "smtps://u:hemlig@h?tls=off", "asks for smtps:// and another kind of tls"),
        ("SIP_SMTP_URL", "smtp://u:hemlig@h?start=1", "has an option after ? that is not tls"),
        ("SIP_SECRET_KEY", "hemlig", "must have at least 32 characters"),
    ],
)
def test_no_sentence_tells_a_secret(variable: str, value: str, words: str) -> None:
    (sentence,) = problems(**{variable: value})
    assert sentence.startswith(f"{variable} {words}")
    assert "hemlig" not in sentence


def test_signing_takes_a_selector_and_a_key_and_a_domain_of_ours() -> None:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    given = {**PRODUCTION, "SIP_DKIM_SELECTOR": "Sip2026", "SIP_DKIM_PRIVATE_KEY": key.decode()}
    signing = load_settings(given)
    assert (signing.dkim_selector, signing.signing_domain) == ("sip2026", signing.mail_domain)
    assert "PRIVATE KEY" not in repr(signing)
    assert load_settings({**given, "SIP_DKIM_DOMAIN": "region.example"}).signing_domain == "region.example"
    assert problems(SIP_DKIM_SELECTOR="sip") == (
        "SIP_DKIM_SELECTOR and SIP_DKIM_PRIVATE_KEY go together: set both, or neither.",
    )
    assert problems(SIP_DKIM_DOMAIN="else.example") == (
        "SIP_DKIM_DOMAIN must be sip.region.example or a domain above it.",
    )
    (sentence,) = problems(SIP_DKIM_PRIVATE_KEY="hemlig")
    assert sentence.startswith("SIP_DKIM_PRIVATE_KEY must be a private key in PEM")
    assert "hemlig" not in sentence
    assert problems(SIP_DKIM_SELECTOR="a b", SIP_CONTACT_EMAIL="it") == (
        "SIP_CONTACT_EMAIL must be a mail address such as it@region.example.",
        "SIP_DKIM_SELECTOR must be a name of letters, digits and hyphens, such as sip2026.",
    )


def test_no_representation_tells_a_secret() -> None:
    settings = load_settings(
        {
            **PRODUCTION,
            "SIP_DATABASE_URL": "postgresql://u:hemlig@h/sip?sslmode=verify-full",
            "SIP_SMTP_URL": "smtp://u:hemlig@h",
        }
    )
    assert "hemlig" not in f"{settings!r} {settings!s} {settings.smtp_url}"
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://localhost", Relay("localhost", 25, None, None, "off")),
        ("smtp://127.0.0.1:2525?tls=opportunistic", Relay("127.0.0.1", 2525, None, None, "opportunistic")),
        ("smtp://mail.example", Relay("mail.example", 25, None, None, "required")),
        ("smtp://mail.example?tls=off", Relay("mail.example", 25, None, None, "off")),
        ("smtp://a%40b:p%2Fq@mail.example?tls=required", Relay("mail.example", 587, "a@b", "p/q", "required")),
        ("smtps://a:b@mail.example", Relay("mail.example", 465, "a", "b", "implicit")),
    ],
)
def test_the_relay_is_read_and_tls_is_required_off_this_machine(url: str, relay: Relay) -> None:
    assert load_settings({**PRODUCTION, "SIP_SMTP_URL": url}).smtp_url == relay


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (
            "postgres://a:b%40c@db.example/sip?sslmode=disable",
            "postgresql+asyncpg://a:b%40c@db.example/sip?ssl=disable",
        ),
        (
            "postgresql://a@db.example:5433/sip?sslmode=verify-full",
            "postgresql+asyncpg://a@db.example:5433/sip?ssl=verify-full",
        ),
        (
            "postgresql://a@/sip?host=db1.example,db2.example&port=5432,5433&sslmode=verify-full&target_session_attrs=primary",
            "postgresql+asyncpg://a@/sip?host=db1.example,db2.example&port=5432,5433&target_session_attrs=primary&ssl=verify-full",
        ),
        ("postgresql:///sip?host=/run/postgresql", "postgresql+asyncpg:///sip?host=/run/postgresql"),
    ],
)
def test_the_database_is_spoken_to_by_asyncpg(given: str, used: str) -> None:
    settings = load_settings({**PRODUCTION, "SIP_DATABASE_URL": given})
    assert settings.sqlalchemy_url == settings.sqlalchemy_owner_url == used


def test_the_owner_of_the_tables_may_have_an_address_of_its_own() -> None:
    settings = load_settings(
        {
            **PRODUCTION,
            "SIP_DATABASE_URL": "postgresql://app@db.example/sip?sslmode=disable",
            "SIP_DATABASE_OWNER_URL": "postgresql://own@db.example/sip?sslmode=disable",
        }
    )
    assert settings.sqlalchemy_url == "postgresql+asyncpg://app@db.example/sip?ssl=disable"
    assert settings.sqlalchemy_owner_url == "postgresql+asyncpg://own@db.example/sip?ssl=disable"


@pytest.mark.parametrize("mode", ["", "?sslmode=require", "?sslmode=prefer", "?sslmode=allow"])
def test_in_production_it_is_checked_which_database_answers(mode: str) -> None:
    """Or it is said by name that it is not; on this machine nobody stands between."""
    for variable in ("SIP_DATABASE_URL", "SIP_DATABASE_OWNER_URL"):
        (sentence,) = problems(**{variable: f"postgresql://u:hemlig@db.example/sip{mode}"})
        assert sentence.startswith(f"{variable} must end with ?sslmode=verify-full")
        assert "hemlig" not in sentence
    near = f"postgresql://u:p@localhost/sip{mode}"
    assert load_settings({**PRODUCTION, "SIP_DATABASE_URL": near}).sqlalchemy_url is not None
    tried = {"HOME": "/home/someone", "SIP_ENVIRONMENT": "test", "SIP_DATABASE_URL": f"postgresql://u:p@db/sip{mode}"}
    assert load_settings(tried).sqlalchemy_url is not None


def test_settings_cannot_be_changed() -> None:
    settings = Settings(environment="test")
    with pytest.raises(ValueError, match="frozen"):
        settings.mail_domain = "other.example"


def test_the_reference_is_up_to_date() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == settings_reference(), "run `make docs`"
