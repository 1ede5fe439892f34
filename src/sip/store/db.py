"""The database of one process: a small pool, transactions, and one sentence when it is away.

`transaction(actor)` commits when its block ends and rolls back when it raises. Whoever opens one says who acts: inside
it `current_setting('sip.actor')` is the actor's, and beside it stands what row-level security reads (`View`). They are
set by the statement that opens the server's transaction, at no round trip. No connection is held while talking to the
network (house, law 5). `raw()` gives the asyncpg connection of the same transaction, for the set statements of the
engine room: SQLAlchemy's own cost per row is more than PostgreSQL's there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypedDict
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sip.store.away import DatabaseAway, Reach, away_of
from sip.store.seen.scope import SERVICE

__all__ = ["Acting", "Database", "DatabaseAway", "View", "async_url", "beyond", "is_unkeepable", "raw", "without_disk"]

CONNECT_SECONDS, PING_SECONDS, BEGIN_SECONDS = 3.0, 2.0, 5.0
"""How long a connection is waited for, one that has rested, and a transaction's first answer (decision 0182)."""
POOL_SECONDS = 10.0
_BEYOND_SERVER = 5.0
"""Seconds after which the server should have given up a statement, and was not heard."""


class View(TypedDict):
    """What row-level security reads (`sip.store.wall`): how much is in view, of which kind of place, the id of that
    place, and whose own things are hers. Settings with `sip.` before these names; empty where there is none.
    """

    sees: str
    kind: str
    place: str
    who: str


class Acting(Protocol):
    """On whose behalf a transaction works; who they are is the use cases' to know (`usecases/actor.py`)."""

    @property
    def setting(self) -> str:
        """What `sip.actor` is inside the transaction."""
        ...

    @property
    def view(self) -> View:
        """What row-level security reads."""
        ...


def is_unkeepable(error: BaseException) -> bool:
    """Whether a value was sent that no column, or no text of PostgreSQL, can hold: the sender's mistake, not ours."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, asyncpg.DataError | UnicodeError | RecursionError):
            return True
        found = found.__cause__ or (found.orig if isinstance(found, DBAPIError) else None)
    return False


def async_url(url: str) -> str:
    """The URL with SQLAlchemy's name for asyncpg as its driver."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if separator and scheme in ("postgres", "postgresql") else url


class Database:
    """A pool of at most `connections` connections; `statement_timeout` in seconds bounds every statement."""

    def __init__(self, url: str, connections: int = 10, statement_timeout: float = 30.0) -> None:
        self.url = async_url(url)
        parts = urlsplit(self.url)
        hosts = "".join(parse_qs(parts.query).get("host", ()))
        self._where = parts.hostname or (hosts if not hosts.startswith("/") else "") or "the local socket"
        milliseconds = str(int(statement_timeout * 1000))
        settings = {
            "application_name": "sip",
            "timezone": "UTC",
            "statement_timeout": milliseconds,
            "idle_in_transaction_session_timeout": str(2 * int(milliseconds)),
            "jit": "off",
            # Every query here has an index to go by. A plan made while a table was small, or not analysed since, would
            # read the whole of it for every batch until the server notices.
            "enable_seqscan": "off",
        }
        self._engine = create_async_engine(
            self.url,
            pool_size=min(connections, 5),
            max_overflow=max(connections - 5, 0),
            pool_timeout=POOL_SECONDS,
            connect_args={
                "server_settings": settings,
                "timeout": CONNECT_SECONDS,
                "command_timeout": statement_timeout + _BEYOND_SERVER,
            },
        )
        self._reach = Reach()
        _ask_after_a_rest(self._engine)
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def transaction(self, actor: Acting) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction on behalf of `actor`. Raises DatabaseAway when the database is lost."""
        return self._begin(self._engine, actor)

    def snapshot(self, actor: Acting) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction that only reads, and sees one moment in all its statements. Raises DatabaseAway."""
        return self._begin(self._reading, actor)

    @asynccontextmanager
    async def _begin(self, engine: AsyncEngine, actor: Acting) -> AsyncIterator[AsyncConnection]:
        try:
            async with AsyncExitStack() as stack:
                async with self._reach.asking():
                    connection = await self._opened(engine, actor, stack)
                yield connection
        except Exception as error:
            away = away_of(error, self._where)
            if away is None:
                raise
            raise away from error

    async def _opened(self, engine: AsyncEngine, actor: Acting, stack: AsyncExitStack) -> AsyncConnection:
        """A connection on which the server has begun a transaction, ended by `stack`."""
        try:
            connection = await stack.enter_async_context(engine.begin())
            async with asyncio.timeout(BEGIN_SECONDS):
                await connection.execute(_BEGIN, {"actor": actor.setting, **actor.view})
        except Exception as error:
            if (away := away_of(error, self._where)) is not None:
                self._reach.silent(away)
            raise
        self._reach.answered()
        return connection

    async def close(self) -> None:
        await self._engine.dispose()

    @property
    def asyncpg_url(self) -> str:
        """The URL as asyncpg itself wants it, for the one listener of a process. What SQLAlchemy names in its
        own way, or keeps for itself, would go to the server as a setting that it does not know.
        """
        where, _, query = self.url.replace("postgresql+asyncpg://", "postgresql://", 1).partition("?")
        options = dict(parse_qsl(query))
        if "ssl" in options:
            options["sslmode"] = options.pop("ssl")
        for name in ("prepared_statement_cache_size", "timeout"):
            options.pop(name, None)
        return f"{where}?{urlencode(options, safe='/,')}" if options else where


_RESTED_SECONDS = 5.0
_SINCE = "sip_at_rest_since"


def _ask_after_a_rest(engine: AsyncEngine) -> None:
    """A connection that was just in use is taken as it is unless its socket has ended; one that has rested is asked
    first whether it is there still, which costs a round trip, and if it is not, all that rested are made anew.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def rests(_: Any, record: Any) -> None:
        record.info[_SINCE] = asyncio.get_running_loop().time()

    @event.listens_for(engine.sync_engine, "checkout")
    def asks(connection: Any, record: Any, _: Any) -> None:
        since = record.info.get(_SINCE)
        if since is None:
            return
        gone = connection.driver_connection.is_closed()
        if not gone and asyncio.get_running_loop().time() - since > _RESTED_SECONDS:
            gone = not connection.run_async(_answers)
        if gone:
            raise InvalidatePoolError


async def _answers(driver: asyncpg.Connection) -> bool:
    """Whether the server is at the other end; a line without it is given up, for a goodbye would not arrive either."""
    try:
        await driver.fetchrow(";", timeout=PING_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        driver.terminate()
        return False
    return True


# SQLAlchemy opens the server's transaction with the first statement; raw() must find it open.
_BEGIN = text(
    "select set_config('sip.actor', :actor, true), set_config('sip.sees', :sees, true),"
    " set_config('sip.kind', :kind, true), set_config('sip.place', :place, true), set_config('sip.who', :who, true)"
)
_BEYOND = "select current_setting('sip.sees'), set_config('sip.sees', $1, true)"


@asynccontextmanager
async def beyond(connection: AsyncConnection) -> AsyncIterator[None]:
    """Inside, the transaction sees for the service: where the rules need what the actor may not see, and whether she
    may do it has been answered. Whoever uses it says beside it what is needed.
    """
    line = await raw(connection)
    before: str = await line.fetchval(_BEYOND, SERVICE.word)
    yield
    # Not where it fails: the transaction, or the savepoint around, takes the setting back.
    await line.fetchval(_BEYOND, before)


async def without_disk(connection: AsyncConnection) -> None:
    """From now on commits on this connection are done before they are on disk: for what can be made up once more."""
    await (await raw(connection)).execute("set synchronous_commit to off")


async def raw(connection: AsyncConnection) -> Any:
    """The asyncpg connection under this transaction."""
    found = (await connection.get_raw_connection()).driver_connection
    assert found is not None
    return found
