"""What is wrong with a running service as somebody sees it from outside, and when that is news (decision 0184).

The law of this file: a look is a value, and what comes of it follows from that and the look before.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LATE, UNSENT, UNREAD = timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=2)
"""The oldest due step, the oldest mail that might have left, and answers that no worker looks for."""
ROOM = 0.1
"""Of a disk, so much is free."""
VALID = timedelta(days=14)
"""How long a certificate is to be valid yet."""
AGAIN = timedelta(hours=24)
"""While it lasts it is told again after so long."""


class Trouble(StrEnum):
    """What may be wrong, by the word of its figure in `/metrics`."""

    DATABASE = "database_away"
    LATE = "steps_late"
    UNSENT = "mail_unsent"
    WORKER = "worker_silent"
    WAY_IN = "way_in_silent"
    RELAY = "relay_refuses"
    DISK = "disk_full"
    CERTIFICATE = "certificate_ends"


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen in one look. None: it was not looked at, or there is nothing to see.

    `database` and `relay` are what was said where they could not be used, `certificate_wrong` why it holds no longer;
    `silent` are the ways in that were not heard of; `free` is each disk's free share, by its folder.
    """

    database: str | None = None
    late: timedelta = timedelta(0)
    unsent: timedelta = timedelta(0)
    unread: timedelta | None = None
    silent: tuple[str, ...] = ()
    relay: str | None = None
    free: Mapping[str, float] = field(default_factory=dict)
    certificate: timedelta | None = None
    certificate_wrong: str | None = None


def troubles(sight: Sight) -> dict[Trouble, str]:
    """What is wrong, each in a sentence for whoever runs the service."""
    found: dict[Trouble, str] = {}
    if sight.database is not None:
        found[Trouble.DATABASE] = sight.database
    if sight.late > LATE:
        found[Trouble.LATE] = f"The oldest due step is {_minutes(sight.late)} late: see that a worker works."
    if sight.unsent > UNSENT:
        found[Trouble.UNSENT] = f"The oldest mail has waited {_minutes(sight.unsent)}: see what the relay says."
    if sight.unread is not None and sight.unread > UNREAD:
        found[Trouble.WORKER] = f"No worker has read answers for {_minutes(sight.unread)}: start one."
    if sight.silent:
        found[Trouble.WAY_IN] = f"Not heard of for a quarter of an hour: {', '.join(sight.silent)}; nobody is lifted."
    if sight.relay is not None:
        found[Trouble.RELAY] = f"The relay cannot be used: {sight.relay}"
    full = [f"{folder} ({share:.0%} free)" for folder, share in sorted(sight.free.items()) if share < ROOM]
    if full:
        found[Trouble.DISK] = f"Little room is left: {', '.join(full)}."
    if sight.certificate_wrong is not None:
        found[Trouble.CERTIFICATE] = f"The certificate of the pages does not hold: {sight.certificate_wrong}"
    elif sight.certificate is not None and sight.certificate < VALID:
        found[Trouble.CERTIFICATE] = f"The certificate of the pages ends in {max(sight.certificate.days, 0)} days."
    return found


def _minutes(long: timedelta) -> str:
    return f"{long // timedelta(minutes=1)} minutes"


@dataclass(frozen=True, slots=True)
class Watch:
    """What stood at the last look, and what has been told when."""

    stood: frozenset[Trouble] = frozenset()
    told: Mapping[Trouble, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told: troubles that stand, and whether all that was told of is over."""

    stands: tuple[Trouble, ...] = ()
    over: bool = False

    def __bool__(self) -> bool:
        return bool(self.stands) or self.over


def news(watch: Watch, found: Collection[Trouble], now: datetime) -> tuple[Watch, News]:
    """The watch after this look, and what is news: what stood in two looks, told at once and then once a day, all that
    stands in one; and the end of all that was told of.
    """
    lasting = watch.stood & frozenset(found)
    due = [one for one in lasting if one not in watch.told or now - watch.told[one] >= AGAIN]
    stands = tuple(one for one in Trouble if one in lasting) if due else ()
    told = {one: at for one, at in watch.told.items() if one in found} | dict.fromkeys(stands, now)
    over = bool(watch.told) and not found
    return Watch(frozenset(found), told), News(stands, over)
