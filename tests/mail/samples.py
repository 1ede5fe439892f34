"""Every mail there is, with made-up facts: for tests, and for looking at (`python tests/mail/samples.py FOLDER`)."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import UUID

from sip.domain.effects import Link, Mail, MailKind, MeetingFacts, Method, Told
from sip.domain.meeting import Form, Place, PlaceKind, Purpose
from sip.domain.people import Address, Language
from sip.edges.mail.addresses import Home
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import Composed, Envelope

HOME = Home("sip.region.example")
REPLY = "abcdefghijklmnopqrstuvwxyz"
BOUNCE = "zyxwvutsrqponmlkjihgfedcba"
LINK = "https://sip.region.example/svar/q7m3kx2vbn4tfa6hzwcy5rds2e"
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
    purpose=Purpose.NEW_PLAN,
    convener_unit="Vuxenenheten Ekby",
    convener_person="Anna Ek",
    convener_phone="010-123 45 67",
    convener_email="anna.ek@ekby.example",
    sequence=0,
    revision=1,
)
REQUESTS = (
    MailKind.CALL, MailKind.UPDATE, MailKind.TEXT_UPDATE, MailKind.REMINDER, MailKind.RESEND, MailKind.NAMED,
    MailKind.ASK_SUBSTITUTE,
)  # fmt: skip
CANCELS = (MailKind.CANCELLED, MailKind.REMOVED, MailKind.STOOD_DOWN)
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
    "email": "info@ekby.example",
    "smtp": "550 5.1.1 User unknown",
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
    MailKind.DEVIATION_RAISED: ("answer_until",),
    MailKind.DEVIATION_REMINDER: ("answer_until", "days"),
    MailKind.DEVIATION_MANAGER: ("answer_until",),
    MailKind.DEVIATION_HEAD: ("answer_until",),
    MailKind.DEVIATION_ANSWERED: ("cause",),
    MailKind.DEVIATION_DISPUTED: ("statement",),
    MailKind.DEVIATION_WITHDRAWN: ("because",),
}
TOLD_USED = {
    Told.REGRET: ("reason",),
    Told.REDIRECT: ("target",),
    Told.PROPOSAL: ("proposed_start", "proposed_end"),
    Told.INFORMS: ("channel",),
    Told.REPRESENTED: ("target",),
    Told.SUBSTITUTE_FOUND: ("names",),
    Told.SUBSTITUTES_BY_PHONE: ("phones",),
    Told.UNDELIVERABLE: ("smtp", "phones", "email"),
    Told.PHONE_TASK: ("phones",),
    Told.WEEKEND_PHONE: ("phones",),
    Told.UPHELD: ("grounds",),
    Told.UNCONFIRMED: ("answer", "email"),
    Told.PARTY_CRASHER: ("answer", "email"),
    Told.DELEGATE: ("answer", "email"),
    Told.DELEGATE_REFUSED: ("names",),
    Told.CLAIM_CONFIRMED: ("answer", "email"),
    Told.CLAIM_REFUSED: ("answer", "email"),
    Told.CANDIDATE_CONFIRMED: ("answer", "email", "names"),
    Told.CANDIDATE_REFUSED: ("answer", "email"),
}


def mail(kind: MailKind, language: Language = Language.SV, **changes: object) -> Mail:
    """A mail of this kind with the facts and details it usually carries."""
    method = Method.REQUEST if kind in REQUESTS else Method.CANCEL if kind in CANCELS else None
    detail = {**DETAIL, "old_start": "2026-11-16T09:00:00+00:00", "old_end": "2026-11-16T10:00:00+00:00"}
    made = Mail(
        key=f"{FACTS.meeting_id}/{kind}/{language}",
        kind=kind,
        to=Address("hemtjansten.norr@ekby.example", "Hemtjänsten Norr", language),
        facts=FACTS,
        dtstamp=CALLED,
        method=method,
        invitation=3 if method else None,
        link=Link.ANSWER,
        unit="Hemtjänsten Norr",
        identity_channel="phone",
        detail={key: detail[key] for key in USED.get(kind, ())},
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a test's own fields


def every_mail(language: Language) -> Iterator[tuple[str, Mail]]:
    """Each kind once, and each thing told once."""
    for kind in MailKind:
        if kind in (MailKind.CONVENER_TOLD, MailKind.COORDINATOR_TOLD, MailKind.DECISION):
            for told in Told:
                detail = {key: DETAIL[key] for key in TOLD_USED.get(told, ())} | {"what": told.value}
                yield f"{kind}-{told}", mail(kind, language, detail=detail, key=f"{kind}/{told}/{language}")
        else:
            yield str(kind), mail(kind, language)


def envelope(*, links: int = 1, link: str | None = LINK) -> Envelope:
    return Envelope(bounce_token=BOUNCE, reply_token=REPLY, links=(link,) * links)


def composed(*mails: Mail) -> Composed:
    """One composed mail with the usual tokens; a CANCEL without a link."""
    cancel = mails[0].method is Method.CANCEL
    return compose(mails, envelope(links=len(mails), link=None if cancel else LINK), HOME)


def bundle(language: Language) -> tuple[Mail, ...]:
    kinds = (MailKind.LIFT_MANAGER, MailKind.NAME_MISSING, MailKind.CONFIRM_TENTATIVE)
    return tuple(
        mail(kind, language, facts=replace(FACTS, reference=reference), key=f"bundle/{kind}")
        for kind, reference in zip(kinds, ("7F3K-2MQ", "9QXD-4TB", "2HWN-8KC"), strict=True)
    )


def write(folder: Path) -> None:
    """Each mail as .eml, .html and .txt in the folder, both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in Language:
        named = [(name, composed(made)) for name, made in every_mail(language)]
        named.append(("bundle", composed(*bundle(language))))
        for name, ready in named:
            stem = folder / f"{name}.{language}"
            stem.with_suffix(f".{language}.eml").write_bytes(ready.data)
            message = message_from_bytes(ready.data, policy=default)
            for part in message.walk():
                if part.get_content_maintype() == "text" and part.get_content_subtype() in ("plain", "html"):
                    suffix = "txt" if part.get_content_subtype() == "plain" else "html"
                    stem.with_suffix(f".{language}.{suffix}").write_text(part.get_content(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
