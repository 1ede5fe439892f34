"""The field in which a unit is chosen: a search that gives few units, and what is typed becomes one."""

import re
from uuid import UUID, uuid5

import pytest
from sqlalchemy import text

from sip.domain.people import PrincipalKind
from sip.domain.terms import AnswerKind
from sip.edges.web import units
from sip.store.seen.units import FEW, UnitFound
from sip.usecases.directory.keys import key_id
from tests.tester import TESTER
from tests.web.making import begin
from tests.web.scene import Scene, fields_of

HSA = "SE2321000016-1XKL"


def options(html: str) -> list[str]:
    return re.findall(r'<u-option value="([^"]*)"', html)


async def many(scene: Scene, count: int) -> None:
    """So many units more, one of them with an HSA-id, and one by a name that there is already."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        values = {"al": key_id("organisation", "al-n"), "count": count, "hsa": HSA}
        await conn.execute(
            text(
                "insert into unit (id, organisation_id, name, hsa_id, language) select gen_random_uuid(), :al,"
                " 'Gruppboendet ' || n, case when n = 7 then :hsa end, 'sv' from generate_series(1, :count) n"
            ),
            values,
        )
        await conn.execute(
            text(
                "insert into unit (id, organisation_id, name, language) values (gen_random_uuid(), :bok, :name, 'sv')"
            ),
            {"bok": key_id("organisation", "bok-n"), "name": "Skolan Al"},
        )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("skolan", ["Skolan Al, Al kommun"]),
        ("al skol", ["Skolan Al, Al kommun"]),
        ("SOCIALNÄMNDEN", ["Socialtjänsten Bok, Bok kommun"]),
        ("region exempel", ["Vårdcentralen Eken, Region Exempel"]),
        ("skolan bok", []),
        ("sjuksköterska", ["Hemtjänsten Al, Al kommun"]),
        ("al undersköt", ["Hemtjänsten Al, Al kommun"]),
        ("sjuksköterska bok", []),
        ("anna ek", []),
        ("%", []),
        ("   ", []),
    ],
)
async def test_a_unit_is_found_by_its_words(scene: Scene, words: str, found: list[str]) -> None:
    async with scene.client("staff") as client:
        page = await client.get("/units/search", params={"q": words})
    assert [one for one in options(page.text) if one] == found
    assert page.headers["cache-control"] == "no-store"


async def test_of_one_principal_alone(scene: Scene) -> None:
    async with scene.client("staff") as client:
        page = await client.get("/units/search", params={"q": "al", "of": str(key_id("principal", "bok"))})
        assert options(page.text) == ["Socialtjänsten Bok, Bok kommun"]
        assert (await client.get("/units/search", params={"q": "al", "of": "nonsense"})).status_code == 200


async def test_few_come_of_many(fresh: Scene) -> None:
    await many(fresh, 3000)
    async with fresh.client("convener") as client:
        base = await begin(client)
        for step in ("who", "what", "when", "consent"):
            assert len((await client.get(f"{base}/{step}")).content) < 60_000
    async with fresh.client("convener") as client:
        page = await client.get("/units/search", params={"q": "gruppboendet"})
        assert len(options(page.text)) == FEW
        assert len(page.content) < 5_000
        page = await client.get("/units/search", params={"q": HSA.lower()})
        assert options(page.text) == ["Gruppboendet 7, Al kommun"]


async def test_nobody_is_shown_units(scene: Scene) -> None:
    async with scene.client() as client:
        assert (await client.get("/units/search", params={"q": "skolan"})).status_code == 303


def found(name: str, principal: str = "Al kommun", organisation: str = "Nämnden", hsa: str | None = None) -> UnitFound:
    made = uuid5(UUID(int=1), name + principal + organisation)
    return UnitFound(made, name, hsa, False, made, organisation, "board", made, principal, PrincipalKind.MUNICIPALITY)


NORTH, SOUTH = found("Skolan Norr"), found("Skolan Söder", hsa=HSA)
TWINS = [found("Boendet", organisation="Nämnden"), found("Boendet", organisation="Bolaget")]


@pytest.mark.parametrize(
    ("units_found", "words", "chosen", "meant"),
    [
        ([NORTH], "skol", None, NORTH),
        ([NORTH, SOUTH], "skol", None, None),
        ([NORTH, SOUTH], "skol", SOUTH.id, SOUTH),
        ([NORTH, SOUTH], "Skolan Norr, Al kommun", None, NORTH),
        ([NORTH, SOUTH], "skolan norr", None, NORTH),
        ([NORTH, SOUTH], HSA.lower(), None, SOUTH),
        (TWINS, "Boendet, Al kommun", None, None),
        (TWINS, "boendet, bolaget, al kommun", None, TWINS[1]),
        ([NORTH], "norr", SOUTH.id, NORTH),
        ([], "norr", SOUTH.id, None),
    ],
)
def test_what_is_typed_means_one_unit_or_none(
    units_found: list[UnitFound], words: str, chosen: UUID | None, meant: UnitFound | None
) -> None:
    assert units.meant(units_found, words, chosen) == meant


async def test_a_meetings_page_carries_no_other_unit_and_finds_each_by_words(scene: Scene) -> None:
    """A party more, where a call is redirected, who takes over: with as many units in the county as there may be."""
    stage = scene.stage
    await stage.call("2026-12-07 10:00", ("hemtjanst",))
    await many(scene, 40)
    async with stage.made.db.transaction(TESTER) as conn:
        address = "select id, 0, 'sju@al.example' from unit where hsa_id = :hsa"
        await conn.execute(text(f"insert into unit_address (unit_id, ordinal, email) {address}"), {"hsa": HSA})
    here = f"/meetings/{stage.id}"
    async with scene.client("convener") as client:
        page = (await client.get(here)).text
        assert "Gruppboendet" not in page and "Socialtjänsten Bok" not in page
        assert page.count('data-units="/units/search') == 3
        form = fields_of(page) | {"unit": "gruppboendet", "obligation": "invited"}
        several = await client.post(f"{here}/parties", data=form)
        assert several.status_code == 422 and several.text.count('name="unit_chosen"') == FEW
        added = await client.post(f"{here}/parties", data=form | {"unit": "boendet al", "nonce": "one"})
        assert added.status_code == 303, added.text
        said = form | {"channel": "phone", "answer": "redirects", "target_unit": "tjänsten bok", "nonce": "two"}
        other = await client.post(f"{here}/parties/2/answer", data=said)
        assert other.status_code == 422, "another principal's"
        asked = fields_of((await client.get(f"/hands/{stage.id}/answer?party=2")).text)
        right = asked | {"channel": "phone", "answer": "redirects", "target_unit": HSA}
        done = await client.post(f"/hands/{stage.id}/answer", data=right)
        assert done.status_code == 303, done.text
        answer = (await stage.party("hemtjanst")).round
        assert answer is not None and answer.answer is not None
        assert (answer.answer.kind, answer.answer.target_unit_name) == (AnswerKind.REDIRECTS, "Gruppboendet 7")
