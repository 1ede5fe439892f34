"""An open group's feeds, at plain addresses, for programs: its dates, and its decisions (rules, section 21 O3).

The law of this file: they hold what the group's open page holds, by the same reading. Only If-None-Match is answered
with 304: what is no longer told leaves no date behind.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar import head as litestar_head
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import Language
from sip.edges.mail.told_calendar import dates_of
from sip.edges.services import Services
from sip.edges.web.feed_file import matches, nothing
from sip.edges.web.groups import atom
from sip.edges.web.groups.told import HOME, in_pace
from sip.edges.web.shell.page import HttpRequest
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import told
from sip.usecases.reading.told import GroupTold

DATES, DECISIONS = f"{HOME}/{{group_id:uuid}}/dates.ics", f"{HOME}/{{group_id:uuid}}/decisions.atom"
_ALWAYS = {"Cache-Control": "public, max-age=300"}

Write = Callable[[GroupTold, str, Services, Language], bytes]


def _dates(read: GroupTold, page: str, services: Services, language: Language) -> bytes:
    domain = services.settings.mail_domain
    return dates_of(read.group, read.sittings, page=page, domain=domain, language=language)


def _decisions(read: GroupTold, page: str, _: Services, language: Language) -> bytes:
    address = f"{page}/decisions.atom"
    return atom.atom_of(read.group, read.decisions, page=page, address=address, language=language)


@get(DATES)
async def dates(request: HttpRequest, services: NamedDependency[Services], group_id: FromPath[UUID]) -> Response[bytes]:
    """Its sittings as a calendar."""
    return await _answer(request, services, group_id, _dates, "text/calendar")


@litestar_head(DATES)
async def dates_head(
    request: HttpRequest, services: NamedDependency[Services], group_id: FromPath[UUID]
) -> Response[None]:  # fmt: skip
    """What `dates` says of it, without it."""
    return _headers(await _answer(request, services, group_id, _dates, "text/calendar"))


@get(DECISIONS)
async def decisions(
    request: HttpRequest, services: NamedDependency[Services], group_id: FromPath[UUID]
) -> Response[bytes]:  # fmt: skip
    """Its decisions as Atom."""
    return await _answer(request, services, group_id, _decisions, atom.CONTENT_TYPE)


@litestar_head(DECISIONS)
async def decisions_head(
    request: HttpRequest, services: NamedDependency[Services], group_id: FromPath[UUID]
) -> Response[None]:  # fmt: skip
    """What `decisions` says of it, without it."""
    return _headers(await _answer(request, services, group_id, _decisions, atom.CONTENT_TYPE))


def _headers(answer: Response[Any]) -> Response[Any]:
    return Response(b"", status_code=answer.status_code, headers=answer.headers, media_type=answer.media_type)


async def _answer(
    request: HttpRequest, services: Services, group_id: UUID, write: Write, media_type: str
) -> Response[Any]:  # fmt: skip
    in_pace(request)
    now = await services.clock.now()
    try:
        read = await told.open_group(services.db, group_id, now=now, past=told.PAST)
    except NotFoundError:
        return nothing(404, "feed.gone.never")
    language = Language.EN if request.query_params.get("lang") == "en" else Language.SV
    body = write(read, f"{services.settings.base_url}{HOME}/{group_id}", services, language)
    tag = sha256(body).hexdigest()[:32]
    headers = {**_ALWAYS, "ETag": f'"{tag}"'}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
