"""What asks a body to appoint to seats of standing groups, and who answers for its principal (rules, section 18 U3).

The law of this file: no name of anybody who sits stands in it.
"""

from collections.abc import Sequence
from datetime import date

from sip.domain.effects import Notice, NoticeKind
from sip.domain.people import Language
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import Block, Letter, button_of
from sip.edges.mail.texts import clean_name
from sip.edges.words import words


def letter_of_seats(notices: Sequence[Notice], ways: Sequence[Way | None]) -> Letter:
    """One group's seats, or several groups', to one mailbox; all of one kind."""
    language, kind = notices[0].to.language, notices[0].kind
    table, first = words(language), notices[0].detail
    key = "mail.seats_lifted" if kind is NoticeKind.SEATS_LIFTED else "mail.seats_asked"
    facts = {"body": clean_name(first["body"]), "principal": clean_name(first["principal"])}
    blocks = tuple(_block(notice, way, key, language) for notice, way in zip(notices, ways, strict=True))
    many = len(notices) > 1
    again = any(int(notice.detail["times"]) > 1 for notice in notices)
    word = "subjects" if many else "again" if again else "subject"
    subject = table[f"{key}.{word}"].format(group=clean_name(first["group"]), count=len(notices), **facts)
    title = table["mail.bundle.title"].format(count=len(notices)) if many else blocks[0].title
    notes = (table[f"{key}.why"].format(**facts), table["mail.note.never"])
    return Letter(language, subject, title, None, blocks, table["mail.link_plain"], notes)


def _block(notice: Notice, way: Way | None, key: str, language: Language) -> Block:
    table, said = words(language), notice.detail
    facts = {name: clean_name(said[name]) for name in ("group", "body", "principal")}
    lines = [table[f"{key}.text"].format(**facts)]
    button = button_of(table[f"{key}.button"], way, table) if way is not None else None
    if button is None:
        lines.append(table["mail.seats_lifted.no_account"])
    seats = tuple(_seat(line, language) for line in said["seats"].splitlines())
    return Block(table[f"{key}.title"].format(**facts), tuple(lines), seats, (), button)


def _seat(line: str, language: Language) -> str:
    """`rektor (på deltid): mandatet går ut tisdag 1 juni 2027`."""
    table = words(language)
    function, last, wanted = line.split("|", 2)
    name = table[f"seat_function.{function}"]
    if wanted:
        name = f"{name} ({clean_name(wanted)})"
    if not last:
        return table["mail.seats_asked.vacant"].format(seat=name)
    day = wording.day_of(language, date.fromisoformat(last), year=True)
    return table["mail.seats_asked.ends"].format(seat=name, day=day)
