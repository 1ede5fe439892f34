"""The statistics page: who reads it, its denominators, its charts without a style of their own, and what is masked."""

import html
import re

import pytest

from sip.store import db as database
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import ROLES, Scene

_MADE = """insert into counted_party (meeting_id, ordinal, month, unit_id, organisation_id, principal_id,
 caller_unit_id, caller_organisation_id, caller_principal_id, obligation, bound, reached, answered, in_time,
 substitute_wanted, substitute_found, escalations, no_show, organisation_kind, principal_kind)
 select gen_random_uuid(), 1, make_date(2026, case when n <= 60 then 9 when n <= 63 then 10 else 11 end, 1),
 u.id, o.id, p.id, u.id, o.id, p.id,
 'summoned', true, true, true, n % 2 = 0, false, false, '{}', n % 6 = 0, o.kind, p.kind
 from unit u join organisation o on o.id = u.organisation_id join principal p on p.id = o.principal_id,
 generate_series(1, 90) n where u.id = $1"""

_ROW = r'<tr><th scope="row">([^<]+)</th><td class="number" data-label="\d{4}">(?:<a href="[^"]+">)?([^<]+)<'


@pytest.mark.parametrize("role", [*ROLES, "stranger"])
async def test_who_may_read_it(scene: Scene, role: str) -> None:
    async with scene.client(role) as client:
        answer = await client.get("/statistics")
        nav = (await client.get("/profile")).text
    may = role in ("board", "coordinator", "administrator", "stranger")
    assert answer.status_code == (200 if may else 403), answer.status_code
    assert ('href="/statistics"' in nav) is may


async def test_each_number_stands_with_what_it_is_a_part_of(scene: Scene) -> None:
    async with scene.client("administrator") as client:
        page = (await client.get("/statistics?year=2026")).text
    rows = dict(re.findall(_ROW, page))
    assert rows["Uteblivna"] == "1 av 2 (50&nbsp;%)"
    assert rows["Hälften svarade inom, kontorstid"] == "9 timmar"
    assert rows["Hälften besvarades inom"] == "inget än"
    assert rows["Möten som hölls"] == "1 av 2 (50&nbsp;%)"


async def test_a_chart_has_words_patterns_and_no_style_of_its_own(scene: Scene) -> None:
    async with scene.client("administrator") as client:
        page = (await client.get("/statistics?year=2026&what=called")).text
    charts = re.findall(r"<svg class=\"chart\".*?</svg>", page, re.S)
    assert charts
    for chart in charts:
        assert "<title" in chart and "<desc" in chart and "<pattern" in chart and 'role="img"' in chart
        assert "style" not in chart and "<script" not in chart
    assert page.count("<figure") == page.count(">Talen som tabell<")


@pytest.mark.parametrize(
    ("role", "what"), [("administrator", "called"), ("coordinator", "over"), ("stranger", "called")]
)
async def test_a_number_leads_to_as_many_rows(scene: Scene, role: str, what: str) -> None:
    async with scene.client(role) as client:
        page = (await client.get(f"/statistics?year=2026&what={what}")).text
        found = re.findall(r'<td class="number" data-label="\d+"><a href="([^"]+)">(\d+)', page)
        assert (role == "stranger") is not bool(found), "she has nothing, and nothing leads nowhere"
        for href, count in found:
            listed = (await client.get(html.unescape(href))).text
            assert f"{count} är räknad" in listed and listed.count('<th scope="row">') == int(count), href
        assert (await client.get("/statistics/rows?what=over&by=month&key=13")).status_code == 404
        assert (await client.get("/statistics/rows?what=nothing")).status_code == 404
        assert (await client.get("/statistics/rows?what=over&by=cause&key=x")).status_code == 404


@pytest.mark.parametrize("said", ["year=1999", "year=x", "year=2026&what=nothing", "year=9999", "year=" + "9" * 4301])
async def test_what_there_is_none_of_is_this_year_s_no_shows(scene: Scene, said: str) -> None:
    async with scene.client("administrator") as client:
        page = await client.get(f"/statistics?{said}")
    assert page.status_code == 200
    assert "Statistik 2026" in page.text


async def test_the_board_reads_no_small_number_but_those_of_its_principals(fresh: Scene) -> None:
    """90 calls, of which three in October: October is not told, nor the month that would give it away."""
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(_MADE, unit("eken"))
    async with fresh.client("board") as client:
        page = (await client.get("/statistics?year=2026&what=called")).text
    rows = dict(re.findall(_ROW, page))
    assert "Tal under 5 visas inte" in page
    assert (rows["sep"], rows["okt"], rows["nov"]) == ("60 av 90 (67&nbsp;%)", "visas inte", "visas inte")
    assert rows["Region Exempel"] == "90 av 90 (100&nbsp;%)"
    assert 'href="/statistics/rows' not in page, "she opens no meeting"
    async with fresh.client("board") as client:
        told = (await client.get("/statistics/rows?year=2026&what=called&by=month&key=10")).text
    assert "Raderna bakom talen visas inte" in told and '<th scope="row">' not in told
    assert rows["Hälften svarade inom, kontorstid"] == "visas inte", "half of two is one of them"
    async with fresh.client("coordinator") as client:
        page = (await client.get("/statistics?year=2026&what=called")).text
    assert "3 av 90 (3&nbsp;%)" in page and "Tal under" not in page
