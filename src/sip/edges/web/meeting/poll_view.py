"""A poll of times as its convener sees it: times by parties, the best first. Pure, from the state and the words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sip.domain.meeting import Meeting, Party
from sip.domain.poll import Poll, PollAnswer, PollChoice, PollState, PollTime
from sip.domain.poll_upkeep import asked_parties, last_said
from sip.domain.polling import short_notice
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.reading.polls import PollRead

_TONES = {PollChoice.YES: "good", PollChoice.IF_NEED_BE: "wait", PollChoice.NO: "bad"}


@dataclass(frozen=True, slots=True)
class PollCell:
    """What one party said of one time: words, how they look, and who said it when."""

    unit: str
    words: str
    tone: str
    who: str | None


@dataclass(frozen=True, slots=True)
class PollRow:
    """One time: who can, what is to be known before it is picked, and whether it can be."""

    time: PollTime
    words: str
    cells: tuple[PollCell, ...]
    counts: str
    best: bool
    picked: bool
    passed: bool
    notice: str | None

    @property
    def can_be_picked(self) -> bool:
        return not self.passed


@dataclass(frozen=True, slots=True)
class PollTable:
    """The whole table; `until` says until when answers are taken."""

    number: int
    state: PollState
    waits: bool
    units: tuple[str, ...]
    rows: tuple[PollRow, ...]
    until: str
    progress: str


def table(read: PollRead, now: datetime, phrases: Phrases) -> PollTable | None:
    """The meeting's latest poll; None where it has had none."""
    meeting, poll = read.meeting, read.meeting.poll
    if poll is None:
        return None
    parties = asked_parties(meeting)
    best = next((time for time in poll.best_first if time.start > now), None) if poll.answers else None
    rows = tuple(
        PollRow(
            time=time,
            words=span(time, phrases),
            cells=tuple(_cell(poll, party, time, phrases) for party in parties),
            counts=_counts(poll, time, len(parties), phrases),
            best=best is time and poll.waits,
            picked=poll.picked == time.ordinal,
            passed=time.start <= now,
            notice=_notice(read, time, now, phrases) if poll.waits and time.start > now else None,
        )
        for time in poll.best_first
    )
    return PollTable(
        number=poll.number,
        state=poll.state,
        waits=poll.waits,
        units=tuple(party.unit_name for party in parties),
        rows=rows,
        until=until(poll, phrases, "page.poll"),
        progress=progress(meeting, poll, phrases),
    )


def progress(meeting: Meeting, poll: Poll, phrases: Phrases) -> str:
    """How many have answered, of how many."""
    asked = asked_parties(meeting)
    answered = sum(1 for party in asked if party.ordinal in poll.answered)
    return phrases.t("page.poll.progress", answered=answered, asked=len(asked))


def best(poll: Poll, now: datetime, phrases: Phrases) -> str | None:
    """The time that suits most and can be picked still, with who can; None where nobody has said anything."""
    time = next((time for time in poll.best_first if time.start > now), None) if poll.answers else None
    if time is None:
        return None
    counts = {choice.value: poll.count(time.ordinal, choice) for choice in PollChoice}
    said = phrases.t("page.poll.counts", **counts)
    return phrases.t("page.poll.best_is", time=span(time, phrases), counts=said)


def span(time: PollTime, phrases: Phrases) -> str:
    """The day and from when to when."""
    return f"{phrases.long_day(time.start)} {phrases.span(time.start, time.end)}"


def until(poll: Poll, phrases: Phrases, page: str) -> str:
    """Until when answers are taken: to the end of a day, or to a moment of it."""
    if len(last_said(poll)) == len("2026-11-13"):
        return phrases.t(f"{page}.until", time=phrases.long_day(poll.closes_at - timedelta(microseconds=1)))
    return phrases.t(f"{page}.until_moment", time=phrases.moment(poll.closes_at))


def _cell(poll: Poll, party: Party, time: PollTime, phrases: Phrases) -> PollCell:
    answer = poll.of(party.ordinal).get(time.ordinal)
    if answer is not None:
        words, tone = phrases.t(f"poll_choice.{answer.choice}"), _TONES[answer.choice]
        return PollCell(party.unit_name, words, tone, _who(answer, phrases))
    asked = poll.ask(party.ordinal)
    if asked is None:
        return PollCell(party.unit_name, phrases.t("page.poll.unasked"), "plain", None)
    if asked.email is None and party.ordinal not in poll.answered:
        phone = phrases.t("page.poll.by_phone", phone=party.phone) if party.phone else None
        return PollCell(party.unit_name, phone or phrases.t("page.poll.by_phone_unknown"), "plain", None)
    return PollCell(party.unit_name, phrases.t("page.poll.unsaid"), "plain", None)


def _who(answer: PollAnswer, phrases: Phrases) -> str:
    return f"{answer.by}, {phrases.day(answer.at)} {phrases.clock(answer.at)}"


def _counts(poll: Poll, time: PollTime, asked: int, phrases: Phrases) -> str:
    counts = {choice.value: poll.count(time.ordinal, choice) for choice in PollChoice}
    said = phrases.t("page.poll.counts", **counts)
    silent = asked - sum(counts.values())
    if not silent:
        return said
    more = phrases.t("page.poll.waiting_one") if silent == 1 else phrases.t("page.poll.waiting", count=silent)
    return f"{said}, {more}"


def _notice(read: PollRead, time: PollTime, now: datetime, phrases: Phrases) -> str | None:
    short = short_notice(read.meeting, time.start, now, read.agreements)
    if not short:
        return None
    return phrases.t("page.poll.short_notice", days=max(short.values()), units=", ".join(phrases.names(short)))
