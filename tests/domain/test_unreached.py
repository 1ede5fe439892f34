"""A mail of a report without a meeting that does not arrive is told to the unit that writes (rules, section 8 D9)."""

from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from sip.domain.decide import decide
from sip.domain.decision import Decision
from sip.domain.deviation import DeviationRaised, DeviationReport, ReportMailFailed, Side
from sip.domain.effects import Mail, MailKind
from sip.domain.people import Roster
from tests.domain.cast import AGREEMENT, CARE_CENTRE, HOME_CARE, SCHOOL, World, at

NO = "550 5.1.1 No such user"
HEARING, RAISED, MANAGER = MailKind.DEVIATION_HEARING, MailKind.DEVIATION_RAISED, MailKind.DEVIATION_MANAGER
COORDINATOR = CARE_CENTRE.coordinators[0].email


def _side(roster: Roster) -> Side:
    return Side(roster.unit_id, roster.name, roster.organisation_id, roster.principal_id)


@dataclass
class Alone:
    """A report of home care, with no meeting, and what is mailed of it."""

    writer: Roster = CARE_CENTRE
    world: World = field(default_factory=lambda: World(at("2026-11-02 10:00")))
    mails: list[Mail] = field(default_factory=list)
    report: DeviationReport | None = None

    def __post_init__(self) -> None:
        self.world.rosters[self.writer.unit_id] = self.writer
        self.do(
            DeviationRaised(
                None, None, None, _side(self.writer), _side(HOME_CARE), AGREEMENT.rules, (), False,
                case_id=UUID(int=5), own_reference="8KQ4-2WM",
            )
        )  # fmt: skip

    def do(self, event: object) -> Decision:
        came = decide(self.report, event, self.world.context())
        assert isinstance(came, Decision) and isinstance(came.state, DeviationReport)
        self.report = came.state
        self.mails += [effect for effect in came.effects if isinstance(effect, Mail)]
        return came

    def fails(self, kind: MailKind, to: str = "") -> list[Mail]:
        """The last mail of this kind fails; gives what is mailed of that."""
        mail, before = next(one for one in reversed(self.mails) if one.kind is kind), self.report
        self.mails = []
        self.do(ReportMailFailed(mail.key, mail.kind, to or mail.to.email, NO))
        assert self.report == before, "it goes on as it would have"
        return self.mails


def test_a_hearing_that_does_not_arrive_is_told_the_writing_unit() -> None:
    (told,) = Alone().fails(HEARING)
    assert (told.kind, told.to.email) == (MailKind.DEVIATION_UNREACHED, CARE_CENTRE.addresses[0])
    assert {key: told.detail[key] for key in ("target", "email", "smtp")} == {
        "target": HOME_CARE.name, "email": HOME_CARE.addresses[0], "smtp": NO,
    }  # fmt: skip
    assert told.facts.meeting_id is None


def test_reported_again_it_is_the_same_mail_and_another_is_another() -> None:
    play = Alone()
    mails = [mail for mail in play.mails if mail.kind in (HEARING, RAISED)]
    for mail in (mails[0], mails[0], mails[1]):
        play.do(ReportMailFailed(mail.key, mail.kind, HOME_CARE.addresses[0]))
    keys = [mail.key for mail in play.mails if mail.kind is MailKind.DEVIATION_UNREACHED]
    assert (len(keys), len(set(keys))) == (3, 2)


def test_its_own_mailbox_that_fails_is_told_at_its_other_or_to_its_coordinators() -> None:
    (told,) = Alone(replace(CARE_CENTRE, addresses=("vc@region.example", "vc2@region.example"))).fails(RAISED)
    assert (told.to.email, told.detail["target"]) == ("vc2@region.example", CARE_CENTRE.name)
    (told,) = Alone().fails(RAISED, "VC@Region.example")
    assert (told.to.email, told.detail["target"]) == (COORDINATOR, CARE_CENTRE.name)
    assert Alone(replace(CARE_CENTRE, coordinators=())).fails(RAISED) == []


def test_what_tells_so_and_fails_is_told_to_the_coordinators_and_no_further() -> None:
    play = Alone(replace(CARE_CENTRE, addresses=SCHOOL.addresses))
    play.fails(HEARING)
    (told,) = play.fails(MailKind.DEVIATION_UNREACHED)
    assert told.to.email == COORDINATOR
    assert play.fails(MailKind.DEVIATION_UNREACHED) == []


@pytest.mark.parametrize("email", [HOME_CARE.managers[0].email, HOME_CARE.heads[0].email, "gone@al.example"])
def test_of_a_person_the_unit_alone_is_told(email: str) -> None:
    (told,) = Alone().fails(HEARING, email)
    assert told.detail["target"] == HOME_CARE.name
    assert not {"email", "smtp"} & told.detail.keys()


def test_an_answer_to_a_mail_is_owed_to_nobody() -> None:
    play = Alone()
    came = play.do(ReportMailFailed("k", MailKind.UNUSABLE, HOME_CARE.addresses[0]))
    assert came.effects == ()
    assert [note.kind for note in came.notes] == ["report_mail_failed"]
