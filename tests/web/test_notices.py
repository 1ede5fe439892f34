"""Which mails one gets is chosen in one's own account, of those that can be done without (rules, section 3)."""

import pytest
from sqlalchemy import text

from sip.domain.effects import MailKind, Told
from sip.domain.optional import NoticeTopic, topic_of
from sip.domain.people import Language
from sip.edges.mail.letters.samples import every_mail, told
from sip.store.post.outbox import NOT_WANTED, of_meeting
from tests.tester import TESTER
from tests.web.scene import Scene, address_of, fields_of

OFF = [
    "convener_told-bounce_noted", "convener_told-new_mailbox", "convener_told-poll_all", "convener_told-poll_closed",
    "convener_told-substitute_found", "convener_told-unit_comes_after_all",
]  # fmt: skip


def test_what_asks_something_or_is_owed_cannot_be_switched_off() -> None:
    optional = {name for name, mail in every_mail(Language.SV) if topic_of(mail) is not None}
    assert sorted(optional) == OFF
    assert {topic_of(told(MailKind.CONVENER_TOLD, one)) for one in Told} == {None, *NoticeTopic}
    assert topic_of(told(MailKind.COORDINATOR_TOLD, Told.UNDELIVERABLE)) is None


async def tell(scene: Scene) -> list[tuple[str, str | None, str | None]]:
    """A unit's mailbox is another: the convener is told. What the outbox holds of that: what, state, and why."""
    await scene.stage.work()
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update meeting set convener_email = :to"), {"to": address_of("convener").upper()})
        await conn.execute(text("update unit_address set email = 'ny@al.example' where email = 'hemtjanst@al.example'"))
        await conn.execute(text(
            "insert into contacts_changed (unit_id) select id from unit on conflict do nothing"
        ))  # fmt: skip
    await scene.stage.work()
    async with scene.stage.made.db.transaction(TESTER) as conn:
        rows = await of_meeting(conn, scene.stage.id)
    return [(row.mail.detail["what"], row.state, row.reason) for row in rows if row.mail.kind == "convener_told"]


@pytest.mark.parametrize("wanted", [True, False])
async def test_what_is_switched_off_is_not_sent_and_the_outbox_says_so(fresh: Scene, wanted: bool) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    async with fresh.client("convener") as client:
        page = await client.get("/profile")
        assert page.text.count('name="notices_') == page.text.count(" checked><span>") - 1 == 3, "all come at first"
        chosen = {f"notices_{topic}": "yes" for topic in NoticeTopic if wanted or topic is not NoticeTopic.ARRANGED}
        saved = await client.post(
            "/profile/notices", data={**fields_of(page.text), **chosen}, follow_redirects=True
        )  # fmt: skip
        assert saved.status_code == 200
        assert saved.text.count('value="yes" checked') == (3 if wanted else 2)
    found = await tell(fresh)
    assert found == [("new_mailbox", "sent" if wanted else "dropped", None if wanted else NOT_WANTED)]
    letters = [one for one in fresh.stage.mailbox(address_of("convener").upper()) if "Min profil" in one.body]
    assert len(letters) == wanted
    if wanted:
        assert "Sådana här besked kan du välja bort under Min profil." in letters[0].body
    async with fresh.client("convener") as client:
        assert "har en annan adress i katalogen" in (await client.get(f"/meetings/{fresh.stage.id}")).text, (
            "the timeline tells of it"
        )
