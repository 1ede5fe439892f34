"""Values laid over columns, and arrays that travel as text: what is read is what was written."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table

from sip.domain.meeting import Answer, Meeting, Party, Round
from sip.domain.terms import AnswerKind, Channel
from sip.store import db as database
from sip.store.aggregates import deviations, meetings
from sip.store.codec import Shape
from sip.store.db import Database
from sip.store.rows import array_text
from tests.domain.cast import at, called
from tests.tester import TESTER


def test_a_round_with_an_answer_reads_back() -> None:
    answer = Answer(AnswerKind.REGRETS, at("2026-11-03 09:00"), at("2026-11-03 08:00"), Channel.PAGE, "unit")
    value = Round(1, at("2026-11-02 10:00"), closed_days=frozenset({date(2026, 12, 1)}), answer=answer)
    row = ("before", *meetings.ROUND.write(value))
    assert meetings.ROUND.read(row, 1, rungs=(), pauses=()) == value


def test_a_meeting_reads_back_at_any_place_of_a_row() -> None:
    value: Meeting = called("2026-11-02 10:00", "2026-12-07 10:00").the
    row = meetings.MEETING.write(value)
    for start in (0, 3):
        shifted = ((None,) * start) + row
        assert (
            meetings.MEETING.read(
                shifted,
                start,
                parties=value.parties,
                invitations=value.invitations,
                claims=(),
                check_ins=(),
                poll=None,
                named=(),
            )
            == value
        )


def test_an_absent_value_is_null_in_all_its_columns() -> None:
    value = called("2026-11-02 10:00", "2026-12-07 10:00", tell=False).the.parties[1]
    row = dict(zip(meetings.PARTY.columns, meetings.PARTY.write(value), strict=True))
    assert row["identity_channel"] is row["identity_at"] is row["stamp_digest"] is None
    read = meetings.PARTY.read(
        meetings.PARTY.write(value), rule_set=value.rule_set, round=value.round, attendees=value.attendees
    )
    assert isinstance(read, Party)
    assert read == value


def test_a_field_without_a_column_stops_the_program() -> None:
    @dataclass(frozen=True)
    class Two:
        one: int
        two: int

    table = Table("t", MetaData(), Column("one", Integer))
    with pytest.raises(TypeError, match="'two'"):
        Shape(Two).check(table)


def test_every_field_of_a_report_has_its_column() -> None:
    assert "facts_place_video_url" in deviations.SHAPE.columns
    assert "facts_starts_at" in deviations.SHAPE.columns


_texts = st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), max_size=5)


@given(_texts)
def test_array_text_is_well_formed(values: list[str]) -> None:
    text = array_text(values)
    assert text is not None
    assert text.startswith("{")
    assert text.endswith("}")


async def test_arrays_travel_as_text(db: Database) -> None:
    odd = ["", "a,b", '"', "\\", "{}", "null", "NULL", " å ", "\n\t", '\\"', "{1,2}"]
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        assert await raw.fetchval("select $1::text::text[]", array_text(odd)) == odd
        assert await raw.fetchval("select $1::text::date[]", array_text([date(2026, 1, 2)])) == [date(2026, 1, 2)]
        assert await raw.fetchval("select $1::text::integer[]", array_text((3, 2))) == [3, 2]
        assert await raw.fetchval("select $1::text::text[]", array_text(())) == []
    assert array_text(None) is None
