"""Every page as every role, inside and outside its place, against the table: who may not is refused, and nothing is
written. That who may gets further is tried where each page is.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import product
from uuid import UUID, uuid5

from sip.domain.people import Language, Role
from sip.edges.web.shell.confirmation import is_asked
from sip.store import db as database
from sip.store import users
from sip.usecases.acts import TABLE, Act, Where
from tests import doors
from tests.plain import plain
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, csrf_of
from tests.web.test_routes import checksums, filled, the_report

CALLS, CALLED, OUTSIDE = "eken", "hemtjanst", "bok"
"""The unit that calls the meeting `claims`, one that is called to it, and one that is not."""
PLACES, ROLES = (CALLS, CALLED, OUTSIDE), tuple(Role)
WHO = UUID(int=77)
ABOUT_A_MEETING = "{meeting_id:uuid}"
ABOUT_A_REPORT = "{report_id:uuid}"
FORM = {
    "answer": "attends", "reason": "other", "statement": "right", "channel": "phone", "verdict": "accept",
    "obligation": "summoned", "cause": "other", "account": "Vi glömde.", "withdrawn": "yes",
    "description": "Otydligt.", "categories_communication": "on", "name": "Ny", "kind": "other",
    "first_day": "2026-12-03", "last_day": "2026-12-03",
    "day": "2026-12-03", "from": "10:00", "to": "11:00", "form": "phone", "place_kind": "phone",
    "place_phone": "010-319 200", "purpose": "new_plan", "purpose_text": "Planera.", "questions": "Vem gör vad?",
    "until_day": "2026-12-01", "until_time": "10:00", "convener_person": "Clara Kallar",
    "convener_phone": "010-319 299", "convener_email": "clara@region.example", "version": "1",
    "text": "Vi återkommer.", "owner": "enhetschef", "due_on": "2027-01-11", "done": "yes", "effect": "Bättre.",
    "into": "00000000-0000-0000-0000-000000000007",
}  # fmt: skip
REFUSED = {401, 403, 404}
ELSEWHERE = {"/": 303, "/matters": 303, "/hands/rows": 204, "/hands/{meeting_id:uuid}/{act:str}": 409} | dict.fromkeys(
    (
        "/meetings/bulk", "/meetings/{meeting_id:uuid}/parties/{party:int}/substitute", "/our-unit/mailboxes",
        "/meetings/{meeting_id:uuid}/parties/{party:int}/named",
        "/meetings/{meeting_id:uuid}/parties/{party:int}/unnamed",
        "/our-unit/deputies", "/our-unit/leaves", "/our-unit/substitutes",
    ), 422,
)  # fmt: skip
"""Who has no start page is led on; an act that is not hers in a row is one that is gone; where somebody has to be named
it is asked first who is meant, what is protected asks for a code, and of several meetings at once each is answered."""


def needed() -> list[tuple[str, str, Act]]:
    return [(method, path, opens) for method, path, opens in doors.routes() if isinstance(opens, Act)]


def refused(role: Role, at: str, path: str, act: Act) -> bool:
    """Whether the table forbids it, whatever the state of the things in the scene."""
    rule = TABLE[act]
    if role not in rule.roles or rule.where is Where.INSTALLATION:
        return True
    if ABOUT_A_MEETING in path:
        return at == OUTSIDE or (at == CALLED and rule.where is Where.CONVENING)
    if ABOUT_A_REPORT in path:  # of `absent`, which eken called and to which nobody came from hemtjanst
        sides = {Where.REPORTING: CALLS, Where.RECEIVING: CALLED}
        return at == OUTSIDE or (rule.where in sides and at != sides[rule.where])
    if rule.where is Where.PLACE and "_id:uuid}" in path and "agreement" not in path:
        return at != CALLED or "principal" in path or "organisation" in path  # the unit's own things are hemtjanst's
    return False


ASKED = {Act.KEEP_INSTALLATION, Act.KEEP_DIRECTORY, Act.DISPOSE, Act.AUDIT}
"""What decides who may do what, whom mail reaches, what binds whom, what goes, and who looked at whom."""
WORDS = ("/meetings/{meeting_id", "/deviations/{report_id", "/inbound/{number", "/hands/{meeting_id")
"""What people wrote of a matter."""


def test_administration_and_free_text_ask_anew_who_it_is() -> None:
    """Each such door, whatever is added: but for samples of mails, of nobody."""
    open_ones = [
        path
        for _, path, act in needed()
        if (act in ASKED or path.startswith(WORDS) or path == "/our-unit/mailboxes")
        and not is_asked(re.sub(r":\w+}", "}", path))
    ]
    assert open_ones == ["/mail-preview", "/mail-preview/{name:str}", "/mail-preview/{name:str}/html"]


@asynccontextmanager
async def walker(scene: Scene) -> AsyncIterator[dict[tuple[Role, str], str]]:
    """A user with every role in each of the three units, and a session's token for each."""
    record = users.UserRecord(WHO, "walker@sip.example", "Vera Vandrare", Language.SV)
    grants = [
        users.GrantRecord(uuid5(WHO, f"{role}/{at}"), WHO, role, unit(at), None, None)
        for role in ROLES for at in PLACES
    ]  # fmt: skip
    tokens = {}
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await users.save_users(conn, [record])
        await users.save_grants(conn, grants)
        for grant, (role, at) in zip(grants, product(ROLES, PLACES), strict=True):
            tokens[role, at], _ = await users.begin_session(conn, WHO, grant.id, timedelta(hours=1))
    yield tokens
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await users.end_sessions(conn, WHO)
        raw = await database.raw(conn)
        await raw.execute("delete from user_role where user_id = $1", WHO)
        await raw.execute("delete from app_user where id = $1", WHO)


async def test_who_may_not_is_refused_everywhere(scene: Scene) -> None:
    report = await the_report(scene)
    wrong = []
    async with walker(scene) as tokens:
        before = await checksums(scene)
        for (role, at), token in tokens.items():
            async with plain(scene.origin, headers={"accept-language": "sv"}) as client:
                client.cookies.set("sip_session", token)
                chosen = dict.fromkeys(("unit", "convener_unit"), str(unit(OUTSIDE)))
                form = FORM | chosen | {"_csrf": csrf_of((await client.get("/profile")).text)}
                for n, (method, path, act) in enumerate(needed()):
                    # Each role at one of the places, each place with a third of the roles: it is the same function.
                    turn = (n + ROLES.index(role)) % len(PLACES)
                    if PLACES[turn] != at or not refused(role, at, path, act):
                        continue
                    here = filled(path, scene, report)
                    here = here.replace(str(scene.meetings["questions"]), str(scene.meetings["claims"]))
                    answer = await client.request(method, here, data=form if method == "POST" else None)
                    if answer.status_code not in REFUSED | {ELSEWHERE.get(path)}:
                        wrong.append((role, at, method, path, act, answer.status_code))
        assert not wrong, sorted({(method, path, str(act), status) for *_, method, path, act, status in wrong})
        assert await checksums(scene) == before
