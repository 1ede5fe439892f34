"""Discharge, outside the agreement, no manager: where the rules are others."""

from sip.domain.agreement import MeetingKind
from sip.domain.terms import Mark
from tests.stories.stage import Stage


async def test_called_on_friday_at_14_under_the_discharge_law(stage: Stage) -> None:
    """The clock starts on Saturday at noon; on Sunday nobody reads the mailbox, so the convener is told to phone."""
    await stage.at("2026-11-06 14:00")
    await stage.call("2026-11-13 10:00", kind=MeetingKind.DISCHARGE)
    told = stage.arrivals("clara@region.example")
    assert told == [("Fri 06 Nov 14:00", None)], "told at the call, where it is foreseeable"
    await stage.at("2026-11-13 09:00")
    assert [when for when, _ in stage.arrivals("hemtjanst@al.example")] == ["Fri 06 Nov 14:00", "Mon 09 Nov 09:00"]
    assert stage.arrivals("mona@al.example") == [("Tue 10 Nov 07:30", None)]
    assert stage.arrivals("helge@al.example") == [("Wed 11 Nov 06:00", None)]


async def test_a_party_that_has_not_joined_the_agreement(stage: Stage) -> None:
    """Law only: its mailbox is asked twice, nobody above it, and no report is raised by itself."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["bok"])
    await stage.at("2026-12-07 11:30")
    assert [when for when, _ in stage.arrivals("bok@bok.example")] == [
        "Mon 02 Nov 10:00", "Fri 06 Nov 08:00", "Tue 10 Nov 08:00",
    ]  # fmt: skip
    stage.nothing_for("mona@al.example", "helge@al.example")
    await stage.close(bok=Mark.ABSENT)
    assert await stage.report("bok") is None


async def test_a_unit_without_a_manager(stage: Stage) -> None:
    """The coordinator is asked at once, later rungs keep their time, nobody higher is mailed in the manager's stead."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["chefslos"])
    await stage.at("2026-12-07 09:00")
    assert [when for when, _ in stage.arrivals("kim@al.example")] == ["Mon 23 Nov 08:00", "Wed 02 Dec 08:00"]
    stage.nothing_for("mona@al.example", "helge@al.example")
