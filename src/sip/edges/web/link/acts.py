"""What is done with the choice made behind a mailed link: one use case per purpose."""

from functools import partial

from sip.domain.deviation import Statement
from sip.domain.effects import Link
from sip.domain.events import CancelReason
from sip.domain.terms import Channel
from sip.edges.web import report_forms, units
from sip.edges.web.link import view
from sip.edges.web.meeting import answer_form, claims
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.store.seen.units import UnitFound
from sip.usecases import answers, deviations, meetings
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import links
from sip.usecases.reading.links import Opened


async def act(page: Page, opened: Opened, reader: Reader, by: Command) -> Handled | None:
    """Does what was chosen; None when something is missing (and said beside its field)."""
    match opened.purpose:
        case Link.CONVENER:
            return await _as_convener(page, opened, reader, by)
        case Link.DEVIATION:
            return await _as_heard(page, opened, reader, by)
        case Link.SUBSTITUTE | Link.CHECK_IN:
            return await _as_person(page, opened, reader, by)
        case _:
            return await _as_unit(page, opened, reader, by)


def _sequence(opened: Opened, reader: Reader) -> int:
    """The sequence that the form showed; a form can show no later one than there is."""
    shown = reader.whole("sequence")
    return opened.meeting.sequence if shown is None else min(shown, opened.meeting.sequence)


async def _as_unit(page: Page, opened: Opened, reader: Reader, by: Command) -> Handled | None:
    assert opened.party is not None
    target = None
    if reader.state.value("answer") == "redirects":
        target = await units.read(page, reader, "target_unit", search=partial(_right_unit, page, opened))
    event = answer_form.read(
        reader, opened.party.ordinal, by, Channel.PAGE, _sequence(opened, reader),
        reply_to=opened.ref.address, invitation=opened.ref.invitation, target=target,
    )  # fmt: skip
    if event is None:
        return None
    handled = await answer_form.send(page.services.db, event, opened.meeting.id, by)
    if handled.refused is None:
        await answer_form.say_identity_known(page.services.db, reader, opened.meeting, event, by)
    return handled


async def _right_unit(page: Page, opened: Opened, text: str) -> list[UnitFound]:
    return await links.right_unit(page.services.db, opened, text, page.now)


async def _as_person(page: Page, opened: Opened, reader: Reader, by: Command) -> Handled | None:
    assert opened.party is not None and opened.attendee is not None
    what = reader.one_of("answer", ("i_come", "i_cannot"))
    passes_on = reader.person("passes_on") if what == "i_cannot" else None
    if not reader.right:
        return None
    how = answers.said(Channel.PAGE, _sequence(opened, reader), by, reply_to=opened.ref.address)
    return await answers.answer_as_attendee(
        page.services.db, opened.meeting.id, opened.party.ordinal, opened.attendee.ordinal, what == "i_come", how,
        by, passes_on=passes_on,
    )  # fmt: skip


async def _as_convener(page: Page, opened: Opened, reader: Reader, by: Command) -> Handled | None:
    claim = reader.whole("claim")
    if claim is not None:
        return await claims.decide(page.services.db, opened.meeting.id, claim, reader, by)
    what = reader.one_of("answer", ("go_ahead", "cancel"))
    if what == "cancel":
        reason = reader.choice("cancel_reason", CancelReason, required=True)
        return None if reason is None else await meetings.cancel(page.services.db, opened.meeting.id, reason, by)
    return await meetings.go_ahead(page.services.db, opened.meeting.id, by) if reader.right else None


async def _as_heard(page: Page, opened: Opened, reader: Reader, by: Command) -> Handled | None:
    """The word of the side that the report is about. Raises NotFoundError for a link of the other."""
    assert opened.report is not None
    if not opened.hears:
        raise NotFoundError("link")
    if view.asks_cause(opened):
        return await report_forms.cause(page, opened.report.id, reader, by)
    what = reader.choice("answer", Statement)
    if what is None:
        reader.wrong("answer", "page.deviation.missing_statement")
        return None
    account = reader.text("account") or None
    return await deviations.hear(page.services.db, opened.report.id, what, by, account=account)
