"""What asks a principal whether it renews an agreement that ends (rules, section 17 J2)."""

from datetime import date

from sip.domain.effects import Notice
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters.letter import Block, Letter, button_of
from sip.edges.mail.letters.wording import day_of
from sip.edges.words import words


def letter_of_renewal(notice: Notice, way: Way | None) -> Letter:
    """One version's, for one principal; a button for who signs in here, and the way to say it for who does not."""
    language = notice.to.language
    table, said = words(language), notice.detail
    day = day_of(language, date.fromisoformat(said["last"]), year=True)
    facts = {"agreement": said["agreement"], "version": said["version"], "principal": said["principal"], "day": day}
    again = int(said["times"]) > 1
    subject = table["mail.renewal.again" if again else "mail.renewal.subject"].format(**facts)
    title = table["mail.renewal.title"].format(**facts)
    lines = table["mail.renewal.text"].format(**facts).splitlines()
    button = button_of(table["mail.renewal.button"], way, table) if way else None
    if button is None:
        lines.append(table["mail.renewal.no_account"])
    block = Block(title, tuple(lines), (), (), button)
    why = table["mail.renewal.why"].format(**facts)
    return Letter(language, subject, title, None, (block,), table["mail.link_plain"], (why,))
