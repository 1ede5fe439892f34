"""A unit's mailbox is replaced between the call and the meeting (rules, section 5 R5)."""

from datetime import date

from sip.domain.events import CancelReason
from sip.domain.standing import Standing
from sip.store.directory import AddressRecord
from sip.usecases import meetings
from sip.usecases.directory import edit
from tests.stories.county import unit
from tests.stories.stage import CONVENER, Stage

OLD, NEW = "hemtjanst@al.example", "hemtjansten.ny@al.example"
CLARA = "clara@region.example"
HOME_CARE = unit("hemtjanst")


async def readdress(stage: Stage, *addresses: AddressRecord) -> None:
    await edit.set_addresses(stage.made.db, HOME_CARE, addresses, actor=CONVENER, now=await stage.now())
    await stage.work()


def to(email: str, ordinal: int = 1, first: date | None = None, last: date | None = None) -> AddressRecord:
    return AddressRecord(HOME_CARE, ordinal, email, first, last)


async def test_the_new_mailbox_answers_and_the_old_calendar_is_empty(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    await stage.at("2026-11-04 15:00")
    await readdress(stage, to(NEW))
    assert stage.arrivals(OLD) == [("Mon 02 Nov 10:00", "REQUEST"), ("Wed 04 Nov 15:00", "CANCEL")]
    called, cancelled = stage.mailbox(OLD)
    assert (cancelled.uid, cancelled.sequence) == (called.uid, called.sequence + 1)
    assert NEW not in cancelled.body, "who reads the old one now is not known"
    (request,) = stage.mailbox(NEW)
    assert (request.method, request.when, request.sequence) == ("REQUEST", "Wed 04 Nov 15:00", 0)
    assert request.uid != called.uid
    assert request.message["Auto-Submitted"] is None, "a person's call, at its other address"
    (told,) = stage.mailbox(CLARA)
    assert NEW in told.body
    assert OLD in told.body
    await stage.replies(NEW, "ACCEPTED")
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING
    assert len(stage.mailbox("skolan@al.example")) == 1


async def test_a_date_in_the_directory_comes_and_the_reminder_finds_the_new_mailbox(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await readdress(stage, to(OLD, 1, None, date(2026, 11, 8)), to(NEW, 2, date(2026, 11, 9)))
    await stage.at("2026-11-06 09:00")
    assert [when for when, _ in stage.arrivals(OLD)] == ["Mon 02 Nov 10:00", "Fri 06 Nov 08:00"]
    await stage.at("2026-11-09 00:01")
    assert stage.arrivals(OLD)[2:] == [("Mon 09 Nov 00:01", "CANCEL")]
    assert stage.arrivals(NEW) == [("Mon 09 Nov 00:01", "REQUEST")]
    await stage.at("2026-11-11 09:00")
    assert stage.arrivals(NEW)[1:] == [("Wed 11 Nov 08:00", "REQUEST")], "its time began when it had the call"
    assert len(stage.arrivals(OLD)) == 3


async def test_a_meeting_without_a_tick_for_weeks_follows_by_a_whole_file(stage: Stage) -> None:
    """Everybody has answered: nothing is due, and yet the new mailbox knows of the meeting."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await stage.replies(OLD, "TENTATIVE")
    await readdress(stage, to(NEW), to(OLD, 2))
    stage.nothing_for(NEW)
    await readdress(stage, to(NEW))
    assert [method for _, method in stage.arrivals(NEW)] == ["REQUEST"]
    assert await stage.stands("hemtjanst") is Standing.TENTATIVE


async def test_cancelled_before_anybody_looked_both_learn_of_it(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await edit.set_addresses(stage.made.db, HOME_CARE, [to(NEW)], actor=CONVENER, now=await stage.now())
    await stage.do(meetings.cancel, CancelReason.NO_LONGER_NEEDED)
    assert [method for _, method in stage.arrivals(OLD)] == ["REQUEST", "CANCEL"]
    assert [method for _, method in stage.arrivals(NEW)] == ["CANCEL"]
    (new,), (called, old) = stage.mailbox(NEW), stage.mailbox(OLD)
    assert (new.subject, new.uid, new.sequence) == (old.subject, called.uid, old.sequence)


async def test_with_no_address_the_coordinator_hears_and_a_new_one_is_called_at_once(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await readdress(stage)
    assert await stage.stands("hemtjanst") is Standing.UNDELIVERABLE
    assert len(stage.mailbox("kim@al.example")) == 1
    await stage.at("2026-11-03 10:00")
    await readdress(stage, to(NEW))
    assert stage.arrivals(NEW) == [("Tue 03 Nov 10:00", "REQUEST")]
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
