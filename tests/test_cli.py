"""The `sip` command: what it prints, and one sentence for each mistake."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from sip.cli import main, root, sip
from sip.cli.root import MODULES
from sip.demo.county import AGREEMENT, DIRECTORY

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], database_url: str, database_owner_url: str
) -> Run:
    """Runs one command in this process with this test's database; gives (exit code, stdout, stderr)."""
    monkeypatch.setenv("SIP_ENVIRONMENT", "test")
    monkeypatch.setenv("SIP_DATABASE_URL", database_url)
    monkeypatch.setenv("SIP_DATABASE_OWNER_URL", database_owner_url)
    monkeypatch.setenv("SIP_SMTP_URL", "smtp://127.0.0.1:1?tls=off")
    monkeypatch.setenv("COLUMNS", "200")

    def once(*words: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sip", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        capfd.readouterr()
        code = 0
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return once


def test_an_installation_is_set_up_from_the_command_line(run: Run, tmp_path: Path) -> None:
    assert run("migrate") == (0, "The database has this version's tables.\n", "")
    code, out, _ = run("directory", "import", str(DIRECTORY))
    assert (code, out.startswith("Imported 5 principals, 15 organisations, 33 units")) == (0, True)
    assert run("agreement", "import", str(AGREEMENT))[0] == 0
    added = run("user", "add", "eva.ringdahl@region-asland.example", "--role", "convener", given="kalla-till-sip-nu\n")
    assert added[:2] == (0, "eva.ringdahl@region-asland.example may sign in as convener.\n")
    code, key, _ = run("api-key", "create", "--name", "plan", "--role", "administrator")
    assert (code, key[:4], len(key.strip()) > 40) == (0, "sip_", True)
    export = tmp_path / "out.csv"
    assert run("directory", "export", str(export))[0] == 0
    assert run("directory", "import", str(export))[0] == 0
    assert run("directory", "export")[1].encode() == export.read_bytes()
    assert run("tick", "--now", "2026-11-02T08:00+01:00")[1].startswith("0 mails judged, 0 steps taken")
    _, renewed, _ = run("api-key", "rotate", "plan", "--overlap-days", "3")
    assert renewed[:4] == "sip_" and renewed != key
    run(
        "api-key", "create", "--name", "read", "--role", "administrator", "--may", "cases:read", "--until", "2099-12-30"
    )
    listed = run("api-key", "list")[1]
    assert "plan: administrator, all of its role; in use, never used, its old secret until 20" in listed
    assert "read: administrator, cases:read; until 2099-12-30, never used\n" in listed
    assert key.strip() not in listed and renewed.strip() not in listed
    assert run("api-key", "revoke", "plan")[0] == 0
    code, out, _ = run("check")
    assert code == 1
    assert "Beroendemottagningen" in out and "no unit manager or deputy" in out
    assert "check SIP_SMTP_URL" in out


def test_a_dry_run_shows_what_differs_and_writes_nothing(run: Run) -> None:
    run("directory", "import", "-", given=COUNTY)
    before = run("directory", "export")[1]
    code, out, _ = run("directory", "import", "--dry-run", "-", given=COUNTY.replace("0015;", "0016;"))
    assert [line.split() for line in out.splitlines()][:2] == [
        ["Line", "Kind", "What", "How", "it", "would", "be"],
        ["4", "changed", "unit", "Hemtjänsten", "Norr", "hsa_id", "SE2399990110-E0015", "→", "SE2399990110-E0016"],
    ]
    assert out.endswith("0 new, 1 changed, 0 archived, 0 gone, 6 unchanged. Nothing has been written.\n")
    assert (code, run("directory", "export")[1]) == (0, before)


def test_an_agreement_is_said_in_sentences(run: Run, tmp_path: Path) -> None:
    code, text, _ = run("agreement", "default")
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    code, out, _ = run("agreement", "check", str(file))
    assert code == 0 and "It is joined by nobody yet." in out
    assert (
        run("agreement", "check", "-", given="name = 3")[2]
        == 'The file: "name" must be a text, such as name = "...".\n'
    )


_TRIED = ("replay", "--agreement", str(AGREEMENT))


HSA = """\
dn: ou=Vårdcentralen Lönen,ou=Ny nämnd,o=Region Exempel,c=SE
objectClass: hsaUnit
ou: Vårdcentralen Lönen
hsaIdentity: SE2399990110-E0777
telephoneNumber: 0400-77 77 77

"""


def test_units_follow_hsa_and_what_is_kept_by_hand_is_asked_about(run: Run) -> None:
    run("directory", "import", "-", given=COUNTY)
    code, out, err = run("directory", "hsa", "-", given=HSA)
    assert code == 1 and "no organisation of the directory is above it" in err
    where = ("--organisation", "al-n")
    code, out, _ = run("directory", "hsa", "--dry-run", *where, "-", given=HSA)
    assert (code, "1 new" in out, "Nothing has been written." in out) == (0, True, True)
    code, out, _ = run("directory", "hsa", *where, "-", given=HSA)
    assert (code, "Read in. 0 left to be asked again." in out) == (0, True)
    changed = HSA.replace("77 77 77", "88 88 88")
    code, out, _ = run("directory", "hsa", "-", given=changed)
    assert "0400-77 77 77 → 0400-88 88 88" in out
    exported = run("directory", "export")[1].replace("0400-88 88 88", "0400-99 99 99")
    run("directory", "import", "-", given=exported)
    code, out, _ = run("directory", "hsa", "-", given=HSA)
    assert "ours 0400-99 99 99, HSA 0400-77 77 77" in out and "1 left to be asked again" in out
    code, out, _ = run("directory", "hsa", "--conflicts", "ours", "-", given=HSA)
    assert "0 left to be asked again" in out and "0400-99 99 99" in run("directory", "export")[1]
    code, out, _ = run("directory", "hsa", "-", given=HSA)
    assert "0 asked" in out and "0400-99 99 99" in run("directory", "export")[1]


@pytest.mark.parametrize(
    ("words", "given", "sentence"),
    [
        (("directory", "import", "nowhere.csv"), "", "nowhere.csv: No such file or directory.\n"),
        (("directory", "import", "-"), "kind;key\nunit;u\n", 'Line 2: "name" is empty and must be filled in.\n'),
        (("tick", "--now", "soon"), "", 'Error: --now "soon" is no time; write it as 2026-11-02T08:00+01:00.\n'),
        (("tick", "--now", "2026-11-02T08:00"), "", "Error: --now needs a time zone"),
        (("user", "add", "eva", "--role", "chair"), "", '"eva" is no e-mail address that mail can be sent to.\n'),
        (("user", "add", "e@x.example", "--role", "chair"), "short\n", "A password has at least 12 characters.\n"),
        (
            ("user", "add", "e@x.example", "--role", "chair"),
            "long enough it is\n",
            "is nobody in the directory; give a name.\n",
        ),
        (
            ("user", "add", "e191212121212@x.example", "--role", "chair", "--name", "E"),
            "long enough it is\n",
            "The address or the name looks like a personal number; none may be kept here.\n",
        ),
        (("api-key", "create", "--name", "19121212-1212", "--role", "chair"), "", "The key's name looks like"),
        (("api-key", "create", "--name", "k", "--role", "boss"), "", "'boss' is not one of"),
        (("api-key", "create", "--name", "k", "--role", "chair", "--unit", "x"), "", "There is no such unit"),
        (
            ("api-key", "create", "--name", "k", "--role", "chair", "--may", "all:read"),
            "",
            'There is no scope "all:read"',
        ),
        (("api-key", "rotate", "k"), "", 'There is no key named "k" in use.\n'),
        (("api-key", "revoke", "k"), "", 'There is no key named "k" in use.\n'),
        ((*_TRIED, "--period", "2019"), "", "There is no 2019 to play again: a year from 2021 to this one is.\n"),
        ((*_TRIED, "--period", "2026", "--area", "Norr"), "", "There is no area Norr."),
        (("fly",), "", "No such command 'fly'."),
    ],
)
def test_a_mistake_is_one_sentence(run: Run, words: tuple[str, ...], given: str, sentence: str) -> None:
    code, out, err = run(*words, given=given)
    assert (code, out) == (1, "")
    assert sentence in err
    assert "Traceback" not in err


def test_a_wrong_setting_and_a_lost_database_are_sentences(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    code, _, err = run("tick")
    assert code == 1
    assert err.startswith("The database at 127.0.0.1 cannot be reached")
    assert "Traceback" not in err
    monkeypatch.setenv("SIP_HTTP_LISTEN", "here")
    assert run("check")[2] == "SIP_HTTP_LISTEN must be host:port, [address]:port or unix:/path.\n"


COUNTY = """\
kind;key;parent;name;type;hsa_id;email;phone;flags;order
principal;al;;Al kommun;municipality;;;;;
organisation;al-n;al;Omsorgsnämnden Al;board;;;;;
unit;norr;al-n;Hemtjänsten Norr;;SE2399990110-E0015;;;week_mail;
unit;soder;al-n;Hemtjänsten Söder;;;;;;
unit;telefon;al-n;Telefonväxeln;;;;010-319 200;phone_only;
address;;norr;;;;norr@al.example;;;1
address;;soder;;;;soder@al.example;;;1
"""


def test_mailboxes_are_asked_from_the_command_line(run: Run) -> None:
    assert run("directory", "import", "-", given=COUNTY)[0] == 0
    code, out, _ = run("unit", "list", "--unverified")
    assert (code, [line.split("\t")[1:] for line in out.splitlines()]) == (
        0, [["Hemtjänsten Norr", "unverified"], ["Hemtjänsten Söder", "unverified"]],
    )  # fmt: skip
    code, out, _ = run("unit", "verify", "norr")
    assert (code, out) == (0, "Hemtjänsten Norr: a test call goes to norr@al.example.\n")
    assert run("unit", "verify", "SE2399990110-E0015")[1] == out
    assert sorted(run("unit", "verify", "--all-unverified")[1].splitlines()) == [
        "Hemtjänsten Norr: a test call goes to norr@al.example.",
        "Hemtjänsten Söder: a test call goes to soder@al.example.",
    ]
    listed = run("unit", "list")[1]
    assert "Telefonväxeln\tno mailbox" in listed
    assert "Hemtjänsten Söder\tunverified; test call of " in listed
    assert "2 are unverified" in run("check")[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("unit", "verify"), "Name units, or say --all-unverified."),
        (("unit", "verify", "x", "--all-unverified"), "Name units, or say --all-unverified."),
        (("unit", "verify", "nowhere"), 'There is no unit "nowhere".'),
        (("unit", "verify", "Telefonväxeln"), "Telefonväxeln: there is no mailbox in use to ask."),
    ],
)
def test_what_cannot_be_asked_is_said(run: Run, words: tuple[str, ...], sentence: str) -> None:
    run("directory", "import", "-", given=COUNTY)
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert sentence in err


def test_the_report_waits_for_no_page_to_be_loaded() -> None:
    """Each command loads what it needs: pages, mail and worker take seconds, which a file of figures does not need."""
    loaded = "import sys, sip.cli.annual; print({'sip.app', 'litestar', 'uvicorn'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_each_command_is_in_the_module_that_is_named() -> None:
    for name in MODULES:
        assert sip.get_command(click.Context(sip), name) is not None, name
    assert set(MODULES) == set(sip.commands)
    folder = Path(root.__file__).parent
    beside = {"root", "hsa", "__init__"}  # what commands share, and what one of them draws
    assert {*MODULES.values(), *beside} == {file.stem for file in folder.glob("*.py")}
