"""The mail of a protected meeting, byte by byte: each file is what leaves, and `WRITE_JOURNALS=1` writes them anew."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from sip.domain.effects import MailKind
from sip.domain.people import Language
from sip.domain.protected import neutral
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import OutgoingEnvelope, own_page
from sip.edges.mail.letters.preview import preview
from sip.edges.mail.letters.samples import BASE_URL, BOUNCE, FACTS, HOME, mail

GOLDEN = Path(__file__).parent / "matters"
NAMES = ("matter", "matter-lifted", "matter-own")
GUARDED = replace(FACTS, protected=True)


@pytest.mark.parametrize(("name", "language"), [(name, language) for name in NAMES for language in Language])
def test_the_mail_is_as_it_was_read(name: str, language: Language) -> None:
    made = preview(name, language)
    path = GOLDEN / f"{name}.{language}.eml"
    if os.environ.get("WRITE_JOURNALS"):
        path.write_bytes(made.eml)
    assert made.eml == path.read_bytes()
    assert made.ics is None
    for secret in (FACTS.reference, FACTS.convener_unit, FACTS.convener_person, "17 nov", "Linden", "svar/", "kod"):
        assert secret not in made.plain + made.html + made.subject


@pytest.mark.parametrize("language", Language)
def test_every_kind_of_mail_becomes_one_of_three(language: Language) -> None:
    """Whatever a rule wants to say: the same text for all, and another for what nobody has taken."""
    texts = set()
    for kind in MailKind:
        one = neutral(mail(kind, language, facts=GUARDED))
        made = compose([one], OutgoingEnvelope(BOUNCE, links=(own_page(one, BASE_URL),)), HOME)
        body = made.data.split(b"\r\n\r\n", 1)[1]
        boundary = made.data.split(b'boundary="')[1].split(b'"')[0]
        texts.add(body.replace(boundary, b""))
    assert len(texts) == 3, "a matter, one that nobody has taken, and to the convener herself no number"


def test_many_are_told_as_one() -> None:
    mails = [neutral(mail(kind, facts=GUARDED, key=f"{kind}")) for kind in (MailKind.CALL, MailKind.UPDATE)]
    links = tuple(own_page(one, BASE_URL) for one in mails)
    made = compose(mails, OutgoingEnvelope(BOUNCE, links=links), HOME)
    alone = compose(mails[:1], OutgoingEnvelope(BOUNCE, links=links[:1]), HOME)
    assert made.data.count(b"/matters") == alone.data.count(b"/matters")
    with pytest.raises(ValueError, match="stands beside no other"):
        compose([*mails, mail(MailKind.WEEK)], OutgoingEnvelope(BOUNCE, links=(*links, None)), HOME)
