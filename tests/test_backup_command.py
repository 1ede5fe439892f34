"""`sip backup`, `sip restore` and `sip held`: what they print, and one sentence for each mistake."""

from pathlib import Path

import pytest

from sip.embedded.server import ServerHandle
from tests.test_cli import Run, run

__all__ = ["run"]


def test_the_commands_say_what_is_held(
    run: Run, cluster: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sip.backup"
    assert run("held")[:2] == (0, "No mail is held.\n")
    code, out, _ = run("backup", str(file))
    assert (code, out.endswith(" MB.\n")) == (0, True)
    assert run("restore", str(file)) == (
        1, "", "The database has tables already; name an empty one in SIP_DATABASE_OWNER_URL.\n",
    )  # fmt: skip
    cluster.ensure_database("sip_restored")
    monkeypatch.setenv("SIP_DATABASE_URL", cluster.url("sip_restored"))
    monkeypatch.setenv("SIP_DATABASE_OWNER_URL", cluster.owner_url("sip_restored"))
    assert run("restore", str(file))[0] == 0
    assert run("held", "begin", "--lost-from", "yesterday")[0] == 1
    held = run("held", "begin", "--lost-from", "2026-11-06T07:30Z")[1]
    assert "The data ends at 2026-11-06 07:30 UTC." in held and "None of them waits for a decision." in held
    assert "Mail is held since" in run("check", "--no-round-trip")[1]
    assert run("held", "send")[2].endswith("Name the mails by their numbers, or say --all.\n")
    assert run("held", "sent", "--all")[1] == "0 mails counted as sent.\n"
    assert run("held", "end")[2].startswith("Steps of the lost time may still come until ")
    cluster.drop_database("sip_restored")
