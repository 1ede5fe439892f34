"""Open groups are followed by mail (rules, section 21 O4): asked, confirmed, told once a week, ended by one press."""

import re

import httpx
import pytest

from sip.store import db as database
from sip.usecases import subscriptions
from tests.stories.stage import Letter, bounce_of
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of, shape_of
from tests.web.test_open_groups import DECIDED, decided, opened, seated
from tests.web.test_report_life import press

FOLLOWER = "nils@brev.example"


async def asked_to_follow(scene: Scene, page: str, email: str = FOLLOWER) -> httpx.Response:
    """Somebody asks on the open page; what is on its way leaves."""
    async with scene.client() as client:
        form = fields_of((await client.get(page)).text) | {"email": email}
        done = await client.post(f"{page}/subscription", data=form)
        shown = await client.get(done.headers["location"]) if done.status_code == 303 else done
    await scene.stage.work()
    return shown


def mails(scene: Scene, email: str = FOLLOWER) -> list[Letter]:
    return scene.stage.mailbox(email)


async def said(scene: Scene, word: str, email: str = FOLLOWER) -> httpx.Response:
    """The same word for every group on the page behind the newest link."""
    link = scene.link(email)
    async with scene.client() as client:
        page = (await client.get(link)).text
        names = set(re.findall(r'name="(g[0-9a-f]{32})"', page))
        done = await client.post(link, data={**fields_of(page), **dict.fromkeys(names, word)})
        return await client.get(done.headers["location"]) if done.status_code == 303 else done


async def kept(scene: Scene) -> list[tuple[str, bool]]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        rows = await raw.fetch("select email, confirmed_at is not null from subscription order by 1, 2")
    return [(row[0], row[1]) for row in rows]


async def following(scene: Scene) -> tuple[str, str]:
    """A mailbox that follows an open group: the group's page, and its open one."""
    path = await seated(scene)
    page = await opened(scene, path)
    await asked_to_follow(scene, page)
    await said(scene, "yes")
    return path, page


async def test_without_a_word_of_the_mailbox_nothing_more_is_sent_and_it_is_forgotten(fresh: Scene) -> None:
    path = await seated(fresh)
    page = await opened(fresh, path)
    await asked_to_follow(fresh, page)
    async with fresh.client() as client:
        for _ in range(2):
            assert "Väntar på ert svar" in (await client.get(fresh.link(FOLLOWER))).text
    assert await kept(fresh) == [(FOLLOWER, False)], "opening the link says nothing"
    await decided(fresh, path, DECIDED["title"])
    await fresh.stage.at("2026-11-09 12:00")
    assert len(mails(fresh)) == 1
    await fresh.stage.at("2026-11-10 12:00")
    await subscriptions.drop_old(fresh.stage.made.db, await fresh.stage.now())
    assert await kept(fresh) == []
    async with fresh.client() as client:
        assert "Ni följer ingen grupp" in (await client.get(fresh.link(FOLLOWER))).text


async def test_an_address_is_asked_once_a_day_and_nobody_learns_who_follows(fresh: Scene) -> None:
    path, page = await following(fresh)
    known = await asked_to_follow(fresh, page)
    unknown = await asked_to_follow(fresh, page, "okand@brev.example")
    assert shape_of(known.text) == shape_of(unknown.text) and "Titta i e-posten" in known.text
    for spelt in ("OKAND@brev.example", "okand@Brev.example", "okand@brev.example"):
        await asked_to_follow(fresh, page, spelt)
    assert len(mails(fresh, "okand@brev.example")) == 1 and len(mails(fresh)) == 1
    await fresh.stage.at("2026-11-03 09:00")
    await asked_to_follow(fresh, page, "okand@brev.example")
    assert len(mails(fresh, "okand@brev.example")) == 2, "another day, another mail"
    for role in ("administrator", "coordinator"):
        async with fresh.client(role) as client:
            for where in (path, page):
                assert FOLLOWER not in (await client.get(where)).text
    answers = [await asked_to_follow(fresh, page, f"n{n}@brev.example") for n in range(10)]
    assert answers[-1].status_code == 429 and "för många" in answers[-1].text
    assert mails(fresh, "n9@brev.example") == []


async def test_wrong_addresses_and_groups_that_are_not_open_are_refused(fresh: Scene) -> None:
    path = await seated(fresh)
    page = await opened(fresh, path)
    wrong = await asked_to_follow(fresh, page, "nils")
    assert wrong.status_code == 422 and 'id="email-error"' in wrong.text
    async with fresh.client() as client:
        form = fields_of((await client.get(page)).text) | {"email": FOLLOWER}
        await opened(fresh, path, "signed_in")
        assert (await client.post(f"{page}/subscription", data=form)).status_code == 404
    assert await kept(fresh) == [] and mails(fresh) == []


async def test_one_press_of_a_mail_program_ends_it_and_opening_does_not(fresh: Scene) -> None:
    path, _ = await following(fresh)
    await fresh.stage.at("2026-11-03 09:00")
    await decided(fresh, path, DECIDED["title"])
    await fresh.stage.at("2026-11-09 09:00")
    news = mails(fresh)[-1]
    said = str(news.message["List-Unsubscribe"])
    assert news.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<http://sip\.example(/svar/[a-z2-7]{26})/sluta>", said)
    assert found is not None, said
    async with fresh.client() as client:
        shown = await client.get(f"{found[1]}/sluta")
        assert (shown.status_code, shown.headers["location"]) == (303, found[1])
        assert (await client.post(f"{found[1]}/sluta", data={"x": "y"})).status_code == 400
        assert await kept(fresh) == [(FOLLOWER, True)]
        for _ in range(2):
            done = await client.post(f"{found[1]}/sluta", data={"List-Unsubscribe": "One-Click"})
            assert done.status_code == 200 and "Inga fler mejl" in done.text
        assert await kept(fresh) == []
        never = await client.post(f"/svar/{'a' * 26}/sluta", data={"List-Unsubscribe": "One-Click"})
        assert never.status_code == 404
        sitting = await client.post(
            f"{fresh.link('anna@al.example')}/sluta", data={"List-Unsubscribe": "One-Click"}
        )  # fmt: skip
        assert sitting.status_code == 404, "no other link is ended so"


async def test_it_ends_by_the_page_with_the_group_and_with_a_mail_that_does_not_arrive(fresh: Scene) -> None:
    path, page = await following(fresh)
    nothing = await said(fresh, "")
    assert nothing.status_code == 422 and "Välj för minst en grupp" in nothing.text
    ended = await said(fresh, "no")
    assert "Ni följer ingen grupp" in ended.text and await kept(fresh) == []
    for ends in ("shut", "closed"):
        await opened(fresh, path)
        await fresh.stage.at(f"2026-11-{12 if ends == 'shut' else 19} 09:00")
        await asked_to_follow(fresh, page)
        await said(fresh, "yes")
        assert await kept(fresh) == [(FOLLOWER, True)]
        if ends == "shut":
            await opened(fresh, path, "signed_in")
        else:
            async with fresh.client("administrator") as client:
                assert (await press(client, path, "closing", reason="Klart.")).status_code == 303
        await subscriptions.drop_old(fresh.stage.made.db, await fresh.stage.now())
        assert await kept(fresh) == [], ends


@pytest.mark.parametrize("how", ["refused", "returned"])
async def test_an_address_that_a_digest_does_not_reach_is_forgotten(fresh: Scene, how: str) -> None:
    path, _ = await following(fresh)
    await fresh.stage.at("2026-11-03 09:00")
    await decided(fresh, path, DECIDED["title"])
    if how == "refused":
        fresh.stage.relay.refuses[FOLLOWER] = "550 5.1.1 no such user"
    await fresh.stage.at("2026-11-09 09:00")
    if how == "returned":
        sender = mails(fresh)[-1].mail_from
        await subscriptions.drop_old(fresh.stage.made.db, await fresh.stage.now())
        assert await kept(fresh) == [(FOLLOWER, True)], "taken by the relay, and not heard of since"
        await fresh.stage.receive(bounce_of(mails(fresh)[-1], sender), sender)
        await fresh.stage.work()
    await subscriptions.drop_old(fresh.stage.made.db, await fresh.stage.now())
    assert await kept(fresh) == []
