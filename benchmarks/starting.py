"""What it takes until the first page is there, and what an installation's processes hold in memory.

`sip serve` is started as a process of its own on a database that has this version's tables, with modules that Python
has compiled before, as an installation has them; the clock stops when the sign-in page has come. Memory is what is
shared counted once between those who share it (PSS, Linux alone), of web, worker and receiver as three processes that
have begun their work.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

from benchmarks.machine import machine, versions
from benchmarks.processor import of_group
from benchmarks.server import DATABASE, server
from benchmarks.timers import Watcher

AIMS = {"first_page_s": 2.0, "memory_mb": 250.0}
PARTS = ("web", "worker", "mail-in")
_LONGEST = 60.0


@dataclass(slots=True)
class Started:
    """What the runs gave: seconds to the first page, of the processor until then, and memory by process in MB."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)


def measure(runs: int, watcher: Watcher) -> dict[str, Any]:
    """One start that compiles, which is not counted, then `runs`; memory once."""
    before, found = machine(), Started()
    with server() as handle, tempfile.TemporaryDirectory() as folder:
        # where the caller's own modules have been compiled, that need not be done once more
        compiled = os.environ.get("PYTHONPYCACHEPREFIX") or folder
        url, owner = handle.url(DATABASE), handle.owner_url(DATABASE)
        for run in range(runs + 1):
            watcher.begins("sip serve", 1, run)
            seconds, processor = _first_page(url, owner, compiled)
            if run:
                found.seconds.append(seconds)
                found.processor.append(processor)
            watcher.ended()
        found.memory = _memory(url, owner, compiled)
    total = sum(found.memory.values())
    return {
        "benchmark": "start", "runs": runs, "machine": before, "versions": versions(), "aims": AIMS,
        "first_page_s": round(median(found.seconds), 3), "first_page_processor_s": round(median(found.processor), 3),
        "memory_mb": round(total, 1), "memory_by_process_mb": {name: round(mb, 1) for name, mb in found.memory.items()},
        "all_s": [round(one, 3) for one in found.seconds],
        "all_processor_s": [round(one, 3) for one in found.processor],
    }  # fmt: skip


def _first_page(url: str, owner: str, compiled: str) -> tuple[float, float]:
    port = _free_port()
    began = perf_counter()
    with _process("serve", url, owner, compiled, port) as process:
        _wait_for_page(process, port)
        return perf_counter() - began, of_group(process.pid) or 0.0


def _memory(url: str, owner: str, compiled: str) -> dict[str, float]:
    port = _free_port()
    with (
        _process("web", url, owner, compiled, port) as web,
        _process("worker", url, owner, compiled, port) as worker,
        _process("mail-in", url, owner, compiled, port) as receiver,
    ):
        _wait_for_page(web, port)
        _wait_until_still((worker, receiver))
        return {name: _pss(one.pid) for name, one in zip(PARTS, (web, worker, receiver), strict=True)}


@contextmanager
def _process(part: str, url: str, owner: str, compiled: str, port: int) -> "Iterator[subprocess.Popen[bytes]]":
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env = kept | {
        "PYTHONPYCACHEPREFIX": compiled, "SIP_ENVIRONMENT": "test", "SIP_DATABASE_URL": url,
        "SIP_DATABASE_OWNER_URL": owner, "SIP_SMTP_URL": "smtp://127.0.0.1:1?tls=off",
        "SIP_HTTP_LISTEN": f"127.0.0.1:{port}", "SIP_LMTP_LISTEN": f"127.0.0.1:{_free_port()}",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "sip", part], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for_page(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = perf_counter() + _LONGEST
    while perf_counter() < until and process.poll() is None:
        page = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST)
        try:
            page.request("GET", "/sign-in")
            answer = page.getresponse()
            if answer.status == 200 and b"<form" in answer.read():
                return
        except OSError:
            sleep(0.005)
        finally:
            page.close()
    raise RuntimeError("No page came: no figure.")


def _wait_until_still(processes: "Sequence[subprocess.Popen[bytes]]") -> None:
    """Until they have loaded what they need: their processors rest for a second."""
    until, before = perf_counter() + _LONGEST, -1.0
    while perf_counter() < until:
        spent = sum(of_group(one.pid) or 0.0 for one in processes)
        if before >= 0 and spent - before < 0.05 and spent > 0.5:
            return
        before = spent
        sleep(1)
    raise RuntimeError("The processes did not come to rest: no figure.")


def _pss(pid: int) -> float:
    """MB that the process holds, of what it shares its part."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
