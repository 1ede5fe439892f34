"""Meetings through the API: the way once, versions, repetition, and what is refused."""

from uuid import uuid4

import pytest

from tests.api.conftest import House
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL
from tests.store.town import CASE


async def test_the_way_once(house: House) -> None:
    meeting = await house.called()
    path = f"/meetings/{meeting['id']}"
    assert meeting["state"] == "called"
    home = meeting["parties"][1]
    assert (home["unit_name"], home["standing"], home["obligation"]) == ("Hemtjänsten Al", "no_answer", "summoned")

    answered = await house.admin(
        "PUT",
        f"{path}/parties/2/answer",
        {"answer": "attends", "channel": "phone", "names": [{"name": "Anna Svensson", "email": "anna@al.example"}]},
    )
    assert answered.status_code == 200, answered.text
    assert answered.json()["parties"][1]["standing"] == "attends"

    moved = await house.admin(
        "PUT", f"{path}/schedule", {"start": "2026-12-08T10:00:00+01:00", "end": "2026-12-08T11:00:00+01:00"}
    )
    assert (moved.json()["sequence"], moved.json()["moves"]) == (1, 1)

    await house.set_time("2026-12-08 11:30")
    recorded = await house.admin(
        "PUT",
        f"{path}/attendance",
        {"outcome": "held", "marks": [{"party": 1, "mark": "attended"}, {"party": 2, "mark": "absent"}]},
    )
    assert recorded.status_code == 200, recorded.text
    assert recorded.json()["state"] == "closed"

    journal = await house.admin("GET", f"{path}/journal?limit=200")
    kinds = [row["kind"] for row in journal.json()["items"]]
    assert kinds[0] == "MeetingDrafted" and kinds[-1] == "OutcomeRecorded"
    assert journal.json()["next"] is None


async def test_a_stale_command_is_refused_with_the_present_state(house: House) -> None:
    meeting = await house.drafted()
    path = f"/meetings/{meeting['id']}"
    changed = await house.admin("PATCH", path, {"purpose_text": "Nytt syfte"}, if_match=f'"{meeting["version"]}"')
    assert changed.status_code == 200
    assert changed.headers["etag"] == f'"{meeting["version"] + 1}"'
    stale = await house.admin("PATCH", path, {"purpose_text": "Annat", "version": meeting["version"]})
    assert stale.status_code == 409
    assert stale.headers["content-type"] == "application/problem+json"
    problem = stale.json()
    assert problem["code"] == "stale_version"
    assert problem["version"] == meeting["version"] + 1
    assert problem["present"]["purpose_text"] == "Nytt syfte"


async def test_the_same_key_gives_the_first_response_and_another_body_is_refused(house: House) -> None:
    body = house.draft_body()
    first = await house.admin("POST", "/meetings", body, idempotency_key="one")
    again = await house.admin("POST", "/meetings", body, idempotency_key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    other = await house.admin("POST", "/meetings", {**body, "kind": "child"}, idempotency_key="one")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    listed = await house.admin("GET", "/meetings")
    assert len(listed.json()["items"]) == 1
    wrong = await house.admin("POST", "/meetings", body, idempotency_key="a b")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "key_unusable")


async def test_two_keys_do_not_share_their_idempotency(roles: House) -> None:
    body = roles.draft_body()
    first = await roles.admin("POST", "/meetings", body, idempotency_key="one")
    second = await roles.keys["convener"]("POST", "/meetings", body, idempotency_key="one")
    assert first.json()["id"] != second.json()["id"]


async def test_lists_come_page_by_page(house: House) -> None:
    made = [
        await house.drafted(start=f"2026-12-0{n}T10:00:00+01:00", end=f"2026-12-0{n}T11:00:00+01:00") for n in (7, 8, 9)
    ]
    first = (await house.admin("GET", "/meetings?limit=2")).json()
    second = (await house.admin("GET", f"/meetings?limit=2&cursor={first['next']}")).json()
    assert [m["id"] for m in first["items"] + second["items"]] == [m["id"] for m in made]
    assert second["next"] is None
    narrowed = await house.admin("GET", "/meetings?begins=2026-12-08T00:00:00Z&ends=2026-12-09T00:00:00Z&state=draft")
    assert [m["id"] for m in narrowed.json()["items"]] == [made[1]["id"]]
    assert (await house.admin("GET", "/meetings?cursor=nonsense")).json()["code"] == "cursor_unusable"


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"purpose_text": "Gäller 19121212-1212"}, 422, "invalid", "purpose_text"),
        ({"questions": ["Bra?", "ring 070-000 00 00"]}, 422, "invalid", "questions[1]"),
        ({"start": "2026-12-07T10:00:00"}, 400, "bad_request", "start"),
        ({"colour": "red"}, 400, "bad_request", "colour"),
        ({"kind": "party"}, 400, "bad_request", "kind"),
        ({"start": "2026-11-01T10:00:00+01:00", "end": "2026-11-01T11:00:00+01:00"}, 409, "time_past", None),
        ({"end": "2026-12-07T10:00:00+01:00"}, 409, "end_before_start", None),
        ({"parties": [{"unit_id": str(uuid4())}]}, 409, "unknown_unit", None),
        ({"parties": [{"unit_id": str(HOME_CARE.unit_id)}] * 2}, 409, "party_twice", None),
        ({"case_id": str(uuid4())}, 404, "not_found", None),
        ({"start": "0001-01-01T00:00:00+14:00"}, 422, "invalid", "start"),
        ({"chair_email": "19121212-1212@region.example"}, 422, "invalid", "chair_email"),
        ({"place": {"kind": "video", "video_url": "https://v.example/19121212%2D1212"}}, 422, "invalid", "video_url"),
    ],
)
async def test_a_wrong_draft_gets_a_sentence(
    house: House, change: dict[str, object], status: int, code: str, field: str | None
) -> None:
    answer = await house.admin("POST", "/meetings", house.draft_body(**change), accept_language="sv")
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["code"] == code
    assert problem["detail"].endswith(".")
    assert "19121212" not in answer.text and "070-" not in answer.text
    if field is not None:
        assert any(error["field"].endswith(field) for error in problem["errors"]), problem


async def test_a_call_without_questions_is_refused(house: House) -> None:
    draft = await house.drafted(questions=[])
    answer = await house.admin("POST", f"/meetings/{draft['id']}/call")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_questions")


async def test_a_draft_that_nobody_was_told_of_is_erased(house: House) -> None:
    draft = await house.drafted()
    path = f"/meetings/{draft['id']}"
    gone = await house.admin("DELETE", path)
    assert (gone.status_code, gone.text) == (204, "")
    assert (await house.admin("GET", path)).status_code == 404
    assert (await house.admin("DELETE", path)).status_code == 404
    called = await house.called()
    kept = await house.admin("DELETE", f"/meetings/{called['id']}")
    assert (kept.status_code, kept.json()["code"]) == (409, "draft_told")


async def test_the_chair_is_mailed_her_link_once_more(house: House) -> None:
    called = await house.called()
    path = f"/meetings/{called['id']}"
    sent = await house.admin("POST", f"{path}/chair-link")
    assert sent.status_code == 200, sent.text
    told = [
        note["kind"] for row in (await house.admin("GET", f"{path}/journal")).json()["items"] for note in row["notes"]
    ]
    assert told[-1] == "chair_link"
    unknown = await house.drafted(chair_name=None, chair_email=None)
    assert (await house.admin("POST", f"/meetings/{unknown['id']}/chair-link")).status_code == 409


async def test_parties_come_and_go(house: House) -> None:
    meeting = await house.called()
    path = f"/meetings/{meeting['id']}/parties"
    more = await house.admin("POST", path, {"unit_id": str(SCHOOL.unit_id), "obligation": "invited"})
    assert more.status_code == 201
    assert [p["unit_name"] for p in more.json()["parties"]] == ["Vårdcentralen Eken", "Hemtjänsten Al", "Skolan Al"]
    gone = await house.admin("DELETE", f"{path}/3")
    assert gone.json()["parties"][2]["standing"] == "removed"
    assert (await house.admin("DELETE", f"{path}/9")).status_code == 404


async def test_the_convener_decides_and_pauses_and_excuses(house: House) -> None:
    meeting = await house.called()
    path = f"/meetings/{meeting['id']}/parties/2"
    await house.admin(
        "POST",
        f"{path}/answer",
        {
            "answer": "proposes",
            "proposed_start": "2026-12-09T10:00:00+01:00",
            "proposed_end": "2026-12-09T11:00:00+01:00",
        },
    )
    moved = await house.admin("PUT", f"{path}/decision", {"verdict": "accept"})
    assert moved.status_code == 200, moved.text
    assert moved.json()["start"] == "2026-12-09T09:00:00Z"
    paused = await house.admin("PUT", f"{path}/pause", {"reason": "Storm", "until": "2026-11-05T10:00:00+01:00"})
    assert paused.json()["parties"][1]["round"]["pause"]["kind"] == "convener"
    acknowledged = await house.admin("PUT", f"{path}/acknowledgement", {"answer_by": "2026-11-10"})
    assert acknowledged.json()["parties"][1]["round"]["promise_until"] is not None
    excused = await house.admin("PUT", f"{path}/excuse", {"reason": "Skriftlig information i stället"})
    assert excused.json()["parties"][1]["standing"] == "excused"
    again = await house.admin("PUT", f"{path}/decision", {"verdict": "decline"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_decide")


async def test_a_substitute_is_asked_and_answers(house: House) -> None:
    meeting = await house.called()
    path = f"/meetings/{meeting['id']}/parties/2"
    named = await house.admin(
        "POST", f"{path}/substitute", {"person": {"name": "Anna Svensson", "email": "anna@al.example"}}
    )
    assert named.status_code == 200, named.text
    person = named.json()["parties"][1]["attendees"][-1]
    yes = await house.admin("PUT", f"{path}/attendees/{person['ordinal']}/answer", {"accepts": True})
    assert yes.json()["parties"][1]["standing"] == "substitute_attends"
    released = await house.admin("PUT", f"{path}/release")
    assert released.status_code == 200


async def test_withdrawn_consent_cancels_called_meetings(house: House) -> None:
    meeting = await house.called()
    answer = await house.admin("POST", f"/cases/{CASE}/consent/withdrawal")
    assert answer.json()["consent_withdrawn_at"] is not None
    now = (await house.admin("GET", f"/meetings/{meeting['id']}")).json()
    assert (now["state"], now["cancel_reason"]) == ("cancelled", "consent_withdrawn")
    draft = await house.drafted()
    refused = await house.admin("POST", f"/meetings/{draft['id']}/call")
    assert refused.json()["code"] == "no_consent"
    renewed = await house.admin("PUT", f"/cases/{CASE}/consent", {"given": "muntligt", "organisations": []})
    assert renewed.json()["consent_withdrawn_at"] is None
    limited = await house.admin("POST", f"/meetings/{draft['id']}/call")
    assert limited.json()["code"] == "consent_not_covering"


async def test_a_case_has_a_reference_without_meaning(house: House) -> None:
    made = await house.admin(
        "POST", "/cases", {"unit_id": str(CARE_CENTRE.unit_id), "consent": {"given": "skriftligt"}}, idempotency_key="c"
    )
    assert made.status_code == 201, made.text
    reference = made.json()["reference"]
    assert len(reference) == 8 and reference[4] == "-"
    again = await house.admin(
        "POST", "/cases", {"unit_id": str(CARE_CENTRE.unit_id), "consent": {"given": "skriftligt"}}, idempotency_key="c"
    )
    assert again.json() == made.json()


async def test_a_units_own_number_is_its_own(roles: House) -> None:
    await roles.called()
    mine = await roles.keys["convener"]("PUT", f"/cases/{CASE}/record-number", {"record_number": "VC-77"})
    assert mine.json()["record_number"] == "VC-77"
    theirs = await roles.keys["unit_staff"]("GET", f"/cases/{CASE}")
    assert theirs.json()["record_number"] is None
    refused = await roles.keys["convener"]("PUT", f"/cases/{CASE}/record-number", {"record_number": "19121212-1212"})
    assert refused.status_code == 422
    assert "1212" not in refused.text


async def test_a_new_case_comes_with_its_draft_or_not_at_all(house: House) -> None:
    body = {**house.draft_body(), "case": {"consent": {"given": "muntligt"}}}
    both = await house.admin("POST", "/meetings", body)
    assert both.status_code == 422
    assert both.json()["errors"] == [
        {"field": "case_id", "code": "one_case", "detail": "Say one case: case_id, or case for a new one."}
    ]
    body.pop("case_id")
    before = (await house.admin("GET", "/cases")).json()["items"]
    refused = await house.admin("POST", "/meetings", {**body, "start": "2026-10-30T10:00:00+01:00"})
    assert refused.status_code == 409, refused.text
    assert (await house.admin("GET", "/cases")).json()["items"] == before
    made = await house.admin("POST", "/meetings", body)
    assert made.status_code == 201, made.text
    after = (await house.admin("GET", "/cases")).json()["items"]
    new = [one for one in after if one not in before]
    assert [one["consent"]["given"] for one in new] == ["muntligt"]
    assert [one["reference"] for one in new] == [made.json()["reference"]]


DAY = "Give a day between the years 2000 and 2099."
DAG = "Ange en dag mellan åren 2000 och 2099."


@pytest.mark.parametrize(
    ("change", "status", "field", "swedish", "english"),
    [
        ({"start": "0001-01-01T00:00:00+14:00"}, 422, "start", DAG, DAY),
        ({"end": "9999-12-31T23:59:59-14:00"}, 422, "end", DAG, DAY),
        ({"case_id": None, "case": {"consent": {"until": "9999-12-31"}}}, 422, "case.consent.until", DAG, DAY),
        ({"start": "i morgon"}, 400, "start", "Skriv en tid som 2026-11-02T10:00:00+01:00, en dag som 2026-11-02.",
         "Write a time as 2026-11-02T10:00:00+01:00, a day as 2026-11-02."),
        ({"kind": "19121212-1212"}, 400, "kind", "Det är inget av de ord som får stå här; se /api/docs.",
         "This is none of the words that may stand here; see /api/docs."),
        ({"place": {"kind": "room", "room": "x" * 201}}, 400, "place.room",
         "Här får finnas högst 200 tecken eller poster.", "This may have at most 200 characters or items."),
        ({"parties": [{"unit_id": "x"}]}, 400, "parties[0].unit_id", "Här ska stå ett id (UUID).",
         "This must be an id (UUID)."),
        ({"questions": ["a", 1]}, 400, "questions[1]", "Här ska stå en text.", "This must be a text."),
        ({"place": {}}, 400, "place.kind", "Fältet saknas; det måste finnas med.",
         "The field is missing; it must be there."),
        ({"hemligt": 1}, 400, "hemligt", "Något sådant fält finns inte här; utelämna det.",
         "There is no such field here; leave it out."),
        ({"chair_name": "a\x00b"}, 400, "chair_name",
         "Texten har inte den form som beskrivs på /api/docs, eller innehåller tecken som inte kan sparas.",
         "The text does not have the form that is described at /api/docs, or holds signs that cannot be kept."),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named_in_the_callers_language(
    house: House, change: dict[str, object], status: int, field: str, swedish: str, english: str
) -> None:
    for language, sentence in (("sv", swedish), ("en", english)):
        answer = await house.admin("POST", "/meetings", {**house.draft_body(), **change}, accept_language=language)
        code = "time_unusable" if status == 422 else "validation"
        assert answer.status_code == status, answer.text
        assert answer.json()["errors"] == [{"field": field, "code": code, "detail": sentence}]


async def test_a_wrong_parameter_is_named_as_it_is_asked(house: House) -> None:
    answer = await house.admin("GET", "/meetings?state=19121212-1212")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "state")
    answer = await house.admin("GET", "/meetings?limit=0", accept_language="sv")
    assert answer.json()["errors"] == [{"field": "limit", "code": "validation", "detail": "Värdet ska vara minst 1."}]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/persons", {"name": "Anna", "email": "19121212-1212@al.example"}, "email"),
        ("POST", "/units", {"name": "Enhet 19121212-1212"}, "name"),
        ("PUT", f"/units/{HOME_CARE.unit_id}/addresses", {"addresses": [{"email": "a191212121212@al.example"}]},
         "addresses[0].email"),
    ],
)  # fmt: skip
async def test_the_directory_keeps_no_number_of_a_person(
    house: House, method: str, path: str, body: dict[str, object], field: str
) -> None:
    where = {"organisation_id": str(HOME_CARE.organisation_id)} if method == "POST" else {}
    answer = await house.admin(method, path, {**where, **body})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    assert "191212" not in answer.text
