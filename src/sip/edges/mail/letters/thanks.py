"""What thanks the managers of units that were good examples in a quarter (rules, section 8 D11)."""

from sip.domain.effects import Notice
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters.letter import Block, Fact, Letter, Piece, button_of
from sip.edges.mail.letters.wording import STOCKHOLM
from sip.edges.mail.texts import clean_name
from sip.edges.words import words


def letter_of_thanks(notice: Notice, way: Way | None) -> Letter:
    """Each unit of the reader's, and who thanked it; a button to the reports for who signs in."""
    language = notice.to.language
    table = words(language)
    first = notice.start.astimezone(STOCKHOLM)
    quarter = table[f"mail.thanks.quarter_{(first.month + 2) // 3}"].format(year=first.year)
    facts = tuple(
        Fact("unit", clean_name(unit), tuple(Piece(clean_name(name)) for name in by.splitlines()))
        for unit, by in notice.detail.items()
    )
    button = button_of(table["mail.thanks.button"], way, table) if way else None
    title = table["mail.thanks.title"]
    text = table["mail.thanks.text"].format(quarter=quarter).splitlines()
    block = Block(title, tuple(text), (), facts, button)
    subject = table["mail.thanks.subject"].format(quarter=quarter)
    return Letter(language, subject, title, None, (block,), table["mail.link_plain"], (table["mail.thanks.why"],))
