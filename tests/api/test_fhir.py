"""Meetings as record systems read them: FHIR R4, each answer held against the published models of its resources."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import text

from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, Outcome
from sip.edges.fhir import statuses
from sip.edges.fhir.definitions import DEFINITIONS
from sip.usecases.problems import NotFoundError
from tests.api.conftest import Caller, House
from tests.domain.cast import CARE_CENTRE, HOME_CARE, REGION, SCHOOL
from tests.tester import TESTER

BASE = "/fhir/R4"
UNIT = HOME_CARE.unit_id


@cache
def _model(kind: str) -> Any:
    return get_fhir_model_class(kind)


def checked(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The resource in an answer: of the right kind of content, and as its published model has it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    body: dict[str, Any] = answer.json()
    _model(body["resourceType"]).model_validate(body)
    assert "Patient" not in answer.text and "Clara" not in answer.text
    return body


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle.get("entry", [])]


def link(bundle: dict[str, Any], relation: str) -> str | None:
    found = [one["url"] for one in bundle["link"] if one["relation"] == relation]
    return found[0] if found else None


def told(part: dict[str, Any], name: str) -> Any:
    """What an extension of ours says."""
    values = [one for one in part.get("extension", []) if one["url"] == f"urn:sip:fhir:{name}"]
    return next((value for one in values for key, value in one.items() if key != "url"), None)


def answer_of(meeting_id: str, status: str = "accepted", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "AppointmentResponse",
        "appointment": {"reference": f"Appointment/{meeting_id}"},
        "actor": {"reference": f"HealthcareService/{HOME_CARE.unit_id}"},
        "participantStatus": status,
        **more,
    }


@pytest.fixture
async def called(roles: House) -> AsyncIterator[tuple[House, str]]:
    meeting = await roles.called(parties=[{"unit_id": str(HOME_CARE.unit_id)}, {"unit_id": str(SCHOOL.unit_id)}])
    yield roles, meeting["id"]


async def pages(ask: Caller, address: str) -> list[dict[str, Any]]:
    """Every page of a search, by its next links."""
    found = [checked(await ask("GET", address))]
    while (following := link(found[-1], "next")) is not None:
        parts = urlsplit(following)
        found.append(checked(await ask("GET", f"{parts.path}?{parts.query}")))
        assert len(found) < 20
    return found


# -- reading


async def test_a_meeting_is_an_appointment_without_the_person_concerned(called: tuple[House, str]) -> None:
    house, key = called
    answer = await house.admin("GET", f"{BASE}/Appointment/{key}")
    found = checked(answer)
    assert (found["status"], found["start"], found["end"]) == (
        "pending", "2026-12-07T09:00:00Z", "2026-12-07T10:00:00Z",
    )  # fmt: skip
    assert told(found, "meeting-state") == "called"
    assert [told(one, "party-obligation") for one in found["participant"][:3]] == ["convening", "summoned", "summoned"]
    assert [one["status"] for one in found["participant"]] == ["accepted", "needs-action", "needs-action", "accepted"]
    assert found["contained"][0]["name"] == "Vårdcentralen Eken, Rum 2"
    assert answer.headers["etag"] == f'W/"{found["meta"]["versionId"]}"' and answer.headers["last-modified"]
    assert "Vem gör vad" not in answer.text and "Gemensam planering" not in answer.text


async def test_a_called_unit_sees_its_own_part_alone(called: tuple[House, str]) -> None:
    house, key = called
    unit = house.keys["unit_staff"]
    found = checked(await unit("GET", f"{BASE}/Appointment/{key}"))
    assert [one["actor"].get("display") for one in found["participant"]] == [
        "Vårdcentralen Eken", "Hemtjänsten Al", None,
    ]  # fmt: skip
    assert "Skolan" not in str(found)
    await house.admin("PUT", f"/meetings/{key}/parties/3/answer", {"answer": "attends"})
    assert resources(checked(await unit("GET", f"{BASE}/AppointmentResponse"))) == []
    refused = await unit("GET", f"{BASE}/AppointmentResponse/{key}.3")
    assert checked(refused, 404)["issue"][0]["code"] == "not-found"
    assert len(resources(checked(await house.keys["convener"]("GET", f"{BASE}/AppointmentResponse")))) == 1
    of_school = f"{BASE}/Appointment?actor=HealthcareService/{SCHOOL.unit_id}"
    assert resources(checked(await unit("GET", of_school))) == []
    assert len(resources(checked(await house.admin("GET", of_school)))) == 1
    assert resources(checked(await house.keys["outsider"]("GET", f"{BASE}/Appointment"))) == []
    checked(await house.keys["outsider"]("GET", f"{BASE}/Appointment/{key}"), 404)
    checked(await house.keys["board_member"]("GET", f"{BASE}/Appointment"), 403)


async def test_what_is_asked_for_again_and_has_not_changed_is_not_sent_again(called: tuple[House, str]) -> None:
    house, key = called
    first = await house.admin("GET", f"{BASE}/Appointment/{key}")
    for header, value in (
        ("if_none_match", first.headers["etag"]),
        ("if_modified_since", first.headers["last-modified"]),
    ):
        again = await house.admin("GET", f"{BASE}/Appointment/{key}", **{header: value})
        assert (again.status_code, again.content) == (304, b""), header
    await house.set_time("2026-11-02 11:00")
    await house.admin("PUT", f"/meetings/{key}/parties/2/answer", {"answer": "attends"})
    changed = await house.admin("GET", f"{BASE}/Appointment/{key}", if_none_match=first.headers["etag"])
    assert checked(changed)["meta"]["versionId"] != first.json()["meta"]["versionId"]
    unit = f"{BASE}/HealthcareService/{HOME_CARE.unit_id}"
    tag = (await house.admin("GET", unit)).headers["etag"]
    assert (await house.admin("GET", unit, if_none_match=tag)).status_code == 304


SEARCHES: list[tuple[str, int]] = [
        ("date=2026-12-07", 1), ("date=eq2026-12-07", 1), ("date=2026-12-08", 0), ("date=2026-12", 1), ("date=2026", 1),
        ("date=ge2026-12-07T10:00:00%2B01:00", 1), ("date=gt2026-12-07T10:00:00%2B01:00", 0),
        ("date=ge2026-12-07T10:00:00+01:00", 1), ("date=le2026-12-07T09:00:00Z", 1), ("date=lt2026-12-07T09:00:00Z", 0),
        ("date=ge2026-12-07&date=lt2026-12-08", 1), ("date=ge2026-12-08&date=lt2026-12-07", 0),
        ("_lastUpdated=ge2026-11-02", 1), ("_lastUpdated=gt2026-11-02", 0), ("_lastUpdated=lt2026-11-02T09:00:00Z", 0),
        (f"actor=HealthcareService/{HOME_CARE.unit_id}", 1), (f"actor={CARE_CENTRE.unit_id}", 1),
        (f"actor=HealthcareService/{SCHOOL.unit_id}", 1), (f"actor=HealthcareService/{REGION}", 0),
        ("identifier=7F3K-2MQ", 1), ("identifier=urn:other|7F3K-2MQ", 0), ("_id=nothing", 0),
]  # fmt: skip


async def test_meetings_are_searched_for(called: tuple[House, str]) -> None:
    house, _ = called
    one = checked(await house.admin("GET", f"{BASE}/Appointment"))["entry"][0]["resource"]
    for asked, found in SEARCHES:
        query = asked.replace("7F3K-2MQ", one["identifier"][1]["value"])
        for who in ("administrator", "unit_staff"):
            expected = 0 if who == "unit_staff" and str(SCHOOL.unit_id) in query else found
            answer = await house.keys[who]("GET", f"{BASE}/Appointment?{query}")
            assert len(resources(checked(answer))) == expected, (query, who)
    by_urn = f"{BASE}/Appointment?identifier=urn:uuid:{one['id']}"
    assert len(resources(checked(await house.admin("GET", by_urn)))) == 1


async def test_a_bundle_leads_from_page_to_page(roles: House) -> None:
    meetings = {(await roles.called())["id"] for _ in range(5)}
    for meeting in sorted(meetings)[:3]:
        await roles.admin("PUT", f"/meetings/{meeting}/parties/2/answer", {"answer": "attends"})
    for address, count in (("Appointment", 5), ("AppointmentResponse", 3)):
        found = await pages(roles.admin, f"{BASE}/{address}?_count=2&_format=json")
        assert [len(resources(one)) for one in found][:-1] == [2] * (len(found) - 1), address
        ids = [one["id"] for page in found for one in resources(page)]
        assert len(ids) == len(set(ids)) == count, address
        assert all("_format=json" in str(link(one, "self")) for one in found)
    every = await pages(roles.admin, f"{BASE}/Organization?_count=2")
    assert len({one["id"] for page in every for one in resources(page)}) > 4
    few = f"{BASE}/HealthcareService?_count=1&_id={HOME_CARE.unit_id},{SCHOOL.unit_id}"
    assert len([one for page in await pages(roles.admin, few) for one in resources(page)]) == 2


async def test_units_and_those_who_run_them_are_read_and_searched_for(roles: House) -> None:
    async with roles.db.transaction(TESTER) as conn:
        await conn.execute(
            text("update unit set hsa_id = 'SE2321000016-1AB2' where id = :id"), {"id": HOME_CARE.unit_id}
        )
    unit = checked(await roles.admin("GET", f"{BASE}/HealthcareService/{HOME_CARE.unit_id}"))
    assert unit["identifier"] == [{"system": "urn:oid:1.2.752.29.4.19", "value": "SE2321000016-1AB2"}]
    found = "identifier=urn:oid:1.2.752.29.4.19%7CSE2321000016-1AB2"
    for query in (found, "identifier=SE2321000016-1AB2", "name=hemtj%C3%A4nsten%20al&active=true", found + "&name=al"):
        bundle = checked(await roles.admin("GET", f"{BASE}/HealthcareService?{query}"))
        assert [one["id"] for one in resources(bundle)] == [str(HOME_CARE.unit_id)], query
    for query in ("identifier=SE1", f"{found}&organization=Organization/{REGION}", f"{found}&name=skolan"):
        assert resources(checked(await roles.admin("GET", f"{BASE}/HealthcareService?{query}"))) == [], query
    run_by = unit["providedBy"]["reference"]
    board = checked(await roles.admin("GET", f"{BASE}/{run_by}"))
    principal = checked(await roles.admin("GET", f"{BASE}/{board['partOf']['reference']}"))
    below = checked(await roles.admin("GET", f"{BASE}/Organization?partof={principal['id']}"))
    assert board["id"] in [one["id"] for one in resources(below)]
    both = f"{BASE}/Organization?_id={board['id']},{principal['id']},{REGION}"
    assert len(resources(checked(await roles.admin("GET", both)))) == 3
    checked(await roles.admin("GET", f"{BASE}/Organization/{HOME_CARE.unit_id}"), 404)


async def test_functions_are_told_and_nobody_is_named(roles: House) -> None:
    manager = roles.keys["unit_manager"]
    found = resources(checked(await manager("GET", f"{BASE}/PractitionerRole?service={HOME_CARE.unit_id}")))
    assert found and not any("practitioner" in one or "telecom" in one for one in found)
    one = checked(await manager("GET", f"{BASE}/PractitionerRole/{found[0]['id']}"))
    assert one["code"][0]["coding"][0]["system"] == "urn:sip:role"
    others = resources(checked(await roles.admin("GET", f"{BASE}/PractitionerRole?_count=200")))
    elsewhere = next(one for one in others if one["id"] not in {own["id"] for own in found})
    checked(await manager("GET", f"{BASE}/PractitionerRole/{elsewhere['id']}"), 404)
    checked(await roles.keys["unit_staff"]("GET", f"{BASE}/PractitionerRole"), 403)


async def test_who_did_not_come_is_said_party_by_party(called: tuple[House, str]) -> None:
    house, key = called
    for party in (2, 3):
        await house.admin("PUT", f"/meetings/{key}/parties/{party}/answer", {"answer": "attends"})
    assert checked(await house.admin("GET", f"{BASE}/Appointment/{key}"))["status"] == "booked"
    await house.set_time("2026-12-07 11:05")
    marks = [{"party": 1, "mark": "attended"}, {"party": 2, "mark": "attended"}, {"party": 3, "mark": "absent"}]
    recorded = await house.admin("PUT", f"/meetings/{key}/attendance", {"outcome": "held", "marks": marks})
    assert recorded.status_code == 200, recorded.text
    found = checked(await house.admin("GET", f"{BASE}/Appointment/{key}"))
    assert (found["status"], told(found, "meeting-outcome")) == ("fulfilled", "held")
    came = {told(one, "party"): told(one, "party-attendance") for one in found["participant"] if told(one, "party")}
    assert came == {1: "attended", 2: "attended", 3: "absent"}


async def test_a_cancelled_meeting_and_a_draft_say_so(roles: House) -> None:
    meeting = await roles.called()
    await roles.admin("POST", f"/meetings/{meeting['id']}/cancellation", {})
    assert checked(await roles.admin("GET", f"{BASE}/Appointment/{meeting['id']}"))["status"] == "cancelled"
    draft = await roles.drafted()
    assert checked(await roles.admin("GET", f"{BASE}/Appointment/{draft['id']}"))["status"] == "proposed"


def test_every_word_of_ours_has_one_of_fhirs() -> None:
    assert set(statuses.PARTICIPANT) == set(Standing)
    assert set(statuses.RESPONSE) == set(AnswerKind)
    assert set(statuses.OUTCOME) == set(Outcome)


async def test_reading_leaves_its_row_in_the_access_log(called: tuple[House, str]) -> None:
    house, key = called
    unit = house.keys["unit_staff"]
    await unit("GET", f"{BASE}/Appointment/{key}")
    await unit("GET", f"{BASE}/Appointment")
    await unit("GET", f"{BASE}/AppointmentResponse/{key}.2")
    async with house.db.transaction(TESTER) as conn:
        rows = await conn.execute(
            text("select action from access_log where actor_role = 'unit_staff' and subject_id = :id order by id"),
            {"id": key},
        )
        assert [row[0] for row in rows] == ["read", "list", "read"]


# -- what it says of itself


async def test_the_statement_is_open_and_says_what_is_there(house: House) -> None:
    found = checked(await house.client.get(f"{BASE}/metadata"))
    assert (found["fhirVersion"], found["kind"]) == ("4.0.1", "instance")
    for one in found["rest"][0]["resource"]:
        searched = await house.admin("GET", f"{BASE}/{one['type']}")
        assert checked(searched)["resourceType"] == "Bundle"


async def test_every_extension_has_a_definition_that_is_served(called: tuple[House, str]) -> None:
    house, key = called
    await house.admin("PUT", f"/meetings/{key}/parties/2/answer", {"answer": "regrets", "regret_reason": "on_leave"})
    for one in DEFINITIONS:
        found = checked(await house.client.get(f"{BASE}/StructureDefinition/{one.id}"))
        assert found["url"] == one.url
        named = checked(await house.client.get(f"{BASE}/StructureDefinition?url={one.url}"))
        assert [each["id"] for each in resources(named)] == [one.id]
    checked(await house.client.get(f"{BASE}/StructureDefinition/none"), 404)
    known = {one.url: one for one in DEFINITIONS}
    for address in ("Appointment", "AppointmentResponse"):
        for found in resources(checked(await house.admin("GET", f"{BASE}/{address}"))):
            for part in (found, *found.get("participant", [])):
                for said in part.get("extension", []):
                    definition = known[said["url"]]
                    where = address if part is found else f"{address}.participant"
                    assert where in definition.where
                    assert not definition.codes or said["valueCode"] in definition.codes


# -- what goes wrong


ERRORS: list[tuple[str, int, str | None]] = [
        ("Appointment?patient=Patient/1", 400, "fhir_parameter"), ("Appointment?date=soon", 400, "fhir_date"),
        ("Appointment?date=ne2026-12-07", 400, "fhir_date"), ("Appointment?date=ge9999-12-31", 400, "fhir_date"),
        ("Appointment?date=2026-13-01", 400, "fhir_date"), ("Appointment?actor=Patient/1", 400, "fhir_reference"),
        (f"Appointment?actor=Location/{UNIT}", 400, "fhir_reference"), ("Appointment?_count=0", 400, "fhir_count"),
        ("Appointment?_count=2&_count=3", 400, "fhir_twice"), ("Appointment?_cursor=x", 400, "cursor_unusable"),
        ("AppointmentResponse?_cursor=x", 400, "cursor_unusable"), ("Appointment?_format=xml", 406, "fhir_format"),
        ("Appointment/none", 404, "not_found"), ("AppointmentResponse/none", 404, "not_found"),
        (f"Appointment/{UNIT}?_elements=id", 400, "fhir_parameter"), ("HealthcareService/none", 404, "not_found"),
        ("HealthcareService?active=false", 400, "fhir_active"), ("Patient", 404, "not_found"), ("", 404, "not_found"),
        ("Appointment?_id=" + ",".join(["a"] * 51), 400, "fhir_ids"), ("Appointment?%00=1", 400, "fhir_parameter"),
        ("Appointment?identifier=%00", 400, "bad_request"), ("HealthcareService?name=%00", 400, "fhir_name"),
        ("HealthcareService?identifier=%00", 200, None), ("metadata?date=1", 400, "fhir_parameter"),
]  # fmt: skip


async def test_every_error_is_one_sentence(house: House) -> None:
    for n, (address, status, code) in enumerate(ERRORS):
        answer = await house.admin("GET", f"{BASE}/{address}", accept_language="sv" if n % 2 else "en")
        found = checked(answer, status)
        if code is not None:
            (issue,) = found["issue"]
            assert issue["details"]["coding"] == [{"system": "urn:sip:problem", "code": code}], address
            assert issue["details"]["text"].endswith(".") and "{" not in issue["details"]["text"]


async def test_the_door_and_a_fault_speak_fhir_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await house.client.get(f"{BASE}/Appointment")
    assert checked(answer, 401)["issue"][0]["code"] == "login" and answer.headers["www-authenticate"] == "Bearer"
    checked(await house.admin("PUT", f"{BASE}/Appointment", {}), 405)
    checked(await house.admin("GET", f"{BASE}/Appointment", accept="application/fhir+xml"), 406)
    checked(await house.admin("GET", f"{BASE}/Appointment", accept="text/html, application/fhir+json;q=0.9"))

    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the secret password is 1234")

    monkeypatch.setattr("sip.usecases.reading.appointments.page", fails)
    failed = await house.admin("GET", f"{BASE}/Appointment")
    assert checked(failed, 500)["issue"][0]["code"] == "exception"
    assert "1234" not in failed.text

    async def is_away(*_: object, **__: object) -> None:
        raise NotFoundError("meeting")

    monkeypatch.setattr("sip.usecases.reading.appointments.page", is_away)
    checked(await house.admin("GET", f"{BASE}/Appointment"), 404)


# -- answering


ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    ("accepted", {}, "name_missing"),
    ("declined", {"extension": [{"url": "urn:sip:fhir:regret-reason", "valueCode": "on_leave"}]}, "regrets"),
    ("tentative", {}, "tentative"),
    ("tentative", {"start": "2026-12-08T10:00:00+01:00", "end": "2026-12-08T11:00:00+01:00"}, "proposes"),
    (
        "accepted",
        {"start": "2026-12-07T09:00:00Z", "end": "2026-12-07T10:00:00Z", "id": "x", "text": {}},
        "name_missing",
    ),
]


async def test_a_units_answer_is_posted(called: tuple[House, str]) -> None:
    house, key = called
    unit = house.keys["unit_staff"]
    for minute, (status, more, standing) in enumerate(ANSWERS):
        await house.set_time(f"2026-11-02 10:{minute + 1:02}")
        answer = await unit("POST", f"{BASE}/AppointmentResponse", answer_of(key, status, **more))
        found = checked(answer, 201)
        assert (found["participantStatus"], found["id"]) == (status, f"{key}.2")
        assert urlsplit(answer.headers["location"]).path == f"{BASE}/AppointmentResponse/{key}.2"
        assert checked(await unit("GET", f"{BASE}/AppointmentResponse/{key}.2")) == found
        appointment = checked(await unit("GET", f"{BASE}/Appointment/{key}"))
        own = next(one for one in appointment["participant"] if told(one, "party") == 2)
        assert told(own, "party-standing").replace("seeking_substitute", "regrets") == standing
        party = (await unit("GET", f"/meetings/{key}")).json()["parties"][0]
        assert party["round"]["answer"]["channel"] == "other_system"


async def test_an_answer_is_made_once_under_its_key(called: tuple[House, str]) -> None:
    house, key = called
    unit = house.keys["unit_staff"]
    first = await unit("POST", f"{BASE}/AppointmentResponse", answer_of(key), idempotency_key="a1")
    again = await unit("POST", f"{BASE}/AppointmentResponse", answer_of(key), idempotency_key="a1")
    assert checked(again, 201) == checked(first, 201)
    assert again.headers["idempotency-replayed"] == "true"
    other = await unit("POST", f"{BASE}/AppointmentResponse", answer_of(key, "declined"), idempotency_key="a1")
    assert checked(other, 422)["issue"][0]["details"]["coding"][0]["code"] == "key_reused"


REFUSED: list[tuple[dict[str, Any], int, str, str | None]] = [
        ({"comment": "Anna kommer"}, 400, "fhir_body", "comment"),
        ({"participantStatus": "needs-action"}, 422, "fhir_status", "participantStatus"),
        ({"participantStatus": None}, 400, "fhir_body", "participantStatus"),
        ({"actor": {"reference": f"HealthcareService/{SCHOOL.unit_id}"}}, 422, "fhir_actor", None),
        ({"actor": {"reference": "Practitioner/1"}}, 400, "fhir_reference", None),
        ({"appointment": {"reference": f"Appointment/{UNIT}"}}, 404, "not_found", None),
        ({"participantStatus": "tentative", "start": "2026-12-08T10:00:00Z"}, 422, "fhir_both_times", "end"),
        ({"start": "2026-12-08T10:00:00Z"}, 409, "fhir_other_time", None),
        ({"start": "soon"}, 400, "fhir_body", "start"),
        ({"extension": [{"url": "urn:sip:fhir:regret-reason", "valueCode": "other"}]}, 422, "fhir_reason", "extension"),
        ({"extension": [{"url": "urn:other", "valueCode": "x"}]}, 422, "fhir_extension", "extension"),
        ({"resourceType": "Appointment"}, 400, "fhir_body", "resourceType"),
]  # fmt: skip


async def test_what_cannot_be_kept_is_refused(called: tuple[House, str]) -> None:
    house, key = called
    for changed, status, code, element in REFUSED:
        answer = await house.keys["unit_staff"]("POST", f"{BASE}/AppointmentResponse", answer_of(key) | changed)
        issues = checked(answer, status)["issue"]
        assert issues[0]["details"]["coding"][0]["code"] == code, changed
        if element is not None:
            assert issues[-1]["expression"] == [element], changed
    assert resources(checked(await house.admin("GET", f"{BASE}/AppointmentResponse"))) == []


async def test_an_answer_that_comes_too_late_or_of_the_wrong_kind_is_refused(called: tuple[House, str]) -> None:
    house, key = called
    unit = house.keys["unit_staff"]
    headers = {"Authorization": f"Bearer {unit.token}", "Content-Type": "application/fhir+xml"}
    sent = await house.client.post(f"{BASE}/AppointmentResponse", content=b"<x/>", headers=headers)
    assert checked(sent, 415)["issue"][0]["code"] == "not-supported"
    headers["Content-Type"] = "application/fhir+json; charset=utf-8"
    sent = await house.client.post(f"{BASE}/AppointmentResponse", content=b"<x/>", headers=headers)
    assert checked(sent, 400)["issue"][0]["details"]["coding"][0]["code"] == "fhir_json"
    refused = await house.keys["chair"]("POST", f"{BASE}/AppointmentResponse", answer_of(key))
    assert checked(refused, 403)["issue"][0]["code"] == "forbidden"
    checked(await house.keys["outsider"]("POST", f"{BASE}/AppointmentResponse", answer_of(key)), 404)
    await house.admin("POST", f"/meetings/{key}/cancellation", {})
    late = checked(await unit("POST", f"{BASE}/AppointmentResponse", answer_of(key)), 409)
    assert late["issue"][0]["code"] == "conflict" and late["issue"][0]["details"]["text"].endswith(".")


async def test_a_stale_version_is_refused(called: tuple[House, str]) -> None:
    house, key = called
    unit = house.keys["unit_staff"]
    seen = await unit("GET", f"{BASE}/Appointment/{key}")
    body = {"start": "2026-12-09T10:00:00+01:00", "end": "2026-12-09T11:00:00+01:00"}
    await house.admin("PUT", f"/meetings/{key}/schedule", body)
    stale = await unit("POST", f"{BASE}/AppointmentResponse", answer_of(key), if_match=seen.headers["etag"])
    assert checked(stale, 409)["issue"][0]["details"]["coding"][0]["code"] == "stale_version"
