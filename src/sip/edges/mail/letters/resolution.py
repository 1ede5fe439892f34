"""What asks a unit how it goes with what a standing group has decided that it does (rules, section 16 G5).

The law of this file: neither the question nor the decision stands in it; both are read after sign-in.
"""

from collections.abc import Sequence

from sip.domain.effects import Notice
from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import Block, Fact, Letter, Piece, button_of
from sip.edges.mail.texts import clean_name
from sip.edges.words import words


def letter_of_resolutions(notices: Sequence[Notice], ways: Sequence[Way | None]) -> Letter:
    """One or several, each with its own page."""
    language = notices[0].to.language
    table = words(language)
    many = len(notices) > 1
    subject = table["mail.resolution.subjects" if many else "mail.resolution.subject"].format(count=len(notices))
    blocks = tuple(_block(notice, way, language) for notice, way in zip(notices, ways, strict=True))
    notes = (table["mail.resolution.why"], table["mail.note.never"])
    title = table["mail.bundle.title"].format(count=len(notices)) if many else blocks[0].title
    return Letter(language, subject, title, None, blocks, table["mail.link_plain"], notes)


def _block(notice: Notice, way: Way | None, language: Language) -> Block:
    table = words(language)
    board, group = clean_name(notice.detail["area"]), clean_name(notice.detail.get("group", ""))
    title = table["mail.resolution.title" if board else "mail.resolution.title_county"].format(board=board)
    if group:
        title = table["mail.resolution.title_group"].format(group=group)
    due = wording.day_of(language, local_day(notice.start), year=True)
    again = notice.detail["reminders"] != "0"
    facts = (
        Fact("unit", table["mail.resolution.unit"], (Piece(clean_name(notice.unit)),)),
        Fact("when", table["mail.resolution.due"], (Piece(due),)),
    )
    return Block(
        title=title,
        paragraphs=(table["mail.resolution.again" if again else "mail.resolution.text"],),
        items=(),
        facts=facts,
        button=button_of(table["mail.resolution.button"], way, table) if way is not None else None,
    )
