"""What is mailed of a report without a meeting, and the quarter's thanks: word for word, in both languages (rules,
section 8 D9, D11).

`WRITE_GOLDEN=1` writes the files anew; their difference is read as the mails that they are.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sip.domain.deviation import Cause, Statement, WithdrawnBecause
from sip.domain.effects import AnyMail, MailKind
from sip.domain.meeting import Place
from sip.domain.people import Address, Language
from sip.domain.terms import Form, PlaceKind, Purpose
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import OutgoingEnvelope, own_page
from sip.edges.mail.letters.sample_others import to_managers
from sip.edges.mail.letters.samples import BASE_URL, BOUNCE, CALLED, FACTS, HOME, LINK, REPLY, mail
from tests.mail.test_compose import read, text

GOLDEN = Path(__file__).parent / "golden" / "outgoing"
AFTER = datetime(2026, 10, 1, 7, 0, tzinfo=UTC)
ALONE = replace(
    FACTS, meeting_id=None, reference="8KQ4-2WM", start=CALLED, end=CALLED, form=Form.PHYSICAL,
    place=Place(PlaceKind.HOME), purpose=Purpose.OTHER, convener_unit="Ekby vårdcentral", convener_person="",
    convener_email="", sequence=0, revision=0,
)  # fmt: skip
KINDS = [kind for kind in MailKind if kind.name.startswith("DEVIATION_") and kind is not MailKind.DEVIATION_GOOD]
"""A good example is of a meeting."""

_OWN = {"statement": Statement.OTHERWISE, "because": WithdrawnBecause.RAISED_BY_MISTAKE, "cause": Cause.WRONG_UNIT}
"""What can be said of one."""
_WRITER = {"reporting": ALONE.convener_unit}


def _alone(language: Language) -> Iterator[AnyMail]:
    for kind in KINDS:
        one = mail(kind, language, facts=ALONE)
        yield replace(one, detail={**{key: _OWN.get(key, said) for key, said in one.detail.items()}, **_WRITER})


def _said(made: AnyMail) -> str:
    way = LINK if made.link is not None else own_page(made, BASE_URL)
    message = read(compose([made], OutgoingEnvelope(BOUNCE, REPLY, (way,)), HOME))
    return f"{message['Subject']}\n\n{text(message, 'plain')}".replace("\r\n", "\n").strip() + "\n"


def _is_kept(name: str, came: str) -> None:
    kept = GOLDEN / name
    if os.environ.get("WRITE_GOLDEN"):
        kept.write_text(came, encoding="utf-8")
    assert came == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", list(Language))
def test_the_mails_of_a_report_alone_are_these(language: Language) -> None:
    """One file, with a line of its kind before each."""
    came = "\n".join(f"==== {one.kind}\n{_said(one)}" for one in _alone(language))
    assert "SIP-möte" not in came
    assert "SIP meeting" not in came
    _is_kept(f"report_alone-{language}.txt", came)


@pytest.mark.parametrize("language", list(Language))
def test_the_thanks_are_these(language: Language) -> None:
    to = Address("ada.berg@ekby.example", "Ada Berg", language)
    _is_kept(f"thanks-{language}.txt", _said(next(to_managers(to, FACTS.meeting, AFTER))))
