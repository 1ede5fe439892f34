"""Processor time, of a program and of the database server: what the work costs, however busy the machine is.

Read from /proc, so on Linux only; elsewhere there is none, and only seconds are given.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import Place

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Processor:
    """Seconds of processor time that one run took."""

    program: float
    server: float


def spent(place: Place) -> float | None:
    """The seconds that all processes of the server have used so far; None where that cannot be known."""
    if not (_PROC / "self" / "stat").exists():
        return None
    lock = Path(place.socket_dir) / f".s.PGSQL.{place.port}.lock"
    main = int(lock.read_text(encoding="utf-8").splitlines()[0])
    ticks = _ticks(main)[1:]  # with its children that have ended
    live = [
        found[1:3]
        for entry in _PROC.iterdir()
        if entry.name.isdigit() and (found := _ticks(int(entry.name)))[0] == main
    ]
    total = sum(ticks) + sum(sum(one) for one in live)
    return total / os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float | None:
    """Seconds that this one process has used so far, to the microsecond; None where that cannot be known."""
    try:
        return int((_PROC / str(pid) / "schedstat").read_text(encoding="utf-8").split()[0]) / 1e9
    except OSError:
        return None


def of_group(pid: int) -> float | None:
    """Seconds that all threads of this process have used so far, to a hundredth; None where that cannot be known."""
    spent = _ticks(pid)
    return sum(spent[1:3]) / os.sysconf("SC_CLK_TCK") if spent[0] else None


def _ticks(pid: int) -> tuple[int, ...]:
    """(parent, user, system, ended children's user, their system) of a process; parent 0 when it is gone."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return (0, 0, 0, 0, 0)
    return int(fields[1]), *(int(one) for one in fields[11:15])
