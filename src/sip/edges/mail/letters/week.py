"""The week's mail: a line for each meeting, a button where the unit has not said who comes, the next week in one line.

It goes with whatever else is asked of the address that morning: the asks first, the week after them.
"""

from collections.abc import Sequence
from dataclasses import replace

from sip.domain.effects import AnyMail, Mail, MailKind, Notice
from sip.domain.people import Language
from sip.domain.week import SEPARATOR
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import Block, Fact, Letter, block_of, button_of, caller_of, pieces_of
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words


def tells_week(mails: Sequence[AnyMail]) -> bool:
    """Whether a unit's week is told by these mails."""
    return any(isinstance(mail, Notice) or mail.kind is MailKind.WEEK for mail in mails)


def letter_with_week(mails: Sequence[AnyMail], ways: Sequence[Way | None]) -> Letter:
    """The letter that carries these, in the language of the first."""
    language = mails[0].to.language
    table = words(language)
    asks: list[tuple[Mail, Way | None]] = []
    week: list[tuple[Mail, Way | None]] = []
    heads: list[Notice] = []
    for mail, way in zip(mails, ways, strict=True):
        if isinstance(mail, Notice):
            heads.append(mail)
        else:
            (week if mail.kind is MailKind.WEEK else asks).append((mail, way))
    lines = [_line(mail, way, language) for mail, way in sorted(week, key=lambda pair: pair[0].facts.start)]
    ahead = [_ahead(head, language) for head in heads if head.ahead]
    blocks = (*(block_of(mail, way, language, None) for mail, way in asks), *lines, *ahead)
    known = _known(heads, week)
    title = table["mail.week.title_mixed" if asks else "mail.week.title"].format_map(known)
    if len(blocks) == 1:  # the letter's own title stands for the block's: the fact takes its place
        blocks = (_with_title_as_fact(blocks[0], language),)
    return Letter(
        language,
        table["mail.week.subject_mixed" if asks else "mail.week.subject"].format_map(known),
        title,
        table[f"mail.week.intro{'_mixed' if asks else '' if week else '_empty'}"].format_map(known),
        blocks,
        table["mail.link_plain"],
        (table["mail.note.never"], table["mail.note.footer_many"]),
    )


def _known(heads: Sequence[Notice], week: Sequence[tuple[Mail, Way | None]]) -> dict[str, str]:
    """Whose week, and its number (ISO 8601, as Swedish calendars count)."""
    if heads:
        unit, start = heads[0].unit, heads[0].start
    else:
        unit, start = week[0][0].unit or "", week[0][0].facts.start
    return {"unit": clean_name(unit), "week": str(start.astimezone(wording.STOCKHOLM).isocalendar().week)}


def _line(mail: Mail, way: Way | None, language: Language) -> Block:
    table, facts = words(language), mail.facts
    where = "\n".join([table[f"form.{facts.form}"], *wording.places(language, facts)])
    rows = [
        Fact("comes", table["mail.week.comes"], pieces_of(_comes(mail, language))),
        Fact("where", table["mail.label.where"], pieces_of(where)),
        Fact("reference", table["mail.label.reference"], pieces_of(clean(facts.reference, 40))),
    ]
    if mail.detail.get("obligation") != "convening":
        rows.append(Fact("caller", table["mail.label.caller"], caller_of(mail)))
    return Block(
        title=_upper(wording.span(language, facts.start, facts.end, year=False)),
        paragraphs=(),
        items=(),
        facts=tuple(rows),
        button=button_of(table["mail.week.button"], way, table) if way else None,
    )


def _comes(mail: Mail, language: Language) -> str:
    """Names and functions where they are known, and in a word where the unit stands where that is not all."""
    table, standing = words(language), mail.detail.get("standing", "")
    names = [clean_name(name) for name in mail.detail.get("comes", "").split(SEPARATOR) if name.strip()]
    if names and standing in ("attends", "substitute_attends", "no_answer"):
        return "\n".join(names)
    key = "convening" if mail.detail.get("obligation") == "convening" else standing
    word = table.get(f"mail.week.standing.{key}") or table.get(f"standing.{standing}") or table["standing.no_answer"]
    return "\n".join([*names, word])


def _ahead(head: Notice, language: Language) -> Block:
    table = words(language)
    told = ", ".join(
        table["mail.week.ahead_one"].format(when=wording.moment(language, start), reference=clean(reference, 40))
        for start, reference in head.ahead
    )
    return Block(
        table["mail.week.ahead_title"], (table["mail.week.ahead"].format(meetings=told),), (), (), None
    )  # fmt: skip


def _with_title_as_fact(block: Block, language: Language) -> Block:
    if not block.facts:
        return block
    when = Fact("when", words(language)["mail.label.when"], pieces_of(block.title))
    return replace(block, facts=(when, *block.facts))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
