"""The people behind the second chapter's mailboxes: bodies that appoint on the page behind the link, and who sits.

The law of this file: as in `sip.demo.units`: they know the service by its mail, its receiver's address and its pages.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sip.demo import clients
from sip.demo.agenda import Agenda
from sip.demo.browser import Browser, PageError
from sip.demo.groups import cast
from sip.demo.groups.cast import Appoints, BodyPlan, Comes, SeatPlan
from sip.demo.hours import desk_minutes, say
from sip.demo.letter import ReadMail
from sip.demo.postoffice import Arrival, Carrier
from sip.demo.screen import Teller

DAY = timedelta(days=1)


class Mailboxes:
    """Everybody with a mailbox in this chapter. `asks` counts each body's mails, `entries` who has which call."""

    def __init__(self, carrier: Carrier, browser: Callable[[], Browser], agenda: Agenda, teller: Teller) -> None:
        self._carrier = carrier
        self._browser = browser
        self._agenda = agenda
        self._tell = teller
        self._bodies = cast.bodies()
        self._sitters = cast.sitters()
        self.asks: Counter[str] = Counter()
        self.calls: dict[tuple[str, str], ReadMail] = {}
        self.trouble: list[str] = []
        self.by_page = self.by_calendar = 0

    def knows(self, address: str) -> bool:
        """Whether this mailbox is of this chapter."""
        return address in self._bodies or address in self._sitters

    def read(self, arrival: Arrival) -> None:
        """A mail has come: whoever it is for does what she does."""
        letter, now = arrival.letter, arrival.at
        if letter.recipient in self._bodies:
            self._asked(letter, now)
        elif letter.invite is not None and letter.invite.method == "REQUEST":
            self._called(letter, now)
        elif letter.invite is None and letter.links:
            self._reminded(letter, now)

    # -- bodies

    def _asked(self, letter: ReadMail, now: datetime) -> None:
        asked = self._bodies[letter.recipient]
        group, body = asked.group, asked.body
        self.asks[body.email] += 1
        first = self.asks[body.email] == 1
        again = "" if first else " again"
        sentence = f"{body.name}, {body.principal}, is asked{again}: who is to sit in {group.name}?"
        self._tell("ask", group.where, sentence)
        if body.appoints is Appoints.NEVER or (body.appoints is Appoints.AT_THE_SECOND and first):
            return
        later = body.appoints is Appoints.LATER and first

        def act(moment: datetime) -> None:
            values = _until() if later else {"answer": "person", **term_of(asked.seat, body, moment)}
            said = f"asks to be asked again {cast.DEFERRED_UNTIL}" if later else "appoints"
            self._on_page(group.where, letter, f"{body.name}, {body.principal}, {said}", values)

        self._agenda.put(desk_minutes(now, 90 + 7 * asked.number), act)

    # -- who sits

    def _called(self, letter: ReadMail, now: datetime) -> None:
        assert letter.invite is not None
        sits = self._sitters[letter.recipient]
        seat, who = sits.seat, sits.who
        first = not any(address == letter.recipient for address, _ in self.calls)
        self.calls[letter.recipient, letter.invite.uid] = letter
        if seat.comes is Comes.WHEN_REMINDED and not sits.stands_in:
            return
        no = first and not sits.stands_in and seat.comes in (Comes.SENDS, Comes.NO)
        partstat = "DECLINED" if no else "ACCEPTED"

        def act(moment: datetime) -> None:
            reply = clients.Reply(letter, partstat, who.name, moment)
            raw = clients.compose(who.client, reply)
            posted = self._carrier.carry(raw, letter.recipient, reply.invite.organizer, moment, f"REPLY {partstat}")
            self.by_calendar += 1
            if posted.code != 250:
                self.trouble.append(f"{letter.recipient}: the receiver said {posted.code} {posted.said} to an answer.")
            if no:
                said = f"{who.function}, {letter.recipient}, cannot come {say(reply.invite.start)}"
                self._tell("answer", sits.group.where, said)

        self._agenda.put(desk_minutes(now, 15 + len(letter.recipient)), act)

    def _reminded(self, letter: ReadMail, now: datetime) -> None:
        sits = self._sitters[letter.recipient]
        where = sits.group.where
        if sits.seat.comes is not Comes.WHEN_REMINDED:
            return
        said = f"{sits.who.function}, {letter.recipient}, is reminded, and says yes to every date on the page"
        self._agenda.put(desk_minutes(now, 40), lambda _: self._on_page(where, letter, said, {"answer": "yes"}))

    # -- the page behind the link

    def _on_page(self, where: str, letter: ReadMail, said: str, values: Mapping[str, str]) -> None:
        """Sends each form of the page that can be answered, once: of the one seat, or of each date."""
        browser = self._browser()
        try:
            page = browser.open(letter.links[0])
            forms = [one for one in page.forms if one.method == "post" and one.offers("answer")]
            if not forms:
                raise PageError(f'The page "{page.title}" has nothing to answer: {page.text[:200]}')
            for form in forms:
                done = browser.send(page, form, values)
                if done.status >= 400:
                    raise PageError(f'The form was refused with {done.status}: "{done.text[:300]}"')
        except PageError as error:
            self.trouble.append(f"{letter.recipient}: {error}")
            self._tell("trouble", where, f"{letter.recipient} gets no further on the page: {error}")
        else:
            self.by_page += 1
            self._tell("page", where, said)
        finally:
            browser.close()


def term_of(seat: SeatPlan, body: BodyPlan, now: datetime) -> dict[str, str]:
    """The form of whom a body appoints, until the end of next year, as it decided some days ago."""
    today = now.date()
    values = {
        "first": today.isoformat(), "last": f"{today.year + 1}-12-31",
        "decided_by": body.name, "decided_on": (today - 4 * DAY).isoformat(),
        "registration_number": f"{today.year}-{len(body.principal) * 7:03d}",
    }  # fmt: skip
    for which, somebody in (("representative", seat.sits), ("substitute", seat.stands_in)):
        if somebody is not None:
            values |= {f"{which}_name": somebody.name, f"{which}_function": somebody.function}
            values |= {f"{which}_email": somebody.email}
            if seat.function == "user_representative":
                values |= {f"{which}_consent_on": today.isoformat(), f"{which}_consent_how": "spoken"}
    return values


def _until() -> dict[str, str]:
    return {"answer": "later", "until": cast.DEFERRED_UNTIL, "reason": "Nämnden sammanträder då."}
