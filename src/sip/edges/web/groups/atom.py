"""What a standing group has decided, as a feed of Atom (RFC 4287)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5
from xml.etree import ElementTree as Xml

from sip.domain.people import Language
from sip.edges.words import word
from sip.store.told import ToldGroup, ToldResolution

CONTENT_TYPE = "application/atom+xml"
_SPACE = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAMESPACE = UUID("5f0f7a06-6f0c-5d0e-8f53-0a1b4f1d7a13")
# What XML 1.0, section 2.2 has no character for.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom_of(
    group: ToldGroup, decisions: Sequence[ToldResolution], *, page: str, address: str, language: Language
) -> bytes:  # fmt: skip
    """The whole feed; `page` is where the group is read of, `address` the feed's own."""
    feed = Xml.Element("feed", {"xmlns": _SPACE, _LANG: language.value})
    began = group.opened_at or datetime(1970, 1, 1, tzinfo=UTC)
    _text(feed, "id", f"urn:uuid:{uuid5(_NAMESPACE, f'feed/{group.id}')}")
    _text(feed, "title", word(language, "told.feed_title", group=group.name))
    _text(feed, "updated", _moment(max((one.changed_at for one in decisions), default=began)))
    _text(Xml.SubElement(feed, "author"), "name", group.name)
    Xml.SubElement(feed, "link", {"rel": "self", "type": CONTENT_TYPE, "href": address})
    Xml.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for one in decisions:
        _entry(feed, one, page, language)
    written: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: Xml.Element, one: ToldResolution, page: str, language: Language) -> None:
    entry = Xml.SubElement(feed, "entry")
    _text(entry, "id", f"urn:uuid:{uuid5(_NAMESPACE, f'{one.item_id}/{one.number}')}")
    _text(entry, "title", one.title)
    _text(entry, "published", _moment(one.decided_at))
    _text(entry, "updated", _moment(one.changed_at))
    link = {"rel": "alternate", "type": "text/html", "href": f"{page}#d-{one.item_id}-{one.number}"}
    Xml.SubElement(entry, "link", link)
    lines = [one.text, f"{word(language, 'told.grounds')} {one.grounds}"]
    if one.due_on is not None:
        done = one.done_at is not None
        key = "told.feed_done" if done else "told.feed_due"
        lines.append(word(language, key, day=one.due_on.isoformat()))
    _text(entry, "content", "\n\n".join(lines)).set("type", "text")


def _text(parent: Xml.Element, name: str, said: str) -> Xml.Element:
    made = Xml.SubElement(parent, name)
    made.text = _UNWRITABLE.sub("", said)
    return made


def _moment(moment: datetime) -> str:
    """An `atomDateConstruct` (RFC 3339)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
