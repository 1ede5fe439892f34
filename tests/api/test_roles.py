"""Every route by every role: what a role may not do is 403, what it may not see 404, and without a key all is 401."""

from collections.abc import Set as AbstractSet
from typing import Any
from uuid import uuid4

import pytest

from sip.domain.agenda import board_of
from tests.api.conftest import House
from tests.domain.cast import AL, CARE_CENTRE, HOME_CARE, SCHOOL
from tests.store.town import CASE

ADMIN = frozenset({"administrator"})
CONVENING = {"administrator", "convener", "coordinator"}
UNIT = {"unit_staff", "unit_manager"}
EVERYBODY = CONVENING | UNIT | {"chair", "board_member", "outsider"}
READERS = CONVENING | UNIT | {"chair"}

MAY: dict[str, AbstractSet[str]] = {
    **dict.fromkeys(
        ("list_principals", "get_principal", "list_organisations", "get_organisation", "list_units", "get_unit",
         "get_closed_days", "list_agreements", "get_me", "get_clock", "list_deviations", "list_feeds"),
        EVERYBODY,
    ),
    **dict.fromkeys(
        ("add_principal", "put_principal", "add_organisation", "put_organisation", "add_person", "put_person",
         "add_role", "drop_role", "add_unit", "put_unit", "archive_unit", "add_agreement", "put_clock"),
        ADMIN,
    ),
    **dict.fromkeys(
        ("put_addresses", "get_substitutes", "list_persons", "get_person", "list_roles", "check_mailbox"),
        ADMIN | {"unit_manager"},
    ),
    **dict.fromkeys(("put_closed_days", "put_substitutes"), ADMIN | UNIT),
    "get_addresses": CONVENING | UNIT | {"outsider"},
    "list_meetings": EVERYBODY - {"board_member"},
    "get_meeting": READERS,
    **dict.fromkeys(
        ("add_meeting", "patch_meeting", "call_meeting", "put_schedule", "put_convener", "go_ahead", "add_party",
         "put_identity", "put_pause", "put_excuse", "put_release", "put_successor", "put_decision", "remove_party",
         "cancel_meeting", "post_identity", "post_poll", "put_poll_pick", "withdraw_poll",
         "post_pause", "post_excuse", "post_release", "post_successor", "post_decision", "put_claim_decision",
         "post_claim_decision", "put_reminder", "post_reminder", "erase_draft", "send_chair_link", "post_follow_up",
         "put_plan_end", "post_plan_end"),
        CONVENING,
    ),
    **dict.fromkeys(
        ("put_keeper", "post_keeper", "put_remark", "post_remark", "put_snooze", "post_snooze", "drop_snooze",
         "put_attendance"),
        CONVENING | {"chair"},
    ),
    "get_journal": CONVENING | {"chair"},
    **dict.fromkeys(
        ("put_poll_answer", "put_answer", "put_acknowledgement", "put_attendee_answer", "put_substitute", "post_answer",
         "post_acknowledgement", "post_attendee_answer", "post_substitute"),
        CONVENING | UNIT,
    ),
    **dict.fromkeys(("list_cases",), CONVENING | {"outsider"}),
    **dict.fromkeys(("add_case", "put_consent", "withdraw_consent"), CONVENING),
    "get_case": READERS,
    "put_record_number": {"administrator", "coordinator", "convener"} | UNIT,
    "add_deviation": CONVENING | UNIT,
    "add_good_example": CONVENING | UNIT,
    **dict.fromkeys(
        ("get_deviation", "get_deviation_journal", "get_registration", "get_deviation_document"),
        {"administrator", "convener", "chair"} | UNIT
    ),
    **dict.fromkeys(("put_hearing", "put_cause", "post_hearing", "post_cause"), {"administrator"} | UNIT),
    **dict.fromkeys(
        ("put_dispute", "put_closing", "put_withdrawal", "post_dispute", "post_closing", "post_withdrawal",
         "put_forwarding", "post_forwarding", "drop_forwarding", "put_merging", "post_merging"),
        ADMIN | {"convener"},
    ),
    **dict.fromkeys(("add_word", "add_measure", "put_measure", "post_measure", "put_registration", "post_registration"),
        ADMIN | UNIT | {"convener"}),
    **dict.fromkeys(
        ("list_disposal", "get_disposal", "put_disposal_decision", "add_hold", "get_disposal_plan",
         "carry_out_disposal", "export_organisation"),
        ADMIN,
    ),
    **dict.fromkeys(
        ("get_seals", "find_audited", "list_meeting_readings", "list_user_readings", "put_sample", "get_sample",
         "get_extract"),
        frozenset[str](),  # auditors alone: `test_auditing`
    ),
    **dict.fromkeys(
        ("list_boards", "get_board", "get_sitting", "list_items", "find_items", "list_groups"),
        frozenset({"administrator", "coordinator", "board_member", "unit_manager"}),
    ),
    "add_item": {"coordinator", "board_member"},
    "list_inbound": ADMIN | {"convener", "coordinator", "outsider"},
    "add_feed": EVERYBODY - {"board_member"},
    **dict.fromkeys(("list_webhooks", "add_webhook"), ADMIN),
}  # fmt: skip
"""Operation -> who gets further than the door. What is not there is 404 for everybody (no such row in this test)."""

NOT_THERE = {
    "get_agreement", "get_inbound", "get_inbound_raw", "put_inbound_handled", "post_inbound_handled",
    "get_item", "put_item_text", "post_item_text", "put_item_preparation", "post_item_preparation",
    "put_item_reference", "post_item_reference", "put_item_inquiry", "post_item_inquiry", "put_item_inquiry_ending",
    "post_item_inquiry_ending", "put_item_inquiry_answer", "post_item_inquiry_answer",
    "put_item_sitting", "post_item_sitting", "put_item_dropping",
    "post_item_dropping", "add_item_report", "drop_item_report", "add_resolution", "put_resolution", "post_resolution",
    "rotate_feed", "post_feeds_rotation", "drop_feed", "put_hold_end", "export_matter",
    "get_webhook", "put_webhook", "rotate_webhook", "test_webhook", "put_webhook_switch", "drop_webhook",
    "list_webhook_messages", "resend_webhook", "resend_webhook_message",
    "get_group", "list_group_sittings", "get_group_attendance", "get_group_sitting", "put_seat_answer",
    "post_seat_answer", "put_sitting_attendance", "post_sitting_attendance",
}  # fmt: skip
LAST = (
    "put_merging", "post_merging", "put_withdrawal", "post_withdrawal", "withdraw_consent", "cancel_meeting",
    "remove_party", "drop_role",
)  # fmt: skip
_ENDPOINT = {"name": "Journalen", "url": "https://journal.example/", "types": ["meeting.called"]}
ANSWERED = {400, 409, 422, 200, 201, 204}


def bodies(role: str) -> dict[str, Any]:
    """A body that each operation can read; what it then says is not this test's business."""
    person = {"name": "Anna Svensson", "email": "anna@al.example"}
    about = 1 if role in UNIT else 2
    answers = {
        "answer": {"answer": "tentative"},
        "acknowledgement": {},
        "attendee_answer": {"accepts": True},
        "substitute": {"person": person},
        "identity": {"channel": "phone"},
        "pause": {"reason": "Storm", "until": "2026-11-05T10:00:00+01:00"},
        "excuse": {"reason": "Storm"},
        "release": {},
        "follow_up": {"day": "2026-12-15"},
        "plan_end": {},
        "successor": {"unit_id": str(SCHOOL.unit_id)},
        "decision": {"verdict": "accept"},
        "claim_decision": {"verdict": "accept"},
        "keeper": {},
        "remark": {"text": "Ringt, återkommer."},
        "snooze": {"reason": "Storm", "until": "2026-11-05T10:00:00+01:00"},
        "reminder": {},
        "hearing": {"statement": "right"},
        "cause": {"cause": "other", "account": "Vi glömde."},
        "dispute": {},
        "closing": {},
        "withdrawal": {},
        "measure": {"done": True, "effect": "Bättre."},
        "forwarding": {"reason": "Vi kommer inte längre."},
        "merging": {"into": str(uuid4())},
        "registration": {"number": "ON 2026:1"},
        "item_text": {"title": "Vem läser brevlådan?", "purpose": "decision"},
        "item_sitting": {"sitting_on": "2026-12-14"},
        "item_preparation": {"owner": "rektor"},
        "item_reference": {"group_id": "00000000-0000-0000-0000-000000000001", "text": "Vad gäller?"},
        "item_inquiry": {"questions": ["Vad fungerade?"], "until": "2026-12-14"},
        "item_inquiry_ending": {},
        "item_inquiry_answer": {"answers": ["Larmet."]},
        "item_dropping": {"reason": "Löst."},
        "seat_answer": {"answer": "yes"},
        "sitting_attendance": {"marks": [{"seat": 1, "came": "nobody"}]},
        "resolution": {"done": True, "outcome": "Gjort."},
    }
    principal, organisation = {"name": "Ny", "kind": "other"}, {"principal_id": str(AL), "name": "Ny"}
    unit = {"organisation_id": str(HOME_CARE.organisation_id), "name": "Ny"}
    staff = {"organisation_id": str(HOME_CARE.organisation_id), "name": "Ny"}
    times = {"start": "2026-12-08T10:00:00+01:00", "end": "2026-12-08T11:00:00+01:00"}
    return {
        **{f"{verb}_{name}": body for verb in ("put", "post") for name, body in answers.items()},
        "add_principal": principal, "put_principal": principal, "add_organisation": organisation,
        "put_organisation": organisation, "add_unit": unit, "put_unit": {**unit, "name": "Hemtjänsten Al"},
        "archive_unit": {"last_day": "2027-01-01"}, "put_addresses": {"addresses": [{"email": "hemtjanst@al.example"}]},
        "put_closed_days": {"days": ["2026-12-24"]}, "put_substitutes": {"persons": []}, "add_person": staff,
        "put_person": staff, "add_role": {"person_id": str(uuid4()), "role": "watcher", "unit_id": str(AL)},
        "add_agreement": {"toml": "x"}, "put_clock": {}, "patch_meeting": {"purpose_text": "Nytt"},
        "post_poll": {"times": [times, {**times, "end": "2026-12-08T12:00:00+01:00"}], "closes_on": "2026-12-01"},
        "put_poll_answer": {"number": 9, "choices": [{"time": 1, "choice": "yes"}]},
        "put_poll_pick": {"number": 9, "time": 1}, "withdraw_poll": {"number": 9},
        "put_schedule": times, "put_convener": {"convener": {
            "unit_id": str(SCHOOL.unit_id), "person": "Sara", "email": "sara@al.example", "phone": "010-319 200"}},
        "cancel_meeting": {}, "go_ahead": {}, "call_meeting": {}, "send_chair_link": {},
        "add_party": {"unit_id": str(SCHOOL.unit_id)},
        "put_attendance": {"outcome": "held", "marks": []}, "add_case": {"unit_id": str(CARE_CENTRE.unit_id)},
        "put_consent": {"given": "muntligt"}, "withdraw_consent": {}, "put_record_number": {"record_number": "A 1"},
        "add_item": {"title": "Vem läser brevlådan?", "purpose": "decision"},
        "add_item_report": {"report_id": str(uuid4())},
        "add_resolution": {"text": "Två läser.", "grounds": "Tredje gången.", "decided_on": "2026-11-02"},
        "add_feed": {"kind": "unit"}, "add_word": {"text": "Vi återkommer."},
        "add_good_example": {"party": about}, "find_audited": {},
        "put_disposal_decision": {"matter_years": 5, "log_years": 5, "decision": "RS 2026-12"},
        "add_hold": {"why": "Tillsyn", "first_day": "2026-11-02"}, "put_hold_end": {"last_day": "2027-01-01"},
        "carry_out_disposal": {"version": 9},
        "add_webhook": _ENDPOINT, "put_webhook": _ENDPOINT, "rotate_webhook": {},
        "put_webhook_switch": {"on": True}, "resend_webhook": {"since": "2026-11-02T09:00:00+01:00"},
        "add_measure": {"text": "Två läser brevlådan.", "owner": "enhetschef", "due_on": "2027-01-11"},
        "add_deviation": {"party": about, "categories": ["communication"], "description": "Otydligt syfte."},
    }  # fmt: skip


def operations(house: House) -> list[tuple[str, str, str]]:
    """(operation, method, path) of everything that a key opens; those that end something come last."""
    paths = house.app.openapi_schema.to_schema()["paths"]
    every = [(o, method, path) for path, ops in paths.items() for method, o in ops.items()]
    found = [(o["operationId"], method, path) for o, method, path in every if {"apiKey": []} in o["security"]]
    return sorted(found, key=lambda one: LAST.index(one[0]) if one[0] in LAST else -1)


async def prepare(house: House) -> dict[str, str]:
    meeting = await house.called()
    await house.claimed(meeting["id"])
    raised = await house.admin(
        "POST",
        "/deviations",
        {"meeting_id": meeting["id"], "party": 2, "categories": ["routines"], "description": "Skrivet för hand."},
    )
    assert raised.status_code == 201, raised.text
    persons = (await house.admin("GET", f"/persons?organisation_id={HOME_CARE.organisation_id}")).json()["items"]
    return {
        "meeting_id": meeting["id"],
        "deviation_id": raised.json()["id"],
        "case_id": str(CASE),
        "party": "2",
        "attendee": "1",
        "principal_id": str(AL),
        "organisation_id": str(HOME_CARE.organisation_id),
        "unit_id": str(HOME_CARE.unit_id),
        "person_id": persons[0]["id"],
        "role_id": str(uuid4()),
        "agreement_id": str(uuid4()),
        "inbound_id": "999",
        "claim": "1",
        "number": "1",
        "feed_id": str(uuid4()),
        "group_id": str(board_of(None).id),
        "item_id": str(uuid4()),
        "day": "2026-12-14",
        "message_id": "msg_none",
        "sitting_id": str(uuid4()),
        "seat": "1",
        "year": "2026",
        "hold_id": str(uuid4()),
        "endpoint_id": str(uuid4()),
        "reference": "7F3K-2MQ",
        "user_id": str(uuid4()),
        "staff_id": persons[0]["id"],
        "month": "2026-10",
    }


@pytest.mark.parametrize("role", sorted(EVERYBODY))
async def test_a_role_does_what_it_may_and_nothing_else(roles: House, role: str) -> None:
    given = await prepare(roles)
    wrong = []
    for operation, method, path in operations(roles):
        body = bodies(role).get(operation)
        if operation == "add_meeting":
            body = roles.draft_body()
        elif operation in ("add_deviation", "add_good_example"):
            body = {"meeting_id": given["meeting_id"], **(body or {})}
        answer = await roles.keys[role](method.upper(), path.format(**given), body)
        if operation in NOT_THERE:
            right = answer.status_code in (403, 404)
        elif role in MAY[operation]:
            right = answer.status_code in ANSWERED or (operation == "drop_role" and answer.status_code == 404)
            right = right or (operation.endswith("attendee_answer") and answer.status_code == 404)
        else:
            right = answer.status_code in (403, 404)
        if not right:
            wrong.append((operation, answer.status_code, answer.text[:200]))
    assert not wrong


async def test_without_a_key_everything_is_401(house: House) -> None:
    given = await prepare(house)
    for _, method, path in operations(house):
        for headers in ({}, {"Authorization": "Bearer sip_nonsense"}, {"Authorization": "Basic eDp5"}):
            answer = await house.client.request(method.upper(), path.format(**given), json={}, headers=headers)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "unauthorized"


async def test_a_called_unit_sees_its_own_party_alone(roles: House) -> None:
    meeting = await roles.called(parties=[{"unit_id": str(HOME_CARE.unit_id)}, {"unit_id": str(SCHOOL.unit_id)}])
    seen = (await roles.keys["unit_staff"]("GET", f"/meetings/{meeting['id']}")).json()
    assert [party["unit_name"] for party in seen["parties"]] == ["Hemtjänsten Al"]
    assert seen["other_units"] == []
    assert "Skolan Al" not in str(seen)
    draft = await roles.drafted()
    assert (await roles.keys["unit_staff"]("GET", f"/meetings/{draft['id']}")).status_code == 404
    listed = (await roles.keys["unit_staff"]("GET", "/meetings")).json()["items"]
    assert [one["id"] for one in listed] == [meeting["id"]]
    assert (await roles.keys["outsider"]("GET", "/meetings")).json()["items"] == []


async def test_a_hearing_is_between_the_two_units(roles: House) -> None:
    given = await prepare(roles)
    for role, count in (("unit_manager", 1), ("convener", 1), ("coordinator", 0), ("board_member", 0), ("outsider", 0)):
        listed = (await roles.keys[role]("GET", "/deviations")).json()["items"]
        assert len(listed) == count, role
    path = f"/deviations/{given['deviation_id']}"
    heard = await roles.keys["unit_staff"]("PUT", f"{path}/hearing", {"statement": "right"})
    assert heard.json()["state"] == "received"
    assert (await roles.keys["coordinator"]("GET", path)).status_code == 200
    answered = await roles.keys["unit_manager"]("POST", f"{path}/cause", {"cause": "other", "account": "Vi glömde."})
    assert answered.json()["state"] == "answered"
    closed = await roles.keys["convener"]("PUT", f"{path}/closing", if_match='"1"')
    assert closed.json()["code"] == "stale_version"
    unreasoned = await roles.keys["convener"]("PUT", f"{path}/closing")
    assert (unreasoned.status_code, unreasoned.json()["code"]) == (409, "reason_missing")
    closed = await roles.keys["convener"]("PUT", f"{path}/closing", {"reason": "Vi är överens."})
    assert closed.json()["state"] == "closed"
    assert len((await roles.keys["board_member"]("GET", "/deviations")).json()["items"]) == 1
    twice = await roles.admin(
        "POST",
        "/deviations",
        {"meeting_id": given["meeting_id"], "party": 2, "categories": ["routines"], "description": "Igen."},
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")


async def test_a_units_key_reads_its_own_units_staff(roles: House) -> None:
    """Not all persons of all organisations; and addresses of another unit only who may call it."""
    manager, admin = roles.keys["unit_manager"], roles.admin
    everybody = (await admin("GET", "/persons")).json()["items"]
    held = (await admin("GET", f"/roles?unit_id={HOME_CARE.unit_id}")).json()["items"]
    seen = (await manager("GET", "/persons")).json()["items"]
    assert {one["id"] for one in seen} == {one["person_id"] for one in held}
    assert 0 < len(seen) < len(everybody)
    assert (await manager("GET", "/roles")).json()["items"] == held
    for one in everybody:
        expected = 200 if one["id"] in {own["id"] for own in seen} else 404
        assert (await manager("GET", f"/persons/{one['id']}")).status_code == expected
    for role, expected in (("unit_manager", 403), ("convener", 200), ("chair", 403)):
        assert (await roles.keys[role]("GET", f"/units/{SCHOOL.unit_id}/addresses")).status_code == expected
