"""What becomes of a meeting that a convener booked in her own calendar: gaps, later words, the sketch, the one mail
that answers (rules, section 10).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sip.domain.booking import (
    Booking,
    BookingGap,
    BookingHeard,
    BookingState,
    begun,
    cancelled,
    followed,
    notice,
    sketch_of,
    taken,
    updated,
)
from sip.domain.bounds import FARTHEST
from sip.domain.effects import Notice, NoticeKind
from sip.domain.meeting import Place
from sip.domain.people import Address
from sip.domain.sketch import Sketch, SketchParty
from sip.domain.terms import Form, Obligation, PlaceKind
from tests.domain.cast import HOME_CARE, SCHOOL, at, ident

NOW, LATER = at("2026-11-02 10:00"), at("2026-11-03 09:00")
START, END = at("2026-12-07 10:00"), at("2026-12-07 11:30")
VIDEO = "https://video.example/x"
HEARD = BookingHeard(0, START, END, False, False, VIDEO, "Eken, rum 2", (HOME_CARE.unit_id, SCHOOL.unit_id), 2)
G, S = BookingGap, BookingState


def booked(**more: Any) -> Booking:
    heard = replace(HEARD, **more)
    return begun(ident("booking"), ident("clara"), b"uid", heard, NOW)


def times(booking: Booking) -> tuple[datetime | None, datetime | None]:
    return booking.start, booking.end


def test_all_that_was_understood_is_kept() -> None:
    assert booked() == Booking(
        ident("booking"), ident("clara"), b"uid", 0, S.WAITING, NOW, START, END, VIDEO, "Eken, rum 2",
        (HOME_CARE.unit_id, SCHOOL.unit_id), 2, (), None,
    )  # fmt: skip


DAYS, SOON = timedelta(days=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("more", "gaps", "kept"),
    [
        ({}, [], (START, END)),
        ({"end": None}, [], (START, START + timedelta(hours=1))),
        ({"end": START + DAYS}, [], (START, START + DAYS)),
        ({"end": START + DAYS + timedelta(seconds=1)}, [G.NO_TIME], (None, None)),
        ({"end": START}, [G.NO_TIME], (None, None)),
        ({"start": None}, [G.NO_TIME], (None, None)),
        ({"start": None, "end": None}, [G.NO_TIME], (None, None)),
        ({"start": NOW, "end": NOW + timedelta(hours=1)}, [G.PAST], (None, None)),
        ({"start": SOON, "end": None}, [], (SOON, SOON + timedelta(hours=1))),
        ({"all_day": True}, [G.ALL_DAY], (None, None)),
        ({"all_day": True, "end": None}, [G.ALL_DAY], (None, None)),
        ({"recurring": True}, [G.RECURRING], (START, END)),
        ({"video_url": None}, [], (START, END)),
        ({"place_unit": None}, [], (START, END)),
        ({"video_url": None, "place_unit": None}, [G.NO_PLACE], (START, END)),
        ({"units": ()}, [G.NO_UNITS], (START, END)),
        (
            {"all_day": True, "recurring": True, "video_url": None, "place_unit": None, "units": ()},
            [G.ALL_DAY, G.RECURRING, G.NO_PLACE, G.NO_UNITS], (None, None),
        ),
    ],
)  # fmt: skip
def test_what_could_not_be_taken_over(
    more: dict[str, object], gaps: list[BookingGap], kept: tuple[datetime | None, datetime | None]
) -> None:
    found = booked(**more)
    assert (list(found.gaps), times(found)) == (gaps, kept)


def test_a_meeting_too_far_ahead_has_no_time() -> None:
    last = NOW + FARTHEST
    assert booked(start=last, end=None).gaps == ()
    assert booked(start=last + timedelta(seconds=1), end=None).gaps == (G.NO_TIME,)


# -- what her calendar says later

AGAIN = replace(HEARD, sequence=1, start=START + DAYS, end=END + DAYS, place_unit=None, left_out=0)


def test_while_it_waits_it_is_followed() -> None:
    found = updated(booked(), AGAIN, LATER)
    assert found == replace(
        booked(), sequence=1, start=START + DAYS, end=END + DAYS, place_unit=None, left_out=0, heard_at=LATER
    )


def test_what_is_not_later_changes_nothing() -> None:
    assert updated(booked(), replace(AGAIN, sequence=0), LATER) == booked()
    assert cancelled(booked(sequence=2), 1, LATER) == booked(sequence=2)


def test_of_one_that_a_draft_was_made_of_only_the_time_is_remembered() -> None:
    made = taken(booked(), ident("meeting"))
    assert (made.state, made.meeting_id) == (S.TAKEN, ident("meeting"))
    moved = updated(made, AGAIN, LATER)
    assert moved == replace(made, sequence=1, start=START + DAYS, end=END + DAYS, heard_at=LATER)
    off = cancelled(moved, 1, LATER)
    assert off == replace(moved, start=None, end=None)
    assert cancelled(made, 3, LATER) == replace(made, sequence=3, start=None, end=None, heard_at=LATER)


def test_one_that_was_cancelled_waits_again() -> None:
    off = cancelled(booked(), 0, LATER)
    assert off == replace(booked(), state=S.CANCELLED, heard_at=LATER)
    assert cancelled(booked(), 4, LATER).sequence == 4
    assert updated(off, AGAIN, LATER).state is S.WAITING


# -- the sketch

OWN = Sketch(convener_unit_id=SCHOOL.unit_id, convener_person="Clara", purpose_text="Plan")


def test_a_sketch_of_it_has_time_place_and_the_other_units() -> None:
    assert sketch_of(booked(), OWN) == replace(
        OWN, parties=(SketchParty(HOME_CARE.unit_id, Obligation.SUMMONED),), start=START, minutes=90, form=Form.HYBRID,
        place=Place(PlaceKind.ROOM, "Eken, rum 2", None, VIDEO),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "form", "place"),
    [
        ({"video_url": None}, Form.PHYSICAL, Place(PlaceKind.ROOM, "Eken, rum 2")),
        ({"place_unit": None}, Form.VIDEO, Place(PlaceKind.VIDEO, video_url=VIDEO)),
        ({"place_unit": None, "video_url": None}, None, None),
    ],
)
def test_its_form_follows_from_what_was_said(more: dict[str, object], form: Form | None, place: Place | None) -> None:
    found = sketch_of(booked(**more), OWN)
    assert (found.form, found.place) == (form, place)


def test_a_booking_without_a_time_is_proposed_to_be_an_hour() -> None:
    found = sketch_of(booked(all_day=True), OWN)
    assert (found.start, found.minutes) == (None, 60)
    for without in (replace(booked(), end=None), replace(booked(), start=None)):
        assert sketch_of(without, OWN).minutes == 60


def test_what_she_has_changed_herself_stays_hers() -> None:
    before, after = booked(), updated(booked(), replace(AGAIN, video_url=None, place_unit="Linden"), LATER)
    made = sketch_of(before, OWN)
    both = followed(made, before, after)
    assert (both.start, both.minutes) == (START + DAYS, 90)
    assert (both.form, both.place) == (Form.PHYSICAL, Place(PlaceKind.ROOM, "Linden"))
    assert both.parties == made.parties
    for hers in (replace(made, start=START + 2 * DAYS), replace(made, minutes=30)):
        found = followed(hers, before, after)
        assert (found.start, found.minutes) == (hers.start, hers.minutes)
        assert found.place == Place(PlaceKind.ROOM, "Linden")
    for hers in (replace(made, form=Form.PHONE), replace(made, place=None)):
        found = followed(hers, before, after)
        assert (found.form, found.place) == (hers.form, hers.place)
        assert found.start == START + DAYS


# -- the mail

TO = Address("clara@region.example", "Clara Kallar")


def answered(booking: Booking, kind: NoticeKind = NoticeKind.BOOKING) -> Notice:
    return notice(booking, kind, TO, ("Hemtjänsten Al", "Skolan Al"), NOW)


def test_the_one_mail_says_what_was_understood() -> None:
    found = answered(taken(booked(), ident("meeting")))
    assert found == Notice(
        f"booking/{ident('booking')}/{found.kind}/0", NoticeKind.BOOKING, TO, None, "", NOW, START, END,
        user_id=ident("clara"), booking_id=ident("booking"), meeting_id=ident("meeting"),
        detail={
            "left_out": "2", "gaps": "", "units": "Hemtjänsten Al\nSkolan Al", "timed": "yes", "place": "Eken, rum 2",
        },
    )  # fmt: skip


def test_the_mail_of_one_that_says_little() -> None:
    found = answered(booked(all_day=True, recurring=True, place_unit=None, sequence=3))
    assert (found.start, found.end) == (NOW, NOW)
    assert found.key.endswith("/3")
    assert found.detail == {
        "left_out": "2", "gaps": "all_day,recurring", "units": "Hemtjänsten Al\nSkolan Al", "place": "video",
    }  # fmt: skip
    assert "place" not in answered(booked(place_unit=None, video_url=None)).detail
