"""A board's agenda by key: a forwarded report lands there, is listed, decided and followed up."""

from sip.domain.agenda import board_of
from tests.api.conftest import House
from tests.api.test_reports import SAID
from tests.domain.cast import HOME_CARE


async def test_from_a_report_to_what_came_of_it(roles: House) -> None:
    keeper, ours, theirs = (roles.keys[name] for name in ("board_member", "unit_manager", "convener"))
    report = (await ours("POST", "/deviations", SAID)).json()["id"]
    await theirs("PUT", f"/deviations/{report}/hearing", {"statement": "right"})
    await ours("PUT", f"/deviations/{report}/forwarding", {"reason": "Rutinen är ingens."})
    (board,) = (await keeper("GET", "/boards")).json()["items"]
    assert (board["area"], board["waiting"], board["id"]) == (None, 1, str(board_of(None).id))
    agenda = (await keeper("GET", f"/boards/{board['id']}")).json()
    (item,) = agenda["waiting"]
    path = f"/boards/items/{item['id']}"
    one = await keeper("GET", path)
    assert one.json()["report_ids"] == [report] and one.json()["version"] == int(one.headers["etag"].strip('"'))
    listed = await keeper("PUT", f"{path}/sitting", {"sitting_on": "2026-11-02"})
    assert (listed.status_code, listed.json()["state"]) == (200, "listed")
    decision = {
        "text": "Listan skickas samma dag.", "grounds": "Andra gången i höst.", "decided_on": "2026-11-02",
        "owner": "enhetschef", "unit_id": str(HOME_CARE.unit_id), "due_on": "2026-12-01",
    }  # fmt: skip
    assert (await ours("POST", f"{path}/resolutions", decision)).status_code == 403, "who keeps the agenda decides"
    decided = await keeper("POST", f"{path}/resolutions", decision)
    assert decided.json()["state"] == "decided"
    assert decided.json()["resolutions"][0]["unit"] == "Hemtjänsten Al"
    sitting = (await keeper("GET", f"/boards/{board['id']}/sittings/2026-11-02")).json()
    assert [one["id"] for one in sitting["items"]] == [item["id"]]
    assert [one["id"] for one in (await ours("GET", "/boards/items?q=listorna")).json()["items"]] == [item["id"]]
    told = await ours("PUT", f"{path}/resolutions/1", {"done": True, "outcome": "Den kommer samma dag."})
    assert told.json()["state"] == "done", told.text


async def test_a_question_is_put_changed_and_dropped(roles: House) -> None:
    keeper, board = roles.keys["board_member"], f"/boards/{board_of(None).id}"
    question = {"title": "Vem läser brevlådan?", "purpose": "decision", "text": "Tredje gången."}
    made = await keeper("POST", f"{board}/items", question)
    assert made.status_code == 201 and made.json()["state"] == "waiting", made.text
    path, version = f"/boards/items/{made.json()['id']}", made.json()["version"]
    changed = await keeper("PUT", f"{path}/text", question | {"title": "Vem läser?", "version": version})
    assert changed.json()["title"] == "Vem läser?"
    stale = await keeper("PUT", f"{path}/text", question | {"version": version})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    number = await keeper("POST", f"{board}/items", question | {"text": "Gäller 19121212-1212."})
    assert number.status_code == 422
    report = await roles.keys["unit_manager"]("POST", "/deviations", SAID)
    unheard = await keeper("POST", f"{path}/reports", {"report_id": report.json()["id"]})
    assert unheard.status_code == 422, "one that is being heard is for its two units"
    dropped = await keeper("PUT", f"{path}/dropping", {"reason": "Löst."})
    assert dropped.json()["state"] == "dropped"
    assert (await roles.keys["outsider"]("GET", path)).status_code in (403, 404)
