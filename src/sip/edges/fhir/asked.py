"""What is asked, read strictly: parameters, moments with their prefixes, references, and the form of the answer."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Request

from sip.domain.bounds import in_utc
from sip.domain.worktime import STOCKHOLM
from sip.edges.api.desk import MOST, USUAL
from sip.edges.api.door import SEARCH
from sip.edges.api.problems import ApiProblem
from sip.edges.fhir.parameters import (
    COUNT,
    CURSOR,
    FORMAT,
    INCLUDE,
    INCLUDES,
    PAGING,
    PARAMETERS,
    SORT,
    SORTS,
    UPDATED,
)
from sip.edges.services import Services
from sip.store.seen.appointments import Span
from sip.store.vault import Vault, WrongKey

JSON = frozenset({"json", "application/json", "application/fhir+json", "text/json"})
_ANY = frozenset({"*/*", "application/*", ""})
_MOMENT = re.compile(
    r"(eq|ge|gt|le|lt|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+ -]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
MOST_IDS = 50


FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 200


async def given_in(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """The parameters of a request: of its address, and of its form where it is a search by POST. Raises ApiProblem
    (415) for another body than a form, 400 for one that cannot be read.
    """
    found = [(str(name), str(value)) for name, value in request.query_params.multi_items()]
    if request.method != "POST" or not request.url.path.endswith(SEARCH):
        return found
    body = await request.body()
    if body and request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise ApiProblem(415, "fhir_form")
    try:
        text = body.decode("ascii")
        return found + parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise ApiProblem(400, "fhir_form") from None


async def require_json(request: Request[Any, Any, Any]) -> None:
    """Raises ApiProblem (406) where another form than JSON is asked for. `_format` goes before Accept."""
    wanted = [value for name, value in await given_in(request) if name == FORMAT]
    if not wanted:
        accepted = request.headers.get("accept", "").lower().split(",")
        wanted = [one.split(";")[0].strip() for one in accepted]
        if any(one in _ANY for one in wanted):
            return
    # A plus sign in a query is a space to whoever reads it as a form.
    if not any(one.split(";")[0].strip().replace(" ", "+").lower() in JSON for one in wanted):
        raise ApiProblem(406, "fhir_format")


@dataclass(frozen=True, slots=True)
class Sort:
    """By which parameter, and whether the last comes first."""

    by: str
    down: bool


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """A search: what it is narrowed to, how many on a page, where the page begins, in which order, and what is
    included. `sealed`: it came by POST, or goes on from one that did, and stands in no address.
    """

    values: dict[str, list[str]]
    count: int
    cursor: str | None
    sort: Sort | None = None
    include: tuple[str, ...] = ()
    sealed: bool = False

    def sorts_by(self, name: str) -> bool:
        """Whether it is sorted by this parameter."""
        return self.sort is not None and self.sort.by == name

    @property
    def down(self) -> bool:
        """Whether the last comes first."""
        return self.sort is not None and self.sort.down

    def one(self, name: str) -> str | None:
        """The only value of a parameter; None where it is not asked for."""
        given = self.values.get(name)
        return given[0] if given else None

    def ids(self) -> list[str] | None:
        """The ids asked for. Raises ApiProblem (400) for too many."""
        given = self.one("_id")
        found = None if given is None else given.split(",")
        if found is not None and len(found) > MOST_IDS:
            raise ApiProblem(400, "fhir_ids", most=MOST_IDS)
        return found

    def uuids(self) -> list[UUID] | None:
        """The ids asked for that can be ids of ours."""
        given = self.ids()
        return None if given is None else [UUID(one) for one in given if _ID.fullmatch(one)]

    def referred(self, name: str, kind: str) -> UUID | None:
        """The id in a reference to this kind of resource. Raises ApiProblem (400) for anything else."""
        given = self.one(name)
        return None if given is None else referred(given, kind, name)

    def span(self, name: str) -> Span:
        """The span that the moments of a parameter leave. Raises ApiProblem (400) for what is none."""
        found = Span()
        for given in self.values.get(name, ()):
            found = found.within(_span(name, given))
        return found

    @property
    def updated(self) -> Span:
        return self.span(UPDATED)


async def read(request: Request[Any, Any, Any], kind: str) -> SearchAsked:
    """The search that a request is. Raises ApiProblem (400) for a parameter that is not taken, or stands twice."""
    pairs = await given_in(request)
    sealed = request.method == "POST"
    cursor = next((value for name, value in pairs if name == CURSOR), "")
    if cursor.startswith(SEALED):
        pairs, sealed = [*unsealed(request, kind, cursor), *((n, v) for n, v in pairs if n != CURSOR)], True
    values = _values(pairs, kind)
    sort, include = _sort(values.get(SORT), kind), tuple(dict.fromkeys(values.get(INCLUDE, ())))
    for one in include:
        if one not in INCLUDES[kind]:
            raise ApiProblem(400, "fhir_include", names=", ".join(INCLUDES[kind]))
    first = next(iter(values.get(CURSOR, ())), None)
    return SearchAsked(values, _count(values.get(COUNT)), first, sort, include, sealed)


def _values(pairs: Iterable[tuple[str, str]], kind: str) -> dict[str, list[str]]:
    taken, values = PARAMETERS[kind], dict[str, list[str]]()
    for name, value in pairs:
        known = taken.get(name)
        if known is None and name not in PAGING and name != INCLUDE:
            raise ApiProblem(400, "fhir_parameter", name=_shown(name))
        if name in values and name != INCLUDE and (known is None or not known.many):
            raise ApiProblem(400, "fhir_twice", name=name)
        values.setdefault(name, []).append(value)
    return values


def _sort(given: Sequence[str] | None, kind: str) -> Sort | None:
    if not given:
        return None
    by = given[0].removeprefix("-")
    if by not in SORTS[kind]:
        raise ApiProblem(400, "fhir_sort", names=", ".join(SORTS[kind]))
    return Sort(by, given[0].startswith("-"))


# -- a search that stands in no address

SEALED = "sealed."


def sealing(request: Request[Any, Any, Any], kind: str, pairs: Sequence[tuple[str, str]]) -> str:
    """A cursor that holds a whole search, which nobody reads but this installation."""
    plain = msgspec.json.encode(pairs)
    return SEALED + urlsafe_b64encode(_vault(request).cover(plain, kind.encode())).decode().rstrip("=")


def unsealed(request: Request[Any, Any, Any], kind: str, cursor: str) -> list[tuple[str, str]]:
    """The search in it. Raises ApiProblem (400) for what is none of ours."""
    text = cursor.removeprefix(SEALED)
    try:
        covered = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(_vault(request).uncover(covered, kind.encode()), type=list[tuple[str, str]])
    except (ValueError, WrongKey, msgspec.DecodeError):
        raise ApiProblem(400, "cursor_unusable") from None


def _vault(request: Request[Any, Any, Any]) -> Vault:
    services: Services = request.state.services
    return services.vault


def only_format(request: Request[Any, Any, Any]) -> None:
    """Raises ApiProblem (400) for parameters where a thing is read by its id."""
    for name in request.query_params:
        if name != FORMAT:
            raise ApiProblem(400, "fhir_parameter", name=_shown(name))


def _shown(name: str) -> str:
    """A parameter's name as it may be said again; what is no name of any is not repeated."""
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z_:.-]{0,40}", name, re.ASCII) else "?"


def _count(given: Sequence[str] | None) -> int:
    """More than the most is the most, as FHIR lets a server give fewer than was asked for."""
    if not given:
        return USUAL
    if not re.fullmatch(r"0*[1-9]\d{0,8}", given[0], re.ASCII):
        raise ApiProblem(400, "fhir_count", most=MOST)
    return min(int(given[0]), MOST)


def referred(given: str, kind: str, name: str) -> UUID:
    """The id in `kind/id`, or in an absolute reference that ends so. Raises ApiProblem (400)."""
    of, _, last = given.rpartition("/")
    if not _ID.fullmatch(last) or of.rpartition("/")[2] not in ("", kind):
        raise ApiProblem(400, "fhir_reference", name=name, kind=kind)
    return UUID(last)


def token(given: str | None, *systems: str) -> str | None:
    """The value of a token, whose system is one of these or is left out; "" where it is another's."""
    if given is None:
        return None
    system, bar, value = given.rpartition("|")
    return value if not bar or system in systems else ""


def _span(name: str, given: str) -> Span:
    found = _MOMENT.fullmatch(given)
    bounds = None if found is None else _bounds(found)
    if found is None or bounds is None:
        raise ApiProblem(400, "fhir_date", name=name)
    first, after = bounds
    match found[1]:
        case "ge":
            return Span(first, None)
        case "gt" | "sa":
            return Span(after, None)
        case "le":
            return Span(None, after)
        case "lt" | "eb":
            return Span(None, first)
        case _:
            return Span(first, after)


def _bounds(found: re.Match[str]) -> tuple[datetime, datetime] | None:
    """When what is written begins, and when it is over: a day is a whole day, in Sweden where no zone is said."""
    _, year, month, day, hour, second, fraction, zone = found.groups()
    said = f"{year}-{month or '01'}-{day or '01'}T{hour or '00:00'}:{second or '00'}.{(fraction or '0'):0<6}"
    try:
        begins = datetime.fromisoformat(said + (zone or "").replace(" ", "+").replace("Z", "+00:00"))
        if begins.tzinfo is None:
            begins = begins.replace(tzinfo=STOCKHOLM)
        if month is None:
            ends = begins.replace(year=begins.year + 1)
        elif day is None:
            ends = (begins + timedelta(days=31)).replace(day=1)
        elif hour is None:
            ends = begins + timedelta(days=1)
        else:
            ends = begins + _unit(second, fraction)
    except (ValueError, OverflowError):
        return None
    first, after = in_utc(begins), in_utc(ends)
    return None if first is None or after is None else (first, after)


def _unit(second: str | None, fraction: str | None) -> timedelta:
    """The finest that was written."""
    if fraction is not None:
        return timedelta(microseconds=10 ** (6 - len(fraction)))
    return timedelta(minutes=1) if second is None else timedelta(seconds=1)
