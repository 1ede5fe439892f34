"""Events, notes and mails as JSON, for the journal and the outbox. Old versions are upcast when they are read.

When the fields of an event change so that old JSON no longer fits: raise VERSION, and put a function from the old
object to the new one in UPCASTS under (kind, old version). Rows already written are never rewritten: they are
chained.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from sip.domain.decide import MACHINES
from sip.domain.decision import Note
from sip.domain.effects import Mail, Notice

VERSION = 1
UPCASTS: Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}

KINDS: Mapping[str, type[Any]] = {event.__name__: event for machine in MACHINES for event in machine.table}
"""Every event that a machine takes, by its name in the journal."""

_encoder = msgspec.json.Encoder(order="sorted")
_mails: msgspec.json.Decoder[Mail] = msgspec.json.Decoder(Mail)
_notices: msgspec.json.Decoder[Notice] = msgspec.json.Decoder(Notice)
_notes: msgspec.json.Decoder[tuple[Note, ...]] = msgspec.json.Decoder(tuple[Note, ...])


def encode(value: object) -> bytes:
    """Canonical JSON: keys sorted, times in UTC, so that what jsonb gives back encodes to the same bytes."""
    return _encoder.encode(value)


def kind_of(event: object) -> str:
    return type(event).__name__


def decode_event(kind: str, version: int, data: str) -> Any:
    """The event as a value of today's class. Raises KeyError for a kind that is unknown."""
    cls = KINDS[kind]
    if version == VERSION:
        return msgspec.json.decode(data, type=cls)
    plain: dict[str, Any] = msgspec.json.decode(data)
    for step in range(version, VERSION):
        upcast = UPCASTS.get((kind, step))
        plain = upcast(plain) if upcast else plain
    return msgspec.convert(plain, cls)


def decode_notes(data: str) -> tuple[Note, ...]:
    return _notes.decode(data)


def decode_mail(data: str) -> Mail:
    return _mails.decode(data)


def decode_notice(data: str) -> Notice:
    return _notices.decode(data)


def encode_notes(notes: Sequence[Note]) -> bytes:
    return encode(tuple(notes)) if notes else b"[]"
