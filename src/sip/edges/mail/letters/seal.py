"""The mail of a day's seal: what to keep, to be compared with what the service says later (decision 0086)."""

from sip.domain.effects import Notice
from sip.edges.mail.letters.letter import Block, Letter
from sip.edges.words import words


def letter_of_seal(notice: Notice) -> Letter:
    """One day's: the numbers alone on their lines, so that they can be copied."""
    language = notice.to.language
    table = words(language)
    said = notice.detail
    title = table["mail.seal.title"].format(day=said["day"])
    items = (table["mail.seal.rows"].format(rows=said["rows"]), said["root"], said["head"])
    block = Block(title, tuple(table["mail.seal.text"].splitlines()), items, (), None)
    return Letter(language, title, title, None, (block,), table["mail.link_plain"], (table["mail.seal.why"],))
