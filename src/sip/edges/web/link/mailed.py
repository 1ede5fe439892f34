"""The page behind a mailed link: one page for one purpose, without sign-in (rules, section 3).

The law of this file: GET shows and never answers, for mail scanners open every link; only a POST with a human choice
that nothing preselects says anything. No free text of the meeting is shown. A link that never was, or has ended, is not
there.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import DeviationReport
from sip.domain.effects import Link
from sip.domain.meeting import Party
from sip.edges.web.link import acts, mailbox_check, view
from sip.edges.web.link.view import Opened
from sip.edges.web.meeting import answer_form, attendance
from sip.edges.web.meeting.layout import prefix_of
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.store.aggregates import deviations
from sip.store.aggregates import meetings as stored
from sip.store.post import tokens
from sip.store.post.tokens import LinkRef
from sip.store.seen import access_log, listings
from sip.store.seen.scope import Scope, ScopeKind
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.problems import InvalidError, NotFoundError


@get("/svar/{token:str}")
async def show(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """Time, form, place, convener, purpose from the list; and the choices."""
    async with page.services.db.transaction(ServicePart.LINKS) as conn:
        ref = await _ref(conn, page, token)
        if ref.check_id is not None:
            return await mailbox_check.show(conn, page, token, ref)
        opened = await _open(conn, page, ref)
        who = Actor(ActorKind.MAIL, opened.ref.address).columns()
        await access_log.record(conn, who, "read", "meeting", [str(opened.meeting.id)], page.now)
    return _render(page, token, opened, FormState())


@post("/svar/{token:str}", status_code=200)
async def answer(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """The choice that was made."""
    async with page.services.db.transaction(ServicePart.LINKS) as conn:
        ref = await _ref(conn, page, token)
        opened = await _open(conn, page, ref) if ref.check_id is None else None
    if opened is None:
        return await mailbox_check.choose(page, token, ref)
    reader = await page.reader()
    claim = reader.whole("claim")
    if claim is not None:
        reader.state.prefix = prefix_of("claim", claim)
    name = answer_form.who_answers(reader)
    actor = Actor(ActorKind.MAIL, opened.ref.address, name, opened.party.unit_id if opened.party else None)
    by = await page.command(reader, actor)
    if view.closed(page, opened):
        return _render(page, token, opened, reader.state, 409)
    try:
        handled = await acts.act(page, opened, reader, by)
    except InvalidError as error:
        page.say_problems(error, reader.state, {"names": "first_name", "name": "substitute_name"})
        handled = None
    if handled is None:
        return _render(page, token, opened, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return _render(page, token, opened, reader.state, 409)
    return page.to(f"/svar/{token}/tack")


@get("/svar/{token:str}/tack")
async def thanks(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """What holds after the answer."""
    async with page.services.db.transaction(ServicePart.LINKS) as conn:
        opened = await _open(conn, page, await _ref(conn, page, token))
    standing = view.standing_of(page, opened)
    more = len(view.waiting_claims(page, opened))
    convenes = opened.purpose is Link.CONVENER
    return page.html(
        "answered.html", meeting=opened.meeting, standing=standing, token=token, more=more, convenes=convenes
    )  # fmt: skip


def _render(page: Page, token: str, opened: Opened, state: FormState, status: int = 200) -> Response[Any]:
    if opened.purpose is Link.CHAIR:
        filled = state if state.errors else attendance.filled(opened.meeting)
        facts = attendance.context(
            page, opened.meeting, opened.version, list(opened.principals), filled,
            action=f"/svar/{token}", back=None, signs=True,
        )  # fmt: skip
        return page.html("attendance.html", status=status, **facts)
    facts = view.context(page, opened)

    def form_of(claim: int | None) -> FormState:
        prefix = "" if claim is None else prefix_of("claim", claim)
        return state if state.prefix == prefix else FormState({}, {}, prefix)

    return page.html("answer.html", status=status, token=token, form=form_of(None), form_of=form_of, **facts)


async def _ref(conn: AsyncConnection, page: Page, token: str) -> LinkRef:
    ref = await tokens.link(conn, token, page.now)
    if ref is None:
        raise NotFoundError("link")
    return ref


async def _open(conn: AsyncConnection, page: Page, ref: LinkRef) -> Opened:
    wanted = ref.meeting_id
    found = None if wanted is None else (await stored.load_many(conn, [wanted])).get(wanted)
    if found is None:
        raise NotFoundError("link")
    meeting = found.state
    party = next((p for p in meeting.parties if p.ordinal == ref.party), None)
    person = None
    if party is not None and ref.attendee is not None:
        person = next((a for a in party.attendees if a.ordinal == ref.attendee), None)
    purpose = Link(ref.purpose)
    if purpose is Link.ANSWER and ref.attendee is not None:
        purpose = Link.CHECK_IN
    if (party is None and purpose not in (Link.CHAIR, Link.CONVENER)) or (
        person is None and purpose in (Link.SUBSTITUTE, Link.CHECK_IN)
    ):
        raise NotFoundError("link")
    report, version = await _report(conn, ref) if purpose is Link.DEVIATION else (None, 0)
    units = await _units(conn, page, party) if purpose in (Link.ANSWER, Link.MANAGER) and party else []
    principals = await attendance.principals_of(conn) if purpose is Link.CHAIR else []
    return Opened(
        ref, purpose, meeting, found.version, party, person, report, version, tuple(units), tuple(principals)
    )  # fmt: skip


async def _report(conn: AsyncConnection, ref: LinkRef) -> tuple[DeviationReport, int]:
    wanted = ref.deviation_id
    found = (await deviations.load_many(conn, [wanted])).get(wanted) if wanted is not None else None
    if found is None:
        raise NotFoundError("link")
    return found.state, found.version


async def _units(conn: AsyncConnection, page: Page, party: Party) -> list[tuple[str, str]]:
    """Units of the same principal, to redirect to."""
    units = await listings.units(conn, Scope(ScopeKind.PRINCIPAL, party.principal_id), page.now)
    return sorted_pairs([(str(unit.id), unit.name) for unit in units if unit.id != party.unit_id])
