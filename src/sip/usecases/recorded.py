"""The access log is written here and nowhere else: who read what, and what was done that no journal tells.

The law of this file: the rows are written at the end of the transaction in which it was read, so nothing is shown that
is not recorded (rules, section 2). It cannot be forgotten: a block that ends without having said what it read, or why
that is nobody's, raises NothingRecorded.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store.aggregates.journal import ActorColumns
from sip.store.db import Database, beyond
from sip.store.seen import access_log
from sip.usecases.actor import Actor, ServicePart

Subject = UUID | int | str | None


class NothingRecorded(RuntimeError):  # noqa: N818 - said as one sentence
    """A fault of ours: something was read for somebody, and nobody said what."""


@dataclass(slots=True)
class AccessRows:
    """What this transaction leaves in the access log."""

    who: Actor | None
    rows: list[tuple[ActorColumns, str, str, tuple[Subject, ...], datetime | None]] = field(default_factory=list)
    said: bool = False

    def note(
        self,
        action: str,
        kind: str,
        *subjects: Subject,
        by: Actor | ActorColumns | None = None,
        once_since: datetime | None = None,
    ) -> None:
        """One row for each subject (None: a list as a whole). `by`: who it is, where the transaction began before she
        was known. `once_since`: not again if there is such a row since then. Raises NothingRecorded where a part of
        the service reads, and `by` does not say for whom.
        """
        who = by or self.who
        if who is None:
            raise NothingRecorded("Say whose reading it is: a part of the service reads for somebody.")
        columns = who.columns() if isinstance(who, Actor) else who
        self.rows.append((columns, action, kind, subjects, once_since))
        self.said = True

    def nothing(self, why: str) -> None:
        """Nothing is recorded, and why; for the reader of the code."""
        self.said = bool(why)


@asynccontextmanager
async def recorded(
    db: Database, actor: Actor | ServicePart, now: datetime, *, nothing: str | None = None
) -> AsyncIterator[tuple[AsyncConnection, AccessRows]]:
    """A transaction that ends in the access log; `nothing`: why it need not. Raises NothingRecorded, and DatabaseAway
    as `db.transaction`.
    """
    rows = AccessRows(actor if isinstance(actor, Actor) else None, said=nothing is not None)
    async with db.transaction(actor) as conn:
        yield conn, rows
        if not rows.said:
            raise NothingRecorded("What was read here is not recorded: say it with `note`, or why not with `nothing`.")
        for who, action, kind, subjects, once_since in rows.rows:
            named = [None if one is None else str(one) for one in subjects]
            if isinstance(actor, Actor) and who.id != actor.id:
                async with beyond(conn):  # a row in another's name, which a use case says and nobody else writes
                    await access_log.record(conn, who, action, kind, named, now, once_since=once_since)
                continue
            await access_log.record(conn, who, action, kind, named, now, once_since=once_since)


@asynccontextmanager
async def recorded_beyond(
    db: Database, actor: Actor, now: datetime, *, nothing: str | None = None
) -> AsyncIterator[tuple[AsyncConnection, AccessRows]]:
    """As `recorded`, and it sees for the service: for who administers the whole, which whoever uses it has asked. Its
    rows of the access log are written as hers. Raises as `recorded`.
    """
    # Users, sessions, keys and logs of everybody are nobody's to see by her role.
    async with recorded(db, actor, now, nothing=nothing) as (conn, rows), beyond(conn):
        yield conn, rows
