"""Disposal for people: what an organisation has decided, its holds, what would go, and what went.

The law of this file: nothing goes by a press that has not been shown what goes; the counts stand on the page that the
press is on, and the version of the decision with them.
"""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.keeping import Policy
from sip.domain.worktime import local_day
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.keeping import LOG_WORDS, MATTER_WORDS
from sip.usecases import disposing
from sip.usecases import keeping as deciding
from sip.usecases.disposing import DisposalCounts
from sip.usecases.keeping import HoldWanted, OrganisationKeeps
from sip.usecases.problems import ConflictError, InvalidError

AT_A_PRESS = 1_000
"""Matters that one press takes away: more would keep the browser waiting."""
_WORDS = (*MATTER_WORDS, *LOG_WORDS)


@get("/disposal")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Every organisation that she disposes for."""
    found = await deciding.overview(page.services.db, actor=signed_in(page).actor, now=page.now)
    order = {name: n for n, name in enumerate(page.phrases.names(one.name for one, _, _ in found))}
    return page.html("disposal_all.html", lines=sorted(found, key=lambda line: order[line[0].name]))


@get("/disposal/{organisation_id:uuid}")
async def show(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """What one has decided, its holds and its records."""
    return await shown(page, organisation_id)


async def shown(
    page: Page, organisation_id: UUID, decision: FormState | None = None, hold: FormState | None = None,
    export: FormState | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    """The page of one organisation, with what was filled in."""
    kept = await deciding.read(page.services.db, organisation_id, actor=signed_in(page).actor, now=page.now)
    today = local_day(page.now)
    return page.html(
        "disposal.html", status=status, kept=kept, policy=kept.policy, today=today, words=_WORDS,
        f=decision or _decided(kept.policy), h=hold or FormState({"first_day": str(today)}, prefix="hold-"),
        x=export or FormState(prefix="export-"), over=lambda one: one.over(today),
    )  # fmt: skip


def _decided(policy: Policy | None) -> FormState:
    if policy is None:
        return FormState()
    by_itself = "yes" if policy.by_itself else ""
    return FormState(
        {"matter_years": str(policy.matter_years), "log_years": str(policy.log_years), "by_itself": by_itself}
    )


@post("/disposal/{organisation_id:uuid}/decision", status_code=303)
async def decide(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """A new version of the decision."""
    reader = await page.reader()
    matters, logs = (reader.whole(name) or 0 for name in ("matter_years", "log_years"))
    for name, years in (("matter_years", matters), ("log_years", logs)):
        if not years:
            reader.wrong(name, "form_words.required")
    wanted = Policy(
        organisation_id, reader.whole("version") or 0, matters, logs, bool(reader.text("by_itself")),
        reader.text("decision", most=200),
    )  # fmt: skip
    if reader.right:
        try:
            await deciding.decide(page.services.db, wanted, actor=signed_in(page).actor, now=page.now)
            return page.to(f"/disposal/{organisation_id}#decision")
        except InvalidError as error:
            page.say_problems(error, reader.state)
        except ConflictError:
            reader.wrong("", "disposal.meanwhile")
    return await shown(page, organisation_id, decision=reader.state, status=422)


@post("/disposal/{organisation_id:uuid}/holds", status_code=303)
async def hold(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """A new hold."""
    reader = await page.reader("hold-")
    first = reader.day("first_day", required=True)
    last, reference = reader.day("last_day"), reader.text("reference", most=20)
    why = reader.text("why", required=True, most=300)
    if first is not None and reader.right:
        wanted = HoldWanted(organisation_id, why, first, last, reference or None)
        try:
            await deciding.set_hold(page.services.db, wanted, actor=signed_in(page).actor, now=page.now)
            return page.to(f"/disposal/{organisation_id}#holds")
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await shown(page, organisation_id, hold=reader.state, status=422)


@post("/disposal/{organisation_id:uuid}/holds/{hold_id:uuid}/end", status_code=303)
async def end_hold(
    page: NamedDependency[Page], organisation_id: FromPath[UUID], hold_id: FromPath[UUID]
) -> Response[Any]:
    """Ends a hold, on the day that is given."""
    reader = await page.reader()
    last: date = reader.day("last_day") or local_day(page.now)
    try:
        await deciding.end_hold(
            page.services.db, organisation_id, hold_id, last, actor=signed_in(page).actor, now=page.now
        )
    except (InvalidError, ConflictError):
        return page.message(
            409, page.t("disposal.holds_title"), page.t("disposal.days"), back=f"/disposal/{organisation_id}"
        )
    return page.to(f"/disposal/{organisation_id}#holds")


# -- what is due


@get("/disposal/{organisation_id:uuid}/plan")
async def plan(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """What would go now."""
    return await _plan(page, organisation_id, FormState())


async def _plan(
    page: Page, organisation_id: UUID, state: FormState, status: int = 200, done: DisposalCounts | None = None
) -> Response[Any]:
    actor = signed_in(page).actor
    kept: OrganisationKeeps = await deciding.read(page.services.db, organisation_id, actor=actor, now=page.now)
    due = await disposing.plan(page.services.db, organisation_id, actor=actor, now=page.now)
    gone = None if done is None else {**done.counts, "logs": sum(done.counts[word] for word in LOG_WORDS)}
    return page.html(
        "disposal_plan.html", status=status, kept=kept, policy=kept.policy, due=due, words=_WORDS, f=state, gone=gone
    )


@post("/disposal/{organisation_id:uuid}/plan", status_code=200)
async def carry_out(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """What was shown goes, some hundred matters at a press."""
    reader = await page.reader()
    if not reader.text("sure"):
        reader.wrong("sure", "disposal.sure_missing")
        return await _plan(page, organisation_id, reader.state, 422)
    try:
        done = await disposing.carry_out(
            page.services.db, organisation_id, actor=signed_in(page).actor, now=page.now,
            version=reader.whole("version") or 0, most=AT_A_PRESS,
        )  # fmt: skip
    except ConflictError:
        reader.wrong("", "disposal.meanwhile")
        return await _plan(page, organisation_id, reader.state, 409)
    page.taken()
    return await _plan(page, organisation_id, FormState(), done=done)
