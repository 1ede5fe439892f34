"""One meeting as its reader may see it and act on it: pure, from the state, the journal and who reads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain import escalation, offering
from sip.domain.closing import last_day
from sip.domain.convener import awaits_identity
from sip.domain.decision import Context, Refused
from sip.domain.disposal import throwable
from sip.domain.escalation import Due, Timer
from sip.domain.events import Called, Decided, Verdict
from sip.domain.foreseeing import foresee
from sip.domain.meeting import Answer, Attendee, Meeting, Party
from sip.domain.needs import QUESTIONS
from sip.domain.people import Roster
from sip.domain.standing import Standing, awaits_convener, standing
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, MeetingState, Obligation
from sip.edges.web.meeting import claims, consent_view, consequences, decided, poll_view, post_view, timeline
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.views import ClaimView, ClosingView, MeetingView, PartyView, PersonView, QuestionView
from sip.store.aggregates.journal import JournalEntry
from sip.store.cases import CaseRecord
from sip.store.consents import ConsentLine
from sip.store.seen.listings import DeviationLine
from sip.usecases.access import MAY, Act, convenes, has_party
from sip.usecases.actor import Actor

_LONG_GONE = frozenset({AttendeeState.STOOD_DOWN})


def build(
    meeting: Meeting,
    version: int,
    actor: Actor,
    entries: Iterable[JournalEntry],
    reports: Sequence[DeviationLine],
    now: datetime,
    phrases: Phrases,
    context: Context,
    case: CaseRecord | None = None,
    closing: Mapping[UUID, Roster] | None = None,
    told: Sequence[ConsentLine] = (),
) -> MeetingView:
    """The whole page. The caller has seen to it that the actor sees the meeting; `case` is given to its keeper alone,
    who may withdraw its consent, and so is what was `told` of it. `closing` are the units that close before it begins;
    `context` is the world as a decision about it would have it: what is offered is what the rules would take."""
    side = convenes(actor, meeting)
    shown = _shown(meeting, actor, side)
    ordinals = frozenset(p.ordinal for p in shown)
    asked = [party.unit_name for party in awaits_convener(meeting)] if _open(meeting, now) else []
    may_convene = side and actor.role in MAY[Act.CONVENE]
    reportable = frozenset(p.ordinal for p in meeting.parties if may_report(meeting, p, actor, reports))
    praisable = frozenset(p.ordinal for p in meeting.parties if may_report(meeting, p, actor, reports, good=True))
    writable = {"report": reportable, "praise": praisable}
    acts = frozenset(_may(meeting, actor, side, now)) & offering.possible(meeting, context)
    if "cancel" in acts and throwable(meeting):
        acts = acts - {"cancel"} | {"throw_away"}
    entries = tuple(entries)
    parties = tuple(_party(meeting, p, actor, side, context, phrases, entries, _of(writable, p)) for p in shown)
    if may_convene and _open(meeting, now):
        parties = tuple(replace(p, closing=_closing(meeting, p.party, closing or {})) for p in parties)
    consenting = case is not None and case.consent and case.consent_withdrawn_at is None
    return MeetingView(
        meeting=meeting,
        version=version,
        convening=side,
        poll_progress="" if meeting.poll is None else poll_view.progress(meeting, meeting.poll, phrases),
        parties=parties,
        can=acts | {"consent"} if consenting else acts,
        ask=tuple(asked) if may_convene else (),
        claims=tuple(claim for party in parties if "claim" in party.can for claim in party.claims),
        timeline=timeline.of_meeting(entries, meeting, phrases, None if side else ordinals),
        reports=tuple(reports),
        report_convener=next((p.ordinal for p in meeting.parties if p.ordinal in reportable and not side), None),
        praise_convener=next((p.ordinal for p in meeting.parties if p.ordinal in praisable and not side), None),
        inbound=side and actor.role in MAY[Act.READ_INBOUND],
        consents=tuple(consent_view.line(one, meeting, phrases) for one in told),
        consent_withdrawn_at=case.consent_withdrawn_at if case is not None else None,
        other_legal_ground=case is not None and case.other_legal_ground,
        earliest=phrases.local(now).date().isoformat(),
        latest=(phrases.local(meeting.start).date() - timedelta(days=1)).isoformat(),
        cannot_call=_cannot_call(meeting, context, phrases) if may_convene else None,
        untold=tuple(p.unit_name for p in meeting.parties if awaits_identity(p)) if may_convene else (),
    )


def _cannot_call(meeting: Meeting, context: Context, phrases: Phrases) -> str | None:
    """Why a draft cannot be called as it is; None where it can, and for what is no draft."""
    refused = offering.refusal(meeting, Called(), context) if meeting.state is MeetingState.DRAFT else None
    return None if refused is None else phrases.refused(refused)


def _open(meeting: Meeting, now: datetime) -> bool:
    return meeting.state is MeetingState.CALLED and now < meeting.start


def _shown(meeting: Meeting, actor: Actor, side: bool) -> list[Party]:
    """All for the convener's side; else one's own and, where the agreement shows them, the others (rules, 3)."""
    there = [p for p in meeting.parties if not p.removed]
    own = [p for p in there if has_party(actor, p)]
    if side or any(p.rule_set.show_other_units for p in own):
        return there
    return own


def _may(meeting: Meeting, actor: Actor, side: bool, now: datetime) -> Iterator[str]:
    """What her side and role may do with a meeting; whether it can be done now is the rules' to say."""
    if side and actor.role in MAY[Act.CONVENE]:
        yield from ("call", "move", "text", "add", "hand_over", "cancel", "identity_all")
        if not meeting.protected:
            yield "chair_link"
    if side and actor.role in MAY[Act.RECORD] and now >= meeting.end:
        yield "attend"


def _of(writable: Mapping[str, AbstractSet[int]], party: Party) -> frozenset[str]:
    return frozenset(act for act, parties in writable.items() if party.ordinal in parties)


def may_report(
    meeting: Meeting, party: Party, actor: Actor, reports: Sequence[DeviationLine], *, good: bool = False
) -> bool:
    """Whether the actor may write a report about the party, or that it was a good example: the convener's side about a
    called unit, and the other way round. Each side writes one of both for ever, so not where she sees hers already."""
    if meeting.state is MeetingState.DRAFT or party.removed or actor.role not in MAY[Act.RAISE_DEVIATION]:
        return False
    convening = convenes(actor, meeting)
    own = {p.unit_id for p in meeting.parties if has_party(actor, p) and p.obligation is not Obligation.CONVENING}
    for line in reports:
        about = line.party == party.ordinal and line.good_example is good
        if about and (convening or line.reporting_unit_id in own):
            return False
    return convening is (party.obligation is not Obligation.CONVENING)


def _party(
    meeting: Meeting,
    party: Party,
    actor: Actor,
    side: bool,
    context: Context,
    phrases: Phrases,
    entries: Sequence[JournalEntry],
    writes: frozenset[str],
) -> PartyView:
    word = standing(party)
    answer = party.round.answer if party.round is not None else None
    own = side or has_party(actor, party)
    now = context.now
    may = frozenset(_party_may(meeting, party, actor, side))
    acts = may & offering.possible_of(meeting, party, context) if may else may
    return PartyView(
        party=party,
        ordinal=party.ordinal,
        unit=party.unit_name,
        obligation=party.obligation,
        standing=word,
        active=party.active,
        phone=party.phone if side else None,
        other_system=party.other_system,
        said=_said(answer, phrases) if own else None,
        identity=_identity(party, phrases) if own and party.obligation is not Obligation.CONVENING else None,
        next=what_next(meeting, party, now, phrases) if own else None,
        mark=party.mark,
        decision=decided.decision(party, phrases) if own else None,
        grounds=decided.grounds(party, entries) if own else None,
        question=_question(meeting, party, context, phrases) if own else None,
        claims=_claims(meeting, party, now, phrases) if own else (),
        away=post_view.away(meeting, party, now, phrases) if own else (),
        unreached=post_view.unreached(meeting, party, entries, phrases) if own else (),
        people=tuple(_person(a, side, phrases) for a in party.attendees if a.state not in _LONG_GONE) if own else (),
        law_only=own
        and party.obligation is Obligation.SUMMONED
        and party.round is not None
        and party.rule_set.law_only,
        watched=has_party(actor, party) and actor.role in MAY[Act.WATCH_UNITS],
        can=acts | writes if side else acts,
    )


def _is_law_only(party: Party) -> bool:
    """Whether no agreement bound it to come when it was called (rules, section 17 J3)."""
    return party.obligation is Obligation.SUMMONED and party.round is not None and party.rule_set.law_only


def _closing(meeting: Meeting, party: Party, closing: Mapping[UUID, Roster]) -> ClosingView | None:
    """What the convener is offered for a called unit that will have closed by the start (rules, section 5 R6)."""
    roster = closing.get(party.unit_id)
    if roster is None or roster.closes_at is None or not party.active or party.obligation is Obligation.CONVENING:
        return None
    day = date.fromisoformat(last_day(roster))
    if roster.successor is None:
        return ClosingView(day)
    unit_id, name = roster.successor.unit_id, roster.successor.name
    return ClosingView(day, unit_id, name, any(p.active and p.unit_id == unit_id for p in meeting.parties))


def _claims(meeting: Meeting, party: Party, now: datetime, phrases: Phrases) -> tuple[ClaimView, ...]:
    """Those that wait for the convener's word."""
    waiting = [c for c in meeting.claims if c.waits and c.party == party.ordinal] if _open(meeting, now) else []
    return tuple(claims.of_meeting(meeting, one, phrases) for one in waiting)


def _said(answer: Answer | None, phrases: Phrases) -> str | None:
    if answer is None:
        return None
    said = phrases.t("page.meeting.said_by", channel=phrases.t(f"channel.{answer.channel}"))
    if answer.regret_reason is not None and answer.regret_reason != "not_given":
        said = f"{phrases.t(f'regret_reason.{answer.regret_reason}')}, {said}"
    return said


def _identity(party: Party, phrases: Phrases) -> str:
    if party.identity is None:
        return phrases.t("page.meeting.identity_missing")
    channel = phrases.t(f"channel.{party.identity.channel}")
    return phrases.t("page.meeting.identity_done", channel=channel, time=phrases.moment(party.identity.at))


def _person(person: Attendee, side: bool, phrases: Phrases) -> PersonView:
    stands_in = person.role is not AttendeeRole.NAMED
    role = phrases.t(f"attendee_role.{person.role}")
    state = phrases.t(f"attendee_state.{person.state}").lower()
    until = person.until if person.state is AttendeeState.ASKED else None
    return PersonView(person.name, person.function, role, state, person.phone, side and stands_in, until)


def _question(meeting: Meeting, party: Party, context: Context, phrases: Phrases) -> QuestionView | None:
    """The question with what a yes would bring, computed by the rules; or why there can be none."""
    asked = question(party, phrases)
    if asked is None:
        return None
    foreseen = foresee(meeting, Decided(party.ordinal, Verdict.ACCEPT), context)
    if not isinstance(foreseen, Refused):
        return replace(asked, lines=(*asked.lines, *consequences.lines(foreseen, phrases)))
    chooses = asked.kind in (AnswerKind.NOT_OURS, AnswerKind.UNKNOWN_IDENTITY)
    why = phrases.t("foreseen.cannot", why=phrases.refused(foreseen))
    return asked if chooses else replace(asked, cannot=why)


def question(party: Party, phrases: Phrases) -> QuestionView | None:
    """What the party's standing answer asks somebody to decide, None when nothing waits."""
    answer = party.round.answer if party.round is not None else None
    word = standing(party)
    if answer is None or word not in QUESTIONS or answer.decided:
        return None
    if word is Standing.UNKNOWN_IDENTITY and party.identity is not None and party.identity.at > answer.at:
        return None
    facts = {
        "time": _proposed(answer, phrases),
        "reason": phrases.reason(answer.contest_reason, "contest_reason").lower(),
        "unit": answer.target_unit_name or _represented(answer),
        "channel": phrases.reason(answer.information_channel, "channel"),
    }
    key = f"decide.{answer.kind}"
    more = answer.kind in (AnswerKind.REDIRECTS, AnswerKind.UNKNOWN_IDENTITY)
    return QuestionView(
        kind=answer.kind,
        title=phrases.t(f"{key}.title", **facts),
        accept=phrases.t(f"{key}.accept", **facts),
        decline=phrases.t(f"{key}.decline", **facts),
        lines=(phrases.t(f"{key}.more", **facts),) if more else (),
    )


def _proposed(answer: Answer, phrases: Phrases) -> str:
    if answer.proposed_start is None or answer.proposed_end is None:
        return ""
    return f"{phrases.day(answer.proposed_start)} {phrases.span(answer.proposed_start, answer.proposed_end)}"


def _represented(answer: Answer) -> str:
    return "" if answer.represented_by is None else f"#{answer.represented_by}"


def _party_may(meeting: Meeting, party: Party, actor: Actor, side: bool) -> Iterator[str]:
    """What her side and role may do with this party; whether it can be done now is the rules' to say."""
    if meeting.state not in (MeetingState.DRAFT, MeetingState.CALLED):
        return
    convening, own = side and actor.role in MAY[Act.CONVENE], has_party(actor, party)
    answer = party.round.answer if party.round is not None else None
    asks_coordinator = answer is not None and answer.kind in (AnswerKind.NOT_OURS, AnswerKind.REDIRECTS)
    if convening or (asks_coordinator and own and actor.role in MAY[Act.CONVENE]):
        yield "decide"
    if convening or (own and actor.role in MAY[Act.ANSWER]):
        yield from ("answer", "substitute")
    if convening:
        yield from ("claim", "pause", "excuse", "release", "remove")
    if convening and standing(party) is not Standing.UNKNOWN_IDENTITY:  # there the question itself is answered so
        yield "identity"


def what_next(meeting: Meeting, party: Party, now: datetime, phrases: Phrases) -> str | None:
    """What happens by itself next, and when."""
    if not _open(meeting, now):
        return None
    timer = escalation.foreseen(meeting, party, now)
    if timer is None:
        return None
    return phrases.t(f"next.{_KEYS[timer.what]}", **_timer_facts(party, timer, phrases))


_KEYS = {
    Due.PAUSE_END: "pause_ends",
    Due.ASK_END: "ask_ends",
    Due.ASK_NEXT: "ask_next",
    Due.TENTATIVE_END: "tentative_ends",
    Due.CONFIRM: "confirm",
    Due.NAME: "ask_name",
    Due.RUNG: "rung",
    Due.LIFT_SUBSTITUTION: "lift_to_head",
    Due.QUESTION: "question",
}


def _timer_facts(party: Party, timer: Timer, phrases: Phrases) -> dict[str, str]:
    due = timer.due if party.not_before is None else max(timer.due, party.not_before)
    facts = {"time": phrases.moment(due), "unit": party.unit_name}
    if timer.rung is not None:
        facts["rung"] = phrases.t(f"rung.{timer.rung}").lower()
    person = next((a for a in party.attendees if a.ordinal == timer.attendee), None)
    facts["person"] = person.name if person is not None else ""
    return facts
