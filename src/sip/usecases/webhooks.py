"""Endpoints of other systems, kept by who administers their place (rules, section 19).

The law of this file: an endpoint is told of no more than its place sees, and nobody keeps one of a place that is not
hers to administer. A secret is given out here once, and is stored sealed.
"""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.endpoint import Network, OffBecause, url_problem
from sip.domain.webhook import SECRET_BYTES, TYPES, HookEvent, HookType, secret_text
from sip.store import directory_one, webhooks
from sip.store.db import Database
from sip.store.post import webhooks as posted
from sip.store.seen import listings
from sip.store.vault import Vault
from sip.store.webhooks import EndpointRecord, HookLine
from sip.usecases.access import Act, everywhere, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.engine import calling_out
from sip.usecases.problems import ConflictError, FieldProblem, InvalidError, NotFoundError, refuse_numbers
from sip.usecases.recorded import AccessRows, recorded_beyond

SUBJECT = "endpoint"
"""How an endpoint stands in the access log."""
MOST = 20
"""How many endpoints one place may have."""
MOST_NAME = 100
MOST_LINES = 100
LONGEST_OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class EndpointWanted:
    """What is asked for. `principal_id`: whose events, of who administers the whole; None: her own place's."""

    name: str
    url: str
    types: tuple[str, ...]
    principal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EndpointMade:
    """An endpoint with its secret, to be shown once; without one where the same had been made before."""

    endpoint: EndpointRecord
    secret: str | None


@dataclass(frozen=True, slots=True)
class EndpointPage:
    """An endpoint with its latest messages, and what its place is called (None: everything). `missed`: how many have
    not got through, and when the first of them happened.
    """

    endpoint: EndpointRecord
    lines: Sequence[HookLine]
    more: bool
    place: str | None
    missed: tuple[int, datetime | None] = (0, None)


@asynccontextmanager
async def _kept(db: Database, actor: Actor, now: datetime) -> AsyncIterator[tuple[AsyncConnection, AccessRows]]:
    require_role(actor, Act.KEEP_WEBHOOKS)
    # Endpoints are the service's own rows: which of them are hers is asked here.
    async with recorded_beyond(db, actor, now) as (conn, log):
        yield conn, log


async def listed(
    db: Database, *, actor: Actor, now: datetime
) -> tuple[list[EndpointRecord], Mapping[UUID, str], list[tuple[UUID, str]]]:
    """Her endpoints, the names of their places, and the principals that she may make one for by name."""
    async with _kept(db, actor, now) as (conn, log):
        found = await webhooks.kept(conn, scope_of(actor))
        log.note("list", SUBJECT, None)
        names = await listings.place_names(conn, [place for one in found if (place := one.scope.place) is not None])
        principals = await listings.principals(conn) if everywhere(actor) else ()
        return found, names, list(principals)


async def read(
    db: Database, endpoint_id: UUID, *, before: int | None = None, most: int = 20, actor: Actor, now: datetime
) -> EndpointPage:
    """One of hers with its latest messages. Raises NotFoundError."""
    most = min(most, MOST_LINES)
    async with _kept(db, actor, now) as (conn, log):
        found = await _own(conn, endpoint_id, actor)
        log.note("read", SUBJECT, endpoint_id)
        lines = await webhooks.lines(conn, endpoint_id, before, most + 1)
        place = found.scope.place
        names = await listings.place_names(conn, [place]) if place is not None else {}
        called = names.get(place) if place is not None else None
        return EndpointPage(found, lines[:most], len(lines) > most, called, await posted.missed(conn, found))


async def make(
    db: Database, endpoint_id: UUID, wanted: EndpointWanted, *, vault: Vault, allowed: Sequence[Network], actor: Actor,
    now: datetime,
) -> EndpointMade:  # fmt: skip
    """A new endpoint, on from now. The same again is the first, without its secret.

    Raises ForbiddenError, InvalidError, NotFoundError for a place that is not hers, ConflictError for too many.
    """
    _check(wanted, allowed)
    async with _kept(db, actor, now) as (conn, log):
        record = await _record(conn, endpoint_id, wanted, actor, now)
        there = await webhooks.kept(conn, record.scope)
        if sum(one.scope == record.scope and one.id != endpoint_id for one in there) >= MOST:
            raise ConflictError("endpoints_full")
        secret = secrets.token_bytes(SECRET_BYTES)
        if not await webhooks.save(conn, record, vault.cover(secret, endpoint_id.bytes)):
            log.note("read", SUBJECT, endpoint_id)
            return EndpointMade(await _own(conn, endpoint_id, actor), None)
        log.note("add", SUBJECT, endpoint_id)
        return EndpointMade(record, secret_text(secret))


async def change(
    db: Database, endpoint_id: UUID, wanted: EndpointWanted, *, allowed: Sequence[Network], actor: Actor, now: datetime
) -> EndpointRecord:
    """Another name, address or choice of events; its place stays. Raises InvalidError and NotFoundError."""
    _check(wanted, allowed)
    async with _kept(db, actor, now) as (conn, log):
        found = await _own(conn, endpoint_id, actor)
        types = _in_order(wanted.types)
        await webhooks.change(conn, endpoint_id, wanted.name.strip(), wanted.url, types)
        log.note("change", SUBJECT, endpoint_id)
        return replace(found, name=wanted.name.strip(), url=wanted.url, types=types)


async def rotate(
    db: Database, endpoint_id: UUID, overlap: timedelta, *, vault: Vault, actor: Actor, now: datetime
) -> EndpointMade:
    """Another secret; the one before signs beside it for the overlap (at most a week), and any before that not at all.

    Raises NotFoundError, and InvalidError for an overlap that cannot be.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidError([FieldProblem("days", "endpoint_overlap")])
    async with _kept(db, actor, now) as (conn, log):
        found = await _own(conn, endpoint_id, actor)
        secret, until = secrets.token_bytes(SECRET_BYTES), now + overlap if overlap else None
        await webhooks.rotate(conn, endpoint_id, vault.cover(secret, endpoint_id.bytes), until)
        log.note("rotate", SUBJECT, endpoint_id)
        return EndpointMade(replace(found, old_until=until), secret_text(secret))


async def test(db: Database, endpoint_id: UUID, test_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Sends an event of no meeting, so that somebody sees it arrive; the same `test_id` once. Raises NotFoundError, and
    ConflictError where it is off.
    """
    async with _kept(db, actor, now) as (conn, log):
        found = await _on(conn, endpoint_id, actor)
        draft = calling_out.draft_of(found, HookEvent(HookType.TEST, 0), now)
        await posted.post(conn, [replace(draft, message_id=f"msg_{test_id.hex}")], now)
        log.note("try out", SUBJECT, endpoint_id)


async def again(db: Database, endpoint_id: UUID, message_id: str, act: UUID, *, actor: Actor, now: datetime) -> None:
    """Sends one message once more, with the id and body that it had (rules, section 19 W8); the same `act` once.

    Raises NotFoundError, and ConflictError where the endpoint is off.
    """
    async with _kept(db, actor, now) as (conn, log):
        found = await _on(conn, endpoint_id, actor)
        if not await posted.again(conn, found.id, message_id, act):
            raise NotFoundError("webhook_message")
        log.note("send again", SUBJECT, endpoint_id)


async def all_again(db: Database, endpoint_id: UUID, since: datetime, act: UUID, *, actor: Actor, now: datetime) -> int:
    """Sends what has not got through since then once more (rules, section 19 W8); gives how many messages. The same
    `act` once. Raises as `again`.
    """
    async with _kept(db, actor, now) as (conn, log):
        found = await _on(conn, endpoint_id, actor)
        count = await posted.all_again(conn, found, since, act)
        log.note("send again", SUBJECT, endpoint_id)
        return count


async def switch(db: Database, endpoint_id: UUID, on: bool, *, actor: Actor, now: datetime) -> None:
    """Switches it on, or off: then what waited is left out. What is so already stays so. Raises NotFoundError."""
    async with _kept(db, actor, now) as (conn, log):
        found = await _own(conn, endpoint_id, actor)
        if on and found.off_at is not None:
            await webhooks.switch_on(conn, endpoint_id)
        elif not on:
            await webhooks.switch_off(conn, endpoint_id, OffBecause.BY_HAND, now)
        log.note("switch on" if on else "disable", SUBJECT, endpoint_id)


async def remove(db: Database, endpoint_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Takes it away for good, with its messages. Raises NotFoundError."""
    async with _kept(db, actor, now) as (conn, log):
        await _own(conn, endpoint_id, actor)
        await webhooks.remove(conn, endpoint_id)
        log.note("erase", SUBJECT, endpoint_id)


async def _own(conn: AsyncConnection, endpoint_id: UUID, actor: Actor) -> EndpointRecord:
    found = await webhooks.one(conn, endpoint_id)
    if found is None or not (everywhere(actor) or scope_of(actor).places() == found.scope.places()):
        raise NotFoundError("endpoint")
    return found


async def _on(conn: AsyncConnection, endpoint_id: UUID, actor: Actor) -> EndpointRecord:
    found = await _own(conn, endpoint_id, actor)
    if found.off_at is not None:
        raise ConflictError("endpoint_off")
    return found


async def _record(
    conn: AsyncConnection, endpoint_id: UUID, wanted: EndpointWanted, actor: Actor, now: datetime
) -> EndpointRecord:
    unit, organisation, principal = scope_of(actor).places()
    if wanted.principal_id is not None and wanted.principal_id != principal:
        if not everywhere(actor) or await directory_one.principal(conn, wanted.principal_id) is None:
            raise NotFoundError("principal")
        principal = wanted.principal_id
    return EndpointRecord(
        endpoint_id, wanted.name.strip(), wanted.url, _in_order(wanted.types), now, unit, organisation, principal
    )


def _in_order(types: Sequence[str]) -> tuple[str, ...]:
    return tuple(one.value for one in TYPES if one in types)


def _check(wanted: EndpointWanted, allowed: Sequence[Network]) -> None:
    problems = []
    if not 1 <= len(wanted.name.strip()) <= MOST_NAME:
        problems.append(FieldProblem("name", "endpoint_name"))
    if (code := url_problem(wanted.url, allowed)) is not None:
        problems.append(FieldProblem("url", code))
    if not wanted.types or set(wanted.types) - set(TYPES):
        problems.append(FieldProblem("types", "endpoint_types"))
    if problems:
        raise InvalidError(problems)
    refuse_numbers({"name": wanted.name, "url": wanted.url})
