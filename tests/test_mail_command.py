"""`sip mail`: every mail can be looked at, in every form, without a database; and the DNS record of the key."""

import os
import sys
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from icalendar import Calendar

from sip.cli import main
from sip.dkim_key import is_record_of
from sip.edges.mail.letters import preview

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in this process with these variables alone; gives (exit code, stdout, stderr)."""

    def once(*words: str, **variables: str) -> tuple[int, str, str]:
        for name in [name for name in os.environ if name.startswith("SIP_")]:
            monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["sip", "mail", *words])
        capfd.readouterr()
        code = 0
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
        return code, *capfd.readouterr()

    return once


def test_without_a_kind_all_are_listed_with_their_subjects(run: Run) -> None:
    lines = run("preview")[1].splitlines()
    assert [line.split()[0] for line in lines] == preview.names()
    assert "Kallelse till SIP-möte" in lines[0]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("text", "Call to a SIP meeting on"),
        ("html", "<!DOCTYPE html>"),
        ("eml", "MIME-Version: 1.0"),
        ("ics", "BEGIN:"),
    ],
)
def test_one_is_printed_in_each_form(run: Run, form: str, words: str) -> None:
    assert words in run("preview", "call", "--language", "en", "--format", form)[1]


def test_all_are_written_into_a_folder(run: Run, tmp_path: Path) -> None:
    assert run("preview", "--out", str(tmp_path / "new"))[0] == 0
    names = preview.names()
    found = {path.name for path in (tmp_path / "new").iterdir()}
    assert {f"{name}.sv.{suffix}" for name in names for suffix in ("txt", "html", "eml")} <= found
    assert Calendar.from_ical((tmp_path / "new" / "update.sv.ics").read_bytes())["METHOD"] == "REQUEST"
    message = message_from_bytes((tmp_path / "new" / "bundle-12.sv.eml").read_bytes(), policy=default)
    assert message["Subject"] == "12 saker att ta hand om i SIP-samordningen"


def test_mistakes_are_sentences(run: Run) -> None:
    for words, wanted in ((("nothing",), "There is no mail"), (("receipt", "--format", "ics"), "has no calendar part")):
        code, _, err = run("preview", *words)
        assert code == 1
        assert wanted in err
        assert "Traceback" not in err


def test_the_record_of_the_key_is_printed(run: Run, tmp_path: Path) -> None:
    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "dkim.pem").write_bytes(pem)
    set_so = {
        "SIP_ENVIRONMENT": "test",
        "SIP_MAIL_DOMAIN": "sip.region.example",
        "SIP_DKIM_SELECTOR": "sip2026",
        "SIP_DKIM_PRIVATE_KEY_FILE": str(tmp_path / "dkim.pem"),
    }
    name, record = run("dkim", **set_so)[1].splitlines()
    assert name == "sip2026._domainkey.sip.region.example"
    assert is_record_of(record, pem.decode())
    code, _, err = run("dkim", SIP_ENVIRONMENT="test")
    assert code == 1
    assert "are not set" in err
