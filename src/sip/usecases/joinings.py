"""Who has joined an agreement, noted and corrected; and what a principal says of its renewal (rules, section 17).

The law of this file: a joining is added and corrected, never taken away; it binds several principals, and is for who
keeps the whole installation. That a principal renews or leaves is said by who administers it.
"""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Agreement, Joining
from sip.domain.renewal import Renewal, RenewalAnswer
from sip.store import agreements, directory_one, register
from sip.store.db import Database
from sip.usecases.access import MAY, Act, covers_principal, require_role
from sip.usecases.actor import Actor
from sip.usecases.problems import ConflictError, ForbiddenError, NotFoundError
from sip.usecases.recorded import recorded


def mark_of(joining: Joining | None) -> str:
    """Which joining somebody was shown, as one short text; empty for none."""
    return "" if joining is None else hashlib.sha256(msgspec.json.encode(joining)).hexdigest()[:32]


async def note(
    db: Database, agreement_id: UUID, version: int, joining: Joining, seen: str, *, actor: Actor, now: datetime
) -> Agreement:
    """Notes that a principal has joined a version, or what is now known of how; gives the version. `seen` is the mark
    of what was shown of it; the same again changes nothing.

    Raises ForbiddenError, NotFoundError for an unknown version or principal, and ConflictError (joining_changed) where
    something else is known of it than was shown.
    """
    require_role(actor, Act.KEEP_INSTALLATION)
    async with recorded(db, actor, now) as (conn, log):
        await register.alone_with_counties(conn)
        one = await _version(conn, agreement_id, version)
        if joining.principal_id not in await directory_one.principals(conn, [joining.principal_id]):
            raise NotFoundError("principal")
        there = one.joining(joining.principal_id)
        if there != joining and mark_of(there) != seen:
            raise ConflictError("joining_changed")
        log.note("join", "agreement", agreement_id)
        await agreements.join(conn, one, [joining])
    return one


async def _version(conn: AsyncConnection, agreement_id: UUID, version: int) -> Agreement:
    found = await agreements.all_agreements(conn, agreement_id)
    one = next((one for one in found if one.version == version), None)
    if one is None:
        raise NotFoundError("agreement")
    return one


async def answer(
    db: Database, agreement_id: UUID, version: int, principal_id: UUID, said: RenewalAnswer | None, *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """A principal renews or leaves; None: it has not said, and is asked on.

    Raises NotFoundError for what it has not joined, and ForbiddenError for who does not administer the principal.
    """
    require_role(actor, Act.KEEP_DIRECTORY)
    if not covers_principal(actor, principal_id):
        raise ForbiddenError(MAY[Act.KEEP_DIRECTORY], Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now) as (conn, log):
        if principal_id not in (await _version(conn, agreement_id, version)).principals:
            raise NotFoundError("joining")
        log.note("answer", "renewal", agreement_id)
        told = Renewal(agreement_id, version, principal_id, answer=said, answered_at=now if said else None)
        await register.keep_answer(conn, told)
