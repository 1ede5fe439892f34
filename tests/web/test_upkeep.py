"""The rarer acts on a meeting's page: its text, its convener, its consent, and a report written by hand."""

import re
from uuid import UUID

import pytest

from sip.domain.deviation import Category, DeviationState
from sip.domain.events import CancelReason
from sip.domain.terms import MeetingState, Obligation, Purpose
from tests.stories.county import unit
from tests.web.making import new_meeting
from tests.web.scene import Scene, fields_of
from tests.web.test_convening import do

TEXT = {"purpose": "changed_needs", "purpose_text": "Behoven är större.", "questions": "Vem?\n\n När? "}
CARE = {
    "convener_unit": str(unit("skolan")), "convener_person": "Rektor", "convener_phone": "010-319 202",
    "convener_email": "skolan@al.example",
}  # fmt: skip


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    """A meeting that the convener's own unit called, in a case that it keeps."""
    return await _made(fresh, then="call")


@pytest.fixture
async def draft(fresh: Scene) -> Scene:
    return await _made(fresh, then="keep")


async def _made(scene: Scene, **changes: str) -> Scene:
    async with scene.client("convener") as client:
        page = await new_meeting(client, **changes)
        assert page.status_code == 200, page.text
    scene.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
    await scene.stage.work()
    return scene


def here(scene: Scene) -> str:
    return f"/meetings/{scene.stage.id}"


async def test_the_text_is_changed_and_the_called_get_it(called: Scene) -> None:
    sequence = (await called.stage.meeting()).sequence
    async with called.client("convener") as client:
        page = await client.get(here(called))
        assert "Gemensam planering</textarea>" in page.text
        page = await do(client, f"{here(called)}/text", **TEXT, chair_name="Olle Ordförande")
        assert page.status_code == 200, page.text
        assert "<h1>Ändrade behov</h1>" in page.text
    await called.stage.work()
    meeting = await called.stage.meeting()
    assert (meeting.purpose, meeting.questions) == (Purpose.CHANGED_NEEDS, ("Vem?", "När?"))
    assert (meeting.chair_name, meeting.chair_email, meeting.sequence) == ("Olle Ordförande", None, sequence)
    assert len(called.stage.arrivals("hemtjanst@al.example")) == 2


async def test_what_was_emptied_is_empty(draft: Scene) -> None:
    async with draft.client("convener") as client:
        await do(client, f"{here(draft)}/text", **TEXT, chair_name="Olle Ordförande", chair_email="chair@sip.example")
        page = await do(client, f"{here(draft)}/text", **{**TEXT, "purpose_text": ""})
        assert page.status_code == 200
    meeting = await draft.stage.meeting()
    assert (meeting.purpose_text, meeting.chair_name, meeting.chair_email) == ("", "", "")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"questions": " "}, "Fyll i det här."),
        ({"purpose": "gossip"}, "Välj något ur listan."),
        ({"purpose_text": "Ring 0701-23 45 67"}, "Texten innehåller ett telefonnummer."),
        ({"questions": "Vad?\n19121212-1212"}, "Texten innehåller ett personnummer."),
        ({"chair_email": "olle"}, "Skriv en hel e-postadress"),
    ],
)
async def test_a_wrong_text_comes_back_as_it_was(draft: Scene, changes: dict[str, str], says: str) -> None:
    async with draft.client("convener") as client:
        page = await do(client, f"{here(draft)}/text", **{**TEXT, **changes})
    assert page.status_code == 422
    assert says in page.text
    assert (await draft.stage.meeting()).purpose is Purpose.NEW_PLAN


async def test_a_called_unit_changes_no_text(called: Scene) -> None:
    async with called.client("staff") as client:
        page = await client.get(here(called))
        assert f"{here(called)}/text" not in page.text
        assert (await do(client, f"{here(called)}/text", **TEXT)).status_code == 403


async def test_a_draft_is_handed_over(draft: Scene) -> None:
    async with draft.client("convener") as client:
        page = await do(client, f"{here(draft)}/convener", **{**CARE, "convener_email": "skolan", "convener_unit": "x"})
        assert page.status_code == 422
        assert "Skriv en hel e-postadress" in page.text
        page = await do(client, f"{here(draft)}/convener", **CARE)
        assert page.status_code == 200
        assert page.url.path == "/meetings"
        assert "Mötet är överlämnat." in page.text
        assert (await client.get(here(draft))).status_code == 404
    meeting = await draft.stage.meeting()
    assert meeting.convener.unit_id == unit("skolan")
    assert [p.unit_id for p in meeting.parties if p.obligation is Obligation.CONVENING] == [unit("skolan")]


async def test_who_still_sees_a_draft_stays_with_it(draft: Scene) -> None:
    async with draft.client("convener") as client:
        page = await do(client, f"{here(draft)}/convener", **{**CARE, "convener_unit": str(unit("eken"))})
    assert page.url.path == here(draft)
    assert (await draft.stage.meeting()).convener.person == "Rektor"


async def test_a_called_meeting_is_handed_over_within_the_principal(called: Scene) -> None:
    """A colleague takes over: the called get her name, and what waits is hers."""
    colleague = {**CARE, "convener_unit": str(unit("eken")), "convener_person": "Anna Annan"}
    colleague["convener_email"] = "anna@region.example"
    async with called.client("convener") as client:
        page = await client.get(here(called))
        assert f'value="{unit("skolan")}"' not in page.text.partition(f'action="{here(called)}/convener"')[2][:3000]
        page = await do(client, f"{here(called)}/convener", **colleague)
        assert page.status_code == 200, page.text
        assert "Mötet lämnades över" in page.text
    await called.stage.work()
    assert (await called.stage.meeting()).convener.email == "anna@region.example"
    assert "Anna Annan" in called.stage.mailbox("hemtjanst@al.example")[-1].body
    assert called.stage.arrivals("anna@region.example")


async def test_a_called_meeting_is_not_handed_over_to_another_principal(called: Scene) -> None:
    async with called.client("convener") as client:
        page = await do(client, f"{here(called)}/convener", **CARE)
    assert page.status_code == 409
    assert (await called.stage.meeting()).convener.unit_id == unit("eken")


async def test_withdrawn_consent_takes_a_tick_and_cancels(called: Scene) -> None:
    async with called.client("convener") as client:
        page = await do(client, f"{here(called)}/consent-withdrawal")
        assert page.status_code == 422
        assert "Kryssa i rutan" in page.text
        assert (await called.stage.meeting()).state is MeetingState.CALLED
        page = await do(client, f"{here(called)}/consent-withdrawal", withdrawn="yes")
        assert page.status_code == 200
        assert "Återkallat mån 2 nov. 2026." in page.text
        assert f"{here(called)}/consent-withdrawal" not in page.text
    await called.stage.work()
    meeting = await called.stage.meeting()
    assert (meeting.state, meeting.cancel_reason) == (MeetingState.CANCELLED, CancelReason.CONSENT_WITHDRAWN)
    assert called.stage.arrivals("hemtjanst@al.example")[-1][1] == "CANCEL"


async def test_a_meeting_is_held_on_another_ground(called: Scene) -> None:
    async with called.client("convener") as client:
        page = await do(client, f"{here(called)}/consent-withdrawal", withdrawn="yes", other_ground="yes")
        assert "Mötena hålls på en annan laglig grund. Ingen fick något mejl." in page.text
    await called.stage.work()
    assert (await called.stage.meeting()).state is MeetingState.CALLED
    async with called.client("staff") as client:
        assert "annan laglig grund" not in (await client.get(here(called))).text


async def test_who_was_told_of_a_withdrawal_is_shown(called: Scene) -> None:
    async with called.client("convener") as client:
        page = await do(client, f"{here(called)}/consent-withdrawal", withdrawn="yes")
        assert "Fick återbud: " in page.text
        assert "0 av " in page.text
        await called.stage.work()
        text = (await client.get(here(called))).text
        assert "Hemtjänsten Al" in text.partition("Fick återbud: ")[2].partition("</p>")[0]
        assert re.search(r"([1-9]) av \1 mejl har gått iväg\.", text)


async def test_another_side_withdraws_no_consent(called: Scene) -> None:
    for role, status in (("staff", 403), ("chair", 403), ("outsider", 404)):
        async with called.client(role) as client:
            page = await client.get(here(called))
            assert f"{here(called)}/consent-withdrawal" not in page.text
            page = await client.get("/meetings")
            assert (await do(client, f"{here(called)}/consent-withdrawal", withdrawn="yes")).status_code in (
                403,
                status,
            )
    assert (await called.stage.meeting()).state is MeetingState.CALLED


async def test_a_report_is_written_by_hand(called: Scene) -> None:
    party = (await called.stage.party("hemtjanst")).ordinal
    path = f"{here(called)}/parties/{party}/deviation"
    written = {"categories_reception": "yes", "categories_competence": "yes", "description": "Ingen svarade."}
    async with called.client("convener") as client:
        page = await do(client, path, description="Ingen svarade.")
        assert page.status_code == 422
        assert "Välj minst en kategori." in page.text
        assert "Ingen svarade.</textarea>" in page.text
        page = await do(client, path, **{**written, "description": "Ring 0701-23 45 67"})
        assert page.status_code == 422
        page = await do(client, path, **written)
        assert page.status_code == 200, page.text
        assert path not in page.text
        report = await called.stage.report("hemtjanst")
        assert report is not None
        assert f"/deviations/{report.id}" in page.text
        assert set(report.categories) == {Category.RECEPTION, Category.COMPETENCE}
        assert (report.automatic, report.description) == (False, "Ingen svarade.")
        page = await do(client, path, **written)
        assert page.status_code == 422
        assert "Det finns redan." in page.text


async def test_a_called_unit_reports_the_conveners_side_and_no_other(called: Scene) -> None:
    own, other = (await called.stage.party("eken")).ordinal, (await called.stage.party("skolan")).ordinal
    written = {"categories_communication": "yes", "description": "Kallelsen var otydlig."}
    async with called.client("staff") as client:
        page = await client.get(here(called))
        assert "Skriv en rapport om den som kallade" in page.text
        assert (await do(client, f"{here(called)}/parties/{other}/deviation", **written)).status_code == 403
        page = await do(client, f"{here(called)}/parties/{own}/deviation", **written)
        assert page.status_code == 200, page.text
        assert "Skriv en rapport om den som kallade" not in page.text
    report = await called.stage.report("eken")
    assert report is not None
    assert (report.reporting.unit_id, report.receiving.unit_id) == (unit("hemtjanst"), unit("eken"))


async def test_the_convener_does_not_report_her_own_side(called: Scene) -> None:
    own = (await called.stage.party("eken")).ordinal
    async with called.client("convener") as client:
        assert f"{here(called)}/parties/{own}/deviation" not in (await client.get(here(called))).text
        page = await do(
            client, f"{here(called)}/parties/{own}/deviation", categories_reception="yes", description="Vi."
        )
    assert page.status_code == 422
    assert await called.stage.report("eken") is None


async def test_nobody_reports_on_a_draft(draft: Scene) -> None:
    async with draft.client("convener") as client:
        assert '/deviation"' not in (await client.get(here(draft))).text
        page = await do(client, f"{here(draft)}/parties/1/deviation", categories_reception="yes", description="Vi.")
    assert page.status_code == 422
    assert "Det går inte i det läge" in page.text


async def test_a_party_is_taken_out_of_a_draft(draft: Scene) -> None:
    party = (await draft.stage.party("hemtjanst")).ordinal
    async with draft.client("convener") as client:
        page = await do(client, f"{here(draft)}/parties/{party}/removal")
    assert page.status_code == 200
    assert "<h3>Hemtjänsten Al" not in page.text


async def test_who_is_written_about_hears_by_whom_and_nothing_of_absence(called: Scene) -> None:
    """A called unit reports the convener's side: the convener's unit is heard, the writing unit's mailbox is told."""
    own = (await called.stage.party("eken")).ordinal
    written = {"categories_communication": "yes", "description": "Kallelsen var otydlig."}
    async with called.client("staff") as client:
        assert (await do(client, f"{here(called)}/parties/{own}/deviation", **written)).status_code == 200
    await called.stage.work()
    said = {
        box: called.stage.mailbox(box)[-1] for box in ("eken@region.example", "hemtjanst@al.example")
    }  # fmt: skip
    assert said["eken@region.example"].subject.startswith("Hemtjänsten Al har skrivit en")
    assert "En " in said["hemtjanst@al.example"].subject and "har skapats om" in said["hemtjanst@al.example"].subject
    for letter in said.values():
        assert "Hemtjänsten Al har skrivit" in letter.body
        assert "frånvarande" not in letter.body and "närvaron" not in letter.body.lower()
    assert not [letter for letter in called.stage.mailbox("clara@region.example") if "skrivit" in letter.body]
    async with called.client() as client:
        page = await client.get(called.link("eken@region.example"))
        assert "Stämmer det som Hemtjänsten Al har skrivit?" in page.text
        assert "frånvarande" not in page.text and "Kallelsen var otydlig." not in page.text
        form = {**fields_of(page.text), "answer": "otherwise", "account": "Syftet stod i kallelsen."}
        answer = await client.post(called.link("eken@region.example"), data=form)
        assert answer.status_code == 303, answer.text
    await called.stage.work()
    last = called.stage.mailbox("hemtjanst@al.example")[-1]
    assert "ser det annorlunda" in last.subject and "närvaron" not in last.body.lower()
    report = await called.stage.report("eken")
    assert report is not None and report.state is DeviationState.DISPUTED
    async with called.client("staff") as client:
        page = await client.get(f"/deviations/{report.id}")
    assert "Hemtjänsten Al om Vårdcentralen Eken" in page.text and "frånvarande" not in page.text
