"""What the figures were measured on: without it they mean nothing."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_PACKAGES = ("asyncpg", "sqlalchemy", "pgqueuer", "procrastinate", "psycopg", "psycopg-binary", "uvloop", "msgspec")
_MAIL_PACKAGES = ("aiosmtplib", "icalendar", "jinja2")


def machine() -> dict[str, Any]:
    """Processor, cores this process may use, memory, system, Python and how busy the machine was at the start."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": [round(one, 2) for one in os.getloadavg()],
    }


def versions(mail: bool = False) -> dict[str, str]:
    """The versions of what takes part; what is not installed is left out."""
    return dict(_installed(("sip", *(_MAIL_PACKAGES if mail else _PACKAGES))))


def _installed(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return found[0] if found else platform.machine()
