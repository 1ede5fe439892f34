"""What the directory lacks of called units is on the start page of those who can fill it, and of nobody else."""

import re

import pytest

from sip.domain.people import Gap, Person, Roster
from tests.domain.cast import HOME_CARE, ident
from tests.web.scene import Scene


@pytest.mark.parametrize(
    ("role", "lacking"),
    [
        ("administrator", ["Boendet Al", "Socialtjänsten Bok"]),
        ("neighbour", ["Boendet Al"]),
        ("coordinator", []),
        ("staff", []),
        ("convener", []),
    ],
)
async def test_units_that_no_step_would_reach_are_listed(scene: Scene, role: str, lacking: list[str]) -> None:
    async with scene.client(role) as client:
        page = (await client.get("/")).text
    section = re.search(r'<section aria-labelledby="gaps">.*?</section>', page, re.DOTALL)
    assert (section is not None) is bool(lacking)
    shown = section.group() if section else ""
    found = re.findall(r'thing-title">(?:<a[^>]*>)?([^<]+)', shown)
    assert found == lacking, "the nearest meeting first"
    if lacking:
        assert shown.index("Ingen chef") < shown.index("Ingen verksamhetschef")
        assert ("/directory#u-" in shown) is (role == "administrator")


def test_what_counts_as_a_gap() -> None:
    anna, nobody = Person("Anna Ek", "anna@al.example"), Person("Jouren")
    bare = Roster(ident("bare"), "Boendet Al", HOME_CARE.organisation_id, HOME_CARE.principal_id)
    assert bare.gaps == (Gap.NO_ADDRESS, Gap.NO_MANAGER, Gap.NO_HEAD, Gap.NO_COORDINATOR)
    by_phone = Roster(
        bare.unit_id, bare.name, bare.organisation_id, bare.principal_id, phone_only=True, managers=(nobody,),
        contract_officers=(anna,), coordinators=(nobody, anna),
    )  # fmt: skip
    assert by_phone.gaps == (Gap.NO_PHONE, Gap.NO_MANAGER), "who has no address is not reached"
    assert HOME_CARE.gaps == ()
