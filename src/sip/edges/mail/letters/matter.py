"""What is mailed of a protected meeting or its report: that there is a matter, and whom to ring (rules, section 13).

The law of this file: it says nothing else, of however many; its words are the same whatever has happened, but for one
that nobody has taken.
"""

from collections.abc import Sequence

from sip.domain.effects import AnyMail, Mail, MailKind
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters.letter import Block, Fact, Letter, Piece, button_of, tel
from sip.edges.mail.texts import clean
from sip.edges.words import words

LIFTED = frozenset({
    MailKind.LIFT_WATCHERS, MailKind.LIFT_MANAGER, MailKind.LIFT_HEAD, MailKind.SUBSTITUTE_MANAGER,
    MailKind.SUBSTITUTION_HEAD,
})  # fmt: skip


def is_matter(mail: AnyMail) -> bool:
    """Whether it is of a protected meeting."""
    return isinstance(mail, Mail) and mail.facts.protected


def letter_of_matters(mails: Sequence[AnyMail], ways: Sequence[Way | None]) -> Letter:
    """One letter for all of them. Raises ValueError where another kind of mail is among them."""
    theirs = [mail for mail in mails if isinstance(mail, Mail) and mail.facts.protected]
    if len(theirs) != len(mails):
        raise ValueError("A mail of a protected meeting stands beside no other.")
    language = theirs[0].to.language
    table = words(language)
    key = "mail.matter_lifted" if all(mail.kind in LIFTED for mail in theirs) else "mail.matter"
    phones = dict.fromkeys(clean(mail.facts.convener_phone, 60) for mail in theirs)
    pieces = tuple(Piece(phone, tel(phone)) for phone in phones if phone)
    facts = (Fact("phones", table["mail.matter.phone"], pieces),) if pieces else ()
    way = next((way for way in ways if way is not None), None)
    button = button_of(table["mail.matter.button"], way, table) if way is not None else None
    title = table[f"{key}.title"]
    text = table[f"{key}.text" if pieces else "mail.matter.text_own"]
    block = Block(title, (text,), (), facts, button)
    return Letter(language, title, title, None, (block,), table["mail.link_plain"], (table["mail.matter.note"],))
