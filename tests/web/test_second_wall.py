"""Each role meets the wall on the pages: refused at the door; with every condition of ours taken away, still nothing.

Who is outside a meeting, its report, its mail and the board that the report came before; and, of a protected meeting,
who convenes in its very unit and is not named in it.
"""

from datetime import timedelta
from itertools import chain
from uuid import UUID, uuid5

import pytest
from sqlalchemy import text

from sip.domain.people import Language, Role
from sip.store import users
from sip.store.seen.scope import Seen
from sip.usecases import access
from sip.usecases.directory.keys import key_id
from tests.plain import plain
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.protecting import protected_meeting
from tests.web.scene import Scene, write
from tests.web.test_boards import forwarded

WHO = UUID(int=79)
HEADS = {Role.UNIT_MANAGER, Role.DEPUTY, Role.HEAD_OF_OPERATIONS}
WIDE = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.BOARD_MEMBER, Role.AUDITOR, Role.CONTRACT_OFFICER)
"""Roles that are held in a principal, too."""
LISTS = ("/", "/meetings", "/meetings/file", "/deviations", "/inbound", "/boards", "/matters", "/our-unit", "/signals")


def _grants() -> list[tuple[str, users.GrantRecord]]:
    """Outside: each role in a unit that has nothing to do with it, the wide ones in its principal. Inside: those of the
    convening unit that do not head it."""

    def one(role: Role, of: UUID | None, principal: UUID | None) -> users.GrantRecord:
        return users.GrantRecord(uuid5(WHO, f"{role}/{of}/{principal}"), WHO, role, of, None, principal)

    outside = [one(role, unit("bok"), None) for role in Role]
    outside += [one(role, None, key_id("principal", "bok")) for role in WIDE]
    inside = [one(role, unit("eken"), None) for role in Role if role not in HEADS]
    return [("outside", it) for it in outside] + [("inside", it) for it in inside]


async def _sessions(scene: Scene) -> dict[tuple[str, Role, bool], str]:
    found = {}
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await users.save_users(conn, [users.UserRecord(WHO, "walker@sip.example", "Vera Vandrare", Language.SV)])
        await users.save_grants(conn, [one for _, one in _grants()])
        for where, grant in _grants():
            token, _ = await users.begin_session(conn, WHO, grant.id, timedelta(hours=1))
            found[where, grant.role, grant.unit_id is None] = token
        await conn.execute(text("update web_session set confirmed_at = clock_timestamp()"))
    return found


def _take_the_first_wall_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may do everything everywhere, and no statement has a condition."""
    for name in (
        "has_role", "covers", "convenes", "has_party", "sees", "on_side", "sees_deviation", "sees_group", "sees_item",
        "is_named", "owns",
    ):  # fmt: skip
        monkeypatch.setattr(access, name, lambda *_, **__: True)
    monkeypatch.setattr(Seen, "_flat", "true")
    for name in ("covers", "called", "meeting", "deviation", "inbound", "unit", "person", "case", "journal", "item",
                 "open", "named", "of_meeting"):  # fmt: skip
        monkeypatch.setattr(Seen, name, lambda *_: "true")


async def test_behind_the_first_wall_stands_a_second(fresh: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    report, item = await forwarded(fresh)
    open_one = fresh.stage.id
    await write(fresh, "hemtjanst@al.example", text="Vi ringer i morgon.")
    hidden = await protected_meeting(fresh, day="2026-12-22")
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update agenda_item set group_area = 'Norr'"))
        references = (await conn.execute(text("select reference from meeting order by protected"))).scalars().all()
        mail = (await conn.execute(text("select max(id) from inbound where meeting_id is not null"))).scalar_one()
    things = [f"/meetings/{open_one}", f"/meetings/{open_one}/changes", f"/meetings/{open_one}/attendance",
              report, item, f"/inbound/{mail}", f"/inbound/{mail}/raw"]  # fmt: skip
    asked = {"outside": things, "inside": [f"/meetings/{hidden}", f"/meetings/{hidden}/attendance"]}
    signs = {"outside": (references[0], references[-1], report, item), "inside": (references[-1], str(hidden))}
    tokens = await _sessions(fresh)
    for _ in range(2):  # behind both walls, then behind the second alone
        wrong = []
        for (where, role, wide), token in tokens.items():
            async with plain(fresh.origin, headers={"accept-language": "sv"}) as client:
                client.cookies.set("sip_session", token)
                for path in chain(asked[where], LISTS):
                    answer = await client.get(path)
                    told = [one for one in signs[where] if one in answer.text and one not in path]
                    if told or (path in asked[where] and answer.status_code not in (403, 404)):
                        wrong.append((where, role.value, wide, path, answer.status_code, told))
        assert not wrong, wrong
        _take_the_first_wall_away(monkeypatch)
