"""How a user signs in besides her password: what providers call her, and the assignments that her roles go with.

The law of this file: an administrator says whom a provider's value means; nothing is found by an address of mail.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.worktime import local_day
from sip.edges.web.directory.unit import in_force
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.identities import Tie
from sip.usecases import accounts, identities
from sip.usecases.problems import InvalidError


@get("/users/{user_id:uuid}/sign-in")
async def show(page: NamedDependency[Page], user_id: FromPath[UUID]) -> Response[Any]:
    """What is said."""
    return await _show(page, user_id, FormState())


async def _show(page: Page, user_id: UUID, state: FormState, status: int = 200) -> Response[Any]:
    actor, db, known = signed_in(page).actor, page.services.db, page.services.settings.sign_in_providers
    read = await accounts.found(db, (), None, only=user_id, actor=actor, now=page.now)
    said, commissions = await identities.ties(db, user_id, actor=actor, now=page.now)
    today, labels = local_day(page.now), {one.name: one.label[page.phrases.language] for one in known}
    held = [
        (grant, read.places.get(grant.unit_id or grant.organisation_id or grant.principal_id or user_id, ""))
        for grant in read.grants.get(user_id, [])
        if in_force(grant.valid_from, grant.valid_to, today) != "over"
    ]
    return page.html(
        "user_sign_in.html", status=status, f=state, user=read.users[0].user, ties=said, labels=labels,
        providers=list(labels.items()), claims={one.name: ", ".join(one.claims) for one in known},
        grants=held if any(one.commission for one in known) else [], commissions=commissions,
        done="changed" in page.request.query_params,
    )  # fmt: skip


@post("/users/{user_id:uuid}/sign-in", status_code=200)
async def tie(page: NamedDependency[Page], user_id: FromPath[UUID]) -> Response[Any]:
    """A provider's value means this user."""
    actor, reader = signed_in(page).actor, await page.reader()
    accounts.require_keeper(actor)
    known = tuple(one.name for one in page.services.settings.sign_in_providers)
    provider = reader.one_of("provider", known)
    subject = reader.text("subject", required=True, most=255)
    if provider and subject and reader.right:
        try:
            await identities.tie(page.services.db, Tie(provider, subject, user_id), actor=actor, now=page.now)
            return _done(page, user_id)
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await _show(page, user_id, reader.state, 422)


def _done(page: Page, user_id: UUID) -> Response[Any]:
    return page.to(f"/users/{user_id}/sign-in?changed=yes#done")


@post("/users/{user_id:uuid}/sign-in/end", status_code=200)
async def untie(page: NamedDependency[Page], user_id: FromPath[UUID]) -> Response[Any]:
    """It means her no longer."""
    values = (await page.reader()).state.values
    one = Tie(values.get("provider", ""), values.get("subject", ""), user_id)
    await identities.untie(page.services.db, one, actor=signed_in(page).actor, now=page.now)
    return _done(page, user_id)


@post("/users/{user_id:uuid}/sign-in/{grant_id:uuid}", status_code=200)
async def set_commission(
    page: NamedDependency[Page], user_id: FromPath[UUID], grant_id: FromPath[UUID]
) -> Response[Any]:
    """The assignment that a role goes with."""
    accounts.require_keeper(signed_in(page).actor)
    reader = Reader(dict((await page.reader()).state.values), page.phrases, f"c-{grant_id}-")
    commission = reader.text("commission", most=255)
    if not reader.right:
        return await _show(page, user_id, reader.state, 422)
    await identities.set_commission(
        page.services.db, user_id, grant_id, commission, actor=signed_in(page).actor, now=page.now
    )
    return _done(page, user_id)
