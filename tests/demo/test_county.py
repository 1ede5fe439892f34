"""The made-up county is whole: everybody is reachable as the story needs, and nobody is real."""

import re

from sip.demo import county
from sip.demo.chapters import BEGINS, ENDS, PLOTS, chair_of, convener_of


def test_the_county_has_the_units_of_the_story() -> None:
    units = county.units()
    assert 28 <= len(units) <= 36
    for plot in PLOTS:
        assert plot.convener in units
        assert {seat.unit for seat in plot.seats} <= set(units)
        assert {turn.unit for turn in plot.turns if turn.unit} <= {seat.unit for seat in plot.seats}


def test_every_address_is_fictional_and_has_a_mailbox() -> None:
    boxes = county.mailboxes()
    addresses = {unit.email for unit in county.units().values() if unit.email}
    addresses |= {person.email for person in county.people().values()}
    assert all(address.endswith(".example") for address in addresses)
    assert addresses <= set(boxes)
    assert any(box.box == "gone" for box in boxes.values())
    assert sum(unit.email is None for unit in county.units().values()) == 1


def test_phone_numbers_are_set_aside_for_fiction_and_given_once() -> None:
    phones = [unit.phone for unit in county.units().values()] + [p.phone for p in county.people().values()]
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"0980-319 2\d\d", phone) for phone in phones)


def test_one_unit_has_no_manager_and_one_municipality_has_not_joined() -> None:
    managed = {key for person in county.people().values() for role, _, key in person.roles if role == "unit_manager"}
    assert set(county.units()) - managed == {"beroende"}
    agreement = county.AGREEMENT.read_text(encoding="utf-8")
    assert '"ekvalla"' not in agreement
    assert all(f'"{key}"' in agreement for key in ("region", "alsunda", "bjorkarp", "dalkoping"))


def test_every_role_has_somebody_who_may_sign_in() -> None:
    roles = {user.role for user in county.users()}
    assert len(roles) == len(county.users()) == 7
    by_email = {person.email: person for person in county.people().values()}
    for user in county.users():
        assert user.role in {role for role, _, _ in by_email[user.email].roles}
        assert len(user.password) >= 12


def test_every_meeting_can_be_called_and_led() -> None:
    boxes = county.mailboxes()
    assert len({plot.key for plot in PLOTS}) == len(PLOTS) >= 20
    for plot in PLOTS:
        assert convener_of(plot) in boxes
        assert chair_of(plot) in boxes
        assert BEGINS <= plot.called < plot.start
        assert set(plot.people) <= set(boxes)
        assert all(plot.called < turn.when < ENDS for turn in plot.turns)
        absences = {seat.mark for seat in plot.seats if seat.report != "none"}
        assert absences <= {"absent"}
