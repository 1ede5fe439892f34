"""The state diagrams and tables of docs/states.md, drawn from the transitions that stand as data in the domain.

Pure text out: `make docs` writes it, `tests/test_diagrams.py` holds the page to it and the table of reports to what
`decide` does. A diagram shows what changes a state; the table below it shows every event in every state.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import cast

from sip.domain.decide import DEVIATION_TRANSITIONS, TRANSITIONS
from sip.domain.deviation import DeviationState
from sip.domain.terms import MeetingState

Transitions = Mapping[type, Mapping[StrEnum | None, tuple[StrEnum, ...]]]

HEAD = """\
# States

Made from `src/sip/domain/decide.py` by `make docs`; change it there.

The diagrams show what changes a state. The tables show every event in every state: the states it leads to, *stays*
where it changes what is inside and not the state, and a blank where it is refused (for `TimePassed`: where nothing is
ever due). *New* is before there is anything. Repeats change nothing and are left out. So is what the mail floor
reports, which is taken in any state of a meeting: `MailSettled`, `Bounced`, `ReplySeen`.
"""

MEETING = """\
## The meeting

Who has answered, who stands in and how far the ladder has come is kept per party, inside `called`. What changes the
call (text, parties, time, cancelling, going ahead) and what answers it is possible before the start only, though the
state may still be `called`.
"""

DEVIATION = """\
## The deviation report

`DeviationRaised` comes from the closing of a meeting, or from a person; `DeviationWithdrawn` from a correction, from a
failure of delivery learned later, or from the unit that raised it. Raised again after a withdrawal it is the same
report.
"""


def page() -> str:
    """The whole of docs/states.md."""
    # A mapping is invariant in its keys, which are only read here.
    meeting, deviation = cast("Transitions", TRANSITIONS), cast("Transitions", DEVIATION_TRANSITIONS)
    parts = [
        HEAD,
        MEETING,
        diagram(meeting),
        table(meeting, list(MeetingState)),
        DEVIATION,
        diagram(deviation),
        table(deviation, list(DeviationState)),
    ]
    return "\n".join(parts)


def diagram(transitions: Transitions) -> str:
    """One Mermaid state diagram: an arrow per pair of states, with the events that follow it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for event, leads in transitions.items():
        for origin, targets in leads.items():
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


def table(transitions: Transitions, states: Sequence[StrEnum]) -> str:
    """Events down, states across."""
    columns: list[StrEnum | None] = [None, *states]
    lines = [
        "| | " + " | ".join("*new*" if state is None else f"`{state}`" for state in columns) + " |",
        "| --- |" + " --- |" * len(columns),
    ]
    for event, leads in transitions.items():
        cells = [_cell(state, leads.get(state, ())) for state in columns]
        lines.append(f"| `{event.__name__}` | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _cell(state: StrEnum | None, targets: Sequence[StrEnum]) -> str:
    return ", ".join("stays" if target is state else f"`{target}`" for target in targets)


if __name__ == "__main__":
    print(page(), end="")
