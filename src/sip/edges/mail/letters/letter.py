"""What a mail says: a letter of blocks, one block per ask, the same for the HTML part, the plain part and the calendar.

The words stand in `sip/edges/words/mail.*.toml`; here is chosen which of them, and which facts stand beside them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sip.domain.address import same
from sip.domain.effects import Link, Mail, MailKind, Method, StoodDown, Told
from sip.domain.optional import topic_of
from sip.domain.people import Language
from sip.domain.terms import Channel, Purpose
from sip.edges.mail.envelope import Code, Way
from sip.edges.mail.letters import poll, wording
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words

_NUMBER = re.compile(r"\+?\d[\d ()-]{3,}\d")
_OWN = frozenset({MailKind.CONVENER_TOLD, MailKind.CONVENER_QUESTION})
_CONVENERS_SIDE = _OWN | {MailKind.COORDINATOR_TOLD, MailKind.ATTENDANCE_REQUEST, MailKind.CHAIR_OVER}
# What a mail server has said no to: the reason is its words, out of no list of ours.
_REFUSED = frozenset({Told.UNDELIVERABLE, Told.REDIRECT_RETURNED})
_TOLD = frozenset(told.value for told in Told)
# Their text names the times that they are about; the meeting's own would stand for them.
_OF_OTHER_TIMES = frozenset({Told.POLL_ALL, Told.POLL_CLOSED, Told.POLL_UNREACHED, Told.NEXT_DATE})
COORDINATOR = frozenset({Told.UNDELIVERABLE, Told.EMPTY_RUNG, Told.NOT_OURS, Told.CONVENER_UNREACHED})
# Of a report that somebody wrote nothing is said of attendance: who wrote it is.
ATTENDANCE_OR_HAND = frozenset({
    MailKind.DEVIATION_HEARING, MailKind.DEVIATION_RAISED, MailKind.DEVIATION_DISPUTED,
    MailKind.DEVIATION_DISPUTE_WAITS, MailKind.DEVIATION_DISPUTE_LIFTED,
})  # fmt: skip
_OF_NOBODY = frozenset({MailKind.CHAIR_LINK, MailKind.SURVEY})
"""Whom the meeting concerns is not needed for these, and not said."""
_UNUSABLE = {
    "human": "mail.unusable_words",
    "waits": "mail.unusable_waits",
    "person_number": "mail.unusable_number",
    "report_number": "mail.unusable_report_number",
    "report_ended": "mail.unusable_report_ended",
}
# Of one who stood down because it is solved otherwise, and of mails kept by an older version, the word itself is said.
STOOD_DOWN = frozenset(StoodDown) - {StoodDown.COVERED}
DECISION = frozenset({
    Told.RELEASED, Told.UPHELD, Told.EXCUSED, Told.EXCUSE_REFUSED, Told.PROPOSAL_DECLINED, Told.REDIRECT_REFUSED,
    Told.REDIRECT_RETURNED, Told.CLAIM_CONFIRMED, Told.CLAIM_REFUSED, Told.CANDIDATE_CONFIRMED,
    Told.CANDIDATE_REFUSED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text, and where it leads when touched."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    label: str
    lines: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """What opens the page: the button, the plain address, and what to type instead (a sentence, and the code)."""

    text: str
    url: str
    code_plain: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One ask or notice: what it is about, the facts, one button."""

    title: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]
    facts: tuple[Fact, ...]
    button: Button | None


@dataclass(frozen=True, slots=True)
class Letter:
    language: Language
    subject: str
    title: str
    intro: str | None
    blocks: tuple[Block, ...]
    link_plain: str
    notes: tuple[str, ...]
    summary: tuple[tuple[str, str], ...] = ()
    """What a mail of many asks begins with: each one's title and when its meeting is."""


def letter_of(mails: Sequence[Mail], ways: Sequence[Way | None], unit: str | None = None) -> Letter:
    """The letter that carries these asks, in the language of the first. One reads as a letter of its own; of many the
    meeting that comes first stands first, and reports, whose meetings are over, stand last.

    Raises ValueError without a mail, or when ways and mails are not as many.
    """
    if not mails or len(mails) != len(ways):
        raise ValueError("A letter takes at least one mail, and one way to answer (or None) for each.")
    language = mails[0].to.language
    table = words(language) if len(mails) > 1 else wording.table_of(mails[0].facts, language)
    pairs = sorted(zip(mails, ways, strict=True), key=lambda pair: (_about_report(pair[0]), pair[0].facts.start))
    blocks = tuple(block_of(mail, way, language, unit) for mail, way in pairs)
    if len(mails) == 1:
        subject = wording.line(table[f"{_key(mails[0])}.subject"], wording.values(mails[0], unit)) or blocks[0].title
        return Letter(
            language, subject, blocks[0].title, None, blocks, table["mail.link_plain"], _notes(mails[0], unit)
        )
    count = {"count": len(mails)}
    optional = (table["mail.note.optional_many"],) if any(topic_of(mail) for mail in mails) else ()
    notes = (table["mail.note.never"], *optional, table["mail.note.footer_many"])
    return Letter(
        language,
        table["mail.bundle.subject"].format_map(count),
        table["mail.bundle.title"].format_map(count),
        table["mail.bundle.text"],
        blocks,
        table["mail.link_plain"],
        notes,
        tuple((block.title, _when(mail, language)) for block, (mail, _) in zip(blocks, pairs, strict=True)),
    )


def _when(mail: Mail, language: Language) -> str:
    """When its meeting is; of a report without one, what it is called."""
    if mail.facts.meeting_id is None:
        return clean(mail.facts.reference, 40)
    return wording.moment(language, mail.facts.start)


def description_of(mail: Mail, way: Way | None, unit: str | None = None) -> str:
    """The DESCRIPTION of the calendar entry: every fact that has no property of its own, the link and its code."""
    table = wording.table_of(mail.facts, mail.to.language)
    block = block_of(mail, way, mail.to.language, unit)
    rows = []
    for fact in block.facts:
        if fact.name not in ("when", "old_when", "where"):
            rows.append(f"{fact.label}: " + "\n".join(piece.text for piece in fact.lines))
    parts = ["\n".join(rows)]
    if mail.method is Method.CANCEL:
        parts.insert(0, "\n".join(block.paragraphs))
    if way is not None:
        parts.append(answer_lines(table, way))
    parts.append(table["mail.note.never"])
    return "\n\n".join(part for part in parts if part)


def answer_lines(table: Mapping[str, str], way: Way) -> str:
    """How it is answered, for a text that has no buttons: the link on a line of its own, and its code."""
    typed = f"\n{code_plain(table, way.code)} {way.code.text}" if way.code is not None else ""
    return f"{table['mail.description_answer']}\n{way.url}{typed}"


def _key(mail: Mail) -> str:
    """Where the words of this mail stand."""
    if mail.kind is MailKind.CALL and mail.facts.purpose is Purpose.PRE_MEETING:
        return f"mail.call_pre_meeting_{_obligation(mail)}"
    if mail.kind is MailKind.CALL:
        return {"invited": "mail.call_invited", "convening": "mail.call_convening"}.get(_obligation(mail), "mail.call")
    if mail.kind is MailKind.ATTENDANCE_REQUEST and mail.detail.get("step", "1") != "1":
        return "mail.attendance_request_again"
    if mail.kind is MailKind.STOOD_DOWN and mail.detail.get("why") in STOOD_DOWN:
        return f"mail.stood_down_{mail.detail['why']}"
    if mail.kind is MailKind.CHAIR_OVER and mail.detail.get("why") in ("cancelled", "changed"):
        return f"mail.chair_over_{mail.detail['why']}"
    if mail.kind in ATTENDANCE_OR_HAND and "reporting" in mail.detail:
        return f"mail.{mail.kind}_by_hand"
    if mail.kind is MailKind.POLL and "present_start" in mail.detail:
        return "mail.poll_move"
    if mail.kind is MailKind.UNUSABLE:
        return _UNUSABLE.get(mail.detail.get("why", ""), "mail.unusable")
    what = mail.detail.get("what", "")
    if mail.kind is MailKind.DECISION:
        return f"mail.decision.{what}" if what in DECISION else _told(what)
    if mail.kind is MailKind.COORDINATOR_TOLD:
        return f"mail.coordinator.{what}" if what in COORDINATOR else _told(what)
    return _told(what) if mail.kind is MailKind.CONVENER_TOLD else f"mail.{mail.kind}"


def _about_report(mail: Mail) -> bool:
    return mail.deviation_id is not None or "deviation" in mail.kind


def _own(mail: Mail) -> bool:
    """Whether it goes to the very person who called: she needs no number to call herself."""
    return mail.kind in _OWN or (mail.method is None and same(mail.to.email, mail.facts.convener_email))


def _told(what: str) -> str:
    """Each word of `Told` has its text; one that is not known, of a mail kept by another version, says to look."""
    return f"mail.told.{what if what in _TOLD else 'news'}"


def _obligation(mail: Mail) -> str:
    """The duty, where the mail says it; a unit called by itself is the convening one."""
    own = mail.unit is not None and mail.unit == mail.facts.convener_unit
    return mail.detail.get("obligation") or ("convening" if own else "summoned")


def button_of(label: str, way: Way, table: Mapping[str, str]) -> Button:
    """The button with the plain address and the code that stand for it."""
    if way.code is None:
        return Button(label, way.url)
    return Button(label, way.url, code_plain(table, way.code), way.code.text)


def code_plain(table: Mapping[str, str], code: Code) -> str:
    """Where the code is typed."""
    return table["mail.code_plain"].format(page=code.page)


def block_of(mail: Mail, way: Way | None, language: Language, unit: str | None) -> Block:
    """One ask or notice as it stands in a letter of its own or of many."""
    table, key, known = wording.table_of(mail.facts, language), _key(mail), wording.values(mail, unit)
    if mail.link is Link.READING:
        return _code_block(mail, way, language, known)
    group = key.rpartition(".")[0]
    label = table.get(f"{key}.button") if group == "mail" else table[f"{group}.button"]
    return Block(
        title=wording.line(table[f"{key}.title"], known) or "",
        paragraphs=wording.lines(table[f"{key}.text"], known),
        items=tuple(clean_name(name) for name in mail.detail.get("units", "").splitlines() if name.strip()),
        facts=tuple(_facts(mail, language, unit)),
        button=button_of(label, way, table) if label and way is not None else None,
    )


def _code_block(mail: Mail, way: Way | None, language: Language, known: Mapping[str, str]) -> Block:
    """A code alone, to type where it was asked for: no link, for programs open links."""
    table = wording.table_of(mail.facts, language)
    code = "" if way is None or way.code is None else way.code.text
    facts = (
        Fact("code", table["mail.label.code"], (Piece(code),)),
        Fact("when", table["mail.label.when"], (Piece(wording.span(language, mail.facts.start, mail.facts.end)),)),
        Fact("reference", table["mail.label.reference"], (Piece(clean(mail.facts.reference, 40)),)),
        Fact("whom", table["mail.label.whom"], (Piece(_whom(mail, language)),)),
    )
    return Block(
        table["mail.reading_code.title"], wording.lines(table["mail.reading_code.text"], known), (), facts, None
    )


def _facts(mail: Mail, language: Language, unit: str | None) -> list[Fact]:
    table, detail, facts = words(language), mail.detail, mail.facts
    conveners, deviation = mail.kind in _CONVENERS_SIDE, _about_report(mail)
    cancel = mail.method is Method.CANCEL
    polled = mail.kind in poll.KINDS
    untold = polled or facts.meeting_id is None or detail.get("what") in _OF_OTHER_TIMES
    when = None if untold else wording.span(language, facts.start, facts.end)
    rows: list[tuple[str, str | None]] = [
        *(poll.rows(mail) if polled else ()),
        ("meeting" if deviation else "when", when),
        ("proposed", wording.span_from(language, detail, "proposed_start", "proposed_end")),
        ("old_when", wording.span_from(language, detail, "old_start", "old_end")),
    ]
    if not (cancel or deviation or conveners):
        rows.append(("where", None if polled else "\n".join(wording.places(language, facts))))
        rows.append(("purpose", table[f"mail.purpose.{facts.purpose}"]))
    rows.append(("reference", clean(facts.reference, 40)))
    if conveners and mail.unit:
        rows.append(("unit", unit or clean_name(mail.unit)))
    rows.append(("names", clean(detail.get("names", ""), 400)))
    rows.append(("email", clean(detail.get("email", ""), 320)))
    refused = detail.get("reason", "") if detail.get("what") in _REFUSED else ""
    rows.append(("smtp", clean(detail.get("smtp") or refused, 300)))
    found = [Fact(name, table[f"mail.label.{name}"], pieces_of(text)) for name, text in rows if text]
    if phones := [part for part in detail.get("phones", "").split(";") if part.strip()]:
        pieces = tuple(Piece(clean(part, 120), tel(part)) for part in phones)
        found.append(Fact("phones", table["mail.label.phones"], pieces))
    if not _own(mail):
        name = "caller" if facts.meeting_id is not None else "writer"
        found.append(Fact(name, table[f"mail.label.{name}"], caller_of(mail, unit)))
    if not (cancel or deviation or conveners or mail.kind in _OF_NOBODY):
        found.append(Fact("whom", table["mail.label.whom"], (Piece(_whom(mail, language)),)))
        if facts.other_units:
            others = tuple(Piece(clean_name(name)) for name in facts.other_units)
            found.append(Fact("other_units", table["mail.label.other_units"], others))
    return found


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Line by line; an address of a video meeting in one leads there."""
    found = []
    for row in text.split("\n"):
        url = next((part for part in row.split() if part.startswith("https://")), None)
        found.append(Piece(row, url))
    return tuple(found)


def caller_of(mail: Mail, unit: str | None = None) -> tuple[Piece, ...]:
    """Who calls, and whom to ring."""
    table, known = words(mail.to.language), wording.values(mail, unit)
    line = table["mail.caller.line"] if "convener_person" in known else "{convener_unit}"
    pieces = [Piece(wording.line(line, known) or "")]
    call = wording.line(table["mail.caller.call"], known) or known.get("convener_phone")
    if call:
        pieces.append(Piece(call, tel(known["convener_phone"])))
    return tuple(pieces)


def tel(text: str) -> str | None:
    """Where a phone number leads; a name may stand before it."""
    found = _NUMBER.search(text)
    return f"tel:{re.sub('[^0-9+]', '', found[0])}" if found else None


def _whom(mail: Mail, language: Language) -> str:
    if mail.identity_channel == Channel.PAGE:
        return words(language)["mail.whom.known"]
    channel = wording.listed(language, "channel", mail.identity_channel)
    table = words(language)
    return table["mail.whom.channel"].format(channel=channel) if channel else table["mail.whom.unknown"]


def _notes(mail: Mail, unit: str | None) -> tuple[str, ...]:
    table, known = wording.table_of(mail.facts, mail.to.language), wording.values(mail, unit)
    footer = table["mail.note.footer_own"]
    if not _own(mail):
        footer = wording.line(table["mail.note.footer"], known) or footer
    calendar = (table["mail.note.calendar"],) if mail.method is Method.REQUEST else ()
    optional = (table["mail.note.optional"],) if topic_of(mail) is not None else ()
    return (*calendar, table["mail.note.never"], *optional, footer)
