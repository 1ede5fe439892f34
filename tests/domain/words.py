"""What may be said, done or happen to a called unit, each under a name that says it: to party 2, on its invitation 2.

Every word is tried in every standing of `standings/` (`test_every_word.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sip.domain import events as e
from sip.domain.chair import ChairLinkSent
from sip.domain.effects import Mail
from sip.domain.in_hand import AskedAgain, Remarked, Snoozed, TakenOver, Woken
from sip.domain.meeting import Place
from sip.domain.poll import PollAnswered, PollAsked, PollChoice, PollPicked, PollWithdrawn
from sip.domain.protected import UserNamed, UserUnnamed
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Channel,
    ClaimKind,
    ContestReason,
    Form,
    Mark,
    Obligation,
    Outcome,
    PlaceKind,
    Purpose,
    SettledAs,
)
from tests.domain.cast import HOME_CARE, SOCIAL, World, at, ident, said
from tests.domain.plays import CALL, named

K, A = AnswerKind, AttendeeState
ACCEPT, DECLINE = e.Verdict.ACCEPT, e.Verdict.DECLINE
HOUR = timedelta(hours=1)
UNIT = "hemtjanst@al.example"
_TIMES = tuple((at(f"2026-12-0{day} 10:00"), at(f"2026-12-0{day} 11:00")) for day in (3, 9))
Word = Callable[[World], object]
WORDS: dict[str, Word] = {}


def word(name: str, made: Word) -> None:
    """Registers a word under a name that says it."""
    assert name not in WORDS
    WORDS[name] = made


def _says(kind: AnswerKind, channel: Channel = Channel.MAIL, *, automatic: bool = False, **more: Any) -> Word:
    return lambda world: e.Answered(2, kind, said(world, channel, automatic=automatic), 2, **more)


def _by_her_link(world: World) -> object:
    hers = next((a.email for a in world.the.party(2).attendees), "anna@al.example")
    return e.Answered(2, K.ATTENDS, replace(said(world), reply_to=hers))


def _proposes(world: World) -> object:
    later = world.the.start + timedelta(days=2)
    return e.Answered(2, K.PROPOSES, said(world), proposed_start=later, proposed_end=later + HOUR)


def _person(state: AttendeeState, *, back: timedelta = timedelta(0), **more: Any) -> Word:
    return lambda world: e.AttendeeAnswered(2, 1, state, said(world, Channel.MAIL, moment=world.now - back), **more)


def _claim(kind: ClaimKind, answer: AnswerKind, email: str, *, automatic: bool = False, **more: Any) -> Word:
    return lambda world: e.Claimed(
        2, 2, kind, answer, email, said(world, Channel.MAIL, automatic=automatic), **more
    )  # fmt: skip


def _newest(world: World) -> Mail:
    return next(mail for mail in reversed(world.mails) if mail.party == 2)


def _bounced(world: World, **more: Any) -> object:
    mail = _newest(world)
    facts = {"email": mail.to.email, "sent_at": mail.dtstamp, "round": mail.round, **more}
    return e.Bounced(mail.key, world.now, 2, mail.invitation, mail.attendee, reason="5.1.1", **facts)


def _hers_bounced(world: World) -> object:
    mail = next((m for m in reversed(world.mails) if (m.party, m.attendee) == (2, 1)), _newest(world))
    return e.Bounced(mail.key, world.now, 2, mail.invitation, 1, round=mail.round)


def _settled(world: World, result: SettledAs) -> object:
    mail = _newest(world)
    return e.MailSettled(
        mail.key, result, world.now, mail.kind, 2, mail.invitation, mail.attendee, mail.round, mail.rung, mail.to.email
    )


def _moves(world: World) -> object:
    the = world.the
    return e.Moved(the.start + timedelta(days=1), the.end + timedelta(days=1), the.form, the.place)


def _recorded(mark: Mark, outcome: Outcome = Outcome.HELD) -> Word:
    return lambda world: e.OutcomeRecorded(
        outcome, tuple((p.ordinal, mark) for p in world.the.parties), "Clara", "rättat"
    )


word("the unit comes", _says(K.ATTENDS))
word("the unit comes, by phone", _says(K.ATTENDS, Channel.PHONE))
word("the unit comes, with a name", _says(K.ATTENDS, names=(named("Bo"),)))
word("the unit comes, by a link in its first person's mail", _by_her_link)
word("the unit comes, says a machine", _says(K.ATTENDS, automatic=True))
word("a colleague says the unit comes", _says(K.ATTENDS, speaker=named("Cia")))
word("the unit cannot come", _says(K.REGRETS, Channel.PAGE))
word("the unit cannot come, says a machine", _says(K.REGRETS, automatic=True))
word("the unit cannot come, but somebody stands in", _says(K.REGRETS, stands_in=(named("Cia"),)))
word("the unit comes perhaps", _says(K.TENTATIVE))
word("the unit proposes another time", _proposes)
word("the unit does not know whom it concerns", _says(K.UNKNOWN_IDENTITY))
word("the unit contests", _says(K.CONTESTS, contest_reason=ContestReason.NOTHING_TO_CONTRIBUTE))
word("the unit redirects", _says(K.REDIRECTS, target_unit_id=SOCIAL.unit_id))
word("it is not the unit's", _says(K.NOT_OURS))
word("the unit informs instead", _says(K.INFORMS, information_channel=Channel.MAIL))
word("another represents the unit", _says(K.REPRESENTED, represented_by=3))
word("the unit answered before", lambda w: e.Answered(2, K.ATTENDS, said(w, Channel.MAIL, moment=at(CALL)), 2))
word("the unit has seen it", lambda w: e.Acknowledged(2, said(w)))
word("the unit promises an answer", lambda w: e.Acknowledged(2, said(w), (w.now + timedelta(days=3)).date()))
word("a person comes", _person(A.ACCEPTED))
word("a person cannot come", _person(A.REFUSED))
word("a person comes perhaps", _person(A.ASKED))
word("a person passes it on", _person(A.REFUSED, passes_on=named("Disa")))
word("a person passes it on, by name alone", _person(A.REFUSED, passes_on=e.NamedPerson("Disa")))
word("a person delegates", _person(A.REFUSED, passes_on=named("Disa"), delegated=True))
word("a person's older word", _person(A.REFUSED, back=timedelta(days=40)))
word("the unit says that a person is away", lambda w: e.AttendeeOnLeave(2, 1, said(w)))
word("somebody is named to stand in", lambda w: e.SubstituteNamed(2, named("Eva"), said(w)))
word("somebody who knows stands in", lambda w: e.SubstituteNamed(2, named("Eva", knows=True), said(w)))
word("an uncertain yes", _claim(ClaimKind.UNCONFIRMED, K.ATTENDS, "nora@annat.example"))
word("an uncertain no, with news for its sender",
     _claim(ClaimKind.UNCONFIRMED, K.REGRETS, "nora@annat.example", tell="nora@annat.example"))  # fmt: skip
word("a machine's yes of the unit", _claim(ClaimKind.UNCONFIRMED, K.ATTENDS, UNIT, automatic=True))
word("a machine's no of the unit", _claim(ClaimKind.UNCONFIRMED, K.REGRETS, UNIT, automatic=True))
word("a colleague's uncertain yes",
     _claim(ClaimKind.UNCONFIRMED, K.ATTENDS, UNIT, sender="cia@annat.example"))  # fmt: skip
word("a machine's yes in a colleague's name",
     _claim(ClaimKind.UNCONFIRMED, K.ATTENDS, UNIT, sender="cia@annat.example", automatic=True))  # fmt: skip
word("a stranger comes", _claim(ClaimKind.PARTY_CRASHER, K.ATTENDS, "ola@annat.example"))
word("a delegate comes", _claim(ClaimKind.DELEGATE, K.ATTENDS, "ola@annat.example"))
word("a claim in a person's name", _claim(ClaimKind.UNCONFIRMED, K.REGRETS, "hemma@annat.example", attendee=1))
word("the claim is confirmed", lambda _: e.ClaimDecided(1, ACCEPT, "Clara", "Nora Ny"))
word("the claim is refused", lambda _: e.ClaimDecided(1, DECLINE, "Clara"))
word("the convener accepts", lambda _: e.Decided(2, ACCEPT, "skäl"))
word("the convener accepts for another unit", lambda _: e.Decided(2, ACCEPT, "skäl", SOCIAL.unit_id))
word("the convener declines", lambda _: e.Decided(2, DECLINE, "skäl"))
word("the convener excuses it", lambda _: e.Excused(2, "skäl"))
word("the convener releases it", lambda _: e.Released(2))
word("the convener pauses it", lambda w: e.PauseSet(2, "sportlov", w.now + timedelta(days=1)))
word("the convener lets it stand", lambda _: e.GoAhead())
word("the code for the text is asked for", lambda _: e.ReadingAsked(2))
word("the identity is conveyed to all", lambda _: e.IdentityConveyedToAll(Channel.LETTER))
word("the unit knows whom it concerns", lambda w: e.IdentityKnown(2, said(w)))
word("the identity is conveyed", lambda _: e.IdentityConveyed(2, Channel.LETTER))
word("the text is changed", lambda _: e.TextChanged(Purpose.FOLLOW_UP, "Uppföljning", ("Vad fungerar?",)))
word("the meeting is handed over", lambda w: e.HandedOver(replace(w.the.convener, person="Nina Ny")))
word("the meeting is handed to the unit itself",
     lambda w: e.HandedOver(replace(w.the.convener, unit_id=HOME_CARE.unit_id, unit_name=HOME_CARE.name)))  # fmt: skip
word("the meeting is moved", _moves)
word("somebody takes it over", lambda _: TakenOver("siv", "Siv Holm"))
word("it is put off", lambda w: Snoozed(w.now + HOUR, "Ringt", "Siv Holm"))
word("it is taken up again", lambda _: Woken("Siv Holm"))
word("somebody notes something", lambda _: Remarked("Ringt", "Siv Holm"))
word("the chair is sent her link", lambda _: ChairLinkSent())
word("somebody is named who may see it", lambda _: UserNamed(ident("Nils"), 2))
word("she no longer is", lambda _: UserUnnamed(ident("Nils")))
word("the unit is asked again by hand", lambda _: AskedAgain(2))
word("somebody is there", lambda _: e.CheckedIn(2, name="Anna"))
word("its first person is there", lambda _: e.CheckedIn(2, attendee=1))
word("only its place is changed",
     lambda w: e.Moved(w.the.start, w.the.end, Form.PHONE, Place(PlaceKind.PHONE, phone="010-1")))  # fmt: skip
word("the meeting is cancelled", lambda _: e.Cancelled(e.CancelReason.OTHER))
word("a unit is added", lambda _: e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.SUMMONED)))
word("the unit is removed", lambda _: e.PartyRemoved(2))
word("its successor is called", lambda _: e.SuccessorCalled(2, SOCIAL.unit_id))
word("the directory has changed", lambda _: e.ContactsChanged())
word("the consent has changed", lambda _: e.ConsentChanged())
word("its newest mail was accepted", lambda w: _settled(w, SettledAs.ACCEPTED))
word("its newest mail was given up", lambda w: _settled(w, SettledAs.FAILED))
word("its newest mail comes back", _bounced)
word("its newest mail comes back from elsewhere", lambda w: _bounced(w, elsewhere=True))
word("its newest mail comes back for a colleague", lambda w: _bounced(w, email="kollega@al.example"))
word("a mail to its first person comes back, without her address", _hers_bounced)
word("its newest mail of an older round comes back", lambda w: _bounced(w, round=0))
word("a reply that is of no use", lambda _: e.ReplySeen("unusable", 2, 2, 0, unusable_to="nora@annat.example"))
word(
    "a reply with a number of a person", lambda _: e.ReplySeen("person_number", 2, 2, 0, unusable_to="x@annat.example")
)
word("a reply to an older time", lambda _: e.ReplySeen("old_time", 2, 2, 0, resend=True))
word("its calendar asks for the newest", lambda _: e.Refreshed(2, 2))
word("its mailbox is away", lambda _: e.AutoReplied(2, 2, date(2026, 11, 9)))
word("somebody writes", lambda _: e.HumanWrote(2, 2, "nora@annat.example"))
word("all came", _recorded(Mark.ATTENDED))
word("nobody came", _recorded(Mark.ABSENT, Outcome.PARTY_MISSING))
word("it is not known who came", _recorded(Mark.UNKNOWN))
word("the units are asked which times suit", lambda _: PollAsked(_TIMES, date(2026, 11, 20)))
word("it says which times suit", lambda _: PollAnswered(2, 1, ((1, PollChoice.YES),), "unit", Channel.PAGE, UNIT))
word("a time is picked from the poll", lambda _: PollPicked(1, 1))
word("the poll of times is withdrawn", lambda _: PollWithdrawn(1))
