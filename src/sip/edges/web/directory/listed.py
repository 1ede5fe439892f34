"""The directory as an administrator sees it: units found by words, what each lacks, and whether its mailbox is read.

The law of this file: no page carries more than fifty units, however many there are; the next begins where one ended.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.mailbox_check import CheckState, MailboxCheck
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.session import signed_in
from sip.store.seen.unit_search import COUNTED, UnitHit, UnitQuery
from sip.usecases import mailbox_checks as checking
from sip.usecases.access import Act, everywhere
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import unit_pages

_WRONG = frozenset({CheckState.UNDELIVERABLE, CheckState.DISOWNED})
_MOST_WORDS, _LONGEST = 8, 100


@dataclass(frozen=True, slots=True)
class MailboxView:
    """Whether a unit's mailbox is read, and the latest test call in words while no person has answered it."""

    title: str
    tone: str
    check: str | None


def words_of(text: str) -> tuple[str, ...]:
    """The words that are looked for; more than anybody types are left out, and what no text can hold."""
    return tuple(text.replace("\x00", "")[:_LONGEST].split()[:_MOST_WORDS])


def id_of(text: str | None) -> UUID | None:
    """An id that an address names; None where it is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@get("/directory")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Units within the administrator's scope: those found, or with ?unverified=1 those whose mailbox is unverified."""
    asked = page.request.query_params
    text, principal = asked.get("q", "").strip()[:_LONGEST], id_of(asked.get("principal"))
    only, archived = asked.get("unverified") == "1", asked.get("archived") == "1"
    query = UnitQuery(words_of(text), principal, archived=archived)
    read = await unit_pages.units(
        page.services.db, query, id_of(asked.get("after")), unverified=only, actor=signed_in(page).actor, now=page.now
    )
    shown = read.found.units
    kept = {"q": text, "principal": str(principal or ""), "unverified": "1" if only else "",
            "archived": "1" if archived else ""}  # fmt: skip
    following = {name: value for name, value in {**kept, "after": str(shown[-1].id) if shown else ""}.items() if value}
    return page.html(
        "directory.html",
        read=read,
        boxes={unit.id: mailbox(page.phrases, unit, read, page.now) for unit in shown},
        asked=kept,
        next=f"/directory?{urlencode(following)}" if read.found.more else None,
        first="after" not in asked,
        only=only,
        counted=COUNTED,
        whole=everywhere(signed_in(page).actor),
        principals=sorted_pairs([(str(identity), name) for identity, name in read.principals]),
    )


@post("/directory/{unit_id:uuid}/mailbox-check", status_code=303)
async def check_mailbox(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """A test call leaves now."""
    visitor = signed_in(page)
    if not visitor.may(Act.KEEP_DIRECTORY):
        raise NotFoundError("directory")
    reader = await page.reader()
    back = "/directory?unverified=1" if reader.state.value("unverified") else f"/directory/{unit_id}"
    try:
        await checking.ask(page.services.db, unit_id, actor=visitor.actor, now=page.now)
    except InvalidError:
        return page.message(422, page.t("page.directory.ask"), page.t("problem.field.no_mailbox"), back=back)
    return page.to(f"{back}#u-{unit_id}")


def mailbox(phrases: Phrases, unit: UnitHit, read: unit_pages.UnitsRead, now: datetime) -> MailboxView | None:
    """None where there is no mailbox to speak of."""
    if unit.email is None or unit.phone_only or unit.archived(now):
        return None
    return mailbox_said(phrases, unit.verified_at, read.checks.get(unit.id), read.valid_from)


def mailbox_said(
    phrases: Phrases, verified_at: datetime | None, check: MailboxCheck | None, valid_from: datetime
) -> MailboxView:
    """In words, whether a mailbox in use is read."""
    if verified_at is None:
        title, tone = phrases.t("page.directory.unverified"), "wait"
    else:
        good = verified_at >= valid_from
        key = "page.directory.verified" if good else "page.directory.ran_out"
        title, tone = phrases.t(key, day=phrases.day(verified_at)), "good" if good else "wait"
    if check is None or check.state is CheckState.ANSWERED:
        return MailboxView(title, tone, None)
    if verified_at is not None and check.last_asked_at < verified_at:
        return MailboxView(title, tone, None)
    return MailboxView(title, "bad" if check.state in _WRONG else tone, _said(phrases, check))


def _said(phrases: Phrases, check: MailboxCheck) -> str:
    at = check.settled_at or (check.automatic_at if check.state is CheckState.AUTOMATIC else None)
    return phrases.fill(
        f"mailbox_check.{check.state}", {"day": phrases.day(at or check.last_asked_at), "said": check.said or "–"}
    )  # fmt: skip
