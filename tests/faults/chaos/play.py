"""The play: meetings are called, units answer by mail and on pages, time passes, and somebody kills.

The seed decides who is killed when, who answers how, and what the relay does; what happens between two moments is the
machine's, so a seed gives the same plan again and not the same run to the byte.
"""

import asyncio
import contextlib
import random
import re
import smtplib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import asyncpg
import httpx
from sqlalchemy import text
from tests.faults.chaos.points import AT_RANDOM, OF_KIND, Trap
from tests.faults.chaos.processes import Part
from tests.faults.chaos.relay import FaultyRelay
from tests.faults.wire import Wire, socket_of, through, wire
from tests.machine import free_port, wait_for
from tests.stories.stage import Letter, Stage, at, on_stage, reply_to
from tests.tester import TESTER
from tests.web.scene import fields_of

from sip.store import clock
from sip.store.db import Database, DatabaseAway

T = TypeVar("T")
KINDS = {"worker-1": "worker", "worker-2": "worker", "web": "web", "mail_in": "mail_in"}
"""The processes of the installation, and what each is."""
POSTGRES = "postgres"
_ROLES = {"worker": "sip_engine", "web": "sip_app", "mail_in": "sip_receiver"}
BEGINS = "2026-11-02 09:00"
UNITS = {"hemtjanst": "hemtjanst@al.example", "skolan": "skolan@al.example"}
FAR = timedelta(days=35)
_SAYS_NO = (404, 409, 410, 422)
AT_LEAST = timedelta(days=10)
"""So long a play lasts by the service's clock: reminders are due then."""
POINT_SECONDS = 2.0
SETTLE_SECONDS = 120.0


class _Quiet(Stage):
    """A stage whose worker is another process."""

    async def work(self) -> None: ...


@dataclass
class Play:
    """What the play is made of, and what was seen."""

    url: str
    chance: random.Random
    relay: FaultyRelay
    stage: Stage
    parts: list[Part]
    traps: dict[str, Trap]
    http: int
    lmtp: int
    kill_server: Callable[[], bool]
    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: set[bytes] = field(default_factory=set)
    """Mails that were told 250."""
    names: set[str] = field(default_factory=set)
    """Names that a page thanked for."""
    pages: Counter[int] = field(default_factory=Counter)
    wire_faults: Counter[str] = field(default_factory=Counter)
    writing: int = 0
    """How many are about to answer, and have not been heard yet."""
    _answered: set[str] = field(default_factory=set)

    # -- what goes on

    async def call(self, number: int) -> None:
        """So many meetings five weeks from now, at an hour of the morning."""
        now = await self.surely(self.stage.now)
        start = (now + FAR).astimezone().replace(hour=10, minute=0)
        for _ in range(number):
            await self.surely(lambda: self.stage.call(start.strftime("%Y-%m-%d %H:%M"), list(UNITS)))

    async def surely(self, act: Callable[[], Awaitable[T]]) -> T:
        """As a person does whose page said that the service is away: once more."""
        while True:
            try:
                return await act()
            except (DatabaseAway, asyncpg.PostgresError, OSError):
                await asyncio.sleep(0.1)

    async def time_passes(self, hours: float = 3.0) -> None:
        """Three hours in a tenth of a second."""
        while True:
            await asyncio.sleep(0.1)
            await self.surely(lambda: self._later(hours))

    async def _later(self, hours: float) -> None:
        async with self.stage.made.db.transaction(TESTER) as conn:
            await clock.set_clock(conn, await clock.now(conn) + timedelta(hours=hours), 0)

    async def leases_expire(self) -> None:
        """What waits for two minutes of a machine's time need not."""
        while True:
            await asyncio.sleep(1.0)
            await self.surely(self._lapse)

    async def _lapse(self) -> None:
        async with self.stage.made.worker.db.transaction(TESTER) as conn:
            await conn.execute(text("update mail set retry_at = clock_timestamp() where retry_at is not null"))
            await conn.execute(text("update meeting set retry_at = null where retry_at is not null"))

    async def correspond(self) -> None:
        """Each call that arrives is answered by mail, on its page, or not at all."""
        seen = 0
        async with asyncio.TaskGroup() as group:
            while True:
                await asyncio.sleep(0.05)
                for letter in self.relay.letters[seen:]:
                    seen += 1
                    if letter.method == "REQUEST" and letter.to in UNITS.values() and letter.uid not in self._answered:
                        self._answered.add(letter.uid)
                        # In turn: by mail, by page, not at all.
                        turn = len(self._answered) % 3
                        if turn == 0:
                            group.create_task(self._heard(self._by_mail(letter)))
                        elif turn == 1:
                            group.create_task(self._heard(self._by_page(letter, f"Person {len(self._answered)}")))

    async def _heard(self, answer: Awaitable[None]) -> None:
        self.writing += 1
        try:
            await answer
        finally:
            self.writing -= 1

    async def _by_mail(self, letter: Letter) -> None:
        """As a mail server does: until it is told 250."""
        word = self.chance.choice(("ACCEPTED", "DECLINED", "TENTATIVE"))
        raw = reply_to(letter, word, letter.to, at(BEGINS), {})

        def hand_over() -> None:
            with smtplib.LMTP("127.0.0.1", self.lmtp, timeout=10) as client:
                client.sendmail(letter.to, [letter.reply_to], raw)

        while True:
            try:
                await asyncio.to_thread(hand_over)
            except (smtplib.SMTPException, OSError):
                await asyncio.sleep(0.2)
            else:
                self.acknowledged.add(raw)
                return

    async def _by_page(self, letter: Letter, name: str) -> None:
        """As a person does: until the page thanks her, or says why not (it may be too late)."""
        found = re.search(r"/svar/[a-z2-7]{26}", letter.body)
        assert found is not None
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.http}", timeout=30) as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    page = await client.get(found.group())
                    self.pages[page.status_code] += 1
                    if page.status_code in _SAYS_NO or (page.status_code == 200 and "<form" not in page.text):
                        return
                    if page.status_code == 200:
                        form = {**fields_of(page.text), "answer": "attends", "first_name": name}
                        said = await client.post(found.group(), data=form)
                        self.pages[said.status_code] += 1
                        if said.status_code == 303:
                            self.names.add(name)
                        if said.status_code == 303 or said.status_code in _SAYS_NO:
                            return
                await asyncio.sleep(0.2)

    # -- what is killed

    async def kill(self, who: str, point: str) -> str:
        """This one, there; what was killed is begun again at once. Where it does not come to that point in a while it
        is killed where it is. Gives whom and where.
        """
        if who == POSTGRES:
            await asyncio.sleep(self.chance.random())
            if not self.kill_server():
                return f"{who} spared"
        else:
            trap = self.traps[who]
            if not trap.part.lives:
                trap.part.again()
            if point == AT_RANDOM:
                await asyncio.sleep(self.chance.random() / 2)
            elif not await trap.springs(point, POINT_SECONDS):
                point = AT_RANDOM
            if point == AT_RANDOM:
                trap.part.kill()
            trap.part.again()
        told = f"{who} {point}"
        self.kills[told] += 1
        return told

    async def disturb(self) -> None:
        """What networks do, on one of the wires, for a moment."""
        while True:
            await asyncio.sleep(1 + 2 * self.chance.random())
            trap = self.traps[self.chance.choice(list(KINDS))]
            line = trap.database if self.chance.random() < 0.5 else trap.relay
            how = self.chance.choice(("cut", "half closed", "silent", "late", "slow"))
            self.wire_faults[how] += 1
            match how:
                case "cut":
                    line.cut()
                case "half closed":
                    line.half_close()
                case "silent":
                    line.swallow()
                case "late":
                    line.delay = 0.05
                case _:
                    line.slow = True
            try:
                await asyncio.sleep(1.0)
            finally:
                line.delay, line.slow = 0.0, False
                await line.back()

    async def tend(self) -> None:
        """What ended by itself, the database being away when it began, is begun again."""
        while True:
            await asyncio.sleep(0.5)
            for part in self.parts:
                if not part.lives:
                    part.again()


@asynccontextmanager
async def on_play(url: str, seed: int, folder: Path, kill_server: Callable[[], bool]) -> AsyncIterator[Play]:
    """The service as an installation runs it, on this empty database: two workers, pages, a receiver. What they say
    lies in `folder`; `kill_server` ends PostgreSQL at once, and somebody starts it again.
    """
    chance = random.Random(seed)
    relay = FaultyRelay(random.Random(seed + 1))
    listening = await relay.listen()
    port = listening.sockets[0].getsockname()[1]
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(_keeping_what_it_said(url))
        stage = await stack.enter_async_context(on_stage(url, BEGINS))
        http, lmtp = free_port(), free_port()
        shared = {
            "SIP_ENVIRONMENT": "test",
            "SIP_SECRET_KEY": stage.made.settings.secret_key.get_secret_value(),
            "SIP_TICK_SECONDS": "0.1",
            "SIP_BASE_URL": "http://sip.example",
            "SIP_HTTP_LISTEN": f"127.0.0.1:{http}",
            "SIP_LMTP_LISTEN": f"127.0.0.1:{lmtp}",
        }
        traps = {}
        for name, kind in KINDS.items():
            lines: list[Wire] = [await stack.enter_async_context(wire(one)) for one in (socket_of(url), port)]
            here = through(url.replace("sip_service@", f"{_ROLES[kind]}@"), lines[0]).replace(
                "postgresql+asyncpg", "postgresql"
            )
            environment = shared | {"SIP_DATABASE_URL": here, "SIP_SMTP_URL": f"smtp://127.0.0.1:{lines[1].port}"}
            part = Part(name, kind, environment, folder / f"{name}.log")
            part.start()
            stack.callback(part.end)
            traps[name] = Trap(part, *lines)
        quiet = _Quiet(stage.made, stage.place, stage.relay)
        parts = [trap.part for trap in traps.values()]
        yield Play(url, chance, relay, quiet, parts, traps, http, lmtp, kill_server)
    listening.close()


@asynccontextmanager
async def _keeping_what_it_said(url: str) -> AsyncIterator[None]:
    """A server for tests may lose what it has committed when it is killed; of an installation's that is not so."""
    plain = url.replace("postgresql+asyncpg", "postgresql").replace("sip_service@", "sip_owner@")

    async def says(what: str) -> None:
        owner = await asyncpg.connect(plain)
        name = await owner.fetchval("select current_database()")
        await owner.execute(f"alter database {name} {what}")
        await owner.close()

    await says("set synchronous_commit = on")
    yield
    await says("reset synchronous_commit")


async def settle(play: Play) -> None:
    """Nobody kills, the relay is well: until nothing waits and nobody owes a word."""
    play.relay.share = 0.0
    db = play.stage.made.worker.db
    waits = "nothing"
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            while waits:
                await play.surely(play._lapse)
                await asyncio.sleep(0.2)
                waits = "somebody who answers" if play.writing else await play.surely(lambda: _waits(db))
    except TimeoutError:
        raise AssertionError(f"it never comes to rest: {waits} waits") from None


_WAITS = {
    "a due meeting": "select count(*) from meeting where due_at <= :now",
    "a claimed mail": "select count(*) from outbox where state = 'claimed'",
    "a mail to leave": (
        "select count(*) from outbox where state = 'pending' and coalesce(not_before, '-infinity') <= :now"
    ),
    "a result": "select count(*) from outbox where state in ('sent', 'failed', 'dropped') and fed_back_at is null",
    "a received mail": "select count(*) from inbound where judged_at is null",
}


async def _waits(db: Database) -> str:
    """What still waits, in words."""
    async with db.transaction(TESTER) as conn:
        now = {"now": await clock.now(conn)}
        found = {what: await conn.scalar(text(query), now if ":now" in query else {}) for what, query in _WAITS.items()}
    return ", ".join(f"{what} ({number})" for what, number in found.items() if number)


async def _reached(play: Play, until: datetime) -> bool:
    return await play.surely(play.stage.now) >= until


def planned(chance: random.Random, kills: int) -> list[tuple[str, str]]:
    """Whom to kill where, so many times."""
    whom = chance.choices([*KINDS, POSTGRES], [6, 6, 3, 3, 1], k=kills)
    return [(who, AT_RANDOM if who == POSTGRES else chance.choice(OF_KIND[KINDS[who]])) for who in whom]


async def act(
    play: Play, plan: Sequence[tuple[str, str]], told: Callable[[str], None] = lambda _: None, *, disturbed: bool = True
) -> None:
    """Kills as planned, with ten meetings for each twenty, and wires that break where `disturbed`; then all of it comes
    to rest.
    """
    async with asyncio.TaskGroup() as group:
        lasts = [group.create_task(one) for one in (play.leases_expire(), play.correspond(), play.tend())]
        ends = [group.create_task(play.time_passes())]
        if disturbed:
            ends.append(group.create_task(play.disturb()))
        for number, (who, point) in enumerate(plan):
            if number % 20 == 0:
                await play.call(10)
            told(await play.kill(who, point))
        until = max(at(BEGINS) + AT_LEAST, await play.surely(play.stage.now))
        await wait_for(lambda: _reached(play, until), 120)
        for one in ends:
            one.cancel()
        await settle(play)
        for one in lasts:
            one.cancel()
