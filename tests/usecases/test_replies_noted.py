"""Received mail that is no answer: words, machines, requests for the call, delivery reports (mail-cases, cases 5,
8, 12, 24 and 38-40). Each is noted where it belongs, and nobody is written to who should not be.
"""

from datetime import date, timedelta
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.meeting import Invitation
from sip.domain.standing import Standing, standing
from sip.domain.terms import SettledAs
from sip.store.post import outbox
from tests.store.town import Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, Post

UNIT = "hemtjanst@al.example"


@pytest.fixture
async def post(town: Town) -> Post:
    return Post(town)


async def told(town: Town, target: UUID) -> list[tuple[str, str]]:
    """Kind and recipient of every mail that waits or has left."""
    async with town.db.transaction(TESTER) as conn:
        return [(row.mail.kind, row.mail.to.email) for row in await outbox.of_meeting(conn, target)]


async def bounce_token(post: Post, email: str = UNIT) -> str:
    await post.town.send()
    return next(s.bounce_token for mails, s in post.town.relay.composed if mails[0].to.email == email)


async def invitation(post: Post, target: UUID) -> Invitation:
    ref = await post.ref(target, UNIT)
    return (await post.town.meeting(target)).state.invitation(ref.invitation)


def words(sender: str = UNIT, headers: str = "") -> bytes:
    return f"From: <{sender}>\r\nSubject: Hej\r\n{headers}\r\nVi ringer.\r\n".encode()


# -- flags


async def test_5_two_answers_with_one_time_stamp_the_later_arrival_holds_and_is_flagged(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    stamped = post.town.now = post.town.now + timedelta(minutes=1)
    await post.reply(ref, "ACCEPTED")
    post.town.now += timedelta(seconds=30)
    row = await post.reply(ref, "DECLINED", at=stamped)
    assert (row.reason, list(row.flags)) == ("answered", ["same_stamp"])
    assert standing(await post.party(target)) is Standing.SEEKING_SUBSTITUTE


async def test_8_a_sequence_ahead_of_ours_counts_as_the_current_one_and_is_flagged(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), SEQUENCE="9")
    assert (row.reason, list(row.flags)) == ("answered", ["sequence_ahead"])


async def test_12_of_two_attendees_the_units_line_counts_and_it_is_flagged(post: Post) -> None:
    target = await post.town.call()
    other = "\r\nATTENDEE;PARTSTAT=DECLINED:mailto:nagon@annat.example"
    row = await post.reply(await post.ref(target, UNIT), attendee=UNIT + other, sender=UNIT)
    assert (row.reason, list(row.flags)) == ("answered", ["several_attendees"])
    assert standing(await post.party(target)) is Standing.NAME_MISSING


# -- asking for the call again


async def test_24_a_refresh_is_answered_once_an_hour(post: Post) -> None:
    town = post.town
    target = await town.call()
    ref = await post.ref(target, UNIT)
    reasons = []
    for minutes in (0, 20, 61):
        town.now += timedelta(minutes=minutes)
        reasons.append((await post.reply(ref, "NEEDS-ACTION", method="REFRESH")).reason)
    assert reasons == ["refresh", "refresh_withheld", "refresh"]
    assert [kind for kind, _ in await told(town, target)].count("resend") == 2


@pytest.mark.parametrize(("state", "kind"), [("cancelled", "cancelled"), ("removed", "removed")])
async def test_26_28_what_is_over_is_cancelled_once_more_in_the_right_words(post: Post, state: str, kind: str) -> None:
    town = post.town
    target = await town.call()
    await town.send()
    ref = await post.ref(target, UNIT)
    event = e.Cancelled(e.CancelReason.NO_LONGER_NEEDED) if state == "cancelled" else e.PartyRemoved(2)
    await town.do(target, event)
    for _ in range(2):
        town.now += timedelta(minutes=1)
        assert (await post.reply(ref)).reason == state
    assert [to for mailed, to in await told(town, target) if mailed == kind].count(UNIT) == 2


async def test_a_machine_gets_no_second_call(post: Post) -> None:
    """An automatic answer to an older time: nothing is sent to a machine (RFC 3834, section 2)."""
    town = post.town
    target = await town.call()
    ref = await post.ref(target, UNIT)
    meeting = (await town.meeting(target)).state
    start = meeting.start + timedelta(days=1)
    await town.do(target, e.Moved(start, start + timedelta(hours=1), meeting.form, meeting.place))
    row = await post.reply(ref, headers="Auto-Submitted: auto-replied\r\n")
    assert row.reason == "answered_old_time"
    assert "resend" not in [kind for kind, _ in await told(town, target)]


# -- words of people


async def test_38_words_are_told_to_the_convener_and_the_writer_learns_that_they_do_not_count(post: Post) -> None:
    town = post.town
    target = await town.call()
    to = f"sip+{(await post.ref(target, UNIT)).reply_token}@{DOMAIN}"
    for n in range(3):
        row = await post.put(words() + str(n).encode(), to, UNIT)
        assert (row.outcome, row.reason) == ("refused", "human")
    mailed = await told(town, target)
    assert mailed.count(("convener_told", "clara@region.example")) == 1
    assert mailed.count(("unusable", UNIT)) == 1, "once a day"
    town.now += timedelta(days=1)
    await post.put(words() + b"4", to, UNIT)
    assert (await told(town, target)).count(("unusable", UNIT)) == 2


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (words(headers="Precedence: bulk\r\n"), UNIT),
        (words(headers="List-Id: <personal.al.example>\r\n"), UNIT),
        (words(), ""),
        (words("nagon@annat.example"), "nagon@annat.example"),
    ],
    ids=["mass mail", "a list", "no return path", "a stranger"],
)  # fmt: skip
async def test_nobody_is_written_back_to_who_is_no_person_of_the_unit(post: Post, raw: bytes, sender: str) -> None:
    target = await post.town.call()
    to = f"sip+{(await post.ref(target, UNIT)).reply_token}@{DOMAIN}"
    row = await post.put(raw, to, sender)
    assert row.reason == ("human" if sender else "auto_reply"), "a null path is a machine's"
    assert "unusable" not in [kind for kind, _ in await told(post.town, target)]


async def test_words_in_answer_to_our_mail_find_their_meeting_without_a_token(post: Post) -> None:
    """A mailbox that lost the envelope: the Message-ID it answers is ours, and nobody can guess one."""
    town = post.town
    target = await town.call()
    await town.send()
    async with town.db.transaction(TESTER) as conn:
        rows = await outbox.of_meeting(conn, target)
    keys = next(row for row in rows if row.mail.to.email == UNIT)
    message_id = town.relay.compose([keys.mail], next(s for _, s in town.relay.composed)).message_id
    row = await post.put(words(headers=f"In-Reply-To: {message_id}\r\n"), f"sip@{DOMAIN}", UNIT)
    assert (row.reason, row.meeting_id, row.party) == ("human", target, 2)
    lost = await post.put(words(headers="In-Reply-To: <x@annat.example>\r\n"), f"sip@{DOMAIN}", UNIT)
    assert (lost.reason, lost.meeting_id) == ("human", None)


async def test_an_unusable_answer_is_told_to_its_sender(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), "X-SOON", sender=UNIT)
    assert (row.outcome, row.reason) == ("refused", "no_answer")
    assert ("unusable", UNIT) in await told(post.town, target)


# -- words of machines


@pytest.mark.parametrize("way", ["reply", "bounce"])
async def test_39_the_mailbox_says_that_it_is_away(post: Post, way: str) -> None:
    """Answering machines write to the envelope's address (RFC 3834, section 4), some to Reply-To."""
    target = await post.town.call()
    token = await bounce_token(post)
    reply = (await post.ref(target, UNIT)).reply_token
    to = f"bounce+{token}@{DOMAIN}" if way == "bounce" else f"sip+{reply}@{DOMAIN}"
    raw = (
        f"From: <{UNIT}>\r\nAuto-Submitted: auto-replied\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nVi är åter den 16 november.\r\n"
    )
    before = await told(post.town, target)
    row = await post.put(raw.encode(), to)
    assert (row.outcome, row.reason, row.meeting_id, row.party) == ("ignored", "auto_reply", target, 2)
    away = await invitation(post, target)
    assert away.away_at == post.town.now
    assert away.away_until in (None, date(2026, 11, 15), date(2026, 11, 16))
    assert standing(await post.party(target)) is Standing.NO_ANSWER
    assert await told(post.town, target) == before, "never answered"


def report(action: str, more: str = "") -> bytes:
    return (
        "From: <mailer-daemon@al.example>\r\nContent-Type: multipart/report; boundary=b\r\n"
        "MIME-Version: 1.0\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; al.example\r\n{more}\r\n"
        f"Final-Recipient: rfc822; {UNIT}\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()


async def test_40_a_bounce_that_lost_its_address_is_known_by_its_envelope_id(post: Post) -> None:
    target = await post.town.call()
    token = await bounce_token(post)
    row = await post.put(report("failed", f"Original-Envelope-Id: {token}\r\n"), f"postmaster@{DOMAIN}")
    assert (row.outcome, row.reason, row.meeting_id) == ("applied", "bounce", target)
    assert standing(await post.party(target)) is Standing.UNDELIVERABLE


@pytest.mark.parametrize(("action", "reason"), [("delayed", "delay"), ("delivered", "delivered")])
async def test_40_a_delay_and_a_delivery_are_noted_at_their_meeting(post: Post, action: str, reason: str) -> None:
    target = await post.town.call()
    token = await bounce_token(post)
    row = await post.put(report(action), f"bounce+{token}@{DOMAIN}")
    assert (row.outcome, row.reason, row.meeting_id, row.party) == ("ignored", reason, target, 2)
    assert standing(await post.party(target)) is Standing.NO_ANSWER
    assert (await invitation(post, target)).away_at is None


async def test_40_a_bounce_of_a_mail_that_the_unit_sends_on_does_not_end_its_invitation(post: Post) -> None:
    """Original-Recipient is none that we wrote to: somebody's forwarding rule leads to a dead address."""
    target = await post.town.call()
    token = await bounce_token(post)
    raw = report("failed").replace(
        f"Final-Recipient: rfc822; {UNIT}".encode(),
        b"Original-Recipient: rfc822; anna@privat.example\r\nFinal-Recipient: rfc822; anna@privat.example",
    )
    row = await post.put(raw, f"bounce+{token}@{DOMAIN}")
    assert (row.outcome, row.reason, row.meeting_id) == ("refused", "bounce_elsewhere", target)
    assert standing(await post.party(target)) is Standing.NO_ANSWER


async def test_a_failed_mail_to_a_colleague_does_not_make_an_asked_person_unreachable(post: Post) -> None:
    target = await post.town.call()
    await post.reply(await post.ref(target, UNIT), "DELEGATED", params=';DELEGATED-TO="mailto:anna@al.example"')
    asked = (await post.party(target)).attendees[0]
    event = e.MailSettled(
        "key", SettledAs.FAILED, post.town.now, "unusable", party=2, attendee=asked.ordinal, email="bo@al.example"
    )
    await post.town.do(target, event)
    assert (await post.party(target)).attendees[0].state == asked.state
