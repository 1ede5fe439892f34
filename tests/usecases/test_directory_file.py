"""The directory file: every error with its line, nothing half read, and an export that can be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.demo.county import DIRECTORY
from sip.domain.people import Role
from sip.usecases.directory.csv_text import parse, write
from sip.usecases.directory.rows import DirectoryFileError, PersonRow

HEAD = "kind;key;parent;name;type;hsa_id;email;phone;flags;from;to;role;person;order\n"


def errors(text: str) -> list[str]:
    with pytest.raises(DirectoryFileError) as caught:
        parse(text.encode())
    return [str(error) for error in caught.value.errors]


def test_the_countys_file_is_read_whole_and_written_alike() -> None:
    file = parse(DIRECTORY.read_bytes())
    assert (len(file.principals), len(file.organisations), len(file.units)) == (5, 15, 33)
    again = parse(write(file))
    assert write(again) == write(file)
    assert len(again) == len(file)


def test_all_errors_are_told_with_their_lines() -> None:
    told = errors(
        HEAD + "principal;r;;Region;county;;;;;;;;;\n"
        "unit;u;o;;;SE12;;;loud;;;;;\n"
        "address;;u;;;;not an address;;;2026-02-30;;;;0\n"
        "closed_day;;u;;;;;;;2026-02-03;2026-02-01;;;\n"
        "role;;u;;;;;;;;;boss;p;\n"
        "room;;;;;;;;;;;;;\n"
        "principal;R;;Region;region;;;;;;;;;\n"
    )
    assert told == [
        'Line 2: "type" must be one of region, municipality, other.',
        'Line 3: "flags": "loud" is none of auto_accepts, phone_only, weekend_staffed, inpatient, week_mail.',
        'Line 3: "name" is empty and must be filled in.',
        'Line 3: "hsa_id" is no HSA-id, such as SE2321000131-E000000000001.',
        'Line 4: "email" is no e-mail address that mail can be sent to.',
        'Line 4: "from" must be a day such as 2026-01-31.',
        'Line 4: "order" must be a whole number from 1 to 999.',
        'Line 5: "to" is before "from".',
        f'Line 6: "role" must be one of {", ".join(Role)}.',
        'Line 7: "kind" is "room"; it must be one of principal, organisation, unit, address, person, role, closed_day.',
        "Line 8: says the same as line 2: keep one of them.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1: the header must be"),
        ("name;colour\n", "Line 1: the header must be"),
        ("kind;kind\n", "Line 1: the header names a column twice."),
        (HEAD, "Line 1: there is nothing under the header."),
        (HEAD + 'principal;"r;;x\n', "Line 2: is no proper CSV"),
        (HEAD + "principal;r;;Region;region;;;;;;;;;;;;;\n", "Line 2: has 18 cells; the header has 14."),
        (HEAD + "principal;r;;Region;region;;x@y.example;;;;;;;\n", 'Line 2: "email" has no meaning'),
        (HEAD + "person;p;o;19121212-1212;;;;;;;;;;\n", 'Line 2: "name" looks like a personal number'),
    ],
)
def test_a_wrong_file_gets_a_sentence(text: str, sentence: str) -> None:
    assert errors(text)[0].startswith(sentence)


def test_another_encoding_is_told() -> None:
    with pytest.raises(DirectoryFileError, match="Line 2: this is no UTF-8"):
        parse((HEAD + "principal;r;;Region Västra;region;;;;;;;;;\n").encode("latin-1"))


def test_comma_bom_and_crlf_are_read() -> None:
    text = HEAD.replace(";", ",") + "principal,r,,Region,region,,,,,,,,,\n"
    assert parse(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()).principals[0].name == "Region"


def test_a_cell_that_would_be_a_formula_is_disarmed_and_comes_back() -> None:
    file = parse((HEAD + "person;p;o;'=cmd();;;;+46 980 319 201;;;;;;\n").encode())
    assert file.persons[0].name == "=cmd()"
    assert ";'=cmd();" in write(file).decode()
    assert ";'+46 980 319 201;" in write(file).decode()
    assert parse(write(file)).persons[0] == file.persons[0]


@given(st.binary(max_size=300))
def test_any_bytes_give_a_directory_or_sentences(data: bytes) -> None:
    try:
        parse(HEAD.encode() + data)
    except DirectoryFileError as error:
        assert error.errors


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40))
def test_any_name_survives(name: str) -> None:
    row = PersonRow(2, "p", "o", name.strip().lstrip("'") or "x", None, None, None)
    file = parse((HEAD + "person;p;o;x;;;;;;;;;;\n").encode())
    file.persons[:] = [row]
    try:
        assert parse(write(file)).persons == [row]
    except DirectoryFileError as error:
        assert "personal number" in str(error)
