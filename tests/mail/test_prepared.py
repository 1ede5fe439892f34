"""The quick way gives the same bytes as the libraries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.parser import Contentline

from sip.domain.effects import Mail, MailKind, MeetingFacts
from sip.domain.people import Address, Language
from sip.domain.terms import Form, Purpose
from sip.edges.mail import shapes
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import Code, OutgoingEnvelope
from sip.edges.mail.letters.samples import BOUNCE, CALLED, CANCELS, CODE, FACTS, HOME, LINK, REQUESTS, every_mail, mail
from sip.edges.mail.marks import fold
from sip.edges.mail.prepared import Composer
from sip.edges.mail.texts import clean_name

letters = st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26)
names = st.one_of(
    st.text(max_size=120),
    st.text(alphabet="abcåäöÅÄÖé ,;:.\"'’\\^()<>@=?-éß🙂\u202e\ue100\r\n\t", max_size=80),
    st.sampled_from(["Vårdcentralen Å", "BUP, Norr; \"Syd\"", "=?utf-8?q?x?=", "A" * 99, "Ö" * 99, "."]),
    st.sampled_from(["00000000", "Jouren 010-319 200", "SIP-teamet", "kl. 8"]),
)  # fmt: skip
locals_ = st.from_regex(r"[a-z0-9_+-]{1,20}(\.[a-z0-9]{1,20}){0,2}", fullmatch=True)
domains = st.sampled_from(["ekby.example", "a.b.lövdal.example"])
links = st.one_of(st.none(), letters.map(lambda token: f"https://sip.region.example/svar/{token}?a=1&b='2'"))

codes = st.builds(
    Code,
    st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ-", min_size=11, max_size=11),
    st.sampled_from(["sip.region.example/kod", "127.0.0.1:8000/kod"]),
)


STARTS = (
    FACTS.start, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 45, tzinfo=UTC), datetime(2026, 7, 1, 6, 5, tzinfo=UTC),
)  # fmt: skip
"""Among them the autumn hour that comes twice and the spring hour that is none."""
texts = st.one_of(names, st.sampled_from(["\\N", "a\\nb", "\ue102summary\ue103", "\ue100link\ue101", "x;y,z\\"]))


@st.composite
def meetings(draw: st.DrawFn) -> MeetingFacts:
    """What a meeting is, in words of people and at hours of all kinds."""
    start = draw(st.sampled_from(STARTS))
    video = draw(st.sampled_from([None, "https://video.region.example/m/4711?a=1,2;b=3"]))
    place = replace(FACTS.place, unit=draw(texts), room=draw(texts), video_url=video)
    return replace(
        FACTS, start=start, end=start + timedelta(minutes=draw(st.sampled_from([30, 60, 600]))), place=place,
        form=draw(st.sampled_from(list(Form))), purpose=draw(st.sampled_from(list(Purpose))),
        convener_unit=draw(texts), convener_person=draw(texts), convener_phone=draw(texts),
        other_units=tuple(draw(st.lists(texts, max_size=2))),
    )  # fmt: skip


@st.composite
def recipients(draw: st.DrawFn) -> tuple[Mail, OutgoingEnvelope]:
    kind = draw(st.sampled_from([*REQUESTS, *CANCELS]))
    made = mail(kind, draw(st.sampled_from(list(Language))))
    changed = replace(
        made,
        facts=draw(st.one_of(st.just(FACTS), meetings())),
        key=draw(st.text(max_size=30)),
        to=Address(f"{draw(locals_)}@{draw(domains)}", draw(names), made.to.language),
        unit=draw(st.one_of(st.none(), names)),
        invitation=draw(st.integers(0, 50)),
        sequence=draw(st.integers(0, 3)),
        dtstamp=CALLED + timedelta(seconds=draw(st.integers(0, 3))),
        identity_channel=draw(st.sampled_from([None, "phone", "sdk"])),
        detail=draw(st.sampled_from([made.detail, {"obligation": "invited"}])),
    )  # fmt: skip
    found = OutgoingEnvelope(
        bounce_token=draw(letters),
        reply_token=draw(st.one_of(st.none(), letters)),
        links=(draw(links),),
        thread=draw(st.sampled_from([None, "<x@y.example>", f"<{'a' * 90}@{'b' * 90}.example>"])),
        partstat=draw(st.sampled_from(["NEEDS-ACTION", "ACCEPTED"])),
        codes=draw(st.one_of(st.just(()), st.tuples(st.one_of(st.none(), codes)))),
    )
    return changed, found


COMPOSER = Composer(HOME)


@settings(max_examples=150, deadline=None)
@given(recipients())
def test_prepared_bytes_are_the_librarys_bytes(drawn: tuple[Mail, OutgoingEnvelope]) -> None:
    made, found = drawn
    ready = COMPOSER.compose([made], found)
    assert ready == compose([made], found, HOME)
    to = message_from_bytes(ready.data, policy=default)["To"].addresses
    assert [one.addr_spec for one in to] == [ready.rcpt_to]
    assert "".join(to[0].display_name.split()) == "".join(clean_name(made.to.name).split())


@given(st.text(alphabet="ab\\^;,åö🙂 ", max_size=400))
def test_folding_is_icalendars(text: str) -> None:
    line: Any = Contentline(text)  # type: ignore[no-untyped-call]  # icalendar has no type here
    assert fold(text.encode()) == line.to_ical()


def test_each_recipient_gets_only_her_own_values() -> None:
    composer = Composer(HOME, most=2)
    for language in Language:
        for number in range(4):
            token = "abcdefg2"[number] * 26
            one = replace(
                mail(MailKind.CALL, language),
                key=str(number),
                to=Address(f"u{number}@ekby.example", f"Enhet {number}", language),
                unit=f"Enhet {number}",
                invitation=number + 1,
            )
            own = OutgoingEnvelope(BOUNCE, token, (f"{LINK}{number}",), codes=(Code(f"ABCDE-FGHJ{number}", CODE.page),))
            assert composer.compose([one], own) == compose([one], own, HOME)


def test_ordinary_mails_are_composed_too() -> None:
    for _, made in every_mail(Language.SV):
        link = None if made.kind in CANCELS else LINK
        own = OutgoingEnvelope(BOUNCE, None, (link,))
        assert COMPOSER.compose([made], own) == compose([made], own, HOME)


def test_a_changed_meeting_is_prepared_anew() -> None:
    own = OutgoingEnvelope(BOUNCE, None, (LINK,))
    moved = replace(mail(MailKind.CALL), facts=replace(FACTS, revision=2, start=FACTS.start + timedelta(days=-1)))
    assert COMPOSER.compose([mail(MailKind.CALL)], own).data != COMPOSER.compose([moved], own).data


def test_the_libraries_build_a_shape_once_however_many_meetings_it_is_of() -> None:
    """What a reminder costs, which is its meeting's only one: no headers and no calendar object of its own."""
    composer = Composer(HOME)
    made = mail(MailKind.REMINDER, Language.SV)
    envelope = OutgoingEnvelope(BOUNCE, "b" * 26, (LINK,))
    built = shapes._shape.cache_info().misses
    for n in range(20):
        start = FACTS.start + timedelta(days=n)
        facts = replace(FACTS, reference=f"7F3K-{n:03}", start=start, end=start + timedelta(hours=1))
        one = replace(made, facts=facts, key=f"{n}")
        assert composer.compose([one], envelope) == compose([one], envelope, HOME)
    assert len(composer._heads) == 1
    assert shapes._shape.cache_info().misses - built <= 1
