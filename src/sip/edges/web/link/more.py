"""What else a mailed link's page leads to: the code that opens the questions, the unit's calls, a calendar's file.

The law of this file: a GET changes nothing, also where programs open every link there is; whoever asks for a code is
never told whether it went anywhere; a person's link leads to nothing but her own (rules, section 3).
"""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import Language
from sip.domain.standing import standing
from sip.edges.mail.addresses import Home
from sip.edges.mail.calendar import published
from sip.edges.web import units
from sip.edges.web.link import view
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.throttle import Throttle, client_of, take
from sip.usecases import answers, codes
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import links
from sip.usecases.reading.links import Opened

ASKS = Throttle("reading code", 20, timedelta(minutes=5))
"""How often one client may ask for a code."""

_CALENDAR = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, no-store"}


@get("/svar/{token:str}/enheter")
async def right_unit(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """A few units whose the call may be instead, by the words of `q`: options of a list."""
    opened = await links.open_link(page.services.db, token, page.now, acts=True, shows=False)
    text = page.request.query_params.get("q", "")[: units.MOST]
    found = await links.right_unit(page.services.db, opened, text, page.now) if isinstance(opened, Opened) else []
    return units.options(page, found, text)


@post("/svar/{token:str}/kod", status_code=303)
async def ask_code(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """A code for the questions goes to the unit's mailbox; the page where it is typed comes, whatever became of it."""
    opened = await links.open_link(page.services.db, token, page.now, acts=True)
    if not isinstance(opened, Opened) or opened.party is None or opened.purpose not in view.READERS:
        raise NotFoundError("link")
    if not await take(page.services, (ASKS, client_of(page.request))):
        return page.html("code.html", status=429, form=FormState({}, {"": page.t("code.too_many")}), sent=False)
    if view.closed(page, opened) is None:
        by = await page.command(await page.reader(), links.holder(opened.ref, None, opened.party))
        await answers.ask_reading_code(page.services.db, opened.meeting.id, opened.party.ordinal, by)
    return page.to("/kod?sent=yes")


@get("/svar/{token:str}/alla")
async def calls(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """The unit's open calls, the next first, and how it stands with each."""
    unit, found = await links.open_calls(page.services.db, token, page.now)
    lines = [(meeting, standing(party)) for meeting, party in found]
    return page.html("open_calls.html", token=token, unit=unit, calls=lines)


@post("/svar/{token:str}/alla", status_code=303)
async def follow(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """On to one of them."""
    meeting = (await page.reader()).uuid("meeting", required=True)
    if meeting is None:
        raise NotFoundError("meeting")
    return page.to(f"/svar/{await codes.open_call(page.services.db, token, meeting, page.now)}")


@get("/svar/{token:str}/mote.ics")
async def calendar(page: NamedDependency[Page], token: FromPath[str]) -> Response[bytes]:
    """The meeting as a file for a calendar: the same entry as the invitation's, never a second one."""
    meeting, invitation, reply_token = await links.calendar_entry(page.services.db, token, page.now)
    settings = page.services.settings
    home = Home(settings.mail_domain, settings.mail_local_part)
    body = published(
        meeting, invitation, Language(page.phrases.language), domain=home.domain, organizer=home.reply(reply_token)
    )
    disposition = {"Content-Disposition": f'attachment; filename="sip-{meeting.reference}.ics"'}
    return Response(body, headers={**_CALENDAR, **disposition}, media_type="text/calendar; charset=utf-8")
