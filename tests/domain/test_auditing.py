"""What becomes of a reading that an auditor looks at, and who may be both (decision 0097)."""

import pytest

from sip.domain.auditing import MAY_SAY, ReadingState, ReviewWord, held_apart, needs_reason, state_of
from sip.domain.people import Role

W, S = ReviewWord, ReadingState


@pytest.mark.parametrize(
    ("said", "stands", "next_words"),
    [
        ([], S.WAITING, {W.IN_ORDER, W.LOOK_INTO}),
        ([W.IN_ORDER], S.IN_ORDER, {W.LOOK_INTO}),
        ([W.LOOK_INTO], S.OPEN, {W.LOOK_INTO, W.CLOSED}),
        ([W.LOOK_INTO, W.LOOK_INTO, W.CLOSED], S.CLOSED, {W.LOOK_INTO}),
        ([W.LOOK_INTO, W.CLOSED, W.LOOK_INTO], S.OPEN, {W.LOOK_INTO, W.CLOSED}),
        ([W.IN_ORDER, W.LOOK_INTO], S.OPEN, {W.LOOK_INTO, W.CLOSED}),
    ],
)
def test_how_it_stands_follows_from_all_that_was_said(
    said: list[ReviewWord], stands: ReadingState, next_words: set[ReviewWord]
) -> None:
    assert state_of(said) is stands
    assert set(MAY_SAY[stands]) == next_words


def test_only_what_is_in_order_needs_no_words() -> None:
    assert {word for word in W if needs_reason(word)} == {W.LOOK_INTO, W.CLOSED}


@pytest.mark.parametrize(
    ("roles", "apart"),
    [
        ((), True),
        ((Role.AUDITOR,), True),
        ((Role.ADMINISTRATOR,), True),
        ((Role.AUDITOR, Role.COORDINATOR), True),
        ((Role.ADMINISTRATOR, Role.AUDITOR), False),
        ((Role.AUDITOR, Role.COORDINATOR, Role.ADMINISTRATOR), False),
    ],
)
def test_who_gives_roles_is_never_who_audits(roles: tuple[Role, ...], apart: bool) -> None:
    assert held_apart(roles) is apart
