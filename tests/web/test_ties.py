"""What sign-in providers call a user: said by who keeps the users, on her page; seen and changed by nobody else."""

from uuid import UUID, uuid5

from sqlalchemy import text

from sip.domain.people import Role
from sip.store import users
from sip.store.users import GrantRecord
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, csrf_of, sign_in

MANAGER, CONVENER = (uuid5(UUID(int=9), name) for name in ("manager", "convener"))


async def test_an_administrator_says_whom_a_value_means(connected: Scene) -> None:
    async with connected.client("administrator") as client:
        here = f"/users/{MANAGER}/sign-in"
        assert here in (await client.get(f"/users/{MANAGER}")).text
        form = {"_csrf": csrf_of((await client.get(here)).text), "provider": "siths", "subject": "SE2321000131-A1"}
        assert (await client.post(here, data=form)).status_code == 303
        assert "SE2321000131-A1" in (await client.get(here)).text
        taken = await client.post(f"/users/{CONVENER}/sign-in", data=form)
        assert (taken.status_code, "redan kopplat till en annan" in taken.text) == (422, True)
        number = await client.post(here, data=form | {"subject": "19121212-1212"})
        assert number.status_code == 422, "a personal number is none that is kept"
        unknown = await client.post(here, data=form | {"provider": "other", "subject": "x"})
        assert unknown.status_code == 422
        assert (await client.post(f"{here}/end", data=form)).status_code == 303
        assert (await client.post(f"{here}/end", data=form)).status_code == 404
    async with connected.stage.made.db.transaction(TESTER) as conn:
        assert (await conn.execute(text("select count(*) from user_identity"))).scalar_one() == 0
        noted = (await conn.execute(text("select action from access_log where subject_kind = 'user'"))).scalars().all()
    assert {"tie", "untie"} <= set(noted)


async def test_a_role_is_given_the_assignment_it_goes_with(connected: Scene) -> None:
    async with connected.stage.made.db.transaction(TESTER) as conn:
        grant = (
            await conn.execute(text("select id from user_role where user_id = :user"), {"user": MANAGER})
        ).scalar_one()
    async with connected.client("administrator") as client:
        here = f"/users/{MANAGER}/sign-in"
        form = {"_csrf": csrf_of((await client.get(here)).text), "commission": "SE2321000131-U1"}
        assert (await client.post(f"{here}/{grant}", data=form)).status_code == 303
        assert 'value="SE2321000131-U1"' in (await client.get(here)).text
        assert (await client.post(f"/users/{CONVENER}/sign-in/{grant}", data=form)).status_code == 404


async def test_a_password_chooses_no_assignment(connected: Scene) -> None:
    """A role with one is not hers by password: what is open in it ends, and the last administrator keeps a way in."""
    db = connected.stage.made.db

    async def tied(who: str, commission: str) -> int:
        user = uuid5(UUID(int=9), who)
        async with db.transaction(TESTER) as conn:
            sql = text("select id from user_role where user_id = :user order by role <> 'unit_manager' limit 1")
            grant = (await conn.execute(sql, {"user": user})).scalar_one()
        async with connected.client("administrator") as client:
            here = f"/users/{user}/sign-in"
            form = {"_csrf": csrf_of((await client.get(here)).text), "commission": commission}
            return (await client.post(f"{here}/{grant}", data=form)).status_code

    async with connected.client("manager") as mona:
        assert (await mona.get("/profile")).status_code == 200
        assert await tied("manager", "SE2321000131-U1") == 303
        assert (await mona.get("/profile")).status_code == 303, "signed out"
        answer = await sign_in(mona, "manager")
        assert answer.status_code == 403, "no role is left that a password opens"
        other = GrantRecord(UUID(int=55), MANAGER, Role.UNIT_STAFF, unit("bok"), None, None)
        async with db.transaction(TESTER) as conn:
            await users.save_grants(conn, [other])
        assert (await sign_in(mona, "manager")).status_code == 303
        page = await mona.get("/roles")
        form = {"_csrf": csrf_of(page.text), "role": str(uuid5(MANAGER, Role.UNIT_MANAGER))}
        assert (await mona.post("/roles", data=form)).status_code == 404, "nor is it there to choose"
    assert await tied("administrator", "SE2321000131-U9") == 422, "nobody could come in and administer"


async def test_nobody_else_sees_or_says_it(connected: Scene) -> None:
    async with connected.client("manager") as client:
        token = csrf_of((await client.get("/profile")).text)
        here = f"/users/{MANAGER}/sign-in"
        assert (await client.get(here)).status_code == 404
        form = {"_csrf": token, "provider": "siths", "subject": "SE2321000131-A1"}
        for path in (here, f"{here}/end", f"{here}/{MANAGER}"):
            assert (await client.post(path, data=form)).status_code == 404, path


async def test_a_provider_that_is_away_is_said_to_be(connected: Scene) -> None:
    async with connected.client() as client:
        assert "SITHS-kort" in (await client.get("/sign-in")).text
        answer = await client.get("/sign-in/with/siths")
        assert (answer.status_code, "SITHS-kort svarar inte" in answer.text) == (503, True)
        assert (await client.get("/sign-in/with/other")).status_code == 404
        assert (await client.get("/sign-in/with/siths/back?state=x&code=y")).status_code == 403
        assert (await client.post("/sign-in/with/siths/ended", data={"logout_token": "x"})).status_code == 400
