"""`sip journal`: one sentence and an exit code, whatever somebody did to the database."""

import asyncio
import json
import re
from pathlib import Path

import asyncpg
import pytest

from sip.demo.county import DIRECTORY
from tests.test_cli import Run, run

__all__ = ["run"]


@pytest.fixture
def sealed(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A database with readings of two days, sealed, and the kept files beside it."""
    monkeypatch.setenv("SIP_SEAL_FOLDER", str(tmp_path))
    run("directory", "import", str(DIRECTORY))
    run("tick", "--now", "2040-11-02T08:00+01:00")
    run("directory", "import", "--dry-run", str(DIRECTORY))
    run("api-key", "create", "--name", "plan", "--role", "administrator")
    run("tick", "--now", "2040-11-03T08:00+01:00")
    return run


def _as_owner(url: str, sql: str) -> None:
    async def act() -> None:
        line = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
        await line.execute(sql)
        await line.close()

    asyncio.run(act())


def test_a_log_that_is_as_it_was(sealed: Run, tmp_path: Path) -> None:
    for words in ((), ("--heads", str(tmp_path))):  # that it was verified is a row of today's
        code, out, err = sealed("journal", "verify", *words)
        assert code == 0, err
        assert re.fullmatch(r"\d+ rows are as they were sealed, in 2 days; [01] of them wait for .*\n", out)
        assert "Verifying" in err


def test_a_log_that_somebody_changed(sealed: Run, database_owner_url: str) -> None:
    _as_owner(database_owner_url, "update access_log set actor_name = 'somebody' where id = 1")
    code, out, err = sealed("journal", "verify")
    assert (code, out, err.splitlines()[-1]) == (1, "", "Row 1 of the access log was changed after it was written.")


def test_a_seal_that_is_of_another_log(sealed: Run) -> None:
    code, _, err = sealed("journal", "verify", "--head", "ab" * 32)
    assert (code, err.splitlines()[-1].startswith(f"The seal {'ab' * 32} is of none of the days")) == (1, True)
    assert "is not 64 digits" in sealed("journal", "verify", "--head", "ab")[2]


def test_a_kept_file_that_is_none(sealed: Run, tmp_path: Path) -> None:
    next(iter(tmp_path.glob("*.leaves"))).write_text("nothing of ours")
    code, out, err = sealed("journal", "verify", "--heads", str(tmp_path))
    assert (code, out) == (1, "")
    assert err.endswith("are not as they were written.\n")


def test_a_check_says_where_the_seals_are(
    sealed: Run, database_owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Journal and access log are sealed to 2040-11-02." in sealed("check")[1]
    _as_owner(database_owner_url, "delete from seal_anchor where day = '2040-11-02'")
    assert "1 are not in " in sealed("check")[1]
    monkeypatch.delenv("SIP_SEAL_FOLDER")
    assert "No seal leaves the database: set SIP_SEAL_FOLDER" in sealed("check")[1]


def test_a_proof_that_is_none(sealed: Run, tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text("{}")
    key = sealed("journal", "key")[1].strip()
    assert sealed("journal", "check", str(file), "--key", key) == (
        1, "", "This file is no proof, or a part of it is missing.\n",
    )  # fmt: skip
    none = "00000000-0000-0000-0000-000000000000"
    assert sealed("journal", "proof", none, "--to", str(file)) == (1, "", "No such sealed meeting.\n")
    assert "Traceback" not in sealed("journal", "proof", "none", "--to", str(file))[2]


def test_an_auditors_questions(sealed: Run, tmp_path: Path) -> None:
    """Each is a line a reading, and one sentence where there is no answer."""
    sealed("user", "add", "eva@al.example", "--role", "administrator", "--name", "Eva Ek", given="kalla-till-sip-nu\n")
    assert sealed("audit", "readings", "eva@al.example") == (0, "", "")
    assert sealed("audit", "readings", "nobody@al.example") == (1, "", "No such user.\n")
    assert sealed("audit", "readers", "00000000-0000-0000-0000-000000000000") == (0, "", "")
    code, out, _ = sealed("audit", "sample", "2040-11", "--rows", "2")
    assert (code, out) == (1, "")  # not over by the machine's clock, which this command goes by
    file = tmp_path / "about.json"
    assert sealed("audit", "about", "eva@al.example", "--to", str(file))[0] == 0
    assert {"app_user", "user_role"} <= json.loads(file.read_text()).keys()
    assert sealed("audit", "reviewed", "2040-11", "--by", "eva@al.example")[0] == 1
