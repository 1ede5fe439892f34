"""Searches of record systems: sorted, with what they refer to, by POST, and following the directory (decision 0180)."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import text

from sip.store import db as raw_of
from sip.store.db import Database
from sip.store.seen import catalogue
from sip.store.seen.catalogue import PageAsked, UnitsAsked
from tests.api.conftest import Caller, House
from tests.api.test_fhir import BASE, checked, link, pages, resources
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL
from tests.tester import TESTER


async def _ids(ask: Caller, address: str) -> list[str]:
    return [one["id"] for page in await pages(ask, f"{BASE}/{address}") for one in resources(page)]


async def test_meetings_and_answers_come_in_the_order_asked_for(roles: House) -> None:
    starts = ("2026-12-07T10:00:00+01:00", "2026-12-09T10:00:00+01:00", "2026-12-08T10:00:00+01:00")
    made = []
    for n, start in enumerate(starts):
        await roles.set_time(f"2026-11-02 1{n}:00")
        made.append((await roles.called(start=start, end=start.replace("T10", "T11")))["id"])
    a, c, b = made
    await roles.set_time("2026-11-02 14:00")
    for meeting in (c, a):
        await roles.admin("PUT", f"/meetings/{meeting}/parties/2/answer", {"answer": "attends"})
        await roles.set_time("2026-11-02 15:00")
    orders = {"date": [a, b, c], "-date": [c, b, a], "_lastUpdated": [b, c, a], "-_lastUpdated": [a, c, b]}
    for sort, order in orders.items():
        assert await _ids(roles.admin, f"Appointment?_sort={sort}&_count=1") == order, sort
        assert await _ids(roles.keys["unit_staff"], f"Appointment?_sort={sort}&_count=2") == order, sort
    assert await _ids(roles.admin, "AppointmentResponse?_sort=-_lastUpdated&_count=1") == [f"{a}.2", f"{c}.2"]
    assert await _ids(roles.admin, "AppointmentResponse?_sort=_lastUpdated&_count=1") == [f"{c}.2", f"{a}.2"]


def _included(bundle: dict[str, Any]) -> list[str]:
    every = bundle.get("entry", ())
    return [f"{o['resource']['resourceType']}/{o['resource']['id']}" for o in every if o["search"]["mode"] == "include"]


async def test_what_an_answer_refers_to_comes_along_as_it_may_be_seen(roles: House) -> None:
    meeting = await roles.called(parties=[{"unit_id": str(HOME_CARE.unit_id)}, {"unit_id": str(SCHOOL.unit_id)}])
    await roles.admin("PUT", f"/meetings/{meeting['id']}/parties/2/answer", {"answer": "attends"})
    three = {f"HealthcareService/{one.unit_id}" for one in (CARE_CENTRE, HOME_CARE, SCHOOL)}
    whole = checked(await roles.admin("GET", f"{BASE}/Appointment?_include=Appointment:actor&_count=1"))
    assert set(_included(whole)) == three and len(resources(whole)) == 4
    own = checked(await roles.keys["unit_staff"]("GET", f"{BASE}/Appointment?_include=Appointment:actor"))
    assert set(_included(own)) == three - {f"HealthcareService/{SCHOOL.unit_id}"}, "the others are not told of"
    both = "AppointmentResponse:appointment&_include=AppointmentResponse:actor"
    answers = checked(await roles.admin("GET", f"{BASE}/AppointmentResponse?_include={both}"))
    assert set(_included(answers)) == {f"Appointment/{meeting['id']}", f"HealthcareService/{HOME_CARE.unit_id}"}
    for address, name, kind in (
        ("HealthcareService?_id=" + str(HOME_CARE.unit_id), "HealthcareService:organization", "Organization"),
        ("PractitionerRole?service=" + str(HOME_CARE.unit_id), "PractitionerRole:service", "HealthcareService"),
        ("Organization?partof=" + str(HOME_CARE.principal_id), "Organization:partof", "Organization"),
    ):
        found = _included(checked(await roles.admin("GET", f"{BASE}/{address}&_include={name}")))
        assert len(found) == len(set(found)) == 1 and found[0].startswith(kind), address


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("_sort=status", "fhir_sort"), ("_sort=date,_lastUpdated", "fhir_sort"),
        ("_sort=date&_sort=date", "fhir_twice"), ("_include=Appointment:patient", "fhir_include"),
        ("_include=*", "fhir_include"), ("_include:iterate=Appointment:actor", "fhir_parameter"),
        ("_revinclude=AppointmentResponse:appointment", "fhir_parameter"), ("_summary=true", "fhir_parameter"),
        ("_total=accurate", "fhir_parameter"), ("_cursor=sealed.abc", "cursor_unusable"),
    ],
)  # fmt: skip
async def test_what_is_not_taken_is_refused_in_a_sentence(house: House, asked: str, code: str) -> None:
    outcome = checked(await house.admin("GET", f"{BASE}/Appointment?{asked}"), 400)
    assert outcome["issue"][0]["details"]["coding"][0]["code"] == code


async def _posted(house: House, ask: Caller, kind: str, fields: dict[str, str], **headers: str) -> Any:
    given = {"Authorization": f"Bearer {ask.token}", "Content-Type": "application/x-www-form-urlencoded", **headers}
    return await house.client.post(f"{BASE}/{kind}/_search", content=urlencode(fields), headers=given)


async def test_a_search_by_post_stands_in_no_address_and_goes_on_from_page_to_page(roles: House) -> None:
    number = (await roles.called())["reference"]
    await roles.called()
    one = await roles.called()
    fields = {"identifier": number, "_count": "1", "_sort": "-date"}
    bundle = checked(await _posted(roles, roles.admin, "Appointment", fields))
    assert link(bundle, "self") == f"{roles.services.settings.base_url}{BASE}/Appointment/_search"
    found, addresses = resources(bundle), []
    while (after := link(bundle, "next")) is not None:
        parts = urlsplit(after)
        addresses.append(parts.query)
        assert list(parse_qs(parts.query)) == ["_cursor"] and number not in after
        bundle = checked(await roles.admin("GET", f"{parts.path}?{parts.query}"))
        found += resources(bundle)
    assert len({each["id"] for each in found}) == len(found) >= 1 and addresses
    assert {each["identifier"][1]["value"] for each in found} == {number}
    other = f"{BASE}/HealthcareService?{addresses[0]}"
    assert (
        checked(await roles.admin("GET", other), 400)["issue"][0]["details"]["coding"][0]["code"] == "cursor_unusable"
    )
    stranger = await roles.keys["outsider"]("GET", f"{BASE}/Appointment?{addresses[0]}")
    assert resources(checked(stranger)) == [], "a link opens no more than its reader's key"
    by_id = checked(await _posted(roles, roles.admin, "Appointment", {"_id": one["id"]}))
    assert [each["id"] for each in resources(by_id)] == [one["id"]]
    wrong = await _posted(roles, roles.admin, "Appointment", {}, **{"Content-Type": "application/json"})
    assert wrong.status_code == 200, "an empty search needs no form"
    as_json = {"Authorization": f"Bearer {roles.admin.token}", "Content-Type": "application/json"}
    answer = await roles.client.post(f"{BASE}/Appointment/_search", content=json.dumps(fields), headers=as_json)
    assert checked(answer, 415)["issue"][0]["details"]["coding"][0]["code"] == "fhir_form"


async def test_what_changed_in_the_directory_is_followed(roles: House) -> None:
    every = [
        one for page in await pages(roles.admin, f"{BASE}/HealthcareService?_count=200") for one in resources(page)
    ]
    latest = max(one["meta"]["lastUpdated"] for one in every)
    async with roles.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set name = 'Hemtjänsten Norra' where id = :id"), {"id": HOME_CARE.unit_id})
        await conn.execute(text("update unit set phone = phone"))
    assert await _ids(roles.admin, f"HealthcareService?_lastUpdated=gt{latest}") == [str(HOME_CARE.unit_id)]
    first = await _ids(roles.admin, "HealthcareService?_sort=-_lastUpdated&_count=2")
    assert first[0] == str(HOME_CARE.unit_id) and sorted(first) == sorted(one["id"] for one in every)
    for kind in ("Organization", "PractitionerRole"):
        forth = await _ids(roles.admin, f"{kind}?_sort=_lastUpdated&_count=2")
        back = await _ids(roles.admin, f"{kind}?_sort=-_lastUpdated&_count=3")
        assert len(forth) == len(set(forth)) > 2 and forth == back[::-1], kind


async def _read(db: Database, sql: str, values: list[Any]) -> dict[str, Any]:
    """The plan of a statement that is planned once for all values, with what it read."""
    async with db.transaction(TESTER) as conn:
        raw = await raw_of.raw(conn)
        await raw.execute("set local plan_cache_mode = force_generic_plan")
        (row,) = await raw.fetch(f"explain (analyze, format json, timing off, summary off) {sql}", *values)
    plan: dict[str, Any] = row[0][0]["Plan"]
    return plan


def _walked(plan: dict[str, Any]) -> int:
    """How many rows were looked at on the way to the page."""
    own = int((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
    return max([own, *(_walked(one) for one in plan.get("Plans", ()))])


@pytest.mark.parametrize("by_change", [False, True])
async def test_a_page_reads_its_own_rows_of_a_large_directory(
    roles: House, by_change: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with roles.db.transaction(TESTER) as conn:
        made = (
            "insert into unit (id, organisation_id, name, language) select gen_random_uuid(), :of, 'Enhet ' || n, 'sv'"
        )
        await conn.execute(text(f"{made} from generate_series(1, 3000) n"), {"of": HOME_CARE.organisation_id})
    async with roles.db.transaction(TESTER) as conn:
        await conn.execute(text("analyze unit"))
    asked: list[tuple[str, list[Any]]] = []

    async def pages_of(down: bool) -> None:
        after = None
        async with roles.db.transaction(TESTER) as conn:
            for _ in range(30):
                page = PageAsked(by_change=by_change, down=down, after=after, limit=50)
                found = await catalogue.units(conn, UnitsAsked(), page)
                after = (found[-1].changed_at if by_change else None, found[-1].record.id)

    kept = catalogue.PageAsked.sql

    def noted(self: PageAsked, seen: Any) -> str:
        tail = kept(self, seen)
        asked.append((f"select id from unit where true{tail}", list(seen.values)))
        return tail

    monkeypatch.setattr(catalogue.PageAsked, "sql", noted)
    for down in (False, True):
        await pages_of(down)
    for sql, values in (asked[29], asked[59]):
        plan = await _read(roles.db, sql, values)
        assert _walked(plan) <= 51, plan
