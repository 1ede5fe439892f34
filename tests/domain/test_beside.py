"""Parties stand side by side: what comes of one is the same whatever another does (rules, section 5)."""

import pytest

from tests.domain.cast import BESIDE, BYSTANDER, World
from tests.domain.journal import of_party
from tests.domain.plays.every import EVERY

TOGETHER = {
    "given_up_by_the_relay": "the relay gives up the other's mail too, and the convener's side hears of it",
    "silence_of_a_private_provider_in_english_who_is_shown_the_others": "it is shown who else is called",
}


def beside(play: str) -> World:
    told = BESIDE.set(True)
    try:
        return EVERY[play]()
    finally:
        BESIDE.reset(told)


@pytest.mark.parametrize("name", sorted(EVERY.keys() - TOGETHER.keys()))
def test_a_unit_beside_changes_nothing_for_the_others(name: str) -> None:
    alone, together = EVERY[name](), beside(name)
    others = [party for party in together.the.parties if party.unit_id != BYSTANDER.unit_id]
    for party, other in zip(alone.the.parties, others, strict=True):
        assert of_party(together, other.ordinal) == of_party(alone, party.ordinal)
