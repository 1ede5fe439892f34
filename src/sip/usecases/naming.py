"""Who may see a protected meeting: named by the convener's side, and by who heads a unit of it (rules, section 13)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.meeting import Meeting, Party
from sip.domain.protected import UserNamed, UserUnnamed
from sip.domain.worktime import local_day
from sip.store.db import Database, beyond
from sip.store.seen import matters
from sip.usecases.access import Act, require_party
from sip.usecases.commands import Command, handled, hold
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError


async def name(db: Database, meeting_id: UUID, party: int, user_id: UUID, by: Command) -> Handled:
    """A user of the party's unit, or above it, may see the meeting from now on.

    Raises NotFoundError and ForbiddenError for who may not say so, also of the party that she was named for before;
    InvalidError for a user who has no role there.
    """
    async with db.transaction(by.actor) as conn:
        meeting, held = await hold(conn, meeting_id)
        there = require_party(by.actor, meeting, party, Act.NAME_USERS)
        if (before := _named_for(meeting, user_id)) is not None:
            require_party(by.actor, meeting, before, Act.NAME_USERS)
        if user_id not in {one.id for one in await _users(conn, there, by)}:
            raise InvalidError([FieldProblem("user", "not_of_unit")])
        return await handled(conn, meeting_id, UserNamed(user_id, party), by, held)


async def unname(db: Database, meeting_id: UUID, user_id: UUID, by: Command) -> Handled:
    """She may no longer. Raises NotFoundError and ForbiddenError."""
    async with db.transaction(by.actor) as conn:
        meeting, held = await hold(conn, meeting_id)
        party = _named_for(meeting, user_id)
        if party is None:
            raise NotFoundError("user")
        require_party(by.actor, meeting, party, Act.NAME_USERS)
        return await handled(conn, meeting_id, UserUnnamed(user_id), by, held)


def _named_for(meeting: Meeting | None, user_id: UUID) -> int | None:
    found = () if meeting is None else meeting.named
    return next((one.party for one in found if one.user_id == user_id), None)


async def _users(conn: AsyncConnection, party: Party, by: Command) -> list[matters.Somebody]:
    async with beyond(conn):  # users of another's unit, by name and role: whom she telephones about
        return await matters.users_of(conn, party.unit_id, party.organisation_id, party.principal_id, local_day(by.now))
