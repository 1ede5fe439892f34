"""Mail pushed by HTTP: for a mail server's pipe, or a provider that posts what it receives.

The law of this file: it has a secret of its own and no role; without that setting it does not exist. 202 is said only
after the mail has been committed; what else goes wrong on our side is 503, and the sender tries again. Bodies that
carry the envelope as a form (Mailgun's MIME route) are taken as well.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, Router
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromHeader, FromQuery, HeaderParameter, QueryParameter
from multipart import MultipartError, MultipartParser

from sip.edges.api.http import post
from sip.edges.api.problems import ApiProblem, handle
from sip.edges.api.schemas.common import Out
from sip.edges.mail.addresses import Home
from sip.edges.mail.ways.delivered_to import envelope_of
from sip.edges.services import Services
from sip.settings import Settings
from sip.usecases.problems import FieldProblem
from sip.usecases.received import inbound
from sip.usecases.received.inbound import Envelope

SOURCE = "push"
MOST_RECIPIENTS = 100
RAW_TYPES = ("message/rfc822", "message/global", "application/octet-stream", "text/plain")
MULTIPART, FORM = "multipart/form-data", "application/x-www-form-urlencoded"
# A form writes one byte as three at most, and has a few other fields.
_FORM_FACTOR, _FORM_MORE = 3, 100_000
SCHEME = "pushSecret"

Recipients = Annotated[
    list[str] | None,
    QueryParameter(description="Each address it came to (RCPT TO); left out, they are read from the mail's headers."),
]
Sender = Annotated[str | None, QueryParameter(description="The return path (MAIL FROM); empty for what machines send.")]
ToHeader = Annotated[
    str | None,
    HeaderParameter(
        name="X-Envelope-To",
        description="The same as `recipient`, repeated or with commas between; a header stands in no proxy's log.",
    ),
]
FromHeaderLine = Annotated[
    str | None, HeaderParameter(name="X-Envelope-From", description="The same as `sender`, as a header.")
]


class PushedOut(Out, frozen=True, kw_only=True):
    """The mail is kept, for these of our addresses."""

    recipients: list[str]


@dataclass
class _Operation(Operation):
    """The body: a mail as it is, or a form with it."""

    def __post_init__(self) -> None:
        text, binary = Schema(type=OpenAPIType.STRING), Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        form = Schema(
            type=OpenAPIType.OBJECT,
            required=["body-mime"],
            properties={
                "body-mime": binary,
                "recipient": Schema(type=OpenAPIType.STRING, description="Several with commas between."),
                "sender": text,
            },
        )
        content = {RAW_TYPES[0]: OpenAPIMediaType(schema=binary), MULTIPART: OpenAPIMediaType(schema=form)}
        self.request_body = RequestBody(
            content=content, required=True, description="The message (RFC 5322) as it came."
        )


@post(
    "/inbound/push",
    status_code=202,
    summary="Mail pushed by a mail server; kept when it answers 202",
    operation_class=_Operation,
    security=[{SCHEME: []}],
    tags=["Inbound mail"],
)
async def push_inbound(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    recipient: FromQuery[Recipients] = None,
    sender: FromQuery[Sender] = None,
    envelope_to: FromHeader[ToHeader] = None,  # described by this; every repeat of it is read below
    envelope_from: FromHeader[FromHeaderLine] = None,
) -> PushedOut:
    """The same mail to the same address again is nothing new, so whoever got no answer sends it again."""
    settings = services.settings
    _admit(settings, request.headers.get("authorization", ""))
    raw, form = await _content(request, settings.mail_max_bytes)
    named = [
        *(recipient or ()),
        *_split(request.headers.getall("x-envelope-to", [])),
        *_split(form.get("recipient", ())),
    ]
    senders = [one for one in (sender, envelope_from, *form.get("sender", ())) if one is not None]
    envelope = _envelope(raw, named, senders, Home(settings.mail_domain, settings.mail_local_part))
    await inbound.ingest(services.db, services.vault, raw, envelope, SOURCE, await services.clock.now())
    return PushedOut(recipients=list(envelope.recipients))


def _admit(settings: Settings, authorization: str) -> None:
    """The secret as a bearer token, or as the password of basic authentication where nothing else can be sent."""
    if settings.push_secret is None:
        raise ApiProblem(404, "not_found")
    scheme, _, sent = authorization.partition(" ")
    given = sent.strip().encode("utf-8", "replace")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).partition(b":")[2]
        except binascii.Error:
            given = b""
    elif scheme.lower() != "bearer":
        given = b""
    if not hmac.compare_digest(given, settings.push_secret.get_secret_value().encode()):
        raise ApiProblem(401, "push_secret")


async def _content(request: Request[Any, Any, Any], most: int) -> tuple[bytes, dict[str, list[str]]]:
    """The mail, and the other fields where it came in a form."""
    kind, options = request.content_type
    form: dict[str, list[str]] = {}
    if kind in RAW_TYPES:
        raw = await _body(request, most, most)
    elif kind in (MULTIPART, FORM):
        body = await _body(request, most * _FORM_FACTOR + _FORM_MORE, most)
        raw, form = _parts(body, options.get("boundary", "")) if kind == MULTIPART else _fields(body)
    else:
        raise ApiProblem(415, "push_kind")
    if len(raw) > most:
        raise ApiProblem(413, "too_large", most=most)
    if not raw:
        raise ApiProblem(422, "invalid", errors=(FieldProblem("body-mime" if form else "", "push_empty"),))
    return raw, form


async def _body(request: Request[Any, Any, Any], limit: int, most: int) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise ApiProblem(413, "too_large", most=most)
    return bytes(found)


def _parts(body: bytes, boundary: str) -> tuple[bytes, dict[str, list[str]]]:
    raw, form = b"", dict[str, list[str]]()
    try:
        parser = MultipartParser(BytesIO(body), boundary, spool_limit=len(body) + 1, memory_limit=len(body) + 1)
        for part in parser:
            if part.name == "body-mime":
                raw = part.raw
            else:
                form.setdefault(part.name, []).append(part.raw.decode("utf-8", "replace"))
    except (MultipartError, ValueError, LookupError):
        raise ApiProblem(400, "bad_request") from None
    return raw, form


def _fields(body: bytes) -> tuple[bytes, dict[str, list[str]]]:
    raw, form = b"", dict[str, list[str]]()
    try:
        # Byte for byte: Latin-1 gives back every byte it was given.
        text = body.decode("latin-1")
        pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=200)
    except ValueError:
        raise ApiProblem(400, "bad_request") from None
    for name, value in pairs:
        if name == "body-mime":
            raw = value.encode("latin-1")
        else:
            form.setdefault(name, []).append(value.encode("latin-1").decode("utf-8", "replace"))
    return raw, form


def _split(values: Any) -> list[str]:
    """Several addresses in one value."""
    return [one.strip() for value in values for one in value.split(",") if one.strip()]


def _envelope(raw: bytes, named: list[str], senders: list[str], home: Home) -> Envelope:
    """By what was said beside the mail; what was not said is read from its headers."""
    # A + that was not written as %2B has become a space on the way; no address of ours has one.
    recipients = [one.strip(" <>").replace(" ", "+") for one in named]
    wrong = [one for one in recipients if home.read(one) is None]
    if wrong or len(recipients) > MOST_RECIPIENTS:
        raise ApiProblem(422, "invalid", errors=(FieldProblem("recipient", "push_recipient"),))
    found = envelope_of(raw, home)
    mail_from = senders[0].strip(" <>") if senders else found.mail_from
    return Envelope(mail_from, tuple(dict.fromkeys(recipients)) or found.recipients)


def router(base: str) -> Router:
    """Beside the API's own router: no key opens it, and its body may be as large as a mail (`_body` counts)."""
    return Router(
        base, route_handlers=[push_inbound], exception_handlers={Exception: handle}, request_max_body_size=None
    )
