"""Failures of cooperation that somebody reports by hand, with or without a meeting, and what she has written of one so
far (rules, section 8 D9).

The law of this file: a draft is its writer's alone, and no text is kept in it that a report may not hold. A report
without a meeting comes about with its matter, and its draft goes, in one transaction.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import MeetingKind, rule_set_for
from sip.domain.bounds import day_fits
from sip.domain.deviation import Category, DeviationRaised, Side
from sip.domain.failure import FailureDraft, unusable
from sip.domain.people import Roster
from sip.domain.worktime import local_day
from sip.store import agreements, cases, directory_one, report_drafts
from sip.store.aggregates import rosters
from sip.store.cases import CaseRecord
from sip.store.db import Database, beyond
from sip.store.report_drafts import DraftLine
from sip.store.seen import units
from sip.usecases import deviations
from sip.usecases.access import MAY, Act, covers, require_role
from sip.usecases.actor import Actor, user_of
from sip.usecases.cases import ATTEMPTS
from sip.usecases.commands import Command, handled
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import FieldProblem, ForbiddenError, InvalidError, NotFoundError, refuse_texts
from sip.usecases.recorded import recorded

_OWN = "what she has said herself, of no report yet"


def _writer(actor: Actor) -> UUID:
    """The user whose draft it is. Raises NotFoundError for who is none, ForbiddenError for who may not report."""
    require_role(actor, Act.RAISE_DEVIATION)
    user = user_of(actor)
    if user is None:
        raise NotFoundError("report_draft")
    return user


def check(draft: FailureDraft, now: datetime) -> None:
    """Raises InvalidError for a text, a day or a level that no report may hold."""
    refuse_texts({"description": draft.description})
    wrong = list(unusable(draft.risk, local_day(now)))
    if draft.risk.happened_on is not None and not day_fits(draft.risk.happened_on) and "happened_on" not in wrong:
        wrong.append("happened_on")
    if wrong:
        raise InvalidError([FieldProblem(name, "unusable") for name in wrong])


# -- what is being written


async def save(db: Database, draft_id: UUID, draft: FailureDraft, *, actor: Actor, now: datetime) -> None:
    """Keeps what has been said. Raises InvalidError (nothing is kept then), NotFoundError for another's."""
    writer = _writer(actor)
    check(draft, now)
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        if not await report_drafts.save(conn, draft_id, writer, draft, now):
            raise NotFoundError("report_draft")


async def get(db: Database, draft_id: UUID, *, actor: Actor, now: datetime) -> FailureDraft:
    """One of her own. Raises NotFoundError."""
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        found = await report_drafts.get(conn, draft_id, _writer(actor))
    if found is None:
        raise NotFoundError("report_draft")
    return found


async def mine(db: Database, *, actor: Actor, now: datetime) -> list[DraftLine]:
    """Those she is writing, the last changed first."""
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        return await report_drafts.lines(conn, _writer(actor))


async def erase(db: Database, draft_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Throws one of her own away."""
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        await report_drafts.delete(conn, draft_id, _writer(actor))


async def unit_names(db: Database, ids: list[UUID], *, actor: Actor, now: datetime) -> dict[UUID, str]:
    """What these units are called."""
    async with recorded(db, actor, now, nothing="names of units, as the directory has them") as (conn, _):
        return {one: found.label for one, found in (await units.named(conn, ids)).items()}


# -- what it becomes


async def send(db: Database, draft_id: UUID, by: Command) -> Handled:
    """The draft as a report; the draft is gone with it. A repetition finds the report that it made.

    Raises InvalidError where something is missing, NotFoundError, ForbiddenError, and ConflictError as `raise_by_hand`.
    """
    writer, once = _writer(by.actor), replace(by, event_id=f"draft/{draft_id}", seen_version=None)
    async with db.transaction(by.actor) as conn:
        draft = await report_drafts.get(conn, draft_id, writer, lock=True)
        if draft is None:
            return await _made(conn, draft_id)
        check(draft, by.now)
        if draft.meeting_id is not None and draft.party is not None:
            _complete(draft.categories, draft.description)
            hand = deviations.ByHand(draft.categories, draft.description, draft.risk)
            done = await deviations.raised_on(conn, draft.meeting_id, draft.party, hand, once)
        else:
            done = await _alone(conn, draft, str(draft_id), once)
        await report_drafts.delete(conn, draft_id, writer)
        return done


async def report(db: Database, draft: FailureDraft, by: Command) -> Handled:
    """A report without a meeting, sent as it is written. Raises InvalidError, ForbiddenError."""
    check(draft, by.now)
    async with db.transaction(by.actor) as conn:
        return await _alone(conn, draft, by.event_id, by)


def _complete(categories: tuple[Category, ...], description: str) -> None:
    wrong = [] if categories else [FieldProblem("categories", "required")]
    wrong += [] if description.strip() else [FieldProblem("description", "required")]
    if wrong:
        raise InvalidError(wrong)


async def _made(conn: AsyncConnection, draft_id: UUID) -> Handled:
    found = await deviations.report_of(conn, _report_id(_case_id(str(draft_id))))
    if found is None:
        raise NotFoundError("report_draft")
    return Handled(found, 1, None, True, ())


def _case_id(key: str) -> UUID:
    return uuid5(NAMESPACE, f"report/{key}")


def _report_id(case_id: UUID) -> UUID:
    return uuid5(case_id, "report")


async def _alone(conn: AsyncConnection, draft: FailureDraft, key: str, by: Command) -> Handled:
    """The report with its matter, which the writing unit keeps."""
    require_role(by.actor, Act.RAISE_DEVIATION)
    ours, theirs = await _units(conn, draft, by)
    _complete(draft.categories, draft.description)
    day = local_day(by.now)
    known = await agreements.all_agreements(conn)
    rules = rule_set_for(known, ours.principal_id, theirs.principal_id, MeetingKind.OTHER, day)
    async with beyond(conn):  # a matter with nothing but a report is in no list of hers
        case = await _case(conn, _case_id(key), ours.unit_id, by)
    event = DeviationRaised(
        None, None, None, _side(ours), _side(theirs), rules, draft.categories, automatic=False,
        description=draft.description.strip(), case_id=case.id, own_reference=case.reference,
        happened_on=draft.risk.happened_on, severity=draft.risk.severity, likelihood=draft.risk.likelihood,
    )  # fmt: skip
    return await handled(conn, event.report_id, event, by)


async def _units(conn: AsyncConnection, draft: FailureDraft, by: Command) -> tuple[Roster, Roster]:
    """The writing unit, which is hers, and the one that it is about. Raises InvalidError for none, one and the same, or
    one that has closed, and ForbiddenError for who writes for another.
    """
    wanted = {"reporting_unit": draft.reporting_unit_id, "receiving_unit": draft.receiving_unit_id}
    there = await rosters.rosters(conn, [one for one in wanted.values() if one is not None], by.now)
    found: dict[str, Roster] = {}
    wrong: list[FieldProblem] = []
    for name, unit_id in wanted.items():
        roster = None if unit_id is None else there.get(unit_id)
        if unit_id is None:
            wrong.append(FieldProblem(name, "required"))
        elif roster is None or roster.closed_by(by.now):
            wrong.append(FieldProblem(name, "reason.unknown_unit"))
        else:
            found[name] = roster
    if not wrong and wanted["reporting_unit"] == wanted["receiving_unit"]:
        wrong.append(FieldProblem("receiving_unit", "same_unit"))
    if wrong:
        raise InvalidError(wrong)
    ours = found["reporting_unit"]
    if not covers(by.actor, ours.unit_id, ours.organisation_id, ours.principal_id):
        raise ForbiddenError(MAY[Act.RAISE_DEVIATION], Act.RAISE_DEVIATION)
    return ours, found["receiving_unit"]


def _side(roster: Roster) -> Side:
    return Side(roster.unit_id, roster.name, roster.organisation_id, roster.principal_id)


async def _case(conn: AsyncConnection, case_id: UUID, unit_id: UUID, by: Command) -> CaseRecord:
    """The matter that the report is; the same again is the same."""
    before = await cases.get(conn, case_id)
    if before is not None:
        return before
    for _ in range(ATTEMPTS):
        record = CaseRecord(case_id, cases.new_reference(), unit_id, by.now)
        try:
            async with conn.begin_nested():
                await cases.save(conn, record)
        except directory_one.TAKEN:
            continue  # another case has that reference
        return record
    raise RuntimeError("no reference is free")
