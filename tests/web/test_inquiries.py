"""A special event is evaluated by a group's seats: asked, mailed, answered behind the link or by phone, reminded once,
read side by side, and decided (rules, section 18 U11).
"""

import httpx

from tests.stories.stage import Letter
from tests.web.scene import Scene, fields_of
from tests.web.test_group_agendas import LATER, QUESTION, TASK, asked
from tests.web.test_groups import ANNA
from tests.web.test_report_life import press
from tests.web.test_sittings import WHO

DAY = "2027-04-06"
ASKS = {
    "questions": "Vad fungerade i samordningen?\n\nVad saknades?", "by": DAY, "about": "Värmeböljan i juli",
}  # fmt: skip
SECOND = {**ANNA, "representative_name": "Bo Ek", "representative_function": "rektor", "representative_email": ""}
SUBJECT = "Chefsnätverk barn och unga: frågor att svara på till tisdag 6 april 2027"
NOTHING = "Inget svar än"


def mails(scene: Scene) -> list[Letter]:
    return [one for one in scene.stage.mailbox(WHO) if one.subject == SUBJECT]


async def inquired(scene: Scene, email: str = "") -> tuple[str, str]:
    """A network of two seats, one of them without an address, is asked at an opening: its page, the question's."""
    path, _, item = await asked(scene)
    async with scene.client("administrator") as client:
        filled = await press(client, path, "seats/2/term", **{**SECOND, "representative_email": email})
        assert filled.status_code == 303, filled.text[-2000:]
        await scene.stage.at("2026-12-01 09:00")  # both terms have begun
        made = await press(client, item, "inquiry", **ASKS)
        assert made.status_code == 303, made.text[-2000:]
        page = (await client.get(item)).text
        assert "Frågas när nästa arbetsdag börjar" in page and "Om Värmeböljan i juli" in page
    await scene.stage.work()
    assert mails(scene) == [], "until the next opening words can be mended"
    await scene.stage.at("2026-12-02 08:05")
    return path, item


async def by_link(client: httpx.AsyncClient, link: str, **fields: str) -> httpx.Response:
    page = (await client.get(link)).text
    form = page[page.index('name="item"') - 400 :]
    return await client.post(link, data={**fields_of(page), **fields_of(form), **fields})


async def test_the_seats_are_asked_answer_and_are_read_side_by_side(fresh: Scene) -> None:
    path, item = await inquired(fresh)
    (mail,) = mails(fresh)
    assert not any(word in mail.body for word in (QUESTION["title"], "fungerade", "Värme")), "behind the link"
    link = fresh.link(WHO)
    async with fresh.client() as anybody:
        page = (await anybody.get(link)).text
        assert "Vad fungerade i samordningen?" in page and "Om Värmeböljan i juli" in page and QUESTION["title"] in page
        said = await by_link(anybody, link, answer_1="Larmet 19121212-1212", answer_2="")
        assert said.status_code == 422 and "answer_1-error" in said.text, "as every free text"
        assert (await by_link(anybody, link, answer_1=" ", answer_2="")).status_code == 422
        said = await by_link(anybody, link, answer_1="Larmet.", answer_2="")
        assert said.status_code == 303, said.text[-2000:]
        page = (await anybody.get(link + "?saved=answers")).text
        assert "Tack, svaret på frågorna är sparat." in page and ">Larmet.</textarea>" in page
        said = await by_link(anybody, link, answer_1="Larmet och bemanningen.", answer_2="Svala rum.")
        assert said.status_code == 303, "changed until the day is over"
    async with fresh.client("coordinator") as client:
        page = (await client.get(item)).text
        assert "Larmet och bemanningen." in page and "Svala rum." in page and "1 av 2 platser har svarat" in page
        assert page.count(NOTHING) == 2 and "Bo Ek" not in page and "Anna Ek" not in page, "a seat, and no name"
        wrote = await press(client, item, "inquiry/2", answer_1="Skolan var stängd.", answer_2="")
        assert wrote.status_code == 303, wrote.text[-2000:]
        page = (await client.get(item)).text
        assert "2 av 2 platser har svarat" in page and "Svarade inte på den här frågan" in page
        changed = await press(client, item, "inquiry", **{**ASKS, "by": "2027-04-07"})
        assert changed.status_code == 409 and "Någon har redan svarat" in changed.text
        file = await client.get(f"{path.replace('/groups/', '/boards/')}/sittings/{LATER}/agenda")
        assert file.content[:5] == b"%PDF-"
    await fresh.stage.at("2027-03-29 08:05")
    assert len(mails(fresh)) == 1, "all have answered"
    async with fresh.client("administrator") as client:
        await fresh.stage.at("2027-04-13 16:30")
        assert (await press(client, item, "resolutions", **TASK)).status_code == 303
        page = (await client.get(item)).text
        assert "Larmet och bemanningen." in page and "Följs upp" in page


async def test_who_has_not_answered_is_reminded_once_and_then_it_is_over(fresh: Scene) -> None:
    _, item = await inquired(fresh)
    await fresh.stage.at("2027-03-29 09:00")
    await fresh.stage.at("2027-03-30 08:05")
    first, again = mails(fresh)
    assert "Påminnelse" in again.body and "Påminnelse" not in first.body
    link = fresh.link(WHO)
    await fresh.stage.at("2027-04-06 08:05")
    await fresh.stage.at("2027-04-07 08:05")
    assert len(mails(fresh)) == 2
    async with fresh.client("manager") as client:
        page = (await client.get(item)).text
        assert "Svarstiden är ute" in page and "0 av 2 platser har svarat" in page and NOTHING not in page
        assert "Inget svar" in page and f"{item}/inquiry" not in page, "read, and not kept"
    async with fresh.client() as anybody:
        assert "Vad saknades?" not in (await anybody.get(link)).text


async def test_a_link_answers_for_its_own_seat_and_what_is_asked_now(fresh: Scene) -> None:
    path, item = await inquired(fresh, "bo@al.example")
    link = fresh.link(WHO)
    async with fresh.client() as anybody, fresh.client("administrator") as client:
        said = await by_link(anybody, link, seat="2", answer_1="Larmet.")
        assert said.status_code == 409 and "Frågorna har ändrats" in said.text, "another's"
        old = (await anybody.get(link)).text
        form = old[old.index('name="item"') - 400 :]
        changed = await press(client, item, "inquiry", **{**ASKS, "questions": "Vad saknades mest?"})
        assert changed.status_code == 303
        await fresh.stage.at("2026-12-03 08:05")
        assert len(mails(fresh)) == 2, "all are asked anew"
        late = await anybody.post(link, data={**fields_of(old), **fields_of(form), "answer_1": "Larmet."})
        assert late.status_code == 409, "to what was asked before"
        ended = await press(client, item, "inquiry/ending")
        assert ended.status_code == 303 and "Avslutat" in (await client.get(item)).text
        assert "Vad saknades mest?" not in (await anybody.get(link)).text
        assert (await press(client, path, "readers", readers="open")).status_code == 303
        assert "Vad saknades" not in (await anybody.get(path.replace("/groups/", "/open-groups/"))).text


async def test_what_is_not_asked_is_said_beside_its_field(fresh: Scene) -> None:
    _, _, item = await asked(fresh)
    async with fresh.client("administrator") as client:
        many = "\n".join(f"Fråga {n}?" for n in range(6))
        for wrong, field in (
            ({"questions": ""}, "questions"), ({"questions": many}, "questions"), ({"by": ""}, "by"),
            ({"questions": "Vad hände 19121212-1212?"}, "questions"), ({"about": "19121212-1212"}, "about"),
        ):  # fmt: skip
            said = await press(client, item, "inquiry", **{**ASKS, **wrong})
            assert said.status_code == 422 and f'id="inquiry-{field}-error"' in said.text, wrong
        soon = await press(client, item, "inquiry", **{**ASKS, "by": "2026-11-01"})
        assert soon.status_code == 409 and "Platserna frågas tidigast" in soon.text
        assert (await press(client, item, "inquiry/1", answer_1="Larmet.")).status_code == 409
    for role, status in {"board": 403, "manager": 403, "coordinator": 303}.items():
        async with fresh.client(role) as client:
            assert (await press(client, item, "inquiry", **ASKS)).status_code == status, role
