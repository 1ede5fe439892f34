"""A letter as the two texts of a mail, equal in content: plain and HTML. HTML escapes every value."""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from sip.edges.mail.letters.letter import Letter

# `SIP-möte`, and a phone number: at least eight digits with spaces or hyphens between.
_WHOLE = re.compile(r"SIP-\S+|\+?\d(?:[ -]{0,2}\d){7,}")


@cache
def _template(name: str, escape: bool) -> Template:
    environment = Environment(
        loader=PackageLoader("sip.edges.mail.letters"),
        autoescape=escape,  # noqa: S701 (off for plain text alone)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["tie"] = _tie
    return environment.get_template(name)


def is_tied(text: str) -> bool:
    """Whether something in the text is kept on one line, so that the HTML around it is another."""
    return "kl. " in text or _WHOLE.search(text) is not None


def _tie(text: str) -> Markup:
    """Keeps a clock time on the line of its `kl.`, and `SIP-möte` and phone numbers whole."""
    tied = str(escape(text.replace("kl. ", "kl.\u00a0")))
    return Markup(_WHOLE.sub(r'<span style="white-space:nowrap;">\g<0></span>', tied))  # noqa: S704 - escaped above


def plain(letter: Letter) -> str:
    """The plain part, lines ended by LF, one line a paragraph."""
    return _template("letter.txt.j2", False).render(letter=letter).rstrip("\n") + "\n"


def html(letter: Letter) -> str:
    """The HTML part: no images, nothing fetched, readable at 320 pixels, light and dark."""
    return _template("letter.html.j2", True).render(letter=letter)
