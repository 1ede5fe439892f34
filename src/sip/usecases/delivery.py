"""Mail on its way: claim, compose, store, hand to the relay, record; and then tell the meetings (design, rule 5).

Composing and sending are the one thing injected in the program. Bytes are composed once and committed with a lease
before they travel; while they travel no connection is held; a repeat sends the stored bytes. The result is written on
mail and outbox alone, and `feed_back` takes it to the meetings, locked first.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.effects import AnyMail, Link, Notice
from sip.store import faults, sending, tokens
from sip.store.db import Database
from sip.store.sending import Ask, Bound, Outgoing, Result
from sip.usecases.feedback import feed_back

__all__ = [
    "Compose",
    "ComposedMail",
    "DeliveryPolicy",
    "DeliveryReport",
    "MailSecrets",
    "Send",
    "SendResult",
    "Unmailable",
    "deliver",
    "feed_back",
]

SENT, LATER, NEVER, UNKNOWN = "sent", "later", "never", "unknown"
_LINK_LIVES = timedelta(days=14)
_REPORT_LINK_LIVES = timedelta(days=90)


class Unmailable(ValueError):  # noqa: N818 - said as one sentence
    """Raised by the injected composer for an address or content that no mail can be made of: given up, not tried
    again.
    """


@dataclass(frozen=True, slots=True)
class MailSecrets:
    """What only the store knows of a mail that is about to leave.

    `links` are tokens (not addresses), one or None for each mail in order. `reply_token` is None where no single
    invitation fits. `thread` is the Message-ID of the thread's first mail. `partstat` as in iCalendar.
    """

    bounce_token: str
    reply_token: str | None
    links: tuple[str | None, ...]
    thread: str | None
    partstat: str


class ComposedMail(Protocol):
    """Bytes ready for the relay, with their envelope."""

    @property
    def message_id(self) -> str: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def rcpt_to(self) -> str: ...
    @property
    def data(self) -> bytes: ...


class SendResult(Protocol):
    """What the relay said: `status` is sent, later, never or unknown; `code` and `text` are its answer."""

    @property
    def status(self) -> str: ...
    @property
    def code(self) -> int | None: ...
    @property
    def text(self) -> str: ...


Compose = Callable[[Sequence[AnyMail], MailSecrets], ComposedMail]
Send = Callable[[Outgoing], Awaitable[SendResult]]


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """Machine time: how long a try may take, how the waits grow, when a mail is given up; and how much at once."""

    lease: timedelta = timedelta(minutes=2)
    first_wait: timedelta = timedelta(minutes=1)
    longest_wait: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(days=2)
    batch: int = 50
    concurrency: int = 8

    def wait(self, attempt: int) -> timedelta:
        """The wait after this try: doubled each time."""
        doubled: timedelta = self.first_wait * (1 << min(attempt - 1, 20))
        return min(doubled, self.longest_wait)


@dataclass(slots=True)
class DeliveryReport:
    """What a pass did. `errors` are sentences about our own faults (composing)."""

    composed: int = 0
    sent: int = 0
    later: int = 0
    never: int = 0
    unknown: int = 0
    errors: list[str] = field(default_factory=list)

    def count(self, status: str) -> None:
        setattr(self, status, getattr(self, status) + 1)


async def deliver(
    db: Database, now: datetime, compose: Compose, send: Send, policy: DeliveryPolicy | None = None
) -> DeliveryReport:
    """Hands over everything that may leave at `now`, until nothing is left that may."""
    rules = policy or DeliveryPolicy()
    report = DeliveryReport()
    while True:
        outgoing = await _claim(db, now, compose, rules, report)
        if outgoing is None:
            return report
        results = await _hand_over(outgoing, send, rules)
        await _record(db, results, rules, report, now)


async def _claim(
    db: Database, now: datetime, compose: Compose, policy: DeliveryPolicy, report: DeliveryReport
) -> list[Outgoing] | None:
    """Bytes to hand over, committed; None when there is nothing to do."""
    async with db.transaction() as conn:
        again = await sending.claim_again(conn, policy.lease, now, policy.batch)
    async with db.transaction() as conn:
        asks = await sending.claim_calendar(conn, now, policy.batch)
        if not asks:
            asks = await sending.claim_ordinary(conn, now, policy.batch)
        made = [one for together in asks if (one := await _compose(conn, together, compose, now, report)) is not None]
        fresh = await sending.bind(conn, [bound for bound, _, _ in made], policy.lease, now)
        links = [
            link
            for outgoing, (_, mails, secrets) in zip(fresh, made, strict=True)
            for link in _links(mails, secrets, outgoing.mail_id, now)
        ]
        await tokens.keep_links(conn, links)
    report.composed += len(fresh)
    return [*again, *fresh] if asks or again else None


async def _compose(
    conn: AsyncConnection, asks: list[Ask], compose: Compose, now: datetime, report: DeliveryReport
) -> tuple[Bound, list[AnyMail], MailSecrets] | None:
    """One mail; what no mail can be made of is given up, what fails by our own fault is put off."""
    ids = tuple(ask.id for ask in asks)
    mails = [ask.mail for ask in asks]
    secrets = _secrets(asks)
    try:
        made = compose(mails, secrets)
    except Unmailable as error:
        await sending.fail(conn, ids, str(error), now)
        return None
    except Exception as error:  # put off and shown; the rest are served
        report.errors.append(faults.sentence(error))
        await sending.put_off(conn, ids, faults.sentence(error))
        return None
    digest = hashlib.sha256(made.data).digest()
    bound = Bound(ids, made.message_id, secrets.bounce_token, made.mail_from, made.rcpt_to, made.data, digest)
    return bound, mails, secrets


def _secrets(asks: Sequence[Ask]) -> MailSecrets:
    replies = {ask.reply_token for ask in asks}
    return MailSecrets(
        bounce_token=tokens.new_token(),
        reply_token=replies.pop() if len(replies) == 1 else None,
        links=tuple(tokens.new_token() if ask.mail.link is not None else None for ask in asks),
        thread=asks[0].thread,
        partstat=asks[0].partstat,
    )


def _links(
    mails: Sequence[AnyMail], secrets: MailSecrets, mail_id: int, now: datetime
) -> Iterator[tuple[str, tokens.LinkRef]]:
    for mail, token in zip(mails, secrets.links, strict=True):
        if token is not None and mail.link is not None:
            yield token, _opens(mail, mail.link, mail_id, now)


def _opens(mail: AnyMail, link: Link, mail_id: int, now: datetime) -> tokens.LinkRef:
    """One page, to 14 days after the meeting or the test call; of a report, for as long as it is answered."""
    if isinstance(mail, Notice):
        lives = max(mail.end, now) + _LINK_LIVES
        return tokens.LinkRef(
            link.value, None, None, None, None, None, mail.to.email, mail_id, lives, check_id=mail.check_id
        )
    lives = now + _REPORT_LINK_LIVES if link is Link.DEVIATION else max(mail.facts.end, now) + _LINK_LIVES
    return tokens.LinkRef(
        purpose=link.value,
        meeting_id=mail.facts.meeting_id,
        party=mail.party,
        attendee=mail.attendee,
        invitation=mail.invitation,
        deviation_id=mail.deviation_id,
        address=mail.to.email,
        mail_id=mail_id,
        expires_at=lives,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What became of one try."""

    mail: Outgoing
    status: str
    code: int | None
    text: str


async def _hand_over(outgoing: Sequence[Outgoing], send: Send, policy: DeliveryPolicy) -> list[_Said]:
    slots = asyncio.Semaphore(policy.concurrency)

    async def one(mail: Outgoing) -> _Said:
        async with slots:
            try:
                async with asyncio.timeout(policy.lease.total_seconds() * 0.9):
                    result = await send(mail)
            except Exception as error:  # it may have left: the same bytes again after the lease
                return _Said(mail, UNKNOWN, None, faults.sentence(error))
            return _Said(mail, result.status, result.code, result.text)

    return list(await asyncio.gather(*(one(mail) for mail in outgoing)))


async def _record(
    db: Database, said: Sequence[_Said], policy: DeliveryPolicy, report: DeliveryReport, now: datetime
) -> None:
    async with db.transaction() as conn:
        waiting = [one.mail.mail_id for one in said if one.status in (LATER, UNKNOWN)]
        ages = await sending.ages(conn, waiting) if waiting else {}
        results = []
        for one in said:
            status = one.status
            if status in (LATER, UNKNOWN) and ages.get(one.mail.mail_id, timedelta(0)) >= policy.give_up:
                status = NEVER
            wait = policy.lease if status == UNKNOWN else policy.wait(one.mail.attempt)
            results.append(Result(one.mail.mail_id, one.mail.attempt, status, one.code, one.text[:500], wait))
            report.count(status)
        await sending.record(conn, results, now)
