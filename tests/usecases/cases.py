"""The table of the cases (mail-cases, section 4): what was so, each file, and what is to come of it.

Read beside that section: a number there is a number here. `mailed` is what leaves because of the file; a machine's and
a repeated mail are answered by nothing, and a sender is told once a day that a mail did not count.
"""

from dataclasses import dataclass
from enum import StrEnum

from sip.domain.standing import Standing

UNIT = "hemtjanst@al.example"
ANNA, BO = "anna.ek@al.example", "bo.lind@al.example"
NORA = "nora.ny@annat.example"
REGRET = ("ask_substitute", "convener_told regret", "receipt")
DOUBTED = ("convener_told perhaps_automatic", "unusable")
WORDS = ("convener_told human_wrote", "unusable")
BOUNCED = ("convener_told undeliverable", "coordinator_told undeliverable")
S = Standing


class Before(StrEnum):
    """What had happened to the called meeting."""

    CALLED = "called"
    MOVED = "moved"
    REWORDED = "reworded"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    OVER = "over"


@dataclass(frozen=True)
class Row:
    """One file: its outcome and reason, the party's standing after, what is mailed, flags, who answered.

    `through` is the address of the invitation it answers.
    """

    file: str
    came: str
    standing: Standing
    mailed: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    answered_by: str | None = UNIT
    through: str = UNIT


@dataclass(frozen=True)
class Case:
    """One case of the table, its files in the order in which they come."""

    number: int
    says: str
    before: Before
    rows: tuple[Row, ...]

    def __str__(self) -> str:
        return f"{self.number:02}"


CASES = (
    Case(1, "An answer by the unit's own address to the current time is set.", Before.CALLED, (
        Row("01a-outlook-accepted", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("01b-gnus-declined", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
    )),
    Case(2, "The same answer again changes nothing.", Before.CALLED, (
        Row("02a-outlook-accepted", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("02b-outlook-accepted-delivered-again", "unchanged already_applied", S.NAME_MISSING),
    )),
    Case(3, "A newer answer replaces an older one.", Before.CALLED, (
        Row("03a-outlook-tentative", "applied answered", S.TENTATIVE, ("receipt",)),
        Row("03b-outlook-accepted-later", "applied answered", S.NAME_MISSING, ("receipt",)),
    )),
    Case(4, "An older answer that comes later is stale.", Before.CALLED, (
        Row("04a-thunderbird-accepted", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row(
            "04b-thunderbird-declined-older", "unchanged stale", S.NAME_MISSING, ("convener_told stale_answer",),
        ),
    )),
    Case(5, "Two answers with one stamp: the later arrival holds, and it is flagged.", Before.CALLED, (
        Row("05a-google-accepted", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row(
            "05b-google-declined-same-stamp", "applied answered", S.SEEKING_SUBSTITUTE,
            REGRET, flags=("same_stamp",),
        ),
    )),
    Case(6, "An answer to an older time is shown, not set; the current call goes once more.", Before.MOVED, (
        Row("06a-outlook-accepted-older-time", "refused answered_old_time", S.NO_ANSWER, ("resend",)),
        Row("06b-thunderbird-declined-older-time", "refused answered_old_time", S.NO_ANSWER),
    )),
    Case(7, "Only the text has changed since: it is set.", Before.REWORDED, (
        Row("07-apple-accepted-before-new-text", "applied answered", S.NAME_MISSING, ("receipt",)),
    )),
    Case(8, "A SEQUENCE ahead of ours counts as the current one, and it is flagged.", Before.CALLED, (
        Row(
            "08-thunderbird-sequence-ahead", "applied answered", S.NAME_MISSING,
            ("receipt",), flags=("sequence_ahead",),
        ),
    )),
    Case(9, "No SEQUENCE, an empty one or none that is a number is 0 where nothing was moved.", Before.CALLED, (
        Row("09a-outlook-no-sequence-other-time", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("09b-outlook-no-sequence", "applied answered", S.TENTATIVE, ("receipt",)),
        Row("09c-outlook-empty-sequence", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("09d-outlook-sequence-no-number", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
    )),
    Case(10, "Exchange leaves ORGANIZER out: the token tells the invitation.", Before.CALLED, (
        Row("10-exchange-online-no-organizer", "applied answered", S.TENTATIVE, ("receipt",)),
    )),
    Case(11, "Nobody is named who answers: nothing is guessed from the subject.", Before.CALLED, (
        Row("11-apple-no-attendee", "refused no_attendee", S.NO_ANSWER, ("unusable",)),
    )),
    Case(12, "Two lines answer: the unit's own counts, and it is flagged.", Before.CALLED, (
        Row(
            "12-thunderbird-two-attendees", "applied answered", S.NAME_MISSING,
            ("receipt",), flags=("several_attendees",),
        ),
    )),
    Case(13, "Somebody of the house answers for the shared mailbox, and is remembered.", Before.CALLED, (
        Row("13a-outlook-from-employee", "applied answered", S.NAME_MISSING, ("receipt",), answered_by=ANNA),
        Row("13b-outlook-on-behalf", "applied answered", S.SEEKING_SUBSTITUTE, REGRET, answered_by=BO),
    )),
    Case(14, "An employee's own address answers for the unit.", Before.CALLED, (
        Row("14-google-employee-alias", "applied answered", S.NAME_MISSING, ("receipt",), answered_by=ANNA),
    )),
    Case(15, "SENT-BY tells who answered.", Before.CALLED, (
        Row("15-zimbra-sent-by", "applied answered", S.NAME_MISSING, ("receipt",), answered_by=ANNA),
    )),
    Case(16, "Somebody the call was forwarded to: the convener is asked, the unit unchanged.", Before.CALLED, (
        Row(
            "16a-icloud-forwarded", "unconfirmed party_crasher", S.NO_ANSWER,
            ("convener_told party_crasher",), answered_by=NORA,
        ),
    )),
    Case(17, "Delegated to a colleague: she is asked. To somebody outside: the convener is asked.", Before.CALLED, (
        Row("17a-notes-delegated", "applied delegated", S.SEEKING_SUBSTITUTE, ("ask_substitute",)),
        Row(
            "17b-notes-delegated-outside", "unconfirmed delegate_outside", S.SEEKING_SUBSTITUTE,
            ("convener_told delegate",),
        ),
    )),
    Case(18, "The delegate answers through the delegator's token.", Before.CALLED, (
        Row("18a-notes-delegated", "applied delegated", S.SEEKING_SUBSTITUTE, ("ask_substitute",)),
        Row(
            "18b-notes-delegate-accepted", "applied answered", S.SUBSTITUTE_ATTENDS,
            ("convener_told substitute_found", "receipt"), answered_by=ANNA,
        ),
    )),
    Case(19, "The delegate's no asks the next, and the convener is told.", Before.CALLED, (
        Row("19a-notes-delegated", "applied delegated", S.SEEKING_SUBSTITUTE, ("ask_substitute",)),
        Row(
            "19b-notes-delegate-declined", "applied answered", S.SEEKING_SUBSTITUTE,
            ("ask_substitute", "convener_told delegate_refused", "receipt"), answered_by=ANNA,
        ),
    )),
    Case(20, "What cannot be told of a delegation, or goes round in a circle, is for a person.", Before.CALLED, (
        Row("20a-delegated-unquoted", "refused broken", S.NO_ANSWER, ("unusable",), flags=("delegation_unclear",)),
        Row("20b-delegated-to-several", "refused broken", S.NO_ANSWER, flags=("delegation_unclear",)),
        Row("20c-delegated-to-no-address", "refused broken", S.NO_ANSWER, flags=("delegation_unclear",)),
        Row("20d-delegated-to-organizer", "refused broken", S.NO_ANSWER, flags=("delegation_unclear",)),
        Row("20e-delegated-to-itself", "refused broken", S.NO_ANSWER, flags=("delegation_unclear",)),
        Row("20h-delegated-to-a-number", "refused person_number", S.NO_ANSWER),
        Row("20f-delegated", "applied delegated", S.SEEKING_SUBSTITUTE, ("ask_substitute",)),
        Row(
            "20g-delegate-hands-it-back", "refused delegate_unclear", S.SEEKING_SUBSTITUTE,
            ("unusable",), answered_by=ANNA, through=ANNA,
        ),
    )),
    Case(21, "Exchange's proposal names nobody; it stands beside the meeting, which stays.", Before.CALLED, (
        Row("21-exchange-counter", "applied proposed", S.PROPOSES, ("convener_told proposal", "receipt")),
    )),
    Case(22, "A proposal from an older time is shown as outdated.", Before.MOVED, (
        Row("22a-exchange-counter-older-sequence", "refused outdated_proposal", S.NO_ANSWER, ("resend",)),
        Row("22b-exchange-counter-to-another-time", "refused outdated_proposal", S.NO_ANSWER),
    )),
    Case(23, "No other time, or one that is past, is a perhaps.", Before.CALLED, (
        Row("23a-exchange-counter-same-time", "applied answered", S.TENTATIVE, ("receipt",)),
        Row("23b-google-counter-past", "applied answered", S.TENTATIVE, ("receipt",)),
    )),
    Case(24, "The newest call goes once more, and not twice in an hour.", Before.CALLED, (
        Row("24a-evolution-refresh", "unchanged refresh", S.NO_ANSWER, ("resend",)),
        Row("24b-evolution-refresh-again", "unchanged refresh_withheld", S.NO_ANSWER),
    )),
    Case(25, "What only an organizer sends is never obeyed.", Before.CALLED, (
        Row("25a-request-to-us", "ignored request_like", S.NO_ANSWER),
        Row("25b-publish-to-us", "ignored request_like", S.NO_ANSWER),
        Row("25c-add-to-us", "ignored request_like", S.NO_ANSWER),
        Row("25d-cancel-to-us", "ignored request_like", S.NO_ANSWER),
    )),
    Case(26, "The meeting is cancelled: the CANCEL goes once more.", Before.CANCELLED, (
        Row("26a-outlook-accepted", "unchanged cancelled", S.NO_ANSWER, ("cancelled",)),
        Row("26b-outlook-declined-again", "unchanged cancelled", S.NO_ANSWER),
    )),
    Case(27, "Too late: the state stays.", Before.OVER, (
        Row("27-outlook-accepted-too-late", "unchanged late", S.NO_ANSWER),
    )),
    Case(28, "The unit is no longer called: the CANCEL goes once more.", Before.REMOVED, (
        Row("28a-outlook-accepted", "unchanged removed", S.REMOVED, ("removed",)),
        Row("28b-outlook-declined-again", "unchanged removed", S.REMOVED),
    )),
    Case(29, "Another UID than the token's invitation: not believed.", Before.CALLED, (
        Row("29-thunderbird-another-uid", "quarantine uid_differs", S.NO_ANSWER),
    )),
    Case(30, "A token that is none of ours: not believed.", Before.CALLED, (
        Row("30-thunderbird-unknown-token", "quarantine unknown_token", S.NO_ANSWER),
    )),
    Case(31, "No token, but our mail server vouches for a sender of the unit: the convener is asked.", Before.CALLED, (
        Row("31-outlook-to-the-base-address", "unconfirmed unconfirmed", S.NO_ANSWER, ("convener_told unconfirmed",)),
    )),
    Case(32, "No token, and nobody vouches for the sender: not believed.", Before.CALLED, (
        Row("32-forged-no-token", "quarantine unproven", S.NO_ANSWER),
    )),
    Case(33, "The right token in foreign hands: the convener is asked.", Before.CALLED, (
        Row(
            "33-apple-foreign-sender", "unconfirmed unconfirmed", S.NO_ANSWER,
            ("convener_told unconfirmed",), answered_by=NORA,
        ),
    )),
    Case(34, "Our meetings are no series.", Before.CALLED, (
        Row("34a-thunderbird-recurrence-utc", "refused broken", S.NO_ANSWER, ("unusable",), flags=("recurrence",)),
        Row("34b-outlook-recurrence-zone", "refused broken", S.NO_ANSWER, flags=("recurrence",)),
    )),
    Case(35, "However the calendar part is wrapped, it is the same answer.", Before.CALLED, (
        Row("35a-apple-no-method-quoted-printable", "applied answered", S.TENTATIVE, ("receipt",), answered_by=ANNA),
        Row("35b-application-ics-only", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("35c-octet-stream-by-its-name", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
        Row(
            "35d-horde-quoted-attachment", "applied answered", S.NAME_MISSING,
            ("convener_told unit_comes_after_all", "receipt", "stood_down"),
        ),
    )),
    Case(36, "The object's METHOD decides, as long as both say an answer.", Before.CALLED, (
        Row(
            "36a-exchange-param-reply-object-counter", "applied proposed", S.PROPOSES,
            ("convener_told proposal", "receipt"),
        ),
        Row(
            "36b-param-reply-object-request", "refused broken", S.PROPOSES,
            ("unusable",), flags=("method_disagrees",),
        ),
    )),
    Case(37, "It cannot be told which answer is meant: for a person.", Before.CALLED, (
        Row(
            "37a-answer-inside-a-forwarded-mail", "refused broken", S.NO_ANSWER,
            ("unusable",), flags=("forwarded_calendar",), answered_by=ANNA,
        ),
        Row("37b-two-calendars", "refused broken", S.NO_ANSWER, ("unusable",), flags=("several_calendars",)),
        Row("37c-many-uids", "refused broken", S.NO_ANSWER, flags=("several_events",)),
    )),
    Case(38, "Outlook's own format, or words: for the convener's unit, told once that day.", Before.CALLED, (
        Row(
            "38a-outlook-winmail", "refused broken", S.NO_ANSWER,
            ("convener_told human_wrote", "unusable"), flags=("tnef_yes",),
        ),
        Row("38b-outlook-words", "refused human", S.NO_ANSWER, ("unusable",), answered_by=ANNA),
    )),
    Case(39, "Machines: noted, or proof of delivery alone.", Before.CALLED, (
        Row("39a-exchange-out-of-office", "ignored auto_reply", S.NO_ANSWER),
        Row("39b-sieve-vacation", "ignored auto_reply", S.NO_ANSWER),
        Row("39c-exchange-room-accepted", "unchanged automatic", S.NO_ANSWER),
    )),
    Case(40, "A failure is told, a delay and a delivery noted; what is broken is kept.", Before.CALLED, (
        Row("40a-postfix-delayed", "ignored delay", S.NO_ANSWER, answered_by=None),
        Row("40b-postfix-delivered", "ignored delivered", S.NO_ANSWER, answered_by=None),
        Row(
            "40c-postfix-failed", "applied bounce", S.UNDELIVERABLE,
            ("convener_told undeliverable", "coordinator_told undeliverable"), answered_by=None,
        ),
        Row("40d-postfix-failed-envelope-id", "applied bounce", S.UNDELIVERABLE, answered_by=None),
        Row("40e-postfix-failed-returned-invitation", "applied bounce", S.UNDELIVERABLE, answered_by=None),
        Row("40f-oversize-calendar", "refused broken", S.UNDELIVERABLE, flags=("too_large",)),
        Row("40g-broken-calendar", "refused broken", S.UNDELIVERABLE, flags=("broken_calendar",)),
        Row("40h-deep-mime", "refused broken", S.UNDELIVERABLE, flags=("too_deep",)),
    )),
    Case(41, "A transport's mark is not who decided.", Before.CALLED, (
        Row("41b-stalwart-accepted-by-jmap", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("41a-cyrus-declined-by-caldav", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
    )),
    Case(41, "What a machine marks and may be a person's waits, and both sides hear of it.", Before.CALLED, (
        Row("41c-declined-by-a-responder", "unconfirmed perhaps_automatic", S.NO_ANSWER, DOUBTED),
        Row(
            "41d-counter-by-a-responder", "unconfirmed perhaps_automatic", S.NO_ANSWER,
            ("convener_told perhaps_automatic",),
        ),
    )),
    Case(42, "The speaker is the unit's line, whoever else stands in the list.", Before.CALLED, (
        Row("42a-counter-with-the-guest-list", "applied proposed", S.PROPOSES, ("convener_told proposal", "receipt")),
        Row(
            "42b-declined-with-the-guest-list", "applied answered", S.SEEKING_SUBSTITUTE, REGRET,
            flags=("several_attendees",),
        ),
        Row("42c-only-the-organizers-line", "refused no_attendee", S.SEEKING_SUBSTITUTE, ("unusable",)),
    )),
    Case(43, "One unreadable value spoils nothing that is not needed.", Before.CALLED, (
        Row("43a-unreadable-end-alarm-and-stamp", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row(
            "43b-counter-with-an-unreadable-end", "applied proposed", S.PROPOSES,
            ("convener_told proposal", "receipt"),
        ),
        Row("43c-footer-after-the-calendar", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
    )),
    Case(44, "The best copy counts.", Before.CALLED, (
        Row("44a-empty-first-copy", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("44b-cut-off-first-copy", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
    )),
    Case(45, "Words are never lost.", Before.CALLED, (
        Row("45a-words-with-the-call-attached", "refused human", S.NO_ANSWER, WORDS),
        Row("45b-no-method-but-accepted", "refused human", S.NO_ANSWER),
        Row("45c-call-sent-back-accepted", "refused human", S.NO_ANSWER),
        Row("45d-smime-opaque-signed", "refused human", S.NO_ANSWER),
    )),
    Case(46, "From cannot be dressed up; an author who cannot be told is nobody.", Before.CALLED, (
        Row(
            "46a-name-dressed-up-as-the-unit", "unconfirmed unconfirmed", S.NO_ANSWER,
            ("convener_told unconfirmed",), answered_by="elak@annat.example",
        ),
        Row("46b-several-authors", "unconfirmed unconfirmed", S.NO_ANSWER, ("convener_told unconfirmed",)),
    )),
    Case(47, "A final failure is final.", Before.CALLED, (
        Row("47b-delayed-with-digits-in-the-original", "ignored delay", S.NO_ANSWER, answered_by=None),
        Row("47a-exim-gave-up-after-a-4xx", "applied bounce", S.UNDELIVERABLE, BOUNCED, answered_by=None),
    )),
    Case(47, "A report's Action comes before its Status.", Before.CALLED, (
        Row("47c-failed-with-a-4xx-status", "applied bounce", S.UNDELIVERABLE, BOUNCED, answered_by=None),
    )),
    Case(48, "Machines are told by what only they do.", Before.CALLED, (
        Row("48a-null-path-alone", "ignored auto_reply", S.NO_ANSWER),
        Row("48b-firstclass", "ignored auto_reply", S.NO_ANSWER),
        Row("48c-apple-vacation", "ignored auto_reply", S.NO_ANSWER),
        Row("48d-norwegian-subject", "ignored auto_reply", S.NO_ANSWER),
        Row("48e-autoresponder", "ignored auto_reply", S.NO_ANSWER),
    )),
    Case(49, "What is no answer is ignored, in whatever form it comes.", Before.CALLED, (
        Row("49a-request-of-a-series", "ignored request_like", S.NO_ANSWER),
        Row("49b-publish-of-several", "ignored request_like", S.NO_ANSWER),
    )),
    Case(50, "No SEQUENCE is 0; a URN goes by the address beside it.", Before.CALLED, (
        Row("50a-neither-sequence-nor-start", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("50b-urn-with-its-address", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
    )),
    Case(50, "Of a meeting that was moved nobody knows which time it answers.", Before.MOVED, (
        Row("50c-neither-after-a-move", "refused answered_old_time", S.NO_ANSWER, ("resend",)),
    )),
    Case(51, "A DTSTAMP copied from ours, or of zeros, is not the time of an answer.", Before.CALLED, (
        Row("51a-sogo-accepted-copied-stamp", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("51b-sogo-declined-copied-stamp", "applied answered", S.SEEKING_SUBSTITUTE, REGRET),
        Row("51c-claws-zeros", "applied answered", S.TENTATIVE, ("receipt",)),
    )),
    Case(52, "A report at the reply address counts for a mail of ours alone.", Before.CALLED, (
        Row("52-delegates-mail-of-sogo", "refused bounce_elsewhere", S.NO_ANSWER, answered_by=None),
    )),
    Case(53, "News has its place in time.", Before.CALLED, (
        Row(
            "53c-bounce-of-a-member", "refused bounce_elsewhere", S.NO_ANSWER,
            ("convener_told bounce_noted",), answered_by=None,
        ),
        Row("53a-accepted-first", "applied answered", S.NAME_MISSING, ("receipt",)),
        Row("53b-bounce-of-the-first-call", "unchanged stale_news", S.NAME_MISSING, answered_by=None),
    )),
    Case(54, "Taken into a calendar is not answered.", Before.CALLED, (
        Row("54-sogo-unanswered", "ignored not_yet", S.NO_ANSWER),
    )),
)  # fmt: skip
