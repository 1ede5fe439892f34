"""Samples of the mails of no meeting and no unit: of a barrier, and of a day's seal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sip.domain import barrier, seal_mail
from sip.domain.effects import Notice
from sip.domain.merkle import leaf_hash
from sip.domain.people import Address
from sip.domain.sealing import NO_HEAD, DayHead


def to_administrators(to: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To one who administers the service, and to one who keeps its seals; `made_up` stands for any id."""
    yield barrier.told(made_up, made_up, to, now)
    head = DayHead(now.date(), 0, 1240, leaf_hash(b""), NO_HEAD, now, now, bytes(32))
    yield replace(seal_mail.told(head, to.email, now), to=to)
