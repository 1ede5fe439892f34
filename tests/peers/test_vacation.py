"""An autoresponder as mail servers have it: Dovecot's Sieve tells of an absence where a person called, leaves what the
engine begins alone, and what it says is no answer of the unit (RFC 3834, 5230).
"""

import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sip.domain.standing import Standing
from tests.peers.programs import need, run
from tests.peers.today import newest, sender_of, weeks_ahead
from tests.stories.stage import Stage

UNIT = "hemtjanst@al.example"
AWAY = f"""\
require ["vacation"];
vacation :days 1 :addresses ["{UNIT}"] :subject "Frånvaro" "Vi har stängt till den 7 januari.";
"""
SETTINGS = """\
mail_location = maildir:{folder}/mails
mail_uid = {user.pw_uid}
mail_gid = {user.pw_gid}
first_valid_uid = 1
log_path = /dev/stderr
"""
# What the tool prints round the mail that it would send.
_AROUND = re.compile(r"^(?:RECIPIENT: .*|START MESSAGE:|END MESSAGE)\n", re.MULTILINE)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the mailbox's user can reach. Dovecot serves no mail to root: there it is nobody's."""
    need("sieve-test")
    folder = Path(tempfile.mkdtemp(prefix="sip-sieve-"))
    folder.chmod(0o755)
    user = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    (folder / "dovecot.conf").write_text(SETTINGS.format(folder=folder, user=user))
    (folder / "away.sieve").write_text(AWAY)
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    yield folder
    shutil.rmtree(folder)


async def when_away(home: Path, raw: bytes, sender: str) -> bytes:
    """What Sieve answers to this mail; nothing, if it answers nothing."""
    mail = home / "mail.eml"
    mail.write_bytes(raw.replace(b"\r\n", b"\n"))
    mail.chmod(0o644)
    envelope = ("-f", sender, "-a", UNIT, "-r", UNIT)
    settings = ("-c", home / "dovecot.conf", "-e")
    said = await run("sieve-test", *settings, *envelope, home / "away.sieve", mail, home=home)
    return _AROUND.sub("", said).strip().encode()


def lost(raw: bytes, *headers: str) -> bytes:
    """The mail after a gateway that does not pass these on."""
    for header in headers:
        raw, count = re.subn(rb"^" + header.encode() + rb": .*\r\n", b"", raw, count=1, flags=re.MULTILINE)
        assert count == 1
    return raw


async def test_a_persons_call_draws_word_of_an_absence(stage: Stage, home: Path) -> None:
    """It bears no mark of a machine, or the convener would not hear of it (decision 0023)."""
    await stage.call(weeks_ahead(stage))
    letter = newest(stage, UNIT)
    assert letter.message["Auto-Submitted"] is None
    assert b"7 januari" in await when_away(home, letter.raw, await sender_of(stage, UNIT))


async def test_what_the_engine_begins_draws_no_automatic_answer(stage: Stage, home: Path) -> None:
    """Either of our two headers is enough."""
    await stage.call(weeks_ahead(stage))
    await stage.replies(UNIT, "ACCEPTED")
    receipt = stage.mailbox(UNIT)[-1]
    assert receipt.method is None
    sender = receipt.mail_from.strip("<>")
    for mail in (receipt.raw, lost(receipt.raw, "Auto-Submitted"), lost(receipt.raw, "X-Auto-Response-Suppress")):
        assert not await when_away(home, mail, sender)


async def test_an_automatic_answer_is_none(stage: Stage, home: Path) -> None:
    """It goes to the envelope's sender, from other programs to Reply-To; it is kept as what it is, and not answered."""
    await stage.call(weeks_ahead(stage))
    letter, sender = newest(stage, UNIT), await sender_of(stage, UNIT)
    before = len(stage.relay.letters)
    raw = lost(letter.raw, "X-Auto-Response-Suppress")
    answer = await when_away(home, raw, sender)
    assert f"To: <{sender}>".encode() in answer
    for to in (sender, letter.reply_to):
        await stage.receive(answer, to)
    await stage.work()
    assert await stage.outcomes() == [("ignored", "auto_reply")] * 2
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
    assert len(stage.relay.letters) == before
