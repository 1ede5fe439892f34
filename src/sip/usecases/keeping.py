"""What an organisation decides on how long it keeps, and its holds (rules, section 12 K1 and K2).

The law of this file: whoever administers the organisation decides, and who, when and why is kept with it. It decides
nothing about single matters: what is due follows from the decision, and is done elsewhere (`sip.usecases.disposing`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.keeping import Hold, Matter, Policy
from sip.domain.worktime import local_day
from sip.store import directory, directory_one, keeping, tombstones
from sip.store.db import Database, beyond
from sip.store.directory import OrganisationRecord
from sip.store.keeping import DecidedBy
from sip.store.tombstones import DisposalRecord
from sip.usecases.access import Act, covers, require_role
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import ConflictError, FieldProblem, InvalidError, NotFoundError, refuse_texts
from sip.usecases.recorded import recorded

_WHY_MOST = 300


@dataclass(frozen=True, slots=True)
class OrganisationKeeps:
    """An organisation with what it has decided, the latest first, its holds, and what was disposed of for it."""

    organisation: OrganisationRecord
    policies: Sequence[DecidedBy]
    holds: Sequence[DecidedBy]
    records: Sequence[DisposalRecord]
    references: Mapping[UUID, str]

    @property
    def policy(self) -> Policy | None:
        """What holds now."""
        found = self.policies[0].what if self.policies else None
        assert found is None or isinstance(found, Policy)
        return found


async def organisation_of(conn: AsyncConnection, organisation_id: UUID, actor: Actor) -> OrganisationRecord:
    """The organisation, if the actor may dispose for it. Raises NotFoundError, or ForbiddenError."""
    found = await directory_one.organisation(conn, organisation_id)
    if found is None or not _has(actor, found):
        raise NotFoundError("organisation")
    require_role(actor, Act.DISPOSE)
    return found


def open_to(actor: Actor, matter: Matter) -> bool:
    """A protected matter is never for a program (rules, section 13 I2)."""
    return not (matter.protected and actor.kind is ActorKind.API_KEY)


def _has(actor: Actor, one: OrganisationRecord) -> bool:
    return covers(actor, one.id, one.id, one.principal_id)


async def overview(db: Database, *, actor: Actor, now: datetime) -> list[tuple[OrganisationRecord, Policy | None, int]]:
    """Every organisation of the scope, what it has decided, and how many of its holds go on or are to come."""
    require_role(actor, Act.DISPOSE)
    today = local_day(now)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "disposal", None)
        ours = [one for one in await directory.organisations(conn) if _has(actor, one)]
        decided, held = await keeping.latest(conn), [one.what for one in await keeping.holds(conn)]
        going = [hold.organisation_id for hold in held if isinstance(hold, Hold) and not hold.over(today)]
    return [(one, decided.get(one.id), going.count(one.id)) for one in ours]


async def read(db: Database, organisation_id: UUID, *, actor: Actor, now: datetime) -> OrganisationKeeps:
    """What the organisation has decided and done. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        one = await organisation_of(conn, organisation_id, actor)
        log.note("read", "disposal", organisation_id)
        holds = await _holds(conn, organisation_id, actor)
        cases = [hold.case_id for hold in (held.what for held in holds) if isinstance(hold, Hold) and hold.case_id]
        async with beyond(conn):  # what was put on hold by its reference is called by it, whoever keeps the case
            named = await keeping.references(conn, cases)
        return OrganisationKeeps(
            one, await keeping.policies(conn, organisation_id), holds, await tombstones.records(conn, organisation_id),
            named,
        )  # fmt: skip


async def _holds(conn: AsyncConnection, organisation_id: UUID, actor: Actor) -> list[DecidedBy]:
    """Those that are there for the actor: of a protected matter nothing is, for a program (`open_to`)."""
    found = await keeping.holds(conn, organisation_id)
    if actor.kind is not ActorKind.API_KEY:
        return found
    async with beyond(conn):  # which, and nothing of them
        hidden = await keeping.protected_holds(conn, organisation_id)
    return [one for one in found if not (isinstance(one.what, Hold) and one.what.id in hidden)]


async def decide(db: Database, wanted: Policy, *, actor: Actor, now: datetime) -> Policy:
    """Keeps a new version; `wanted.version` is the one before it. The same again is no new version.

    Raises InvalidError for what the law does not allow, ConflictError where somebody has decided meanwhile.
    """
    refuse_texts({"decision": wanted.decision})
    problem = wanted.problem()
    if problem is not None:
        field = "decision" if problem == "no_decision" else "log_years" if "log" in problem else "matter_years"
        raise InvalidError([FieldProblem(field, f"disposal.{problem}")])
    async with recorded(db, actor, now) as (conn, log):
        await organisation_of(conn, wanted.organisation_id, actor)
        await keeping.lock_organisation(conn, wanted.organisation_id)
        held = (await keeping.latest(conn)).get(wanted.organisation_id)
        version = 0 if held is None else held.version
        made = Policy(
            wanted.organisation_id, version + 1, wanted.matter_years, wanted.log_years, wanted.by_itself,
            wanted.decision.strip(),
        )  # fmt: skip
        if version != wanted.version:
            raise ConflictError("changed", version)
        log.note("decide", "disposal", wanted.organisation_id)
        async with beyond(conn):  # a decision is written by nobody in an own name
            await keeping.decide(conn, made, actor.columns(), now)
        return made


@dataclass(frozen=True, slots=True)
class HoldWanted:
    """A hold to set: on a meeting by its id, a matter by its reference, else on the organisation. `last_day` None:
    until it is ended.
    """

    organisation_id: UUID
    why: str
    first_day: date
    last_day: date | None = None
    reference: str | None = None
    meeting_id: UUID | None = None


async def set_hold(db: Database, wanted: HoldWanted, *, actor: Actor, now: datetime) -> Hold:
    """Sets a hold. Raises InvalidError for days or a reason that cannot be, or for a matter in which the organisation
    takes no part; NotFoundError, ForbiddenError.
    """
    why = wanted.why.strip()
    refuse_texts({"why": why})
    if not why or len(why) > _WHY_MOST:
        raise InvalidError([FieldProblem("why", "disposal.no_reason")])
    if wanted.last_day is not None and wanted.last_day < wanted.first_day:
        raise InvalidError([FieldProblem("last_day", "disposal.days")])
    async with recorded(db, actor, now) as (conn, log):
        await organisation_of(conn, wanted.organisation_id, actor)
        case_id = None
        if wanted.reference or wanted.meeting_id:
            async with beyond(conn):  # the organisation takes part in it, which the actor's own view need not show
                found = await keeping.matter(conn, reference=wanted.reference, meeting=wanted.meeting_id)
                if found is None or wanted.organisation_id not in found.organisations or not open_to(actor, found):
                    raise InvalidError([FieldProblem("reference", "disposal.not_part")])
                await keeping.lock(conn, [found])  # not while it goes
                if await keeping.matter(conn, reference=wanted.reference, meeting=wanted.meeting_id) is None:
                    raise InvalidError([FieldProblem("reference", "disposal.not_part")])
            case_id = None if wanted.meeting_id else found.case_id
        else:
            await keeping.lock_organisation(conn, wanted.organisation_id)
        hold = Hold(uuid4(), wanted.organisation_id, why, wanted.first_day, wanted.last_day, case_id, wanted.meeting_id)
        log.note("hold", "legal_hold", hold.id)
        async with beyond(conn):  # as a decision
            await keeping.set_hold(conn, hold, actor.columns(), now)
        return hold


async def end_hold(
    db: Database, organisation_id: UUID, hold_id: UUID, last_day: date, *, actor: Actor, now: datetime
) -> None:
    """Ends a hold on this day, today at the earliest. Raises NotFoundError; InvalidError for a day that cannot be,
    ConflictError for a hold that is over.
    """
    today = local_day(now)
    async with recorded(db, actor, now) as (conn, log):
        await organisation_of(conn, organisation_id, actor)
        await keeping.lock_organisation(conn, organisation_id)
        found = [one.what for one in await _holds(conn, organisation_id, actor)]
        hold = next((one for one in found if isinstance(one, Hold) and one.id == hold_id), None)
        if hold is None:
            raise NotFoundError("hold")
        if hold.over(today):
            raise ConflictError("hold_over")
        if last_day < max(today, hold.first_day):
            raise InvalidError([FieldProblem("last_day", "disposal.days")])
        log.note("end_hold", "legal_hold", hold_id)
        async with beyond(conn):  # as a decision
            await keeping.end_hold(conn, hold_id, last_day)
