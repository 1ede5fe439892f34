"""A help page for each role, and a way for anybody to say what could not be used (law 2018:1937)."""

import re
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from sip.domain.barrier import MOST_TOLD
from sip.edges.words import words
from sip.store import agreements
from sip.store.barriers import Barrier
from sip.store.db import raw
from sip.usecases import barriers
from tests.stories.county import agreement
from tests.stories.stage import at
from tests.tester import TESTER
from tests.web.scene import ROLES, Scene, address_of, fields_of


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_reads_what_is_its_own(fresh: Scene, role: str) -> None:
    async with fresh.client(role) as client:
        page = await client.get("/help")
    assert page.status_code == 200
    assert "Det här väntas av dig" in page.text and 'href="/help"' in page.text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_help_says_a_figure_that_an_agreement_may_set(language: str) -> None:
    counted = {"sv": r"\d|\b(två|tre|fyra|fem|tio) (gång|arbetsdag|dag|veck|månad)",
               "en": r"\d|\btwice|\b(two|three|four|five|ten) (time|working|day|week|month)"}  # fmt: skip
    for key, text in words(language).items():
        if key.startswith("help."):
            assert re.search(counted[language], text) is None, key


async def test_the_figures_of_a_help_page_are_those_of_the_agreement_in_force_at_ones_place(fresh: Scene) -> None:
    async with fresh.client("staff") as client:  # Al has joined
        before = (await client.get("/help")).text
        assert "högst 2 gånger" in before and "hörs i 10 arbetsdagar" in before and "version 1" in before
        rules = replace(agreement().rules, redirect_hops=1, hearing=7, gaps=(4, 2, 2, 1))
        changed = replace(agreement(), version=2, valid_from=date(2026, 11, 5), rules=rules)
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            await agreements.keep(conn, [changed])
        assert (await client.get("/help")).text.count("högst 2 gånger") == 1  # not before its day
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            await agreements.keep(conn, [replace(changed, version=3, valid_from=date(2026, 11, 2))])
        after = (await client.get("/help")).text
        assert "högst 1 gång." in after and "hörs i 7 arbetsdagar" in after and "påminns 4 arbetsdagar" in after
        assert "högst 2 gånger" not in after and "version 3" in after
        english = (await client.get("/help?lang=en")).text
        assert "7 working days" in english and "10 working days after" not in english
    async with fresh.client("outsider") as client:
        outside = (await client.get("/help")).text
    assert "har inte anslutit sig till någon överenskommelse" in outside and "arbetsdagar" not in outside


def test_no_help_is_longer_than_somebody_reads() -> None:
    for language in ("sv", "en"):
        table = words(language)
        groups = {key.split(".")[1] for key in table if key.startswith("help.") and key.count(".") == 2}
        assert len(groups) == 7
        for group in groups:
            told = f"{table[f'help.{group}.sees']} {table[f'help.{group}.does']}".split()
            assert 60 <= len(told) <= 200, (language, group, len(told))


async def test_what_could_not_be_used_is_told_without_sign_in_and_seen_to(fresh: Scene) -> None:
    async with fresh.client() as visitor:
        hidden = fields_of((await visitor.get("/accessibility")).text)
        empty = await visitor.post("/accessibility", data=hidden)
        assert empty.status_code == 422 and 'href="#said"' in empty.text
        number = await visitor.post("/accessibility", data={**hidden, "said": "Jag är 19121212-1212"})
        assert number.status_code == 422 and "personnummer" in number.text
        told = await visitor.post(
            "/accessibility", data={**hidden, "said": "Knappen läses inte upp.", "email": "kim@brev.example"},
            follow_redirects=True,
        )  # fmt: skip
        assert "Tack. Vi tittar på det." in told.text
        assert (await visitor.get("/accessibility/told")).status_code == 303
    async with fresh.client("administrator") as client:
        assert "En sak som inte gick att använda väntar på dig" in (await client.get("/accessibility")).text
        page = await client.get("/accessibility/told")
        assert "Knappen läses inte upp." in page.text and "kim@brev.example" in page.text
        action = page.text.split('action="/accessibility/told/')[1].split('"')[0]
        done = await client.post(f"/accessibility/told/{action}", data=fields_of(page.text), follow_redirects=True)
        assert "Omhändertagen" in done.text and "kim@brev.example" not in done.text
    async with fresh.client("coordinator") as client:
        assert (await client.get("/accessibility/told")).status_code == 404


async def test_who_administers_the_service_is_mailed_that_something_was_told_but_never_what(fresh: Scene) -> None:
    async with fresh.client() as visitor:
        hidden = fields_of((await visitor.get("/accessibility")).text)
        form = {**hidden, "said": "Knappen läses inte upp.", "place": "Svarssidan", "email": "kim@brev.example"}
        for _ in range(2):  # the same form again is the same report
            await visitor.post("/accessibility", data=form)
    await fresh.stage.work()
    [letter] = fresh.stage.mailbox(address_of("administrator"))
    assert letter.subject == "Något i tjänsten gick inte att använda"
    assert "/accessibility/told" in letter.body
    assert not any(word in letter.body for word in ("läses inte upp", "Svarssidan", "kim@"))
    assert not fresh.stage.mailbox(address_of("coordinator"))


async def test_no_flood_of_reports_is_a_flood_of_mail(fresh: Scene) -> None:
    now = at("2026-11-23 08:12")
    for n in range(MOST_TOLD + 2):
        await barriers.tell(fresh.stage.made.db, Barrier(uuid4(), f"sak {n}", None, None, now))
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        rows = await (await raw(conn)).fetch("select recipient from outbox where kind = 'barrier'")
    assert len(rows) == MOST_TOLD


async def test_who_tells_without_end_waits(fresh: Scene) -> None:
    async with fresh.client() as visitor:
        statuses = []
        for n in range(7):
            hidden = fields_of((await visitor.get("/accessibility")).text)
            statuses.append((await visitor.post("/accessibility", data={**hidden, "said": f"sak {n}"})).status_code)
    assert statuses == [303] * 5 + [429] * 2
