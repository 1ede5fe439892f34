"""The yearly report as PDF/A-2a and PDF/UA-1: what a board reads on paper, hears read aloud, and an archive keeps.

The law of this file: how it looks stands in `report.typ`, which holds no words; its tables are the numbers, and the
bars beside them are decoration to who hears it. Fonts are those within the program: the same report is the same to the
byte.
"""

from importlib.resources import files

import msgspec
import typst

from sip.edges.annual.told import ToldReport
from sip.edges.archive.pdf import STANDARDS, whole_second
from sip.edges.web.shell.phrases import Phrases

_TEMPLATE = (files(__package__) / "report.typ").read_bytes()


def as_pdf(told: ToldReport) -> bytes:
    """The bytes. It works for some tenths of a second: not on the event loop."""
    made_at = whole_second(told.published_at or told.cut_off)
    made = _compiler(told).compile(format="pdf", pdf_standards=[*STANDARDS], timestamp=made_at)
    assert isinstance(made, bytes)
    return made


def as_pictures(told: ToldReport, ppi: int = 90) -> list[bytes]:
    """Each page as PNG, for whoever wants to look at it."""
    made = _compiler(told).compile(format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made or ())


def _compiler(told: ToldReport) -> typst.Compiler:
    t = Phrases(told.language).t
    said = {
        "told": told, "footer": f"{told.title}. {told.standing}", "hidden": t("statistics.hidden"),
        "of": t("annual.of_word"), "of_none": t("statistics.of_none"), "board_wrote": t("annual.board_wrote"),
    }  # fmt: skip
    return typst.Compiler(_TEMPLATE, sys_inputs={"said": msgspec.json.encode(said).decode()}, ignore_system_fonts=True)
