"""The state diagrams and tables of docs/states.md, drawn from the tables that are the machines of the domain.

Pure text out: `make docs` writes it, `tests/test_diagrams.py` holds the page to it, `tests/domain/test_machine.py` the
tables to what `decide` does. A diagram shows what changes a state; the table below it every event in every state.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sip.domain.decide import MEETING
from sip.domain.gathering import GROUP_SITTING
from sip.domain.hearing import DEVIATION
from sip.domain.machine import Machine
from sip.domain.resolving import AGENDA_ITEM
from sip.domain.seating import STANDING_GROUP

HEAD = """\
# States

Made from `src/sip/domain/decide.py`, `src/sip/domain/hearing.py`, `src/sip/domain/resolving.py`,
`src/sip/domain/seating.py` and `src/sip/domain/gathering.py` by `make docs`; change it there.

The diagrams show what changes a state. The tables show every event in every state: the states it leads to, *stays*
where it changes what is inside, or nothing, and a blank where it is refused. *New* is before there is anything. The
tables are the machine: what has no row is not taken, and a decision that would lead elsewhere is a fault of the rules,
of which nothing is written.
"""

OF_MEETING = """\
## The meeting

Who has answered, who stands in and how far the ladder has come is kept per party, inside `called`. What changes the
call (text, parties, time, cancelling, going ahead) and what answers it is possible before the start only, though the
state may still be `called`.
"""

OF_DEVIATION = """\
## The deviation report

`DeviationRaised` comes from the closing of a meeting, or from a person; `DeviationWithdrawn` from a correction, from a
failure of delivery learned later, or from the unit that raised it. Raised again after a withdrawal it is the same
report.
"""


OF_ITEM = """\
## The agenda item

A question before a standing group: put by hand, of a suggestion, or by a report that its unit forwards to the board.
`ReportLeft` comes from that report when it goes back. What was decided is followed up inside `decided`.
"""

OF_SITTING = """\
## A group's sitting

Who is called and what each has answered is kept per seat, inside `called`. It is moved, cancelled and answered before
its start only. `SittingSeatsChanged` is the group's word, whenever somebody is appointed or leaves.
"""

OF_GROUP = """\
## The standing group

Asking, reminding and lifting is kept per seat, inside `standing`. Who sits may leave, and withdraw her consent, also
when the group is closed.
"""


def page() -> str:
    """The whole of docs/states.md."""
    parts = [HEAD]
    told = (
        (OF_MEETING, MEETING), (OF_DEVIATION, DEVIATION), (OF_ITEM, AGENDA_ITEM), (OF_GROUP, STANDING_GROUP),
        (OF_SITTING, GROUP_SITTING),
    )  # fmt: skip
    for words, machine in told:
        parts += [words, diagram(machine), table(machine)]
    return "\n".join(parts)


def diagram(machine: Machine[Any]) -> str:
    """One Mermaid state diagram: an arrow per pair of states, with the events that follow it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for event, row in machine.table.items():
        for origin, targets in row.leads.items():
            for target in targets:
                if target is not origin:
                    arrows.setdefault((str(origin or "[*]"), str(target)), []).append(event.__name__)
    lines = [f"    {origin} --> {target}: {', '.join(events)}" for (origin, target), events in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, *_last(arrows), "```", ""])


def _last(arrows: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[str]:
    """States that nothing leads out of."""
    left = {origin for origin, _ in arrows}
    for state in dict.fromkeys(target for _, target in arrows):
        if state not in left:
            yield f"    {state} --> [*]"


def table(machine: Machine[Any]) -> str:
    """Events down, states across."""
    columns: list[StrEnum | None] = [None, *machine.states]
    lines = [
        "| | " + " | ".join("*new*" if state is None else f"`{state}`" for state in columns) + " |",
        "| --- |" + " --- |" * len(columns),
    ]
    for event, row in machine.table.items():
        cells = [_cell(state, row.leads.get(state, ())) for state in columns]
        lines.append(f"| `{event.__name__}` | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _cell(state: StrEnum | None, targets: Sequence[StrEnum]) -> str:
    return ", ".join("stays" if target is state else f"`{target}`" for target in targets)


if __name__ == "__main__":
    print(page(), end="")
