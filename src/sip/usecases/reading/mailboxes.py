"""How the units' mailboxes stand: which are verified, and which unit somebody means (rules, section 8 A3).

For whoever keeps the directory; a program reads the same of a unit at `reading/directory.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.mailbox_check import MailboxCheck
from sip.domain.worktime import local_day
from sip.store import directory, directory_one
from sip.store.db import Database
from sip.store.directory import UnitRecord
from sip.store.post import mailbox_checks
from sip.usecases import mailbox_checks as checking
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.directory.keys import key_id
from sip.usecases.recorded import recorded
from sip.usecases.users import UserError

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class MailboxStanding:
    """A unit in use; `lacking`: its mailbox counts as unverified. `check` is the latest test call."""

    unit: UnitRecord
    verified_at: datetime | None
    lacking: bool
    check: MailboxCheck | None


async def standings(db: Database, *, actor: Actor, now: datetime) -> list[MailboxStanding]:
    """Every unit in use, by name. Raises ForbiddenError for who does not keep the directory."""
    require_role(actor, Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "directory", None)
        units = await _in_use(conn, now)
        ids = [unit.id for unit in units]
        lacking = set(await checking.unverified(conn, now))
        checks = await mailbox_checks.latest(conn, ids)
        verified = await mailbox_checks.verified(conn, ids, local_day(now))
    made = [MailboxStanding(one, verified.get(one.id), one.id in lacking, checks.get(one.id)) for one in units]
    return sorted(made, key=lambda one: one.unit.name)


async def unverified(db: Database, *, actor: Actor, now: datetime) -> Mapping[UUID, UnitRecord]:
    """The units whose mailbox counts as unverified. Raises ForbiddenError as `standings`."""
    require_role(actor, Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now, nothing="names of units, for whoever keeps them") as (conn, _):
        return await directory.units_by_id(conn, await checking.unverified(conn, now))


async def named(db: Database, keys: Sequence[str], *, actor: Actor, now: datetime) -> Mapping[UUID, UnitRecord]:
    """The units that these name: by key in the directory file, id, HSA-id or name.

    Raises UserError where one names no unit or several, and ForbiddenError as `standings`.
    """
    require_role(actor, Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now, nothing="names of units, for whoever keeps them") as (conn, _):
        return await directory.units_by_id(conn, [await _id(conn, key, now) for key in keys])


async def _in_use(conn: AsyncConnection, now: datetime) -> Sequence[UnitRecord]:
    return await directory.units(conn, open_at=now, limit=_ALL)


async def _id(conn: AsyncConnection, key: str, now: datetime) -> UUID:
    unit = await directory_one.unit(conn, key_id("unit", key))
    if unit is not None:
        return unit.id
    found = [one for one in await _in_use(conn, now) if key in (one.hsa_id, one.name)]
    if len(found) == 1:
        return found[0].id
    raise UserError(f'"{key}" names several units; use the id.' if found else f'There is no unit "{key}".')
