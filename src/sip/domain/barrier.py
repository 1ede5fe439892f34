"""The mail of what somebody could not use (law 2018:1937, section 13). Pure.

The law of this file: those who administer the whole installation are told, each by her own address, and it holds none
of what was said (decision 0075).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sip.domain.effects import Notice, NoticeKind
from sip.domain.people import Address

WITHIN = timedelta(hours=1)
MOST_TOLD = 5
"""Mails of this that one administrator is sent within `WITHIN`, however many tell something: what comes beyond it
stands on the page that each of them opens."""


def told(barrier_id: UUID, user_id: UUID, to: Address, now: datetime) -> Notice:
    """To one who administers the service."""
    key = f"barrier/{barrier_id}/{user_id}"
    return Notice(key, NoticeKind.BARRIER, to, None, "", now, now, now, user_id=user_id)
