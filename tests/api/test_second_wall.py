"""Each role meets the wall: refused at the door; with every condition of ours taken away, still nothing is there."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from sip.domain.agenda import board_of
from sip.domain.people import Role
from sip.store.seen.scope import Seen
from sip.usecases import access
from sip.usecases.reading import agenda
from tests.api.conftest import House
from tests.api.test_roles import operations, prepare
from tests.domain.cast import HOME_CARE, ident
from tests.tester import TESTER

OF_THEM = ("{meeting_id}", "{deviation_id}", "{case_id}")
LISTS = ("list_meetings", "list_deviations", "list_cases", "list_inbound")
OF_BOARDS = ("sees_group", "owns", "sees_item")
READINGS = "list_meeting_readings"
"""A list of one meeting's: it is not there, or nothing is in it."""


def _take_the_first_wall_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may do everything everywhere, and no statement has a condition."""
    for name in ("has_role", "covers", "convenes", "has_party", "sees", "on_side", "sees_deviation", *OF_BOARDS):
        monkeypatch.setattr(access, name, lambda *_: True)
        if hasattr(agenda, name):
            monkeypatch.setattr(agenda, name, lambda *_: True)
    monkeypatch.setattr(Seen, "_flat", "true")
    for name in ("covers", "called", "meeting", "deviation", "inbound", "unit", "person", "case", "journal", "item"):
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


async def _before_a_board_elsewhere(house: House) -> dict[str, str]:
    """A question that the board of another area has decided on, and is to follow up."""
    async with house.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set area = 'Nordväst' where id = :unit"), {"unit": HOME_CARE.unit_id})
    keeper, board = await house.key("keeper", Role.BOARD_MEMBER), str(board_of("Nordväst").id)
    question = {"title": "Vem läser brevlådan?", "purpose": "decision", "sitting_on": "2026-11-02"}
    made = await keeper("POST", f"/boards/{board}/items", question)
    assert made.status_code == 201, made.text
    path, given = f"/boards/items/{made.json()['id']}", {"group_id": board, "item_id": made.json()["id"]}
    decided = await keeper("POST", f"{path}/resolutions", DECISION)
    assert decided.status_code == 200, decided.text
    return given | {"day": "2026-11-02", "number": "1", "seat": "1", "deviation_id": str(ident("no report"))}


DECISION = {
    "text": "Två läser.", "grounds": "Tredje gången.", "decided_on": "2026-11-02", "owner": "enhetschef",
    "unit_id": str(HOME_CARE.unit_id), "due_on": "2026-12-01",
}  # fmt: skip
WRITTEN = {
    "put_item_text": {"title": "Ändrad", "purpose": "decision"}, "put_item_sitting": {"sitting_on": "2026-12-14"},
    "put_item_preparation": {"owner": "rektor"},
    "put_item_reference": {"group_id": "00000000-0000-0000-0000-000000000001", "text": "Vad gäller?"},
    "put_item_inquiry": {"questions": ["Vad fungerade?"], "until": "2026-12-14"}, "put_item_inquiry_ending": {},
    "put_item_inquiry_answer": {"answers": ["Larmet."]},
    "put_item_dropping": {"reason": "Löst."}, "add_item_report": {"report_id": str(ident("no report"))},
    "drop_item_report": None, "add_resolution": DECISION, "put_resolution": {"done": True, "outcome": "Gjort."},
}  # fmt: skip
"""Everything that is done with a question, which is not there."""
READ = {"get_board", "get_sitting", "list_items", "find_items", "get_item", "list_boards"}


def _lists(told: dict[str, Any]) -> Iterator[Any]:
    """What stands in the lists of an answer."""
    for one in told.values():
        yield from one if isinstance(one, list) else ()


@pytest.mark.parametrize("role", Role)
async def test_nothing_of_another_boards_agenda(house: House, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    given = await _before_a_board_elsewhere(house)
    far, keeper = await house.key(f"far {role}", role, unit_id=ident("Soc Bok")), house.keys["keeper"]
    ways = {name: (method.upper(), path.format(**given)) for name, method, path in operations(house)
            if "/boards" in path and not name.startswith("post_") and name != "add_item"}  # fmt: skip
    assert set(ways) == READ | set(WRITTEN), "an operation that boards have got is tried here, too"
    whole = (await keeper("GET", ways["get_item"][1])).json()
    words = f"{ways['find_items'][1]}?q=brevlådan"
    assert len((await keeper("GET", words)).json()["items"]) == 1
    for behind in (False, True):
        if behind:
            _take_the_first_wall_away(monkeypatch)
        for name in ("get_board", "get_sitting", "list_items"):
            answer = await far("GET", ways[name][1])
            assert answer.status_code == 200 if behind else answer.status_code in (403, 404), (name, answer.text)
            assert not list(_lists(answer.json())) if behind else True, (name, answer.text)
        found, listed = await far("GET", words), await far("GET", ways["list_boards"][1])
        for answer in (found, listed):
            assert answer.status_code == 200 or (answer.status_code == 403 and not behind)
        assert found.json().get("items", []) == []
        told = [one for one in listed.json().get("items", []) if one["id"] == given["group_id"]]
        assert [(one["waiting"], one["next_sitting"], one["to_follow"]) for one in told] == [(0, None, 0)] * behind
        for name, body in ({"get_item": None} | WRITTEN).items():
            answer = await far(*ways[name], body)
            assert answer.status_code == 404 or (answer.status_code == 403 and not behind), (name, answer.text)
    monkeypatch.undo()
    assert (await keeper("GET", ways["get_item"][1])).json() == whole, "nobody has changed it"
