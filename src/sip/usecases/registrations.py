"""A report in the register of each authority whose unit is a side of it (rules, section 8 D10).

The law of this file: each authority sees its own number and day, and nothing of the other's; no rule reads them.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sip.domain.bounds import day_fits
from sip.domain.deviation import DeviationReport, ReportSide
from sip.domain.freetext import person_number
from sip.domain.worktime import local_day
from sip.store import registrations
from sip.store.aggregates import journal
from sip.store.aggregates.journal import JournalEntry
from sip.store.db import Database, beyond
from sip.store.registrations import Registration
from sip.usecases.access import MAY, Act, on_side, require_deviation, side_of
from sip.usecases.actor import Actor
from sip.usecases.commands import Command
from sip.usecases.problems import FieldProblem, ForbiddenError, InvalidError, refuse_texts
from sip.usecases.reading.deviations import required_report
from sip.usecases.recorded import recorded

_NUMBER = re.compile(r"[\w\-./: ]{1,60}")


@dataclass(frozen=True, slots=True)
class ReportExport:
    """A report whole, with its own story, and what the reader's authority has noted of it."""

    report: DeviationReport
    entries: list[JournalEntry]
    registration: Registration | None


async def note(
    db: Database, report_id: UUID, number: str | None, received_on: date | None, by: Command,
    *, side: ReportSide | None = None,
) -> Registration:  # fmt: skip
    """What the authority of the actor's side has noted, in the place of what it had; neither: nothing.

    Raises InvalidError for a number of a person, or what cannot be one of a register, and for a day to come;
    NotFoundError, and ForbiddenError for the other side.
    """
    number = (number or "").strip() or None
    _check(number, received_on, by.now)
    async with db.transaction(by.actor) as conn:
        report = (await required_report(conn, report_id, by.actor)).state
        require_deviation(by.actor, report, Act.DISCUSS_DEVIATION, named=True)
        own = side or side_of(by.actor, report)
        if not on_side(by.actor, report.side(own)):
            raise ForbiddenError(MAY[Act.DISCUSS_DEVIATION], Act.DISCUSS_DEVIATION)
        there = report.side(own)
        await registrations.note(conn, report_id, there, number, received_on, by.now)
        return Registration(there.organisation_id, number, received_on)


def _check(number: str | None, received_on: date | None, now: datetime) -> None:
    if number is not None:
        if person_number("".join(c for c in number if c.isdigit())):
            raise InvalidError([FieldProblem("number", "freetext.personnummer")])
        refuse_texts({"number": number})
        if not _NUMBER.fullmatch(number):
            raise InvalidError([FieldProblem("number", "unusable")])
    if received_on is not None and not (day_fits(received_on) and received_on <= local_day(now)):
        raise InvalidError([FieldProblem("received_on", "unusable")])


async def of_report(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> Registration | None:
    """What the actor's authority has noted. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "deviation", report_id)
        report = (await required_report(conn, report_id, actor)).state
        return _own(report, actor, await registrations.of_report(conn, report_id))


def _own(report: DeviationReport, actor: Actor, found: dict[UUID, Registration]) -> Registration | None:
    """Of the actor's own side; where she speaks for both, the reporting one's first."""
    sides = [report.side(side) for side in ReportSide if on_side(actor, report.side(side))]
    return next((found[one.organisation_id] for one in sides if one.organisation_id in found), None)


async def export(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> ReportExport:
    """All of the report that is its two sides', for an archive; it is in the access log. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("export", "deviation", report_id)
        report = (await required_report(conn, report_id, actor)).state
        own = _own(report, actor, await registrations.of_report(conn, report_id))
        async with beyond(conn):  # the report's own story, which both sides read
            return ReportExport(report, await journal.read(conn, report_id), own)
