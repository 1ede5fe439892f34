"""An item's life: put, listed, decided, reminded of, followed up (rules, section 16 G3-G5); and what a report that goes
to the board does there.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

import pytest

from sip.domain.agenda import (
    AgendaItem,
    ItemDropped,
    ItemPurpose,
    ItemPut,
    ItemScheduled,
    ItemSource,
    ItemState,
    ReportLeft,
    ReportLinked,
    ResolutionFollowedUp,
    Resolved,
    board_for,
    board_of,
    forwarded_item,
)
from sip.domain.decide import decide, next_due
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.deviation import DeviationForwarded, DeviationReturned, DeviationWithdrawn, Side, WithdrawnBecause
from sip.domain.effects import ForItem, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.people import Person, Roster
from sip.domain.resolving import MOST_REPORTS, MOST_RESOLUTIONS
from tests.domain.cast import HOME_CARE, at, ident, local
from tests.domain.test_every_report import GIVEN, begun

PUT = ItemPut(
    ident("item"), board_of("Nordväst"), " Olästa brevlådor ", "Kallelser ligger olästa.", ItemPurpose.DECISION,
    ItemSource.BY_HAND, reports=(ident("one"),),
)  # fmt: skip
DUE = date(2027, 3, 1)
DECIDED = Resolved("Två läser brevlådan.", "Tre rapporter.", date(2026, 11, 30), "enhetschef", HOME_CARE.unit_id, DUE)


@dataclass
class Sitting:
    """One item, the moment, and who can be reached."""

    now: datetime
    roster: Roster = HOME_CARE
    item: AgendaItem | None = None
    came: Decision | Refused | None = None

    def do(self, event: object) -> "Sitting":
        self.came = decide(self.item, event, Context(self.now, {self.roster.unit_id: self.roster}))
        if isinstance(self.came, Decision):
            assert isinstance(self.came.state, AgendaItem)
            self.item = self.came.state
        return self

    def at(self, moment: str) -> "Sitting":
        """A tick then."""
        self.now = at(moment)
        return self.do(TimePassed())

    @property
    def the(self) -> AgendaItem:
        assert self.item is not None
        return self.item

    @property
    def mails(self) -> list[Notice]:
        assert isinstance(self.came, Decision)
        return [one for one in self.came.effects if isinstance(one, Notice)]

    @property
    def due(self) -> datetime | None:
        return next_due(self.the)


def put(**more: object) -> Sitting:
    return Sitting(at("2026-11-30 09:00")).do(replace(PUT, **more))  # type: ignore[arg-type]  # fields by name


def decided(roster: Roster = HOME_CARE) -> Sitting:
    made = put(sitting_on=date(2026, 11, 30))
    made.roster = roster
    return made.do(DECIDED)


def refused(sitting: Sitting) -> Reason | None:
    return sitting.came.reason if isinstance(sitting.came, Refused) else None


def test_an_item_waits_is_listed_and_deferred() -> None:
    made = put()
    assert (made.the.title, made.the.state) == ("Olästa brevlådor", ItemState.WAITING)
    assert made.due is None
    made.do(ItemScheduled(date(2026, 12, 14)))
    assert (made.the.state, made.the.sitting_on) == (ItemState.LISTED, date(2026, 12, 14))
    made.do(ItemScheduled(date(2027, 1, 18)))
    assert isinstance(made.came, Decision) and [note.kind for note in made.came.notes] == ["item_deferred"]
    assert refused(made.do(ItemScheduled(date(2026, 11, 29)))) is Reason.SITTING_PAST
    assert made.do(ItemScheduled(None)).the.state is ItemState.WAITING
    assert refused(put(sitting_on=date(2026, 11, 29))) is Reason.SITTING_PAST
    assert refused(put(title=" ")) is Reason.REASON_MISSING


def test_what_is_not_listed_is_not_decided_and_what_is_decided_not_dropped() -> None:
    assert refused(put().do(DECIDED)) is Reason.WRONG_STATE
    assert refused(decided().do(ItemDropped("Nej."))) is Reason.WRONG_STATE
    assert refused(put().do(ItemDropped(" "))) is Reason.REASON_MISSING
    assert put().do(ItemDropped("Redan ordnat.")).the.state is ItemState.DROPPED


WRONG: list[tuple[dict[str, object], Reason]] = [
    ({"grounds": " "}, Reason.REASON_MISSING),
    ({"text": ""}, Reason.REASON_MISSING),
    ({"decided_on": date(2026, 12, 1)}, Reason.SITTING_AHEAD),
    ({"owner": None}, Reason.OWNER_INCOMPLETE),
    ({"unit_id": None}, Reason.OWNER_INCOMPLETE),
    ({"due_on": None}, Reason.OWNER_INCOMPLETE),
    ({"due_on": date(2026, 11, 29)}, Reason.MEASURE_PAST),
    ({"unit_id": ident("nowhere")}, Reason.UNKNOWN_UNIT),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG)
def test_a_decision_has_grounds_and_whoever_is_to_do_it_whole(wrong: dict[str, object], reason: Reason) -> None:
    made = put(sitting_on=date(2026, 11, 30)).do(replace(DECIDED, **wrong))  # type: ignore[arg-type]  # fields by name
    assert refused(made) is reason
    assert made.the.resolutions == ()


def test_an_item_has_bounds() -> None:
    made = put(reports=tuple(ident(f"report {n}") for n in range(MOST_REPORTS)))
    assert refused(made.do(ReportLinked(ident("report 0")))) is None, "it is there"
    assert refused(made.do(ReportLinked(ident("one more")))) is Reason.REPORTS_MANY
    made = put(sitting_on=date(2026, 11, 30))
    for _ in range(MOST_RESOLUTIONS):
        assert refused(made.do(DECIDED)) is None
    assert refused(made.do(DECIDED)) is Reason.RESOLUTIONS_MANY


def test_a_decision_without_a_task_is_done_as_it_is_made() -> None:
    made = put(sitting_on=date(2026, 11, 30)).do(Resolved("Noteras.", "Information.", date(2026, 11, 30)))
    assert (made.the.state, made.due) == (ItemState.DONE, None)
    assert refused(made.do(ResolutionFollowedUp(1, True, "Klart."))) is Reason.NOTHING_TO_DECIDE
    assert made.do(DECIDED).the.state is ItemState.DECIDED, "a later sitting decides more"


def test_the_unit_is_reminded_on_the_day_and_every_tenth_working_day_until_it_is_done() -> None:
    made = decided()
    assert made.due == at("2027-03-01 08:00")
    made.at("2027-03-01 08:00")
    assert [(m.kind, m.to.email, m.unit_id) for m in made.mails] == [
        (NoticeKind.RESOLUTION_DUE, HOME_CARE.addresses[0], HOME_CARE.unit_id)
    ]
    assert made.due == at("2027-03-15 08:00")
    assert made.at("2027-03-10 09:00").mails == []
    managers = [one.email for one in HOME_CARE.managers]
    assert [m.to.email for m in made.at("2027-03-15 08:00").mails] == [HOME_CARE.addresses[0], *managers]
    made.do(ResolutionFollowedUp(1, True, "Två läser sedan januari."))
    assert made.due is None
    assert made.the.state is ItemState.DONE
    assert made.the.resolutions[0].outcome == "Två läser sedan januari."


def test_one_that_is_not_done_gets_a_day_ahead_and_is_asked_about_then() -> None:
    made = decided().at("2027-03-01 08:00")
    assert refused(made.do(ResolutionFollowedUp(1, False, "Inte än."))) is Reason.MEASURE_PAST
    assert refused(made.do(ResolutionFollowedUp(1, False, "Inte än.", date(2027, 3, 1)))) is Reason.MEASURE_PAST
    made.do(ResolutionFollowedUp(1, False, "Inte än.", date(2027, 4, 6)))
    assert (made.the.state, made.due) == (ItemState.DECIDED, at("2027-04-06 08:00"))
    first = made.at("2027-04-06 08:00").mails
    assert [m.to.email for m in first] == [HOME_CARE.addresses[0]], "the mailbox alone, as the first time"
    assert len({m.key for m in first}) == 1


def test_done_and_not_done_after_all() -> None:
    made = decided().do(ResolutionFollowedUp(1, True, "Klart."))
    made.do(ResolutionFollowedUp(1, False, "Det höll inte.", date(2027, 5, 3)))
    assert (made.the.state, made.the.resolutions[0].done_at) == (ItemState.DECIDED, None)


def test_a_long_outage_ends_in_one_reminder_and_at_night_in_none() -> None:
    made = decided().at("2027-08-01 22:00")
    assert made.mails == []
    assert made.due is not None and local(made.due) == "Mon 02 Aug 08:00"
    assert len(made.at("2027-08-02 08:00").mails) == 1
    assert made.due is not None and local(made.due) == "Mon 16 Aug 08:00"


def test_where_the_unit_has_no_mailbox_whoever_is_above_is_told_else_it_is_tried_again() -> None:
    bare = replace(HOME_CARE, addresses=(), managers=(), heads=(Person("Huvud", "head@al.example"),))
    assert [m.to.email for m in decided(bare).at("2027-03-01 08:00").mails] == ["head@al.example"]
    nobody = replace(bare, heads=(), coordinators=(), administrators=())
    made = decided(nobody).at("2027-03-01 08:00")
    assert made.mails == []
    assert made.due is not None and local(made.due) == "Mon 15 Mar 08:00"
    made.roster = HOME_CARE
    assert [m.to.email for m in made.at("2027-03-15 08:00").mails] == [HOME_CARE.addresses[0]], "its first reminder"


def test_a_decision_that_reaches_nobody_silences_no_other() -> None:
    made = decided()
    other = Side(ident("nobody's"), "Enheten utan någon", HOME_CARE.organisation_id, HOME_CARE.principal_id)
    one = made.the.resolutions[0]
    made.item = replace(made.the, resolutions=(replace(one, unit=other), replace(one, number=2)))
    made.at("2027-03-01 08:00")
    assert [m.unit_id for m in made.mails] == [HOME_CARE.unit_id]
    assert made.the.not_before is None
    assert made.due is not None and local(made.due) == "Mon 15 Mar 08:00"


def test_two_decisions_are_reminded_of_each_and_the_item_is_done_when_both_are() -> None:
    made = decided().do(replace(DECIDED, text="Rutinen skrivs om."))
    assert len(made.at("2027-03-01 08:00").mails) == 2
    assert made.do(ResolutionFollowedUp(1, True, "Klart.")).the.state is ItemState.DECIDED
    assert made.do(ResolutionFollowedUp(2, True, "Klart.")).the.state is ItemState.DONE
    assert refused(made.do(ResolutionFollowedUp(3, True, "Klart."))) is Reason.NOT_FOUND


# -- reports


def test_a_report_that_goes_home_takes_its_own_item_with_it_and_no_other() -> None:
    one = ident("one")
    assert put(source=ItemSource.REPORT).do(ReportLeft(one)).the.state is ItemState.DROPPED
    assert put().do(ReportLeft(one)).the.state is ItemState.WAITING, "somebody put it for more than this"
    two = put(source=ItemSource.REPORT).do(ReportLinked(ident("two")))
    assert two.do(ReportLeft(one)).the.state is ItemState.WAITING
    again = put(source=ItemSource.REPORT).do(ReportLeft(one)).do(replace(PUT, source=ItemSource.REPORT))
    assert again.the.state is ItemState.WAITING


OF_REPORT = replace(PUT, source=ItemSource.REPORT)


def forwarded_again() -> Sitting:
    made = decided()
    made.item = replace(made.the, source=ItemSource.REPORT)
    assert made.do(replace(OF_REPORT, source=ItemSource.BY_HAND)).the.state is ItemState.DECIDED
    return made.do(OF_REPORT)


def test_a_report_that_is_forwarded_again_after_a_decision_is_before_the_board_again() -> None:
    made = forwarded_again()
    assert (made.the.state, made.the.sitting_on, len(made.the.resolutions)) == (ItemState.WAITING, None, 1)
    assert len(made.at("2027-03-01 08:00").mails) == 1, "what was decided is asked about meanwhile"
    assert made.the.state is ItemState.WAITING
    made.do(ResolutionFollowedUp(1, True, "Klart."))
    assert (made.the.state, made.due) == (ItemState.WAITING, None)
    made.do(ItemScheduled(date(2027, 3, 15)))
    made.now = at("2027-03-15 15:00")
    made.do(replace(DECIDED, decided_on=date(2027, 3, 15), due_on=date(2027, 6, 1)))
    assert (made.the.state, len(made.the.resolutions)) == (ItemState.DECIDED, 2)
    made.do(ResolutionFollowedUp(2, True, "Klart."))
    assert made.do(OF_REPORT).the.state is ItemState.WAITING, "done, too"


def test_what_was_decided_stands_when_the_report_leaves_again_or_is_not_taken_up() -> None:
    assert forwarded_again().do(ReportLeft(ident("one"))).the.state is ItemState.DECIDED
    made = forwarded_again().do(ItemDropped("Redan beslutat."))
    assert (made.the.state, made.the.dropped_because) == (ItemState.DECIDED, "Redan beslutat.")
    assert made.due == at("2027-03-01 08:00")
    made.do(ResolutionFollowedUp(1, True, "Klart."))
    assert made.do(OF_REPORT).the.dropped_because is None
    assert made.do(ReportLeft(ident("one"))).the.state is ItemState.DONE


def _effects(came: object) -> list[ForItem]:
    assert isinstance(came, Decision)
    return [one for one in came.effects if isinstance(one, ForItem)]


def test_a_forwarded_report_is_put_before_its_board_and_leaves_when_it_comes_back() -> None:
    told = begun().do(GIVEN)
    told.world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, area="Nordväst")
    assert _effects(told.came) == []
    (effect,) = _effects(told.do(DeviationForwarded("Tredje gången.")).came)
    assert told.report is not None
    assert effect.id == forwarded_item(told.report.id)
    item = effect.event
    assert isinstance(item, ItemPut)
    assert (item.group, item.text, item.reports) == (board_of("Nordväst"), "", (told.report.id,))
    assert told.report.receiving.unit_name in item.title
    (left,) = _effects(told.do(DeviationReturned()).came)
    assert left.event == ReportLeft(told.report.id)
    told.do(DeviationForwarded("Igen."))
    (left,) = _effects(told.do(DeviationWithdrawn(WithdrawnBecause.RAISED_BY_MISTAKE)).came)
    assert left.event == ReportLeft(told.report.id)


def test_of_a_protected_report_the_board_hears_nothing() -> None:
    told = begun().do(GIVEN)
    assert told.report is not None
    assert told.report.facts is not None
    told.report = replace(told.report, facts=replace(told.report.facts, protected=True))
    assert _effects(told.do(DeviationForwarded("Tredje gången.")).came) == []


def test_the_board_is_the_first_area_s_else_the_county_s() -> None:
    assert board_for((None, "Nordväst")) == board_of("Nordväst")
    assert board_for((None, None)) == board_of(None)
    assert board_of("Nordväst").id != board_of(None).id
