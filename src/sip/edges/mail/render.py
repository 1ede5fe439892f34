"""A letter as the two texts of a mail, equal in content: plain and HTML. HTML escapes every value."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from sip.edges.mail.letter import Letter


@cache
def _template(name: str, escape: bool) -> Template:
    environment = Environment(
        loader=PackageLoader("sip.edges.mail"),
        autoescape=escape,  # noqa: S701 (off for plain text alone)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["tie"] = _tie
    return environment.get_template(name)


def _tie(text: str) -> str:
    """Keeps a clock time on the line of its `kl.`"""
    return text.replace("kl. ", "kl.\u00a0")


def plain(letter: Letter) -> str:
    """The plain part, lines ended by LF, one line a paragraph."""
    return _template("letter.txt.j2", False).render(letter=letter).rstrip("\n") + "\n"


def html(letter: Letter) -> str:
    """The HTML part: no images, nothing fetched, readable at 320 pixels, light and dark."""
    return _template("letter.html.j2", True).render(letter=letter)
