"""What becomes of a poll of times besides what people press: whom it asks, its reminder, its end (rules, section 9).

The law of this file: an open poll asks exactly the meeting's parties of the moment, each at a mailbox of today;
whatever else becomes of the meeting ends it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sip.domain.address import same
from sip.domain.change import Change
from sip.domain.effects import POLL_ASKS, DropAsks, Link, MailKind, Timing, Told
from sip.domain.events import Bounced, MailSettled
from sip.domain.meeting import Meeting, Party
from sip.domain.people import Address
from sip.domain.poll import Poll, PollAsk, PollEnd, PollState
from sip.domain.terms import MeetingState, Obligation, SettledAs
from sip.domain.values import replace
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

ONE_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


def settle(change: Change, before: Meeting) -> None:
    """After every event: what became of the meeting ends its poll, and an open one asks those whom it has not (P4)."""
    poll, after = change.meeting.poll, change.meeting
    if poll is None or not poll.waits:
        return
    if after.state is MeetingState.CANCELLED:
        end(change, PollEnd.CANCELLED, tell=before.state is MeetingState.DRAFT)
    elif after.state is not before.state:
        called = after.state is MeetingState.CALLED
        end(change, PollEnd.CALLED if called else PollEnd.STARTED, tell=False)
    elif after.consent_over and not before.consent_over:
        end(change, PollEnd.CONSENT, tell=False)
    elif after.started:
        end(change, PollEnd.STARTED, tell=False)
    elif after.state is MeetingState.CALLED and after.sequence != before.sequence:
        end(change, PollEnd.MOVED, tell=False)
    elif poll.state is PollState.OPEN:
        _ask_whom_it_has_not(change, before)


def _ask_whom_it_has_not(change: Change, before: Meeting) -> None:
    """Parties that joined, or whose mailbox is another today, are asked; of those that went nothing stays."""
    _forget_gone(change, before)
    for party in asked_parties(change.meeting):
        poll = poll_of(change)
        known = poll.ask(party.ordinal)
        if known is None:
            if _covered(change, party):
                _ask_at(change, party, PollAsk(party.ordinal, _mailbox(change, party, ()), change.now))
        elif party.ordinal not in poll.answered and not _still_its(change, party, known):
            new = _mailbox(change, party, known.tried)
            change.effects.append(DropAsks(party.ordinal, polls=True))
            _ask_at(change, party, replace(known, email=new, asked_at=change.now))
    tell_all(change)


def _covered(change: Change, party: Party) -> bool:
    """Whether the consent allows to ask it; a draft may name units that it does not cover yet."""
    case = change.context.case
    return case is not None and case.covers(party.organisation_id, local_day(change.now))


def _forget_gone(change: Change, before: Meeting) -> None:
    poll, there = poll_of(change), {p.ordinal for p in asked_parties(change.meeting)}
    gone = [ask for ask in poll.asks if ask.party not in there]
    if not gone:
        return
    for asked in gone:
        change.effects.append(DropAsks(asked.party, polls=True))
        if change.meeting.state is MeetingState.DRAFT and asked.party in poll.answered and asked.email is not None:
            party = before.party(asked.party)  # it has left, and its calendar entry is no call that is cancelled
            _tell_ended(change, None, Address(asked.email, party.unit_name, party.language))
    put(
        change,
        asks=tuple(ask for ask in poll.asks if ask.party in there),
        answers=tuple(answer for answer in poll.answers if answer.party in there),
    )


def _still_its(change: Change, party: Party, known: PollAsk) -> bool:
    roster = change.context.rosters.get(party.unit_id)
    if roster is None:
        return True
    if known.email is None:
        return _mailbox(change, party, known.tried) is None
    return any(same(known.email, address) for address in roster.addresses)


def _mailbox(change: Change, party: Party, tried: tuple[str, ...]) -> str | None:
    """Where the party is asked; None for one that is reached by telephone alone, or in another system."""
    roster = change.roster_or_empty(party)
    if roster.phone_only or change.unit_address(party) is None:
        return None
    return next((a for a in roster.addresses if not any(same(a, failed) for failed in tried)), None)


def _ask_at(change: Change, party: Party, asked: PollAsk) -> None:
    poll = poll_of(change)
    others = tuple(ask for ask in poll.asks if ask.party != asked.party)
    put(change, asks=tuple(sorted((*others, asked), key=lambda ask: ask.party)))
    if asked.email is None:
        change.note("poll_by_phone", party.ordinal)
        return
    _mail(change, party, asked.email, MailKind.POLL)


def _tell_convener(
    change: Change,
    what: Told,
    party: int | None = None,
    *,
    timing: Timing = Timing.NOW,
    detail: Mapping[str, str] | None = None,
) -> None:
    """Once of each poll; the link leads to its answers, after signing in."""
    convener = change.meeting.convener
    change.notice(
        MailKind.CONVENER_TOLD,
        Address(convener.email, convener.person, convener.language),
        tail=f"{what}/{poll_of(change).number}",
        party=party,
        link=Link.POLL_PICK,
        timing=timing,
        detail={"what": what, **(detail or {})},
    )


def _mail(change: Change, party: Party, email: str, kind: MailKind) -> None:
    poll = poll_of(change)
    times = "\n".join(f"{t.start.isoformat()}/{t.end.isoformat()}" for t in poll.times)
    change.notice(
        kind,
        Address(email, party.unit_name, party.language),
        tail=str(poll.number),
        party=party.ordinal,
        ask=True,
        link=Link.POLL,
        facts=replace(change.facts(party), start=poll.times[0].start, end=poll.times[-1].end),
        detail={"times": times, "answer_until": last_said(poll), **_moves(change.meeting)},
    )


def last_said(poll: Poll) -> str:
    """Until when answers are taken: a day, where it is the whole of it, else a moment."""
    last = poll.closes_at - _MOMENT
    whole = at_hour(local_day(last) + ONE_DAY, 0) == poll.closes_at
    return local_day(last).isoformat() if whole else poll.closes_at.isoformat()


def _moves(meeting: Meeting) -> Mapping[str, str]:
    """Of a called meeting: the time that it has until another is picked."""
    if meeting.state is not MeetingState.CALLED:
        return {}
    return {"present_start": meeting.start.isoformat(), "present_end": meeting.end.isoformat()}


def tell_all(change: Change) -> None:
    """Once, when nobody is left to wait for."""
    poll = poll_of(change)
    if not poll.told_all and all(p.ordinal in poll.answered for p in asked_parties(change.meeting)):
        put(change, told_all=True)
        change.note("poll_all_answered")
        _tell_convener(change, Told.POLL_ALL)


# -- time


def due(meeting: Meeting) -> datetime | None:
    """When an open poll next needs a tick: its reminder, or its end."""
    poll = meeting.poll
    if poll is None or poll.state is not PollState.OPEN:
        return None
    remind = None if poll.reminded else remind_at(poll)
    at = min(at for at in (remind, poll.closes_at) if at is not None)
    return at if poll.not_before is None else max(at, poll.not_before)


def remind_at(poll: Poll) -> datetime | None:
    """The opening of the last working day before the poll's last; None where it was asked on that day or later."""
    before = at_hour(local_day(poll.closes_at - _MOMENT) - ONE_DAY, OPENS)
    opening = office_time().opening_before(before, 0)
    return opening if local_day(poll.asked_at) < local_day(opening) else None


def pass_time(change: Change) -> None:
    """One reminder to who has not answered; then the end, which the convener hears of (P2)."""
    at = due(change.meeting)
    if at is None or at > change.now:
        return
    if _consent_is_over(change):
        end(change, PollEnd.CONSENT, tell=False)
    elif change.context.answers_open_from is not None:
        put(change, not_before=change.context.answers_open_from)
    elif poll_of(change).closes_at <= change.now:
        _close(change)
    else:
        _remind(change)


def _consent_is_over(change: Change) -> bool:
    until = poll_of(change).consent_until
    return change.meeting.consent_over or (until is not None and until < local_day(change.now))


def _remind(change: Change) -> None:
    put(change, reminded=True)
    poll = poll_of(change)
    waited_for = [p for p in asked_parties(change.meeting) if p.ordinal not in poll.answered]
    for party in waited_for:
        asked = poll.ask(party.ordinal)
        if asked is not None and asked.email is not None and _still_its(change, party, asked):
            _mail(change, party, asked.email, MailKind.POLL_REMINDER)  # a mailbox that it left is followed instead
    if waited_for:
        change.note("poll_reminded", count=str(len(waited_for)))


def _close(change: Change) -> None:
    poll = poll_of(change)
    put(change, state=PollState.CLOSED)
    change.effects.extend(DropAsks(ask.party, polls=True) for ask in poll.asks)
    change.note("poll_closed", count=str(len(poll.answered)), of=str(len(asked_parties(change.meeting))))
    if not poll.told_all:
        _tell_convener(change, Told.POLL_CLOSED, timing=Timing.MORNING)  # it ends at midnight


# -- mail


def is_about(event: MailSettled | Bounced) -> bool:
    """Whether it is the fate of a mail that asked for times; its key names its kind."""
    return any(f"/{kind}/" in event.key for kind in POLL_ASKS)


def settle_mail(change: Change, event: MailSettled | Bounced) -> None:
    """A mailbox that takes no mail: the unit's next is asked; without one the convener is told to telephone (P2)."""
    failed = isinstance(event, Bounced) or event.result is SettledAs.FAILED
    poll = change.meeting.poll
    if not failed or poll is None or poll.state is not PollState.OPEN or event.party is None:
        return
    known = poll.ask(event.party)
    if known is None or not same(known.email, event.email) or event.party in poll.answered:
        return
    party = change.party(event.party)
    tried = (*known.tried, known.email or "")
    change.note("poll_unreached", party.ordinal, email=known.email or "", reason=event.reason or "")
    new = _mailbox(change, party, tried)
    _ask_at(change, party, replace(known, email=new, tried=tried, asked_at=change.now))
    if new is None:
        phones = {"phones": party.phone} if party.phone else {}
        _tell_convener(change, Told.POLL_UNREACHED, party.ordinal, detail=phones)


def follow_consent(change: Change) -> None:
    """The consent of a draft's case was given back or narrowed: nobody whom it does not cover is asked (P4)."""
    case, today = change.context.case, local_day(change.now)
    if change.meeting.poll is not None and change.meeting.poll.waits:
        poll = change.meeting.poll
        asked = [party for party in asked_parties(change.meeting) if poll.ask(party.ordinal) is not None]
        if case is None or not all(case.covers(party.organisation_id, today) for party in asked):
            end(change, PollEnd.CONSENT, tell=True)
        else:
            put(change, consent_until=case.ends_on)


# -- shared with what people press


def end(change: Change, why: PollEnd, *, tell: bool) -> None:
    """The poll is over without a time; with `tell` who has answered hears of it."""
    poll = poll_of(change)
    put(change, state=PollState.ENDED, ended_because=why, over_at=change.now)
    change.effects.extend(DropAsks(ask.party, polls=True) for ask in poll.asks)
    change.note("poll_ended", poll_end=why)
    for asked in poll.asks if tell else ():
        if asked.party in poll.answered and asked.email is not None:
            party = change.party(asked.party)
            _tell_ended(change, asked.party, Address(asked.email, party.unit_name, party.language))


def _tell_ended(change: Change, party: int | None, to: Address) -> None:
    """Who had answered may have kept the hours free."""
    poll = poll_of(change)
    times = "\n".join(f"{t.start.isoformat()}/{t.end.isoformat()}" for t in poll.times)
    change.notice(
        MailKind.POLL_ENDED,
        to,
        tail=str(poll.number),
        party=party,
        facts=replace(change.facts(None), start=poll.times[0].start, end=poll.times[-1].end),
        detail={"times": times, **_moves(change.meeting)},
    )


def asked_parties(meeting: Meeting) -> tuple[Party, ...]:
    """Whom a poll asks: every party but the convener's own, who picks."""
    return tuple(p for p in meeting.parties if p.active and p.obligation is not Obligation.CONVENING)


def poll_of(change: Change) -> Poll:
    """The poll, where there is one."""
    assert change.meeting.poll is not None
    return change.meeting.poll


def put(change: Change, **fields: object) -> None:
    """Fields of the poll, by name."""
    change.update(poll=replace(poll_of(change), **fields))
