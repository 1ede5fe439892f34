"""What the two units of a report do between its hearing and its end: a thread, measures, and how it ends (rules,
section 8 D3-D5).

The law of this file: nothing that was said is taken away. A word is corrected by another word, a follow-up by a later
one, and what a report ends as says why.
"""

from sip.domain.change import Refusal
from sip.domain.decision import Note, Reason
from sip.domain.deviation import (
    DeviationClosed,
    DeviationForwarded,
    DeviationMerged,
    DeviationReport,
    DeviationReturned,
    DeviationState,
    Measure,
    MeasureFollowedUp,
    MeasureTaken,
    ReportSide,
    UnitSucceeded,
    Word,
    WordSaid,
    WordUnusable,
)
from sip.domain.effects import MailKind, Timing
from sip.domain.people import Address
from sip.domain.report_change import ReportChange
from sip.domain.report_clock import days_since
from sip.domain.values import replace
from sip.domain.worktime import local_day

D = DeviationState
MOST_WORDS = 200
MOST_MEASURES = 20


def rests(report: DeviationReport) -> DeviationState:
    """Where the two units stand, of a report that has been heard."""
    if report.is_disputed:
        return D.DISPUTED
    if report.answered_at is None:
        return D.IN_DIALOGUE if report.words else D.RECEIVED
    followed = bool(report.measures) and all(one.followed_at is not None for one in report.measures)
    return D.FOLLOWED_UP if followed else D.ANSWERED


def settle(work: ReportChange) -> None:
    """After an act of the two units: the state that follows from what they have said; the board's stays the board's."""
    report = work.report
    if report.state not in (D.HEARING, D.DISPUTED, D.FORWARDED):
        work.report = replace(report, state=rests(report))
    if work.report.state is D.FOLLOWED_UP and report.state is not D.FOLLOWED_UP:
        _tell_followed_up(work)


def _tell_followed_up(work: ReportChange) -> None:
    work.to_reporting(MailKind.DEVIATION_FOLLOWED_UP, tail=str(len(work.report.measures)))


def no_praise(work: ReportChange) -> None:
    """Raises Refusal for a good example: there is nothing to answer, mend or decide (D6)."""
    if work.report.good_example:
        raise Refusal(Reason.GOOD_EXAMPLE)


# -- the thread


def say(work: ReportChange, event: WordSaid) -> None:
    """A word of one unit; the other hears that there is one. Raises Refusal for none, and for a thread without end."""
    report, text = work.report, event.text.strip()
    if not text:
        raise Refusal(Reason.REASON_MISSING)
    if len(report.words) >= MOST_WORDS:
        raise Refusal(Reason.THREAD_FULL, most=str(MOST_WORDS))
    word = Word(len(report.words) + 1, event.side, work.now, text, event.channel)
    work.update("word_said", detail={"side": event.side}, words=(*report.words, word))
    target = report.side(event.side).unit_name
    work.to_side(event.side.other, MailKind.DEVIATION_WORD, tail=str(word.number), target=target)
    settle(work)


def not_said(work: ReportChange, event: WordUnusable) -> None:
    """Nothing of the mail is kept; who sent it hears so, once a day (D3)."""
    work.notes.append(Note("word_unusable", work.report.party, {"side": event.side, "no_word": event.why}))
    if event.to is None:
        return
    roster = work.roster(work.report.side(event.side))
    to, tail = Address(event.to, roster.name, roster.language), local_day(work.now).isoformat()
    work.mail(MailKind.UNUSABLE, to, Timing.NOW, tail, why=f"report_{event.why}")


# -- whose it is


def succeed(work: ReportChange, event: UnitSucceeded) -> None:
    """The unit that has taken over has the report from now on, and is told so; not one that is its other side (D8)."""
    report = work.report
    before = report.side(event.side)
    if event.by.unit_id in (before.unit_id, report.side(event.side.other).unit_id):
        return
    side = {"reporting": event.by} if event.side is ReportSide.REPORTING else {"receiving": event.by}
    work.update("unit_succeeded", detail={"before": before.unit_name, "target": event.by.unit_name}, **side)
    detail = {"before": before.unit_name, "target": report.side(event.side.other).unit_name}
    work.to_side(event.side, MailKind.DEVIATION_TAKEN_OVER, Timing.NOW, tail=str(event.by.unit_id), **detail)


# -- measures


def take(work: ReportChange, event: MeasureTaken) -> None:
    """Raises Refusal without what or who, for a day that is past, and for more than can be followed."""
    no_praise(work)
    report, text, owner = work.report, event.text.strip(), event.owner.strip()
    if not text or not owner:
        raise Refusal(Reason.REASON_MISSING)
    if event.due_on < local_day(work.now):
        raise Refusal(Reason.MEASURE_PAST)
    if len(report.measures) >= MOST_MEASURES:
        raise Refusal(Reason.MEASURES_MANY, most=str(MOST_MEASURES))
    taken = Measure(len(report.measures) + 1, event.side, text, owner, event.due_on, work.now)
    work.update("measure_taken", detail={"owner": owner}, measures=(*report.measures, taken))
    target = report.side(event.side).unit_name
    work.to_side(event.side.other, MailKind.DEVIATION_MEASURE, tail=str(taken.number), target=target)
    settle(work)


def follow_up(work: ReportChange, event: MeasureFollowedUp) -> None:
    """Done or not, and what came of it. Raises Refusal for a measure that is not there, and without a word of it."""
    effect = event.effect.strip()
    if not effect:
        raise Refusal(Reason.REASON_MISSING)
    measure = next((one for one in work.report.measures if one.number == event.number), None)
    if measure is None:
        raise Refusal(Reason.MEASURE_UNKNOWN)
    put(work, replace(measure, followed_at=work.now, done=event.done, effect=effect))
    work.update("measure_followed_up", detail={"owner": measure.owner, "done": str(event.done).lower()})
    settle(work)


def put(work: ReportChange, measure: Measure) -> None:
    """This measure as it is now."""
    measures = tuple(measure if one.number == measure.number else one for one in work.report.measures)
    work.report = replace(work.report, measures=measures)


# -- the end


def close(work: ReportChange, event: DeviationClosed) -> None:
    """Raises Refusal without a reason where there is a measure to follow up, or none was taken."""
    reason = (event.reason or "").strip()
    if not reason and work.report.state is not D.FOLLOWED_UP:
        raise Refusal(Reason.REASON_MISSING)
    work.update("closed", state=D.CLOSED, closed_at=work.now, closed_because=reason or None)
    work.to_receiving(MailKind.DEVIATION_CLOSED)


def forward(work: ReportChange, event: DeviationForwarded) -> None:
    """To the board, with why; meanwhile nobody waits for either unit. A dispute stays one, and its days run on until it
    is settled (D2). Raises Refusal without a reason.
    """
    no_praise(work)
    reason = event.reason.strip()
    if not reason:
        raise Refusal(Reason.REASON_MISSING)
    work.update("forwarded", state=D.FORWARDED, forwarded_at=work.now, forwarded_because=reason, stepped_at=None)
    for side in ReportSide:
        work.to_side(side, MailKind.DEVIATION_FORWARDED, tail=_occasion(work.report))


def come_back(work: ReportChange, _: DeviationReturned) -> None:
    """The days with the board are nobody's to answer in (D2); who settles a dispute has her time anew."""
    report, state = work.report, rests(work.report)
    waits = report.answered_at is None and not report.is_disputed
    days = report.disputed_days + (days_since(report.forwarded_at, work.now) if waits else 0)
    stepped = work.now if report.is_disputed else None
    work.update("returned", state=state, disputed_days=days, stepped_at=stepped)
    work.to_receiving(MailKind.DEVIATION_RETURNED, tail=_occasion(report))
    followed = [one.followed_at for one in report.measures if one.followed_at is not None]
    if state is D.FOLLOWED_UP and report.forwarded_at is not None and max(followed) >= report.forwarded_at:
        _tell_followed_up(work)


def merge(work: ReportChange, event: DeviationMerged) -> None:
    """It goes on in another; that they are of the same two units is who merges them to see to."""
    no_praise(work)
    work.update("merged", state=D.MERGED, merged_into=event.into, closed_at=work.now)
    where = {} if event.reference is None else {"into": event.reference}
    work.to_receiving(MailKind.DEVIATION_MERGED, Timing.NOW, tail="", **where)


def _occasion(report: DeviationReport) -> str:
    """Tells one time with the board from the next."""
    return "" if report.forwarded_at is None else report.forwarded_at.isoformat()
