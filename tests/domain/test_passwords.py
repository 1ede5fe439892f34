"""Words of the place carry no password; a sentence that holds one is as good as before."""

import pytest

from sip.domain.passwords import rests_on, words_of

NAMES = ("Region Åsland", "Socialnämnden i Al", "kim.berg@region.example", "Kim Berg")


@pytest.mark.parametrize(
    "password",
    [
        "Region Åsland 2026!",
        "åslandåsland12",
        "sip-SIP-sip-sip",
        "kimberg kimberg",
        "SamordnadPlan2026",
        "Lösenord-i-Region1",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert rests_on(password, NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "en lång påhittad mening",
        "kalla-till-sip-nu",
        "regionen har gröna dörrar",
        "2026-11-29 07:15:00",
        "xk9!vmq2#ptr",
    ],
)
def test_a_sentence_may_hold_such_a_word(password: str) -> None:
    assert not rests_on(password, NAMES)


def test_words_are_folded_and_of_three_letters() -> None:
    assert words_of(["Region Åsland i Al, 12"]) == {"region", "åsland"}
