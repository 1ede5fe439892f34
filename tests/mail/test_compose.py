"""Every mail there is, in both languages: headers, parts, calendar, words."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from itertools import count
from typing import Any

import pytest
from icalendar import Calendar

from sip.domain.effects import BOOKINGS, GOES_ALONE, AnyMail, Link, Mail, MailKind, Method, NoticeKind
from sip.domain.meeting import Place, invitation_id
from sip.domain.people import Address, Language
from sip.domain.terms import PlaceKind
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import Composed, OutgoingEnvelope, UnmailableError
from sip.edges.mail.letters.matter import is_matter
from sip.edges.mail.letters.samples import (  # fmt: skip
    BOUNCE,
    CALLED,
    CODE,
    FACTS,
    HOME,
    LINK,
    REPLY,
    bundle,
    composed,
    envelope,
    every_mail,
    every_preview,
    mail,
)
from sip.edges.words import words

LED_TO = BOOKINGS | {
    NoticeKind.SEATS_LIFTED, NoticeKind.BARRIER, NoticeKind.RENEWAL, NoticeKind.RESOLUTION_DUE, NoticeKind.THANKS,
    NoticeKind.ENDPOINT_OFF, NoticeKind.REFERENCE_CAME, NoticeKind.REFERENCE_ANSWERED,
}  # fmt: skip
LED = (
    MailKind.LIFT_MANAGER, MailKind.LIFT_HEAD, MailKind.SUBSTITUTE_MANAGER, MailKind.SUBSTITUTION_HEAD,
    MailKind.DEVIATION_MANAGER, MailKind.DEVIATION_HEAD,
)  # fmt: skip
CONVENERS = (
    MailKind.CONVENER_TOLD, MailKind.CONVENER_QUESTION, MailKind.COORDINATOR_TOLD, MailKind.ATTENDANCE_REQUEST,
    MailKind.CHAIR_LINK, MailKind.CHAIR_OVER, MailKind.SURVEY,
)  # fmt: skip
PREVIEWS = [
    pytest.param(language, mails, id=f"{name}-{language}")
    for language in Language
    for name, mails in every_preview(language).items()
]  # fmt: skip
EVERY = [
    pytest.param(language, made, id=f"{name}-{language}")
    for language in Language
    for name, made in every_mail(language)
]  # fmt: skip


def read(ready: Composed) -> EmailMessage:
    message = message_from_bytes(ready.data, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    content = part.get_content()
    assert isinstance(content, str)
    return content


def calendar(ready: Composed) -> Any:
    """The calendar object. Its library types every property as any of thirty."""
    part = next(p for p in read(ready).walk() if p.get_content_type() == "text/calendar")
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return Calendar.from_ical(data)


def words_of(html: str) -> list[str]:
    """The words of an HTML part as a reader sees them: block elements part them, inline ones do not."""
    bare = re.sub(r"<style>.*?</style>|<title>.*?</title>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:a|b|span)\b[^>]*>", "", bare))).split()


def said(words: list[str]) -> Counter[str]:
    """Without the marks that only lay a text out: the colon after a label, a list's dash, the line above the footer."""
    return Counter(bare for one in words if (bare := one.removesuffix(":")) not in ("", "-", "--"))


def enumerated(html: str) -> str:
    """Its ordered lists with their numbers, as a reader sees them."""
    number = count(1)
    return re.sub(r"<li style=\"margin:0 0 8px[^>]*>", lambda item: f"{item[0]}{next(number)}. ", html)


BY_PERSON = ("call", "update", "text_update", "named", "cancelled", "removed", "new_mailbox", "old_mailbox")


@pytest.mark.parametrize(("language", "made"), EVERY)
def test_headers_are_right(language: Language, made: Mail) -> None:
    ready = composed(made)
    message = read(ready)
    assert message["From"] == "SIP-samordning <sip@sip.region.example>"
    assert message["To"].addresses[0].addr_spec == made.to.email == ready.rcpt_to
    assert message["To"].addresses[0].display_name == made.to.name
    assert message["Reply-To"].addresses[0].addr_spec == f"sip+{REPLY}@sip.region.example"
    assert message["Date"].datetime == CALLED
    assert message["Message-ID"] == ready.message_id
    answers_a_mail = made.kind is MailKind.UNUSABLE
    by_person = made.kind in BY_PERSON
    assert message["Auto-Submitted"] == (None if by_person else "auto-replied" if answers_a_mail else "auto-generated")
    assert message["X-Auto-Response-Suppress"] == ("DR, RN, NRN" if by_person else "OOF, DR, RN, NRN")
    assert message["Content-Language"] == language
    assert not [name for name in message if name.lower().startswith("list-")]
    # What answers a mail has no return path, so that no two machines write to each other.
    assert ready.mail_from == ("" if answers_a_mail else f"bounce+{BOUNCE}@sip.region.example")
    assert max(map(len, ready.data.split(b"\r\n"))) <= 120
    assert ready.data.isascii()
    assert b"\n" not in ready.data.replace(b"\r\n", b"")
    assert b"\r" not in ready.data.replace(b"\r\n", b"")


@pytest.mark.parametrize(("language", "mails"), PREVIEWS)
def test_plain_and_html_say_the_same_in_the_same_words(language: Language, mails: tuple[AnyMail, ...]) -> None:
    """Words, links and codes alike; all the HTML has besides is what to do when its button does not work."""
    message = read(composed(*mails))
    plain, html = text(message, "plain"), text(message, "html")
    codes = sum(one.link is not None for one in mails)
    links = sum(one.link not in (None, Link.READING) for one in mails)
    buttons = links + sum(one.kind in BOOKINGS or one.kind in LED_TO or is_matter(one) for one in mails)
    buttons += sum(one.kind is NoticeKind.GROUP_NEWS and ".id" in key for one in mails for key in one.detail)
    only_html = Counter({word: n * buttons for word, n in said(words(language)["mail.link_plain"].split()).items()})
    assert said(words_of(enumerated(html))) - only_html == said(plain.split())
    assert said(plain.split()) <= said(words_of(enumerated(html)))
    leads = set(re.findall(r'href="([^"]+)"', html))
    assert {unescape(one) for one in leads if not one.startswith("tel:")} == set(re.findall(r"https://\S+", plain))
    digits = re.sub(r"\D", "", plain)
    assert all(one.removeprefix("tel:").strip("+") in digits for one in leads if one.startswith("tel:"))
    assert len(re.findall(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", plain)) == codes
    assert len(set(re.findall(r"/svar/\S+", plain))) == links


@pytest.mark.parametrize(("language", "mails"), PREVIEWS)
def test_nothing_is_fetched_and_nothing_tells_who_reads(language: Language, mails: tuple[Mail, ...]) -> None:
    """No images, nothing from elsewhere, no scripts, no addresses with something added to follow a reader by."""
    ready = composed(*mails)
    html = text(read(ready), "html")
    assert not re.search(r"<(img|script|iframe|link|object|embed|video|audio|input|form|svg)\b", html, re.IGNORECASE)
    assert not re.search(r"url\(|@import|background=|\bsrc=|srcset|cid:|data:|http-equiv", html, re.IGNORECASE)
    assert "http" not in re.sub(r"https://(sip|video)\.region\.example", "", html)
    assert "?" not in "".join(re.findall(r'href="([^"]+)"', html))
    assert len(ready.data) < 100_000


@pytest.mark.parametrize(("language", "made"), EVERY)
def test_words_are_whole(language: Language, made: Mail) -> None:
    message = read(composed(made))
    plain, html = text(message, "plain"), text(message, "html")
    for content in (plain, html, str(message["Subject"])):
        assert not re.search(r"\bmail\.[a-z]", content)
        assert "{" not in re.sub(r"<style>.*?</style>", "", content, flags=re.DOTALL)
    assert made.facts.reference in plain
    assert plain.split("\n")[0].split() == words_of(re.search(r"<h1[^>]*>(.*?)</h1>", html)[1])  # type: ignore[index]  # there is one
    never = "personnummer" if language is Language.SV else "personal identity number"
    assert never in plain


@pytest.mark.parametrize(("language", "made"), EVERY)
def test_nobody_is_escalated_and_no_unit_is_accused(language: Language, made: Mail) -> None:
    """A matter is lifted; to those who lead a unit it is said that the unit needs help (rules, section 3)."""
    message = read(composed(made))
    said_to_them = f"{message['Subject']}\n{text(message, 'plain')}".lower()
    assert not re.search(r"eskal|escalat", said_to_them)
    if made.kind in LED:
        assert not re.search(r"inte (har )?svarat|has not answered|have not answered|missat|failed", said_to_them)
        assert ("behöver" if language is Language.SV else "needs") in said_to_them


@pytest.mark.parametrize(("language", "made"), EVERY)
def test_who_called_and_how_to_reach_them(language: Language, made: Mail) -> None:
    plain = text(read(composed(made)), "plain")
    to_the_caller = made.method is None and made.to.email == FACTS.convener_email
    assert ("010-123 45 67" in plain) is not to_the_caller
    assert (CODE.text in plain) is (made.link is not None)
    # A code that is asked for comes alone: programs open links.
    assert (LINK in plain) is (made.link not in (None, Link.READING))
    unanswered = (MailKind.COORDINATOR_TOLD, MailKind.POLL_ENDED, MailKind.CHAIR_OVER)
    assert (made.link is None) is (made.method is Method.CANCEL or made.kind in unanswered)


@pytest.mark.parametrize(("language", "made"), EVERY)
def test_whom_it_concerns_is_told_elsewhere(language: Language, made: Mail) -> None:
    """Said in every mail to a called unit about a coming meeting (rules, section 3)."""
    plain = text(read(composed(made)), "plain")
    about_units = made.unit is not None and made.kind not in CONVENERS and "deviation" not in made.kind
    wanted = {"sv": "Det får ni veta separat, per telefon.", "en": "You are told separately, by phone."}
    assert (wanted[language] in plain) is (about_units and made.method is not Method.CANCEL)


@pytest.mark.parametrize(("language", "made"), EVERY)
def test_missing_and_unknown_details_break_nothing(language: Language, made: Mail) -> None:
    bare = replace(made, detail={}, unit=None, identity_channel=None, link=None)
    odd = replace(
        made, detail=dict.fromkeys(["what", "reason", "until", "channel", "answer", "x", "units"], "{odd} \n")
    )
    for one in (bare, odd):
        plain = text(read(compose([one], envelope(link=None), HOME)), "plain")
        assert "None" not in plain
        assert "{unit}" not in plain


def test_a_report_is_told_to_both_sides_in_their_own_words() -> None:
    told, asked = (
        text(read(composed(mail(kind))), "plain") for kind in (MailKind.DEVIATION_RAISED, MailKind.DEVIATION_HEARING)
    )
    assert "du får veta vad enheten svarar" in told
    assert "Ring Anna Ek" not in told
    assert "ni hörs först" in asked


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind.startswith("deviation_")])
def test_a_report_by_hand_says_nothing_of_attendance(kind: MailKind, language: Language) -> None:
    """Whoever is written about was perhaps there; each mail that speaks of attendance has other words for it."""
    by_hand = {"reporting": "Skolan Al", "statement": "otherwise", "cause": "other", "because": "raised_by_mistake"}
    written = mail(kind, language, detail={"answer_until": "2027-01-16", "days": "30", "target": "x", **by_hand})
    for word in ("frånvarande", "närvaro", "recorded as absent", "attendance"):
        assert word not in text(read(composed(written)), "plain").lower()


def test_undeliverable_shows_the_servers_words() -> None:
    words = "550 5.1.1 User unknown"
    detail = {"what": "undeliverable", "reason": words, "email": "x@ekby.example", "target": "y@ekby.example"}
    plain = text(read(composed(mail(MailKind.CONVENER_TOLD, detail=detail))), "plain")
    for said in (words, "x@ekby.example", "nästa adress, y@ekby.example"):
        assert said in plain


def test_free_text_never_reaches_a_mail() -> None:
    made = mail(MailKind.DECISION, detail={"what": "upheld", "grounds": "HEMLIGT", "reason": "HEMLIGT"})
    ready = composed(made)
    assert b"HEMLIGT" not in ready.data
    assert "inloggad" in text(read(ready), "plain") or "loggat in" in text(read(ready), "plain")


@pytest.mark.parametrize("kind", [MailKind.CALL, MailKind.CANCELLED])
def test_calendar_part_is_last_and_alone(kind: MailKind) -> None:
    made = mail(kind)
    message = read(composed(made))
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/calendar"]
    last = parts[-1]
    assert last["Content-Type"].params["method"] == made.method
    assert last["Content-Type"].params["charset"] == "utf-8"
    assert last["Content-Transfer-Encoding"] == "base64"
    assert last["Content-Disposition"] is None


def test_request_says_what_clients_need() -> None:
    ready = composed(mail(MailKind.CALL, sequence=2))
    cal = calendar(ready)
    assert cal["METHOD"] == "REQUEST"
    assert "UID" not in cal
    assert [str(zone["TZID"]) for zone in cal.walk("VTIMEZONE")] == ["Europe/Stockholm"]
    event = cal.walk("VEVENT")[0]
    assert event["UID"] == f"{invitation_id(FACTS.meeting, 3)}@sip.region.example"
    assert event["SEQUENCE"] == 2
    assert event["SUMMARY"] == "SIP-möte, ärende 7F3K-2MQ"
    assert event["DTSTART"].to_ical() == b"20261117T100000"
    assert event["DTSTART"].dt == FACTS.start
    assert event["DTSTAMP"].dt == CALLED
    assert event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == f"mailto:sip+{REPLY}@sip.region.example"
    assert event["ORGANIZER"].params["CN"] == "Vuxenenheten Ekby (SIP-samordning)"
    attendee = event["ATTENDEE"]
    assert attendee == "mailto:hemtjansten.norr@ekby.example"
    assert dict(attendee.params) == {
        "CN": "Hemtjänsten Norr", "CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
    }  # fmt: skip
    assert event["LOCATION"] == "Ekby vårdcentral, Linden / Videomöte: https://video.region.example/m/4711"
    assert f"\n{LINK}\nEller gå till {CODE.page} och skriv koden {CODE.text}\n" in event["DESCRIPTION"]
    assert "Ring Anna Ek 010-123 45 67" in event["DESCRIPTION"]
    assert event["URL"] == LINK
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "TENTATIVE"


def test_cancel_is_cancelled_with_the_same_uid() -> None:
    call, cancel = calendar(composed(mail(MailKind.CALL))), calendar(composed(mail(MailKind.CANCELLED, sequence=1)))
    first, last = call.walk("VEVENT")[0], cancel.walk("VEVENT")[0]
    assert cancel["METHOD"] == "CANCEL"
    assert last["STATUS"] == "CANCELLED"
    assert (last["UID"], last["ORGANIZER"]) == (first["UID"], first["ORGANIZER"])
    assert last["SEQUENCE"] == 1
    assert "URL" not in last
    assert "DTSTART" in last


def test_a_known_answer_is_kept_in_a_text_update() -> None:
    kept = replace(envelope(), partstat="ACCEPTED")
    event = calendar(compose([mail(MailKind.TEXT_UPDATE)], kept, HOME)).walk("VEVENT")[0]
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


@pytest.mark.parametrize(("start", "offset"), [((2026, 10, 25, 9), 1), ((2027, 3, 28, 9), 2), ((2026, 7, 1, 9), 2)])
def test_times_are_swedish_wall_time_across_the_changes_of_clocks(start: tuple[int, ...], offset: int) -> None:
    at = datetime(*start, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day
    facts = replace(FACTS, start=at, end=at.replace(hour=10))
    ready = composed(mail(MailKind.CALL, facts=facts))
    assert calendar(ready).walk("VEVENT")[0]["DTSTART"].dt == at
    assert f"kl. {9 + offset:02}.00–{10 + offset:02}.00" in text(read(ready), "plain")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Place(PlaceKind.HOME, unit="Storgatan 1", room="3 tr"), "I hemmet. Adressen får ni separat."),
        (Place(PlaceKind.PHONE, phone="010-1"), "Telefonmöte: 010-1"),
        (Place(PlaceKind.ROOM), "Meddelas av den som kallar"),
    ],
)
def test_place_is_told_from_the_structure_alone(place: Place, said: str) -> None:
    ready = composed(mail(MailKind.CALL, facts=replace(FACTS, place=place)))
    assert said in text(read(ready), "plain")
    assert b"Storgatan" not in ready.data
    assert calendar(ready).walk("VEVENT")[0]["LOCATION"] == said


def test_other_units_only_where_given_and_only_as_text() -> None:
    ready = composed(mail(MailKind.CALL, facts=replace(FACTS, other_units=("Skolan Lövdal",))))
    assert "Skolan Lövdal" in text(read(ready), "plain")
    assert not isinstance(calendar(ready).walk("VEVENT")[0]["ATTENDEE"], list)


def test_obligation_chooses_the_words() -> None:
    invited = mail(MailKind.CALL, detail={"obligation": "invited"})
    own = mail(MailKind.CALL, unit=FACTS.convener_unit)
    assert "ingen skyldighet" in text(read(composed(invited)), "plain")
    assert "Ert SIP-möte" in str(read(composed(own))["Subject"])
    assert "behöver vara med" in text(read(composed(mail(MailKind.CALL))), "plain")


@pytest.mark.parametrize("kind", [*sorted(GOES_ALONE), NoticeKind.BARRIER])
@pytest.mark.parametrize("first", [True, False])
def test_a_mail_that_goes_alone_never_swallows_the_others(kind: NoticeKind, first: bool) -> None:
    [alone] = every_preview(Language.SV)[f"notice-{kind}"]
    other = replace(mail(MailKind.RECEIPT), to=alone.to)
    with pytest.raises(ValueError, match=r"goes alone|apart from meetings"):
        composed(*((alone, other) if first else (other, alone)))
    booked = replace(every_preview(Language.SV)["notice-booking"][0], to=alone.to)
    with pytest.raises(ValueError, match=r"goes alone|apart from meetings"):
        composed(*((alone, booked) if first else (booked, alone)))


def test_several_barriers_are_told_in_one_mail() -> None:
    [one] = every_preview(Language.SV)["notice-barrier"]
    message = read(composed(one, replace(one, key="another")))
    assert message["Subject"] == "2 saker i tjänsten gick inte att använda"
    assert text(message, "plain").count("/accessibility/told") == 1


def test_a_bundle_has_a_block_and_a_button_each() -> None:
    mails = bundle(Language.SV)
    links = tuple(f"{LINK}{n}" for n in range(3))
    ready = compose(mails, OutgoingEnvelope(BOUNCE, None, links), HOME)
    message = read(ready)
    plain, html = text(message, "plain"), text(message, "html")
    assert html.count("<h2") == 3
    for number, (one, link) in enumerate(zip(mails, links, strict=True), 1):
        assert f"\n{number}. " in plain
        assert link in plain
        assert f'href="{link}"' in html
        assert one.facts.reference in plain
    assert message["Reply-To"].addresses[0].addr_spec == "sip@sip.region.example"
    assert len({ready.message_id, *(composed(one).message_id for one in mails)}) == 4


def test_a_single_ask_does_not_look_like_a_list() -> None:
    html = text(read(composed(mail(MailKind.LIFT_MANAGER))), "html")
    assert "<h2" not in html
    assert "1." not in words_of(html)


def test_calendar_mails_go_alone() -> None:
    with pytest.raises(ValueError, match="alone"):
        compose([mail(MailKind.CALL), mail(MailKind.RECEIPT)], envelope(links=2), HOME)
    other = replace(mail(MailKind.RECEIPT), to=Address("b@b.example", "B"))
    with pytest.raises(ValueError, match="one address"):
        compose([mail(MailKind.RECEIPT), other], envelope(links=2), HOME)


def test_threads_hold_and_repeats_are_the_same_bytes() -> None:
    first = composed(mail(MailKind.CALL))
    threaded = replace(envelope(), thread=first.message_id)
    message = read(compose([mail(MailKind.LIFT_MANAGER)], threaded, HOME))
    assert message["In-Reply-To"] == message["References"] == first.message_id
    again = compose([mail(MailKind.CALL)], threaded, HOME)
    assert read(again)["In-Reply-To"] is None
    assert again == first


@pytest.mark.parametrize(
    "email",
    ["", "anna", "@x.example", "a b@x.example", "å@x.example", "a@x.example\r\nBcc: b@x.example", "a@x@y.example"],
)
def test_an_address_that_cannot_be_mailed_is_said_so(email: str) -> None:
    with pytest.raises(UnmailableError, match="address cannot be used"):
        compose([replace(mail(MailKind.CALL), to=Address(email, "Anna"))], envelope(), HOME)


def test_a_domain_outside_ascii_is_sent_in_its_ascii_form() -> None:
    made = replace(mail(MailKind.CALL), to=Address("enhet@lövdal.example", "Lövdal"))
    assert compose([made], envelope(), HOME).rcpt_to == "enhet@xn--lvdal-jua.example"


def test_html_escapes_what_people_wrote() -> None:
    made = mail(MailKind.CALL, unit='<b>&"Norr"</b>', facts=replace(FACTS, convener_person="<script>"))
    html = text(read(composed(made)), "html")
    assert "<b>" not in html
    assert "<script" not in html
    assert "&lt;b&gt;" in html
