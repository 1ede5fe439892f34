"""When a deviation report is raised by itself, and when it is taken back (rules, section 8 A3-A4).

The rule is one function of the state. Reports follow it: after every event the state before and after are compared, so
no path can forget to raise or to withdraw.
"""

from datetime import datetime

from sip.domain.change import Change, facts_of, worktime_of
from sip.domain.deviation import Category, DeviationRaised, DeviationWithdrawn, Side, WithdrawnBecause
from sip.domain.effects import Told
from sip.domain.ladder import deadline
from sip.domain.meeting import Meeting, Party, deviation_id
from sip.domain.terms import Delivery, Mark, MeetingState, Outcome
from sip.domain.values import replace


def automatic(meeting: Meeting, party: Party) -> bool:
    """A3: whether this party's absence is a report raised automatically."""
    return no_show(meeting, party) and fairly_reached(meeting, party)


def no_show(meeting: Meeting, party: Party) -> bool:
    """Summoned, marked absent at a meeting that was held or fell through for a missing party, and not excused."""
    return (
        meeting.state is MeetingState.CLOSED
        and meeting.outcome in (Outcome.HELD, Outcome.PARTY_MISSING)
        and party.bound
        and party.mark is Mark.ABSENT
        and party.excused_at is None
    )


def fairly_reached(meeting: Meeting, party: Party) -> bool:
    """Automatic reports agreed, identity conveyed by D, notice enough, delivered, and acted or verified (A3)."""
    this = party.round
    if this is None or this.clock_start is None or not party.rule_set.automatic_reports:
        return False
    told = party.identity is not None and party.identity.at <= deadline(meeting, party)
    enough = enough_notice(meeting, party, this.clock_start)
    reached = delivered(meeting, party) and (this.acted_at is not None or this.verified)
    return told and enough and reached


def enough_notice(meeting: Meeting, party: Party, begins: datetime) -> bool:
    """Whether `minimum_notice` working days are left to S from A, here `begins`; the party's closed days always
    counted (A3)."""
    assert party.round is not None
    time = worktime_of(meeting, replace(party, round=replace(party.round, closed_days_ignored=False)))
    return time.days_left(begins, meeting.start, party.rule_set.minimum_notice)


def delivered(meeting: Meeting, party: Party) -> bool:
    """The invitation in use was accepted by the relay and has not failed since."""
    units = [i for i in meeting.invitations if i.party == party.ordinal and i.attendee is None]
    return bool(units) and units[-1].delivery is Delivery.ACCEPTED


def reconcile(change: Change) -> None:
    """Raised when the rule holds, withdrawn when it no longer does; the convener hears of near misses."""
    if change.meeting.state not in (MeetingState.CLOSED, MeetingState.ENDED):
        return
    for party in change.meeting.parties:
        wanted = automatic(change.meeting, party)
        if wanted and not party.reported:
            _raise(change, party)
        elif party.reported and not wanted:
            _withdraw(change, party)
        elif not wanted and not party.report_told and no_show(change.meeting, party):
            change.set_party(party.ordinal, report_told=True)
            change.note("no_fair_notice", party.ordinal)
            if party.rule_set.automatic_reports:
                change.tell_convener(Told.NO_FAIR_NOTICE, party.ordinal)


def raised(meeting: Meeting, party: Party, *, automatic: bool, description: str | None = None,
           categories: tuple[Category, ...] = (Category.PARTY_ABSENT,)) -> DeviationRaised:  # fmt: skip
    """The report's opening: the convener's own side first (domain, section 5)."""
    convener = meeting.convener
    days: int | None = None
    if party.round is not None:
        time = worktime_of(meeting, party)
        begin = party.round.clock_start or party.round.began_at
        days = int(time.between(begin, meeting.start) / time.office_day)
    return DeviationRaised(
        meeting_id=meeting.id,
        party=party.ordinal,
        facts=facts_of(meeting),
        reporting=Side(convener.unit_id, convener.unit_name, convener.organisation_id, convener.principal_id),
        receiving=Side(party.unit_id, party.unit_name, party.organisation_id, party.principal_id),
        rule_set=party.rule_set,
        categories=categories,
        automatic=automatic,
        notice_days=days,
        moves=meeting.moves,
        purpose_given=bool(meeting.purpose_text),
        description=description,
    )


def _raise(change: Change, party: Party) -> None:
    change.set_party(party.ordinal, reported=True)
    change.note("reported", party.ordinal)
    change.for_deviation(deviation_id(change.meeting.id, party.ordinal), raised(change.meeting, party, automatic=True))


def _withdraw(change: Change, party: Party) -> None:
    stands = no_show(change.meeting, party)  # then it is the delivery alone that is known better since
    because = WithdrawnBecause.DELIVERY_FAILED if stands else WithdrawnBecause.MARKS_CORRECTED
    change.set_party(party.ordinal, reported=False)
    change.note("report_withdrawn", party.ordinal, because=because)
    change.for_deviation(deviation_id(change.meeting.id, party.ordinal), DeviationWithdrawn(because))
