"""What tells who keeps an agenda that another group's question has come to it, or the answer to its own (rules, section
18 U9).

The law of this file: neither the question nor the answer stands in it; both are read after sign-in.
"""

from collections.abc import Sequence

from sip.domain.effects import Notice
from sip.domain.people import Language
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters.letter import Block, Letter, button_of
from sip.edges.mail.texts import clean_name
from sip.edges.words import words


def letter_of_references(notices: Sequence[Notice], ways: Sequence[Way | None]) -> Letter:
    """One or several of a kind, each with its own page."""
    language, key = notices[0].to.language, f"mail.{notices[0].kind}"
    table, many = words(language), len(notices) > 1
    blocks = tuple(_block(notice, way, language) for notice, way in zip(notices, ways, strict=True))
    subject = table[f"{key}.subjects"].format(count=len(notices)) if many else blocks[0].title
    title = table["mail.bundle.title"].format(count=len(notices)) if many else blocks[0].title
    notes = (table["mail.reference.why"], table["mail.note.never"])
    return Letter(language, subject, title, None, blocks, table["mail.link_plain"], notes)


def _block(notice: Notice, way: Way | None, language: Language) -> Block:
    table, said, key = words(language), notice.detail, f"mail.{notice.kind}"
    other, group = clean_name(said["other"]), clean_name(said["group"])
    group = group or table["boards.of_area"].format(area=clean_name(said["area"]))
    button = button_of(table["mail.reference.button"], way, table) if way is not None else None
    text = table[f"{key}.text"].format(group=group, other=other)
    return Block(table[f"{key}.title"].format(group=group, other=other), (text,), (), (), button)
