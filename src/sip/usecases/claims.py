"""The convener's side says whose an uncertain answer is: one press on a page, by API or behind a mailed link."""

from uuid import UUID

from sip.domain.events import ClaimDecided, Verdict
from sip.domain.freetext import check
from sip.store import inbox
from sip.store.db import Database
from sip.usecases.access import Act, require_meeting
from sip.usecases.commands import Command, handled, meeting_of
from sip.usecases.handle import Handled
from sip.usecases.problems import NotFoundError, refuse_findings


async def decide(
    db: Database, meeting_id: UUID, claim: int, verdict: Verdict, by: Command, *, name: str | None = None
) -> Handled:
    """Confirmed or refused; the received mail it came by leaves the list of what waits.

    `name` is what a person nobody invited is called from now on. Raises NotFoundError for a claim that is not there.
    """
    refuse_findings(check({"name": name}))
    async with db.transaction() as conn:
        meeting = require_meeting(by.actor, await meeting_of(conn, meeting_id), Act.CONVENE)
        if all(one.ordinal != claim for one in meeting.claims):
            raise NotFoundError("claim")
        who = by.actor.name or by.actor.id or by.actor.kind.value
        done = await handled(conn, meeting_id, ClaimDecided(claim, verdict, who, name), by)
        if done.refused is None:
            await inbox.see_to_claim(conn, meeting_id, claim, by.now)
        return done
