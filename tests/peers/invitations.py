"""Every calendar mail there is, as it leaves, and the values that went into it: for those who read calendars.

Each kind in both languages, each form and place, names that need quoting and folding, and meetings round the two nights
when the clocks change in Sweden.
"""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

from sip.domain.effects import Mail, MailKind, Method
from sip.domain.meeting import Place
from sip.domain.people import Address, Language
from sip.domain.terms import Form, PlaceKind
from sip.edges.mail.envelope import Composed, uid_of
from sip.edges.mail.letters.samples import CANCELS, FACTS, HOME, REPLY, REQUESTS, composed, mail

PLACES = {
    "room": Place(PlaceKind.ROOM, unit="Ekby vårdcentral", room="Linden; 2 tr, höger"),
    "room and video": Place(
        PlaceKind.ROOM, unit="Ekby", room="Linden", video_url="https://video.region.example/m/4711?pwd=a,b;c&x=1"
    ),
    "video": Place(PlaceKind.VIDEO, video_url="https://video.region.example/m/" + "4711" * 60),
    "phone": Place(PlaceKind.PHONE, phone="010-319 200, kod 4711#"),
    "home": Place(PlaceKind.HOME),
    "untold": Place(PlaceKind.ROOM),
}
NAMES = {
    "plain": "Eken",
    "long": "Mottagningen för barn och unga med neuropsykiatriska funktionsnedsättningar i Åmål, Säffle och Årjäng",
    "marks": 'Enhet "Ö"; a:b,c \\ d ^n',
    "far away": "Лікарня 山田病院 👩‍⚕️",
}
# The last hour before the clocks change, the hours they change in, and a meeting that begins before and ends after.
NIGHTS = {
    "before autumn": ("2026-10-24T22:00", 1),
    "summer's last hour": ("2026-10-25T00:00", 1),
    "the hour that comes twice, first": ("2026-10-25T00:15", 0.5),
    "the hour that comes twice, second": ("2026-10-25T01:15", 0.5),
    "across the hour that comes twice": ("2026-10-24T23:30", 3),
    "from the first into the second": ("2026-10-25T00:30", 1),
    "after autumn": ("2026-10-25T09:00", 1),
    "days across autumn": ("2026-10-23T12:00", 72),
    "before spring": ("2027-03-28T00:00", 1),
    "across the hour that is not": ("2027-03-28T00:30", 1),
    "after spring": ("2027-03-28T01:00", 1),
    "days across spring": ("2027-03-26T12:00", 72),
    "summer": ("2027-07-01T07:00", 1),
    "winter of another year": ("2031-01-15T08:00", 1.5),
}


@dataclass(frozen=True)
class Invitation:
    """One mail with its values and its calendar part."""

    name: str
    mail: Mail
    sent: Composed

    @property
    def uid(self) -> str:
        return uid_of(self.mail, HOME)

    @property
    def organizer(self) -> str:
        """The address that it is answered to."""
        return HOME.reply(REPLY)

    @property
    def calendar(self) -> bytes:
        message = email.message_from_bytes(self.sent.data, policy=email.policy.default)
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                return payload
        raise AssertionError("a calendar mail has a calendar part")


def invitations() -> Iterator[Invitation]:
    """All of them. Names are unique."""
    for kind, language in product((*REQUESTS, *CANCELS), Language):
        yield _made(f"{kind} {language}", mail(kind, language, sequence=_sequence(kind)))
    for method, language in product((MailKind.CALL, MailKind.CANCELLED), Language):
        made = mail(method, language)
        for (place, where), form in product(PLACES.items(), Form):
            facts = replace(FACTS, place=where, form=form)
            yield _made(f"{method} {language} {place} {form}", replace(made, facts=facts))
        for name, said in NAMES.items():
            facts = replace(FACTS, convener_unit=said, convener_person=said)
            to = Address("hemtjansten.norr@ekby.example", said, language)
            yield _made(f"{method} {language} {name} name", replace(made, facts=facts, to=to, unit=said))
        for night, (begins, hours) in NIGHTS.items():
            start = datetime.fromisoformat(begins).replace(tzinfo=UTC)
            facts = replace(FACTS, start=start, end=start + timedelta(hours=hours))
            yield _made(f"{method} {language} {night}", replace(made, facts=facts))


def _sequence(kind: MailKind) -> int:
    return {MailKind.CALL: 0, MailKind.UPDATE: 1}.get(kind, 2)


def _made(name: str, one: Mail) -> Invitation:
    assert one.method in (Method.REQUEST, Method.CANCEL)
    return Invitation(name, one, composed(one))
