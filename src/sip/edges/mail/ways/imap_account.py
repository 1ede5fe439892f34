"""Reads the IMAP account: each message is taken in and committed, then moved to the folder of handled ones.

The law of this file: a message leaves the inbox only after it has been committed, so a crash in between brings it again
and it is nothing new; one that cannot be taken in is noted for a person and goes to the folder of failed ones; nothing
depends on \\Seen. No connection to the database is held while the server is spoken to.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from sip.edges.mail.addresses import Home
from sip.edges.mail.ways.delivered_to import envelope_of
from sip.edges.mail.ways.imap import Access, AccountRefusal, AccountTrouble, Conversation
from sip.store.db import Database, DatabaseAway
from sip.store.post.imap_account import AccountFolder, Position
from sip.store.post.inbox import Judged
from sip.store.vault import Vault
from sip.usecases.received import imap_account as reading
from sip.usecases.received import inbound

SOURCE = "imap"
TOO_LARGE, NOT_FETCHED = Judged("refused", "mail_too_large"), Judged("refused", "mail_not_fetched")

TRIES = 3

ReadClock = Callable[[], Awaitable[datetime]]
Key = tuple[int, int]
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Reading:
    """What one reading did; `left`: why messages still lie in the inbox, `unread`: whether some are not taken in."""

    taken: int = 0
    failed: int = 0
    left: str | None = None
    unread: bool = False


@dataclass(slots=True)
class AccountReader:
    """The reader of one process."""

    db: Database
    vault: Vault
    home: Home
    access: Access
    clock: ReadClock
    max_bytes: int = 10_000_000
    _name: str = field(default_factory=lambda: secrets.token_hex(8))
    # By (UIDVALIDITY, UID): the folder of what is committed but not moved away, and how often a fetch was refused.
    _to_move: dict[Key, str] = field(default_factory=dict)
    _refused: dict[Key, int] = field(default_factory=dict)

    @property
    def place(self) -> AccountFolder:
        return AccountFolder(str(self.access.account), self.access.folders.inbox, self._name)

    async def read(self) -> Reading | None:
        """Reads to the end of the account. None: another process does, it rests, or there was trouble, which is noted
        and logged. Raises DatabaseAway alone: what was in hand stays in the inbox.
        """
        position = await reading.take(self.db, self.place, await self.clock())
        if position is None:
            return None
        talk = Conversation(self.access)
        try:
            done = await self._read(talk, position)
        except DatabaseAway:
            raise
        except AccountTrouble as trouble:
            await self._put_off(str(trouble))
            return None
        except Exception as error:  # a server may answer anything; by type alone, for the words may hold a mail
            await self._put_off(f"The IMAP account of {self.access.account} cannot be read ({type(error).__name__}).")
            return None
        finally:
            talk.cut()
        if done is not None:
            await self._settle(done)
        return done

    async def _settle(self, done: Reading) -> None:
        if done.taken or done.failed:
            log.info("IMAP account read", taken=done.taken, failed=done.failed)
        if done.left is not None and done.unread:
            await self._put_off(done.left)
            return
        if done.left is not None:
            log.error("the IMAP account", trouble=done.left)
        await reading.finish(self.db, self.place, await self.clock(), done.left)

    async def _put_off(self, sentence: str) -> None:
        log.error("the IMAP account", trouble=sentence)
        await reading.fail(self.db, self.place, sentence)

    async def _read(self, talk: Conversation, position: Position) -> Reading | None:
        """None when another process has taken over."""
        await asyncio.to_thread(talk.sign_in)
        done = Reading(left=await asyncio.to_thread(talk.make_folders))
        validity = await asyncio.to_thread(talk.select)
        last = position.last_uid if validity == position.uid_validity else 0
        if validity != position.uid_validity:
            self._to_move.clear()
            self._refused.clear()
        for uid in await asyncio.to_thread(talk.after, last):
            await self._one(talk, (validity, uid), done)
            if done.left is None:
                last = uid
            if not await reading.hold(self.db, self.place, Position(validity, last)):
                return None
        await asyncio.to_thread(talk.close)
        return done if await reading.hold(self.db, self.place, Position(validity, last)) else None

    async def _one(self, talk: Conversation, key: Key, done: Reading) -> None:
        """Takes one message in and moves it; what is refused is noted in `done` and does not stop the rest."""
        try:
            if key not in self._to_move:
                folder = await self._take_in(talk, key, done)
                if folder is None:
                    return
                self._to_move[key] = folder
                self._refused.pop(key, None)
        except AccountRefusal as refusal:
            done.left, done.unread = str(refusal), True
            return
        try:
            await asyncio.to_thread(talk.move, key[1], self._to_move[key])
            del self._to_move[key]
        except AccountRefusal as refusal:
            done.left = done.left or str(refusal)

    async def _take_in(self, talk: Conversation, key: Key, done: Reading) -> str | None:
        """Commits one message and gives the folder it belongs in; None when it is gone. Raises AccountRefusal the first
        times its server does not give it out, for that is often over soon.
        """
        size: int | None
        raw: bytes | None
        try:
            size = await asyncio.to_thread(talk.size, key[1])
            raw = b"" if size is None or size > self.max_bytes else await asyncio.to_thread(talk.message, key[1])
        except AccountRefusal:
            self._refused[key] = self._refused.get(key, 0) + 1
            if self._refused[key] < TRIES:
                raise
            return await self._refuse(talk, key[1], NOT_FETCHED, done)
        if size is None or raw is None:
            return None
        if max(size, len(raw)) > self.max_bytes:
            return await self._refuse(talk, key[1], TOO_LARGE, done)
        await inbound.ingest(self.db, self.vault, raw, envelope_of(raw, self.home), SOURCE, await self.clock())
        done.taken += 1
        return self.access.folders.handled

    async def _refuse(self, talk: Conversation, uid: int, judged: Judged, done: Reading) -> str:
        """Notes for a person that it came: its header is all that is kept."""
        try:
            header = await asyncio.to_thread(talk.header, uid)
        except AccountRefusal:
            header = b""
        kept = header[: self.max_bytes] or f"UID {uid}".encode()
        envelope = envelope_of(header, self.home)
        await inbound.ingest_refused(self.db, self.vault, kept, envelope, SOURCE, await self.clock(), judged)
        done.failed += 1
        return self.access.folders.failed
