"""The API's description (OpenAPI 3.1) and the page that shows it, from our own files: nothing comes from elsewhere."""

from typing import Any

from litestar import Response, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, License, SecurityScheme, Tag

from sip.edges.api.described import Described
from sip.edges.api.events import events

SCHEMA = "/api/schema"
SCHEMA_FILE = f"{SCHEMA}/openapi.json"
# Swagger UI writes styles into the page; scripts come from our own files alone.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DESCRIPTION = """
Calls SIP meetings, gathers answers, records attendance and reads deviation reports.

* **Key**: `Authorization: Bearer sip_...`; its role, and where that is held, decide what it sees and may do. The rest
  is 404. A key can be narrowed to scopes such as `meetings:read` or `cases:write` (areas: meetings with feeds, cases,
  deviations, boards, groups, inbound, directory with agreements, disposal with exports, audit, webhooks; who may
  write may read): beyond them is 403 with `beyond_key`.
  `/api/v1/me` says which it has and when it runs out. A key that is renewed has two secrets for the time agreed on.
* **Repeatable**: a POST with an `Idempotency-Key` gives its first response again; another request under it is 422.
* **Versions**: a command with `If-Match: "3"` (or `version` in its body) is refused with 409 and the present state when
  a person has changed since then what it rests on: the same party, the time, the text. What the service does by itself
  (mails handed over, time) refuses nobody's command.
* **Lists**: `limit` and `cursor`; `next` of a page is the cursor of the page after, null on the last.
* **Errors**: problem documents (RFC 9457) with a stable `code`; Swedish with `Accept-Language: sv`.
* **Clients** can be made of this description, by openapi-python-client and openapi-typescript among others. If-Match
  and Idempotency-Key are declared on each operation that takes them.
* **Webhooks**: what an endpoint is sent stands under `webhooks`, by the Standard Webhooks specification 1.0.0: ids
  alone, signed; a library of the specification verifies it.
* **Times**: RFC 3339 with an offset. Nothing about the person a meeting concerns may be sent: no names, no numbers.
"""
TAGS = (
    "Meetings", "Parties", "Cases", "Deviations", "Boards", "Groups", "Inbound mail", "Directory", "Units",
    "Agreements", "Disposal", "Audit", "Webhooks", "Me", "Clock (demo and test only)",
)  # fmt: skip
_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SIP API</title>
<link rel="icon" type="image/png" href="/static/swagger/favicon-32x32.png">
<link rel="stylesheet" href="/static/swagger/swagger-ui.css">
</head>
<body>
<main id="swagger-ui" data-url="{SCHEMA_FILE}"></main>
<script src="/static/swagger/swagger-ui-bundle.js"></script>
<script src="/static/swagger/init.js"></script>
</body>
</html>
"""


@get("/api/docs", include_in_schema=False, media_type="text/html")
async def page() -> Response[str]:
    """The description as a page to try things out on."""
    return Response(_PAGE, media_type="text/html", headers={"Content-Security-Policy": CONTENT_POLICY})


def config(version: str) -> OpenAPIConfig:
    """For the application that mounts the API."""
    scheme = SecurityScheme(type="http", scheme="bearer", description="A key made by `sip api-key create`.")
    pushed = SecurityScheme(type="http", scheme="bearer", description="SIP_PUSH_SECRET; also as a basic password.")
    return OpenAPIConfig(
        title="SIP API",
        version=version,
        description=DESCRIPTION,
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        path=SCHEMA,
        render_plugins=[Described(path="/openapi.json")],
        components=[Components(security_schemes={"apiKey": scheme, "pushSecret": pushed})],
        tags=[Tag(name=name) for name in TAGS],
        webhooks=events(),
        operation_id_creator=operation_id,
    )


def operation_id(handler: Any, method: Any, path: list[Any]) -> str:
    """Unique and readable: the handler's name, with POST said where a handler takes PUT as well."""
    name = str(handler.handler_name)
    posted = getattr(method, "value", method) == "POST" and name.startswith("put_")
    return f"post_{name.removeprefix('put_')}" if posted else name
