"""A calendar's invitation or cancellation to the service's own address: a convener's booking (rules, section 10).

The law of this file: it never calls, and it answers nobody but a convener whom our own mail server vouches for, once
for each word of hers. Of the guests the directory does not know nothing is kept but their number; the mail itself is
let go of as soon as it has been read.
"""

import hashlib
from datetime import datetime
from uuid import uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import booking as rules
from sip.domain.address import folded
from sip.domain.booking import Booking, BookingHeard, BookingState
from sip.domain.effects import NoticeKind
from sip.domain.people import Address
from sip.domain.worktime import local_day
from sip.store import bookings, users
from sip.store.post import inbox
from sip.store.post.inbox import Inbound, Judged
from sip.store.post.outbox import Posting
from sip.store.users import UserRecord
from sip.usecases.access import MAY, Act
from sip.usecases.bookings import as_it_is, follow
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.received.outcomes import Why, judged
from sip.usecases.received.parsed import ParsedMail

_UIDS = 500


async def judge(conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, now: datetime) -> Judged | None:
    """What became of it; None for what is no booking, or nobody's whom we know: that goes the way of other mail."""
    booked = mail.booked
    if booked is None or booked.uid is None or mail.bulk or mail.method not in ("REQUEST", "CANCEL"):
        return None
    user = await _convener(conn, mail, now)
    if user is None:
        return None
    if mail.authentic is not True:
        return judged(Why.UNPROVEN, answered_by=mail.from_email)
    uid_hash = hashlib.sha256(booked.uid[:_UIDS].encode()).digest()
    kept = await bookings.of_uid(conn, user.id, uid_hash)
    before = None if kept is None else await as_it_is(conn, kept)
    if mail.method == "CANCEL":
        found = await _cancelled(conn, before, mail, user, now)
    else:
        found = await _heard(conn, inbound, before, mail, user, uid_hash, now)
    await inbox.let_go(conn, inbound.id)
    return judged(found, before.meeting_id if before is not None else None, answered_by=mail.from_email)


async def _convener(conn: AsyncConnection, mail: ParsedMail, now: datetime) -> UserRecord | None:
    """The user whose address the mail is from, if she may convene today."""
    user = await users.by_email(conn, mail.from_email) if mail.from_email is not None else None
    if user is None or not user.active:
        return None
    grants = await users.grants_of(conn, user.id, local_day(now))
    return user if any(grant.role in MAY[Act.CONVENE] for grant in grants) else None


async def _heard(
    conn: AsyncConnection,
    inbound: Inbound,
    before: Booking | None,
    mail: ParsedMail,
    user: UserRecord,
    uid_hash: bytes,
    now: datetime,
) -> Why:
    said, names = await _said(conn, inbound, mail, user, now)
    if before is None:
        new = rules.begun(uuid5(NAMESPACE, f"booking/{user.id}/{uid_hash.hex()}"), user.id, uid_hash, said, now)
        after = await as_it_is(conn, new)
    else:
        after = rules.updated(before, said, now)
    if after == before:
        return Why.ALREADY_APPLIED
    await bookings.save(conn, after)
    if before is not None and after.state is BookingState.WAITING:
        await follow(conn, before, after, now)
    taken = after.state is BookingState.TAKEN
    if taken and before is not None and (after.start, after.end) == (before.start, before.end):
        return Why.BOOKED  # its text or its guests changed: of no matter to a meeting that was made of it
    await _tell(conn, after, NoticeKind.BOOKING_CHANGED if taken else NoticeKind.BOOKING, user, names, now)
    return Why.BOOKED


async def _said(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, user: UserRecord, now: datetime
) -> tuple[BookingHeard, tuple[str, ...]]:
    """What the rules need of it, and the names of its units."""
    booked = mail.booked
    assert booked is not None
    own = {folded(inbound.recipient), folded(user.email), booked.organizer}
    guests = {line.email for line in mail.attendees} - own
    units = await bookings.units_at(conn, guests, local_day(now), now)
    known = {email for _, email, _ in units}
    place = await bookings.unit_called(conn, booked.place, now) if booked.place else None
    heard = BookingHeard(
        sequence=mail.sequence or 0,
        start=mail.start,
        end=mail.end,
        all_day=booked.all_day,
        recurring=booked.recurring,
        video_url=booked.video_url,
        place_unit=place,
        units=tuple(unit for unit, _, _ in units),
        left_out=len(guests - known),
    )
    return heard, tuple(name for _, _, name in units)


async def _cancelled(
    conn: AsyncConnection, before: Booking | None, mail: ParsedMail, user: UserRecord, now: datetime
) -> Why:
    if before is None:
        return Why.REQUEST_LIKE
    after = rules.cancelled(before, mail.sequence or 0, now)
    if after == before:
        return Why.ALREADY_APPLIED
    await bookings.save(conn, after)
    if after.state is BookingState.TAKEN:
        await _tell(conn, after, NoticeKind.BOOKING_CANCELLED, user, (), now)
    return Why.BOOKED


async def _tell(
    conn: AsyncConnection, booking: Booking, kind: NoticeKind, user: UserRecord, names: tuple[str, ...], now: datetime
) -> None:
    posting = Posting()
    to = Address(user.email, user.name, user.language)
    posting.mail(rules.notice(booking, kind, to, names, now), engine=False)
    await posting.write(conn, now)
