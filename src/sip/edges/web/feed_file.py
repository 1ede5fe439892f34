"""A subscribed calendar as programs fetch it: `/feeds/<secret>.ics`, for whoever has the address.

The law of this file: the tag is known before a meeting is read, so a calendar that has not changed costs two statements
and no rendering. What never was is 404, what has ended is 410, and neither leads to a sign-in: a program follows it
and would keep the page as a calendar. Only If-None-Match is answered with 304; a meeting that leaves the calendar
leaves no date behind for If-Modified-Since to be compared with.
"""

import asyncio
import gzip
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar import head as litestar_head
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.worktime import local_day
from sip.edges.mail.feed import calendar_of, tag_of
from sip.edges.mail.feed_entry import Site
from sip.edges.mail.told_calendar import dates_of
from sip.edges.services import Services
from sip.edges.web.metrics import Metrics
from sip.edges.words import LANGUAGES, word
from sip.store.feeds import Feed
from sip.usecases.reading import calendars
from sip.usecases.reading.calendars import FeedRead

CONTENT_TYPE = "text/calendar"
FILE_NAME = "sip.ics"
SUFFIX = ".ics"
_ZIPPED = "-gzip"
_LEVEL = 6
_ALWAYS = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, max-age=300", "Vary": "Accept-Encoding"}

Fetch = Request[Any, Any, State]


@dataclass(slots=True)
class Fetched:
    """Which calendars this process has noted as fetched, and on which day: the log gets one row a day."""

    day: date = date.min
    ids: set[UUID] = field(default_factory=set)

    def first_today(self, feed_id: UUID, day: date) -> bool:
        """Whether this is the first fetch of the day here."""
        if day != self.day:
            self.day, self.ids = day, set()
        known = feed_id in self.ids
        self.ids.add(feed_id)
        return not known


@get("/feeds/{name:str}")
async def fetch(request: Fetch, services: NamedDependency[Services], name: FromPath[str]) -> Response[bytes]:
    """The calendar, or that it has not changed."""
    return await _answer(request, services, name, whole=True)


@litestar_head("/feeds/{name:str}")
async def head(request: Fetch, services: NamedDependency[Services], name: FromPath[str]) -> Response[None]:
    """What `fetch` says of the calendar, without it and without rendering it."""
    answer = await _answer(request, services, name, whole=False)
    return Response(None, status_code=answer.status_code, headers=answer.headers, media_type=answer.media_type)


async def _answer(request: Fetch, services: Services, name: str, *, whole: bool) -> Response[bytes]:
    now, metrics = await services.clock.now(), _metrics(request.state)
    site = Site(services.settings.base_url, services.settings.mail_domain)
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    condition = request.headers.get("if-none-match", "")

    def wants(feed: Feed, stamp: str) -> bool:
        return whole and not matches(condition, tag_of(feed, stamp, site))

    secret = name.removesuffix(SUFFIX) if name.endswith(SUFFIX) else None
    found = await calendars.fetched(services.db, secret, wants, now) if secret is not None else None
    if found is None or found.stamp is None:
        metrics.feed("unknown" if found is None else "ended")
        return nothing(404, "feed.gone.never") if found is None else nothing(410, "feed.gone.ended")
    feed, meetings, tag = found.feed, found.meetings, tag_of(found.feed, found.stamp, site)
    unchanged = matches(condition, tag)
    fetched: Fetched = request.state.fetched
    if fetched.first_today(feed.record.id, local_day(now)):
        await calendars.note_fetch(services.db, feed, now)
    headers = {**_ALWAYS, "ETag": f'"{tag}{_ZIPPED if zipped else ""}"'}
    if unchanged:
        metrics.feed("unchanged")
        return Response(b"", status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{FILE_NAME}"'
    if not whole:
        return Response(b"", headers=headers, media_type=CONTENT_TYPE)
    metrics.feed("rendered")
    headers["Last-Modified"] = _http_date(max((one.changed_at for one in meetings), default=feed.record.made_at))
    if zipped:
        headers["Content-Encoding"] = "gzip"
    body = await asyncio.to_thread(_body, found, site, zipped)
    return Response(body, headers=headers, media_type=CONTENT_TYPE)


def _metrics(state: State) -> Metrics:
    found: Metrics = state.metrics
    return found


def _body(found: FeedRead, site: Site, zipped: bool) -> bytes:
    if found.dates is not None:
        plain = dates_of(
            found.dates.group, found.dates.sittings, page=f"{site.base_url}/decisions/{found.dates.group.id}",
            domain=site.domain, language=found.feed.record.language,
        )  # fmt: skip
    else:
        plain = calendar_of(found.feed, found.meetings, site)
    return gzip.compress(plain, _LEVEL, mtime=0) if zipped else plain


def matches(condition: str, tag: str) -> bool:
    """Whether the program has these bytes, zipped or not (RFC 9110, section 13.1.2, weak comparison)."""
    known = {one.strip().removeprefix("W/").strip('"').removesuffix(_ZIPPED) for one in condition.split(",")}
    return tag in known or "*" in known


def nothing(status: int, key: str) -> Response[bytes]:
    """One sentence in each language, for who reads what her program was told."""
    said = "\n".join(word(language, key) for language in LANGUAGES) + "\n"
    return Response(said.encode(), status_code=status, headers=_ALWAYS, media_type="text/plain")


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)
