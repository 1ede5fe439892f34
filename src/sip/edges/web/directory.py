"""The directory as an administrator sees it: units by principal, what each lacks, and whether its mailbox is read."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.mailbox_check import CheckState, MailboxCheck
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import Phrases, sort_key
from sip.edges.web.shell.session import signed_in
from sip.store.seen.listings import UnitLine
from sip.usecases import mailbox_checks as checking
from sip.usecases.access import Act
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import directory

_WRONG = frozenset({CheckState.UNDELIVERABLE, CheckState.DISOWNED})


@dataclass(frozen=True, slots=True)
class MailboxView:
    """Whether a unit's mailbox is read, and the latest test call in words while no person has answered it."""

    title: str
    tone: str
    check: str | None


@get("/directory")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """All units within the administrator's scope, or with ?unverified=1 those whose mailbox counts as unverified."""
    only = page.request.query_params.get("unverified") == "1"
    found = await directory.units_page(page.services.db, actor=signed_in(page).actor, now=page.now)
    units, valid_from = found.units, found.valid_from
    unverified = [unit for unit in units if _has_mailbox(unit) and not _verified(unit, valid_from)]
    shown = unverified if only else units
    shown.sort(key=lambda unit: (sort_key(unit.principal), sort_key(unit.organisation), sort_key(unit.name)))
    groups = [(name, list(lines)) for name, lines in groupby(shown, key=lambda unit: unit.principal)]
    boxes = {unit.id: _mailbox(page.phrases, unit, found.checks.get(unit.id), valid_from) for unit in shown}
    return page.html(
        "directory.html", groups=groups, boxes=boxes, gaps=found.gaps, only=only, unverified=len(unverified)
    )


@post("/directory/{unit_id:uuid}/mailbox-check", status_code=303)
async def check_mailbox(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """A test call leaves now."""
    visitor = signed_in(page)
    if not visitor.may(Act.KEEP_DIRECTORY):
        raise NotFoundError("directory")
    reader = await page.reader()
    back = f"/directory{'?unverified=1' if reader.state.value('unverified') else ''}"
    try:
        await checking.ask(page.services.db, unit_id, actor=visitor.actor, now=page.now)
    except InvalidError:
        return page.message(422, page.t("page.directory.ask"), page.t("problem.field.no_mailbox"), back=back)
    return page.to(f"{back}#u-{unit_id}")


def _has_mailbox(unit: UnitLine) -> bool:
    return bool(unit.addresses) and not unit.phone_only and not unit.archived


def _verified(unit: UnitLine, valid_from: datetime) -> bool:
    return unit.verified_at is not None and unit.verified_at >= valid_from


def _mailbox(phrases: Phrases, unit: UnitLine, check: MailboxCheck | None, valid_from: datetime) -> MailboxView | None:
    """None where there is no mailbox to speak of."""
    if not _has_mailbox(unit):
        return None
    if unit.verified_at is None:
        title, tone = phrases.t("page.directory.unverified"), "wait"
    else:
        good = _verified(unit, valid_from)
        key = "page.directory.verified" if good else "page.directory.ran_out"
        title, tone = phrases.t(key, day=phrases.day(unit.verified_at)), "good" if good else "wait"
    if check is None or check.state is CheckState.ANSWERED:
        return MailboxView(title, tone, None)
    if unit.verified_at is not None and check.last_asked_at < unit.verified_at:
        return MailboxView(title, tone, None)
    return MailboxView(title, "bad" if check.state in _WRONG else tone, _said(phrases, check))


def _said(phrases: Phrases, check: MailboxCheck) -> str:
    at = check.settled_at or (check.automatic_at if check.state is CheckState.AUTOMATIC else None)
    return phrases.fill(
        f"mailbox_check.{check.state}", {"day": phrases.day(at or check.last_asked_at), "said": check.said or "–"}
    )  # fmt: skip
