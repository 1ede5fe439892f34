"""A sitting's agenda and minutes as documents: what is before the group, what it has decided, and what is followed up.

The law of this file: it says what the items hold and judges nothing; no report is told of but by how many are linked.
"""

from collections.abc import Iterator
from datetime import datetime

from sip.domain.agenda import AgendaItem, Resolution, SeatReply
from sip.edges.archive.documents import footer
from sip.edges.archive.pdf import Document, DocumentPart, paragraphs
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.reading.agenda import SittingRead

Facts = list[tuple[str, str]]


def of_sitting(found: SittingRead, kind: str, group: str, phrases: Phrases, by: str, now: datetime) -> Document:
    """The agenda, or the minutes (`kind`), of one sitting."""
    t = phrases.t
    title = t(f"sitting.{kind}_title", group=group)
    day = phrases.long_day(found.day)
    of = _asked if kind == "agenda" else _minuted
    items = [part for n, item in enumerate(found.items, 1) for part in of(n, item, found, phrases)]
    if not items:
        items = [DocumentPart(t("sitting.items"), texts=[t("sitting.none")])]
    return Document(
        title, day, phrases.language, footer(f"{title}, {day}", phrases, by, now),
        facts=[(t("sitting.group"), group), (t("sitting.day"), day)],
        parts=[*items, *_to_follow(found, phrases)],
    )  # fmt: skip


def _heading(n: int, item: AgendaItem) -> str:
    return f"{n}. {item.title}"


def _background(item: AgendaItem, phrases: Phrases) -> tuple[list[str], Facts]:
    t = phrases.t
    facts = [
        (t("sitting.purpose"), t(f"item_purpose.{item.purpose}")),
        (t("sitting.source"), t(f"item_source.{item.source}")),
    ]
    if item.preparation is not None:
        by = item.preparation.by
        until = "" if by is None else t("boards.prepared_until", day=phrases.day(by))
        facts.append((t("boards.preparation"), f"{item.preparation.owner} {until}".strip()))
    facts += [(t("boards.paper"), line) for line in item.papers]
    if item.origin is not None:
        facts.append((t("boards.reference"), t("boards.origin", group=item.origin.group_name)))
    if (sent := item.reference) is not None:
        said = t("boards.referred", group=sent.group_name, day=phrases.day(sent.referred_at))
        if sent.answered_at is not None:
            said = f"{t('boards.answered', group=sent.group_name, day=phrases.day(sent.answered_at))}: {sent.answer}"
        facts.append((t("boards.reference"), said))
    if item.reports:
        facts.append((t("sitting.reports"), str(len(item.reports))))
    if item.signal is not None:
        said = t("signals.counted", count=item.signal.count, before=item.signal.before)
        facts.append((t("sitting.counted"), said))
    return paragraphs(item.text), facts


def _asked(n: int, item: AgendaItem, found: SittingRead, phrases: Phrases) -> Iterator[DocumentPart]:
    texts, facts = _background(item, phrases)
    yield DocumentPart(_heading(n, item), texts=texts, facts=facts)
    yield from _said_by_seats(item, phrases)
    for one in item.resolutions:
        if one.decided_on < found.day:  # what that day decided stands in its minutes
            yield _resolution(one, phrases, phrases.t("sitting.earlier"))


def _said_by_seats(item: AgendaItem, phrases: Phrases) -> Iterator[DocumentPart]:
    """What each seat answers, question by question, side by side."""
    t, asked = phrases.t, item.inquiry
    if asked is None or not item.replies:
        return
    head = [t("boards.inquiry_about", about=asked.about)] if asked.about else []
    head.append(t("boards.inquiry_until", day=phrases.long_day(asked.by)))
    head.append(t("boards.inquiry_count", count=item.answered, of=len(item.replies)))
    yield DocumentPart(t("boards.inquiry"), level=3, texts=head)
    for n, question in enumerate(asked.questions):
        facts = [(_seat(one, phrases), _answer(one, n, phrases)) for one in item.replies]
        yield DocumentPart(question, level=3, facts=facts)


def _seat(one: SeatReply, phrases: Phrases) -> str:
    word = phrases.t(f"seat_function.{one.function}")
    return ", ".join(part for part in (word, one.wanted, one.principal) if part)


def _answer(one: SeatReply, n: int, phrases: Phrases) -> str:
    if one.answered_at is None:
        return phrases.t("boards.inquiry_missing")
    return one.answers[n] or phrases.t("boards.inquiry_blank")


def _minuted(n: int, item: AgendaItem, found: SittingRead, phrases: Phrases) -> Iterator[DocumentPart]:
    t = phrases.t
    texts, facts = _background(item, phrases)
    yield DocumentPart(_heading(n, item), texts=texts, facts=facts)
    made = [one for one in item.resolutions if one.decided_on == found.day]
    for one in made:
        yield _resolution(one, phrases, t("sitting.decision"))
    if not made:
        yield DocumentPart(t("sitting.decision"), level=3, texts=[t("sitting.undecided")])


def _resolution(one: Resolution, phrases: Phrases, heading: str) -> DocumentPart:
    t = phrases.t
    facts: Facts = [(t("sitting.decision"), one.text), (t("sitting.grounds"), one.grounds)]
    if one.unit is not None and one.owner is not None and one.due_on is not None:
        facts.append((t("sitting.owner"), f"{one.owner}, {one.unit.unit_name}"))
        facts.append((t("sitting.due"), phrases.long_day(one.due_on)))
    if one.outcome is not None:
        facts.append((t("sitting.done" if one.done_at is not None else "sitting.not_done"), one.outcome))
    return DocumentPart(f"{heading} {one.number}", level=3, facts=facts)


def _to_follow(found: SittingRead, phrases: Phrases) -> Iterator[DocumentPart]:
    t = phrases.t
    rows = [
        (item.title, one.text, f"{one.owner}, {one.unit.unit_name}", phrases.day(one.due_on))
        for item in found.to_follow for one in item.resolutions
        if one.done_at is None and one.unit is not None and one.due_on is not None and one.due_on <= found.day
    ]  # fmt: skip
    if rows:
        columns = [t(f"sitting.{key}") for key in ("question", "decision", "owner", "due")]
        yield DocumentPart(t("sitting.to_follow"), columns=columns, widths=[5, 7, 5, 3], rows=rows)
