"""Other systems that are told of what happens: the list, one of them with what was sent, and its few acts.

The law of this file: a secret is shown in the answer to the POST that made it, and never again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.endpoint import HookState, OffBecause
from sip.domain.webhook import TYPES
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import STOCKHOLM
from sip.edges.web.shell.session import signed_in
from sip.store.webhooks import EndpointRecord
from sip.usecases import webhooks
from sip.usecases.access import everywhere
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import ConflictError, InvalidError
from sip.usecases.webhooks import EndpointWanted

OVERLAPS = (1, 7, 0)
"""For how many days the secret before may sign beside the new one; the first is proposed."""
_TONES = {
    HookState.DELIVERED: "good", HookState.GIVEN_UP: "bad", HookState.LATER: "wait", HookState.DROPPED: "quiet",
    HookState.WAITING: "quiet", HookState.SENDING: "quiet",
}  # fmt: skip


@get("/webhooks")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Hers, those that need a hand first, and the form for a new one."""
    return await _listed(page, FormState())


async def _listed(page: Page, state: FormState, status: int = 200) -> Response[Any]:
    actor = signed_in(page).actor
    found, names, principals = await webhooks.listed(page.services.db, actor=actor, now=page.now)
    order = {name: n for n, name in enumerate(page.phrases.names(name for _, name in principals))}
    places = [(str(place), name) for place, name in sorted(principals, key=lambda one: order[one[1]])]
    return page.html(
        "webhooks.html", status=status, f=state, lines=[(one, _place(one, names)) for one in found],
        types=_types(page), places=places, whole=everywhere(actor), standing=_standing,
    )  # fmt: skip


def _place(one: EndpointRecord, names: Mapping[UUID, str]) -> str | None:
    """What its place is called; None where it is told of everything."""
    return None if one.scope.place is None else names.get(one.scope.place)


def _standing(one: EndpointRecord) -> tuple[str, str]:
    """How it stands: the key of its word, and its tone."""
    if one.off_because is not None:
        return f"webhooks.off.{one.off_because}", "quiet" if one.off_because is OffBecause.BY_HAND else "bad"
    return ("webhooks.failing", "wait") if one.failing_since is not None else ("webhooks.on", "good")


def _types(page: Page) -> list[tuple[str, str]]:
    """What may be asked for; a field's name has no full stop."""
    return [(_field(one), page.t(f"webhooks.type.{_field(one)}")) for one in TYPES]


def _field(kind: str) -> str:
    return kind.replace(".", "_")


def _wanted(reader: Reader) -> EndpointWanted:
    types = tuple(one.value for one in TYPES if reader.text(f"types_{_field(one)}"))
    return EndpointWanted(
        reader.text("name", required=True, most=100), reader.text("url", required=True, most=500), types,
        reader.uuid("place"),
    )  # fmt: skip


@post("/webhooks", status_code=200)
async def make(page: NamedDependency[Page]) -> Response[Any]:
    """A new one; its secret is shown this once. The same form sent again makes no second."""
    actor, reader = signed_in(page).actor, await page.reader()
    wanted, by = _wanted(reader), await page.command(reader)
    if not wanted.types:
        reader.wrong("types", "problem.field.endpoint_types")
    if not reader.right:
        return await _listed(page, reader.state, 422)
    services = page.services
    try:
        made = await webhooks.make(
            services.db, uuid5(NAMESPACE, f"endpoint/{actor.id}/{by.event_id}"), wanted, vault=services.vault,
            allowed=services.settings.webhook_networks, actor=actor, now=page.now,
        )  # fmt: skip
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await _listed(page, reader.state, 422)
    except ConflictError as error:
        reader.wrong("", f"problem.{error.code}")
        return await _listed(page, reader.state, 409)
    page.taken()
    return await _show(page, made.endpoint.id, secret=made.secret)


@get("/webhooks/{endpoint_id:uuid}")
async def show(page: NamedDependency[Page], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """One of hers: how it stands, what was sent, and what can be done."""
    return await _show(page, endpoint_id)


async def _show(
    page: Page, endpoint_id: UUID, *, state: FormState | None = None, rotation: FormState | None = None,
    again: FormState | None = None, pressed: FormState | None = None, secret: str | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    """`pressed`: what was wrong with a press that has no field to say it beside."""
    before = page.request.query_params.get("before", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = await webhooks.read(
        page.services.db, endpoint_id, before=older, actor=signed_in(page).actor, now=page.now
    )  # fmt: skip
    one = found.endpoint
    return page.html(
        "webhook.html", status=status, one=one, read=found, f=state or _filled(one), types=_types(page),
        secret=secret, g=rotation or FormState({"days": str(OVERLAPS[0])}),
        overlaps=[(str(days), page.t(f"webhooks.overlap_{days}")) for days in OVERLAPS],
        standing=_standing(one), tones=_TONES, field=_field, sent=_sent(page), older=older,
        a=again or _since(found.missed[1]), pressed=pressed or FormState(), again_from=_AGAIN,
    )  # fmt: skip


def _sent(page: Page) -> str | None:
    """What has just been sent, as a sentence."""
    said = page.request.query_params.get("sent", "")
    if said == "test":
        return page.t("webhooks.test_sent")
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        return None
    return page.t("webhooks.again_sent", count=int(said)) if int(said) else page.t("webhooks.again_sent_none")


def _since(first: datetime | None) -> FormState:
    """The form to send again, with the moment of the first that did not arrive."""
    local = first.astimezone(STOCKHOLM) if first is not None else None
    return FormState(
        {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"} if local is not None else {}, prefix="again-"
    )


_AGAIN = {
    HookState.LATER: "webhooks.try_now", HookState.DELIVERED: "webhooks.again", HookState.GIVEN_UP: "webhooks.again",
    HookState.DROPPED: "webhooks.again",
}  # fmt: skip
"""What its button is called where a message can be sent again."""


def _filled(one: EndpointRecord) -> FormState:
    return FormState({"name": one.name, "url": one.url, **{f"types_{_field(kind)}": "yes" for kind in one.types}})


@post("/webhooks/{endpoint_id:uuid}", status_code=303)
async def change(page: NamedDependency[Page], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """Another name, address or choice of events."""
    reader = await page.reader()
    wanted = _wanted(reader)
    if not wanted.types:
        reader.wrong("types", "problem.field.endpoint_types")
    if reader.right:
        try:
            await webhooks.change(
                page.services.db, endpoint_id, wanted, allowed=page.services.settings.webhook_networks,
                actor=signed_in(page).actor, now=page.now,
            )  # fmt: skip
            return page.to(f"/webhooks/{endpoint_id}")
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await _show(page, endpoint_id, state=reader.state, status=422)


@post("/webhooks/{endpoint_id:uuid}/rotation", status_code=200)
async def rotate(page: NamedDependency[Page], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """Another secret, shown this once; the one before signs for some days too."""
    actor, reader = signed_in(page).actor, await page.reader()
    days = reader.one_of("days", tuple(str(one) for one in OVERLAPS))
    if not reader.right:
        return await _show(page, endpoint_id, status=422, rotation=reader.state)
    made = await webhooks.rotate(
        page.services.db, endpoint_id, timedelta(days=int(days)), vault=page.services.vault, actor=actor, now=page.now
    )
    page.taken()
    return await _show(page, endpoint_id, secret=made.secret)


@post("/webhooks/{endpoint_id:uuid}/test", status_code=303)
async def test(page: NamedDependency[Page], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """Sends an event of no meeting. To one that is off nothing is sent, and the page says that it is."""
    actor, reader = signed_in(page).actor, await page.reader()
    by = await page.command(reader)
    test_id = uuid5(endpoint_id, f"test/{by.event_id}")
    try:
        await webhooks.test(page.services.db, endpoint_id, test_id, actor=actor, now=page.now)
    except ConflictError:
        return page.to(f"/webhooks/{endpoint_id}")
    return page.to(f"/webhooks/{endpoint_id}?sent=test#messages")


@post("/webhooks/{endpoint_id:uuid}/messages/{message_id:str}/resending", status_code=303)
async def send_again(
    page: NamedDependency[Page], endpoint_id: FromPath[UUID], message_id: FromPath[str]
) -> Response[Any]:
    """One message once more, as it was. To one that is off nothing is sent, and the page says that it is."""
    actor, act = signed_in(page).actor, await _act(page, await page.reader())
    try:
        await webhooks.again(page.services.db, endpoint_id, message_id, act, actor=actor, now=page.now)
    except ConflictError:
        return page.to(f"/webhooks/{endpoint_id}")
    return page.to(f"/webhooks/{endpoint_id}?sent=1#messages")


@post("/webhooks/{endpoint_id:uuid}/resending", status_code=303)
async def send_missed(page: NamedDependency[Page], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """All that has not got through since a moment, once more."""
    actor, reader = signed_in(page).actor, await page.reader("again-")
    since = reader.moment("day", "time", required=True)
    if since is None:
        return await _show(page, endpoint_id, status=422, again=reader.state)
    act = await _act(page, reader)
    try:
        count = await webhooks.all_again(page.services.db, endpoint_id, since, act, actor=actor, now=page.now)
    except ConflictError:
        return page.to(f"/webhooks/{endpoint_id}")
    return page.to(f"/webhooks/{endpoint_id}?sent={count}#messages")


async def _act(page: Page, reader: Reader) -> UUID:
    """Names this press: the same form sent again names the same."""
    return uuid5(NAMESPACE, f"resending/{(await page.command(reader)).event_id}")


@post("/webhooks/{endpoint_id:uuid}/switch", status_code=303)
async def switch(page: NamedDependency[Page], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """On again, or off."""
    reader = await page.reader()
    on = reader.one_of("to", ("on", "off"))
    if not reader.right:
        return await _show(
            page, endpoint_id, status=422, pressed=FormState(errors={"keep": page.t("form_words.bad_choice")})
        )
    await webhooks.switch(page.services.db, endpoint_id, on == "on", actor=signed_in(page).actor, now=page.now)
    return page.to(f"/webhooks/{endpoint_id}")


@post("/webhooks/{endpoint_id:uuid}/removal", status_code=303)
async def remove(page: NamedDependency[Page], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """Takes it away for good."""
    await webhooks.remove(page.services.db, endpoint_id, actor=signed_in(page).actor, now=page.now)
    return page.to("/webhooks")
