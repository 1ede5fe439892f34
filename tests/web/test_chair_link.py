"""The chair's link: with the call, sent again from the meeting's page, and hers alone (rules, section 8 A1)."""

from uuid import UUID

from tests.web.making import new_meeting
from tests.web.scene import Scene, fields_of
from tests.web.test_convening import do

TEXT = {"purpose": "changed_needs", "purpose_text": "Behoven är större.", "questions": "Vem?"}
OLLE, NORA = "olle@region.example", "nora@region.example"


async def test_the_chair_has_her_link_before_the_meeting_and_whoever_chaired_before_has_none(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        page = await new_meeting(client, then="call")
        fresh.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
        here = f"/meetings/{fresh.stage.id}"
        assert "Skicka länken" not in page.text, "nobody chairs it"
        await do(client, f"{here}/text", **TEXT, chair_name="Olle Ordförande", chair_email=OLLE)
        await fresh.stage.work()
        first = fresh.link(OLLE, "Du leder SIP-mötet")
        page = await do(client, f"{here}/chair-link")
        assert page.status_code == 200 and "Länken till närvaron skickades till mötesledaren" in page.text
        await fresh.stage.work()
        assert len(fresh.stage.mailbox(OLLE)) == 2
        async with fresh.client() as visitor:
            early = await visitor.get(first)
            assert early.status_code == 200 and "Mötet har inte börjat än" in early.text
        await do(client, f"{here}/text", **TEXT, chair_name="Nora Nord", chair_email=NORA)
        await fresh.stage.work()
    assert fresh.stage.mailbox(OLLE)[-1].subject.startswith("Någon annan leder SIP-mötet")
    async with fresh.client() as visitor:
        assert (await visitor.get(first)).status_code == 404
        hers = fresh.link(NORA)
        assert (await visitor.get(hers)).status_code == 200
        hidden = fields_of((await visitor.get(hers)).text)
        assert (await visitor.post(f"{first}/narvaro", data={**hidden, "outcome": "held"})).status_code in (403, 404)
