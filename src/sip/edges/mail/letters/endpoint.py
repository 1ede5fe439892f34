"""What tells who administers a place that nothing is sent to another system any more (rules, section 19 W6)."""

from sip.domain.effects import Notice
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters.letter import Block, Letter, button_of
from sip.edges.words import words


def letter_of_endpoint(notice: Notice, way: Way | None) -> Letter:
    """One endpoint's; it leads to its page."""
    language = notice.to.language
    table, said = words(language), notice.detail
    facts = {"name": said["name"]}
    subject = table["mail.endpoint.subject"].format(**facts)
    title = table["mail.endpoint.title"].format(**facts)
    why_off = table[f"mail.endpoint.{said['because']}"].format(**facts)
    lines = (why_off, *table["mail.endpoint.text"].format(**facts).splitlines())
    button = button_of(table["mail.endpoint.button"], way, table) if way else None
    block = Block(title, lines, (), (), button)
    return Letter(language, subject, title, None, (block,), table["mail.link_plain"], (table["mail.endpoint.why"],))
