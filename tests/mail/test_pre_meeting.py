"""A pre-meeting is called by its name in every mail and calendar of it (rules, section 11)."""

import re
from dataclasses import replace

import pytest

from sip.domain.effects import Mail, MailKind
from sip.domain.people import Language
from sip.domain.terms import Purpose
from sip.edges.mail.letters.letter import letter_of
from sip.edges.mail.letters.preview import Preview, taken_apart
from sip.edges.mail.letters.samples import BASE_URL, FACTS, HOME, every_mail
from sip.edges.words import words, words_of_pre_meeting

FACTS_OF_IT = replace(FACTS, purpose=Purpose.PRE_MEETING)
NEVER = {Language.SV: "SIP-möte", Language.EN: "SIP meeting"}
OWN = {Language.SV: "förmöte", Language.EN: "pre-meeting"}


def sent(name: str, mail: Mail) -> Preview:
    return taken_apart(name, [mail], HOME, BASE_URL)


@pytest.mark.parametrize("language", list(Language))
def test_no_mail_and_no_calendar_of_it_says_sip_meeting(language: Language) -> None:
    for name, mail in every_mail(language):
        if mail.kind is MailKind.SURVEY:
            continue  # Nobody is asked after a pre-meeting (section 8 A7).
        read = sent(name, replace(mail, facts=FACTS_OF_IT))
        for part, said in (("subject", read.subject), ("plain", read.plain), ("calendar", read.unfolded)):
            # The call says what the pre-meeting is for: that is the one SIP meeting that is meant.
            rest = said.replace("vilka behövs på SIP-mötet", "").replace("who is needed at the SIP meeting", "")
            assert NEVER[language] not in rest, (name, part)
        if NEVER[language] in letter_of([mail], [None]).subject:
            assert OWN[language] in read.subject.lower(), name


@pytest.mark.parametrize("language", list(Language))
def test_nothing_else_is_renamed_and_sentences_begin_with_a_capital(language: Language) -> None:
    usual, named = words(language), words_of_pre_meeting(language)
    assert usual.keys() == named.keys()
    for key, text in usual.items():
        if named[key] != text:
            assert NEVER[language] in text, key
            assert not re.search(rf"(^|\n|[.?!] ){OWN[language]}", named[key]), key
    assert named["mail.cancelled.title"] == {"sv": "Förmötet är inställt"}.get(language, named["mail.cancelled.title"])
    assert named["page.brand"] == usual["page.brand"], "several are not one"
    assert named["mail.call_pre_meeting_summoned.text"] == usual["mail.call_pre_meeting_summoned.text"]
