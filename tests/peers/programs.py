"""The programs nobody here wrote: found, or the test is skipped with a reason; in CI a missing one is a failure."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.missing import missing

HERE = Path(__file__).parent
MODULES = HERE.parent.parent / ".build" / "peers" / "node_modules"
ZONE = "Europe/Stockholm"


def need(*programs: str) -> None:
    """Each is a program's name, or the path of a file or folder that a library comes as."""
    for program in programs:
        if not shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"):
            no_program(program)


def need_path(path: Path) -> Path:
    """A library is there when its folder or file is."""
    if not path.exists():
        no_program(path.name)
    return path


def no_program(what: str) -> None:
    """Skips the test; in CI it fails."""
    missing(f"no {what} on this machine; tests/peers/install.sh installs it (Debian)")


async def run(*command: str | Path, zone: str = ZONE, home: Path | None = None, **environment: str) -> str:
    """What the program printed. It must end well; it lives in Sweden, with nothing in its home but what is given."""
    around: Mapping[str, str] = {
        "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin",
        "TZ": zone,
        "LANG": "C.UTF-8",
        "HOME": str(home or "/nonexistent"),
        **environment,
    }
    process = await asyncio.create_subprocess_exec(
        *map(str, command), env=around, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, f"{command[0]} ended with {process.returncode}: {err.decode()}\n{out.decode()}"
    return out.decode()
