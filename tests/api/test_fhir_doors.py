"""Every address of FHIR as every role, at each place, against the table of acts; and with keys that are narrowed."""

from typing import Any

from sip.domain.people import Role
from sip.edges.fhir.router import BEHIND_THE_DOOR, OPEN
from sip.usecases.acts import TABLE, Act, Where
from sip.usecases.key_scopes import AREAS
from tests import doors
from tests.api.conftest import House
from tests.api.test_doors import PLACES
from tests.api.test_fhir import BASE, answer_of, checked
from tests.api.test_key_scopes import narrowed
from tests.domain.cast import HOME_CARE


def test_every_address_has_its_act_once() -> None:
    named = [(method, path) for method, path, _ in doors.fhir()]
    there = {
        (method, path)
        for handler in (*OPEN, *BEHIND_THE_DOOR)
        for method in handler.http_methods - {"HEAD", "OPTIONS"} for path in handler.paths
    }  # fmt: skip
    assert len(named) == len(set(named)) and set(named) == there
    assert {path for _, path, opens in doors.fhir() if opens is doors.Free.OPEN} == {
        path for handler in OPEN for path in handler.paths
    }


def _may(role: Role, at: str, path: str, act: Act) -> bool:
    """What the table says of a meeting that the one side calls the other to."""
    rule = TABLE[act]
    if role not in rule.roles or rule.where is Where.INSTALLATION:
        return False
    return at != "outside" or act not in (Act.READ_MEETINGS, Act.ANSWER) or path.count("/") == 1


async def test_each_role_gets_what_the_table_says(house: House) -> None:
    meeting = await house.called()
    await house.admin("PUT", f"/meetings/{meeting['id']}/parties/2/answer", {"answer": "attends"})
    functions = checked(await house.admin("GET", f"{BASE}/PractitionerRole?service={HOME_CARE.unit_id}"))["entry"]
    ids = {
        "/Appointment": meeting["id"], "/AppointmentResponse": f"{meeting['id']}.2",
        "/HealthcareService": HOME_CARE.unit_id, "/Organization": HOME_CARE.organisation_id,
        "/PractitionerRole": functions[0]["resource"]["id"],
    }  # fmt: skip
    wrong: list[Any] = []
    for role in Role:
        for at, unit_id in PLACES.items():
            ask = await house.key(f"{role}/{at}", role, unit_id=unit_id)
            for method, path, act in doors.fhir():
                if not isinstance(act, Act):
                    continue
                kind = "/" + path.split("/")[1]
                searches = path.endswith("/_search")
                address = path if path == kind or searches else f"{kind}/{ids[kind]}"
                body = answer_of(meeting["id"]) if method == "POST" and not searches else None
                answer = await ask(method, f"{BASE}{address}", body)
                may = _may(role, at, kind if searches else address, act)
                if (
                    method == "POST" and not searches
                ):  # who calls answers for whom she calls; who reads and may not answer is forbidden
                    may = may and at != "outside"
                elif act is Act.KEEP_UNIT and address != kind and not searches:
                    may = may and at == "called"
                if (answer.status_code < 400) is not may or (not may and answer.status_code not in (403, 404)):
                    wrong.append((role.value, at, method, address, answer.status_code))
    assert not wrong


async def test_a_narrowed_key_reads_and_answers_what_its_scopes_name(house: House) -> None:
    meeting = await house.called()
    for word, reads, answers, units in (
        ("meetings:read", 200, 403, 403), ("meetings:write", 200, 201, 403), ("directory:read", 403, 403, 200),
    ):  # fmt: skip
        key = await narrowed(house, word)
        checked(await key("GET", f"{BASE}/Appointment"), reads)
        checked(await key("POST", f"{BASE}/AppointmentResponse", answer_of(meeting["id"])), answers)
        checked(await key("GET", f"{BASE}/HealthcareService"), units)
        checked(await key("POST", f"{BASE}/Appointment/_search"), reads)
        checked(await key("POST", f"{BASE}/HealthcareService/_search"), units)
        with_units = await key("GET", f"{BASE}/Appointment?_include=Appointment:actor")
        checked(with_units, 403)
    assert all(path.split("/")[1] in AREAS for _, path, opens in doors.fhir() if isinstance(opens, Act))
