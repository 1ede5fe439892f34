"""The people behind the mailboxes: they read what comes, keep a calendar, and do what their habits say.

The law of this file: they know the service by its mail, its receiver's address and its pages, and by nothing else.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sip.demo import clients, pages
from sip.demo.agenda import Agenda
from sip.demo.browser import Browser, PageError
from sip.demo.county import Mailbox
from sip.demo.habits import ByCalendar, ByLink, Deed, Habit, OutOfOffice, any_hour, prompt, silent
from sip.demo.letter import ReadMail
from sip.demo.moment import Moment
from sip.demo.postoffice import Carrier
from sip.demo.promises import SettledAnswer
from sip.demo.screen import Teller

Said = {"ACCEPTED": "accepts", "TENTATIVE": "says perhaps", "DECLINED": "declines"}
SETTLES = ("attends", "regrets", "i_cannot")


class People:
    """Everybody with a mailbox. `cast` says who behaves how in which matter, by reference and address."""

    def __init__(
        self,
        boxes: Mapping[str, Mailbox],
        carrier: Carrier,
        browser: Callable[[], Browser],
        agenda: Agenda,
        moment: Moment,
        teller: Teller,
    ) -> None:
        self._boxes = boxes
        self._carrier = carrier
        self._browser = browser
        self._agenda = agenda
        self._tell = teller
        self._asked: dict[tuple[str, str, str], int] = {}
        self._moment = moment
        self.cast: dict[tuple[str, str], Habit] = {}
        self.plans: dict[str, pages.Marks] = {}
        self.trouble: list[str] = []
        self.settled: list[SettledAnswer] = []
        self.by_page = 0

    def read(self, letter: ReadMail, now: datetime) -> None:
        """A mail lies in the box: whoever reads it decides what to do, and when."""
        box = self._boxes.get(letter.recipient)
        if box is None:
            return
        for reference in letter.references:
            habit = self.cast.get((reference, letter.recipient)) or _usual(box)
            for when, deed in habit(letter, self._count(letter, reference), now):
                self._agenda.put(when, self._act(box, letter, reference, deed))
            if letter.invite is not None:
                return

    def _count(self, letter: ReadMail, reference: str) -> int:
        """How many times this was asked: by invitation and round, or by matter for ordinary mail."""
        invite = letter.invite
        what = f"{invite.method} {invite.uid} {invite.start.isoformat()}" if invite else "mail"
        key = (letter.recipient, reference, what)
        self._asked[key] = self._asked.get(key, 0) + 1
        return self._asked[key]

    def _act(self, box: Mailbox, letter: ReadMail, reference: str, deed: Deed) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            self._moment.touched.add(reference)
            if isinstance(deed, ByCalendar):
                self._by_calendar(box, letter, reference, deed, now)
            elif isinstance(deed, OutOfOffice):
                raw = clients.out_of_office(letter, box.name, deed.text, now)
                self._carrier.carry(raw, "", letter.answers_to, now, "out of office")
                self._tell("away", reference, f"{box.name}: an automatic reply, nobody is there")
            else:
                self._by_link(box, letter, reference, deed)

        return act

    def _by_calendar(self, box: Mailbox, letter: ReadMail, reference: str, deed: ByCalendar, now: datetime) -> None:
        reply = clients.Reply(letter, deed.partstat, box.name, now, deed.comment, deed.automatic)
        raw = clients.compose(box.client, reply)
        sender = "" if deed.automatic else box.email
        posted = self._carrier.carry(raw, sender, reply.invite.organizer, now, f"REPLY {deed.partstat}")
        by_itself = " by itself" if deed.automatic else ""
        self._tell("answer", reference, f"{box.name} {Said[deed.partstat]}{by_itself} in {box.client.capitalize()}")
        if posted.code != 250:
            self.trouble.append(f"{box.name}: the receiver said {posted.code} {posted.said} to a calendar answer.")
        elif deed.partstat != "TENTATIVE" and not deed.automatic:
            self._settle(letter)

    def give_cause(self, email: str, password: str, reference: str, cause: str, account: str) -> None:
        """Somebody signs in and answers the report about her unit."""
        browser = self._browser()
        try:
            pages.sign_in(browser, email, password)
            pages.give_cause(browser, reference, cause, account)
        except PageError as error:
            self.trouble.append(f"{email} ({reference}): {error}")
            self._tell("trouble", reference, f"{email} gets no further: {error}")
        finally:
            browser.close()

    def _settle(self, letter: ReadMail) -> None:
        """After this answer nobody may be asked about this invitation again in this round."""
        if letter.invite is not None:
            self.settled.append(SettledAnswer(letter.invite.uid, letter.invite.sequence, self._moment.step))

    def _by_link(self, box: Mailbox, letter: ReadMail, reference: str, deed: ByLink) -> None:
        browser = self._browser()
        try:
            link = pages.link_in(letter, reference, deed.about)
            if link is None:
                return
            said = pages.fill(browser, link, deed, self.plans.get(reference, {}))
        except PageError as error:
            self.trouble.append(f"{box.name} ({reference}, {deed.choice}): {error}")
            self._tell("trouble", reference, f"{box.name} gets no further on the page: {error}")
        else:
            self.by_page += 1
            if deed.choice in SETTLES:
                self._settle(letter)
            self._tell("mark" if deed.choice == "attendance" else "page", reference, f"{box.name} {said}")
        finally:
            browser.close()


def _usual(box: Mailbox) -> Habit:
    """How a mailbox behaves when the story says nothing: units answer, people asked to stand in do too."""
    if box.box == "unit":
        return prompt()
    return any_hour(35) if box.box == "person" else silent()
