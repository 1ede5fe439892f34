"""A form whose answer was lost, opened anew and sent once more without script: one act (decision 0132)."""

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import text

from sip.domain.terms import AnswerKind
from sip.edges.web.shell import acts
from tests.tester import TESTER
from tests.web.scene import Scene, _answers, fields_of

Send = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
REPORT = {
    "receiving_unit": "Vårdcentralen Eken", "categories_communication": "yes", "happened_on": "2026-10-30",
    "description": "Listan kom två dagar efter hemgången, till fel enhet.",
}  # fmt: skip
PLAIN = re.compile(r"[0-9a-f]{24}x[0-9a-f]{7}")


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    return fresh


async def rows(scene: Scene, table: str) -> int:
    """How much is told or kept."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return int((await conn.execute(text(f"select count(*) from {table}"))).scalar_one())


async def posted(client: httpx.AsyncClient, form: str, to: str = "", /, **values: str) -> httpx.Response:
    page = await client.get(form, follow_redirects=True)
    assert page.status_code == 200, page.text
    answer = await client.post(to or form, data={**fields_of(page.text), **values})
    assert answer.status_code == 303, answer.text
    return answer


async def twice(client: httpx.AsyncClient, send: Send) -> None:
    """Sent, and nothing heard of it: no cookie either. Then opened and sent anew."""
    await client.get("/accessibility")  # the visit
    before = httpx.Cookies(client.cookies)
    first = await send(client)
    client.cookies = before
    again = await send(client)
    assert first.headers["location"] == again.headers["location"]


async def test_an_answer_behind_a_link(called: Scene) -> None:
    path = called.link("hemtjanst@al.example")
    async with called.client() as client:
        seen = [await rows(called, "journal")]

        async def send(client: httpx.AsyncClient) -> httpx.Response:
            answer = await posted(client, path, answer="attends", first_name="Anna Ek", answered_by="Receptionen")
            await called.stage.work()
            seen.append(await rows(called, "journal"))
            return answer

        await twice(client, send)
    assert seen[0] < seen[1] == seen[2]


async def test_a_new_draft(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        await twice(client, lambda client: posted(client, "/meetings/new", pattern=""))
        assert await rows(fresh, "sketch") == 1
        await posted(client, "/meetings/new", pattern="")  # the other one was heard of: another is another
    assert await rows(fresh, "sketch") == 2


async def test_a_note_on_a_need(called: Scene) -> None:
    here = f"/hands/{called.stage.id}/note"
    async with called.client("coordinator") as client:
        before = await rows(called, "journal")
        await twice(client, lambda client: posted(client, here, text="Ringt, återkommer."))
        assert await rows(called, "journal") == before + 1


async def test_what_is_said_again_after_it_was_heard_of_is_another_act(called: Scene) -> None:
    here = f"/hands/{called.stage.id}/note"
    async with called.client("coordinator") as client:
        before = await rows(called, "journal")
        for words in ("Ringt.", "Inget svar.", "Ringt."):
            await posted(client, here, text=words)
        assert await rows(called, "journal") == before + 3


async def test_attendance(called: Scene) -> None:
    await _answers(called, "hemtjanst", AnswerKind.ATTENDS)
    await called.stage.at("2026-12-07 10:05")
    here = f"/meetings/{called.stage.id}/attendance"
    marks = {f"mark_{(await called.stage.party(one)).ordinal}": "attended" for one in ("eken", "hemtjanst", "skolan")}
    async with called.client("chair") as client:
        await twice(client, lambda client: posted(client, here, outcome="held", **marks))
    assert await rows(called, "journal where kind = 'OutcomeRecorded'") == 1


async def test_a_report_by_hand(fresh: Scene) -> None:
    async with fresh.client("manager") as client:
        await twice(client, lambda client: posted(client, "/deviations/new", **REPORT, act="send"))
    assert (await rows(fresh, "deviation"), await rows(fresh, "report_draft")) == (1, 0)


def test_forms_of_one_page_are_told_apart_and_are_one_to_what_they_say() -> None:
    one, other = acts.number("visit", ""), acts.number("visit", "")
    assert one != other and PLAIN.fullmatch(one)
    said = {"nonce": one, "text": "a", "version": "3", "_csrf": "b"}
    assert acts.key(one, "/x", said) == acts.key(other, "/x", {**said, "nonce": other, "version": "4", "reason": ""})
    assert acts.key(one, "/x", said) != acts.key(one, "/y", said)
    assert acts.key(one, "/x", said) != acts.key(one, "/x", {**said, "text": "c"})
    assert acts.key(one, "/x", said, ["file=a.csv"]) != acts.key(one, "/x", said, ["file=b.csv"])
    assert acts.key(acts.number("visit", "heard"), "/x", said) != acts.key(one, "/x", said)
    assert acts.key(acts.number("", ""), "/x", said) != acts.key(acts.number("", ""), "/x", said)


async def test_what_is_shown_once_was_taken_and_is_kept_no_longer(fresh: Scene) -> None:
    """There is no page to lead to; the browser hears of it with the page that shows it, and says not that nothing was
    sent."""
    key = {"name": "Journalen", "role": "administrator", "place": "everywhere", "then": "save"}
    hook = {"name": "Journalen", "url": "https://journal.region.example/sip", "types_meeting_called": "yes"}
    doors: tuple[tuple[str, dict[str, str], str], ...] = (
        ("/users/keys", key, r"sip_[\w-]{20,}"),
        ("/webhooks", hook, "whsec_"),
        ("/feeds", {}, "webcal"),
    )
    async with fresh.client("administrator") as client:
        for form, said, once in doors:
            fields = fields_of((await client.get(form)).text)
            if said:
                refused = await client.post(form, data=fields)
                assert refused.status_code == 422 and not refused.cookies["sip_taken"].startswith(fields["nonce"]), form
            made = await client.post(form, data={**fields, **said})
            assert made.status_code == 200 and re.search(once, made.text), made.text[:3000]
            assert made.cookies["sip_taken"].startswith(f"{fields['nonce']}."), form
