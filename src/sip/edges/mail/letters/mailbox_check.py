"""What a test call says: the letter, the calendar entry and, once a person has answered, the thanks that end it.

The law of this file: it says that it is a test before it says anything else, and takes no time in a calendar.
"""

from sip.domain.effects import Method, Notice
from sip.edges.mail.calendar import CalendarEntry
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import Block, Fact, Letter, Piece, answer_lines, button_of
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words


def letter_of_check(notice: Notice, way: Way | None) -> Letter:
    """The letter of a test call, or of its end."""
    table = words(notice.to.language)
    block = _block(notice, way)
    notes = (
        *((table["mail.note.calendar"],) if notice.method is Method.REQUEST else ()),
        table["mail.mailbox_check.never"],
        table["mail.note.footer_own"],
    )
    subject = _say(notice, "subject")
    return Letter(notice.to.language, subject, block.title, None, (block,), table["mail.link_plain"], notes)


def entry_of_check(notice: Notice, way: Way | None) -> CalendarEntry:
    """The entry of a test call: short, transparent, nowhere."""
    table = words(notice.to.language)
    block = _block(notice, way)
    parts = ["\n".join(block.paragraphs)]
    if way is not None:
        parts.append(answer_lines(table, way))
    parts.append(table["mail.mailbox_check.never"])
    return CalendarEntry(
        method=notice.method or Method.REQUEST,
        dtstamp=notice.dtstamp,
        sequence=notice.sequence,
        start=notice.start,
        end=notice.end,
        caller=table["mail.sender"],
        summary=table["mail.mailbox_check.summary"],
        description="\n\n".join(parts),
        books=False,
    )


def _block(notice: Notice, way: Way | None) -> Block:
    language, table = notice.to.language, words(notice.to.language)
    facts = [
        Fact("unit", table["mail.label.unit"], (Piece(clean_name(notice.unit)),)),
        Fact("email", table["mail.label.email"], (Piece(clean(notice.to.email, 320)),)),
    ]
    if notice.method is Method.REQUEST:
        span = wording.span(language, notice.start, notice.end)
        facts.append(Fact("when", table["mail.mailbox_check.when"], (Piece(span),)))
    return Block(
        title=_say(notice, "title"),
        paragraphs=tuple(line for line in _say(notice, "text").splitlines() if line),
        items=(),
        facts=tuple(facts),
        button=button_of(table["mail.mailbox_check.button"], way, table) if way else None,
    )


def _say(notice: Notice, what: str) -> str:
    return words(notice.to.language)[f"mail.{notice.kind}.{what}"].format(unit=clean_name(notice.unit))
