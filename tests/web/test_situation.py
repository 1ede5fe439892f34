"""The situation picture: who reads which county's, weeks beside each other, what is hidden, and the file."""

import csv
import io
import re
from datetime import date, timedelta

import pytest

from sip.domain.situation import Situation, SituationPart
from sip.store import situations
from tests.stories.stage import at
from tests.tester import TESTER
from tests.web.scene import ROLES, Scene
from tests.web.test_groups import COUNTY, county

P = SituationPart
FIRST = date(2026, 10, 5)
COUNTS = {
    P.MEETINGS: (40, 6), P.CALLED: (120, 20, 14, 90, 7), P.ASKED: (200, 30), P.PLANNED: (60, 0), P.MAILBOXES: (30, 2),
}  # fmt: skip
_ROW = r'<tr><th scope="row">([^<]+)</th>((?:<td class="number" data-label="[^"]+">[^<]*</td>)+)</tr>'


async def weeks(scene: Scene, many: int = 6) -> None:
    """So many weeks of the county of Al and the region, the last of them ending on Sunday 1 November or later."""
    await county(scene)
    made = [
        Situation(COUNTY, monday, at("2026-11-30 00:12"), COUNTS | {P.MEETINGS: (40 + n, 6 + n)})
        for n, monday in enumerate(FIRST + timedelta(days=7 * n) for n in range(many))
    ]
    async with scene.stage.made.worker.db.transaction(TESTER) as conn:
        await situations.keep(conn, made)


@pytest.mark.parametrize("role", [*ROLES, "stranger"])
async def test_who_may_read_it(scene: Scene, role: str) -> None:
    async with scene.client(role) as client:
        answer = await client.get("/situation")
        assert (await client.get("/situation/file.csv")).status_code in (403, 404)
    may = role in ("board", "coordinator", "administrator", "stranger")
    assert answer.status_code == (200 if may else 403), answer.status_code
    assert not may or "Din enhet hör inte till något län" in answer.text


async def test_weeks_stand_beside_each_other_and_small_numbers_are_hidden(fresh: Scene) -> None:
    await weeks(fresh)
    async with fresh.client("coordinator") as client:
        page = (await client.get("/situation")).text
        earlier = (await client.get(f"/situation?county={COUNTY}&week=2026-W41")).text
        for wrong in ("week=2026-W40", "week=2026-W99", "week=x", "county=x", f"county={fresh.stage.made.home}"):
            assert (await client.get(f"/situation?{wrong}")).status_code == 404, wrong
    assert "Lägesbild: Exempel" in page and "Från mån 9 nov. 2026 till sön 15 nov. 2026." in page
    rows = {name: re.findall(r">([^<]*)</td>", cells) for name, cells in re.findall(_ROW, page)}
    assert rows["Inställda"] == ["11 av 45 (24&nbsp;%)", "10 av 44 (23&nbsp;%)", "9 av 43 (21&nbsp;%)",
                                 "8 av 42 (19&nbsp;%)"]  # fmt: skip
    assert rows["Har inte svarat"][0] == "30 av 200 (15&nbsp;%)"
    assert rows["Uteblev"][0] == "7 av 90 (8&nbsp;%)"
    assert rows["Pausade för en särskild händelse"][0] == "0 av 60 (0&nbsp;%)"
    assert rows["Ingen har setts läsa den"][0] == "2 av 30 (7&nbsp;%)", "of nobody"
    assert "week=2026-W45" in page and "Veckan efter" not in page
    assert "week=2026-W42" in earlier and "Veckan före" not in earlier


async def test_all_weeks_go_into_a_file_in_which_a_hidden_number_is_empty(fresh: Scene) -> None:
    await weeks(fresh)
    few = Situation(COUNTY, FIRST - timedelta(days=7), at("2026-10-05 00:12"), COUNTS | {P.CALLED: (12, 9, 5, 9, 0)})
    async with fresh.stage.made.worker.db.transaction(TESTER) as conn:
        await situations.keep(conn, [few])
    async with fresh.client("board") as client:
        answer = await client.get(f"/situation/file.csv?county={COUNTY}")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="situation-2026-W46.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [one["Vecka"] for one in lines] == [f"2026-W{week}" for week in range(46, 39, -1)]
    assert (lines[0]["Måndag"], lines[0]["Räknad"], lines[0]["Uteblev"]) == ("2026-11-09", "2026-11-30 00:12", "7")
    assert lines[-1]["Behövde ersättare"] == lines[-1]["Ersättare fanns"] == "", "nine of twelve leaves three"


async def test_a_county_is_read_by_those_who_lie_in_it(fresh: Scene) -> None:
    await weeks(fresh)
    async with fresh.client("stranger") as client:
        assert "Din enhet hör inte till något län" in (await client.get("/situation")).text
        assert (await client.get(f"/situation?county={COUNTY}")).status_code == 404
        assert (await client.get(f"/situation/file.csv?county={COUNTY}")).status_code == 404
    async with fresh.client("board") as client:
        assert "Lägesbild: Exempel" in (await client.get("/situation")).text
