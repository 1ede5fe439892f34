"""What it means that the database is away, and whether it answers as this process last knew.

The law of this file: away is what a later try may mend and no program of ours can; everything else is a fault
(decision 0182).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

MOMENT_SECONDS = 1.0
"""How long whoever comes while another asks waits for the answer."""
_FULL = (asyncpg.TooManyConnectionsError, asyncpg.DiskFullError, asyncpg.PostgresIOError, PoolTimeout)
"""It is there and takes nothing: of these a later transaction, or another, may hear otherwise."""
_AWAY = (
    *_FULL,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the line was lost in the middle of what it was told
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DatabaseDroppedError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidPasswordError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    ConnectionError,
    FileNotFoundError,
    asyncio.TimeoutError,
)


class DatabaseAway(Exception):  # noqa: N818 - a state of the world, said in one sentence
    """The database cannot be reached, takes nothing, or the line was lost; nothing of the transaction was kept."""

    def __init__(self, where: str, why: str, *, full: bool = False) -> None:
        self.where, self.why, self.full = where, why, full
        told = "takes nothing now" if full else "cannot be reached"
        mend = "see to its disk and its connections" if full else "check that it runs and SIP_DATABASE_URL"
        super().__init__(f"The database at {where} {told} ({why}); {mend}.")


def away_of(error: BaseException, where: str) -> DatabaseAway | None:
    """What is said where this error of a statement, a connection or the pool means that the database at `where` is
    away; None where it is a fault.
    """
    found = _cause(error)
    if isinstance(found, _AWAY):
        return DatabaseAway(where, _first_line(found), full=isinstance(found, _FULL))
    # What the driver says of itself and of a connection that has ended.
    lost = isinstance(error, InterfaceError | OperationalError)
    if lost or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return DatabaseAway(where, _first_line(found))
    return None


def _cause(error: BaseException) -> BaseException:
    """What the server or the network said, which SQLAlchemy wraps twice."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return origin.__cause__ or origin if origin is not error else error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class Reach:
    """Whether the database answers: while it does not, one asks, and all others are told so at once."""

    def __init__(self) -> None:
        self._lost: DatabaseAway | None = None
        self._asked: asyncio.Event | None = None

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Around the first question of a transaction. Raises DatabaseAway where another is asking already, and has not
        been answered within a moment.
        """
        if self._lost is not None and self._asked is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), MOMENT_SECONDS)
            if (lost := self._lost) is not None:
                raise DatabaseAway(lost.where, lost.why)
        if self._lost is None:
            yield
            return
        self._asked = asked = asyncio.Event()
        try:
            yield
        finally:
            self._asked = None
            asked.set()

    def answered(self) -> None:
        """It does answer: everybody may come."""
        self._lost = None

    def silent(self, away: DatabaseAway) -> None:
        """It did not, or it takes nothing, which says nothing of the next question."""
        if not away.full:
            self._lost = away
