"""What a mailed link opens, without sign-in (rules, section 3): one page for one purpose, or a test call's.

The law of this file: a link that never was, has ended, or names what is no more, is not there. Who holds a link is the
address it was mailed to, and it is recorded as that address's reading.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import same
from sip.domain.deviation import DeviationReport, ReportSide
from sip.domain.effects import Link
from sip.domain.mailbox_check import MailboxCheck
from sip.domain.meeting import Attendee, Invitation, Meeting, Party
from sip.domain.people import Roster
from sip.domain.terms import AttendeeRole, MeetingState, Obligation
from sip.store import accounts
from sip.store.aggregates import deviations, meetings
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.store.post import mailbox_checks, tokens
from sip.store.post.tokens import LinkRef
from sip.store.seen import units
from sip.store.seen.calls import open_calls_of_unit
from sip.store.seen.units import UnitFound
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.asked_seats import OpenedSeats, asked
from sip.usecases.reading.news import OpenedNews, news
from sip.usecases.reading.sittings import OpenedSittings, called
from sip.usecases.recorded import recorded
from sip.usecases.report_sides import speaker

_REDIRECT = frozenset({Link.ANSWER, Link.MANAGER})


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens, as it is now. `purpose` is the page's: a named person's answer is her own. `reads`: a code has
    been typed that opens the free text.
    `others` is how many open calls of the same unit the link may lead to: none but that of the unit's own mailbox.
    `side`: for which of a report's two units its holder speaks. `told`: what the called unit has said of the convener's
    side: a report, a good example.
    """

    ref: LinkRef
    purpose: Link
    meeting: Meeting
    version: int
    party: Party | None
    attendee: Attendee | None
    report: DeviationReport | None
    reads: bool = False
    others: int = 0
    side: ReportSide | None = None
    told: frozenset[str] = frozenset()

    @property
    def hears(self) -> bool:
        """Whether a report's link is of the side that the report is about."""
        return self.side is ReportSide.RECEIVING


@dataclass(frozen=True, slots=True)
class OpenedCheck:
    """What a test call's link opens: the check and its unit."""

    ref: LinkRef
    check: MailboxCheck
    roster: Roster


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """What the link of an account opens: choosing a password for this user, by her address."""

    ref: LinkRef
    user_id: UUID
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """What the link of a report without a meeting opens, and for which of its two units its holder speaks, if any."""

    ref: LinkRef
    report: DeviationReport
    side: ReportSide | None
    party: None = None

    @property
    def hears(self) -> bool:
        """As of `Opened`."""
        return self.side is ReportSide.RECEIVING


@dataclass(frozen=True, slots=True)
class OpenedSurvey:
    """What the link of a survey opens: the questions, and nothing of the meeting."""


def holder(ref: LinkRef, name: str | None = None, party: Party | None = None) -> Actor:
    """Who acts by this link: the address it was mailed to, for the unit it was mailed to."""
    return Actor(ActorKind.MAIL, ref.address, name, party.unit_id if party is not None else None)


NAMELESS = Actor(ActorKind.MAIL, "sitting")
"""Who sits in a group, by her link: her address is her own, and stands in no log that is not erased (section 18 U6)."""


async def open_link(
    db: Database, token: str, now: datetime, *, acts: bool = False, shows: bool = True
) -> Opened | OpenedCheck | OpenedAccount | OpenedReport | OpenedSurvey | OpenedSeats | OpenedSittings | OpenedNews:
    """What this link opens; `acts`: for an act, or to say thanks for one. Without `shows` it lacks what only a page
    shows, the number of other calls. Raises NotFoundError.
    """
    why = "it was read before, and the act is journalled" if acts else None
    async with recorded(db, ServicePart.LINKS, now, nothing=why) as (conn, log):
        ref = await tokens.link(conn, token, now)
        if ref is None:
            raise NotFoundError("link")
        if ref.user_id is not None:
            log.nothing("who holds it may choose a password, and is told no more than the address it was mailed to")
            return await _opened_account(conn, ref, ref.user_id)
        if ref.purpose == Link.SURVEY:
            log.nothing("it shows nothing of a meeting, and who looked is not to be known (section 8 A7)")
            return OpenedSurvey()
        if ref.meeting_id is None and ref.deviation_id is not None:
            alone = await _opened_report(conn, ref, now)
            if acts:
                return alone
            log.note("read", "deviation", alone.report.id, by=holder(ref))
            return alone
        if ref.purpose == Link.SITTING:
            log.note("list", "group_sitting", None, by=NAMELESS)
            return await called(conn, ref, now)
        if ref.purpose == Link.SUBSCRIPTION:
            log.nothing("who follows an open group is nobody's to know (section 21 O4)")
            return await news(conn, ref)
        if ref.purpose == Link.APPOINT:
            log.note("list", "standing_group", None, by=holder(ref))
            return await asked(conn, ref)
        found = (
            await _opened(conn, ref, now, shows=shows) if ref.check_id is None else await _opened_check(conn, ref, now)
        )
        if not acts and isinstance(found, OpenedCheck):
            log.note("read", "mailbox_check", found.check.unit_id, by=holder(ref))
        elif not acts and isinstance(found, Opened):
            log.note("read", "meeting", found.meeting.id, by=holder(ref))
        return found


async def _opened_account(conn: AsyncConnection, ref: LinkRef, user_id: UUID) -> OpenedAccount:
    listed, _ = await accounts.found(conn, (), after=None, only=user_id)
    if not listed or not listed[0].user.active:
        raise NotFoundError("link")
    return OpenedAccount(ref, user_id, listed[0].user.email, listed[0].user.name)


async def _opened_report(conn: AsyncConnection, ref: LinkRef, now: datetime) -> OpenedReport:
    report = await _report(conn, ref)
    speaks = await speaker(conn, report, None, ref.address, now)
    return OpenedReport(ref, report, None if speaks is None else speaks[0])


async def _opened_check(conn: AsyncConnection, ref: LinkRef, now: datetime) -> OpenedCheck:
    check = await mailbox_checks.by_id(conn, ref.check_id) if ref.check_id is not None else None
    if check is None:
        raise NotFoundError("link")
    return OpenedCheck(ref, check, (await rosters(conn, [check.unit_id], now))[check.unit_id])


async def _opened(conn: AsyncConnection, ref: LinkRef, now: datetime, *, shows: bool = False) -> Opened:
    wanted = ref.meeting_id
    found = None if wanted is None else (await meetings.load_many(conn, [wanted])).get(wanted)
    if found is None:
        raise NotFoundError("link")
    meeting = found.state
    if meeting.protected:
        raise NotFoundError("link")  # none is ever mailed: this one would be made up (rules, section 13)
    party = next((p for p in meeting.parties if p.ordinal == ref.party), None)
    person = None
    if party is not None and ref.attendee is not None:
        person = next((a for a in party.attendees if a.ordinal == ref.attendee), None)
    purpose = Link(ref.purpose)
    reads = purpose is Link.READING
    if reads:
        purpose = Link.ANSWER
    if purpose is Link.ANSWER and ref.attendee is not None:
        asked = person is not None and person.role is not AttendeeRole.NAMED and not person.stands
        purpose = Link.SUBSTITUTE if asked else Link.CHECK_IN
    # A party that was taken out of a draft is gone from it, and the link in its mail says so.
    if (party is None and purpose not in (Link.CHAIR, Link.CONVENER, Link.POLL_PICK, Link.POLL, Link.NEXT_DATE)) or (
        person is None and purpose in (Link.SUBSTITUTE, Link.CHECK_IN)
    ):
        raise NotFoundError("link")
    if purpose is Link.CHAIR and not await _records(conn, meeting, ref.address, now):
        raise NotFoundError("link")
    report = await _report(conn, ref) if purpose is Link.DEVIATION else None
    others: set[UUID] = set()
    if shows and await of_units_mailbox(conn, ref, purpose, party, now) and party is not None:
        others = set(await open_calls_of_unit(conn, party.unit_id, now)) - {meeting.id}
    speaks = None if report is None else await speaker(conn, report, meeting, ref.address, now)
    side = None if speaks is None else speaks[0]
    opened = Opened(ref, purpose, meeting, found.version, party, person, report, reads, len(others), side)
    return replace(opened, told=await _told(conn, opened)) if shows else opened


_CALLED = frozenset({Link.ANSWER, Link.MANAGER, Link.SUBSTITUTE, Link.CHECK_IN})


def convening_of(opened: Opened) -> int | None:
    """The party of the convener's side, where the holder speaks for a called unit that may tell of it."""
    party, meeting = opened.party, opened.meeting
    if party is None or party.removed or opened.purpose not in _CALLED or meeting.called_at is None:
        return None
    if party.obligation is Obligation.CONVENING:
        return None
    return next((one.ordinal for one in meeting.parties if one.obligation is Obligation.CONVENING), None)


async def _told(conn: AsyncConnection, opened: Opened) -> frozenset[str]:
    about, party = convening_of(opened), opened.party
    if about is None or party is None:
        return frozenset()
    kinds = await deviations.raised_by(conn, opened.meeting.id, about, party.unit_id)
    return frozenset("good" if good else "unclear" for good in kinds)


async def right_unit(db: Database, opened: Opened, text: str, now: datetime) -> list[UnitFound]:
    """A few units of the called party's principal in which every word stands, and not itself: whose the call may be
    instead. None for a link that does not answer for a unit.
    """
    party = opened.party
    if party is None or opened.purpose not in _REDIRECT:
        return []
    async with recorded(db, ServicePart.LINKS, now, nothing="names of units, as the directory has them") as (conn, _):
        found = await units.search(conn, text, now, principal=party.principal_id)
    return [unit for unit in found if unit.id != party.unit_id]


async def _records(conn: AsyncConnection, meeting: Meeting, address: str, now: datetime) -> bool:
    """Whether the address is one that attendance is asked of today: the chair's, the convener's or a coordinator's of
    hers. Whoever chaired before decides nothing more (rules, section 8 A1).
    """
    if any(same(address, one) for one in (meeting.chair_email, meeting.convener.email) if one):
        return True
    roster = (await rosters(conn, [meeting.convener.unit_id], now)).get(meeting.convener.unit_id)
    return roster is not None and any(same(address, one.email) for one in roster.coordinators if one.email)


async def calendar_entry(db: Database, token: str, now: datetime) -> tuple[Meeting, Invitation, str]:
    """The invitation that this link's holder has or may have in her calendar: the person's own, else the unit's; with
    its reply token. Raises NotFoundError where the meeting is not called or nobody is invited any more.
    """
    async with recorded(db, ServicePart.LINKS, now) as (conn, log):
        ref = await tokens.link(conn, token, now)
        opened = None if ref is None or ref.meeting_id is None else await _opened(conn, ref, now)
        found = None if opened is None else invitation_of(opened)
        if ref is None or opened is None or found is None:
            raise NotFoundError("link")
        log.note("read", "meeting", opened.meeting.id, by=holder(ref))
        known = {one.invitation: one.reply_token for one in await tokens.invitations_of(conn, opened.meeting.id)}
        return opened.meeting, found, known[found.ordinal if found.copy_of is None else found.copy_of]


def invitation_of(opened: Opened) -> Invitation | None:
    """What stands, or may stand, in the calendar of this link's holder; None where there is nothing to add."""
    meeting, person, party = opened.meeting, opened.attendee, opened.party
    if meeting.state is not MeetingState.CALLED or party is None or opened.purpose not in _IN_CALENDAR:
        return None
    own = None if person is None else person.ordinal
    theirs = [i for i in meeting.invitations if i.party == party.ordinal and i.attendee == own and i.active]
    return theirs[-1] if theirs else None


_IN_CALENDAR = frozenset({Link.ANSWER, Link.SUBSTITUTE, Link.CHECK_IN})
Call = tuple[Meeting, Party]


async def open_calls(db: Database, token: str, now: datetime) -> tuple[str, list[Call]]:
    """The open calls of the unit whose mailbox this link was mailed to, the next meeting first, with the unit's name.
    Raises NotFoundError for any other link: a person's own leads to her own answer alone.
    """
    async with recorded(db, ServicePart.LINKS, now) as (conn, log):
        ref, party = await of_mailbox(conn, token, now)
        found = await open_calls_of(conn, party.unit_id, now)
        log.note("list", "meeting", *(meeting.id for meeting, _ in found), by=holder(ref))
        return party.unit_name, found


async def of_mailbox(conn: AsyncConnection, token: str, now: datetime) -> tuple[LinkRef, Party]:
    """The link, and the party of the unit whose mailbox it was mailed to. Raises NotFoundError for any other link."""
    ref = await tokens.link(conn, token, now)
    opened = None if ref is None or ref.meeting_id is None else await _opened(conn, ref, now)
    if ref is None or opened is None or opened.party is None:
        raise NotFoundError("link")
    if not await of_units_mailbox(conn, ref, opened.purpose, opened.party, now):
        raise NotFoundError("link")
    return ref, opened.party


async def of_units_mailbox(
    conn: AsyncConnection, ref: LinkRef, purpose: Link, party: Party | None, now: datetime
) -> bool:
    """Whether the link was mailed to a mailbox that the unit has today, and not to a person."""
    if purpose is not Link.ANSWER or party is None:
        return False
    roster = (await rosters(conn, [party.unit_id], now)).get(party.unit_id)
    return roster is not None and any(same(ref.address, email) for email in roster.addresses)


async def open_calls_of(conn: AsyncConnection, unit_id: UUID, now: datetime) -> list[Call]:
    """Called meetings that have not begun, to which the unit is called."""
    found = await meetings.load_many(conn, await open_calls_of_unit(conn, unit_id, now))
    pairs = [
        (one.state, party)
        for one in found.values()
        for party in one.state.parties
        if party.unit_id == unit_id and party.active and party.obligation is not Obligation.CONVENING
    ]
    return sorted(pairs, key=lambda pair: (pair[0].start, pair[0].id))


async def _report(conn: AsyncConnection, ref: LinkRef) -> DeviationReport:
    wanted = ref.deviation_id
    found = (await deviations.load_many(conn, [wanted])).get(wanted) if wanted is not None else None
    if found is None:
        raise NotFoundError("link")
    return found.state
