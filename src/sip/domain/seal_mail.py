"""The mail of a day's seal, to an address outside that the installation names. Pure.

The law of this file: it holds counts and hashes, nothing of any row; whoever keeps it can say later that the log was
another (decision 0086).
"""

from datetime import datetime

from sip.domain.effects import Notice, NoticeKind
from sip.domain.people import Address
from sip.domain.sealing import DayHead, hash_of_head


def told(head: DayHead, to: str, now: datetime) -> Notice:
    """The seal of this day: `detail` holds its day, number of rows, root and the hash of its head's text."""
    detail = {
        "day": head.day.isoformat(),
        "rows": str(head.size),
        "root": head.root.hex(),
        "head": hash_of_head(head.text()).hex(),
    }
    key = f"seal/{head.day.isoformat()}"
    return Notice(key, NoticeKind.SEAL, Address(to, ""), None, "", now, now, now, detail=detail)
