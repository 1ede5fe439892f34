"""Pages of standing groups as each role: a county's picture, one group, and what may be done there by whom."""

import httpx
import pytest

from sip.domain.group import StandingGroup
from sip.store import register, sitters
from sip.store.aggregates import groups as stored
from sip.store.register import County
from sip.store.seen import groups as seen
from sip.usecases import giving_way
from sip.usecases.counties import county_id
from sip.usecases.directory.keys import key_id
from tests.stories.stage import at
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of
from tests.web.test_report_life import press

BODY, ASKED_AT = "socialnamnden@al.example", "2026-12-01 08:30"
COUNTY = county_id("Exempel")
AL, REGION, BOK = (key_id("principal", key) for key in ("al", "region", "bok"))
SEAT = {
    "function": "ifo_manager", "wanted": "barn och unga", "body_1_principal": str(AL), "body_1_name": "Socialnämnden",
    "body_1_email": BODY,
}  # fmt: skip
USER_SEAT = {**SEAT, "function": "user_representative", "wanted": ""}
ANNA = {
    "representative_name": "Anna Ek", "representative_function": "IFO-chef", "first": "2026-12-01",
    "last": "2027-12-31", "decided_by": "Socialnämnden",
}  # fmt: skip
EVA = {
    **ANNA, "representative_name": "Eva", "representative_function": "brukarrepresentant",
    "representative_consent_on": "2026-11-02", "representative_consent_how": "written",
}  # fmt: skip


async def county(scene: Scene) -> None:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await register.keep_county(conn, County(COUNTY, "Exempel", frozenset({AL, REGION})))


async def founded(scene: Scene, *seats: dict[str, str]) -> str:
    """A network with these seats, by its page."""
    await county(scene)
    async with scene.client("administrator") as client:
        page = await client.get("/groups/new")
        form = {
            "kind": "managers_network", "name": "Chefsnätverk barn och unga", "county": str(COUNTY),
            "mandate": "Samordnar stöd till barn och unga.",
        }  # fmt: skip
        made = await client.post("/groups", data={**fields_of(page.text), **form})
        assert made.status_code == 303, made.text[-3000:]
        path = made.headers["location"]
        for seat in seats or (SEAT, {**SEAT, "function": "rector", "wanted": ""}):
            assert (await press(client, path, "seats", **seat)).status_code == 303
    return str(path)


async def appointed(scene: Scene, link: str) -> None:
    """The body says who has its first seat, behind the link, without sign-in."""
    async with scene.client() as client:
        page = await client.get(link)
        hidden = {**fields_of(page.text), "seat": "1"}
        done = await client.post(link, data={**hidden, "answer": "person", **ANNA})
        assert done.status_code == 303, done.text[-3000:]


async def the(scene: Scene) -> StandingGroup:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        (found,) = await seen.listed(conn, [COUNTY])
        return (await stored.load_many(conn, [found]))[found].state


async def test_a_group_is_founded_and_filled_and_the_picture_says_so(fresh: Scene) -> None:
    path = await founded(fresh)
    async with fresh.client("administrator") as client:
        picture = (await client.get("/groups")).text
        assert "Chefsnätverk barn och unga" in picture and "2 vakanta" in picture and "Al kommun" in picture
        assert (await press(client, path, "seats/1/term", **ANNA)).status_code == 303
        again = await press(client, path, "seats/1/term", **ANNA)
        assert again.status_code == 409 and "redan någon på platsen" in again.text
        picture = (await client.get("/groups")).text
        assert "1 utsedd" in picture and "1 vakant" in picture
        only = (await client.get("/groups", params={"state": "vacant", "principal": str(AL)})).text
        assert "rektor" in only and "IFO-chef" not in only.split("<aside")[0]
        page = (await client.get(path)).text
        assert "Anna Ek" in page and "Någon utsågs till plats 1." in page
        assert (await press(client, path, "seats/1/vacancy", last="2026-12-24", why="resigned")).status_code == 303
        assert (await press(client, path, "seats/2/deferral", until="2027-01-11", reason="Nämnden.")).status_code == 303
        assert "Tidigast" in (await client.get(path)).text
        assert (await press(client, path, "closing", reason="Uppgått i vårdsrådet.")).status_code == 303
        assert "Avslutad" in (await client.get(path)).text
        assert (await press(client, path, "seats", **SEAT)).status_code == 409


async def test_who_sees_whose_groups_and_who_may_do_what(fresh: Scene) -> None:
    path = await founded(fresh)
    may = {"coordinator": 303, "neighbour": 303, "manager": 403, "board": 403}
    for role, status in may.items():
        async with fresh.client(role) as client:
            assert "Chefsnätverk" in (await client.get("/groups")).text, role
            assert (await client.get(path)).status_code == 200, role
            done = await press(client, path, "text", name="Chefsnätverk barn och unga", mandate="x")
            assert done.status_code == status, role
            filled = await press(client, path, "seats/1/deferral", until="2027-01-11", reason="Nämnden.")
            assert filled.status_code == status, role
    for other in ("stranger", "staff", "outsider", "convener", "auditor", None):
        async with fresh.client(other) as client:
            assert "Chefsnätverk" not in (await client.get("/groups")).text, other
            assert (await client.get(path)).status_code in (302, 303, 403, 404), other
            for act in ("text", "closing", "seats", "seats/1", "seats/1/term", "seats/1/deferral", "seats/1/consent"):
                done = await client.post(f"{path}/{act}", data=await _hidden(client))
                assert done.status_code in (302, 303, 401, 403, 404, 422), (other, act)
    assert (await the(fresh)).seats[0].terms == ()


async def _hidden(client: httpx.AsyncClient) -> dict[str, str]:
    return {**fields_of((await client.get("/help")).text), **ANNA, "name": "x", "reason": "x", "until": "2027-02-01"}


async def test_a_user_representative_sits_by_consent_and_her_name_goes_with_it(fresh: Scene) -> None:
    path = await founded(fresh, USER_SEAT)
    async with fresh.client("administrator") as client:
        without = await press(client, path, "seats/1/term", **ANNA)
        assert without.status_code == 422 and 'id="term-1-representative_consent_on-error"' in without.text
        assert (await press(client, path, "seats/1/term", **EVA)).status_code == 303
        assert "Eva, brukarrepresentant" in (await client.get(path)).text
        term = (await the(fresh)).seats[0].terms[0]
        assert (await press(client, path, "seats/1/consent", who="representative")).status_code == 303
        page = (await client.get(path)).text
        assert "Eva," not in page and "Vakant" in page and "samtycket togs tillbaka" in page
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        gone = (await sitters.by_id(conn, [term.representative.id]))[term.representative.id]
    assert (gone.name, gone.email, gone.phone, gone.function) == (None, None, None, "brukarrepresentant")


async def test_names_give_way_six_months_after_the_term(fresh: Scene) -> None:
    path = await founded(fresh)
    async with fresh.client("administrator") as client:
        assert (await press(client, path, "seats/1/term", **{**ANNA, "last": "2027-01-31"})).status_code == 303
    db = fresh.stage.made.db
    assert await giving_way.sitters_give_way(db, at("2027-07-30 12:00")) == 0
    assert await giving_way.sitters_give_way(db, at("2027-08-02 12:00")) == 1
    assert await giving_way.sitters_give_way(db, at("2027-08-02 12:00")) == 0
    async with fresh.client("administrator") as client:
        page = (await client.get(path)).text
    assert "Anna Ek" not in page and "IFO-chef" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({**SEAT, "body_1_email": "inte en adress"}, "body_1_email"),
        ({**SEAT, "body_1_name": ""}, "body_1_name"),
        ({**SEAT, "wanted": "ring 070-123 45 67"}, "wanted"),
        ({"function": "rector"}, ""),
    ],
)
async def test_a_seat_that_cannot_be_asked_is_refused_beside_its_field(
    fresh: Scene, form: dict[str, str], said: str
) -> None:
    path = await founded(fresh)
    async with fresh.client("administrator") as client:
        done = await press(client, path, "seats", **form)
    assert done.status_code == (422 if said else 409)
    assert f'id="seat-{said}-error"' in done.text if said else "Säg vilka som utser" in done.text
    assert len((await the(fresh)).seats) == 2
