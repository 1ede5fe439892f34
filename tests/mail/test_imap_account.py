"""The IMAP account that is read: what was committed is moved, what was not is read again, and trouble is a sentence."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from sip.addresses import ImapAccount
from sip.edges.mail.letters.samples import HOME, REPLY
from sip.edges.mail.ways.imap import Access, Folders, Tokens
from sip.edges.mail.ways.imap_account import AccountReader, Reading
from sip.store import db as database
from sip.store import heartbeats
from sip.store.db import Database, DatabaseAway
from sip.store.post import imap_account
from sip.store.vault import Vault
from tests.domain.cast import at
from tests.mail.imap_server import Folder, ImapServer, imap_server
from tests.store.conftest import db
from tests.store.post_office import to_see_to
from tests.tester import TESTER

__all__ = ["db"]
NOW = at("2026-11-02 10:00")
VAULT = Vault("a key of the tests")
TO = f"sip+{REPLY}@sip.region.example"


def mail(number: int, to: str = TO, body: str = "Hej") -> bytes:
    return f"Return-Path: <a@al.example>\r\nTo: {to}\r\nSubject: {number}\r\n\r\n{body}\r\n".encode()


@dataclass
class Desk:
    """A reader, its server, and a clock that a test moves."""

    db: Database
    server: ImapServer
    now: datetime = NOW
    tokens: Tokens | None = None
    folders: Folders = field(default_factory=Folders)
    max_bytes: int = 10_000_000
    kept: AccountReader | None = None

    async def clock(self) -> datetime:
        return self.now

    def reader(self) -> AccountReader:
        """Another process."""
        account = ImapAccount("127.0.0.1", self.server.port, self.server.user, self.server.password, "off")
        access = Access(account, self.folders, self.tokens)
        return AccountReader(self.db, VAULT, HOME, access, self.clock, self.max_bytes)

    async def read(self) -> Reading | None:
        """One reading of one process, whatever rest it was to keep."""
        self.kept = self.kept or self.reader()
        await self.rested()
        return await self.kept.read()

    async def rested(self) -> None:
        async with self.db.transaction(TESTER) as conn:
            await conn.execute(text("update mailbox set retry_at = null"))

    async def rows(self) -> list[tuple[str, str, str, str | None]]:
        """Recipient, source, subject, outcome."""
        async with self.db.transaction(TESTER) as conn:
            rows = await (await database.raw(conn)).fetch("select * from inbound order by id")
        found = []
        for row in rows:
            raw = VAULT.open(row["raw"], row["recipient"].encode() + b"\x00" + row["sha256"])
            subject = raw.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode()
            found.append((row["recipient"], row["source"], subject, row["reason"]))
        return found

    async def state(self) -> imap_account.State:
        async with self.db.transaction(TESTER) as conn:
            found = await imap_account.state(conn, f"{self.server.user} at 127.0.0.1", "INBOX")
        assert found is not None
        return found

    async def position(self) -> tuple[int, int]:
        async with self.db.transaction(TESTER) as conn:
            row = (await conn.execute(text("select uid_validity, last_uid from mailbox"))).one()
        return row[0], row[1]

    async def opens(self) -> datetime | None:
        """When answers may be held against a party again (rules, section 5 L1)."""
        async with self.db.transaction(TESTER) as conn:
            return await heartbeats.answers_open_from(conn, self.now)


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    async with imap_server() as server:
        yield Desk(db, server)


async def test_mail_is_taken_in_and_moved_and_nobody_has_seen_it(desk: Desk) -> None:
    for number in (1, 2):
        desk.server.inbox.add(mail(number), {r"\Flagged"} if number == 1 else {r"\Seen"})
    assert await desk.read() == Reading(taken=2)
    assert await desk.rows() == [(TO, "imap", "1", None), (TO, "imap", "2", None)]
    assert desk.server.bodies("INBOX") == []
    moved = desk.server.folders["Behandlade"].messages
    assert [(one.raw, one.flags) for one in moved.values()] == [(mail(1), {r"\Flagged"}), (mail(2), {r"\Seen"})]
    assert "Fel" in desk.server.folders
    assert await desk.position() == (1, 2)
    assert (await desk.state()).read_at == NOW
    assert not any("BODY[" in said for said in desk.server.said)


async def test_what_was_read_is_not_read_again(desk: Desk) -> None:
    desk.server.inbox.add(mail(1))
    await desk.read()
    desk.server.said.clear()
    desk.server.inbox.add(mail(2))
    desk.kept = None  # another process goes on from the same place
    assert await desk.read() == Reading(taken=1)
    assert "UID SEARCH UID 2:*" in desk.server.said
    assert await desk.read() == Reading()
    assert len(await desk.rows()) == 2


async def test_a_message_back_in_the_inbox_is_nothing_new(desk: Desk) -> None:
    for _ in range(2):
        desk.server.inbox.add(mail(1))
        assert await desk.read() == Reading(taken=1)
    assert len(await desk.rows()) == 1
    assert len(desk.server.bodies("Behandlade")) == 2


async def test_when_the_numbers_mean_nothing_any_more_all_is_read_anew(desk: Desk) -> None:
    for number in range(5):
        desk.server.inbox.add(mail(number))
    await desk.read()
    old = desk.server.folders["INBOX"] = Folder(uid_validity=2)
    for number in (3, 4, 5):
        old.add(mail(number))
    assert await desk.read() == Reading(taken=3)
    assert len(await desk.rows()) == 6
    assert await desk.position() == (2, 3)


@pytest.mark.parametrize(
    ("command", "after"),
    [
        ("AUTHENTICATE", False),
        ("SELECT", False),
        ("UID SEARCH", False),
        ("UID FETCH 2 (BODY", False),
        ("UID FETCH 2 (BODY", True),
        ("UID MOVE 2", False),
        ("UID MOVE 2", True),
        ("UID MOVE 3", True),
        ("LOGOUT", False),
    ],
)
async def test_a_line_that_breaks_anywhere_loses_nothing(desk: Desk, command: str, after: bool) -> None:
    """Killed in the middle: another process finds the rest, and what was committed before the move is nothing new."""
    for number in range(1, 5):
        desk.server.inbox.add(mail(number))
    desk.server.cuts, desk.server.after = lambda said: said.startswith(command), after
    await desk.read()
    desk.server.cuts = lambda _: False
    desk.kept = None
    assert await desk.read() is not None
    assert [subject for _, _, subject, _ in await desk.rows()] == ["1", "2", "3", "4"]
    assert desk.server.bodies("INBOX") == []
    assert sorted(desk.server.bodies("Behandlade")) == [mail(number) for number in range(1, 5)]


@pytest.mark.parametrize("extensions", [(), ("UIDPLUS",), ("MOVE",)])
async def test_a_server_without_move_or_uidplus(desk: Desk, extensions: tuple[str, ...]) -> None:
    """What others have marked as deleted stays: EXPUNGE without UIDPLUS would take it along."""
    desk.server.extensions = extensions
    desk.server.inbox.add(mail(1))
    assert await desk.read() == Reading(taken=1)
    assert desk.server.bodies("INBOX") == []
    ours = desk.server.inbox.add(mail(2))
    theirs = desk.server.inbox.add(mail(3), {r"\Deleted"})
    assert await desk.read() == Reading(taken=2)
    assert await desk.read() == Reading()
    left = set(desk.server.inbox.messages)
    assert left == ({ours, theirs} if not extensions else set())
    assert desk.server.bodies("Behandlade") == [mail(1), mail(2), mail(3)]
    assert len(await desk.rows()) == 3


async def test_what_is_too_large_is_noted_and_put_aside(desk: Desk) -> None:
    desk.max_bytes = 2000
    desk.server.inbox.add(mail(1, body="x" * 3000))
    desk.server.inbox.add(mail(2, body="x" * 3000), size=10)  # the server counted wrongly
    desk.server.inbox.add(mail(3))
    assert await desk.read() == Reading(taken=1, failed=2)
    assert await desk.rows() == [
        (TO, "imap", "1", "mail_too_large"),
        (TO, "imap", "2", "mail_too_large"),
        (TO, "imap", "3", None),
    ]
    assert desk.server.bodies("Fel") == [mail(1, body="x" * 3000), mail(2, body="x" * 3000)]
    assert "UID FETCH 1 (BODY.PEEK[])" not in desk.server.said
    async with desk.db.transaction(TESTER) as conn:
        assert len(await to_see_to(conn)) == 2


async def test_what_the_server_does_not_give_out_is_tried_three_times_then_put_aside(desk: Desk) -> None:
    """Meanwhile the rest is read, and nobody is held to an answer that lies there."""
    desk.server.inbox.add(mail(1))
    desk.server.inbox.add(mail(2))
    desk.server.refuses = lambda said: (
        "NO [UNAVAILABLE] later" if said.startswith("UID FETCH 1 (BODY.PEEK[])") else None
    )
    for _ in range(2):
        done = await desk.read()
        assert done is not None and done.unread and "UNAVAILABLE" in (done.left or "")
        assert await desk.position() == (1, 0)
        assert (await desk.state()).read_at is None
    desk.now += timedelta(minutes=16)
    assert await desk.opens() == desk.now + timedelta(minutes=5)
    assert await desk.read() == Reading(failed=1)
    assert await desk.rows() == [(TO, "imap", "2", None), (TO, "imap", "1", "mail_not_fetched")]
    assert desk.server.bodies("Fel") == [mail(1)]


async def test_what_cannot_be_moved_stops_nothing_and_is_not_fetched_twice(desk: Desk) -> None:
    for number in (1, 2):
        desk.server.inbox.add(mail(number))
    desk.server.refuses = lambda said: "NO [OVERQUOTA] full" if said.startswith("UID MOVE 1") else None
    for taken in (2, 0):
        done = await desk.read()
        assert done is not None and done.taken == taken
    state = await desk.state()
    assert state.failures == 2 and state.last_error is not None
    assert 'lets nothing be moved to "Behandlade" ([OVERQUOTA] full); check that folder' in state.last_error
    assert await desk.opens() is None  # what lies there has been taken in
    assert sum("BODY.PEEK[]" in said for said in desk.server.said) == 2
    desk.server.refuses = lambda _: None
    assert await desk.read() == Reading()
    assert desk.server.bodies("INBOX") == []
    assert (await desk.state()).failures == 0


async def test_two_processes_at_once_are_harmless(desk: Desk) -> None:
    for number in range(20):
        desk.server.inbox.add(mail(number))
    done = await asyncio.gather(*(desk.reader().read() for _ in range(3)))
    assert sorted(one.taken for one in done if one is not None) == [20]
    # Even where the hold was lost, because a process slept through its lease.
    slow, quick = desk.reader(), desk.reader()
    for number in range(20, 30):
        desk.server.inbox.add(mail(number))

    begun = asyncio.Event()

    def listening(said: str) -> bool:
        if said == "UID SEARCH UID 21:*":
            begun.set()
        return False

    desk.server.cuts = listening

    async def steal() -> None:
        await begun.wait()
        async with desk.db.transaction(TESTER) as conn:
            await conn.execute(text("update mailbox set held_until = clock_timestamp() - interval '1 second'"))
        await quick.read()

    await asyncio.gather(slow.read(), steal())
    assert desk.server.bodies("INBOX") == []
    assert len(await desk.rows()) == 30


async def test_a_database_that_is_away_leaves_the_mail_where_it_is(desk: Desk) -> None:
    desk.server.inbox.add(mail(1))
    reader = desk.reader()
    there, reader.db = reader.db, Database("postgresql://sip_app@127.0.0.1:1/sip")
    with pytest.raises(DatabaseAway):
        await reader.read()
    await reader.db.close()
    reader.db = there
    assert await reader.read() == Reading(taken=1)


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        ("AUTHENTICATE", "cannot be signed in to (No.); check the user, password or token of SIP_IMAP_URL."),
        ("SELECT", 'has no folder "INBOX" to read (No.); check SIP_IMAP_INBOX.'),
        ("LIST", "does not list its folders (No.); check SIP_IMAP_URL."),
        ("UID SEARCH", "does not list its messages (No.); it is tried again."),
    ],
)
async def test_trouble_is_one_sentence_in_the_log_and_in_the_row(desk: Desk, refused: str, sentence: str) -> None:
    desk.server.refuses = lambda said: "NO No." if said.startswith(refused) else None
    with capture_logs() as logs:
        assert await desk.read() is None
    told = f"The IMAP account of {desk.server.user} at 127.0.0.1 {sentence}"
    assert [line.get("trouble") for line in logs] == [told]
    assert (await desk.state()).last_error == told
    assert desk.server.password not in str(logs)


async def test_a_folder_that_cannot_be_made_is_told_and_mail_is_read_all_the_same(desk: Desk) -> None:
    desk.server.inbox.add(mail(1))
    desk.server.refuses = lambda said: "NO No." if said.startswith("CREATE") else None
    whose = f"The IMAP account of {desk.server.user} at 127.0.0.1"
    told = f'{whose} lets no folder "Behandlade" be made (No.); make it by hand'
    done = await desk.read()
    assert done is not None and done.taken == 1 and (done.left or "").startswith(told)
    assert ((await desk.state()).last_error or "").startswith(told)
    desk.server.folders["Behandlade"], desk.server.folders["Fel"] = Folder(), Folder()
    assert await desk.read() == Reading()
    assert desk.server.bodies("Behandlade") == [mail(1)]
    assert len(await desk.rows()) == 1


async def test_nobody_at_home_is_a_sentence_and_a_rest(desk: Desk) -> None:
    desk.server.port = 1
    reader = desk.reader()
    assert await reader.read() is None
    state = await desk.state()
    assert state.last_error == (
        f"The IMAP account of {desk.server.user} at 127.0.0.1 cannot be reached (Connection refused);"
        " check SIP_IMAP_URL."
    )
    assert await reader.read() is None
    assert (await desk.state()).failures == 1  # it rested


@pytest.mark.parametrize("answer", ["* SEARCH x y", "* garbage", "OK", "* BYE", "", "* 1 FETCH (UID 1 BODY[] {9}"])
async def test_a_server_that_answers_anything_is_no_crash(desk: Desk, answer: str) -> None:
    desk.server.inbox.add(mail(1))
    desk.server.refuses = lambda said: f"OK x\r\n{answer}" if said.startswith("UID") else None
    desk.server.cuts, desk.server.after = lambda said: said.startswith("UID FETCH 1 (BODY"), True
    await desk.read()
    desk.server.refuses, desk.server.cuts = lambda _: None, lambda _: False
    for _ in range(3):
        await desk.read()
    assert [subject for _, _, subject, _ in await desk.rows()][-1] == "1"
    assert desk.server.bodies("INBOX") == []


async def test_silence_is_measured_by_what_was_read(desk: Desk) -> None:
    """Never read since it was set up: silent after fifteen minutes; then open 75 minutes after it was first read."""
    desk.server.refuses = lambda _: "NO No."
    await desk.read()
    assert await desk.opens() is None
    desk.now += timedelta(minutes=16)
    await desk.read()
    assert await desk.opens() == desk.now + timedelta(minutes=5)
    desk.server.refuses = lambda _: None
    await desk.read()
    assert await desk.opens() == desk.now + timedelta(minutes=75)
    for _ in range(8):
        desk.now += timedelta(minutes=10)
        await desk.read()
    assert await desk.opens() is None


async def test_other_folders(desk: Desk) -> None:
    desk.folders = Folders("Svar", "Svar/Klara", "Svar/Övriga")
    desk.server.folders["Svar"] = Folder()
    desk.server.folders["Svar"].add(mail(1))
    assert await desk.read() == Reading(taken=1)
    assert desk.server.bodies("Svar/Klara") == [mail(1)]
    assert "Svar/&ANY-vriga" in desk.server.folders
