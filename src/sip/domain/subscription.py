"""What is mailed to who follows open groups: does she want it, and a week's news (rules, section 21 O4).

The law of this file: an address is asked once a day, whoever asked for it and of how many groups: the key says so.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain.address import folded
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.people import Address
from sip.domain.worktime import local_day

LINK_HOLDS = timedelta(days=76)
"""What is added to the life of a mailed link: it holds as long as the mail is kept."""
_LINE = 300


@dataclass(frozen=True, slots=True)
class GroupNews:
    """What is new of one group: decisions, each with its day, question and words, and when it will sit."""

    group_id: UUID
    group: str
    decisions: tuple[tuple[date, str, str], ...] = ()
    dates: tuple[tuple[datetime, datetime], ...] = ()


def ask(to: Address, group: str, now: datetime) -> Notice:
    """Does this address want news? It names the group that was asked for first that day."""
    key = f"subscription/{_of(to)}/{local_day(now).isoformat()}"
    return Notice(
        key, NoticeKind.SUBSCRIPTION_ASKED, to, None, "", now, now, now, link=Link.SUBSCRIPTION,
        detail={"group": group},
    )  # fmt: skip


def digest(to: Address, news: Sequence[GroupNews], monday: date, now: datetime) -> Notice:
    """A week's news of all groups that the address follows."""
    detail = {}
    for n, one in enumerate(news, 1):
        detail[f"{n}.id"], detail[f"{n}.group"] = str(one.group_id), one.group
        said = [f"{day.isoformat()} {_line(title)}\t{_line(text)}" for day, title, text in one.decisions]
        detail[f"{n}.decisions"] = "\n".join(said)
        detail[f"{n}.dates"] = "\n".join(f"{start.isoformat()} {end.isoformat()}" for start, end in one.dates)
    key = f"group_news/{_of(to)}/{monday.isoformat()}"
    return Notice(
        key, NoticeKind.GROUP_NEWS, to, None, "", now, now, now + LINK_HOLDS, link=Link.SUBSCRIPTION, detail=detail
    )  # fmt: skip


def _of(to: Address) -> str:
    return hashlib.sha256(folded(to.email).encode()).hexdigest()[:32]


def _line(text: str) -> str:
    """One line of bounded length."""
    line = " ".join(text.split())
    return line if len(line) <= _LINE else f"{line[: _LINE - 1].rstrip()}…"
