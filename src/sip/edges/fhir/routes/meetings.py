"""Appointments and the answers to them."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.meeting import Meeting
from sip.domain.terms import Channel
from sip.edges.api.desk import Desk, cursor_of, read_moment_and_id, read_parts
from sip.edges.api.problems import ApiProblem
from sip.edges.fhir import asked as asking
from sip.edges.fhir import responses as answers_in
from sip.edges.fhir.answering import HttpRequest, base_of, bundle, sent
from sip.edges.fhir.appointments import appointment
from sip.edges.fhir.including import allowed, included
from sip.edges.fhir.names import REFERENCE, URI
from sip.edges.fhir.parameters import APPOINTMENT, RESPONSE, SERVICE, UPDATED
from sip.edges.fhir.responses import response, response_id
from sip.store.seen.appointments import AppointmentQuery, ResponseQuery
from sip.usecases import answers
from sip.usecases.reading import appointments as reading

_URN = "urn:uuid:"
_TYPES = ("application/fhir+json", "application/json")
NOBODY = UUID(int=0)
"""The id of nothing: what cannot be an id of ours is not there."""


@get("/Appointment")
async def search_appointments(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Meetings in view, by start."""
    return await _appointments(request, desk)


@post("/Appointment/_search", status_code=200)
async def find_appointments(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """The same, with what is searched for in a form."""
    return await _appointments(request, desk)


async def _appointments(request: HttpRequest, desk: Desk) -> Response[bytes]:
    asked = await asking.read(request, APPOINTMENT)
    allowed(desk, asked, APPOINTMENT)
    ids, number = asked.uuids(), asking.token(asked.one("identifier"), REFERENCE, URI)
    if number is not None and number.startswith(_URN):
        ids, number = _both(ids, _uuid(number.removeprefix(_URN))), None
    query = AppointmentQuery(
        ids=ids,
        reference=number,
        unit_id=asked.referred("actor", SERVICE),
        starts=asked.span("date"),
        changed=asked.updated,
        by_change=asked.sorts_by(UPDATED),
        down=asked.down,
        after=read_moment_and_id(asked.cursor),
        limit=asked.count,
    )
    found = await reading.page(desk.services.db, query, actor=desk.actor, now=await desk.now())
    last = None
    if len(found) >= asked.count:
        latest = found[-1]
        last = cursor_of(latest.changed_at if query.by_change else latest.meeting.start, latest.meeting.id)
    told = [appointment(one, desk.actor) for one in found]
    return bundle(request, asked, told, last, await included(desk, asked, APPOINTMENT, told))


@get("/Appointment/{identity:str}")
async def read_appointment(
    request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[str]
) -> Response[bytes]:
    """One meeting."""
    asking.only_format(request)
    found = await reading.one(desk.services.db, _uuid(identity), actor=desk.actor, now=await desk.now())
    body = appointment(found, desk.actor)
    return sent(request, body, version=found.version, changed_at=found.changed_at)


@get("/AppointmentResponse")
async def search_responses(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """The answers that stand, by the start of their meetings."""
    return await _responses(request, desk)


@post("/AppointmentResponse/_search", status_code=200)
async def find_responses(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """The same, with what is searched for in a form."""
    return await _responses(request, desk)


async def _responses(request: HttpRequest, desk: Desk) -> Response[bytes]:
    asked = await asking.read(request, RESPONSE)
    allowed(desk, asked, RESPONSE)
    ids = asked.ids()
    query = ResponseQuery(
        ones=None if ids is None else [one for one in map(answers_in.ids_of, ids) if one is not None],
        meeting_id=asked.referred("appointment", APPOINTMENT),
        unit_id=asked.referred("actor", SERVICE),
        answered=asked.updated,
        by_answer=asked.sorts_by(UPDATED),
        down=asked.down,
        after=_after(asked.cursor),
        limit=asked.count,
    )
    found = await reading.responses(desk.services.db, query, actor=desk.actor, now=await desk.now())
    last = _cursor(found[-1], by_answer=query.by_answer) if len(found) >= asked.count else None
    told = [response(one) for one in found]
    return bundle(request, asked, told, last, await included(desk, asked, RESPONSE, told))


def _cursor(last: reading.PartyAnswer, *, by_answer: bool) -> str:
    assert last.party.round is not None and last.party.round.answer is not None
    meeting = last.shown.meeting
    return cursor_of(last.party.round.answer.at if by_answer else meeting.start, meeting.id, last.party.ordinal)


@get("/AppointmentResponse/{identity:str}")
async def read_response(request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[str]) -> Response[bytes]:
    """The answer that stands for one party."""
    asking.only_format(request)
    meeting_id, party = answers_in.ids_of(identity) or (NOBODY, 1)
    found = await reading.response(desk.services.db, meeting_id, party, actor=desk.actor, now=await desk.now())
    return _sent(request, found)


@post("/AppointmentResponse", status_code=201)
async def add_response(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """A unit's answer, through the command that every answer takes."""
    asking.only_format(request)
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in _TYPES:
        raise ApiProblem(415, "fhir_type")
    data = answers_in.read(await request.body())
    meeting_id, unit_id = answers_in.meeting_id_of(data), answers_in.unit_id_of(data)
    by = await desk.command()
    shown = await reading.one(desk.services.db, meeting_id, actor=desk.actor, now=by.now)
    party = reading.own_party(desk.actor, shown.meeting, unit_id)
    if party is None:
        raise ApiProblem(422, "fhir_actor")
    how = answers.said(Channel.OTHER_SYSTEM, shown.meeting.sequence, by)
    event = answers_in.event_of(data, shown.meeting, party, how)
    done = await answers.answer(desk.services.db, meeting_id, event, by)
    desk.meeting(done)  # raises where it was refused
    assert isinstance(done.state, Meeting)
    found = await reading.response(desk.services.db, meeting_id, party.ordinal, actor=desk.actor, now=by.now)
    location = f"{base_of(request)}/{RESPONSE}/{response_id(meeting_id, party.ordinal)}"
    return _sent(request, found, status=201, location=location)


def _sent(request: HttpRequest, found: reading.PartyAnswer, **more: Any) -> Response[bytes]:
    assert found.party.round is not None and found.party.round.answer is not None
    version, at = found.shown.version, found.party.round.answer.at
    return sent(request, response(found), version=version, changed_at=at, **more)


def _uuid(text: str) -> UUID:
    """An id of ours, else the id of nothing."""
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


def _both(ids: list[UUID] | None, also: UUID) -> list[UUID]:
    return [also] if ids is None or also in ids else []


def _after(cursor: str | None) -> Any:
    """The last (moment, meeting, party) of the page before. Raises ApiProblem (400) for what is no cursor of ours."""
    if not cursor:
        return None
    *first, party = read_parts(cursor, 3)
    if not party.isascii() or not party.isdigit() or len(party) > 6:
        raise ApiProblem(400, "cursor_unusable")
    found = read_moment_and_id(cursor_of(*first))
    return None if found is None else (*found, int(party))
