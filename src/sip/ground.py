"""What every process stands on: settings, database and THE clock, without the edges that most acts need nothing of.

Only here is a clock read. In production it is the machine's; in demo and test it is one row of the database, shared by
all processes (rules, section 2).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sip.embedded.server import ServerHandle, start_or_join
from sip.settings import Settings
from sip.store import migrate
from sip.store.db import Database, DatabaseAway
from sip.usecases import service

T = TypeVar("T")


class StartError(Exception):
    """The service cannot start as it is; the text is one sentence that says what to do."""


class ServiceClock:
    """The service's time: `now`. Called, it gives what this process last knew, for when the database is away."""

    def __init__(self, db: Database, *, settable: bool) -> None:
        self._db = db
        self._settable = settable
        self._anchor: tuple[datetime, datetime, float] | None = None

    def __call__(self) -> datetime:
        machine = datetime.now(UTC)  # noqa: TID251 - the one place where a clock is read
        if self._anchor is None:
            return machine
        moment, seen, speed = self._anchor
        return moment + (machine - seen) * speed

    async def last_known(self) -> datetime:
        """The moment where the database says it, else what this process last knew."""
        try:
            return await self.now()
        except DatabaseAway:
            return self()

    async def now(self) -> datetime:
        """The moment, exactly as the shared row says it where the clock is settable."""
        if self._settable:
            moment, speed = await service.time_of(self._db)
            self._anchor = moment, datetime.now(UTC), speed  # noqa: TID251 - the one place where a clock is read
            return moment
        return self()


@dataclass(frozen=True, slots=True)
class Bedrock:
    """What an act that only reads the database needs."""

    settings: Settings
    db: Database
    clock: ServiceClock


@contextmanager
def database_server(settings: Settings) -> Iterator[tuple[str, str]]:
    """URLs of the database as application and as owner; the embedded server where none is set, held while inside."""
    if settings.sqlalchemy_url is not None:
        yield settings.sqlalchemy_url, settings.sqlalchemy_owner_url or settings.sqlalchemy_url
        return
    server: ServerHandle = start_or_join(settings.data_dir, pg_bin=settings.pg_bin)
    try:
        server.ensure_database("sip")
        migrate.upgrade(server.owner_url("sip"))
        yield server.url("sip"), server.owner_url("sip")
    finally:
        server.close()


async def check_ready(db: Database) -> None:
    """Raises StartError when the database has an older version's tables, DatabaseAway when it is lost."""
    if not await service.is_migrated(db):
        raise StartError("The database is not at this version's tables; run `sip migrate` first.")


def run_on_ground(settings: Settings, act: Callable[[Bedrock], Awaitable[T]]) -> T:
    """One act of the command line that reads a database which is ready. Raises StartError and DatabaseAway."""

    async def within(url: str) -> T:
        db = Database(url, 1)
        try:
            await check_ready(db)
            return await act(Bedrock(settings, db, ServiceClock(db, settable=not settings.is_production)))
        finally:
            await db.close()

    with database_server(settings) as (url, _):
        return asyncio.run(within(url))
