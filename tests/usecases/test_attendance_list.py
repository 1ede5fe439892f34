"""A list of participants that Teams wrote: both layouts, both languages, both codings; and what is none."""

import codecs
from dataclasses import replace

import pytest

from sip.domain import events as e
from sip.domain.terms import AnswerKind, AttendeeState, Mark
from sip.usecases.attendance_list import Participant, Proposed, UnreadableListError, proposed, read
from tests.domain.cast import HOME_CARE, OUTSIDE, SCHOOL, World, called, said

OLDEST = """\
Full Name\tUser Action\tTimestamp
Ek, Anna (Hemtjänst)\tJoined before\t12/7/2026, 9:58:12 AM
Bo Lind (Guest)\tJoined\t12/7/2026, 10:01:00 AM
Ek, Anna (Hemtjänst)\tLeft\t12/7/2026, 10:55:01 AM
"""
OLDER = """\
Meeting Summary
Total Number of Participants\t2
Meeting Title\tSIP-möte
Meeting Start Time\t12/7/2026, 9:55:00 AM

Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)
Anna Ek\t12/7/2026, 9:58:12 AM\t12/7/2026, 10:55:01 AM\t56m 49s\tanna@al.example\tPresenter\tanna@al.example
Bo Lind\t12/7/2026, 10:01:00 AM\t12/7/2026, 10:55:01 AM\t54m 1s\t\tAttendee\t
"""
LATER = """\
1. Summary
Meeting title\tSIP-möte
Attended participants\t2
Start time\t12/7/26, 9:55:00 AM

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Anna Ek\t12/7/26, 9:58:12 AM\t12/7/26, 10:55:01 AM\t56m 49s\tanna@al.example\tanna@al.example\tPresenter
Bo Lind\t12/7/26, 10:01:00 AM\t12/7/26, 10:55:01 AM\t54m 1s\t\t\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Anna Ek\t12/7/26, 9:58:12 AM\t12/7/26, 10:55:01 AM\t56m 49s\tanna@al.example\tPresenter
"""
SWEDISH = """\
1. Sammanfattning,
Mötesrubrik,"SIP-möte, uppföljning"
Antal deltagare,2

2. Deltagare,
Namn,Första anslutning,Sista utträde,Tid i mötet,E-post,Deltagar-ID (UPN),Roll
"Ek, Anna","2026-12-07, 09:58:12","2026-12-07, 10:55:01",56 min 49 s,anna@al.example,anna@al.example,Presentatör
Bo Lind (overifierad),"2026-12-07, 10:01:00","2026-12-07, 10:55:01",54 min 1 s,,,Deltagare

3. Aktiviteter under mötet,
"""
OLDER_SWEDISH = """\
Mötessammanfattning
Totalt antal deltagare\t2
Mötesrubrik\tSIP-möte
Mötets starttid\t2026-12-07 09:55:12

Fullständigt namn\tAnslutningstid\tTid då deltagaren lämnade\tVaraktighet\tE-post\tRoll\tDeltagar-ID (UPN)
Ek Anna\t2026-12-07 09:58:12\t2026-12-07 10:20:01\t21 min 49 s\tanna@al.example\tPresentatör\tanna@al.example
Bo Lind (gäst)\t2026-12-07 10:01:00\t2026-12-07 11:01:01\t1 tim 1 s\t\tDeltagare\t
Ek Anna\t2026-12-07 10:24:44\t2026-12-07 11:00:01\t35 min 17 s\tanna@al.example\tPresentatör\tanna@al.example
"""
ANNA, BO = frozenset({"anna", "ek"}), frozenset({"bo", "lind"})
TEXTS = {"oldest": OLDEST, "older": OLDER, "later": LATER, "Swedish": SWEDISH, "older Swedish": OLDER_SWEDISH}
CODINGS = {
    "UTF-16 as Teams writes it": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16 without its mark": lambda text: text.encode("utf-16-le"),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-8 and Windows' ends of lines": lambda text: text.replace("\n", "\r\n").encode(),
    "saved anew by a spreadsheet": lambda text: text.encode("cp1252"),
    "with semicolons": lambda text: text.replace("\t", ";").encode(),
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("layout", TEXTS)
def test_both_layouts_are_read_however_they_are_coded(layout: str, coding: str) -> None:
    found = read(CODINGS[coding](TEXTS[layout]))
    emails = frozenset() if layout == "oldest" else frozenset({"anna@al.example"})
    assert set(found) == {Participant(ANNA, emails), Participant(BO, frozenset())}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_table"),
        (b"Hej!\nVi kommer.\n", "no_table"),
        (b"PK\x03\x04" + bytes(400), "not_csv"),
        (b"%PDF-1.7", "not_csv"),
        (b"Name\tEmail\n\x00\x00", "not_csv"),
        (b"Name\tEmail\n", "empty"),
        (b"Name\tEmail\n\t\n", "empty"),
        (b"Name,Email\n\"" + b"a" * 200_000, "not_csv"),
        (b"Name\tEmail\n" + b"a" * 500_001, "too_long"),
        ("1. Summary\nx\ty\n".encode("utf-16"), "no_table"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_said_to_be_none(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadableListError) as wrong:
        read(raw)
    assert wrong.value.code == code


OUT, HOME, SCHOOLS, BOKS = 1, 2, 3, 4
"""The parties of the meeting: the convener's, home care, the school, and one of another organisation."""


def the_world() -> World:
    """Home care has named Anna, Berit stands in at the school, nobody of Bok has been named."""
    outside = replace(OUTSIDE, mail_domains=frozenset({"bok.example"}))
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE, SCHOOL, outside])
    world.rosters[outside.unit_id] = outside
    named = (e.NamedPerson("Anna Ek", "anna@al.example"),)
    world.do(e.Answered(HOME, AnswerKind.ATTENDS, said(world), names=named))
    stands_in = (e.NamedPerson("Berit Bo", "berit@al.example"),)
    world.do(e.Answered(SCHOOLS, AnswerKind.REGRETS, said(world), stands_in=stands_in))
    world.do(e.AttendeeAnswered(SCHOOLS, 1, AttendeeState.ACCEPTED, said(world)))
    return world


def of(*listed: tuple[str, str]) -> Proposed:
    world = the_world()
    known = {party.ordinal: world.rosters.get(party.unit_id) for party in world.the.parties}
    wanted = [Participant(frozenset(name.lower().split()), frozenset(email.split())) for name, email in listed]
    return proposed(world.the, wanted, known)


def test_a_list_proposes_by_address_name_and_organisation() -> None:
    found = of(
        ("ann-marie annat namn", "anna@al.example"), ("bo berit", ""), ("okänd", "x@bok.example"), ("clara kallar", ""),
        ("någon helt annan", ""), ("av två nämnder", "y@al.example"),
    )  # fmt: skip
    assert found.marks == {
        OUT: Mark.ATTENDED, HOME: Mark.ATTENDED, SCHOOLS: Mark.SUBSTITUTE_ATTENDED, BOKS: Mark.ATTENDED,
    }  # fmt: skip
    assert found.names == {OUT: ["Clara Kallar"], HOME: ["Anna Ek"], SCHOOLS: ["Berit Bo"]}, "the names that we had"
    assert found.unknown == 2


def test_a_name_that_two_parties_have_proposes_neither() -> None:
    world = the_world()
    world.do(e.Answered(BOKS, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Anna Ek"),)))
    listed = [Participant(frozenset({"anna", "ek"}), frozenset())]
    assert proposed(world.the, listed, {}).marks == {}
    assert proposed(world.the, [Participant(frozenset(), frozenset({"hemtjanst@al.example"}))], {}).marks == {
        HOME: Mark.ATTENDED
    }
