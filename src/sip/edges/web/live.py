"""Pages that stay open are told what changed: one listener connection per process, ids only, and no history.

The law of this file: a page hears the ids of what its reader sees, looked up once for all pages of the process; what of
them has changed, it asks for itself. The listener connects again by itself, and then says `*` once, for what happened
meanwhile is not known; a page that hears nothing polls. Streams end when the process does.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import asyncpg
import structlog

from sip.store.db import Database, DatabaseAway
from sip.store.identities import ENDED
from sip.store.seen.scope import EVERYTHING, Scope
from sip.usecases import identities, places
from sip.usecases.engine.handle import CHANNEL

log = structlog.get_logger("sip.web.live")

QUIET_SECONDS = 15.0
PACE_SECONDS = 1.0
AGAIN_SECONDS = 2.0
CHECK_SECONDS = 30.0
ANSWER_SECONDS = 5.0


ALL = "*"
"""Too much, or it is not known what."""

MOST_IDS = 40


class OpenPage:
    """One page that stands open: what its reader sees, her session's name, and the ids that it has not been told."""

    def __init__(self, scope: Scope, session: str) -> None:
        self.scope, self.session, self.over = scope, session, False
        self.woken = asyncio.Event()
        self._ids: set[str] = set()

    def tell(self, one: str) -> None:
        """The page will hear of this."""
        self._ids.add(one)
        self.woken.set()

    def end(self) -> None:
        """Its reader's session has ended, or acts in another role: the page is told nothing more."""
        self.over = True
        self.woken.set()

    def take(self) -> str:
        """All that it has not heard, as the data of an event."""
        self.woken.clear()
        ids, self._ids = self._ids, set()
        return ALL if ALL in ids or len(ids) > MOST_IDS else ",".join(sorted(ids))


class Live:
    """Tells every open page of this process. `listen()` runs until it is cancelled."""

    def __init__(self, db: Database, stop: asyncio.Event) -> None:
        self._db = db
        self._stop = stop
        self._open: set[OpenPage] = set()
        self._looking: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Listens, connecting again for ever; what it was looking up when it ends is given up."""
        try:
            while True:
                try:
                    await self._listen_once()
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                    log.warning("listener lost", why=type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)
        finally:
            for task in self._looking:
                task.cancel()
            await asyncio.gather(*self._looking, return_exceptions=True)

    async def _listen_once(self) -> None:
        connection = await asyncpg.connect(
            self._db.asyncpg_url, timeout=ANSWER_SECONDS, server_settings={"application_name": "sip pages"}
        )
        try:
            await connection.add_listener(CHANNEL, self._heard)
            await connection.add_listener(ENDED, self._ended)
            self.changed()
            self._look_up(self._end_those_gone())
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: ended.set())
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), CHECK_SECONDS)
                # Where nobody said that it ended (a host that is cut off) it is asked.
                await connection.fetchval("select 1", timeout=ANSWER_SECONDS)
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.close(), 2)

    def _heard(self, *said: Any) -> None:
        """Of the notice's four parts the last are the ids. Nothing is looked up where no page is open."""
        payload = str(said[-1]) if said else ALL
        if not self._open:
            return
        if payload == ALL:
            self.changed()
            return
        self._look_up(self._look(payload.split(",")))

    def _look_up(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(what)
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    def _ended(self, *said: Any) -> None:
        """A session has ended, here or in another process: whoever was disabled hears nothing from this moment on."""
        for page in self._open:
            if said and page.session == said[-1]:
                page.end()

    async def _end_those_gone(self) -> None:
        """Of sessions that ended while nobody listened, nothing was heard."""
        with contextlib.suppress(DatabaseAway):
            gone = await identities.ended_among(self._db, [page.session for page in self._open if page.session])
            for page in self._open:
                if page.session in gone:
                    page.end()

    async def _is_over(self, session: str) -> bool:
        """Whether it ended between the question who asks and the stream. Where that cannot be known the stream ends,
        and the page asks for another.
        """
        try:
            return bool(await identities.ended_among(self._db, [session]))
        except DatabaseAway:
            return True

    async def _look(self, ids: list[str]) -> None:
        """Whose these are, once for all open pages."""
        try:
            found = await places.of_changed(self._db, ids)
        except DatabaseAway:
            self.changed()
            return
        for one, where in found.items():
            for page in self._open:
                if any(places.within(page.scope, place) for place in where):
                    page.tell(one)

    def changed(self) -> None:
        """Wakes every open page: it is not known what changed."""
        for page in self._open:
            page.tell(ALL)

    async def events(self, scope: Scope = EVERYTHING, session: str = "") -> AsyncIterator[bytes]:
        """A server-sent event for each change, a comment when it is quiet; ends with the process, and at once with the
        session of this name.
        """
        page = OpenPage(scope, session)
        self._open.add(page)
        stopping = asyncio.create_task(self._stop.wait())
        try:
            if session and await self._is_over(session):
                return
            yield b"retry: 3000\n\n"
            while not (self._stop.is_set() or page.over):
                waiting = asyncio.create_task(page.woken.wait())
                try:
                    await asyncio.wait({waiting, stopping}, timeout=QUIET_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waiting.cancel()
                if page.over:
                    break
                if page.woken.is_set():
                    yield f"event: changed\ndata: {page.take()}\n\n".encode()
                    # What changes meanwhile is told at the end of the pace, once: nothing is lost, nothing floods.
                    await asyncio.wait({stopping}, timeout=PACE_SECONDS)
                elif not self._stop.is_set():
                    yield b": quiet\n\n"
        finally:
            stopping.cancel()
            self._open.discard(page)
