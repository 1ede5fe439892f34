"""Having a meeting in hand through the API: taken over, noted, put off, taken up again, a unit asked again (L9)."""

from tests.api.conftest import House


async def test_taken_over_noted_put_off_and_taken_up_again(roles: House) -> None:
    meeting = await roles.called()
    at, coordinator = f"/meetings/{meeting['id']}", roles.keys["coordinator"]
    assert meeting["in_hand"] == {"keeper": None, "remark": None, "snooze": None}
    kept = await coordinator("PUT", f"{at}/keeper")
    assert kept.status_code == 200, kept.text
    assert kept.json()["in_hand"]["keeper"] == {"name": "coordinator", "at": "2026-11-02T09:00:00Z"}
    noted = await coordinator("POST", f"{at}/remark", {"text": "Ringt, återkommer."}, idempotency_key="note-once")
    assert noted.json()["in_hand"]["remark"]["text"] == "Ringt, återkommer."
    again = await coordinator("POST", f"{at}/remark", {"text": "Ringt, återkommer."}, idempotency_key="note-once")
    assert again.json() == noted.json()
    until = {"until": "2026-11-05T10:00:00+01:00", "reason": "Väntar på chefen"}
    put_off = await coordinator("PUT", f"{at}/snooze", until)
    assert put_off.json()["in_hand"]["snooze"] == {
        "until": "2026-11-05T09:00:00Z", "reason": "Väntar på chefen", "by": "coordinator",
        "at": "2026-11-02T09:00:00Z",
    }  # fmt: skip
    up = await coordinator("DELETE", f"{at}/snooze")
    assert (up.status_code, up.json()["in_hand"]["snooze"]) == (200, None)
    journal = (await roles.keys["convener"]("GET", f"{at}/journal")).json()["items"]
    told = [note["kind"] for entry in journal for note in entry["notes"]]
    assert [key for key in told if key in ("taken_over", "remarked", "snoozed", "woken")] == [
        "taken_over", "remarked", "snoozed", "woken",
    ]  # fmt: skip


async def test_what_the_conveners_side_tells_itself_a_called_unit_never_sees(roles: House) -> None:
    meeting = await roles.called()
    at = f"/meetings/{meeting['id']}"
    await roles.keys["convener"]("PUT", f"{at}/remark", {"text": "Ringt, återkommer."})
    seen = await roles.keys["unit_staff"]("GET", at)
    assert seen.json()["in_hand"] is None and "återkommer" not in seen.text
    for path, body in (("keeper", {}), ("remark", {"text": "x"}), ("reminder", {})):
        where = f"{at}/parties/2/{path}" if path == "reminder" else f"{at}/{path}"
        assert (await roles.keys["unit_staff"]("PUT", where, body)).status_code == 403
        assert (await roles.keys["outsider"]("PUT", where, body)).status_code == 404


async def test_what_cannot_be(roles: House) -> None:
    meeting = await roles.called()
    at, convener = f"/meetings/{meeting['id']}", roles.keys["convener"]
    for until, code in (("2026-11-01", "time_past"), ("2026-11-17", "snooze_too_long")):
        body = {"until": f"{until}T10:00:00+01:00", "reason": "Storm"}
        refused = await convener("PUT", f"{at}/snooze", body)
        assert (refused.status_code, refused.json()["code"]) == (409, code), refused.text
    number = await convener("PUT", f"{at}/remark", {"text": "Ringt om 811228-9874"})
    assert (number.status_code, number.json()["errors"][0]["field"]) == (422, "text")
    reason = await convener("PUT", f"{at}/snooze", {"until": "2026-11-05T10:00:00+01:00", "reason": "040-123 45 67"})
    assert (reason.status_code, reason.json()["errors"][0]["field"]) == (422, "reason")
    assert (await convener("PUT", f"{at}/remark", {"text": ""})).status_code == 400
    blank = await convener("PUT", f"{at}/remark", {"text": "  "})
    assert (blank.status_code, blank.json()["code"]) == (409, "reason_missing")


async def test_a_unit_is_asked_again_once_a_day(roles: House) -> None:
    meeting = await roles.called()
    path, convener = f"/meetings/{meeting['id']}/parties/2/reminder", roles.keys["convener"]
    assert (await convener("POST", path)).status_code == 200
    twice = await convener("PUT", path)
    assert (twice.status_code, twice.json()["code"]) == (409, "asked_today")
    assert (await convener("PUT", path.replace("/2/", "/9/"))).status_code == 404
