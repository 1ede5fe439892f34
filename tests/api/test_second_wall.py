"""Each role meets the wall: refused at the door; with every condition of ours taken away, still nothing is there."""

from typing import Any

import pytest

from sip.domain.people import Role
from sip.store.seen.scope import Seen
from sip.usecases import access
from tests.api.conftest import House
from tests.api.test_roles import operations, prepare
from tests.domain.cast import ident

OF_THEM = ("{meeting_id}", "{deviation_id}", "{case_id}")
LISTS = ("list_meetings", "list_deviations", "list_cases", "list_inbound")
READINGS = "list_meeting_readings"
"""A list of one meeting's: it is not there, or nothing is in it."""


def _take_the_first_wall_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may do everything everywhere, and no statement has a condition."""
    for name in ("has_role", "covers", "convenes", "has_party", "sees", "on_side", "sees_deviation"):
        monkeypatch.setattr(access, name, lambda *_: True)
    monkeypatch.setattr(Seen, "_flat", "true")
    for name in ("covers", "called", "meeting", "deviation", "inbound", "unit", "person", "case", "journal"):
        monkeypatch.setattr(Seen, name, lambda *_: "true")


async def _seen(house: House, role: Role, given: dict[str, str]) -> dict[str, Any]:
    """What the role is answered, of everything that is read of a meeting, a report or a case."""
    answers = {}
    for operation, method, path in operations(house):
        if method == "get" and (operation in LISTS or any(one in path for one in OF_THEM)):
            answer = await house.keys[f"far {role}"]("GET", path.format(**given))
            shown = (
                answer.json()["items"]
                if operation in (*LISTS, READINGS) and answer.status_code == 200
                else answer.status_code
            )
            answers[operation] = shown
    return answers


@pytest.mark.parametrize("role", Role)
async def test_behind_the_first_wall_stands_a_second(house: House, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    given = await prepare(house)
    await house.key(f"far {role}", role, unit_id=ident("Soc Bok"))
    first = await _seen(house, role, given)
    assert len(first) >= len(LISTS) + 4
    assert all(shown in (403, 404, []) for shown in first.values()), first
    _take_the_first_wall_away(monkeypatch)
    second = await _seen(house, role, given)
    assert all(second[name] == [] for name in LISTS), second
    assert second.pop(READINGS) in (404, [])
    assert all(shown == 404 for name, shown in second.items() if name not in LISTS), second
    for operation, body in (("put_schedule", {}), ("cancel_meeting", {}), ("put_attendance", {"outcome": "held"})):
        method, path = next((m, p) for name, m, p in operations(house) if name == operation)
        answer = await house.keys[f"far {role}"](method.upper(), path.format(**given), body)
        assert answer.status_code in (400, 404, 422), (operation, answer.text)
    monkeypatch.undo()
    whole = await house.admin("GET", f"/meetings/{given['meeting_id']}")
    assert whole.json()["state"] == "called", "nobody has changed it"
