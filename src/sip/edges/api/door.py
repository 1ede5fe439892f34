"""Every request's way in: who asks (API key), and whether the same was asked before (Idempotency-Key).

The law of this file: no handler runs without an actor. The first response under a key is kept and given again for the
same request; another request under it is 422. A command's event_id follows from the key, so that even a crash between
the commit and the kept response changes nothing twice.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import msgspec
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from sip.edges import refusals
from sip.edges.api.problems import MEDIA_TYPE, ApiProblem, document, language_of, note, problem_of
from sip.edges.services import Services
from sip.store.idempotency import Stored
from sip.usecases import key_scopes, repeats, sessions
from sip.usecases.actor import Actor
from sip.usecases.sessions import Program

BASE = "/api/v1"
MOST_BYTES = 1_000_000
STATE = "sip_api"
SEARCH = "/_search"
UNKEPT = "sip_unkept"
"""A handler sets it in the scope's state when its response holds a secret: the response is not kept, and a repeat runs
the handler again, under the same event_id."""
_KEPT_HEADERS = ("content-type", "etag", "location")


Say = Callable[[ApiProblem, str], tuple[str, bytes]]
"""How a problem is said in a language: its media type and its bytes."""


def said_as_document(problem: ApiProblem, language: str) -> tuple[str, bytes]:
    """As the API says it (RFC 9457)."""
    return MEDIA_TYPE, msgspec.json.encode(document(problem, language))


class Door(ASGIMiddleware):
    """Authenticates, then makes POST repeatable; `base` is where its addresses begin, `say` how it refuses."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, base: str = BASE, say: Say = said_as_document) -> None:
        self._base, self._say = base, say

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Lets a request in once under its key. Raises ApiProblem for a key of another request (422), or of this one
        while it is under way (409).
        """
        method = str(scope.get("method", ""))
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        language = language_of(headers.get("accept-language", ""))
        try:
            services = services_of(scope)
            program = await _program(services, headers.get("authorization", ""))
            actor = program.actor
            refusals.asks(scope["state"], actor)
            if not scope["state"]["pace"].takes(str(program.key.id)):
                raise ApiProblem(429, "too_many")
            if method == "OPTIONS":  # Litestar's own answer knows the first handler of an address alone
                await _send(204, [("allow", _methods(scope))], b"", send)
                return
            part = scope["path_template"].removeprefix(self._base).split("/")[1]
            searches = method == "POST" and scope["path_template"].endswith(SEARCH)  # FHIR's, which writes nothing
            lacking = key_scopes.lacking(program.key.scopes, part, writes=method != "GET" and not searches)
            if lacking is not None:
                raise ApiProblem(403, "beyond_key", scope=lacking)
            body = await _body(headers, receive)
            key = _key(headers) if method == "POST" and not searches else None
            digest = _digest(scope, body)
            stored = await repeats.begin(services.db, actor, key, digest) if key is not None else None
            if stored is not None and (stored.request_hash != digest or stored.status is None):
                raise _unrepeatable(stored, digest)
        except Exception as error:
            problem = problem_of(error, method)
            note(scope["state"], error, problem)
            await _say(problem, self._say(problem, language), send)
            return
        if stored is not None:
            await _repeat(stored, send)
            return
        event_id = f"api/{_named(actor, key) if key is not None else uuid4().hex}"
        scope["state"][STATE] = (actor, program.key, event_id, language)
        if key is None:
            await next_app(scope, _replay(body), send)
        else:
            await _first(services, actor, key, scope, _replay(body), send, next_app)


def services_of(scope: Scope) -> Services:
    """The services of the application that serves this request."""
    found: Services = scope["state"]["services"]
    return found


async def _program(services: Services, authorization: str) -> Program:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiProblem(401, "unauthorized")
    program = await sessions.program(services.db, token.strip(), services.clock())
    if program is None:
        raise ApiProblem(401, "unauthorized")
    return program


async def _first(
    services: Services, actor: Actor, key: str, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
) -> None:
    """Runs the request, keeps its response, then sends it."""
    messages: list[Message] = []

    async def gather(message: Message) -> None:
        messages.append(message)

    try:
        await next_app(scope, receive, gather)
    except BaseException:
        await repeats.forget(services.db, actor, key)
        raise
    status, kept, body = _response(messages)
    if status >= 500 or scope["state"].get(UNKEPT):
        await repeats.forget(services.db, actor, key)
    else:
        await repeats.finish(services.db, actor, key, status, json.dumps(kept), body)
    for message in messages:
        await send(message)


def _named(actor: Actor, key: str) -> str:
    return hashlib.sha256(f"{repeats.owner(actor)}\0{key}".encode()).hexdigest()[:40]


def _key(headers: dict[str, str]) -> str | None:
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable() or " " in key:
        raise ApiProblem(400, "key_unusable")
    return key


async def _body(headers: dict[str, str], receive: Receive) -> bytes:
    """The whole body. It is read here once, for the digest, and given again to the handler."""
    found = bytearray()
    more = True
    while more:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            break
        found += message.get("body", b"")
        more = message.get("more_body", False)
        if len(found) > MOST_BYTES:
            raise ApiProblem(413, "too_large", most=MOST_BYTES)
    return bytes(found)


def _replay(body: bytes) -> Receive:
    message: HTTPReceiveMessage = {"type": "http.request", "body": body, "more_body": False}

    async def receive() -> HTTPReceiveMessage:
        return message

    return receive


def _methods(scope: Scope) -> str:
    """What may be asked of this address."""
    found: set[str] = set()
    for route in scope["litestar_app"].routes:
        if isinstance(route, HTTPRoute) and route.path_format == scope["path_template"]:
            found.update(route.methods)
    return ", ".join(sorted(found))


def _digest(scope: Scope, body: bytes) -> bytes:
    head = b"\0".join((str(scope.get("method", "")).encode(), scope["path"].encode(), scope["query_string"]))
    return hashlib.sha256(head + b"\0" + body).digest()


def _unrepeatable(stored: Stored, digest: bytes) -> ApiProblem:
    if stored.request_hash != digest:
        return ApiProblem(422, "key_reused")
    return ApiProblem(409, "in_progress")


def _response(messages: list[Message]) -> tuple[int, list[list[str]], bytes]:
    status, kept, body = 500, [], bytearray()
    for message in messages:
        if message["type"] == "http.response.start":
            status = message["status"]
            pairs = [[n.decode("latin-1").lower(), v.decode("latin-1")] for n, v in message["headers"]]
            kept = [pair for pair in pairs if pair[0] in _KEPT_HEADERS]
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")
    return status, kept, bytes(body)


async def _repeat(stored: Stored, send: Send) -> None:
    assert stored.status is not None
    kept = [tuple(pair) for pair in json.loads(stored.headers or "[]")]
    await _send(stored.status, [*kept, ("idempotency-replayed", "true")], stored.body or b"", send)


async def _say(problem: ApiProblem, said: tuple[str, bytes], send: Send) -> None:
    media_type, body = said
    await _send(problem.status, [("content-type", media_type), *problem.headers.items()], body, send)


async def _send(status: int, headers: list[tuple[str, str]], body: bytes, send: Send) -> None:
    sent = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers]
    sent.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body, "more_body": False})
