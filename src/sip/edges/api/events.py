"""The description of what endpoints are sent (OpenAPI 3.1, webhooks): made from the kinds of events that there are."""

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Schema,
)

from sip.domain.webhook import HookType

_ABOUT = {
    "webhook-id": "The message's id, the same each time it is tried.",
    "webhook-timestamp": "The moment of this try, in whole seconds since 1970.",
    "webhook-signature": "`v1,` and base64 of HMAC-SHA-256 over `{id}.{timestamp}.{body}`; two, with a space between, "
    "while a secret is changed.",
}


def events() -> dict[str, PathItem | Reference]:
    """What endpoints are sent, by kind (OpenAPI 3.1, webhooks)."""
    text, whole = Schema(type=OpenAPIType.STRING), Schema(type=OpenAPIType.INTEGER)
    headers: list[Parameter | Reference] = [
        Parameter(name=name, param_in="header", required=True, description=about, schema=text)
        for name, about in _ABOUT.items()
    ]
    found: dict[str, PathItem | Reference] = {}
    for kind in HookType:
        fields: dict[str, Reference | Schema] = {}
        if kind is not HookType.TEST:
            fields = {f"{kind.partition('.')[0]}_id": text, "path": text, "version": whole}
        if kind is HookType.MEETING_ANSWERED:
            fields["party"] = whole
        data = Schema(type=OpenAPIType.OBJECT, properties=fields, required=list(fields) or None)
        name = Schema(type=OpenAPIType.STRING, const=kind.value)
        said: dict[str, Reference | Schema] = {"type": name, "timestamp": text, "data": data}
        body = Schema(type=OpenAPIType.OBJECT, properties=said, required=list(said))
        taken: dict[str, OpenAPIResponse | Reference] = {
            "2XX": OpenAPIResponse(description="Taken. Anything else is tried again; 410 switches it off.")
        }
        sent = Operation(
            tags=["Webhooks"], summary="Sent to endpoints that ask for it", parameters=headers, responses=taken,
            request_body=RequestBody(content={"application/json": OpenAPIMediaType(schema=body)}), security=[],
        )  # fmt: skip
        found[kind.value] = PathItem(post=sent)
    return found
