"""Agreements kept and read: versions never change once parties may have been called under them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Agreement, AgreementError
from sip.store import agreements, directory
from sip.store.db import Database
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.agreement_file import AgreementFile
from sip.usecases.directory.keys import key_id
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded

EVERYTHING = 1_000_000


async def all_versions(db: Database, *, actor: Actor, agreement_id: UUID | None = None) -> tuple[Agreement, ...]:
    """Every version, or those of one agreement, oldest first. Raises NotFoundError for an unknown one."""
    require_role(actor, Act.READ_DIRECTORY)
    async with db.transaction(actor) as conn:
        found = await agreements.all_agreements(conn, agreement_id)
    if agreement_id is not None and not found:
        raise NotFoundError("agreement")
    return found


async def keep(db: Database, file: AgreementFile, *, actor: Actor, now: datetime) -> Agreement:
    """Keeps a version. Raises AgreementError for unknown principals, or a version that is there with other content."""
    require_role(actor, Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now) as (conn, log):
        log.note("keep", "agreement", file.agreement.id)
        await _check_principals(conn, file.principal_keys)
        try:
            await agreements.keep(conn, [file.agreement])
        except agreements.AgreementVersionTaken as error:
            raise AgreementError(str(error)) from None
    return file.agreement


async def _check_principals(conn: AsyncConnection, keys: Iterable[str]) -> None:
    known = {one.id for one in await directory.principals(conn, limit=EVERYTHING)}
    missing = [key for key in keys if key_id("principal", key) not in known]
    if missing:
        raise AgreementError(
            f'There is no principal "{missing[0]}" in the directory; import the directory first, or correct the key.'
        )
