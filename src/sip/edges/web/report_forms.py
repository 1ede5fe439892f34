"""What the forms of a report say, read alike after sign-in and behind a mailed link.

The law of this file: None when something is missing, which is said beside its field. `side` is the unit that a link's
holder speaks for; who is signed in speaks for her own.
"""

from uuid import UUID

from sip.domain.bounds import NAME_MOST
from sip.domain.deviation import Cause, DeviationState, ReportSide
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.usecases import deviations
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled

HEARD = frozenset(
    {
        DeviationState.RECEIVED,
        DeviationState.IN_DIALOGUE,
        DeviationState.ANSWERED,
        DeviationState.FOLLOWED_UP,
        DeviationState.FORWARDED,
    }
)
"""Where measures are taken and followed up (rules, section 8 D4)."""


async def cause(page: Page, report_id: UUID, reader: Reader, by: Command) -> Handled | None:
    """The main cause, those that contributed, and the unit's own account."""
    found, account = reader.choice("cause", Cause, required=True), reader.text("account", required=True)
    also = tuple(one for one in Cause if reader.state.value(f"also_{one}"))
    if found is None or not reader.right:
        return None
    return await deviations.give_cause(page.services.db, report_id, found, account, by, also=also)


async def word(
    page: Page, report_id: UUID, reader: Reader, by: Command, side: ReportSide | None = None
) -> Handled | None:
    """A word to the other unit."""
    text = reader.text("text", required=True)
    return await deviations.say(page.services.db, report_id, text, by, side=side) if reader.right else None


async def measure(
    page: Page, report_id: UUID, reader: Reader, by: Command, side: ReportSide | None = None
) -> Handled | None:
    """What a unit does so that it goes better."""
    text, owner = reader.text("text", required=True), reader.text("owner", required=True, most=NAME_MOST)
    due_on = reader.day("due_on", required=True)
    if due_on is None or not reader.right:
        return None
    return await deviations.take_measure(page.services.db, report_id, text, owner, due_on, by, side=side)


async def follow_up(
    page: Page, report_id: UUID, number: int, reader: Reader, by: Command, side: ReportSide | None = None
) -> Handled | None:
    """Whether it was done, and what came of it."""
    done, effect = reader.one_of("done", ("yes", "no")), reader.text("effect", required=True)
    if not reader.right:
        return None
    return await deviations.follow_up(page.services.db, report_id, number, done == "yes", effect, by, side=side)
