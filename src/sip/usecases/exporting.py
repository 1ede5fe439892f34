"""All about one meeting, and of one organisation, for archiving and for leaving the service.

The law of this file: it is for who disposes for the organisation that keeps the matter, and each export is in the
access log. It gives everything that organisation has of it, and nothing that only another has (a unit's own number).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sip.domain.deviation import DeviationReport
from sip.domain.keeping import Matter
from sip.domain.meeting import Meeting
from sip.store import cases, exporting, keeping, registrations
from sip.store.aggregates import deviations, journal, meetings
from sip.store.aggregates.journal import JournalEntry
from sip.store.cases import CaseRecord
from sip.store.db import Database, beyond
from sip.store.directory import OrganisationRecord
from sip.store.exporting import Rows
from sip.store.seen import audit
from sip.store.seen.audit import AccessEntry
from sip.usecases import proofs
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.keeping import open_to, organisation_of
from sip.usecases.problems import ConflictError, NotFoundError
from sip.usecases.recorded import recorded
from sip.usecases.registrations import ReportExport


@dataclass(frozen=True, slots=True)
class MeetingExport:
    """All about one meeting. `rows` are those of its tables and `log` those of its journals, as JSON makes them;
    `proof` is what is sealed of it, None where nothing is yet.
    """

    organisation: OrganisationRecord
    meeting: Meeting
    case: CaseRecord
    entries: list[JournalEntry]
    reports: list[tuple[DeviationReport, list[JournalEntry]]]
    readings: list[AccessEntry]
    rows: Rows
    log: list[dict[str, Any]]
    proof: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class OrganisationExport:
    """All that is one organisation's but its meetings and its reports without one, and which those are, with their
    references.
    """

    organisation: OrganisationRecord
    rows: Rows
    meetings: list[tuple[UUID, str]]
    reports: list[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class AloneExport:
    """All about one report without a meeting; `rows` and `log` as of a meeting."""

    organisation: OrganisationRecord
    found: ReportExport
    rows: Rows
    log: list[dict[str, Any]]


async def meeting(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> MeetingExport:
    """All about this meeting. Raises NotFoundError, or ForbiddenError for who does not dispose for its keeper."""
    async with recorded(db, actor, now) as (conn, log):
        async with beyond(conn):  # whose it is is asked below, of whoever keeps the matter
            matter = await keeping.matter(conn, meeting=meeting_id)
        if matter is None or not open_to(actor, matter):
            raise NotFoundError("meeting")
        organisation = await organisation_of(conn, matter.organisations[0], actor)
        log.note("export", "meeting", meeting_id)
        async with beyond(conn):  # whole, for the archive of who keeps it
            found = (await meetings.load_many(conn, [meeting_id]))[meeting_id].state
            case = await cases.get(conn, matter.case_id)
            assert case is not None
            rows = await exporting.of_meeting(conn, meeting_id)
            ids = [UUID(row["id"]) for row in rows.get("deviation", ())]
            reports = await deviations.load_many(conn, ids)
            told = [(reports[one].state, await journal.read(conn, one)) for one in ids]
            told_of = await exporting.journal_rows(conn, [meeting_id, *ids, matter.case_id])
            read = await audit.entries(conn, await exporting.readings_of(conn, meeting_id))
            return MeetingExport(
                organisation, found, case, await journal.read(conn, meeting_id), told,
                read, rows, told_of, await proofs.sealed(conn, meeting_id, now),
            )  # fmt: skip


async def organisation(db: Database, organisation_id: UUID, *, actor: Actor, now: datetime) -> OrganisationExport:
    """What is this organisation's, and its meetings. Raises NotFoundError, ForbiddenError; ConflictError for a program
    where one of them is protected, which is exported by a person alone.
    """
    async with recorded(db, actor, now) as (conn, log):
        found = await organisation_of(conn, organisation_id, actor)
        log.note("export", "organisation", organisation_id)
        async with beyond(conn):  # whole, for the archive of who keeps it
            if actor.kind is ActorKind.API_KEY and await exporting.has_protected(conn, organisation_id):
                raise ConflictError("export_protected")
            rows = await exporting.of_organisation(conn, organisation_id)
            met = await exporting.meetings_of(conn, organisation_id)
            return OrganisationExport(found, rows, met, await exporting.reports_of(conn, organisation_id))


async def report(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> AloneExport:
    """All about this report without a meeting. Raises as `meeting`."""
    async with recorded(db, actor, now) as (conn, log):
        async with beyond(conn):  # whose it is is asked below, of whoever keeps the matter
            matter = await keeping.matter(conn, report=report_id)
        if matter is None or not open_to(actor, matter):
            raise NotFoundError("deviation")
        organisation = await organisation_of(conn, matter.organisations[0], actor)
        log.note("export", "deviation", report_id)
        async with beyond(conn):  # whole, for the archive of who keeps it
            state = (await deviations.load_many(conn, [report_id]))[report_id].state
            own = (await registrations.of_report(conn, report_id)).get(organisation.id)
            return AloneExport(
                organisation, ReportExport(state, await journal.read(conn, report_id), own),
                await exporting.of_report(conn, report_id),
                await exporting.journal_rows(conn, [report_id, matter.case_id]),
            )  # fmt: skip


async def matter_of(
    db: Database, organisation_id: UUID, reference: str, *, actor: Actor, now: datetime
) -> tuple[Matter, list[UUID]]:
    """The matter with this reference, where this organisation keeps it, and its reports without a meeting. Raises
    NotFoundError.
    """
    async with recorded(db, actor, now, nothing="each meeting and report of it is recorded as it is exported") as (
        conn,
        _,
    ):
        await organisation_of(conn, organisation_id, actor)
        async with beyond(conn):  # whose it is is asked here
            found = await keeping.matter(conn, reference=reference)
        if found is None or found.organisations[0] != organisation_id or not open_to(actor, found):
            raise NotFoundError("matter")
        async with beyond(conn):  # which they are is hers to know, who keeps the matter
            there = await exporting.reports_of(conn, organisation_id)
        return found, [one for one, said in there if said == reference.upper()]
