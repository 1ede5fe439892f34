"""Received mail: one outcome and one reason each (mail-cases, section 4; the numbers are its cases)."""

import asyncio
import threading
from datetime import timedelta

import pytest

from sip.domain import events as e
from sip.domain.standing import Standing, standing
from sip.domain.terms import Delivery
from sip.domain.worktime import local_day
from sip.store.post import mailbox_checks
from sip.usecases.received import inbound, pending
from sip.usecases.received.inbound import Envelope
from sip.usecases.received.parsed import ParsedMail
from tests.domain.cast import HOME_CARE, at
from tests.store.post_office import to_see_to
from tests.store.town import WORLD, Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, PARSE, Post, ics, results

UNIT = "hemtjanst@al.example"


@pytest.fixture
async def post(town: Town) -> Post:
    return Post(town)


@pytest.mark.parametrize(
    ("partstat", "expected"),
    [
        ("ACCEPTED", Standing.NAME_MISSING),
        ("TENTATIVE", Standing.TENTATIVE),
        ("DECLINED", Standing.SEEKING_SUBSTITUTE),
    ],
)
async def test_1_an_answer_by_token_is_applied(post: Post, partstat: str, expected: Standing) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), partstat)
    assert (row.outcome, row.reason, row.party) == ("applied", "answered", 2)
    assert standing(await post.party(target)) is expected


async def test_2_the_same_answer_again_changes_nothing(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref)
    before = await post.town.meeting(target)
    again = await post.reply(ref, headers="Received: by another path\r\n", at=post.town.now)
    assert (again.outcome, again.reason) == ("unchanged", "already_applied")
    assert (await post.town.meeting(target)).version == before.version


async def test_2b_the_same_bytes_twice_are_one_mail(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    first = await post.reply(ref)
    again = await post.reply(ref)
    assert first.id == again.id
    assert await post.judge() == 0


async def test_4_an_older_answer_that_comes_late_is_stale(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    written = post.town.now = post.town.now + timedelta(minutes=1)
    post.town.now += timedelta(minutes=10)
    await post.reply(ref, "ACCEPTED")
    late = await post.reply(ref, "DECLINED", at=written)
    assert (late.outcome, late.reason) == ("unchanged", "stale")
    assert standing(await post.party(target)) is Standing.NAME_MISSING


async def test_6_an_answer_to_an_older_time_is_not_applied_and_the_call_goes_again_once(post: Post) -> None:
    town = post.town
    target = await town.call()
    await town.send()
    ref = await post.ref(target, UNIT)
    meeting = (await town.meeting(target)).state
    start = meeting.start + timedelta(days=1)
    await town.do(target, e.Moved(start, start + timedelta(hours=1), meeting.form, meeting.place))
    await town.send()
    town.relay.tries.clear()
    for n in range(2):
        town.now += timedelta(minutes=1)
        row = await post.reply(ref, "ACCEPTED", SEQUENCE="0")
        assert (row.outcome, row.reason) == ("refused", "answered_old_time"), n
    await town.send()
    assert sum("/resend" in key for keys in town.relay.keys for key in keys) == 1
    assert standing(await post.party(target)) is Standing.NO_ANSWER


async def test_7_8_a_text_change_and_an_impossible_sequence_do_not_matter(post: Post) -> None:
    target = await post.town.call()
    await post.town.do(target, e.TextChanged(purpose_text="Tydligare"))
    row = await post.reply(await post.ref(target, UNIT), SEQUENCE="7")
    assert row.reason == "answered"
    assert (await post.party(target)).stamp is not None


async def test_9_without_sequence_the_start_decides_once_the_meeting_was_moved(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    neither = await post.reply(ref, SEQUENCE="")
    assert neither.reason == "answered"
    meeting = (await post.town.meeting(target)).state
    later = meeting.start + timedelta(days=1)
    await post.town.do(target, e.Moved(later, later + timedelta(hours=1), meeting.form, meeting.place))
    old = await post.reply(ref, SEQUENCE="", DTSTART="20261207T090000Z")
    assert old.reason == "answered_old_time"
    new = await post.reply(ref, SEQUENCE="", DTSTART="20261208T090000Z")
    assert new.reason == "answered"


async def test_11_without_attendee_nothing_is_guessed(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), "")
    assert (row.outcome, row.reason) == ("refused", "no_attendee")


async def test_14_an_employee_answers_for_the_unit(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), attendee="anna@al.example")
    assert row.reason == "answered"
    answer = (await post.party(target)).round
    assert answer is not None and answer.answer is not None
    assert answer.answer.recorded_by == "anna@al.example"


async def test_16_somebody_else_to_whom_it_was_forwarded(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), attendee="nagon@annat.example")
    assert (row.outcome, row.reason, row.claim) == ("unconfirmed", "party_crasher", 1)
    assert standing(await post.party(target)) is Standing.NO_ANSWER


async def test_17_delegated_within_the_organisation_asks_a_substitute(post: Post) -> None:
    town = post.town
    target = await town.call()
    to = ';DELEGATED-TO="mailto:anna@al.example"'
    row = await post.reply(await post.ref(target, UNIT), "DELEGATED", params=to)
    assert (row.outcome, row.reason) == ("applied", "delegated")
    party = await post.party(target)
    assert standing(party) is Standing.SEEKING_SUBSTITUTE
    assert [person.email for person in party.attendees] == ["anna@al.example"]
    ref = await post.ref(target, "anna@al.example")
    yes = await post.reply(ref, "ACCEPTED")
    assert yes.reason == "answered"
    assert standing(await post.party(target)) is Standing.SUBSTITUTE_ATTENDS


async def test_17b_delegated_elsewhere_is_for_a_person(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    outside = await post.reply(ref, "DELEGATED", params=';DELEGATED-TO="mailto:anna@annat.example"')
    assert (outside.outcome, outside.reason) == ("unconfirmed", "delegate_outside")
    itself = await post.reply(ref, "DELEGATED", params=f';DELEGATED-TO="mailto:{UNIT}"')
    assert itself.outcome == "refused"
    assert standing(await post.party(target)) is Standing.NO_ANSWER


async def test_21_a_counter_is_a_proposal_and_moves_nothing(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(
        await post.ref(target, UNIT),
        "TENTATIVE",
        method="COUNTER",
        DTSTART="20261209T090000Z",
        DTEND="20261209T100000Z",
    )
    assert (row.outcome, row.reason) == ("applied", "proposed")
    meeting = (await post.town.meeting(target)).state
    assert standing(meeting.party(2)) is Standing.PROPOSES
    assert meeting.start == at("2026-12-07 10:00")


async def test_23_a_counter_in_the_past_is_a_tentative(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, "", method="COUNTER", DTSTART="20261009T090000Z", DTEND="20261009T100000Z")
    assert standing(await post.party(target)) is Standing.TENTATIVE


async def test_24_a_refresh_sends_the_request_again(post: Post) -> None:
    target = await post.town.call()
    await post.town.send()
    row = await post.reply(await post.ref(target, UNIT), "NEEDS-ACTION", method="REFRESH")
    assert (row.outcome, row.reason) == ("unchanged", "refresh")
    post.town.relay.tries.clear()
    await post.town.send()
    assert "/resend" in str(post.town.relay.keys)


async def test_25_a_cancel_sent_to_us_cancels_nothing(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), method="CANCEL")
    assert (row.outcome, row.reason) == ("ignored", "request_like")
    assert (await post.town.meeting(target)).state.state == "called"


async def test_26_27_28_after_cancellation_start_and_removal(post: Post) -> None:
    town = post.town
    cancelled, late, removed = await town.call("one"), await town.call("two"), await town.call("three")
    await town.do(cancelled, e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    await town.do(removed, e.PartyRemoved(2))
    assert (await post.reply(await post.ref(cancelled, UNIT))).reason == "cancelled"
    assert (await post.reply(await post.ref(removed, UNIT))).reason == "removed"
    town.now = at("2026-12-07 10:30")
    assert (await post.reply(await post.ref(late, UNIT))).reason == "late"


async def test_29_another_uid_is_quarantined(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), UID="somebody-elses")
    assert (row.outcome, row.reason) == ("quarantine", "uid_differs")


async def test_30_31_unknown_and_missing_tokens(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    unknown = await post.reply(ref, to=f"sip+{'a' * 26}@{DOMAIN}")
    assert (unknown.outcome, unknown.reason) == ("quarantine", "unknown_token")
    none = await post.reply(ref, to=f"sip@{DOMAIN}")
    assert (none.outcome, none.reason) == ("quarantine", "unproven"), "anybody may know a UID and an address"
    shown = await post.reply(ref, to=f"sip@{DOMAIN}", headers=results("pass"))
    assert (shown.outcome, shown.reason) == ("unconfirmed", "unconfirmed")
    assert standing(await post.party(target)) is Standing.NO_ANSWER


async def test_33_from_a_stranger_with_the_right_token_is_unconfirmed(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), sender="nagon@annat.example")
    assert (row.outcome, row.reason) == ("unconfirmed", "unconfirmed")


async def test_38_39_words_and_machines(post: Post) -> None:
    target = await post.town.call()
    to = f"sip+{(await post.ref(target, UNIT)).reply_token}@{DOMAIN}"
    human = await post.put(f"From: <{UNIT}>\r\nSubject: Hej\r\n\r\nVi ringer.\r\n".encode(), to, UNIT)
    assert (human.outcome, human.reason) == ("refused", "human")
    away = await post.put(f"From: <{UNIT}>\r\nAuto-Submitted: auto-replied\r\n\r\nBorta.\r\n".encode(), to)
    assert (away.outcome, away.reason) == ("ignored", "auto_reply")
    room = await post.reply(await post.ref(target, UNIT), headers="Auto-Submitted: auto-replied\r\n")
    assert (room.outcome, room.reason) == ("unchanged", "automatic")
    party = await post.party(target)
    assert standing(party) is Standing.NO_ANSWER
    assert (await post.town.meeting(target)).state.invitation(2).delivery is Delivery.ACCEPTED


async def test_40_a_bounce_by_its_envelope_makes_the_unit_undeliverable(post: Post) -> None:
    town = post.town
    target = await town.call()
    await town.send()
    secrets = next(s for mails, s in town.relay.composed if mails[0].to.email == UNIT)
    dsn = (
        "From: <mailer-daemon@al.example>\r\nContent-Type: multipart/report; boundary=b\r\n"
        "MIME-Version: 1.0\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; al.example\r\n\r\n"
        f"Final-Recipient: rfc822; {UNIT}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    row = await post.put(dsn.encode(), f"bounce+{secrets.bounce_token}@{DOMAIN}")
    assert (row.outcome, row.reason, row.party) == ("applied", "bounce", 2)
    assert standing(await post.party(target)) is Standing.UNDELIVERABLE
    unknown = await post.put(dsn.encode(), f"bounce+{'b' * 26}@{DOMAIN}")
    assert (unknown.outcome, unknown.reason) == ("quarantine", "unknown_bounce")
    delayed = await post.put(dsn.replace("failed", "delayed").encode(), f"bounce+{secrets.bounce_token}@{DOMAIN}")
    assert (delayed.outcome, delayed.reason) == ("ignored", "delay")


async def test_a_human_answer_verifies_the_mailbox(post: Post) -> None:
    town = post.town
    target = await town.call()
    await post.reply(await post.ref(target, UNIT))
    async with town.db.transaction(TESTER) as conn:
        found = await mailbox_checks.verified(conn, [HOME_CARE.unit_id], local_day(town.now))
    assert found == {HOME_CARE.unit_id: town.now}


async def test_what_cannot_be_judged_by_our_fault_is_kept_and_tried_again(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    row = await post.put(b"\x00\xff", f"sip+{ref.reply_token}@{DOMAIN}", UNIT)
    assert row.outcome == "refused"
    async with post.town.db.transaction(TESTER) as conn:
        assert len(await to_see_to(conn)) == 1


async def test_two_judges_at_once_apply_an_answer_once(post: Post) -> None:
    town = post.town
    target = await town.call()
    ref = await post.ref(target, UNIT)
    calendar = ics("REPLY", ref, f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{UNIT}", SEQUENCE="0", DTSTAMP="20261102T090000Z")
    raw = f"From: <{UNIT}>\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n{calendar}".encode()
    await inbound.ingest(
        town.db, post.vault, raw, Envelope(UNIT, (f"sip+{ref.reply_token}@{DOMAIN}",)), "smtp", town.now
    )
    before = (await town.meeting(target)).journal_seq
    done = await asyncio.gather(
        *(pending.judge_pending(town.db, post.vault, PARSE, now=town.now, world=WORLD) for _ in range(3))
    )
    assert sum(done) == 1
    assert (await town.meeting(target)).journal_seq == before + 1


async def test_a_mail_is_read_beside_the_event_loop(post: Post) -> None:
    """A large one takes its while: pages, feeds and the sender go on meanwhile."""
    where: list[int] = []

    def reading(raw: bytes, *, mail_from: str | None = None) -> ParsedMail:
        where.append(threading.get_ident())
        return PARSE(raw, mail_from=mail_from)

    envelope = Envelope("x@al.example", (f"sip@{DOMAIN}",))
    await inbound.ingest(post.town.db, post.vault, b"Subject: x\r\n\r\nx", envelope, "smtp", post.town.now)
    assert await pending.judge_pending(post.town.db, post.vault, reading, now=post.town.now, world=WORLD) == 1
    assert where and threading.get_ident() not in where
