"""What asks somebody whether she wants news of open groups, and a week's news (rules, section 21 O4)."""

from collections.abc import Iterator
from datetime import date, datetime

from sip.domain.effects import Notice, NoticeKind
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import Block, Button, Letter, button_of
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words

_LINK = "/svar/"


def letter_of_subscription(notice: Notice, way: Way | None) -> Letter:
    """The question, or the news; each with the link to end it."""
    return _asked(notice, way) if notice.kind is NoticeKind.SUBSCRIPTION_ASKED else _news(notice, way)


def _asked(notice: Notice, way: Way | None) -> Letter:
    language = notice.to.language
    table = words(language)
    facts = {"group": clean_name(notice.detail["group"])}
    title = table["mail.subscription_asked.title"].format(**facts)
    lines = tuple(table["mail.subscription_asked.text"].format(**facts).splitlines())
    button = button_of(table["mail.subscription_asked.button"], way, table) if way else None
    why = table["mail.subscription_asked.why"]
    block = Block(title, lines, (), (), button)
    return Letter(
        language, table["mail.subscription_asked.subject"].format(**facts), title, None, (block,),
        table["mail.link_plain"], (why,),
    )  # fmt: skip


def _news(notice: Notice, way: Way | None) -> Letter:
    language = notice.to.language
    table = words(language)
    groups = tuple(_groups(notice, way))
    subject = table["mail.group_news.subjects" if len(groups) > 1 else "mail.group_news.subject"]
    said = subject.format(group=groups[0].title if groups else "", count=len(groups))
    button = button_of(table["mail.group_news.button"], way, table) if way else None
    last = Block(table["mail.group_news.end"], (table["mail.group_news.why"],), (), (), button)
    title, text = table["mail.group_news.title"], table["mail.group_news.text"]
    return Letter(language, said, title, text, (*groups, last), table["mail.link_plain"], ())


def _groups(notice: Notice, way: Way | None) -> Iterator[Block]:
    """Each group's news, and the button to its page."""
    table, said = words(notice.to.language), notice.detail
    home = way.url.partition(_LINK)[0] if way else ""
    n = 1
    while f"{n}.id" in said:
        lines = [_decision(line, notice) for line in said[f"{n}.decisions"].splitlines()]
        lines += [_date(line, notice) for line in said[f"{n}.dates"].splitlines()]
        page = Button(table["mail.group_news.read"], f"{home}/open-groups/{said[f'{n}.id']}") if home else None
        yield Block(clean_name(said[f"{n}.group"]), tuple(lines), (), (), page)
        n += 1


def _decision(line: str, notice: Notice) -> str:
    """`Beslut måndag 7 december 2026. Läkare på SIP: Läkare kommer.`"""
    head, _, text = line.partition("\t")
    day, _, title = head.partition(" ")
    when = wording.day_of(notice.to.language, date.fromisoformat(day), year=True)
    decided = words(notice.to.language)["mail.group_news.decided"].format(day=when)
    return clean(f"{decided} {title}: {text}", 700)


def _date(line: str, notice: Notice) -> str:
    start, _, end = line.partition(" ")
    span = wording.span(notice.to.language, datetime.fromisoformat(start), datetime.fromisoformat(end))
    return words(notice.to.language)["mail.group_news.date"].format(span=span)
