"""A report's life on its page: heard, talked about, acted upon, followed up, forwarded, merged and closed."""

import re

import httpx
from sqlalchemy import text

from sip.domain.deviation import Cause, DeviationState, ReportSide
from sip.domain.terms import Mark
from tests.tester import TESTER
from tests.web.scene import Scene, csrf_of, fields_of

S = DeviationState


async def raised(scene: Scene) -> str:
    """A report on hemtjanst, which said nothing and did not come; its page."""
    await scene.stage.call("2026-12-07 10:00", ["hemtjanst"])
    await scene.stage.replies("hemtjanst@al.example", "ACCEPTED")
    await scene.stage.at("2026-12-07 11:30")
    await scene.stage.close(hemtjanst=Mark.ABSENT)
    report = await scene.stage.report("hemtjanst")
    assert report is not None
    return f"/deviations/{report.id}"


async def press(client: httpx.AsyncClient, path: str, where: str, **form: str) -> httpx.Response:
    """A form of the page, sent as it stands there."""
    page = await client.get(path)
    return await client.post(f"{path}/{where}", data={**fields_of(page.text), **form})


async def state(scene: Scene) -> DeviationState:
    report = await scene.stage.report("hemtjanst")
    assert report is not None
    return report.state


async def test_from_the_hearing_to_the_end(fresh: Scene) -> None:
    path = await raised(fresh)
    measure = {"text": "Två läser brevlådan.", "owner": "enhetschef", "due_on": "2027-01-11"}
    async with fresh.client("staff") as staff, fresh.client("convener") as convener:
        assert (await press(staff, path, "hearing", statement="right")).status_code == 303
        said = await press(convener, path, "words", text="Hur gör vi nästa gång?")
        assert (said.status_code, await state(fresh)) == (303, S.IN_DIALOGUE)
        assert "Hur gör vi nästa gång?" in (await staff.get(path)).text
        answered = await press(
            staff, path, "cause", cause="mailbox_not_watched", also_double_booked="yes", account="Semester."
        )
        assert (answered.status_code, await state(fresh)) == (303, S.ANSWERED)
        assert (await press(staff, path, "measures", **measure)).status_code == 303
        early = await press(convener, path, "closure")
        assert early.status_code == 409 and "Fyll i det som saknas" in early.text
        assert (await press(convener, path, "measures/1", done="yes", effect="Bra.")).status_code == 403, "not its own"
        followed = await press(staff, path, "measures/1", done="yes", effect="Ingen kallelse har legat oläst.")
        assert (followed.status_code, await state(fresh)) == (303, S.FOLLOWED_UP)
        page = (await convener.get(path)).text
        assert "Ingen kallelse har legat oläst." in page and "Bidragande orsaker" in page and "Dubbelbokad" in page
        assert (await press(convener, path, "closure")).status_code == 303
        assert await state(fresh) is S.CLOSED
        forms = re.findall(r'action="/deviations/[^"/]+/([^"]+)"', (await convener.get(path)).text)
        assert forms == ["registration", "withdrawal"], "possible in any state (rules, section 8 D10 and D5)"
    report = await fresh.stage.report("hemtjanst")
    assert report is not None and [word.side for word in report.words] == [ReportSide.REPORTING]


async def test_the_other_unit_is_mailed_that_there_is_a_word_and_not_what(fresh: Scene) -> None:
    path = await raised(fresh)
    async with fresh.client("staff") as staff:
        await press(staff, path, "words", text="Ring växeln i stället.")
    await fresh.stage.work()
    (mail,) = [one for one in fresh.stage.mailbox("clara@region.example") if "har skrivit till er" in one.subject]
    assert "växeln" not in mail.body


async def test_each_wrong_field_is_named_and_nothing_is_lost(fresh: Scene) -> None:
    path = await raised(fresh)
    async with fresh.client("staff") as staff:
        await press(staff, path, "hearing", statement="right")
        wrong = await press(staff, path, "measures", text="Ring 0701-23 45 67", owner="", due_on="2026-12-01")
        assert wrong.status_code == 422
        assert 'id="measures-owner-error"' in wrong.text and "Ring 0701-23 45 67" in wrong.text
        number = await press(staff, path, "measures", text="Ring 0701-23 45 67", owner="chef", due_on="2027-01-11")
        assert number.status_code == 422 and 'id="measures-text-error"' in number.text
        past = await press(staff, path, "measures", text="Två läser.", owner="chef", due_on="2026-12-01")
        assert past.status_code == 409 and "Dagen har varit" in past.text
        assert (await press(staff, path, "words", text="")).status_code == 422


async def test_the_board_sees_what_is_forwarded_to_it(fresh: Scene) -> None:
    path = await raised(fresh)
    async with fresh.client("staff") as staff, fresh.client("convener") as convener, fresh.client("board") as board:
        await press(staff, path, "hearing", statement="we_had_told")
        assert (await board.get(path)).status_code == 404
        sent = await press(convener, path, "forwarding", reason="Vi kommer inte längre.")
        assert (sent.status_code, await state(fresh)) == (303, S.FORWARDED)
        seen = await board.get(path)
        assert seen.status_code == 200 and "Vi kommer inte längre." in seen.text
        assert "<form" not in seen.text.partition("<main")[2].partition("</main")[0]
        assert (await press(convener, path, "return")).status_code == 303
        assert await state(fresh) is S.DISPUTED
        assert (await board.get(path)).status_code == 404


async def test_a_report_goes_on_in_its_like(fresh: Scene) -> None:
    first = await raised(fresh)
    kept = await fresh.stage.report("hemtjanst")
    assert kept is not None
    second = await raised_again(fresh)
    async with fresh.client("convener") as convener:
        page = (await convener.get(second)).text
        into = first.removeprefix("/deviations/")
        assert f'value="{into}"' in page
        for wrong in (second.removeprefix("/deviations/"), "00000000-0000-0000-0000-000000000007"):
            refused = await press(convener, second, "merging", into=wrong)
            assert refused.status_code == 422 and "mellan samma två enheter" in refused.text
        assert (await press(convener, second, "merging", into=into)).status_code == 303
        assert f'href="{first}"' in (await convener.get(second)).text
    assert await state(fresh) is S.MERGED
    await fresh.stage.work()
    told = fresh.stage.mailbox("hemtjanst@al.example")[-1]
    assert f"Den andra har ärende {kept.reference}." in told.body, told.body


async def raised_again(scene: Scene) -> str:
    await scene.stage.call("2027-01-11 10:00", ["hemtjanst"])
    await scene.stage.replies("hemtjanst@al.example", "ACCEPTED")
    await scene.stage.at("2027-01-11 11:30")
    await scene.stage.close(hemtjanst=Mark.ABSENT)
    report = await scene.stage.report("hemtjanst")
    assert report is not None
    return f"/deviations/{report.id}"


async def test_a_good_example_and_an_unclear_purpose_are_one_press_each(fresh: Scene) -> None:
    await raised(fresh)
    path = f"/meetings/{fresh.stage.id}"
    async with fresh.client("staff") as staff, fresh.client("convener") as convener:
        page = (await staff.get(path)).text
        assert f'action="{path}/parties/1/good-example"' in page and "Syftet med mötet var oklart" in page
        assert (await press(staff, path, "parties/1/good-example")).status_code == 303
        unclear = {"categories_communication": "yes", "description": "Syftet med mötet var oklart."}
        assert (await press(staff, path, "parties/1/deviation", **unclear)).status_code == 303
        again = await press(staff, path, "parties/1/deviation", **unclear)
        assert again.status_code == 422, "once from each unit"
        page = (await staff.get(path)).text
        assert "good-example" not in page and "Gott exempel" in page
        await fresh.stage.at("2026-12-07 12:00")
        assert (await press(convener, path, "parties/2/good-example")).status_code == 303
        listed = (await staff.get("/deviations")).text
        assert listed.count("Gott exempel") == 2
        (good, *_) = re.findall(r'href="(/deviations/[0-9a-f-]{36})"', listed)  # the latest
        shown = (await staff.get(good)).text.partition("<main")[2]
        assert "Gott exempel" in shown and "Partens svar" not in shown and "Överenskommelse" not in shown
    await fresh.stage.work()
    said = fresh.stage.mailbox("hemtjanst@al.example")[-1]
    assert "gott exempel" in said.body, said.body


async def by_link(scene: Scene, address: str, **form: str) -> httpx.Response:
    """What is sent by the latest link that was mailed there."""
    async with scene.client() as client:
        path = scene.link(address)
        page = await client.get(path)
        return await client.post(path, data={**fields_of(page.text), **form})


async def test_behind_a_mailed_link_the_unit_is_heard_and_then_gives_the_cause(fresh: Scene) -> None:
    path = await raised(fresh)
    assert (await by_link(fresh, "hemtjanst@al.example", answer="right")).status_code == 303
    async with fresh.client() as client:
        page = (await client.get(fresh.link("hemtjanst@al.example"))).text
    assert "Vad berodde det på?" in page and f'href="{path}"' in page and "Svara senast" in page
    empty = await by_link(fresh, "hemtjanst@al.example", cause="")
    assert empty.status_code == 422 and 'id="cause-error"' in empty.text
    assert 'name="also_mailbox_not_watched"' in page
    why = {"cause": "double_booked", "also_mailbox_not_watched": "yes", "account": "Två möten samma tid."}
    assert (await by_link(fresh, "hemtjanst@al.example", **why)).status_code == 303
    assert await state(fresh) is S.ANSWERED
    report = await fresh.stage.report("hemtjanst")
    assert report is not None and report.also == (Cause.MAILBOX_NOT_WATCHED,)
    async with fresh.client() as client:
        page = (await client.get(fresh.link("hemtjanst@al.example"))).text
    assert "Rapporten går vidare" in page and f'href="{path}"' in page and "redan klart" not in page


async def test_the_other_side_says_nothing_for_it_by_its_own_link(fresh: Scene) -> None:
    """Who wrote the report has a link to it too."""
    await raised(fresh)
    path = f"/meetings/{fresh.stage.id}"
    async with fresh.client("staff") as staff:
        unclear = {"categories_communication": "yes", "description": "Syftet med mötet var oklart."}
        await press(staff, path, "parties/1/deviation", **unclear)
    await fresh.stage.work()
    for address in ("clara@region.example", "hemtjanst@al.example"):
        async with fresh.client() as client:
            link = fresh.link(address, "har skapats")
            page = (await client.get(link)).text
            assert 'name="answer"' not in page and "En rapport om samverkan" in page, address
            form = {"_csrf": csrf_of((await client.get("/sign-in")).text), "answer": "right", "cause": "other"}
            assert (await client.post(link, data={**form, "account": "Vi glömde."})).status_code == 409, address
    for key in ("hemtjanst", "eken"):
        report = await fresh.stage.report(key)
        assert report is not None and (report.state, report.statement) == (S.HEARING, None)


async def test_behind_a_mailed_link_each_side_takes_its_own_measures_and_writes(fresh: Scene) -> None:
    path = await raised(fresh)
    assert (await by_link(fresh, "hemtjanst@al.example", answer="right")).status_code == 303
    measure = {"text": "Två läser brevlådan.", "owner": "enhetschef", "due_on": "2027-01-11"}
    done = {"done": "yes", "effect": "Ingen kallelse har legat oläst."}
    async with fresh.client() as client:
        ours = fresh.link("hemtjanst@al.example")
        page = (await client.get(ours)).text
        assert f'action="{ours}/atgarder"' in page and f'action="{ours}/ord"' in page
        assert re.search(r"<dt>Varsel</dt><dd>(\d+ arbetsdagar|en arbetsdag)</dd>", page), "how it was called, too"
        assert (
            '<dt>Gånger flyttat</dt><dd class="number">0</dd>' in page and "<dt>Syfte angivet</dt><dd>Ja</dd>" in page
        )
        wrong = await press(client, ours, "atgarder", text="Ring 0701-23 45 67", owner="chef", due_on="2027-01-11")
        assert wrong.status_code == 422 and 'id="measures-text-error"' in wrong.text
        assert (await press(client, ours, "atgarder", **measure)).status_code == 303
        assert (await press(client, ours, "ord", text="Ring växeln i stället.")).status_code == 303
        page = (await client.get(ours)).text
        assert "Åtgärd 1. Ansvarig: enhetschef." in page
        assert "Två läser" not in page and "växeln" not in page, "what was written is for who is signed in"
        await fresh.stage.work()
        theirs = fresh.link("clara@region.example")
        assert (await press(client, theirs, "atgarder/1", **done)).status_code == 403, "not its own"
        assert (await press(client, theirs, "atgarder", **measure)).status_code == 303
        assert (await press(client, theirs, "ord", text="Tack, då ringer vi.")).status_code == 303
        assert (await press(client, ours, "atgarder/1", **done)).status_code == 303
    report = await fresh.stage.report("hemtjanst")
    assert report is not None
    assert [one.side for one in report.measures] == [one.side for one in report.words]
    assert [one.side for one in report.words] == [ReportSide.RECEIVING, ReportSide.REPORTING]
    assert report.measures[0].effect == "Ingen kallelse har legat oläst."
    async with fresh.client("staff") as staff:
        assert "Tack, då ringer vi." in (await staff.get(path)).text


async def test_whoever_is_of_neither_unit_does_nothing_by_its_link(fresh: Scene) -> None:
    """An address that was the unit's when the mail left, and is no more."""
    await raised(fresh)
    link = fresh.link("clara@region.example", "har skapats")
    async with fresh.client() as client:
        page = (await client.get(link)).text
        csrf = csrf_of((await client.get("/sign-in")).text)
        assert "/ord" in page
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text("update deviation set facts_convener_email = 'x@region.example'"))
        assert "/ord" not in (await client.get(link)).text
        for form in ("ord", "atgarder", "atgarder/1"):
            refused = await client.post(f"{link}/{form}", data={"_csrf": csrf, "text": "Hej", "done": "yes"})
            assert refused.status_code == 404, form


async def test_a_merge_is_of_two_reports_that_may_both_be_settled(fresh: Scene) -> None:
    """The like is looked at in the same transaction, as it is then."""
    first = await raised(fresh)
    second = await raised_again(fresh)
    into = first.removeprefix("/deviations/")
    async with fresh.client("convener") as convener:
        page = fields_of((await convener.get(second)).text)
        await press(convener, first, "withdrawal")
        late = await convener.post(f"{second}/merging", data={**page, "into": into})
        assert late.status_code == 422 and "mellan samma två enheter" in late.text
    assert await state(fresh) is S.HEARING
