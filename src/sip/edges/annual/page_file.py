"""The yearly report as one HTML file, with its styles inside it: to send, to print, to put on a web of one's own.

The law of this file: it asks for nothing from anywhere and runs nothing; its body is the page's own.
"""

from sip.edges.annual.told import ToldReport, ToldTable
from sip.edges.charts import FigureLine, drawn
from sip.edges.web.shell.assets import STATIC, render
from sip.edges.web.shell.phrases import Phrases

_STYLES = ("annual_file.css", "annual.css")


def as_html(told: ToldReport) -> bytes:
    """The file, in UTF-8."""
    styles = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in _STYLES)
    phrases = Phrases(told.language)
    return render("annual_file.html", told=told, lines_of=lines_of, styles=styles, **phrases.globals()).encode()


def lines_of(table: ToldTable) -> tuple[FigureLine, ...]:
    """The rows with the lengths of their bars."""
    return drawn([FigureLine(row.words, row.now, row.before) for row in table.rows])
