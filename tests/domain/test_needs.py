"""What a decision needs to have read before: the units it concerns, those that an event or a standing answer names."""

from sip.domain import events as e
from sip.domain.decide import case_of, units_of
from sip.domain.terms import AnswerKind, Obligation
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL, SOCIAL, at, called, draft, ident
from tests.domain.plays import CALL, START, answers


def test_the_units_of_the_meeting_and_those_that_are_named() -> None:
    world = called(CALL, START)
    own = {CARE_CENTRE.unit_id, HOME_CARE.unit_id}
    assert set(units_of(world.the, e.TimePassed())) == own
    added = e.PartyAdded(e.PartyDraft(SCHOOL.unit_id, Obligation.INVITED))
    assert set(units_of(world.the, added)) == own | {SCHOOL.unit_id}
    assert set(units_of(None, draft(at(START)))) == own
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    assert set(units_of(world.the, e.TimePassed())) == own | {SOCIAL.unit_id}


def test_the_case_is_read_for_what_may_call_a_unit_and_never_for_time() -> None:
    world = called(CALL, START)
    assert case_of(None, draft(at(START))) == case_of(world.the, e.Called()) == ident("case")
    for news in (e.TimePassed, e.MailSettled, object):
        assert case_of(world.the, object.__new__(news)) is None
    assert case_of(None, e.TimePassed()) is None
