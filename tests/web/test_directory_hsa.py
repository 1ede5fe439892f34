"""An export of HSA in a browser: shown with its questions before anything is done, carried out with one press."""

import re

import httpx
from sqlalchemy import text

from sip.usecases.directory import hsa_units
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

_UNIT = """dn: ou={name},ou=Nämnden Al,o=Al kommun,c=SE
objectClass: organizationalUnit
objectClass: hsaUnit
ou: {name}
hsaIdentity: {hsa_id}
telephoneNumber: {phone}

"""
KNOWN, OTHER = "SE2399990110-E001", "SE2399990110-E002"


def entry(name: str, hsa_id: str, phone: str = "0400-100 100", more: str = "") -> str:
    return _UNIT.format(name=name, hsa_id=hsa_id, phone=phone).rstrip() + f"\n{more}\n\n"


def asking() -> bytes:
    """A question about a unit that is `known`, a new one, one whose number is none, and a person who is not read."""
    person = "dn: cn=Anna,o=Al kommun,c=SE\nobjectClass: hsaPerson\ncn: Anna\nhsaIdentity: SE2399990110-P1\n"
    units = entry("Hemtjänsten Al Norra", KNOWN), entry("Vårdcentralen Lönen", OTHER)
    return ("".join(units) + entry("Öppenvården Al", "SE2399990110-E003", "ring växeln") + person).encode()


async def known(scene: Scene) -> None:
    """A unit has an HSA-id, and a number that was kept by hand."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        named = "update unit set hsa_id = :hsa, phone = '0400-999 999' where id = :id"
        await conn.execute(text(named), {"hsa": KNOWN, "id": unit("hemtjanst")})


async def send_hsa(client: httpx.AsyncClient, data: bytes, name: str = "hsa.ldif", **form: str) -> httpx.Response:
    page = (await client.get("/directory/hsa")).text
    organisation = re.search(r'<option value="([0-9a-f-]{36})"', page)
    assert organisation is not None
    hidden = {**fields_of(page), "organisation": organisation[1], **form}
    files = {"file": (name, data, "text/plain")}
    return await client.post("/directory/hsa", data=hidden, files=files, follow_redirects=True)


async def row(scene: Scene, column: str) -> str | None:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found = await conn.execute(text(f"select {column} from unit where id = :id"), {"id": unit("hemtjanst")})
        value: str | None = found.scalar_one()
        return value


async def test_a_question_is_answered_and_what_is_not_answered_stays(fresh: Scene) -> None:
    await known(fresh)
    name = await row(fresh, "name")
    assert name is not None
    data = (entry(name, KNOWN) + entry("Vårdcentralen Lönen", OTHER)).encode()
    async with fresh.client("administrator") as client:
        shown = await send_hsa(client, data)
        assert shown.status_code == 200 and "Vår gäller: 0400-999 999" in shown.text, shown.text[-3000:]
        assert "HSA gäller: 0400-100 100" in shown.text and "Vårdcentralen Lönen" in shown.text
        assert 'type="radio"' in shown.text and not re.search(r"<input[^>]*radio[^>]*checked", shown.text)
        assert await row(fresh, "phone") == "0400-999 999", "nothing is done yet"
        where = shown.url.raw_path.decode()
        done = await client.post(where, data={**fields_of(shown.text), "then": "do"})
        assert "Nya 1." in done.text and "Frågor 1." in done.text
        assert await row(fresh, "phone") == "0400-999 999", "unanswered: ours stays"
        shown = await send_hsa(client, data)
        answer = {f"holds-{KNOWN}/phone": "hsa", "then": "do"}
        old = {**fields_of(shown.text), **answer, "mark": "another"}
        assert (await client.post(shown.url.raw_path.decode(), data=old)).status_code == 409, "not what was seen"
        done = await client.post(shown.url.raw_path.decode(), data={**fields_of(shown.text), **answer})
        assert "Ändras 1." in done.text and await row(fresh, "phone") == "0400-100 100"
        again = await send_hsa(client, data)
        assert "säger detsamma" in again.text
        changes = (await client.get(f"/directory/{unit('hemtjanst')}/changes")).text
        assert "0400-999 999" in changes and "0400-100 100" in changes, "it stands in the unit's history"


async def test_what_is_wrong_is_told_and_nobody_else_may(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        wrong = await send_hsa(client, b"dn: o=Region,c=SE\nou V\n")
        assert wrong.status_code == 422 and "är ingen rad i LDIF" in wrong.text
        assert (await send_hsa(client, asking(), name="hsa.xlsx")).status_code == 422
        bare = await send_hsa(client, entry("Ny", OTHER).replace("Nämnden Al", "Annan").encode(), organisation="")
        assert bare.status_code == 422 and "Säg var den ska ligga" in bare.text
        shown = await send_hsa(client, asking(), known="yes")
        assert "Ny, och inga nya läggs till." in shown.text
        left = await client.post(shown.url.raw_path.decode(), data={**fields_of(shown.text), "then": "leave"})
        assert left.headers["location"] == "/directory/hsa"
        assert (await client.get(shown.url.raw_path.decode())).status_code == 404
    async with fresh.client("coordinator") as client:
        assert (await client.get("/directory/hsa")).status_code == 404


async def test_three_thousand_units_are_read_in_and_twice_is_once(fresh: Scene) -> None:
    data = "".join(entry(f"Enhet {n}", f"SE2399990110-N{n}") for n in range(3000)).encode()
    assert len(hsa_units.parse(data).units) == 3000
    async with fresh.client("administrator") as client:
        shown = await send_hsa(client, data)
        done = await client.post(shown.url.raw_path.decode(), data={**fields_of(shown.text), "then": "do"})
        assert "Nya 3000." in done.text
        assert "säger detsamma" in (await send_hsa(client, data)).text
