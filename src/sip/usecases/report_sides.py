"""For which of a report's two units an address speaks that a mail of it went to."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import same
from sip.domain.deviation import DeviationReport, ReportSide
from sip.domain.meeting import Meeting
from sip.domain.people import Roster
from sip.store.aggregates.rosters import rosters

Speaks = tuple[ReportSide, Roster | None]
"""A side, and its unit's roster."""


async def speaker(
    conn: AsyncConnection, report: DeviationReport, meeting: Meeting | None, address: str, now: datetime
) -> Speaks | None:
    """The unit whose mailbox it is, then or today, or for which it answers: of both, the one that the report is about.
    None of neither.
    """
    return next(iter(await speakers(conn, report, meeting, address, now)), None)


async def speakers(
    conn: AsyncConnection, report: DeviationReport, meeting: Meeting | None, address: str, now: datetime
) -> tuple[Speaks, ...]:
    """All for which the address speaks: whoever answers for both units has mails of both."""
    there: dict[UUID, Roster] = await rosters(conn, [report.receiving.unit_id, report.reporting.unit_id], now)
    return tuple(_speaks(report, meeting, address, there))


def _speaks(
    report: DeviationReport, meeting: Meeting | None, address: str, there: dict[UUID, Roster]
) -> Iterator[Speaks]:
    called = () if meeting is None else meeting.invitations
    asked = [one.email for one in called if one.party == report.party and one.attendee is None]
    wrote = [] if report.facts is None or report.by_called_unit else [report.facts.convener_email]
    for side, known in ((ReportSide.RECEIVING, asked), (ReportSide.REPORTING, wrote)):
        roster = there.get(report.side(side).unit_id)
        if any(same(address, one) for one in (*known, *_of_unit(roster))):
            yield side, roster


def _of_unit(roster: Roster | None) -> list[str]:
    """The mailboxes of a unit, and the addresses of who answers for it."""
    if roster is None:
        return []
    people = (*roster.managers, *roster.heads, *roster.contract_officers)
    return [*roster.addresses, *(person.email for person in people if person.email)]
