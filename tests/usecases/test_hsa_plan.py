"""An export of HSA against the directory (rules, section 22): what is read of the file, and who holds."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain.worktime import STOCKHOLM
from sip.store.directory import OrganisationRecord, UnitRecord
from sip.usecases.directory.hsa_plan import Holds, HsaAct, HsaAsked, HsaPlan, plan
from sip.usecases.directory.hsa_units import HsaFile, HsaUnit, parse
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import DirectoryFileError
from sip.usecases.directory.wanted import end_of

FILE = (Path(__file__).parent / "hsa.ldif").read_bytes()
BOARD = OrganisationRecord(key_id("organisation", "board"), UUID(int=1), "Nämnden Region", "board")
ORGANISATIONS = {BOARD.id: BOARD}
EKEN, OTHER = "SE2399990110-E001", "SE2399990110-E002"
NOW = datetime(2026, 11, 2, 10, tzinfo=STOCKHOLM)


def entry(line: int = 1, hsa_id: str = EKEN, **more: Any) -> HsaUnit:
    known: dict[str, Any] = {
        "name": "Eken", "phone": "0400-1", "mail": None, "first_day": None, "last_day": None, "archived": False,
        "above": ("Nämnden Region", "Region Exempel"),
    }  # fmt: skip
    return HsaUnit(line, hsa_id, **{**known, **more})


class Kept:
    """A directory with what was last read, to which files are read one after the other."""

    def __init__(self, **unit: Any) -> None:
        one = UnitRecord(UUID(int=7), BOARD.id, "Eken", EKEN, "0400-1")
        self.units = {one.id: replace(one, **unit)}
        self.values: dict[tuple[UUID, str], str] = {}

    def read(self, *units: HsaUnit, holds: Any = None, known_only: bool = False, now: datetime = NOW) -> HsaPlan:
        asked = HsaAsked(None, known_only, holds)
        found = plan(HsaFile(units, 0), self.units, ORGANISATIONS, self.values, asked, now)
        self.units |= {one.id: one for one in found.units}
        self.values |= {(unit, field): value for unit, field, value in found.values}
        return found

    def by_hand(self, **changes: Any) -> None:
        self.units = {key: replace(one, **changes) for key, one in self.units.items()}

    @property
    def unit(self) -> UnitRecord:
        return self.units[UUID(int=7)]


def acts(found: HsaPlan) -> list[tuple[HsaAct, tuple[tuple[str, str, str], ...]]]:
    return [(one.act, one.cells) for one in found.lines]


def test_a_file_is_read_as_ldap_tools_write_it() -> None:
    found = parse(FILE)
    assert [(one.name, one.phone, one.line) for one in found.units] == [
        ("Vårdcentralen Eken", "0400-00 00 01", 10),
        ("Vårdcentralen Lönen", "+46 400 00 00 02", 19),
    ]
    assert found.units[1].above == ("Nämnden Region", "Region Exempel")
    assert (found.units[0].first_day, found.units[0].mail) == (date(2010, 6, 1), "eken@region.example")
    assert found.passed_over == 3 and "Anna" not in repr(found)


@pytest.mark.parametrize(
    ("wrong", "line", "code"),
    [
        (FILE.replace(b"ou: V\xc3\xa5rdcentralen Eken", b"ou V\xc3\xa5rdcentralen"), 13, "ldif_line"),
        (FILE.replace(b"dn: ou=V\xc3\xa5rdcentralen Eken,", b"cn: Eken,"), 10, "ldif_dn"),
        (FILE.replace(b"SE2399990110-E002", b"SE2399990110-E001"), 19, "unit_twice"),
        (FILE.replace(b"SE2399990110-E001", b"E001"), 10, "bad_hsa_id"),
        (FILE.replace(b"20100601000000Z", b"i fjol"), 10, "hsa_day"),
        (FILE.replace(b"objectClass: hsaUnit", b"changetype: modify", 1), 12, "ldif_change"),
        ("ou: Vårdcentralen".encode("latin-1"), 1, "ldif_utf8"),
        (b"dn: o=Region Exempel,c=SE\nobjectClass: organization\n", 1, "hsa_none"),
        (b"", 1, "hsa_none"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(wrong: bytes, line: int, code: str) -> None:
    with pytest.raises(DirectoryFileError) as raised:
        parse(wrong)
    (error,) = raised.value.errors
    assert (error.line, error.code) == (line, code) and error.sentence


@given(st.binary(max_size=300))
def test_any_bytes_are_a_file_or_an_error_of_a_line(data: bytes) -> None:
    try:
        assert parse(data).units
    except DirectoryFileError as error:
        assert error.errors and all(one.line >= 1 and one.sentence for one in error.errors)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("20261231", date(2026, 12, 31)), ("2026-12-31", date(2026, 12, 31)),
        ("20261231225959Z", date(2026, 12, 31)), ("20261231230000Z", date(2026, 12, 31)),
        ("20261231230001Z", date(2027, 1, 1)), ("20270101000000+0100", date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_a_last_day_is_the_swedish_one(said: str, day: date) -> None:
    text = FILE.replace(b"startDate: 20100601000000Z", f"endDate: {said}".encode())
    assert parse(text).units[0].last_day == day


def test_what_stands_as_it_was_read_follows_and_what_was_mended_stays() -> None:
    kept = Kept(phone=None)
    assert acts(kept.read(entry())) == [(HsaAct.CHANGED, (("phone", "", "0400-1"),))], "nothing was kept there"
    assert acts(kept.read(entry(phone="0400-2"))) == [(HsaAct.CHANGED, (("phone", "0400-1", "0400-2"),))]
    kept.by_hand(phone="0400-9")
    assert acts(kept.read(entry(phone="0400-2"))) == [], "kept by hand while the catalogue says what it said"
    asked = kept.read(entry(phone="0400-3"))
    assert acts(asked) == [(HsaAct.ASKED, (("phone", "0400-9", "0400-3"),))]
    assert (kept.unit.phone, asked.units, asked.values) == ("0400-9", (), ())
    question = asked.lines[0].question
    kept.read(entry(phone="0400-3"), holds={question: Holds.OURS})
    assert acts(kept.read(entry(phone="0400-3"))) == [] and kept.unit.phone == "0400-9", "it has been said"
    kept.read(entry(phone="0400-4"), holds={question: Holds.HSA})
    assert kept.unit.phone == "0400-4"


def test_a_unit_that_was_not_read_before_is_asked_about() -> None:
    kept = Kept(name="Eken vid torget")
    assert acts(kept.read(entry())) == [(HsaAct.ASKED, (("name", "Eken vid torget", "Eken"),))]
    assert acts(kept.read(entry(name="Eken"), holds=Holds.HSA)) == [
        (HsaAct.CHANGED, (("name", "Eken vid torget", "Eken"),))
    ]


def test_what_the_catalogue_leaves_empty_or_out_stays() -> None:
    kept = Kept()
    kept.read(entry())
    assert acts(kept.read(entry(phone=None))) == [] and kept.unit.phone == "0400-1"
    made = kept.read(entry(1, OTHER, name="Lönen"))
    assert [one.act for one in made.lines] == [HsaAct.NEW] and kept.unit.archived_at is None


def test_a_unit_ends_and_the_one_of_its_name_takes_over() -> None:
    kept = Kept()
    kept.read(entry())
    ends = entry(last_day=date(2026, 12, 31))
    after = entry(2, OTHER, first_day=date(2027, 1, 1))
    found = kept.read(ends, after)
    new = key_id("unit", OTHER)
    assert kept.unit.archived_at == end_of(date(2026, 12, 31)) and kept.unit.successor_id == new
    assert {one.act for one in found.lines} == {HsaAct.ENDED, HsaAct.NEW}
    kept.by_hand(successor_id=None)
    assert kept.read(ends, after).units == (), "who takes over is asked when it ends, and not again"


def test_what_is_archived_without_a_day_ends_the_day_it_is_read() -> None:
    kept = Kept()
    kept.read(entry())
    kept.read(entry(archived=True))
    assert kept.unit.archived_at == end_of(date(2026, 11, 2))
    later = NOW.replace(month=12)
    assert kept.read(entry(archived=True), now=later).units == ()
    kept.by_hand(archived_at=None)
    assert acts(kept.read(entry(archived=True), now=later)) == [], "it was opened again by hand"


def test_new_units_lie_where_the_directory_has_an_organisation() -> None:
    kept = Kept()
    found = kept.read(entry(1, OTHER, name="Lönen", phone=None, mail="l@region.example"))
    assert kept.units[key_id("unit", OTHER)].organisation_id == BOARD.id
    assert ("email", "", "l@region.example") in found.lines[0].cells
    assert "email" not in {cell[0] for cell in found.told[0].cells}, "shown, and not used"
    assert Kept().read(entry(1, OTHER), known_only=True).units == ()
    assert Kept().read(entry(1, OTHER, last_day=date(2026, 1, 1))).units == (), "it is over"
    with pytest.raises(DirectoryFileError) as raised:
        Kept().read(entry(5, OTHER, above=("Annan nämnd",)))
    assert [(one.line, one.code) for one in raised.value.errors] == [(5, "hsa_organisation")]


phones = st.sampled_from([None, "0400-1", "0400-2", "0400-3"])
days = st.sampled_from([None, date(2026, 12, 31), date(2027, 6, 30)])
said = st.builds(
    lambda phone, name, last, archived: entry(phone=phone, name=name, last_day=last, archived=archived),
    phones, st.sampled_from(["Eken", "Ekan"]), days, st.booleans(),
)  # fmt: skip
changes = st.one_of(
    st.builds(lambda one: {"phone": one}, phones),
    st.builds(lambda one: {"name": one}, st.sampled_from(["Eken", "Ask"])),
)


@given(st.lists(st.one_of(said, changes), max_size=6), said, st.sampled_from([None, *Holds]))
def test_the_same_file_twice_changes_nothing_the_second_time(history: list[Any], last: HsaUnit, holds: Any) -> None:
    kept = Kept()
    for one in history:
        if isinstance(one, HsaUnit):
            kept.read(one)
        else:
            kept.by_hand(**one)
    more = entry(2, OTHER, name="Lönen")
    kept.read(last, more, holds=holds)
    before = (dict(kept.units), dict(kept.values))
    again = kept.read(last, more, holds=holds)
    assert (again.units, again.values) == ((), ()) and (kept.units, kept.values) == before


@given(st.lists(said, max_size=3), changes, said)
def test_nothing_that_was_written_by_hand_is_overwritten_without_an_answer(
    history: list[HsaUnit], hand: dict[str, Any], last: HsaUnit
) -> None:
    kept = Kept()
    for one in history:
        kept.read(one)
    before = kept.unit
    kept.by_hand(**hand)
    ((field, value),) = hand.items()
    if value is None or value == getattr(before, field):
        return
    kept.read(last)
    assert getattr(kept.unit, field) == value
