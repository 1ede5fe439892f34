"""The text of HTML as mail programs write it: for reading, never for showing again as HTML.

The law of this file: one pass, whose time grows with the length alone (the standard library's parser takes half a
minute for 200 kB of "<!--"). Markup is recognised by its looks and left out; nothing is corrected.
"""

import html
import re
import string
from collections.abc import Iterator

QUOTE = ">"
_NAME = re.compile(r"/?([a-z][a-z0-9]*)", re.IGNORECASE)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)  # keeps the length, as lower() does not
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLOCKS = frozenset(
    (
        *("address", "article", "blockquote", "br", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul"),
    )
)
_SPACED = frozenset(("p", "table", "ul", "ol", "blockquote"))
_HIDDEN = frozenset(("script", "style", "title", "template", "noscript", "svg", "object", "select"))


def text_of(markup: str) -> str:
    """Blocks on lines of their own, quoted ones marked, what a reader never sees left out."""
    lines: list[str] = []
    line: list[str] = []
    quotes = depth = 0

    def end_line(*, empty: bool = False) -> None:
        nonlocal depth
        told = _SPACES.sub(" ", "".join(line)).strip()
        line.clear()
        if told or (empty and lines and lines[-1]):
            lines.append(f"{QUOTE * depth} {told}" if depth and told else told)
        depth = quotes

    for tag, text in _pieces(markup):
        line.append(html.unescape(text))
        name = tag.removeprefix("/")
        if name == "blockquote":
            quotes = max(quotes - 1, 0) if tag.startswith("/") else min(quotes + 1, 9)
        if name in _BLOCKS:
            end_line(empty=name in _SPACED or (name == "br" and not "".join(line).strip()))
        if tag in ("li", "td", "th"):
            line.append("- " if tag == "li" else " ")
    end_line()
    return "\n".join(lines)


def _pieces(markup: str) -> Iterator[tuple[str, str]]:
    """Each tag by its name ("/p" for an end, "" at the very end of all) with the text before it."""
    lower = markup.translate(_LOWER)
    at = begun = 0
    while (at := markup.find("<", at)) >= 0:
        if not markup[at + 1 : at + 2].isalpha() and markup[at + 1 : at + 2] not in ("/", "!", "?"):
            at += 1
            continue
        comment = markup.startswith("<!--", at)
        end = markup.find("-->" if comment else ">", at)
        text = markup[begun:at]
        if end < 0:
            yield "", text
            return
        found = None if comment else _NAME.match(lower, at + 1)
        name = found[0] if found is not None else ""
        at = begun = end + (3 if comment else 1)
        if name in _HIDDEN:
            closed = lower.find(f"</{name}", at)
            if closed < 0:
                yield "", text
                return
            at = begun = closed
        yield name, text
    yield "", markup[begun:]
