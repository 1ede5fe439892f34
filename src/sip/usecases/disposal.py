"""A draft that nobody was told of is thrown away: gone at once, with all its rows (rules, section 11).

The law of this file: it is cancelled by the rules first, like any draft, so that the journal tells who ended it and why
nothing stands there; then its rows go in the same transaction. The journal and the access log stay (house, law 13).
"""

from uuid import UUID

from sip.domain import events as e
from sip.domain.disposal import throwable
from sip.store import cases, keeping
from sip.store.aggregates import disposal, journal
from sip.store.db import Database, beyond
from sip.store.keeping import LogOf
from sip.usecases.access import Act, require_meeting
from sip.usecases.commands import Command, handled, hold, meeting_of
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import ConflictError, NotFoundError
from sip.usecases.recorded import recorded


async def throw_away(db: Database, meeting_id: UUID, by: Command) -> Handled | None:
    """The draft, and its case where that was made with it and nothing else is of it. None where this very command has
    done it before.

    Raises ConflictError for a draft that somebody was told of, or that is none any more; NotFoundError, ForbiddenError.
    """
    async with recorded(db, by.actor, by.now) as (conn, log):
        before = await meeting_of(conn, meeting_id)
        if before is None:
            async with beyond(conn):  # of a meeting that is gone nobody sees the journal; it is her own command's word
                done_before = await journal.first_outcomes(conn, [(meeting_id, by.event_id)])
            if not done_before:
                raise NotFoundError("meeting")
            log.nothing("the same press again; what it did was recorded then")
            return None
        await cases.get(conn, before.case_id, lock=True)
        found, held = await hold(conn, meeting_id)
        meeting = require_meeting(by.actor, found, Act.CONVENE)
        log.note("erase", "meeting", meeting_id)
        async with beyond(conn):  # also by a meeting that follows it and was handed over
            told = await disposal.told(conn, meeting_id)
        if not throwable(meeting) or told:
            raise ConflictError("draft_told")
        done = await handled(conn, meeting_id, e.Cancelled(e.CancelReason.OTHER), by, held)
        if done.refused is None:
            async with beyond(conn):  # whole, whatever of it is in nobody's view
                alone = await disposal.erase(conn, meeting_id, meeting.case_id)
                # Its log has its time like that of any matter (rules, section 12 K1).
                own = meeting.convener.organisation_id
                called = ((meeting.case_id,), (meeting.reference,)) if alone else ((), ())
                log_of = LogOf(meeting_id, (meeting_id,), called[0], (), (own,), called[1])
                await keeping.remember(conn, own, None, [log_of], by.now)
        return done
