"""Mails to a unit that belong to no meeting: test calls and the week's mail, in both languages."""

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest

from sip.domain.effects import AnyMail, Link, Mail, MailKind, Method, Notice, NoticeKind
from sip.domain.people import Address, Language
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import Composed, OutgoingEnvelope
from sip.edges.mail.letters.samples import BOUNCE, CALLED, FACTS, HOME, LINK, REPLY, mail
from sip.edges.mail.prepared import Composer
from tests.mail.test_compose import calendar, read, text, words_of

GOLDEN = Path(__file__).parent / "golden" / "outgoing"
CHECK = UUID("5b0a7c52-6f3c-4a55-9f60-1c5f0a6b7c99")
UNIT = UUID("5b0a7c52-6f3c-4a55-9f60-1c5f0a6b7c98")
CALLS = (NoticeKind.MAILBOX_CHECK, NoticeKind.MAILBOX_CHECK_AGAIN, NoticeKind.MAILBOX_VERIFIED)


def notice(kind: NoticeKind, language: Language = Language.SV, **changes: object) -> Notice:
    """A notice of this kind to the unit of the other samples."""
    method = None if kind is NoticeKind.WEEK else Method.REQUEST
    method = Method.CANCEL if kind is NoticeKind.MAILBOX_VERIFIED else method
    made = Notice(
        key=f"{kind}/{language}",
        kind=kind,
        to=Address("hemtjansten.norr@ekby.example", "Hemtjänsten Norr", language),
        unit_id=UNIT,
        unit="Hemtjänsten Norr",
        dtstamp=CALLED,
        start=datetime(2026, 11, 3, 7, 0, tzinfo=UTC),
        end=datetime(2026, 11, 3, 7, 15, tzinfo=UTC),
        method=method,
        check_id=CHECK if method else None,
        link=Link.MAILBOX if method is Method.REQUEST else None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a test's own fields


def composed(*mails: AnyMail) -> Composed:
    links = tuple(f"{LINK}{n}" if one.link else None for n, one in enumerate(mails))
    return compose(mails, OutgoingEnvelope(BOUNCE, REPLY, links), HOME)


def week(language: Language, *, ahead: bool = True) -> tuple[AnyMail, ...]:
    """The head, a meeting with names, one without an answer, and one that the unit convenes."""
    head = notice(
        NoticeKind.WEEK,
        language,
        start=datetime(2026, 11, 16, 7, 0, tzinfo=UTC),
        end=datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
        ahead=((datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "8DQM-4TX"),) if ahead else (),
    )
    comes = {"standing": "attends", "comes": "Bo Lind, sjuksköterska\nEva Berg", "obligation": "summoned"}
    silent = {"standing": "no_answer", "comes": "", "obligation": "summoned"}
    own = {"standing": "no_answer", "comes": "", "obligation": "convening"}
    later = replace(FACTS, start=FACTS.start.replace(day=19), end=FACTS.end.replace(day=19), reference="9QXD-4TB")
    last = replace(FACTS, start=FACTS.start.replace(day=20), end=FACTS.end.replace(day=20), reference="2HWN-8KC")
    return (
        head,
        mail(MailKind.WEEK, language, facts=last, link=None, detail=own, key="week/3"),
        mail(MailKind.WEEK, language, facts=later, detail=silent, key="week/2"),
        mail(MailKind.WEEK, language, link=None, detail=comes, key="week/1"),
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", CALLS)
def test_a_test_call_says_that_it_is_one(kind: NoticeKind, language: Language) -> None:
    ready = composed(notice(kind, language))
    message = read(ready)
    plain, html = text(message, "plain"), text(message, "html")
    assert "Hemtjänsten Norr" in plain
    assert "hemtjansten.norr@ekby.example" in plain
    assert ("rov" if language is Language.SV else "est") in plain.splitlines()[0] + plain
    assert ("personnummer" if language is Language.SV else "personal identity number") in plain
    assert (f"{LINK}0" in plain) is (kind is not NoticeKind.MAILBOX_VERIFIED)
    missing = [word for word in plain.split() if word.rstrip(":") not in words_of(html) and word != "--"]
    assert not [word for word in missing if word not in words_of(html)]
    assert "{" not in plain
    assert message["Reply-To"].addresses[0].addr_spec == f"sip+{REPLY}@sip.region.example"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_request_of_a_test_call_is_as_any_request_but_takes_no_time() -> None:
    cal = calendar(composed(notice(NoticeKind.MAILBOX_CHECK)))
    event = cal.walk("VEVENT")[0]
    assert cal["METHOD"] == "REQUEST"
    assert "UID" not in cal
    assert [str(zone["TZID"]) for zone in cal.walk("VTIMEZONE")] == ["Europe/Stockholm"]
    assert event["UID"] == f"{CHECK}@sip.region.example"
    assert event["SUMMARY"] == "Provkallelse: svara Acceptera så vet vi att brevlådan fungerar"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["X-MICROSOFT-CDO-INTENDEDSTATUS"] == "FREE"
    assert event["DTSTART"].to_ical() == b"20261103T080000"
    assert event["DTEND"].dt - event["DTSTART"].dt == notice(NoticeKind.WEEK).end - notice(NoticeKind.WEEK).start
    assert event["ORGANIZER"] == f"mailto:sip+{REPLY}@sip.region.example"
    assert event["ORGANIZER"].params["CN"] == "SIP-samordning"
    assert event["ATTENDEE"] == "mailto:hemtjansten.norr@ekby.example"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event["URL"] == f"{LINK}0"
    assert {"DTSTAMP", "SEQUENCE", "STATUS"} <= set(event)
    assert "LOCATION" not in event


def test_the_thanks_end_the_same_entry() -> None:
    first = calendar(composed(notice(NoticeKind.MAILBOX_CHECK))).walk("VEVENT")[0]
    ready = composed(notice(NoticeKind.MAILBOX_VERIFIED, sequence=1))
    last = calendar(ready).walk("VEVENT")[0]
    assert calendar(ready)["METHOD"] == "CANCEL"
    assert (last["UID"], last["ORGANIZER"], last["STATUS"]) == (first["UID"], first["ORGANIZER"], "CANCELLED")
    assert last["SEQUENCE"] == 1
    assert "RSVP" not in last["ATTENDEE"].params


def test_the_prepared_composer_makes_the_same_bytes() -> None:
    for kind in CALLS:
        made = notice(kind)
        links = (f"{LINK}0" if made.link else None,)
        assert Composer(HOME).compose([made], OutgoingEnvelope(BOUNCE, REPLY, links)) == composed(made)


@pytest.mark.parametrize("kind", CALLS)
def test_the_calendar_is_the_golden_one(kind: NoticeKind) -> None:
    """What clients have been shown to take does not change unnoticed; `python -m tests.mail.test_units` writes it."""
    assert calendar_bytes(kind) == (GOLDEN / f"{kind}.ics").read_bytes()


def calendar_bytes(kind: NoticeKind) -> bytes:
    part = next(p for p in read(composed(notice(kind))).walk() if p.get_content_type() == "text/calendar")
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


@pytest.mark.parametrize("language", Language)
def test_the_week_says_who_goes_where(language: Language) -> None:
    ready = composed(*week(language))
    message = read(ready)
    plain, html = text(message, "plain"), text(message, "html")
    swedish = language is Language.SV
    assert str(message["Subject"]) == (
        "SIP-möten vecka 47: Hemtjänsten Norr" if swedish else "SIP meetings week 47: Hemtjänsten Norr"
    )
    order = [plain.index(said) for said in ("7F3K-2MQ", "9QXD-4TB", "2HWN-8KC", "8DQM-4TX")]
    assert order == sorted(order)
    assert "Bo Lind, sjuksköterska" in plain
    assert ("Inte besvarat" if swedish else "Not answered") in plain
    assert re.findall(rf"{LINK}\d", plain) == [f"{LINK}2"]
    assert html.count('class="button"') == 2  # the cell and the link of one button
    assert plain.count("Ekby vårdcentral, Linden") == 3
    missing = [word for word in plain.split() if word.rstrip(":") not in words_of(html) and word != "--"]
    assert not [word for word in missing if word not in words_of(html)]


def test_one_meeting_has_its_time_as_a_fact() -> None:
    head, *_, only = week(Language.SV, ahead=False)
    plain = text(read(composed(head, only)), "plain")
    assert "Tid: Tisdag 17 november kl. 10.00–11.00" in plain
    assert "1." not in plain.split()


def test_an_empty_week_tells_of_the_next() -> None:
    head, *_ = week(Language.SV)
    plain = text(read(composed(head)), "plain")
    assert "inga SIP-möten den här veckan" in plain
    assert "tisdag 24 november kl. 13.00 (ärende 8DQM-4TX)" in plain


def test_other_asks_of_the_morning_come_first_in_the_same_mail() -> None:
    told = week(Language.SV)
    message = read(composed(*told, mail(MailKind.LIFT_MANAGER, key="lift", to=told[0].to)))
    plain = text(message, "plain")
    assert "annat att ta hand om" in str(message["Subject"])
    assert "1. Hemtjänsten Norr behöver hjälp att svara" in plain
    assert "2. Tisdag 17 november kl." in plain


def test_a_meetings_own_line_can_stand_alone() -> None:
    """Its head has left with an earlier try: the rest of a bundle is composed anew."""
    only = week(Language.SV)[-1]
    assert isinstance(only, Mail)
    assert "SIP-möten vecka 47" in str(read(composed(only))["Subject"])


def write(folder: Path) -> None:
    """The golden files, and everything here as HTML and text for looking at."""
    GOLDEN.mkdir(exist_ok=True)
    for kind in CALLS:
        (GOLDEN / f"{kind}.ics").write_bytes(calendar_bytes(kind))
    folder.mkdir(parents=True, exist_ok=True)
    for language in Language:
        every: dict[str, tuple[AnyMail, ...]] = {str(kind): (notice(kind, language),) for kind in CALLS}
        every["week"], every["week-one"] = week(language), (week(language, ahead=False)[0], week(language)[-1])
        every["week-empty"] = week(language)[:1]
        lifted = mail(MailKind.LIFT_MANAGER, language, key="lift", to=week(language)[0].to)
        every["week-mixed"] = (*week(language), lifted)
        for name, mails in every.items():
            message = message_from_bytes(composed(*mails).data, policy=default)
            assert isinstance(message, EmailMessage)
            for kind_of, suffix in (("html", "html"), ("plain", "txt")):
                (folder / f"{name}.{language}.{suffix}").write_text(text(message, kind_of), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
