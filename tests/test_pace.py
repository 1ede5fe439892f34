"""Who asks too much waits, and holds up nobody else."""

from sip.domain.people import Role
from sip.edges.pace import AskingPace
from sip.store import api_keys
from sip.store.api_keys import KeyRecord
from tests.domain.cast import ident
from tests.plain import plain
from tests.tester import TESTER
from tests.web.scene import on_scene, sign_in


def test_it_comes_back_evenly_and_no_more_than_once() -> None:
    pace = AskingPace(60)
    assert [pace.takes("a", 0.0) for _ in range(61)] == [True] * 60 + [False]
    assert pace.takes("b", 0.0), "another"
    assert [pace.takes("a", 1.0), pace.takes("a", 1.0)] == [True, False], "one a second"
    assert [pace.takes("a", 10_000.0) for _ in range(61)] == [True] * 60 + [False], "no more than a minute's"
    assert all(AskingPace(0).takes("a") for _ in range(1000)), "no limit"


def test_what_has_come_back_is_not_kept() -> None:
    pace = AskingPace(2)
    for n in range(6_000):
        assert pace.takes(str(n), float(n))
    assert len(pace._left) < 5_001


async def test_a_user_and_a_key_that_ask_too_much_wait(database_url: str) -> None:
    async with on_scene(database_url, whole=False, settings={"SIP_REQUESTS_PER_MINUTE": "20"}) as scene:
        async with scene.stage.made.db.transaction(TESTER) as conn:
            secret = await api_keys.make(conn, KeyRecord(ident("key"), "key", Role.COORDINATOR))
        async with (
            plain(scene.origin) as hungry,
            plain(scene.origin) as other,
            plain(scene.origin, headers={"authorization": f"Bearer {secret}"}) as program,
        ):
            for client, who in ((hungry, "convener"), (other, "manager")):
                assert (await sign_in(client, who)).status_code == 303
            pages = [(await hungry.get("/profile")).status_code for _ in range(30)]
            assert pages[:20] == [200] * 20 and 429 in pages
            assert (await other.get("/profile")).status_code == 200
            calls = [await program.get("/api/v1/me") for _ in range(30)]
            assert calls[0].status_code == 200
            late = next(one for one in calls if one.status_code == 429)
            assert late.json()["code"] == "too_many" and late.headers["retry-after"] == "10"
