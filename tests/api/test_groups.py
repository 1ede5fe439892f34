"""Standing groups by key: who sits and what is vacant, sittings and who came, agendas with decisions; within the key's
county, role and scopes alone (rules, section 18 U10).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from sip.domain.agenda import board_of
from sip.domain.group import Mandate, SeatFunction, StandingKind
from sip.domain.people import Role
from sip.domain.sitting import SittingPlace
from sip.store import api_keys, register
from sip.store.api_keys import KeyRecord
from sip.store.register import County
from sip.usecases import groups, sittings
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.counties import county_id
from sip.usecases.engine.surroundings import World
from sip.usecases.group_forms import BodyForm, GroupForm, SeatForm, SitterForm, TermForm
from sip.usecases.sittings import SittingForm
from tests.api.conftest import Caller, House
from tests.domain.cast import AL, BOK, REGION, at, ident
from tests.tester import TESTER

HERE, THERE = county_id("Exempel"), county_id("Bok")
ADA = Actor(ActorKind.USER, str(UUID(int=4)), "Ada", role=Role.ADMINISTRATOR)
BODY = BodyForm(AL, "Socialnämnden", "socialnamnden@al.example")


@dataclass
class Made:
    """A network of this county with two seats, one of them vacant, and two dates; one of another county."""

    ours: UUID
    theirs: UUID
    first: UUID
    second: UUID


def by(said: str) -> Command:
    return Command(ADA, at("2026-11-02 10:00"), World(), f"test/{said}")


async def _found(house: House, name: str, county: UUID | None, kind: StandingKind, area: str | None = None) -> UUID:
    form = GroupForm(kind, name, Mandate("Samordnar stöd."), county, area)
    assert (await groups.found(house.db, form, by(name))).refused is None
    return groups.group_id(form, by(name))


@pytest.fixture
async def made(roles: House) -> Made:
    async with roles.db.transaction(TESTER) as conn:
        await register.keep_county(conn, County(HERE, "Exempel", frozenset({AL, REGION})))
        await register.keep_county(conn, County(THERE, "Bok", frozenset({BOK})))
    ours = await _found(roles, "Chefsnätverk", HERE, StandingKind.MANAGERS_NETWORK)
    theirs = await _found(roles, "Vårdråd", THERE, StandingKind.CARE_COUNCIL)
    for n, function in enumerate((SeatFunction.IFO_MANAGER, SeatFunction.RECTOR)):
        seat = SeatForm(function, "barn och unga", (BODY,))
        assert (await groups.add_seat(roles.db, ours, seat, by(f"seat/{n}"))).refused is None
    anna = SitterForm("Anna Ek", "IFO-chef", "anna@al.example", "070-1234567")
    term = TermForm(anna, date(2026, 11, 1), None, SitterForm("Bo Alm", "enhetschef", "bo@al.example"))
    assert (await groups.fill(roles.db, ours, 1, term, by("fill"))).refused is None
    dates = [
        SittingForm(at(f"{day} 13:00"), at(f"{day} 15:30"), SittingPlace("Sal 2"))
        for day in ("2026-11-10", "2027-02-09")
    ]
    assert (await sittings.call(roles.db, ours, dates, by("call"))).refused is None
    return Made(ours, theirs, *(sittings.sitting_id(ours, n, by("call")) for n in range(2)))


async def test_a_group_is_read_with_its_seats_and_vacancies_and_without_addresses(roles: House, made: Made) -> None:
    key = roles.keys["coordinator"]
    (line,) = (await key("GET", "/groups")).json()["items"]
    assert (line["id"], line["seats"], line["vacant"]) == (str(made.ours), 2, 1)
    answer = await key("GET", f"/groups/{made.ours}")
    one = answer.json()
    assert answer.headers["etag"] == f'"{one["version"]}"' and one["county"] == "Exempel" and one["vacant"] == 1
    filled, vacant = one["seats"]
    assert (filled["term"]["representative"], filled["term"]["substitute"]) == ("Anna Ek", "Bo Alm")
    assert (vacant["standing"], vacant["term"], vacant["appoints"]) == ("vacant", None, "Socialnämnden")
    assert "anna@al.example" not in answer.text and "070-1234567" not in answer.text
    assert "socialnamnden@al.example" not in answer.text


async def test_lists_go_on_where_the_page_before_ended(roles: House, made: Made) -> None:
    for n in range(3):
        await _found(roles, f"Nätverk {n}", HERE, StandingKind.MANAGERS_NETWORK)
    await _found(roles, "Nationellt", None, StandingKind.NPO)

    async def walked(caller: Caller, path: str, most: int) -> list[str]:
        found, cursor = [], ""
        while True:
            page = (await caller("GET", f"{path}limit={most}{cursor}")).json()
            assert len(page["items"]) <= most
            found += [one["id"] for one in page["items"]]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    for key, count in ((roles.keys["coordinator"], 5), (roles.admin, 6)):
        every = await walked(key, "/groups?", 2)
        assert len(every) == len(set(every)) == count
        assert every == await walked(key, "/groups?", 200)
    assert await walked(roles.admin, f"/groups/{made.ours}/sittings?", 1) == [str(made.first), str(made.second)]
    ahead = f"/groups/{made.ours}/sittings?begins=2027-01-01T00:00:00%2B01:00&"
    assert await walked(roles.admin, ahead, 50) == [str(made.second)]
    of_a_kind = await walked(roles.admin, f"/groups?county_id={THERE}&kind=care_council&", 50)
    assert of_a_kind == [str(made.theirs)]
    assert (await roles.admin("GET", "/groups?cursor=abc")).status_code == 400


async def test_an_answer_that_was_told_and_who_came_are_written_by_who_keeps_the_group(
    roles: House, made: Made
) -> None:
    path = f"/groups/sittings/{made.first}"
    keeper = roles.keys["coordinator"]
    before = (await keeper("GET", path)).json()
    assert before["sitting"]["covers"] == {"waiting": 1, "vacant": 1} and before["sitting"]["came"] is None
    tag = f'"{before["sitting"]["version"]}"'
    said = await keeper("PUT", f"{path}/seats/1/answer", {"answer": "substitute"}, if_match=tag)
    assert said.status_code == 200 and said.json()["sitting"]["covers"] == {"substitute_asked": 1, "vacant": 1}
    assert [one["name"] for one in said.json()["seats"][0]["called"]] == ["Anna Ek", "Bo Alm"]
    early = await keeper("PUT", f"{path}/attendance", {"marks": [{"seat": 1, "came": "substitute"}]})
    assert (early.status_code, early.json()["code"]) == (409, "sitting_not_begun")
    await roles.set_time("2026-11-10 16:00")
    came = await keeper("POST", f"{path}/attendance", {"marks": [{"seat": 1, "came": "substitute"}]})
    assert (came.json()["sitting"]["came"], came.json()["sitting"]["of"]) == (1, 1)
    year = (await keeper("GET", f"/groups/{made.ours}/attendance/2026")).json()
    assert (year["sittings"], year["seats"][0]["substitute"], year["principals"][0]["minutes"]) == (1, 1, 150)
    assert (await keeper("GET", f"/groups/{made.ours}/attendance/2025")).status_code == 404


async def test_a_units_key_answers_for_no_seat_and_who_only_reads_writes_nothing(roles: House, made: Made) -> None:
    path = f"/groups/sittings/{made.first}"
    for name, sees, answers in (("board_member", 200, 403), ("unit_manager", 200, 403), ("unit_staff", 403, 404)):
        key = roles.keys[name]
        assert (await key("GET", path)).status_code == sees, name
        assert (await key("PUT", f"{path}/seats/1/answer", {"answer": "no"})).status_code == answers, name
        marks = {"marks": [{"seat": 1, "came": "nobody"}]}
        assert (await key("POST", f"{path}/attendance", marks)).status_code == answers, name


async def test_another_county_is_not_there(roles: House, made: Made) -> None:
    await roles.key("of_bok", Role.COORDINATOR, principal_id=BOK)
    bok, ours = roles.keys["of_bok"], roles.keys["coordinator"]
    assert [one["id"] for one in (await bok("GET", "/groups")).json()["items"]] == [str(made.theirs)]
    hidden = (
        f"/groups/{made.ours}", f"/groups/{made.ours}/sittings", f"/groups/sittings/{made.first}",
        f"/groups/{made.ours}/attendance/2026", f"/groups?county_id={HERE}", f"/boards/{made.ours}",
        f"/boards/{made.ours}/items",
    )  # fmt: skip
    for path in hidden:
        assert (await bok("GET", path)).status_code == 404, path
        known = (await ours("GET", path)).status_code
        assert known == (404 if "attendance" in path else 200), path
    said = await bok("PUT", f"/groups/sittings/{made.first}/seats/1/answer", {"answer": "no"})
    assert said.status_code == 404


async def test_names_need_a_scope_of_their_own(roles: House, made: Made) -> None:
    async with roles.db.transaction(TESTER) as conn:
        for name, scope in (("agendas", "boards:read"), ("sits", "groups:read")):
            record = KeyRecord(ident(name), name, Role.COORDINATOR, None, None, REGION, scopes=(scope,))
            roles.keys[name] = Caller(roles.client, await api_keys.make(conn, record))
    agendas, sits = roles.keys["agendas"], roles.keys["sits"]
    beyond = await agendas("GET", f"/groups/{made.ours}")
    assert (beyond.status_code, beyond.json()["code"]) == (403, "beyond_key")
    assert (await agendas("GET", f"/boards/{made.ours}")).status_code == 200
    assert (await sits("GET", f"/groups/{made.ours}")).status_code == 200
    writes = await sits("PUT", f"/groups/sittings/{made.first}/seats/1/answer", {"answer": "no"})
    assert (writes.status_code, writes.json()["code"]) == (403, "beyond_key")


async def test_every_agenda_that_is_reached_is_listed_and_its_decisions_are_paged(roles: House, made: Made) -> None:
    key, told = roles.keys["coordinator"], (await roles.keys["coordinator"]("GET", "/boards")).json()["items"]
    assert [(one["id"], one["group"]) for one in told] == [
        (str(board_of(None).id), None),
        (str(made.ours), "Chefsnätverk"),
    ]
    agenda = (await key("GET", f"/groups/{made.ours}")).json()["agenda_id"]
    question = {"title": "Vem ringer?", "purpose": "decision"}
    for n in range(3):
        await key("POST", f"/boards/{agenda}/items", {**question, "text": str(n)})
    assert (await key("GET", f"/boards/{agenda}")).json()["group"] == "Chefsnätverk"
    first = (await key("GET", f"/boards/{agenda}/items?limit=2")).json()
    rest = (await key("GET", f"/boards/{agenda}/items?limit=2&cursor={first['next']}")).json()
    assert len({one["id"] for one in (*first["items"], *rest["items"])}) == 3
    decision = {"text": "Vi ringer.", "grounds": "Det går fortast.", "decided_on": "2026-11-02"}
    item = f"/boards/items/{first['items'][0]['id']}"
    await key("PUT", f"{item}/sitting", {"sitting_on": "2026-11-02"})
    decided = await key("POST", f"{item}/resolutions", decision)
    assert decided.status_code == 200, decided.text
    (done,) = (await key("GET", f"/boards/{agenda}/items?state={decided.json()['state']}")).json()["items"]
    assert [one["text"] for one in done["resolutions"]] == ["Vi ringer."]
