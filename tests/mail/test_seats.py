"""What asks a body to appoint, and who answers for its principal: word for word, in both languages.

`WRITE_GOLDEN=1` writes the files anew; their difference is read as the mail that it is.
"""

import os
from pathlib import Path

import pytest

from sip.domain.effects import SEATS, AnyMail
from sip.domain.people import Language
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import OutgoingEnvelope, own_page
from sip.edges.mail.letters.samples import BASE_URL, BOUNCE, HOME, LINK, REPLY, every_preview
from tests.mail.test_compose import read, text

GOLDEN = Path(__file__).parent / "golden" / "outgoing"


def _asked(language: Language) -> list[AnyMail]:
    return [one for mails in every_preview(language).values() for one in mails if one.kind in SEATS]


@pytest.mark.parametrize("language", list(Language))
def test_the_mails_are_these(language: Language) -> None:
    mails = _asked(language)
    assert {one.kind for one in mails} == SEATS
    for one in mails:
        way = LINK if one.link is not None else own_page(one, BASE_URL)
        message = read(compose([one], OutgoingEnvelope(BOUNCE, REPLY, (way,)), HOME))
        came = f"{message['Subject']}\n\n{text(message, 'plain')}".replace("\r\n", "\n").strip() + "\n"
        kept = GOLDEN / f"{one.kind}-{language}.txt"
        if os.environ.get("WRITE_GOLDEN"):
            kept.write_text(came, encoding="utf-8")
        assert came == kept.read_text(encoding="utf-8")


def test_two_groups_are_one_mail_and_no_mail_of_another_kind_joins_them() -> None:
    asked, lifted = _asked(Language.SV)
    both = read(compose([asked, asked], OutgoingEnvelope(BOUNCE, REPLY, (LINK, LINK)), HOME))
    assert both["Subject"] == "2 grupper väntar på att Socialnämnden utser"
    with pytest.raises(ValueError, match="one address"):
        compose([asked, lifted], OutgoingEnvelope(BOUNCE, REPLY, (LINK, None)), HOME)
