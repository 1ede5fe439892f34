"""How long what is kept: the one table, read by the code that ends things and by the page that tells of it.

The law of this file: a figure of retention stands here and nowhere else; what the installation decides has its default
here and its setting named. `docs/privacy.md` holds this table as a page, and a test compares the two. It stands on no
floor: settings, store and use cases read it. What an organisation decides itself has its bounds in the rules.
"""

from dataclasses import dataclass
from datetime import timedelta

from sip.domain.keeping import LOG_YEARS, MATTER_YEARS


@dataclass(frozen=True, slots=True)
class Kept:
    """One row: what is kept, and until when in words, with `{}` for `lasts` and `{setting}` for what may change it.

    `lasts` is None for what has no time of its own: it goes with something else, or by a decision outside the service.
    """

    what: str
    until: str
    lasts: timedelta | None = None
    setting: str | None = None

    @property
    def life(self) -> timedelta:
        """The time that the code goes by. Raises ValueError for what has none of its own."""
        if self.lasts is None:
            raise ValueError(self.what)
        return self.lasts

    def told(self) -> str:
        """The words of its end, with the figure."""
        setting = f"`{self.setting}`" if self.setting else ""
        return self.until.format("" if self.lasts is None else _in_words(self.lasts), setting=setting)


def _in_words(lasts: timedelta) -> str:
    """ "10 hours", "a day", "14 days"."""
    if lasts == timedelta(days=1):
        return "a day"
    if lasts == timedelta(hours=1):
        return "an hour"
    return f"{lasts.days} days" if lasts.days else f"{lasts.seconds // 3600} hours"


RAW_MAIL = Kept(
    "received mail as it came, encrypted",
    "{} ({setting}), and until it has been judged; each reading of it is logged",
    timedelta(days=30), "SIP_RAW_MAIL_DAYS",
)  # fmt: skip
MAIL_JUDGED = Kept("what was made of it: outcome, reason, who answered", "with the meeting")
SENT_BYTES = Kept("bytes of sent mail", "until the relay has taken them, or they were given up")
SENT_TO = Kept("to whom a mail went, when, and what the relay said", "with the meeting")
LINK = Kept("links in mails, and short codes", "{} after the meeting or the test call", timedelta(days=14))
REPORT_LINK = Kept("links to a deviation report", "{} after the mail", timedelta(days=90))
INVITATION_LINK = Kept(
    "the link by which a new user chooses her password", "{}, or until it is used", timedelta(days=7)
)
PASSWORD_LINK = Kept("the link by which she chooses another", "{}, or until it is used", timedelta(hours=1))
SURVEY_LINK = Kept(
    "the link by which staff answer the survey after a meeting",
    "{} after the mail, or until it is used: until they are over, who owns the database sees by the link that is "
    "missing that the mail was answered, not what was said",
    timedelta(days=21),
)  # fmt: skip
SURVEY_SUM = Kept(
    "what was said after meetings: sums of a quarter and an area, of staff and on the form without a name; no answer, "
    "no hour, no address of anybody",
    "for good",
)
TYPED_CODE = Kept("the link that typing a code makes", "{}, and never longer than the code", timedelta(days=1))
BOOKING = Kept(
    "a meeting that a convener booked in her calendar: its time, video link and units, no other guest and no text; the "
    "mail itself is removed as soon as it is read",
    "{} after the last word of it, or with the meeting made of it", timedelta(days=30),
)  # fmt: skip
READING_CODE = Kept(
    "the code that opens the questions, mailed to a unit", "{}, or until it is typed", timedelta(hours=1)
)
OPENED_READING = Kept("the link that such a code makes", "{}", timedelta(hours=2))
SESSION = Kept("sessions, as hashes", "{} after signing in ({setting})", timedelta(hours=10), "SIP_SESSION_HOURS")
SESSION_IDLE = Kept(
    "sessions that nothing is done in", "open nothing after {} ({setting}); as hashes until their hours are over",
    timedelta(hours=1), "SIP_SESSION_IDLE_MINUTES",
)  # fmt: skip
TRY = Kept("a sign-in at a provider that was taken, and a word of log-out, as hashes", "{}", timedelta(hours=1))
TRIES = Kept(
    "how often somebody has tried to sign in, typed a code or asked to follow a group: keyed hashes of addresses, and "
    "counts",
    "at most {}, and never longer than they count", timedelta(hours=2),
)  # fmt: skip
IDENTITY = Kept(
    "what sign-in providers call a user, the secret of her one-time codes (encrypted), recovery codes as hashes",
    "until she or an administrator takes them away",
)
SKETCH = Kept(
    "a meeting that somebody has begun to make, with what she has said of it",
    "{} after it was last changed; at once when it is called, kept as a draft or thrown away",
    timedelta(days=30),
)
REPORT_DRAFT = Kept("a report that somebody is writing", "until its writer sends it, throws it away or is taken away")
REPEATABLE = Kept("the answer to a request of the API that may be repeated", "{}", timedelta(days=1))
FEED_MEETING = Kept("a meeting in a subscribed calendar", "{} after it was, or was cancelled", timedelta(days=28))
FEED_ADDRESS = Kept(
    "a subscribed calendar's address",
    "until it is changed or ended, or its maker's role or key ends; then its hash is kept, to say so",
)
MAILBOX_CHECK = Kept(
    "test calls, and when a person was last seen to read a mailbox",
    "with the unit; the latter until its address is changed",
)
LEAVE = Kept("days on which staff are away, without a reason", "{} after the last of them", timedelta(days=1))
SAVED_VIEW = Kept("searches that a user has saved", "until she takes them away")
PATTERN = Kept("patterns for new meetings", "until somebody who keeps them takes them away")
DIRECTORY = Kept(
    "the directory, users and keys of the API", "what has ended stays with its dates; a key as its hash alone"
)  # fmt: skip
BARRIER = Kept("what somebody told that could not be used, and the address for an answer", "until it is removed")
DIRECTORY_FILE = Kept(
    "a directory file that was sent by a page, encrypted",
    "until it is carried out or left, at most {}", timedelta(hours=2),
)  # fmt: skip
DIRECTORY_CHANGE = Kept(
    "what was changed in the directory: by whom, when, what stood there before", "as journal and access log"
)
DRAFT = Kept(
    "a draft that nobody was told of",
    "until its convener throws it away; what happened to it stays in the journal",
)
NOTICE = Kept(
    "mails that belong to no meeting: a unit's week, answers to a calendar, accounts, seals, news of groups",
    "{} after they have left or were given up", timedelta(days=90),
)  # fmt: skip
NAMES = Kept(
    "names, addresses and phone numbers of staff in a meeting, its reports, mails and journal",
    "6 months after it was, or was cancelled or closed if that is later; then a function stands there",
)
MATTER = Kept(
    "a matter: a case with its meetings, reports and all that hangs on them",
    f"{MATTER_YEARS.start} to {MATTER_YEARS.stop - 1} years after the last that happened in it, by its organisation's "
    "decision; longer while it is on hold; where nothing was decided, until it is",
)
JOURNAL = Kept(
    "the journal of a matter, and who read what of it",
    f"{LOG_YEARS.start} to {LOG_YEARS.stop - 1} years after its latest row, by the same decision, and never before the "
    "matter; then a hash of each row",
)
ACCESS = Kept(
    "who read or did what that is of no matter: lists, directory, users, signing in",
    "5 years or more, by a decision outside the service, which does not remove it",
)
SEAL = Kept(
    "seals of journal and access log: numbers and hashes of rows, ids of meetings",
    "always; files and mails of them by whoever keeps those",
)
COUNTS = Kept(
    "what a meeting that is over and a report that was heard count as: units, months and what the rules know, no name "
    "and no word that somebody wrote",
    "for the statistics of later years; it stays when the meeting is disposed of",
)
SITUATION = Kept("what a county's week came to: thirteen numbers, no unit and no meeting", "always, as it was counted")
ANNUAL_REPORT = Kept(
    "yearly reports: what the board wrote, a year's counts when the first was published, and the editions as they were",
    "always",
)
AGENDA = Kept(
    "boards' agendas: questions, decisions and what came of them, with their journal; of a report its number alone",
    "always",
)
SUBSCRIPTION_ASKED = Kept(
    "an address that somebody has asked to follow an open group with, until it has confirmed it",
    "{} after it was asked", timedelta(days=7),
)  # fmt: skip
SUBSCRIPTION = Kept(
    "an address that follows an open group by mail",
    "until it is ended, the group is closed or no longer open, or a digest does not arrive",
)
SITTERS = Kept(
    "names, work addresses and phone numbers of who sits in standing groups; functions, terms and decisions stay",
    "6 months after the last day of the term; of a user representative until she withdraws her consent, if that is "
    "sooner",
)
DISPOSAL = Kept(
    "decisions on disposal, and records of what was disposed of: who, when, under which decision, counts and hashes",
    "always",
)
REVIEWED = Kept(
    "auditors' samples, and their words on readings; who said them, and of which, is in the access log",
    "5 years or more, by a decision outside the service",
)
HOLD = Kept("holds, with who set them and why", "with the matter; of an organisation, always")
REPLAY = Kept(
    "trials of agreements: the file that was tried, who asked, and counts of what would have been otherwise",
    "{} after they were asked for", timedelta(days=365),
)  # fmt: skip
WEBHOOK = Kept(
    "events sent to other systems: kind, ids and what their server answered, no text of it",
    "{} after they happened", timedelta(days=14),
)  # fmt: skip
WEBHOOK_SECRET = Kept(
    "the secret that an endpoint's events are signed with, encrypted, and for a while the one before it",
    "until it is changed or the endpoint is taken away; the one before it, {} at most", timedelta(days=7),
)  # fmt: skip
FACTS = Kept("counts by unit and month, without a meeting", "always")

TABLE: tuple[Kept, ...] = (
    RAW_MAIL, MAIL_JUDGED, SENT_BYTES, SENT_TO, LINK, REPORT_LINK, INVITATION_LINK, PASSWORD_LINK, TYPED_CODE,
    SURVEY_LINK, READING_CODE, OPENED_READING, BOOKING, SESSION, SESSION_IDLE, TRY, TRIES, IDENTITY, SKETCH,
    REPORT_DRAFT, REPEATABLE, FEED_MEETING,
    FEED_ADDRESS, MAILBOX_CHECK, LEAVE, SAVED_VIEW, PATTERN, DIRECTORY, DIRECTORY_FILE, DIRECTORY_CHANGE,
    BARRIER, DRAFT, NOTICE, NAMES, MATTER, JOURNAL, ACCESS, SEAL, REVIEWED, DISPOSAL, HOLD, REPLAY, FACTS, COUNTS,
    SITUATION, ANNUAL_REPORT, AGENDA, SITTERS, SUBSCRIPTION_ASKED, SUBSCRIPTION, SURVEY_SUM, WEBHOOK, WEBHOOK_SECRET,
)  # fmt: skip
"""In the order of the page."""


def page() -> str:
    """The table as `docs/privacy.md` holds it."""
    rows = [f"| {row.what} | {row.told()} |" for row in TABLE]
    return "\n".join(["| what | how long |", "| --- | --- |", *rows]) + "\n"
