"""What tells those who administer the service that somebody could not use something (decision 0075).

The law of this file: nothing of what was said stands in it. It was written by anybody, and is read after sign-in.
"""

from collections.abc import Sequence

from sip.domain.effects import Notice
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters.letter import Block, Letter, button_of
from sip.edges.words import words


def letter_of_barriers(notices: Sequence[Notice], way: Way | None) -> Letter:
    """One letter of one or many, which all lead to the same page."""
    language = notices[0].to.language
    table = words(language)
    key = "mail.barrier.one" if len(notices) == 1 else "mail.barrier.many"
    title = table[f"{key}"].format(count=len(notices))
    button = button_of(table["mail.barrier.button"], way, table) if way else None
    block = Block(title, tuple(table["mail.barrier.text"].splitlines()), (), (), button)
    notes = (table["mail.barrier.why"],)
    return Letter(language, title, title, None, (block,), table["mail.link_plain"], notes)
