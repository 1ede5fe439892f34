"""Connections that one test leaves to the next.

A new connection knows no table: PostgreSQL reads its catalogues and plans each statement anew, behind the policies of
row-level security, and that is most of what a test asks of it. The database is emptied between tests, not made anew
(`tests/emptied.py`), so what a connection knows stays true.
"""

import asyncio
from collections import defaultdict

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from sip.store.db import Database

_Key = tuple[int, str, int, float]
_AT_REST: defaultdict[_Key, list[tuple[AsyncEngine, AsyncEngine]]] = defaultdict(list)


class KeptDatabase(Database):
    """Begins with the connections of the last one closed in this event loop that was made alike."""

    def __init__(self, url: str, connections: int = 10, statement_timeout: float = 30.0) -> None:
        super().__init__(url, connections, statement_timeout)
        self._key: _Key = (id(asyncio.get_running_loop()), self.url, connections, statement_timeout)
        if _AT_REST[self._key]:
            self._engine, self._reading = _AT_REST[self._key].pop()

    async def close(self) -> None:
        """Its connections rest, where none is in use."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        if pool.checkedout():
            await super().close()
        else:
            _AT_REST[self._key].append((self._engine, self._reading))
