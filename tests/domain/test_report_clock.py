"""The clocks of a deviation report: disputes, lateness, steps that reach somebody (rules, section 8 D1-D2, S)."""

from dataclasses import replace
from datetime import datetime

from sip.domain import events as e
from sip.domain.decision import Decision
from sip.domain.deviation import (
    DeviationState,
    DisputeSettled,
    HearingAnswered,
    Statement,
)
from sip.domain.effects import MailKind
from sip.domain.people import Person, Roster
from sip.domain.report_clock import answer_due
from sip.domain.terms import AnswerKind, SettledAs
from tests.domain.cast import CARE_CENTRE, HOME_CARE, World, at, called, local, said
from tests.domain.test_reporting import CALL, START, Hearing, closed, report

BOSS = Person("Berit Chef", "berit@al.example")
OVER = Person("Olof Över", "olof@region.example")
COORDINATOR = Person("Kajsa Samordnare", "kajsa@al.example")
ADMINISTRATOR = Person("Stefan Alm", "stefan@al.example")


class Play(Hearing):
    """A raised report whose units have nobody in the directory until somebody is entered."""

    def __init__(self) -> None:
        super().__init__()
        for roster in (HOME_CARE, CARE_CENTRE):
            self.staff(roster, managers=(), heads=(), coordinators=(), administrators=())

    def staff(self, roster: Roster, **people: tuple[Person, ...]) -> None:
        rosters = self.world.rosters
        rosters[roster.unit_id] = replace(rosters[roster.unit_id], **people)  # type: ignore[arg-type]  # fields of a roster by name

    def at(self, when: str, event: object) -> None:
        self.world.now = at(when)
        assert isinstance(self.do(event), Decision)

    def sent(self, kind: MailKind) -> list[tuple[str, str]]:
        return [(mail.to.email, local(mail.dtstamp)) for mail in self.mails if mail.kind is kind]


def disputed() -> Play:
    play = Play()
    play.at("2026-12-09 10:00", HearingAnswered(Statement.WE_WERE_THERE))
    return play


def test_a_dispute_is_the_reporting_sides_to_settle_and_is_lifted_there() -> None:
    play = disputed()
    play.staff(CARE_CENTRE, managers=(BOSS,), heads=(OVER,))
    play.run("2027-06-01 10:00")
    assert play.report.facts is not None
    convener = play.report.facts.convener_email
    assert play.sent(MailKind.DEVIATION_DISPUTE_WAITS) == [(convener, "Wed 23 Dec 10:00")]
    assert play.sent(MailKind.DEVIATION_DISPUTE_LIFTED) == [
        (BOSS.email, "Wed 13 Jan 10:00"), (OVER.email, "Wed 27 Jan 10:00"),
    ]  # fmt: skip
    assert not play.sent(MailKind.DEVIATION_REMINDER), "nobody waits for the other side meanwhile"
    assert play.report.state is DeviationState.DISPUTED


def test_the_days_of_a_dispute_are_not_the_receiving_units() -> None:
    play = disputed()
    before = answer_due(play.report)
    play.at("2027-03-15 10:00", DisputeSettled())
    assert play.report.disputed_days == 96
    assert (answer_due(play.report) - before).days in range(95, 99)
    play.staff(HOME_CARE, managers=(BOSS,), heads=(OVER,))
    play.run("2027-12-01 10:00")
    dates = [mail.detail["answer_until"] for mail in play.mails if mail.kind is MailKind.DEVIATION_REMINDER]
    reminded = play.sent(MailKind.DEVIATION_REMINDER)
    assert len(reminded) == 2
    assert all(datetime.fromisoformat(date) > at("2027-05-01 10:00") for date in dates)
    assert [mail[0] for mail in play.sent(MailKind.DEVIATION_MANAGER)] == [BOSS.email]


def test_after_an_outage_one_step_at_a_time_and_no_date_in_the_past() -> None:
    play = Play()
    play.staff(HOME_CARE, managers=(BOSS,), heads=(OVER,))
    play.run("2026-12-30 10:00")
    assert play.report.state is DeviationState.RECEIVED
    play.at("2027-05-03 10:00", e.TimePassed())  # a Monday, long after everything
    assert not play.sent(MailKind.DEVIATION_REMINDER), "the day it would name has passed"
    assert play.sent(MailKind.DEVIATION_MANAGER) == [(BOSS.email, "Mon 03 May 10:00")]
    assert not play.sent(MailKind.DEVIATION_HEAD)
    play.run("2027-06-30 10:00")
    assert play.sent(MailKind.DEVIATION_HEAD) == [(OVER.email, "Tue 18 May 10:00")], "10 working days after the manager"


def test_a_late_reminder_and_the_manager_never_leave_together() -> None:
    play = Play()
    play.staff(HOME_CARE, managers=(BOSS,))
    play.run("2026-12-30 10:00")
    due = answer_due(play.report)
    play.at("2027-02-04 15:00", e.TimePassed())
    play.run("2027-02-20 10:00")
    (reminder,) = play.sent(MailKind.DEVIATION_REMINDER)
    (manager,) = play.sent(MailKind.DEVIATION_MANAGER)
    assert due == at("2027-02-05 08:00")
    assert (reminder[1], manager[1]) == ("Thu 04 Feb 15:00", "Fri 05 Feb 15:00")


def test_a_step_is_done_when_it_has_reached_somebody() -> None:
    for people, reached in (
        ({"heads": (OVER,)}, OVER), ({"coordinators": (COORDINATOR,)}, COORDINATOR),
        ({"administrators": (ADMINISTRATOR,)}, ADMINISTRATOR),
        ({"coordinators": (Person("Utan adress"),), "administrators": (ADMINISTRATOR,)}, ADMINISTRATOR),
    ):  # fmt: skip
        play = Play()
        play.staff(HOME_CARE, **people)
        play.run("2027-02-10 10:00")
        assert [to for to, _ in play.sent(MailKind.DEVIATION_NOBODY)] == [reached.email]
        assert play.report.manager_told


def test_with_nobody_at_all_the_step_is_tried_again_when_the_directory_is_mended() -> None:
    play = Play()
    play.run("2027-02-10 10:00")
    assert not play.report.manager_told
    play.staff(HOME_CARE, managers=(BOSS,))
    play.run("2027-02-20 10:00")
    assert [to for to, _ in play.sent(MailKind.DEVIATION_MANAGER)] == [BOSS.email]


def test_a_rung_that_reaches_nobody_and_no_coordinator_goes_to_the_administrator() -> None:
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(
        HOME_CARE, managers=(), coordinators=(Person("Utan adress"),), administrators=(ADMINISTRATOR,)
    )
    called(CALL, START, world=world)
    world.run(at("2026-11-24 09:00"))
    assert [m.to.email for m in world.sent(MailKind.COORDINATOR_TOLD)] == [ADMINISTRATOR.email]


def test_an_excused_unit_that_accepts_comes() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    world.do(e.Excused(who, "Sommarstängt"))
    assert world.party(HOME_CARE).excused_at is not None
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world)))
    assert world.party(HOME_CARE).excused_at is None
    assert "unit_comes_after_all" in world.told()
    closed(world)
    assert report(world) is not None, "who said yes and stayed away is reported"


def test_a_mail_that_fails_is_told_to_those_responsible_for_its_recipient() -> None:
    world = called(CALL, START)
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, coordinators=(COORDINATOR,))
    world.do(e.Answered(world.party(HOME_CARE).ordinal, AnswerKind.REGRETS, said(world)))
    mistyped = next(m for m in world.sent(MailKind.CONVENER_TOLD))
    world.mails = []
    world.settle(mistyped, SettledAs.FAILED)
    assert [(m.to.email, m.detail["what"]) for m in world.mails] == [
        (CARE_CENTRE.addresses[0], "convener_unreached"),
    ], "not the called municipality's coordinator"  # fmt: skip


def test_of_a_mail_about_the_whole_meeting_the_conveners_unit_hears() -> None:
    world = called(CALL, START)
    world.rosters[CARE_CENTRE.unit_id] = replace(CARE_CENTRE, addresses=(), coordinators=(COORDINATOR,))
    world.run(at("2026-12-03 09:00"))
    question = world.sent(MailKind.CONVENER_QUESTION)[0]
    assert question.party is None
    world.mails = []
    world.settle(question, SettledAs.FAILED)
    assert [(m.to.email, m.detail["what"]) for m in world.mails] == [(COORDINATOR.email, "convener_unreached")]


def test_of_a_mail_to_a_manager_her_own_coordinator_hears() -> None:
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, managers=(BOSS,), coordinators=(COORDINATOR,))
    called(CALL, START, world=world)
    world.run(at("2026-11-23 09:00"))
    (lifted,) = world.sent(MailKind.LIFT_MANAGER)
    world.mails = []
    world.settle(lifted, SettledAs.FAILED)
    assert [(m.to.email, m.detail["what"]) for m in world.mails] == [(COORDINATOR.email, "undeliverable")]
