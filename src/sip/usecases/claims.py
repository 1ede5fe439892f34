"""The convener's side says whose an uncertain answer is: one press on a page, by API or behind a mailed link."""

from uuid import UUID

from sip.domain.decision import Reason, Refused
from sip.domain.events import ClaimDecided, Verdict
from sip.store.db import Database
from sip.store.post import inbox
from sip.usecases.access import Act, require_meeting
from sip.usecases.commands import Command, handled, hold
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import NotFoundError, refuse_texts


async def decide(
    db: Database,
    meeting_id: UUID,
    claim: int,
    verdict: Verdict,
    by: Command,
    *,
    name: str | None = None,
    said: str | None = None,
) -> Handled:
    """Confirmed or refused; the received mail it came by leaves the list of what waits.

    `name` is what a person nobody invited is called from now on. `said` is the word that was shown (the digest of its
    mail): if the claimant has said something else since, nothing is decided. Raises NotFoundError for a claim that is
    not there.
    """
    refuse_texts({"name": name})
    async with db.transaction(by.actor) as conn:
        found, held = await hold(conn, meeting_id)
        meeting = require_meeting(by.actor, found, Act.CONVENE)
        claimed = next((one for one in meeting.claims if one.ordinal == claim), None)
        if claimed is None:
            raise NotFoundError("claim")
        if said is not None and claimed.waits and claimed.stamp.digest != said:
            return Handled(meeting, held[meeting_id].version, Refused(Reason.STALE_VERSION), False, ())
        who = by.actor.name or by.actor.id or by.actor.kind.value
        done = await handled(conn, meeting_id, ClaimDecided(claim, verdict, who, name), by, held)
        if done.refused is None:
            await inbox.see_to_claim(conn, meeting_id, claim, by.now)
        return done
