"""Every mail there is, with made-up facts: for looking at before anybody gets one, and for tests.

The law of this file: each kind goes to whom it goes in earnest, with the details it has there; nobody here exists.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from sip.domain.effects import (  # fmt: skip
    POLL_ASKS,
    AnyMail,
    Link,
    Mail,
    MailKind,
    MeetingFacts,
    Method,
    Notice,
    NoticeKind,
    StoodDown,
    Told,
)
from sip.domain.meeting import Place
from sip.domain.people import Address, Language
from sip.domain.terms import Form, PlaceKind, Purpose
from sip.edges.mail.addresses import Home
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import Code, Composed, OutgoingEnvelope, own_page
from sip.edges.mail.letters.letter import ATTENDANCE_OR_HAND, COORDINATOR, DECISION, STOOD_DOWN
from sip.edges.mail.letters.sample_others import matters, of_boards, of_groups, to_administrators, to_managers

HOME = Home("sip.region.example")
REPLY = "abcdefghijklmnopqrstuvwxyz"
BOUNCE = "zyxwvutsrqponmlkjihgfedcba"
BASE_URL = "https://sip.region.example"
LINK = f"{BASE_URL}/svar/q7m3kx2vbn4tfa6hzwcy5rds2e"
CODE = Code("7F3KQ-2MX9D", "sip.region.example/kod")
_LETTERS = "abcdefghjkmn"
CALLED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FACTS = MeetingFacts(
    meeting_id=UUID("0f9d2b52-6f3c-4a55-9f60-1c5f0a6b7c01"),
    reference="7F3K-2MQ",
    start=datetime(2026, 11, 17, 9, 0, tzinfo=UTC),
    end=datetime(2026, 11, 17, 10, 0, tzinfo=UTC),
    form=Form.HYBRID,
    place=Place(
        PlaceKind.ROOM, unit="Ekby vårdcentral", room="Linden", video_url="https://video.region.example/m/4711"
    ),
    purpose=Purpose.NEW_PLAN, convener_unit="Vuxenenheten Ekby", convener_person="Anna Ek",
    convener_phone="010-123 45 67", convener_email="anna.ek@ekby.example", sequence=0, revision=1,
)  # fmt: skip
REQUESTS = (
    MailKind.CALL, MailKind.UPDATE, MailKind.TEXT_UPDATE, MailKind.REMINDER, MailKind.RESEND, MailKind.NAMED,
    MailKind.ASK_SUBSTITUTE, MailKind.NEW_MAILBOX,
)  # fmt: skip
CANCELS = (MailKind.CANCELLED, MailKind.REMOVED, MailKind.STOOD_DOWN, MailKind.OLD_MAILBOX)
DETAIL = {
    "reason": "double_booked",
    "names": "Bo Lind, sjuksköterska",
    "phones": "Bo Lind 070-123 45 67; Eva Berg 070-765 43 21",
    "until": "2026-11-12T14:00:00+00:00",
    "proposed_start": "2026-11-19T12:00:00+00:00",
    "proposed_end": "2026-11-19T13:00:00+00:00",
    "target": "Psykiatriska mottagningen Lövdal",
    "channel": "phone",
    "grounds": "Se planen.",
    "answer": "attends",
    "units": "Hemtjänsten Norr\nPsykiatriska mottagningen Lövdal",
    "answer_until": "2027-01-16",
    "days": "30",
    "statement": "we_had_told",
    "cause": "double_booked",
    "because": "marks_corrected",
    "email": "hemtjansten.norr@ekby.example",
    "smtp": "550 5.1.1 User unknown",
    "before": "Clara Kallar",
    "until_day": "2026-11-13",
    "closes_on": "2026-12-31", "into": "9QXD-4TB", "next_on": "2027-05-17",
}  # fmt: skip
_UNIT = Address("hemtjansten.norr@ekby.example", "Hemtjänsten Norr")
_CONVENER = Address(FACTS.convener_email, FACTS.convener_person)
_COORDINATOR = Address("siv.holm@region.example", "Siv Holm")
_MANAGER = Address("mona.berg@ekby.example", "Mona Berg")
_HEAD = Address("per.dahl@ekby.example", "Per Dahl")
_WATCHER = Address("bevakning@ekby.example", "Bevakning Ekby")
_CHAIR = Address("olle.lind@ekby.example", "Olle Lind")
_SUBSTITUTE = Address("eva.berg@ekby.example", "Eva Berg")
# Who gets what; all else goes to the unit.
_GOES_TO: Mapping[MailKind, Address] = {
    MailKind.NAMED: _SUBSTITUTE,
    MailKind.ASK_SUBSTITUTE: _SUBSTITUTE,
    MailKind.STOOD_DOWN: _SUBSTITUTE,
    MailKind.SURVEY: _SUBSTITUTE,
    MailKind.LIFT_WATCHERS: _WATCHER,
    MailKind.LIFT_MANAGER: _MANAGER,
    MailKind.LIFT_HEAD: _HEAD,
    MailKind.SUBSTITUTE_MANAGER: _MANAGER,
    MailKind.SUBSTITUTION_HEAD: _HEAD,
    **dict.fromkeys((MailKind.CONVENER_QUESTION, MailKind.CONVENER_TOLD), _CONVENER),
    MailKind.COORDINATOR_TOLD: _COORDINATOR,
    MailKind.ATTENDANCE_REQUEST: _CONVENER,
    **dict.fromkeys((MailKind.CHAIR_LINK, MailKind.CHAIR_OVER), _CHAIR),
    MailKind.DEVIATION_MANAGER: _MANAGER,
    MailKind.DEVIATION_HEAD: _HEAD,
    **dict.fromkeys((MailKind.DEVIATION_RAISED, MailKind.DEVIATION_ANSWERED, MailKind.DEVIATION_DISPUTED), _CONVENER),
    **dict.fromkeys((MailKind.DEVIATION_DISPUTE_WAITS, MailKind.DEVIATION_FOLLOWED_UP), _CONVENER),
    **dict.fromkeys((MailKind.DEVIATION_DISPUTE_LIFTED, MailKind.DEVIATION_MEASURE_LIFTED), _MANAGER),
    MailKind.DEVIATION_NOBODY: _COORDINATOR,
}
_OF_THE_MEETING = {MailKind.CONVENER_QUESTION, MailKind.ATTENDANCE_REQUEST, MailKind.CHAIR_LINK, MailKind.CHAIR_OVER}
_TIMES = (
    "2026-11-17T09:00:00+00:00/2026-11-17T10:00:00+00:00\n2026-11-18T12:30:00+00:00/2026-11-18T13:30:00+00:00\n"
    "2026-11-20T08:00:00+00:00/2026-11-20T09:00:00+00:00"
)
_LEADS_TO: Mapping[MailKind, Link | None] = {
    **dict.fromkeys((*CANCELS, MailKind.COORDINATOR_TOLD, MailKind.CHAIR_OVER, MailKind.POLL_ENDED)),
    MailKind.ASK_SUBSTITUTE: Link.SUBSTITUTE,
    **dict.fromkeys((MailKind.SUBSTITUTE_MANAGER, MailKind.LIFT_MANAGER, MailKind.LIFT_HEAD), Link.MANAGER),
    MailKind.READING_CODE: Link.READING,
    MailKind.CONVENER_TOLD: Link.CONVENER,
    MailKind.CONVENER_QUESTION: Link.CONVENER,
    MailKind.ATTENDANCE_REQUEST: Link.CHAIR,
    MailKind.CHAIR_LINK: Link.CHAIR,
    MailKind.SURVEY: Link.SURVEY,
    MailKind.POLL: Link.POLL,
    MailKind.POLL_REMINDER: Link.POLL,
}
# Which details go with which kind, so that the samples look as the real ones.
USED = {
    MailKind.UPDATE: ("old_start", "old_end"),
    MailKind.ASK_SUBSTITUTE: ("until",),
    MailKind.RECEIPT: ("answer",),
    MailKind.CONFIRM_TENTATIVE: ("until",),
    MailKind.SUBSTITUTE_MANAGER: ("until",),
    MailKind.CONVENER_QUESTION: ("units",),
    MailKind.DEVIATION_HEARING: ("answer_until",),
    MailKind.DEVIATION_REMINDER: ("answer_until", "days"),
    MailKind.DEVIATION_MANAGER: ("answer_until",),
    MailKind.DEVIATION_HEAD: ("answer_until",),
    MailKind.DEVIATION_ANSWERED: ("cause",),
    MailKind.DEVIATION_DISPUTED: ("statement",),
    MailKind.DEVIATION_WITHDRAWN: ("because",),
    MailKind.DEVIATION_NOBODY: ("target",),
    MailKind.DEVIATION_WORD: ("target",),
    MailKind.DEVIATION_GOOD: ("target",),
    MailKind.DEVIATION_MEASURE: ("target",),
    MailKind.DEVIATION_MERGED: ("into",),
    MailKind.DEVIATION_TAKEN_OVER: ("target", "before"),
    MailKind.DEVIATION_UNREACHED: ("target", "email", "smtp"),
    MailKind.DEVIATION_MEASURE_DUE: ("answer_until",),
    MailKind.DEVIATION_MEASURE_LIFTED: ("target",),
    MailKind.POLL: ("times", "answer_until"),
    MailKind.POLL_REMINDER: ("times", "answer_until"),
    MailKind.POLL_ENDED: ("times",),
}
TOLD_USED = {
    Told.REGRET: ("reason",),
    Told.REDIRECT: ("target",),
    Told.PROPOSAL: ("proposed_start", "proposed_end"),
    Told.NOT_OURS: ("until",),
    Told.INFORMS: ("channel",),
    Told.REPRESENTED: ("target",),
    Told.SUBSTITUTE_FOUND: ("names",),
    Told.SUBSTITUTES_BY_PHONE: ("phones",),
    Told.UNDELIVERABLE: ("smtp", "email", "target"),
    Told.NEW_MAILBOX: ("target", "before"),
    Told.UNIT_CLOSES: ("closes_on", "target"),
    Told.PHONE_TASK: ("phones",),
    Told.WEEKEND_PHONE: ("phones",),
    Told.UPHELD: ("grounds",),
    Told.UNCONFIRMED: ("answer", "email"),
    Told.PERHAPS_AUTOMATIC: ("answer", "email"),
    Told.STALE_ANSWER: ("answer", "email"),
    Told.BOUNCE_NOTED: ("smtp", "email"),
    Told.PARTY_CRASHER: ("answer", "email"),
    Told.DELEGATE: ("answer", "email"),
    Told.DELEGATE_REFUSED: ("names",),
    Told.HANDED_OVER: ("before",),
    Told.CONVENER_UNREACHED: ("smtp", "email"),
    Told.CONSENT_ENDS: ("until_day",),
    Told.CONSENT_LAST_DAY: ("until_day",),
    Told.CLAIM_CONFIRMED: ("answer", "email"),
    Told.CLAIM_REFUSED: ("answer", "email"),
    Told.CANDIDATE_CONFIRMED: ("answer", "email", "names"),
    Told.CANDIDATE_REFUSED: ("answer", "email"),
    Told.POLL_UNREACHED: ("phones",),
    Told.NEXT_DATE: ("next_on",),
}


_MOVE = {
    "times": _TIMES, "answer_until": "2026-11-13", "present_start": "2026-11-16T09:00:00+00:00",
    "present_end": "2026-11-16T10:00:00+00:00",
}  # fmt: skip
_BY_HAND = {"reporting": FACTS.convener_unit, "answer_until": DETAIL["answer_until"], "statement": "otherwise"}
_NO_WORD = {"words": "human", "waits": "waits", "report_number": "report_number", "report_ended": "report_ended"}
# Mails of one kind that read differently: name -> what of the sample is different.
_VARIANTS: Mapping[MailKind, Mapping[str, Mapping[str, object]]] = {
    MailKind.CALL: {
        "invited": {"detail": {"obligation": "invited"}},
        "convening": {"unit": FACTS.convener_unit, "to": Address("vuxenenheten@ekby.example", FACTS.convener_unit)},
    },
    MailKind.UNUSABLE: {
        name: {"detail": {"why": why, "deviation_name": "avvikelse i samverkan"}} for name, why in _NO_WORD.items()
    },
    MailKind.STOOD_DOWN: {why.value: {"detail": {"why": why}} for why in StoodDown if why in STOOD_DOWN},
    MailKind.ATTENDANCE_REQUEST: {"again": {"detail": {"step": "2"}}},
    MailKind.CHAIR_OVER: {why: {"detail": {"why": why}} for why in ("cancelled", "changed")},
    MailKind.POLL: {"of_a_called_meeting": {"detail": _MOVE}},
    MailKind.POLL_ENDED: {"of_a_called_meeting": {"detail": _MOVE}},
    **{kind: {"by_hand": {"detail": _BY_HAND}} for kind in ATTENDANCE_OR_HAND},
}
_TOLD_TO: Mapping[MailKind, Sequence[Told]] = {
    MailKind.CONVENER_TOLD: [
        told
        for told in Told
        if told is Told.REDIRECT_RETURNED or told not in DECISION | {Told.EMPTY_RUNG, Told.CONVENER_UNREACHED}
    ],
    MailKind.COORDINATOR_TOLD: [told for told in Told if told in COORDINATOR],
    MailKind.DECISION: [told for told in Told if told in DECISION],
}


def mail(kind: MailKind, language: Language = Language.SV, **changes: object) -> Mail:
    """A mail of this kind with the facts and details it usually carries."""
    method = Method.REQUEST if kind in REQUESTS else Method.CANCEL if kind in CANCELS else None
    detail = {
        **DETAIL,
        "times": _TIMES,
        "old_start": "2026-11-16T09:00:00+00:00",
        "old_end": "2026-11-16T10:00:00+00:00",
    }
    if kind in POLL_ASKS:
        detail |= {"answer_until": _MOVE["answer_until"]}
    made = Mail(
        key=f"{FACTS.meeting}/{kind}/{language}",
        kind=kind,
        to=_GOES_TO.get(kind, _UNIT),
        facts=FACTS,
        dtstamp=CALLED,
        method=method,
        invitation=3 if method else None,
        link=_LEADS_TO.get(kind, Link.DEVIATION if "deviation" in kind else Link.ANSWER),
        unit=None if kind in _OF_THE_MEETING else "Hemtjänsten Norr",
        identity_channel="phone",
        detail={key: detail[key] for key in USED.get(kind, ())},
    )
    changed = replace(made, **changes)  # type: ignore[arg-type]  # fields by name
    return replace(changed, to=replace(changed.to, language=language))


def told(kind: MailKind, what: Told, language: Language = Language.SV) -> Mail:
    """A mail that tells the convener, the coordinator or the unit this."""
    other = {"target": "jouren@ekby.example", "before": "hemtjansten.norr@ekby.example"}
    known = DETAIL | other if what in (Told.UNDELIVERABLE, Told.NEW_MAILBOX) else DETAIL
    detail = {key: known[key] for key in TOLD_USED.get(what, ())} | {"what": what.value}
    return mail(kind, language, detail=detail, key=f"{kind}/{what}/{language}")


def every_mail(language: Language) -> Iterator[tuple[str, Mail]]:
    """Each kind once, each thing told once to those who are told it, with names that say which."""
    for kind in MailKind:
        if kind is MailKind.WEEK:
            continue  # a line of Monday's mail, never a letter of its own
        if kind in _TOLD_TO:
            for what in _TOLD_TO[kind]:
                yield f"{kind}-{what}", told(kind, what, language)
            continue
        yield str(kind), mail(kind, language)
        for name, changes in _VARIANTS.get(kind, {}).items():
            yield f"{kind}-{name}", mail(kind, language, key=f"{kind}/{name}/{language}", **changes)


_MORNING = (
    MailKind.LIFT_MANAGER, MailKind.SUBSTITUTE_MANAGER, MailKind.LIFT_MANAGER, MailKind.DEVIATION_MANAGER,
    MailKind.LIFT_MANAGER, MailKind.CONFIRM_TENTATIVE,
)  # fmt: skip
_MORNING_UNITS = ("Hemtjänsten Norr", "Hemtjänsten Söder", "Korttidsboendet Linden", "Boendestödet")
_MORNING_CONVENERS = (
    ("Vuxenenheten Ekby", "Anna Ek", "010-123 45 67"), ("Ekby vårdcentral", "Bo Lind", "010-123 45 70"),
    ("Psykiatriska mottagningen Lövdal", "Kim Sand", "010-123 45 80"),
)  # fmt: skip


def bundle(language: Language, asks: int = 3) -> tuple[Mail, ...]:
    """The morning mail of a manager, with so many asks of as many meetings, in the order of their making."""
    found = []
    for n in range(asks):
        kind, days = _MORNING[n % len(_MORNING)], (n * 5) % 12
        convener, person, phone = _MORNING_CONVENERS[n % len(_MORNING_CONVENERS)]
        start = FACTS.start + timedelta(days=days + 2 * (days // 4), hours=n % 5)
        facts = replace(
            FACTS, meeting_id=UUID(int=FACTS.meeting.int + n), reference=f"{n + 2}QXD-{'4TB7K9WHM2C3'[n % 9 :][:3]}",
            start=start, end=start + timedelta(hours=1), convener_unit=convener, convener_person=person,
            convener_phone=phone,
        )  # fmt: skip
        unit = _MORNING_UNITS[n % len(_MORNING_UNITS)]
        found.append(mail(kind, language, facts=facts, key=f"bundle/{n}", unit=unit, to=_MANAGER))
    return tuple(found)


@cache
def every_preview(language: Language) -> Mapping[str, tuple[AnyMail, ...]]:
    """What can be looked at: every mail alone, and the morning mail with few and many asks."""
    found: dict[str, tuple[AnyMail, ...]] = {name: (made,) for name, made in every_mail(language)}
    found |= {f"bundle-{asks}": bundle(language, asks) for asks in (3, 12)}
    found |= matters(mail(MailKind.CALL, language), mail(MailKind.LIFT_MANAGER, language))
    return found | {f"notice-{one.kind}": (one,) for one in _every_notice(language)} | {"week-monday": week(language)}


def _every_notice(language: Language) -> Iterator[Notice]:
    yield from notices(language)
    yield from accounts(language)
    yield from bookings(language)
    to = Address("ada.berg@ekby.example", "Ada Berg", language)
    yield from to_administrators(to, FACTS.meeting, CALLED)
    yield from of_boards(replace(_UNIT, language=language), FACTS.meeting, CALLED)
    yield from to_managers(to, FACTS.meeting, CALLED)
    yield from of_groups(to, FACTS.meeting, CALLED)


def notices(language: Language) -> Iterator[Notice]:
    """The mails of no meeting: a test call, the same again, and its end."""
    start = FACTS.start - timedelta(days=12)
    for kind in (NoticeKind.MAILBOX_CHECK, NoticeKind.MAILBOX_CHECK_AGAIN, NoticeKind.MAILBOX_VERIFIED):
        ends = kind is NoticeKind.MAILBOX_VERIFIED
        yield Notice(
            f"{kind}/{language}", kind, replace(_UNIT, language=language), FACTS.meeting, _UNIT.name, CALLED,
            start, start + timedelta(minutes=15), Method.CANCEL if ends else Method.REQUEST, int(ends),
            FACTS.meeting, None if ends else Link.MAILBOX,
        )  # fmt: skip


def bookings(language: Language) -> Iterator[Notice]:
    """What answers a convener who booked a meeting in her calendar: its beginning, and later changes."""
    for kind in (NoticeKind.BOOKING, NoticeKind.BOOKING_CHANGED, NoticeKind.BOOKING_CANCELLED):
        detail = {"left_out": "2", "gaps": "no_place", "units": "Hemtjänsten Norr\nEkby vårdcentral"}
        ends = kind is NoticeKind.BOOKING_CANCELLED
        yield Notice(
            f"{kind}/{language}", kind, replace(_CONVENER, language=language), None, "", CALLED, FACTS.start, FACTS.end,
            user_id=FACTS.meeting, booking_id=FACTS.meeting,
            meeting_id=None if kind is NoticeKind.BOOKING else FACTS.meeting,
            detail=detail if ends else {**detail, "timed": "yes"},
        )  # fmt: skip


def accounts(language: Language) -> Iterator[Notice]:
    """The mails of an account: an invitation, and a link to another password."""
    to = Address("anna.ek@ekby.example", "Anna Ek", language)
    for kind, lives in (
        (NoticeKind.ACCOUNT_INVITATION, timedelta(days=7)), (NoticeKind.ACCOUNT_PASSWORD, timedelta(hours=1)),
    ):  # fmt: skip
        yield Notice(
            f"{kind}/{language}", kind, to, None, "Ada Berg", CALLED, CALLED, CALLED + lives, link=Link.ACCOUNT,
            user_id=FACTS.meeting,
        )  # fmt: skip


def week(language: Language) -> tuple[AnyMail, ...]:
    """Monday's mail of a unit: who comes where this week, and what is unanswered of the next."""
    to, monday = replace(_UNIT, language=language), FACTS.start.replace(day=16, hour=7)
    ahead = ((monday + timedelta(days=9, hours=3), "2HWN-8KC"),)
    head = Notice(
        f"week/{language}", NoticeKind.WEEK, to, FACTS.meeting, _UNIT.name, monday, monday,
        monday + timedelta(days=7), ahead=ahead,
    )  # fmt: skip
    first = mail(MailKind.WEEK, language, detail={"standing": "attends", "comes": DETAIL["names"]}, link=None)
    later = replace(
        FACTS, start=FACTS.start + timedelta(days=2), end=FACTS.end + timedelta(days=2), reference="9QXD-4TB"
    )
    second = mail(MailKind.WEEK, language, facts=later, detail={"standing": "no_answer"}, key=f"week/2/{language}")
    return head, first, second


def envelope(*, links: int = 1, link: str | None = LINK, code: Code | None = CODE) -> OutgoingEnvelope:
    """The usual tokens, with so many links."""
    return OutgoingEnvelope(bounce_token=BOUNCE, reply_token=REPLY, links=(link,) * links, codes=(code,) * links)


def composed(*mails: AnyMail, home: Home = HOME, base_url: str = BASE_URL) -> Composed:
    """One composed mail with made-up tokens, a link and a code of its own for each ask that has one."""
    link = LINK.replace(BASE_URL, base_url)
    signs = link[-1] if len(mails) == 1 else _LETTERS[: len(mails)]
    page = f"{base_url.partition('://')[2]}/kod"
    asked = [one.link is not None for one in mails]
    hers = [own_page(one, base_url) for one in mails]
    usual = OutgoingEnvelope(
        BOUNCE,
        REPLY if len(mails) == 1 and not (isinstance(mails[0], Mail) and mails[0].facts.protected) else None,
        tuple(link[:-1] + sign if ask else own for ask, sign, own in zip(asked, signs, hers, strict=True)),
        codes=tuple(
            None if own else Code(CODE.text if len(mails) == 1 else CODE.text[:-1] + sign.upper(), page)
            for sign, own in zip(signs, hers, strict=True)
        ),
    )
    return compose(mails, usual, home)
