"""What the consent said and whom a change was told: a row of the case's journal each time (rules, section 5 R4)."""

from collections.abc import Sequence
from datetime import date

import pytest

from sip.domain.consent_record import ConsentAct
from sip.domain.terms import MeetingState
from sip.store import consents
from sip.store.aggregates import journal
from sip.store.consents import ConsentLine
from sip.usecases import cases
from sip.usecases.cases import Consent
from sip.usecases.commands import Command
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL, ident
from tests.store.town import CASE, CLARA, WORLD, Town
from tests.tester import TESTER

GIVEN = Consent(given=True, scope="planering", how="muntligt", until=date(2027, 3, 1))


def _by(town: Town, event_id: str) -> Command:
    return Command(CLARA, town.now, WORLD, event_id)


async def _records(town: Town) -> Sequence[ConsentLine]:
    async with town.db.transaction(TESTER) as conn:
        assert await journal.broken_at(conn, CASE) is None
        return await consents.read(conn, CASE)


async def test_what_the_consent_says_is_recorded_each_time(town: Town) -> None:
    await cases.set_consent(town.db, CASE, GIVEN, _by(town, "1"))
    limited = Consent(given=True, how="skriftligt", organisations=(HOME_CARE.organisation_id,))
    await cases.set_consent(town.db, CASE, limited, _by(town, "2"))
    await cases.set_consent(town.db, CASE, limited, _by(town, "2"))  # the same press again
    later, first = await _records(town)
    assert (first.record.act, first.record.scope, first.record.until) == (
        ConsentAct.RECORDED, "planering", date(2027, 3, 1),
    )  # fmt: skip
    assert (later.record.how, later.record.organisations, later.by) == (
        "skriftligt", (HOME_CARE.organisation_id,), "Clara Kallar",
    )  # fmt: skip


async def test_a_new_case_is_recorded_with_what_its_consent_says(town: Town) -> None:
    made = await cases.create(town.db, CARE_CENTRE.unit_id, GIVEN, _by(town, "1"))
    async with town.db.transaction(TESTER) as conn:
        [found] = await consents.read(conn, made.record.id)
    assert (found.record.act, found.record.scope, found.record.how, found.record.until) == (
        ConsentAct.RECORDED, "planering", "muntligt", date(2027, 3, 1),
    )  # fmt: skip


async def test_a_withdrawal_says_whose_calls_were_taken_back_and_what_has_left(town: Town) -> None:
    meeting = await town.call(units=(HOME_CARE, SCHOOL))
    await town.send()
    await cases.withdraw_consent(town.db, CASE, _by(town, "1"))
    assert (await town.meeting(meeting)).state.state is MeetingState.CANCELLED
    [found] = await _records(town)
    assert found.record.act is ConsentAct.WITHDRAWN
    assert {(one.meeting_id, one.unit) for one in found.record.told} >= {
        (meeting, HOME_CARE.name), (meeting, SCHOOL.name),
    }  # fmt: skip
    assert found.sent == 0
    await town.send()
    [found] = await _records(town)
    assert found.sent == len(found.record.told)


async def test_on_another_ground_the_meetings_stand_and_nobody_is_mailed(town: Town) -> None:
    meeting = await town.call()
    await town.send()
    mailed = len(town.relay.tries)
    await cases.withdraw_consent(town.db, CASE, _by(town, "1"), other_ground=True)
    await town.send()
    assert (await town.meeting(meeting)).state.state is MeetingState.CALLED
    assert len(town.relay.tries) == mailed
    [found] = await _records(town)
    assert (found.record.act, found.record.told, found.record.other_legal_ground) == (
        ConsentAct.OTHER_GROUND, (), True,
    )  # fmt: skip
    # What is called afterwards rests on that ground, too.
    await town.call("another", "2026-12-08 10:00")


@pytest.mark.parametrize("covered", [True, False])
async def test_who_is_no_longer_covered_is_told_alone(town: Town, covered: bool) -> None:
    await town.call(units=(HOME_CARE, SCHOOL))
    await town.send()
    organisations = (SCHOOL.organisation_id, ident("none")) if not covered else (HOME_CARE.organisation_id,)
    wanted = Consent(given=True, how="muntligt", organisations=organisations[:1])
    await cases.set_consent(town.db, CASE, wanted, _by(town, "1"))
    [found] = await _records(town)
    told = {one.unit for one in found.record.told}
    same = HOME_CARE.organisation_id == SCHOOL.organisation_id
    assert told == (set() if same else {SCHOOL.name if covered else HOME_CARE.name})
