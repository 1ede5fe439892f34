"""Mail on its way: claim, compose, store, hand to the relay, record; and then tell the meetings (house, law 7).

Composing and sending are the one thing injected in the program. Bytes are composed once and committed with a lease
before they travel; while they travel no connection is held; a repeat sends the stored bytes. The result is written on
mail and outbox alone, and `feed_back` takes it to the meetings, locked first.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from sip import retention
from sip.domain.address import domain_of
from sip.domain.effects import AnyMail, Link, Mail, Notice
from sip.store.aggregates import faults
from sip.store.db import Database
from sip.store.post import codes, holding, sending, tokens
from sip.store.post.sending import Ask, Bound, Outgoing, Pace, Result
from sip.store.post.tokens import LinkRef, NewLink
from sip.store.vault import Vault
from sip.usecases.actor import ENGINE
from sip.usecases.engine.feedback import feed_back
from sip.usecases.engine.flying import LATER, NEVER, SENT, UNKNOWN, Flying, Landed, Send, SendResult

__all__ = [
    "LATER",
    "NEVER",
    "SENT",
    "UNKNOWN",
    "USUAL",
    "Compose",
    "ComposedMail",
    "Delivered",
    "DeliveryPolicy",
    "MailSecrets",
    "Send",
    "SendResult",
    "Unmailable",
    "deliver",
    "feed_back",
]

_PACE = Pace(at_once=4, per_minute=0)


class Unmailable(ValueError):  # noqa: N818 - said as one sentence
    """Raised by the injected composer for an address or content that no mail can be made of: given up, not tried
    again.
    """


@dataclass(frozen=True, slots=True)
class MailSecrets:
    """What only the store knows of a mail that is about to leave.

    `links` are tokens (not addresses), one or None for each mail in order, `codes` the short codes beside them.
    `reply_token` is None where no single invitation fits. `thread` is the Message-ID of the thread's first mail.
    `partstat` as in iCalendar.
    """

    bounce_token: str
    reply_token: str | None
    links: tuple[str | None, ...]
    thread: str | None
    partstat: str
    codes: tuple[str | None, ...]


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


Compose = Callable[[Sequence[AnyMail], MailSecrets], ComposedMail]


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """Machine time: how long a try may take, how the waits grow, when a mail is given up; how much at once; the pace
    of one recipient domain; how many seconds a pass waits for what it has let go.
    """

    lease: timedelta = timedelta(minutes=2)
    first_wait: timedelta = timedelta(minutes=1)
    longest_wait: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(days=2)
    batch: int = 50
    concurrency: int = 8
    pace: Pace = _PACE
    patience: float = 1.0

    def wait(self, attempt: int) -> timedelta:
        """The wait after this try: doubled each time."""
        doubled: timedelta = self.first_wait * (1 << min(attempt - 1, 20))
        return min(doubled, self.longest_wait)


USUAL = DeliveryPolicy()


@dataclass(slots=True)
class Delivered:
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
    db: Database,
    now: datetime,
    compose: Compose,
    send: Send,
    policy: DeliveryPolicy = USUAL,
    *,
    vault: Vault | None = None,
    flying: Flying | None = None,
) -> Delivered:
    """Hands over everything that may leave at `now`, until nothing is left that may.

    With `flying`, which the caller keeps, what is slow to land is left to a later call; without it all is waited for.
    Without a `vault` mails carry no short codes.
    """
    report = Delivered()
    async with db.transaction(ENGINE) as conn:
        await holding.is_held(conn, now)
    air = Flying(policy.concurrency) if flying is None else flying
    patient = flying is None
    try:
        while True:
            limit = policy.batch - len(air)  # a lease that only waits for its turn helps nobody
            claimed = await _claim(db, now, compose, vault, policy, limit, report) if limit > 0 else None
            air.launch(claimed or [], send, policy.lease)
            said = await air.landed(None if patient and claimed is None else policy.patience)
            if claimed is None and not said:
                return report
            await _record(db, said, policy, report, now)
    finally:
        if patient:
            await air.close()


async def _claim(
    db: Database,
    now: datetime,
    compose: Compose,
    vault: Vault | None,
    policy: DeliveryPolicy,
    limit: int,
    report: Delivered,
) -> list[Outgoing] | None:
    """Bytes to hand over, committed; None when there is nothing to do."""
    async with db.transaction(ENGINE) as conn:
        again = await sending.claim_again(conn, policy.lease, now, limit, policy.pace)
    async with db.transaction(ENGINE) as conn:
        asks = await sending.claim_calendar(conn, now, limit, policy.pace)
        if not asks:
            asks = await sending.claim_ordinary(conn, now, limit, policy.pace)
        maker = _Maker(conn, compose, vault, policy.give_up, now, report)
        made = [one for together in asks for one in await maker.made(together)]
        fresh = await sending.bind(conn, [bound for bound, _, _ in made], policy.lease, now)
        links = [
            link
            for outgoing, (_, mails, secrets) in zip(fresh, made, strict=True)
            for link in _links(mails, secrets, vault, outgoing.mail_id, now)
        ]
        await tokens.keep_links(conn, links)
    report.composed += len(fresh)
    return [*again, *fresh] if asks or again else None


_Made = tuple[Bound, list[AnyMail], MailSecrets]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Composes what was claimed, off the event loop. What no mail can be made of is given up at once; what fails by our
    own fault is put off, alone, and given up when it is as old as a mail that no server takes.
    """

    conn: AsyncConnection
    compose: Compose
    vault: Vault | None
    give_up: timedelta
    now: datetime
    report: Delivered

    async def made(self, asks: list[Ask]) -> list[_Made]:
        """One mail of these, or where one of them spoils it, one of each that can be made."""
        ids = [ask.id for ask in asks]
        try:
            return [await self._one(asks)]
        except Unmailable as error:
            await sending.fail(self.conn, ids, str(error), self.now)
        except Exception as error:  # put off and shown; the rest are served
            if len(asks) > 1:
                return [one for ask in asks for one in await self.made([ask])]
            said = faults.sentence(error)
            self.report.errors.append(said)
            await sending.put_off(self.conn, ids, said, self.give_up, self.now)
        return []

    async def _one(self, asks: list[Ask]) -> _Made:
        mails = [ask.mail for ask in asks]
        secrets = _secrets(asks, self.vault)
        made = await asyncio.to_thread(self.compose, mails, secrets)
        digest = hashlib.sha256(made.data).digest()
        domain = domain_of(mails[0].to.email)
        ids = tuple(ask.id for ask in asks)
        bound = Bound(
            ids, made.message_id, secrets.bounce_token, made.mail_from, made.rcpt_to, domain, made.data, digest
        )
        return bound, mails, secrets


_NO_CODE = frozenset({Link.ACCOUNT, Link.SURVEY})
"""Links that no short code stands for: what is used once has one way in."""


def _secrets(asks: Sequence[Ask], vault: Vault | None) -> MailSecrets:
    replies = {None if _is_neutral(ask.mail) else ask.reply_token for ask in asks}
    links = tuple(tokens.new_token() if ask.mail.link is not None else None for ask in asks)
    own = tokens.new_token()
    reply = replies.pop() if len(replies) == 1 else None
    return MailSecrets(
        bounce_token=own,
        reply_token=own if _is_of_one_report(asks) else reply,
        links=links,
        thread=None if _is_neutral(asks[0].mail) else asks[0].thread,
        partstat=asks[0].partstat,
        codes=tuple(
            codes.new_code() if link is not None and vault is not None and ask.mail.link not in _NO_CODE else None
            for ask, link in zip(asks, links, strict=True)
        ),
    )


def _is_of_one_report(asks: Sequence[Ask]) -> bool:
    """Then an answer to the mail joins the report's thread; the mail's own token says which (rules, section 8 D3)."""
    reports = {None if _is_neutral(one.mail) or isinstance(one.mail, Notice) else one.mail.deviation_id for one in asks}
    return len(reports) == 1 and None not in reports


def _is_neutral(mail: AnyMail) -> bool:
    """Of a protected meeting: nothing of it ties it to another, and an answer to it names none (rules, section 13)."""
    return isinstance(mail, Mail) and mail.facts.protected


def _links(
    mails: Sequence[AnyMail], secrets: MailSecrets, vault: Vault | None, mail_id: int, now: datetime
) -> Iterator[NewLink]:
    for mail, token, code in zip(mails, secrets.links, secrets.codes, strict=True):
        if token is not None and mail.link is not None:
            digest = vault.digest(code) if code is not None and vault is not None else None
            yield NewLink(token, _opens(mail, mail.link, mail_id, now), digest)


def _opens(mail: AnyMail, link: Link, mail_id: int, now: datetime) -> LinkRef:
    """One page, until some days after the meeting or the test call; of a report, for as long as it is answered; of an
    account, for as long as the mail says, from when it leaves.
    """
    if isinstance(mail, Notice) and mail.user_id is not None:
        lives = now + (mail.end - mail.start)
        return LinkRef(
            link.value, None, None, None, None, None, mail.to.email, mail_id, lives, user_id=mail.user_id
        )  # fmt: skip
    if isinstance(mail, Notice):
        lives = max(mail.end, now) + retention.LINK.life
        return LinkRef(link.value, None, None, None, None, None, mail.to.email, mail_id, lives, check_id=mail.check_id)
    of_report = link is Link.DEVIATION
    lives = now + retention.REPORT_LINK.life if of_report else max(mail.facts.end, now) + retention.LINK.life
    if link is Link.SURVEY:
        lives = now + retention.SURVEY_LINK.life
    if link is Link.READING:
        lives = now + retention.READING_CODE.life
    return LinkRef(
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


async def _record(
    db: Database, said: Sequence[Landed], policy: DeliveryPolicy, report: Delivered, now: datetime
) -> None:
    if not said:
        return
    async with db.transaction(ENGINE) as conn:
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
