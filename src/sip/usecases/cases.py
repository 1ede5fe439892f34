"""Cases: a reference without meaning, the consent and its withdrawal, each unit's own record number (rules, section 1).

Withdrawn consent cancels the called meetings of the case in the same transaction: no reminder leaves after it.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import events as e
from sip.domain.consent_record import ConsentAct, ConsentMailed, ConsentRecorded
from sip.domain.freetext import person_number
from sip.store import cases, consents, directory_one, names
from sip.store.aggregates import rosters
from sip.store.cases import CaseRecord
from sip.store.db import Database, beyond
from sip.store.seen import lists
from sip.usecases.access import MAY, Act, covers, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.commands import Command, handled
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import (
    ConflictError,
    FieldProblem,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    refuse_texts,
)
from sip.usecases.recorded import AccessRows, recorded

ATTEMPTS = 5
_RECORD_NUMBER = re.compile(r"[\w\-./ ]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the person has consented to and how; or another legal ground documented elsewhere (never which)."""

    given: bool = False
    scope: str | None = None
    how: str | None = None
    until: date | None = None
    organisations: tuple[UUID, ...] | None = None
    other_legal_ground: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as an actor sees it: with her own unit's record number, never another's."""

    record: CaseRecord
    organisations: tuple[UUID, ...]
    record_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that comes about with its first meeting; the convener's unit keeps it. `reference`: where one is given,
    which nobody else may have; else one without meaning is drawn."""

    consent: Consent
    protected: bool = False
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """One that is there, by the reference that people read; `consent`, where given, takes the place of what it has."""

    reference: str
    consent: Consent | None = None


CaseOf = UUID | NewCase | KnownCase
"""Which case a new meeting is of."""


async def of_draft(conn: AsyncConnection, log: AccessRows, asked: CaseOf, keeper: UUID, by: Command) -> CaseRecord:
    """The case of a new meeting, made or changed in the meeting's own transaction. `keeper`: the convener's unit, which
    the actor acts for.

    Raises NotFoundError for a case that the actor may not use, InvalidError for a reference or a consent.
    """
    if isinstance(asked, NewCase):
        require_role(by.actor, Act.KEEP_CASES)
        _check(asked.consent)
        if asked.protected and by.user_id is None:
            raise ConflictError("protected_case")
        async with beyond(conn):  # nobody sees a protected case before it has a meeting that she is named in
            return await _make(conn, log, keeper, asked, by)
    known = asked if isinstance(asked, KnownCase) else None
    record = await of_reference(conn, known.reference, by) if known else await cases.get(conn, _id_of(asked))
    if record is None or (known is None and not await _keeps(conn, record, by.actor, by.now)):
        raise NotFoundError("case")
    if known and known.consent is not None:
        require_role(by.actor, Act.KEEP_CASES)
        _check(known.consent)
        return await _consented(conn, log, record.id, known.consent, by)
    log.nothing("the meeting's journal tells of it")
    return record


def _id_of(asked: CaseOf) -> UUID:
    assert isinstance(asked, UUID)
    return asked


async def of_reference(conn: AsyncConnection, reference: str, by: Command) -> CaseRecord:
    """The case of the reference that people read. Raises InvalidError where the actor's side keeps none by that."""
    record = await cases.by_reference(conn, reference)
    if record is None or not await _keeps(conn, record, by.actor, by.now):
        raise InvalidError([FieldProblem("reference", "unknown_case")])
    return record


async def create(db: Database, unit_id: UUID, consent: Consent, by: Command, *, protected: bool = False) -> CaseView:
    """A new case with a generated reference; the same event_id again gives the first. Raises ConflictError for a
    protected one: it comes about with its first meeting, by a user (rules, section 13).
    """
    require_role(by.actor, Act.KEEP_CASES)
    _check(consent)
    if protected:
        raise ConflictError("protected_case")
    async with recorded(db, by.actor, by.now) as (conn, log):
        await _require_unit(conn, unit_id, by.actor, by.now)
        record = await _make(conn, log, unit_id, NewCase(consent=consent), by)
        return await _view(conn, record.id, by.actor)


async def _make(conn: AsyncConnection, log: AccessRows, unit_id: UUID, new: NewCase, by: Command) -> CaseRecord:
    case_id = uuid5(NAMESPACE, f"case/{by.event_id}")
    before = await cases.get(conn, case_id)
    if before is not None:
        log.nothing("the same again")
        return before
    for _ in range(ATTEMPTS):
        drawn = new.reference or cases.new_reference()
        record = _with(CaseRecord(case_id, drawn, unit_id, by.now, protected=new.protected), new.consent)
        try:
            async with conn.begin_nested():
                await _save(conn, record, new.consent)
        except directory_one.TAKEN:
            continue  # another case has that reference
        log.note("create", "case", case_id)
        await _tell(conn, record, new.consent.organisations, by, ())
        return record
    raise RuntimeError("no reference is free")


def _check(consent: Consent) -> None:
    refuse_texts({"consent.scope": consent.scope, "consent.given": consent.how})
    if consent.given and not (consent.how or "").strip():
        raise InvalidError([FieldProblem("consent.given", "required")])


def _with(record: CaseRecord, consent: Consent) -> CaseRecord:
    return replace(
        record,
        consent=consent.given,
        consent_scope=consent.scope,
        consent_given=consent.how,
        consent_until=consent.until,
        consent_limited=consent.organisations is not None,
        consent_withdrawn_at=None,
        other_legal_ground=consent.other_legal_ground,
    )


async def _save(conn: AsyncConnection, record: CaseRecord, consent: Consent) -> None:
    wanted = list(consent.organisations or ())
    if wanted:
        unknown = await lists.unknown_organisations(conn, wanted)
        if unknown:
            raise InvalidError([FieldProblem("consent.organisations", "unknown_organisation")])
    await cases.save(conn, record, wanted)


async def _require_unit(conn: AsyncConnection, unit_id: UUID, actor: Actor, now: datetime) -> None:
    roster = (await rosters.rosters(conn, [unit_id], now)).get(unit_id)
    if roster is None:
        raise InvalidError([FieldProblem("unit_id", "reason.unknown_unit")])
    if not covers(actor, roster.unit_id, roster.organisation_id, roster.principal_id):
        raise ForbiddenError(MAY[Act.KEEP_CASES], Act.KEEP_CASES)


async def get(db: Database, case_id: UUID, *, actor: Actor, now: datetime) -> CaseView:
    """A case the actor's unit keeps, or at whose meetings it is called. Raises NotFoundError."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "case", case_id)
        view = await _view(conn, case_id, actor)
        await _require_seen(conn, view.record, actor, now)
    return view


async def listed(db: Database, after: UUID | None, limit: int, *, actor: Actor, now: datetime) -> list[CaseView]:
    """A page of the cases that the actor's units keep, by id."""
    require_role(actor, Act.KEEP_CASES)
    async with recorded(db, actor, now) as (conn, log):
        ids = await lists.cases(conn, scope_of(actor), after, limit)
        log.note("list", "case", *ids)
        return [await _view(conn, one, actor) for one in ids]


async def set_consent(db: Database, case_id: UUID, consent: Consent, by: Command) -> CaseView:
    """The consent as it is now; it takes the place of the earlier one, and the case's called meetings follow it.

    A "no" acts as a withdrawal, and so does a last day that has passed. Raises InvalidError, NotFoundError.
    """
    require_role(by.actor, Act.KEEP_CASES)
    _check(consent)
    async with recorded(db, by.actor, by.now) as (conn, log):
        await _consented(conn, log, case_id, consent, by)
        return await _view(conn, case_id, by.actor)


async def _consented(
    conn: AsyncConnection, log: AccessRows, case_id: UUID, consent: Consent, by: Command
) -> CaseRecord:
    before = await _kept(conn, case_id, by)
    record = _with(before, consent)
    if before.consent and not consent.given:
        record = replace(record, consent_withdrawn_at=before.consent_withdrawn_at or by.now)
    await _save(conn, record, consent)
    told = await _follow(conn, case_id, by)
    await _tell(conn, record, consent.organisations, by, told)
    log.note("consent", "case", case_id)
    return record


async def withdraw_consent(db: Database, case_id: UUID, by: Command, *, other_ground: bool = False) -> CaseView:
    """The consent is withdrawn: every called meeting that has not begun is cancelled, in the same commit; with
    `other_ground` they are held on another legal ground, documented elsewhere.
    """
    require_role(by.actor, Act.KEEP_CASES)
    async with recorded(db, by.actor, by.now) as (conn, log):
        log.note("withdraw_consent", "case", case_id)
        record = await _kept(conn, case_id, by)
        record = replace(
            record, consent_withdrawn_at=record.consent_withdrawn_at or by.now,
            other_legal_ground=record.other_legal_ground or other_ground,
        )  # fmt: skip
        await cases.save(conn, record)
        told = await _follow(conn, case_id, by)
        limited = tuple(await cases.organisations_of(conn, case_id)) if record.consent_limited else None
        await _tell(conn, record, limited, by, told)
        return await _view(conn, case_id, by.actor)


async def _follow(conn: AsyncConnection, case_id: UUID, by: Command) -> tuple[ConsentMailed, ...]:
    """The called meetings of the case do what the consent now says (rules, section 5 R4). Gives whose calls were taken
    back.
    """
    async with beyond(conn):  # also those that another side calls
        meetings = await lists.meetings_on_consent(conn, case_id, by.now)
        newest = await consents.last_mail(conn)
    for meeting_id in meetings:
        once = replace(by, event_id=f"{by.event_id}/{meeting_id}", seen_version=None)
        await handled(conn, meeting_id, e.ConsentChanged(), once)
    async with beyond(conn):  # as above
        return await consents.taken_back(conn, meetings, newest)


async def _tell(
    conn: AsyncConnection, record: CaseRecord, organisations: tuple[UUID, ...] | None, by: Command,
    told: tuple[ConsentMailed, ...],
) -> None:  # fmt: skip
    """The case's journal tells what the consent says now, and whom that was told."""
    act = ConsentAct.RECORDED
    if record.consent_withdrawn_at is not None:
        act = ConsentAct.OTHER_GROUND if record.other_legal_ground else ConsentAct.WITHDRAWN
    elif not record.consent and not record.other_legal_ground:
        act = ConsentAct.REFUSED
    said = ConsentRecorded(
        act, record.consent_scope, record.consent_given, record.consent_until, organisations,
        record.other_legal_ground, told,
    )  # fmt: skip
    async with beyond(conn):  # the journal of a case is in nobody's view
        await consents.add(conn, record.id, f"{by.event_id}/consent", said, by.actor.columns(), by.now)
        await names.named_anew(conn, record.id)


async def _kept(conn: AsyncConnection, case_id: UUID, by: Command) -> CaseRecord:
    """The case, held, if the actor's side keeps it."""
    record = await cases.get(conn, case_id, lock=True)
    if record is None or not await _keeps(conn, record, by.actor, by.now):
        raise NotFoundError("case")
    return record


async def _keeps(conn: AsyncConnection, record: CaseRecord, actor: Actor, now: datetime) -> bool:
    """Whether the actor's side keeps the case; of a protected one, whether she is named in a meeting of it, too."""
    if record.protected and not await lists.named_in_case(conn, scope_of(actor), actor.id, record.id):
        return False
    roster = (await rosters.rosters(conn, [record.unit_id], now)).get(record.unit_id)
    return roster is not None and covers(actor, roster.unit_id, roster.organisation_id, roster.principal_id)


async def _require_seen(conn: AsyncConnection, record: CaseRecord, actor: Actor, now: datetime) -> None:
    if await _keeps(conn, record, actor, now):
        return
    if record.protected and await lists.named_in_case(conn, scope_of(actor), actor.id, record.id):
        return
    if not await lists.called_in_case(conn, scope_of(actor), record.id):
        raise NotFoundError("case")


async def set_record_number(
    db: Database, case_id: UUID, number: str | None, *, actor: Actor, now: datetime
) -> CaseView:
    """The actor's unit's own key to the case. A number of a person is refused; None takes it away.

    Raises InvalidError for one, for a number that cannot be used, and for an actor without a unit.
    """
    require_role(actor, Act.ANSWER)
    if actor.unit_id is None:
        raise InvalidError([FieldProblem("record_number", "unit_needed")])
    if number is not None:
        if person_number("".join(c for c in number if c.isdigit())):
            raise InvalidError([FieldProblem("record_number", "freetext.personnummer")])
        refuse_texts({"record_number": number})
        if not _RECORD_NUMBER.fullmatch(number):
            raise InvalidError([FieldProblem("record_number", "unusable")])
    async with db.transaction(actor) as conn:
        record = (await _view(conn, case_id, actor)).record
        await _require_seen(conn, record, actor, now)
        await cases.set_record_number(conn, case_id, actor.unit_id, number)
        return await _view(conn, case_id, actor)


async def _view(conn: AsyncConnection, case_id: UUID, actor: Actor) -> CaseView:
    record = await cases.get(conn, case_id)
    if record is None:
        raise NotFoundError("case")
    number = await cases.record_number(conn, case_id, actor.unit_id) if actor.unit_id is not None else None
    return CaseView(record, tuple(await cases.organisations_of(conn, case_id)), number)
