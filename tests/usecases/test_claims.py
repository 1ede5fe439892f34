"""Answers of which it is not certain whose they are: evidence, the convener's word, and what follows (mail-cases,
cases 13-19 and 31-33).
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.effects import MailKind
from sip.domain.events import Verdict
from sip.domain.standing import Standing, standing
from sip.domain.terms import AttendeeState, ClaimState
from sip.domain.worktime import local_day
from sip.store.post import mailbox_checks, outbox
from sip.usecases import claims
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from tests.domain.cast import HOME_CARE
from tests.store.town import WORLD, Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, Post, results

UNIT = "hemtjanst@al.example"
STRANGER = "nagon@annat.example"
CONVENER = Actor(ActorKind.ENGINE, name="Clara Kallar")


@pytest.fixture
async def post(town: Town) -> Post:
    return Post(town)


async def decide(post: Post, target: UUID, verdict: Verdict, claim: int = 1, name: str | None = None) -> Handled:
    by = Command(CONVENER, post.town.now, WORLD, f"press-{verdict}-{claim}-{post.town.now}")
    return await claims.decide(post.town.db, target, claim, verdict, by, name=name)


async def mailed(town: Town, target: UUID) -> list[tuple[str, str, str]]:
    """Kind, recipient and what is told of everything posted."""
    async with town.db.transaction(TESTER) as conn:
        rows = await outbox.of_meeting(conn, target)
    return [(row.mail.kind, row.mail.to.email, row.mail.detail.get("what", "")) for row in rows]


async def verified(town: Town) -> bool:
    async with town.db.transaction(TESTER) as conn:
        found = await mailbox_checks.verified(conn, [HOME_CARE.unit_id], local_day(town.now))
    return found.get(HOME_CARE.unit_id) == town.now


# -- who answered


@pytest.mark.parametrize(
    ("sender", "headers", "expected"),
    [
        (UNIT, "", "answered"),
        ("anna@al.example", results("pass"), "answered"),
        ("anna@al.example", results("fail"), "unconfirmed"),
        (UNIT, results("fail"), "unconfirmed"),
        (UNIT, results("fail", by="mx.somebody.example"), "answered"),
        (UNIT, results("pass") + results("fail"), "answered"),
        (UNIT, results("fail") + results("pass"), "unconfirmed"),
        (UNIT, results("fail", domain="annat.example"), "answered"),
        (UNIT, "Authentication-Results: mx.sip.example; dmarc=(\r\n" + results("fail"), "answered"),
        (STRANGER, results("pass", domain="annat.example"), "unconfirmed"),
        (STRANGER, "", "unconfirmed"),
    ],
)
async def test_33_from_and_the_word_of_our_own_mail_server(
    post: Post, sender: str, headers: str, expected: str
) -> None:
    """Only the topmost field of the configured server counts, and only of the domain that From names."""
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), sender=sender, headers=headers)
    assert row.reason == expected
    assert bool(await post.claims(target)) is (expected == "unconfirmed")


@pytest.mark.parametrize(
    ("params", "headers", "expected"),
    [
        ("", "", "anna@al.example"),
        (';SENT-BY="mailto:bo@al.example"', "", "bo@al.example"),
        ("", "Sender: <vera@al.example>\r\n", "vera@al.example"),
        ("", "Sender: <calendar-notification@kalender.example>\r\n", "anna@al.example"),
    ],
)
async def test_13_15_who_answered_for_the_shared_mailbox_is_remembered(
    post: Post, params: str, headers: str, expected: str
) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), sender="anna@al.example", params=params, headers=headers)
    assert (row.reason, row.answered_by) == ("answered", expected)
    this = (await post.party(target)).round
    assert this is not None and this.answer is not None and this.answer.recorded_by == expected


async def test_31_32_without_a_token_only_a_sender_shown_to_be_of_the_unit_is_asked_about(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    base = f"sip@{DOMAIN}"
    forged = await post.reply(ref, to=base, headers=results("none"))
    assert (forged.outcome, forged.reason) == ("quarantine", "unproven")
    strange = await post.reply(ref, to=base, sender=STRANGER, headers=results("pass", domain="annat.example"))
    assert strange.outcome == "quarantine"
    assert await post.claims(target) == ()
    shown = await post.reply(ref, to=base, headers=results("pass"))
    assert (shown.outcome, shown.claim) == ("unconfirmed", 1)


# -- an answer in the unit's name


async def test_confirmed_it_is_the_units_answer_and_proves_no_mailbox(post: Post) -> None:
    target = await post.town.call()
    row = await post.reply(await post.ref(target, UNIT), sender=STRANGER)
    assert ("convener_told", "clara@region.example", "unconfirmed") in await mailed(post.town, target)
    done = await decide(post, target, Verdict.ACCEPT)
    assert done.refused is None
    party = await post.party(target)
    assert standing(party) is Standing.NAME_MISSING
    assert party.round is not None and party.round.acknowledged_at is not None
    assert not await verified(post.town)
    told = await mailed(post.town, target)
    assert ("decision", UNIT, "claim_confirmed") in told
    assert not [one for one in told if one[0] == "receipt"], "the unit is told once, a stranger never"
    again = await decide(post, target, Verdict.DECLINE)
    assert again.refused is not None and again.refused.reason == "nothing_to_decide"
    assert row.claim == 1


async def test_refused_the_unit_is_told_and_nothing_changes(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, sender=STRANGER)
    before = await post.party(target)
    await decide(post, target, Verdict.DECLINE)
    assert await post.party(target) == before
    assert ("decision", UNIT, "claim_refused") in await mailed(post.town, target)
    post.town.now += timedelta(minutes=5)
    same = await post.reply(ref, sender=STRANGER)
    assert (same.outcome, same.reason) == ("unchanged", "refused_before"), "the same word is not asked about again"


async def test_a_certain_answer_overtakes_an_uncertain_one(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, "DECLINED", sender=STRANGER)
    post.town.now += timedelta(minutes=5)
    await post.reply(ref, "ACCEPTED")
    (claim,) = await post.claims(target)
    assert claim.state is ClaimState.LAPSED
    done = await decide(post, target, Verdict.ACCEPT)
    assert done.refused is not None and done.refused.reason == "claim_overtaken"
    assert standing(await post.party(target)) is Standing.NAME_MISSING


async def test_an_uncertain_answer_confirmed_late_does_not_undo_a_later_one_it_preceded(post: Post) -> None:
    """The claim keeps the stamp of its mail: confirming it is no new answer."""
    town = post.town
    target = await town.call()
    ref = await post.ref(target, UNIT)
    written = town.now = town.now + timedelta(minutes=1)
    town.now += timedelta(minutes=10)
    await post.reply(ref, "ACCEPTED")
    row = await post.reply(ref, "DECLINED", sender=STRANGER, at=written)
    assert (row.outcome, row.reason) == ("unchanged", "stale"), "what is overtaken already is not asked about"
    assert await post.claims(target) == ()
    assert standing(await post.party(target)) is Standing.NAME_MISSING


async def test_2_the_same_mail_again_after_it_was_confirmed_is_nothing_new(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    written = post.town.now = post.town.now + timedelta(minutes=1)
    await post.reply(ref, sender=STRANGER, at=written)
    await decide(post, target, Verdict.ACCEPT)
    post.town.now += timedelta(minutes=5)
    again = await post.reply(ref, sender=STRANGER, at=written, headers="Received: by another path\r\n")
    assert (again.outcome, again.reason) == ("unchanged", "already_applied")
    assert len(await post.claims(target)) == 1


async def test_a_persons_own_yes_overtakes_an_uncertain_no_in_her_name(post: Post) -> None:
    target = await post.town.call()
    await post.reply(await post.ref(target, UNIT), "DELEGATED", params=';DELEGATED-TO="mailto:anna@al.example"')
    own = await post.ref(target, "anna@al.example")
    post.town.now += timedelta(minutes=1)
    await post.reply(own, "DECLINED", sender=STRANGER)
    post.town.now += timedelta(minutes=1)
    await post.reply(own, "ACCEPTED")
    assert [one.state for one in await post.claims(target)] == [ClaimState.LAPSED]
    assert standing(await post.party(target)) is Standing.SUBSTITUTE_ATTENDS


async def test_an_uncertain_delegation_is_for_a_person(post: Post) -> None:
    target = await post.town.call()
    to = ';DELEGATED-TO="mailto:anna@al.example"'
    row = await post.reply(await post.ref(target, UNIT), "DELEGATED", params=to, sender=STRANGER)
    assert (row.outcome, row.reason) == ("refused", "delegate_unclear")


async def test_a_colleagues_own_no_does_not_take_back_the_units_yes(post: Post) -> None:
    """Bo got the mail on and cannot come himself; whether he speaks for the unit the convener may say."""
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, "ACCEPTED")
    post.town.now += timedelta(minutes=1)
    row = await post.reply(ref, "DECLINED", attendee="bo@al.example")
    assert (row.outcome, row.reason) == ("unconfirmed", "unconfirmed")
    assert standing(await post.party(target)) is Standing.NAME_MISSING


async def test_a_colleague_takes_back_her_own_yes(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, "ACCEPTED", attendee="bo@al.example")
    post.town.now += timedelta(minutes=1)
    await post.reply(ref, "DECLINED", attendee="bo@al.example")
    assert standing(await post.party(target)) is Standing.SEEKING_SUBSTITUTE


async def test_a_move_ends_what_waited(post: Post) -> None:
    target = await post.town.call()
    await post.reply(await post.ref(target, UNIT), sender=STRANGER)
    meeting = (await post.town.meeting(target)).state
    start = meeting.start + timedelta(days=1)
    await post.town.do(target, e.Moved(start, start + timedelta(hours=1), meeting.form, meeting.place))
    assert [one.state for one in await post.claims(target)] == [ClaimState.LAPSED]


async def test_a_machine_makes_no_claim(post: Post) -> None:
    target = await post.town.call()
    auto = "Auto-Submitted: auto-replied\r\n"
    row = await post.reply(await post.ref(target, UNIT), sender=STRANGER, headers=auto)
    assert (row.outcome, row.reason) == ("unchanged", "automatic")
    assert await post.claims(target) == ()


# -- somebody the call was forwarded to


async def test_16_approved_she_gets_an_own_invitation_and_covers(post: Post) -> None:
    target = await post.town.call()
    await post.reply(await post.ref(target, UNIT), attendee=STRANGER)
    assert ("convener_told", "clara@region.example", "party_crasher") in await mailed(post.town, target)
    await decide(post, target, Verdict.ACCEPT, name="Nora Ny")
    party = await post.party(target)
    assert standing(party) is Standing.ATTENDS
    assert [(p.name, p.email, p.state) for p in party.attendees] == [("Nora Ny", STRANGER, AttendeeState.ACCEPTED)]
    own = await post.ref(target, STRANGER)
    assert own.reply_token != (await post.ref(target, UNIT)).reply_token
    assert ("named", STRANGER, "") in await mailed(post.town, target)
    post.town.now += timedelta(minutes=5)
    regret = await post.reply(own, "DECLINED")
    assert regret.reason == "answered"
    assert standing(await post.party(target)) is Standing.SEEKING_SUBSTITUTE


async def test_16_refused_her_copy_alone_is_cancelled(post: Post) -> None:
    town = post.town
    target = await town.call()
    await town.send()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, attendee=STRANGER)
    await decide(post, target, Verdict.DECLINE)
    town.relay.composed.clear()
    await town.send()
    cancels = [(mails[0], secrets) for mails, secrets in town.relay.composed if mails[0].method == "CANCEL"]
    assert [(mail.to.email, secrets.reply_token) for mail, secrets in cancels] == [(STRANGER, ref.reply_token)]
    assert cancels[0][0].copy_of == ref.invitation, "UID and token are those of the copy in her calendar"
    meeting = (await town.meeting(target)).state
    assert meeting.invitation(ref.invitation).active
    assert standing(meeting.party(2)) is Standing.NO_ANSWER
    late = await post.reply(ref)
    assert late.reason == "answered", "the unit answers as before"


async def test_16_a_no_of_somebody_nobody_called_changes_nothing(post: Post) -> None:
    target = await post.town.call()
    post.town.now += timedelta(hours=3)
    row = await post.reply(await post.ref(target, UNIT), "DECLINED", attendee=STRANGER)
    assert (row.outcome, row.reason) == ("ignored", "forwarded_no")
    assert standing(await post.party(target)) is Standing.NO_ANSWER
    older = await post.reply(
        await post.ref(target, UNIT), attendee=STRANGER, at=post.town.now - timedelta(hours=2)
    )  # fmt: skip
    assert older.reason == "stale", "whichever comes first, her later word holds"


async def test_14_the_agreement_may_enter_a_colleague_by_herself(post: Post) -> None:
    """By default her yes is the unit's, given by her; where the agreement says so she is the one who comes."""
    town = post.town
    target = await town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, attendee="anna@al.example")
    assert standing(await post.party(target)) is Standing.NAME_MISSING
    await town.agree(lambda rules: replace(rules, approve_colleagues=True))
    other = await town.call("two")
    await post.reply(await post.ref(other, UNIT), attendee="anna@al.example")
    party = await post.party(other)
    assert standing(party) is Standing.ATTENDS
    assert [p.email for p in party.attendees] == ["anna@al.example"]
    assert await post.ref(other, "anna@al.example")


# -- delegation (RFC 5546, section 3.2.2.3)


async def test_17_delegated_outside_the_organisation_waits_for_the_convener(post: Post) -> None:
    target = await post.town.call()
    to = f';DELEGATED-TO="mailto:{STRANGER}"'
    row = await post.reply(await post.ref(target, UNIT), "DELEGATED", params=to)
    assert (row.outcome, row.reason) == ("unconfirmed", "delegate_outside")
    assert standing(await post.party(target)) is Standing.NO_ANSWER
    await decide(post, target, Verdict.ACCEPT)
    party = await post.party(target)
    assert standing(party) is Standing.SEEKING_SUBSTITUTE
    assert [(p.email, p.state) for p in party.attendees] == [(STRANGER, AttendeeState.ASKED)]
    await post.reply(await post.ref(target, STRANGER), "ACCEPTED")
    assert standing(await post.party(target)) is Standing.SUBSTITUTE_ATTENDS


async def test_17_refused_the_duty_stays(post: Post) -> None:
    target = await post.town.call()
    await post.reply(
        await post.ref(target, UNIT), "DELEGATED", params=f';DELEGATED-TO="mailto:{STRANGER}"'
    )  # fmt: skip
    await decide(post, target, Verdict.DECLINE)
    assert standing(await post.party(target)) is Standing.NO_ANSWER
    told = await mailed(post.town, target)
    assert ("decision", UNIT, "candidate_refused") in told


async def test_18_the_delegate_answers_through_the_delegators_token(post: Post) -> None:
    """Before the delegation itself came, and after."""
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    row = await post.reply(
        ref, "ACCEPTED", attendee="anna@al.example", params=f';DELEGATED-FROM="mailto:{UNIT}"'
    )  # fmt: skip
    assert row.reason == "answered"
    party = await post.party(target)
    assert standing(party) is Standing.ATTENDS
    assert [p.email for p in party.attendees] == ["anna@al.example"]
    post.town.now += timedelta(minutes=1)
    late = await post.reply(ref, "DELEGATED", params=';DELEGATED-TO="mailto:anna@al.example"')
    assert (late.outcome, late.reason) == ("unchanged", "already_applied")
    assert standing(await post.party(target)) is Standing.ATTENDS


async def test_19_the_delegates_no_asks_the_next_and_tells_the_convener(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, "DELEGATED", params=';DELEGATED-TO="mailto:anna@al.example"')
    post.town.now += timedelta(minutes=1)
    await post.reply(
        ref, "DECLINED", attendee="anna@al.example", params=f';DELEGATED-FROM="mailto:{UNIT}"'
    )  # fmt: skip
    party = await post.party(target)
    assert [(p.email, p.state) for p in party.attendees][:2] == [
        ("anna@al.example", AttendeeState.REFUSED),
        ("ersattare1@al.example", AttendeeState.ASKED),
    ]
    assert ("convener_told", "clara@region.example", "delegate_refused") in await mailed(post.town, target)


async def test_20_a_circle_is_for_a_person(post: Post) -> None:
    target = await post.town.call()
    ref = await post.ref(target, UNIT)
    await post.reply(ref, "DELEGATED", params=';DELEGATED-TO="mailto:anna@al.example"')
    own = await post.ref(target, "anna@al.example")
    post.town.now += timedelta(minutes=1)
    back = await post.reply(own, "DELEGATED", params=f';DELEGATED-TO="mailto:{UNIT}"')
    assert (back.outcome, back.reason) == ("refused", "delegate_unclear")


# -- through a person's own entry


async def test_another_address_of_the_house_through_a_persons_entry_is_asked_about(post: Post) -> None:
    target = await post.town.call()
    await post.reply(await post.ref(target, UNIT), "DELEGATED", params=';DELEGATED-TO="mailto:anna@al.example"')
    own = await post.ref(target, "anna@al.example")
    post.town.now += timedelta(minutes=1)
    row = await post.reply(own, attendee="anna.ek@al.example")
    assert (row.outcome, row.reason) == ("unconfirmed", "unconfirmed")
    await decide(post, target, Verdict.ACCEPT)
    assert standing(await post.party(target)) is Standing.SUBSTITUTE_ATTENDS
    assert MailKind.DECISION in [kind for kind, _, _ in await mailed(post.town, target)]
