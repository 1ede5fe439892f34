"""The head of a day's tree: what it says, what is signed, and how one day hangs on the day before. Pure.

The law of this file: a head is one text, canonical JSON, and the text is what is signed and hashed; so whoever keeps it
can verify it by what they see (docs/sealed.md).
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sip.domain.worktime import local_day

NO_HEAD = bytes(32)
"""What the first head names as the one before."""
_VERSION = 1


class HeadError(ValueError):
    """What was given as a head is none."""


@dataclass(frozen=True, slots=True)
class DayHead:
    """The tree of a day: `size` rows from position `first` on. `previous` is the SHA-256 of the head before, `at` the
    service's time, `recorded_at` the machine's, `key` the public key (Ed25519, 32 bytes) it is signed under.
    """

    day: date
    first: int
    size: int
    root: bytes
    previous: bytes
    at: datetime
    recorded_at: datetime
    key: bytes

    @property
    def end(self) -> int:
        """The position after its last row."""
        return self.first + self.size

    def text(self) -> str:
        """Canonical JSON: keys sorted, nothing between, hashes in hexadecimal, times in UTC as ISO 8601."""
        said = {
            "sip_head": _VERSION,
            "day": self.day.isoformat(),
            "first": self.first,
            "size": self.size,
            "root": self.root.hex(),
            "previous": self.previous.hex(),
            "at": self.at.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "key": self.key.hex(),
        }
        return json.dumps(said, sort_keys=True, separators=(",", ":"))


def read_head(text: str) -> DayHead:
    """The head that this text is. Raises HeadError."""
    try:
        said = json.loads(text)
        made = DayHead(
            date.fromisoformat(said["day"]), said["first"], said["size"], bytes.fromhex(said["root"]),
            bytes.fromhex(said["previous"]), datetime.fromisoformat(said["at"]),
            datetime.fromisoformat(said["recorded_at"]), bytes.fromhex(said["key"]),
        )  # fmt: skip
        whole = made.text()
    except (ValueError, KeyError, TypeError):
        raise HeadError from None
    if whole != text:
        raise HeadError
    return made


def hash_of_head(text: str) -> bytes:
    """What the next day's head names as `previous`."""
    return sha256(text.encode()).digest()


def day_to_seal(now: datetime, last: date | None) -> date | None:
    """The day that is over and has no head yet. Whatever passed since the head before belongs to it."""
    day = local_day(now) - timedelta(days=1)
    return day if last is None or last < day else None
