"""What calls a seat to a sitting of its group: the letter, the calendar entry, the reminder (rules, section 18 U7).

The law of this file: no name of anybody who sits stands in it.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sip.domain.effects import Method, Notice, NoticeKind
from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.edges.mail.calendar import CalendarEntry
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import Block, Fact, Letter, Piece, answer_lines, button_of
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words


def letter_of_sittings(notices: Sequence[Notice], ways: Sequence[Way | None]) -> Letter:
    """One calendar mail, or reminders to one address."""
    language = notices[0].to.language
    table = words(language)
    blocks = tuple(_block(notice, way, language) for notice, way in zip(notices, ways, strict=True))
    many = len(notices) > 1
    day = wording.day_of(language, local_day(notices[0].start), year=True)
    subject = table[f"mail.{notices[0].kind}.subject"].format(group=_group(notices[0].detail, table), day=day)
    if many:
        subject = table[f"mail.{notices[0].kind}.subjects"].format(count=len(notices))
    title = table["mail.bundle.title"].format(count=len(notices)) if many else blocks[0].title
    answers = notices[0].method is Method.REQUEST
    notes = (*((table["mail.sitting.calendar"],) if answers else ()), table["mail.sitting.why"])
    return Letter(language, subject, title, None, blocks, table["mail.link_plain"], notes)


def entry_of_sitting(notice: Notice, way: Way | None) -> CalendarEntry:
    """The entry of one seat: where, as what, and how it is answered."""
    table = words(notice.to.language)
    block, said = _block(notice, way, notice.to.language), notice.detail
    parts = ["\n".join(block.paragraphs)]
    if way is not None:
        parts.append(answer_lines(table, way))
    places = [line for line in (clean(said["place"], 500), clean(said.get("video", ""), 2000)) if line]
    return CalendarEntry(
        method=notice.method or Method.REQUEST,
        dtstamp=notice.dtstamp,
        sequence=notice.sequence,
        start=notice.start,
        end=notice.end,
        caller=clean_name(said["group"]),
        summary=table["mail.sitting.summary"].format(group=clean_name(said["group"])),
        description="\n\n".join(parts),
        location=" / ".join(places),
        video_url=clean(said["video"], 2000) if said.get("video") else None,
    )


def _preparing(notice: Notice, way: Way | None, language: Language) -> Block:
    """What is to be prepared stands on the page alone."""
    table, said = words(language), notice.detail
    key, group = "mail.sitting_prepare", _group(said, table)
    day = wording.day_of(language, local_day(notice.start), year=True)
    lines = [table[f"{key}.text"].format(group=group, day=day)]
    if said.get("sitting"):
        sits = wording.day_of(language, date.fromisoformat(said["sitting"]), year=True)
        lines.append(table[f"{key}.sitting"].format(day=sits))
    else:
        lines.append(table[f"{key}.waits"])
    due = Fact("when", table[f"{key}.due"], (Piece(day),))
    button = button_of(table[f"{key}.button"], way, table) if way is not None else None
    return Block(table[f"{key}.title"].format(group=group), tuple(lines), (), (due,), button)


def _inquiring(notice: Notice, way: Way | None, language: Language) -> Block:
    """What is asked stands on the page alone."""
    table, key = words(language), "mail.sitting_inquiry"
    group, day = _group(notice.detail, table), wording.day_of(language, local_day(notice.start), year=True)
    lines = [table[f"{key}.again"]] if notice.detail.get("again") else []
    lines += [table[f"{key}.text"].format(group=group, day=day), table[f"{key}.seat"]]
    due = Fact("when", table[f"{key}.due"], (Piece(day),))
    button = button_of(table[f"{key}.button"], way, table) if way is not None else None
    return Block(table[f"{key}.title"].format(group=group), tuple(lines), (), (due,), button)


def _group(said: Mapping[str, str], table: Mapping[str, str]) -> str:
    """The group's name; a board's is made of its area."""
    return clean_name(said["group"]) or table["boards.of_area"].format(area=clean_name(said.get("area", "")))


def _block(notice: Notice, way: Way | None, language: Language) -> Block:
    if notice.kind is NoticeKind.SITTING_PREPARE:
        return _preparing(notice, way, language)
    if notice.kind is NoticeKind.SITTING_INQUIRY:
        return _inquiring(notice, way, language)
    table, said = words(language), notice.detail
    group = clean_name(said["group"])
    key = f"mail.{notice.kind}"
    text = (
        f"{key}.text_substitute"
        if said["role"] == "substitute" and f"{key}.text_substitute" in table
        else f"{key}.text"
    )
    lines = [table[text].format(group=group)]
    if said.get("reason"):
        lines.append(table["mail.sitting.reason"].format(reason=clean(said["reason"], 500)))
    if way is not None and said["substitute"]:
        lines.append(table["mail.sitting.substitute"])
    places = [Piece(clean(said["place"], 500))] if said["place"] else []
    if video := clean(said.get("video", ""), 2000):
        places.append(Piece(video, video))
    facts = (
        Fact("when", table["mail.sitting.when"], (Piece(wording.span(language, notice.start, notice.end)),)),
        Fact("where", table["mail.sitting.where"], tuple(places)),
    )
    shown = facts if notice.kind is not NoticeKind.SITTING_STOOD_DOWN else facts[:1]
    button = button_of(table["mail.sitting.button"], way, table) if way is not None else None
    return Block(table[f"{key}.title"].format(group=group), tuple(lines), (), shown, button)
