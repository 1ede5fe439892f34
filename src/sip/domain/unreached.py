"""A mail of a report without a meeting that did not arrive: who is told, and what (rules, section 8 D9).

The law of this file: functions, never names. Of an address that is no unit's mailbox nothing is said but whose it was.
"""

from collections.abc import Iterator

from sip.domain.address import folded, same
from sip.domain.decision import Note
from sip.domain.deviation import ReportMailFailed
from sip.domain.effects import MailKind, Timing
from sip.domain.people import Address, Roster
from sip.domain.report_change import ReportChange

UNREACHED = MailKind.DEVIATION_UNREACHED


def tell(work: ReportChange, event: ReportMailFailed) -> None:
    """The writing unit at an address that has not failed, else its coordinators; each mail once."""
    writer, whom = work.roster(work.report.reporting), _meant_for(work, event.email)
    work.notes.append(Note("report_mail_failed", None, {"target": whom.name}))
    if event.kind == MailKind.UNUSABLE:
        return  # it answered a mail, and was owed to nobody
    detail = {"target": whom.name}
    if any(same(address, event.email) for address in whom.addresses):
        detail |= {"email": event.email, "smtp": event.reason or ""}
    tail = event.key.removeprefix(f"{work.report.id}/")
    again = event.kind == UNREACHED
    mailbox = None if again else next((a for a in writer.addresses if not same(a, event.email)), None)
    if mailbox is not None:
        work.mail(UNREACHED, Address(mailbox, writer.name, writer.language), Timing.NOW, tail, **detail)
    elif not (again and any(same(one.email, event.email) for one in writer.coordinators)):
        work.to_people(writer.coordinators, UNREACHED, Timing.NOW, tail=tail, **detail)


def _meant_for(work: ReportChange, email: str) -> Roster:
    """The unit that the mail was for, or a person of: the receiving one, unless only the other has that address."""
    writer, other = work.roster(work.report.reporting), work.roster(work.report.receiving)
    return writer if folded(email) in set(_addresses(writer)) - set(_addresses(other)) else other


def _addresses(roster: Roster) -> Iterator[str]:
    people = (roster.managers, roster.heads, roster.contract_officers, roster.coordinators, roster.administrators)
    yield from map(folded, roster.addresses)
    yield from (folded(one.email) for role in people for one in role if one.email)
