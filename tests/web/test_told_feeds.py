"""Groups are followed by programs and found by staff who sit in none (rules, section 21 O2 and O3)."""

import re
from datetime import datetime
from uuid import UUID, uuid4
from xml.etree import ElementTree as Xml

import httpx
from icalendar import Calendar

from sip.domain.group import GroupState, StandingKind
from sip.domain.people import Language
from sip.edges.web.groups.atom import atom_of
from sip.store.told import ToldGroup, ToldResolution
from tests.domain.cast import at
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of
from tests.web.subscribing import ADDRESS, Program
from tests.web.test_open_groups import DECIDED, decided, opened, seated
from tests.web.test_report_life import press

ATOM = "{http://www.w3.org/2005/Atom}"


async def fetch(scene: Scene, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async with scene.client() as client:
        return await client.request(method, path, headers=headers)


def checked(data: bytes) -> Xml.Element:
    """The feed, if it has all that RFC 4287, sections 4.1.1 and 4.1.2 want of it."""
    feed = Xml.fromstring(data)
    assert feed.tag == f"{ATOM}feed"
    for one in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = one.findall(f"{ATOM}{name}")
            assert found.text
        assert (one.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
        UUID((one.findtext(f"{ATOM}id") or "").removeprefix("urn:uuid:"))
        datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "")
        assert [link for link in one.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = [one.findtext(f"{ATOM}id") for one in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return feed


async def test_decisions_are_atom_and_an_entry_changes_when_it_is_done(fresh: Scene) -> None:
    path = await seated(fresh)
    page = await opened(fresh, path)
    empty = checked((await fetch(fresh, f"{page}/decisions.atom")).content)
    assert not empty.findall(f"{ATOM}entry")
    await decided(fresh, path, DECIDED["title"])
    answer = await fetch(fresh, f"{page}/decisions.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = checked(answer.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == DECIDED["title"]
    content = entry.findtext(f"{ATOM}content") or ""
    assert DECIDED["text"] in content and DECIDED["grounds"] in content and "Underlag" not in content
    (link,) = [one.get("href") for one in feed.findall(f"{ATOM}link") if one.get("rel") == "self"]
    assert link == f"http://sip.example{page}/decisions.atom"
    again = await fetch(fresh, f"{page}/decisions.atom", **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await fetch(fresh, f"{page}/decisions.atom", "HEAD")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    await decided(fresh, path, "En till")
    assert len(checked((await fetch(fresh, f"{page}/decisions.atom")).content).findall(f"{ATOM}entry")) == 2
    stale = await fetch(fresh, f"{page}/decisions.atom", **{"If-None-Match": answer.headers["etag"]})
    assert stale.status_code == 200


async def test_dates_are_a_calendar_of_hours_alone(fresh: Scene) -> None:
    page = await opened(fresh, await seated(fresh))
    answer = await fetch(fresh, f"{page}/dates.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    found = Calendar.from_ical(answer.content)
    assert isinstance(found, Calendar) and not found.errors
    first, second = found.events
    assert first.start == at("2027-02-09 13:00") and second.end == at("2027-04-13 16:00")
    assert str(first["SUMMARY"]) == "Chefsnätverk barn och unga" and "LOCATION" not in first and "ATTENDEE" not in first
    assert str(first["URL"]) == f"http://sip.example{page}" and not first.errors
    again = await fetch(fresh, f"{page}/dates.ics", **{"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await fetch(fresh, f"{page}/dates.ics?lang=en")).headers["etag"] != answer.headers["etag"]
    assert (await fetch(fresh, f"{page}/dates.ics", "HEAD")).headers["etag"] == answer.headers["etag"]


async def test_a_group_that_is_not_open_has_no_feed_and_one_that_never_was_says_the_same(fresh: Scene) -> None:
    path = await seated(fresh)
    await decided(fresh, path, DECIDED["title"])
    for name in ("dates.ics", "decisions.atom"):
        here = await fetch(fresh, f"{path.replace('/groups/', '/open-groups/')}/{name}")
        never = await fetch(fresh, f"/open-groups/{uuid4()}/{name}")
        assert (here.status_code, here.content) == (404, never.content)
        assert set(here.headers) == set(never.headers)


def test_what_xml_has_no_character_for_is_left_out() -> None:
    said = "a\x00\x0b\x1b<b>&\ufffe\U0001f600"
    one = ToldResolution(
        uuid4(), 1, uuid4(), said, said, said, said, at("2026-11-02 10:00").date(), at("2026-11-02 10:00"),
        at("2026-12-02 10:00").date(), at("2026-12-01 10:00"), True,
    )  # fmt: skip
    group = ToldGroup(
        uuid4(), StandingKind.CARE_COUNCIL, said, GroupState.STANDING, None, None, None, "", None, None, None, True,
        at("2026-11-02 10:00"),
    )  # fmt: skip
    feed = checked(atom_of(group, [one], page="https://sip.example/x?a=1&b=2", address="x", language=Language.EN))
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "a<b>&\U0001f600"
    assert feed.findtext(f"{ATOM}entry/{ATOM}updated") == "2026-12-01T09:00:00Z"
    assert "is done" in (feed.findtext(f"{ATOM}entry/{ATOM}content") or "")


async def test_staff_who_sit_in_no_group_find_what_was_decided_about_their_work(fresh: Scene) -> None:
    path = await seated(fresh)
    page = path.replace("/groups/", "/decisions/")
    await decided(fresh, path, "Läkare på SIP-möten")
    for role in ("staff", "convener", "chair", "manager", "coordinator", "board", "administrator", "neighbour"):
        async with fresh.client(role) as client:
            home = (await client.get("/help")).text
            assert 'href="/decisions"' in home, role
            found = (await client.get("/decisions?q=läkaren")).text
            assert "Läkare på SIP-möten" in found
            assert DECIDED["grounds"] in found, role
            assert "Inget beslut" in (await client.get("/decisions?q=underlag")).text, "what is not told finds nothing"
            read = (await client.get(page)).text
            assert "Samordnar stöd" in read and "Al kommun" in read and DECIDED["text"] in read, role
            for kept in ("Anna Ek", "anna@al.example", "Sal 2", "Underlag"):
                assert kept not in read, (role, kept)
    for role in ("stranger", "outsider"):
        async with fresh.client(role) as client:
            listed = (await client.get("/decisions?q=läkare")).text
            assert "Chefsnätverk" not in listed and "Läkare på" not in listed, role
            assert (await client.get(page)).status_code == 404, role
    async with fresh.client("auditor") as client:
        assert (await client.get("/decisions")).status_code == 403
    await opened(fresh, path)
    await decided(fresh, path, "Nytt efter öppning")
    async with fresh.client("outsider") as client:
        read = (await client.get(page)).text
        assert "Nytt efter öppning" in read and "Läkare på SIP-möten" not in read, "of another county what is open"
        assert "Nytt efter öppning" in (await client.get("/decisions?q=öppning")).text
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        logged = await conn.exec_driver_sql(
            "select count(*) from access_log where subject_kind = 'standing_group' and actor_role = 'unit_staff'"
        )
        assert logged.scalar_one() >= 3


async def made(scene: Scene, role: str, group: str) -> httpx.Response:
    async with scene.client(role) as client:
        hidden = fields_of((await client.get("/feeds")).text)
        return await client.post("/feeds", data={**hidden, "kind": "group", "group": group})


async def test_a_group_of_the_signed_in_has_its_calendar_at_a_secret_address(fresh: Scene) -> None:
    path = await seated(fresh)
    group = path.rpartition("/")[2]
    shown = await made(fresh, "staff", group)
    assert shown.status_code == 200 and "Möten i Chefsnätverk barn och unga" in shown.text
    secret = ADDRESS.search(shown.text)
    assert secret is not None
    program = Program(fresh, secret[1])
    assert await program.summaries() == ["Chefsnätverk barn och unga"] * 2
    assert (await program.refresh()).status_code == 200
    assert (await program.refresh()).status_code == 304
    async with fresh.client("staff") as client:
        page = (await client.get("/feeds")).text
        assert "Möten i Chefsnätverk barn och unga" in page
        (feed,) = re.findall(r"/feeds/([0-9a-f-]{36})/rotation", page)
    async with fresh.client("administrator") as client:
        assert (await press(client, path, "closing", reason="Klart.")).status_code == 303
    assert (await program.refresh()).status_code == 200, "its dates leave the calendar"
    assert await program.summaries() == []
    async with fresh.client("staff") as client:
        hidden = fields_of((await client.get("/feeds")).text)
        assert (await client.post(f"/feeds/{feed}/revocation", data=hidden)).status_code == 303
    assert (await program.ask()).status_code == 410


async def test_nobody_has_a_calendar_of_a_group_that_she_is_not_told_of(fresh: Scene) -> None:
    path = await seated(fresh)
    group = path.rpartition("/")[2]
    assert (await made(fresh, "outsider", group)).status_code == 404
    assert (await made(fresh, "staff", str(uuid4()))).status_code == 404
    assert (await made(fresh, "staff", "")).status_code == 422
    await opened(fresh, path)
    shown = await made(fresh, "outsider", group)
    secret = ADDRESS.search(shown.text)
    assert shown.status_code == 200 and secret is not None
    await opened(fresh, path, "signed_in")
    assert (await Program(fresh, secret[1]).ask()).status_code == 410, "it ends when she no longer reads it"
