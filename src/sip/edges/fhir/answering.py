"""How a resource and a page of them leave: media type, version, when it was changed, links to itself and the next."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response

from sip.edges.api.door import SEARCH
from sip.edges.fhir.asked import SearchAsked, sealing
from sip.edges.fhir.names import BASE, Resource
from sip.edges.fhir.outcome import MEDIA_TYPE
from sip.edges.fhir.parameters import CURSOR
from sip.edges.services import Services

HttpRequest = Request[Any, Any, Any]


def base_of(request: HttpRequest) -> str:
    """Where the service's FHIR addresses begin, as the world knows it."""
    services: Services = request.state.services
    return f"{services.settings.base_url}{BASE}"


def moment(at: datetime) -> str:
    """An instant as FHIR writes it, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def meta(version: int | None, changed_at: datetime) -> Resource:
    """The resource's version, where it has one, and when it came to be."""
    return {**({} if version is None else {"versionId": str(version)}), "lastUpdated": moment(changed_at)}


def sent(
    request: HttpRequest,
    body: Resource,
    *,
    changed_at: datetime | None = None,
    version: int | None = None,
    status: int = 200,
    location: str | None = None,
) -> Response[bytes]:
    """One resource, or 304 where whoever asks has it already. Its tag is its version, else a digest of it."""
    content = msgspec.json.encode(body)
    digest = hashlib.sha256(content).hexdigest()[:20] if version is None else str(version)
    headers = {"ETag": f'W/"{digest}"'}
    if changed_at is not None:
        headers["Last-Modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
    if location is not None:
        headers["Location"] = location
    if request.method == "GET" and _has(request, headers["ETag"], changed_at):
        return Response(b"", status_code=304, media_type=MEDIA_TYPE, headers=headers)
    return Response(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _has(request: HttpRequest, tag: str, changed_at: datetime | None) -> bool:
    """Whether whoever asks has this already; If-None-Match goes first (RFC 9110, section 13.1.3)."""
    given = request.headers.get("if-none-match")
    if given is not None:
        return any(one.strip().removeprefix("W/") == tag.removeprefix("W/") for one in given.split(","))
    since = request.headers.get("if-modified-since")
    if since is None or changed_at is None:
        return False
    try:
        said = parsedate_to_datetime(since)
    except ValueError:
        return False
    return said.tzinfo is not None and changed_at.replace(microsecond=0) <= said


def bundle(
    request: HttpRequest, asked: SearchAsked, found: Sequence[Resource], last: str | None,
    included: Sequence[Resource] = (),
) -> Response[bytes]:  # fmt: skip
    """A page of a search; `last` is the cursor after its last one, None where nothing follows; `included` is what the
    page refers to and was asked for.
    """
    base, kind = base_of(request), request.url.path.removesuffix(SEARCH).rpartition("/")[2]
    given = [(name, value) for name, values in asked.values.items() if name != CURSOR for value in values]
    if asked.sealed:  # what was searched for stands in no address
        here = f"{base}/{kind}{SEARCH}"
        after = None if last is None else [(CURSOR, sealing(request, kind, [*given, (CURSOR, last)]))]
    else:
        here = _address(base, kind, [*given, (CURSOR, asked.cursor)] if asked.cursor is not None else given)
        after = None if last is None else [*given, (CURSOR, last)]
    links = [{"relation": "self", "url": here}]
    if after is not None:
        links.append({"relation": "next", "url": _address(base, kind, after)})
    body: Resource = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if found:  # FHIR knows no empty lists
        body["entry"] = [_entry(base, one, "match") for one in found] + [
            _entry(base, one, "include") for one in _others(found, included)
        ]
    return Response(msgspec.json.encode(body), media_type=MEDIA_TYPE)


def _others(found: Sequence[Resource], included: Sequence[Resource]) -> list[Resource]:
    """Each once, and none that the page has already."""
    there = {(one["resourceType"], one["id"]) for one in found}
    others = {(one["resourceType"], one["id"]): one for one in included}
    return [one for name, one in others.items() if name not in there]


def _entry(base: str, one: Resource, mode: str) -> Resource:
    return {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": mode}}


def _address(base: str, kind: str, given: list[tuple[str, str]]) -> str:
    return f"{base}/{kind}?{urlencode(given)}" if given else f"{base}/{kind}"
