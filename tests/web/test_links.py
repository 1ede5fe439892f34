"""The page behind a mailed link: looking says nothing, a choice that a person makes says it."""

import httpx
import pytest

from sip.domain.meeting import Answer
from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, AttendeeState, Mark, MeetingState, Obligation
from tests.web.scene import Scene, fields_of


async def open_link(scene: Scene, client: httpx.AsyncClient, address: str) -> tuple[str, httpx.Response]:
    path = scene.link(address)
    return path, await client.get(path)


async def say(scene: Scene, address: str, **form: str) -> httpx.Response:
    """Opens the newest link, fills in the form, sends it and follows."""
    async with scene.client() as client:
        path, page = await open_link(scene, client, address)
        assert page.status_code == 200
        answer = await client.post(path, data={**fields_of(page.text), **form}, follow_redirects=True)
    await scene.stage.work()
    return answer


async def answer_of(scene: Scene) -> Answer:
    """The unit's standing answer."""
    this = (await scene.stage.party("hemtjanst")).round
    assert this is not None and this.answer is not None
    return this.answer


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    return fresh


async def test_looking_is_no_answer(called: Scene) -> None:
    async with called.client() as client:
        for _ in range(3):
            path, page = await open_link(called, client, "hemtjanst@al.example")
            await client.get(f"{path}/tack")
    assert page.status_code == 200
    assert "måndag 7 december 2026" in page.text
    assert "010-319 299" in page.text
    assert await called.stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_no_choice_is_made_beforehand(called: Scene) -> None:
    async with called.client() as client:
        _, page = await open_link(called, client, "hemtjanst@al.example")
    assert "checked" not in page.text
    answer = await say(called, "hemtjanst@al.example")
    assert answer.status_code == 422
    assert await called.stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_no_free_text_is_shown_before_sign_in(called: Scene) -> None:
    async with called.client() as client:
        _, page = await open_link(called, client, "hemtjanst@al.example")
    assert "Ny plan" in page.text
    assert "Gemensam planering" not in page.text
    assert "Vem gör vad?" not in page.text


async def test_the_unit_says_who_comes(called: Scene) -> None:
    answer = await say(
        called, "hemtjanst@al.example", answer="attends", first_name="Anna Ek", first_email="anna@al.example",
        answered_by="Receptionen",
    )  # fmt: skip
    assert answer.status_code == 200
    assert str(answer.url).endswith("/tack")
    assert "Anna Ek" in answer.text
    assert await called.stage.stands("hemtjanst") is Standing.ATTENDS
    assert called.stage.arrivals("anna@al.example")[0][1] == "REQUEST"
    said = await answer_of(called)
    assert said.recorded_by == "Receptionen"


async def test_a_regret_with_somebody_who_knows_is_covered(called: Scene) -> None:
    await say(
        called, "hemtjanst@al.example", answer="regrets", regret_reason="double_booked", substitute_name="Bo Alm",
        substitute_email="bo@al.example", substitute_knows="yes",
    )  # fmt: skip
    assert await called.stage.stands("hemtjanst") is Standing.SUBSTITUTE_ATTENDS


async def test_the_one_who_was_asked_says_that_she_comes(called: Scene) -> None:
    await say(called, "hemtjanst@al.example", answer="regrets")
    assert await called.stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE
    answer = await say(called, "anna@al.example", answer="i_come")
    assert "Ditt svar nu: kommer" in answer.text
    assert await called.stage.stands("hemtjanst") is Standing.SUBSTITUTE_ATTENDS


async def test_she_cannot_and_passes_on(called: Scene) -> None:
    await say(called, "hemtjanst@al.example", answer="regrets")
    await say(
        called, "anna@al.example", answer="i_cannot", passes_on_name="Bo Alm", passes_on_email="bo@al.example"
    )  # fmt: skip
    states = {p.name: p.state for p in (await called.stage.party("hemtjanst")).attendees}
    assert states == {"Anna Ek": AttendeeState.REFUSED, "Bo Alm": AttendeeState.ASKED}


@pytest.mark.parametrize(
    ("form", "standing"),
    [
        ({"answer": "tentative"}, Standing.TENTATIVE),
        ({"answer": "contests", "contest_reason": "purpose_unclear"}, Standing.CONTESTS),
        ({"answer": "unknown_identity"}, Standing.UNKNOWN_IDENTITY),
        ({"answer": "redirects"}, Standing.NOT_OURS),
        ({"answer": "later", "answer_by": "2026-11-20"}, Standing.ACKNOWLEDGED),
        (
            {"answer": "proposes", "proposed_day": "2026-12-08", "proposed_from": "13.00", "proposed_to": "14.00"},
            Standing.PROPOSES,
        ),
    ],
)
async def test_every_choice_is_heard(called: Scene, form: dict[str, str], standing: Standing) -> None:
    answer = await say(called, "hemtjanst@al.example", **form)
    assert answer.status_code == 200, answer.text
    assert await called.stage.stands("hemtjanst") is standing


async def test_the_wrong_unit_names_the_right_one(called: Scene) -> None:
    from tests.stories.county import unit

    await say(called, "hemtjanst@al.example", answer="redirects", target_unit=str(unit("chefslos")))
    answer = await answer_of(called)
    assert (answer.kind, answer.target_unit_name) == (AnswerKind.REDIRECTS, "Boendet Al")


async def test_the_right_unit_is_searched_for_among_those_of_the_principal(called: Scene) -> None:
    """By words, with script or without; the page carries no list of all units, and another's are not found."""
    path = called.link("hemtjanst@al.example")
    async with called.client() as client:
        assert "Boendet Al" not in (await client.get(path)).text
        found = await client.get(f"{path}/enheter", params={"q": "boendet"})
        assert found.status_code == 200 and "Boendet Al" in found.text
        for text in ("vårdcentralen", "hemtjänsten", ""):  # the region's, and the unit that was called itself
            assert "<small>" not in (await client.get(f"{path}/enheter", params={"q": text})).text
    none = await say(called, "hemtjanst@al.example", answer="redirects", target_unit="finns inte")
    assert none.status_code == 422 and 'id="target_unit-error"' in none.text
    assert (await say(called, "hemtjanst@al.example", answer="redirects", target_unit="boendet")).status_code == 200
    answer = await answer_of(called)
    assert (answer.kind, answer.target_unit_name) == (AnswerKind.REDIRECTS, "Boendet Al")


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("first_name", "Anna 19121212-1212", "personnummer"),
        ("answered_by", "ring 0701-23 45 67", "telefonnummer"),
        ("first_email", "anna", "hel e-postadress"),
    ],
)
async def test_what_may_not_stand_is_refused_and_never_repeated(
    called: Scene, field: str, text: str, says: str
) -> None:
    answer = await say(called, "hemtjanst@al.example", answer="attends", **{field: text})
    assert answer.status_code == 422
    assert says in answer.text
    assert await called.stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_the_same_form_twice_is_one_answer(called: Scene) -> None:
    async with called.client() as client:
        path, page = await open_link(called, client, "hemtjanst@al.example")
        form = {**fields_of(page.text), "answer": "attends", "first_name": "Anna Ek", "first_email": "anna@al.example"}
        for _ in range(2):
            assert (await client.post(path, data=form)).status_code == 303
    await called.stage.work()
    assert len(called.stage.mailbox("anna@al.example")) == 1


async def test_a_link_that_never_was_is_not_there(called: Scene) -> None:
    async with called.client() as client:
        for path in ("/svar/" + "a" * 26, "/svar/x", "/svar/" + "a" * 26 + "/tack"):
            answer = await client.get(path)
            assert answer.status_code == 404
            assert "Ring den som kallade" in answer.text


async def test_a_cancelled_meeting_takes_no_answer(called: Scene) -> None:
    from sip.domain.events import CancelReason
    from sip.usecases import meetings

    path = called.link("hemtjanst@al.example")
    await called.stage.do(meetings.cancel, CancelReason.OTHER)
    async with called.client() as client:
        page = await client.get(path)
        assert "<h1>Mötet är inställt</h1>" in page.text and "komma?" not in page.text
        fields = {"_csrf": "", "answer": "attends"}
        other = await client.get("/sign-in")
        fields["_csrf"] = fields_of(other.text)["_csrf"]
        assert (await client.post(path, data=fields)).status_code == 409


async def test_the_chair_records_who_came(called: Scene) -> None:
    await say(called, "hemtjanst@al.example", answer="attends", first_name="Anna Ek")
    await called.stage.at("2026-12-07 11:00")
    parties = (await called.stage.meeting()).parties
    marks = {
        f"mark_{p.ordinal}": "absent" if p.unit_name == "Skolan Al" else "attended"
        for p in parties
        if p.obligation is not Obligation.CONVENING
    }
    async with called.client() as client:
        path, page = await open_link(called, client, "clara@region.example")
        form = {**fields_of(page.text), "outcome": "held", **marks}
        answer = await client.post(f"{path}/narvaro", data=form, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        assert (await client.post(path, data=form)).status_code == 404, "her form has an address of its own"
    await called.stage.work()
    meeting = await called.stage.meeting()
    assert meeting.state is MeetingState.CLOSED
    assert (await called.stage.party("skolan")).mark is Mark.ABSENT


async def test_the_convener_lets_the_meeting_stand(called: Scene) -> None:
    await called.stage.at("2026-12-03 08:30")
    answer = await say(called, "clara@region.example", answer="go_ahead")
    assert answer.status_code == 200, answer.text


async def test_english_for_who_reads_english(called: Scene) -> None:
    async with called.client() as client:
        path = called.link("hemtjanst@al.example")
        page = await client.get(path, headers={"accept-language": "en-GB,en;q=0.9"})
        assert "Can Hemtjänsten Al come?" in page.text
        page = await client.get(f"{path}?lang=sv", headers={"accept-language": "en-GB"})
        assert "Kan Hemtjänsten Al komma?" in page.text
        page = await client.get(path, headers={"accept-language": "en-GB"})
        assert "Kan Hemtjänsten Al komma?" in page.text
