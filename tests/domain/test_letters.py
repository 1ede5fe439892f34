"""Mails that belong to no meeting, and which of those to a convener she may do without (rules, section 3)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sip.domain import account, barrier
from sip.domain.effects import Link, Mail, MailKind, Notice, NoticeKind, Told
from sip.domain.optional import NoticeTopic, topic_of
from sip.domain.people import Address
from tests.domain.cast import at, called, ident

NOW, WHO, TO = at("2026-11-02 10:00"), ident("user"), Address("siv@region.example", "Siv Holm")
OPTIONAL = {
    Told.SUBSTITUTE_FOUND: NoticeTopic.SOLVED, Told.UNIT_COMES_AFTER_ALL: NoticeTopic.SOLVED,
    Told.NEW_MAILBOX: NoticeTopic.ARRANGED, Told.BOUNCE_NOTED: NoticeTopic.ARRANGED,
    Told.POLL_ALL: NoticeTopic.POLL, Told.POLL_CLOSED: NoticeTopic.POLL,
}  # fmt: skip


def told(what: str, kind: MailKind = MailKind.CONVENER_TOLD) -> Mail:
    return replace(called("2026-11-02 10:00", "2026-12-07 10:00").mails[0], kind=kind, detail={"what": what})


@pytest.mark.parametrize("what", Told)
def test_three_topics_ask_nothing_and_can_be_switched_off(what: Told) -> None:
    assert topic_of(told(what)) is OPTIONAL.get(what)


def test_nothing_else_can_be_switched_off() -> None:
    for kind in MailKind:
        found = topic_of(told(Told.SUBSTITUTE_FOUND, kind))
        assert found is (NoticeTopic.SOLVED if kind is MailKind.CONVENER_TOLD else None)
    assert topic_of(told("something new")) is None
    assert topic_of(replace(told(""), detail={})) is None
    assert topic_of(account.invitation(WHO, TO, "Kim", NOW)) is None


def test_what_somebody_could_not_use_is_told_and_not_what_it_was() -> None:
    made = barrier.told(ident("barrier"), WHO, TO, NOW)
    key = f"barrier/{ident('barrier')}/{WHO}"
    assert made == Notice(key, NoticeKind.BARRIER, TO, None, "", NOW, NOW, NOW, user_id=WHO)
    assert (timedelta(hours=1), 5) == (barrier.WITHIN, barrier.MOST_TOLD)


def test_a_link_to_a_password_holds_for_a_while() -> None:
    """Decision 0071: a week for who is invited, an hour for who has forgotten, three of them an hour."""
    key, invited = f"account/{WHO}", NOW + timedelta(days=7)
    assert account.invitation(WHO, TO, "Kim", NOW) == Notice(
        f"{key}/account_invitation/{NOW.isoformat()}", NoticeKind.ACCOUNT_INVITATION, TO, None, "Kim", NOW, NOW,
        invited, link=Link.ACCOUNT, user_id=WHO,
    )  # fmt: skip
    assert account.forgotten(WHO, TO, NOW) == Notice(
        f"{key}/account_password/{NOW.isoformat()}", NoticeKind.ACCOUNT_PASSWORD, TO, None, "", NOW, NOW,
        NOW + timedelta(hours=1), link=Link.ACCOUNT, user_id=WHO,
    )  # fmt: skip
    assert account.MOST_ASKED == 3
