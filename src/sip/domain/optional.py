"""Which mails somebody may do without, as her own account says (rules, section 3). Pure.

The law of this file: what asks something of its reader, or is owed to her by agreement or law, is in no topic here.
"""

from collections.abc import Mapping
from enum import StrEnum

from sip.domain.effects import AnyMail, Mail, MailKind, Told


class NoticeTopic(StrEnum):
    """What can be switched off; the timeline and the meeting's page tell of it all the same."""

    SOLVED = "solved"
    """A substitute was found, or a unit comes after all."""
    ARRANGED = "arranged"
    """What the service did by itself: followed a unit to its new mailbox, or noted a bounce that weighs nothing."""
    POLL = "poll"
    """A poll of times has all its answers, or its last day has passed."""


_OF: Mapping[Told, NoticeTopic] = {
    Told.SUBSTITUTE_FOUND: NoticeTopic.SOLVED,
    Told.UNIT_COMES_AFTER_ALL: NoticeTopic.SOLVED,
    Told.NEW_MAILBOX: NoticeTopic.ARRANGED,
    Told.BOUNCE_NOTED: NoticeTopic.ARRANGED,
    Told.POLL_ALL: NoticeTopic.POLL,
    Told.POLL_CLOSED: NoticeTopic.POLL,
}


def topic_of(mail: AnyMail) -> NoticeTopic | None:
    """The topic of what a convener is told; None for every mail that cannot be switched off."""
    if not isinstance(mail, Mail) or mail.kind is not MailKind.CONVENER_TOLD:
        return None
    what = mail.detail.get("what", "")
    return _OF.get(Told(what)) if what in set(Told) else None
