"""Uncertain answers and received mail through the API: who decides, who sees what, and what is never decided twice."""

from typing import Any
from uuid import UUID

from sip.domain.people import Role
from sip.store.post import inbox
from sip.usecases.received.outcomes import Flag, Why, judged
from tests.api.conftest import House
from tests.domain.cast import HOME_CARE, SCHOOL
from tests.tester import TESTER

STRANGER = "nora@bemanning.example"


async def asked(house: House) -> dict[str, Any]:
    """A meeting with a claim that waits."""
    meeting = await house.called(parties=[{"unit_id": str(HOME_CARE.unit_id)}, {"unit_id": str(SCHOOL.unit_id)}])
    await house.claimed(meeting["id"])
    return (await house.admin("GET", f"/meetings/{meeting['id']}")).json()  # type: ignore[no-any-return]  # a document


async def test_a_claim_is_shown_and_accepted_by_name(roles: House) -> None:
    meeting = await asked(roles)
    (claim,) = meeting["claims"]
    assert (claim["kind"], claim["state"], claim["email"], claim["party"]) == ("party_crasher", "waiting", STRANGER, 2)
    path = f"/meetings/{meeting['id']}/claims/{claim['ordinal']}/decision"
    body = {"verdict": "accept", "name": "Nora Ny"}
    stale = await roles.keys["convener"]("POST", path, body, if_match='"9999"')
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    number = await roles.keys["convener"]("POST", path, {"verdict": "accept", "name": "811228-9874"})
    assert (number.status_code, number.json()["errors"][0]["field"]) == (422, "name")
    here = f'"{meeting["version"]}"'
    done = await roles.keys["convener"]("POST", path, body, if_match=here, idempotency_key="decide-once")
    assert done.status_code == 200, done.text
    assert done.headers["etag"] != here
    (claim,) = done.json()["claims"]
    assert (claim["state"], claim["decided_by"]) == ("confirmed", "convener")
    party = next(p for p in done.json()["parties"] if p["ordinal"] == 2)
    assert [a["name"] for a in party["attendees"]] == ["Nora Ny"]
    assert party["standing"] == "attends"
    again = await roles.keys["convener"]("POST", path, body, if_match=here, idempotency_key="decide-once")
    assert (again.status_code, again.json()) == (200, done.json())
    twice = await roles.keys["convener"]("PUT", path, {"verdict": "decline"})
    assert (twice.status_code, twice.json()["code"]) == (409, "nothing_to_decide")
    nowhere = await roles.keys["convener"]("POST", f"/meetings/{meeting['id']}/claims/9/decision", body)
    assert nowhere.status_code == 404


async def test_a_called_unit_sees_claims_of_its_own_party_and_decides_none(roles: House) -> None:
    meeting = await asked(roles)
    await roles.key("school", Role.UNIT_STAFF, unit_id=SCHOOL.unit_id)
    own = (await roles.keys["unit_staff"]("GET", f"/meetings/{meeting['id']}")).json()
    assert [claim["email"] for claim in own["claims"]] == [STRANGER]
    other = (await roles.keys["school"]("GET", f"/meetings/{meeting['id']}")).json()
    assert other["claims"] == [] and STRANGER not in str(other)
    path = f"/meetings/{meeting['id']}/claims/1/decision"
    for role, status in (
        ("unit_staff", 403),
        ("school", 403),
        ("chair", 403),
        ("outsider", 404),
        ("board_member", 404),
    ):
        answer = await roles.keys[role]("POST", path, {"verdict": "accept"})
        assert answer.status_code == status, (role, answer.text)
    assert (await roles.admin("GET", f"/meetings/{meeting['id']}")).json()["claims"][0]["state"] == "waiting"


async def test_received_mail_says_what_came_of_it_and_waits_for_one_side(roles: House) -> None:
    meeting = await asked(roles)
    now = await roles.services.clock.now()
    target = UUID(meeting["id"])
    async with roles.db.transaction(TESTER) as conn:
        for n in range(3):
            raw = f"Subject: {n}".encode()
            await inbox.keep(conn, roles.services.vault, raw, STRANGER, ["sip+x@sip.example"], "smtp", now)
        first, second, third = await inbox.unjudged_ids(conn)
        made = judged(Why.PARTY_CRASHER, target, 2, 1, claim=1, answered_by=STRANGER, flags=(Flag.SEQUENCE_AHEAD,))
        await inbox.judge(conn, first, made, now)
        await inbox.judge(conn, second, judged(Why.HUMAN, target, 2, 1, answered_by=STRANGER), now)
        await inbox.judge(conn, third, judged(Why.NO_TOKEN), now)
    call = roles.keys["convener"]
    listed = (await call("GET", f"/inbound?meeting_id={meeting['id']}")).json()["items"]
    assert [row["id"] for row in listed] == [first, second]
    row = listed[0]
    assert (row["unit"], row["reference"], row["flags"]) == ("Hemtjänsten Al", meeting["reference"], ["sequence_ahead"])
    assert (row["claim"], row["claim_state"], row["answered_by"], row["waits"]) == (1, "waiting", STRANGER, True)
    waits = await call("POST", f"/inbound/{first}/handled", accept_language="sv")
    assert (waits.status_code, waits.json()["code"]) == (409, "claim_waits")
    assert "Godta det eller säg nej" in waits.json()["detail"]
    await call("POST", f"/meetings/{meeting['id']}/claims/1/decision", {"verdict": "decline"})
    waiting = (await call("GET", "/inbound?waiting=true")).json()["items"]
    assert [row["id"] for row in waiting] == [second]
    assert (await call("GET", f"/inbound/{first}")).json()["claim_state"] == "refused"
    assert (await call("GET", f"/inbound/{third}")).status_code == 404, "of no meeting"
    assert (await call("GET", f"/inbound/{second}/raw")).status_code == 200
    assert (await call("POST", f"/inbound/{second}/handled")).json()["waits"] is False


async def test_another_unit_s_coordinator_reads_no_words_and_sees_to_nothing(roles: House) -> None:
    meeting = await asked(roles)
    now = await roles.services.clock.now()
    target = UUID(meeting["id"])
    await roles.key("neighbour", Role.COORDINATOR, principal_id=HOME_CARE.principal_id)
    async with roles.db.transaction(TESTER) as conn:
        await inbox.keep(
            conn, roles.services.vault, b"Subject: x", "hemtjanst@al.example", ["sip+x@s.example"], "x", now
        )
        await inbox.keep(conn, roles.services.vault, b"Subject: y", "gunilla@brev.example", ["sip@s.example"], "x", now)
        human, stray = await inbox.unjudged_ids(conn)
        await inbox.judge(conn, human, judged(Why.HUMAN, target, 2, 1), now)
        await inbox.judge(conn, stray, judged(Why.NO_TOKEN), now)
    call = roles.keys["neighbour"]
    seen = (await call("GET", f"/inbound/{human}")).json()
    assert (seen["reason"], seen["waits"]) == ("human", False)
    assert (await call("GET", f"/inbound/{human}/raw")).status_code == 404
    assert (await call("POST", f"/inbound/{human}/handled")).status_code == 403
    assert (await call("GET", f"/inbound/{stray}")).status_code == 404
    assert (await call("GET", "/inbound?waiting=true")).json()["items"] == []
    assert (await roles.keys["outsider"]("GET", "/inbound")).json()["items"] == []
