"""What a change does to calendars: text alone, time and place, one party gone; and what is asked again (RFC 5546)."""

from typing import Any

from sip.domain.events import CancelReason
from sip.domain.standing import Standing
from sip.usecases import meetings
from tests.stories.county import unit
from tests.stories.stage import Letter, Stage, at


def event(letter: Letter) -> Any:
    """The VEVENT; its library types every property as any of thirty."""
    assert letter.calendar is not None
    return letter.calendar.walk("VEVENT")[0]


def attendee(letter: Letter) -> dict[str, str]:
    return dict(event(letter)["ATTENDEE"].params)


async def test_text_alone_keeps_the_sequence_and_the_known_answers(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan", "chefslos"])
    await stage.at("2026-11-02 13:00")
    await stage.replies("hemtjanst@al.example", "ACCEPTED")
    await stage.replies("boendet@al.example", "TENTATIVE")
    await stage.at("2026-11-03 09:00")
    await stage.do(meetings.edit_text, questions=("Vem gör vad, och när?",))
    for address, known in (
        ("hemtjanst@al.example", "ACCEPTED"), ("skolan@al.example", "NEEDS-ACTION"),
        ("boendet@al.example", "TENTATIVE"),
    ):  # fmt: skip
        first, last = [letter for letter in stage.mailbox(address) if letter.method == "REQUEST"]
        assert (last.uid, last.sequence) == (first.uid, first.sequence) == (first.uid, 0)
        assert event(last)["DTSTAMP"].dt == at("2026-11-03 09:00") > event(first)["DTSTAMP"].dt
        assert event(last)["ORGANIZER"] == event(first)["ORGANIZER"]
        assert attendee(last)["PARTSTAT"] == known
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING, "the answer stands"


async def test_time_and_place_raise_the_sequence_and_ask_again(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    await stage.at("2026-11-02 13:00")
    await stage.replies("hemtjanst@al.example", "ACCEPTED")
    await stage.at("2026-11-03 09:00")
    await stage.do(meetings.move, start=at("2026-12-09 13:00"), end=at("2026-12-09 14:00"))
    await stage.at("2026-11-03 10:00")
    await stage.do(meetings.edit_text, questions=("Vem gör vad, och när?",))
    calls = [letter for letter in stage.mailbox("hemtjanst@al.example") if letter.method == "REQUEST"]
    assert [letter.sequence for letter in calls] == [0, 1, 1]
    assert len({letter.uid for letter in calls}) == 1
    stamps = [event(letter)["DTSTAMP"].dt for letter in calls]
    assert stamps == sorted(set(stamps))
    assert [attendee(letter)["PARTSTAT"] for letter in calls] == ["NEEDS-ACTION"] * 3
    assert {attendee(letter)["RSVP"] for letter in calls} == {"TRUE"}
    assert event(calls[1])["DTSTART"].dt == at("2026-12-09 13:00")
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_asking_again_repeats_the_call_with_a_new_stamp(stage: Stage) -> None:
    """Outlook shows the buttons anew, and no client takes it for a change of time (SEQUENCE)."""
    await stage.call("2026-12-07 10:00")
    await stage.at("2026-11-06 08:30")
    first, again = [letter for letter in stage.mailbox("hemtjanst@al.example") if letter.method == "REQUEST"]
    assert (again.uid, again.sequence) == (first.uid, first.sequence)
    assert event(again)["DTSTAMP"].dt > event(first)["DTSTAMP"].dt
    assert event(again)["DTSTART"].dt == event(first)["DTSTART"].dt


async def test_removing_one_cancels_for_that_one_alone(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    await stage.at("2026-11-03 09:00")
    before = {one: len(stage.mailbox(one)) for one in ("hemtjanst@al.example", "eken@region.example")}
    gone = next(p.ordinal for p in (await stage.meeting()).parties if p.unit_id == unit("skolan"))
    await stage.do(meetings.remove_party, gone)
    called, cancelled = stage.mailbox("skolan@al.example")
    assert cancelled.method == "CANCEL"
    assert cancelled.uid == called.uid
    assert cancelled.sequence == called.sequence + 1
    assert event(cancelled)["STATUS"] == "CANCELLED"
    assert event(cancelled)["ORGANIZER"] == event(called)["ORGANIZER"]
    assert event(cancelled)["DTSTART"].dt == event(called)["DTSTART"].dt
    for address, count in before.items():
        assert len(stage.mailbox(address)) == count
    await stage.at("2026-11-10 08:30")
    assert stage.mailbox("skolan@al.example")[-1] is cancelled, "nobody who is gone is asked again"
    assert stage.mailbox("hemtjanst@al.example")[-1].method == "REQUEST"


async def test_the_last_mail_of_an_invitation_is_always_its_newest_state(stage: Stage) -> None:
    """Through refusals for now, moves and a cancellation: what arrives is never older than what had arrived."""
    await stage.call("2026-12-07 10:00")
    stage.relay.away = True
    await stage.at("2026-11-03 09:00")
    await stage.do(meetings.move, start=at("2026-12-09 13:00"), end=at("2026-12-09 14:00"))
    await stage.do(meetings.edit_text, questions=("Vem gör vad, och när?",))
    stage.relay.away = False
    await stage.machine_time_passes()
    await stage.at("2026-11-04 09:00")
    await stage.do(meetings.move, start=at("2026-12-10 13:00"), end=at("2026-12-10 14:00"))
    stage.relay.away = True
    await stage.do(meetings.cancel, CancelReason.NO_LONGER_NEEDED)
    stage.relay.away = False
    await stage.machine_time_passes()
    mails = [letter for letter in stage.mailbox("hemtjanst@al.example") if letter.method]
    order = [(letter.sequence, event(letter)["DTSTAMP"].dt) for letter in mails]
    assert order == sorted(order)
    assert mails[-1].method == "CANCEL"
    assert [letter.method for letter in mails].count("CANCEL") == 1
