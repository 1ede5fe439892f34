"""A meeting in the making: what is missing of each step, the same again, a follow-up; what is to be done around it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sip.domain import events as e
from sip.domain.account import forgotten, invitation
from sip.domain.agreement import MeetingKind
from sip.domain.checklist import ChecklistItem, checklist
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.meeting import Place
from sip.domain.people import Address
from sip.domain.sketch import Ground, Sketch, SketchParty, SketchStep, follow_up, missing, sketch_of
from sip.domain.terms import Channel, Form, Obligation, PlaceKind, Purpose
from tests.domain.cast import CARE_CENTRE, HOME_CARE, OUTSIDE, SCHOOL, World, at, called, draft, ident, local

EKEN = Place(PlaceKind.ROOM, "Vårdcentralen Eken", "Rum 2")
WHOLE = Sketch(
    CARE_CENTRE.unit_id, "Clara Kallar", "clara@region.example", "010-0000000",
    parties=(SketchParty(HOME_CARE.unit_id, Obligation.SUMMONED),), kind=MeetingKind.ADULT, purpose=Purpose.NEW_PLAN,
    questions=("Vem gör vad?",), form=Form.PHYSICAL, place=EKEN, start=at("2026-12-07 10:00"), reference="7F3K-2MQ",
    ground=Ground.CONSENT, consent_given="Muntligt", identity_said=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("without", "step"),
    [
        ({"parties": ()}, SketchStep.WHO),
        ({"convener_unit_id": None}, SketchStep.WHO),
        ({"convener_person": ""}, SketchStep.WHO),
        ({"convener_email": ""}, SketchStep.WHO),
        ({"convener_phone": ""}, SketchStep.WHO),
        ({"kind": None}, SketchStep.WHAT),
        ({"purpose": None}, SketchStep.WHAT),
        ({"questions": ()}, SketchStep.WHAT),
        ({"form": None}, SketchStep.WHEN),
        ({"place": None}, SketchStep.WHEN),
        ({"start": None}, SketchStep.WHEN),
        ({"ground": None}, SketchStep.CONSENT),
        ({"identity_said": False}, SketchStep.CONSENT),
        ({"consent_given": ""}, SketchStep.CONSENT),
        ({"ground": Ground.EXISTING, "reference": ""}, SketchStep.CONSENT),
        ({"ground": Ground.EXISTING, "consent_given": ""}, None),
        ({"ground": Ground.OTHER, "consent_given": "", "reference": ""}, None),
        ({"reference": "", "chair_name": "", "purpose_text": ""}, None),
    ],
)
def test_a_draft_cannot_be_without_it(without: dict[str, Any], step: SketchStep | None) -> None:
    sketch = replace(WHOLE, **without)
    assert [one for one in SketchStep if missing(sketch, one)] == ([] if step is None else [step])


def played() -> World:
    world = called("2026-11-02 10:00", "2027-01-29 10:30", [HOME_CARE, SCHOOL, OUTSIDE])
    world.do(e.PartyRemoved(3))
    return world


def test_the_same_again_has_neither_time_nor_case() -> None:
    found = sketch_of(played().the)
    assert found == Sketch(
        CARE_CENTRE.unit_id, "Clara Kallar", "clara@region.example", "010-0000000", "Clara Kallar",
        "clara@region.example",
        (
            SketchParty(HOME_CARE.unit_id, Obligation.SUMMONED), SketchParty(OUTSIDE.unit_id, Obligation.SUMMONED),
        ),
        MeetingKind.ADULT, Purpose.NEW_PLAN, "Gemensam planering", ("Vem gör vad?",), Form.PHYSICAL, EKEN, None, 60,
    )  # fmt: skip


def test_one_called_in_another_system_is_so_again_and_no_chair_is_none() -> None:
    world = World(at("2026-11-02 10:00"))
    parties = (e.PartyDraft(HOME_CARE.unit_id, Obligation.INVITED, other_system="Lifecare"),)
    world.do(replace(draft(at("2026-12-07 10:00")), parties=parties, chair_name=None, chair_email=None))
    found = sketch_of(world.the)
    assert found.parties == (SketchParty(HOME_CARE.unit_id, Obligation.INVITED, "Lifecare"),)
    assert (found.chair_name, found.chair_email) == ("", "")


@pytest.mark.parametrize(
    ("start", "months", "follows"),
    [
        ("2026-12-07 10:30", 3, "2027-03-08 10:30"),  # the seventh is a Sunday
        ("2027-01-29 10:30", 1, "2027-03-01 10:30"),  # February has no 29th, and its last day is a Sunday
        ("2026-12-31 10:30", 6, "2027-06-30 10:30"),
        ("2026-12-07 10:30", 12, "2027-12-07 10:30"),
        ("2026-12-07 10:30", 1, "2027-01-07 10:30"),
        ("2026-11-24 10:30", 1, "2026-12-28 10:30"),  # after Christmas
        ("2027-11-30 10:30", 3, "2028-02-29 10:30"),  # the last day of February in a leap year
        ("2026-12-07 10:30", 5, "2027-05-07 10:30"),  # the same hour, though summer time has begun
    ],
)
def test_a_follow_up_is_months_later_at_the_same_hour(start: str, months: int, follows: str) -> None:
    the = called("2026-11-02 10:00", start).the
    found = follow_up(the, months)
    assert found.start == at(follows), local(found.start)
    assert found == replace(
        sketch_of(the), purpose=Purpose.FOLLOW_UP, start=found.start, reference=the.reference, ground=Ground.EXISTING,
        follows=the.id,
    )  # fmt: skip


def test_who_was_told_and_until_when_is_not_taken_over() -> None:
    found = follow_up(played().the, 6)
    assert found.consent_until is None and not found.identity_said
    assert {party.told for party in found.parties} == {None}
    assert SketchParty(HOME_CARE.unit_id, Obligation.SUMMONED, told=Channel.PHONE) not in found.parties
    assert found.start is not None and found.start.date() == date(2027, 7, 29)


# -- what is to be done around it

K, P, F, W = MeetingKind, PlaceKind, Form, Purpose
ALL = ["person_informed", "person_wishes"]


@pytest.mark.parametrize(
    ("kind", "purpose", "form", "place", "lines"),
    [
        (K.ADULT, W.NEW_PLAN, F.PHYSICAL, P.ROOM, [*ALL, "interpreter", "room", "accessible"]),
        (K.CHILD, W.NEW_PLAN, F.PHYSICAL, P.HOME, [*ALL, "guardians", "child_heard", "interpreter", "home_agreed"]),
        (K.DISCHARGE, W.NEW_PLAN, F.VIDEO, P.VIDEO, [*ALL, "care_contact", "medicines", "interpreter", "link_tested"]),
        (K.LSS, W.NEW_PLAN, F.PHONE, P.PHONE, [*ALL, "support_person", "interpreter", "phone_tested"]),
        (
            K.PLACEMENT, W.FOLLOW_UP, F.HYBRID, P.ROOM,
            [
                *ALL, "guardians", "child_heard", "placement", "interpreter", "room", "accessible", "link_tested",
                "papers",
            ],
        ),
        (K.CHILD, W.PRE_MEETING, F.VIDEO, P.VIDEO, ["link_tested"]),
        (K.ADULT, W.CHANGED_NEEDS, F.PHONE, P.PHONE, [*ALL, "interpreter", "phone_tested", "papers"]),
    ],
)  # fmt: skip
def test_the_checklist_follows_from_the_meeting(
    kind: MeetingKind, purpose: Purpose, form: Form, place: PlaceKind, lines: list[str]
) -> None:
    assert checklist(kind, purpose, form, place) == tuple(ChecklistItem(line) for line in lines)


# -- mails of an account


def test_links_of_an_account_hold_a_week_or_an_hour() -> None:
    now, to, who = at("2026-11-02 10:00"), Address("ny@al.example", "Ny Användare"), ident("ny")
    assert invitation(who, to, "Siv", now) == Notice(
        f"account/{who}/account_invitation/{now.isoformat()}", NoticeKind.ACCOUNT_INVITATION, to, None, "Siv", now, now,
        at("2026-11-09 10:00"), link=Link.ACCOUNT, user_id=who,
    )  # fmt: skip
    assert forgotten(who, to, now) == Notice(
        f"account/{who}/account_password/{now.isoformat()}", NoticeKind.ACCOUNT_PASSWORD, to, None, "", now, now,
        at("2026-11-02 11:00"), link=Link.ACCOUNT, user_id=who,
    )  # fmt: skip
