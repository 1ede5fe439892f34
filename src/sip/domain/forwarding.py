"""What a report that goes to the board, and comes from it, does there: its item on the board's agenda (rules, section
16 G3).

The law of this file: of a protected meeting's report the board hears nothing. Of any, its item keeps the number and
the two units alone: what was said of it is read where it stands, and goes with it.
"""

from sip.domain.agenda import ItemPurpose, ItemPut, ItemSource, ReportLeft, board_for, forwarded_item
from sip.domain.deviation import DeviationReport, DeviationState
from sip.domain.effects import ForItem
from sip.domain.report_change import ReportChange

_WITH_THE_BOARD = (DeviationState.FORWARDED, DeviationState.CLOSED)


def follow(work: ReportChange, before: DeviationReport) -> None:
    """After what happened to a report: its item is put, or left."""
    report, was = work.report, before.state is DeviationState.FORWARDED
    if report.protected:
        return
    if not was and report.state is DeviationState.FORWARDED:
        areas = (work.roster(report.reporting).area, work.roster(report.receiving).area)
        work.effects.append(ForItem(forwarded_item(report.id), item_of(report, areas)))
    if was and report.state not in _WITH_THE_BOARD:
        work.effects.append(ForItem(forwarded_item(report.id), ReportLeft(report.id)))


def item_of(report: DeviationReport, areas: tuple[str | None, str | None]) -> ItemPut:
    """The item of a forwarded report, whose units lie in these areas: its own unit's first."""
    name = report.rule_set.deviation_name_sv
    return ItemPut(
        forwarded_item(report.id),
        board_for(areas),
        f"{name[:1].upper()}{name[1:]}: {report.reporting.unit_name} – {report.receiving.unit_name}",
        "",
        ItemPurpose.DISCUSSION,
        ItemSource.REPORT,
        reports=(report.id,),
    )
