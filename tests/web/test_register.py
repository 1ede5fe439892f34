"""The register of agreements in a browser: who joined and when, and two versions side by side in words."""

import re
from dataclasses import fields, replace
from datetime import date
from html import unescape
from typing import Any

import httpx
import pytest

from sip.domain.agreement import Agreement, Joining, RuleSet
from sip.edges.web.register.provisions import provisions, side_by_side
from sip.edges.web.shell.phrases import Phrases
from sip.store import agreements as rows
from sip.usecases.directory.keys import key_id
from tests.stories.county import agreement
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

HERE = f"/agreements/{agreement().id}"
AL, BOK = key_id("principal", "al"), key_id("principal", "bok")


async def kept(scene: Scene) -> tuple[Agreement, ...]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return await rows.all_agreements(conn, agreement().id)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


async def test_a_council_decides_in_the_autumn_and_its_meetings_follow_the_agreement_from_then(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        page = await client.get(f"{HERE}/1")
        assert "Inte anslutna" in page.text and "Bok kommun" in words(page.text), "who has not joined is said"
        form = {
            **fields_of(page.text), "principal": str(BOK), "body": "Kommunfullmäktige", "decided": "2026-10-26",
            "registration_number": "KS 2026/114", "valid_from": "2026-12-01", "weight": "4100",
        }  # fmt: skip
        done = await client.post(f"{HERE}/1/joinings", data=form, follow_redirects=True)
        assert done.status_code == 200
        assert "Kommunfullmäktige, mån 26 okt. 2026, KS 2026/114" in words(done.text)
        assert "Ansluter senare" in done.text
        again = await client.get(f"{HERE}/1", params={"principal": str(BOK)})
        assert 'value="KS 2026/114"' in again.text, "what is known is there to be put right"
    (one,) = await kept(fresh)
    assert one.joining(BOK) == Joining(
        BOK, "Kommunfullmäktige", date(2026, 10, 26), "KS 2026/114", date(2026, 12, 1), None, 4100
    )
    assert BOK not in one.joined_on(date(2026, 11, 30)) and BOK in one.joined_on(date(2026, 12, 1))
    assert replace(one, principals=one.principals - {BOK}, joinings=frozenset()) == agreement()


@pytest.mark.parametrize(
    ("field", "value"),
    [("principal", ""), ("valid_to", "2026-01-01"), ("weight", "0"), ("weight", "många"), ("decided", "i höstas"),
     ("body", "x" * 201), ("registration_number", "19121212-1212")],
)  # fmt: skip
async def test_what_cannot_be_a_joining_is_said_beside_its_field(fresh: Scene, field: str, value: str) -> None:
    async with fresh.client("administrator") as client:
        form = fields_of((await client.get(f"{HERE}/1")).text)
        form |= {"principal": str(BOK), "valid_from": "2026-12-01", field: value}
        answer = await client.post(f"{HERE}/1/joinings", data=form)
        assert answer.status_code == 422 and f'href="#{field}"' in answer.text
    assert await kept(fresh) == (agreement(),)


async def test_nobody_joins_what_is_not_there(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        form = fields_of((await client.get(f"{HERE}/1")).text)
        for version, principal in ((7, BOK), (1, key_id("principal", "nobody"))):
            data = {**form, "principal": str(principal)}
            assert (await client.post(f"{HERE}/{version}/joinings", data=data)).status_code == 404
    assert await kept(fresh) == (agreement(),)


async def test_nobody_saves_over_what_she_has_not_seen(fresh: Scene) -> None:
    """Neither over a joining that another has put right meanwhile, nor by the empty form over one that is there."""
    at = f"{HERE}/1/joinings"
    async with fresh.client("administrator") as client:
        empty = fields_of((await client.get(f"{HERE}/1")).text)
        opened = fields_of((await client.get(f"{HERE}/1", params={"principal": str(AL)})).text)
        first = {**opened, "principal": str(AL), "body": "Kommunfullmäktige", "valid_to": "2027-02-28", "weight": "9"}
        for _ in range(2):
            assert (await client.post(at, data=first)).status_code == 303, "the same press again is nothing"
        for form in (empty, opened):
            answer = await client.post(at, data={**form, "principal": str(AL), "registration_number": "KS 1"})
            assert answer.status_code == 409 and "Formuläret visade inte det som nu är noterat" in answer.text
            assert 'value="2027-02-28"' in answer.text and 'value="KS 1"' not in answer.text
        seen = {**first, **fields_of(answer.text), "registration_number": "KS 1"}
        assert (await client.post(at, data=seen)).status_code == 303
    (one,) = await kept(fresh)
    assert one.joining(AL) == Joining(AL, "Kommunfullmäktige", None, "KS 1", None, date(2027, 2, 28), 9)


async def test_two_versions_stand_side_by_side_with_their_words_marked(fresh: Scene) -> None:
    second = replace(
        agreement(), version=2, valid_from=date(2026, 12, 1), rules=replace(agreement().rules, version=2, hearing=5)
    )
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await rows.keep(conn, [second])
    async with fresh.client("administrator") as client:
        page = (await client.get(f"{HERE}/compare")).text
        assert "3 bestämmelser skiljer sig" in page, "its days, the hearing, and that discharge keeps the old"
        assert "Den uteblivna hörs i <mark>10</mark> arbetsdagar." in page
        assert "Den uteblivna hörs i <mark>5</mark> arbetsdagar." in page
        same = (await client.get(f"{HERE}/compare", params={"left": "2", "right": "2"})).text
        assert "Ingen bestämmelse skiljer sig." in same and "<mark>" not in same
        assert (await client.get("/agreements/00000000-0000-0000-0000-000000000000/compare")).status_code == 404


OTHER: dict[str, Any] = {
    "automatic_reports": False, "gaps": (4, 2, 2, 1), "answer_reminders": (30, 11),
    "half_days": frozenset({"skärtorsdagen"}), "deviation_name_sv": "brist", "deviation_name_en": "failure",
}  # fmt: skip


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    "name", [f.name for f in fields(RuleSet) if f.name not in ("name", "version", "law_only")]
)  # fmt: skip
def test_no_figure_can_differ_without_a_word(language: str, name: str) -> None:
    """Of the ordinary rules and of discharge alone."""
    usual = replace(agreement(), rules=replace(RuleSet(), half_days=frozenset({"valborgsmässoafton"})))
    usual = replace(usual, discharge_rules=usual.rules)
    value = getattr(usual.rules, name)
    other = OTHER.get(name, not value if isinstance(value, bool) else None)
    changed = {name: other if other is not None else value + 1}
    for part in ("rules", "discharge_rules"):
        figures: dict[str, Any] = {part: replace(usual.rules, **changed)}
        now = replace(usual, **figures)
        pairs = side_by_side(Phrases(language), usual, now, {})
        assert [pair for pair in pairs if pair.differs], (part, name)


def test_a_word_that_stays_is_not_marked() -> None:
    one, other = agreement(), replace(agreement(), region_share=60)
    (pair,) = [pair for pair in side_by_side(Phrases("en"), one, other, {}) if pair.differs]
    assert [text for text, changed in pair.right if changed] == ["60"]
    assert "".join(text for text, _ in pair.left) == provisions(Phrases("en"), one, {})["share"]


async def ending(scene: Scene) -> None:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await rows.join(conn, agreement(), [Joining(AL, valid_to=date(2026, 12, 31))])


async def test_a_principal_says_that_it_renews_and_takes_it_back(fresh: Scene) -> None:
    await ending(fresh)
    async with fresh.client("administrator") as client:
        page = (await client.get(f"{HERE}/1")).text
        assert "Upphör tors 31 dec. 2026" in words(page) and "Vi lämnar" in page
        here = f"{HERE}/1/renewals/{AL}"
        done = await client.post(here, data={**fields_of(page), "answer": "leaves"}, follow_redirects=True)
        assert "Lämnar</span>" in done.text and "Vi förnyar" not in done.text
        back = await client.post(here, data=fields_of(done.text), follow_redirects=True)
        assert "Vi förnyar" in back.text
        for nowhere in (f"{HERE}/1/renewals/{BOK}", f"{HERE}/9/renewals/{AL}"):
            assert (await client.post(nowhere, data={**fields_of(page), "answer": "renews"})).status_code == 404


async def test_shared_costs_are_settled_by_halves(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        page = await client.get(f"{HERE}/settlement")
        assert page.status_code == 200 and "Inga delade kostnader" in page.text
        form = {**fields_of(page.text), "principal": str(key_id("principal", "region")), "what": "Samordnarens lön",
                "amount": "10 000,50", "year": "2026"}  # fmt: skip
        done = await client.post(f"{HERE}/settlement", data=form, follow_redirects=True)
        said = words(done.text).replace("\u00a0", " ").replace("&nbsp;", " ")
        assert "Al kommun 50 % 5 000,25 kr 0,00 kr Betalar 5 000,25 kr" in said
        assert "Region Exempel 50 % 5 000,25 kr 10 000,50 kr Får 5 000,25 kr" in said
        again = await client.post(f"{HERE}/settlement", data=form, follow_redirects=True)
        assert again.text.count("Samordnarens lön") == done.text.count("Samordnarens lön"), "the same form again"
        (cost,) = set(re.findall(r"/settlement/([0-9a-f-]{36})", done.text))
        gone = await client.post(
            f"{HERE}/settlement/{cost}", data=fields_of(done.text), follow_redirects=True
        )  # fmt: skip
        assert "Inga delade kostnader" in gone.text
        other = await client.get(f"{HERE}/settlement", params={"year": "1066"})
        assert "Delade kostnader 2026" in other.text, "a year out of all bounds is this one"


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "0"), ("amount", "-5"), ("amount", "tolv"), ("amount", "1,234"), ("amount", "1e9"),
     ("amount", "99999999999"), ("what", ""), ("what", "lön 19121212-1212"), ("principal", "")],
)  # fmt: skip
async def test_what_is_no_cost_is_said(fresh: Scene, field: str, value: str) -> None:
    async with fresh.client("administrator") as client:
        form = fields_of((await client.get(f"{HERE}/settlement")).text)
        form |= {"principal": str(AL), "what": "hyra", "amount": "100", field: value}
        answer = await client.post(f"{HERE}/settlement", data=form)
        assert answer.status_code == 422 and f'href="#{field}"' in answer.text


async def test_nobody_notes_what_another_has_paid(fresh: Scene) -> None:
    """Bok has not joined; and an administrator of Al alone notes for Al alone."""
    async with fresh.client("administrator") as client:
        form = fields_of((await client.get(f"{HERE}/settlement")).text)
        data = {**form, "principal": str(BOK), "what": "hyra", "amount": "100"}
        assert (await client.post(f"{HERE}/settlement", data=data)).status_code == 404
        nothing = f"{HERE}/settlement/{AL}"
        assert (await client.post(nothing, data=form)).status_code == 404


async def test_what_the_law_alone_means_stands_on_the_meetings_page_for_who_it_is_about(fresh: Scene) -> None:
    """Bok has not joined; Al has. The convener reads it, and so does the called unit."""
    await fresh.stage.call("2026-12-15 10:00", ("hemtjanst", "bok"))
    meeting = await fresh.stage.meeting()
    async with fresh.client("convener") as client:
        page = (await client.get(f"/meetings/{meeting.id}")).text
    parties = re.findall(r'<li id="p\d+".*?<!--p\d+\]-->', page, re.DOTALL)
    told = {re.findall(r"<h3>(.*?)</h3>", one)[0] for one in parties if "enbart lagen gäller" in one}
    assert told == {"Socialtjänsten Bok"}
    assert "Ingen chef tillfrågas, och ingen avvikelse skrivs av sig själv" in words(page)


# -- a county


async def look_at(client: httpx.AsyncClient, said: str) -> httpx.Response:
    form = fields_of((await client.get("/counties/file")).text)
    return await client.post(
        "/counties/file", data={**form, "then": "look"}, files={"file": ("lan.toml", said.encode())}
    )


async def carry_out(client: httpx.AsyncClient, page: str) -> httpx.Response:
    """The press that carries out what the page shows."""
    form = {**fields_of(page), "then": "do"}
    form["text"] = unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[0])
    return await client.post("/counties/file", data=form, files={"file": ("", b"")}, follow_redirects=True)


COUNTY = """

county = "Exempellän"
[region]
key = "region"
name = "Region Exempel"
[[municipality]]
key = "al"
name = "Al kommun"
[[municipality]]
key = "bok"
name = "Bok kommun"
[[municipality]]
key = "cid"
name = "Cid kommun"
[[agreement]]
name = "Lokalt om utskrivning"
version = 1
local = true
valid_from = 2026-01-01
kinds = ["discharge"]
[[agreement.joined]]
principal = "region"
[[agreement.joined]]
principal = "bok"
body = "Nämnden <b>"
decided = 2026-02-03
"""


async def test_a_county_is_shown_carried_out_with_one_press_and_is_a_map(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        example = (await client.get("/counties/file/example")).text
        assert example.startswith("# Ett län i en fil")
        shown = await look_at(client, COUNTY)
        assert shown.status_code == 200 and "8 ändringar, 0 oförändrade. Ingenting skrivs än." in words(shown.text)
        assert "Huvudmannen Cid kommun (Kommun)" in words(shown.text)
        done = await carry_out(client, shown.text)
        assert done.url.path.startswith("/counties/") and "2 av 3 har en överenskommelse" in words(done.text)
        tile = r'<h2>(.*?)</h2><span class="tag \w+">.*?</svg>(.*?)</span>'
        tiles = dict(re.findall(tile, done.text, re.DOTALL))
        assert tiles == {"Al kommun": "Ansluten", "Bok kommun": "Delvis", "Cid kommun": "Enbart lagen"}
        assert "Nämnden &lt;b&gt;, tis 3 feb. 2026" in done.text
        assert "Enbart lagen gäller för: Barn och unga, Vuxna, LSS, Placering, Annat." in done.text
        assert "Exempellän" in (await client.get("/agreements")).text
        again = await look_at(client, COUNTY)
        assert "Allt i filen finns redan" in again.text and ">Läs in</button>" not in again.text


async def test_what_is_wrong_with_a_county_is_a_table_of_lines_and_nothing_is_written(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        wrong = await look_at(client, COUNTY.replace("version = 1", "version = 0").replace('"bok"\nname', '"al"\nname'))
        assert wrong.status_code == 422
        assert "2 rader är fel. Ingenting har skrivits." in wrong.text
        assert "10 ”al” står två gånger. 18 ”version” ska vara ett helt tal från 1 till 9999." in words(wrong.text)
        form = fields_of((await client.get("/counties/file")).text)
        nothing = await client.post("/counties/file", data=form, files={"file": ("", b"")})
        assert nothing.status_code == 422 and "Välj en fil." in nothing.text
        form = fields_of((await client.get("/counties/file")).text) | {"then": "look"}
        for name in ("lan.exe", "lan.toml.zip", "toml"):
            other = await client.post("/counties/file", data=form, files={"file": (name, COUNTY.encode())})
            assert other.status_code == 422 and "ska sluta på .toml" in other.text, name


async def test_what_has_changed_meanwhile_is_shown_anew(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        shown = await look_at(client, COUNTY)
        await carry_out(client, (await look_at(client, COUNTY.split("[[agreement]]")[0])).text)
        anew = await carry_out(client, shown.text)
        assert anew.status_code == 409 and "Något har ändrats medan du såg på filen" in anew.text
        done = await carry_out(client, anew.text)
        assert done.url.path.startswith("/counties/")
