"""The second chapter is whole, nobody in it is real, and each of its promises finds what breaks it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from sip.demo.groups import cast, counties, promises
from sip.demo.groups.cast import Comes
from sip.demo.groups.chapter import BEGINS, ENDS
from sip.demo.groups.promises import ASKS, GroupsObserved, broken, entries_of
from sip.demo.groups.questions import ADOPTED, ASSIGNED, OUTCOME
from sip.demo.hours import at
from sip.demo.letter import read
from sip.demo.postoffice import Arrival
from sip.usecases import county_file

from .sample import invitation

MON = at("2026-11-30", "10:00")


def mail(to: str, number: int, when: datetime = MON, *, entry: bool = False, text: str = "") -> Arrival:
    letter = read(invitation(to), to)
    invite = letter.invite
    assert invite is not None
    invite = replace(invite, uid=f"{to}/{number}", start=at(f"2027-01-{number:02d}", "10:00")) if entry else None
    return Arrival(when, number, replace(letter, message_id=f"{to}/{number}", text=text, invite=invite))


def as_it_should_be() -> GroupsObserved:
    mails = [
        mail(email, n, at("2026-11-24", "08:00"))
        for email, asked in cast.bodies().items()
        for n in range(ASKS[asked.body.appoints])
    ]
    calls: dict[str, int] = {}
    for group in cast.GROUPS:
        for email, count in entries_of(group).items():
            calls[email] = calls.get(email, 0) + count
    mails += [mail(email, n, entry=True) for email, count in calls.items() for n in range(1, count + 1)]
    mails += [mail(cast.OFFICER, 1), mail(cast.OWNER_MAILBOX, 1, at(ASSIGNED.due_on, "08:00"))]
    came = {Comes.SENDS: "substitute", Comes.NO: "nobody"}
    marks = {
        (group.key, day): [
            came.get(seat.comes, "representative") if day == group.days[0] else "representative" for seat in group.seats
        ]
        for group in cast.GROUPS
        for day in group.days
    }
    return GroupsObserved(mails, marks, f"... {ADOPTED.text} ...", f"... {OUTCOME} ...")


def test_what_went_as_it_should_breaks_nothing() -> None:
    assert broken(as_it_should_be()) == []


def without(address: str) -> Callable[[GroupsObserved], GroupsObserved]:
    return lambda seen: replace(seen, arrivals=[one for one in seen.arrivals if one.letter.recipient != address])


def more(*mails: Arrival) -> Callable[[GroupsObserved], GroupsObserved]:
    return lambda seen: replace(seen, arrivals=[*seen.arrivals, *mails])


BODY, SITTER = cast.CONSULTATION.seats[1].bodies[0].email, "nils.hagg@abbortrask.example"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (more(mail(BODY, 9)), "was asked 2 times"),
        (without(BODY), "was asked 0 times"),
        (without(cast.OFFICER), "lifted 0 times"),
        (more(mail(cast.OFFICER, 9)), "lifted 2 times"),
        (without(SITTER), "has 0 entries"),
        (more(mail(SITTER, 9, entry=True)), "has 3 entries"),
        (more(mail(SITTER, 9, text="Kallad: Nils Hägg")), "names Nils Hägg"),
        (more(mail(cast.OWNER_MAILBOX, 9, at("2027-03-16", "08:00"))), "was asked on 2027-03-15, 2027-03-16"),
        (without(cast.OWNER_MAILBOX), "was asked on no day"),
        (lambda seen: replace(seen, above=""), "has not come back"),
        (lambda seen: replace(seen, below=""), "does not stand beside it"),
        (lambda seen: replace(seen, presences={("rpo", "2026-12-08"): ["representative"]}), "1 representative came"),
    ],
)  # fmt: skip
def test_each_promise_finds_what_breaks_it(spoil: Callable[[GroupsObserved], GroupsObserved], said: str) -> None:
    (one,) = broken(spoil(as_it_should_be()))
    assert said in one


def test_a_body_asked_at_night_and_two_entries_for_one_date_are_seen() -> None:
    assert promises.outside_office_time([mail(BODY, 1, at("2026-11-24", "07:59"))])
    assert promises.outside_office_time([mail(BODY, 1, at("2026-11-28", "10:00"))])
    assert not promises.outside_office_time([mail(BODY, 1, at("2026-11-24", "08:00"))])
    first, second = mail(SITTER, 1, entry=True), mail(SITTER, 2, entry=True)
    assert first.letter.invite is not None and second.letter.invite is not None
    twice = replace(second.letter.invite, start=first.letter.invite.start)
    seen = promises.calendars_differ([first, replace(second, letter=replace(second.letter, invite=twice))])
    assert f"{SITTER} has two entries for one date." in seen


def test_the_counties_are_whole_and_made_up() -> None:
    read_in = [county_file.parse(file.read_bytes()) for file in counties.FILES]
    names = {place.name for one in read_in for place in one.places}
    assert len(read_in[1].places) == 16, "a region and fifteen municipalities"
    for group in cast.GROUPS:
        assert group.county in {None, *(one.name for one in read_in)}
        assert all(body.principal in names for seat in group.seats for body in seat.bodies)
        assert all(BEGINS < at(day, group.hours[0]) < ENDS for day in group.days)
        assert {group.keeper} <= {one.email for one in counties.users()}
    addresses = {*cast.bodies(), *cast.sitters(), cast.OFFICER, cast.OWNER_MAILBOX}
    assert all(re.fullmatch(r"[a-z.@-]+\.example", one) for one in addresses)
    assert all(len(user.password) >= 12 for user in counties.users())
