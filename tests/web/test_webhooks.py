"""The pages of other systems: connected, tried, and given another secret; a secret is shown once."""

import re
from collections.abc import Mapping

from sip.domain.endpoint import HookAnswer
from sip.domain.webhook import secret_of
from sip.usecases.engine import calling_out
from tests.web.scene import Scene, fields_of

FORM = {"name": "Journalen", "url": "https://journal.region.example/sip", "types_meeting_called": "yes"}


async def test_an_administrator_connects_a_system_and_keeps_it(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:

        async def press(page: str, act: str, **form: str) -> str:
            hidden = fields_of((await client.get(page)).text)
            answer = await client.post(act, data={**hidden, **form}, follow_redirects=True)
            assert answer.status_code == 200, answer.text[:3000]
            return answer.text

        made = await press("/webhooks", "/webhooks", **FORM)
        shown = re.search(r"whsec_[A-Za-z0-9+/=]+", made)
        there = re.search(r"/webhooks/([0-9a-f-]{36})/rotation", made)
        assert shown is not None and len(secret_of(shown[0])) == 32 and there is not None
        page = f"/webhooks/{there[1]}"
        assert "whsec_" not in (await client.get(page)).text, "once"
        assert "Ett provmeddelande är på väg." in await press(page, f"{page}/test")
        assert "Väntar" in (await client.get(page)).text
        assert "Den förra gäller också till" in await press(page, f"{page}/rotation", days="7")
        assert "Avstängt sedan" in await press(page, f"{page}/switch", to="off")
        assert "Skickades inte" in (await client.get(page)).text
        assert "Avstängt sedan" not in await press(page, f"{page}/switch", to="on")
        assert "Den nya" in await press(page, page, **{**FORM, "name": "Den nya"})
        assert page not in await press(page, f"{page}/removal")


async def test_what_is_wrong_is_said_beside_its_field(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        hidden = fields_of((await client.get("/webhooks")).text)
        wrong = await client.post("/webhooks", data={**hidden, "name": "J", "url": "http://journal.region.example/"})
        assert wrong.status_code == 422 and "Välj minst en händelse" in wrong.text
        hidden = fields_of((await client.get("/webhooks")).text)
        plain = await client.post("/webhooks", data={**hidden, **FORM, "url": "http://journal.region.example/"})
        assert plain.status_code == 422 and "Adressen måste börja med https://." in plain.text
        assert 'value="http://journal.region.example/"' in plain.text, "what was typed stays"


async def _refuses(url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
    return HookAnswer(503)


async def test_what_did_not_arrive_is_sent_again_and_a_form_that_comes_twice_sends_once(fresh: Scene) -> None:
    stage = fresh.stage
    async with fresh.client("administrator") as client:
        hidden = fields_of((await client.get("/webhooks")).text)
        answer = (await client.post("/webhooks", data={**hidden, **FORM})).text
        made = re.search(r"/webhooks/([0-9a-f-]{36})/rotation", answer)
        assert made is not None
        page = f"/webhooks/{made[1]}"
        await stage.call("2026-12-07 10:00", ["hemtjanst"])
        await calling_out.call_out(stage.made.worker.db, await stage.now(), stage.made.vault, _refuses)
        shown = (await client.get(page)).text
        assert "Ett meddelande har inte kommit fram." in shown and 'name="day" value="2026-11-02"' in shown
        one = re.search(rf'action="({page}/messages/msg_[0-9a-f]+/resending)"', shown)
        assert one is not None and "Försök nu" in shown, "it waits for its next try"
        form = fields_of(shown)
        there = await client.post(one[1], data=form, follow_redirects=True)
        assert "Meddelandet är på väg igen." in there.text
        wrong = await client.post(f"{page}/resending", data={**form, "nonce": "a", "day": "igår", "time": ""})
        assert wrong.status_code == 422 and 'href="#again-day"' in wrong.text
        await calling_out.call_out(stage.made.worker.db, await stage.now(), stage.made.vault, _refuses)
        since = {**form, "nonce": "b", "day": "2026-11-02", "time": "00:00"}
        for _ in range(2):
            again = await client.post(f"{page}/resending", data=since, follow_redirects=True)
            assert "Meddelandet är på väg igen." in again.text
        none = {**form, "nonce": "c", "day": "2026-11-03", "time": "00:00"}
        assert "Inget sedan dess" in (await client.post(f"{page}/resending", data=none, follow_redirects=True)).text
        off = await client.post(f"{page}/switch", data={**form, "nonce": "d", "to": "off"}, follow_redirects=True)
        assert "/resending" not in off.text
        nothing = await client.post(f"{page}/resending", data={**since, "nonce": "e"}, follow_redirects=True)
        assert "Avstängt sedan" in nothing.text and "på väg igen" not in nothing.text
