"""For which of a report's two units an address speaks that a mail of it went to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import same
from sip.domain.deviation import DeviationReport, ReportSide
from sip.domain.meeting import Meeting
from sip.domain.people import Roster
from sip.store.aggregates.rosters import rosters


async def speaker(
    conn: AsyncConnection, report: DeviationReport, meeting: Meeting, address: str, now: datetime
) -> tuple[ReportSide, Roster | None] | None:
    """The unit whose mailbox it is, then or today, or for which it answers, with that unit's roster; the one that the
    report is about before the other. None of neither. Each has mails of the report, and says nothing for the other.
    """
    there: dict[UUID, Roster] = await rosters(conn, [report.receiving.unit_id, report.reporting.unit_id], now)
    asked = [one.email for one in meeting.invitations if one.party == report.party and one.attendee is None]
    wrote = [] if report.by_called_unit else [report.facts.convener_email]
    for side, known in ((ReportSide.RECEIVING, asked), (ReportSide.REPORTING, wrote)):
        roster = there.get(report.side(side).unit_id)
        if any(same(address, one) for one in (*known, *_of_unit(roster))):
            return side, roster
    return None


def _of_unit(roster: Roster | None) -> list[str]:
    """The mailboxes of a unit, and the addresses of who answers for it."""
    if roster is None:
        return []
    people = (*roster.managers, *roster.heads, *roster.contract_officers)
    return [*roster.addresses, *(person.email for person in people if person.email)]
