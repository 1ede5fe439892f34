"""A failure of cooperation is written of by hand: the form, what is kept of it until it is sent, and its sending
(rules, section 8 D9).

The law of this file: what has been said is kept as it is, wanting or not; what is wanting is said when it is sent.
"""

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import Category
from sip.domain.failure import LEVELS, FailureDraft, Risk, belongs_elsewhere
from sip.edges.web import units
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import failures
from sip.usecases.access import Act, require_role
from sip.usecases.commands import Command
from sip.usecases.problems import ConflictError, InvalidError
from sip.usecases.reading import meetings as reading


@dataclass(frozen=True, slots=True)
class _About:
    """What the form says of what it is about: the units by name, and of a meeting which."""

    reporting: str = ""
    receiving: str = ""
    reference: str = ""


@get("/deviations/new")
async def new(page: NamedDependency[Page]) -> Response[Any]:
    """The empty form; with a meeting and a party it is about that."""
    require_role(signed_in(page).actor, Act.RAISE_DEVIATION)
    asked = page.request.query_params
    meeting, party = units.uuid_of(asked.get("meeting", "")), asked.get("party", "")
    number = int(party) if party.isascii() and party.isdigit() and len(party) < 5 else None
    whole = meeting is not None and number is not None
    return await _render(page, None, FailureDraft(meeting_id=meeting, party=number) if whole else FailureDraft())


@get("/deviations/drafts/{draft_id:uuid}")
async def show(page: NamedDependency[Page], draft_id: FromPath[UUID]) -> Response[Any]:
    """What has been said so far."""
    draft = await failures.get(page.services.db, draft_id, actor=signed_in(page).actor, now=page.now)
    return await _render(page, draft_id, draft)


@post("/deviations/new", status_code=200)
async def begin(page: NamedDependency[Page]) -> Response[Any]:
    """Keeps what has been said for the first time, or sends it."""
    return await _said(page, None)


@post("/deviations/drafts/{draft_id:uuid}", status_code=200)
async def change(page: NamedDependency[Page], draft_id: FromPath[UUID]) -> Response[Any]:
    """Keeps what is said now, or sends it."""
    return await _said(page, draft_id)


@post("/deviations/drafts/{draft_id:uuid}/erasing", status_code=200)
async def erase(page: NamedDependency[Page], draft_id: FromPath[UUID]) -> Response[Any]:
    """Nothing of it is kept."""
    await failures.erase(page.services.db, draft_id, actor=signed_in(page).actor, now=page.now)
    return page.to("/deviations#drafts")


async def _said(page: Page, draft_id: UUID | None) -> Response[Any]:
    signed_in(page)
    reader = await page.reader()
    by = await page.command(reader)
    where = draft_id or uuid5(NAMESPACE_URL, by.event_id)
    sends = reader.state.value("act") == "send"
    draft = await _read(page, reader, sends=sends)
    if reader.right:
        try:
            return await _kept(page, where, draft, by, reader, sends=sends)
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await _render(page, draft_id, draft, state=reader.state, status=422)


async def _kept(
    page: Page, draft_id: UUID, draft: FailureDraft, by: Command, reader: Reader, *, sends: bool
) -> Response[Any]:
    actor = by.actor
    await failures.save(page.services.db, draft_id, draft, actor=actor, now=page.now)
    if not sends:
        return page.to(f"/deviations/drafts/{draft_id}?saved=yes")
    try:
        done = await failures.send(page.services.db, draft_id, by)
    except ConflictError as error:
        reader.state.errors[""] = page.t(f"reason.{error.code}")
        return await _render(page, draft_id, draft, state=reader.state, status=409)
    if done.refused is not None or done.state is None:
        reader.state.errors[""] = "" if done.refused is None else page.sentence(done.refused)
        return await _render(page, draft_id, draft, state=reader.state, status=409)
    return page.to(f"/deviations/{done.state.id}#state")


async def _read(page: Page, reader: Reader, *, sends: bool) -> FailureDraft:
    """What the form says; what is missing is wrong only where it is sent."""
    actor = signed_in(page).actor
    meeting, party = reader.uuid("meeting"), reader.whole("party")
    chosen = tuple(one for one in Category if reader.state.value(f"categories_{one}"))
    if sends and not chosen:
        reader.wrong("categories", "page.meeting.report_no_category")
    of_meeting = meeting is not None and party is not None
    ours, theirs = actor.unit_id, None
    if not of_meeting:
        ours = ours or await units.read(page, reader, "reporting_unit", required=sends)
        theirs = await units.read(page, reader, "receiving_unit", required=sends)
    levels = {name: reader.one_of(name, tuple(map(str, LEVELS)), required=False) for name in ("severity", "likelihood")}
    risk = Risk(
        reader.day("happened_on"),
        *(int(levels[name]) if levels[name] else None for name in ("severity", "likelihood")),
    )
    return FailureDraft(
        chosen, reader.text("description", required=sends), risk, None if of_meeting else ours, theirs,
        meeting if of_meeting else None, party if of_meeting else None,
    )  # fmt: skip


async def _about(page: Page, draft: FailureDraft) -> _About:
    """The names of the two units. Raises NotFoundError for a meeting that she does not see."""
    visitor, db = signed_in(page), page.services.db
    if draft.meeting_id is not None:
        meeting = await reading.current(db, draft.meeting_id, actor=visitor.actor, now=page.now)
        there = [one.unit_name for one in meeting.parties if one.ordinal == draft.party]
        return _About(receiving=there[0] if there else "", reference=meeting.reference)
    ours = visitor.actor.unit_id or draft.reporting_unit_id
    wanted = [one for one in (ours, draft.receiving_unit_id) if one is not None]
    known = await failures.unit_names(db, wanted, actor=visitor.actor, now=page.now)
    named = {one: known.get(one, "") for one in wanted}
    return _About(
        named[ours] if ours else "", named[draft.receiving_unit_id] if draft.receiving_unit_id else ""
    )  # fmt: skip


def _as_it_is(draft: FailureDraft, about: _About) -> FormState:
    risk = draft.risk
    values = {f"categories_{one}": "yes" for one in draft.categories}
    values |= {"description": draft.description, "reporting_unit": about.reporting, "receiving_unit": about.receiving}
    values |= {"happened_on": "" if risk.happened_on is None else risk.happened_on.isoformat()}
    values |= {"severity": str(risk.severity or ""), "likelihood": str(risk.likelihood or "")}
    return FormState(values)


async def _render(
    page: Page, draft_id: UUID | None, draft: FailureDraft, *, state: FormState | None = None, status: int = 200
) -> Response[Any]:
    about = await _about(page, draft)
    levels = [str(one) for one in LEVELS]
    return page.html(
        "failure.html", status=status, draft_id=draft_id, draft=draft, about=about,
        f=state or _as_it_is(draft, about), failed=state, saved=page.request.query_params.get("saved") == "yes",
        own_unit=signed_in(page).actor.unit_id is not None, categories=list(Category),
        severities=page.phrases.options("severity", levels), likelihoods=page.phrases.options("likelihood", levels),
        elsewhere=belongs_elsewhere(draft.risk.severity), today=page.phrases.local(page.now).date().isoformat(),
    )  # fmt: skip
