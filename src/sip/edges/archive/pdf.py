"""A document as PDF/A-2a and PDF/UA-1: what archives keep, and what is read aloud as well as looked at.

The law of this file: a document is values; how it looks stands in `document.typ`, which holds no words. Fonts are those
within the program, so that the same document is the same to the byte on any machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Literal

import msgspec
import typst

_TEMPLATE = (files(__package__) / "document.typ").read_bytes()
_ARCHIVED: Literal["a-2a"] = "a-2a"
_READ_ALOUD: Literal["ua-1"] = "ua-1"
STANDARDS = (_ARCHIVED, _READ_ALOUD)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """One part under a heading: texts, facts with their labels, and a table. `widths` are the columns', as shares."""

    heading: str
    level: int = 2
    texts: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    widths: Sequence[int] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document: title, one line below, facts with their labels, parts, and what stands at the foot of each page."""

    title: str
    subtitle: str
    language: str
    footer: str
    author: str = "SIP"
    facts: Sequence[tuple[str, str]] = ()
    parts: Sequence[DocumentPart] = field(default_factory=tuple)


def paragraphs(text: str) -> list[str]:
    """Each line that somebody wrote anything on."""
    return [line for line in text.splitlines() if line.strip()]


def pdf(document: Document, made_at: datetime) -> bytes:
    """The bytes. It works for some tenths of a second: not on the event loop."""
    made = _compiled(document, made_at, "pdf")
    assert isinstance(made, bytes)
    return made


def pictures(document: Document, made_at: datetime, ppi: int = 90) -> list[bytes]:
    """Each page as PNG, for whoever wants to look at it."""
    made = _compiled(document, made_at, "png", ppi)
    return [made] if isinstance(made, bytes) else list(made or ())


def whole_second(moment: datetime) -> datetime:
    """The moment as a document can hold it: typst refuses parts of a second."""
    return moment.replace(microsecond=0)


def _compiled(document: Document, made_at: datetime, to: str, ppi: int = 90) -> bytes | list[bytes] | None:
    said = msgspec.json.encode(document).decode()
    compiler = typst.Compiler(_TEMPLATE, sys_inputs={"said": said}, ignore_system_fonts=True)
    if to == "png":
        return compiler.compile(format="png", ppi=ppi)
    return compiler.compile(format="pdf", pdf_standards=[*STANDARDS], timestamp=whole_second(made_at))
