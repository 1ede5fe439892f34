"""Polls of times: asked, answered, picked from and withdrawn (rules, section 9).

Pages, mailed links and API call the same functions; each is one transaction.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sip.domain.poll import PollAnswered, PollAsked, PollChoice, PollPicked, PollWithdrawn
from sip.domain.terms import Channel
from sip.store import cases
from sip.store.db import Database
from sip.usecases.access import Act, require_party
from sip.usecases.commands import Command, command, handled, moment
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import refuse_texts
from sip.usecases.reading.meetings import required

Span = tuple[datetime, datetime]


async def ask(db: Database, meeting_id: UUID, times: Sequence[Span], closes_on: date, by: Command) -> Handled:
    """The meeting's parties are asked which of these times suit them. Raises InvalidError for a time without a zone."""
    spans = tuple((moment(f"times[{n}].start", a), moment(f"times[{n}].end", b)) for n, (a, b) in enumerate(times))
    return await _with_case(db, meeting_id, PollAsked(spans, closes_on), by)


async def answer(
    db: Database,
    meeting_id: UUID,
    party: int,
    number: int,
    choices: Sequence[tuple[int, PollChoice]],
    by: Command,
    *,
    channel: Channel,
    through: str | None = None,
) -> Handled:
    """A party's choices by time; `through` is the address whose mailed link it came by."""
    who = by.actor.name or by.actor.id or by.actor.kind.value
    refuse_texts({"answered_by": by.actor.name})
    event = PollAnswered(party, number, tuple(choices), who, channel, through)
    return await command(db, meeting_id, by, lambda meeting: require_party(by.actor, meeting, party), event)


async def pick(db: Database, meeting_id: UUID, number: int, time: int, by: Command) -> Handled:
    """The draft gets the time, or the called meeting is moved to it."""
    return await _with_case(db, meeting_id, PollPicked(number, time), by)


async def withdraw(db: Database, meeting_id: UUID, number: int, by: Command) -> Handled:
    """No answer is needed any more."""
    return await command(db, meeting_id, by, Act.CONVENE, PollWithdrawn(number))


async def _with_case(db: Database, meeting_id: UUID, event: object, by: Command) -> Handled:
    """Both need the consent: the case is held, so that a withdrawal comes before or after, not between."""
    async with db.transaction(by.actor) as conn:
        meeting = (await required(conn, meeting_id, by.actor, Act.CONVENE)).state
        await cases.get(conn, meeting.case_id, lock=True)
        return await handled(conn, meeting_id, event, by)
