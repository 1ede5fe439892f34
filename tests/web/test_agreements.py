"""Agreements in a browser: read, tried on a meeting, and a new version made that never changes the one before."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from sip.domain.agreement import Joining
from sip.store import agreements as rows
from sip.store import replays
from sip.usecases import agreement_file
from sip.usecases.directory.keys import key_id
from sip.usecases.replays import ReplayCrew
from tests.domain.cast import ident
from tests.stories.county import agreement
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

HERE = f"/agreements/{agreement().id}"


def filled(html: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = re.findall(r"<form[^>]*method=\"post\"[^>]*/new\".*?</form>", html, re.DOTALL)[-1]
    found = dict(
        re.findall(r'<input class="ds-input [^"]*" type="[^"]*" id="[^"]*" name="([^"]+)" value="([^"]*)"', form)
    )
    ticked = re.findall(r'type="checkbox" id="[^"]*" name="([^"]+)" value="yes" checked', form)
    return {**fields_of(form), **found, **dict.fromkeys(ticked, "yes")}


async def send(client: httpx.AsyncClient, then: str, **changed: str) -> httpx.Response:
    data = {**filled((await client.get(f"{HERE}/new")).text), **changed, "then": then}
    return await client.post(f"{HERE}/new", data=data, follow_redirects=True)


async def versions(scene: Scene) -> list[tuple[int, int]]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return [(one.version, one.rules.minimum_notice) for one in await rows.all_agreements(conn, agreement().id)]


async def test_an_agreement_is_read_in_words(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        listed = (await client.get("/agreements")).text
        shown = (await client.get(f"{HERE}/1")).text
        file = (await client.get(f"{HERE}/1/file")).text
    assert "Länsavtalet" in listed and "Al kommun, Region Exempel" in listed and "Gäller</span>" in listed
    assert "Minsta framförhållning, dagar" in shown and "Al kommun" in shown and "Region Exempel" in shown
    assert agreement_file.parse(file, "it").agreement.rules == agreement().rules


async def test_a_new_version_is_looked_at_and_then_kept_and_the_old_one_stays(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        looked = await send(client, "check", valid_from="2026-12-01", minimum_notice="7", gaps_1="2")
        assert looked.status_code == 200
        said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", looked.text))
        assert "Minsta framförhållning, dagar 5 7" in said and "Påminnelse, dagar efter kallelsen 3 2" in said
        assert await versions(fresh) == [(1, 5)], "nothing is kept yet"
        other = {**filled(looked.text), "minimum_notice": "9", "then": "keep"}
        again = await client.post(f"{HERE}/new", data=other)
        assert again.status_code == 200 and "Det här ändras" in again.text
        assert await versions(fresh) == [(1, 5)], "nobody was shown that"
        kept = await send(client, "keep", valid_from="2026-12-01", minimum_notice="7", gaps_1="2")
        assert kept.url.path == f"{HERE}/2"
        assert "Börjar gälla senare" in kept.text and "Ändrat sedan version 1" in kept.text
    assert await versions(fresh) == [(1, 5), (2, 7)]
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        first, second = await rows.all_agreements(conn, agreement().id)
    assert first == agreement()
    assert second.valid_from == date(2026, 12, 1) and second.principals == first.principals


async def test_figures_keep_their_bounds_and_their_sense(fresh: Scene) -> None:
    wrong = {
        "minimum_notice": ("minimum_notice", "99"), "valid_from": ("valid_from", "2026-11-02"),
        "question_bound": ("question_bound", "9"), "answer_reminders_1": ("answer_reminders_2", "40"),
        "gaps_4": ("gaps_4", ""), "deviation_name_sv": ("deviation_name_sv", ""),
    }  # fmt: skip
    async with fresh.client("administrator") as client:
        for beside, (field, value) in wrong.items():
            answer = await send(client, "keep", **{"valid_from": "2026-12-01", field: value})
            assert answer.status_code == 422, field
            assert f'href="#{beside}"' in answer.text, field
    assert await versions(fresh) == [(1, 5)]


async def test_figures_make_sense_at_discharge_too(fresh: Scene) -> None:
    """Those that differ there stand in the file alone."""
    one = agreement()
    own = replace(one, version=2, discharge_rules=replace(one.discharge_rules, deadline_bound=2))
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await rows.keep(conn, [own])
    async with fresh.client("administrator") as client:
        answer = await send(client, "keep", valid_from="2026-12-01", question_bound="3")
    assert answer.status_code == 422
    assert 'href="#question_bound"' in answer.text and "Vid utskrivning har överenskommelsen andra tal" in answer.text


async def test_a_version_is_tried_on_a_meeting_beside_todays(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-15 10:00", ("hemtjanst", "bok"))
    meeting = await fresh.stage.meeting()
    async with fresh.client("administrator") as client:
        await send(client, "keep", valid_from="2026-12-01", gaps_1="1")
        page = (await client.get(f"{HERE}/2", params={"meeting": meeting.reference.lower()})).text
        assert meeting.reference in page
        table = re.findall(r"<caption>Hemtjänsten Al</caption>.*?</table>", page, re.DOTALL)[0]
        first = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", table))
        assert "Påminnelse fre 6 nov. 08.00 ons 4 nov. 08.00" in first, first
        nothing = (await client.get(f"{HERE}/2", params={"meeting": "0000-000"})).text
        unkept = await send(client, "meeting", valid_from="2026-12-02", gaps_1="2", meeting=meeting.reference.lower())
        unknown = await send(client, "meeting", valid_from="2026-12-02", gaps_1="2", meeting="0000-000")
    for answer in (nothing, unknown.text):
        assert "Inget kallat möte med den beteckningen" in answer
    table = re.findall(r"<caption>Hemtjänsten Al</caption>.*?</table>", unkept.text, re.DOTALL)[0]
    assert "Påminnelse fre 6 nov. 08.00 tors 5 nov. 08.00" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", table))
    assert len(await versions(fresh)) == 2, "it is looked at before it is kept"


@pytest.mark.parametrize("role", ["convener", "manager", "coordinator"])
async def test_nobody_else_keeps_them(fresh: Scene, role: str) -> None:
    async with fresh.client(role) as client:
        for path in ("/agreements", f"{HERE}/1", f"{HERE}/new"):
            assert (await client.get(path)).status_code == 404
        token = fields_of((await client.get("/profile")).text)
        assert (await client.post(f"{HERE}/new", data=token)).status_code == 404
    assert await versions(fresh) == [(1, 5)]


# -- tried on a year


async def test_a_version_that_is_not_kept_is_tried_on_a_year(fresh: Scene) -> None:
    """The press waits for nothing; a worker plays the year, and what came of it stays to be read."""
    crew = ReplayCrew(fresh.stage.made.worker.db, processes=0)
    await fresh.stage.call("2026-12-07 10:00")
    async with fresh.client("administrator") as client:
        looked = await send(client, "check", valid_from="2026-12-01", gaps_1="1")
        assert "Vill du pröva den först?" in looked.text
        asked = await send(client, "try", valid_from="2026-12-01", gaps_1="1", year="2026", area="")
        assert "Väntar på sin tur." in asked.text and 'http-equiv="refresh"' in asked.text
        assert await versions(fresh) == [(1, 5)], "nothing is kept"
        assert await crew.begin(await fresh.stage.now(), timedelta(0))
        assert not await crew.begin(await fresh.stage.now(), timedelta(0)), "one at a time"
        await crew.finish()
        done = (await client.get(asked.url.path)).text
        assert "Så hade det blivit" in done and "Det här kan ett prov inte veta" in done
        assert "refresh" not in done and "gaps = [1, 2, 2, 1]" in done
        listed = (await client.get(f"{HERE}/1")).text
        assert f'{asked.url.path}">2026: klart</a>' in listed
        assert not await crew.begin(await fresh.stage.now(), timedelta(0)), "nothing waits"


async def test_a_trial_plays_who_has_joined_and_one_that_cannot_be_read_has_failed(fresh: Scene) -> None:
    """Al joins the next version in December: by it, its unit was under the law only, and no manager was asked."""
    db = fresh.stage.made.worker.db
    await fresh.stage.call("2026-12-07 10:00")
    await fresh.stage.at("2026-11-27 12:00")
    al = key_id("principal", "al")
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        joined = frozenset({Joining(al, "Kommunfullmäktige", valid_from=date(2026, 12, 5))})
        await rows.keep(conn, [replace(agreement(), version=2, valid_from=date(2026, 12, 1), joinings=joined)])
    results = []
    async with fresh.client("administrator") as client:
        data = {**fields_of((await client.get(f"{HERE}/2")).text), "year": "2026"}
        for spoilt in (False, True):
            asked = await client.post(f"{HERE}/2/replays", data={**data, "nonce": str(spoilt)}, follow_redirects=True)
            async with db.transaction(TESTER) as conn:
                if spoilt:
                    await conn.execute(text("update replay set file = 'gaps = ' where state = 'waiting'"))
            crew = ReplayCrew(db, processes=0)
            assert await crew.begin(await fresh.stage.now(), timedelta(0))
            await crew.finish()
            async with db.transaction(TESTER) as conn:
                results.append(await replays.one(conn, UUID(asked.url.path.rpartition("/")[2])))
    played, failed = results
    assert played is not None and played.result is not None and failed is not None
    assert played.joinings == {Joining(al, valid_from=date(2026, 12, 5))}, "and no word of how it was decided"
    really, otherwise = played.result.figures["rung.no_answer"]
    assert really > 0 and otherwise == 0
    assert (failed.state, failed.result) == ("failed", None)


async def test_a_trial_is_for_who_keeps_the_installation_and_not_too_many_at_once(fresh: Scene) -> None:
    async with fresh.client("coordinator") as client:
        assert (await client.get(f"/agreements/replays/{ident('replay')}")).status_code == 404
        assert "/replays" not in (await client.get(f"{HERE}/1")).text
    async with fresh.client("administrator") as client:
        assert (await client.get(f"/agreements/replays/{ident('replay')}")).status_code == 404

        async def ask(year: str) -> httpx.Response:
            data = fields_of((await client.get(f"{HERE}/1")).text)
            return await client.post(f"{HERE}/1/replays", data={**data, "year": year}, follow_redirects=True)

        for _ in range(5):
            assert (await ask("2026")).status_code == 200
        refused = await ask("2026")
        assert refused.status_code == 409 and "Fem prov väntar redan." in refused.text
        assert (await ask("2031")).status_code == 422


async def test_a_trial_whose_worker_died_is_taken_again_and_given_up_in_the_end(fresh: Scene) -> None:
    db = fresh.stage.made.worker.db
    async with fresh.client("administrator") as client:
        data = fields_of((await client.get(f"{HERE}/1")).text)
        shown = await client.post(f"{HERE}/1/replays", data={**data, "year": "2026"}, follow_redirects=True)
        for _ in range(replays.MOST_TRIES):
            async with db.transaction(TESTER) as conn:
                assert await replays.begin(conn) is not None
                assert await replays.begin(conn) is None
                await conn.execute(text("update replay set touched_at = clock_timestamp() - interval '2 minutes'"))
        async with db.transaction(TESTER) as conn:
            assert await replays.begin(conn) is None
        assert "Provet gick inte att göra klart." in (await client.get(shown.url.path)).text
