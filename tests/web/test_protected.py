"""A protected meeting as everybody who is not named: every page, every operation, every calendar and every mail, and
nowhere its number, time, place, text or even that it is there (rules, section 12).
"""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from uuid import UUID, uuid5

import pytest

from sip.domain.people import Language, Role
from sip.store import api_keys, users
from sip.store import db as database
from sip.store.api_keys import KeyRecord
from sip.usecases.actor import ASKING, Actor, ActorKind
from sip.usecases.reading import audit
from tests import doors
from tests.plain import plain
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.making import begin, new_meeting, ready, said
from tests.web.protecting import confirmed, protected_meeting, text_of
from tests.web.scene import Scene, fields_of, on_scene
from tests.web.test_convening import do
from tests.web.test_routes import ENDLESS, GETS, filled

WHO, TEXT = UUID(int=78), "Hemlig planering som bara de namngivna läser"
SIGNS = (TEXT, "Rum Hemligt", "2026-12-22", "22 dec", "20261222")
"""What the protected meeting alone has in the whole scene, its id and number besides."""


@pytest.fixture
async def guarded(database_url: str) -> AsyncIterator[Scene]:
    """The whole scene, and in it one protected meeting."""
    async with on_scene(database_url) as made:
        ids = made.stage.meeting_id
        made.meetings["protected"] = await protected_meeting(
            made, purpose_text=TEXT, place_room="Rum Hemligt", day="2026-12-22", told="phone"
        )
        made.stage.meeting_id = ids
        yield made


async def _signs(scene: Scene) -> tuple[str, ...]:
    key = scene.meetings["protected"]
    async with scene.stage.made.db.transaction(TESTER) as conn:
        row = await (await database.raw(conn)).fetchrow("select reference, case_id from meeting where id = $1", key)
    return (*SIGNS, str(key), str(row[0]), str(row[1]))


async def _walkers(scene: Scene) -> dict[str, str]:
    """A session of every role at every place of the scene that is not named and heads no unit of the meeting."""
    heads = {Role.UNIT_MANAGER, Role.DEPUTY, Role.HEAD_OF_OPERATIONS}
    record = users.UserRecord(WHO, "walker@sip.example", "Vera Vandrare", Language.SV)
    places: list[tuple[str, UUID | None]] = [(one, unit(one)) for one in ("eken", "hemtjanst", "bok")]
    every = [
        users.GrantRecord(uuid5(WHO, f"{role}/{at}"), WHO, role, key)
        for role, (at, key) in product(Role, [*places, ("everywhere", None)])
        if not (role in heads and at in ("eken", "hemtjanst"))
    ]
    # What a role is shown differs by its place, and by little else: each place with its turn of the roles.
    sharp = {(Role.CONVENER, unit("eken")), (Role.UNIT_STAFF, unit("hemtjanst")), (Role.ADMINISTRATOR, None)}
    grants = [one for n, one in enumerate(every) if n % 8 == 0 or (one.role, one.unit_id) in sharp]
    found = {}
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await users.save_users(conn, [record])
        await users.save_grants(conn, grants)
        for grant in grants:
            token, _ = await users.begin_session(conn, WHO, grant.id, timedelta(hours=1))
            found[f"{grant.role}/{grant.unit_id}"] = token
        await (await database.raw(conn)).execute("update web_session set confirmed_at = clock_timestamp()")
    return found


def _pages(scene: Scene) -> list[str]:
    """Every page, with the ids of the scene; where one is about a meeting, with the protected one's, too."""
    key, found = str(scene.meetings["protected"]), []
    for path in GETS:
        if path in ENDLESS or "/sign-in" in path:
            continue
        found.append(filled(path, scene))
        if "{meeting_id:uuid}" in path:
            found.append(filled(path.replace("{meeting_id:uuid}", key), scene))
    return [*found, f"/inbound?meeting={key}", f"/hands/rows?ids={key}", "/meetings?words=Skolan",
            "/meetings/file?words=Skolan"]  # fmt: skip


async def test_what_is_protected_asks_sooner_than_the_rest(database_url: str) -> None:
    """Who confirmed twenty minutes ago reads on where once a day is asked, and is asked anew for what is protected."""
    asks = {"SIP_CONFIRM_MINUTES": "480"}
    async with on_scene(database_url, whole=False, settings=asks) as scene:
        hidden = await protected_meeting(scene)
        async with confirmed(scene, "convener") as client:
            assert (await client.get(f"/meetings/{hidden}")).status_code == 200
            async with scene.stage.made.db.transaction(TESTER) as conn:
                raw = await database.raw(conn)
                await raw.execute("update web_session set confirmed_at = confirmed_at - interval '20 minutes'")
            for path in (f"/meetings/{hidden}", "/matters"):
                assert (await client.get(path)).headers["location"] == f"/confirm?next={path}"
            assert (await client.get(f"/meetings/{WHO}")).status_code == 404, "the rest is not asked for again"


async def test_no_page_tells_anybody_of_it(guarded: Scene) -> None:
    signs, told = await _signs(guarded), []
    key = str(guarded.meetings["protected"])
    for name, token in (await _walkers(guarded)).items():
        async with plain(guarded.origin, headers={"accept-language": "sv"}) as client:
            client.cookies.set("sip_session", token)
            for path in _pages(guarded):
                answer = await client.get(path)
                text = answer.text.replace(path.partition("?")[0], "").replace(key, "" if key in path else key)
                if key in path and path.startswith("/meetings/") and answer.status_code == 200:
                    told.append((name, path, "200"))
                told += [(name, path, sign) for sign in signs if sign in text]
    assert not told, told[:20]


async def test_no_list_tells_even_those_who_are_named(guarded: Scene) -> None:
    """They have a page of their own for it; what stands on a wall, is printed or fetched as a file holds nothing."""
    signs = await _signs(guarded)
    for who in ("convener", "manager"):
        async with confirmed(guarded, who) as client:
            for path in ("/", "/meetings", "/meetings/file", "/our-unit", "/hands/rows", "/deviations", "/feeds"):
                answer = await client.get(path, follow_redirects=True)
                assert not [one for one in signs if one in answer.text], (who, path)
            assert signs[-2] in (await client.get("/matters")).text


async def test_no_operation_tells_a_program_of_it(guarded: Scene) -> None:
    signs, told, key = await _signs(guarded), [], str(guarded.meetings["protected"])
    async with guarded.client() as client:
        operations = (await client.get("/api/schema/openapi.json")).json()["paths"]
        gets = [path for path, acts in operations.items() if "get" in acts]
        assert len(gets) > 10
        for role in Role:
            async with guarded.stage.made.db.transaction(TESTER) as conn:
                secret = await api_keys.make(conn, KeyRecord(uuid5(WHO, role), f"nyckel {role}", role))
            for path in gets:
                for where in {re.sub(r"\{\w+\}", key, path), path.split("{")[0].rstrip("/")}:
                    answer = await client.get(where, headers={"authorization": f"Bearer {secret}"})
                    text = answer.text.replace(key, "") if key in where else answer.text
                    told += [(role, where, sign) for sign in signs if sign in text]
                    if key in where and "/meetings/" in where:
                        assert answer.status_code in (403, 404), (role, where)
    assert not told, told[:20]


async def test_a_program_makes_no_protected_case(guarded: Scene) -> None:
    async with guarded.stage.made.db.transaction(TESTER) as conn:
        secret = await api_keys.make(conn, KeyRecord(WHO, "nyckeln", Role.ADMINISTRATOR))
    body = {"unit_id": str(unit("eken")), "consent": {"given": "Muntligt"}, "protected": True}
    async with guarded.client() as client:
        headers = {"authorization": f"Bearer {secret}", "idempotency-key": "one"}
        answer = await client.post("/api/v1/cases", json=body, headers=headers)
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] == "protected_case"


async def test_no_mail_tells_anybody_of_it(guarded: Scene) -> None:
    """All that leaves until the meeting's day, the weeks' mails of its units and the morning mails included."""
    signs = await _signs(guarded)
    await guarded.stage.at("2026-12-22 12:00")
    told = []
    for letter in guarded.stage.relay.letters:
        raw = letter.message.as_string() + text_of(letter)
        told += [(letter.subject, sign) for sign in signs if sign in raw]
    assert not told, told[:10]


async def test_a_subscribed_calendar_has_nothing_of_it(guarded: Scene) -> None:
    signs = await _signs(guarded)
    for who, kind in (("convener", "person"), ("manager", "unit"), ("coordinator", "area")):
        async with confirmed(guarded, who) as client:
            page = await client.get("/feeds")
            made = await client.post("/feeds", data={**fields_of(page.text), "kind": kind}, follow_redirects=True)
            found = re.search(r"/feeds/[\w-]+\.ics", made.text)
            assert found is not None, (who, made.status_code)
            answer = await client.get(found.group())
            assert answer.status_code == 200
            assert not [one for one in signs if one in answer.text], who


async def test_the_check_shows_what_the_units_will_get(fresh: Scene) -> None:
    async with confirmed(fresh, "convener") as client:
        path, page = await ready(client, protected="yes")
        assert "Enheterna får ett mejl som bara säger att de har ett ärende" in page.text
        assert page.text.count("Ingen tid hamnar i någon kalender.") == 3, "the convener's own unit, too"
        letter = await client.get(f"{path.removesuffix('/check')}/mail/2")
        assert "Du har ett ärende" in letter.text and "Rum 2" not in letter.text and "7 dec" not in letter.text


async def test_the_pages_that_make_it_ask_for_a_code(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        base, page = await ready(client, protected="yes")
        assert page.status_code == 303 and page.headers["location"].startswith("/confirm")
        assert (await client.get(base.replace("/check", "/when"))).status_code == 303


async def test_no_code_at_the_door_and_no_times_by_mail(fresh: Scene) -> None:
    meeting = await protected_meeting(fresh)
    room = fresh.stage.made.vault.room(meeting)
    async with confirmed(fresh, "convener") as client:
        days = {"day_1": "2026-12-08", "from_1": "10:00", "to_1": "11:00", "day_2": "2026-12-09", "from_2": "10:00",
                "to_2": "11:00", "closes": "2026-11-20"}  # fmt: skip
        page = await client.get(f"/meetings/{meeting}/poll")
        await client.post(f"/meetings/{meeting}/poll", data={**fields_of(page.text), **days})
        await fresh.stage.at("2026-12-07 10:00")
        assert "/narvaro/" not in (await client.get(f"/meetings/{meeting}/attendance")).text
    async with fresh.client() as visitor:
        assert (await visitor.get(f"/narvaro/{meeting}/{room}")).status_code == 404
    assert {one.subject for one in fresh.stage.mailbox("skolan@al.example")} <= {
        "Du har ett ärende", "Du har ett ärende som ingen har tagit",
    }  # fmt: skip


async def test_an_open_case_is_not_made_protected_and_a_protected_one_is_known_to_the_named(fresh: Scene) -> None:
    async with confirmed(fresh, "convener") as client:
        plain = await new_meeting(client, then="keep")
        reference = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{3}\b", plain.text)
        assert reference is not None
        again = {"reference": reference.group(), "ground": "existing"}
        refused = await new_meeting(client, protected="yes", **again)
        assert "Det ärendet har inte skyddade personuppgifter." in refused.text
        page = await new_meeting(client, protected="yes", day="2026-12-10")
        hidden = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{3}\b", page.text)
        assert hidden is not None
        follows = await new_meeting(client, reference=hidden.group(), ground="existing", day="2026-12-15")
        assert "Skyddade personuppgifter" in follows.text, "without a tick: the case is, so the meeting is"
    async with confirmed(fresh, "coordinator") as other:
        base, answers = await begin(other, "adult.new_plan"), []
        for reference_typed in (hidden.group(), "2222-222"):  # one that is there and one that is not
            form = {"reference": reference_typed, "ground": "existing", "told": "later"}
            page = await said(other, base, "consent", **form)
            answers.append((page.status_code, re.findall(r'class="ds-validation-message"[^>]*>([^<]+)', page.text)))
        assert answers[0] == answers[1], answers
        listed = (await other.get("/meetings", params={"q": hidden.group()})).text
        own_words = (
            r'(?:value|href|action)="[^"]*"|<title>.*?</title>|Sök: [^.]*\.'  # what was searched for, by who searches
        )
        assert hidden.group() not in re.sub(own_words, "", listed)


async def test_who_may_not_names_nobody(fresh: Scene) -> None:
    meeting = await protected_meeting(fresh)
    sara = str(uuid5(UUID(int=9), "staff"))
    for who, status in (("outsider", 404), ("staff", 404), ("coordinator", 404), ("administrator", 404)):
        async with confirmed(fresh, who) as client:
            fields = fields_of((await client.get("/profile")).text)
            answer = await client.post(f"/meetings/{meeting}/parties/2/named", data={**fields, "user": sara})
            assert answer.status_code == status, who
    async with confirmed(fresh, "convener") as client:
        stranger = str(uuid5(UUID(int=9), "outsider"))
        answer = await do(client, f"/meetings/{meeting}/parties/2/named", user=stranger)
        assert answer.status_code == 422 and "Välj någon som har en roll i enheten." in answer.text
        clara = str(uuid5(UUID(int=9), "convener"))
        answer = await do(client, f"/meetings/{meeting}/parties/1/unnamed", user=clara)
        assert answer.status_code == 409 and "Namnge en annan först." in answer.text


def test_what_a_key_is_called_makes_no_user_of_it() -> None:
    key = Actor(ActorKind.API_KEY, str(WHO), "Nyckel", unit("eken"), Role.UNIT_MANAGER)
    assert not key.scope.heads
    assert doors.routes()


async def test_no_answer_to_an_auditor_tells_of_it(guarded: Scene) -> None:
    """What the convener read and what is kept about her: by page and by key, neither knows the protected meeting."""
    signs, told, made = (await _signs(guarded))[len(SIGNS) :], [], guarded.stage.made
    clara = uuid5(UUID(int=9), "convener")
    async with confirmed(guarded, "convener") as client:
        assert (await client.get(f"/meetings/{guarded.meetings['protected']}")).status_code == 200
    async with made.db.transaction(TESTER) as conn:
        secret = await api_keys.make(conn, KeyRecord(uuid5(WHO, "auditor"), "granskning", Role.AUDITOR))
        await users.save_users(conn, [users.UserRecord(clara, "clara@region.example", "Clara Kallar", Language.SV)])
    async with guarded.client() as program:
        headers = {"authorization": f"Bearer {secret}"}
        for path in (f"/api/v1/audit/users/{clara}/readings?first=2026-10-01", f"/api/v1/audit/extracts/{clara}"):
            answer = await program.get(path, headers=headers)
            assert answer.status_code == 200, answer.text
            told += [(path, sign) for sign in signs if sign in answer.text]
        answer = await program.post("/api/v1/audit/search", headers=headers, json={"reference": signs[-2]})
        assert answer.json()["meeting_id"] is None
    async with confirmed(guarded, "auditor") as agda:
        for path in (
            f"/audit/users/{clara}?from=2026-10-01",
            f"/audit/extracts/{clara}",
            f"/audit/extracts/{clara}/file",
        ):
            answer = await agda.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            told += [(path, sign) for sign in signs if sign in answer.text]
    assert not told, told
    whole = await audit.about(made.db, "clara@region.example", actor=ASKING, now=await guarded.stage.now())
    assert all(sign in str(whole) for sign in signs), "at the command line it is whole, for her who asked"
