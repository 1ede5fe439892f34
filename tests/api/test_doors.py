"""Every operation of the API as every role, inside and outside its place, against the table: who may not is refused.

What an operation does for who may is in `test_roles`; here each role is asked at the unit that calls, at the one that
is called, and at one that has nothing to do with it.
"""

from sip.domain.people import Role
from sip.usecases.acts import TABLE, Act, Where
from tests import doors
from tests.api.conftest import House
from tests.api.test_roles import bodies, operations, prepare
from tests.domain.cast import CARE_CENTRE, HOME_CARE, ident

PLACES = {"calls": CARE_CENTRE.unit_id, "called": HOME_CARE.unit_id, "outside": ident("Soc Bok")}
OF_MEETING, OF_REPORT = "{meeting_id}", "{deviation_id}"


def _refused(role: Role, at: str, path: str, act: Act) -> bool:
    """Whether the table forbids it, whatever the state of the things that were prepared."""
    rule = TABLE[act]
    if role not in rule.roles or rule.where is Where.INSTALLATION:
        return True
    if OF_MEETING in path:
        return at == "outside" or (at == "called" and rule.where is Where.CONVENING)
    if OF_REPORT in path:  # raised by the side that calls, on the called unit
        sides = {Where.REPORTING: "calls", Where.RECEIVING: "called"}
        return at == "outside" or (rule.where in sides and at != sides[rule.where])
    return False


def test_every_operation_has_its_act_once(house: House) -> None:
    named = [name for name, _ in doors.operations()]
    assert len(named) == len(set(named))
    assert set(named) == {name for name, _, _ in operations(house)}


async def test_who_may_not_is_refused_everywhere(house: House) -> None:
    given, acts, wrong = await prepare(house), dict(doors.operations()), []
    for role in Role:
        for at, unit_id in PLACES.items():
            await house.key(f"{role}/{at}", role, unit_id=unit_id)
    for n, (operation, method, path) in enumerate(operations(house)):
        act = acts[operation]
        for k, role in enumerate(Role):
            at = tuple(PLACES)[(n + k) % len(PLACES)]
            if not isinstance(act, Act) or not _refused(role, at, path, act):
                continue
            body = bodies(role).get(operation)
            if operation == "add_meeting":
                body = house.draft_body()
            elif operation in ("add_deviation", "add_good_example"):
                body = {"meeting_id": given["meeting_id"], **(body or {})}
            answer = await house.keys[f"{role}/{at}"](method.upper(), path.format(**given), body)
            if answer.status_code not in (403, 404):
                wrong.append((role.value, at, operation, act.value, answer.status_code))
    assert not wrong, sorted({(operation, act, status) for *_, operation, act, status in wrong})
