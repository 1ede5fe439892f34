"""Subscribed calendars on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from sip.domain.people import Language
from sip.edges.api.schemas.common import In, Out
from sip.edges.mail.feed_entry import name_of
from sip.edges.web.feeds import address_of, webcal_of
from sip.store.feeds import Feed, FeedKind, FeedLine
from sip.usecases.feeds import Made


class FeedIn(In, frozen=True, kw_only=True):
    """What to subscribe to: a unit's meetings (`unit_id` where the key is not a unit's own), all that a coordinator
    watches (`area`), or a standing group's sittings (`group_id`). A person's own are made by her who has signed in."""

    kind: FeedKind
    unit_id: UUID | None = None
    group_id: UUID | None = None
    language: Language = Language.SV


class FeedOut(Out, frozen=True, kw_only=True):
    """A calendar. `owned`: made by this key; `fetched_at`: when it was last fetched, to the day."""

    id: UUID
    kind: FeedKind
    name: str
    language: Language
    unit_id: UUID | None
    group_id: UUID | None
    made_at: datetime
    fetched_at: datetime | None
    owned: bool

    @classmethod
    def of(cls, line: FeedLine, owned: bool) -> "FeedOut":
        record = line.feed.record
        return cls(
            id=record.id,
            kind=record.kind,
            name=name_of(line.feed),
            language=record.language,
            unit_id=record.unit_id,
            group_id=record.group_id,
            made_at=record.made_at,
            fetched_at=line.fetched_at,
            owned=owned,
        )


class FeedMadeOut(Out, frozen=True, kw_only=True):
    """A calendar with its address, which is shown this once. Whoever has the address reads the calendar."""

    id: UUID
    kind: FeedKind
    name: str
    address: Annotated[str, Meta(description="Fetched with GET; answers If-None-Match.")]
    webcal: Annotated[str, Meta(description="The same, as a link that opens a calendar program.")]

    @classmethod
    def of(cls, made: Made, base_url: str) -> "FeedMadeOut":
        feed: Feed = made.feed
        address = address_of(base_url, made.secret)
        return cls(
            id=feed.record.id, kind=feed.record.kind, name=name_of(feed), address=address, webcal=webcal_of(address)
        )
