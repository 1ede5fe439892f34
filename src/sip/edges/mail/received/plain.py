"""What a person wrote in a mail, as plain text for one who may read it; the answered original is kept apart.

The law of this file: it never raises, and gives text alone: no markup of the sender's, no address to press, no
calendar, no attachment, nothing of a message inside. What a mail says of its own charset is believed only where the
bytes agree.
"""

import re
import unicodedata
from codecs import lookup
from dataclasses import dataclass
from itertools import islice

from sip.edges.mail.received import markup, mime

MOST_LETTERS = 20_000
MOST_HTML = 400_000
_EMPTY_LINES = re.compile(r"\n{3,}")
# Whose bytes are plain ASCII or far from UTF-8, so that trying UTF-8 first would show rubbish.
_STATEFUL = ("iso2022", "utf_7", "utf_16", "utf_32", "hz")
# Programs write these before what they answer; all that follows is the original.
_HEADED = re.compile(
    r"-{2,} ?(original message|ursprungligt meddelande|ursprungligt brev|vidarebefordrat meddelande|"
    r"forwarded message) ?-{2,}|_{20,}|(\*?(från|from):\*?) .+@.*",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(
    r"(den|on|am|le|el|il|op|på|\d).{4,200}(skrev|wrote|schrieb|a écrit|skrifaði|skriver)\b.*:", re.I
)


MOST_SIGNED = 12
"""Lines of a signature, with the greeting above it."""
_GREETS = re.compile(
    r"(?:(?:med )?(?:vänliga?|bästa|varma|många) hälsning(?:ar)?|hälsning(?:ar)?|mvh|m\.v\.h\.?|vh|vänligen|"
    r"(?:with )?(?:best|kind|warm) (?:regards|wishes)|regards|sincerely|yours(?: sincerely)?)\b.{0,60}",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"(?:skickat från (?:min|outlook)|hämta outlook för|sent from (?:my|outlook)|get outlook for)\b", re.I
)
_SAID = re.compile(r"COMMENT(?:;[^:]*)?:(.*)", re.IGNORECASE)
_UNESCAPED = re.compile(r"\\([nN,;\\])")


@dataclass(frozen=True, slots=True)
class Words:
    """What was written and, apart, the original it answers. `cut`: the mail was longer than is shown."""

    text: str
    quoted: str = ""
    cut: bool = False


def words_of(raw: bytes) -> Words | None:
    """The words of a received mail; None when it holds none that can be read."""
    if mime.is_costly(raw):
        return None
    try:
        message = mime.parse_message(raw)
        parts, _ = mime.parts_of(message)
        text, cut = _text_of(parts)
        text = text or _beside_text(message, parts)
    except Exception:  # whatever the library raises on broken bytes: there is still the mail as it came
        return None
    if not text:
        return None
    own, quoted = _apart(text[:MOST_LETTERS].split("\n"))
    return Words(own, quoted, cut or len(text) > MOST_LETTERS)


def own_words(parts: list[mime.Part]) -> str | None:
    """What a person wrote, without the original and without who signed it: functions speak in a report's thread, never
    names (rules, section 8 D3). None where there is nothing, or more than is read.
    """
    text, cut = _text_of(parts)
    if cut or len(text) > MOST_LETTERS:
        return None
    own, _ = _apart(text.split("\n"))
    return _unsigned(own.split("\n")) or None


def _unsigned(lines: list[str]) -> str:
    """Up to the signature: RFC 3676, section 4.3, a closing greeting near the end, or what a phone adds."""
    for n, line in enumerate(lines):
        told = line.strip()
        near = len([one for one in lines[n:] if one.strip()]) <= MOST_SIGNED
        if told == "--" or _SENT_FROM.match(told) or (near and _GREETS.fullmatch(told)):
            return "\n".join(lines[:n]).strip()
    return "\n".join(lines).strip()


def has_words(parts: list[mime.Part]) -> bool:
    """Whether a person wrote anything: a text beside what is attached, or a comment in the calendar object."""
    return bool(_text_of(parts)[0] or _comments(parts))


def _text_of(parts: list[mime.Part]) -> tuple[str, bool]:
    """Plain parts if any says something, else HTML ones without their markup; and whether anything was left out."""
    shown = [part for part in parts if not part.inside and not _is_attached(part.message)]
    plain = _tidy(
        "\n\n".join(_without_calendar(_decoded(part.message)) for part in shown if part.content_type == "text/plain")
    )
    if plain:
        return plain, False
    marked = [_decoded(part.message) for part in shown if part.content_type == "text/html"]
    text = _tidy("\n\n".join(markup.text_of(one[:MOST_HTML]) for one in marked))
    return text, any(len(one) > MOST_HTML for one in marked)


def _beside_text(message: mime.Mail, parts: list[mime.Part]) -> str:
    """Of a mail without a text: its subject, and what a person wrote into the calendar object, so that nobody who is
    told that there is something to read opens an empty page."""
    return _tidy("\n\n".join(one for one in (mime.header(message, "Subject"), *_comments(parts)) if one))


def _comments(parts: list[mime.Part]) -> list[str]:
    found = []
    for part in parts:
        if not part.inside and part.content_type in ("text/calendar", "application/ics"):
            lines = re.sub(r"\r?\n[ \t]", "", _decoded(part.message)[:MOST_HTML]).splitlines()
            found += [_UNESCAPED.sub(_unescape, match[1]) for line in lines if (match := _SAID.match(line)) is not None]
    return [one for one in dict.fromkeys(map(_tidy, found)) if one]


def _unescape(found: re.Match[str]) -> str:
    """Of RFC 5545, section 3.3.11."""
    return "\n" if found[1] in "nN" else found[1]


def _is_attached(part: mime.Mail) -> bool:
    return mime.header(part, "Content-Disposition").lower().startswith("attachment") or bool(part.get_filename())


def _decoded(part: mime.Mail) -> str:
    """UTF-8 where the bytes are UTF-8, whatever is claimed; else what is claimed; else what Windows would write."""
    data = mime.payload(part)
    named = _codec(mime.parameter(part, "charset"))
    for codec in (named, "utf-8") if named is not None and named.startswith(_STATEFUL) else ("utf-8", named):
        try:
            if codec is not None:
                return data.decode(codec)
        except (UnicodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")


def _without_calendar(text: str) -> str:
    """Some programs write the calendar object into the text as well."""
    first, *others = text.split("BEGIN:VCALENDAR")
    return first + "".join(other.partition("END:VCALENDAR")[2] for other in others)


def _codec(named: str | None) -> str | None:
    """A charset of the world's, by Python's name for it; not one of Python's own transformations."""
    try:
        found = lookup(named or "").name.replace("-", "_")
    except (LookupError, ValueError):
        return None
    return None if found in ("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined") else found


def _tidy(text: str) -> str:
    """No control and no direction-changing characters; at most one empty line; no space at the ends of lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\xa0", " ").split("\n")
    kept = ("".join(c for c in line if c.isascii() or _is_shown(c)) for line in lines)
    plain = ("".join(c for c in line if c >= " " and c != "\x7f").rstrip() for line in kept)
    return _EMPTY_LINES.sub("\n\n", "\n".join(plain)).strip()


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _apart(lines: list[str]) -> tuple[str, str]:
    """What was written, and the original; of one who writes between the quoted lines everything is hers."""
    for n, line in enumerate(lines):
        told = line.strip()
        quoting = told.startswith(markup.QUOTE) or _is_attribution(told, lines[n + 1 : n + 2])
        if _HEADED.fullmatch(told) is not None or (quoting and _is_quoted(lines, n + 1)):
            own = "\n".join(lines[:n]).strip()
            if own:
                return own, "\n".join(lines[n:]).strip()
    return "\n".join(lines), ""


def _is_attribution(line: str, following: list[str]) -> bool:
    """Such as "On Monday she wrote:", also folded over two lines."""
    return any(_ATTRIBUTED.fullmatch(one) is not None for one in (line, *(f"{line} {n.strip()}" for n in following)))


def _is_quoted(lines: list[str], n: int) -> bool:
    """Nothing but quoted and empty lines from the nth on, but for the rest of an attribution."""
    left = (line for line in islice(lines, n, None) if line.strip() and not line.lstrip().startswith(markup.QUOTE))
    first = next(left, None)
    return first is None or (first.rstrip().endswith(":") and next(left, None) is None)
