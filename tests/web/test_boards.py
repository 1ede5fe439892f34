"""A board's pages: a forwarded report becomes a question, is decided, followed up, and found again by its words."""

import io
import re
from uuid import UUID

from pypdf import PdfReader
from sqlalchemy import text

from sip.domain.agenda import board_of
from sip.store import db as database
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of
from tests.web.test_report_life import press, raised

BOARD = f"/boards/{board_of(None).id}"
DECISION = {
    "text": "Två läser brevlådan varje dag.", "grounds": "Kallelser har legat olästa.", "decided_on": "2026-12-07",
    "owner": "enhetschef", "unit": "Hemtjänsten Al", "due_on": "2027-03-08",
}  # fmt: skip


REPORTED = """insert into counted_report (deviation_id, meeting_id, month, reporting_unit_id, reporting_organisation_id,
 reporting_principal_id, unit_id, organisation_id, principal_id, automatic, good_example, categories, cause, state,
 due_at, answer_days, in_time, measures, measures_done, organisation_kind, principal_kind)
 select gen_random_uuid(), gen_random_uuid(), make_date(2026, 9 + n / 2, 1), r.id, r.organisation_id, ro.principal_id,
 u.id, u.organisation_id, o.principal_id, true, false, '{party_absent}', 'mailbox_not_watched', 'closed',
 '2026-12-01 12:00+00', 9, true, 0, 0, o.kind, p.kind
 from unit u join organisation o on o.id = u.organisation_id join principal p on p.id = o.principal_id,
 unit r join organisation ro on ro.id = r.organisation_id, generate_series(1, 3) n where u.id = $1 and r.id = $2"""
"""Three reports on one unit by another in the autumn of 2026, of the same cause."""


async def forwarded(scene: Scene) -> tuple[str, str]:
    """A report that is forwarded to the board: its page, and its item's."""
    path = await raised(scene)
    async with scene.client("staff") as staff, scene.client("convener") as convener:
        await press(staff, path, "hearing", statement="right")
        assert (await press(convener, path, "forwarding", reason="Tredje olästa kallelsen i höst.")).status_code == 303
    async with scene.client("board") as board:
        found = re.findall(r'href="(/boards/items/[^"]+)"', (await board.get(BOARD)).text)
    assert len(found) == 1
    return path, found[0]


async def test_from_a_forwarded_report_to_a_decision_that_is_done(fresh: Scene) -> None:
    report, item = await forwarded(fresh)
    async with fresh.client("board") as board, fresh.client("manager") as manager:
        page = (await board.get(item)).text
        assert "Tredje olästa kallelsen" in page and f'href="{report}"' in page
        assert item not in (await board.get("/boards", params={"q": "kallelsen"})).text, "the report's word, not its"
        early = await press(board, item, "resolutions", **DECISION)
        assert early.status_code == 409, "it is on no agenda yet"
        assert (await press(board, item, "sitting", sitting_on="2026-12-07")).status_code == 303
        incomplete = await press(board, item, "resolutions", **{**DECISION, "due_on": ""})
        assert incomplete.status_code == 409 and "eller inget av det" in incomplete.text
        assert (await press(board, item, "resolutions", **DECISION)).status_code == 303
        sitting = (await board.get(f"{BOARD}/sittings/2026-12-07")).text
        assert "Två läser brevlådan varje dag." in sitting and "enhetschef, Hemtjänsten Al" in sitting
        late = await press(manager, item, "resolutions/1", done="no", outcome="Inte än.", due_on="")
        assert late.status_code == 422 and 'id="resolution-1-due_on-error"' in late.text
        done = await press(manager, item, "resolutions/1", done="yes", outcome="Ingen kallelse har legat oläst.")
        assert done.status_code == 303
        assert "Klar" in (await board.get(item)).text
        found = (await board.get("/boards", params={"q": "brevlådor oläst"})).text
        assert item in found
        assert item not in (await board.get("/boards", params={"q": "brevlådor ordförande"})).text


async def test_the_unit_that_is_to_do_it_may_say_so_and_nothing_else(fresh: Scene) -> None:
    _, item = await forwarded(fresh)
    async with fresh.client("board") as board, fresh.client("manager") as manager, fresh.client("staff") as staff:
        await press(board, item, "sitting", sitting_on="2026-12-07")
        await press(board, item, "resolutions", **DECISION)
        assert (await press(manager, item, "resolutions", **DECISION)).status_code == 403
        assert (await press(manager, item, "dropping", reason="Nej.")).status_code == 403
        assert (await staff.get(item)).status_code == 403


async def test_a_question_by_hand_and_free_text_is_guarded(fresh: Scene) -> None:
    async with fresh.client("coordinator") as coordinator:
        form = fields_of((await coordinator.get(BOARD)).text) | {"title": "Jour på helger", "purpose": "decision"}
        refused = await coordinator.post(BOARD, data={**form, "text": "Ring 0701-23 45 67"})
        assert refused.status_code == 422 and 'id="item-text-error"' in refused.text
        nameless = await coordinator.post(BOARD, data={**form, "title": ""})
        assert nameless.status_code == 422 and 'id="item-title-error"' in nameless.text
        past = await coordinator.post(BOARD, data={**form, "sitting_on": "2026-10-01"})
        assert past.status_code == 409 and "Sammanträdet har varit" in past.text
        form |= fields_of((await coordinator.get(BOARD)).text)
        made = await coordinator.post(BOARD, data={**form, "text": "Ingen svarar på lördagar."})
        assert made.status_code == 303
        again = await coordinator.post(BOARD, data={**form, "text": "Ingen svarar på lördagar."})
        assert again.headers["location"] == made.headers["location"], "the same form makes one question"
        assert "Jour på helger" in (await coordinator.get(BOARD)).text


async def test_a_suggestion_is_put_before_the_board_by_a_press(fresh: Scene) -> None:
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(REPORTED, unit("eken"), unit("hemtjanst"))
    async with fresh.client("coordinator") as coordinator, fresh.client("board") as board:
        page = (await coordinator.get("/signals")).text
        assert "samma orsak, brevlådan bevakades inte" in page and "3 de senaste tre månaderna, 0 under" in page
        form = fields_of(page) | {"title": "Brevlådan på Eken", "text": "Ring 0701-23 45 67"}
        guarded = await coordinator.post("/signals", data=form)
        assert guarded.status_code == 422 and "Brevlådan på Eken" in guarded.text
        form |= fields_of((await coordinator.get("/signals")).text) | {"text": ""}
        gone = await coordinator.post("/signals", data=form | {"word": "wrong_unit"})
        assert gone.status_code == 409 and "Räkningen har ändrats" in gone.text
        made = await coordinator.post("/signals", data=form)
        assert made.status_code == 303
        item = made.headers["location"]
        assert "3 de senaste tre månaderna" in (await board.get(item)).text
        assert (await board.get("/signals")).status_code == 403, "small numbers of a unit are not the board's"
        assert "Frågan ligger hos samrådet" in (await coordinator.get("/signals")).text


async def test_a_pre_meeting_is_prepared_by_a_press(fresh: Scene) -> None:
    path = await raised(fresh)
    async with fresh.client("convener") as convener, fresh.client("staff") as staff:
        page = (await convener.get(path)).text
        (offer,) = re.findall(r'action="(/meetings/[^"]+/pre-meeting)"', page)
        begun = await convener.post(offer, data=fields_of(page))
        assert begun.status_code == 303
        what = (await convener.get(begun.headers["location"].replace("/who", "/what"))).text
        assert '<option value="pre_meeting" selected>' in what and "Vilka behöver vara med på mötet?" in what
        assert (await staff.post(offer, data=fields_of((await staff.get(path)).text))).status_code == 403


async def test_agenda_and_minutes_are_documents(fresh: Scene) -> None:
    report, item = await forwarded(fresh)
    async with fresh.client("convener") as convener:
        told = _text((await convener.get(f"{report}/file")).content)
        assert "Varsel" in told and "Gånger flyttat" in told and "Syfte angivet" in told, "the convener's own side"
    async with fresh.client("board") as board:
        await press(board, item, "sitting", sitting_on="2026-12-07")
        await press(board, item, "resolutions", **DECISION)
        for kind, decided in (("agenda", False), ("minutes", True)):
            made = await board.get(f"{BOARD}/sittings/2026-12-07/{kind}")
            assert (made.status_code, made.headers["content-type"]) == (200, "application/pdf")
            assert made.content.startswith(b"%PDF-1.7") and b"/StructTreeRoot" in made.content
            assert ("Två läser brevlådan" in _text(made.content)) is decided, "it is no earlier decision that day"
        async with fresh.client("convener") as convener:
            await press(convener, report, "return")
            await press(convener, report, "forwarding", reason="Det hände igen.")
        await press(board, item, "sitting", sitting_on="2026-12-14")
        later = _text((await board.get(f"{BOARD}/sittings/2026-12-14/agenda")).content)
        assert "Tidigare beslut 1" in later and "Två läser brevlådan" in later
        for wrong in ("2026-13-45", "x", "20261207"):
            assert (await board.get(f"{BOARD}/sittings/{wrong}")).status_code == 404
        assert (await board.get(f"{BOARD}/sittings/2026-12-07/xlsx")).status_code == 404
        assert (await board.get(f"/boards/{UUID(int=5)}")).status_code == 404


async def test_an_area_s_board_is_there_for_its_members_alone(fresh: Scene) -> None:
    await _lies(fresh, "Hemtjänsten Al", "Nordväst")
    area = f"/boards/{board_of('Nordväst').id}"
    async with fresh.client("neighbour") as inside, fresh.client("stranger") as outside:
        form = fields_of((await inside.get(area)).text) | {"title": "Jour", "purpose": "decision"}
        made = (await inside.post(area, data=form)).headers["location"]
        assert "Nordväst" in (await inside.get("/boards")).text
        assert "Nordväst" not in (await outside.get("/boards")).text
        assert (await outside.get(area)).status_code == 404
        assert (await outside.get(made)).status_code == 404
        assert made not in (await outside.get("/boards", params={"q": "jour"})).text
        assert made in (await inside.get("/boards", params={"q": "jourer"})).text


def _text(document: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


async def _lies(scene: Scene, unit: str, area: str) -> None:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set area = :area where name = :unit"), {"area": area, "unit": unit})
