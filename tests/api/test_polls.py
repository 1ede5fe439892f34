"""A poll of times through the API: asked, answered, picked; each sees what is hers (rules, section 9)."""

from typing import Any

from tests.api.conftest import House
from tests.domain.cast import HOME_CARE, SCHOOL

TIMES = [
    {"start": f"2026-12-{day:02}T10:00:00+01:00", "end": f"2026-12-{day:02}T11:00:00+01:00"} for day in (15, 16, 17)
]


async def polled(house: House) -> dict[str, Any]:
    """A called meeting of two units, which are asked of three times."""
    meeting = await house.called(parties=[{"unit_id": str(HOME_CARE.unit_id)}, {"unit_id": str(SCHOOL.unit_id)}])
    body = {"times": TIMES, "closes_on": "2026-11-20"}
    done = await house.keys["convener"]("POST", f"/meetings/{meeting['id']}/poll", body)
    assert done.status_code == 201, done.text
    found: dict[str, Any] = done.json()
    return found


async def test_a_poll_is_asked_answered_and_picked(roles: House) -> None:
    meeting = await polled(roles)
    path = f"/meetings/{meeting['id']}/poll"
    assert (meeting["poll"]["state"], [ask["party"] for ask in meeting["poll"]["asked"]]) == ("open", [2, 3])
    said = {"number": 1, "choices": [{"time": 1, "choice": "no"}, {"time": 2, "choice": "yes"}]}
    answered = await roles.keys["unit_staff"]("PUT", f"{path}/answers/2", said)
    assert answered.status_code == 200, answered.text
    own = answered.json()["poll"]
    assert [(a["time"], a["choice"]) for a in own["answers"]] == [(1, "no"), (2, "yes")]
    assert own["times"][0]["yes"] is None  # the counts are the convener's
    assert [ask["party"] for ask in own["asked"]] == [2]
    seen = (await roles.keys["convener"]("GET", f"/meetings/{meeting['id']}")).json()
    assert [(time["yes"], time["no"]) for time in seen["poll"]["times"]] == [(0, 1), (1, 0), (0, 0)]
    stale = {"number": 1, "time": 2, "version": meeting["version"]}
    assert (await roles.keys["convener"]("PUT", f"{path}/pick", stale)).json()["code"] == "stale_version"
    picked = await roles.keys["convener"]("PUT", f"{path}/pick", {"number": 1, "time": 2})
    assert picked.status_code == 200, picked.text
    assert (picked.json()["poll"]["state"], picked.json()["start"]) == ("picked", "2026-12-16T09:00:00Z")
    late = await roles.keys["unit_staff"]("PUT", f"{path}/answers/2", said)
    assert (late.status_code, late.json()["code"]) == (409, "poll_over")


async def test_what_cannot_be(roles: House) -> None:
    meeting = await polled(roles)
    path = f"/meetings/{meeting['id']}/poll"
    convener = roles.keys["convener"]
    one = await convener("POST", path, {"times": TIMES[:1], "closes_on": "2026-11-20"})
    assert one.status_code in (400, 422)
    past = await convener("POST", path, {"times": TIMES, "closes_on": "2026-10-01"})
    assert (past.status_code, past.json()["code"]) == (409, "poll_closes_past")
    other = {"number": 1, "choices": [{"time": 1, "choice": "no"}]}
    assert (await roles.keys["unit_staff"]("PUT", f"{path}/answers/3", other)).status_code == 404
    ended = await convener("POST", f"{path}/withdrawal", {"number": 1})
    assert (ended.status_code, ended.json()["poll"]["ended_because"]) == (200, "withdrawn")
    assert (await convener("POST", f"{path}/withdrawal", {"number": 1})).json()["code"] == "poll_over"
