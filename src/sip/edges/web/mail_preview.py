"""Every mail with made-up data, for the administrator to look at before anybody gets one.

The law of this file: a mail's HTML is shown as it leaves, but shut in: a frame of its own that may run nothing, load
nothing and lead nowhere.
"""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import Language
from sip.edges.mail.addresses import Home
from sip.edges.mail.letters import preview
from sip.edges.mail.letters.preview import Listed, Preview
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.access import Act
from sip.usecases.problems import NotFoundError

# The mail has its styles in itself; nothing else is let in, and only our own page may show it.
SHUT_IN = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
}
_GROUPS = ("call", "answer", "help", "convener", "coordinator", "decision", "deviation", "morning", "unit")
_WIDTHS = ("wide", "phone")


def _group(name: str) -> str:
    """Under which heading a mail stands in the list."""
    kind = name.partition("-")[0]
    if kind.startswith("deviation"):
        return "deviation"
    return {
        "bundle": "morning", "notice": "unit", "week": "unit",
        "convener_question": "convener", "convener_told": "convener",
        "attendance_request": "convener", "chair_link": "convener", "chair_over": "convener",
        "coordinator_told": "coordinator", "decision": "decision",
        "receipt": "answer", "reading_code": "answer", "name_missing": "answer", "confirm_tentative": "answer",
        "lift_watchers": "help",
        "lift_manager": "help", "lift_head": "help", "substitute_manager": "help", "substitution_head": "help",
    }.get(kind, "call")  # fmt: skip


def _look(page: Page) -> None:
    if not signed_in(page).may(Act.KEEP_DIRECTORY):
        raise NotFoundError("mail preview")


def _language(page: Page) -> Language:
    asked = page.request.query_params.get("language", page.phrases.language)
    return Language(asked) if asked in tuple(Language) else Language.SV


def _of(page: Page, name: str) -> Preview:
    settings = page.services.settings
    home = Home(settings.mail_domain, settings.mail_local_part)
    try:
        return preview.preview(name, _language(page), home, settings.base_url)
    except KeyError:
        raise NotFoundError("mail") from None


@get("/mail-preview")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """All kinds with their subjects."""
    _look(page)
    found: dict[str, list[Listed]] = {group: [] for group in _GROUPS}
    for one in preview.listed(_language(page)):
        found[_group(one.name)].append(one)
    return page.html("mail_previews.html", groups=found, shown=_language(page))


@get("/mail-preview/{name:str}")
async def show(page: NamedDependency[Page], name: FromPath[str]) -> Response[Any]:
    """One mail: as it looks, as plain text, and what a calendar reads of it."""
    _look(page)
    names, width = preview.names(), page.request.query_params.get("width", "wide")
    shown = _of(page, name)
    at = names.index(name)
    return page.html(
        "mail_preview.html",
        mail=shown,
        shown=_language(page),
        width=width if width in _WIDTHS else "wide",
        before=names[at - 1] if at else None,
        after=names[at + 1] if at + 1 < len(names) else None,
    )


@get("/mail-preview/{name:str}/html")
async def letter(page: NamedDependency[Page], name: FromPath[str]) -> Response[Any]:
    """The HTML part alone, for the frame."""
    _look(page)
    return Response(_of(page, name).html, media_type="text/html", headers=SHUT_IN)
