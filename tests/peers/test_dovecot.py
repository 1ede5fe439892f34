"""The service reads a mailbox that a real Dovecot holds: answers follow, nothing is seen, lost or taken twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from sip.addresses import ImapAccount
from sip.domain.standing import Standing
from sip.edges.mail.ways.access_token import TokenFile
from sip.edges.mail.ways.imap import Access, Folders
from sip.edges.mail.ways.imap_account import AccountReader, Reading
from tests.peers.dovecot import USER, Dovecot, dovecot
from tests.stories.stage import Stage, on_stage, reply_to
from tests.tester import TESTER

UNIT = "hemtjanst@al.example"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with on_stage(database_url, "2026-11-02 09:00") as made:
        yield made


@pytest.fixture
async def box() -> AsyncIterator[Dovecot]:
    async with dovecot() as made:
        yield made


def reader(stage: Stage, box: Dovecot, access: Access | None = None, max_bytes: int = 1_000_000) -> AccountReader:
    """As `sip mail-in` makes it; each is another process."""
    made = stage.made
    return AccountReader(made.db, made.vault, made.home, access or Access(box.account), made.clock.now, max_bytes)


async def rested(stage: Stage) -> None:
    """What it had to rest for, and another reader's hold, are over."""
    async with stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update mailbox set retry_at = null, held_until = clock_timestamp()"))


async def delivered(box: Dovecot, *numbers: int, to: str = USER, body: str = "Hej") -> None:
    for number in numbers:
        raw = f"From: a@al.example\r\nTo: {to}\r\nSubject: {number}\r\n\r\n{body}\r\n".encode()
        await asyncio.to_thread(box.deliver, raw, to)


async def count(stage: Stage) -> int:
    async with stage.made.db.transaction(TESTER) as conn:
        return int((await conn.execute(text("select count(*) from inbound"))).scalar_one())


async def holds(box: Dovecot, folder: str) -> list[tuple[str, bool]]:
    return await asyncio.to_thread(box.holds, folder)


@pytest.mark.parametrize("in_to", [True, False], ids=["by-its-headers", "by-what-delivered-it"])
async def test_an_answer_in_the_mailbox_is_applied(stage: Stage, box: Dovecot, in_to: bool) -> None:
    """Delivered to the token's address, or sorted into a mailbox of another name, as Exchange does."""
    await stage.call("2026-12-07 10:00")
    asked = stage.mailbox(UNIT)[0]
    address = str(asked.message["Reply-To"]).rpartition("<")[2].strip(">")
    raw = reply_to(asked, "ACCEPTED", UNIT, await stage.now(), {})
    await asyncio.to_thread(box.deliver, raw, USER if in_to else address, UNIT)
    assert await reader(stage, box).read() == Reading(taken=1)
    await stage.work()
    assert [outcome for outcome, _ in await stage.outcomes()] == ["applied"]
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING
    assert await holds(box, "INBOX") == []
    assert [seen for _, seen in await holds(box, "Behandlade")] == [False]


async def test_seen_is_neither_read_nor_set(stage: Stage, box: Dovecot) -> None:
    """Staff read the mailbox: what they have opened is taken in all the same, and what they have not stays so."""
    await delivered(box, 1, 2)

    def open_the_first() -> None:
        with box.signed_in() as client:
            client.select_folder("INBOX")
            client.fetch(client.search()[:1], ["BODY[]"])

    await asyncio.to_thread(open_the_first)
    assert await holds(box, "INBOX") == [("1", True), ("2", False)]
    assert await reader(stage, box).read() == Reading(taken=2)
    assert await holds(box, "Behandlade") == [("1", True), ("2", False)]
    assert await holds(box, "Fel") == []


async def test_another_process_goes_on_where_the_first_was(stage: Stage, box: Dovecot) -> None:
    await delivered(box, 1, 2)
    await reader(stage, box).read()
    await delivered(box, 3)
    assert await reader(stage, box).read() == Reading(taken=1)
    assert await reader(stage, box).read() == Reading()
    assert await count(stage) == 3


async def test_when_uidvalidity_changes_all_is_read_anew_and_nothing_is_twice(stage: Stage, box: Dovecot) -> None:
    await delivered(box, 1, 2, 3)
    first = reader(stage, box)
    await first.read()

    def restored() -> None:
        """As from a backup: the handled ones are in the inbox again, under numbers that mean something else."""
        with box.signed_in() as client:
            client.select_folder("Behandlade")
            client.move(client.search(), "INBOX")
        box.doveadm("mailbox", "update", "-u", USER, "--uid-validity", "7", "INBOX")

    await asyncio.to_thread(restored)
    await delivered(box, 4)
    assert await first.read() == Reading(taken=4)
    assert await count(stage) == 4
    async with stage.made.db.transaction(TESTER) as conn:
        row = (await conn.execute(text("select uid_validity, last_uid from mailbox"))).one()
    assert row[0] == 7


@pytest.mark.parametrize("capability", ["IMAP4rev1 UIDPLUS", "IMAP4rev1"])
async def test_a_server_that_cannot_move(stage: Stage, capability: str) -> None:
    """COPY, \\Deleted and EXPUNGE; without UIDPLUS what others marked as deleted is not taken along."""
    async with dovecot(capability=capability) as box:
        await delivered(box, 1)
        assert await reader(stage, box).read() == Reading(taken=1)
        assert await holds(box, "INBOX") == []
        assert await holds(box, "Behandlade") == [("1", False)]
        log = box.log
        assert "Error" not in log and "Panic" not in log


async def test_killed_between_the_commit_and_the_move(stage: Stage, box: Dovecot) -> None:
    """The folder takes nothing: all is committed, nothing moved, and then the process is gone with what it knew."""
    await delivered(box, 1, 2)
    await reader(stage, box).read()
    await delivered(box, 3, 4)
    closed = box.folder / "mail" / USER / ".Behandlade"
    moved_away = closed.rename(box.folder / "away")
    closed.write_text("no folder")
    first = await reader(stage, box).read()
    assert first is not None and first.taken == 2 and first.left is not None
    assert 'lets no folder "Behandlade" be made' in first.left
    assert [subject for subject, _ in await holds(box, "INBOX")] == ["3", "4"]
    closed.unlink()
    moved_away.rename(closed)
    await rested(stage)
    assert await reader(stage, box).read() == Reading(taken=2)
    assert [subject for subject, _ in await holds(box, "Behandlade")] == ["1", "2", "3", "4"]
    assert await count(stage) == 4


async def test_two_that_read_at_once_are_harmless(stage: Stage, box: Dovecot) -> None:
    """Even where one has lost its hold: the other's moves and commits change nothing for it."""
    await delivered(box, *range(12))

    async def takes_over() -> None:
        await asyncio.to_thread(_until_something_moved, box)
        await rested(stage)
        await reader(stage, box).read()

    await asyncio.gather(reader(stage, box).read(), takes_over())
    await rested(stage)
    assert await reader(stage, box).read() == Reading()
    assert await holds(box, "INBOX") == []
    assert len(set(await holds(box, "Behandlade"))) == 12
    assert await count(stage) == 12


def _until_something_moved(box: Dovecot) -> None:
    for _ in range(2000):
        if box.holds("Behandlade"):
            return
    raise AssertionError("nothing was moved")


async def test_too_large_goes_to_the_failed_ones_and_is_listed(stage: Stage, box: Dovecot) -> None:
    await delivered(box, 1, to="sip+abcdefghijklmnopqrstuvwxyz@sip.example", body="x" * 70_000)
    await delivered(box, 2)
    folders = Folders(handled="Hanterade svar", failed="För stora")
    assert await reader(stage, box, Access(box.account, folders), 50_000).read() == Reading(taken=1, failed=1)
    assert await holds(box, "För stora") == [("1", False)]
    assert await holds(box, "Hanterade svar") == [("2", False)]
    await stage.work()
    assert ("refused", "mail_too_large") in await stage.outcomes()


async def test_signed_in_by_an_access_token(stage: Stage, box: Dovecot) -> None:
    """XOAUTH2, as Exchange Online wants it: Dovecot asks an authorization server about the token."""
    file = box.folder / "token"
    account = ImapAccount("127.0.0.1", box.imap, USER, None, "off")
    one = reader(stage, box, Access(account, tokens=TokenFile(file)))
    await delivered(box, 1)
    file.write_text("wrong")
    assert await one.read() is None
    async with stage.made.db.transaction(TESTER) as conn:
        told = (await conn.execute(text("select last_error from mailbox"))).scalar_one()
    assert "cannot be signed in to" in told and "wrong" not in told
    file.write_text("right")
    box.tokens.add("right")
    await rested(stage)
    assert await one.read() == Reading(taken=1)
    assert "method=XOAUTH2" in box.log
