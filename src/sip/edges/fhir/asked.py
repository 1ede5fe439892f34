"""What is asked, read strictly: parameters, moments with their prefixes, references, and the form of the answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request

from sip.domain.bounds import in_utc
from sip.domain.worktime import STOCKHOLM
from sip.edges.api.desk import MOST, USUAL
from sip.edges.api.problems import ApiProblem
from sip.edges.fhir.parameters import COUNT, CURSOR, FORMAT, PAGING, PARAMETERS, UPDATED
from sip.store.seen.appointments import Span

JSON = frozenset({"json", "application/json", "application/fhir+json", "text/json"})
_ANY = frozenset({"*/*", "application/*", ""})
_MOMENT = re.compile(
    r"(eq|ge|gt|le|lt|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+ -]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
MOST_IDS = 50


def require_json(request: Request[Any, Any, Any]) -> None:
    """Raises ApiProblem (406) where another form than JSON is asked for. `_format` goes before Accept."""
    wanted = request.query_params.getall(FORMAT, [])
    if not wanted:
        accepted = request.headers.get("accept", "").lower().split(",")
        wanted = [one.split(";")[0].strip() for one in accepted]
        if any(one in _ANY for one in wanted):
            return
    # A plus sign in a query is a space to whoever reads it as a form.
    if not any(one.split(";")[0].strip().replace(" ", "+").lower() in JSON for one in wanted):
        raise ApiProblem(406, "fhir_format")


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """A search: what it is narrowed to, how many on a page, and where the page begins."""

    values: dict[str, list[str]]
    count: int
    cursor: str | None

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


def read(request: Request[Any, Any, Any], kind: str) -> SearchAsked:
    """The search that a request is. Raises ApiProblem (400) for a parameter that is not taken, or stands twice."""
    taken, values = PARAMETERS[kind], {}
    for name in request.query_params:
        given = request.query_params.getall(name)
        known = taken.get(name)
        if known is None and name not in PAGING:
            raise ApiProblem(400, "fhir_parameter", name=_shown(name))
        if len(given) > 1 and (known is None or not known.many):
            raise ApiProblem(400, "fhir_twice", name=name)
        values[name] = given
    return SearchAsked(values, _count(values.get(COUNT)), next(iter(values.get(CURSOR, ())), None))


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
