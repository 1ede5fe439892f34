"""Agreements kept and read: versions never change once parties may have been called under them. What a version would do
to a meeting is reckoned and shown, and changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Agreement, AgreementError, Rung, binding
from sip.domain.ladder import planned
from sip.domain.meeting import Meeting
from sip.domain.people import PrincipalKind
from sip.domain.renewal import Renewal
from sip.domain.terms import MeetingState, Obligation
from sip.domain.worktime import local_day
from sip.store import agreements, directory, directory_one, register
from sip.store.aggregates import meetings
from sip.store.db import Database
from sip.store.register import County
from sip.store.seen import lists
from sip.store.seen.lists import MeetingQuery
from sip.usecases.access import MAY, Act, require_role, scope_of
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
    """Keeps a version. Raises AgreementError for unknown principals, or a version that is there with other content, and
    ForbiddenError for who does not keep the whole installation: it binds several principals.
    """
    require_role(actor, Act.KEEP_INSTALLATION)
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


# -- by form


async def of_reader(db: Database, *, actor: Actor, now: datetime) -> tuple[Agreement, ...]:
    """What binds the actor's own place today, local before regional: without a place every agreement in force. Of
    nobody's meetings: agreements are for everybody to read.
    """
    async with recorded(db, actor, now, nothing="agreements, which everybody may read") as (conn, _):
        principal = await _principal(conn, actor)
        return binding(await agreements.all_agreements(conn), principal, local_day(now))


async def _principal(conn: AsyncConnection, actor: Actor) -> UUID | None:
    unit = None if actor.unit_id is None else await directory_one.unit(conn, actor.unit_id)
    organisation_id = actor.organisation_id if unit is None else unit.organisation_id
    organisation = None if organisation_id is None else await directory_one.organisation(conn, organisation_id)
    return actor.principal_id if organisation is None else organisation.principal_id


@dataclass(frozen=True, slots=True)
class AgreementsRead:
    """Every version, oldest first, the names and kinds of all principals, and what stands beside the versions."""

    versions: tuple[Agreement, ...]
    principals: dict[UUID, str]
    kinds: dict[UUID, PrincipalKind]
    counties: tuple[County, ...]
    renewals: dict[tuple[UUID, int, UUID], Renewal]

    def of(self, agreement_id: UUID) -> tuple[Agreement, ...]:
        """The versions of one agreement, oldest first."""
        return tuple(one for one in self.versions if one.id == agreement_id)


async def read(db: Database, *, actor: Actor, now: datetime) -> AgreementsRead:
    """What holds, held and will hold. Raises NotFoundError for who does not keep the directory."""
    if actor.role not in MAY[Act.KEEP_DIRECTORY]:
        raise NotFoundError("agreements")
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "agreement", None)
        places = await directory.principals(conn, limit=EVERYTHING)
        return AgreementsRead(
            await agreements.all_agreements(conn),
            {one.id: one.name for one in places},
            {one.id: one.kind for one in places},
            tuple(await register.counties(conn)),
            {one.key: one for one in await register.renewals(conn)},
        )


Steps = tuple[tuple[Rung, datetime], ...]


@dataclass(frozen=True, slots=True)
class PartyPlan:
    """A called party's steps as they are planned under its own rules and under others, had it never answered."""

    unit: str
    own: Steps
    other: Steps


async def preview(
    db: Database, reference: str, agreement: Agreement, *, actor: Actor, now: datetime
) -> tuple[Meeting, list[PartyPlan]] | None:
    """A meeting's parties with their ladders, today's and under this agreement; None where the actor sees no called
    meeting of that reference. Nothing is changed.
    """
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now) as (conn, log):
        query = MeetingQuery(state=MeetingState.CALLED, reference=reference, limit=1)
        ids = await lists.meetings(conn, scope_of(actor), query)
        loaded = await meetings.load_many(conn, ids)
        log.note("preview", "agreement", agreement.id)
        if not loaded:
            return None
        log.note("read", "meeting", ids[0])
        meeting = loaded[ids[0]].state
    rules = agreement.discharge_rules if meeting.discharge else agreement.rules
    plans = [
        PartyPlan(party.unit_name, planned(meeting, party, party.rule_set), planned(meeting, party, rules))
        for party in meeting.parties
        if party.obligation is not Obligation.CONVENING and not party.removed and party.round is not None
    ]
    return meeting, plans
