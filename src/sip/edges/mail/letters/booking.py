"""What is answered to a convener who booked a meeting in her calendar: what was understood and what not.

The law of this file: nothing of what she wrote in her calendar is repeated, and no guest is named but units of the
directory.
"""

from collections.abc import Sequence

from sip.domain.booking import BookingGap
from sip.domain.effects import BOOKINGS, AnyMail, Notice, NoticeKind
from sip.domain.people import Language
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import Block, Fact, Letter, Piece, button_of, pieces_of
from sip.edges.mail.texts import clean_name
from sip.edges.words import words


def is_booking(mail: AnyMail) -> bool:
    """Whether it answers a booking."""
    return isinstance(mail, Notice) and mail.kind in BOOKINGS


def letter_of_booking(notice: Notice, way: Way | None) -> Letter:
    """One alone."""
    language = notice.to.language
    table = words(language)
    block = _block(notice, way, language)
    subject = table[f"mail.{notice.kind}.subject"]
    notes = (table["mail.booking.never"], table["mail.note.footer_own"])
    return Letter(language, subject, block.title, None, (block,), table["mail.link_plain"], notes)


def letter_with_bookings(
    notices: Sequence[Notice], ways: Sequence[Way | None], others: Letter | None, count: int
) -> Letter:
    """Several, or some beside other mails to the same address (rules, section 4 T4)."""
    language = notices[0].to.language
    table = words(language)
    blocks = tuple(_block(notice, way, language) for notice, way in zip(notices, ways, strict=True))
    return Letter(
        language,
        table["mail.bundle.subject"].format(count=count),
        table["mail.bundle.title"].format(count=count),
        table["mail.bundle.text"],
        (*(others.blocks if others is not None else ()), *blocks),
        table["mail.link_plain"],
        (table["mail.note.never"], table["mail.note.footer_many"]),
    )


def _block(notice: Notice, way: Way | None, language: Language) -> Block:
    table = words(language)
    paragraphs = [line for line in table[f"mail.{notice.kind}.text"].splitlines() if line]
    facts: list[Fact] = []
    units = tuple(clean_name(name) for name in notice.detail.get("units", "").splitlines() if name.strip())
    if "timed" in notice.detail:
        pieces = (Piece(wording.span(language, notice.start, notice.end)),)
        facts.append(Fact("when", table["mail.label.when"], pieces))
    if notice.kind is NoticeKind.BOOKING:
        facts += _understood(notice, units, language)
        paragraphs += _not_understood(notice, language)
    return Block(
        title=table[f"mail.{notice.kind}.title"],
        paragraphs=tuple(paragraphs),
        items=(),
        facts=tuple(facts),
        button=button_of(table[f"mail.{notice.kind}.button"], way, table) if way is not None else None,
    )


def _understood(notice: Notice, units: tuple[str, ...], language: Language) -> list[Fact]:
    table, found = words(language), []
    place = notice.detail.get("place")
    if place:
        said = table["mail.booking.video"] if place == "video" else clean_name(place)
        found.append(Fact("where", table["mail.label.where"], pieces_of(said)))
    if units:
        found.append(Fact("units", table["mail.booking.units"], tuple(Piece(name) for name in units)))
    return found


def _not_understood(notice: Notice, language: Language) -> list[str]:
    """A sentence for each thing that was not taken over; guests only by their number."""
    table = words(language)
    gaps = [gap for gap in notice.detail.get("gaps", "").split(",") if gap in set(BookingGap)]
    found = [table[f"mail.booking.gap.{gap}"] for gap in gaps]
    count = notice.detail.get("left_out", "0")
    if count.isdigit() and int(count):
        key = "mail.booking.left_out_one" if count == "1" else "mail.booking.left_out"
        found.append(table[key].format(count=count))
    return found
