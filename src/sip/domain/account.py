"""Mails of a user's account: an invitation to choose a password, and a link to choose another. Pure.

The law of this file: such a link holds for a while from when its mail leaves, once, and ends every session when it is
used (decision 0071).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.people import Address

INVITED_FOR = timedelta(days=7)
FORGOTTEN_FOR = timedelta(hours=1)
MOST_ASKED = 3
"""Links to another password that one user is mailed within `FORGOTTEN_FOR`, whoever asks for them."""


def invitation(user_id: UUID, to: Address, by: str, now: datetime) -> Notice:
    """To a new user, or once more; `by` is who invites."""
    return _notice(NoticeKind.ACCOUNT_INVITATION, user_id, to, by, now, INVITED_FOR)


def forgotten(user_id: UUID, to: Address, now: datetime) -> Notice:
    """To who says that she has forgotten her password."""
    return _notice(NoticeKind.ACCOUNT_PASSWORD, user_id, to, "", now, FORGOTTEN_FOR)


def _notice(kind: NoticeKind, user_id: UUID, to: Address, by: str, now: datetime, lives: timedelta) -> Notice:
    key = f"account/{user_id}/{kind}/{now.isoformat()}"
    return Notice(key, kind, to, None, by, now, now, now + lives, link=Link.ACCOUNT, user_id=user_id)
