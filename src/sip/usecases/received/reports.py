"""Mail about a report: what a unit writes in answer to a mail of it joins the thread (rules, section 8 D3).

The law of this file: the mail of ours that is answered says which report it is and which unit was written to; the
sender must be of that unit. What is not certain waits for a person, as an answer to a call does; what carries what free
text may not is not kept at all, and its sender is told.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.decision import Reason
from sip.domain.deviation import DeviationReport, NoWordBecause, ReportSide, WordSaid, WordUnusable
from sip.domain.freetext import check
from sip.domain.people import Roster
from sip.domain.terms import Channel
from sip.store.aggregates import deviations
from sip.store.post import outbox
from sip.store.post.inbox import Inbound, Judged
from sip.store.post.outbox import Carried
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import meeting_of
from sip.usecases.engine.handle import World, handle
from sip.usecases.engine.work import Handled
from sip.usecases.received.meaning import unreadable
from sip.usecases.received.outcomes import Why, judged
from sip.usecases.received.parsed import Kind, ParsedMail
from sip.usecases.report_sides import speakers

_WORDS = frozenset({Kind.HUMAN, Kind.AUTO_REPLY, Kind.BROKEN})


async def judge(
    conn: AsyncConnection, inbound: Inbound, mail: ParsedMail, token: str | None, now: datetime, world: World
) -> Judged | None:
    """What came of it; None where it answers no mail of a report, or of one whose mails tie nothing to it."""
    carried = await _answered(conn, mail, token) if mail.kind in _WORDS else None
    if carried is None or carried.deviation_id is None:
        return None
    found = (await deviations.load_many(conn, [carried.deviation_id])).get(carried.deviation_id)
    if found is None or found.state.protected:
        return None
    report, who = found.state, mail.from_email
    place = (report.meeting_id, report.party)
    if mail.kind is Kind.AUTO_REPLY:
        return judged(Why.AUTO_REPLY if mail.report is None else Why.DELIVERED, *place, answered_by=who)
    if mail.kind is Kind.BROKEN:
        return judged(Why.BROKEN, *place, answered_by=who, flags=unreadable(mail))
    side = await _side(conn, report, carried, mail, now)
    words = None if side is None else await asyncio.to_thread(mail.words)
    if side is None or words is None:
        return judged(Why.HUMAN, *place, answered_by=who)
    said = _MailedWord(report, side, words, mail, inbound, now, world)
    return judged(await _say(conn, said), *place, answered_by=who)


async def _answered(conn: AsyncConnection, mail: ParsedMail, token: str | None) -> Carried | None:
    """What the answered mail of ours carried, of one report alone: by the token of its Reply-To, else by its thread."""
    for one in (token,) if token is not None else mail.tokens:
        if (found := _one(await outbox.carried_by_bounce_token(conn, one))) is not None:
            return found
    for message_id in mail.in_reply_to if token is None else ():
        if (found := _one(await outbox.carried_by_message_id(conn, message_id))) is not None:
            return found
    return None


def _one(carried: list[Carried]) -> Carried | None:
    return carried[0] if len({one.deviation_id for one in carried}) == 1 else None


async def _side(
    conn: AsyncConnection, report: DeviationReport, carried: Carried, mail: ParsedMail, now: datetime
) -> ReportSide | None:
    """The unit that was written to, where the sender is of it and not found forged; None where that is not certain, as
    of an address that answers for both.
    """
    meeting = None if report.meeting_id is None else await meeting_of(conn, report.meeting_id)
    speaks = await speakers(conn, report, meeting, carried.email, now)
    if len(speaks) != 1 or mail.authentic is False or mail.from_email is None:
        return None
    ((side, roster),) = speaks
    return side if _is_of(roster, carried.email, mail.from_email) else None


def _is_of(roster: Roster | None, written_to: str, sender: str) -> bool:
    return sender == folded(written_to) or (roster is not None and roster.has_colleague(sender))


@dataclass(frozen=True, slots=True)
class _MailedWord:
    """What a unit wrote, and what it came with."""

    report: DeviationReport
    side: ReportSide
    words: str
    mail: ParsedMail
    inbound: Inbound
    now: datetime
    world: World

    async def tell(self, conn: AsyncConnection, event: object, after: str = "") -> Handled:
        of = self.report.side(self.side)
        actor = Actor(ActorKind.MAIL, self.mail.from_email, unit_id=of.unit_id, organisation_id=of.organisation_id)
        event_id = f"{self.inbound.event_id}{after}"
        return await handle(
            conn, self.report.id, event, event_id=event_id, actor=actor, now=self.now, world=self.world
        )  # fmt: skip

    @property
    def sender(self) -> str | None:
        """Who is told what became of it: never a machine, a list or an empty return path."""
        told = self.mail.automatic or self.mail.bulk or not self.inbound.mail_from
        return None if told else self.mail.from_email


async def _say(conn: AsyncConnection, said: _MailedWord) -> Why:
    if check({"text": said.words}):
        await said.tell(conn, WordUnusable(said.side, NoWordBecause.NUMBER, said.sender))
        return Why.PERSON_NUMBER
    handled = await said.tell(conn, WordSaid(said.side, said.words, Channel.MAIL))
    if handled.refused is None:
        return Why.WORD
    if handled.refused.reason in (Reason.WRONG_STATE, Reason.THREAD_FULL):
        await said.tell(conn, WordUnusable(said.side, NoWordBecause.ENDED, said.sender), "/told")
    return Why.RULES
