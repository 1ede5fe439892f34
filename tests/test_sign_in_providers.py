"""The file of sign-in providers: what it may hold, and a sentence for each thing that is wrong in it."""

from pathlib import Path

import pytest

from sip.settings import SettingsError, load_settings

GOOD = """[[provider]]
name = "siths"
label = { sv = "SITHS-kort", en = "SITHS card" }
issuer = "https://idp.example/oidc"
client_id = "sip"
claims = ["employeeHsaId"]
acr = ["http://id.sambi.se/loa/loa3"]
"""


def loaded(folder: Path, text: str) -> tuple[str, ...]:
    """The names of the providers. Raises SettingsError."""
    path = folder / "providers.toml"
    path.write_text(text, encoding="utf-8")
    settings = load_settings({"HOME": "/", "SIP_ENVIRONMENT": "test", "SIP_SIGN_IN_PROVIDERS": str(path)})
    return tuple(one.name for one in settings.sign_in_providers)


def test_several_stand_side_by_side(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for print\n", encoding="utf-8")
    second = GOOD.replace("siths", "entra").replace('["employeeHsaId"]', '["tid", "oid"]')
    assert loaded(tmp_path, f'{GOOD}{second}client_secret_path = "{secret}"\n') == ("siths", "entra")
    settings = load_settings(
        {"HOME": "/", "SIP_ENVIRONMENT": "test", "SIP_SIGN_IN_PROVIDERS": str(tmp_path / "providers.toml")}
    )
    assert settings.sign_in_providers[1].client_secret == "not for print"
    assert "not for print" not in repr(settings)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "siths"', 'name = "SITHS"', "`name` of provider SITHS must be of small letters"),
        ('name = "siths"', "", "`name` of provider 1 is missing"),
        ("client_id", "clientid", "is no word of this file"),
        ("https://idp.example/oidc", "http://idp.example/oidc", "`issuer` of provider siths must be the https address"),
        ("https://idp.example/oidc", "https://idp.example/oidc?x=1", "`issuer` of provider siths must be the https"),
        ('["employeeHsaId"]', "[]", "must name the claims that name a user"),
        ('["employeeHsaId"]', '["email"]', "must not be an address of mail"),
        ("en = ", "fi = ", "`label` of provider siths must be"),
        ("acr =", "clock_skew_seconds = 301\nacr =", "must be a whole number from 0 to 300"),
        ("acr =", 'scopes = ["profile"]\nacr =', '`scopes` of provider siths must hold "openid"'),
        ("acr =", 'client_secret_path = "/not/there"\nacr =', "must be the absolute path of a file with the secret"),
        ("acr = [", "acr = [[", "which is no TOML"),
        ("[[provider]]", "[provider]", "must hold [[provider]] tables and nothing else"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, GOOD.replace(old, new))
    (sentence,) = caught.value.problems
    assert sentence.startswith("SIP_SIGN_IN_PROVIDERS names /")
    assert said in sentence


def test_two_have_two_names_and_a_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="two providers have one name"):
        loaded(tmp_path, GOOD + GOOD)
    for wrong in ("providers.toml", str(tmp_path / "nowhere.toml")):
        with pytest.raises(SettingsError, match=r"absolute path|cannot be read"):
            load_settings({"HOME": "/", "SIP_ENVIRONMENT": "test", "SIP_SIGN_IN_PROVIDERS": wrong})
