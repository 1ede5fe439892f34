"""What a mail of an account says: who invites, the address to sign in with, and how long its link holds.

The law of this file: it holds no password and never will; whoever did not ask for it may throw it away.
"""

from collections.abc import Mapping
from datetime import timedelta

from sip.domain.effects import Notice
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters.letter import Block, Fact, Letter, Piece, button_of
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words


def letter_of_account(notice: Notice, way: Way | None) -> Letter:
    """The letter of an invitation, or of a forgotten password."""
    language, table = notice.to.language, words(notice.to.language)
    known = {"by": clean_name(notice.unit), "lives": _lives(table, notice.end - notice.start)}
    key = f"mail.{notice.kind}"
    block = Block(
        title=table[f"{key}.title"].format_map(known),
        paragraphs=tuple(line for line in table[f"{key}.text"].format_map(known).splitlines() if line),
        items=(),
        facts=(Fact("email", table["mail.account.sign_in_as"], (Piece(clean(notice.to.email, 320)),)),),
        button=button_of(table["mail.account.button"], way, table) if way else None,
    )
    return Letter(
        language, table[f"{key}.subject"].format_map(known), block.title, None, (block,), table["mail.link_plain"],
        (table["mail.account.not_yours"],),
    )  # fmt: skip


def _lives(table: Mapping[str, str], lives: timedelta) -> str:
    if lives >= timedelta(days=1):
        return table["mail.account.days"].format(count=lives.days)
    return table["mail.account.hour"]
