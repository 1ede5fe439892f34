"""A poll of times: an offer to the parties, of which the convener picks (rules, section 9)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sip.domain import events as e
from sip.domain import poll_upkeep
from sip.domain.decide import decide, next_due, overtaken
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.effects import Mail, MailboxProved, MailKind, Timing
from sip.domain.people import CaseFacts, Roster
from sip.domain.poll import (
    Poll,
    PollAnswered,
    PollAsked,
    PollChoice,
    PollEnd,
    PollPicked,
    PollState,
    PollWithdrawn,
)
from sip.domain.polling import short_notice
from sip.domain.terms import AnswerKind, Channel, MeetingState, Obligation, SettledAs
from tests.domain.cast import CASE, HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, World, at, called, draft, local, said

NOW, START = "2026-11-02 10:00", "2026-12-07 10:00"
HOUR = timedelta(hours=1)
FIRST, SECOND, THIRD = at("2026-12-01 09:00"), at("2026-12-02 13:00"), at("2026-12-09 10:00")
TIMES = tuple((start, start + HOUR) for start in (SECOND, FIRST, THIRD))
LAST_DAY = date(2026, 11, 13)  # a Friday
YES, PERHAPS, NO = PollChoice.YES, PollChoice.IF_NEED_BE, PollChoice.NO
HOME, SCHOOLS = 2, 3


def drafted(units: tuple[Roster, ...] = (HOME_CARE, SCHOOL)) -> World:
    world = World(at(NOW))
    world.do(draft(at(START), units))
    return world


def ask(world: World, times: tuple[tuple[datetime, datetime], ...] = TIMES, until: date = LAST_DAY) -> World:
    made = world.do(PollAsked(times, until))
    assert isinstance(made, Decision), made
    return world


def say(world: World, party: int, *choices: PollChoice, through: str | None = None) -> Decision | Refused:
    channel = Channel.PAGE if through else Channel.PHONE
    given = tuple(enumerate(choices, 1))
    return world.do(PollAnswered(party, poll(world).number, given, "Eva", channel, through))


def poll(world: World) -> Poll:
    assert world.the.poll is not None
    return world.the.poll


def kinds(world: World) -> list[tuple[str, str]]:
    return [(mail.to.email, mail.kind) for mail in world.mails if mail.kind.startswith("poll")]


# -- P1


def test_a_draft_asks_every_party_but_the_conveners_own() -> None:
    world = ask(drafted())
    assert kinds(world) == [("hemtjanst@al.example", "poll"), ("skolan@al.example", "poll")]
    assert [time.start for time in poll(world).times] == [FIRST, SECOND, THIRD]
    assert local(poll(world).closes_at) == "Sat 14 Nov 00:00"
    assert all(mail.method is None and mail.ask for mail in world.sent(MailKind.POLL))
    assert world.the.state is MeetingState.DRAFT


@pytest.mark.parametrize(
    ("times", "until", "reason"),
    [
        (TIMES[:1], LAST_DAY, Reason.POLL_TIMES),
        ((TIMES[0], TIMES[0]), LAST_DAY, Reason.POLL_TIMES),
        (tuple((FIRST + n * HOUR, FIRST + n * HOUR + HOUR) for n in range(7)), LAST_DAY, Reason.POLL_TIMES),
        ((TIMES[0], (at(NOW), at(NOW) + HOUR)), LAST_DAY, Reason.TIME_PAST),
        ((TIMES[0], (FIRST, FIRST)), LAST_DAY, Reason.END_BEFORE_START),
        (TIMES, date(2026, 11, 1), Reason.POLL_CLOSES_PAST),
    ],
)
def test_what_cannot_be_asked(times: tuple[tuple[datetime, datetime], ...], until: date, reason: Reason) -> None:
    made = drafted().do(PollAsked(times, until))
    assert made == Refused(reason)


def test_six_times_may_be_asked_of_and_today_may_be_the_last_day() -> None:
    world = ask(drafted(), tuple((FIRST + n * HOUR, FIRST + n * HOUR + HOUR) for n in range(6)), date(2026, 11, 2))
    assert len(poll(world).times) == 6
    assert local(poll(world).closes_at) == "Tue 03 Nov 00:00"


def test_without_consent_nobody_is_asked() -> None:
    world = drafted()
    world.case = replace(CASE, consent=False)
    assert world.do(PollAsked(TIMES, LAST_DAY)) == Refused(Reason.NO_CONSENT)
    world.case = replace(CASE, consent_organisations=frozenset({HOME_CARE.organisation_id}))
    assert world.do(PollAsked(TIMES, LAST_DAY)) == Refused(Reason.CONSENT_NOT_COVERING, {"unit": SCHOOL.name})
    world.case = replace(CASE, protected=True)
    assert world.do(PollAsked(TIMES, LAST_DAY)) == Refused(Reason.PROTECTED_CASE)
    assert kinds(world) == []


def test_it_needs_somebody_to_ask() -> None:
    assert drafted(()).do(PollAsked(TIMES, LAST_DAY)) == Refused(Reason.NO_PARTIES)


def test_it_ends_no_later_than_the_last_time_or_the_called_meeting() -> None:
    world = ask(drafted(), until=date(2026, 12, 24))
    assert poll(world).closes_at == THIRD
    world = ask(called(NOW, START), until=date(2026, 12, 24))
    assert poll(world).closes_at == at(START)


def test_who_has_no_mailbox_is_telephoned() -> None:
    world = drafted()
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, phone_only=True)
    ask(world)
    assert kinds(world) == [("skolan@al.example", "poll")]
    ask_of_home = poll(world).ask(HOME)
    assert ask_of_home is not None
    assert ask_of_home.email is None
    assert isinstance(say(world, HOME, YES), Decision)


def test_a_new_poll_takes_the_place_of_the_earlier() -> None:
    world = ask(drafted())
    say(world, HOME, YES, NO)
    ask(world, TIMES[:2])
    assert poll(world).number == 2
    assert poll(world).answers == ()
    assert len(kinds(world)) == 4
    stale = PollAnswered(HOME, 1, ((1, YES),), "Eva", Channel.PAGE)
    assert world.do(stale) == Refused(Reason.POLL_OVER)


# -- P2


def test_each_word_stands_with_who_and_when_and_the_last_one_counts() -> None:
    world = ask(drafted())
    say(world, HOME, YES, PERHAPS)
    world.now += HOUR
    assert isinstance(world.do(PollAnswered(HOME, 1, ((2, NO),), "Bo", Channel.PHONE)), Decision)
    found = poll(world).of(HOME)
    assert {time: (answer.choice, answer.by) for time, answer in found.items()} == {1: (YES, "Eva"), 2: (NO, "Bo")}
    assert found[2].at - found[1].at == HOUR
    assert world.noted().count("poll_answered") == 1
    assert world.noted().count("poll_answer_changed") == 1


def test_the_same_again_changes_nothing() -> None:
    world = ask(drafted())
    say(world, HOME, YES)
    before = world.the
    world.now += HOUR
    assert isinstance(say(world, HOME, YES), Decision)
    assert world.the == before


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (PollAnswered(HOME, 1, (), "Eva", Channel.PAGE), Reason.POLL_CHOICES),
        (PollAnswered(1, 1, ((1, YES),), "Eva", Channel.PAGE), Reason.PARTY_INACTIVE),
        (PollAnswered(9, 1, ((1, YES),), "Eva", Channel.PAGE), Reason.NOT_FOUND),
        (PollAnswered(HOME, 1, ((9, YES),), "Eva", Channel.PAGE), Reason.NOT_FOUND),
        (PollPicked(1, 9), Reason.NOT_FOUND),
        (PollPicked(2, 1), Reason.POLL_OVER),
        (PollWithdrawn(2), Reason.POLL_OVER),
    ],
)
def test_what_cannot_be_said(event: object, reason: Reason) -> None:
    made = ask(drafted()).do(event)
    assert isinstance(made, Refused)
    assert made.reason is reason


def test_a_time_that_has_begun_takes_no_answer_and_cannot_be_picked() -> None:
    world = ask(drafted(), until=date(2026, 12, 24))
    world.now = FIRST
    assert say(world, HOME, YES) == Refused(Reason.TIME_PAST)
    assert world.do(PollPicked(1, 1)) == Refused(Reason.TIME_PAST)
    later = PollAnswered(HOME, 1, ((2, YES),), "Eva", Channel.PAGE)
    assert isinstance(world.do(later), Decision)


def test_an_answer_through_the_units_own_mailbox_proves_that_it_is_read() -> None:
    world = ask(drafted())
    made = say(world, HOME, YES, through="Hemtjanst@AL.example")
    assert isinstance(made, Decision)
    assert MailboxProved(HOME_CARE.unit_id, "hemtjanst@al.example") in made.effects
    for other in (say(world, SCHOOLS, YES), say(world, SCHOOLS, NO, through="eva@al.example")):
        assert isinstance(other, Decision)
        assert not [effect for effect in other.effects if isinstance(effect, MailboxProved)]


def test_one_reminder_to_who_has_said_nothing_and_then_the_end() -> None:
    world = ask(drafted())
    say(world, HOME, YES)
    due = next_due(world.the)
    assert local(due) == "Thu 12 Nov 08:00"
    world.run(at("2026-11-13 23:00"))
    assert [mail.to.email for mail in world.sent(MailKind.POLL_REMINDER)] == ["skolan@al.example"]
    assert poll(world).state is PollState.OPEN
    assert isinstance(say(world, HOME, NO), Decision)
    world.run(at("2026-11-20 10:00"))
    assert poll(world).state is PollState.CLOSED
    assert next_due(world.the) is None
    (told,) = [mail for mail in world.mails if mail.detail.get("what") == "poll_closed"]
    assert told.timing is Timing.MORNING
    assert say(world, SCHOOLS, YES) == Refused(Reason.POLL_OVER)
    assert world.told() == ["poll_closed"]


def test_at_its_end_no_answer_is_taken_though_no_tick_has_come_yet() -> None:
    world = ask(drafted())
    world.now = at("2026-11-13 23:59")
    assert isinstance(say(world, HOME, YES), Decision)
    world.now = at("2026-11-14 00:00")
    assert poll(world).state is PollState.OPEN
    assert say(world, HOME, NO) == Refused(Reason.POLL_OVER)


def test_asked_the_day_before_there_is_no_reminder() -> None:
    world = ask(drafted(), until=date(2026, 11, 3))
    assert local(next_due(world.the)) == "Wed 04 Nov 00:00"
    world.run(at("2026-11-10 10:00"))
    assert world.sent(MailKind.POLL_REMINDER) == []


def test_a_reminder_over_a_weekend_is_on_a_working_day() -> None:
    assert local(next_due(ask(drafted(), until=date(2026, 11, 16)).the)) == "Fri 13 Nov 08:00"


def test_while_answers_cannot_come_in_nothing_is_reminded_or_ended() -> None:
    world = ask(drafted())
    world.now = at("2026-11-12 08:00")
    world.answers_open_from = at("2026-11-12 09:15")
    world.tick()
    assert (world.sent(MailKind.POLL_REMINDER), local(next_due(world.the))) == ([], "Thu 12 Nov 09:15")
    world.answers_open_from = None
    world.run(at("2026-11-12 10:00"))
    assert len(world.sent(MailKind.POLL_REMINDER)) == 2


def test_when_all_have_answered_the_convener_is_told_once() -> None:
    world = ask(drafted())
    say(world, HOME, YES)
    assert world.told() == []
    say(world, SCHOOLS, YES)
    say(world, SCHOOLS, NO)
    world.run(at("2026-11-20 10:00"))
    assert world.told() == ["poll_all"]
    assert world.sent(MailKind.POLL_REMINDER) == []


def test_a_mailbox_that_fails_gives_way_to_the_next_and_then_the_convener_is_told() -> None:
    world = drafted()
    world.relay = "waits"
    ask(world)
    first = next(mail for mail in world.pending if mail.to.email == "skolan@al.example")
    world.settle(first, SettledAs.FAILED)
    assert kinds(world)[-1] == ("skolan2@al.example", "poll")
    second = next(mail for mail in world.pending if mail.to.email == "skolan2@al.example")
    world.do(e.Bounced(second.key, world.now, SCHOOLS, email="skolan2@al.example", reason="550"))
    assert world.told() == ["poll_unreached"]
    assert world.the.state is MeetingState.DRAFT
    # The same news again is no news.
    world.do(e.Bounced(second.key, world.now, SCHOOLS, email="skolan2@al.example", reason="550"))
    assert world.told() == ["poll_unreached"]


def test_a_failure_after_the_answer_takes_nothing_away() -> None:
    world = ask(drafted())
    mail = world.sent(MailKind.POLL)[0]
    say(world, HOME, YES)
    world.do(e.Bounced(mail.key, world.now, HOME, email=mail.to.email, reason="550"))
    assert world.told() == []


def test_the_unit_is_asked_where_it_is_reached_today() -> None:
    world = ask(drafted())
    say(world, SCHOOLS, YES)
    for unit in (HOME_CARE, SCHOOL):
        world.rosters[unit.unit_id] = replace(unit, addresses=(f"ny.{unit.addresses[0]}",))
    world.run(at("2026-11-12 08:00"))
    assert ("ny.hemtjanst@al.example", "poll") in kinds(world)
    assert not [email for email, _ in kinds(world) if email.startswith("ny.skolan")]
    assert world.sent(MailKind.POLL_REMINDER) == [], "nobody is reminded in a mailbox that the unit has left"


# -- P3


def test_a_pick_gives_the_draft_its_time_and_mails_nobody() -> None:
    world = ask(drafted())
    before = len(world.mails)
    assert isinstance(world.do(PollPicked(1, 2)), Decision)
    assert (world.the.start, world.the.end) == (SECOND, SECOND + HOUR)
    assert (poll(world).state, poll(world).picked) == (PollState.PICKED, 2)
    assert len(world.mails) == before
    assert world.do(PollPicked(1, 1)) == Refused(Reason.POLL_OVER)
    assert say(world, HOME, YES) == Refused(Reason.POLL_OVER)


def test_a_pick_moves_a_called_meeting_and_all_are_asked_again() -> None:
    world = ask(called(NOW, START, [HOME_CARE, SCHOOL]))
    say(world, HOME, YES)
    world.do(PollPicked(1, 1))
    assert (world.the.start, world.the.sequence, world.the.moves) == (FIRST, 1, 1)
    assert {mail.to.email for mail in world.sent(MailKind.UPDATE)} >= {"hemtjanst@al.example", "skolan@al.example"}
    home = world.party(HOME_CARE).round
    assert home is not None
    assert (home.number, home.answer, home.acknowledged_at) == (2, None, None)


def test_a_pick_that_cannot_be_moved_to_leaves_the_poll_as_it_was() -> None:
    world = ask(called(NOW, START))
    world.case = replace(CASE, consent=False)
    before = world.the
    assert world.do(PollPicked(1, 1)) == Refused(Reason.NO_CONSENT)
    assert world.the is before


def test_a_closed_poll_can_still_be_picked_from() -> None:
    world = ask(drafted())
    world.run(at("2026-11-20 10:00"))
    assert isinstance(world.do(PollPicked(1, 3)), Decision)
    assert world.the.start == THIRD


def test_best_first_is_fewest_no_then_most_yes_then_the_earliest() -> None:
    world = ask(drafted())
    say(world, HOME, YES, PERHAPS, PERHAPS)
    say(world, SCHOOLS, NO, PERHAPS, YES)
    assert [time.ordinal for time in poll(world).best_first] == [3, 2, 1]
    assert poll(world).count(1, YES) == 1


def test_a_pick_rests_on_the_answers_and_an_answer_on_nothing() -> None:
    world = ask(drafted())
    answer = PollAnswered(HOME, 1, ((1, NO),), "Eva", Channel.PAGE)
    assert overtaken(world.the, PollPicked(1, 1), [answer])
    assert overtaken(world.the, PollPicked(1, 1), [PollPicked(1, 2)])
    assert not overtaken(world.the, answer, [answer, e.Called()])
    assert not overtaken(world.the, e.TextChanged(), [answer])


def test_no_answer_to_a_poll_is_an_answer_to_the_call() -> None:
    world = ask(called(NOW, START))
    say(world, HOME, YES, YES, YES)
    home = world.party(HOME_CARE).round
    assert home is not None
    assert (home.answer, home.acknowledged_at) == (None, None)
    assert not [note for note in world.noted() if note.startswith("deviation")]


def test_asks_of_the_call_and_of_the_poll_are_settled_apart() -> None:
    world = called(NOW, START)
    world.relay = "waits"
    ask(world)
    poll_mail = [mail for mail in world.pending if mail.kind == "poll"]
    assert len(poll_mail) == 1
    world.do(e.Answered(HOME, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Eva"),)))
    assert poll_mail[0] in world.pending
    say(world, HOME, YES)
    assert poll_mail[0] not in world.pending


# -- P4


def test_a_party_that_joins_is_asked_and_one_that_goes_counts_no_more() -> None:
    world = ask(drafted())
    say(world, HOME, NO)
    world.do(e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.SUMMONED)))
    assert kinds(world)[-1] == ("soc@al.example", "poll")
    world.do(e.PartyRemoved(HOME))
    assert poll(world).answers == ()
    assert kinds(world)[-1] == ("hemtjanst@al.example", "poll_ended")
    world.do(e.PartyRemoved(SCHOOLS))  # it had said nothing
    assert kinds(world)[-1] == ("hemtjanst@al.example", "poll_ended")


def test_a_party_that_the_consent_does_not_cover_is_not_asked_until_it_does() -> None:
    world = ask(drafted())
    covered = frozenset({HOME_CARE.organisation_id, SCHOOL.organisation_id})
    world.case = replace(CASE, consent_organisations=covered)
    assert isinstance(world.do(e.PartyAdded(e.PartyDraft(OUTSIDE.unit_id, Obligation.SUMMONED))), Decision)
    assert len(kinds(world)) == 2
    world.case = CASE
    world.do(e.TextChanged(purpose_text="Annat"))
    assert kinds(world)[-1] == ("soc@bok.example", "poll")


@pytest.mark.parametrize(
    ("event", "why", "told"),
    [
        (PollWithdrawn(1), PollEnd.WITHDRAWN, True),
        (e.Cancelled(e.CancelReason.OTHER), PollEnd.CANCELLED, True),
        (e.Called(), PollEnd.CALLED, False),
    ],
)
def test_what_ends_the_poll_of_a_draft(event: object, why: PollEnd, told: bool) -> None:
    world = ask(drafted())
    say(world, HOME, YES)
    world.do(event)
    assert (poll(world).state, poll(world).ended_because) == (PollState.ENDED, why)
    ended = [mail.to.email for mail in world.sent(MailKind.POLL_ENDED)]
    assert ended == (["hemtjanst@al.example"] if told else [])
    assert isinstance(say(world, SCHOOLS, YES), Refused)
    assert next_due(world.the) is None or world.the.state is MeetingState.CALLED


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (e.Cancelled(e.CancelReason.OTHER), PollEnd.CANCELLED),
        (PollWithdrawn(1), PollEnd.WITHDRAWN),
    ],
)
def test_what_ends_the_poll_of_a_called_meeting(event: object, why: PollEnd) -> None:
    world = ask(called(NOW, START))
    world.do(event)
    assert poll(world).ended_because is why


def test_a_move_and_the_start_end_it() -> None:
    world = ask(called(NOW, START))
    the = world.the
    world.do(e.Moved(THIRD, THIRD + HOUR, the.form, the.place))
    assert poll(world).ended_because is PollEnd.MOVED
    world = ask(called(NOW, START), until=date(2026, 12, 24))
    world.run(at("2026-12-07 12:00"))
    assert not poll(world).waits


def test_the_consents_end_ends_it_and_nothing_leaves() -> None:
    world = drafted()
    world.case = replace(CASE, consent_until=date(2026, 11, 10))
    ask(world)
    world.run(at("2026-11-12 08:00"))
    assert poll(world).ended_because is PollEnd.CONSENT
    assert world.sent(MailKind.POLL_REMINDER) == []


def test_on_the_consents_last_day_there_is_still_a_reminder() -> None:
    world = drafted()
    world.case = replace(CASE, consent_until=date(2026, 11, 12))
    ask(world)
    world.run(at("2026-11-12 23:59"))
    assert len(world.sent(MailKind.POLL_REMINDER)) == 2
    world.run(at("2026-11-14 00:00"))
    assert poll(world).ended_because is PollEnd.CONSENT


def test_what_ends_an_open_poll_ends_one_that_waits_for_the_convener() -> None:
    for event, why in ((e.Cancelled(e.CancelReason.OTHER), PollEnd.CANCELLED), (e.Called(), PollEnd.CALLED)):
        world = ask(drafted())
        world.run(at("2026-11-16 10:00"))
        assert poll(world).state is PollState.CLOSED
        world.do(event)
        assert poll(world).ended_because is why


def test_a_consent_given_back_ends_a_drafts_poll_and_who_answered_hears_of_it() -> None:
    world = ask(drafted())
    say(world, HOME, YES)
    world.case = replace(CASE, consent_until=date(2026, 11, 20))
    world.do(e.ConsentChanged())
    assert (poll(world).waits, poll(world).consent_until) == (True, date(2026, 11, 20))
    world.case = replace(CASE, consent=False)
    world.do(e.ConsentChanged())
    assert poll(world).ended_because is PollEnd.CONSENT
    assert [mail.to.email for mail in world.sent(MailKind.POLL_ENDED)] == ["hemtjanst@al.example"]


def test_a_called_meetings_consent_that_has_ended_ends_it() -> None:
    world = called(NOW, START)
    world.case = replace(CASE, consent_until=date(2026, 11, 10))
    world.do(e.ConsentChanged())
    ask(world)
    world.run(at("2026-11-12 08:00"))
    assert poll(world).ended_because is PollEnd.CONSENT
    assert world.sent(MailKind.POLL_REMINDER) == []


def test_a_draft_without_a_poll_has_nothing_to_wait_for() -> None:
    world = drafted()
    assert next_due(world.the) is None
    assert isinstance(decide(world.the, e.TimePassed(), world.context()), Decision)


# -- what seldom happens


def test_news_of_a_mailbox_that_is_not_asked_any_more_changes_nothing() -> None:
    """Of a party that has gone or was never asked, of another address, of a poll that is closed."""
    world = drafted()
    world.relay = "waits"
    ask(world)
    first = next(mail for mail in world.pending if mail.party == SCHOOLS)
    for other in (
        replace_mail(first, email="nagon@al.example"),
        replace_mail(first, party=None),
        replace_mail(first, party=9),
    ):
        before = world.the
        assert isinstance(world.do(other), Decision)
        assert world.the == before
    world.do(e.PartyRemoved(SCHOOLS))
    before = world.the
    assert isinstance(world.do(replace_mail(first)), Decision)
    assert world.the == before
    home = next(mail for mail in world.mails if mail.party == HOME)
    world.run(at("2026-11-20 10:00"))
    before = world.the
    assert isinstance(world.do(replace_mail(home)), Decision)
    assert (world.the, poll(world).state) == (before, PollState.CLOSED)


def replace_mail(mail: Mail, **more: object) -> e.Bounced:
    made = e.Bounced(mail.key, mail.dtstamp, mail.party, email=mail.to.email, reason="550")
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


def test_a_word_by_phone_proves_no_mailbox_whatever_its_way() -> None:
    world = ask(drafted())
    given = PollAnswered(HOME, 1, ((1, YES),), "Eva", Channel.PHONE, "hemtjanst@al.example")
    made = world.do(given)
    assert isinstance(made, Decision)
    assert not [effect for effect in made.effects if isinstance(effect, MailboxProved)]


def test_a_unit_that_the_directory_no_longer_knows_is_asked_where_it_was() -> None:
    world = ask(drafted())
    del world.rosters[HOME_CARE.unit_id]
    mails = len(kinds(world))
    world.do(e.TextChanged(purpose_text="Annat"))
    assert len(kinds(world)) == mails
    world.run(at("2026-11-12 08:00"))
    assert kinds(world)[-2:] == [("hemtjanst@al.example", "poll_reminder"), ("skolan@al.example", "poll_reminder")]


def test_a_unit_by_phone_alone_that_gets_a_mailbox_is_asked_there() -> None:
    world = drafted()
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, phone_only=True)
    ask(world)
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, phone_only=False)
    world.do(e.ContactsChanged())
    assert kinds(world)[-1] == ("hemtjanst@al.example", "poll")
    asked = poll(world).ask(HOME)
    assert asked is not None and asked.email == "hemtjanst@al.example"


def test_a_unit_called_in_another_system_is_telephoned() -> None:
    world = World(at(NOW))
    there = e.PartyDraft(HOME_CARE.unit_id, Obligation.SUMMONED, other_system="Lifecare")
    world.do(replace(draft(at(START)), parties=(there, e.PartyDraft(SCHOOL.unit_id, Obligation.SUMMONED))))
    ask(world)
    assert kinds(world) == [("skolan@al.example", "poll")]
    assert world.noted().count("poll_by_phone") == 1


@pytest.mark.parametrize(
    "narrowed", [None, replace(CASE, consent_organisations=frozenset({HOME_CARE.organisation_id}))]
)
def test_a_draft_whose_consent_no_longer_covers_one_who_is_asked_asks_nobody(narrowed: CaseFacts | None) -> None:
    world = ask(drafted())
    world.case = narrowed
    world.do(e.ConsentChanged())
    assert poll(world).ended_because is PollEnd.CONSENT


def test_who_was_never_asked_for_want_of_consent_does_not_end_it() -> None:
    world = ask(drafted())
    covered = replace(CASE, consent_organisations=frozenset({HOME_CARE.organisation_id, SCHOOL.organisation_id}))
    world.case = covered
    world.do(e.PartyAdded(e.PartyDraft(OUTSIDE.unit_id, Obligation.SUMMONED)))
    world.do(e.ConsentChanged())
    assert poll(world).state is PollState.OPEN
    assert world.told() == []


def test_a_case_that_nobody_knows_asks_nobody_more() -> None:
    world = ask(drafted())
    world.case = None
    mails = len(kinds(world))
    world.do(e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.SUMMONED)))
    assert len(kinds(world)) == mails


def test_it_ends_at_an_hour_where_no_whole_day_is_left_and_says_so() -> None:
    world = ask(drafted(), until=date(2026, 12, 24))
    assert {mail.detail["answer_until"] for mail in world.sent(MailKind.POLL)} == {THIRD.isoformat()}
    assert {mail.detail["answer_until"] for mail in ask(drafted()).sent(MailKind.POLL)} == {"2026-11-13"}


@pytest.mark.parametrize(
    ("until", "reminded"),
    [
        (date(2026, 11, 4), "Tue 03 Nov 08:00"),
        (date(2026, 11, 3), None),  # asked on the last working day before
        (date(2026, 11, 2), None),
        (date(2026, 11, 7), "Fri 06 Nov 08:00"),
        (date(2026, 11, 8), "Fri 06 Nov 08:00"),
        (date(2026, 11, 9), "Fri 06 Nov 08:00"),
        (date(2026, 11, 10), "Mon 09 Nov 08:00"),
    ],
)
def test_the_reminder_is_at_the_opening_of_the_last_working_day_before_the_last(
    until: date, reminded: str | None
) -> None:
    world = ask(drafted(), until=until)
    at_hour = poll_upkeep.remind_at(poll(world))
    assert (at_hour and local(at_hour)) == reminded


def test_short_notice_is_said_of_units_that_could_be_reported() -> None:
    """P3: by the agreement that would bind a draft's unit, and by the one that binds a called one."""
    soon = at("2026-11-05 10:00")
    world = drafted((HOME_CARE, SCHOOL, OUTSIDE))
    known = dict.fromkeys(("Hemtjänsten Al", "Skolan Al"), 5)
    assert short_notice(world.the, soon, world.now, world.agreements) == known
    assert short_notice(world.the, at("2026-11-09 10:00"), world.now, world.agreements) == {}
    assert short_notice(world.the, soon, world.now, ()) == {}
    invited = World(at(NOW))
    invited.do(draft(at(START), obligation=Obligation.INVITED))
    assert short_notice(invited.the, soon, invited.now, invited.agreements) == {}
    assert short_notice(called(NOW, START).the, soon, at(NOW), ()) == {"Hemtjänsten Al": 5}
