"""Whether a person reads a unit's mailbox: test calls begun by the engine or a person, answered by mail or on a page.

The law of this file: only a person's act verifies a mailbox; an automatic answer is noted as proof of delivery, a
bounce with the server's words. The engine asks once a morning, never more units than it may, and only while answers can
come in (rules, sections 4 T3-T4, 5 L1 and 8 A3).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import mailbox_check
from sip.domain.address import folded, same
from sip.domain.agreement import RuleSet
from sip.domain.mailbox_check import CheckOutcome, MailboxCheck
from sip.domain.people import Roster
from sip.domain.values import replace
from sip.domain.worktime import OPENS, at_hour, local_day, office_time
from sip.store import agreements, directory_one, heartbeats
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database, beyond
from sip.store.post import mailbox_checks, outbox
from sip.store.post.feedback import SettledNotice
from sip.store.post.inbox import Inbound, Judged
from sip.store.post.outbox import Posting
from sip.usecases.access import MAY, Act, covers, require_role
from sip.usecases.actor import ENGINE, Actor
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.engine.surroundings import World
from sip.usecases.problems import FieldProblem, ForbiddenError, InvalidError, NotFoundError
from sip.usecases.received.addressing import uid_of
from sip.usecases.received.evidence import NOT_YET
from sip.usecases.received.outcomes import Why, judged
from sip.usecases.received.parsed import ParsedMail
from sip.usecases.recorded import recorded

DONE = "mailbox_checks"
_SAME_PRESS = timedelta(minutes=10)
_REPORTED = 300
_HUMAN = frozenset({"reply", "counter", "human"})
_BY_ITSELF = frozenset({"auto_reply", "refresh"})


async def valid_from(conn: AsyncConnection, now: datetime) -> datetime:
    """What was verified earlier counts as unverified: by the shortest time that an agreement in force allows."""
    today = local_day(now)
    months = [
        one.rules.verified_months
        for one in await agreements.all_agreements(conn)
        if one.valid_from <= today and (one.valid_to is None or today <= one.valid_to)
    ]
    return mailbox_check.valid_from(now, min(months, default=RuleSet().verified_months))


async def unverified(conn: AsyncConnection, now: datetime) -> list[UUID]:
    """The units in use whose mailbox counts as unverified (rules, section 8 A3)."""
    return await mailbox_checks.unverified(conn, local_day(now), now, await valid_from(conn, now))


# -- asking


async def ask_due(db: Database, now: datetime, world: World, most: int) -> int:
    """Once a working day, at its first look: at most `most` units are asked, those asked before once more first."""
    today = local_day(now)
    waits = world.answers_open_from is not None and world.answers_open_from > now
    if most <= 0 or waits or not office_time().is_office_time(now):
        return 0
    async with db.transaction(ENGINE) as conn:
        asked_at = (await heartbeats.seen(conn)).get(DONE)
        if (asked_at is not None and asked_at >= at_hour(today, OPENS)) or not await mailbox_checks.alone(conn):
            return 0
        again = await mailbox_checks.to_ask_again(conn, today, now, mailbox_check.again_due(now), most)
        since = await valid_from(conn, now) + mailbox_check.MONTH_BEFORE
        new = await mailbox_checks.to_ask(conn, today, now, since, most - len(again)) if len(again) < most else []
        known = await rosters(conn, [*new, *(check.unit_id for check in again)], now)
        checks = [mailbox_check.again(check, known[check.unit_id], now) for check in again]
        checks += [mailbox_check.first(_new_id(unit_id, now), known[unit_id], now) for unit_id in new]
        await _post(conn, checks, known, now, engine=True)
        await heartbeats.beat(conn, DONE, now)
    return len(checks)


async def ask(db: Database, unit_id: UUID, *, email: str | None = None, actor: Actor, now: datetime) -> MailboxCheck:
    """A person wants the unit asked now, in its first mailbox or in this one of its own. The same again within ten
    minutes is the same press.

    Raises NotFoundError, ForbiddenError, and InvalidError for a unit without a mailbox in use, or another's mailbox.
    """
    require_role(actor, Act.KEEP_UNIT)
    async with recorded(db, actor, now) as (conn, log):
        unit = await directory_one.unit(conn, unit_id, lock=True)
        known = await rosters(conn, [unit_id], now)
        if unit is None:
            raise NotFoundError("unit")
        roster = known[unit_id]
        if not covers(actor, unit_id, roster.organisation_id, roster.principal_id):
            raise ForbiddenError(MAY[Act.KEEP_DIRECTORY], Act.KEEP_DIRECTORY)
        if roster.phone_only or roster.closed_by(now) or not roster.addresses:
            raise InvalidError([FieldProblem("unit_id", "no_mailbox")])
        chosen = next((one for one in roster.addresses if email is None or same(one, email)), None)
        if chosen is None:
            raise InvalidError([FieldProblem("unit_id", "no_mailbox")])
        before = (await mailbox_checks.latest(conn, [unit_id])).get(unit_id)
        check = _asked(before, roster, now, chosen)
        if check is not before:
            async with beyond(conn):  # what is mailed to units is nobody's own; the ask before is superseded
                await _post(conn, [check], known, now, engine=False)
            log.note("ask", "mailbox_check", unit_id)
        else:
            log.nothing("the same press again")
    return check


def _asked(before: MailboxCheck | None, roster: Roster, now: datetime, email: str) -> MailboxCheck:
    """What is open is asked once more; else a new check."""
    if before is None or before.email != folded(email) or before.outcome is not None:
        return mailbox_check.first(_new_id(roster.unit_id, now, folded(email)), roster, now, email)
    if now - before.last_asked_at < _SAME_PRESS:
        return before
    return mailbox_check.again(before, roster, now)


def _new_id(unit_id: UUID, now: datetime, email: str = "") -> UUID:
    return uuid5(NAMESPACE, f"mailbox-check/{unit_id}/{now.isoformat()}/{email}")


async def _post(
    conn: AsyncConnection, checks: Sequence[MailboxCheck], known: dict[UUID, Roster], now: datetime, *, engine: bool
) -> None:
    posting = Posting()
    for check in checks:
        posting.mail(mailbox_check.call(check, known[check.unit_id], now), engine=engine)
    await mailbox_checks.save(conn, checks)
    await posting.write(conn, now)


# -- answers


async def judge(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, token: str | None, now: datetime, world: World, *,
    left_from: str | None = None,
) -> Judged | None:  # fmt: skip
    """What a mail says to a test call; None when it answers none. The envelope's token decides, others are hints.

    `left_from` is the token of the address that a mail of ours left from, where an answer went there instead.
    """
    check = await _left_from(conn, left_from) if left_from is not None else await _answered(conn, mail, token)
    if check is None:
        return None
    if mail.uid is not None and uid_of(mail.uid) != check.id:
        return judged(Why.UID_DIFFERS)
    roster = (await rosters(conn, [check.unit_id], now))[check.unit_id]
    if mail.kind in _BY_ITSELF or (mail.kind in _HUMAN and _automatic(check, roster, mail, now, world)):
        await mailbox_checks.save(conn, [replace(check, automatic_at=check.automatic_at or now)])
        return judged(Why.AUTO_REPLY if mail.kind == "auto_reply" else Why.AUTOMATIC)
    if mail.kind not in _HUMAN:
        return judged(Why.REQUEST_LIKE if mail.kind == "request_like" else Why.BROKEN)
    if mail.authentic is False or not _is_of_unit(check, roster, mail):
        return judged(Why.UNPROVEN, answered_by=mail.from_email)  # what verifies must come from the unit (A3)
    return judged(await _answer(conn, check, roster, "mail", inbound.received_at, now))


def _is_of_unit(check: MailboxCheck, roster: Roster, mail: ParsedMail) -> bool:
    sender = mail.from_email
    return sender is not None and (sender == folded(check.email) or roster.has_colleague(sender))


async def _answered(conn: AsyncConnection, mail: ParsedMail, token: str | None) -> MailboxCheck | None:
    for hint in (token,) if token is not None else tuple(mail.tokens):
        check = await mailbox_checks.by_token(conn, hint)
        if check is not None:
            return check
    return None


async def _left_from(conn: AsyncConnection, bounce_token: str) -> MailboxCheck | None:
    for check_id in await outbox.notices_in(conn, bounce_token, None):
        if check_id is not None:
            return await mailbox_checks.by_id(conn, check_id, lock=True)
    return None


def _automatic(check: MailboxCheck, roster: Roster, mail: ParsedMail, now: datetime, world: World) -> bool:
    """As for an invitation: said to be, the unit's calendar answers by itself, or too quick for a person."""
    quick = check.sent_at is not None and now - check.sent_at < world.automatic_within
    yes = any(one.email == folded(check.email) and one.partstat == "ACCEPTED" for one in mail.attendees)
    unanswered = mail.kind == "reply" and all(one.partstat == NOT_YET for one in mail.attendees)
    return mail.automatic or unanswered or (quick and (yes or mail.kind != "reply")) or (roster.auto_accepts and yes)


async def _answer(
    conn: AsyncConnection, check: MailboxCheck, roster: Roster, channel: str, at: datetime, now: datetime
) -> Why:
    """A person answered: the mailbox is verified, if it is still the unit's, and the entry leaves the calendar."""
    answered = replace(check, outcome=CheckOutcome.ANSWERED, channel=channel, settled_at=at, said=None)
    await mailbox_checks.save(conn, [answered])
    posting = Posting()
    posting.mail(mailbox_check.thanks(answered, roster, now), engine=False)
    await posting.write(conn, now)
    if check.email not in (folded(email) for email in roster.addresses):
        return Why.MAILBOX_LEFT
    await mailbox_checks.verify(conn, check.unit_id, check.email, at)
    return Why.MAILBOX_VERIFIED


async def answer(db: Database, check_id: UUID, *, ours: bool, actor: Actor, now: datetime) -> None:
    """A person chose on the page behind the mailed link; a yes stands. Raises NotFoundError.

    `ours`: she reads the mailbox for the unit; else it is not the unit's, and its address in the directory is wrong.
    """
    async with recorded(db, actor, now) as (conn, log):
        check = await mailbox_checks.by_id(conn, check_id, lock=True)
        if check is None:
            raise NotFoundError("link")
        if check.outcome is CheckOutcome.ANSWERED:
            log.nothing("it has been said before")
            return
        if ours:
            roster = (await rosters(conn, [check.unit_id], now))[check.unit_id]
            await _answer(conn, check, roster, "page", now, now)
        else:
            no = replace(check, outcome=CheckOutcome.DISOWNED, channel="page", settled_at=now, said=None)
            await mailbox_checks.save(conn, [no])
        log.note("answer", "mailbox_check", check.unit_id)


# -- what became of the mails


async def settle(conn: AsyncConnection, rows: Iterable[SettledNotice]) -> None:
    """The relay took a test call, or refused it for ever."""
    for row in rows:
        check = None if row.check_id is None else await mailbox_checks.by_id(conn, row.check_id, lock=True)
        if check is None or check.outcome is not None:
            continue
        if row.state == "sent":
            await mailbox_checks.save(conn, [replace(check, sent_at=row.settled_at)])
        elif row.state == "failed":
            await _undeliverable(conn, check, row.reason, row.settled_at)


async def bounced(conn: AsyncConnection, mail: ParsedMail, tag: str, token: str | None, now: datetime) -> Judged | None:
    """A permanent failure after the relay had accepted a mail of no meeting; None when it is of none."""
    report = mail.report
    by = token if tag == "bounce" else None, report.original_message_id if report is not None else None
    carried = await outbox.notices_in(conn, *by)
    if not carried and (report is None or report.original_message_id is None):
        # Only a mail of ours counts, and its Message-ID would have led to it (decision 0022).
        answered = await _answered(conn, mail, token if tag != "bounce" else None)
        carried = [answered.id] if answered is not None else []
    said = " ".join(filter(None, (report.status, report.diagnostic))) if report is not None else ""
    for check_id in carried:
        check = None if check_id is None else await mailbox_checks.by_id(conn, check_id, lock=True)
        if check is not None and check.outcome is not CheckOutcome.ANSWERED:
            await _undeliverable(conn, check, said, now)
    if carried:
        await outbox.entry_returned(conn, *by, said[:_REPORTED])
    return judged(Why.BOUNCE) if carried else None


async def _undeliverable(conn: AsyncConnection, check: MailboxCheck, said: str | None, at: datetime) -> None:
    outcome = CheckOutcome.UNDELIVERABLE
    await mailbox_checks.save(conn, [replace(check, outcome=outcome, settled_at=at, said=(said or "")[:_REPORTED])])
