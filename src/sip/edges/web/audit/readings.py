"""Who read a meeting, what a user read, and one reading with what auditors have said of it.

The law of this file: the latest stand first, so many on a page; nothing of what was read is shown but its kind, and a
meeting's reference.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.auditing import MAY_SAY, ReviewWord, needs_reason
from sip.domain.worktime import local_day
from sip.edges.web.audit import view
from sip.edges.web.audit.start import auditor
from sip.edges.web.audit.view import SHOWN
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.usecases import auditing
from sip.usecases.problems import ConflictError, InvalidError, NotFoundError
from sip.usecases.reading import audit
from sip.usecases.reading.audit import ReadingLine

USUAL = timedelta(days=30)
_MOST_NUMBER = 2**63 - 1


def _before(page: Page) -> int | None:
    text = page.request.query_params.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _listed(page: Page, found: list[ReadingLine], query: str = "") -> dict[str, Any]:
    shown = found[:SHOWN]
    older = f"?{query}before={shown[-1].entry.id}" if len(found) > SHOWN else None
    return {"lines": view.lines(page.phrases, shown), "tones": view.TONES, "older": older}


@get("/audit/meetings/{meeting_id:uuid}")
async def of_meeting(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """Who read it."""
    actor, db = auditor(page), page.services.db
    reference = await audit.reference_of(db, meeting_id, actor=actor, now=page.now)
    found = await audit.readers(db, meeting_id, before=_before(page), most=SHOWN + 1, actor=actor, now=page.now)
    return page.html("audit_meeting.html", reference=reference, **_listed(page, found))


@get("/audit/users/{user_id:uuid}")
async def of_user(page: NamedDependency[Page], user_id: FromPath[UUID]) -> Response[Any]:
    """What she read, on the days from and to that are asked for; by themselves the last thirty."""
    actor, db = auditor(page), page.services.db
    who = await audit.user(db, user_id, actor=actor, now=page.now)
    today = local_day(page.now)
    reader = Reader({name: page.request.query_params.get(name, "") for name in ("from", "to")}, page.phrases)
    last = reader.day("to") or today
    first = reader.day("from") or last - USUAL
    found = []
    if reader.right:
        found = await audit.readings(
            db, user_id, first, last, before=_before(page), most=SHOWN + 1, actor=actor, now=page.now
        )
    state = FormState({"from": reader.state.value("from") or str(first), "to": reader.state.value("to") or str(last)},
                      reader.state.errors)  # fmt: skip
    return page.html(
        "audit_user.html", status=200 if reader.right else 422, who=who, f=state, first=first, last=last,
        **_listed(page, found, f"from={first}&to={last}&"),
    )  # fmt: skip


@get("/audit/readings/{number:int}")
async def one(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """One reading, what was said of it, and what may be said next."""
    return await _one(page, number, FormState())


async def _one(page: Page, number: int, state: FormState, status: int = 200) -> Response[Any]:
    actor = auditor(page)
    if not 0 < number <= _MOST_NUMBER:
        raise NotFoundError("reading")
    line = await auditing.reading(page.services.db, number, actor=actor, now=page.now)
    return page.html(
        "audit_reading.html", status=status, f=state, line=view.line(page.phrases, line), said=line.said,
        recorded_at=line.entry.recorded_at, state=line.state, known=len(line.said), tones=view.TONES,
        own=auditing.own_reading(actor, line), verdicts=MAY_SAY[line.state],
    )  # fmt: skip


@post("/audit/readings/{number:int}", status_code=200)
async def say(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """In order, to be looked into, or closed; with a reason."""
    actor, reader = auditor(page), await page.reader()
    if not 0 < number <= _MOST_NUMBER:
        raise NotFoundError("reading")
    verdict = reader.choice("verdict", ReviewWord, required=True)
    reason, known = reader.text("reason"), reader.whole("known")
    if verdict is not None and needs_reason(verdict) and not reason:
        reader.wrong("reason", "audit.reason_wanted")
    if not reader.right or verdict is None:
        return await _one(page, number, reader.state, 422)
    try:
        await auditing.say(page.services.db, number, verdict, reason, known or 0, actor=actor, now=page.now)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await _one(page, number, reader.state, 422)
    except ConflictError:
        reader.wrong("", "audit.said_meanwhile")
        return await _one(page, number, reader.state, 409)
    return page.to(f"/audit/readings/{number}")
