"""What an export of HSA would do, as a table, and the questions that it asks."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sip.usecases.directory.hsa_plan import Holds, HsaAct, HsaLine, HsaPlan

_LOOKS = {
    HsaAct.NEW: "green", HsaAct.CHANGED: "yellow", HsaAct.ENDED: "bold red", HsaAct.ASKED: "magenta",
    HsaAct.LEFT: "dim",
}  # fmt: skip
_WHY = {"known_only": "new, and none is made", "over": "has ended", "unread": "cannot be kept"}


def show_plan(plan: HsaPlan) -> None:
    """A row for each thing of each unit, then what it comes to."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Line", justify="right", style="dim")
    for column in ("", "Unit", "How it would be"):
        table.add_column(column, overflow="fold", no_wrap=column == "")
    for one in plan.lines:
        table.add_row(str(one.line), Text(one.act, _LOOKS[one.act]), f"{one.name} ({one.hsa_id})", _how(one))
    console = Console(highlight=False)
    if plan.lines:
        console.print(table)
        console.print()
    counted = [f"{plan.count(act)} {act}" for act in HsaAct]
    console.print(f"{', '.join(counted)}, {plan.unchanged} unchanged, {plan.passed_over} other entries passed over.")


def _how(one: HsaLine) -> Text:
    said = []
    for field, before, after in one.cells:
        if one.act is HsaAct.ASKED:
            said.append(Text.assemble((f"{field}  ", "dim"), f"ours {before or '-'}, HSA {after}"))
        elif before:
            said.append(Text.assemble((f"{field}  ", "dim"), before, (" → ", "dim"), (after, "bold")))
        else:
            said.append(Text.assemble((f"{field}  ", "dim"), after))
    if one.why:
        said.append(Text(_WHY[one.why], "dim"))
    return Text("\n").join(said)


def asked_of(plan: HsaPlan) -> dict[str, Holds]:
    """Asks of each thing that both have changed whose value holds; none: it is left, and asked next time."""
    found = {}
    for one in plan.lines:
        if one.act is HsaAct.ASKED:
            ((field, ours, theirs),) = one.cells
            click.echo(f"{one.name}, {field}: ours {ours or '-'}, HSA {theirs}")
            said = click.prompt("Which holds", type=click.Choice(["ours", "hsa", "leave"]), default="leave")
            if said != "leave":
                found[one.question] = Holds(said)
    return found
