"""Answers by calendar judged together: many mails, one commit, and of each the outcome it would have had alone.

The law of this file: a mail is judged here only where nothing that another of the same commit does can reach it. So
there is one mail of a meeting in each commit, the next waits for the next; and where people may be asked to stand in,
or freed, no other meeting of the same hours is. What is no plain answer to an invitation of ours by its token is left
to `replies`, and nothing that came after it is judged before it. Locks: meetings first, in the order of their ids, the
mails' rows last (rules, section 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import events as e
from sip.domain.meeting import Meeting
from sip.domain.terms import AnswerKind
from sip.store.aggregates import meetings
from sip.store.aggregates.rosters import rosters
from sip.store.post import inbox, outbox, tokens
from sip.store.post.inbox import Inbound, Judged
from sip.store.post.tokens import InvitationRef
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.engine.handle import World, handle_loaded
from sip.usecases.engine.work import Handled, Item
from sip.usecases.received import round_trip
from sip.usecases.received.addressing import recipient_of, uid_of
from sip.usecases.received.heard import Wanted
from sip.usecases.received.meaning import wanted
from sip.usecases.received.outcomes import Why, judged
from sip.usecases.received.parsed import Kind, ParsedMail
from sip.usecases.received.replies import came_of, claim_of

_WORDS = frozenset({Kind.HUMAN, Kind.AUTO_REPLY, Kind.BROKEN})
_OF_MACHINES = frozenset({Kind.BOUNCE, Kind.DELAY})
_ENGAGES_NOBODY = (e.ReplySeen, e.Refreshed, e.HumanWrote, e.AutoReplied)
_BY_MAIL = Actor(ActorKind.MAIL)


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """A mail that waits, and what was made of its bytes."""

    inbound: Inbound
    mail: ParsedMail

    @property
    def token(self) -> str | None:
        """The reply token that it may be an answer by, in lower case; None where it is none for this file."""
        to = recipient_of(self.inbound.recipient)
        other = to.token is None or to.is_bounce or round_trip.is_of(to.token) or self.mail.kind in _OF_MACHINES
        return None if other or to.token is None else to.token.lower()


@dataclass(frozen=True, slots=True)
class Lot:
    """What came of some mails: how many were judged, those whose rules raised, and those that are left, in order.

    `alone`: the first of those left is none for this file.
    """

    judged: int
    failed: dict[int, Exception]
    left: Sequence[OpenedMail]
    alone: bool


@dataclass(slots=True)
class _Answer:
    read: OpenedMail
    ref: InvitationRef
    asked: Wanted = field(default_factory=lambda: Wanted(Why.UID_DIFFERS))
    handled: Handled | None = None

    @property
    def astray(self) -> bool:
        """Whether its calendar entry is another than the one that the token is of."""
        mail = self.read.mail
        return mail.uid is not None and uid_of(mail.uid) != self.ref.id

    def came_of(self) -> Judged:
        ref, asked, handled = self.ref, self.asked, self.handled
        if self.astray:
            return judged(Why.UID_DIFFERS, *ref.place, answered_by=self.read.mail.from_email)
        why = asked.why if handled is None else came_of(asked, handled)
        claim = None if handled is None else claim_of(self.read.inbound, handled)
        return judged(why, *ref.place, claim=claim, answered_by=asked.who, flags=asked.flags)


async def judge(conn: AsyncConnection, mails: Sequence[OpenedMail], *, now: datetime, world: World) -> Lot:
    """Judges what may be judged in this transaction; each mail of the rest has its turn in another.

    A mail that somebody else holds or has judged meanwhile is in no part of what is given.
    """
    answers, left, alone = await _of_ours(conn, mails)
    if not answers:
        return Lot(0, {}, left, alone)
    targets = sorted({one.ref.meeting_id for one in answers})
    loaded = await meetings.load_many(conn, targets, lock=True)
    held = await inbox.claim_all(conn, [one.read.inbound.id for one in answers])
    mine = [one for one in answers if one.read.inbound.id in held]
    states = {target: there.state for target, there in loaded.items()}
    await _ask(conn, mine, states, now)
    taken, waiting = _apart(mine, states)
    items = [_item(one, states[one.ref.meeting_id]) for one in taken if one.asked.event is not None]
    batch = await handle_loaded(conn, loaded, items, actor=_BY_MAIL, now=now, world=world)
    came = {item.target: handled for item, handled in zip(items, batch.handled, strict=True)}
    failed: dict[int, Exception] = {}
    for one in taken:
        if one.asked.event is not None:
            one.handled = came[one.ref.meeting_id]
            if one.handled is None:
                failed[one.read.inbound.id] = batch.failures[one.ref.meeting_id]
    done = [(one.read.inbound, one.came_of()) for one in taken if one.read.inbound.id not in failed]
    await inbox.judge_all(conn, done, now)
    rest = sorted([*(one.read for one in waiting), *left], key=lambda one: one.inbound.id)
    return Lot(len(done), failed, rest, alone and not waiting)


async def _of_ours(
    conn: AsyncConnection, mails: Sequence[OpenedMail]
) -> tuple[list[_Answer], list[OpenedMail], bool]:  # fmt: skip
    """The first mail of each meeting, up to the first that is none for this file; then what is left, and whether that
    one is the first of it.
    """
    known = [one.token for one in mails if one.token is not None]
    refs = await tokens.invitations_by_reply_tokens(conn, known) if known else {}
    words = [one.token for one in mails if one.token is not None and one.mail.kind in _WORDS]
    of_reports = await outbox.known_bounce_tokens(conn, words) if words else set()
    found: list[_Answer] = []
    seen: set[UUID] = set()
    left: list[OpenedMail] = []
    for n, one in enumerate(mails):
        ref = None if one.token is None else refs.get(one.token)
        if ref is None or (one.mail.kind in _WORDS and one.token in of_reports):
            return found, [*left, *mails[n:]], not left
        if ref.meeting_id in seen:
            left.append(one)
        else:
            seen.add(ref.meeting_id)
            found.append(_Answer(one, ref))
    return found, left, False


async def _ask(
    conn: AsyncConnection, answers: Sequence[_Answer], states: dict[UUID, Meeting], now: datetime
) -> None:  # fmt: skip
    """What each of them wants of its meeting."""
    units = {states[one.ref.meeting_id].party(one.ref.party).unit_id for one in answers}
    known = await rosters(conn, units, now) if units else {}
    for one in answers:
        if not one.astray:
            meeting = states[one.ref.meeting_id]
            invitation = meeting.invitation(one.ref.invitation)
            roster = known.get(meeting.party(invitation.party).unit_id)
            one.asked = wanted(meeting, invitation, roster, one.read.mail, one.read.inbound, now)


def _apart(answers: Sequence[_Answer], states: dict[UUID, Meeting]) -> tuple[list[_Answer], list[_Answer]]:
    """Those that nothing of one another's can reach, and those that wait: who is asked to stand in depends on who
    comes to another meeting at that hour (rules, section 7 S2).
    """
    taken: list[_Answer] = []
    waiting: list[_Answer] = []
    engaging: list[Meeting] = []
    for one in answers:
        meeting = states[one.ref.meeting_id]
        engages = _may_engage(meeting, one.asked.event)
        if engages and any(meeting.start < other.end and other.start < meeting.end for other in engaging):
            waiting.append(one)
        else:
            taken.append(one)
        if engages:
            engaging.append(meeting)
    return taken, waiting


def _may_engage(meeting: Meeting, event: object) -> bool:
    """Whether somebody may be asked to come by it, or be freed; not by a unit's own yes where nobody is named yet."""
    if event is None or isinstance(event, _ENGAGES_NOBODY):
        return False
    if not isinstance(event, e.Answered) or event.kind is not AnswerKind.ATTENDS:
        return True
    return bool(event.names or event.speaker is not None or meeting.party(event.party).attendees)


def _item(one: _Answer, meeting: Meeting) -> Item:
    party = meeting.party(meeting.invitation(one.ref.invitation).party)
    actor = Actor(ActorKind.MAIL, one.asked.who, unit_id=party.unit_id, organisation_id=party.organisation_id)
    return Item(meeting.id, one.asked.event, one.read.inbound.event_id, actor=actor)
