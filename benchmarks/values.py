"""Frozen values and rows, in memory: what `sip.domain.values` and the compiled codec save beside the plain ways.

Each step is the processor's time of one core. The plain ways are what the two would be without their tricks:
`dataclasses.replace`, and rows taken apart and put together field by field. Before anything is measured both ways are
compared.
"""

from collections.abc import Callable
from dataclasses import replace as plain_replace
from datetime import timedelta
from time import process_time
from typing import Any

from benchmarks.county import CALLED_AT, CASE, CONVENER, REFERENCE, STARTS_AT, ident
from benchmarks.figures import Series
from benchmarks.machine import machine, versions
from benchmarks.timers import Watcher
from sip.domain.agreement import MeetingKind
from sip.domain.meeting import Meeting, Place, Round
from sip.domain.terms import Form, PlaceKind, Purpose
from sip.domain.values import maker, replace
from sip.store.aggregates.meetings import MEETING, ROUND
from sip.store.codec import Shape

TITLES = {
    "copied": "copied by sip.domain.values",
    "copied_plain": "copied by dataclasses",
    "read": "read by the compiled codec",
    "read_plain": "read field by field",
    "written": "written by the compiled codec",
    "written_plain": "written field by field",
}
N = 20_000
THE = Meeting(
    ident("values"), REFERENCE, CASE, MeetingKind.ADULT, Purpose.NEW_PLAN, "Gemensam planering", ("Vem gör vad?",),
    Form.PHYSICAL, Place(PlaceKind.ROOM, CONVENER.unit_name, "Rum 2"), STARTS_AT, STARTS_AT + timedelta(hours=1),
    CONVENER,
)  # fmt: skip
ROUND_1 = Round(1, CALLED_AT)
_MEETING_ROW, _ROUND_ROW = MEETING.write(THE), ROUND.write(ROUND_1)
_OF_MEETING: dict[str, Any] = {
    "parties": (), "invitations": (), "claims": (), "poll": None, "check_ins": (), "named": (),
}  # fmt: skip
_OF_ROUND: dict[str, Any] = {"rungs": (), "pauses": ()}


def read_plain(shape: Shape[Any], row: Any, start: int = 0, **given: Any) -> Any:
    """What `shape.read` gives, field by field, each value made as there."""
    values = []
    for one in shape._fields:
        at = start + one.at
        if one.given:
            values.append(given[one.name])
        elif one.shape is not None:
            values.append(None if one.optional and row[at] is None else read_plain(one.shape, row, at))
        elif one.words is not None:
            values.append(one.words[row[at]])
        elif one.decode is not None:
            values.append(None if row[at] is None else one.decode(row[at]))
        else:
            values.append(row[at])
    cls: Any = shape.cls
    return maker(cls)(*values)


def written_plain(shape: Shape[Any], value: Any) -> tuple[Any, ...]:
    """What `shape.write` gives, field by field."""
    columns: list[Any] = []
    for one in shape._fields:
        own = None if one.given else getattr(value, one.name)
        if one.given:
            continue
        if one.shape is None:
            columns.append(own)
        elif one.optional and own is None:
            columns += one.shape.nothing
        else:
            columns += written_plain(one.shape, own)
    return tuple(columns)


STEPS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "copied": lambda: (replace(THE, revision=1), replace(ROUND_1, verified=True)),
    "copied_plain": lambda: (plain_replace(THE, revision=1), plain_replace(ROUND_1, verified=True)),
    "read": lambda: (MEETING.read(_MEETING_ROW, **_OF_MEETING), ROUND.read(_ROUND_ROW, **_OF_ROUND)),
    "read_plain": lambda: (
        read_plain(MEETING, _MEETING_ROW, **_OF_MEETING), read_plain(ROUND, _ROUND_ROW, **_OF_ROUND),
    ),
    "written": lambda: (MEETING.write(THE), ROUND.write(ROUND_1)),
    "written_plain": lambda: (written_plain(MEETING, THE), written_plain(ROUND, ROUND_1)),
}  # fmt: skip


def measure(n: int, runs: int, watcher: Watcher) -> dict[str, Any]:
    """Runs every step `runs` times in turns. Raises RuntimeError where the two ways differ."""
    before = machine()
    for name in ("copied", "read", "written"):
        if STEPS[name]() != STEPS[f"{name}_plain"]():
            raise RuntimeError(f"The two ways of being {name} differ: no figure.")
    series = {name: Series(name, n, "a meeting and a round") for name in STEPS}
    for run in range(1, runs + 1):
        for name, step in STEPS.items():
            watcher.begins(TITLES[name], n, run)
            began = process_time()
            for _ in range(n):
                step()
            series[name].seconds.append(process_time() - began)
            watcher.ended()
    rates = {name: one.rate for name, one in series.items()}
    return {
        "benchmark": "values",
        "n": n,
        "runs": runs,
        "ratios": {
            f"{name}_vs_plain": round(rates[name] / rates[f"{name}_plain"], 3) for name in ("copied", "read", "written")
        },
        "steps": {name: one.as_json() for name, one in series.items()},
        "machine": before,
        "versions": versions(mail=False),
    }
