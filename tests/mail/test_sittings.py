"""What calls a seat to its group's sitting, moves it, cancels it, lets somebody go, and reminds: word for word, in both
languages, with what the calendar reads.

`WRITE_GOLDEN=1` writes the files anew; their difference is read as the mail that it is.
"""

import os
from pathlib import Path

import pytest

from sip.domain.effects import SITTINGS, Method, Notice, NoticeKind
from sip.domain.people import Address, Language
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import OutgoingEnvelope
from sip.edges.mail.letters.sample_others import of_sittings
from sip.edges.mail.letters.samples import BOUNCE, CALLED, FACTS, HOME, LINK, REPLY
from tests.mail.test_compose import calendar, read, text

GOLDEN = Path(__file__).parent / "golden" / "outgoing"


def _mails(language: Language) -> list[Notice]:
    return list(of_sittings(Address("ada.berg@ekby.example", "", language), FACTS.meeting, CALLED))


@pytest.mark.parametrize("language", list(Language))
def test_the_mails_are_these(language: Language) -> None:
    mails = _mails(language)
    assert {one.kind for one in mails} == SITTINGS
    for one in mails:
        way = LINK if one.link is not None else None
        ready = compose([one], OutgoingEnvelope(BOUNCE, REPLY, (way,)), HOME)
        message = read(ready)
        came = f"{message['Subject']}\n\n{text(message, 'plain')}".replace("\r\n", "\n").strip() + "\n"
        if one.method is not None:
            came += "\n" + calendar(ready).to_ical().decode().replace("\r\n", "\n")
        stands_in = "_substitute" if one.detail.get("role") == "substitute" else ""
        again = "_again" if one.detail.get("again") else ""
        kept = GOLDEN / f"{one.kind}{stands_in}{again}-{language}.txt"
        if os.environ.get("WRITE_GOLDEN"):
            kept.write_text(came, encoding="utf-8")
        assert came == kept.read_text(encoding="utf-8")
        assert "RRULE:FREQ=YEARLY" not in came.partition("BEGIN:VEVENT")[2], "each date is an entry of its own"


def test_an_entry_is_its_own_and_its_answer_comes_to_its_own_address() -> None:
    one = next(mail for mail in _mails(Language.SV) if mail.kind is NoticeKind.SITTING_MOVED)
    (event,) = calendar(compose([one], OutgoingEnvelope(BOUNCE, REPLY, (LINK,), partstat="ACCEPTED"), HOME)).walk(
        "VEVENT"
    )
    assert event["uid"] == f"{one.entry_id}@sip.region.example" and event["sequence"] == 1
    assert event["organizer"] == f"mailto:sip+{REPLY}@sip.region.example"
    assert event["organizer"].params["CN"] == "Chefsnätverk barn och unga"
    assert event["attendee"].params["PARTSTAT"] == "ACCEPTED"


def test_reminders_of_one_address_are_one_mail_and_a_calendar_mail_goes_alone() -> None:
    mails = {one.kind: one for one in _mails(Language.SV)}
    asks = [mails[NoticeKind.SITTING_REMINDER]] * 2
    both = read(compose(asks, OutgoingEnvelope(BOUNCE, None, (LINK, LINK)), HOME))
    assert both["Subject"] == "Påminnelse: 2 sammanträden väntar på ditt svar"
    called = mails[NoticeKind.SITTING_CALLED]
    assert called.method is Method.REQUEST
    with pytest.raises(ValueError, match="goes alone"):
        compose([called, *asks], OutgoingEnvelope(BOUNCE, None, (LINK,) * 3), HOME)
