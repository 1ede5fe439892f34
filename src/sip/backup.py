"""A copy of the database in a file, and a database made of such a file, by PostgreSQL's own programs.

The law of this file: nothing half done. A file has its name only when it is whole; a database is filled in one
transaction or stays empty. `pg_dump` is told to read as the tables' owner reads (`--enable-row-security`): without that
it refuses tables that are behind row-level security, and the owner of ours has a policy that shows her all.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from sip.embedded.programs import candidates

_NEEDED = ("pg_dump", "pg_restore", "psql")
# What a newer pg_dump says to a server that does not know it yet; it matters to no table.
_UNKNOWN_BEFORE_17 = re.compile(rb"SET transaction_timeout = \d+;\n")
_SETTINGS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "ssl": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


class BackupError(Exception):
    """The copy could not be made or put back; the text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Client:
    """PostgreSQL's client programs for one server, which they reach by `environment`."""

    folder: Path
    environment: dict[str, str]

    def command(self, name: str, *options: str) -> list[str]:
        return [str(self.folder / name), *options]

    @property
    def psql(self) -> list[str]:
        return self.command("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--set=ON_ERROR_STOP=1")


def save(url: str, file: Path, pg_bin: Path | None = None) -> int:
    """Writes the database at `url`, read as the owner of its tables, into `file`; its size in bytes.

    What is written meanwhile is not in it. Raises BackupError; then there is no such file, or the one there was.
    """
    client, part = _client(url, pg_bin), file.with_name(f"{file.name}.part")
    dump = client.command("pg_dump", "--format=custom", "--enable-row-security", "--no-owner", f"--file={part}")
    try:
        part.unlink(missing_ok=True)
        part.touch(0o600)
        _said(dump, client.environment, "No backup was made")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def put_back(url: str, file: Path, pg_bin: Path | None = None) -> None:
    """Fills the empty database at `url`, as the owner of its tables to be, with what is in `file`.

    Raises BackupError, where the file is none of ours or the database has tables already; then nothing was changed.
    """
    client = _client(url, pg_bin)
    tables = "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    listed = _said(
        client.command("pg_restore", "--list", str(file)), client.environment, f"{file} is no backup of ours"
    )
    if b" alembic_version " not in listed:
        raise BackupError(f"{file} is a backup, but not of this service.")
    if int(_said([*client.psql, f"--command={tables}"], client.environment, "No server answers")) > 0:
        raise BackupError("The database has tables already; name an empty one in SIP_DATABASE_OWNER_URL.")
    with _reading(client.command("pg_restore", "--no-owner", "--file=-", str(file))) as script:
        _carry_out(script, client)


@contextmanager
def _reading(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as script:  # noqa: S603 - a program found by this file, no shell
        try:
            yield script
        finally:
            script.kill()


def _carry_out(script: subprocess.Popen[bytes], client: Client) -> None:
    """All that the script says, in one transaction. Raises BackupError, and nothing was done."""
    one = [*client.psql, "--single-transaction", "--output=/dev/null", "--file=-"]
    with subprocess.Popen(one, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=client.environment) as psql:  # noqa: S603 - a program found by this file, no shell
        assert psql.stdin is not None and psql.stderr is not None and script.stdout is not None
        with suppress(BrokenPipeError):
            for line in script.stdout:
                if not _UNKNOWN_BEFORE_17.fullmatch(line):
                    psql.stdin.write(line)
            if script.wait() != 0:
                psql.kill()  # before it hears the end, so that it commits nothing
                raise BackupError("The file cannot be read to its end; nothing was put back.")
            psql.stdin.close()
        error = psql.stderr.read()
    if psql.returncode != 0:
        raise BackupError(f"Nothing was put back: {_last(error)}")


def _said(command: list[str], environment: Mapping[str, str], trouble: str) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False, env=dict(environment))  # noqa: S603 - programs found by this file, no shell
    if done.returncode != 0:
        raise BackupError(f"{trouble}: {_last(done.stderr)}")
    return done.stdout


def _last(error: bytes) -> str:
    """The last thing that a program said, as a sentence of ours ends."""
    lines = [line for line in error.decode(errors="replace").splitlines() if line.strip()] or ["no reason was given"]
    said = next((line for line in lines if "ERROR:" in line or "error:" in line), lines[-1])
    return said.split("ror:", 1)[-1].split("ROR:", 1)[-1].strip().rstrip(".") + "."


def _environment(url: str) -> dict[str, str]:
    """How PostgreSQL's programs find the database; the password stands in no list of processes."""
    at = make_url(url)
    given = {
        "PGHOST": at.host,
        "PGPORT": None if at.port is None else str(at.port),
        "PGUSER": at.username,
        "PGPASSWORD": at.password,
        "PGDATABASE": at.database,
        "PGAPPNAME": "sip backup",
        **{_SETTINGS[name]: str(value) for name, value in at.query.items() if name in _SETTINGS},
    }
    return {**os.environ, **{name: value for name, value in given.items() if value}}


def _client(url: str, pg_bin: Path | None) -> Client:
    """Programs of the server's own version, else the oldest that are newer: an older pg_dump refuses it.

    Raises BackupError where there are none, or no server answers.
    """
    folders = _by_version(pg_bin)
    if not folders:
        raise BackupError("pg_dump was not found: install PostgreSQL's client programs, or name them in SIP_PG_BIN.")
    asking = Client(next(iter(folders.values())), _environment(url))
    number = _said([*asking.psql, "--command=show server_version_num"], asking.environment, "No server answers")
    server = int(number) // 10000
    fit = [major for major in sorted(folders) if major >= server]
    if not fit:
        newest = max(folders)
        raise BackupError(f"pg_dump is of version {newest}, the server of {server}; install its client programs.")
    return Client(folders[fit[0]], asking.environment)


def _by_version(pg_bin: Path | None) -> dict[int, Path]:
    found: dict[int, Path] = {}
    there = shutil.which("pg_dump")
    beside = [] if there is None else [Path(there).parent]
    for folder in [pg_bin] if pg_bin is not None else [*beside, *candidates()]:
        if all((folder / name).is_file() for name in _NEEDED) and (major := _major(folder / "pg_dump")) is not None:
            found.setdefault(major, folder)
    return found


def _major(program: Path) -> int | None:
    said = subprocess.run([str(program), "--version"], capture_output=True, check=False)  # noqa: S603 - a program found by this file, no shell
    found = re.search(rb"(\d+)", said.stdout)
    return None if said.returncode != 0 or found is None else int(found[1])
