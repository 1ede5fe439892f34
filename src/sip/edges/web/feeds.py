"""The page where one subscribes to meetings: what there is to subscribe to, one's own calendars, and how to add them.

The law of this file: an address is shown once, in the answer to the POST that made it, and never again.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import Language
from sip.edges.mail.feed_entry import name_of
from sip.edges.web.feed_file import SUFFIX
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.edges.web.views import FeedView, OfferView
from sip.store.feeds import FeedKind, FeedLine
from sip.usecases import feeds
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.feeds import Made
from sip.usecases.problems import ConflictError

PROGRAMS = ("outlook_new", "outlook_classic", "google", "apple", "android", "other")
"""The calendar programs that the page tells how to add an address to, in this order."""


@get("/feeds")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """What there is, what one has, and how it is added."""
    return await _page(page)


@post("/feeds", status_code=200)
async def create(page: NamedDependency[Page]) -> Response[Any]:
    """A new address. The same form sent again gives its calendar another address, and no second calendar."""
    visitor, reader = signed_in(page), await page.reader()
    kind = reader.choice("kind", FeedKind, required=True)
    if kind is None:
        return await _page(page, status=422, pressed=FormState(errors={"offers": page.t("form_words.bad_choice")}))
    by = await page.command(reader)
    feed_id, language = uuid5(NAMESPACE, f"feed/{visitor.actor.id}/{by.event_id}"), Language(page.phrases.language)
    try:
        made = await feeds.make(
            page.services.db, feed_id, kind, language, group_id=reader.uuid("group"), actor=visitor.actor, now=page.now
        )
    except ConflictError as error:
        return await _page(page, status=409, problem=f"problem.{error.code}")
    return _made(page, made)


@post("/feeds/{feed_id:uuid}/rotation", status_code=200)
async def rotate(page: NamedDependency[Page], feed_id: FromPath[UUID]) -> Response[Any]:
    """Another address; the one before ends."""
    made = await feeds.rotate(page.services.db, feed_id, actor=signed_in(page).actor, now=page.now)
    return _made(page, made)


@post("/feeds/{feed_id:uuid}/revocation", status_code=303)
async def revoke(page: NamedDependency[Page], feed_id: FromPath[UUID]) -> Response[Any]:
    """No address any more."""
    await feeds.revoke(page.services.db, feed_id, actor=signed_in(page).actor, now=page.now)
    return page.to("/feeds?revoked=yes")


def address_of(base_url: str, secret: str) -> str:
    """The address that programs fetch a calendar from."""
    return f"{base_url}/feeds/{secret}{SUFFIX}"


def webcal_of(address: str) -> str:
    """The same, as a link that opens the calendar program."""
    return urlsplit(address)._replace(scheme="webcal").geturl()


async def _page(
    page: Page, *, status: int = 200, problem: str | None = None, pressed: FormState | None = None
) -> Response[Any]:
    visitor = signed_in(page)
    own, others = await feeds.listed(page.services.db, actor=visitor.actor, now=page.now)
    return page.html(
        "feeds.html",
        status=status,
        offers=[_offer(page, kind, visitor.place) for kind in feeds.offers(visitor.actor)],
        own=[_view(page, line) for line in own],
        others=[_view(page, line) for line in others],
        programs=PROGRAMS,
        revoked="revoked" in page.request.query_params,
        problem=problem,
        pressed=pressed or FormState(),
    )


def _made(page: Page, made: Made) -> Response[Any]:
    page.taken()
    address = address_of(page.services.settings.base_url, made.secret)
    name = name_of(made.feed, Language(page.phrases.language))
    return page.html("feed.html", name=name, address=address, webcal=webcal_of(address), programs=PROGRAMS)


def _offer(page: Page, kind: FeedKind, place: str | None) -> OfferView:
    key = "everything" if kind is FeedKind.AREA and place is None else kind.value
    return OfferView(kind.value, page.t(f"feed.name.{key}", place=place or ""), page.t(f"feed.page.{kind}_what"))


def _view(page: Page, line: FeedLine) -> FeedView:
    record = line.feed.record
    return FeedView(
        str(record.id), name_of(line.feed, Language(page.phrases.language)), record.made_at, line.feed.owner.name,
        line.fetched_at,
    )  # fmt: skip
